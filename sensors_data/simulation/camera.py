"""A seeded camera for trying out: real scans of handwritten zeros as good parts, other digits as defects."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits

from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png

SIDE = 28
GOOD = 0
"""The digit that is a good part."""
FAULTY_DAYS = 3
"""The last days, on which defects turn up."""


def write_camera(folder: Path, seed: int, first: date, days: int, parts: int = 40, defects: int = 4) -> None:
    """Files of a camera in `folder`, one folder a day and label: `parts` good ones a day, `defects` a faulty day.

    The scans come with scikit-learn (UCI optical digits, CC BY 4.0); a part is a scan moved and dimmed a little. One
    file of each faulty day is cut short, as files are.
    """
    rng = np.random.default_rng(seed)
    digits = load_digits()
    scans = resize(np.rint(digits.images * (255 / 16)).astype(np.uint8)[:, None], SIDE)
    good, bad = scans[digits.target == GOOD], scans[digits.target != GOOD]
    for number in range(days):
        day = first + timedelta(days=number)
        faulty = number >= days - FAULTY_DAYS
        shown = [("good", good[i]) for i in rng.integers(0, len(good), parts)]
        shown += [("defect", bad[i]) for i in rng.integers(0, len(bad), defects if faulty else 0)]
        for place, at in enumerate(rng.permutation(len(shown))):
            label, scan = shown[at]
            minute = place * (16 * 60 // len(shown))
            name = f"{day}T{6 + minute // 60:02d}-{minute % 60:02d}-00.png"
            target = folder / str(day) / label / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encode_png(_as_seen(scan, rng)))
        if faulty:
            (folder / str(day) / f"{day}T23-00-00.png").write_bytes(encode_png(good[0])[:120])


def _as_seen(scan: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A scan moved by up to a pixel and a half, dimmed by up to a fifth, with a little noise."""
    moved = ndimage.shift(scan.astype(np.float32), (0, *rng.uniform(-1.5, 1.5, 2)), order=1)
    seen = moved * rng.uniform(0.8, 1.0) + rng.normal(0, 3, scan.shape)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def camera_settings(name: str = "press") -> str:
    """The settings of such a camera, as TOML; its inbox lies beside the settings file."""
    return f'[cameras.{name}]\ninbox = "inbox/{name}"\nsize = {SIDE}\nchannels = 1\n'
