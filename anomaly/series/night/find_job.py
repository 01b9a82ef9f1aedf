"""A night's last jobs: anomalies from scores, and the outcome as metrics."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from anomaly.series.evidence.localise import AROUND
from anomaly.series.night.anomalies import Rules, assets_over
from anomaly.series.night.anomalies import find_anomalies as anomalies_in
from anomaly.series.night.asset_days import asset_days_of
from anomaly.series.night.identity import Tonight, with_reported_ids
from anomaly.series.night.recurring import assets_long_over
from sensors_data.counting import count
from sensors_data.errors import NotThereError
from sensors_data.provenance import Provenance, settings_hash
from sensors_data.runs import Done, run_job
from sensors_data.settings import Family, Settings, parse
from sensors_data.store import Store, shard_of

LOOK_BACK = 400
"""Days over which an anomaly that lasts is followed back to its first row."""
AT_ONSET, AT_END = 2, 7
"""Days of a long anomaly, at either end, whose rows are looked at to say when it began and ended."""
WHOLE = 35
"""Days over which all rows of one that lasts are looked at: without their evidence, its parts would be one again."""


def rules_of(settings: Settings, family: str) -> Rules:
    """The rules section of a family's settings. ValueError names the wrong key."""
    return parse(Rules, settings.family(family).rules, f"[families.{family}.rules]")


def find_anomalies(settings: Settings, day: date, family: str) -> str:
    """Job: a day's scores, all shards, into `anomalies`: those that touch the day, each from its start.

    With them a row an asset into `asset_days`.

    LookupError when the day was not scored.
    """
    store, spec = Store(settings.store), settings.family(family)
    rules = rules_of(settings, family)
    return run_job(store, "find-anomalies", day, family, lambda: _find(store, spec, rules, day, family))


def _find(store: Store, spec: Family, rules: Rules, day: date, family: str) -> Done:
    inputs = [store.path("scores", family=family, day=day, shard=shard) for shard in range(spec.shards)]
    missing = [path for path in inputs if not store.exists(path)]
    if missing:
        remedy = f"run: nightscore score-series --family {family} --day {day}"
        raise NotThereError(f"no {missing[0]} in {store.root}", remedy)
    over, asset_days = list[pd.DataFrame](), list[pd.DataFrame]()
    for path in inputs:  # a shard's rows at a time: most are of assets without an alarm
        part = store.read_files("scores", [path])
        over.append(part[part["asset"].isin(assets_over(part))])
        asset_days.append(asset_days_of(day, part))
    scores = pd.concat(over)
    sensor_scores = _of_assets(store, spec, "sensor_scores", family, day, assets_over(scores))
    today = anomalies_touching(store, rules, spec, family, day, scores, sensor_scores)
    source = store.made_from(inputs, Provenance(job="find-anomalies", settings=settings_hash(spec)))
    store.write("asset_days", pd.concat(asset_days), source, family=family, day=day)
    store.write("anomalies", today, source, family=family, day=day)
    active = today[~today["suppressed"]]
    by = ", ".join(f"{n} {severity}" for severity, n in active["severity"].value_counts().items())
    line = f"found in {family} {day}: {count(len(active), 'anomaly')}{f' ({by})' if by else ''}"
    return Done(len(today), f"{line}, {len(today) - len(active)} in planned work")


def anomalies_touching(
    store: Store,
    rules: Rules,
    spec: Family,
    family: str,
    day: date,
    scores: pd.DataFrame,
    sensor_scores: pd.DataFrame,
) -> pd.DataFrame:
    """The anomalies in a day's rows of `scores` and `sensor_scores`, each followed back to its start on an earlier day.

    They touch the day, or have rows over the threshold in it: what training leaves out goes on to the last of them.
    What the night before reported keeps its id.
    """
    near = max(rules.gap(spec.step), rules.n * spec.step)  # a row over the threshold further in is of no earlier one
    scores = scores[scores["asset"].isin(assets_over(scores))]
    midnight = pd.Timestamp(day, tz="UTC")
    tonight = Tonight(family, midnight, scores, sensor_scores, rules, spec.step)
    first, going = day, _gone_on_before(scores, day, near, spec.step)
    around = AROUND * spec.step + near
    context, followed = _over_before(scores, day, around), dict[date, list[str]]()
    while going and first > day - timedelta(days=LOOK_BACK):
        first -= timedelta(days=1)
        followed[first] = going
        earlier = _of_assets(store, spec, "scores", family, first, going)
        scores = pd.concat([earlier, scores])
        going = [asset for asset in _gone_on_before(earlier, first, near, spec.step) if asset in going]
    onset = [first + timedelta(days=d) for d in range(-1, AT_ONSET)]
    recent = [day - timedelta(days=d) for d in range(1, AT_END)]
    middle = [day - timedelta(days=d) for d in range(AT_END, WHOLE)]
    wanted = {d: followed.get(d, []) for d in middle if d >= first}
    wanted |= {d: sorted({*context, *followed.get(d, [])}) for d in (*onset, *recent) if onset[0] <= d < day}
    of_days = (_of_assets(store, spec, "sensor_scores", family, d, assets) for d, assets in sorted(wanted.items()))
    sensor_scores = pd.concat([*of_days, sensor_scores])
    early = _over_before(scores, first, around)  # what the eve's anomalies are told of is no place of theirs
    eve = _of_assets(store, spec, "scores", family, onset[0], early)
    anomalies = anomalies_in(pd.concat([eve, scores]), sensor_scores, rules, spec.step, family)
    anomalies = anomalies[anomalies["detected"] >= pd.Timestamp(first, tz="UTC")]
    if reported := store.written("anomalies", [day - timedelta(days=1)], family=family):
        anomalies = with_reported_ids(anomalies, store.read_files("anomalies", reported), tonight)
    over = (anomalies["detected"] >= midnight) | (anomalies["cleared"] > midnight)
    return anomalies[over | (anomalies["end"] > midnight) | (anomalies["state"] == "continuing")]


def _gone_on_before(scores: pd.DataFrame, day: date, near: timedelta, step: timedelta) -> list[str]:
    """The assets of which an anomaly of a day may have begun before it."""
    return sorted({*_over_before(scores, day, near), *assets_long_over(scores, step)})


def _over_before(scores: pd.DataFrame, day: date, within: timedelta) -> list[str]:
    """The assets with a row over the threshold less than `within` after the start of a day."""
    return assets_over(scores[scores["time"] < pd.Timestamp(day, tz="UTC") + within])


def _of_assets(store: Store, spec: Family, table: str, family: str, day: date, assets: list[str]) -> pd.DataFrame:
    """A day's rows of some assets, from the files of their shards where the day was cut as it is now."""
    paths = store.written(table, [day], family=family)
    if paths == [store.path(table, family=family, day=day, shard=shard) for shard in range(spec.shards)]:
        paths = [paths[shard] for shard in sorted({shard_of(asset, spec.shards) for asset in assets})]
    return store.read_files(table, paths, assets)
