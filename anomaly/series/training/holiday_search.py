"""Whether a calendar's days are better read as Sundays: held-out ones in the training span have to show it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from scipy import stats

from anomaly.series.holidays import NONE, Holidays
from anomaly.series.profile import CAP, Rhythm, fit_profile, measured, median_of, sorts_of_day
from anomaly.series.span import Span

FEWEST = 3
"""Held-out days of the calendar in the training span without which nothing is decided."""
SURE = 0.95
"""One-sided level of the lower end of the gain."""
WHOLE = 0.5
"""Share of its values that a day has to have to count."""


def find_holidays(spans: dict[str, Span], rhythm: Rhythm | None, calendar: tuple[date, ...], step_s: float) -> Holidays:
    """Whether a calendar's days are better read as Sundays: `NONE` unless FEWEST of them in the spans surely say so.

    The rhythm is learned from the other days alone, so that every day of the calendar is held out.
    """
    if rhythm is None or not calendar:
        return NONE
    gains = _gains(spans, rhythm, np.array(calendar, dtype="datetime64[D]"), step_s)
    if len(gains) < FEWEST:
        return NONE
    mean, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains)))
    at_least = mean - float(stats.t.ppf(SURE, len(gains) - 1)) * error
    if not at_least > 0:
        return NONE
    return Holidays(days=calendar, tested=len(gains), gain=round(mean, 4), at_least=round(at_least, 4))


def with_holidays(rhythm: Rhythm | None, holidays: Holidays) -> Rhythm | None:
    """The rhythm with the calendar's days as Sundays."""
    return rhythm if rhythm is None or not holidays.days else replace(rhythm, rest=holidays.days)


def _gains(spans: dict[str, Span], rhythm: Rhythm, calendar: np.ndarray, step_s: float) -> np.ndarray:
    """The share of each day's deviation that the Sunday explains, (N,), of days whose sort it changes."""
    times, values = measured(spans)
    is_free = {asset: np.isin(at.astype("datetime64[D]"), calendar) for asset, at in times.items()}
    others = {asset: np.where(is_free[asset][:, None], np.nan, values[asset]) for asset in times}
    plain = fit_profile(times, others, rhythm, step_s)
    rest = replace(plain, rest=tuple(calendar.tolist()))
    changed = calendar[sorts_of_day(calendar, rhythm.kind) != sorts_of_day(calendar, rhythm.kind, rest.rest)]
    deviations: dict[np.datetime64, np.ndarray] = {}
    for asset, at in times.items():
        offsets = [profile.at(at, asset)[0][:, rhythm.sensors] for profile in (plain, rest)]
        usual, own = others[asset][:, rhythm.sensors], values[asset][:, rhythm.sensors]
        centre = median_of(usual)
        cap = CAP * median_of(np.abs(usual - centre - offsets[0]))
        cap = np.where(cap > 0, cap, np.inf)
        capped = np.stack([np.minimum(np.abs(own - centre - offset) / cap, 1.0) for offset in offsets])  # (2, T, D)
        for day in changed:
            rows = capped[:, at.astype("datetime64[D]") == day]
            if rows.size and np.isfinite(rows).mean() >= WHOLE:
                deviations[day] = deviations.get(day, np.zeros(2)) + np.nanmean(rows, axis=(1, 2))
    return np.array([1 - rest_is / plain_is for plain_is, rest_is in deviations.values() if plain_is > 0])
