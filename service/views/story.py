"""An anomaly told in words, for pages, commands and alerts: what is odd, since when, how sure, what people said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from anomaly.series.evidence.in_words import duration, what_is_odd
from anomaly.series.files import card_by_name
from sensors_data.errors import NightscoreError
from sensors_data.series.incidents import past_incidents, read_incidents
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.views.feedback import find_anomaly
from service.views.together import told_together
from service.views.words import carried_by, interval, number, seen_and_expected


@dataclass(frozen=True)
class Story:
    """What can be told of an anomaly."""

    anomaly: dict[str, Any]
    lines: list[str]
    """Sentences, the most telling first."""
    history: list[dict[str, Any]]
    """What people said of its interval, the newest first; `withdrawn` is when that was taken back, null if not."""


def story_of(settings: Settings, store: Store, family: str, anomaly_id: str) -> Story:
    """The story of an anomaly as its newest night has it. NotThereError when no night does."""
    spec = settings.family(family)
    anomaly: dict[str, Any] = find_anomaly(store, family, anomaly_id)
    day, asset = anomaly["peak_time"].date(), str(anomaly["asset"])
    scores, sensors = (
        store.read_files(table, store.written(table, [day], family=family), [asset])
        for table in ("scores", "sensor_scores")
    )
    lines = [_what(family, anomaly), *seen_and_expected(spec, sensors, anomaly)]
    lines += _how_sure(store, scores, anomaly, spec.step.total_seconds())
    lines.append(f"The evidence: {carried_by(anomaly['sensors'])}. Scored by {anomaly['model']}")
    same_night = store.read_days("anomalies", [day], family=family).to_dict("records")
    if others := told_together(same_night).get(anomaly_id):
        lines.append(others)
    if anomaly["suppressed"]:
        lines.append("It lies in planned work, so nobody is alarmed")
    history = _history(store, family, anomaly)
    lines += [f"{one['kind']} by {one['author'] or 'somebody'}{_note(one)}" for one in history if not one["withdrawn"]]
    return Story(anomaly, lines, history)


def _what(family: str, anomaly: dict[str, Any]) -> str:
    """Which machine and sensors are odd, how badly, and since when."""
    when = interval(anomaly["start"], anomaly["end"])
    state = f", {anomaly['state']}" if isinstance(anomaly.get("state"), str) else ""
    return f"{anomaly['asset']} of {family}: {what_is_odd(anomaly)}, {anomaly['severity']}, {when}{state}"


def _how_sure(store: Store, scores: pd.DataFrame, anomaly: dict[str, Any], step_s: float) -> list[str]:
    """How far over the threshold the peak is, and how often normal operation reaches it."""
    peak = scores[scores["time"] == anomaly["peak_time"]]
    if peak.empty:
        return [f"Highest score {number(anomaly['peak_score'])} nats at {anomaly['peak_time']:%H:%M} UTC"]
    limit, often = float(peak["threshold"].iloc[0]), _alarms_at(store, anomaly)
    line = f"Highest score {number(anomaly['peak_score'])} nats at {anomaly['peak_time']:%H:%M} UTC"
    line += f", {anomaly['peak_score'] / limit:.1f} times the threshold"
    if 0 < often < 1:
        line += f"; in normal operation so high a peak comes once in {_often(step_s / often)} of a machine"
    return [line]


def _alarms_at(store: Store, anomaly: dict[str, Any]) -> float:
    """Runs of normal rows that peak so high, a row; 0 where the model that scored it is gone."""
    try:
        threshold = card_by_name(store, str(anomaly["model"])).threshold
    except NightscoreError:
        return 0.0
    return threshold.alarms_at(float(anomaly["peak_score"])) if threshold else 0.0


def _often(seconds: float) -> str:
    """A long span in the unit that people would take."""
    years = seconds / (365 * 86_400)
    if years >= 1:
        return "more than 100 years" if years > 100 else f"{years:.0f} years"
    return duration(pd.Timedelta(seconds=round(seconds)).to_pytimedelta())


def _history(store: Store, family: str, anomaly: dict[str, Any]) -> list[dict[str, Any]]:
    """What people said of the anomaly's interval, also what was taken back."""
    spoken = read_incidents(store, family)
    spoken["withdrawn"] = pd.Series(pd.NaT, index=spoken.index, dtype="datetime64[us, UTC]")
    rows = pd.concat([spoken, past_incidents(store, family)])
    mine = rows["asset"].isna() | (rows["asset"] == anomaly["asset"])
    mine &= (rows["start"] < anomaly["end"]) & (rows["end"] > anomaly["start"])
    told = rows[mine].sort_values("told", ascending=False, na_position="last", kind="stable")
    names = ("incident", "kind", "author", "note", "told", "withdrawn")
    return [{name: _known(row[name]) for name in names} for row in told.to_dict("records")]


def _known(value: Any) -> Any:
    """A cell, None where it holds nothing."""
    return None if value is None or value is pd.NaT else value


def _note(said: dict[str, Any]) -> str:
    return f": {said['note']}" if said["note"] else ""
