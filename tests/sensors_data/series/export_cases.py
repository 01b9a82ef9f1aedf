# ruff: noqa: E501 (a case a line reads like a table)
"""Small exports of every kind that plants, meters, turbines and home systems write, with what they hold."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

ROWS = 192
HOURS = pd.date_range("2026-02-02", periods=ROWS, freq="h")
QUARTERS = pd.date_range("2026-02-02", periods=ROWS, freq="15min")
DAYS = pd.date_range("2025-01-01", periods=80)
_RNG = np.random.default_rng(0)
TEMP = 60 + 8 * np.sin((HOURS.hour.to_numpy() - 6) / 24 * 2 * np.pi) + 0.5 * _RNG.normal(size=ROWS)
FLOW = TEMP / 3 + 0.3 * _RNG.normal(size=ROWS)
YEAR = 300 + 9 * _RNG.normal(size=len(DAYS))


MODES = ("Heizen", "Kühlen", "Heizen", "Abtauen", "Störung 3")


@dataclass(frozen=True)
class Case:
    """An export, and what reading it by the settings that `init` writes must give."""

    name: str
    data: str | bytes
    used: int = 2 * ROWS
    assets: tuple[str, ...] = ("asset",)
    sensors: tuple[str, ...] = ("temp", "flow")
    first: str = "2026-02-02 00:00:00"
    step: str = "1h"
    refused: dict[str, int] = field(default_factory=dict)
    missing: dict[str, tuple[float, ...]] = field(default_factory=dict)
    odd: str = ""
    file: str = "export.csv"
    zone: str | None = None
    states: dict[str, dict[str, float]] = field(default_factory=dict)


def lines(head: str, row: Callable[[int], str], rows: int = ROWS, end: str = "\n") -> str:
    """A header and rows, each of its number."""
    return (head + end if head else "") + "".join(row(n) + end for n in range(rows))


def two(time: Callable[[pd.Timestamp], str], head: str = "time,temp,flow", mark: str = ".", part: str = ",") -> str:
    """Two sensors by the hour, the time written one's own way."""

    def row(n: int) -> str:
        return part.join([time(HOURS[n]), f"{TEMP[n]:.2f}".replace(".", mark), f"{FLOW[n]:.2f}".replace(".", mark)])

    return lines(head.replace(",", part), row)


def styled(style: str) -> Callable[[pd.Timestamp], str]:
    return lambda time: time.strftime(style)


def comma(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _zip(text: str) -> bytes:
    return zip_of({"log.csv": text})


def zip_of(files: dict[str, str]) -> bytes:
    """A zip archive of some files by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _months() -> dict[str, str]:
    """The rows of `two` in two files, a part each."""
    head, *rows = two(str).splitlines(keepends=True)
    return {f"log_2026-0{n}.csv": head + "".join(rows[first : first + 96]) for n, first in ((1, 0), (2, 96))}


DATES = [
    Case("German dates", two(styled("%d.%m.%Y %H:%M"), mark=",", part=";")),
    Case("American dates, AM and PM", two(styled("%-m/%-d/%Y %-I:%M:%S %p"))),
    Case("day first, told by the whole column", two(styled("%d/%m/%Y %H:%M"))),
    Case("month by name", two(styled("%d-%b-%y %H:%M:%S"))),
    Case("month in front", two(lambda t: f'"{t:%b %d, %Y %I:%M:%S %p}"')),
    Case("month in French", two(lambda t: f"{t.day} févr. {t:%Y %H:%M}")),
    Case("month in German", two(lambda t: f"{t.day}. Februar {t:%Y %H:%M}")),
    Case("month in Spanish", two(lambda t: f"{t.day} de febrero de {t:%Y %H:%M}")),
    Case("comma before milliseconds", two(styled("%Y-%m-%d %H:%M:%S,000"), part=";", mark=",")),
    Case("colon before milliseconds", two(styled("%d/%m/%Y %H:%M:%S:000"))),
    Case("digits to the second", two(styled("%Y%m%d%H%M%S"))),
    Case("digits to the minute", two(styled("%Y%m%d%H%M"))),
    Case("digits of a day", lines("date,kWh", lambda n: f"{DAYS[n]:%Y%m%d},{YEAR[n]:.1f}", 80),
         80, sensors=("kWh",), first="2025-01-01 00:00:00", step="1D"),
    Case("24:00", two(lambda t: f"{t:%Y-%m-%d %H:%M}" if t.hour else f"{t - pd.Timedelta('1D'):%Y-%m-%d} 24:00")),
    Case("a minute of 60", two(lambda t: f"{t - pd.Timedelta('1h'):%Y-%m-%d %H}:60")),
    Case("a zone by name", two(styled("%Y-%m-%d %H:%M:%S CET")), first="2026-02-01 23:00:00"),
    Case("offsets mixed", two(lambda t: f"{t:%Y-%m-%dT%H:%M:%S}{'+01:00' if t.day < 5 else '+00:00'}"),
         first="2026-02-01 23:00:00"),
    Case("Excel's day numbers", two(lambda t: f"{(t - pd.Timestamp('1899-12-30')) / pd.Timedelta('1D'):.6f}")),
    Case("Excel's day numbers, decimal comma",
         two(lambda t: comma((t - pd.Timestamp("1899-12-30")) / pd.Timedelta("1D"), 6), mark=",", part=";")),
    Case("seconds since 1970", two(lambda t: str(int(t.timestamp())))),
    Case("milliseconds since 1970", two(lambda t: str(int(t.timestamp() * 1000)))),
    Case("date and time apart", two(styled("%Y-%m-%d,%H:%M:%S"), "Date,Time,temp,flow")),
    Case("date and hour", two(lambda t: f"{t:%Y-%m-%d},{t.hour}", "date,hour,temp,flow")),
    Case("date and hours and minutes as a number", two(lambda t: f"{t:%Y%m%d},{t.hour * 100}", "DATE,HHMM,temp,flow")),
    Case("year, month, day, hour", two(lambda t: f"{t.year},{t.month},{t.day},{t.hour}", "Year,Mo,Dy,Hr,temp,flow")),
    Case("date, from and to", lines("Datum;Von;Bis;kW", lambda n: f"{QUARTERS[n]:%d.%m.%Y;%H:%M};"
         f"{QUARTERS[n] + pd.Timedelta('15min'):%H:%M};{comma(FLOW[n])};"), ROWS, sensors=("kW",), step="15min"),
    Case("time not in front", lines("temp,flow,logged", lambda n: f"{TEMP[n]:.2f},{FLOW[n]:.2f},{HOURS[n]}")),
    Case("times in UTC and local", lines("local,utc,temp,flow", lambda n: f"{HOURS[n] + pd.Timedelta('1h')},{HOURS[n]},"
         f"{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("ambiguous dates are said", lines("date,temp", lambda n: f"{DAYS[n]:%d/%m/%Y},{YEAR[n]:.1f}", 12), 12,
         sensors=("temp",), first="2025-01-01 00:00:00", step="1D", odd="may be %d/%m/%Y or %m/%d/%Y"),
    Case("seconds of a run", lines("t [s],temp", lambda n: f"{n / 10:.1f},{50 + n % 7}", 1500), 1500, sensors=("temp",),
         first="2000-01-01 00:00:00", step="1s", odd="it is counted from 2000-01-01"),
]  # fmt: skip

FRAMES = [
    Case("separators at the end", two(str, "time;temp;flow;;", ",", ";").replace("\n", ";;\n").replace(";;;;", ";;")),
    Case("lines of another kind in front", "Site: South\nReport of 3.4.2027\n\n" + two(str)),
    Case("an empty first line", "\n" + two(str, part=";")),
    Case("comments, the header one of them", "# made by a logger\n# zone: UTC\n# " + two(str)),
    Case("a line of units", two(str).replace("flow\n", "flow\n[-],[degC],[m3/h]\n", 1)),
    Case("groups, names and units", "Plant A,,,\n,Boiler 1,,Boiler 2\ntime,temp,flow,temp\n,°C,m3/h,°C\n"
         + lines("", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f},{TEMP[n] + 5:.2f}"), 3 * ROWS,
         sensors=("Boiler 1 temp", "Boiler 1 flow", "Boiler 2 temp")),
    Case("no header", two(str, ""), sensors=("column_2", "column_3")),
    Case("the header again", two(str).replace("2026-02-04", "time,temp,flow\n2026-02-04", 1),
         refused={"time cannot be read, or does not exist just once in UTC": 2}),
    Case("two columns of one name", lines("time,Temp,Temp", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}"),
         sensors=("Temp", "Temp.1")),
    Case("runs of blanks", two(styled("%Y-%m-%d %H:%M"), "date time temp flow", part="   ")),
    Case("Latin-1", two(str, "time;Temp [°C];Durchfluß", ",", ";").encode("cp1252"), sensors=("Temp [°C]", "Durchfluß")),
    Case("UTF-16", two(str, part="\t").encode("utf-16")),
    Case("GB18030", two(str, "time,温度 (℃),flow").encode("gb18030"), sensors=("温度 (℃)", "flow")),
    Case("a byte order mark", two(str).encode("utf-8-sig")),
    Case("zip", _zip(two(str)), file="log.zip"),
    Case("zip of a file a machine", zip_of({"site/N7.csv": two(str), "site/N8.csv": two(str), "about.txt": "made by a logger"}),
         4 * ROWS, ("N7", "N8"), file="plant.zip"),
    Case("zip of a file a month", zip_of(_months()), file="log.zip"),
    Case("gzip under another name", gzip.compress(two(str).encode())),
    Case("carriage returns", two(str).replace("\n", "\r")),
    Case("zeros at the end", two(str) + "\x00" * 64),
    Case("sep=", "sep=;\n" + two(str, part=";", mark=",")),
    Case("a footer and totals", two(str, part=";") + "Total;12345.6;99.9\n",
         refused={"time cannot be read, or does not exist just once in UTC": 2}),
    Case("a total over all intervals", lines("from;to;kWh", lambda n: f"{HOURS[n]};{HOURS[n] + pd.Timedelta('1h')};"
         f"{comma(TEMP[n])}") + f"{HOURS[0]};{HOURS[-1]};11520,1\n", ROWS, sensors=("kWh",),
         refused={"interval of another length than the others: a total": 1}),
    Case("a row a day", lines("Giorno;" + ";".join(f"{h:02d}:00-{h + 1:02d}:00" for h in range(24)),
         lambda n: f"{DAYS[n]:%d/%m/%Y};" + ";".join(comma(TEMP[h] + n % 5) for h in range(24)), 30), 720,
         sensors=("value",), first="2025-01-01 00:00:00"),
]  # fmt: skip

NUMBERS = [
    Case("thousands in German", lines("time;W", lambda n: f"{HOURS[n]};{f'{TEMP[n] * 17:,.0f}'.replace(',', '.')}"), ROWS,
         sensors=("W",), odd="'.' parts thousands"),
    Case("thousands and decimals", lines("time;W;T", lambda n: f"{HOURS[n]};"
         f"{f'{TEMP[n] * 17:,.1f}'.translate(str.maketrans(',.', '.,'))};{comma(FLOW[n])}"), sensors=("W", "T")),
    Case("thousands in English", lines("time,W,T", lambda n: f'{HOURS[n]},"{TEMP[n] * 40:,.2f}",{FLOW[n]:.2f}'),
         sensors=("W", "T")),
    Case("exponents with a comma", lines("time;p", lambda n: f"{HOURS[n]};{f'{TEMP[n] * 1e-6:.3E}'.replace('.', ',')}"),
         ROWS, sensors=("p",)),
    Case("decimal comma in quotes", lines("time,T,F", lambda n: f'"{HOURS[n]}","{comma(TEMP[n])}","{comma(FLOW[n])}"'),
         sensors=("T", "F")),
    Case("units in cells", lines("time,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n]:.1f} °C,{FLOW[n]:.0f} %")),
    Case("codes for no value", lines("time,temp,flow", lambda n: f"{HOURS[n]},{-200 if n % 9 == 0 else TEMP[n]:.2f},"
         f"{-9999 if n % 31 == 0 else FLOW[n]:.2f}"), 2 * ROWS - 29, first="2026-02-02 01:00:00", refused={"a code for no value": 29},
         missing={"temp": (-200.0,), "flow": (-9999.0,)}, odd="-9999 taken for 'no value'"),
    Case("the largest double", lines("time,temp,flow", lambda n: f"{HOURS[n]},{1.7976931348623157e308 if n % 60 == 0 else TEMP[n]},"
         f"{FLOW[n]:.2f}"), 2 * ROWS - 4, refused={"a code for no value": 4}, missing={"temp": (1.7976931348623157e308,)}),
    Case("words of a historian", lines("time,temp,flow", lambda n: f"{HOURS[n]},{'No Data' if n % 50 == 3 else f'{TEMP[n]:.2f}'},"
         f"{FLOW[n]:.2f}"), 2 * ROWS - 4, refused={"not a number": 4}, odd="'No Data'"),
    Case("on and off", lines("time,temp,pump", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{'ON' if HOURS[n].hour > 6 else 'OFF'}"),
         sensors=("temp", "pump")),
    Case("three states and more", lines("time,temp,mode", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{MODES[n // 6 % 5]}"),
         sensors=("temp", "mode"), states={"mode": {"Heizen": 0, "Kühlen": 1, "Abtauen": 2, "Störung 3": 3}}),
    Case("states beside words for no value and rare texts", lines("time,temp,mode", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},"
         f"{'unavailable' if n % 48 == 5 else 'tested by hand' if n == 100 else MODES[n // 6 % 5]}"), 2 * ROWS - 5,
         sensors=("temp", "mode"), refused={"not a number": 5},
         states={"mode": {"Heizen": 0, "Kühlen": 1, "Abtauen": 2, "Störung 3": 3}}),
    Case("states as values of a log", lines("time,tag,value", lambda n: f"{HOURS[n]},temp,{TEMP[n]:.2f}\n{HOURS[n]},mode,"
         f"{MODES[n // 6 % 5]}"), sensors=("temp", "mode"),
         states={"mode": {"Heizen": 0, "Kühlen": 1, "Abtauen": 2, "Störung 3": 3}}),
    Case("names of weekdays are no states", lines("time,temp,day", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{HOURS[n]:%A}"), ROWS,
         sensors=("temp",)),
    Case("texts of many kinds are no states", lines("time,temp,note", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{chr(97 + n // 12) * 3}"),
         ROWS, sensors=("temp",)),
    Case("a change of unit in mid-file", lines("time,p", lambda n: f"{HOURS[n]},{TEMP[n] * (1 if n < 100 else 1000):.2f}"), ROWS,
         sensors=("p",), odd="1,000-fold in mid-file"),
    Case("zeros that may be no values", lines("time,p", lambda n: f"{HOURS[n]},{0 if n % 40 == 0 else TEMP[n]:.2f}"), ROWS,
         sensors=("p",), odd="reads 0 5 times"),
]  # fmt: skip

MACHINES = [
    Case("machines under any name", lines("time,Aggregat,temp,flow", lambda n: "\n".join(
         f"{HOURS[n]},{m},{TEMP[n] + k:.2f},{FLOW[n]:.2f}" for k, m in enumerate(("N7", "N8", "N9")))), 6 * ROWS,
         ("N7", "N8", "N9")),
    Case("machines by number", lines("datetime,machineID,volt", lambda n: "\n".join(
         f"{HOURS[n]},{m},{TEMP[n] + m:.2f}" for m in (1, 2, 3))), 3 * ROWS, ("1", "2", "3"), ("volt",)),
    Case("machines in two columns", lines("time,site,machine,temp", lambda n: "\n".join(
         f"{HOURS[n]},{s},{m},{TEMP[n] + m:.2f}" for s in "AB" for m in (1, 2))), 4 * ROWS, ("A 1", "A 2", "B 1", "B 2"), ("temp",)),
    Case("drives by serial number", lines("date,serial_number,model,capacity_bytes,raw", lambda n: "\n".join(
         f"{DAYS[n]:%Y-%m-%d},SN{m},ST4,4000787030016,{30 + (n + m) % 4}" for m in range(3)), 60), 180,
         ("SN0", "SN1", "SN2"), ("raw",), "2025-01-01 00:00:00", "1D"),
    Case("a running id", lines("id,timestamp,temp,flow", lambda n: f"{10001 + n},{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("an index without a name", lines(",time,temp,flow", lambda n: f"{n},{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("a column of units", lines("timestamp,sensor,value,unit", lambda n: f"{HOURS[n]},temp,{TEMP[n]:.2f},degC\n"
         f"{HOURS[n]},flow,{FLOW[n]:.2f},m3/h")),
    Case("electricity and gas", lines("Type;Datum;Verbruik", lambda n: f"Elektriciteit;{HOURS[n]};{comma(TEMP[n])}\n"
         f"Gas;{HOURS[n]};{comma(FLOW[n] / 100, 4)}"), sensors=("Elektriciteit", "Gas")),
    Case("OPC quality beside each value", lines("t,A.Value,A.Quality,B.Value,B.Quality", lambda n:
         f"{HOURS[n]},{0 if n % 20 == 0 else TEMP[n]:.2f},{24 if n % 20 == 0 else 192},{FLOW[n]:.2f},192"), 2 * ROWS - 10,
         sensors=("A.Value", "B.Value"), refused={"its quality is not among the good ones": 10}),
    Case("OPC quality in words", lines("Timestamp,TagName,Value,Quality", lambda n: f"{HOURS[n]},temp,"
         f"{0 if n % 20 == 0 else TEMP[n]:.2f},{'Bad' if n % 20 == 0 else 'Good'}\n{HOURS[n]},flow,{FLOW[n]:.2f},Good"), 2 * ROWS - 10,
         refused={"its quality is not among the good ones": 10}),
]  # fmt: skip

PROGRAMS = [
    Case("Campbell TOA5", '"TOA5","CR1000","CR1000","1234","CR1000.Std.31","CPU:p.CR1","5432","Hourly"\n'
         '"TIMESTAMP","RECORD","temp","flow"\n"TS","RN","Deg C","%"\n"","","Avg","Smp"\n'
         + lines("", lambda n: f'"{HOURS[n]}",{n},{TEMP[n]:.2f},{FLOW[n]:.2f}')),
    Case("WinCC", lines('"VarName";"TimeString";"VarValue";"Validity";"Time_ms"', lambda n: f'"Level";"{HOURS[n]:%d.%m.%Y %H:%M:%S}";'
         f"{comma(TEMP[n])};1;{46055000000 + n * 41666.6667:.4f}".replace(".6", ",6")) + '"$RT_OFF$";"18.02.2026 00:00:01";0;2;4,6\n',
         ROWS, sensors=("Level",), refused={"unknown sensor": 1}),
    Case("Home Assistant history", lines("entity_id,state,last_changed", lambda n:
         f"sensor.t,{'unavailable' if n % 50 == 0 else f'{TEMP[n]:.2f}'},{HOURS[n]:%Y-%m-%dT%H:%M:%S}.000Z\n"
         f"sensor.f,{FLOW[n]:.2f},{HOURS[n] + pd.Timedelta('7s'):%Y-%m-%dT%H:%M:%S}.456Z"), 2 * ROWS - 4,
         sensors=("sensor.t", "sensor.f"), first="2026-02-02 00:00:07", refused={"not a number": 4}),
    Case("InfluxDB annotated", "#group,false,false,true,true,false,false,true\n#datatype,string,long,dateTime,dateTime,dateTime,double,string\n"
         "#default,_result,,,,,,\n" + lines(",result,table,_start,_stop,_time,_value,_field", lambda n:
         f",,0,2026-02-02T00:00:00Z,2026-02-18T00:00:00Z,{HOURS[n]:%Y-%m-%dT%H:%M:%SZ},{TEMP[n]:.2f},temp"), ROWS, sensors=("temp",)),
    Case("NEM12", "100,NEM12,200402070911,MDA1,Ret1\n200,1234567890,E1,1,E1,N1,M1,KWH,60,\n" + lines("", lambda n:
         f"300,{DAYS[n]:%Y%m%d}," + ",".join(f"{TEMP[h] + n % 3:.3f}" for h in range(24)) + ",A,,,20040202120025,", 20) + "900\n", 480,
         ("1234567890",), ("E1",), "2025-01-01 00:00:00"),
    Case("JSON lines", lines("", lambda n: json.dumps({"ts": f"{HOURS[n]}Z", "device": "p1", "data": {"temp": round(TEMP[n], 2)}})
         + "\n" + json.dumps({"ts": f"{HOURS[n]}Z", "device": "p2", "data": {"temp": round(FLOW[n], 2)}})), 2 * ROWS, ("p1", "p2"),
         ("data.temp",), file="log.jsonl"),
    Case("an air station", lines("Date;Time;CO(GT);NOx;;", lambda n: f"{HOURS[n]:%d/%m/%Y;%H.%M.%S};{comma(TEMP[n] / 20, 1)};"
         f"{-200 if n % 5 == 0 else round(FLOW[n] * 30)};;") + ";;;;;\n" * 9, 2 * ROWS - 39, sensors=("CO(GT)", "NOx"),
         refused={"a code for no value": 39}, missing={"NOx": (-200.0,)}),
    Case("a turbine", lines("Date/Time,Power (kW),Wind (m/s)", lambda n: f"{QUARTERS[n]:%d %m %Y %H:%M},{TEMP[n]:.2f},{FLOW[n]:.2f}"),
         sensors=("Power (kW)", "Wind (m/s)"), step="15min"),
    Case("a year of days", lines("Dag;kWh", lambda n: f"{DAYS[n]:%d-%m-%Y};{comma(YEAR[n])}", 80) + "Totaal;60000,0\n", 80,
         sensors=("kWh",), first="2025-01-01 00:00:00", step="1D",
         refused={"time cannot be read, or does not exist just once in UTC": 1}),
]  # fmt: skip

AUTUMN = pd.date_range("2026-10-23 22:00", periods=ROWS, freq="15min", tz="UTC").tz_convert("Europe/Berlin")
"""From midnight; on the second night the hour from 02:00 comes twice."""


def autumn(without: Callable[[int], bool] = lambda n: False, assets: str = "A") -> str:
    """Local times over the end of summer time, without an offset."""
    rows = [
        f"{AUTUMN[n]:%Y-%m-%d %H:%M},{m},{TEMP[n] + (m == 'B'):.2f}"
        for n in range(ROWS)
        if not without(n)
        for m in assets
    ]
    return "\n".join(["time,machine,temp", *rows]) + "\n"


_ONCE = {"time cannot be read, or does not exist just once in Europe/Berlin": 4}
CLOCK_BACK = [
    Case("the clock goes back", autumn(), ROWS, ("A",), ("temp",), "2026-10-23 22:00:00", "15min",
         odd="8 rows of the hour that comes twice", zone="Europe/Berlin"),
    Case("the clock goes back for two machines", autumn(assets="AB"), 2 * ROWS, ("A", "B"), ("temp",), "2026-10-23 22:00:00",
         "15min", odd="16 rows of the hour that comes twice", zone="Europe/Berlin"),
    Case("one pass alone of the doubled hour", autumn(without=lambda n: 104 <= n < 108), ROWS - 8, ("A",), ("temp",),
         "2026-10-23 22:00:00", "15min", refused=_ONCE, odd="4 rows have a time that cannot be read", zone="Europe/Berlin"),
]  # fmt: skip

CASES = [*CLOCK_BACK, *DATES, *FRAMES, *NUMBERS, *MACHINES, *PROGRAMS]

REFUSED = [
    ("time of day alone", lines("time,temp", lambda n: f"{HOURS[n]:%H:%M:%S},{TEMP[n]:.2f}"), "times of day without a date"),
    ("hours and minutes alone", lines("time,temp", lambda n: f"{HOURS[n].hour * 100:04d},{TEMP[n]:.2f}"), "times of day without"),
    ("no time at all", lines("n,temp", lambda n: f"{n},{TEMP[n]:.2f}"), "no column of times; its columns: 'n' like '0'"),
    ("values all blank", lines("time,energy,power", lambda n: f"{HOURS[n]},,"), "holds no value: its times are readable"),
    ("decimal commas without quotes", lines("time,temp,flow", lambda n: f"{HOURS[n]},{comma(TEMP[n])},{comma(FLOW[n])}"),
     "line 2 has 5 cells, its header 3"),
    ("a zip of notes alone", zip_of({"a.pdf": "a", "b.pdf": "b"}), "holds 2 files (a.pdf, b.pdf)"),
    ("texts alone", lines("time,note", lambda n: f"{HOURS[n]},note {n}"), "'note': text of 192 kinds without an order"),
]  # fmt: skip
