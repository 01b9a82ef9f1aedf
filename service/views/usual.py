"""A machine's usual course over a range, from the weeks before it: with what it was worth, or why it is not drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from anomaly.series.profile import DAY_S
from anomaly.series.span import ABNORMAL
from anomaly.series.usual import (
    FEWEST,
    GAIN,
    HELD_OUT,
    LEAST,
    STATED,
    TESTED,
    WEEKS,
    Usual,
    past_of,
    rows_a_slot,
    usual_course,
)
from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.series.grids.grid import Grid, as_us
from sensors_data.series.grids.grid_table import grids_of, read_rows
from sensors_data.series.incidents import incident_rows, read_incidents
from sensors_data.series.values.units import unit_beside
from service.views.course import check_range, plain
from service.views.events import anomalies_touching
from service.views.feedback import verdicts_on
from service.views.state import Service

SORTS = {"day": "each day alike", "workday": "workdays and weekends apart", "week": "each weekday by itself"}
"""How a sensor's usual course groups days, in words."""


def usual_of(service: Service, family: str, asset: str, start: datetime, end: datetime) -> dict[str, Any]:
    """What a machine's sensors usually read in [start, end), a list a curve, by the WEEKS before the range begins.

    A range ahead of the newest scored night is by the weeks until that night. `times` (T,) are seconds since 1970, the
    begins of slots of `slot_s` seconds. A sensor whose band did not hold on held-out days has no curves, and says why.
    NotThereError when the machine has no row in these weeks, UnusableError for a range of too many days.
    """
    check_range(start, end)
    spec = service.settings.family(family)
    first = min(start.date(), day_ahead(service, family) or date.max)
    days = [first - timedelta(days=back) for back in range(7 * WEEKS, 0, -1)]
    paths = service.store.written("grid", days, family=family)
    grid = grids_of(read_rows(service.store, spec, paths, [asset]), spec).get(asset)
    if grid is None:
        reason = f"'{asset[:80]}' of {family} has no row in the {WEEKS} weeks before {first}"
        raise NotThereError(reason, "choose another machine or range")
    usable = grid.observed & ~_unusual(service, family, asset, grid, days)[:, None]
    step_s = spec.step.total_seconds()
    past = past_of(grid, usable, np.datetime64(days[0]), len(days), step_s)
    ahead = np.arange(np.datetime64(start.date()), np.datetime64((end - timedelta(microseconds=1)).date()) + 1)
    usual = usual_course(past, ahead)
    slot_s = rows_a_slot(step_s) * step_s
    times = ahead.astype("datetime64[s]").astype(np.int64)[:, None] + np.arange(DAY_S // slot_s) * slot_s
    inside = ((times > start.timestamp() - slot_s) & (times < end.timestamp())).ravel()
    sensors = {}
    for place, name in enumerate(grid.sensors):
        curves = {part: getattr(usual, part)[..., place].ravel()[inside] for part in ("low", "middle", "high")}
        holds = bool(usual.holds[place])
        sensors[name] = {
            "unit": unit_beside(name, spec.sensors[name].unit),
            "holds": holds,
            "message": _message(usual, place),
            **{part: plain(values) if holds else [] for part, values in curves.items()},
        }
    about = {"family": family, "asset": asset, "from": str(days[0]), "through": str(days[-1])}
    return {**about, "slot_s": slot_s, "times": times.ravel()[inside].tolist(), "stated": STATED, "sensors": sensors}


def day_ahead(service: Service, family: str) -> date | None:
    """The day after a family's newest scored night; None where none was scored."""
    scored = service.store.days("scores", family=family)[-1:]
    return scored[0] + timedelta(days=1) if scored else None


def _unusual(service: Service, family: str, asset: str, grid: Grid, days: list[date]) -> np.ndarray:
    """The rows of a machine's grid in faults, planned work and anomalies that nobody dismissed, (T,) bool."""
    incidents = read_incidents(service.store, family)
    rows = incident_rows(grid, incidents, asset, ABNORMAL)
    first, last = (datetime.combine(day, datetime.min.time(), UTC) for day in (days[0], days[-1] + timedelta(days=1)))
    anomalies = anomalies_touching(service, family, asset, first, last)
    for one, verdict in zip(anomalies, verdicts_on(anomalies, incidents), strict=True):
        if verdict["said"] == "dismissed":
            continue
        start, end = (_known(one[name], one.get(other)) for name, other in (("start", "detected"), ("end", "cleared")))
        rows |= (grid.times >= min(start)) & (grid.times < max(end))
    return rows


def _known(*moments: Any) -> list[np.datetime64]:
    return [as_us(moment) for moment in moments if moment is not None and not pd.isna(moment)]


def _message(usual: Usual, place: int) -> str:
    """What a sensor's band was worth, or why it is not drawn."""
    learned, tested = int(usual.learned[place]), int(usual.tested[place])
    coverage, score = float(usual.coverage[place]), float(usual.score[place])
    if learned < FEWEST:
        return f"not drawn: {count(learned, 'day')} with usual values, {FEWEST} are needed"
    if tested < TESTED:
        return f"not drawn: {count(tested, 'day')} of the last {HELD_OUT} had usual values, too few to test it by"
    held = f"{int(100 * coverage)} % of the usual values of the last {count(tested, 'day')}, unseen"
    if coverage < LEAST:
        return f"not drawn: a band for {round(100 * STATED)} % held {held}"
    if score > GAIN:
        return "not drawn: the time of day tells no more than a constant band does"
    return f"the band held {held}; {SORTS[usual.kinds[place]]}"
