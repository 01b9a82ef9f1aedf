"""The table of all Prometheus metrics, and samples in its text format. By family and camera, never by asset.

docs/metrics.md says the same in words. One series a severity names its worst asset, so that an alert can.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import SupportsFloat

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as Exposed
from prometheus_client.registry import Collector

PREFIX = "nightscore_"
LONGEST_LABEL = 80
"""Characters of a label's value that are kept."""
MOST_VALUES = 10
"""Different reasons or measures that get a series of their own; the rest are one."""


@dataclass(frozen=True)
class Metric:
    """One metric: what it is called, whom it is about, in which unit, and what it means."""

    name: str
    labels: tuple[str, ...]
    unit: str
    text: str

    @property
    def kind(self) -> str:
        """Counter by its suffix, else gauge: a night's outcome goes up and down."""
        return "counter" if self.name.endswith("_total") else "gauge"


@dataclass(frozen=True)
class Sample:
    """A metric's value under some labels; a label that does not apply is left out."""

    name: str
    labels: dict[str, str]
    value: float


def _metric(name: str, labels: str, unit: str, text: str) -> Metric:
    return Metric(PREFIX + name, tuple(labels.split()), unit, text)


METRICS = {
    metric.name: metric
    for metric in (
        _metric("scored_rows", "family", "rows", "Rows scored in the newest scored night."),
        _metric("scored_assets", "family", "assets", "Assets scored in the newest scored night."),
        _metric(
            "scored_day_timestamp_seconds", "family camera", "seconds since 1970", "Start of the newest scored day."
        ),
        _metric("anomalies", "family severity", "anomalies", "Anomalies that touch the day, planned work left out."),
        _metric("anomalous_assets", "family", "assets", "Assets with an anomaly of severity warning or critical."),
        _metric("suppressed_anomalies", "family", "anomalies", "Anomalies inside planned work."),
        _metric(
            "worst_anomaly_nats",
            "family severity asset sensor",
            "nats",
            "Peak score of the worst anomaly of a severity, with its asset and the sensor that contributes most.",
        ),
        _metric(
            "worst_anomaly_info",
            "family severity asset sensor anomaly told",
            "1",
            "The same anomaly: `anomaly` is its id, `told` says in words what is odd, since when, and how sure.",
        ),
        _metric(
            "threshold_nats", "family camera", "nats", "The threshold in force; a family's is the median over rows."
        ),
        _metric("score_nats", "family camera level", "nats", "Quantiles of the night's scores."),
        _metric(
            "missing_ratio",
            "family",
            "0 to 1",
            "Share of the values expected of the day that are missing.",
        ),
        _metric("imputed_ratio", "family", "0 to 1", "Share of the day's values that are imputed."),
        _metric("silent_assets", "family", "assets", "Assets with values in the week to the day and none on the day."),
        _metric("unscored_ratio", "family", "0 to 1", "Share of the night's measured rows that have no score."),
        _metric("unscored_assets", "family", "assets", "Assets with measured rows and no score at all."),
        _metric("silent_sensors", "family", "sensors", "Sensors without a value all night, of assets that had some."),
        _metric(
            "rejected_rows",
            "family reason",
            "rows",
            "Rows that could not be used, by reason; rare reasons count as one.",
        ),
        _metric("rejected_ratio", "family", "0 to 1", "Share of the incoming rows that could not be used."),
        _metric(
            "drift_limit_ratio",
            "family part measure",
            "times its limit",
            "Largest distance relative to its limit; over 1 is drift.",
        ),
        _metric("drifted_sensors", "family", "sensors", "Sensors that drifted from what the model learned from."),
        _metric(
            "self_test_found_ratio",
            "family kind",
            "0 to 1",
            "Share of the faults planted in the last seven nights' readings that reached the limit.",
        ),
        _metric(
            "anomalies_budget_ratio",
            "family",
            "times the budget",
            "Anomalies first reported in the last 28 nights, over the false alarms that the budget allows.",
        ),
        _metric("scored_images", "camera", "images", "Images scored in the newest scored night."),
        _metric("anomalous_images", "camera", "images", "Images over the threshold."),
        _metric("worst_image_nats", "camera image", "nats", "Score of the night's worst image, and which it is."),
        _metric("rejected_images", "camera", "images", "Files that could not be used."),
        _metric(
            "camera_drift_ratio",
            "camera look",
            "times its band",
            "Distance of the night's median light, contrast, focus or shift from training, over its band; 1 is drift.",
        ),
        _metric(
            "image_self_test_found_ratio",
            "camera kind",
            "0 to 1",
            "Share of the plainly visible defects painted in the last seven nights that were over the threshold.",
        ),
        _metric(
            "image_self_test_power_ratio",
            "camera visibility",
            "0 to 1",
            "The same share by visibility: faint, plain (from 5 times the just visible), striking (from 15 times).",
        ),
        _metric("generator_state", "camera state", "0 or 1", "How the newest training of the generator ended."),
        _metric(
            "generator_age_seconds", "camera", "seconds", "Time from the end of the generator's span to the day's."
        ),
        _metric(
            "generator_distance",
            "camera",
            "squared feature units",
            "Frechet distance of its best snapshot to real images.",
        ),
        _metric(
            "synthetic_images", "camera state", "images", "The newest batch's images, accepted or rejected by the gate."
        ),
        _metric("synthetic_gate_passed", "camera", "0 or 1", "Whether the newest batch passed the gate."),
        _metric("synthetic_quality", "camera measure", "the measure's", "What the gate measured of the newest batch."),
        _metric(
            "synthetic_quality_limit",
            "camera measure",
            "the measure's",
            "Limit of each measure of the gate for the newest batch.",
        ),
        _metric(
            "model_age_seconds",
            "family camera",
            "seconds",
            "Time from the end of the model's training span to the day's.",
        ),
        _metric("newest_model_accepted", "family camera", "0 or 1", "Whether the newest trained model was accepted."),
        _metric("rejected_model_info", "family camera verdict", "1", "Why the newest trained model was rejected."),
        _metric(
            "last_success_timestamp_seconds",
            "family camera",
            "seconds since 1970",
            "When a day was last scored, with at least one score.",
        ),
        _metric(
            "job_runs", "family camera command state", "runs", "Partitions of a job's newest run, by how they ended."
        ),
        _metric("job_seconds", "family camera command", "seconds", "How long a job's newest run took, all partitions."),
        _metric("job_rows", "family camera command", "rows", "Rows that a job's newest run wrote, all partitions."),
        _metric("job_failure_info", "family camera command reason", "1", "Why a job's newest run failed."),
        _metric("day_bytes", "family camera", "bytes", "Size of the day's tables in the store."),
        _metric(
            "store_free_bytes", "family camera", "bytes", "Free space on the store's disk; absent for object storage."
        ),
        _metric(
            "store_capacity_bytes", "family camera", "bytes", "Size of the store's disk; absent for object storage."
        ),
        _metric("push_failures_total", "family camera", "pushes", "Pushes that no Pushgateway took."),
    )
}


@dataclass(frozen=True, eq=False)
class _Samples(Collector):
    samples: tuple[Sample, ...]

    def collect(self) -> Iterator[Exposed]:
        for metric in METRICS.values():
            exposed = Exposed(metric.name.removesuffix("_total"), metric.text, metric.kind)
            for sample in self.samples:
                if sample.name == metric.name:
                    exposed.add_sample(sample.name, sample.labels, sample.value)
            if exposed.samples:
                yield exposed


def registry_of(samples: Iterable[Sample]) -> CollectorRegistry:
    """The samples as a registry of their own, in the order of METRICS.

    LookupError for a metric or a label that METRICS does not have.
    """
    all_samples = tuple(samples)
    for sample in all_samples:
        unknown = set(sample.labels) - set(METRICS[sample.name].labels) if sample.name in METRICS else {"name"}
        if unknown:
            raise LookupError(f"{sample.name} with {sorted(sample.labels)} is no metric of ours; add it to METRICS")
    registry = CollectorRegistry()
    registry.register(_Samples(all_samples))
    return registry


def text_of(registry: CollectorRegistry) -> bytes:
    """The registry in the text exposition format."""
    return generate_latest(registry)


def sample(name: str, value: SupportsFloat, **labels: str) -> Sample:
    """A sample of the metric `nightscore_NAME`; labels become plain text."""
    return Sample(PREFIX + name, {key: plain(text) for key, text in labels.items()}, float(value))


def plain(text: str) -> str:
    """Text that no label, template or mail trips over: letters, digits, mild punctuation, at most LONGEST_LABEL."""
    composed = unicodedata.normalize("NFC", text)
    text_kept = "".join(c if c.isalnum() or c in " -_.,:;/+%()=#" else "_" for c in composed)
    return text_kept if len(text_kept) <= LONGEST_LABEL else f"{text_kept[: LONGEST_LABEL - 3]}..."


def most_frequent(counts: dict[str, int], rest: str) -> dict[str, int]:
    """The MOST_VALUES largest counts, the others added up under `rest`; names made plain."""
    merged: dict[str, int] = {}
    for name, count in counts.items():
        merged[plain(name)] = merged.get(plain(name), 0) + count
    ordered = sorted(merged.items(), key=lambda item: (-item[1], item[0]))
    largest = dict(ordered[:MOST_VALUES])
    others = sum(count for _, count in ordered[MOST_VALUES:])
    return largest | ({rest: largest.get(rest, 0) + others} if others else {})
