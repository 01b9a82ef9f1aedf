# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of many lands and services: dates in their words, counts of the day, times across, feeds of the web."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, YEAR, Case, comma, lines, two

EPOCHS = [int(time.timestamp()) for time in HOURS]
GRADES = {"its quality is not among the good ones": 4}
HALVES = pd.date_range("2026-02-02", periods=ROWS, freq="30min")


def uplinks() -> str:
    """What a network of radio sensors hands on, a message a line."""
    return "".join(
        json.dumps(
            {
                "end_device_ids": {"device_id": "temp" if n % 2 else "flow"},
                "received_at": f"{HOURS[n // 2]:%Y-%m-%dT%H:%M:%S}.000000123Z",
                "uplink_message": {
                    "decoded_payload": {"v": float((FLOW, TEMP)[n % 2][n // 2])},
                    "rx_metadata": [{"rssi": -90 - n % 7}],
                },
            }
        )
        + "\n"
        for n in range(2 * ROWS)
    )


def by_times() -> str:
    """Values by their epochs, an object a series."""
    series = (("temp", TEMP), ("flow", FLOW))
    return json.dumps(
        [
            {"metric": name, "dps": dict(zip(map(str, EPOCHS), map(float, values), strict=True))}
            for name, values in series
        ]
    )


def station() -> str:
    """Two lines a minute below the records of a radiation station; the first minutes have no value."""

    def minute(n: int) -> str:
        known = n >= 4
        four = f"{400 + n if known else -999} {n % 9 + 0.1 if known else -99.9} {390 + n if known else -999} {410 + n if known else -999}"
        return f" {2 + n // 96:2d} {n % 96:4d}   {four}   {four}\n          {four}   {four}    {TEMP[n]:5.1f}  50.0  {950 + n % 5}\n"

    return (
        "*U0001\n 21  2 2026  1\n 2 3 4\n*C0003\nXXX\n*U0100\n" + "".join(map(minute, range(ROWS))) + "*U0300\n 1 2 3\n"
    )


def across(part: str, *keys: str) -> str:
    """The hours across, a row a sensor."""
    times = part.join(f"{time:%d.%m.%Y %H:%M}" for time in HOURS)
    rows = ((("temp", "degC")[: len(keys)], TEMP), (("flow", "m3/h")[: len(keys)], FLOW))
    return f"{part.join(keys)}{part}{times}\n" + "".join(
        f"{part.join(names)}{part}{part.join(map(comma, values))}\n" for names, values in rows
    )


def days_across() -> str:
    """The hours down, the days across."""
    rows = (f"{hour}:00;{';'.join(comma(v) for v in TEMP[hour::24])}\n" for hour in range(24))
    return "Hour;" + ";".join(f"{day:%d.%m.%Y}" for day in HOURS[::24]) + "\n" + "".join(rows)


DATES = [
    Case("Czech", two(lambda t: f"{t.day}. {t.month}.\xa0{t.year} {t.hour}:{t:%M}", mark=",", part=";")),
    Case("Greek halves of the day", two(lambda t: f"{t.day} Φεβ {t.year} {t.hour % 12 or 12}:{t:%M} {'πμ' if t.hour < 12 else 'μμ'}", mark=",", part=";")),
    Case("Bulgarian", two(lambda t: f"{t.day}.2.{t.year} г. {t.hour}:{t:%M:%S} ч.", mark=",", part=";")),
    Case("Finnish", two(lambda t: f"{t.day}.2.{t.year} klo {t.hour}.{t:%M}", mark=",", part=";")),
    Case("a weekday behind the date", two(lambda t: f"{t:%Y-%m-%d} 星期{'一二三四五六日'[t.weekday()]} {t:%H:%M:%S}")),
    Case("a log viewer's", two(lambda t: f'"Feb {t.day}, {t.year} @ {t:%H:%M:%S}.000"')),
    Case("month in front, no quotes", two(lambda t: f"February {t:%d, %Y %H:%M}")),
    Case("month in front, no quotes, a comma before the clock", two(lambda t: f"Feb {t.day}, {t.year}, {t.hour % 12 or 12}:{t:%M:%S %p}")),
    Case("half hours of the day, counted", lines("SETTLEMENT_DATE,SETTLEMENT_PERIOD,temp,flow", lambda n: f"{HALVES[n]:%d-%b-%Y},{n % 48 + 1},{TEMP[n]:.2f},{FLOW[n]:.2f}"), step="30min"),
    Case("seconds of the day", two(lambda t: f"{t:%Y-%m-%d},{t.hour * 3600}", "Date,Seconds,temp,flow")),
    Case("a day of the year with its fraction", two(lambda t: f"{t.year},{t.day_of_year + t.hour / 24:.6f}", "Year,DOY,temp,flow")),
    Case("a count since the moment in its name", two(lambda t: str((t - pd.Timestamp("1900-01-01")) // pd.Timedelta("1h")), "hours since 1900-01-01 00:00:0.0,temp,flow")),
    Case("an epoch beside a local clock", two(lambda t: f"{t.timestamp():.3f}, {t + pd.Timedelta('1h'):%Y-%m-%dT%H:%M:%S}.000", "Epoch_UTC, Local_Date_Time,temp,flow")),
    Case("a begin, an end, a date and an hour", two(lambda t: f"{t:%Y-%m-%dT%H:%M}-00:00,{t + pd.Timedelta('1h'):%Y-%m-%dT%H:%M}-00:00,{t:%Y-%m-%d},{t.hour + 1}", "INTERVALSTART_GMT,INTERVALEND_GMT,OPR_DT,OPR_HR,temp,flow")),
    Case("an end in digits", two(lambda t: f"{t:%Y%m%d%H%M},{t + pd.Timedelta('1h'):%Y%m%d%H%M}", "TIMESTAMP_START,TIMESTAMP_END,temp,flow")),
    Case("a time once whole and once in parts", two(lambda t: f'"{t:%Y-%m-%d %H:%M}","{t.year}","{t.month:02d}","{t.day:02d}","{t:%H:%M}"', '"Date/Time (LST)","Year","Month","Day","Time (LST)",temp,flow')),
    Case("year, month, day without a header", lines("", lambda n: f'249,"BIELSKO","{DAYS[n].year}","{DAYS[n].month:02d}","{DAYS[n].day:02d}",{YEAR[n]:.1f},""', 80), 160,
         sensors=("column_1", "column_6"), first="2025-01-01 00:00:00", step="1D", odd="column_1 never moves"),
]  # fmt: skip

TABLES = [
    Case("times across", across(";", "Tag", "Unit")),
    Case("times across, tabs", across("\t", "Tag")),
    Case("days across", days_across(), ROWS, sensors=("value",)),
    Case("quotes apart from separators", lines('"time" , "temp" , "flow"', lambda n: f'"{HOURS[n]}" , "{TEMP[n]:.2f}" , "{FLOW[n]:.2f}"')),
    Case("Korean", lines("지점,지점명,일시,기온(°C)", lambda n: f"108,서울,{HOURS[n]},{TEMP[n]:.2f}").encode("cp949"), ROWS, ("108",), ("기온(°C)",)),
    Case("Japanese, grades beside values", lines("ダウンロードした時刻:2026/02/16\n\n年月日時,気温(℃),気温(℃),風速,風速\n,,品質情報,,品質情報", lambda n: f"{HOURS[n]:%Y/%m/%d %H:%M:%S},{TEMP[n]:.2f},{8 if n % 48 else 1},{FLOW[n]:.2f},8").encode("cp932"),
         2 * ROWS - 4, sensors=("気温(℃)", "風速"), refused=GRADES),
    Case("Indian groups of digits", lines("time,load", lambda n: f'{HOURS[n]},"{int(TEMP[n])},{int(FLOW[n]):02d},{n:03d}.5"'), ROWS, sensors=("load",)),
    Case("Arabic digits and marks", lines("time;temp", lambda n: f"{HOURS[n]};{comma(TEMP[n])}".translate({44: 0x66B} | {48 + d: 0x660 + d for d in range(10)})), ROWS, sensors=("temp",)),
    Case("units below the names", lines("time,temp,flow\nUTC,degree_C,m3 s-1", lambda n: f"{HOURS[n]:%Y-%m-%dT%H:%M:%SZ},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("grades in words of a control system", lines("Date/Time,T.CV,T.ST,F.CV,F.ST", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},GoodNonCascade NonSpecific,{FLOW[n] if n % 48 else 0:.2f},{'GoodNonCascade NonSpecific' if n % 48 else 'Bad NoCommNUV'}"),
         2 * ROWS - 4, sensors=("T.CV", "F.CV"), refused=GRADES),
    Case("a flag of the questionable", lines("Tag,Timestamp,Value,Questionable", lambda n: f"{('temp', 'flow')[n % 2]},{HOURS[n // 2]:%Y-%m-%dT%H:%M:%SZ},{(TEMP, FLOW)[n % 2][n // 2]:.2f},{n % 96 == 4}", 2 * ROWS), 2 * ROWS - 4, refused=GRADES),
    Case("a first row longer than the others", lines("Logger,Time,temp,flow,Serial Number", lambda n: f"{n + 1},{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}{',010012345' if n == 0 else ''}")),
    Case("mean, least and most of several series", lines("statistic_id,unit_of_measurement,start_ts,mean,min,max", lambda n: f"sensor.{'ab'[n % 2]},°C,{EPOCHS[n // 2]}.0,{TEMP[n // 2] + 9 * (n % 2):.2f},{TEMP[n // 2] - 1:.2f},{TEMP[n // 2] + 11:.2f}", 2 * ROWS), 6 * ROWS, ("sensor.a", "sensor.b"), ("mean", "min", "max")),
    Case("what rrdtool fetches", "                 temp        flow\n\n" + lines("", lambda n: f"{EPOCHS[n]}: {TEMP[n]:.10e} {f'{FLOW[n]:.10e}' if n % 48 else '-nan'}"), 2 * ROWS - 4, file="export.txt"),
]  # fmt: skip

RADIATION = tuple(f"{name}{of}" for name in ("GHI", "DNI", "DHI", "LWD") for of in ("", " sd", " min", " max"))

FEEDS = [
    Case("a radiation station", station(), 19 * ROWS - 64, sensors=(*RADIATION, "T", "RH", "p"), step="1min", refused={"a code for no value": 64}, missing={name: (-99.9 if "sd" in name else -999.0,) for name in RADIATION}),
    Case("base values and offsets", json.dumps([{"bn": "dev:", "bt": EPOCHS[0], "n": "temp", "u": "Cel", "v": TEMP[0]}, *({"n": "temp", "v": TEMP[n], "t": 3600 * n} for n in range(1, ROWS))]), ROWS, sensors=("dev:temp",), file="export.json"),
    Case("settings around the rows", json.dumps({"inputs": {"lat": 47.5, "peak": {"power": 10}}, "outputs": {"count": ROWS, "hourly": [{"time": f"{HOURS[n]:%Y%m%d:%H%M}", "temp": TEMP[n], "flow": FLOW[n]} for n in range(ROWS)]}}), file="export.json"),
    Case("uplinks of radio sensors", uplinks(), 4 * ROWS, ("flow", "temp"), ("decoded_payload.v", "rssi"), file="export.jsonl"),
    Case("values by their times", by_times(), file="export.json"),
    Case("names beside rows", json.dumps({"labels": ["time", "temp", "flow"], "data": [[EPOCHS[n], float(TEMP[n]), float(FLOW[n])] for n in range(ROWS)]}), file="export.json"),
    Case("names in one text", json.dumps({"data": {"type": "x", "data": {"header": "time,temp,flow", "values": [[str(HOURS[n]), float(TEMP[n]), float(FLOW[n])] for n in range(ROWS)]}}}), file="export.json"),
    Case("a start and a step", json.dumps({"start": "2026-02-02T00:00:00Z", "interval": "PT1H", "temp": list(map(float, TEMP)), "flow": [None if n == 9 else float(v) for n, v in enumerate(FLOW)]}), 2 * ROWS - 1, file="export.json"),
]  # fmt: skip

CASES = [*DATES, *TABLES, *FEEDS]

REFUSED = [
    ("value and code in one cell", lines("DATE,TMP", lambda n: f'{HOURS[n]:%Y-%m-%dT%H:%M:%S},"+{n % 300:04d},1"'), "a number and a code stand in one cell"),
    ("a database in a file", b"SQLite format 3\0" + bytes(np.zeros(900, dtype=np.uint8)), "is a SQLite database"),
    ("a year of another calendar", two(lambda t: f"1404/11/{t.day + 13:02d} {t:%H:%M}"), "are of another calendar"),
]  # fmt: skip
