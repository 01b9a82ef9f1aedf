"""The job that paints a day's batch of defects on a camera's good parts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from sensors_data.camera import Camera
from sensors_data.defects.batch import Painting, Way, like_real, of_kind, paint_in_turn
from sensors_data.defects.paint import KINDS
from sensors_data.errors import UnusableError
from sensors_data.images.files import encode_png
from sensors_data.images.table import normal_images, pixels_of
from sensors_data.places import painted_sheet_path
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.real_defects import real_defects
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import verdict_by_image
from synthesis.defects.provenance import PaintingOrigin, painted_png
from synthesis.defects.sheet import painted_sheet
from synthesis.painter.files import read_painter
from synthesis.painter.painting import check_camera, ways_of

DAYS = 28
"""Days before the batch's own whose good parts are painted on."""
COUNT = 15 * 10
"""Painted images of a batch unless a number is given: ten a kind."""
MOST_A_DAY = 20_000


def paint_defects(
    settings: Settings,
    day: date,
    camera: str,
    count: int | None = None,
    kinds: tuple[str, ...] = KINDS,
    like: Path | None = None,
    painter: Path | None = None,
) -> str:
    """Job: paint defects on a camera's good parts of the days before `day` into `painted_images`, each with its mask.

    Without a `count` there are as many as the settings have the schedule paint, or COUNT. The kinds take turns; with a
    folder `like`, the defects are like the real ones in it, and with the file of a learned `painter` they are its own.
    NotThereError when there is no good part, UnusableError for a count out of range, an unknown kind, both a folder and
    a painter, a painter of other parts, or parts on which nothing can be seen.
    """
    count = (settings.camera(camera).painted or COUNT) if count is None else count
    store, order = Store(settings.store), Order(count, kinds, like, painter)
    return run_job(store, "paint-defects", day, camera, lambda: _paint(store, settings, day, camera, order))


@dataclass(frozen=True)
class Order:
    """How many images to paint, of which kinds, or like the real defects of which folder, or by which painter."""

    count: int
    kinds: tuple[str, ...]
    like: Path | None
    painter: Path | None


def _paint(store: Store, settings: Settings, day: date, camera: str, order: Order) -> Done:
    count = order.count
    if not 1 <= count <= MOST_A_DAY:
        raise UnusableError(f"a day's batch has between 1 and {MOST_A_DAY:,} painted images, found {count:,}")
    spec = settings.camera(camera)
    seed, (ways, sources) = batch_seed(camera, day, settings.seed), _ways(order, spec)
    rows = normal_images(store, camera, spec, day, DAYS, verdict_by_image(store, camera))
    goods = pixels_of(rows, spec)
    paintings = list(paint_in_turn(goods, count, seed, ways))
    frame = painted_rows(paintings, rows, sources, day, camera, seed)
    source = Provenance(job="paint-defects", settings=settings_hash(spec))
    store.write("painted_images", frame, source, camera=camera, day=day)
    store.write_bytes(painted_sheet_path(camera, day), painted_sheet([painting.defect for painting in paintings]))
    return Done(count, f"painted {camera} {day}: {count:,} defects on {len(goods):,} good parts, {_in_words(frame)}")


def _ways(order: Order, camera: Camera) -> tuple[list[Way], list[str]]:
    """The ways in which an order is painted, and what each draws from where that is no good part."""
    if order.like is not None and order.painter is not None:
        raise UnusableError("--like and --painter are two ways to paint", "name one of them")
    if order.painter is not None:
        painter = read_painter(order.painter)
        check_camera(painter, camera)
        ways = ways_of(painter)
        return ways, [painter.sha256] * len(ways)
    if order.like is not None:
        real = real_defects(order.like, camera)
        return [like_real(one) for one in real], [one.name for one in real]
    return [of_kind(kind) for kind in order.kinds], []


def batch_seed(camera: str, day: date, seed: int) -> int:
    """The seed of a day's batch: a hash of the camera, the day and the settings' seed."""
    return int.from_bytes(hashlib.sha256(f"painted {camera} {day} {seed}".encode()).digest()[:4], "big") % 2**31


def painted_rows(
    paintings: list[Painting], goods: pd.DataFrame, sources: list[str], day: date, camera: str, seed: int
) -> pd.DataFrame:
    """Rows of the `painted_images` table; `goods` are those of the good parts.

    `sources` name in turn what was drawn from where that is no good part: real defects, or a painter.
    """
    days, names = goods["time"].dt.date.tolist(), goods["image_id"].tolist()
    rows = []
    for number, painting in enumerate(paintings):
        defect, good = painting.defect, painting.good
        origin = PaintingOrigin(
            camera=camera,
            kind=defect.kind,
            seed=seed,
            number=number,
            attempt=painting.attempt,
            good=names[good],
            good_day=days[good],
            donor=sources[number % len(sources)] if sources else names[painting.donor],
            donor_day=None if sources else days[painting.donor],
        )
        rows.append(
            {
                "image_id": f"{camera}-painted-{seed}-{number:05d}",
                "time": datetime(day.year, day.month, day.day, tzinfo=UTC),
                "asset": "",
                "label": defect.kind,
                "png": painted_png(defect.image, origin),
                "mask": encode_png((defect.mask * np.uint8(255))[None].astype(np.uint8)),
                "good": origin.good,
                "donor": origin.donor,
                "seed": seed,
                "number": number,
                "size": defect.size,
                "strength": defect.strength,
                "visibility": defect.visibility,
            }
        )
    return pd.DataFrame(rows)


def _in_words(frame: pd.DataFrame) -> str:
    """The kinds and how visible they are."""
    counts = frame["label"].value_counts(sort=False)
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in counts.items())
    low, middle, high = frame["visibility"].quantile([0.05, 0.5, 0.95])
    return f"{kinds}; visibility {low:.1f} to {high:.1f}, middle {middle:.1f} (1: just seen)"
