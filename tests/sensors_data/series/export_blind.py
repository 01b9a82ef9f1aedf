# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of the kinds that files of other authors showed: names apart from the rows, parts of seconds, short years."""

from __future__ import annotations

import json

import numpy as np
from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines, two

LOGGER = "Data file for DataLogger.\n=====\n[Logger settings]\n  Location  =Well 12\n[Channel 1]\n  Identification =temp\n  Reference  =0.00 cmH2O\n[Channel 2]\n  Identification =flow\n  Reference  =-20.00 degC\n[Data]\n192"
SPREAD = ",Date/Time,Ch1,Ch2\nRecords,(UTC),temp,flow\nLogger 7,s/n 123456,,"
CHANNELS = (
    "Logger: K-4500\tSerial 845112\nStarted:\t02 Feb 2026 00:00\n\t\tTemperature\tHumidity\nRecord\tTime\ttemp\tflow"
)


def pair(n: int) -> str:
    return f"{TEMP[n]:.2f},{FLOW[n]:.2f}"


SECONDS = [
    Case("a second and its milliseconds", lines("sec,msec,temp,flow", lambda n: f"{HOURS[0].timestamp() + n // 10:.0f},{n % 10 * 100},{pair(n)}"), step="1s", odd="about 10 values fall into each step"),
    Case("a second and its microseconds", lines("tv_sec,tv_usec,temp,flow", lambda n: f"{HOURS[n].timestamp():.0f},{n % 10 * 50},{pair(n)}")),
    Case("a clock and its nanoseconds", lines("time,ns,temp,flow", lambda n: f"{HOURS[n]},{n % 10 * 5000},{pair(n)}")),
    Case("a year of two digits in front", two(lambda t: f"{t:%y/%m/%d %H:%M:%S}")),
    Case("a year of two digits in front of a few minutes", lines("time,temp,flow", lambda n: f"{HOURS[0] + n * (HOURS[1] - HOURS[0]) / 60:%y-%m-%d %H:%M},{pair(n)}"), step="1min", odd="may be %y-%m-%d %H:%M or %d-%m-%y"),
]  # fmt: skip

NAMES = [
    Case("kinds of sum below names that stand twice", lines(",temp,temp\n,mean,max\ntime,,", lambda n: f"{HOURS[n]},{pair(n)}"), sensors=("temp mean", "temp max")),
    Case("names in a line a channel", lines(LOGGER, lambda n: f"{HOURS[n]:%Y/%m/%d %H:%M:%S}.0   {TEMP[n]:9.2f}   {FLOW[n]:9.2f}")),
    Case("names in numbered lines", lines("# Column 1: time\n# Column 2: temp\n# Column 3: flow", lambda n: f"{HOURS[n]:%Y-%m-%dT%H:%M},{pair(n)}")),
    Case("names in the lines above the last", lines(SPREAD, lambda n: f"{n + 1},{HOURS[n]:%d/%m/%Y %H:%M:%S},{TEMP[n]:.2f} °C,{FLOW[n]:.2f} %RH")),
    Case("a time above the names", lines(CHANNELS, lambda n: f"{n + 1}\t{HOURS[n]:%d %b %Y %H:%M:%S}\t{TEMP[n]:.2f} °C\t{FLOW[n]:.2f} %RH")),
]  # fmt: skip


DUMP = "-- dump\nCREATE TABLE `readings` (\n `id` int NOT NULL,\n `at` datetime NOT NULL,\n `temp` decimal(6,2) DEFAULT NULL,\n `flow` decimal(6,2),\n PRIMARY KEY (`id`)\n);\nINSERT INTO `machines` VALUES (1,'P1');\nINSERT INTO `readings` VALUES "
COPIED = "-- PostgreSQL dump\nSET x = 1;\nCOPY public.readings (at, temp, flow) FROM stdin;\n"
FLUX = "#group,false,false,true,true,false,false,true,true\n#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string\n#default,mean,,,,,,,\n,result,table,_start,_stop,_time,_value,_field,host"


def flux(field: str, values: np.ndarray) -> str:
    """A table of an answer of InfluxDB, below the lines about it."""
    span = f"{HOURS[0]:%Y-%m-%dT%H:%M:%SZ},{HOURS[-1]:%Y-%m-%dT%H:%M:%SZ}"
    rows = (
        f",,0,{span},{t:%Y-%m-%dT%H:%M:%SZ},{v:.2f},{field},{p}\n"
        for t, v in zip(HOURS, values, strict=True)
        for p in ("p0", "p1")
    )
    return f"{FLUX}\n{''.join(rows)}\n"


DATABASES = [
    Case("a dump of a table", DUMP + ",".join(f"({n},'{HOURS[n]}',{TEMP[n]:.2f},{'NULL' if n % 48 == 7 else f'{FLOW[n]:.2f}'})" for n in range(ROWS)) + ";\n", 2 * ROWS - 4, file="export.sql"),
    Case("a dump with COPY", COPIED + lines("", lambda n: "\t".join((str(HOURS[n]), f"{TEMP[n]:.2f}", "\\N" if n % 48 == 7 else f"{FLOW[n]:.2f}"))) + "\\.\n", 2 * ROWS - 4, file="export.sql"),
    Case("two annotated tables", flux("temp", TEMP) + flux("flow", FLOW), 4 * ROWS, assets=("p0", "p1")),
]  # fmt: skip

WORDS = [
    Case("a state under the name of a machine", lines("Date,Time,temp,flow,DO2_Pump", lambda n: f"{HOURS[n]:%d/%m/%Y,%H:%M:%S},{pair(n)},{int(6 <= n % 24 < 20)}"), 3 * ROWS, sensors=("temp", "flow", "DO2_Pump")),
    Case("a command under the name of a point", lines('"<>Date","Time","Point_1","Point_2"', lambda n: f'"{HOURS[n].month}/{HOURS[n]:%d/%Y}","{HOURS[n]:%H:%M:%S}","{TEMP[n]:.2f}","{"No Data" if n % 48 == 3 else "ON" if n % 24 > 6 else "OFF"}"'), 2 * ROWS - 4, sensors=("Point_1", "Point_2"), refused={"not a number": 4}),
    Case("accents in on and off", lines("Date;temp;Brûleur", lambda n: f"{HOURS[n]:%d/%m/%Y %H:%M};{comma(TEMP[n])};{'Marche' if n % 24 > 6 else 'Arrêt'}"), sensors=("temp", "Brûleur")),
]  # fmt: skip

MERGED = [
    Case("hours from 1 to 24", lines("Fecha;Hora;temp;flow", lambda n: f"{HOURS[n]:%d/%m/%Y};{n % 24 + 1};{comma(TEMP[n])};{comma(FLOW[n])}"), first="2026-02-02 01:00:00", odd="'Hora' counts the hours from 1 to 24: 1 is read as 01:00, the end of the first hour"),
    Case("a date that stands once a day", lines("Date,Time,temp,flow", lambda n: f"{HOURS[n].date() if n % 24 == 0 else ''},{HOURS[n]:%H:%M:%S},{pair(n)}")),
    Case("a machine that stands once", lines("Pump,Date,temp,flow", lambda n: f"{('P1', 'P2')[n // 96] + ' north' if n % 96 == 0 else ''},{HOURS[n % 96]},{pair(n)}"), assets=("P1 north", "P2 north")),
    Case("hours of a run beside the clock", lines("time,temp,Run hours", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{20411.6 + 0.4 * n:.1f}"), sensors=("temp", "Run hours")),
    Case("a column of nothing but the code of another", lines("time,temp,flow,VIS", lambda n: f"{HOURS[n]},{TEMP[n] / 9:.2f},{99 if n % 48 == 7 else FLOW[n] / 9:.2f},99.0"), 2 * ROWS - 4, missing={"flow": (99.0,), "VIS": (99.0,)}, sensors=("temp", "flow", "VIS"), refused={"a code for no value": ROWS + 4}),
]  # fmt: skip

GRAPH = json.dumps(
    {
        "tables": [
            {
                "name": "PrimaryResult",
                "columns": [{"name": n, "type": "real"} for n in ("time", "temp", "flow")],
                "rows": [
                    [f"{t:%Y-%m-%dT%H:%M:%SZ}", float(a), float(b)] for t, a, b in zip(HOURS, TEMP, FLOW, strict=True)
                ],
            }
        ]
    }
)
MONGO = lines(
    "",
    lambda n: json.dumps(
        {
            "_id": {"$oid": f"{n:024x}"},
            "at": {"$date": f"{HOURS[n]:%Y-%m-%dT%H:%M:%SZ}"},
            "temp": float(TEMP[n]) if n % 2 else {"$numberDouble": f"{TEMP[n]}"},
            "flow": {"$numberDouble": f"{FLOW[n]}"},
        }
    ),
)
POINTS = "# INFLUXDB EXPORT\n# DDL\nCREATE DATABASE plant WITH NAME autogen\n# DML"
RULED = f"{'At':<23} {'Line':<10} {'temp':<8} {'flow':<8}\n{'-' * 23} {'-' * 10} {'-' * 8} {'-' * 8}"
RUN = "EC-Lab ASCII FILE\n\nRun on channel : 7\nAcquisition started on : 02/24/2026 16:20:00\n\ntime/s\ttemp\tflow"
PARTS = "Station,Date/Time (LST),Year,Month,Day,Time (LST),temp,Wind (km/h)"


def half_hours(n: int) -> str:
    """A day of a meter, called by the ends of its half hours."""
    return f"{(1012345678901, 1098765432109)[n // 40]},{DAYS[n % 40]:%d/%m/%Y},{','.join(f'{10 + (n + k) % 9}.5' for k in range(48))},999.0"


ANSWERS = [
    Case("names of columns as objects beside rows", GRAPH, file="export.json"),
    Case("values with their types", MONGO, file="export.json"),
    Case("what makes a database above its points", lines(POINTS, lambda n: f"m temp={TEMP[n]:.2f},flow={FLOW[n]:.2f} {int(HOURS[n].timestamp())}000000000"), file="export.lp"),
    Case("columns ruled by dashes, names with blanks", lines(RULED, lambda n: f"{str(HOURS[n // 2]) + '.000':<23} {('Coater A', 'Coater B')[n % 2]:<10} {TEMP[n]:<8.2f} {FLOW[n]:<8.3f}"), assets=("Coater A", "Coater B")),
]  # fmt: skip

KEYS = [
    Case("days of two meters by the ends of half hours", lines("MPAN,Date," + ",".join(f"{(k + 1) // 2 % 24:02d}:{(k + 1) % 2 * 30:02d}" for k in range(48)) + ",Total", half_hours, 80), 80 * 48, assets=("1012345678901", "1098765432109"), sensors=("value",), first="2025-01-01 00:30:00", step="30min"),
    Case("a kilometre an hour is no hour", lines(PARTS, lambda n: f"M,{HOURS[n]:%Y-%m-%d %H:%M,%Y,%m,%d,%H:%M},{TEMP[n]:.1f},{FLOW[n]:.0f}"), assets=("M",), sensors=("temp", "Wind (km/h)")),
    Case("all processors are -1", lines("# host;interval;timestamp;CPU;temp;flow", lambda n: f"h1;600;{HOURS[n // 3]} UTC;{n % 3 - 1};{TEMP[n]:.2f};{FLOW[n]:.2f}"), assets=("-1", "0", "1")),
    Case("pages are told apart, not the threads that ask for them", lines("timeStamp,elapsed,label,threadName,bytes", lambda n: f"{int(HOURS[n].timestamp())}{n * 137 % 1000:03d},{TEMP[n]:.0f},{('GET /login', 'GET /', 'POST /x')[n * 7 % 3]},Thread Group 1-{n * 5 % 2},{FLOW[n] * 99:.0f}"), 3 * ROWS, assets=("GET /", "GET /login", "POST /x"), first="2026-02-02 00:00:00", sensors=("elapsed", "threadName", "bytes"), step="3h"),
    Case("a mark beside bad values alone", lines("time,temp,Status", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{'E' if n % 48 == 5 else ''}"), ROWS - 4, sensors=("temp",), refused={"its quality is not among the good ones": 4}),
]  # fmt: skip

SAID = [
    Case("the zone in brackets behind an interval", lines("MTU,temp,flow", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M} - {HOURS[n] + (HOURS[1] - HOURS[0]):%d.%m.%Y %H:%M} (CET),{pair(n)}"), first="2026-02-01 23:00:00"),
    Case("a mark of summer behind the time", lines("time,temp,flow", lambda n: f"{HOURS[n]}{' DST' if n > 99 else ''},{pair(n)}")),
    Case("a run's start above the table", lines(RUN, lambda n: f"{60 * n},0\t{comma(TEMP[n])}\t{comma(FLOW[n])}"), first="2026-02-24 16:20:00", step="1min", odd="time/s is counted from 2026-02-24T16:20:00, as a line above the table says"),
    Case("states whose order is not known", lines("time,temp,mode", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{'grid' if n % 24 > 6 else 'standby: night'}"), sensors=("temp", "mode"), odd="'mode': grid is 0 and standby: night is 1, as grid comes more often"),
    Case("on and off in Spanish", lines("time;temp;Bomba", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{'Encendida' if n % 24 > 6 else 'Apagada'}"), sensors=("temp", "Bomba")),
    Case("Polish letters of eight bits", lines("data;Wartość;ciśnienie", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{comma(FLOW[n])}").encode("cp1250"), sensors=("Wartość", "ciśnienie")),
]  # fmt: skip

PORTALS = [
    Case("a clock with dots in a column of its own", lines("Data;Ora;temp;flow", lambda n: f"{HOURS[n]:%d/%m/%Y;%H.%M};{comma(TEMP[n])};{comma(FLOW[n])}"), odd=""),
    Case("Czech letters of eight bits, and capitals", lines("Čas;Průtok;Teplota přívod", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(FLOW[n])};{comma(TEMP[n])}").encode("cp1250"), sensors=("Průtok", "Teplota přívod")),
    Case("Turkish letters of eight bits", lines("Tarih;Basınç;Sıcaklık", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(FLOW[n])};{comma(TEMP[n])}").encode("cp1254"), sensors=("Basınç", "Sıcaklık")),
    Case("a zone as UTC+02:00 in a column of its own", lines("Time,Time Zone,temp,flow", lambda n: f"{HOURS[n]},UTC+02:00,{pair(n)}"), first="2026-02-01 22:00:00"),
    Case("a table as pandas splits it", json.dumps({"columns": ["temp", "flow"], "index": [int(at.timestamp() * 1000) for at in HOURS], "data": [[round(TEMP[n], 2), round(FLOW[n], 2)] for n in range(ROWS)]}), file="export.json"),
    Case("off and on in Swedish", lines("Tid;temp;Pump", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{'Till' if n % 24 > 6 else 'Från'}"), sensors=("temp", "Pump")),
]  # fmt: skip

CASES = [*PORTALS, *SECONDS, *NAMES, *DATABASES, *WORDS, *MERGED, *ANSWERS, *KEYS, *SAID]
REFUSED = [
    ("a list of registers", lines("Address,Name,Type,Min,Max", lambda n: f"{40001 + 2 * n},P_{n},{('INT16', 'FLOAT32')[n % 2]},0,{100 + n}"), "has no column of times"),
    ("a journal of alarms", lines("Time,State,Tag,Message", lambda n: f"{HOURS[n]},{('ACT', 'ACK', 'RTN')[n % 3]},T-{n % 4},T-{n % 4} {('high', 'low')[n // 3 % 2]} level"), "is a list of events: no column holds numbers"),
    ("a dump without rows", "-- dump\nCREATE TABLE readings (id int, at datetime);\n", "is a dump of a database without rows"),
]  # fmt: skip
