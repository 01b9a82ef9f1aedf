"""Heat maps at rest: those of a night's worst images, so that looking at them takes no network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

import numpy as np
from safetensors.numpy import load, save

from sensors_data.documents import json_in
from sensors_data.errors import UnusableError
from sensors_data.model_files import metadata
from sensors_data.places import stored_maps_path
from sensors_data.seal import with_seal
from sensors_data.store import Store

KEPT = 100
"""Images of a night whose maps are kept, the worst ones."""
LARGEST = float(np.finfo(np.float16).max)
"""Nats a pixel above which a map is cut off."""


@dataclass(frozen=True)
class StoredMaps:
    """Heat maps of some images of a night."""

    model: str
    ids: list[str]
    maps: np.ndarray  # (M, H, W) float16 nats a pixel

    def of(self, ids: list[str]) -> np.ndarray | None:
        """The maps of these images, (M, H, W) float32; None where one of them is not kept."""
        places = {image_id: place for place, image_id in enumerate(self.ids)}
        if not all(image_id in places for image_id in ids):
            return None
        return np.asarray(self.maps[[places[image_id] for image_id in ids]].astype(np.float32))


def keep_maps(
    store: Store, camera: str, day: date, ids: list[str], score: np.ndarray, maps: np.ndarray, model: str
) -> None:
    """Keep the maps (N, H, W) of the worst images by score (N,); what was kept of the day before gives way."""
    worst = np.argsort(-score, kind="stable")[:KEPT]
    about = {"model": model, "ids": json.dumps([ids[n] for n in worst])}
    data = save({"maps": np.clip(maps[worst], -LARGEST, LARGEST).astype(np.float16)}, about)
    store.write_bytes(stored_maps_path(camera, day), with_seal(data))


def stored_maps(store: Store, camera: str, day: date) -> StoredMaps | None:
    """The maps that were kept of a night; None where there are none. UnusableError when the file is damaged."""
    path = stored_maps_path(camera, day)
    if not store.exists(path):
        return None
    data = store.read_bytes(path)
    try:
        about = metadata(data)
        return StoredMaps(about["model"], json_in(about["ids"]), load(data)["maps"])
    except (ValueError, KeyError) as error:
        remedy = f"run: nightscore score-images --camera {camera} --day {day}"
        raise UnusableError(f"{path} is damaged", remedy) from error
