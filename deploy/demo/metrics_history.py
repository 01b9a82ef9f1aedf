"""Nights that are over as a Prometheus would know them: each night's samples at the hour at which it would have run."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml
from servers import DEPLOY, program

from anomaly.monitoring.camera import camera_samples
from anomaly.monitoring.export import FAILURES, failures_so_far
from anomaly.monitoring.family import family_samples
from anomaly.monitoring.prometheus import METRICS, Sample, sample
from sensors_data.settings import Settings
from sensors_data.store import Store

NIGHT = timedelta(days=1, hours=1)
"""After a day's start, when its night would have run."""


def nights_of(settings: Settings) -> dict[datetime, list[Sample]]:
    """The samples of every scored day of all families and cameras, by the moment at which they would have been told."""
    store = Store(settings.store)
    history: dict[datetime, list[Sample]] = {}
    for name, spec in settings.families.items():
        for day in store.days("scores", family=name):
            pushes = sample(FAILURES, failures_so_far(store, f"metrics/nightscore-{name}.prom"), family=name)
            history.setdefault(_moment(day), []).extend([*family_samples(store, spec, name, day), pushes])
    for name in settings.cameras:
        for day in sorted({*store.days("image_scores", camera=name), *store.days("quality", camera=name)}):
            history.setdefault(_moment(day), []).extend(camera_samples(store, name, day))
    return history


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + NIGHT


def openmetrics(history: dict[datetime, list[Sample]]) -> str:
    """Samples with their moments in the OpenMetrics format; a success is dated to its night."""
    lines = []
    for metric in METRICS.values():
        own = [(at, s) for at, samples in sorted(history.items()) for s in samples if s.name == metric.name]
        if own:
            lines.append(f"# TYPE {metric.name.removesuffix('_total')} {metric.kind}")
        for at, s in own:
            dated = at.timestamp() if metric.name.endswith("last_success_timestamp_seconds") else s.value
            labels = ",".join(f'{name}="{text}"' for name, text in s.labels.items())
            lines.append(f"{s.name}{{{labels}}} {dated} {at.timestamp():.0f}")
    return "\n".join([*lines, "# EOF", ""])


def fill(folder: Path, history: dict[datetime, list[Sample]]) -> None:
    """Write the samples into the data of a Prometheus that has not started yet."""
    (folder / "history.txt").write_text(openmetrics(history))
    command = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "prometheus.yml").write_text("global: {}\n")


def written_out(query: str, **variables: str) -> str:
    """A dashboard's query with the recording rules and variables in it replaced by what they stand for."""
    for name, text in variables.items():
        query = query.replace(f"${name}", text)
    for name, expression in recorded():
        query = _replaced(query, name, expression)
    return query


def recorded() -> Iterable[tuple[str, str]]:
    """The recording rules of alerts.yml: name and expression."""
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    return [(rule["record"], rule["expr"]) for group in groups for rule in group["rules"] if "record" in rule]


def _replaced(query: str, name: str, expression: str) -> str:
    """The query with a rule's name, and the labels that it is asked for, written out as the rule's expression."""
    before, separator, after = query.partition(name)
    if not separator:
        return query
    if not after.startswith("{"):
        return f"{before}({expression}){_replaced(after, name, expression)}"
    labels, _, rest = after[1:].partition("}")
    key, _, value = labels.partition("=")
    wanted = f'({expression}) and on ({key}) label_replace(vector(1), "{key}", {value}, "", "")'
    return f"{before}({wanted}){_replaced(rest, name, expression)}"
