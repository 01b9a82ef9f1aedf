# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of plants, loggers, meters and servers: tables below one another, zones by other names, ids for sensors."""

from __future__ import annotations

import json

import pandas as pd
from export_cases import FLOW, HOURS, ROWS, TEMP, Case, comma, lines, two

GRADES = {"its quality is not among the good ones": 4}
MID = HOURS + pd.Timedelta("7s")
PAIR = (("temp", TEMP), ("flow", FLOW))
UNZONED = "Machine: P1\nTime Zone: {}\n\n"


def stack(title: str, head: str, row) -> str:
    """A table for each sensor, one below the other."""
    return "".join(
        title.format(name) + head + "".join(row(t, v) for t, v in zip(HOURS, values, strict=True)) + "\n"
        for name, values in PAIR
    )


def local(hours: int) -> str:
    """Times some hours behind UTC."""
    return two(lambda t: f"{t - pd.Timedelta(hours=hours):%Y-%m-%d %H:%M}")


def hour_of_station(n: int) -> str:
    """A row of integrated surface data; each 48th hour has no temperature, each 50th a doubtful one."""
    temp = "+9999,9" if n % 48 == 7 else f"{round(TEMP[n] * 10):+05d},{3 if n % 50 == 9 else 1}"
    return f'"7242979","{HOURS[n]:%Y-%m-%dT%H:%M:%S}","7","39.1","-84.4","FM-15","160,1,N,0031,1","{temp}","{10000 + round(FLOW[n] * 10):05d},1"'


def page_of_records() -> str:
    """A statistics file whose rows are attributes."""
    rows = "".join(f'<S T="{HOURS[n]}" V="{TEMP[n]:.2f}" V2="{FLOW[n]:.2f}"/>\n' for n in range(ROWS))
    return f'<?xml version="1.0"?>\n<Statistics Name="Bad">\n{rows}</Statistics>\n'


STACKS = [
    Case("a table a channel", stack("Kanal;{}\nEinheit;°C\n", "Datum;Uhrzeit;Wert\n", lambda t, v: f"{t:%d.%m.%Y;%H:%M:%S};{comma(v)}\n")),
    Case("a table a machine", "".join(f"Station: Pump {m}\nDate,Time,temp,flow\n" + lines("", lambda n, k=k: f"{HOURS[n]:%Y-%m-%d,%H:%M:%S},{TEMP[n] + k:.2f},{FLOW[n]:.2f}") for k, m in enumerate("AB")), 4 * ROWS, ("Pump A", "Pump B")),
    Case("tables of other columns", two(str, "Temperatures\ntime,temp,top") .replace("Temperatures,time", "Temperatures\ntime") + "\nFlows\n" + two(str, "time,flow,back"), 4 * ROWS, sensors=("temp", "top", "flow", "back")),
    Case("tables of other widths, no title", lines("time,flow", lambda n: f"{HOURS[n]},{FLOW[n]:.2f}") + two(str, "time,temp,top"), 3 * ROWS, sensors=("flow", "temp", "top")),
    Case("tables below tags", "".join(f"<STATION>1</STATION><SENSOR>{name}</SENSOR>\n" + "".join(f"{t:%Y%m%d;%H:%M:%S};{v:.2f}\n" for t, v in zip(HOURS, values, strict=True)) for name, values in PAIR)),
    Case("records of tables", "C,X\nI,PRICE,1,SETTLED,REGION,temp\n" + lines("", lambda n: f'D,PRICE,1,"{HOURS[n]:%Y/%m/%d %H:%M:%S}",N1,{TEMP[n]:.2f}') + "I,SUM,1,SETTLED,REGION,flow,top\n"
         + lines("", lambda n: f'D,SUM,1,"{HOURS[n]:%Y/%m/%d %H:%M:%S}",N1,{FLOW[n]:.2f},{TEMP[n]:.2f}') + 'C,"END",9\n', 3 * ROWS, sensors=("temp", "flow", "top")),
]  # fmt: skip

ZONES = [
    Case("a place in the header, with its offset of the day", local(5).replace("time", '"Timestamp: America/New_York (-05:00)"', 1)),
    Case("a zone as Windows calls it", UNZONED.format("Eastern Standard Time") + local(5)),
    Case("a zone as Windows calls it, in the header", local(-1).replace("time", '"(PDH-CSV 4.0) (W. Europe Standard Time)(-60)"', 1)),
    Case("hours of a zone below their name", "Source,City,Time Zone,Elevation,a,b,c\nX,Golden,-7,1820,1,2,3\n" + local(7)),
    Case("a zone among the marks of a header", "#SANR12|*|\n#TZUTC+1|*|\n" + local(-1).split("\n", 1)[1].replace(",", "\t"), sensors=("column_2", "column_3")),
    Case("a local date and clock before those of UTC", two(lambda t: f"{t - pd.Timedelta('6h'):%Y-%m-%d,%H:%M},{t:%Y-%m-%d,%H:%M}", "Date Local,Time Local,Date GMT,Time GMT,temp,flow")),
    Case("halves of the day in Arabic", two(lambda t: f"{t:%d/%m/%Y} {t.hour % 12 or 12}:{t:%M} {'ص' if t.hour < 12 else 'م'}")),
    Case("an offset before the year", two(lambda t: f"{t + pd.Timedelta('1h'):%a %b %d %H:%M:%S} GMT+01:00 {t.year}")),
]  # fmt: skip

NAMES = [
    Case("a column that is called #", '"#","time","temp","flow"\n' + lines("", lambda n: f'"{n + 1}","{HOURS[n]}","{TEMP[n]:.2f}","{FLOW[n]:.2f}"')),
    Case("a name above each pair of a time and a value", lines("temp,,flow,", lambda n: f"{HOURS[n]:%d-%b-%y %H:%M:%S},{TEMP[n]:.2f},{MID[n]:%d-%b-%y %H:%M:%S},{FLOW[n]:.2f}")),
    Case("a time behind each value", lines("A_NUMERICID,A_VALUE,A_TIMESTAMP,A_QUALITY,B_NUMERICID,B_VALUE,B_TIMESTAMP,B_QUALITY", lambda n: f"0,{TEMP[n]:.2f},{HOURS[n]},{192 if n % 48 else 24},0,{FLOW[n]:.2f},{MID[n]},192"), 4 * ROWS - 4,
         sensors=("A_NUMERICID", "A_VALUE", "B_NUMERICID", "B_VALUE"), refused={"its quality is not among the good ones": 4}),
    Case("numbers for sensors that alternate", lines("itemid,clock,value,ns", lambda n: f"23296,{HOURS[n].timestamp():.0f},{TEMP[n]:.2f},17\n23297,{HOURS[n].timestamp() + 7:.0f},{FLOW[n]:.2f},93"), sensors=("23296", "23297")),
    Case("words for what was metered", lines("meter,value,kind,time", lambda n: f"10001234567,{TEMP[n]:.2f},Active Import (kWh),{HOURS[n]}\n10001234567,{FLOW[n]:.2f},Active Export (kWh),{HOURS[n]}"),
         assets=("10001234567",), sensors=("Active Import (kWh)", "Active Export (kWh)")),
    Case("names of devices are no sensors", lines("Device Name,time,temp", lambda n: f"east,{HOURS[n]},{TEMP[n]:.2f}\nwest,{HOURS[n]},{FLOW[n] + 500:.2f}"), assets=("east", "west"), sensors=("temp",)),
    Case("names of machines or of sensors", lines("code,time,temp", lambda n: f"ax,{HOURS[n]},{TEMP[n]:.2f}\nbx,{HOURS[n]},{TEMP[n] + 1:.2f}"), assets=("ax", "bx"), sensors=("temp",), odd="the 2 names in 'code', like 'ax', are taken for machines; if they are sensors"),
    Case("names of one width", lines("id;time;temp;flow", lambda n: f"         44;{HOURS[n]};{TEMP[n]:6.2f};{FLOW[n]:6.2f}\n          5;{HOURS[n]};{TEMP[n] + 1:6.2f};{FLOW[n] + 1:6.2f}"), 4 * ROWS, ("44", "5")),
    Case("a gauge that rests at several stations", lines("stn;time;temp;rain", lambda n: f"A;{HOURS[n]};{TEMP[n]:.2f};0.0\nB;{HOURS[n]};{FLOW[n]:.2f};0.0"), 4 * ROWS, ("A", "B"), ("temp", "rain"), odd="rain never moves (always 0)"),
    Case("a value and its unit beside a kind", lines("Data;Wartość kWh;Rodzaj", lambda n: f"{HOURS[n]};{comma(TEMP[n])};pobór\n{HOURS[n]};{comma(FLOW[n])};oddanie"), sensors=("pobór", "oddanie")),
    Case("a serial number that is called SN", lines("SN,Device Type,time,temp,flow", lambda n: f"2306210001,Inverter,{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}"), assets=("2306210001",)),
    Case("names that look like numbers with units", lines("point,time,mm/s", lambda n: f"1X,{HOURS[n]},{TEMP[n]:.2f}\n2Y,{HOURS[n]},{FLOW[n]:.2f}"), sensors=("1X", "2Y")),
    Case("batches that pass through reactors", lines("Batch ID,Reactor,time,temp,flow", lambda n: f"B25{n // 12 * 2:03d},R-201,{HOURS[n]},{TEMP[n]:.2f},{FLOW[n]:.2f}\nB25{n // 12 * 2 + 1:03d},R-202,{HOURS[n]},{TEMP[n] + 1:.2f},{FLOW[n] + 1:.2f}"), 4 * ROWS, ("R-201", "R-202")),
    Case("paths to tags of a server", lines("nodeId,sourceTimestamp,value", lambda n: f"Line4.Oven.ZoneTemp,{HOURS[n]},{TEMP[n]:.2f}\nLine4.Oven.GasFlow,{HOURS[n]},{FLOW[n]:.2f}"), sensors=("Line4.Oven.ZoneTemp", "Line4.Oven.GasFlow")),
    Case("hours from 0100 to 2400", lines("Date,Hrs,temp,flow", lambda n: f"{HOURS[n]:%d-%m-%Y},{HOURS[n].hour + 1:02d}00,{TEMP[n]:.2f},{FLOW[n]:.2f}"), first="2026-02-02 01:00:00"),
    Case("clocks behind the first day of a program", lines("Datum;Uhrzeit;temp;flow", lambda n: f"{HOURS[n]:%d.%m.%Y} 00:00:00;30.12.1899 {HOURS[n]:%H:%M:%S};{comma(TEMP[n])};{comma(FLOW[n])}")),
    Case("two columns a line above the table", "ELPRO;viewer\nReport created:;2026-02-10 09:12:33\nFirst:;02.02.2026 00:00:00\n\nNo.;Date;Time;temp;Alarm\n" + lines("", lambda n: f"{n + 1};{HOURS[n]:%d.%m.%Y;%H:%M:%S};{TEMP[n]:.2f};"), ROWS, sensors=("temp",)),
    Case("serial numbers, names and kinds above the rows", ";SN: 2110;SN: 2110\n;temp;flow\n;Counter;Analog\ndd.MM.yyyy HH:mm;kWh;kW\n" + two(lambda t: f"{t:%d.%m.%Y %H:%M}", mark=",", part=";").split("\n", 1)[1], sensors=("temp", "flow")),
]  # fmt: skip

GRADED = [
    Case("a status of OPC UA", lines("NodeId,SourceTimestamp,Value,StatusCode", lambda n: f"ns=2;s=temp,{HOURS[n]},{TEMP[n]:.2f},{'0x00000000' if n % 48 else '0x80310000'}\nns=2;s=flow,{HOURS[n]},{FLOW[n]:.2f},0x00000000"), 2 * ROWS - 4,
         sensors=("ns=2;s=temp", "ns=2;s=flow"), refused=GRADES),
    Case("a reliability in words", lines("time,Object Name,Object Value,Reliability", lambda n: f"{HOURS[n]},temp,{TEMP[n]:.1f} deg F,{'Reliable' if n % 48 else 'Comm. Loss'}\n{HOURS[n]},flow,{FLOW[n]:.1f} in wc,Reliable"), 2 * ROWS - 4, refused=GRADES),
    Case("a quality in Swedish", lines("Datum;Tid (UTC);temp;Kvalitet", lambda n: f"{HOURS[n]:%Y-%m-%d;%H:%M:%S};{TEMP[n]:.2f};{'G' if n % 48 else 'Y'}"), ROWS - 4, sensors=("temp",), first="2026-02-02 01:00:00", refused=GRADES),
    Case("a station's plain numbers", lines("STATION,DATE,TMP,SLP", lambda n: f"7242979,{HOURS[n]:%Y-%m-%dT%H:%M:%S},{TEMP[n]:.2f},{FLOW[n]:.2f}"), assets=("7242979",), sensors=("TMP", "SLP")),
    Case("integrated surface data", lines('"STATION","DATE","SOURCE","LATITUDE","LONGITUDE","REPORT_TYPE","WND","TMP","SLP"', hour_of_station), 4 * ROWS - 8, ("7242979",), ("WND direction", "WND speed", "TMP", "SLP"), refused={"its quality is not among the good ones": 4},
         odd="WND direction never moves (always 160)"),
]  # fmt: skip

FEEDS = [
    Case("messages of a broker", lines("", lambda n: "tele/bad/SENSOR " + json.dumps({"Time": f"{HOURS[n]:%Y-%m-%dT%H:%M:%S}", "T": {"temp": float(TEMP[n])}, "flow": float(FLOW[n])})), sensors=("T.temp", "flow"), file="export.txt"),
    Case("a list a sensor", json.dumps([[{"entity_id": f"sensor.{name}", "state": f"{v:.2f}", "last_changed": f"{t}+00:00"} for t, v in zip(HOURS, values, strict=True)] for name, values in PAIR]), sensors=("sensor.temp", "sensor.flow"), file="export.json"),
    Case("a begin, a step and some values each", json.dumps({"body": [{"beg_time": int(HOURS[0].timestamp()), "step_time": 3600, "value": [[float(a), float(b)] for a, b in zip(TEMP, FLOW, strict=True)]}], "time_server": 1771000000}), sensors=("value 1", "value 2"), file="export.json"),
    Case("rows as attributes of XML", page_of_records(), sensors=("V", "V2"), file="export.xml"),
    Case("labels of series", json.dumps({"Results": [{"Id": f"m{k}", "Label": name, "Timestamps": [f"{t}+00:00" for t in HOURS], "Values": list(map(float, values))} for k, (name, values) in enumerate(PAIR)]}), file="export.json"),
    Case("dates of a script in JSON", json.dumps({"d": [{"Time": f"/Date({HOURS[n].timestamp() * 1000:.0f})/", "temp": float(TEMP[n]), "flow": float(FLOW[n])} for n in range(ROWS)]}), file="export.json"),
    Case("parts of an object that are alike", json.dumps({"kind": "HEATING", "measured": {"inside": {"points": [{"ts": f"{t}Z", "temp": float(v)} for t, v in zip(HOURS, TEMP, strict=True)]}, "pipe": {"points": [{"ts": f"{t}Z", "flow": float(v)} for t, v in zip(HOURS, FLOW, strict=True)]}}}), file="export.json"),
    Case("kinds of records in XML", "<?xml version='1.0'?><Export version='2'><Made value='x'/>" + "".join(f"<Record type='{name}' sourceName='Watch' startDate='{t}' value='{v:.2f}'/>" for t, *values in zip(HOURS, TEMP, FLOW, strict=True) for name, v in zip(("temp", "flow"), values, strict=True)) + "</Export>", file="export.xml"),
    Case("only states", lines("time,state,mode", lambda n: f"{HOURS[n]},{('ACTIVE', 'CLEAR')[n // 5 % 2]},{('one', 'two', 'three')[n // 7 % 3]}"), sensors=("state", "mode"), states={"mode": {"one": 0, "three": 1, "two": 2}}, odd="only words for states come again (state, mode): a log of events?"),
]  # fmt: skip

CASES = [*STACKS, *ZONES, *NAMES, *GRADED, *FEEDS]

REFUSED = [
    ("seconds of an uneven count", lines("SECONDS;PID;VALUE", lambda n: f"{36000 + n * 0.7:.3f};temp;{TEMP[n]:.2f}\n{36000.2 + n * 0.7:.3f};flow;{FLOW[n]:.2f}"), "has no column of times; its columns: 'SECONDS' like '36000.000'"),
    ("a year of Taiwan", lines("date,time,temp", lambda n: f"{HOURS[n].year - 1911}/{HOURS[n]:%m/%d,%H:%M},{TEMP[n]:.2f}"), "'115/02/02', are of another calendar"),
    ("an era of Japan", lines("time,temp", lambda n: f"令和8年{HOURS[n].month}月{HOURS[n].day}日 {HOURS[n].hour}時,{TEMP[n]:.2f}"), "are of another calendar; export them with years of the common era"),
]  # fmt: skip
