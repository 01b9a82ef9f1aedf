"""A night's outcome as Prometheus metrics: an own registry, an atomic text file, a push. By family, never by asset."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPException

import pandas as pd
from prometheus_client import CollectorRegistry, Gauge, generate_latest, push_to_gateway

from anomaly.anomalies import SEVERITIES
from sensors_data.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NightOutcome:
    """What one night did for one family; counts are of that day."""

    family: str
    day: date
    rows: int
    anomalies: dict[str, int]
    suppressed: int
    missing_share: float
    imputed_share: float
    rejects: dict[str, int]
    model_age_days: float
    threshold: float
    finished: float
    job_seconds: dict[str, float] = field(default_factory=dict)
    quantiles: dict[str, float] = field(default_factory=dict)


def night_outcome(store: Store, family: str, day: date) -> NightOutcome:
    """What the store holds of a family's night. LookupError when it was not scored."""
    parts = [store.path("scores", **p) for p in store.partitions("scores", family=family, day=day)]
    if not parts:
        raise LookupError(f"no scores of {family} on {day}; run: nightscore score-series --family {family} --day {day}")
    scores = store.read_files("scores", parts)
    grids = [store.path("grid", **p) for p in store.partitions("grid", family=family, day=day)]
    grid = store.read_files("grid", grids)
    anomalies = store.read("anomalies", family=family, day=day)
    rejects = store.read_if_there("rejects", family=family, day=day)
    runs = store.read_files("runs", store.files(f"runs/day={day}", suffix=".parquet"))
    runs = runs[(runs["family"] == family) & (runs["state"] == "done")]
    models = sorted(scores["model"].unique())
    loud = anomalies[~anomalies["suppressed"].astype(bool)]
    return NightOutcome(
        family=family,
        day=day,
        rows=len(scores),
        anomalies={severity: int((loud["severity"] == severity).sum()) for severity in SEVERITIES},
        suppressed=int(anomalies["suppressed"].sum()),
        missing_share=float(grid["value"].isna().mean()) if len(grid) else 1.0,
        imputed_share=float((~grid["observed"] & grid["value"].notna()).mean()) if len(grid) else 0.0,
        rejects=_rejects(rejects),
        model_age_days=float((day - date.fromisoformat(models[-1].split("@")[1])).days) if models else float("nan"),
        threshold=float(scores["threshold"].median()),
        finished=max((t.timestamp() for t in runs["finished"]), default=0.0),
        job_seconds={str(job): float(s) for job, s in runs.groupby("job")["seconds"].sum().items()},
        quantiles=_quantiles(scores["score"]),
    )


def _rejects(rows: pd.DataFrame) -> dict[str, int]:
    """Unused rows by reason; a file that cannot be read (line 0) names itself, so all such files are one reason."""
    unused = rows[~rows["used"]]
    return dict(Counter(str(r) for r in unused["reason"].where(unused["line"] > 0, "a file that cannot be read")))


def _quantiles(scores: pd.Series) -> dict[str, float]:
    clean = scores.dropna()
    return {q: float(clean.quantile(float(q))) for q in ("0.5", "0.9", "0.99", "1")} if len(clean) else {}


def registry_of(outcomes: list[NightOutcome]) -> CollectorRegistry:
    """All families' nights as gauges of one registry; docs/metrics.md lists them."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"nightscore_{name}", text, ["family", *labels], registry=registry)

    rows = gauge("scored_rows", "Rows scored in the last night.")
    found = gauge("anomalies", "Anomalies found in the last night, planned work left out.", "severity")
    suppressed = gauge("suppressed_anomalies", "Anomalies inside planned work in the last night.")
    missing = gauge("missing_ratio", "Share of the night's values that are neither measured nor imputed.")
    imputed = gauge("imputed_ratio", "Share of the night's values that are imputed.")
    rejects = gauge("rejected_rows", "Rows that could not be used in the last night.", "reason")
    age = gauge("model_age_seconds", "Time from the end of the model's training span to the end of the night's day.")
    threshold = gauge("threshold_nats", "The threshold in force.")
    success = gauge("last_success_timestamp_seconds", "When the last night's jobs were done.")
    scored_day = gauge("scored_day_timestamp_seconds", "Start of the newest day that was scored.")
    seconds = gauge("job_seconds", "How long each job of the last night took.", "job")
    quantile = gauge("score_nats", "Quantiles of the last night's scores.", "quantile")
    for night in outcomes:
        family = night.family
        rows.labels(family).set(night.rows)
        for severity, count in night.anomalies.items():
            found.labels(family, severity).set(count)
        suppressed.labels(family).set(night.suppressed)
        missing.labels(family).set(night.missing_share)
        imputed.labels(family).set(night.imputed_share)
        for reason, count in night.rejects.items():
            rejects.labels(family, reason).set(count)
        age.labels(family).set(night.model_age_days * 86_400)
        threshold.labels(family).set(night.threshold)
        success.labels(family).set(night.finished)
        scored_day.labels(family).set(pd.Timestamp(night.day, tz="UTC").timestamp())
        for job, spent in night.job_seconds.items():
            seconds.labels(family, job).set(spent)
        for name, value in night.quantiles.items():
            quantile.labels(family, name).set(value)
    return registry


def push(registry: CollectorRegistry, gateway: str, family: str) -> bool:
    """Push a family's registry to a Pushgateway; False, with a warning logged, when it cannot be reached."""
    try:
        push_to_gateway(gateway, job="nightscore", registry=registry, grouping_key={"family": family}, timeout=10)
    except (OSError, HTTPException, ValueError) as error:  # no answer, a wrong answer, no URL
        log.warning("the Pushgateway at %s did not take the metrics (%s); they are in the text file", gateway, error)
        return False
    return True


def text_of(registry: CollectorRegistry) -> bytes:
    """The registry in the text exposition format."""
    return generate_latest(registry)
