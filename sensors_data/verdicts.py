"""Verdicts on pictures: a false alarm or a real defect, stored among the incidents and used by the next training."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pandas as pd
from pydantic import Field

from sensors_data.audit import record
from sensors_data.errors import NotThereError
from sensors_data.gathered import all_incidents
from sensors_data.provenance import Provenance
from sensors_data.section import Section
from sensors_data.series.incidents import withdraw
from sensors_data.settings import Name
from sensors_data.store import Store


class PictureVerdict(Section):
    """A person's verdict on one picture of a camera."""

    camera: Name = Field(examples=["press"])
    day: date
    image: str = Field(min_length=1, max_length=1024, description="its image_id")
    kind: Literal["confirmed", "dismissed"] = Field(description="a real defect, or a false alarm")
    note: str = Field("", max_length=2000)
    author: str = Field("", max_length=128, examples=["night shift"])


def keep_picture_verdict(store: Store, verdict: PictureVerdict) -> str:
    """Store a verdict on a picture, in place of any earlier one; the incident's id.

    NotThereError when the camera has no such picture on that day.
    """
    rows = store.read("images", camera=verdict.camera, day=verdict.day)
    times = rows.loc[rows["image_id"] == verdict.image, "time"]
    if times.empty:
        known = ", ".join(map(str, rows["image_id"].head(3)))
        reason = f"{verdict.camera} has no image '{verdict.image}' on {verdict.day}"
        raise NotThereError(reason, f"it has {len(rows):,}, the first: {known}")
    key = hashlib.sha256(verdict.model_dump_json().encode()).hexdigest()[:16]
    before = picture_verdicts(store, verdict.camera)
    row = {
        "incident": key,
        "family": "",
        "asset": None,
        "start": times.iloc[0],
        "end": times.iloc[0] + timedelta(microseconds=1),
        "sensor": None,
        "kind": verdict.kind,
        "note": verdict.note,
        "author": verdict.author,
        "told": datetime.now(UTC),
        "camera": verdict.camera,
        "image": verdict.image,
    }
    store.write("incidents", pd.DataFrame([row]), Provenance(job="incidents"), incident=key)
    for other in before.loc[(before["image"] == verdict.image) & (before["incident"] != key), "incident"]:
        withdraw(store, str(other), verdict.author)
    about = f"picture {verdict.image} of {verdict.camera} {verdict.day}, incident {key}"
    record(store, verdict.kind, about, verdict.author)
    return key


def picture_verdicts(store: Store, camera: str) -> pd.DataFrame:
    """The verdicts on a camera's pictures, as `incidents` has them, sorted by the picture's time."""
    rows = all_incidents(store)
    return rows[rows["camera"] == camera].sort_values(["start", "incident"], ignore_index=True)


def verdict_by_image(store: Store, camera: str) -> dict[str, str]:
    """The verdict on each picture, `confirmed` or `dismissed`, by its image_id."""
    rows = picture_verdicts(store, camera)
    return dict(zip(rows["image"].astype(str), rows["kind"].astype(str), strict=True))
