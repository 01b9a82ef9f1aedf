# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of portals, stations and services whose kinds a fourth author's files showed."""

from __future__ import annotations

import json

from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines

PUMPS = {"used": 4 * ROWS, "assets": ("P1", "P2")}
PORTAL = "sep=;\n\n;SN: P1;SN: P1;SN: P2;SN: P2\n;Typ A;Typ A;Typ B;Typ B\n;P1;P1;P2;P2\n;temp;flow;temp;flow\n;Counter;Analog;Counter;Analog\ndd.MM.yyyy HH:mm;kWh;kW;kWh;kW"
PATIENT = "Index,Timestamp (YYYY-MM-DDThh:mm:ss),Event,Info,temp,flow\n1,,First,Doe,,\n2,,Last,John,,\n3,,Device,,12.0,"


def pair(n: int, more: float = 0.0) -> str:
    return f"{TEMP[n] + more:.2f},{FLOW[n] + more:.2f}"


def both(n: int) -> str:
    return ";".join(comma(values[n] + more) for more in (0, 1) for values in (TEMP, FLOW))


def in_turn(n: int) -> str:
    """Rows of one machine and sensor below one another, at times of their own."""
    machine, sensor = divmod(n // 96, 2)
    row = n % 96
    return f"{HOURS[row]}.{machine}{sensor},{('P1', 'P2')[machine]},{('temp', 'flow')[sensor]}Id,{(TEMP, FLOW)[sensor][row]:.2f}"


HEADERS = [
    Case("names of machines some lines above those of sensors", lines(PORTAL, lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{both(n)}"), 4 * ROWS, ("SN: P1", "SN: P2")),
    Case("rows without a time below the names", lines(PATIENT, lambda n: f"{n + 4},{HOURS[n]:%Y-%m-%dT%H:%M:%S},EGV,,{pair(n)}")),
    Case("names in two lines, cell by cell", lines("\t\tTemp\tHi\tBar\nDate\tTime\tOut\tTemp\t", lambda n: f"{HOURS[n]:%m/%d/%y\t%H:%M}\t{TEMP[n]:.2f}\t{TEMP[n] + 1:.2f}\t{FLOW[n]:.2f}"), 3 * ROWS, sensors=("Temp Out", "Hi Temp", "Bar")),
]  # fmt: skip

STATIONS = [
    Case("a clock of four digits and its zone", lines("Data;Hora UTC;temp;flow;", lambda n: f"{HOURS[n]:%Y/%m/%d;%H%M} UTC;{comma(TEMP[n])};{comma(FLOW[n])};")),
    Case("a code of the others in a sensor of few values", lines("time,temp,flow,rain", lambda n: f"{HOURS[n]},{'-9999' if n % 48 == 7 else f'{TEMP[n]:.2f}'},{FLOW[n]:.2f},{n % 3 if n % 20 == 0 else -9999}"), 2 * ROWS - 4 + 10, sensors=("temp", "flow", "rain"), missing={"temp": (-9999.0,), "rain": (-9999.0,)}, refused={"a code for no value": 4 + ROWS - 10}, odd="-9999 taken for 'no value'"),
    Case("letters of Central Europe", lines("Datum;temp;Stav", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(TEMP[n])};{'chybí proud' if n % 19 > 14 else 'naměřená data'}").encode("cp1250"), 2 * ROWS, sensors=("temp", "Stav"), odd="'Stav': naměřená data is 0"),
    Case("estimated values", lines("Fecha;Consumo;Metodo", lambda n: f"{HOURS[n]};{comma(TEMP[n])};{'Estimada' if n % 48 == 7 else 'Real'}"), ROWS - 4, sensors=("Consumo",), refused={"its quality is not among the good ones": 4}),
]  # fmt: skip

METERS = [
    Case("numbers of meters with eighteen digits", lines("id,from,value", lambda n: f"57131310440123456{n % 2 + 6},{HOURS[n // 2]},{TEMP[n // 2] + n % 2:.2f}"), ROWS, ("571313104401234566", "571313104401234567"), ("value",)),
    Case("a number and a word for a machine", lines("采集时间,设备名称,temp,flow", lambda n: f"{HOURS[n // 2]},{n % 2 + 1}#逆变器,{pair(n // 2, n % 2)}"), assets=("1#逆变器", "2#逆变器")),
    Case("numbers of meters that are read at times of their own", lines("Meter number,Reading time,temp", lambda n: f"{6324117 + n % 4},{DAYS[n // 4 % 40] + (HOURS[n % 4] - HOURS[0]) / 60:%d-%m-%Y %H:%M},{TEMP[n]:.2f}", 160), 160, (*(f"632411{n}" for n in (7, 8, 9)), "6324120"), ("temp",), "2025-01-01 00:00:00", "1D"),
]  # fmt: skip

MATRIX = [
    {"metric": {"instance": f"10.0.4.{n}:9100", "mode": "busy"}, "values": [[int(t.timestamp()), f"{v + n:.2f}"] for t, v in zip(HOURS, TEMP, strict=True)]}
    for n in (1, 2)
]  # fmt: skip
LOOKUP = "CREATE TABLE `items` (\n `itemid` int,\n `hostid` int,\n `name` text,\n `units` text\n);\nINSERT INTO `items` VALUES (11,7,'temp','°C'),(12,7,'flow','m3/h'),(13,8,'level','m');\nCREATE TABLE `history` (\n `itemid` int,\n `clock` int,\n `value` double\n);\nINSERT INTO `history` VALUES "


def point(n: int) -> str:
    host, nano = ("P1", "P2")[n // 2 % 2], int(HOURS[n // 4].timestamp()) * 10**9
    if n % 2:
        return f'mqtt,host={host},topic=a/b flow={FLOW[n // 4]:.2f},state="IDLE, wait" {nano}'
    return f"cpu,host={host},sensor=Core\\ 0 temp={TEMP[n // 4]:.2f} {nano}"


SERVICES = [
    Case("series without a metric's name", json.dumps({"status": "success", "data": {"resultType": "matrix", "result": MATRIX}}), 2 * ROWS, ("10.0.4.1:9100", "10.0.4.2:9100"), ("value",), file="export.json"),
    Case("points of two measurements", lines("", point, 4 * 96), 4 * 96, ("P1", "P2"), ("cpu temp", "mqtt flow"), file="export.txt"),
    Case("a dump with a table of what is measured", LOOKUP + ",".join(f"({11 + n % 3},{int(HOURS[n // 3].timestamp())},{(TEMP, FLOW, FLOW)[n % 3][n // 3]:.2f})" for n in range(ROWS)) + ";\n", ROWS, sensors=("temp", "flow", "level"), file="export.sql", odd="'hostid' names 2 things with sensors of their own"),
    Case("machines below one another beside names of sensors", lines("time,device.id,diagnostic.id,data", in_turn, 4 * 96), 4 * 96, ("P1", "P2"), ("tempId", "flowId")),
]  # fmt: skip

CASES = [*HEADERS, *STATIONS, *METERS, *SERVICES]
REFUSED = [
    ("a page to sign in", "<!DOCTYPE html>\n<html><body><form>Sign in</form></body></html>\n", "is a web page without a table of readings"),
]  # fmt: skip
