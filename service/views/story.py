"""An anomaly described in words, for pages, commands and alerts: what deviates, since when, how sure, the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from anomaly.series.evidence.in_words import what_is_odd
from anomaly.series.files import card_by_name
from anomaly.series.limits.rarity import share_of_alarms
from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from sensors_data.series.incidents import past_incidents, read_incidents
from sensors_data.settings import Settings
from sensors_data.store import Store
from service.views.feedback import find_anomaly
from service.views.together import together_in_words
from service.views.words import contributions, days_of, interval, number, seen_and_expected


@dataclass(frozen=True)
class Story:
    """The description of an anomaly."""

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
    scores = store.read_files("scores", store.written("scores", [day], family=family), [asset])
    written = store.written("sensor_scores", days_of(anomaly), family=family)
    sensors = store.read_files("sensor_scores", written, [asset])
    lines = [_what(store, family, anomaly), *seen_and_expected(spec, sensors, anomaly)]
    lines += _how_sure(store, scores, anomaly)
    lines.append(f"The evidence: {contributions(anomaly['sensors'])}. Scored by {anomaly['model']}")
    same_night = store.read_days("anomalies", [day], family=family).to_dict("records")
    if others := together_in_words(same_night).get(anomaly_id):
        lines.append(others)
    if anomaly["suppressed"]:
        lines.append("It lies in planned work, so nobody is alarmed")
    history = _history(store, family, anomaly)
    lines += [f"{_act(one)} by {one['author'] or 'somebody'}{_note(one)}" for one in history if not one["withdrawn"]]
    return Story(anomaly, lines, history)


def _what(store: Store, family: str, anomaly: dict[str, Any]) -> str:
    """Which machine and sensors are odd, how badly, since when, and whether it goes on."""
    when = interval(anomaly["start"], anomaly["end"])
    state = _state(store.days("scores", family=family)[-1], anomaly)
    return f"{anomaly['asset']} of {family}: {what_is_odd(anomaly)}, {anomaly['severity']}, {when}{state}"


def _state(newest: date, anomaly: dict[str, Any]) -> str:
    """Whether it is new in the newest scored night, goes on into it, or has ended; empty where old rows do not say."""
    night = pd.Timestamp(newest, tz="UTC")
    detected, cleared = anomaly.get("detected"), anomaly.get("cleared")
    if pd.isna(detected) or pd.isna(cleared):
        return ""
    if detected >= night:
        return ", new"
    return ", ended" if cleared <= night else f", continuing: over the limit until {cleared:%Y-%m-%d %H:%M}"


def _how_sure(store: Store, scores: pd.DataFrame, anomaly: dict[str, Any]) -> list[str]:
    """How far over the threshold the peak is, and how often a false alarm of the family peaks so high."""
    peak = scores[scores["time"] == anomaly["peak_time"]]
    if peak.empty:
        return [f"Highest score {number(anomaly['peak_score'])} nats at {anomaly['peak_time']:%H:%M} UTC"]
    times_over = anomaly["peak_score"] / float(peak["threshold"].iloc[0])
    line = f"Highest score {number(anomaly['peak_score'])} nats at {anomaly['peak_time']:%H:%M} UTC"
    line += f", {times_over:.1f} times the threshold"
    if budget := _budget(store, str(anomaly["model"])):
        often = _often(1 / (budget * share_of_alarms(times_over)))
        line += f"; without a fault so high a peak comes once in {often} of a machine"
    return [line]


def _budget(store: Store, model: str) -> float:
    """The false alarms an asset-week that a model's threshold is for; 0 where the model is gone."""
    try:
        return card_by_name(store, model).config.alarms_per_asset_week
    except NightscoreError:
        return 0.0


def _often(weeks: float) -> str:
    """A long span in the unit that people would take."""
    years = weeks / 52
    if years < 2:
        return count(round(weeks), "week")
    return "more than 100 years" if years > 100 else f"{years:.0f} years"


def _history(store: Store, family: str, anomaly: dict[str, Any]) -> list[dict[str, Any]]:
    """What people said of the anomaly's interval, also what was taken back."""
    spoken = read_incidents(store, family)
    spoken["withdrawn"] = pd.Series(pd.NaT, index=spoken.index, dtype="datetime64[us, UTC]")
    rows = pd.concat([spoken, past_incidents(store, family)])
    touching = rows["asset"].isna() | (rows["asset"] == anomaly["asset"])
    touching &= (rows["start"] < anomaly["end"]) & (rows["end"] > anomaly["start"])
    opinions = rows[touching].sort_values("told", ascending=False, na_position="last", kind="stable")
    names = ("incident", "kind", "author", "note", "told", "withdrawn", "until")
    return [{name: _known(row[name]) for name in names} for row in opinions.to_dict("records")]


def _known(value: Any) -> Any:
    """A cell, None where it holds nothing."""
    return None if value is None or value is pd.NaT else value


def _act(opinion: dict[str, Any]) -> str:
    """What was said, with the day on which a snooze ends."""
    return f"{opinion['kind']} until {opinion['until']:%Y-%m-%d}" if opinion["until"] else str(opinion["kind"])


def _note(opinion: dict[str, Any]) -> str:
    return f": {opinion['note']}" if opinion["note"] else ""
