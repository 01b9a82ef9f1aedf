# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of tools that plants, meters and homes run: historians, panels, loggers, meters' feeds, messages."""

from __future__ import annotations

import json

from export_cases import FLOW, HOURS, ROWS, TEMP, Case, lines

GRADES = {"its quality is not among the good ones": 4}


def green_button() -> str:
    """A meter's feed, in hundredths of a Wh."""
    readings = "".join(
        f"<IntervalReading><timePeriod><duration>3600</duration><start>{t.timestamp():.0f}</start></timePeriod><value>{v * 100:.0f}</value></IntervalReading>"
        for t, v in zip(HOURS, TEMP, strict=True)
    )
    kind = '<entry><content><ReadingType xmlns="http://naesb.org/espi"><powerOfTenMultiplier>-2</powerOfTenMultiplier><uom>72</uom></ReadingType></content></entry>'
    block = f'<entry><content><IntervalBlock xmlns="http://naesb.org/espi">{readings}</IntervalBlock></content></entry>'
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{kind}{block}</feed>'


def cell(kind: str, text: str, index: str = "") -> str:
    """A cell of a workbook in XML."""
    return f'<Cell{index}><Data ss:Type="{kind}">{text}</Data></Cell>'


def excel_2003() -> str:
    """A sheet as Excel wrote XML, with cells left out."""
    third = ' ss:Index="3"'
    rows = "".join(
        f"<Row>{cell('DateTime', f'{HOURS[n]:%Y-%m-%dT%H:%M:%S}.000')}"
        f"{'' if n % 48 == 7 else cell('Number', f'{TEMP[n]:.2f}')}{cell('Number', f'{FLOW[n]:.2f}', third)}</Row>"
        for n in range(ROWS)
    )
    names = "".join(cell("String", name) for name in ("Zeit", "temp", "flow"))
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="S"><Table><Row>{names}</Row>{rows}</Table></Worksheet></Workbook>'


def page() -> str:
    """A table of a page that a program calls .xls."""
    rows = lines(
        "", lambda n: f"<tr><td>{HOURS[n]:%Y-%m-%d %H:%M}</td><td> {TEMP[n]:.2f}</td><td>{FLOW[n]:.2f}</td></tr>"
    )
    return f"<html><body><h1>Report</h1><table><tr><th>Date</th><th>temp</th><th>flow</th></tr>{rows}</table></body></html>"


def web_api() -> str:
    """What PI's web interface answers, with values that are not good."""
    items = [
        {"Timestamp": f"{t:%Y-%m-%dT%H:%M:%S}.0000000Z", "Value": float(v), "Good": bool(n % 48)}
        for n, (t, v) in enumerate(zip(HOURS, TEMP, strict=True))
    ]
    return json.dumps({"Items": [{"Name": "temp", "Items": items}, {"Name": "flow", "Items": items}]})


def times_beside_series() -> str:
    """Times in one list, each series' values in another."""
    series = [{"name": name, "values": list(map(float, v.round(2)))} for name, v in (("temp", TEMP), ("flow", FLOW))]
    return json.dumps({"timestamps": [f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in HOURS], "properties": series})


CASES = [
    Case("a confidence of 0 to 100", lines("TAGNAME,TIMESTAMP,VALUE,CONFIDENCE", lambda n: f"temp,{HOURS[n]:%d-%b-%Y %H:%M:%S},{TEMP[n]:.2f},{100 if n % 48 else 0}"),
         ROWS - 4, sensors=("temp",), first="2026-02-02 01:00:00", refused=GRADES),
    Case("names, descriptions and units above the rows", lines("Name,temp,flow\nDescription,Reactor top,Feed flow\nUnits,DEG C,M3/HR",
         lambda n: f"{HOURS[n]:%d-%b-%y %H:%M:%S.0},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("the name of the time alone above the rows", lines('"Ch.","0001","0002"\n"Tag","temp","flow"\n"Unit","°C","bar"\n"Date/Time","",""',
         lambda n: f'"{HOURS[n]:%Y/%m/%d %H:%M:%S}",{TEMP[n]:.2f},{FLOW[n]:.2f}')),
    Case("a setpoint that is called by its zone", lines("Date,Zone Temp,Zone Temp Setpoint", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{22 if 6 <= n % 24 < 20 else 16}"),
         sensors=("Zone Temp", "Zone Temp Setpoint")),
    Case("a and p for the halves of the day", lines("\t\tTemp\tOut\nDate\tTime\tOut\tHum", lambda n: f"{HOURS[n].month}/{HOURS[n]:%d/%y}\t{HOURS[n].hour % 12 or 12}:{HOURS[n]:%M}"
         f"{'a' if n % 24 < 12 else 'p'}\t{TEMP[n]:.2f}\t{FLOW[n]:.2f}"), sensors=("Temp Out", "Out Hum")),
    Case("a blank behind the sign", lines("time,temp,flow", lambda n: f"{HOURS[n]},+ {TEMP[n]:.2f},{'BURNOUT' if n % 48 == 7 else f'+ {FLOW[n]:.2f}'}"),
         2 * ROWS - 4, refused={"not a number": 4}),
    Case("thousands before a unit", lines("time;flow", lambda n: f"{HOURS[n]};{f'{FLOW[n] * 50:,.0f}'.replace(',', '.')} kg/h"), ROWS, sensors=("flow",),
         odd="'.' parts thousands"),
    Case("what a sensor reads when it starts", lines("time,temp,flow", lambda n: f"{HOURS[n]},{TEMP[n] / 3:.2f},{85 if n % 48 == 5 else FLOW[n]:.2f}"),
         odd="flow reads 85 4 times, far from its others; add missing = [85]"),
    Case("a meter's feed", green_button(), ROWS, sensors=("value",), file="export.xml"),
    Case("a workbook in XML", excel_2003(), 2 * ROWS - 4, file="export.xls"),
    Case("a page that is called a workbook", page(), file="export.xls"),
    Case("lines of InfluxDB", lines("", lambda n: f"pump,host=p1 temp={TEMP[n]:.2f},flow={FLOW[n]:.2f} {int(HOURS[n].timestamp())}000000000"),
         assets=("p1",), file="export.txt"),
    Case("values that are not good", web_api(), 2 * ROWS - 8, first="2026-02-02 01:00:00", refused={"its quality is not among the good ones": 8}, file="export.json"),
    Case("limits above the rows", lines("Signal:,temp,flow\nUnit:,degC,bar\nMin:,0,0\nMax:,100,10", lambda n: f"{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}")),
    Case("a row each under its time", json.dumps({f"{t:%Y-%m-%dT%H:%M:%SZ}": {"temp": float(a), "flow": float(b)} for t, a, b in zip(HOURS, TEMP, FLOW, strict=True)}),
         file="export.json"),
    Case("rows below their names", json.dumps([["time", "temp", "flow"], *([str(t), float(a), float(b)] for t, a, b in zip(HOURS, TEMP, FLOW, strict=True))]),
         file="export.json"),
    Case("times beside series", times_beside_series(), file="export.json"),
]  # fmt: skip

REFUSED = [
    (
        "a workbook of the old kind",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        "before Excel 2007, or locked; save it as .xlsx",
    )
]
