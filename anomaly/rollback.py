"""Jobs: let an earlier model serve again, a family's or a camera's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from anomaly.images import files as image_files
from anomaly.series import files as series_files
from sensors_data.audit import record
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.model_files import ModelCatalogue, ModelFile
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store


def rollback_series(settings: Settings, day: date, family: str, to: date) -> str:
    """Job: the detector of a family that learned through `to` serves the nights after `day`.

    It is kept again as the model of `day`, so that what was scored stays as it was scored. NotThereError when there is
    no such model; UnusableError when it was rejected or is not earlier, or when a later day was scored already.
    """
    settings.family(family)
    store = Store(settings.store)

    def action() -> Done:
        model = _earlier(store, series_files.KIND, family, day, to, store.days("scores", family=family))
        detector = series_files.read_detector(store, model)
        card = detector.card.model_copy(update=_as_of(day, model))
        record(store, "rolled back", f"{family} after {day} to {model.path}")
        return Done(1, _line(family, day, model, series_files.save(store, replace(detector, card=card))))

    return run_job(store, "rollback-series", day, family, action)


def rollback_images(settings: Settings, day: date, camera: str, to: date) -> str:
    """Job: the detector of a camera that learned through `to` serves the days after `day`; raises as the other does."""
    settings.camera(camera)
    store = Store(settings.store)

    def action() -> Done:
        model = _earlier(store, image_files.KIND, camera, day, to, store.days("image_scores", camera=camera))
        detector = image_files.read_detector(store, model)
        card = detector.card.model_copy(update=_as_of(day, model))
        record(store, "rolled back", f"{camera} after {day} to {model.path}")
        return Done(1, _line(camera, day, model, image_files.save(store, replace(detector, card=card))))

    return run_job(store, "rollback-images", day, camera, action)


def newest_scored(settings: Settings, family: str | None, camera: str | None) -> date:
    """The newest day of a family or a camera that was scored. NotThereError for an unknown one, or when none was."""
    store, name = Store(settings.store), family or camera or ""
    if family:
        settings.family(family)
        days = store.days("scores", family=family)
    else:
        settings.camera(name)
        days = store.days("image_scores", camera=name)
    if not days:
        raise NotThereError(f"no day of {name} was scored", "say after which day the model serves: --day")
    return days[-1]


def _earlier(store: Store, kind: str, name: str, day: date, to: date, scored: list[date]) -> ModelFile:
    """The accepted model that learned through `to`, where it may be the model of `day`."""
    if scored and scored[-1] > day:
        raise UnusableError(f"{name} is scored through {scored[-1]}", f"roll back after that day: --day {scored[-1]}")
    model = ModelCatalogue(store).trained_through(kind, name, to)
    if not model.accepted:
        raise UnusableError(f"{model.path} was rejected", "name an accepted model; nightscore models list has them")
    if model.through >= day:
        raise UnusableError(
            f"{model.path} is not earlier than the model of {day}", "name a model that was trained earlier"
        )
    return model


def _as_of(day: date, model: ModelFile) -> dict[str, object]:
    verdict = f"rolled back after {day} to the model of {model.through}"
    return {"trained_through": day, "accepted": True, "verdict": verdict}


def _line(name: str, day: date, model: ModelFile, path: str) -> str:
    return f"rolled back {name} after {day} to what it learned through {model.through}, {path}"
