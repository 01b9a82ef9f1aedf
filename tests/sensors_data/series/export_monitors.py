# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of monitors, meters and heat pumps: divisors, telegrams, data frames, machines side by side."""

from __future__ import annotations

import json

import numpy as np
from export_cases import FLOW, HOURS, ROWS, TEMP, Case, comma, lines

MS = [int(time.timestamp() * 1000) for time in HOURS]
CET = "2026-02-01 23:00:00"
PUMPS = {"used": 4 * ROWS, "assets": ("P1", "P2")}


def pair(n: int, more: float = 0.0) -> str:
    return f"{TEMP[n] + more:.2f},{FLOW[n] + more:.2f}"


def tens(n: int) -> str:
    return f"{HOURS[n]:%Y-%m-%d\t%H:%M:%S}\t8310\t{round(TEMP[n] * 10)}\t{round(FLOW[n] * 10)}"


DIVISORS = "Divisors\t\t1\t10\t10\nDate\tTime\tversion\ttemp\tflow"


SCALED = [
    Case("divisors above the names", lines(DIVISORS, tens), file="export.txt"),
    Case("a factor below the names", lines("Zeit;temp;flow\nFaktor;0,1;0,01", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{round(TEMP[n] * 10)};{round(FLOW[n] * 100)}")),
]  # fmt: skip


def telegram(n: int) -> str:
    time = HOURS[n]
    gas = f"0-1:24.2.1({time:%y%m%d%H}0000W)({500 + 0.01 * (n + n % 3):09.3f}*m3)"
    return f"/ISK5\\2M550T-1012\n\n1-3:0.2.8(50)\n0-0:1.0.0({time:%y%m%d%H%M%S}W)\n1-0:1.7.0({FLOW[n] / 10:06.3f}*kW)\n1-0:32.7.0({TEMP[n]:.1f}*V)\n{gas}\n!A1B2"


METERS = [
    Case("telegrams of a meter", lines("", telegram), 3 * ROWS, sensors=("1.7.0 (kW)", "32.7.0 (V)", "1:24.2.1 (m3)"), first=CET, file="export.txt"),
    Case("times of a meter in winter", lines("timestamp,temp,flow", lambda n: f"{HOURS[n]:%y%m%d%H%M%S}W,{pair(n)}"), first=CET),
]  # fmt: skip


def frame(name: str, values: np.ndarray, host: str) -> dict[str, object]:
    """A frame of one series as Grafana's API answers it."""
    fields = [
        {"name": "Time", "type": "time"},
        {"name": "Value", "type": "number", "labels": {"__name__": name, "host": host}},
    ]
    return {"schema": {"refId": "A", "fields": fields}, "data": {"values": [MS, [round(float(v), 2) for v in values]]}}


FRAMES = [frame(name, values, host) for name, values in (("temp", TEMP), ("flow", FLOW)) for host in ("P1", "P2")]
SAR = "Linux 5.15.0-91-generic (web-1) \t02/14/2026 \t_x86_64_\t(4 CPU)\n\n12:00:01 AM     CPU     %user     %idle"


def of_sar(n: int) -> str:
    time = HOURS[0] + n * (HOURS[1] - HOURS[0]) / 12
    return f"{time:%I:%M}:01 {time:%p}     all     {TEMP[n]:.2f}     {FLOW[n]:.2f}"


def of_plugin(n: int) -> str:
    data = f"temp={TEMP[n]:.2f};80;90;0; flow={FLOW[n]:.2f};40;60;0;"
    return f"DATATYPE::SERVICEPERFDATA\tTIMET::{MS[n] // 1000}\tHOSTNAME::web-1\tSERVICEDESC::Load\tSERVICEPERFDATA::{data}\tSERVICESTATE::0"


MONITORS = [
    Case("data frames of an API", json.dumps({"results": {"A": {"status": 200, "frames": FRAMES}}}), file="export.json", **PUMPS),
    Case("what sar prints", lines(SAR, of_sar), assets=("web-1",), sensors=("%user", "%idle"), first="2026-02-14 00:00:01", step="5min", file="export.txt"),
    Case("data of plugins", lines("", of_plugin), assets=("web-1",), file="export.txt"),
    Case("data of plugins in a table", lines("time,host,perfdata", lambda n: f"{HOURS[n]},P{n % 2 + 1},'temp'={TEMP[n]:.2f};80;90;0; flow={FLOW[n]:.2f};4;6;0;"), assets=("P1", "P2"), step="2h"),
]  # fmt: skip


def two(n: int) -> str:
    return f"{HOURS[n]},{pair(n)},{pair(n, 1)}"


SIDE_BY_SIDE = [
    Case("two lines of names", lines(",P1,,P2,\nTime,temp,flow,temp,flow\n,°C,m3/h,°C,m3/h", two), **PUMPS),
    Case("machines below quantities", lines("Zeit;Temperatur;;Leistung;\n;P1;P2;P1;P2", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{comma(TEMP[n] + 1)};{comma(FLOW[n])};{comma(FLOW[n] + 1)}"), sensors=("Temperatur", "Leistung"), **PUMPS),
    Case("labels in the names", lines("timestamp,avg:temp{host:P1},avg:flow{host:P1},avg:temp{host:P2},avg:flow{host:P2}", lambda n: f"{MS[n]},{pair(n)},{pair(n, 1)}"), **PUMPS),
    Case("machines that come in turn beside names of sensors", lines("time,host,sensor,value", lambda n: f"{HOURS[n // 2]},{('P1', 'P2')[n // 2 % 2]},{('temp', 'flow')[n % 2]},{(TEMP, FLOW)[n % 2][n // 2]:.2f}"), ROWS, ("P1", "P2"), step="2h"),
    Case("a place that goes on evenly", lines("time,lon,temp", lambda n: f"{HOURS[n]},{11 + n / 1000:.3f},{TEMP[n]:.2f}"), sensors=("lon", "temp"), odd="sensor lon goes up by 0.001 in every row"),
]  # fmt: skip

CASES = [*SCALED, *METERS, *MONITORS, *SIDE_BY_SIDE]
REFUSED: list[tuple[str, str, str]] = []
