"""The ground floor's jobs: files in the inbox -> readings and rejects -> the grid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd

from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.series.grids.grid_table import GRID, check_shard
from sensors_data.series.grids.imputing import SEASONAL_DAYS, imputed_rows
from sensors_data.series.intake.readings_table import files_of, read_rows, read_to_grid, write_day
from sensors_data.series.late import revision_of, stamp_of, too_late
from sensors_data.series.sources.kinds import take_day
from sensors_data.series.wholeness import part_there, why_not_whole
from sensors_data.settings import Family, Settings
from sensors_data.store import Store, shard_of
from sensors_data.wide_rows import WideRows, coded_table_of


def ingest(settings: Settings, day: date, family: str) -> str:
    """Job: the inbox's rows of a day into `readings` and `rejects`; what was done, with numbers.

    LookupError for an unknown family, an empty inbox or a day without a single usable value; ValueError when no
    file can be read. A failure leaves the day as it was.
    """
    store, spec = Store(settings.store), settings.family(family)
    return run_job(store, "ingest", day, family, lambda: _ingest(store, spec, day, family))


def _ingest(store: Store, spec: Family, day: date, family: str) -> Done:
    if why := why_not_whole(spec, day, datetime.now(UTC)):
        raise NotThereError(f"{family} {day} is not ingested yet: {why}", "run it again later")
    readings, rejects = take_day(spec, day)
    if not readings.assets:
        why = f"; {len(rejects):,} rows were refused, first: {rejects['reason'].iloc[0]}" if len(rejects) else ""
        place = "inbox" if spec.inbox else "source"
        raise NotThereError(f"the {place} of {family} holds no usable value on {day} ({spec.origin}){why}")
    span = pd.Timestamp(readings.time.min(), tz="UTC"), pd.Timestamp(readings.time.max(), tz="UTC")
    source, notes = Provenance(job="ingest", settings=settings_hash(spec)), [part_there(span, day, spec.step)]
    if spec.grace:
        edition, news = revision_of(store, family, day, readings)
        source = source.model_copy(update={"inputs": stamp_of(spec, day), "edition": edition})
        notes += [news, *_told_too_late(store, spec, family, day)]
    values = write_day(store, spec, family, day, readings, source)
    store.write("rejects", rejects, source, family=family, day=day)
    unused = int((~rejects["used"]).sum())
    assets, sensors = len(readings.assets), int(np.count_nonzero(readings.counts))
    counts = (count(values, "value"), count(assets, "asset"), count(sensors, "sensor"), count(unused, "reject"))
    line = f"ingested {family} {day}: {', '.join(counts)}"
    note = "; ".join(filter(None, notes))
    return Done(values, f"{line}; {note}" if note else line, note)


def _told_too_late(store: Store, spec: Family, family: str, day: date) -> list[str]:
    """What came after its grace, in words."""
    return [
        f"{more:,} values of {d} came after the grace of {spec.grace} days and are left out; "
        f"to take them in: nightscore ingest --family {family} --day {d}"
        for d, more in too_late(store, spec, family, day).items()
    ]


def impute(settings: Settings, day: date, family: str, shard: int = 0) -> str:
    """Job: a day's readings on the family's clock, gaps filled from the day itself and earlier ones, into `grid`.

    LookupError when the day was not ingested.
    """
    store, spec = Store(settings.store), settings.family(family)
    check_shard(spec, shard)
    return run_job(store, "impute", day, family, lambda: _impute(store, spec, day, family, shard), shard)


def _impute(store: Store, spec: Family, day: date, family: str, shard: int) -> Done:
    store = store.holding()
    past = [day - timedelta(days=back) for back in range(SEASONAL_DAYS, 0, -1)]
    files = {day: files_of(store, spec, family, day, shard)}
    if not files[day]:
        store.read("readings", family=family, day=day)  # says what is missing and what to do

    today = read_to_grid(store, files[day], spec)

    def readings(wanted: date, assets: list[str], sensors: tuple[str, ...]) -> WideRows:
        if wanted == day:
            return today.of(assets, sensors)
        if wanted not in files:
            files[wanted] = files_of(store, spec, family, wanted, shard) if wanted in past else []
        return read_rows(store, files[wanted], sensors, assets)

    assets = [asset for asset in today.assets if shard_of(asset, spec.shards) == shard]
    rows = imputed_rows(spec, day, assets, readings)
    inputs = (path for d in (*past, day) for path in files.get(d, []))
    source = store.made_from(inputs, Provenance(job="impute", settings=settings_hash(spec)))
    store.write_rows("grid", coded_table_of(GRID, rows), source, family=family, day=day, shard=shard)
    missing = rows.values.size - rows.count
    filled = rows.count - int(np.count_nonzero(rows.observed))
    line = f"imputed {family} {day} shard {shard}: {count(rows.values.size, 'value')} of {count(len(assets), 'asset')}"
    return Done(rows.values.size, f"{line}, {filled:,} filled, {missing:,} still missing")
