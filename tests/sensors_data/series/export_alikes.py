# ruff: noqa: E501 (a case a line reads like a table)
"""Exports in which something looks like another thing: a measured number like a name, a page like a table, an hour like a sensor."""

from __future__ import annotations

import numpy as np
import pandas as pd
from export_cases import FLOW, HOURS, ROWS, TEMP, Case, lines

UNREAD = "time cannot be read, or does not exist just once in UTC"
STREAMS = [("M1", 40001, 300), ("M1", 40003, 900), ("M2", 40001, 1500), ("M2", 40003, 2100)]
"""Machines, registers and where the whole numbers of each begin: no two ranges overlap."""


def registers(head: str, machine: dict[str, str]) -> str:
    """Rows of two machines' registers, with the whole number that was sent beside the value that it stands for."""
    return lines(
        head,
        lambda n: "\n".join(
            f"{HOURS[n]},{machine[m]},{register},3,{low + round(4 * TEMP[n])},{(low + round(4 * TEMP[n])) / 10:.1f}"
            for m, register, low in STREAMS
        ),
    )


KEYS = [
    Case("registers with the number as sent beside the value", registers("timestamp,slave_id,register,function,raw,value", {"M1": "1", "M2": "2"}), 4 * ROWS, ("1", "2"), ("40001", "40003")),
    Case("machines and tags with counts of a converter", registers("time,machine,tag,gain,adc,value", {"M1": "M1", "M2": "M2"}), 4 * ROWS, ("M1", "M2"), ("40001", "40003")),
]  # fmt: skip

AUTUMN = pd.date_range("2025-10-24", "2025-10-29", freq="h", tz="Europe/Berlin")[:-1]
"""Hours of five days, of which the third has 25."""


def clock(n: int, third: str) -> str:
    """An hour's clock, the second and third run of the one that comes twice told by a letter."""
    hour = AUTUMN[n]
    twice = hour.day == 26 and hour.hour == 2
    return f"{hour:%H}{third[int(hour.utcoffset() < pd.Timedelta('2h'))] if twice else ''}:00"


def prices(names: list[str]) -> str:
    """A row a day of five, with a column an hour: the fourth is filled on the day of 25 hours alone."""
    days = [AUTUMN[AUTUMN.day == day] for day in range(24, 29)]
    rows = []
    for k, hours in enumerate(days):
        cells = [f"{TEMP[h] + 3 * k:.2f}" for h in range(len(hours))]
        rows.append([f"{hours[0]:%d/%m/%Y}", *(cells if len(cells) == 25 else [*cells[:3], "", *cells[3:]])])
    return "\n".join(";".join(row) for row in [["Delivery day", *names], *rows]) + "\n"


HOUR = {"zone": "Europe/Berlin", "first": "2025-10-23 22:00:00"}
NUMBERED = [f"Hour {h}" for h in (1, 2, "3A", "3B", *range(4, 25))]
DAYS_OF_25 = [
    Case("hours across with two runs of the third", prices(NUMBERED), 121, sensors=("value",), odd="'Hour 1' is read as 00:00, the beginning of the first of 24 parts of the day", **HOUR),
    Case("clocks across with two runs of one", prices([f"{h}:00" for h in ("00", "01", "02A", "02B", *(f"{h:02d}" for h in range(3, 24)))]), 121, sensors=("value",), **HOUR),
    Case("a clock beside the date with two runs of one", lines("Datum;Uhrzeit;temp;flow", lambda n: f"{AUTUMN[n]:%d.%m.%Y};{clock(n, 'AB')};{TEMP[n]:.2f};{FLOW[n]:.2f}", len(AUTUMN)), 2 * 121, odd="4 rows of the hour that comes twice", **HOUR),
    Case("a clock with one cell that cannot be read on few days", lines("Datum;Uhrzeit;temp;flow", lambda n: f"{HOURS[n]:%d.%m.%Y};{'noon' if n == 12 else 'none' if n == 36 else HOURS[n].strftime('%H:00')};{TEMP[n]:.2f};{FLOW[n]:.2f}"), 2 * ROWS - 4, refused={UNREAD: 4}),
]  # fmt: skip


def pages(title: str, last: str) -> str:
    """Pages of 20 hours, each below its number and a header, with the clock in a column of its own; sums at the end."""
    text = "".join(
        ("" if n % 20 else f"\n{title} {n // 20 + 1}\nDatum;Zeit;temp;flow\n")
        + f"{HOURS[n]:%d.%m.%Y};{HOURS[n]:%H:%M};{TEMP[n]:.2f};{FLOW[n]:.2f}\n"
        for n in range(ROWS)
    )
    return f"{text}{last}"


LATE = np.arange(9000)
MINUTES = pd.date_range("2026-02-02", periods=len(LATE), freq="min")
MARKS = [
    Case("thousands that are reached after thousands of rows", lines("time,power", lambda n: f'{MINUTES[n]},"{400 + n / 8 + n % 7 / 100:,.2f}"', len(LATE)), len(LATE), sensors=("power",), step="1min"),
    Case("kilo that is reached after thousands of rows", lines("time,power", lambda n: f"{MINUTES[n]},{n / 9 + n % 7 / 100 if n < 8500 else n / 9000:.4f} {'W' if n < 8500 else 'kW'}", len(LATE)), len(LATE), sensors=("power",), step="1min"),
]  # fmt: skip

PUMPS = [("a", TEMP), ("b", TEMP + 9)]


def wide_names(names: list[str]) -> str:
    """Two machines' temperature and flow side by side."""
    return lines(
        f"ts,{','.join(names)}", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f},{TEMP[n] + 9:.2f},{FLOW[n] + 9:.2f}"
    )


TOLD = "the sensors' names begin with a machine's each"
NAMES = [
    Case("topics below one plant", lines("", lambda n: "\n".join(f"{HOURS[n]:%Y-%m-%dT%H:%M:%S+0000} plant/pump-{pump}/{what} {value[n]:.2f}" for pump, temp in PUMPS for what, value in (("temp", temp), ("flow", FLOW)))), 4 * ROWS, ("pump-a", "pump-b"), odd=TOLD),
    Case("columns of a machine and a quantity", wide_names(["pump1.temp", "pump1.flow", "pump2.temp", "pump2.flow"]), 4 * ROWS, ("pump1", "pump2"), odd=TOLD),
    Case("columns of two machines that are not alike", wide_names(["boiler.temp", "boiler.flow", "chiller.temp", "chiller.flow"]), 4 * ROWS, sensors=("boiler.temp", "boiler.flow", "chiller.temp", "chiller.flow"), odd="write asset_from_sensor = '^(.+?)[.]' in the layout"),
    Case("columns of two machines with a blank in their names", wide_names(["Kessel 1 temp", "Kessel 1 flow", "Kessel 2 temp", "Kessel 2 flow"]), 4 * ROWS, sensors=("Kessel 1 temp", "Kessel 1 flow", "Kessel 2 temp", "Kessel 2 flow"), odd="repeat flow, temp for '1' and '2'"),
]  # fmt: skip

HEADS = [
    Case("two lines of a header of which a word stands in both", lines("\t\t Temp\t  Hi\t Out\n  Date\t  Time\t  Out\t Temp\t Hum", lambda n: f"{HOURS[n]:%Y-%m-%d}\t{HOURS[n]:%H:%M}\t{TEMP[n]:.1f}\t{TEMP[n] + 1:.1f}\t{FLOW[n]:.1f}"), 3 * ROWS, sensors=("Temp Out", "Hi Temp", "Out Hum")),
    Case("a line of places above names that tell columns apart alone", lines(",North,South\ntime,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
]  # fmt: skip

CASES = [*KEYS, *DAYS_OF_25, *MARKS, *NAMES, *HEADS]
REFUSED: list[tuple[str, str, str]] = []
