"""The rhythm of the day and the week, too long for windows of hours: learned, and subtracted first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from anomaly.series.span import Span
from sensors_data.series.grids.grid import Grid

KINDS = {"day": 1, "workday": 2, "week": 7}
"""The number of sorts of day in each kind of profile."""
FEWEST_DAYS = {"day": 2, "workday": 7, "week": 14}
"""Smallest number of days for a profile of each kind."""
SLOT_S = 900
GAIN = 0.9
"""A profile is used if it reduces the deviation on held-out rows below this share."""
BY_ROW = 0.5
"""Its slots are rows of the clock if these leave less than this share of what slots of SLOT_S leave."""
CAP = 3.0
"""Deviations are capped at this many times the median one, so that faults do not decide the choice."""
DAY_S = 86_400


@dataclass(frozen=True)
class Profile:
    """Each asset's offsets from its sensors' usual level, by slot of the day and sort of day."""

    kind: str
    offsets: dict[str, np.ndarray]  # (slots, D) an asset, in the sensors' own units; 0 for a sensor without a rhythm
    rest: tuple[date, ...] = ()
    """UTC days that are read as Sundays."""

    def at(self, times: np.ndarray, *assets: str) -> np.ndarray:
        """The offsets of assets at `times` (T,), (A, T, D); the family's medians for an unknown asset."""
        offsets = np.stack([self._offsets_of(asset) for asset in assets])
        return np.asarray(offsets[:, _slots(times, self.kind, offsets.shape[1] // KINDS[self.kind], self.rest)])

    def _offsets_of(self, asset: str) -> np.ndarray:
        known = self.offsets.get(asset)
        return self._middle if known is None else known

    @cached_property
    def _middle(self) -> np.ndarray:
        return np.asarray(np.median(list(self.offsets.values()), axis=0))

    def removed(self, grid: Grid, asset: str) -> Grid:
        """The grid without its rhythm."""
        values = (grid.values - self.at(grid.times, asset)[0]).astype(np.float32)
        return Grid(grid.times, values, grid.observed, grid.sensors)


@dataclass(frozen=True)
class Rhythm:
    """What a profile is fitted for."""

    kind: str
    sensors: np.ndarray  # (D,) which have it
    by_row: bool = False
    """A slot is a row of the clock, not smoothed: days that repeat to the row have edges that slots of SLOT_S blur."""
    rest: tuple[date, ...] = ()
    """UTC days that are read as Sundays."""

    def slots(self, step_s: float) -> int:
        """Slots of a day."""
        return int(DAY_S // (step_s if self.by_row else max(SLOT_S, step_s)))


def find_rhythm(spans: dict[str, Span], step_s: float) -> Rhythm | None:
    """The kind of profile that explains the held-out rows best and the sensors for which it pays; None where none does.

    Command flags have none.
    """
    times, values = measured(spans)
    rhythm = choose_profile(times, values, step_s, {asset: span.split for asset, span in spans.items()})
    if rhythm is None:
        return None
    rows = np.concatenate(list(values.values()))
    pays = rhythm.sensors & ~(np.isin(rows, (0.0, 1.0)) | np.isnan(rows)).all(axis=0)
    return replace(rhythm, sensors=pays) if pays.any() else None


def profile_of(spans: dict[str, Span], rhythm: Rhythm | None, step_s: float) -> Profile | None:
    """The profile of the rows before each span's split, where there is a rhythm."""
    if rhythm is None:
        return None
    times, values = measured({asset: span.rows(0, span.split) for asset, span in spans.items()})
    return fit_profile(times, values, rhythm, step_s)


def without_rhythm(spans: dict[str, Span], profile: Profile | None) -> dict[str, Span]:
    """The spans without their rhythm."""
    if profile is None:
        return spans
    return {asset: replace(span, grid=profile.removed(span.grid, asset)) for asset, span in spans.items()}


def measured(spans: dict[str, Span]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Of each asset its times (T,) and its normal values (T, D), NaN elsewhere."""
    values = {a: np.where(s.usable(), s.grid.values, np.nan).astype(np.float64) for a, s in spans.items()}
    return {asset: span.grid.times for asset, span in spans.items()}, values


def fit_profile(times: dict[str, np.ndarray], values: dict[str, np.ndarray], rhythm: Rhythm, step_s: float) -> Profile:
    """The profile of assets' values, (T, D) each, NaN where not normal."""
    fitted = {asset: _offsets(times[asset], values[asset], rhythm, step_s) * rhythm.sensors for asset in times}
    return Profile(rhythm.kind, fitted, rhythm.rest)


def choose_profile(
    times: dict[str, np.ndarray], values: dict[str, np.ndarray], step_s: float, split: dict[str, int]
) -> Rhythm | None:
    """The profile, fitted before each asset's `split`, that explains the later rows best, and for which sensors it
    pays; None where none does. It is by row only where days repeat to the row.
    """
    every = np.ones(next(iter(values.values())).shape[1], dtype=bool)

    def explained(rhythm: Rhythm) -> np.ndarray:
        return np.asarray(np.mean([_ratio(times[a], values[a], rhythm, step_s, split[a]) for a in times], axis=0))

    days = max((split[a] * step_s / DAY_S for a in times), default=0.0)
    ratios = {kind: explained(Rhythm(kind, every)) for kind in KINDS if days >= FEWEST_DAYS[kind]}
    if not ratios:
        return None
    kind = min(ratios, key=lambda name: float(np.minimum(ratios[name], 1.0).mean()))
    pays = ratios[kind] <= GAIN
    if not pays.any():
        return None
    sharp = explained(Rhythm(kind, every, by_row=True))
    return Rhythm(kind, pays, by_row=bool(sharp[pays].mean() <= BY_ROW * ratios[kind][pays].mean()))


def _ratio(times: np.ndarray, values: np.ndarray, rhythm: Rhythm, step_s: float, split: int) -> np.ndarray:
    """The capped deviation of the rows after `split` with a profile of those before it, over that without, (D,)."""
    later = values[split:]
    if len(later) * step_s < DAY_S:
        return np.ones(values.shape[1])
    offsets = _offsets(times[:split], values[:split], rhythm, step_s)
    profiled = later - offsets[_slots(times[split:], rhythm.kind, rhythm.slots(step_s), rhythm.rest)]
    plain, better = (np.abs(rows - median_of(rows)) for rows in (later, profiled))
    cap = CAP * median_of(plain)
    before = np.nansum(np.minimum(plain, cap), axis=0)
    after = np.nansum(np.minimum(better, cap), axis=0)
    return np.where(before > 0, after / np.where(before > 0, before, 1.0), 1.0)


def _offsets(times: np.ndarray, values: np.ndarray, rhythm: Rhythm, step_s: float) -> np.ndarray:
    """Each slot's median less the median of all, shrunk where days differ more than slots do, smoothed where slots are
    no rows: (slots, D).
    """
    kind, slots = rhythm.kind, rhythm.slots(step_s)
    centred = pd.DataFrame(values - median_of(values))
    places = _slots(times, kind, slots, rhythm.rest)
    groups = centred.groupby(places)
    every = range(KINDS[kind] * slots)
    medians = groups.median().reindex(every)
    step_rows = max(1.0, len(times) / max(1, len(np.unique(times.astype("datetime64[D]")))) / slots)
    days = groups.count().reindex(every, fill_value=0) / step_rows
    within = np.square(centred - medians.to_numpy()[places]).median() * 2.2  # a normal's variance
    between = medians.var(ddof=0)
    shrink = days / (days + within / between.where(between > 0, np.inf).replace(np.inf, 1e-12)).replace(0, np.inf)
    offsets = (medians * shrink).fillna(0.0).to_numpy().reshape(KINDS[kind], slots, -1)
    if rhythm.by_row:
        return np.asarray(offsets.reshape(KINDS[kind] * slots, -1), dtype=np.float64)
    if kind == "week":
        offsets = offsets.reshape(1, 7 * slots, -1)
    smooth = (np.roll(offsets, 1, axis=1) + 2 * offsets + np.roll(offsets, -1, axis=1)) / 4
    return np.asarray(smooth.reshape(KINDS[kind] * slots, -1), dtype=np.float64)


def median_of(values: np.ndarray) -> np.ndarray:
    """The median of each column, 0 for one without a number, (D,)."""
    empty = np.isnan(values).all(axis=0) if len(values) else np.ones(values.shape[1], dtype=bool)
    return np.asarray(np.nanmedian(np.where(empty, 0.0, values) if len(values) else np.zeros((1, len(empty))), axis=0))


def _slots(times: np.ndarray, kind: str, slots: int, rest: tuple[date, ...]) -> np.ndarray:
    """The slot of each time (T,): sort of day times slots a day, plus slot of the day."""
    seconds = times.astype("datetime64[s]").astype(np.int64)
    return np.asarray(sorts_of_day(times, kind, rest) * slots + seconds % DAY_S * slots // DAY_S)


def sorts_of_day(times: np.ndarray, kind: str, rest: tuple[date, ...] = ()) -> np.ndarray:
    """Which sort of day each UTC time falls on, (T,): the weekday from Monday on, or whether work rests.

    The days of `rest` are read as Sundays.
    """
    days = times.astype("datetime64[D]")
    weekday = (days.astype(np.int64) + 3) % 7  # 1970 began on a Thursday; Monday is 0
    if rest:
        weekday = np.where(np.isin(days, np.array(rest, dtype="datetime64[D]")), 6, weekday)
    return {"day": np.zeros_like(weekday), "workday": (weekday >= 5).astype(np.int64), "week": weekday}[kind]
