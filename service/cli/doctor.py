"""A family's state in words: what is there, what is missing, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from anomaly.series.card import Card
from anomaly.series.files import read_card, serving
from anomaly.series.span import MIN_ROWS
from anomaly.series.training.train_job import detector_config, training_grids
from sensors_data.counting import count
from sensors_data.errors import NightscoreError
from sensors_data.runs import run_log
from sensors_data.series.files.file_source import find_files, raw_readings
from sensors_data.series.sources.kinds import days_in
from sensors_data.series.understanding.settings_text import duration_words
from sensors_data.settings import Family, Settings
from sensors_data.store import Store
from service.cli.readiness import behind, failure, next_night


@dataclass(frozen=True)
class Health:
    """How a family or a camera is."""

    name: str
    state: str
    """Two or three capital words, as READY."""
    why: str
    """One sentence, with the command to run next where there is one."""
    more: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The same for a person."""
        return [f"{self.name}: {self.state}. {self.why}", *(f"  {line}" for line in self.more)]


def examine(settings: Settings, family: str) -> Health:
    """A family's state, why it is in it and what is still needed."""
    store, spec = Store(settings.store), settings.family(family)
    try:
        there = days_in(spec)
    except NightscoreError as error:
        following = [f"next: nightscore bridge --family {family}, which lands what its broker sends"]
        return Health(family, "NO READINGS", str(error), following if spec.bridge else [])
    if not there:
        return Health(family, "NO READINGS", _unread(spec))
    gridded = store.days("grid", family=family)
    if not gridded:
        days = f"The {_place(spec)} holds {len(there)} days ({there[0]} to {there[-1]})"
        return Health(family, "NOT STARTED", f"{days}; {_start(family)}")
    more = behind(settings, family, there)
    try:
        card = newest_card(store, family)
    except NightscoreError as error:
        return Health(family, "NOT SCORED", f"The next night would not be scored: {error}", more)
    if card is None:
        learning = _learning(settings, family, gridded)
        return replace(learning, more=[*learning.more, *more])
    return _trained(settings, family, card, gridded[-1], [*_model_lines(card), *more])


def _trained(settings: Settings, family: str, card: Card, newest: date, more: list[str]) -> Health:
    """The state of a family with a detector, of which `newest` is the newest day taken in."""
    store, spec = Store(settings.store), settings.family(family)
    runs = run_log(store)
    if why := _changed(card, spec, family, newest):
        return Health(family, "SETTINGS CHANGED", why, more)
    for job in ("ingest", "impute"):
        if (tried := failure(runs, job, spec.shards, family, after=newest)) is not None:
            return Health(family, "NOT TAKEN IN", f"{tried}; when that is corrected, {_start(family)}", more)
    for job in ("score-series", "find-anomalies"):
        if (tried := failure(runs, job, spec.shards, family)) is not None:
            return Health(family, "NOT SCORED", f"{tried}; {_start(family)}", more)
    more += filter(None, [failure(runs, "ingest", spec.shards, family)])
    if (tried := failure(runs, "train-series", spec.shards, family)) is not None:
        more.append(f"the newest training failed, the previous detector stays in use. {tried}")
    if not (scored := store.days("scores", family=family)):
        return Health(family, "TRAINED, NOT SCORED", f"No night was scored yet; {_start(family)}", more)
    if why := next_night(settings, family, newest):
        return Health(family, "NOT SCORED", why, more)
    return Health(
        family,
        "READY",
        f"Scored through {scored[-1]}",
        [*more, *_silent(store, family, scored[-1]), *_unused(store, family, scored[-1])],
    )


def _changed(card: Card, spec: Family, family: str, newest: date) -> str:
    """Why a detector does not fit the settings as they are now, and what to do; empty where it does."""
    again = f"nightscore train-series --family {family} --day {newest + timedelta(days=1)}"
    if card.sensors != spec.sensor_names:
        return f"The detector knows the sensors {', '.join(card.sensors)}, the settings have others; run: {again}"
    if card.step_s != spec.step.total_seconds():
        learned = duration_words(timedelta(seconds=card.step_s))
        why = f"The detector learned rows {learned} apart, the settings have step = {duration_words(spec.step)}"
        return f"{why}; take the step back, or {_start(family)} and then {again}"
    return ""


def _unread(spec: Family) -> str:
    """Why nothing of an inbox can be read, with a cell of its times and the keys that say how they read."""
    why = f"What comes from {spec.origin} holds no value with a readable time"
    if not spec.inbox:
        return why
    raw, _ = raw_readings(find_files(spec.inbox)[0], spec.layout, spec.sensor_names)
    cell = str(raw["time"].iloc[0])[:40] if len(raw) else ""
    form = spec.layout.time_format or spec.layout.time_unit
    column = ", ".join(spec.layout.time)
    return f"{why}: column {column} reads like '{cell}', layout.time_format is '{form}': correct one of them"


def _silent(store: Store, family: str, night: date) -> list[str]:
    """The sensors that the newest night had nothing of, an asset a line."""
    rows = store.read_days("completeness", [night], family=family)
    silent = rows[rows["silent_sensors"] != ""].head(5)
    return [
        f"nothing was read on {night} of {row['asset']}: {row['silent_sensors']}" for row in silent.to_dict("records")
    ]


def _unused(store: Store, family: str, night: date) -> list[str]:
    """What of the newest night's rows could not be used, where it is more than one in a hundred, by reason."""
    rows = store.read_days("rejects", [night], family=family)
    reasons = rows.loc[~rows["used"].astype(bool), "reason"].value_counts()
    used = sum(store.provenance(path).many for path in store.written("readings", [night], family=family))
    if reasons.sum() <= 0.01 * (used + reasons.sum()):
        return []
    reasons_in_words = ", ".join(f"{reason} ({many:,})" for reason, many in reasons.head(4).items())
    return [f"{count(int(reasons.sum()), 'row')} of {night} could not be used: {reasons_in_words}"]


def _start(family: str) -> str:
    return f"run: nightscore backfill --family {family}"


def newest_card(store: Store, family: str) -> Card | None:
    """The card of a family's newest accepted detector, or None."""
    newest = serving(store, family, date.max)
    return read_card(store, newest) if newest else None


def _learning(settings: Settings, family: str, gridded: list[date]) -> Health:
    """The state of a family without a detector, and what it still needs."""
    store, spec = Store(settings.store), settings.family(family)
    grids, _ = training_grids(store, spec, family, gridded[-1] + timedelta(days=1))
    rows = sum(int(grid.observed.any(axis=1).sum()) for grid in grids.values())
    missing = spec.training.first_after - len(gridded)
    if rows < MIN_ROWS:
        why = f"{rows} measured rows, at least {MIN_ROWS} normal ones are needed to learn from"
        return Health(family, "TOO LITTLE", why, [f"next: {_more(spec)}"] if spec.training.commissioning else [])
    if missing > 0 and spec.training.commissioning is None:
        wait = f"{missing} more are needed (training.first_after = {spec.training.first_after})"
        return Health(family, "LEARNING", f"{len(gridded)} days of readings; {wait}")
    if (failed := failure(run_log(store), "train-series", spec.shards, family)) is not None:
        longer = f"set training.days in the settings to more than {spec.training.days}, then {_start(family)}"
        following = longer if len(gridded) > spec.training.days else _more(spec)
        return Health(family, "NOT TRAINED", failed, [f"next: {following}"])
    note = detector_config(settings, family).short_span_note(rows)
    measured = f"{rows:,} measured rows in {len(gridded)} days{f'; {note}' if note else ''}"
    return Health(family, "CAN BE TRAINED", f"{measured}; {_start(family)}")


def _place(spec: Family) -> str:
    return "inbox" if spec.inbox else "source"


def _more(spec: Family) -> str:
    """The next thing where all days there are were learned from in vain."""
    if spec.training.commissioning is not None:
        first = duration_words(spec.training.commissioning)
        return f"set training.commissioning to more than {first}: of each asset only that first part is learned from"
    return f"put readings of more days into {spec.origin}, or mark what is not normal: nightscore incidents add"


def _model_lines(card: Card) -> list[str]:
    threshold = card.threshold
    many = count(len(card.assets), "asset")
    assets = f"{len(card.assets)} of {card.fleet:,} assets" if card.fleet else many
    learned = f"learned from {count(card.rows, 'normal row')} of {assets}"
    lines = [f"model {card.family}@{card.trained_through}: {card.summary}, {learned}"]
    if threshold is not None:
        budget = card.config.alarms_per_asset_week
        lines.append(
            f"threshold {threshold.value:.3f} nats (90 % interval {threshold.low:.3f} to {threshold.high:.3f}), "
            f"budget {budget:g} false alarms an asset-week, {threshold.clusters} clusters in its tail"
        )
    if card.in_sample:
        lines.append("the span was too short to hold any of it out: the threshold is of rows that were learned from")
    if card.holidays.days:
        lines.append(str(card.holidays))
    if left_out := sorted(set(card.sensors) - set(card.modelled)):
        lines.append(f"left out as flags or context: {', '.join(left_out)}")
    return lines
