# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of loggers, controllers and laboratories: milliseconds apart, units and types below names, headers within."""

from __future__ import annotations

import json

from export_cases import FLOW, HOURS, ROWS, TEMP, Case, comma, lines

UNUSED = "not a number"
GRAPHTEC = "Vendor,GRAPHTEC\nCH,Signal name,Input\nCH1,CH 1,TEMP\nData\nNumber,Date&Time,ms,CH1,CH2,Alarm1\nNO.,Time,ms,degC,V,A123"
STUDIO = "Studio 5000 Trend File\nTrendTags,2\nStart Time,02/02/2026 00:00:00;000\nHeader:,Date,Time,temp,flow"
FRITZ = "sep=;\nDatum/Zeit;temp;Einheit;flow;Einheit;;Ansicht:;Monat;12.02.2026 08:00 Uhr"
LVM = "LabVIEW Measurement\t\nSeparator\tTab\nX_Columns\tOne\nDate\t2026/02/02\nTime\t00:00:00,0\nDecimal_Separator\t,\n***End_of_Header***\t\n\t\n"
SEGMENT = "Channels\t2\t\t\nSamples\t1\t1\t\nDate\t{0:%Y/%m/%d}\t{0:%Y/%m/%d}\t\nTime\t{0:%H:%M:%S},0\t{0:%H:%M:%S},0\t\nX0\t0\t0\t\nDelta_X\t3600\t3600\t\n***End_of_Header***\t\t\t\nX_Value\ttemp\tflow\tComment\n"


def segment(first: int, last: int) -> str:
    """A part of a file of LabVIEW, which counts from its own start."""
    body = "".join(f"{3600 * (n - first)},0\t{comma(TEMP[n])}\t{comma(FLOW[n])}\n" for n in range(first, last))
    return SEGMENT.format(HOURS[first]) + body + "\n"


def archive(name: str, values) -> dict[str, object]:
    """A channel of a Fronius inverter."""
    return {name: {"Unit": "W", "Values": {str(3600 * n): float(v) for n, v in enumerate(values)}}}


def stream(name: str, values) -> str:
    """What MTConnect tells of one item of a machine."""
    return "".join(
        f'<{name.title()} dataItemId="{name}" timestamp="{t:%Y-%m-%dT%H:%M:%S}Z">{v if n % 48 != 9 else "UNAVAILABLE"}</{name.title()}>'
        for n, (t, v) in enumerate(zip(HOURS, values, strict=True))
    )


INVERTER = {
    "Start": "2026-02-02T00:00:00+00:00",
    "End": "2026-02-09T23:59:59+00:00",
    "NodeType": 97,
    "Data": archive("temp", TEMP) | archive("flow", FLOW),
}

APART = [
    Case("milliseconds in a column of their own", lines("Date,Time,Millitm,temp,flow", lambda n: f"{HOURS[n]:%m/%d/%Y,%H:%M:%S},{n % 7},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("milliseconds beside an epoch", lines("tag;value;stamp_s;stamp_ms", lambda n: f"temp;{TEMP[n]:.2f};{HOURS[n].timestamp():.0f};{n % 7}\nflow;{FLOW[n]:.2f};{HOURS[n].timestamp():.0f};{n % 7}")),
    Case("a semicolon before milliseconds", lines(STUDIO, lambda n: f"Data,{HOURS[n]:%m/%d/%Y,%H:%M:%S;000},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
]  # fmt: skip

BELOW = [
    Case("types below the names", lines('"#NAMES"\n"t_stamp","temp","flow"\n"#TYPES"\n"date","D","D"\n"#ROWS","192"', lambda n: f'"{HOURS[n]}.000","{TEMP[n]:.2f}","{FLOW[n]:.2f}"')),
    Case("units below the names, words below the others", lines(GRAPHTEC, lambda n: f"{n + 1},{HOURS[n]:%Y/%m/%d %H:%M:%S},000,+{TEMP[n]:8.2f},+{FLOW[n]:7.2f},LLLL"), sensors=("CH1", "CH2")),
    Case("descriptions below the tags", lines(",TI1.PV,FI2.PV\n,Reactor temp,Feed flow\n,degC,m3/h", lambda n: f"{HOURS[n]:%d-%b-%y %H:%M:%S},{TEMP[n]:.2f},{FLOW[n]:.2f}"), sensors=("TI1.PV", "FI2.PV")),
    Case("a header that says more than its columns", lines(FRITZ, lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(TEMP[n])};kWh;{comma(FLOW[n])};Euro")),
    Case("seldom a number, else a word for none", lines("time,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{'MM' if n % 6 else f'{FLOW[n]:.2f}'}"), ROWS + ROWS // 6, refused={UNUSED: ROWS - ROWS // 6}, odd="160 values are no numbers, like 'MM'"),
    Case("elements of a climate are no machines", lines("", lambda n: f"USW94728,{HOURS[n]:%Y-%m-%d %H:%M},TMAX,{TEMP[n]:.2f}\nUSW94728,{HOURS[n]:%Y-%m-%d %H:%M},TMIN,{FLOW[n]:.2f}"), sensors=("TMAX", "TMIN")),
]  # fmt: skip

WITHIN = [
    Case("LabVIEW, a header each segment", LVM + segment(0, 100) + segment(100, ROWS), file="export.txt"),
    Case("values by their seconds after a start", json.dumps({"Body": {"Data": {"inverter/1": INVERTER}}, "Head": {"Timestamp": "2026-02-12T08:00:00+01:00"}}), assets=("inverter/1",), file="export.json"),
    Case("two inverters by their seconds after a start", json.dumps({"Body": {"Data": {f"inverter/{k}": INVERTER for k in "12"}}}), 4 * ROWS, ("inverter/1", "inverter/2"), file="export.json"),
    Case("elements of several names with a text each", f'<?xml version="1.0"?><Streams><Samples>{stream("temp", TEMP)}{stream("flow", FLOW)}</Samples></Streams>', 2 * ROWS - 8, refused={UNUSED: 8}, file="export.xml"),
]  # fmt: skip

MSR = "*CREATOR\nMSR;6.10;1\n\n*STARTTIME\n2026-02-02;00:00:00;\n\n*NAME\n4012;4012\n\n*TIMEDELAY;0;0\n*CHANNEL\nTIME;temp;flow\n\n*UNIT\n;C;%\n\n*DATA"
SMHI = "Stationsnamn;Stationsnummer;Mäthöjd\nStockholm;98230;2.0\n\nTidsperiod (fr.o.m);Tidsperiod (t.o.m);Höjd;Latitud\n2026-01-01 00:00:00;2026-03-20 00:00:00;43.133;59.34\n\nDatum;Tid (UTC);temp;flow;;Tidsutsnitt:"
SCOPE = "Name,Scope\nFile,C:\\x.svdx\n\nName,MAIN.temp,MAIN.flow\nData-Type,REAL32,REAL32\nSampleTime[ms],1000,1000\nVariableSize,4,4\n\nTime,temp,flow"
TYPED = [
    {"type": kind, "points": [{"at": f"{t}Z", "value": {kind: float(v)}} for t, v in zip(HOURS, values, strict=True)]}
    for kind, values in (("temp", TEMP), ("flow", FLOW))
]

ABOVE = [
    Case("names apart from the rows", lines(MSR, lambda n: f"{HOURS[n]}.000;{TEMP[n]:.2f};{FLOW[n]:.2f}")),
    Case("a row about the station above the header", lines(SMHI, lambda n: f"{HOURS[n]:%Y-%m-%d;%H:%M:%S};{TEMP[n]:.2f};{FLOW[n]:.2f};;{'checked' if n == 0 else ''}")),
    Case("sizes of variables above the header", lines(SCOPE, lambda n: f"{3600 * n},{TEMP[n]:.2f},{FLOW[n]:.2f}"), first="2000-01-01 00:00:00", odd="Time counts s and has no date"),
]  # fmt: skip

CELLS = [
    Case("values and words under one name", lines("entity_id,state,last_changed", lambda n: f"sensor.temp,{TEMP[n]:.2f},{HOURS[n]}Z\nbinary.door,{('on', 'off')[n // 20 % 2]},{HOURS[n]}Z"), sensors=("sensor.temp", "binary.door")),
    Case("flags in braces, commas between them", lines("Sequence;Timestamp;LogStatus;temp;flow;StatusFlags", lambda n: f"{5000 + n};{HOURS[n]};;{TEMP[n]:.2f};{FLOW[n]:.2f};{{0,0,0,0}}")),
    Case("the status of a turbine is no machine", lines("Datum;Zeit;temp;flow;Status", lambda n: f"{HOURS[n]:%d.%m.%Y;%H:%M};{comma(TEMP[n])};{comma(FLOW[n])};{2 * (n % 40 == 9)}:{n % 2}"), 3 * ROWS, sensors=("temp", "flow", "Status"), states={"Status": {"0:0": 0, "0:1": 1, "2:1": 2}}),
    Case("one date with a word below it", "Date,Time,temp,flow\n" + "".join(f"2026-02-02,{n // 4:02d}:{n % 4 * 15:02d},{TEMP[n]:.2f},{FLOW[n]:.2f}\n" for n in range(96)) + "Average,,50,60\n", 192, step="15min", refused={"time cannot be read, or does not exist just once in UTC": 2}, odd="2 rows have a time that cannot be read"),
    Case("thousands in quotes", lines("time,temp,flow", lambda n: f'{HOURS[n]},"{round(TEMP[n] * 1000 + 10000):,}","{round(FLOW[n] * 1000 + 10000):,}"'), odd="',' with three digits behind it is read as parting thousands"),
    Case("a log that names its values", lines("", lambda n: f"{HOURS[n]} temp={TEMP[n]:.2f} flow={FLOW[n]:.2f}"), file="export.txt"),
    Case("a kind that is told by its column", json.dumps(TYPED), sensors=("value.temp", "value.flow"), file="export.json"),
]  # fmt: skip

POINTS = [
    {
        "Name": name,
        "Items": [
            {
                "Timestamp": f"{t}Z",
                "Good": n % 48 != 9,
                "Questionable": False,
                "Value": float(v) if n % 48 != 9 else {"Name": "Bad", "Value": 255},
            }
            for n, (t, v) in enumerate(zip(HOURS, values, strict=True))
        ],
    }
    for name, values in (("temp", TEMP), ("flow", FLOW))
]
XPORT = {
    "about": "xport",
    "meta": {"start": 1769990400, "end": 1770681600, "step": 3600, "legend": ["temp", "flow"]},
    "data": [[float(a), float(b)] for a, b in zip(TEMP, FLOW, strict=True)],
}

READ = [
    Case("one day of the counters of Windows, the month in front", lines('"(PDH-CSV 4.0) (GMT Standard Time)(0)","temp","flow"', lambda n: f'"05/11/2026 {n // 4:02d}:{n % 4 * 15:02d}:00.000","{TEMP[n]:.2f}","{FLOW[n]:.2f}"', 96), 192, first="2026-05-10 23:00:00", step="15min"),
    Case("an empty column beside units in cells", lines("time,point,value,rendered,note,", lambda n: f'{HOURS[n]},temp,{TEMP[n]:.2f},"{TEMP[n]:.2f} C",,\n{HOURS[n]},flow,{FLOW[n]:.2f},"{FLOW[n]:.2f} l/s",,')),
    Case("a clock without zeros in front", lines("Date,Time,temp,flow", lambda n: f"{HOURS[n].day}.{HOURS[n].month}.{HOURS[n].year},{HOURS[n].hour}:0:0.000,{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("an hour with the next beside its date", lines("Date;Hours;temp;flow", lambda n: f"{HOURS[n]:%d-%m-%Y};{HOURS[n].hour:02d} - {(HOURS[n].hour + 1) % 24:02d};{comma(TEMP[n])};{comma(FLOW[n])}")),
    Case("a lone word above the rows", "Station: ;Wien\nHZB: ;208231\nWerte: \n" + lines("", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M:%S};{comma(TEMP[n])}"), ROWS, sensors=("column_2",)),
    Case("a message's bytes are no numbers", lines("time;data;temp;flow", lambda n: f"{HOURS[n]};{n * 77:08x};{TEMP[n]:.2f};{FLOW[n]:.2f}")),
    Case("values in alarm are measured", lines("time,point,value,unit,Alarm status", lambda n: f"{HOURS[n]},temp,{TEMP[n]:.2f},mm/s,{'OK' if n % 48 else 'Warning'}\n{HOURS[n]},flow,{FLOW[n]:.2f},mm/s,OK")),
    Case("an object where a value is not known, good beside questionable", json.dumps({"Items": POINTS}), 2 * ROWS - 8, refused={"no value": 8}, file="export.json"),
    Case("a start and a step above lists, and their legend", json.dumps(XPORT), file="export.json"),
]  # fmt: skip

CASES = [*APART, *BELOW, *WITHIN, *ABOVE, *CELLS, *READ]
REFUSED = [
    ("a column of times for each channel", "LabVIEW Measurement\t\nX_Columns\tMulti\n***End_of_Header***\t\n", "has a column of times for each channel"),
]  # fmt: skip
