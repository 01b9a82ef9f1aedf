"""The tables of series: readings, their grid, scores, and what a training and a night leave of them."""

from __future__ import annotations

from sensors_data.tables.table import COUNT, FLAG, REAL, REAL32, TEXT, TIME, Column, Table

_PER_VALUE = "nats per observed value"
_SENSORS = "the sensor's"

_A_VALUE = (
    Column("time", TIME, "when it was measured"),
    Column("asset", TEXT, "the machine"),
    Column("sensor", TEXT, "the measured quantity"),
)
"""Columns of readings and grids as they were when a row was a value."""

SERIES = (
    Table(
        "readings",
        "What was measured and can be used: one row a time and machine, a column a sensor. A family of several shards "
        "has a file a shard, like `shard-0.parquet`, in place of `data.parquet`.",
        partition=("family", "day"),
        may_shard=True,
        order=("asset", "time"),
        columns=(Column("time", TIME, "when it was measured"), Column("asset", TEXT, "the machine")),
        a_sensor=(
            Column(
                "{sensor}",
                REAL,
                "what was measured, finite and inside the sensor's plausible range; null where nothing was read",
                _SENSORS,
            ),
        ),
        a_value=(*_A_VALUE, Column("value", REAL, "what was measured")),
    ),
    Table(
        "rejects",
        "What came in and was not used as it was, row by row: nothing is dropped in silence.",
        partition=("family", "day"),
        order=("source", "line", "reason", "raw"),
        columns=(
            Column("source", TEXT, "the file's name"),
            Column("line", COUNT, "its line (Parquet: its row), from 1; 0 for the file as a whole"),
            Column("raw", TEXT, "the row as it stood: time, asset, sensor, value; at most 1,000 characters"),
            Column("reason", TEXT, "why it was not used, or what was done to it"),
            Column("used", FLAG, "true for a value that is in `readings` all the same and was only out of order"),
        ),
        note="Readings and the rejects with `used` false add up to the values that came in. A row whose time cannot be "
        "read is filed with the row before it.",
    ),
    Table(
        "grid",
        "Readings on the family's clock, short gaps filled: one row a step and machine, a column a sensor. A step in "
        "which nothing is known of a machine has no row.",
        partition=("family", "day", "shard"),
        order=("asset", "time"),
        columns=(Column("time", TIME, "start of the step"), Column("asset", TEXT, "the machine")),
        a_sensor=(
            Column(
                "{sensor}", REAL32, "mean of what was measured in the step, else the imputed value, else null", _SENSORS
            ),
            Column("observed_{sensor}", FLAG, "true where it was measured, false where it was imputed or is missing"),
        ),
        a_value=(
            *_A_VALUE,
            Column("value", REAL32, "the mean or the imputed value"),
            Column("observed", FLAG, "whether it was measured"),
        ),
    ),
    Table(
        "scores",
        "How unlikely each step of each asset is, under the newest accepted model trained strictly before the day.",
        partition=("family", "day", "shard"),
        order=("asset", "time"),
        columns=(
            Column("time", TIME, "start of the step"),
            Column("asset", TEXT, "the machine"),
            Column("score", REAL, "higher is worse; NaN where nothing was measured", _PER_VALUE),
            Column("threshold", REAL, "the limit of this row; higher where few windows cover it", _PER_VALUE),
            Column("p_value", REAL, "probability of such a score or a higher one in normal operation"),
            Column("is_anomaly", FLAG, "whether the score is over the threshold"),
            Column("suppressed", FLAG, "whether the row lies in planned work"),
            Column("top_sensor", TEXT, "the sensor with the largest share of the score, empty where there is no score"),
            Column("observed_share", REAL32, "share of values that were measured, 0 to 1"),
            Column("model", TEXT, "the model's id: family and the last day it learned from"),
            Column(
                "evidence",
                REAL32,
                "how strongly this very row speaks for a fault: the larger of `pattern` and `cross` of each sensor, "
                "where positive, added up; the score says that something is odd within hours, this says when",
                "nats",
                since=2,
            ),
        ),
    ),
    Table(
        "sensor_scores",
        "What the model expected of each sensor and how much each contributes to the score.",
        partition=("family", "day", "shard"),
        order=("asset", "time", "sensor"),
        columns=(
            Column("time", TIME, "start of the step"),
            Column("asset", TEXT, "the machine"),
            Column("sensor", TEXT, "the measured quantity; only those that the model knows"),
            Column("value", REAL32, "as in `grid`", _SENSORS),
            Column("expected", REAL32, "what the model expected", _SENSORS),
            Column("low", REAL32, "lower end of the band in which nine of ten normal values lie", _SENSORS),
            Column("high", REAL32, "its upper end", _SENSORS),
            Column("score", REAL32, "the sensor's part; NaN where it was not measured", "nats"),
            Column("share", REAL32, "its share of the row's score; the shares of a row add up to 1"),
            Column("observed", FLAG, "as in `grid`"),
            Column(
                "pattern",
                REAL32,
                "how strongly the value speaks for a fault by the hours around it; negative where it looks normal, "
                "null in rows of models of format 1",
                "nats",
                since=2,
            ),
            Column(
                "cross", REAL32, "the same by the other sensors at that moment and the time of day", "nats", since=2
            ),
        ),
    ),
    Table(
        "completeness",
        "How much of each asset's day could be scored. A row without a score says nothing, least of all that it is "
        "normal.",
        partition=("family", "day", "shard"),
        order=("asset",),
        columns=(
            Column("time", TIME, "start of the day"),
            Column("asset", TEXT, "the machine"),
            Column("rows", COUNT, "its rows in `scores`"),
            Column("measured", COUNT, "those in which something was measured"),
            Column("scored", COUNT, "measured rows that have a score"),
            Column("silent_sensors", TEXT, "modelled sensors without a value all day; `all` if none had one"),
            Column("model", TEXT, "the model that scored it"),
        ),
    ),
    Table(
        "scales",
        "Of a fleet whose detector learned from a sample of its assets: centre and spread of the others, by which "
        "their readings are standardised. The day is the last that the detector was trained on.",
        partition=("family", "day", "shard"),
        order=("asset", "place"),
        columns=(
            Column("asset", TEXT, "the machine"),
            Column("sensor", TEXT, "the measured quantity"),
            Column("place", COUNT, "the sensor's place in the detector's card, from 0"),
            Column("center", REAL, "mean of its normal values on three days of the training span", _SENSORS),
            Column("spread", REAL, "their standard deviation, at least a thousandth of the largest size", _SENSORS),
        ),
    ),
    Table(
        "self_tests",
        "Faults planted in copies of the night's own readings: would they have been found? For two assets a shard and "
        "night, each kind at the smallest size that reached the limit, or the largest that was tried.",
        partition=("family", "day", "shard"),
        order=("asset", "kind"),
        columns=(
            Column("time", TIME, "first row of the planted fault"),
            Column("asset", TEXT, "the machine"),
            Column("sensor", TEXT, "the sensor that it was planted in"),
            Column("kind", TEXT, "spike, level, drift, stuck or noise"),
            Column("size", REAL, "how large, in the sensor's standard deviations"),
            Column("ratio", REAL, "highest score of its rows over their limit"),
            Column("found", FLAG, "whether it reached the limit"),
            Column("model", TEXT, "the model that scored it"),
        ),
    ),
)
