"""The jobs that export a night's outcome as metrics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from anomaly.monitoring.camera import camera_samples
from anomaly.monitoring.export import export
from anomaly.monitoring.family import family_samples
from anomaly.monitoring.prometheus import Sample
from sensors_data.places import camera_metrics_path, family_metrics_path
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store


def export_metrics(settings: Settings, day: date, family: str) -> str:
    """Job: a family's night as a Prometheus text file in the store, and pushed where a Pushgateway is set.

    A night in which nothing was scored is exported too, with its jobs; an older night does not take the place of a
    newer one's. A Pushgateway that does not answer is logged and counted; the night goes on.
    """
    spec, store, path = settings.family(family), Store(settings.store), family_metrics_path(family)

    def action() -> Done:
        return _export(settings, day, "scores", path, lambda: family_samples(store, spec, family, day), family=family)

    return run_job(store, "export-metrics", day, family, action)


def export_camera_metrics(settings: Settings, day: date, camera: str) -> str:
    """Job: a camera's night, its generator and its batches as a Prometheus text file, and pushed; as export_metrics."""
    settings.camera(camera)
    store, path = Store(settings.store), camera_metrics_path(camera)

    def action() -> Done:
        return _export(settings, day, "image_scores", path, lambda: camera_samples(store, camera, day), camera=camera)

    return run_job(store, "export-camera-metrics", day, camera, action)


def _export(
    settings: Settings, day: date, table: str, path: str, made: Callable[[], list[Sample]], **owner: str
) -> Done:
    """A night's samples kept and pushed, unless the `table` of scores holds a newer night; what was done, in words."""
    store, whose = Store(settings.store), f"{next(iter(owner.values()))} {day}"
    newest = max(store.days(table, **owner), default=None)
    if newest is not None and newest > day:
        return Done(0, f"not exported {whose}: the night of {newest} was scored")
    samples = made()
    pushed = export(store, path, samples, settings.pushgateway, **owner)
    rows = next((s.value for s in samples if s.name in ("nightscore_scored_rows", "nightscore_scored_images")), 0)
    night = "" if newest == day else f" in the night of {newest}, the newest"
    scored = f"{rows:,.0f} scored{night}" if rows else "nothing scored yet"
    where = f", pushed to {settings.pushgateway}" if pushed else ""
    return Done(len(samples), f"exported {whose}: {len(samples)} metrics, {scored}, {path}{where}")
