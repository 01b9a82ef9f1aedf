"""The jobs of synthesis, each of one camera and day: train a generator, draw a batch, judge it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import encode_png
from sensors_data.images.table import known_rows, learnable_rows, normal_rows, pixels_of
from sensors_data.model_files import unfinished
from sensors_data.nets.checkpoint import stored_checkpoint
from sensors_data.nets.training import Progress
from sensors_data.places import nearest_path, sheet_path
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.data_sheet import keep_data_sheet
from synthesis.generator_files import KIND, TrainedGenerator, load_by_name, load_for, save
from synthesis.learning import Material, learn_generator, learning_task, material_of
from synthesis.quality.copies import neighbours_sheet
from synthesis.quality.extractor_files import load_extractor, save_extractor
from synthesis.quality.extractors import inception_extractor
from synthesis.quality.gate import FEWEST, Batch, Measure, fid, judge, not_yet_tried, quality_rows
from synthesis.sampling import class_names, drawn_pngs
from synthesis.settings import GeneratorSettings, generator_settings
from synthesis.sheets import sheet_png
from synthesis.training.run import GanHooks, Snapshot

log = logging.getLogger("nightscore")

MOST_A_DAY = 100_000
"""Images of one batch, at most."""


def train_dcgan(settings: Settings, day: date, camera: str, progress: Callable[[str], Progress] | None = None) -> str:
    """Job: learn a camera's generator from its images of the days before `day`, accept or reject it.

    A training that was killed continues. LookupError when there is no image, ValueError when there are too few or all
    alike, DivergedError when a loss was not finite before the first snapshot.
    """
    store = Store(settings.store)
    return run_job(
        store,
        "train-dcgan",
        day,
        camera,
        lambda: _train(store, settings, day, camera, progress(camera) if progress else None),
    )


def _train(store: Store, settings: Settings, day: date, camera: str, progress: Progress | None) -> Done:
    through = day - timedelta(days=1)
    material = read_material(store, settings, through, camera)
    task = learning_task(settings, camera, through, material, _start(store, settings, camera, day))
    state = unfinished(KIND, camera)
    first = "" if task.start is None else task.start.fingerprint
    key = f"{task.about.settings} {day} {settings.seed} {hash_of(material)} {first}"
    checkpoint = stored_checkpoint(store, state, key)

    def keep_sheet(snapshot: Snapshot, images: np.ndarray) -> None:
        store.write_bytes(sheet_path(camera, through, snapshot.epoch), sheet_png(images, 8))

    generator, trained = learn_generator(task, GanHooks(progress, checkpoint, keep_sheet))
    path = save(store, generator)
    save_extractor(store, camera, through, task.extractor)
    _keep_history(store, camera, through, trained.history)
    store.remove(state)
    card = generator.card
    verdict = "accepted" if card.accepted else "rejected"
    how = f"{trained.state}: {trained.reason}" if trained.reason else trained.state
    return Done(
        len(trained.history),
        f"trained a generator of {camera} for {day}: {card.images:,} images, {card.preset}, {card.shown:,} shown until "
        f"the best snapshot, distance {card.distance:.2f}, {how}, {verdict} ({card.verdict}), {path}",
    )


def _start(store: Store, settings: Settings, camera: str, day: date) -> TrainedGenerator | None:
    """The generator with which a camera's training begins, where its settings name one. NotThereError without it."""
    other = generator_settings(settings, camera).start_from
    return load_for(store, other, day) if other else None


def hash_of(material: Material) -> str:
    """A short hash of images, labels and their split: a training continues under one."""
    labels = "\n".join(material.labels).encode()
    return hashlib.sha256(material.images.tobytes() + material.is_learned.tobytes() + labels).hexdigest()[:16]


def read_material(
    store: Store, settings: Settings, through: date, camera: str, holdout_cutoff: int | None = None
) -> Material:
    """A camera's images of the days until `through`, split into those to learn from and those held out.

    `holdout_cutoff` repeats the split of a trained generator. LookupError when there is no image, ValueError when they
    are too few, all alike, or not of the camera's size.
    """
    spec, generation = settings.camera(camera), generator_settings(settings, camera)
    days = [through - timedelta(days=back) for back in range(generation.days - 1, -1, -1)]
    every = store.read_days("images", days, camera=camera)
    rows = learnable_rows(known_rows(every[~every["label"].isin(generation.leave_out)], spec))
    if generation.learns_from == "normal":
        rows = normal_rows(rows, spec)
    if rows.empty:
        _refuse_none(camera, generation, through, len(every))
    if holdout_cutoff is None and (unknown := sorted(set(generation.leave_out) - set(every["label"]))):
        log.warning("%s: leave_out names %s, and no image has that label", camera, ", ".join(map(repr, unknown)))
    images = pixels_of(rows, spec)
    return material_of(camera, spec, rows, images, generation, holdout_cutoff)


def _refuse_none(camera: str, generation: GeneratorSettings, through: date, count: int) -> NoReturn:
    """NotThereError for a span of which no image is learned from, though it has `count`."""
    span = f"in the {generation.days} days until {through}"
    if count == 0:
        raise NotThereError(f"no image of {camera} {span}", f"run: nightscore ingest-images --camera {camera}")
    raise NotThereError(
        f"none of {count:,} images of {camera} {span} is learned from",
        f"look at leave_out and learns_from in [cameras.{camera}.generator]",
    )


def _keep_history(store: Store, camera: str, through: date, history: list[Snapshot]) -> None:
    frame = pd.DataFrame([snapshot.model_dump(exclude={"alarms"}) for snapshot in history])
    store.write("generator_training", frame, Provenance(job="train-dcgan"), camera=camera, model=through)


def draw_images(
    settings: Settings,
    day: date,
    camera: str,
    count: int | None = None,
    label: str | None = None,
    truncation: float | None = None,
) -> str:
    """Job: draw a day's batch into `drawn_images`, where it waits for the gate, with the generator that serves the day.

    `count` and `truncation` come from the settings unless given. LookupError when there is no such generator or class,
    ValueError when `count` is out of range.
    """
    store, generation = Store(settings.store), generator_settings(settings, camera)
    order = Order(
        count=generation.count if count is None else count,
        label=label,
        truncation=generation.truncation if truncation is None else truncation,
    )
    return run_job(store, "draw-images", day, camera, lambda: _draw(store, settings, day, camera, order))


@dataclass(frozen=True)
class Order:
    """How many images to draw, of which class, with which truncation."""

    count: int
    label: str | None
    truncation: float


def _draw(store: Store, settings: Settings, day: date, camera: str, order: Order) -> Done:
    if not 1 <= order.count <= MOST_A_DAY:
        remedy = "draw the rest on other days, or any number into a folder with --out"
        raise UnusableError(f"a day's batch has between 1 and {MOST_A_DAY:,} images, found {order.count:,}", remedy)
    generator = load_for(store, camera, day)
    rows = drawn_rows(generator, day, batch_seed(generator, day, settings.seed), order)
    source = Provenance(job="draw-images", model=generator.name, settings=settings_hash(settings.camera(camera)))
    store.write("drawn_images", rows, source, camera=camera, day=day)
    of_class = f" of class {order.label}" if order.label else ""
    return Done(order.count, f"drew {camera} {day}: {order.count:,} images{of_class} by {generator.name}, to be judged")


def batch_seed(generator: TrainedGenerator, day: date, seed: int) -> int:
    """The seed of a day's batch: a hash of the generator's id, the day and the settings' seed."""
    text = f"{generator.name} {day} {seed}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**31


def drawn_rows(generator: TrainedGenerator, day: date, seed: int, order: Order) -> pd.DataFrame:
    """Rows of the `drawn_images` table."""
    return pd.DataFrame(
        {
            "image_id": [f"{generator.name}-{seed}-{index:07d}" for index in range(order.count)],
            "time": datetime(day.year, day.month, day.day, tzinfo=UTC),
            "asset": "",
            "label": class_names(generator, order.count, order.label),
            "png": list(drawn_pngs(generator, order.count, seed, order.label, order.truncation)),
            "generator": generator.name,
            "seed": seed,
        }
    )


def judge_images(settings: Settings, day: date, camera: str, inception: Path | None = None) -> str:
    """Job: measure a day's drawn batch into `quality`, publish it in `synthetic_images` if it passes the gate, keep it
    in `rejected_synthetic_images` otherwise.

    The day's earlier batch in either table is removed. With Inception weights in the file `inception`, or that of the
    settings, its FID is reported too. LookupError when nothing was drawn, ValueError when the batch is too small.
    """
    store = Store(settings.store)
    return run_job(store, "judge-images", day, camera, lambda: _judge(store, settings, day, camera, inception))


def _judge(store: Store, settings: Settings, day: date, camera: str, inception: Path | None) -> Done:
    rows = store.read("drawn_images", camera=camera, day=day)
    generator = load_by_name(store, str(rows["generator"].iloc[0]))
    card = generator.card
    material = read_material(store, settings, card.trained_through, camera, card.holdout_cutoff)
    extractor = load_extractor(store, camera, card.trained_through, card.features)
    generation = generator_settings(settings, camera)
    one_class = bool(card.classes) and rows["label"].nunique() == 1
    batch = Batch(pixels_of(rows, settings.camera(camera)), material.learned, material.held_out, one_class)
    weights = inception or (Path(generation.inception) if generation.inception else None)
    of_inception = [] if weights is None else [fid(batch, inception_extractor(weights))]
    measures = [*of_inception, *judge(batch, extractor, generation.gate, settings.seed)]
    passed = measures[-1].passed
    source = store.made_from(
        [store.path("drawn_images", camera=camera, day=day)],
        Provenance(job="judge-images", model=generator.name, settings=settings_hash(generation)),
    )
    published, rejected = "synthetic_images", "rejected_synthetic_images"
    target, other = (published, rejected) if passed else (rejected, published)
    store.remove(store.path(other, camera=camera, day=day))  # first: a failed batch must never stay published
    use = [not_yet_tried(len(rows))] if passed else []
    store.write("quality", quality_rows(generator.name, [*measures, *use]), source, camera=camera, day=day)
    store.write(target, rows, source, camera=camera, day=day)
    nearest = neighbours_sheet(batch.drawn[:FEWEST], batch.learned, batch.held_out)
    store.write_bytes(nearest_path(camera, day), encode_png(nearest, {"synthetic": "true"}))
    keep_data_sheet(store, settings, day, camera, generator)
    return Done(len(rows), f"judged {camera} {day}: {_summary(measures)}")


def _summary(measures: list[Measure]) -> str:
    """The verdict and the measures behind it, in words."""
    values = {measure.measure: measure.value for measure in measures}
    figures = ", ".join(
        f"{name} {values[name]:.2f}" for name in ("frechet", "precision", "recall", "coverage", "copies")
    )
    verdict = measures[-1]
    count = f"{verdict.images:,} images"
    return f"{count} published, {figures}" if verdict.passed else f"{count} kept apart: {verdict.reason} ({figures})"
