# ruff: noqa: E501 (a case a line reads like a table)
"""Exports whose date, zone, machines or letters are said elsewhere: above the rows, in the file's name, in the header."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from export_cases import FLOW, HOURS, ROWS, TEMP, Case, comma, lines

MINUTES = pd.date_range("2026-02-02 09:00", periods=ROWS, freq="5min")
QUANTITIES = ("PM2.5", "temperature")


def clocked(head: str, part: str = ",") -> str:
    """Rows with a time of day and no date, over midnight."""
    return lines(head, lambda n: f"{MINUTES[n]:%H:%M:%S}{part}{TEMP[n]:.2f}{part}{FLOW[n]:.2f}")


def of_places(head: str, time: str, mark: str) -> str:
    """A row a quantity, a column a place."""
    return lines(
        head.replace(",", mark),
        lambda n: mark.join(
            [
                format(HOURS[n // 2], time),
                QUANTITIES[n % 2],
                *(f"{(TEMP, FLOW)[n % 2][n // 2] + place:.2f}" for place in (0, 1, 2)),
            ]
        ),
        2 * ROWS,
    )


OF_DAY: dict[str, object] = {"first": "2026-02-02 09:00:00", "step": "5min"}
DATES = [
    Case("a date in the file's name", clocked("Time,temp,flow"), file="log_20260202.csv", **OF_DAY),
    Case("a date in the file's name with the day in front", clocked("Ora;temp;flow", ";"), file="K1-02.02.2026.csv", **OF_DAY),
    Case("a date above the rows", clocked("Date,2026-02-02\nPlant,Pump 7\nTime,temp,flow"), **OF_DAY),
    Case("a date above the rows with other letters", clocked("Datum: 02.02.2026\n\nUhrzeit;temp;flow", ";"), **OF_DAY),
    Case("a date in the file's name beside those of the rows", lines("Year,Month,Day,Time,temp,flow", lambda n: f"{MINUTES[n]:%Y,%m,%d,%H:%M},{TEMP[n]:.2f},{FLOW[n]:.2f}"), file="of-2025-01-01.csv", **OF_DAY),
]  # fmt: skip

PLACES: dict[str, object] = {"used": 6 * ROWS, "sensors": QUANTITIES}
ACROSS = [
    Case("a row a quantity and a column a station", of_places("date,hour,type,1001A,1003A,1007A", "%Y%m%d,%H", ","), assets=("1001A", "1003A", "1007A"), **PLACES),
    Case("a row a quantity and a column a place", of_places("time,parameter,North yard,Canteen,Roof", "%d.%m.%Y %H:%M", ";"), assets=("Canteen", "North yard", "Roof"), **PLACES),
]  # fmt: skip


def lettered(head: str, encoding: str) -> bytes:
    return lines(head, lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(TEMP[n])};{comma(FLOW[n])}").encode(encoding)


LETTERS = [
    Case(f"names in {encoding}", lettered(head, encoding), sensors=tuple(head.split(";")[1:]))
    for encoding, head in (
        ("cp1250", "Datum;Čučerje;Žrnovnica"),
        ("cp1257", "Laikas;Slėgis;Įtampa"),
        ("iso8859-2", "Czas;Ciśnienie;Źródło"),
        ("koi8-r", "Дата;Температура;Давление"),
        ("cp850", "Zeit;Füllstand;Außenluft"),
        ("cp852", "Datum;Přívod;Průtok"),
        ("mac-roman", "Zeit;Füllstand;Außenluft"),
        ("cp1252", "Tijd;Größe;Señal"),
    )
]

ZONES = [
    Case(f"an offset above the rows: {line}", lines(f"Station;12.209\n{line}\n\ntime;temp;flow", lambda n: f"{HOURS[n]:%Y-%m-%d %H:%M};{TEMP[n]:.2f};{FLOW[n]:.2f}"), first=f"2026-02-0{first}:00:00")
    for line, first in (("Tidssone: UTC+1", "1 23"), ("All times are UTC-05:00", "2 05"), ("Часовой пояс;UTC+3", "1 21"))
]  # fmt: skip


def hourly(head: str, time: Callable[[pd.Timestamp, int], str], part: str = ";") -> str:
    """Two sensors by the hour, the time of the hour and its number in the day written one's own way."""
    return lines(head, lambda n: f"{time(HOURS[n], n % 24)}{part}{TEMP[n]:.2f}{part}{FLOW[n]:.2f}")


REPORTS = "Report of 2026-02-02\nHeure;temp;flow\n" + "".join(
    ("" if n % 24 else f"Report of {HOURS[n]:%Y-%m-%d}\n" if n else "")
    + f"{n % 24:02d}h00;{TEMP[n]:.2f};{FLOW[n]:.2f}\n"
    for n in range(ROWS)
)
CLOCKS = [
    Case("an hour without minutes", hourly("time;temp;flow", lambda t, hour: f"{t:%Y-%m-%d %H}")),
    Case("an hour without minutes in Korea", hourly("일시;temp;flow", lambda t, hour: f"{t:%Y-%m-%d %H}시")),
    Case("hours with letters from one to the next", hourly("Fecha;Periodo;temp;flow", lambda t, hour: f"{t:%d-%m-%Y};{hour:02d}h-{hour + 1:02d}h")),
    Case("hours behind a letter", hourly("Fecha;Hora;temp;flow", lambda t, hour: f"{t:%d/%m/%Y};H{hour + 1:02d}"), first="2026-02-02 01:00:00", odd="counts the hours from 1 to 24"),
    Case("a date and a clock in digits", hourly("DATUM|ZEIT|temp|flow", lambda t, hour: f"{t:%Y%m%d|%H%M%S}", "|")),
]  # fmt: skip

GRADES = [
    Case("letters that their column's name explains", lines("time;temp;flow;REAL/ESTIMADO", lambda n: f"{HOURS[n]};{TEMP[n]:.2f};{FLOW[n]:.2f};{'E' if n % 32 == 5 else 'R'}"), 2 * ROWS - 12, refused={"its quality is not among the good ones": 12}),
    Case("estimated beside others", lines("time;temp;flow;Read Type", lambda n: f"{HOURS[n]};{TEMP[n]:.2f};{FLOW[n]:.2f};{'Estimated' if n % 32 == 5 else ('Actual', 'Customer')[n % 7 == 3]}"), 2 * ROWS - 12, refused={"its quality is not among the good ones": 12}),
    Case("less than nothing", lines("time,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{-1 if n % 32 == 5 else round(FLOW[n], 2)}"), 2 * ROWS - 6, refused={"a code for no value": 6}, missing={"flow": (-1.0,)}),
    Case("units as columns of one word", lines("date,temp_Value,temp_Unit,flow_Value,flow_Unit", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},TEMP Degree C,{FLOW[n]:.2f},rate", ROWS), sensors=("temp_Value", "flow_Value")),
    Case("a unit in the cells of one sensor of two", lines("time,point,value", lambda n: f"{HOURS[n // 2]},{('temp', 'flow')[n % 2]},{f'{FLOW[n // 2]:.1f} %' if n % 2 else f'{TEMP[n // 2]:.2f}'}", 2 * ROWS)),
    Case("decimal commas in columns of one width", lines("Datum       Zeit      temp     flow", lambda n: f"{HOURS[n]:%d.%m.%Y  %H:%M:%S}  {comma(TEMP[n]):>7}  {comma(FLOW[n]):>7}")),
    Case("Graphite's raw answer", "".join(f"{name},{HOURS[0].timestamp():.0f},{HOURS[-1].timestamp():.0f},3600|{','.join('None' if n % 48 == 7 else f'{v:.2f}' for n, v in enumerate(values))}\n" for name, values in (("temp", TEMP), ("flow", FLOW))), 2 * ROWS - 8, refused={"no value": 8}),
    Case("names as formulas", lines("time;meter;temp;flow", lambda n: f'{HOURS[n // 2]};="54144886000123456{n % 2}";{TEMP[n // 2]:.2f};{FLOW[n // 2]:.2f}', 2 * ROWS), 4 * ROWS, ("541448860001234560", "541448860001234561")),
]  # fmt: skip

CASES = [*DATES, *ACROSS, *LETTERS, *ZONES, *CLOCKS, *GRADES]
REFUSED = [
    ("a time since a start beside a day", clocked("Elapsed,temp,flow"), "no other column holds the date"),
]
