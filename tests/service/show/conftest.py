"""A camera whose store holds real, drawn and painted pictures of one day, of a generator that was never trained."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.camera import Camera
from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.places import data_sheet_path
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.defects.job import paint_defects
from synthesis.generator_files import GeneratorCard, TrainedGenerator, save
from synthesis.jobs import Order, drawn_rows
from synthesis.networks.dcgan import Generator
from synthesis.presets.catalogue import preset

DAY = date(2026, 3, 10)
BEFORE = DAY - timedelta(days=1)
SHEET = b"# 6 synthetic images of eye, 2026-03-10\n"


def _generator() -> TrainedGenerator:
    recipe = preset("default", (1, 28, 28), 2)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Generator(recipe.generator).eval().requires_grad_(False)
    card = GeneratorCard(
        camera="eye",
        trained_through=BEFORE,
        preset="default",
        network=recipe.generator,
        classes=("good", "dented"),
        shares=(0.5, 0.5),
        images=100,
        shown=1000,
        seed=0,
    )
    return TrainedGenerator(network, card)


def _real_rows() -> pd.DataFrame:
    scans = np.rint(load_digits().images[:20] * (255 / 16)).astype(np.uint8)[:, None]
    mask = np.zeros((1, 28, 28), np.uint8)
    mask[0, 5:9, 5:9] = 255
    label = ["good"] * 18 + ["crack"] * 2
    return pd.DataFrame(
        {
            "image_id": [f"{label[n]}/{n:04d}.jpg" for n in range(20)],
            "time": [datetime(2026, 3, 9, 0, 0, n, tzinfo=UTC) for n in range(20)],
            "asset": "",
            "label": label,
            "png": [encode_png(x) for x in resize(scans, 28)],
            "split": ["train"] * 18 + ["test"] * 2,
            "mask": [None] * 18 + [encode_png(mask)] * 2,
        }
    )


@pytest.fixture(scope="session")
def eye(tmp_path_factory) -> Settings:
    """Settings of the camera `eye`: 6 drawn and 15 painted pictures of DAY, 20 real ones of the day before."""
    folder = tmp_path_factory.mktemp("eye")
    (folder / "settings.toml").write_text(f'store = "{folder}/store"\n[cameras.eye]\ninbox = "inbox"\nsize = 28\n')
    settings = Settings(store=str(folder / "store"), cameras={"eye": Camera(inbox=str(folder / "inbox"), size=28)})
    store, made = Store(settings.store), _generator()
    save(store, made)
    store.write("images", _real_rows(), Provenance(job="test"), camera="eye", day=BEFORE)
    drawn = drawn_rows(made, DAY, 7, Order(6, None, 1.0))
    store.write("synthetic_images", drawn, Provenance(job="test"), camera="eye", day=DAY)
    store.write_bytes(data_sheet_path("eye", DAY), SHEET)
    paint_defects(settings, DAY, "eye", count=15)
    return settings


@pytest.fixture(scope="session")
def eye_settings(eye) -> Path:
    """The settings file of that camera."""
    return Path(eye.store).parent / "settings.toml"
