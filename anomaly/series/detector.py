"""The interface of the series detectors: what every kind of detector does, and all that the jobs use.

A new kind is one file (a card, a subclass of `Detector`, how it is learned, its `Kind`) and its line in `kinds.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
from torch import Tensor

from anomaly.series.blocks import Block, block_of, blocks_of
from anomaly.series.card import Card
from anomaly.series.evidence.flat import FlatLimits, flat_runs, or_flat
from anomaly.series.evidence.judged import Judged
from anomaly.series.evidence.windows import EvidenceModel
from anomaly.series.profile import Profile
from anomaly.series.scores import RowScores, Scores, by_asset, shares_of
from anomaly.series.span import WEEK_S, Span
from anomaly.thresholds import Threshold
from sensors_data.errors import UnusableError
from sensors_data.series.grids.grid import SHORT_GAP, Grid, Scale, long_gaps


def no_other(asset: str) -> Scale | None:
    """The `fleet` of a detector that learned from every asset: no further scale."""
    return None


@dataclass(frozen=True)
class Detector(ABC):
    """A family's detector: it scores grids, states how many rows of context it needs, and is saved to a file."""

    scales: dict[str, Scale]
    typical: np.ndarray  # (D,) nats of each modelled sensor on a typical normal row
    band: np.ndarray  # (D,) half width of the 90 % band, standardised
    coverage_factor: np.ndarray  # (K,) how much higher normal scores are under 1, 2, ... windows a row, at least 1
    card: Card
    profile: Profile | None = field(default=None, kw_only=True)
    evidence: EvidenceModel | None = field(default=None, kw_only=True)
    """None in files of format 1 and during training."""
    fleet: Callable[[str], Scale | None] = field(default=no_other, kw_only=True, compare=False)
    """The scale of an asset outside the training sample; None for an unknown asset."""

    @property
    @abstractmethod
    def context_rows(self) -> int:
        """Number of preceding rows that a row's score depends on."""

    @abstractmethod
    def row_scores(self, grid: Grid) -> RowScores:
        """The scores of a standardised grid of the modelled sensors; they do not depend on rows after its end."""

    def block_scores(self, block: Block) -> RowScores:
        """`row_scores` of a standardised block's last rows, (A, shown) and (A, shown, D).

        A kind overrides it if it can do better than asset by asset.
        """
        each = [self.row_scores(block.grid(place)) for place in range(len(block.assets))]
        return RowScores(*(np.stack([getattr(rows, f.name)[block.last] for rows in each]) for f in fields(RowScores)))

    def scores_of_blocks(self, blocks: list[Block]) -> list[RowScores]:
        """`block_scores` of several blocks; a kind overrides it if blocks can share work."""
        return [self.block_scores(block) for block in blocks]

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """The learned parameters of this kind, as stored in its file."""

    @property
    def margin_rows(self) -> int:
        """Rows on either side of planned work that raise no alarm, because too much of their context is missing."""
        return self.context_rows // 2

    def expected_of(self, grids: list[Grid]) -> list[np.ndarray]:
        """Expected values of standardised grids whose suspicious values are missing, (T, D) each; NaN if unknown."""
        return [self.row_scores(grid).expected for grid in grids]

    def block_surprise(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """Only score and coverage of `block_scores`, (A, shown) each; a kind overrides it if that takes less time."""
        rows = self.block_scores(block)
        return rows.score, rows.coverage

    def log_loss(self, grid: Grid) -> np.ndarray:
        """Negative log-likelihood of what a standardised grid measured, nats a value, by row or window: (N,)."""
        nats = np.where(grid.observed, self.row_scores(grid).sensor_score, 0.0)
        count = grid.observed.sum(axis=1)
        return np.where(count > 0, nats.sum(axis=1) / np.maximum(count, 1), np.nan)

    @property
    def loss_block(self) -> int:
        """Length of a run of correlated values of `log_loss`, which counts as one independent value."""
        return self.context_rows

    def coverage_factors(self, spans: dict[str, Span]) -> np.ndarray:
        """The factor on the tail of normal scores if 1, 2, ... windows cover a row, (K,), at least 1."""
        return np.ones(1)

    @property
    def name(self) -> str:
        """The model id as tables carry it: family and the last day it was trained on."""
        return f"{self.card.family}@{self.card.trained_through}"

    @property
    def threshold(self) -> Threshold:
        """The limit of normal scores. UnusableError while there is none."""
        if self.card.threshold is None:
            raise UnusableError(f"model {self.name} was never calibrated", "train it again")
        return self.card.threshold

    def scale_of(self, asset: str) -> Scale:
        """An asset's own scale, or the family's median scale for an unknown asset."""
        return self.scales.get(asset) or self.fleet(asset) or self._middle_scale

    @cached_property
    def _middle_scale(self) -> Scale:
        every = list(self.scales.values())
        return Scale(*(np.median([getattr(s, part) for s in every], axis=0) for part in ("center", "spread")))

    def _scales_of(self, assets: tuple[str, ...]) -> Scale:
        """The scales of several assets for arrays (A, T, D): (A, 1, D) each."""
        scales = [self.scale_of(asset) for asset in assets]
        return Scale(*(np.stack([getattr(s, part) for s in scales])[:, None] for part in ("center", "spread")))

    def standardised(self, grid: Grid, asset: str, observed: np.ndarray) -> Grid:
        """The modelled sensors of a grid in units of the asset's scale; only `observed` (T, D) values count."""
        return self._standardised(block_of(replace(grid, observed=observed), asset)).grid(0)

    def _standardised(self, block: Block) -> Block:
        """The modelled sensors of a block, each asset in units of its scale. UnusableError for other sensors.

        Values that were filled over more than SHORT_GAP rows count as missing: values of an earlier day would distort
        the expected values next to them.
        """
        if block.sensors != self.card.sensors:
            reason = f"model {self.name} knows sensors {self.card.sensors}, the grid has {block.sensors}"
            raise UnusableError(reason, "train it again with the sensors that the family has now")
        columns, flat = self.card.modelled_columns, block.values
        usual = self.routine_values(block)
        if usual is not None:
            flat = np.where(usual, np.float32(np.nan), flat)
        if self.profile is not None:
            flat = (flat - self.profile.at(block.times, *block.assets)).astype(np.float32)
        values = self._scales_of(block.assets).apply(flat)[..., columns]
        observed = (block.observed if usual is None else block.observed & ~usual)[..., columns]
        if not observed.all():
            values = np.where(long_gaps(observed, SHORT_GAP), np.float32(np.nan), values)
        return replace(block, values=values, observed=observed, sensors=self.card.modelled)

    def routine_values(self, block: Block) -> np.ndarray | None:
        """Which values of a block (A, T, D) a routine of their asset explains, so that they are not judged; None where
        none of its assets has a routine.
        """
        routines = self.card.routines
        if not any(asset in routines.of_assets for asset in block.assets):
            return None
        each = zip(block.values, block.assets, strict=True)
        return np.stack([routines.explain(block.times, values, asset, block.sensors) for values, asset in each])

    def score(self, grid: Grid, asset: str) -> Scores:
        """Scores of an asset's grid (T rows); a row's score depends on no row after the grid's end.

        UnusableError when the grid's sensors are not the detector's.
        """
        return self.score_each([(asset, grid)])[0]

    def score_each(self, grids: list[tuple[str, Grid]]) -> list[Scores]:
        """`score` of several grids, which may be of one asset; bit for bit as if scored separately."""
        blocks = [block_of(grid, asset) for asset, grid in grids]
        return [scores for of_block in self._scores_of(blocks) for scores in of_block.values()]

    def score_all(self, grids: dict[str, Grid], since: np.datetime64) -> dict[str, Scores]:
        """`score` of several assets' grids, for their rows from `since` on."""
        return {a: scores for of_block in self._scores_of(blocks_of(grids, since)) for a, scores in of_block.items()}

    def _scores_of(self, blocks: list[Block]) -> list[dict[str, Scores]]:
        """The scores of the last rows of each block, by asset."""
        ready = [self._standardised(block) for block in blocks]
        each = zip(blocks, ready, self.scores_of_blocks(ready), strict=True)
        return [self._scores_in(block, standardised, rows) for block, standardised, rows in each]

    def _scores_in(self, block: Block, ready: Block, rows: RowScores) -> dict[str, Scores]:
        """The scores of a block's last rows, by asset, from the scores of its standardised rows."""
        times = block.times[block.last]
        measured, known = ready.observed[:, block.last], ready.values[:, block.last]
        observed = block.observed[:, block.last][..., self.card.modelled_columns]
        seen = np.asarray(observed.any(axis=-1))
        sensor_score = np.where(measured, rows.sensor_score, np.nan)
        pattern, cross = self._evidence(times, np.where(measured, known, np.nan), rows.expected)
        flat = self.flat_runs(block)[:, block.last]
        factor = self._factor(rows.coverage)
        judged = Judged(np.where(seen, rows.score, np.nan), shares_of(sensor_score, self.typical, seen))
        if self.evidence is not None and self.card.row_limit is not None:
            apart = np.where(measured, known - rows.expected, np.nan) / self.evidence.scatter(times)
            judged = judged.lifted(np.abs(apart) / self.card.row_limit, self.threshold.value * factor)
        if self.flat_limits is not None:
            judged = judged.lifted(flat / self.flat_limits.rows, self.threshold.value * factor)
            pattern = or_flat(pattern, self.flat_limits.evidence(flat))
        return by_asset(
            block.assets,
            times,
            score=judged.score,
            coverage_factor=factor,
            observed_share=observed.mean(axis=-1, dtype=np.float64),
            sensor_score=sensor_score,
            share=judged.share,
            expected=self.in_units(rows.expected, times, *block.assets),
            low=self.in_units(rows.expected - self.band, times, *block.assets),
            high=self.in_units(rows.expected + self.band, times, *block.assets),
            pattern=pattern,
            cross=cross,
        )

    @cached_property
    def flat_limits(self) -> FlatLimits | None:
        """The limits on how long sensors may stand still; None if unknown."""
        limits = np.array(self.card.flat_limits)
        normal = self.card.config.alarms_per_asset_week * self.card.step_s / WEEK_S
        return FlatLimits(limits, -np.log(normal) / limits, self.context_rows) if len(limits) else None

    def flat_runs(self, block: Block) -> np.ndarray:
        """For how many rows each modelled sensor has kept its value, (A, T, D); all 0 without limits."""
        columns = self.card.modelled_columns
        if self.flat_limits is None:
            return np.zeros((*block.values.shape[:2], len(columns)), dtype=np.int64)
        return flat_runs(block.values[..., columns], block.observed[..., columns], self.flat_limits.reach)

    def in_units(self, values: np.ndarray, times: np.ndarray, *assets: str) -> np.ndarray:
        """Standardised values (A, T, D) of the modelled sensors at `times` in their own units, rhythm included."""
        scale, columns = self._scales_of(assets), self.card.modelled_columns
        plain = Scale(scale.center[..., columns], scale.spread[..., columns]).invert(values)
        return plain if self.profile is None else plain + self.profile.at(times, *assets)[..., columns]

    def _evidence(self, times: np.ndarray, values: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Evidence of the pattern and of the other sensors for standardised measured values, (A, T, D) each."""
        if self.evidence is None:
            unknown = np.full(values.shape, np.nan)
            return unknown, unknown
        return self.evidence.pattern(times, values, expected), self.evidence.cross(times, values)

    def adjusted_scores(self, grids: dict[str, Grid]) -> dict[str, np.ndarray]:
        """The scores of assets' grids divided by their coverage factors, (T,) each, so that one threshold applies."""
        adjusted: dict[str, np.ndarray] = {}
        for block in blocks_of(grids, np.datetime64("0001")):
            ready = self._standardised(block)
            score, coverage = self.block_surprise(ready)
            known = np.where(ready.observed.any(axis=-1), score / self._factor(coverage), np.nan)
            adjusted |= dict(zip(block.assets, known, strict=True))
        return {asset: adjusted[asset] for asset in grids}

    def _factor(self, coverage: np.ndarray) -> np.ndarray:
        """The coverage factor of rows that so many windows cover, in the shape of `coverage`."""
        windows = np.arange(1, len(self.coverage_factor) + 1)
        return np.asarray(np.interp(coverage, windows, self.coverage_factor))
