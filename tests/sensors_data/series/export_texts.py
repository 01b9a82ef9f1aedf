# ruff: noqa: E501 (a case a line reads like a table)
"""Exports whose cells hold texts with marks of their own, months in words, and numbers between words."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
from export_cases import FLOW, HOURS, TEMP, Case, comma, lines

TURN = HOURS + (HOURS[0].replace(day=27) - HOURS[0])
"""Hours about the end of February."""


def pair(n: int) -> str:
    return f"{TEMP[n]:.2f},{FLOW[n]:.2f}"


def in_words(february: str, march: str, style: str = "%-d. %b %Y %-H:%M") -> str:
    """Two sensors by the hour, the month of each time in words."""

    def row(n: int) -> str:
        word = february if TURN[n].month == 2 else march
        return f"{TURN[n].strftime(style.replace('%b', word))};{comma(TEMP[n])};{comma(FLOW[n])}"

    return lines("Zeit;temp;flow", row)


SENTENCES = [
    Case("texts with commas in quotes", lines("time,place,temp,flow,state", lambda n: f'{HOURS[n // 2]},"Hall 2, Line {3 + n % 2}",{pair(n)},"running, no alarm"'), assets=("Hall 2, Line 3", "Hall 2, Line 4")),
    Case("texts with commas between semicolons", lines("Zeit;Ort;Bemerkung;temp;flow", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};Werk Nord, Kassel;ok, geprüft;{comma(TEMP[n])};{comma(FLOW[n])}")),
    Case("a comma in every quoted cell", lines('"Time","Machine, line","temp","flow","Comment"', lambda n: f'"{HOURS[n]}","Press, left","{1000 + TEMP[n]:,.2f}","{FLOW[n]:.2f}","{"" if n % 9 else "operator said ok, went on"}"'), assets=("Press, left",)),
]  # fmt: skip

WORDS = [
    Case(f"months in {name}", in_words(*months, style), first="2026-02-27 00:00:00")
    for name, style, *months in (
        ("German", "%-d. %b %Y %H:%M Uhr", "Feb", "Mär"),
        ("Czech", "%-d. %b %Y %-H:%M", "úno", "bře"),
        ("Croatian", "%-d. %b %Y. %H:%M", "velj", "ožu"),
        ("Slovak", "%-d. %b %Y %-H:%M", "februára", "marca"),
        ("Finnish", "%-d. %b %Y %H:%M", "helmik.", "maalisk."),
        ("Estonian", "%-d. %b %Y %H:%M", "veebr", "märts"),
        ("Ukrainian", "%-d %b %Y %H:%M", "лют.", "бер."),
        ("Serbian", "%-d. %b %Y. %H:%M", "феб", "мар"),
        ("Lithuanian", "%Y %b %d %H:%M", "vas.", "kov."),
        ("Malay", "%-d %b %Y %H:%M", "Feb", "Mac"),
    )
]

LOGS = [
    Case(f"a log with {name}", lines("", row), assets=("p1", "p2"), file="export.log", first=first)
    for name, row, first in (
        ("a host before the pairs", lambda n: f"{HOURS[n // 2]:%Y-%m-%dT%H:%M:%S.%f}+01:00 gw01 telemetry[{812 + n // 9}]: device=p{1 + n % 2} temp={TEMP[n]:.2f} flow={FLOW[n]:.2f}", "2026-02-01 23:00:00"),
        ("a weight before the pairs", lambda n: f"{HOURS[n // 2]},000 {('INFO', 'WARN')[n % 7 == 0]}  collector - device=p{1 + n % 2} temp={TEMP[n]:.2f} flow={FLOW[n]:.2f}", "2026-02-02 00:00:00"),
        ("a machine before the pairs", lambda n: f"<134>1 {HOURS[n // 2]:%Y-%m-%dT%H:%M:%S}Z p{1 + n % 2} plcd 4711 - - temp={TEMP[n]:.2f} flow={FLOW[n]:.2f}", "2026-02-02 00:00:00"),
        ("a year behind the clock", lambda n: f"{HOURS[n // 2]:%b %e %H:%M:%S %Y} gw01 device=p{1 + n % 2} temp={TEMP[n]:.2f} flow={FLOW[n]:.2f}", "2026-02-02 00:00:00"),
        ("an object a line", lambda n: f'{HOURS[n // 2]},000 INFO {{"device": "p{1 + n % 2}", "temp": {TEMP[n]:.2f}, "flow": {FLOW[n]:.2f}}}', "2026-02-02 00:00:00"),
        ("values behind colons", lambda n: f"[{HOURS[n // 2]}] p{1 + n % 2} temp: {TEMP[n]:.2f} C, flow: {FLOW[n]:.2f} bar, STATE: RUN", "2026-02-02 00:00:00"),
    )
]  # fmt: skip

NUMBERS = [
    Case("numbers of double precision", lines("time,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n]:.6E},{FLOW[n]:.6E}".replace("E+", "D+"))),
    Case("kelvin in some cells", lines("time,temp,flow", lambda n: f"{HOURS[n]},{240 + TEMP[n]:.2f}{' K' if n % 2 else ''},{FLOW[n]:.2f}")),
    Case("cells that a spreadsheet is made to take for texts", lines("time,temp,flow", lambda n: f'="{HOURS[n]}",="{TEMP[n]:.2f}","=""{FLOW[n]:.2f}"""')),
]  # fmt: skip

DAYS_DOWN = np.arange(24)[:, None] / 4 + 20 + np.arange(31) / 50


def of_month(title: str, days: int, hours: Callable[[int], str], mark: str = ",") -> str:
    """A sheet of a month: hours down, days across, a mean behind each row and below them all."""
    head = [title, "", mark.join(["Hour", *(str(day) for day in range(1, days + 1)), "Mean"])]
    rows = [mark.join([hours(n), *(f"{DAYS_DOWN[n][day]:.2f}" for day in range(days)), "23.0"]) for n in range(24)]
    return "\n".join([*head, *rows, mark.join(["Mean", *["23.0"] * (days + 1)]), ""])


MONTHS = [
    Case("a month across by clocks", of_month("Rainfall level,,\nMonth:,February 2026", 28, lambda n: f"{n:02d}:00"), 24 * 28, sensors=("Rainfall level",), first="2026-02-01 00:00:00"),
    Case("a month across by hours from 1", of_month("Mesiac 02/2026", 28, lambda n: f"{n + 1}", ";"), 24 * 28, sensors=("value",), first="2026-02-01 01:00:00"),
    Case("two months across", of_month("March 2026", 31, str) + "\n" + of_month("April 2026", 30, str), 24 * 61, sensors=("value",), first="2026-03-01 00:00:00"),
]  # fmt: skip

OBJECTS = [
    Case("channels beside their times", json.dumps({"device": "chiller-2", "time": [f"{hour:%Y-%m-%d %H:%M}" for hour in HOURS], "channels": {name: {"unit": "C", "data": values.round(2).tolist()} for name, values in (("temp", TEMP), ("flow", FLOW))}}), assets=("chiller-2",), file="export.json"),
]  # fmt: skip

CASES = [*OBJECTS, *MONTHS, *SENTENCES, *WORDS, *LOGS, *NUMBERS]

REFUSED = [
    ("a month that no language here has", in_words("Feb", "Foo"), "'1. Foo 2026 0:00' is not read; write them all in one form"),
    ("dates that a spreadsheet swapped", lines("Date,temp", lambda n: f"{f'{HOURS[n]:%Y-%d-%m %H:%M:%S}' if HOURS[n].day < 6 else f'{HOURS[n]:%d/%m/%Y %H:%M}'},{TEMP[n]:.2f}"), "'06/02/2026 00:00' is not read"),
]  # fmt: skip
