"""A plant of two ovens, two sensors each, a reading an hour, and a camera with a generator: every job in a second."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.settings import Settings, load

FIRST, DAYS = date(2026, 3, 2), 12
LAST = FIRST + timedelta(days=DAYS - 1)
FAMILY, CAMERA, SHARDS = "oven", "press", 2
ASSETS = ("oven-1", "oven-3")  # one in each shard
SETTINGS = """
store = "store"
[retention]
tables = { runs = 4, sensor_scores = 2, heat_maps = 2 }
rejected_models = 1

[families.oven]
inbox = "inbox/oven/oven-{day}.csv"
step = "1h"
shards = 2
training = { days = 28, first_after = 8, every = 7 }
layout = { asset = "asset" }
rules = { k = 1 }
[families.oven.sensors]
temperature = { unit = "degC", low = -100.0 }
power = { unit = "kW", low = -100.0 }
[families.oven.detector]
lengths = [1.0]
shortest = 16
longest = 16
tokens = 8
draws = 1
max_windows = 150
hidden = 4
draft_epochs = 1
recurrent_rows = 100
fit = { epochs = 3 }

[cameras.press]
inbox = "inbox/press"
size = 28
detector = { steps = 15, folds = 1, features = { kind = "gradients" } }
[cameras.press.generator]
learns_from = "all"
images = 200
snapshots = 3
classifier_images = 300
count = 256
training = { batch = 32, learning_rate = 2e-3 }
watch = { diversity = 0.0, entropy_share = 0.0, d_accuracy = 1 }
gate = { frechet_share = 99, precision = 0, recall = 0, coverage = 0, diversity = 0, entropy_share = 0, copies = 1 }
"""


def write_plant(folder: Path, days: int = DAYS, cameras: bool = True) -> Settings:
    """The files and settings of the plant, the same in every run; on the last day an oven is too hot for hours."""
    rng = np.random.default_rng(20)
    for number in range(days):
        write_day(folder, FIRST + timedelta(days=number), rng, is_faulty=number == days - 1)
    text = SETTINGS
    if cameras:
        _write_pictures(folder, rng, days)
    else:
        text = text.partition("[cameras.press]")[0]
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load(folder / "settings.toml")


def write_day(folder: Path, day: date, rng: np.random.Generator, is_faulty: bool = False) -> Path:
    """A day's readings, a file; one cell of it is no number."""
    lines = ["time,asset,temperature,power"]
    for asset in ASSETS:
        for hour in range(24):
            wave = np.sin(hour / 24 * 2 * np.pi)
            hot = 80.0 if is_faulty and asset == ASSETS[0] and 9 <= hour < 15 else 0.0
            temperature, power = 200 + 20 * wave + rng.normal() + hot, 30 + 4 * wave + rng.normal() / 4
            lines.append(f"{day}T{hour:02d}:00Z,{asset},{temperature:.3f},{power:.3f}")
    lines[7] = lines[7].rpartition(",")[0] + ",n.a."
    path = folder / "inbox" / "oven" / f"oven-{day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _write_pictures(folder: Path, rng: np.random.Generator, days: int) -> None:
    """Pictures of a camera: zeros are good parts, ones are defects."""
    digits = load_digits()
    scans = resize(np.rint(digits.images * (255 / 16)).astype(np.uint8)[:, None], 28)
    shown = {"good": scans[digits.target == 0], "defect": scans[digits.target == 1]}
    for number in range(days - 4, days):
        day = FIRST + timedelta(days=number)
        for label, count in (("good", 50), ("defect", 8)):
            for place, at in enumerate(rng.integers(0, len(shown[label]), count)):
                minute = place + (0 if label == "good" else 30)
                path = folder / "inbox" / CAMERA / str(day) / label / f"{day}T1{minute // 60}-{minute % 60:02d}-00.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(encode_png(shown[label][at]))
