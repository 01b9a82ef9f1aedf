"""What a threshold that is fitted again with today's verdicts would have changed on past nights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.series.detector import Detector
from anomaly.series.files import load_for, save
from anomaly.series.limits.calibration import LEAST_NATS, coverage_adjusted_scores, in_sample_optimism, with_threshold
from anomaly.series.limits.control import controlled
from anomaly.series.limits.flat_limit import with_flat_limits
from anomaly.series.limits.row_limit import with_row_limit
from anomaly.series.night.anomalies import Rules, find_anomalies
from anomaly.series.night.find_job import rules_of
from anomaly.series.row_replay import with_row_limits
from anomaly.series.span import ABNORMAL, Span
from anomaly.series.training.train_job import anomalies_not_to_learn, training_grids
from anomaly.thresholds import Threshold
from sensors_data.audit import record
from sensors_data.errors import NotThereError, UnusableError
from sensors_data.runs import Done, run_job
from sensors_data.series.grids.grid import as_us
from sensors_data.series.incidents import incident_rows, read_incidents
from sensors_data.settings import Family, Settings, parse
from sensors_data.store import Store


@dataclass(frozen=True)
class Replay:
    """Past nights under their original thresholds and under those fitted again."""

    family: str
    days: list[date]
    before: dict[str, Threshold]
    """Of each model that scored them."""
    after: dict[str, Threshold]
    anomalies: pd.DataFrame
    """asset, start, end, peak_score, sensors, severity_before, severity_after ('' where none), change: kept, gone or
    new; the worst first."""
    detector: Detector
    """The one that serves the day after, with its threshold fitted again."""

    @property
    def counts(self) -> dict[str, int]:
        """How many anomalies are kept, gone and new."""
        return {change: int((self.anomalies["change"] == change).sum()) for change in ("kept", "gone", "new")}


def replay(
    settings: Settings, family: str, first: date, last: date, alarms_per_asset_week: float | None = None
) -> Replay:
    """The nights of [first, last] as they were, and with every model's threshold fitted again; nothing is written.

    A threshold is fitted again on the training span that ends with `last`: what was dismissed is normal in it, what
    was confirmed is not, and rows after a model's own training count as never seen. With another budget of false
    alarms where one is given. LookupError when no day was scored, or nothing serves the day after; UnusableError for
    nights in the wrong order.
    """
    if last < first:
        raise UnusableError(f"the last night {last} lies before the first {first}", "exchange the two")
    store, spec, rules = Store(settings.store), settings.family(family), rules_of(settings, family)
    days = [day for day in store.days("scores", family=family) if first <= day <= last]
    scores, sensors = (store.read_days(table, days, family=family) for table in ("scores", "sensor_scores"))
    if scores.empty:
        raise NotThereError(f"no row of {family} from {first} to {last} was scored", "run: nightscore backfill")
    last = days[-1]
    served = {day: load_for(store, family, day) for day in (*days, last + timedelta(days=1))}
    models = {detector.name: detector for detector in served.values()}
    unknown = set(scores["model"]) - set(models)
    if unknown:
        raise NotThereError(
            f"model {min(unknown)} scored {family} and is gone or was trained again", "score the days again"
        )
    again = {name: _fitted_again(store, spec, family, d, last, alarms_per_asset_week) for name, d in models.items()}
    before, after = ({n: d.threshold for n, d in detectors.items()} for detectors in (models, again))
    moved = with_row_limits(scores, sensors, models, again)
    anomalies = [
        _found(_judged(rows, before, thresholds), sensors, rules, spec, family)
        for rows, thresholds in ((scores, before), (moved, after))
    ]
    newest = again[served[last + timedelta(days=1)].name]
    return Replay(family, days, before, after, _compared(*anomalies), newest)


def _fitted_again(
    store: Store, spec: Family, family: str, detector: Detector, last: date, alarms: float | None
) -> Detector:
    """A detector whose limits are those of the training span that ends with `last`, weights as they are.

    They are moved as its nights have moved them until now, unless the budget is another one.
    """
    day = last + timedelta(days=1)
    sample = list(detector.card.assets) if detector.card.fleet else None
    grids, _ = training_grids(store, spec, family, day, sample)
    incidents = pd.concat([read_incidents(store, family), anomalies_not_to_learn(store, spec, family, day)])
    learned = as_us(detector.card.trained_through + timedelta(days=1))
    spans = {
        asset: Span(grid, incident_rows(grid, incidents, asset, ABNORMAL), int(np.searchsorted(grid.times, learned)))
        for asset, grid in grids.items()
    }
    if alarms is not None:
        table = {**detector.card.config.model_dump(), "alarms_per_asset_week": alarms}
        config = parse(type(detector.card.config), table, "the budget of false alarms")
        detector = replace(detector, card=detector.card.model_copy(update={"config": config}))
    adjusted = coverage_adjusted_scores(detector, spans)
    again = with_threshold(detector, spans, adjusted, in_sample_optimism(spans, adjusted))
    again = replace(again, card=again.card.model_copy(update={"control": 0.0}))
    again = with_flat_limits(with_row_limit(again, spans), spans)
    return controlled(again, detector, [], LEAST_NATS)


def _judged(scores: pd.DataFrame, old: dict[str, Threshold], new: dict[str, Threshold]) -> pd.DataFrame:
    """Rows of `scores` under other thresholds; the coverage factor of a row follows from the threshold that it had."""
    parts = [scores.iloc[:0]]
    for model, rows in scores.groupby("model"):
        coverage_factor = rows["threshold"] / old[str(model)].value
        limit = new[str(model)].value * coverage_factor
        p = new[str(model)].p_value((rows["score"] / coverage_factor).to_numpy())
        parts.append(rows.assign(threshold=limit, p_value=p, is_anomaly=rows["score"] > limit))
    return pd.concat(parts)


def _found(scores: pd.DataFrame, sensors: pd.DataFrame, rules: Rules, spec: Family, family: str) -> pd.DataFrame:
    anomalies = find_anomalies(scores, sensors, rules, spec.step, family)
    return anomalies[~anomalies["suppressed"]]


_SHOWN = ["asset", "start", "end", "peak_score", "sensors"]


def _compared(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What is kept (an anomaly of its asset touches it in both), gone and new."""
    rows = []
    for row in before.to_dict("records"):
        same = after[(after["asset"] == row["asset"]) & (after["start"] < row["end"]) & (after["end"] > row["start"])]
        severity = same.sort_values("peak_score")["severity"].iloc[-1] if len(same) else ""
        change = "kept" if len(same) else "gone"
        rows.append({**row, "severity_before": row["severity"], "severity_after": severity, "change": change})
    for row in after.to_dict("records"):
        same = before[
            (before["asset"] == row["asset"]) & (before["start"] < row["end"]) & (before["end"] > row["start"])
        ]
        if same.empty:
            rows.append({**row, "severity_before": "", "severity_after": row["severity"], "change": "new"})
    frame = pd.DataFrame(rows, columns=[*_SHOWN, "severity_before", "severity_after", "change"])
    return frame.sort_values("peak_score", ascending=False, kind="stable", ignore_index=True)


def accept_threshold(
    settings: Settings, day: date, family: str, first: date, alarms_per_asset_week: float | None = None
) -> str:
    """Job: replay the nights of [first, day] and keep the detector with its threshold fitted again; it serves the days
    after them.

    LookupError as `replay` raises it; UnusableError when a later day was scored already: what a model has scored stays
    as it was scored.
    """
    settings.family(family)
    store = Store(settings.store)

    def action() -> Done:
        return _accept(store, replay(settings, family, first, day, alarms_per_asset_week))

    return run_job(store, "accept-threshold", day, family, action)


def _accept(store: Store, replayed: Replay) -> Done:
    family, last, detector = replayed.family, replayed.days[-1], replayed.detector
    newest = store.days("scores", family=family)[-1]
    if newest > last:
        raise UnusableError(f"{family} is scored through {newest}", "replay through that day before accepting")
    was = replayed.before[detector.name].value
    verdict = f"threshold fitted again through {last}, {was:.3f} to {detector.threshold.value:.3f} nats"
    fields = {"trained_through": last, "accepted": True, "verdict": f"{verdict}, on the weights of {detector.name}"}
    record(store, "accepted", f"threshold of {family} after {last}: {verdict}")
    path = save(store, replace(detector, card=detector.card.model_copy(update=fields)))
    return Done(len(replayed.anomalies), f"accepted for {family} after {last}: {verdict}, {path}")
