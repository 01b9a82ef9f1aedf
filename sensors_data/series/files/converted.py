"""Files of readings that are no tables, written as one: JSON, XML, HTML, NEM12, LVM, SRML, BSRN, ZRXP, nmon,
dumps of databases, InfluxDB's annotated CSV, times across."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, timedelta

from sensors_data.encodings import as_utf8, encoding_of
from sensors_data.errors import UnreadableError
from sensors_data.series.files.bsrn import bsrn_csv, is_bsrn
from sensors_data.series.files.csv_text import csv_of, csv_of_records
from sensors_data.series.files.dated_by_name import with_date_of_name
from sensors_data.series.files.exposition import exposition_csv, is_exposition
from sensors_data.series.files.graphite import graphite_csv, is_graphite
from sensors_data.series.files.influx_csv import annotated_csv, is_annotated
from sensors_data.series.files.isd import is_isd, isd_csv
from sensors_data.series.files.json_intervals import at_their_ends
from sensors_data.series.files.json_rows import json_rows
from sensors_data.series.files.line_protocol import is_line_protocol, line_protocol_csv
from sensors_data.series.files.long_periods import with_a_row_a_part
from sensors_data.series.files.lvm import is_lvm, lvm_csv
from sensors_data.series.files.markup import is_markup, markup_csv
from sensors_data.series.files.month_sheets import month_sheets_csv
from sensors_data.series.files.named_cells import has_named_cells, has_objects, named_cells_csv, objects_alone
from sensors_data.series.files.nmon import is_nmon, nmon_csv
from sensors_data.series.files.p1 import has_meter_times, has_telegrams, telegrams_csv, with_meter_times
from sensors_data.series.files.perfdata import has_perfdata, perfdata_csv
from sensors_data.series.files.places_across import with_places_down
from sensors_data.series.files.ruled import rule_of, ruled_csv
from sensors_data.series.files.sar import is_sar, sar_csv
from sensors_data.series.files.scaled import is_scaled, scaled_csv
from sensors_data.series.files.side_by_side import machines_down, side_by_side
from sensors_data.series.files.sql_dump import is_sql_dump, sql_dump_csv
from sensors_data.series.files.times_across import across, times_down
from sensors_data.series.files.value_types import with_one_value
from sensors_data.series.files.zrxp import is_zrxp, zrxp_csv

_YEAR_ABOVE = re.compile(rb"\d+[\t,;](?:19|20)\d\d(?:[\t,;]\d+[\t,;]0){1,60}[\t,;]?\r?\n\d{1,3}[\t,;]\d{1,4}[\t,;]")
"""A station's number and a year above rows of a day of the year, a clock, and of each element a value and a flag."""

_TOPIC = re.compile(rb"(?m)^([\w./:+-]+)[ \t]+(\{[^\n]*\})\r?$")
"""A message as clients of MQTT print it: its topic, then an object of JSON."""
_ROUND_ROBIN = re.compile(rb"\A\s*[\w. -]+\r?\n\s*\r?\n\d{9,10}: +-?[\dn]")
"""What rrdtool prints: names, an empty line, then epochs, each with a colon, before their values."""
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": ("a workbook of before Excel 2007, or locked", "save it as .xlsx or CSV"),
    b"SQLite format 3": ("a SQLite database", "name its table in a source: docs/how-to/sources"),
    b"\x89HDF": ("an HDF5 or NetCDF file", "write it as Parquet or CSV"),
    b"CDF": ("a NetCDF file", "write it as Parquet or CSV"),
    b"ARROW1": ("an Arrow or Feather file", "write it as Parquet: pandas.read_feather(FILE).to_parquet(...)"),
    b"MATLAB 5": ("a file of MATLAB", "write it as Parquet or CSV"),
    b"UNA:": ("a message of EDIFACT", "convert its load profile to CSV"),
    b"UNB+": ("a message of EDIFACT", "convert its load profile to CSV"),
    b"$GP": ("a log of NMEA 0183", "convert its sentences to CSV, each with the time of the RMC before it"),
    b"%PDF": ("a PDF", "export the readings as CSV or .xlsx"),
    b"MDF ": ("a measurement file of ASAM", "write it as CSV: docs/how-to/files"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it and name the folder"),
    b"Rar!\x1a": ("a RAR archive", "unpack it and name the folder"),
    b"\x28\xb5\x2f\xfd": ("packed by Zstandard", "unpack it, or pack it by gzip"),
    b"Obj\x01": ("an Avro file", "write it as Parquet or CSV"),
    b"\x00\x01\x00\x00Standard ": ("a database of Access", "export its table as CSV"),
    b"TDSm": ("a TDMS file", "write it as CSV: docs/how-to/files"),
}
"""How files begin that are not read here, what they are, and the remedy."""


def as_table(data: bytes, name: str, day: date | None = None) -> bytes:
    """The bytes of a table; those of another known format as CSV. A line of it is then a row of the table made.

    Rows with a time of day alone are of `day`, where it is known.
    """
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"100,NEM12"):
        return _nem12(data.decode("utf-8-sig", "replace"), name)
    if start.startswith((b"{", b"[{", b"[[", b"[\n", b"[ ")):
        return _json(data, name)
    if len(_TOPIC.findall(data[:20_000])) > 2 and _TOPIC.match(data):
        return _json(_TOPIC.sub(_with_topic, data), name)
    if foreign := next((convert for mark, convert in _FOREIGN.items() if data.startswith(mark)), None):
        raise UnreadableError(f"{name} is {foreign[0]}", foreign[1])
    if data.startswith(b"ORC") and b"ORC" in data[-8:]:
        raise UnreadableError(f"{name} is an ORC file", "write it as Parquet or CSV")
    if is_markup(start):
        return markup_csv(data, name)
    if has_telegrams(data):
        return telegrams_csv(data)
    if is_sar(data):
        return sar_csv(data)
    if is_nmon(data):
        return nmon_csv(data)
    if is_exposition(data[:20_000]):
        return exposition_csv(data)
    if has_perfdata(data):
        return perfdata_csv(data)
    if is_line_protocol(data[:4096]):
        return line_protocol_csv(data, name)
    if is_graphite(data):
        return graphite_csv(data)
    if is_annotated(start):
        return annotated_csv(data.decode("utf-8-sig", "replace"))
    if is_sql_dump(data[:20_000]):
        return _dumped(data, name)
    if is_lvm(start):
        return lvm_csv(data.decode("utf-8-sig", "replace"), name)
    if is_bsrn(data):
        return bsrn_csv(data.decode("utf-8", "replace"), name)
    if is_isd(data):
        return isd_csv(data.decode("utf-8-sig", "replace"))
    if is_zrxp(data):
        return zrxp_csv(as_utf8(data, name, encoding_of(data)).decode("utf-8-sig", "replace"), name)
    if _YEAR_ABOVE.match(data):
        return _year_above(data.decode("utf-8", "replace"))
    if _ROUND_ROBIN.search(data[:4096]):
        return _round_robin(data.decode("utf-8", "replace"))
    if (rule := rule_of(data)) > 0:
        return ruled_csv(data, rule)
    if has_objects(data):
        return _json(objects_alone(data.decode("utf-8-sig", "replace")), name)
    if has_named_cells(data):
        return named_cells_csv(data.decode("utf-8-sig", "replace"))
    if (place := across(data)) is not None:
        return times_down(data, place)
    return _plain_table(data, name, day)


def _plain_table(data: bytes, name: str, day: date | None) -> bytes:
    """A text with factors applied, meters' times in ISO 8601, and a row a part of a period, a machine, a value."""
    encoding = encoding_of(data[: data.rfind(b"\n", 0, 200_000) + 1] or data)
    table = as_utf8(data, name, encoding) if encoding != "utf-8" else data
    if (months := month_sheets_csv(table)) is not None:
        return months
    read = scaled_csv(table) if is_scaled(table) else table
    if has_meter_times(table):
        read = with_meter_times(read)
    read = with_a_row_a_part(with_date_of_name(read, name, day))
    if (beside := side_by_side(read)) is not None:
        read = machines_down(read, beside)
    read = with_places_down(with_one_value(read))
    return data if read is table else read


def _dumped(data: bytes, name: str) -> bytes:
    """The fullest table of a database's dump. UnreadableError where it fills none."""
    table = sql_dump_csv(data.decode("utf-8-sig", "replace"))
    if table is None:
        raise UnreadableError(f"{name} is a dump of a database without rows", "export the table of readings as CSV")
    return table


def _with_topic(line: re.Match[bytes]) -> bytes:
    """A message of a broker as one object, with the topic that stood before it."""
    inside = line[2].strip()
    return b'{"topic": "' + line[1] + (b'", ' + inside[1:] if inside != b"{}" else b'"}')


def _json(data: bytes, name: str) -> bytes:
    """JSON rows as CSV; what lies inside another object is called `outer.inner`."""
    return with_one_value(csv_of_records(at_their_ends(json_rows(data, name))))


def _nem12(text: str, name: str) -> bytes:
    """A NEM12 file (Australian meters) as CSV: a row an interval with meter, register, value, quality, unit."""
    rows: list[list[str]] = []
    meter = register = unit = ""
    minutes, first = 30, 0
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        try:
            if row and row[0] == "200":
                meter, register, unit, minutes = row[1], row[4] or row[3], row[7], int(row[8])
            elif row and row[0] == "300":
                day, count, first = datetime.strptime(row[1], "%Y%m%d"), 1440 // minutes, len(rows)
                for place, value in enumerate(row[2 : 2 + count]):
                    time = day + timedelta(minutes=minutes * place)
                    rows.append([time.isoformat(sep=" "), meter, register, value, row[2 + count][:1], unit])
            elif row and row[0] == "400":  # the quality of some of the day's intervals, counted from 1
                for place in range(int(row[1]) - 1, int(row[2])):
                    rows[first + place][4] = row[3][:1]
        except (IndexError, ValueError, ZeroDivisionError) as error:
            raise UnreadableError(
                f"{name}, line {number} is no record of a NEM12 file: {','.join(row)[:40]}"
            ) from error
    return csv_of([["time", "nmi", "register", "value", "quality", "unit"], *rows])


def _year_above(text: str) -> bytes:
    """A station's file whose first line has the year (as SRML writes it) as CSV, with the year in every row."""
    rows = [re.split(r"[\t,;]", line.rstrip("\t,; ")) for line in text.splitlines() if line.strip()]
    year, elements = rows[0][1], rows[0][2::2]
    named = [name for element in elements for name in (f"element {element}", f"element {element} quality")]
    return csv_of([["year", "doy", "hhmm", *named], *([year, *row] for row in rows[1:])])


def _round_robin(text: str) -> bytes:
    """What `rrdtool fetch` prints as CSV: the epochs without their colon."""
    names, *lines = [line.split() for line in text.splitlines() if line.strip()]
    rows = ([epoch.rstrip(":"), *("" if "nan" in cell else cell for cell in cells)] for epoch, *cells in lines)
    return csv_of([["timestamp", *names], *rows])
