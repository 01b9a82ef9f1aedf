"""The demo's camera: real scans of handwritten digits, zeros as good parts and the others as defects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from anomaly.images.jobs import score_images, train_images
from sensors_data.camera_job import ingest_images
from sensors_data.settings import Settings
from sensors_data.simulation.camera import FAULTY_DAYS, write_camera
from sensors_data.store import Store
from service.console import training_progress
from service.show.images import show_day

CAMERA, DAYS = "press", 8


def run_camera(settings: Settings, folder: Path, seed: int, first: date, say: Callable[[str], None]) -> None:
    """Run a camera's nights: ingest, train, score the faulty days, draw the last of them; the outcome in words."""
    write_camera(folder / "inbox" / CAMERA, seed, first, DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    for day in days:
        ingest_images(settings, day, CAMERA)
    scored = days[-FAULTY_DAYS:]
    with training_progress() as begin:
        say(train_images(settings, scored[0], CAMERA, begin))
    for day in scored:
        score_images(settings, day, CAMERA)
    say(_outcome(settings, scored))
    say(show_day(settings, scored[-1], CAMERA, None, 24, folder / "pictures" / f"{CAMERA}-{scored[-1]}.png"))


def _outcome(settings: Settings, days: list[date]) -> str:
    """How many of the defects are over the threshold, and how many good parts."""
    store = Store(settings.store)
    scores = store.read_days("image_scores", days, camera=CAMERA)
    images = store.read_days("images", days, camera=CAMERA)
    rows = scores.merge(images[["image_id", "label"]], on="image_id")
    defects, good = (rows.loc[rows["label"] == label, "is_anomaly"] for label in ("defect", "good"))
    return (
        f"scored {CAMERA}: {int(defects.sum())} of {len(defects)} defects found, "
        f"{int(good.sum())} of {len(good)} good parts flagged"
    )
