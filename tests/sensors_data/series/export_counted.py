# ruff: noqa: E501 (a case a line reads like a table)
"""Exports in which things are counted: hours of a day, cycles of a machine, snapshots of a host; and failures in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines

HOUR = [f"{h:02d}" for h in range(1, 25)]
FAILED = {"its quality is not among the good ones": 4}
UNEVEN = pd.Timestamp("2026-02-02 00:00:40") + pd.to_timedelta(
    np.cumsum(np.random.default_rng(3).integers(55, 70, ROWS)), unit="s"
)
"""Times of a machine's cycles, which last unequally long."""


def days_across(names: list[str], begin: str = "date") -> str:
    """A row a day, with a column of each name."""
    return lines(
        f"{begin};{';'.join(names)}",
        lambda n: f"{DAYS[n]:%d.%m.%Y};" + ";".join(comma(TEMP[h] + n % 5) for h in range(len(names))),
        30,
    )


def hour_of(front: str) -> str:
    """Hours from 1 to 24 with a word before each."""
    return lines(
        "day,hour,temp,flow", lambda n: f"{HOURS[n]:%Y-%m-%d},{front}{n % 24 + 1:02d},{TEMP[n]:.2f},{FLOW[n]:.2f}"
    )


def flagged_hours() -> str:
    """A row a day, with year, month and day apart, and behind each hour its flag."""
    head = ",".join(f"H{h},V{h}" for h in HOUR)
    return lines(
        f"ESTACION,ANO,MES,DIA,{head}",
        lambda n: f"E4,{DAYS[n]:%Y,%-m,%-d}," + ",".join(f"{TEMP[h] + n % 5:.1f},V" for h in range(24)),
        30,
    )


ENDS = "1 is read as 01:00, the end of the first hour"
DAY = {"used": 720, "sensors": ("value",), "first": "2025-01-01 01:00:00"}
HOURS_COUNTED = [
    Case("columns of hours to 24 stand at their ends", days_across([f"H{h}" for h in HOUR]), **DAY, odd="the columns 'H01' to 'H24' are numbered: 'H01' is read as 01:00, the end of the first hour"),
    Case("columns of hours that are named by their beginnings", days_across([f"Hour {h} beginning" for h in range(1, 25)]), **{**DAY, "first": "2025-01-01 00:00:00"}, odd="is read as 00:00, the beginning of the first of 24 parts"),
    Case("columns of hours from 0", days_across([f"h{h}" for h in range(24)]), **{**DAY, "first": "2025-01-01 00:00:00"}),
    Case("columns of numbered half hours", days_across([f"P{h}" for h in range(1, 49)]), **{**DAY, "used": 1440, "first": "2025-01-01 00:00:00"}, step="30min", odd="'P1' is read as 00:00, the beginning of the first of 48 parts of the day"),
    Case("columns of hours with flags", flagged_hours(), 720, ("E4",), ("value",), "2025-01-01 01:00:00", odd=ENDS),
    Case("hours in words", hour_of("H"), first="2026-02-02 01:00:00", odd=f"'hour' counts the hours from 1 to 24: {ENDS}"),
    Case("hours in words that end", hour_of("HE "), first="2026-02-02 01:00:00", odd=ENDS),
    Case("days of the year below a preamble", "Latitude: 47.1\nElevation: 402 meters\n\n" + lines("year,yday,prcp (mm/day),flow", lambda n: f"2025,{n + 1},{TEMP[n]:.2f},{FLOW[n]:.2f}"), first="2025-01-01 00:00:00", step="1D", sensors=("prcp (mm/day)", "flow")),
    Case("hour numbers of two zones", "Area,Date,Hour Number,Local Time at End of Hour,UTC Time at End of Hour,temp\n" + "".join(lines("", lambda n, area=area, behind=behind: f"{area},{HOURS[n] - pd.Timedelta(hours=behind):%m/%d/%Y},{(HOURS[n].hour - behind - 1) % 24 + 1},{HOURS[n] - pd.Timedelta(hours=behind):%m/%d/%Y %H:%M},{HOURS[n]:%m/%d/%Y %H:%M},{TEMP[n]:.2f}") for area, behind in (("CISO", 8), ("ERCO", 6))), assets=("CISO", "ERCO"), sensors=("temp",)),
    Case("a reading with zeros in front that rolls over", lines("Data/Hora;Leitura (m³);temp", lambda n: f"{HOURS[n]:%d/%m/%Y %H:%M};{(99_892.9 + 2.7 * n) % 100_000:07.1f};{TEMP[n]:.2f}".replace(".", ",")), sensors=("Leitura (m³)", "temp")),
    Case("whole numbers called after the kiln", lines("Time\tKiln\tflow", lambda n: f"{HOURS[n]:%Y/%-m/%-d %-H:%M}\t{1000 + round(TEMP[n])}\t{FLOW[n]:.2f}"), sensors=("Kiln", "flow")),
    Case("year, month, day and hours from 1", lines("year,month,day,hour,temp,flow", lambda n: f"{HOURS[n]:%Y,%m,%d},{n % 24 + 1},{TEMP[n]:.2f},{FLOW[n]:.2f}"), first="2026-02-02 01:00:00", odd=ENDS),
]  # fmt: skip

SAID = "the years are those of the Buddhist calendar: "
THAI = [
    Case("a Buddhist year in a column of its own", lines("ปี (พ.ศ.),เดือน,วันที่,ชั่วโมง,temp,flow", lambda n: f"{HOURS[n].year + 543},{HOURS[n]:%-m,%-d,%-H},{TEMP[n]:.2f},{FLOW[n]:.2f}"), odd=f"{SAID}'2569 2 2 0' is read as 2026-02-02"),
    Case("a Buddhist year and a clock in columns of their own", lines("ปี,เดือน,วัน,เวลา,temp,flow", lambda n: f"{HOURS[n].year + 543},{HOURS[n]:%m,%d,%H:%M},{TEMP[n]:.2f},{FLOW[n]:.2f}"), odd=SAID),
    Case("a Buddhist year in digits", lines("date,time,temp,flow", lambda n: f"{HOURS[n].year + 543}{HOURS[n]:%m%d,%H%M},{TEMP[n]:.2f},{FLOW[n]:.2f}"), odd=SAID),
    Case("Thai months", lines("date,temp,flow", lambda n: f"{HOURS[n].day} ก.พ. {HOURS[n].year + 543} {HOURS[n]:%H:%M} น.,{TEMP[n]:.2f},{FLOW[n]:.2f}"), odd=SAID),
]  # fmt: skip


def failing(name: str, good: str, bad: str) -> str:
    """A temperature beside words, of which one says of every 50th value that measuring failed."""
    return lines(
        f"time,temp,{name}", lambda n: f"{HOURS[n]},{0 if n % 50 == 7 else TEMP[n]:.2f},{bad if n % 50 == 7 else good}"
    )


ALONE = {"used": ROWS - 4, "sensors": ("temp",), "refused": FAILED}
FAILURES = [
    Case("a flow that fails in words", failing("Flow", "OK", "FLOW ERR"), **ALONE),
    Case("a probe that fails in words", failing("Zustand", "ok", "Fehler Sensor"), **ALONE),
    Case("values over the range of their probe", failing("msg", "Good", "Over range"), **ALONE),
    Case("a pump that fails is a state", lines("time,temp,pump", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{'FAULT' if n % 50 == 7 else 'OK'}"), sensors=("temp", "pump")),
]  # fmt: skip


def of_cloud(head: str, names: tuple[tuple[str, str], ...]) -> str:
    """Things by an id and a name, each of which sends a temperature and a humidity a quarter of a second apart."""

    def row(n: int) -> str:
        (key, name), late = names[n % 2], 250 * n
        front = f"{HOURS[n]:%Y-%m-%dT%H:%M}:00.{late % 1000:03d}Z,{key},{name}"
        return f"{front},temperature,{TEMP[n]:.2f}\n{front.replace(':00.', ':01.', 1)},humidity,{FLOW[n]:.2f}"

    return lines(head, row)


CLOUD = {"assets": ("Kitchen 1", "Office 2"), "sensors": ("temperature", "humidity")}
CLOUDS = [
    Case("sensors by id and name with what they measure", of_cloud("timestamp,sensor_id,sensor_name,event_type,value", (("c0ke5f", "Office 2"), ("c0ke6g", "Kitchen 1"))), **CLOUD, step="2h"),
    Case("devices by number and name with what they measure", of_cloud("timestamp,device_id,device_name,type,value", (("4711", "Office 2"), ("4712", "Kitchen 1"))), **CLOUD, step="2h"),
    Case("numbers of sensors beside places and quantities", lines("location_id,sensors_id,location,datetime,parameter,units,value", lambda n: "\n".join(
        f"{k},{39 + k}{q},Park-{k},{HOURS[n]},{name},µg/m³,{v + k:.2f}" for k in (1, 2) for q, (name, v) in enumerate((("pm25", TEMP[n]), ("no2", FLOW[n]))))), 4 * ROWS, ("Park-1", "Park-2"), ("pm25", "no2")),
]  # fmt: skip

CYCLES = [
    Case("a counter of cycles that last unequally long", lines("time,ActCntCyc,temp", lambda n: f"{UNEVEN[n]},{118205 + n},{TEMP[n]:.2f}"), sensors=("ActCntCyc", "temp"), first=str(UNEVEN[0]), step="64s", odd="sensor ActCntCyc goes up by 1 in every row"),
    Case("a number of rows at uneven times", lines("seq,time,temp", lambda n: f"{118205 + n},{UNEVEN[n]},{TEMP[n]:.2f}"), ROWS, sensors=("temp",), first=str(UNEVEN[0]), step="64s", odd="'seq' goes up by one in each row and is left out as its number"),
    Case("a model that is a number", lines("time,bus,model,temp", lambda n: "\n".join(f"{HOURS[n]},{bus},{7900},{TEMP[n]:.2f}" for bus in ("B1", "B2"))), assets=("B1", "B2"), sensors=("temp",)),
    Case("a model that begins with a number", lines("time,bus,model,temp", lambda n: "\n".join(f"{HOURS[n]},{bus},7900E-HVO,{TEMP[n]:.2f}" for bus in ("B1", "B2"))), assets=("B1", "B2"), sensors=("temp",)),
]  # fmt: skip


def snapshots() -> str:
    """What nmon writes of two sections."""
    head = "AAA,progname,nmon\nAAA,host,erp01\nAAA,interval,3600\nCPU_ALL,CPU Total erp01,User%,Sys%\nMEM,Memory MB erp01,memfree\n"
    return head + lines(
        "",
        lambda n: (
            f"ZZZZ,T{n + 1:04d},{HOURS[n]:%H:%M:%S,%d-%b-%Y}\nCPU_ALL,T{n + 1:04d},{TEMP[n]:.1f},{FLOW[n]:.1f}\nMEM,T{n + 1:04d},{4000 + n % 7}\nTOP,004711,T{n + 1:04d},3.0"
        ),
    )


def beside_remarks() -> str:
    """A weather service's tables above the rows, and remarks to the right of the first of these."""
    above = "Stationsnamn;Stationsnummer;Höjd\nGöteborg;71420;2.0\n\nFrån;Till;Höjd;Latitud;Longitud\n2006-09-01 00:00:00;2026-07-01 06:00:00;3.0;57.7;11.9\n\n"
    return above + lines(
        "Datum;Tid (UTC);temp;Kvalitet;;Tidsutsnitt:",
        lambda n: f"{HOURS[n]:%Y-%m-%d;%H:%M:%S};{TEMP[n]:.1f};G;{';Kontrollerade data' if n < 3 else ''}",
    )


SECTIONS = [
    Case("a shift by letters that are units as well", lines("time,machine,schicht,temp,flow", lambda n: "\n".join(f"{HOURS[n]},{m},{'FSN'[HOURS[n].hour // 8]},{TEMP[n]:.2f},{FLOW[n]:.2f}" for m in ("M1", "M2"))), 6 * ROWS, ("M1", "M2"), ("schicht", "temp", "flow"), states={"schicht": {"F": 0.0, "N": 1.0, "S": 2.0}}),
    Case("a year of months, newest last", lines("month;temp;flow", lambda n: f"{(pd.Timestamp('2015-01-01') + pd.DateOffset(months=n)):%Y-%m};{comma(TEMP[n])};{comma(FLOW[n])}", 100), 200, first="2015-01-01 00:00:00", step="1D"),
    Case("days of one month with the month in front", lines("date,temp,flow", lambda n: f"02/{n + 2:02d}/2026,{TEMP[n]:.2f},{FLOW[n]:.2f}", 10), 20, step="1D"),
    Case("a counter with a tenth behind the comma", lines("time;E-Total;temp", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(1000 + 1.5 * n, 1)};{comma(TEMP[n])}"), sensors=("E-Total", "temp")),
    Case("estimated in Dutch", lines("Datum;temp;Validatiestatus", lambda n: f"{HOURS[n]:%d-%m-%Y %H:%M};{comma(TEMP[n])};{'Geschat' if n % 50 == 7 else 'Gevalideerd'}"), ROWS - 4, sensors=("temp",), refused=FAILED),
    Case("a letter for estimated values beside one that is not known", lines("Datum;temp;Status", lambda n: f"{HOURS[n]:%d-%m-%Y %H:%M};{comma(TEMP[n])};{'E' if n % 50 == 7 else 'W'}"), ROWS - 4, sensors=("temp",), refused=FAILED),
    Case("flags of a letter right behind each value", lines("date;no2;f1;o3;f2", lambda n: f"{HOURS[n]:%Y-%m-%d %H:%M};{TEMP[n]:.2f};{'I' if n % 50 == 7 else 'V'};{FLOW[n]:.2f};V"), 2 * ROWS - 4, sensors=("no2", "o3"), refused=FAILED),
    Case("dates of six digits beside a clock of four", lines("date,hhmm,temp,flow", lambda n: f"{HOURS[n]:%y%m%d,%H%M},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("hours with a half of the day", lines("Date,Hour,temp,flow", lambda n: f"{HOURS[n]:%m/%d/%Y,%I %p},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("bits of two sizes", lines("time,net", lambda n: f"{HOURS[n]},{f'{TEMP[n]:.2f} kbit/s' if n % 5 else f'{TEMP[n] / 1000:.5f} Mbit/s'}"), ROWS, sensors=("net",)),
    Case("sites by letters that are units as well", lines("site;device;tag;ts;val", lambda n: "\n".join(f"{s};{d};{g};{HOURS[n]};{v + k:.2f}" for k, (s, d) in enumerate((("N", "d1"), ("N", "d2"), ("S", "d1"))) for g, v in (("temp", TEMP[n]), ("flow", FLOW[n])))), 6 * ROWS, ("N d1", "N d2", "S d1")),
    Case("sections of nmon", snapshots(), 3 * ROWS, ("erp01",), ("CPU_ALL User%", "CPU_ALL Sys%", "MEM memfree"), file="erp01.nmon"),
    Case("remarks to the right of the rows", beside_remarks(), ROWS, sensors=("temp",)),
]  # fmt: skip

CASES = [*HOURS_COUNTED, *THAI, *FAILURES, *CLOUDS, *CYCLES, *SECTIONS]
REFUSED: list[tuple[str, str, str]] = []
