"""Files of readings that are no tables of cells, written as one: JSON rows and NEM12 meter files."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

from sensors_data.errors import UnreadableError


def as_table(data: bytes, name: str) -> bytes:
    """The bytes of a table; those of another known format as CSV. A line of it is then a row of the table made."""
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"100,NEM12"):
        return _nem12(data.decode("utf-8-sig", "replace"), name)
    if start.startswith((b"{", b"[{", b"[\n", b"[ ")):
        return _json(data, name)
    return data


def _json(data: bytes, name: str) -> bytes:
    """JSON rows, a list of them or one a line, as CSV; what lies inside another object is called `outer.inner`."""
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("[") else [json.loads(s) for s in text.splitlines() if s]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UnreadableError(
            f"{name} looks like JSON and is none{where}", "write a list of rows, or a row a line"
        ) from error
    if not found or not all(isinstance(row, dict) for row in found):
        raise UnreadableError(f"{name} is JSON, but no list of rows", 'write rows like {"time": "2026-02-02T00:00Z"}')
    rows = [_flat(row) for row in found]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


def _flat(row: dict[str, object], outer: str = "") -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{outer}{key}.")
        else:
            cells[f"{outer}{key}"] = "" if value is None else value if isinstance(value, str) else json.dumps(value)
    return cells


def _nem12(text: str, name: str) -> bytes:
    """A NEM12 file (Australian meters) as CSV: a row an interval with meter, register, value, quality, unit."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["time", "nmi", "register", "value", "quality", "unit"])
    meter = register = unit = ""
    minutes = 30
    for number, row in enumerate(csv.reader(text.splitlines()), start=1):
        try:
            if row and row[0] == "200":
                meter, register, unit, minutes = row[1], row[4] or row[3], row[7], int(row[8])
            elif row and row[0] == "300":
                day, count = datetime.strptime(row[1], "%Y%m%d"), 1440 // minutes
                quality = row[2 + count][:1]
                for place, value in enumerate(row[2 : 2 + count]):
                    time = day + timedelta(minutes=minutes * place)
                    writer.writerow([time.isoformat(sep=" "), meter, register, value, quality, unit])
        except (IndexError, ValueError, ZeroDivisionError) as error:
            raise UnreadableError(
                f"{name}, line {number} is no record of a NEM12 file: {','.join(row)[:40]}"
            ) from error
    return out.getvalue().encode()
