# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of weather services, markets and monitors whose kinds a fifth author's files showed."""

from __future__ import annotations

import json

from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, YEAR, Case, comma, lines

PUMPS = {"used": 4 * ROWS, "assets": ("P1", "P2")}
RWS = "plaats;datum;tijd;numeriekewaarde;X;Y"
BOX = "+----------+-------+\n|   Дата   | Расход|\n+----------+-------+"


def pair(n: int) -> str:
    return f"{TEMP[n]:.2f},{FLOW[n]:.2f}"


def extreme(n: int) -> dict[str, str]:
    """A day of one of two stations with the clock of its highest value."""
    day, station = divmod(n, 2)
    return {
        "fecha": f"{DAYS[day]:%Y-%m-%d}",
        "estacion": f"S{station}",
        "tmax": comma(YEAR[day] + station),
        "horatmax": f"{12 + n % 5}:{n % 60:02d}",
    }


TIMES = [
    Case("the clock of an extreme beside dates", json.dumps([extreme(n) for n in range(160)]), 160, ("S0", "S1"), ("tmax",), "2025-01-01 00:00:00", "1D", file="export.json"),
    Case("a clock beside year, month and day", lines("Vuosi,Kuukausi,Päivä,Aika [Paikallinen aika],temp,flow", lambda n: f'{HOURS[n]:"%Y","%-m","%-d","%H:%M"},{pair(n)}')),
    Case("an offset in a column", lines("Local Time Stamp,UTC Offset (minutes),temp,flow", lambda n: f"{HOURS[n]},-300,{pair(n)}"), first="2026-02-02 05:00:00"),
    Case("hours from 1 to 24 without a name", lines("PRICES;", lambda n: f"{HOURS[n]:%Y;%m;%d};{n % 24 + 1};{TEMP[n]:.2f};{FLOW[n]:.2f};"), sensors=("column_5", "column_6"), first="2026-02-02 01:00:00", odd="'column_4' counts the hours from 1 to 24"),
]  # fmt: skip

PLACES = [
    Case("coordinates beside the value", lines(RWS, lambda n: f"{('Hoek', 'Vliss')[n % 2]};{HOURS[n // 2]:%d-%m-%Y;%H:%M:%S};{TEMP[n // 2]:.0f};{576917 + n % 2},11;5759136,36"), 3 * ROWS, ("Hoek", "Vliss"), ("numeriekewaarde", "X", "Y"), odd="sensor Y never moves"),
    Case("a sensor that is called like a place", lines("time,Wind,LNG", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},0.00"), sensors=("Wind", "LNG"), odd="sensor LNG never moves"),
    Case("one quantity of several places", lines("time,Aa-PM10,Bb-PM10,Cc-PM10", lambda n: f"{HOURS[n]},{pair(n)},{TEMP[n] + 1:.2f}"), 3 * ROWS, sensors=("Aa-PM10", "Bb-PM10", "Cc-PM10"), odd="all sensors are called ...-PM10"),
]  # fmt: skip

LETTERS = [
    Case("a degree sign of half the width", lines("Date/Time,Date/Time,No.1,No.2\n,,ﾟC,%", lambda n: f"{HOURS[n]},{(HOURS[n] - HOURS[0]).days + 46055 + n % 24 / 24:.6f},{pair(n)}").encode("cp932"), sensors=("No.1 ﾟC", "No.2 %")),
    Case("letters of DOS", (lines("Отчёт о расходе\n" + BOX, lambda n: f"|{HOURS[n]:%d.%m.%Y %H:%M}|{TEMP[n]:7.2f}|")).encode("cp866"), ROWS, sensors=("Расход",)),
]  # fmt: skip


def sample(n: int) -> str:
    name, values = (("temp", TEMP), ("flow", FLOW))[n // (2 * ROWS)]
    row = n % ROWS
    return (
        f'{name}{{instance="{("P1", "P2")[n // ROWS % 2]}",job="node"}} {values[row]:.2f} {int(HOURS[row].timestamp())}'
    )


SERIES = [
    Case("samples with their times", lines("# HELP temp of it\n# TYPE temp gauge", sample, 4 * ROWS) + "# EOF\n", file="export.txt", **PUMPS),
    Case("machine and metric in a label", json.dumps({"MetricDataResults": [{"Id": f"m{k}", "Label": f"P{k % 2 + 1} {name}", "Timestamps": [f"{t:%Y-%m-%dT%H:%M:%S+00:00}" for t in HOURS], "Values": [round(float(v), 2) for v in values]} for k, (name, values) in enumerate((("temp", TEMP), ("temp", TEMP), ("flow", FLOW), ("flow", FLOW)))]}), file="export.json", **PUMPS),
]  # fmt: skip

APART = [
    Case("names behind those of the header", lines('"Key","Name"\n"Point_1:","AHU3.SAT"\n"Point_2:","AHU3.MAT"\n"Time Interval:","15 Minutes"\n\n"Date","Time","Point_1","Point_2"', lambda n: f'{HOURS[n]:"%m/%d/%Y","%H:%M:%S"},{pair(n)}'), sensors=("AHU3.SAT", "AHU3.MAT")),
    Case("one metric of its own for each machine", lines("time,machine,metric,value", lambda n: f"{HOURS[n // 2]},{('P1', 'P2')[n % 2]},{('temp', 'flow')[n % 2]},{(TEMP, FLOW)[n % 2][n // 2]:.2f}"), ROWS, ("P1", "P2")),
]  # fmt: skip

CASES = [*TIMES, *PLACES, *LETTERS, *SERIES, *APART]
REFUSED = [
    ("a message of a market", "UNA:+.? 'UNB+UNOC:3+99:500+99:500+240215:1200+1'", "is a message of EDIFACT"),
    ("a log of a ship", "$GPRMC,235800.00,A,4312.0240,N,00518.0,E,7.1,84.4,160823,,*1A\n$SDDPT,34.0,0.4*64\n", "is a log of NMEA 0183"),
    ("a history of alarms with their priority", lines("Fecha;Hora;Zona;Codigo;Prioridad;Estado;Usuario", lambda n: f"{HOURS[n]:%d/%m/%Y;%H:%M:%S};{('EDAR', 'BOMBEO')[n % 2]};AL-{n % 4};{n % 3 + 1};{('ACTIVA', 'NORMAL', 'RECONOCIDA')[n * 7 % 5 % 3]};{('', 'ana')[n % 2]}"), "is a list of events"),
]  # fmt: skip
