"""The front door for synthesis: fit a generator, draw, judge, plot, save and load; the same bits as the night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.files import open_url, replace_file
from sensors_data.images.arrays import channels_first, resize
from sensors_data.nets.training import Progress
from sensors_data.settings import Settings
from synthesis.generator_files import TrainedGenerator, from_bytes, to_bytes
from synthesis.learning import LearningTask, learn_generator, learning_task, material_of
from synthesis.presets.catalogue import nearest_size
from synthesis.quality.gate import Batch, quality_rows
from synthesis.quality.gate import judge as judge_batch
from synthesis.sampling import draw as draw_images
from synthesis.settings import generator_settings
from synthesis.sheets import contact_sheet
from synthesis.training.run import GanHooks, Snapshot

NO_DAY = date(1970, 1, 1)
"""The day in the name of a generator whose images come from no day in particular."""


def fit(
    images: np.ndarray,
    labels: Sequence[str] | None = None,
    config: dict[str, Any] | None = None,
    seed: int = 0,
    name: str = "images",
    through: date = NO_DAY,
    image_ids: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> FittedGenerator:
    """Train a generator on images, as `nightscore train-dcgan` would; on a GPU when there is one.

    `images` are square, uint8 (N, H, W) or (N, H, W, 3), and are resized to the nearest side that presets draw.
    `labels` name the class of each; with them the generator draws each class on demand. `config` holds keys of
    `[cameras.NAME.generator]`, for instance {"preset": "wgan-gp", "images": 500_000}. A tenth of the images, by a hash
    of `image_ids`, is held out. UnusableError for arrays of another type or shape, ValueError when there are too few
    images or a key is wrong, LookupError when an optional package is missing.
    """
    x = channels_first(images)
    if x.shape[2] != x.shape[3]:
        raise UnusableError(f"images of {x.shape[3]}x{x.shape[2]} pixels are not square", "crop or pad them first")
    side = nearest_size(x.shape[2])
    table = {"learns_from": "normal" if labels is None else "all", **(config or {})}
    camera = Camera(inbox="", size=side, channels=x.shape[1], generator=table)
    settings = Settings(store="", seed=seed, cameras={name: camera})
    ids = [f"{number:08d}" for number in range(len(x))] if image_ids is None else list(image_ids)
    rows = pd.DataFrame({"image_id": ids, "label": [""] * len(x) if labels is None else [str(k) for k in labels]})
    material = material_of(name, camera, rows, resize(x, side), generator_settings(settings, name))
    task = learning_task(settings, name, through, material)
    generator, trained = learn_generator(task, GanHooks(progress))
    return FittedGenerator(generator, trained.history, task)


def load(path: str | Path) -> TrainedGenerator:
    """A generator from its file, or from a model file of a store.

    NotThereError when there is no file, ValueError when it holds no generator.
    """
    fs, full = open_url(str(path))
    if not fs.exists(full):
        raise NotThereError(f"there is no file {path}", "save a generator there with: fitted.save(path)")
    return from_bytes(fs.cat_file(full), str(path))


def draw(
    generator: TrainedGenerator, count: int, seed: int = 0, label: str | None = None, truncation: float = 1.0
) -> np.ndarray:
    """The first `count` images of a seed, uint8 (N, H, W) or (N, H, W, 3); larger counts begin with the same images.

    `label` asks for one class. `truncation` below 1 draws codes nearer to the mean: cleaner and less diverse images.
    ValueError for a number out of range, LookupError for a class that the generator does not know.
    """
    images = draw_images(generator, count, seed, label, truncation)
    return images[:, 0] if images.shape[1] == 1 else np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def plot_sheet(images: np.ndarray, columns: int = 8) -> Image.Image:
    """Images (N, H, W) or (N, H, W, 3) side by side as one picture; a notebook shows it, `.save(path)` keeps it."""
    sheet = contact_sheet(channels_first(images), columns)  # (C, height, width)
    return Image.fromarray(sheet[0] if len(sheet) == 1 else sheet.transpose(1, 2, 0))


@dataclass(frozen=True)
class FittedGenerator:
    """A trained generator together with what it learned from, so that its images can be judged."""

    generator: TrainedGenerator
    history: list[Snapshot]
    """The snapshots of the training; the best one serves."""
    task: LearningTask

    def judge(self, drawn: np.ndarray, one_class: bool = False) -> pd.DataFrame:
        """The measures of at least 256 drawn images, rows of `quality`; row `gate` is the verdict, as
        `nightscore judge-images` gives it. With `one_class` the limits on diversity do not apply.
        """
        material = self.task.material
        batch = Batch(channels_first(drawn), material.learned, material.held_out, one_class)
        measures = judge_batch(batch, self.task.extractor, self.task.settings.gate, self.task.seed)
        return quality_rows(self.generator.name, measures)

    def save(self, path: str | Path) -> None:
        """Write the generator to a safetensors file, in one rename; the images that it learned from are not in it."""
        fs, full = open_url(str(Path(path).resolve()) if "://" not in str(path) else str(path))
        replace_file(fs, full, to_bytes(self.generator))
