"""The ground floor's job for cameras: files in the inbox -> images and their rejects."""

from __future__ import annotations

from datetime import date

from sensors_data.camera import Camera
from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.images.days import read_camera_day
from sensors_data.images.inbox import camera_days
from sensors_data.images.table import known_rows, labels_in_words, normal_rows
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import withdraw_of_changed


def ingest_images(settings: Settings, day: date, camera: str) -> str:
    """Job: a camera's files of a day into `images` and `image_rejects`; what was done, with numbers.

    LookupError for an unknown camera, an empty inbox or a day without a single usable image. A failure leaves the day's
    images as they were.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    return run_job(store, "ingest-images", day, camera, lambda: _ingest(store, spec, day, camera))


def _ingest(store: Store, spec: Camera, day: date, camera: str) -> Done:
    images, rejects = read_camera_day(spec, day)
    source = Provenance(job="ingest-images", settings=settings_hash(spec))
    if len(rejects) or not images.empty:
        store.write("image_rejects", rejects, source, camera=camera, day=day)
    if images.empty:
        why = f"; {len(rejects):,} files were refused, first: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        raise NotThereError(
            f"the inbox of {camera} holds no usable image of {day} ({spec.inbox}){why}", _other_days(spec, camera, day)
        )
    changed = withdraw_of_changed(store, camera, day, images)
    store.write("images", images, source, camera=camera, day=day)
    odd = len(known_rows(images, spec)) - len(normal_rows(images, spec))
    masks, unused = int(images["mask"].notna().sum()), int((~rejects["used"].astype(bool)).sum())
    line = f"ingested {camera} {day}: {count(len(images), 'image')}, {odd:,} labelled as defects"
    line += f", {count(unused, 'reject')}"
    line += f", {masks:,} masks" if masks else ""
    line += f" (labels: {labels_in_words(images)})" if len(normal_rows(images, spec)) < len(images) else ""
    line += f"; verdicts on {count(changed, 'picture')} taken back, which show something else now" if changed else ""
    return Done(len(images), line)


def _other_days(spec: Camera, camera: str, day: date) -> str:
    """What to do about a day without an image: where its pictures are, or how they get that day."""
    if spec.undated_day not in (None, day):
        return (
            f"undated_day gives pictures without a day to {spec.undated_day}: put new ones into a folder {day}, or "
            f'set day_from = "file" in [cameras.{camera}]'
        )
    days = [d for d in camera_days(spec) if d != day]
    near = min(days, key=lambda other: abs(other - day), default=None)
    return f"the nearest day with pictures is {near}" if near else "name pictures or folders like 2026-11-21"
