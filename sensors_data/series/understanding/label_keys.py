"""Which columns tell rows apart: those that make rows of one time differ, and names that come in turn."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pandas as pd

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.understanding.label_words import (
    is_states,
    names_assets,
    names_quantities,
    names_sensors,
    tells_a_state,
)

_SENSOR = WORDS["sensor"]
_ASSET = WORDS["asset"]
_IDS = WORDS["ids of sensors"]


def repeated(keys: list[Column], moments: pd.Series) -> float:
    """The share of rows whose time and labels another row before them has."""
    frame = pd.DataFrame(
        {"time": moments.to_numpy(), **{str(n): c.cells.astype(str).to_numpy() for n, c in enumerate(keys)}}
    )
    return float(frame[frame["time"].notna()].duplicated().mean()) if len(frame) else 0.0


def key_columns(candidates: list[Column], moments: pd.Series, asset: tuple[str, ...]) -> tuple[list[Column], float]:
    """The fewest columns that make rows of one time differ, and the share of rows that repeat a time without them."""
    stated = [column for column in candidates if column.name in asset]
    repeats = repeated([], moments)
    if repeats < 0.01:
        in_turn = _interleaved(candidates, moments)
        keys = stated or _in_two_words([*in_turn, *_quantities_beside(in_turn, candidates)], candidates)
        return keys, repeats
    varied = [column for column in candidates if len(column.distinct) > 1 and column not in stated]
    varied = [column for column in varied if is_called(column) or presence(column, moments) >= 0.5][:12]
    unlikely = {column.name: _unlikely(column) + _passing(column, moments) for column in varied}
    weights = {column.name: 3 if _outnumbers(column, moments) else 1 for column in varied}
    best: tuple[float, int, float, list[Column]] | None = None
    for count in (0, 1, 2, 3):
        for group in combinations(varied, count):
            keys = [*stated, *group]
            left = repeated(keys, moments) if keys else repeats
            weight = sum(weights[column.name] for column in group)
            cost = sum(unlikely[column.name] for column in group)
            if best is None or left < best[0] - 0.01 or (left < best[0] + 0.01 and (weight, cost) < (best[1], best[2])):
                best = (left, weight, cost, keys)
        if best is not None and best[0] < 0.01 and best[1] <= count:
            break
    keys = best[3] if best is not None and best[0] < 0.6 * repeats else stated
    keys = _in_two_words(keys, varied) if keys != stated else keys
    keys = keys or _interleaved(candidates, moments)
    keys = [*keys, *_quantities_beside(keys, candidates)]
    return [*keys, *_machines_beside(keys, candidates, moments)], repeats


def _in_two_words(keys: list[Column], candidates: list[Column]) -> list[Column]:
    """The keys, with the two columns of a machine's and a sensor's name for a number or code that says both."""
    codes = (key for key in keys if _of_sensor(key) or not names_assets(key))
    for code in (key for key in codes if key.distinct.str.contains(r"\d").all()):
        others = [column for column in candidates if column is not code and len(column.distinct) > 1]
        for machine in sorted((c for c in others if names_assets(c)), key=lambda column: column.numeric):
            for sensor in (c for c in others if c is not machine and not is_states(c)):
                pair = [machine, sensor]
                worded = not sensor.numeric or names_sensors(sensor)
                if worded and follows(code, pair) and all(follows(column, [code]) for column in pair):
                    return [*pair, *(key for key in keys if key not in pair and not follows(key, pair))]
    return keys


def _machines_beside(keys: list[Column], candidates: list[Column], moments: pd.Series) -> list[Column]:
    """A column that is called as machines are, where the keys name sensors alone: machines whose rows come in turn."""
    if not keys or any(names_assets(key) and key.lower.split() != ["id"] and not _of_sensor(key) for key in keys):
        return []
    others = [c for c in candidates if c not in keys and names_assets(c) and not c.numeric and len(c.distinct) > 1]
    for column in others:
        stays = _turns(column, moments) > 0.02 and _passing(column, moments) < 0.5
        if stays and not tells_a_state(column) and not follows(column, keys):
            return [column]
    return []


def _quantities_beside(keys: list[Column], candidates: list[Column]) -> list[Column]:
    """A column whose words all are quantities, where the keys name none: things that each measure several."""
    if not keys or any(map(names_quantities, keys)):
        return []
    others = (c for c in candidates if c not in keys and len(c.distinct) > 1 and names_quantities(c))
    return [column for column in others if not follows(column, keys)][:1]


def _turns(column: Column, moments: pd.Series) -> float:
    """The share of rows whose name is not that of the row before, in the order of the file or of the times."""
    codes = pd.factorize(column.cells)[0]
    in_time = codes[np.argsort(moments.to_numpy("datetime64[us]"), kind="stable")]
    return float(max((np.diff(codes) != 0).mean(), (np.diff(in_time) != 0).mean()))


def _of_sensor(column: Column) -> bool:
    """Whether a column's own name has a word for sensors in it, as `diagnostic.id` or `sensors_id`."""
    words = column.lower.split()
    return bool({*words, *(word.removesuffix("s") for word in words)} & (_SENSOR - {"name"}))


def each_its_own(key: Column, keys: list[Column], columns: list[Column]) -> bool:
    """Whether each column of numbers is filled for only one of a key's names, so that the key distinguishes nothing."""
    measures = [c for c in columns if c.numeric and c not in keys and len(c.distinct) > 1]
    if len(measures) < 2 or key.numeric or key.named(_ASSET):
        return False
    names = key.cells.astype(str).to_numpy()
    return all(len(set(names[~measure.blank])) == 1 for measure in measures)


def _unlikely(column: Column) -> float:
    """How little a column looks like one of names: by its own name, its words, the evenness of its counts."""
    uneven = _uneven(column)
    hint = column.named(_ASSET) or column.named(_SENSOR)
    return (
        uneven
        + 0.7 * column.numeric
        + 1.0 * (is_states(column) or column.named(WORDS["%H"]))
        - 0.8 * hint
        + 0.1 * (column.lower == "id")
        + 0.2 * column.filled.str.contains("/").all()
    )


def _passing(column: Column, moments: pd.Series) -> float:
    """The share of a column's words that are there for less than half of the time, as batches are and machines not."""
    known = moments.notna().to_numpy()
    instant = moments.to_numpy("datetime64[us]").astype(np.int64)[known] / 1e6
    spans = pd.Series(instant).groupby(column.cells.astype(str).to_numpy()[known]).agg(np.ptp)
    return float((spans < 0.5 * np.ptp(instant)).mean()) if len(spans) else 0.0


def is_called(column: Column) -> bool:
    """Whether a column is one of words, or of numbers and called as those of machines or sensors are."""
    return not column.numeric or column.lower == "id" or column.named(_ASSET) or names_sensors(column)


def presence(column: Column, moments: pd.Series) -> float:
    """The share of the file's spans in which a column's names stand, by the mean of the names: few where measured."""
    known = moments.notna().to_numpy()
    instant = moments.to_numpy("datetime64[us]").astype(np.int64)[known]
    edges = np.unique(np.quantile(instant, np.linspace(0, 1, 21)[1:-1], method="nearest")) if len(instant) else instant
    seen = pd.DataFrame({"name": column.cells[known].astype(str), "span": np.searchsorted(edges, instant)})
    spans = seen.groupby("name")["span"].nunique()
    return float(spans.mean() / seen["span"].nunique()) if len(spans) else 0.0


def _outnumbers(column: Column, moments: pd.Series) -> bool:
    """Whether numbers that are not called so are far more than the rows of a time: other columns are likelier keys."""
    return not is_called(column) and len(column.distinct) > 1.5 * float(moments.value_counts().quantile(0.99))


def _uneven(column: Column) -> float:
    """How unevenly often a column's words stand in it: the deviation of their counts by the mean count."""
    counts = column.filled.value_counts()
    return float(counts.std(ddof=0) / counts.mean()) if len(counts) > 1 else 1.0


def _interleaved(candidates: list[Column], moments: pd.Series) -> list[Column]:
    """Columns of names in a log whose rows all have times of their own: names of machines or tags that alternate."""
    keys = []
    for column in candidates:
        if (
            (column.numeric and not (names_assets(column) or column.called(_IDS)))
            or len(column.distinct) < 2
            or tells_a_state(column)
            or (column.numeric and _uneven(column) > (0.3 if column.lower == "id" else 0.6))  # not seen in turn
        ):
            continue
        hinted = names_assets(column) or column.named(_SENSOR)
        coded = np.mean([bool(re.search(r"[._:/](?=\w)|\d", str(word))) for word in column.distinct[:50]])
        if column.blank.mean() > 0.02:
            continue  # each row is of some machine
        turns = _turns(column, moments)
        if column.named(_SENSOR) or column.called(_IDS) or (hinted and turns > 0.02) or (coded > 0.8 and turns > 0.3):
            keys.append(column)
    two = len(keys) > 1 and any(c.named(_ASSET) for c in keys[:2]) and not follows(keys[1], keys[:1])
    return keys[: 1 + two]


def follows(column: Column, keys: list[Column]) -> bool:
    """Whether a column's word is settled by the keys' words."""
    key = pd.Series(["\x1f".join(row) for row in zip(*(k.cells.astype(str) for k in keys), strict=True)])
    return bool(column.cells.astype(str).reset_index(drop=True).groupby(key).nunique().max() == 1)
