"""A family's night as samples: what was found, how good the data were, which model served, whether it drifted."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd

from anomaly.monitoring.decisions import decision_samples
from anomaly.monitoring.prometheus import Sample, most_frequent, sample
from anomaly.monitoring.runs import family_subject, job_samples, model_samples, newest_day, store_samples
from anomaly.series.drift import SCORE
from anomaly.series.evidence.in_words import in_short
from anomaly.series.files import KIND, read_card
from anomaly.series.night.anomalies import SEVERITIES
from sensors_data.model_files import ModelCatalogue
from sensors_data.series.grids.grid_table import day_rows, filling
from sensors_data.settings import Family
from sensors_data.store import Store

WEEK = 7
QUANTILES = (0.5, 0.9, 0.99, 1.0)
OTHER_REASONS = "other reasons"
UNREADABLE = "a file that cannot be read"


def family_samples(store: Store, spec: Family, family: str, day: date) -> list[Sample]:
    """All samples of a family's night of `day`.

    What was found is of the newest scored day up to `day`, so that a night that failed does not resolve its alerts;
    nothing of it where no day was scored.
    """
    subject = family_subject(family, spec.shards)
    scored = newest_day(store, "scores", day, family=family)
    of_scores = _found(store, family, scored) if scored else []
    return [
        *of_scores,
        *_quality(store, spec, family, day),
        *_completeness(store, family, day),
        *_refused(store, family, day),
        *_drift(store, family, day),
        *decision_samples(store, family, day),
        *model_samples(store, subject, KIND, day),
        *_verdict(store, family, day),
        *job_samples(store, subject, day),
        *store_samples(store, subject, day),
    ]


def _found(store: Store, family: str, day: date) -> list[Sample]:
    """What a scored day says: rows, assets, anomalies, the worst of each severity, threshold, quantiles."""
    paths = store.written("scores", [day], family=family)
    parts = [part[["score", "threshold"]] for part in store.parts_of("scores", paths)]
    scores = pd.concat(parts or [store.read_files("scores", [])])
    anomalies = store.read_days("anomalies", [day], family=family)
    planned = anomalies["suppressed"]
    active = anomalies[~planned]
    grave = active[active["severity"] != "info"]
    clean = scores["score"].dropna()
    samples = [
        sample("scored_rows", len(scores), family=family),
        sample("scored_assets", len(store.assets_in(paths)), family=family),
        sample("scored_day_timestamp_seconds", pd.Timestamp(day, tz="UTC").timestamp(), family=family),
        sample("suppressed_anomalies", planned.sum(), family=family),
        sample("anomalous_assets", grave["asset"].nunique(), family=family),
    ]
    for severity in SEVERITIES:
        of_severity = active[active["severity"] == severity]
        samples.append(sample("anomalies", len(of_severity), family=family, severity=severity))
        samples += _worst(of_severity, family, severity, scores["threshold"].median())
    if len(clean):
        samples.append(sample("threshold_nats", scores["threshold"].median(), family=family))
        samples += [sample("score_nats", clean.quantile(q), family=family, level=f"{q:g}") for q in QUANTILES]
    return samples


def _worst(anomalies: pd.DataFrame, family: str, severity: str, threshold: float) -> list[Sample]:
    """The worst of a severity: its peak, and the same in words with the address where it can be judged."""
    samples = []
    for row in anomalies.sort_values(["peak_score", "asset"]).tail(1).to_dict("records"):
        sensor = row["sensors"][0]["sensor"] if len(row["sensors"]) else "none"
        about = {"family": family, "severity": severity, "asset": row["asset"], "sensor": sensor}
        text = in_short(row, threshold)
        samples.append(sample("worst_anomaly_nats", row["peak_score"], **about))
        samples.append(sample("worst_anomaly_info", 1, **about, anomaly=row["anomaly_id"], told=text))
    return samples


def _quality(store: Store, spec: Family, family: str, day: date) -> list[Sample]:
    """How much of what the day should hold is there; nothing where the day has no grid.

    It should hold every step of every sensor of the assets that had a value in the week to the day.
    """
    today = _grids(store, family, day)
    if not today:
        return []
    week = [path for back in range(1, WEEK) for path in _grids(store, family, day - timedelta(days=back))]
    filled = filling(store, today)
    silent = store.assets_in(week) - filled.assets
    wanted = (len(filled.assets) + len(silent)) * day_rows(spec) * len(spec.sensors)
    return [
        sample("missing_ratio", 1 - filled.known / wanted if wanted else 1, family=family),
        sample("imputed_ratio", filled.imputed / wanted if wanted else 0, family=family),
        sample("silent_assets", len(silent), family=family),
    ]


def _completeness(store: Store, family: str, day: date) -> list[Sample]:
    """What of the night has no score; nothing where it was not scored."""
    rows = store.read_days("completeness", [day], family=family)
    if rows.empty:
        return []
    some = rows[rows["silent_sensors"] != "all"]
    silent = some["silent_sensors"].str.count(", ") + (some["silent_sensors"] != "")
    measured, scored = rows["measured"].sum(), rows["scored"].sum()
    lost = (rows["measured"] > 0) & (rows["scored"] == 0)
    return [
        sample("unscored_ratio", 1 - scored / measured if measured else 0, family=family),
        sample("unscored_assets", lost.sum(), family=family),
        sample("silent_sensors", silent.sum(), family=family),
    ]


def _grids(store: Store, family: str, day: date) -> list[str]:
    return store.written("grid", [day], family=family)


def _refused(store: Store, family: str, day: date) -> list[Sample]:
    """How much of what came in could not be used, and why; nothing where the day was not ingested."""
    if not store.written("rejects", [day], family=family):
        return []
    rows = store.read("rejects", family=family, day=day)
    rows = rows[~rows["used"].astype(bool)]
    # a file that cannot be read names itself, so all such files are one reason
    reasons = Counter(str(reason) for reason in rows["reason"].where(rows["line"] > 0, UNREADABLE))
    used = sum(store.provenance(path).many for path in store.written("readings", [day], family=family))
    each = most_frequent(reasons, OTHER_REASONS)
    samples = [sample("rejected_rows", n, family=family, reason=reason) for reason, n in each.items()]
    return [*samples, sample("rejected_ratio", len(rows) / max(1, len(rows) + used), family=family)]


def _drift(store: Store, family: str, day: date) -> list[Sample]:
    """The largest drift of the sensors and that of the score by measure, in times its limit."""
    rows = store.read_days("drift", [day], family=family)
    if rows.empty:
        return []
    rows = rows.assign(part=np.where(rows["sensor"] == SCORE, "score", "sensors"), times=rows["value"] / rows["limit"])
    worst = rows.sort_values("times").drop_duplicates(["part", "measure"], keep="last").to_dict("records")
    samples = [
        sample("drift_limit_ratio", w["times"], family=family, part=str(w["part"]), measure=str(w["measure"]))
        for w in worst
    ]
    over = rows[rows["drifted"].astype(bool) & (rows["part"] == "sensors")]
    return [*samples, sample("drifted_sensors", over["sensor"].nunique(), family=family)]


def _verdict(store: Store, family: str, day: date) -> list[Sample]:
    """Why the newest trained detector was rejected; nothing where it was not."""
    newest = ModelCatalogue(store).trained_before(KIND, family, day)[-1:]
    cards = [read_card(store, model) for model in newest if not model.accepted]
    return [sample("rejected_model_info", 1, family=family, verdict=card.verdict) for card in cards]
