"""The demo's DCGAN: real scans of handwritten digits learned from, a batch drawn and judged, its sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from sensors_data.camera_job import ingest_images
from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.console import training_progress
from service.figures.images import sheet
from synthesis.generator_files import load_for
from synthesis.jobs import draw_images, judge_images, train_dcgan
from synthesis.sampling import draw

CAMERA, SIDE, SHOWN = "digits", 28, 100


def digits_settings() -> str:
    """The settings of a camera that sees digits, as TOML; its inbox lies beside the settings file."""
    generator = "learns_from = 'all', images = 14000, snapshots = 4, classifier_images = 4000"
    head = f'\n[cameras.{CAMERA}]\ninbox = "inbox/{CAMERA}"\nsize = {SIDE}\nchannels = 1\n'
    return f"{head}generator = {{ {generator}, training = {{ batch = 32 }} }}\n"


def run_digits(settings: Settings, folder: Path, day: date, say: Callable[[str], None]) -> None:
    """A camera that saw 1,797 digits (UCI optical digits, CC BY 4.0, with scikit-learn): a small DCGAN learns them, a
    batch of the next day is drawn and judged, a sheet of it goes to the pictures.
    """
    digits = load_digits()
    scans = resize(np.rint(digits.images * (255 / 16)).astype(np.uint8)[:, None], SIDE)
    for number, (scan, digit) in enumerate(zip(scans, digits.target, strict=True)):
        target = folder / "inbox" / CAMERA / str(day) / str(digit) / f"{number:04d}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encode_png(scan))
    ingest_images(settings, day, CAMERA)
    drawn_for = day + timedelta(days=1)
    with training_progress() as begin:
        say(train_dcgan(settings, drawn_for, CAMERA, begin))
    say(draw_images(settings, drawn_for, CAMERA))
    say(judge_images(settings, drawn_for, CAMERA))
    generator = load_for(Store(settings.store), CAMERA, drawn_for)
    by_class = [draw(generator, SHOWN // 10, 0, label) for label in generator.card.classes]
    picture = sheet(np.concatenate(by_class), SHOWN // 10, f"drawn by {generator.name}, a class a row", None)
    path = folder / "pictures" / f"{CAMERA}-drawn.png"
    path.write_bytes(picture)
    say(f"drew {SHOWN} synthetic digits: {path}")
