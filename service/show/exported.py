"""A camera's pictures of a day as a folder of files, with their masks, their list and their data sheet."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.paths.folder_paths import Pictures, mask_path, picture_path
from sensors_data.images.table import labels_in_words
from sensors_data.jobs import remedy
from sensors_data.places import data_sheet_path
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.whole_folder import write_folder
from synthesis.defects.provenance import painting_origin

MANIFEST, DATA_SHEET = "manifest.csv", "data-sheet.md"
Signing = Callable[[bytes], bytes]
"""A PNG with content credentials, of one without."""
MORE = {
    Pictures.synthetic: ("generator", "seed"),
    Pictures.painted: ("mask", "painters", "good", "donor", "seed", "number"),
    Pictures.real: ("mask", "asset", "time", "split"),
}
"""Columns of the list behind those that every table's has."""


@dataclass(frozen=True)
class Batch:
    """A table's pictures of a camera and day."""

    store: Store
    table: Pictures
    camera: str
    day: date

    @property
    def path(self) -> str:
        """Its file in the store."""
        return self.store.path(self.table, camera=self.camera, day=self.day)


def export_images(
    settings: Settings, day: date, camera: str, table: Pictures, out: Path, signing: Signing | None = None
) -> str:
    """Write the pictures of a day into the folder `out`, which is new or empty; in words what was written.

    NotThereError when there are none, UnusableError for a batch that is not published, a name that is no file's, or a
    folder with something else.
    """
    settings.camera(camera)
    if signing is not None and table is Pictures.real:
        raise UnusableError(
            f"the pictures in {table} are real and are never signed as synthetic", "leave out --sign-with"
        )
    batch = Batch(Store(settings.store), table, camera, day)
    check_published(batch)
    labels = batch.store.columns(table, batch.path, ["label"]).to_pandas()
    what = f"{len(labels):,} pictures of {camera} {day} from {table}"
    if not write_folder(out, _files(batch, signing)):
        return f"{out} already holds the {what}; nothing was written"
    return f"exported {what} to {out}{', each signed' if signing else ''}: {labels_in_words(labels)}"


def check_published(batch: Batch) -> None:
    """NotThereError when there is no batch, UnusableError when there is one that the gate did not let through."""
    store, camera, day = batch.store, batch.camera, batch.day
    if store.exists(batch.path):
        return
    if batch.table is Pictures.synthetic:
        if store.exists(store.path("rejected_synthetic_images", camera=camera, day=day)):
            quality = store.read("quality", camera=camera, day=day).set_index("measure")["reason"]
            problem = f"the batch of {camera} {day} did not pass the gate: {quality.get('gate', '')}"
            raise UnusableError(problem, "train or draw again, and run: nightscore judge-images")
        if store.exists(store.path("drawn_images", camera=camera, day=day)):
            judging = f"run: nightscore judge-images --camera {camera} --day {day}"
            raise UnusableError(f"the batch of {camera} {day} is not published, for it was not judged", judging)
    raise NotThereError(f"no {batch.table} of {camera} {day} in {store.root}", remedy(batch.table))


def _files(batch: Batch, signing: Signing | None) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of a batch, its list last."""
    listed: list[dict[str, Any]] = []
    taken: set[str] = set()
    for row in _rows(batch):
        picture, masks = picture_path(row["image_id"], row["label"], row.get("split", "")), {}
        if row.get("mask") is not None:
            masks = {mask_path(row["image_id"], row["label"]): row["mask"]}
        for path in (picture, *masks):
            if path.casefold() in taken:
                raise UnusableError(f"two pictures would be the file {path}", "rename one and ingest its day again")
            taken.add(path.casefold())
        png = signing(row["png"]) if signing else row["png"]
        yield picture, png
        yield from masks.items()
        about = {"file": picture, "mask": next(iter(masks), ""), "sha256": hashlib.sha256(png).hexdigest()}
        listed.append({name: value for name, value in (row | about).items() if name != "png"})
    sheet = data_sheet_path(batch.camera, batch.day)
    if batch.table is Pictures.synthetic and batch.store.exists(sheet):
        yield DATA_SHEET, batch.store.read_bytes(sheet)
    yield MANIFEST, _manifest(listed, ("image_id", "label", "file", "sha256", *MORE[batch.table]))


def _rows(batch: Batch) -> Iterator[dict[str, Any]]:
    """The rows of a batch, a part of its file at a time; of a painted one, the version of its painters too."""
    for part in batch.store.parts_of(batch.table, [batch.path]):
        for record in part.to_dict("records"):
            row = {str(name): value for name, value in record.items()}
            if batch.table is Pictures.painted:
                row["painters"] = painting_origin(row["png"]).painters
            yield row


def _manifest(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> bytes:
    """The list of the pictures as CSV, in which no text is taken for a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
