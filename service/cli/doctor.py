"""A family's state in words: what is there, what is missing, what to do; and what a backfill found."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from rich.console import Console
from rich.table import Table

from anomaly.series.card import Card
from anomaly.series.files import read_card, serving
from anomaly.series.span import MIN_ROWS
from anomaly.series.train_job import detector_config, training_grids
from sensors_data.errors import NightscoreError
from sensors_data.runs import newest_run
from sensors_data.series.sources import days_in
from sensors_data.settings import Family, Settings
from sensors_data.store import Store
from sensors_data.tables.shares import shares_in_words


def examine(settings: Settings, family: str) -> list[str]:
    """Sentences on a family: its state first, then why and what is still needed."""
    store, spec = Store(settings.store), settings.family(family)
    try:
        there = days_in(spec)
    except NightscoreError as error:
        return [f"{family}: NO READINGS. {error}"]
    if not there:
        return [f"{family}: NO READINGS. What comes from {spec.origin} holds no value with a readable time"]
    gridded = store.days("grid", family=family)
    if not gridded:
        return [
            f"{family}: NOT STARTED. The inbox holds {len(there)} days ({there[0]} to {there[-1]}); {_start(family)}"
        ]
    lines = []
    if behind := sorted(set(there) - set(gridded)):
        lines.append(f"  {len(behind)} days of the inbox were not ingested, first {behind[0]}")
    if (card := newest_card(store, family)) is None:
        return [*_learning(settings, family, gridded), *lines]
    scored = store.days("scores", family=family)
    state = f"READY. Scored through {scored[-1]}" if scored else f"TRAINED, NOT SCORED; {_start(family)}"
    if (failed := _failure(store, "score-series", f"{family}-0")) is not None:
        state = f"NOT SCORED. {failed}; {_start(family)}"
    elif (failed := _failure(store, "train-series", family)) is not None:
        lines.append(f"  the newest training failed, the detector before it serves on. {failed}")
    return [f"{family}: {state}", *_model_lines(card), *lines]


def _failure(store: Store, job: str, partition: str) -> str | None:
    """What came of a job's newest run, where that failed."""
    run = newest_run(store, job, partition)
    if run is None or run["state"] != "failed":
        return None
    reason = str(run["reason"]).partition(": ")[2] or str(run["reason"])
    return f"Last tried ({job} for {run['day']}): {reason}"


def _start(family: str) -> str:
    return f"run: nightscore backfill --family {family}"


def newest_card(store: Store, family: str) -> Card | None:
    """The card of a family's newest accepted detector, or None."""
    newest = serving(store, family, date.max)
    return read_card(store, newest) if newest else None


def _learning(settings: Settings, family: str, gridded: list[date]) -> list[str]:
    """What a family without a detector still needs."""
    store, spec = Store(settings.store), settings.family(family)
    grids, _ = training_grids(store, spec, family, gridded[-1] + timedelta(days=1))
    rows = sum(int(grid.observed.any(axis=1).sum()) for grid in grids.values())
    missing = spec.training.first_after - len(gridded)
    if rows < MIN_ROWS:
        return [f"{family}: TOO LITTLE. {rows} measured rows, at least {MIN_ROWS} normal ones are needed to learn from"]
    if missing > 0 and spec.training.commissioning is None:
        wait = f"{missing} more are needed (training.first_after = {spec.training.first_after})"
        return [f"{family}: LEARNING. {len(gridded)} days of readings; {wait}"]
    if (failed := _failure(store, "train-series", family)) is not None:
        longer = f"set training.days in the settings to more than {spec.training.days}, then {_start(family)}"
        return [
            f"{family}: NOT TRAINED. {failed}",
            f"  next: {longer if len(gridded) > spec.training.days else _more(spec)}",
        ]
    note = detector_config(settings, family).short_span_note(rows)
    measured = f"{rows:,} measured rows in {len(gridded)} days{f'; {note}' if note else ''}"
    return [f"{family}: CAN BE TRAINED. {measured}; {_start(family)}"]


def _more(spec: Family) -> str:
    """The next thing where all days there are were learned from in vain."""
    return f"put readings of more days into {spec.origin}, or mark what is not normal: nightscore incidents add"


def _model_lines(card: Card) -> list[str]:
    threshold = card.threshold
    learned = f"learned from {card.rows:,} normal rows of {len(card.assets)} assets"
    lines = [f"  model {card.family}@{card.trained_through}: {card.summary}, {learned}"]
    if threshold is not None:
        budget = card.config.alarms_per_asset_week
        lines.append(
            f"  threshold {threshold.value:.3f} nats (90 % interval {threshold.low:.3f} to {threshold.high:.3f}), "
            f"budget {budget:g} false alarms an asset-week, {threshold.clusters} clusters in its tail"
        )
    if card.in_sample:
        lines.append("  the span was too short to hold any of it out: the threshold is of rows that were learned from")
    if left_out := sorted(set(card.sensors) - set(card.modelled)):
        lines.append(f"  left out as command flags: {', '.join(left_out)}")
    return lines


def print_found(console: Console, settings: Settings, family: str, scored: list[date]) -> None:
    """The anomalies of the scored days as a table, the worst first."""
    store = Store(settings.store)
    found = store.read_days("anomalies", scored, family=family)
    found = found.drop_duplicates("anomaly_id", keep="last")
    if found.empty:
        console.print(f"no anomalies found in {family}")
        return
    order = pd.Categorical(found["severity"], ["critical", "warning", "info"], ordered=True)
    found = found.assign(order=order).sort_values(["suppressed", "order", "peak_score"], ascending=[True, True, False])
    table = Table("severity", "asset", "start", "end", "peak", "sensors", title=f"anomalies in {family}")
    for row in found.head(30).to_dict("records"):
        mark = " (planned)" if row["suppressed"] else ""
        times = (f"{row[at]:%Y-%m-%d %H:%M}" for at in ("start", "end"))
        table.add_row(
            f"{row['severity']}{mark}",
            row["asset"],
            *times,
            f"{row['peak_score']:.2f}",
            shares_in_words(row["sensors"]),
        )
    console.print(table)
    if len(found) > 30:
        console.print(f"and {len(found) - 30} more in {settings.store}/anomalies/family={family}")
