# ruff: noqa: E501 (a case a line reads like a table)
"""More exports, of the rarer kinds: zones beside the times, parts of a day by number, JSON of servers, logs of stations."""

from __future__ import annotations

import json

import pandas as pd
from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines, two

QUARTER = pd.Timedelta("15min")


def fixed(code: str) -> str:
    """A weather station's log in columns of fixed width, with a line of units."""
    head = "#YY  MM DD hh mm WDIR  ATMP\n#yr  mo dy hr mn degT  degC\n"
    return head + lines(
        "", lambda n: f"{HOURS[n]:%Y %m %d %H %M} {FLOW[n]:4.0f} {code if n % 24 == 5 else f'{TEMP[n]:.1f}':>5}"
    )


def prometheus() -> str:
    """The answer to a range query."""
    stamps = [int(t.timestamp()) for t in HOURS]
    result = [
        {
            "metric": {"__name__": "temp", "instance": host},
            "values": [[t, f"{v + k:.2f}"] for t, v in zip(stamps, TEMP, strict=True)],
        }
        for k, host in enumerate(("a:9100", "b:9100"))
    ]
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})


def forecast() -> str:
    """Columns beside one another, as weather services send them."""
    hourly = {"time": [f"{t:%Y-%m-%dT%H:%M}" for t in HOURS], "temp": list(TEMP.round(2)), "flow": list(FLOW.round(2))}
    return json.dumps({"latitude": 1.5, "hourly_units": {"temp": "°C"}, "hourly": hourly})


TIMES = [
    Case("month in Polish", two(lambda t: f"{t.day} lutego {t:%Y %H:%M}")),
    Case("month in Russian", two(lambda t: f"{t.day} февр. {t:%Y %H:%M}").encode("cp1251")),
    Case("Chinese dates", two(lambda t: f"{t.year}年{t.month:02d}月{t.day:02d}日 {t:%H}时{t:%M}分")),
    Case("Korean halves of the day", two(lambda t: f"{t:%Y-%m-%d} {'오전' if t.hour < 12 else '오후'} {(t.hour - 1) % 12 + 1}:{t:%M:%S}")),
    Case("a point behind the date", two(lambda t: f"{t:%d.%m.%Y. %H:%M}", part=";", mark=",")),
    Case("an interval in one cell", two(lambda t: f"{t:%d.%m.%Y %H:%M} - {t + QUARTER:%d.%m.%Y %H:%M}")),
    Case("a zone in brackets", two(lambda t: f"{t + pd.Timedelta('1h'):%Y-%m-%dT%H:%M}[Europe/Berlin]")),
    Case("a zone in the header", two(str, 'time (UTC+01:00),temp,flow'), first="2026-02-01 23:00:00"),
    Case("a zone in a column", lines("site_no\tdatetime\ttz_cd\tflow\tflow_cd\n5s\t20d\t6s\t14n\t10s", lambda n:
         f"0164\t{HOURS[n] - pd.Timedelta(f'{5 - n // 100}h'):%Y-%m-%d %H:%M}\t{('EST', 'EDT')[n // 100]}\t{FLOW[n]:.2f}\t{'PA'[n % 2]}"),
         ROWS, ("0164",), ("flow",)),
    Case("a date with midnight and a clock", two(lambda t: f"{t:%d.%m.%Y} 00:00:00;{t:%H:%M:%S}", "Date,Time,temp,flow", part=";", mark=",")),
    Case("the empty day of a database", two(lambda t: f"{t:%Y-%m-%d} 00:00:00,1899-12-30 {t:%H:%M:%S}", "Date,Time,temp,flow")),
    Case("julian days", two(lambda t: f"{t.timestamp() / 86_400 + 2_440_587.5:.6f}")),
    Case("year, month, day and hour without names", lines("", lambda n: f"{HOURS[n]:%Y %m %d %H} {TEMP[n]:6.1f} {FLOW[n]:6.1f}"),
         sensors=("column_5", "column_6")),
    Case("a time for each value", lines("Time1;temp;Time2;flow", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(TEMP[n])};"
         f"{HOURS[n] + QUARTER:%d.%m.%Y %H:%M};{comma(FLOW[n])}")),
    Case("numbered parts of a day", lines("Fecha;" + ";".join(f"H{h}" for h in range(1, 25)) + ";Total", lambda n: f"{DAYS[n]:%d/%m/%Y};"
         + ";".join(comma(TEMP[h] + n % 5) for h in range(24)) + ";9,9", 30), 720, sensors=("value",), first="2025-01-01 01:00:00"),
]  # fmt: skip

FORMS = [
    Case("a decimal mark of its own", lines("time;temp;flow", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{FLOW[n]:.2f}")),
    Case("three digits behind the other mark", lines("time;temp;flow", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{FLOW[n]:.3f}"),
         odd='write layout.decimals = { "flow" = "." }'),
    Case("numbers below zero as accounts have them", lines("time;temp;flow", lambda n: f"{HOURS[n]};{TEMP[n]:.2f};"
         f"{abs(FLOW[n] - 20):.2f}{'-' if FLOW[n] < 20 else ''}")),
    Case("units of two words", lines("time,tag,reading", lambda n: f"{HOURS[n]},SAT,{TEMP[n]:.2f} deg C\n{HOURS[n]},SAP,{FLOW[n]:.2f} Pa"),
         sensors=("SAT", "SAP")),
    Case("names over two lines", '"time","temp\n(°C)","flow\n(m3/h)"\n' + lines("", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}"),
         sensors=("temp (°C)", "flow (m3/h)")),
    Case("rows with a number that has no name", lines('"time" "temp" "flow"', lambda n: f'"{n + 1}" "{HOURS[n]}" {TEMP[n]:.2f} {FLOW[n]:.2f}')),
    Case("printed by a database", "        time         |  temp  | flow\n---------------------+--------+-------\n"
         + lines("", lambda n: f" {HOURS[n]} | {TEMP[n]:6.2f} | {FLOW[n]:.2f}")),
    Case("a station's log with a code", fixed("999.0"), 2 * ROWS - 8, sensors=("WDIR", "ATMP"), refused={"a code for no value": 8},
         missing={"ATMP": (999.0,)}),
    Case("a station's log with a word", fixed("MM"), 2 * ROWS - 8, sensors=("WDIR", "ATMP"), refused={"not a number": 8}),
    Case("a status in braces", lines("Timestamp,Status,temp", lambda n: f"{HOURS[n]},{{{'fault' if n % 50 == 0 else 'ok'}}},{TEMP[n]:.2f}"),
         ROWS - 4, sensors=("temp",), first="2026-02-02 01:00:00", refused={"its quality is not among the good ones": 4}),
    Case("an answer of Prometheus", prometheus(), 2 * ROWS, ("a:9100", "b:9100"), ("temp",), file="range.json"),
    Case("columns in JSON", forecast(), file="forecast.json"),
]  # fmt: skip

STATIONS = [
    Case("a year above a day of the year and a clock", lines("94255\t2026\t1000\t0\t7008\t0", lambda n:
         f"{HOURS[n].day_of_year}\t{HOURS[n]:%-H%M}\t{TEMP[n]:.1f}\t12\t{FLOW[n]:.1f}\t{99 if n == 7 else 12}"), 2 * ROWS - 1,
         sensors=("element 1000", "element 7008"), refused={"its quality is not among the good ones": 1}),
    Case("two pairs of dates and clocks in digits, no header", lines("", lambda n: f"53131 {HOURS[n]:%Y%m%d %H%M} "
         f"{HOURS[n] - pd.Timedelta('7h'):%Y%m%d %H%M} {TEMP[n]:7.1f} {FLOW[n]:7.1f} C"), 3 * ROWS, sensors=("column_1", "column_6", "column_7")),
]  # fmt: skip

CASES = [*TIMES, *FORMS, *STATIONS]

REFUSED = [
    ("dates of 1988", lines("Date,Time,temp", lambda n: f"{HOURS[n]:%m/%d}/1988,{HOURS[n]:%H:%M},{TEMP[n]:.2f}"), "are of no years 1990 to 2099"),
    ("dates without a year", lines("time,temp", lambda n: f"{HOURS[n]:%b %d %H:%M:%S},{TEMP[n]:.2f}"), "dates without a year, like 'Feb 02"),
    ("a comma within the times", lines("time,temp", lambda n: f"{HOURS[n]:%Y-%m-%dT%H:%M:%S},500Z,{TEMP[n]:.2f}"), "3 cells, its header 2"),
]  # fmt: skip
