"""A camera's state in words: what is there, what is missing, and the one next command."""

from __future__ import annotations

from datetime import date, timedelta

from anomaly.images.files import KIND, load_for, serving
from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from sensors_data.images.inbox import camera_days
from sensors_data.images.table import MIN_IMAGES, labels_in_words, learnable_rows, normal_rows
from sensors_data.model_files import ModelCatalogue
from sensors_data.runs import run_log
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.cli.doctor import Health
from service.cli.readiness import failure


def examine_camera(settings: Settings, camera: str) -> Health:
    """A camera's state, why it is in it and what is still needed."""
    store, spec = Store(settings.store), settings.camera(camera)
    try:
        there = camera_days(spec)
    except NightscoreError as error:
        return Health(camera, "NO PICTURES", str(error))
    if not there:
        return Health(
            camera, "NO DAYS", f"No picture in {spec.inbox} says its day; state day_pattern, day_from or undated_day"
        )
    known = store.days("images", camera=camera)
    if not known:
        why = f"The inbox holds {_span(there)}; {_run('ingest-images', camera, there[-1])}"
        return Health(camera, "NOT STARTED", why)
    more = []
    more += _not_ingested(store, camera, sorted(set(there) - set(known)))
    if waiting := sorted(set(known) - set(store.days("image_scores", camera=camera))):
        more += _not_scored(store, camera, waiting)
    if (model := serving(store, camera, date.max)) is None:
        return Health(camera, *_untrained(store, settings, camera, known), more)
    scored = store.days("image_scores", camera=camera)
    if not scored:
        waiting = [day for day in known if day > model.through]
        wait = f"put pictures of {_day_after(model.through)} or later into {spec.inbox}"
        next_step = _run("score-images", camera, waiting[0]) if waiting else f"{wait}, then ingest and score that day"
        return Health(camera, "TRAINED, NOT SCORED", f"No day was scored yet; {next_step}", more)
    try:
        card = load_for(store, camera, date.max).card
    except NightscoreError as error:
        return Health(camera, "NOT SCORED", f"The next day would not be scored: {error}", more)
    runs = run_log(store)
    for job in ("ingest-images", "score-images"):
        if (tried := failure(runs, job, 1, camera, after=scored[-1])) is not None:
            return Health(camera, "NOT SCORED", tried, more)
    learned = f"{card.images:,} normal images, {card.config.features.kind}"
    limit = f"threshold {card.threshold.value:.1f} nats, {card.config.false_alarm_rate:.1%} false alarms asked for"
    model_line = f"model {camera}@{card.trained_through}: {learned}, {limit}"
    return Health(camera, "READY", f"Scored through {scored[-1]}", [model_line, *more])


def _not_ingested(store: Store, camera: str, days: list[date]) -> list[str]:
    """The days of the inbox without images: those whose pictures were all refused, and those never taken in."""
    tried = set(store.days("image_rejects", camera=camera))
    refused, behind = ([day for day in days if (day in tried) == which] for which in (True, False))
    more = []
    if refused:
        rejects = store.read("image_rejects", camera=camera, day=refused[0])
        why = f": {rejects['reason'].iloc[0]}" if len(rejects) else ""
        more.append(f"{count(len(refused), 'day')} without a usable picture, first {refused[0]}{why}")
    if behind:
        more.append(f"{count(len(behind), 'day')} of the inbox not ingested, first {behind[0]}")
    return more


def _not_scored(store: Store, camera: str, days: list[date]) -> list[str]:
    """The days that were taken in, that a detector serves and that have no score, with the command for the first."""
    due = [day for day in days if serving(store, camera, day) is not None]
    if not due or not store.days("image_scores", camera=camera):
        return []
    many = "1 day was" if len(due) == 1 else f"{len(due)} days were"
    return [f"{many} taken in and not scored, first {due[0]}; {_run('score-images', camera, due[0])}"]


def _untrained(store: Store, settings: Settings, camera: str, known: list[date]) -> tuple[str, str]:
    """The state of a camera without a detector, and what it still needs."""
    rows = store.read_days("images", known, camera=camera)
    normal = learnable_rows(normal_rows(rows, settings.camera(camera)))
    if len(normal) < MIN_IMAGES:
        wait = f"{len(normal)} normal images, at least {MIN_IMAGES} are needed"
        return "TOO FEW", f"{wait} (labels: {labels_in_words(rows)}; normal_labels may name more)"
    refused = [model for model in ModelCatalogue(store).models(KIND, camera) if not model.accepted]
    tried = f", the last training through {refused[-1].through} was rejected" if refused else ""
    next_step = _run("train-images", camera, _day_after(known[-1]))
    return "CAN BE TRAINED", f"{len(normal):,} normal images in {_span(known)}{tried}; {next_step}"


def _day_after(day: date) -> date:
    return day + timedelta(days=1)


def _span(days: list[date]) -> str:
    return f"{len(days)} days ({days[0]} to {days[-1]})" if len(days) > 1 else f"the day {days[0]}"


def _run(command: str, camera: str, day: date) -> str:
    return f"run: nightscore {command} --camera {camera} --day {day}"
