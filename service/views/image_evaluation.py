"""A camera's detector against the labels and masks of pictures that it did not learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.evaluation.images import ImageEvaluation, Rate, evaluate_images
from anomaly.images.detector import ImageCard, ImageDetector
from anomaly.images.files import load_for
from anomaly.images.image_scores import ImageScores, score_images
from anomaly.images.known_defects import pixel_hash
from sensors_data.errors import NotThereError
from sensors_data.images.files import decode_levels
from sensors_data.images.table import known_rows, labels_in_words, normal_images, normal_rows, pixels_of
from sensors_data.settings import Settings
from sensors_data.store import Store
from sensors_data.verdicts import verdict_by_image


@dataclass(frozen=True)
class Evaluated:
    """The pictures, their scores, and what these are worth."""

    detector: ImageDetector
    rows: pd.DataFrame
    odd: np.ndarray  # (N,) bool
    scores: ImageScores
    figures: ImageEvaluation
    held_out: bool = False
    """Whether the good parts are those that training held out, as there are no others."""


@dataclass(frozen=True)
class Pictures:
    """Pictures whose label is known and that a detector did not learn from."""

    rows: pd.DataFrame
    images: np.ndarray  # (N, C, H, W) uint8
    odd: np.ndarray  # (N,) bool
    only_held_out: bool
    """Whether the good parts are those that training held out."""


def evaluate_camera(settings: Settings, camera: str, day: date | None) -> Evaluated:
    """The detector that serves `day`, or the newest, on pictures whose label is known and that it did not learn from.

    NotThereError when there is no detector, no defect, or no good part.
    """
    store = Store(settings.store)
    detector = load_for(store, camera, day or date.max)
    pictures = unlearned_pictures(settings, camera, day, detector.card)
    rows, odd = pictures.rows, pictures.odd
    if odd.all() or not odd.any():
        raise NotThereError(
            f"{camera} has {int((~odd).sum())} good parts and {int(odd.sum())} defects that {detector.name} did not "
            f"learn from (labels: {labels_in_words(rows) or 'none'})",
            "put labelled pictures into folders like test/good and test/crack, or ingest a later day",
        )
    scores = score_images(detector, pictures.images)
    masks = np.stack([_mask(png, scores.maps.shape[1:]) for png in rows["mask"]])
    labels = rows["label"].to_numpy(str)
    limits = detector.card.threshold.value, detector.card.pixel_threshold
    figures = evaluate_images(labels, odd, scores.score, limits[0], scores.maps, masks, limits[1])
    return Evaluated(detector, rows, odd, scores, figures, pictures.only_held_out)


def unlearned_pictures(settings: Settings, camera: str, day: date | None, card: ImageCard) -> Pictures:
    """The test and validation parts of a labelled set, the defects, and parts of later days labelled good.

    Where there is no such good part, those that training held out stand for them; its threshold rests on them. Known
    defects that were learned from are left out, and pictures whose label a person contradicted.
    """
    store, spec = Store(settings.store), settings.camera(camera)
    days = [d for d in store.days("images", camera=camera) if day is None or d <= day + timedelta(days=28)]
    rows = known_rows(store.read_days("images", days, camera=camera), spec).reset_index(drop=True)
    normal = rows.index.isin(normal_rows(rows, spec).index)
    verdicts = verdict_by_image(store, camera)
    verdict = rows["image_id"].map(verdicts)
    contradicted = (verdict == np.where(normal, "confirmed", "dismissed")).to_numpy(dtype=bool)
    tested, learned = rows["split"].isin(["test", "valid"]), rows["split"] == "train"
    later = rows["time"] >= pd.Timestamp(card.trained_through, tz="UTC") + pd.Timedelta(days=1)
    unseen = (tested | ~normal | (later & (rows["label"] != "") & ~learned)).to_numpy(dtype=bool) & ~contradicted
    only_held_out = not (unseen & normal).any()
    if only_held_out:
        held_out = rows["image_id"].isin(_held_out(store, settings, camera, card, verdicts)).to_numpy(dtype=bool)
        unseen = unseen | normal & held_out & ~contradicted
    rows, odd = rows[unseen].reset_index(drop=True), ~normal[unseen]
    images = pixels_of(rows, spec)
    hashes = card.known.hashes if card.known else ()
    new = ~np.isin([pixel_hash(image) for image in images], hashes)
    return Pictures(rows[new].reset_index(drop=True), images[new], odd[new], only_held_out)


def _held_out(store: Store, settings: Settings, camera: str, card: ImageCard, verdicts: Mapping[str, str]) -> list[str]:
    """The image_id of the good parts that training held out, the last ones it had."""
    day = card.trained_through + timedelta(days=1)
    learned = normal_images(store, camera, settings.camera(camera), day, card.config.days, verdicts)
    return [str(name) for name in learned["image_id"].tail(card.held_out)]


def _mask(png: bytes | None, shape: tuple[int, ...]) -> np.ndarray:
    """A stored mask as a heat map's (H, W) bool: a cell is marked where a pixel in it is; none where there is none."""
    if png is None:
        return np.zeros(shape, bool)
    marked = decode_levels(bytes(png))[0] > 0
    rows, columns = marked.shape[0] // shape[0], marked.shape[1] // shape[1]
    cells: np.ndarray = marked.reshape(shape[0], rows, shape[1], columns).any(axis=(1, 3))
    return cells


def evaluation_lines(evaluated: Evaluated) -> list[str]:
    """The figures in words."""
    figures, card = evaluated.figures, evaluated.detector.card
    lines = [
        f"{evaluated.detector.name} on {figures.recall.of:,} defects and {figures.false_alarms.of:,} other good parts",
        f"  ranking: image AUROC {figures.auroc:.3f}, average precision {figures.average_precision:.3f}",
        f"  decisions over {card.threshold.value:.1f} nats: recall {_words(figures.recall)}, F1 {figures.f1:.3f}",
        f"  false alarms: {_words(figures.false_alarms)}, {card.config.false_alarm_rate:.1%} were asked for",
    ]
    if evaluated.held_out:
        lines.append(
            "  the good parts are those that training held out, and the limit rests on them; a later day tells more"
        )
    lines += [f"  {label}: {_words(share)} found" for label, share in figures.by_label.items()]
    if not np.isnan(figures.pixel_auroc):
        aupimo = "" if np.isnan(figures.aupimo) else f", AU-PIMO {figures.aupimo:.3f}"
        ranked = f"AUROC {figures.pixel_auroc:.3f}, AUPRO {figures.aupro:.3f}{aupimo}"
        lines.append(f"  pixels: {ranked}; F1 {figures.segmentation_f1:.3f} over {card.pixel_threshold:.1f} nats")
    return lines


def _words(share: Rate) -> str:
    return f"{share.hits} of {share.of} ({share.value:.1%}, 95 % interval {share.low:.1%} to {share.high:.1%})"
