"""Verdicts on pictures and places in them: false alarms or real defects, stored among the incidents, used by the next
training.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pandas as pd
from pydantic import Field, field_validator

from sensors_data.audit import record
from sensors_data.errors import NotThereError
from sensors_data.gathered import all_incidents
from sensors_data.images.days import SOURCE_HASH
from sensors_data.images.files import decode_levels, png_text
from sensors_data.images.picture_places import FORM, MarkedPlace, check_place, place_in
from sensors_data.provenance import Provenance
from sensors_data.section import Section
from sensors_data.series.incidents import withdraw
from sensors_data.settings import Name
from sensors_data.store import Store


class PictureVerdict(Section):
    """A person's verdict on one picture of a camera, or on one place in it."""

    camera: Name = Field(examples=["press"])
    day: date
    image: str = Field(min_length=1, max_length=1024, description="its image_id")
    kind: Literal["confirmed", "dismissed"] = Field(description="a real defect, or a false alarm")
    place: str | None = Field(None, max_length=64, description=FORM, examples=["40,12,18,18"])
    note: str = Field("", max_length=2000)
    author: str = Field("", max_length=128, examples=["night shift"])

    @field_validator("place")
    @classmethod
    def _in_its_form(cls, place: str | None) -> str | None:
        return None if place is None else str(place_in(place))


def keep_picture_verdict(store: Store, verdict: PictureVerdict) -> str:
    """Store a verdict on a picture, or on a place in it, in place of any earlier one on the same; the incident's id.

    NotThereError when the camera has no such picture on that day, UnusableError when the place does not lie in it.
    """
    rows = store.read("images", camera=verdict.camera, day=verdict.day)
    pictures = rows[rows["image_id"] == verdict.image]
    if pictures.empty:
        known = ", ".join(map(str, rows["image_id"].head(3)))
        reason = f"{verdict.camera} has no image '{verdict.image}' on {verdict.day}"
        raise NotThereError(reason, f"it has {len(rows):,}, the first: {known}")
    size = _size_around(verdict, bytes(pictures["png"].iloc[0]))
    later = {"place"} if verdict.place is None else set()  # ids of before there were places
    key = hashlib.sha256(verdict.model_dump_json(exclude=later).encode()).hexdigest()[:16]
    before = picture_verdicts(store, verdict.camera)
    start = pictures["time"].iloc[0]
    row = {
        "incident": key,
        "family": "",
        "asset": None,
        "start": start,
        "end": start + timedelta(microseconds=1),
        "sensor": None,
        "told": datetime.now(UTC),
        "place_size": size,
        **verdict.model_dump(include={"kind", "note", "author", "camera", "image", "place"}),
    }
    store.write("incidents", pd.DataFrame([row]), Provenance(job="incidents"), incident=key)
    same = (before["image"] == verdict.image) & (before["place"].fillna("") == (verdict.place or ""))
    for other in before.loc[same & (before["incident"] != key), "incident"]:
        withdraw(store, str(other), verdict.author)
    where = f", place {verdict.place}" if verdict.place else ""
    about = f"picture {verdict.image}{where} of {verdict.camera} {verdict.day}, incident {key}"
    record(store, verdict.kind, about, verdict.author)
    return key


def _size_around(verdict: PictureVerdict, png: bytes) -> str | None:
    """The size of the picture that a verdict's place lies in, like 128x128; None without a place.

    UnusableError when the place does not lie in it.
    """
    if verdict.place is None:
        return None
    height, width = decode_levels(png).shape[1:]
    check_place(place_in(verdict.place), (height, width), verdict.image)
    return f"{width}x{height}"


def picture_verdicts(store: Store, camera: str) -> pd.DataFrame:
    """The verdicts on a camera's pictures, as `incidents` has them, sorted by the picture's time."""
    rows = all_incidents(store)
    return rows[rows["camera"] == camera].sort_values(["start", "incident"], ignore_index=True)


def verdict_by_image(store: Store, camera: str) -> dict[str, str]:
    """What is known of each picture, `confirmed` or `dismissed`, by its image_id.

    It is confirmed if that was said of it or of a place in it, whatever else was dismissed.
    """
    rows = picture_verdicts(store, camera).sort_values("kind", ascending=False, kind="stable")  # dismissed, confirmed
    return dict(zip(rows["image"].astype(str), rows["kind"].astype(str), strict=True))


def withdraw_of_changed(store: Store, camera: str, day: date, pictures: pd.DataFrame) -> int:
    """Take back what was said of the day's stored pictures whose files are others among new rows of `images`; of how
    many. A picture that is gone may come back, and one that was stored before files had a hash is left alone.
    """
    said = picture_verdicts(store, camera)
    path = store.path("images", camera=camera, day=day)
    if said.empty or not store.exists(path):
        return 0
    stored = store.columns("images", path, ["image_id", "png"]).to_pandas()
    before, now = (_hashes(rows[rows["image_id"].isin(said["image"])]) for rows in (stored, pictures))
    changed = {name for name, known in before.items() if known and now.get(name, known) != known}
    for row in said[said["image"].isin(changed)].itertuples():
        withdraw(store, str(row.incident), "ingest-images")
    return len(changed)


def _hashes(pictures: pd.DataFrame) -> dict[str, str]:
    """The hash of each picture's file, by its id; empty where the PNG has none."""
    return {
        str(name): png_text(bytes(png)).get(SOURCE_HASH, "")
        for name, png in zip(pictures["image_id"], pictures["png"], strict=True)
    }


def confirmed_places(store: Store, camera: str) -> dict[str, list[MarkedPlace]]:
    """The confirmed places in a camera's pictures, by image_id."""
    rows = picture_verdicts(store, camera)
    places: dict[str, list[MarkedPlace]] = {}
    for row in rows[rows["place"].notna() & (rows["kind"] == "confirmed")].itertuples():
        width, _, height = str(row.place_size).partition("x")
        marked = MarkedPlace(place_in(str(row.place)), (int(height), int(width)))
        places.setdefault(str(row.image), []).append(marked)
    return places
