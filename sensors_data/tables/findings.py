"""The tables of what was found in series: anomalies, a machine's days, drift, and the intervals that people know of."""

from __future__ import annotations

from sensors_data.tables.shares import SHARES
from sensors_data.tables.table import COUNT, FLAG, REAL, TEXT, TIME, Column, Table

_PER_VALUE = "nats per observed value"
_INCIDENT = (
    Column("incident", TEXT, "16 digits, made of what it says"),
    Column("family", TEXT, "the family"),
    Column("asset", TEXT, "the machine, null for all of them"),
    Column("start", TIME, "its first moment"),
    Column("end", TIME, "the moment after its last"),
    Column("sensor", TEXT, "the measured quantity, null for all of them"),
    Column(
        "kind", TEXT, "fault, planned, dismissed or confirmed; assigned, where the note names who looks at it; snoozed"
    ),
    Column("note", TEXT, "what a person wrote"),
    Column("author", TEXT, "who"),
    Column("told", TIME, "when they said so, null where nobody noted it", since=2),
)
_OF_A_PICTURE = (
    Column("camera", TEXT, "the camera, of a verdict on a picture; the family is then empty", since=3),
    Column("image", TEXT, "the picture's image_id, null for a family", since=3),
)
_OF_A_PLACE = (
    Column("place", TEXT, "rectangle in the picture: left,top,width,height in its pixels; null for all of it", since=5),
    Column("place_size", TEXT, "width x height of the picture in which it was marked, as 128x128", since=5),
)
_OF_A_SNOOZE = (
    Column("until", TIME, "when a snooze ends, null for all else", since=4),
    Column("severity", TEXT, "how severe the anomaly was when it was snoozed; one that grew is awake", since=4),
)
_OF_A_CALENDAR = (
    Column("calendar", TEXT, "name of the calendar file that it was imported from, null for all else", since=6),
)

FINDINGS = (
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
            Column(
                "run_start",
                TIME,
                "the first row over the threshold of its run, where earlier rows of it have another id; or `detected`",
                since=4,
            ),
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
        "Known intervals, one small file each: faults, planned work, and what people said of an anomaly, of a picture "
        "or of a place in one.",
        partition=("incident",),
        order=("start",),
        is_record=True,
        columns=(*_INCIDENT, *_OF_A_PICTURE, *_OF_A_SNOOZE, *_OF_A_PLACE, *_OF_A_CALENDAR),
    ),
    Table(
        "past_incidents",
        "What was said and taken back, or gave way to another verdict on the same interval: the history of verdicts.",
        partition=("incident",),
        order=("start",),
        is_record=True,
        columns=(
            *_INCIDENT,
            Column("withdrawn", TIME, "when it was taken back", since=2),
            *_OF_A_PICTURE,
            *_OF_A_SNOOZE,
            *_OF_A_PLACE,
            *_OF_A_CALENDAR,
        ),
    ),
)
