"""A night in words: the sentences that the report and the pages share."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anomaly.series.evidence.in_words import duration
from anomaly.series.evidence.oddity import all_left
from sensors_data.counting import count
from sensors_data.settings import Family
from service.views.night import CameraNight, FamilyNight, Night

if TYPE_CHECKING:
    from anomaly.series.replay import Replay

Row = dict[Hashable, Any]


def headline(night: Night) -> str:
    """The night in one sentence, as `3 anomalies, 1 critical: pump-2 pressure`."""
    images = sum(int(camera.scores["is_anomaly"].sum()) for camera in night.cameras)
    parts = []
    if any(family.scored for family in night.families):
        parts.append(counted_findings(night.findings))
    elif any(len(camera.scores) for camera in night.cameras):
        parts.append("No sensor was scored")
    else:
        parts.append("Nothing was scored")
    parts += [count(images, "odd image")] if images else []
    parts += [f"{count(len(night.failed), 'job')} failed"] if len(night.failed) else []
    return "; ".join(parts)


def since_yesterday(night: Night) -> str:
    """What changed since the night before: `2 new, 1 continuing, 3 ended`."""
    ages = list(night.findings["age"]) if len(night.findings) else []
    parts = [f"{ages.count(age)} {age}" for age in ("new", "continuing")]
    return f"Since the night before: {', '.join(parts)}, {len(night.ended)} ended"


def counted_findings(anomalies: pd.DataFrame) -> str:
    """Anomalies (worst first) in words: how many, how many critical, and the worst of them."""
    if anomalies.empty:
        return "No anomaly in the sensors"
    worst = anomalies.iloc[0].to_dict()
    names = leading(worst["sensors"])
    where = f"{worst['asset']} {names[0]}" if names else str(worst["asset"])
    same = int((anomalies["severity"] == worst["severity"]).sum())
    counts = {"critical": f"{same} critical", "warning": count(same, "warning"), "info": "all info"}[worst["severity"]]
    if len(anomalies) == 1:
        counts = {"critical": "1 critical anomaly", "warning": "1 warning", "info": "1 info anomaly"}[worst["severity"]]
        return f"{counts}: {where}"
    return f"{count(len(anomalies), 'anomaly')}, {counts}: {where}"


def leading(sensors: Iterable[Row]) -> list[str]:
    """The names of the sensors that contribute most to an anomaly, from its `sensors`."""
    return [one["sensor"] for one in sensors]


def contributions(sensors: Iterable[Row]) -> str:
    """The same with their shares, for a person: `pressure (62 % of the score), flow (21 %)`."""
    shares = [f"{one['sensor']} ({100 * one['share']:.0f} %" for one in sensors]
    return ", ".join(share + (")" if n else " of the score)") for n, share in enumerate(shares)) or "no single sensor"


def seen_and_expected(
    spec: Family, sensor_scores: pd.DataFrame, anomaly: Mapping[Any, Any], most: int = 3
) -> list[str]:
    """What the leading sensors read where they left their band furthest, and what was expected, a sentence each.

    `sensor_scores` holds rows of the anomaly's interval; others are passed over, unless they are all there is.
    """
    of_machine = sensor_scores[sensor_scores["asset"] == anomaly["asset"]]
    within = of_machine[(of_machine["time"] >= anomaly["start"]) & (of_machine["time"] < anomaly["end"])]
    rows = within if len(within) else of_machine[of_machine["time"] == anomaly["peak_time"]]
    is_one_day = rows["time"].dt.date.nunique() == 1
    sentences = []
    for name in leading(anomaly["sensors"])[:most]:
        if (of_sensor := rows[rows["sensor"] == name]).empty:
            continue
        row = _furthest_out(of_sensor)
        unit = spec.sensors[name].unit if name in spec.sensors else ""
        value = f"{number(row['value'])} {unit}".strip() if row["observed"] else "nothing"
        moment = f"{row['time']:%H:%M}" if is_one_day else f"{row['time']:%Y-%m-%d %H:%M}"
        sentences.append(f"{name} read {value} at {moment}, expected {number(row['low'])} to {number(row['high'])}")
    if sentences and all_left(of_machine, anomaly["start"], anomaly["end"]):
        sentences.append("all sensors left their ranges at once: what was expected of each is a guess")
    return sentences


def _furthest_out(rows: pd.DataFrame) -> pd.Series:
    """The row of one sensor whose measured value is the most half widths of its band from the middle of it."""
    middle, half = (rows["high"] + rows["low"]) / 2, (rows["high"] - rows["low"]) / 2
    out = ((rows["value"] - middle).abs() / half.clip(lower=1e-12)).where(rows["observed"].astype(bool)).fillna(-1.0)
    return rows.iloc[int(out.to_numpy().argmax())]


def days_of(anomaly: Mapping[Any, Any]) -> list[date]:
    """The UTC days that an anomaly's interval touches, and that of its peak."""
    last = max(anomaly["end"] - timedelta(microseconds=1), anomaly["start"])
    touched = pd.date_range(anomaly["start"].date(), last.date(), freq="D")
    return sorted({moment.date() for moment in [*touched, anomaly["peak_time"]]})


def interval(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """An interval in UTC, its day said once: `2026-03-29 13:15 to 15:30 UTC (2 h 15 min)`."""
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} to {last} UTC ({duration(end - start)})"


def number(value: float) -> str:
    """A number with four digits that count: `1,234`, `4.021`, `0.00123`."""
    if not np.isfinite(value):
        return "nothing"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def share(value: float) -> str:
    """A share in per cent, `0.4 %`; what is not zero never looks like it."""
    return "less than 0.1 %" if 0 < value < 0.001 else f"{100 * value:.1f} %".replace(".0 %", " %")


def family_state(night: FamilyNight) -> str:
    """A family's night in a few words."""
    if not night.scored and night.fault:
        return f"not scored: {night.fault}"
    if not night.scored and night.card is None:
        return f"not scored: no detector was accepted yet; for why: nightscore doctor --family {night.name}"
    if not night.scored:
        return "not scored: no readings of the day came through"
    return counted_findings(night.findings)


def quality_sentences(night: FamilyNight) -> list[str]:
    """How complete a family's data of the day were."""
    if night.missing_share == 1.0:
        return ["no data of the day"]
    sentences = [night.revised] if night.revised else []
    sentences += [
        f"{share(night.missing_share)} of the values are missing, {share(night.imputed_share)} were filled in"
    ]
    if len(night.rejects):
        reasons = ", ".join(f"{reason} ({many:,})" for reason, many in list(night.rejects.items())[:4])
        sentences.append(f"{count(int(night.rejects.sum()), 'row')} could not be used: {reasons}")
    return sentences


def drift_sentence(night: FamilyNight) -> str:
    """Whether a family's readings still look like what its detector learned from."""
    if night.drift.empty:
        return "drift was not measured"
    drifted = night.drift[night.drift["drifted"].astype(bool)]
    sensors = night.drift["sensor"].nunique()
    if drifted.empty:
        return f"no drift in {count(sensors, 'sensor')}"
    named = [
        f"{row['sensor'] or 'all sensors'} ({row['measure']} {number(row['value'])}, limit {number(row['limit'])})"
        for row in drifted.sort_values("value", ascending=False).head(6).to_dict("records")
    ]
    return f"drifted from what was learned: {', '.join(named)}"


def model_sentence(night: FamilyNight | CameraNight, day: object) -> str:
    """The detector that serves a night: how old it is and where its threshold lies."""
    card = night.card
    if night.fault:
        return night.fault
    if card is None or card.threshold is None:
        return "no detector"
    age = (pd.Timestamp(str(day)) - pd.Timestamp(card.trained_through)).days
    return (
        f"{night.name}@{card.trained_through}, {count(age, 'day')} old, threshold {number(card.threshold.value)} nats "
        f"({number(card.threshold.low)} to {number(card.threshold.high)}): {card.verdict or 'accepted'}"
    )


def synthesis_sentences(night: CameraNight) -> list[str]:
    """What a generator drew for a camera and what the gate said of it; nothing where none drew."""
    sentences = []
    if night.training:
        state, model = night.training["state"], night.training["model"]
        sentences.append(f"generator {model}: {state} after {count(int(night.training['images']), 'image')}")
    if len(night.drawn) or night.refused:
        sentences.append(f"{count(len(night.drawn), 'image')} drawn and kept, {night.refused:,} refused")
    gate = night.quality[night.quality["measure"] == "gate"].to_dict("records")
    for row in gate:
        verdict = "the gate let the batch pass" if row["passed"] else "the gate refused the batch"
        sentences.append(f"{verdict}{': ' + row['reason'] if row['reason'] else ''}")
    return sentences


def replay_summary(outcome: Replay) -> str:
    """A replay in one sentence."""
    limits = [
        f"{name} {number(t.value)} to {number(outcome.after[name].value)} nats" for name, t in outcome.before.items()
    ]
    counts = outcome.counts
    was = count(counts["kept"] + counts["gone"], "anomaly")
    changes = f"{counts['kept']} kept, {counts['gone']} gone, {counts['new']} new"
    nights = f"{outcome.days[0]} to {outcome.days[-1]}"
    return f"{outcome.family} {nights}: {was}, {changes}; thresholds {', '.join(limits)}"
