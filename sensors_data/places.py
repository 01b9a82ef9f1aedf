"""Where the files of the store lie that are neither tables nor models: pictures, reports, metrics."""

from __future__ import annotations

import hashlib
from datetime import date

FOLDERS = (
    "heat_maps",
    "sheets",
    "reports",
    "metrics",
    "audit",
    "witness",
    "damaged",
    "features",
    "backbones",
    "gathered",
)
"""The folders of a store that hold neither tables nor models."""

GATHERED_INCIDENTS = "gathered/incidents.parquet"
"""Where the incidents stand in one file beside their own."""


def heat_map_path(camera: str, day: date, image_id: str) -> str:
    """Where an image's heat map stands; its name is a hash, for an id may hold any character."""
    return f"heat_maps/camera={camera}/day={day}/{hashlib.sha256(image_id.encode()).hexdigest()[:16]}.png"


def stored_maps_path(camera: str, day: date) -> str:
    """Where the heat maps of a night's worst images stand as numbers."""
    return f"heat_maps/camera={camera}/day={day}/worst.safetensors"


def features_folder(camera: str) -> str:
    """Where the features of a camera's images are kept between trainings."""
    return f"features/camera={camera}"


def backbone_path(sha256: str) -> str:
    """Where a frozen network of the user's own is kept, by the hash of its file."""
    return f"backbones/{sha256}.onnx"


def sheet_path(camera: str, through: date, number: int) -> str:
    """Where the sheet of a generator's snapshot stands."""
    return f"sheets/camera={camera}/model={through}/snapshot-{number:03d}.png"


def nearest_path(camera: str, day: date) -> str:
    """Where a day's drawn images stand beside their nearest real ones."""
    return f"sheets/camera={camera}/day={day}/nearest.png"


def data_sheet_path(camera: str, day: date) -> str:
    """Where the data sheet of a day's batch stands: what it was learned from, what it is for, its limits."""
    return f"sheets/camera={camera}/day={day}/data-sheet.md"


def painted_sheet_path(camera: str, day: date) -> str:
    """Where a day's painted defects stand on one page."""
    return f"sheets/camera={camera}/day={day}/painted.png"


def report_path(day: date) -> str:
    """Where a day's report stands."""
    return f"reports/{day}.html"


def digest_path(last: date) -> str:
    """Where the digest of the week that ends with a day stands."""
    return f"reports/week-{last}.html"


def family_metrics_path(family: str) -> str:
    """Where a family's newest night stands as a Prometheus text file."""
    return f"metrics/nightscore-{family}.prom"


def camera_metrics_path(camera: str) -> str:
    """Where a camera's newest night stands as a Prometheus text file; no family's name has a point."""
    return f"metrics/nightscore-camera.{camera}.prom"


def owner_of_metrics(path: str) -> tuple[str, str]:
    """Whose metrics a text file holds, and the job that writes it; empty where it is none of ours."""
    name = path.rsplit("/", 1)[-1]
    if not (name.startswith("nightscore-") and name.endswith(".prom")):
        return "", ""
    owner = name.removeprefix("nightscore-").removesuffix(".prom")
    camera = owner.removeprefix("camera.")
    return (camera, "export-camera-metrics") if camera != owner else (owner, "export-metrics")


def quarantine(path: str) -> str:
    """Where a damaged file is kept once it was made again."""
    return f"damaged/{path}"
