"""The store's tables: their columns, types, partitions and row order. docs/tables.md says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Table:
    """A table's columns and how its rows are partitioned and sorted.

    The partition's keys are folders (`family=pump/day=2026-11-21`); `file_key`, where there is one,
    is the last of them and names the file instead (`shard-0.parquet`).
    """

    name: str
    partition: tuple[str, ...]
    file_key: str | None
    schema: pa.Schema
    order: tuple[str, ...]

    def frame(self, rows: Sequence[dict[str, Any]] = ()) -> pd.DataFrame:
        """Rows as a frame with the table's columns; of no rows, every column in its own type."""
        empty: pd.DataFrame = self.schema.empty_table().to_pandas()
        return pd.DataFrame(rows, columns=self.schema.names) if rows else empty


ADDED = {"incidents": 1}
"""How many of a table's last columns files may lack that were written before there were any; they read as null."""

_FILE_KEYS = ("shard", "run", "incident")


def _table(name: str, partitioned_by: str, order: str, **columns: pa.DataType) -> Table:
    keys = tuple(partitioned_by.split())
    schema = pa.schema([pa.field(column, kind) for column, kind in columns.items()])
    file_key = keys[-1] if keys[-1] in _FILE_KEYS else None
    return Table(name, keys, file_key, schema, tuple(order.split()))


_F32, _F64, _I64, _TEXT, _BOOL = pa.float32(), pa.float64(), pa.int64(), pa.string(), pa.bool_()
_DRAWN = {
    "image_id": _TEXT,
    "time": TIME,
    "asset": _TEXT,
    "label": _TEXT,
    "png": pa.binary(),
    "generator": _TEXT,
    "seed": _I64,
}
"""Columns of drawn images, wherever they stand."""

TABLES = {
    table.name: table
    for table in (
        _table("readings", "family day", "asset time sensor", time=TIME, asset=_TEXT, sensor=_TEXT, value=_F64),
        _table(
            "rejects",
            "family day",
            "source line reason raw",
            source=_TEXT,
            line=_I64,
            raw=_TEXT,
            reason=_TEXT,
            used=_BOOL,
        ),
        _table(
            "grid",
            "family day shard",
            "asset time sensor",
            time=TIME,
            asset=_TEXT,
            sensor=_TEXT,
            value=_F32,
            observed=_BOOL,
        ),
        _table(
            "scores",
            "family day shard",
            "asset time",
            time=TIME,
            asset=_TEXT,
            score=_F64,
            threshold=_F64,
            p_value=_F64,
            is_anomaly=_BOOL,
            suppressed=_BOOL,
            top_sensor=_TEXT,
            observed_share=_F32,
            model=_TEXT,
        ),
        _table(
            "sensor_scores",
            "family day shard",
            "asset time sensor",
            time=TIME,
            asset=_TEXT,
            sensor=_TEXT,
            value=_F32,
            expected=_F32,
            low=_F32,
            high=_F32,
            score=_F32,
            share=_F32,
            observed=_BOOL,
        ),
        _table(
            "anomalies",
            "family day",
            "asset start",
            anomaly_id=_TEXT,
            asset=_TEXT,
            start=TIME,
            end=TIME,
            peak_time=TIME,
            peak_score=_F64,
            severity=_TEXT,
            sensors=_TEXT,
            rows=_I64,
            suppressed=_BOOL,
            model=_TEXT,
        ),
        _table(
            "images",
            "camera day",
            "time image_id",
            image_id=_TEXT,
            time=TIME,
            asset=_TEXT,
            label=_TEXT,
            png=pa.binary(),
        ),
        _table("drawn_images", "camera day", "image_id", **_DRAWN),
        _table("synthetic_images", "camera day", "image_id", **_DRAWN),
        _table("rejected_synthetic_images", "camera day", "image_id", **_DRAWN),
        _table(
            "quality",
            "camera day",
            "generator measure",
            generator=_TEXT,
            measure=_TEXT,
            value=_F64,
            low=_F64,
            high=_F64,
            limit=_F64,
            passed=_BOOL,
            images=_I64,
            features=_TEXT,
            reason=_TEXT,
        ),
        _table(
            "image_rejects",
            "camera day",
            "source reason",
            source=_TEXT,
            reason=_TEXT,
        ),
        _table(
            "image_scores",
            "camera day",
            "time image_id",
            image_id=_TEXT,
            time=TIME,
            score=_F64,
            threshold=_F64,
            p_value=_F64,
            is_anomaly=_BOOL,
            model=_TEXT,
        ),
        _table(
            "training",
            "kind name model",
            "network epoch",
            network=_TEXT,
            epoch=_I64,
            train_loss=_F64,
            valid_loss=_F64,
            kl=_F64,
            beta=_F64,
            best=_BOOL,
        ),
        _table(
            "generator_training",
            "camera model",
            "epoch",
            epoch=_I64,
            images=_I64,
            discriminator_loss=_F64,
            generator_loss=_F64,
            distance=_F64,
            class_entropy=_F64,
            diversity=_F64,
            state=_TEXT,
            best=_BOOL,
        ),
        _table(
            "drift",
            "family day",
            "sensor measure",
            sensor=_TEXT,
            measure=_TEXT,
            value=_F64,
            p_value=_F64,
            limit=_F64,
            drifted=_BOOL,
            rows=_I64,
            model=_TEXT,
        ),
        _table(
            "runs",
            "day run",
            "job",
            job=_TEXT,
            partition=_TEXT,
            family=_TEXT,
            seconds=_F64,
            finished=TIME,
            rows=_I64,
            state=_TEXT,
            reason=_TEXT,
        ),
        _table(
            "incidents",
            "incident",
            "start",
            incident=_TEXT,
            family=_TEXT,
            asset=_TEXT,
            start=TIME,
            end=TIME,
            sensor=_TEXT,
            kind=_TEXT,
            note=_TEXT,
            author=_TEXT,
            told=TIME,
        ),
    )
}
