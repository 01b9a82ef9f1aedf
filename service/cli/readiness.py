"""Whether a family's next night will be scored: its newest jobs, the days left behind, and a night tried."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from anomaly.series.files import serving
from anomaly.series.night.rehearsal import rehearse
from sensors_data.errors import NightscoreError
from sensors_data.runs import RunLog
from sensors_data.series.revised import MOST, SHARDED, days_being_revised, in_words
from sensors_data.settings import Settings
from sensors_data.store import Store


def behind(settings: Settings, family: str, there: list[date]) -> list[str]:
    """The days of the source that were not ingested, and those taken in and not scored, with the command that does so.

    Days before the first detector are not scored: they were learned from. Whether each shard was scored is looked at
    for the newest days.
    """
    store, spec = Store(settings.store), settings.family(family)
    gridded = set(store.days("grid", family=family))
    place = f"the {'inbox' if spec.inbox else 'source'}"
    newest = sorted(gridded)[-MOST:]
    scored = {d for d in store.days("scores", family=family) if d not in newest or _is_whole(store, family, d)}
    due = {day for day in gridded - scored if serving(store, family, day) is not None}
    return [
        *_days_line(family, set(there) - gridded, f" of {place}", "not ingested"),
        *_days_line(family, due, "", "taken in and not scored"),
        *filter(None, [in_words(days_being_revised(store, family, gridded), family)]),
    ]


def _is_whole(store: Store, family: str, day: date) -> bool:
    """Whether each shard of a day that was imputed is scored."""
    scores, grids = (store.written(table, [day], family=family) for table in ("scores", "grid"))
    return len(scores) >= len(grids)


def _days_line(family: str, days: Iterable[date], where: str, what: str) -> list[str]:
    known = sorted(days)
    if not known:
        return []
    span = f"--from {known[0]} --to {known[-1]}"
    many = f"1 day{where} was" if len(known) == 1 else f"{len(known)} days{where} were"
    return [f"{many} {what}, first {known[0]}; run: nightscore backfill --family {family} {span}"]


def failure(runs: RunLog, job: str, shards: int, family: str, after: date = date.min) -> str | None:
    """What came of a job's newest run, where that failed and was for a later day than `after`."""
    parts = [f"{family}-{shard}" for shard in range(shards)] if job in SHARDED else [family]
    for run in runs.newest(job, parts):
        if run["state"] == "failed" and run["day"] > after:
            reason = str(run["reason"]).partition(": ")[2] or str(run["reason"])
            return f"Last tried ({job} for {run['day']}): {reason}"
    return None


def next_night(settings: Settings, family: str, newest: date) -> str:
    """Why the night after `newest`, the newest day taken in, would not be scored, by trying `newest`; empty where it
    would.
    """
    try:
        rehearse(settings, family, newest)
    except NightscoreError as error:
        return f"The next night would not be scored: {error}"
    return ""
