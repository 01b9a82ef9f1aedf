"""A camera that sees handwritten digits, its generator trained once in a few seconds."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.provenance import Provenance
from sensors_data.store import Store

DAY = date(2026, 3, 10)


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1,797 scans (N, 1, 28, 28) uint8, and which digit each shows."""
    found = load_digits()
    scans = np.rint(found.images * (255 / 16)).astype(np.uint8)[:, None]
    return resize(scans, 28), found.target


def keep_images(store: Store, camera: str, day: date, images: np.ndarray, labels: np.ndarray) -> None:
    """Images as a day of the `images` table."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = [
        {
            "image_id": f"{n:05d}",
            "time": start + timedelta(seconds=n),
            "asset": "",
            "label": str(label),
            "png": encode_png(x),
            "split": "",
            "mask": None,
        }
        for n, (x, label) in enumerate(zip(images, labels, strict=True))
    ]
    store.write("images", pd.DataFrame(rows), Provenance(job="test"), camera=camera, day=day)


@pytest.fixture(scope="session", name="keep_images")
def kept():
    """keep_images(store, camera, day, images, labels): images as a day of the `images` table."""
    return keep_images


@pytest.fixture(scope="session")
def day() -> date:
    """The day that is drawn for; the camera saw its images the day before."""
    return DAY
