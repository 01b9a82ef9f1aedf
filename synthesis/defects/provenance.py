"""What a painted PNG says of itself, and painting it again from that."""

from __future__ import annotations

from datetime import date

import numpy as np

from sensors_data.camera import Camera
from sensors_data.defects.batch import painting_rng
from sensors_data.defects.paint import LEARNED, VERSION, paint_defect
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.images.files import decode_image, encode_png, png_text
from sensors_data.settings import Section, parse
from sensors_data.store import Store
from synthesis.painter.files import TrainedPainter
from synthesis.painter.painting import paint_by


class PaintingOrigin(Section):
    """How a defect was painted; together with the good parts, or a part and the painter, it paints it again."""

    painters: str = VERSION
    camera: str
    kind: str
    seed: int
    number: int
    attempt: int
    good: str
    """Image id of the good part."""
    good_day: date
    donor: str
    """Image id of the good part that was drawn from, the file of the real defect, or the painter's SHA-256."""
    donor_day: date | None
    """None for a real defect of a folder and for a learned painter."""


def painted_png(image: np.ndarray, origin: PaintingOrigin) -> bytes:
    """A painted image (C, H, W) as PNG whose text chunks say that it is synthetic and how it was painted."""
    text = {key: "" if value is None else str(value) for key, value in origin.model_dump().items()}
    return encode_png(image, {"synthetic": "true", "software": "nightscore", **text})


def is_painted(png: bytes) -> bool:
    """Whether a PNG says that a painter made it. UnreadableError when it is no PNG."""
    return "painters" in png_text(png)


def painting_origin(png: bytes) -> PaintingOrigin:
    """The origin in a painted PNG. UnusableError when it has none."""
    text = png_text(png)
    if "painters" not in text:
        raise UnusableError("this PNG does not say how it was painted", "name one that paint-defects made")
    fields = {name: text[name] or None for name in PaintingOrigin.model_fields if name in text}
    return parse(PaintingOrigin, fields, "the text of the PNG")


def painted_again(store: Store, camera: Camera, png: bytes, painter: TrainedPainter | None = None) -> np.ndarray:
    """The image of a painted PNG, painted again from the good parts in the store, uint8 (C, H, W).

    The painters of its version paint, or the learned `painter`. NotThereError when a good part is gone, UnusableError
    when that version is not known here, the painter is missing or another, or the defect is like a real one of a
    folder.
    """
    origin = painting_origin(png)
    rng = painting_rng(origin.seed, origin.number, origin.attempt)
    if origin.kind.startswith(LEARNED):
        learned = _same_painter(origin, painter)
        good = _part(store, camera, origin.camera, origin.good_day, origin.good)
        return paint_by(learned, origin.kind.removeprefix(LEARNED), good, rng).image
    if origin.donor_day is None:
        raise UnusableError(
            f"this defect is like {origin.donor}, which the store does not hold",
            "run paint-defects again with the same --day and --like: it paints the same",
        )
    good = _part(store, camera, origin.camera, origin.good_day, origin.good)
    donor = _part(store, camera, origin.camera, origin.donor_day, origin.donor)
    return paint_defect(good, donor, origin.kind, rng, version=origin.painters).image


def _same_painter(origin: PaintingOrigin, painter: TrainedPainter | None) -> TrainedPainter:
    """The painter, if it is the one that painted. UnusableError otherwise."""
    if painter is None:
        raise UnusableError(
            f"a learned painter painted this, its file's SHA-256 is {origin.donor}", "name that file with --painter"
        )
    if painter.sha256 != origin.donor:
        raise UnusableError(
            f"another painter painted this: its file's SHA-256 is {origin.donor}, this one's is {painter.sha256}",
            "name that file with --painter",
        )
    return painter


def _part(store: Store, camera: Camera, name: str, day: date, image_id: str) -> np.ndarray:
    rows = store.read("images", camera=name, day=day)
    pngs = rows.loc[rows["image_id"] == image_id, "png"]
    if pngs.empty:
        raise NotThereError(f"{name} has no image '{image_id}' on {day}", "ingest that day again")
    return decode_image(bytes(pngs.iloc[0]), camera.channels)
