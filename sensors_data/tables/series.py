"""The tables of series: readings, their grid, scores, anomalies, drift, and the intervals that people know of."""

from __future__ import annotations

from sensors_data.tables.shares import SHARES
from sensors_data.tables.table import COUNT, FLAG, REAL, REAL32, TEXT, TIME, Column, Table

_PER_VALUE = "nats per observed value"
_SENSORS = "the sensor's"

_A_VALUE = (
    Column("time", TIME, "when it was measured"),
    Column("asset", TEXT, "the machine"),
    Column("sensor", TEXT, "the measured quantity"),
)
"""Columns of readings and grids as they were when a row was a value."""

_INCIDENT = (
    Column("incident", TEXT, "16 digits, made of what it says"),
    Column("family", TEXT, "the family"),
    Column("asset", TEXT, "the machine, null for all of them"),
    Column("start", TIME, "its first moment"),
    Column("end", TIME, "the moment after its last"),
    Column("sensor", TEXT, "the measured quantity, null for all of them"),
    Column("kind", TEXT, "fault, planned, dismissed or confirmed; assigned, where the note names who looks at it"),
    Column("note", TEXT, "what a person wrote"),
    Column("author", TEXT, "who"),
    Column("told", TIME, "when they said so, null where nobody noted it", since=2),
)
_OF_A_PICTURE = (
    Column("camera", TEXT, "the camera, of a verdict on a picture; the family is then empty", since=3),
    Column("image", TEXT, "the picture's image_id, null for a family", since=3),
)

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
    Table(
        "anomalies",
        "Intervals that a person can act on: where the evidence lies in and around rows over the threshold. A day's "
        "file holds every anomaly that touches the day or was detected in it. One that lasts keeps its id for all its "
        "nights.",
        partition=("family", "day"),
        order=("asset", "start"),
        columns=(
            Column("anomaly_id", TEXT, "16 digits, made of family, asset and `detected`"),
            Column("asset", TEXT, "the machine"),
            Column("start", TIME, "when it began by the evidence of its rows, as known that night"),
            Column("end", TIME, "one step after its last row"),
            Column("peak_time", TIME, "the row with the highest score"),
            Column("peak_score", REAL, "that score", _PER_VALUE),
            Column("severity", TEXT, "info, warning or critical, by how few false alarms peak as high over the limit"),
            Column("sensors", SHARES, "up to three with most of the evidence, each with its share", before=TEXT),
            Column("rows", COUNT, "how many of its rows are over the threshold"),
            Column("suppressed", FLAG, "whether all of them lie in planned work"),
            Column("model", TEXT, "the model that scored its peak"),
            Column("detected", TIME, "its first row over the threshold", since=2),
            Column("cleared", TIME, "one step after its last row over the threshold, as known that night", since=2),
            Column("state", TEXT, "new in the night that tells it first, then continuing, at last ended", since=2),
            Column("oddity", TEXT, "what is odd about its first sensor, as `pressure lower than expected`", since=3),
        ),
    ),
    Table(
        "asset_days",
        "A day of each asset in one row: what was scored, and its worst row. All shards together, so that a month is "
        "read from a file a day.",
        partition=("family", "day"),
        order=("asset",),
        columns=(
            Column("time", TIME, "start of the day"),
            Column("asset", TEXT, "the machine"),
            Column("rows", COUNT, "its rows in `scores`"),
            Column("scored", COUNT, "those that have a score"),
            Column("rows_over", COUNT, "those over the threshold, outside planned work"),
            Column("worst", REAL, "its highest score outside planned work; null where there is none", _PER_VALUE),
            Column("worst_time", TIME, "start of that row's step"),
            Column("worst_p_value", REAL, "probability of such a score or a higher one in normal operation"),
            Column("top_sensor", TEXT, "the sensor with the largest share of it"),
            Column("model", TEXT, "the model that scored it"),
        ),
    ),
    Table(
        "drift",
        "How far the newest days lie from what the family's model learned from: one row a modelled sensor and measure. "
        "The newest days are the day and up to six before it. [drift.md](drift.md) states the limits.",
        partition=("family", "day"),
        order=("sensor", "measure"),
        columns=(
            Column("sensor", TEXT, "the sensor; `score` for the score itself"),
            Column("measure", TEXT, "`psi` (population stability index) or `ks` (two-sample Kolmogorov-Smirnov)"),
            Column("value", REAL, "the measured distance"),
            Column("p_value", REAL, "chance of so much in healthy days, times the number of tests; NaN for `psi`"),
            Column("limit", REAL, "the limit it is compared with"),
            Column("drifted", FLAG, "whether it is over the limit"),
            Column("rows", COUNT, "how many values it was measured on"),
            Column("model", TEXT, "the model whose card holds the reference"),
        ),
    ),
    Table(
        "incidents",
        "Known intervals, one small file each: faults, planned work, and what people said of an anomaly.",
        partition=("incident",),
        order=("start",),
        is_record=True,
        columns=(*_INCIDENT, *_OF_A_PICTURE),
    ),
    Table(
        "past_incidents",
        "What was said and taken back, or gave way to another verdict on the same interval: the history of verdicts.",
        partition=("incident",),
        order=("start",),
        is_record=True,
        columns=(*_INCIDENT, Column("withdrawn", TIME, "when it was taken back", since=2), *_OF_A_PICTURE),
    ),
)
