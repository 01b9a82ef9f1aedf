# ruff: noqa: E501 (a case a line reads like a table)
"""Exports whose tables are laid out in another way: groups of columns above names, values by their type, months a row."""

from __future__ import annotations

import io
import json

import openpyxl
from export_cases import FLOW, HOURS, ROWS, TEMP, Case, comma, lines

PUMPS = {"used": 4 * ROWS, "assets": ("P1", "P2")}


def pair(n: int, more: float = 0.0, part: str = ";") -> str:
    return f"{comma(TEMP[n] + more)}{part}{comma(FLOW[n] + more)}"


def merged_groups() -> bytes:
    """A workbook whose titles, machines and name of the time are merged cells, with a legend below the rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Station 7"],
        ["readings by the hour"],
        [],
        ["Data/Hora", "P1", None, "P2"],
        [None, "temp", "flow"] + ["temp", "flow"],
        [None, "°C", "m3/h", "°C", "m3/h"],
    ):
        sheet.append(row)
    for n in range(ROWS):
        values = [TEMP[n], FLOW[n], TEMP[n] + 1, "manut." if n % 48 == 5 else FLOW[n] + 1]
        sheet.append([f"{HOURS[n]:%d/%m/%Y %H:%M}", *(v if isinstance(v, str) else round(float(v), 2) for v in values)])
    sheet.append([])
    sheet.append(["manut. = under repair"])
    for cells in ("A1:E1", "A4:A6", "B4:C4", "D4:E4"):
        sheet.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GROUPS = [
    Case("machines repeated above names and units", lines("Objekt;P1;P1;P2;P2\nZeitstempel;temp;flow;temp;flow\n;°C;m3/h;°C;m3/h", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M:%S,000};{pair(n)};{pair(n, 1)}"), **PUMPS),
    Case("machines in merged cells of a workbook", merged_groups(), 4 * ROWS - 4, ("P1", "P2"), refused={"not a number": 4}, file="export.xlsx"),
]  # fmt: skip


def series(host: str, metric: str, kind: str, values: list) -> dict[str, object]:
    """A series as monitoring services answer it: its labels, and points of which each says its value's type."""
    points = [{"at": f"{HOURS[n]:%Y-%m-%dT%H:%M:%SZ}", "value": {kind: value}} for n, value in enumerate(values)]
    return {"metric": {"type": metric}, "resource": {"labels": {"host": host}}, "points": points}


WHOLE = [str(round(100 * value)) for value in FLOW]
SERVICE = [
    series(host, *of)
    for host in ("P1", "P2")
    for of in (("temp", "doubleValue", TEMP.round(2).tolist()), ("flow", "int64Value", WHOLE))
]
TYPED = [
    Case("values in columns by their type", lines('"host","measure_name","time","measure_value::double","measure_value::bigint"', lambda n: f'"P{n // 2 % 2 + 1}","{("temp", "flow")[n % 2]}","{HOURS[n // 4]}.000000000",{(f"{TEMP[n]:.2f},-", f"-,{100 * FLOW[n]:.0f}")[n % 2]}'), ROWS, ("P1", "P2")),
    Case("values in columns by their type beside numbers of tags", lines("tagid,intvalue,floatvalue,t_stamp", lambda n: f"{12 + n % 2},{('', n)[n % 2]},{(f'{TEMP[n]:.2f}', '')[n % 2]},{HOURS[n // 2].timestamp():.0f}000"), ROWS, sensors=("12", "13")),
    Case("values by their type in JSON", json.dumps({"timeSeries": SERVICE}), 4 * ROWS, ("P1", "P2"), file="export.json"),
]  # fmt: skip

CASES = [*GROUPS, *TYPED]
REFUSED: list[tuple[str, str, str]] = []
