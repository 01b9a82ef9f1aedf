"""Exports as plants write them, drawn at random, each with the readings that it holds."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

ISO = "%Y-%m-%d %H:%M:%S"
CLOCKS = [
    ISO, "%Y-%m-%dT%H:%M:%SZ", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M", "%b %d, %Y %H:%M", "%Y%m%d%H%M%S", "%Y%m%d%H%M",
    "%Y%m%dT%H%M%S", "%d.%m.%y %H:%M", "%m/%d/%Y %H:%M", "%Y.%m.%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.000",
    "%d/%m/%Y %H:%M:%S,000", "%d/%m/%Y %H:%M:%S:000", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%S+00:00",
    "%H:%M:%S %d.%m.%Y", "%a %d %b %Y %H:%M:%S", "%d %B %Y %H:%M", "%Y-%m-%d_%H:%M:%S", "%d.%m.%Y, %H:%M Uhr",
    "epoch_s", "epoch_ms", "epoch_us", "epoch_ns", "excel", "german", "french", "am_pm_dots", "24:00",
]  # fmt: skip
PARTED = ["date+time", "date+hour", "date+hhmm", "year month day hour", "german date+time", "date+time pm"]
_GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905
_FRENCH = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()  # noqa: SIM905


@dataclass(frozen=True)
class Export:
    """A file's bytes and name, the readings (time, asset, sensor, value) that it holds, and how it was drawn."""

    name: str
    data: bytes
    truth: pd.DataFrame
    recipe: dict[str, object] = field(default_factory=dict)


def draw_export(seed: int) -> Export:
    """A random export; the same seed gives the same bytes."""
    rng = np.random.default_rng(seed)
    pick = lambda choices: choices[int(rng.integers(len(choices)))]  # noqa: E731
    recipe: dict[str, object] = {
        "clock": pick([*CLOCKS, *CLOCKS, *PARTED]),
        "step": pick(["1min", "5min", "15min", "30min", "1h", "1h"]),
        "assets": pick(["none", "none", "text", "number", "constant"]),
        "shape": pick(["wide", "wide", "wide", "long", "long unit", "quality"]),
        "separator": pick([",", ",", ";", ";", "\t", "|"]),
        "decimal": pick([".", ",", "grouped"]),
        "head": pick(
            ["plain", "plain", "none", "units", "preamble", "comments", "commented header", "repeated", "sep="]
        ),
        "encoding": pick(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        "pack": pick(["", "", "", "gz", "zip"]),
        "code": pick([None, None, -9999, -200, 9999.0, -999.25, 1e30]),
        "extra": pick(
            ["", "", "row number", "constant text", "trailing", "empty column", "footer", "created", "blanks"]
        ),
        "end": pick(["\n", "\r\n"]),
        "sensors": int(rng.integers(1, 4)),
    }
    _settle(recipe)
    return _write(recipe, rng, seed)


def _settle(recipe: dict[str, object]) -> None:
    """Take back what no program would write together."""
    if recipe["step"] != "1h" and "hour" in str(recipe["clock"]) and "hhmm" not in str(recipe["clock"]):
        recipe["step"] = "1h"
    if recipe["head"] == "none" and recipe["shape"] != "wide":
        recipe["head"] = "plain"
    if recipe["head"] in ("none", "comments", "commented header") and recipe["extra"] in ("trailing", "empty column"):
        recipe["extra"] = ""
    if recipe["assets"] in ("text", "number") and recipe["extra"] == "row number":
        recipe["extra"] = ""


def _write(recipe: dict[str, object], rng: np.random.Generator, seed: int) -> Export:
    step = pd.Timedelta(str(recipe["step"]))
    rows = 160
    start = datetime(2019 + seed % 8, 1 + seed % 12, 1 + seed % 27)
    times = pd.date_range(start, periods=rows, freq=step)
    assets = {"none": ["asset"], "constant": ["K1"], "text": ["K1", "K2", "K3"], "number": ["11", "12", "14"]}[
        str(recipe["assets"])
    ]
    sensors = ["Druck", "Vorlauf", "Leistung"][: int(recipe["sensors"])]
    level = {"Druck": 5.0, "Vorlauf": 60.0, "Leistung": 1500.0}
    truth = []
    for number, asset in enumerate(assets):
        for sensor in sensors:
            base = level[sensor] * (1 + 0.2 * number)
            wave = base * (1 + 0.2 * np.sin(np.arange(rows) / 30 + number) + 0.02 * rng.normal(size=rows))
            truth.append(pd.DataFrame({"time": times, "asset": asset, "sensor": sensor, "value": wave.round(3)}))
    frame = pd.concat(truth, ignore_index=True)
    frame["bad"] = rng.random(len(frame)) < (
        0.03 if recipe["code"] is not None or recipe["shape"] == "quality" else 0.0
    )
    frame["blank"] = rng.random(len(frame)) < (0.05 if recipe["extra"] == "blanks" else 0.0)
    text = _table(recipe, frame, times, assets, sensors)
    data = text.encode(str(recipe["encoding"]))
    name = "werk.csv"
    if recipe["pack"] == "gz":
        data, name = gzip.compress(data), "werk.csv.gz"
    elif recipe["pack"] == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("werk.csv", data)
        data, name = buffer.getvalue(), "werk.zip"
    kept = frame[~frame["bad"] & ~frame["blank"]]
    return Export(name, data, kept[["time", "asset", "sensor", "value"]].reset_index(drop=True), recipe)


def _number(value: float, recipe: dict[str, object]) -> str:
    if recipe["decimal"] == ".":
        return f"{value:.3f}"
    if recipe["decimal"] == ",":
        return f"{value:.3f}".replace(".", ",")
    return f"{value:,.3f}" if recipe["separator"] != ";" else f"{value:,.3f}".translate(str.maketrans(",.", ".,"))


def _stamp(time: pd.Timestamp, clock: str, mark: str) -> list[str]:
    """A time's cells."""
    epoch = int((time - pd.Timestamp(0)) // pd.Timedelta("1s"))
    plain = {
        "epoch_s": lambda: [str(epoch)],
        "epoch_ms": lambda: [str(epoch * 1000)],
        "epoch_us": lambda: [str(epoch * 10**6)],
        "epoch_ns": lambda: [str(epoch * 10**9)],
        "excel": lambda: [f"{epoch / 86_400 + 25_569:.6f}".replace(".", mark)],
        "german": lambda: [f"{time.day}. {_GERMAN[time.month - 1]} {time:%Y %H:%M}"],
        "french": lambda: [f"{time.day} {_FRENCH[time.month - 1]} {time:%Y %H:%M}"],
        "am_pm_dots": lambda: [f"{time:%d/%m/%Y %I:%M} {'p. m.' if time.hour >= 12 else 'a. m.'}"],
        "24:00": lambda: [
            time.strftime("%d.%m.%Y %H:%M")
            if time.hour or time.minute
            else f"{time - timedelta(days=1):%d.%m.%Y} 24:00"
        ],
        "date+time": lambda: [f"{time:%Y-%m-%d}", f"{time:%H:%M:%S}"],
        "date+hour": lambda: [f"{time:%Y-%m-%d}", str(time.hour)],
        "date+hhmm": lambda: [f"{time:%Y%m%d}", f"{time:%H%M}"],
        "year month day hour": lambda: [str(time.year), str(time.month), str(time.day), str(time.hour)],
        "german date+time": lambda: [f"{time:%d.%m.%Y}", f"{time:%H:%M}"],
        "date+time pm": lambda: [f"{time:%m/%d/%Y}", f"{time:%I:%M %p}"],
    }
    return plain[clock]() if clock in plain else [time.strftime(clock)]


def _stamp_names(clock: str) -> list[str]:
    names = {
        "date+time": ["Datum", "Uhrzeit"],
        "german date+time": ["Datum", "Zeit"],
        "date+time pm": ["Date", "Time"],
        "date+hour": ["Date", "Hour"],
        "date+hhmm": ["Date", "HHMM"],
        "year month day hour": ["Year", "Month", "Day", "Hour"],
    }
    return names.get(clock, ["Zeitpunkt"])


def _table(
    recipe: dict[str, object], frame: pd.DataFrame, times: pd.DatetimeIndex, assets: list[str], sensors: list[str]
) -> str:
    """The file's text."""
    clock, shape, named = str(recipe["clock"]), str(recipe["shape"]), recipe["assets"] != "none"
    code = recipe["code"]
    bad_cell = (
        ""
        if code is None
        else (f"{code:g}" if float(code) == int(float(code)) or abs(float(code)) > 1e9 else str(code))
    )
    if recipe["decimal"] != "." and (recipe["decimal"] == "," or recipe["separator"] == ";"):
        bad_cell = bad_cell.replace(".", ",")
    if code == 1e30:
        bad_cell = "1E+30"
    units = {"Druck": "bar", "Vorlauf": "°C", "Leistung": "kW"}
    mark = _number(0.5, recipe)[1]
    stamps = {time: _stamp(time, clock, mark) for time in times}
    header = [*_stamp_names(clock), *(["Aggregat"] if named else [])]
    rows: list[list[str]] = []
    if shape in ("long", "long unit"):
        header += ["Messstelle", "Wert", *(["Einheit"] if shape == "long unit" else [])]
        if len(sensors) == 1:
            header[header.index("Messstelle")] = "Sensor"
        ordered = frame.sort_values(["time", "asset", "sensor"], kind="stable")
        for time, asset, sensor, value, bad, blank in ordered.itertuples(index=False):
            cell = "" if blank else (bad_cell if bad else _number(value, recipe))
            tail = [units[sensor]] if shape == "long unit" else []
            rows.append([*stamps[time], *([asset] if named else []), sensor, cell, *tail])
    else:
        header += [
            name
            for sensor in sensors
            for name in ([sensor] if shape == "wide" else [f"{sensor}.Value", f"{sensor}.Quality"])
        ]
        groups = dict(list(frame.groupby(["time", "asset"], sort=True)))
        for (time, asset), part in groups.items():
            cells: list[str] = []
            for value, bad, blank in zip(part["value"], part["bad"], part["blank"], strict=True):
                if shape == "quality":
                    cells += [_number(0.0 if bad else value, recipe) if not blank else "", "Bad" if bad else "Good"]
                else:
                    cells.append("" if blank else (bad_cell if bad else _number(value, recipe)))
            rows.append([*stamps[time], *([asset] if named else []), *cells])
    return _framed(recipe, header, rows, units, sensors)


def _framed(
    recipe: dict[str, object], header: list[str], rows: list[list[str]], units: dict[str, str], sensors: list[str]
) -> str:
    """The table's text with what stands around it."""
    extra, head, mark = recipe["extra"], recipe["head"], str(recipe["separator"])
    if extra == "row number":
        header, rows = ["Nr", *header], [[str(n), *row] for n, row in enumerate(rows, start=1)]
    elif extra == "constant text":
        header, rows = [*header, "Werk"], [[*row, "Halle Süd"] for row in rows]
    elif extra == "empty column":
        header, rows = [*header, "Bemerkung"], [[*row, ""] for row in rows]
    elif extra == "trailing":
        header, rows = [*header, "", ""], [[*row, "", ""] for row in rows]
    elif extra == "created":
        header, rows = [*header, "exported_at"], [[*row, "2031-05-05 08:00:00"] for row in rows]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator=str(recipe["end"]))
    if head == "sep=":
        out.write(f"sep={mark}{recipe['end']}")
    if head == "preamble":
        out.write(f"Anlage: Süd{recipe['end']}Bericht vom 3.4.2027{recipe['end']}{recipe['end']}")
    if head in ("comments", "commented header"):
        out.write(f"# made by a logger{recipe['end']}# zone: UTC{recipe['end']}")
    if head == "commented header":
        out.write("# ")
    if head != "none":
        writer.writerow(header)
    if head == "units":
        names = {name: units.get(name.split(".")[0], "") for name in header}
        writer.writerow([f"[{names[name]}]" if names[name] and "Quality" not in name else "" for name in header])
    for number, row in enumerate(rows):
        if head == "repeated" and number and number % 100 == 0:
            writer.writerow(header)
        writer.writerow(row)
    if extra == "footer":
        out.write(f"Ende der Datei{recipe['end']}")
    return out.getvalue()
