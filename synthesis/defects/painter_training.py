"""A painter trained on a camera's good parts and a folder of its real defects."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.files import open_url, replace_file
from sensors_data.images.table import normal_images, pixels_of
from sensors_data.nets.checkpoint import file_checkpoint
from sensors_data.nets.training import Hooks, Progress
from sensors_data.real_defects import real_defects
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import verdict_by_image
from synthesis.defects.job import DAYS
from synthesis.painter.crops import Examples
from synthesis.painter.files import PainterCard, to_bytes
from synthesis.painter.learning import PainterSettings, learn_painter


def train_painter(
    settings: Settings,
    camera: str,
    day: date | None,
    like: Path,
    out: Path,
    how: PainterSettings,
    seed: int,
    progress: Progress | None = None,
) -> str:
    """Learn to paint defects like those in the folder `like`, keep the painter in the file `out`; in words.

    The good parts are the camera's of the days before `day`, or before the day after its newest. A training that was
    killed continues from the file beside `out`. NotThereError when there is no good part or folder, UnusableError for
    examples from which nothing can be learned, DivergedError when a loss is no number.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    until = day or _after_the_newest(store, camera)
    examples = _examples(store, camera, spec, until, like)
    state = out.with_name(out.name + ".unfinished")
    hooks = Hooks(progress, file_checkpoint(state, f"{how.model_dump_json()} {seed} {_hash_of(examples)}"))
    network = learn_painter(examples, how, seed, hooks)
    card = PainterCard(
        network=network.config,
        camera=camera,
        day=until,
        defects=tuple(defect.name for defect in examples.defects),
        labels=tuple(defect.label for defect in examples.defects),
        goods=len(examples.goods),
        images=how.images,
        seed=seed,
    )
    replace_file(*open_url(str(out.resolve())), to_bytes(network, examples.outlines, card))
    state.unlink(missing_ok=True)
    labels = ", ".join(f"{label} {card.labels.count(label)}" for label in network.config.labels)
    return f"trained a painter of {camera} on real defects ({labels}) and {card.goods:,} good parts: {out}"


def _after_the_newest(store: Store, camera: str) -> date:
    """The day after the newest one of which there are images. NotThereError when there is none."""
    days = store.days("images", camera=camera)
    if not days:
        raise NotThereError(f"there is no image of {camera}", f"run: nightscore ingest-images --camera {camera}")
    return days[-1] + timedelta(days=1)


def _examples(store: Store, name: str, camera: Camera, day: date, like: Path) -> Examples:
    """Good parts of the days before `day`, and the real defects of a folder."""
    defects = real_defects(like, camera)
    rows = normal_images(store, name, camera, day, DAYS, verdict_by_image(store, name))
    return Examples(pixels_of(rows, camera), defects)


def _hash_of(examples: Examples) -> str:
    """A hash of every picture and mask."""
    total = hashlib.sha256(examples.goods.tobytes())
    for defect in examples.defects:
        total.update(f"{defect.name} {defect.label}".encode() + defect.image.tobytes() + defect.mask.tobytes())
    return total.hexdigest()
