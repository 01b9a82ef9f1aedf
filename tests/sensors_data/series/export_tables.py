# ruff: noqa: E501 (a case a line reads like a table)
"""Exports whose tables are laid out in another way: groups of columns above names, values by their type, months a row."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
import openpyxl
import pandas as pd
from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines

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
        [None, *("temp", "flow") * 2],
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
    starts = HOURS if kind == "doubleValue" else HOURS - pd.Timedelta("1h")  # of a gauge and of a count
    spans = [
        {"startTime": f"{a:%Y-%m-%dT%H:%M:%SZ}", "endTime": f"{b:%Y-%m-%dT%H:%M:%SZ}"}
        for a, b in zip(starts, HOURS, strict=True)
    ]
    points = [{"interval": span, "value": {kind: value}} for span, value in zip(spans, values, strict=True)]
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

MONTHS = pd.date_range("2024-01-01", periods=12, freq="MS")
CLOCKS = [f"{half // 2:02d}:{half % 2 * 30:02d}" for half in range(48)]
DAYS31 = ",".join(f"DAY{day:02d}" for day in range(1, 32))


def month(first: pd.Timestamp, write: Callable[[int], str], blank: str = "", part: str = ",") -> str:
    """The cells of a month's 31 days; a blank one, or more of them, where the month has no such day."""
    return part.join(write(day) if day < first.days_in_month else blank for day in range(31))


def flow_of(first: pd.Timestamp) -> Callable[[int], str]:
    return lambda day: "-9999.00" if day == 4 else f"{40 + first.month + day % 7 * 1.5:.2f}"


YEAR = {"used": 366 - 12, "first": "2024-01-01 00:00:00", "step": "1D"}
SYMBOLS = "STATION_NUMBER,YEAR,MONTH,NO_DAYS,MONTHLY_MEAN," + ",".join(
    f"FLOW{day},FLOW_SYMBOL{day}" for day in range(1, 32)
)
LONG = [
    Case("months a row", lines(f"STATION,PARAM,YEAR,MONTH,{DAYS31}", lambda n: f"05BH004,{('FLOW', 'LEVEL')[n % 2]},{MONTHS[n // 2]:%Y},{MONTHS[n // 2].month},{month(MONTHS[n // 2], flow_of(MONTHS[n // 2]))}", 24),
         2 * YEAR["used"], ("05BH004",), ("FLOW", "LEVEL"), YEAR["first"], "1D", refused={"a code for no value": 24}, missing={"FLOW": (-9999.0,), "LEVEL": (-9999.0,)}),
    Case("months a row, in one column", lines("Monat;" + ";".join(map(str, range(1, 32))), lambda n: f"{MONTHS[n]:%Y-%m};{month(MONTHS[n], lambda day: f'{40 + n + day % 7},5', part=';')}", 12),
         366, sensors=("value",), first=YEAR["first"], step="1D"),
    Case("months a row, a symbol behind each day", lines(SYMBOLS, lambda n: f"05BH00{n // 12},{MONTHS[n % 12]:%Y,%m},{MONTHS[n % 12].days_in_month},{50 + n}.5,{month(MONTHS[n % 12], lambda day: f'{40 + n + day % 7}.5,' + ('B' if day == 9 else ''), ',')}", 24),
         2 * 366, ("05BH000", "05BH001"), ("FLOW",), YEAR["first"], "1D"),
    Case("31 sensors by the hour are no months", lines("Year,Month,Day,Hour," + ",".join(f"T{number}" for number in range(1, 32)), lambda n: f"{HOURS[n]:%Y,%m,%d,%H},{','.join(f'{TEMP[n] + number:.2f}' for number in range(31))}"),
         31 * ROWS, sensors=tuple(f"T{number}" for number in range(1, 32))),
    Case("half hours with a flag behind each", lines("MPAN,Site,Date,Units,Total," + ",".join(f"{clock},{clock} A/E" for clock in CLOCKS), lambda n: f"{(1012345678901, 1098765432109)[n % 2]},{('Bakery', 'Depot')[n % 2]},{DAYS[n // 2]:%d/%m/%Y},kWh,{600 + n}.5,{','.join(f'{10 + (n + k) % 9}.5,' + 'AE'[k == 9] for k in range(48))}", 40),
         40 * 47, ("Bakery", "Depot"), ("value",), "2025-01-01 00:00:00", "30min", refused={"its quality is not among the good ones": 40}),
    Case("hours with a flag behind each", lines("ESTACION;MAGNITUD;ANO;MES;DIA;" + ";".join(f"H{h:02d};V{h:02d}" for h in range(1, 25)), lambda n: f"4;{8 + n % 2};{DAYS[n // 2]:%Y;%m;%d};{';'.join(f'{10 + (n + k) % 9};' + 'VN'[k == 9] for k in range(24))}", 40),
         40 * 23, ("4",), ("8", "9"), "2025-01-01 01:00:00", "1h", refused={"its quality is not among the good ones": 40}),
]  # fmt: skip

SAID = "the years are those of the Buddhist calendar: "
ERAS = [
    Case("years of the Buddhist calendar", lines("วันเวลา,temp,flow", lambda n: f"{HOURS[n]:%d/%m}/{HOURS[n].year + 543} {HOURS[n]:%H:%M},{TEMP[n]:.2f},{FLOW[n]:.2f}"), odd=f"{SAID}'02/02/2569 00:00' is read as 2026-02-02"),
    Case("years of the Buddhist calendar beside a clock", lines("วันที่;เวลา;temp;flow", lambda n: f"{HOURS[n].year + 543}-{HOURS[n]:%m-%d;%H:%M};{pair(n)}"), odd=f"{SAID}'2569-02-02 00:00' is read as 2026-02-02"),
]  # fmt: skip


def gauge(station: str, parameter: str, unit: str, values: np.ndarray) -> str:
    """A series of a gauge in ZRXP, with a number for no value."""
    head = f"#SANR4711|*|SNAME{station}|*|CNAME{parameter}|*|CUNIT{unit}|*|\n#TZUTC+1|*|RINVAL-777|*|\n#LAYOUT(timestamp,value,status)|*|"
    return lines(head, lambda n: f"{HOURS[n]:%Y%m%d%H%M%S} {'-777 255' if n == 9 else f'{values[n]:.1f} 40'}")


GAUGES = [
    Case("gauges below one another in ZRXP", "".join(gauge(station, "W", "cm", TEMP) for station in ("P1", "P2")), 2 * ROWS - 2, ("P1", "P2"), ("W (cm)",), "2026-02-01 23:00:00"),
    Case("parameters below one another in ZRXP", "".join(gauge(station, *of) for station in ("P1", "P2") for of in (("Q", "m3/s", FLOW), ("LT", "°C", TEMP))), 4 * ROWS - 4, ("P1", "P2"), ("Q", "LT"), "2026-02-01 23:00:00"),
]  # fmt: skip

CASES = [*GROUPS, *TYPED, *LONG, *ERAS, *GAUGES]
REFUSED: list[tuple[str, str, str]] = []
