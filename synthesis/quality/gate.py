"""The gate: the measures of a batch of drawn images, and whether the batch may be used."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import Field

from sensors_data.errors import UnusableError
from sensors_data.images.batches import TO_LOOK_AT, USE
from sensors_data.settings import Section
from synthesis.quality.copies import find_copies, membership_auc
from synthesis.quality.distances import (
    MIN_IMAGES,
    class_entropy,
    diversity,
    frechet_distance,
    inception_style_score,
    kernel_distance,
    overlap,
)
from synthesis.quality.extractors import Extractor, features_of

FEWEST = 256
"""Drawn images that a verdict needs."""
MOST = 10_000
"""Images whose features are compared: the first of a larger batch."""


class GateConfig(Section):
    """Limits that a batch must keep."""

    frechet_share: float = Field(0.35, gt=0)
    """Largest Frechet distance, of the total variance of real features."""
    precision: float = Field(0.4, ge=0, le=1)
    """Least share of drawn images that lie among the real ones."""
    recall: float = Field(0.1, ge=0, le=1)
    """Least share of real images that lie among the drawn ones."""
    coverage: float = Field(0.1, ge=0, le=1)
    """Least share of real images with a drawn one in their neighbourhood."""
    diversity: float = Field(0.6, ge=0)
    """Least mean distance between drawn images, of that between real ones."""
    entropy_share: float = Field(0.85, ge=0, le=1)
    """Least class entropy, of that of real images."""
    copies: float = Field(0.01, ge=0, le=1)
    """Largest share of drawn images that are copies of a training image."""
    membership: float = Field(0.6, ge=0.5, le=1)
    """Largest area under the ROC with which the distance tells learned images from held-out ones."""


AT_MOST = frozenset(("copies", "frechet", "membership"))
"""Measures that pass up to their limit; all others pass from it on."""


@dataclass(frozen=True)
class Batch:
    """Drawn images and the real ones that they are compared with, all uint8 (N, C, H, W)."""

    drawn: np.ndarray
    learned: np.ndarray
    held_out: np.ndarray
    one_class: bool
    """Whether all images are of one class: then limits on diversity do not apply."""


class Measure(Section):
    """One row of the `quality` table, but for the generator."""

    measure: str
    value: float
    low: float = math.nan
    high: float = math.nan
    limit: float = math.nan
    passed: bool = True
    images: int
    features: str = ""
    reason: str = ""


def judge(batch: Batch, extractor: Extractor, limits: GateConfig, seed: int) -> list[Measure]:
    """The measures of a batch, the verdict last. ValueError when the batch is too small."""
    if len(batch.drawn) < FEWEST:
        raise UnusableError(f"{len(batch.drawn)} drawn images cannot be judged", f"draw at least {FEWEST}")
    measures = [*_in_features(batch, extractor, limits, seed), *_in_pixels(batch, limits)]
    failed = [measure for measure in measures if not measure.passed]
    reason = "; ".join(f"{m.measure} {m.value:.3g} is past its limit {m.limit:.3g}" for m in failed)
    verdict = Measure(
        measure="gate", value=float(not failed), passed=not failed, images=len(batch.drawn), reason=reason, limit=1.0
    )
    return [*measures, verdict]


def not_yet_tried(images: int) -> Measure:
    """What a batch that passed the gate is for, before a gain was measured."""
    return Measure(measure=USE, value=0.0, passed=False, images=images, reason=TO_LOOK_AT)


def cannot_be_tried(images: int, reason: str) -> Measure:
    """What a published batch is for whose gain cannot be measured, with the reason."""
    use = f"to look at: it cannot be tried: {reason}"
    return Measure(measure=USE, value=0.0, passed=False, images=images, reason=use)


def use_of(tried: Measure, how: str = "") -> Measure:
    """What a published batch is for, by what a trial on all real images measured: its gain with its interval, and how
    the batch was used for it.
    """
    interval = f"{tried.value:+.4f} [{tried.low:+.4f}, {tried.high:+.4f}]{f' with {how}' if how else ''}"
    reason = f"for augmentation: its gain is {interval}"
    if not tried.passed:
        reason = f"to look at: its gain is {interval}, and the lower end must be above 0"
    return Measure(measure=USE, value=float(tried.passed), passed=tried.passed, images=tried.images, reason=reason)


def fid(batch: Batch, inception: Extractor) -> Measure:
    """The FID of a batch, for information only. ValueError when the batch is too small for one."""
    if len(batch.drawn) < MIN_IMAGES:
        raise UnusableError(
            f"an FID of {len(batch.drawn):,} images is biased",
            f"draw at least {MIN_IMAGES:,}, or judge without inception",
        )
    real, drawn = features_of(inception, _real(batch)), features_of(inception, batch.drawn[:MOST])
    value = frechet_distance(real.x, drawn.x)
    reason = f"{len(real.x):,} real images; published ones are mostly of 50,000 and lie lower"
    return Measure(measure="fid", value=value, images=len(drawn.x), features=inception.name, reason=reason)


def _in_features(batch: Batch, extractor: Extractor, limits: GateConfig, seed: int) -> list[Measure]:
    """Distances and shares in the extractor's features."""
    images = batch.drawn[:MOST]
    drawn, real = features_of(extractor, images), features_of(extractor, _real(batch))
    count = len(images)

    def row(measure: str, value: float, **more: float) -> Measure:
        return Measure(measure=measure, value=value, images=count, features=extractor.name, **more)

    def at_least(measure: str, value: float, limit: float) -> Measure:
        passed = bool(value >= limit) or batch.one_class
        return row(measure, value, limit=limit, passed=passed)

    distance, most = frechet_distance(real.x, drawn.x, FEWEST), limits.frechet_share * float(real.x.var(0).sum())
    some = min(len(real.x), count, 5000)
    shares, kid = overlap(real.x[:some], drawn.x[:some]), kernel_distance(real.x, drawn.x, seed)
    rows = [
        _frechet(row("frechet", distance, limit=most, passed=distance <= most or batch.one_class), count),
        row("kid", kid.value, low=kid.low, high=kid.high),
        row("precision", shares.precision, limit=limits.precision, passed=shares.precision >= limits.precision),
        at_least("recall", shares.recall, limits.recall),
        row("density", shares.density),
        at_least("coverage", shares.coverage, limits.coverage),
        at_least("diversity", diversity(real.x, drawn.x), limits.diversity),
    ]
    if drawn.classes is not None and real.classes is not None:
        least = limits.entropy_share * class_entropy(real.classes)
        rows += [at_least("class_entropy", class_entropy(drawn.classes), least)]
        rows += [row("score", inception_style_score(drawn.classes))]
    return rows


def _frechet(row: Measure, count: int) -> Measure:
    """The distance's row; of too few images it decides nothing."""
    if count >= MIN_IMAGES:
        return row
    reason = f"of {count:,} images it is biased and decides nothing; {MIN_IMAGES:,} are wanted"
    return row.model_copy(update={"passed": True, "reason": reason})


def _in_pixels(batch: Batch, limits: GateConfig) -> list[Measure]:
    """Whether training images were copied, or a membership attack succeeds."""
    drawn = batch.drawn[:MOST]
    copies = find_copies(drawn, batch.learned, batch.held_out).share
    auc = membership_auc(drawn, batch.learned, batch.held_out)
    values = (("copies", copies, limits.copies), ("membership", auc, limits.membership))
    return [
        Measure(measure=name, value=value, limit=limit, passed=value <= limit, images=len(drawn))
        for name, value, limit in values
    ]


def _real(batch: Batch) -> np.ndarray:
    """Real images to compare with: those held out, filled up with training images where they are too few."""
    missing = max(0, min(MIN_IMAGES, len(batch.drawn)) - len(batch.held_out))
    return np.concatenate([batch.held_out[:MOST], batch.learned[:missing]])


def quality_rows(generator: str, measures: list[Measure]) -> pd.DataFrame:
    """Rows of the `quality` table."""
    return pd.DataFrame([{"generator": generator, **measure.model_dump()} for measure in measures])
