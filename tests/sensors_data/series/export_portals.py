# ruff: noqa: E501 (a case a line reads like a table)
"""Exports of agencies, laboratories and servers: names and units a row, quantities a row a day, a zone above a clock."""

from __future__ import annotations

from export_cases import DAYS, FLOW, HOURS, ROWS, TEMP, Case, comma, lines

HALVES = ",".join(f"{(k + 1) // 2:02d}:{(k + 1) % 2 * 30:02d}" for k in range(48))


def pair(n: int) -> str:
    return f"{TEMP[n]:.2f},{FLOW[n]:.2f}"


def two_a_day(n: int) -> str:
    """The hours of a day of a temperature or a flow."""
    quantity, unit, scale = (("Температура", "°C", 1.0), ("Расход", "т/ч", 9.0))[n % 2]
    cells = (f"{comma(scale * (50 + (n + k) % 9 + 0.25))}" for k in range(24))
    return f"{DAYS[n // 2]:%d.%m.%Y};{quantity};{unit};{';'.join(cells)}"


def reading(hour: int, which: int) -> tuple[str, str, str]:
    """The name, unit and value of one of two sensors."""
    return (("temp", "degC", f"{TEMP[hour]:.2f}"), ("flow", "m3/h", f"{FLOW[hour]:.2f}"))[which % 2]


def sample(n: int) -> str:
    """A row of a laboratory: a point's component with its unit and status."""
    name, unit, value = reading(n // 4, n)
    return f"{n},WTP,{('inlet', 'outlet')[n // 2 % 2]},{name},{unit},{HOURS[n // 4]:%d-%b-%Y %H:%M},{value},{'X' if n % 96 == 7 else 'A'}"


def counter(n: int) -> str:
    """A row of a computer's counter, at a moment of its own."""
    at, (name, _, value) = HOURS[n // 4], reading(n // 4, n // 2)
    return f'"{at.month}/{at:%d/%Y, %I}:00:00.{n * 137 % 1000:03d} {at:%p}",vm-{n % 2},{("Memory", "Disk")[n // 2 % 2]},{name},{value}'


def event(n: int) -> str:
    """A row of a home server that says the value twice, at a moment of its own."""
    name, unit, value = reading(n // 4, n)
    at = f"{HOURS[n // 4]:%Y-%m-%d %H}:{n % 4 * 13 + 3:02d}:{n * 17 % 60:02d}"
    return f"{at}|HK.{n // 2 % 2}|{name}: {value}|{name}|{value}|{unit}"


def two_tables(head: tuple[str, str]) -> str:
    """Two measurements below one another, each with its header, timed since 1970."""
    parts = [
        lines(f"name,time,host,{name}", lambda n, v=values, m=head[k]: f"{m},{HOURS[n // 2].timestamp():.0f}000000000,h{n % 2},{v[n // 2]:.2f}", 2 * ROWS)
        for k, (name, values) in enumerate((("temp", TEMP), ("flow", FLOW)))
    ]  # fmt: skip
    return "".join(parts)


def pairs_of_times(n: int) -> str:
    """A reading by the hour and, in the first rows, one every eighth hour, each behind its time."""
    slow = f"{HOURS[8 * n] + (HOURS[1] - HOURS[0]) / 60};{FLOW[n]:.2f}" if 8 * n < ROWS else ";"
    return f"{HOURS[n]};{TEMP[n]:.2f};{slow}"


ROWS_A_DAY = [
    Case("quantities a row a day, with their units", lines(f"Дата;Параметр;Ед.изм.;{';'.join(f'{k:02d}:00' for k in range(24))}", two_a_day, 40).encode("cp1251"), 40 * 24, sensors=("Температура", "Расход"), first="2025-01-01 00:00:00"),
    Case("quantities a row a day in Chinese", lines(f"户号,日期,数据类型,{HALVES}", lambda n: f"33001234{n % 2},{DAYS[n // 4]:%Y%m%d},{('有功功率', '无功功率')[n // 2 % 2]},{','.join(f'{20 + (n + k) % 9}.5' for k in range(48))}", 80), 80 * 48, assets=("330012340", "330012341"), sensors=("有功功率", "无功功率"), first="2025-01-01 00:30:00", step="30min"),
]  # fmt: skip

KEYS = [
    Case("clocks in apostrophes up to 24:00", lines("Stationscode;Datum;Uhrzeit;Messwert (in µg/m³)", lambda n: f"DEBB02{n % 2};{HOURS[n // 2]:%d.%m.%Y};'{HOURS[n // 2].hour + 1:02d}:00';{TEMP[n // 2]:.0f}", 2 * ROWS), assets=("DEBB020", "DEBB021"), sensors=("Messwert (in µg/m³)",), first="2026-02-02 01:00:00", odd="are taken for machines"),
    Case("a unit behind each value, and a last line", lines("Date,Time,temp,unit,flow,unit", lambda n: f"{HOURS[n]:%d-%m-%Y},{HOURS[n].hour + 1:02d}:00:00,{TEMP[n]:.2f},ugm-3,{FLOW[n]:.2f},ugm-3") + "End,,,,,\n", first="2026-02-02 01:00:00"),
    Case("points of which the unit says that they are no sensors", lines("Sample,Site,Sampling point,Component,Unit,When,Result,Status", sample, 4 * ROWS), 4 * ROWS - 8, assets=("inlet", "outlet"), refused={"its quality is not among the good ones": 8}),
    Case("counters of computers, each row at its own moment", lines('"TimeGenerated [UTC]",Computer,ObjectName,CounterName,CounterValue', counter, 4 * ROWS), 4 * ROWS, assets=("vm-0", "vm-1")),
    Case("events that say the value again", lines("TIMESTAMP|DEVICE|EVENT|READING|VALUE|UNIT", event, 4 * ROWS), 4 * ROWS, assets=("HK.0", "HK.1"), first="2026-02-02 00:03:00"),
    Case("meters of eighteen digits, and a sum", lines("Målepunkt;Fra;Til;Volum (kWh);Kvalitet", lambda n: f"70705750008765432{n % 2};{HOURS[n // 2]:%d.%m.%Y %H:%M};{HOURS[n // 2] + (HOURS[1] - HOURS[0]):%d.%m.%Y %H:%M};{comma(TEMP[n // 2])};{'Estimert' if n % 48 == 5 else 'Målt'}", 2 * ROWS) + "Sum;;;1737,592;\n", 2 * ROWS - 8, assets=("707057500087654320", "707057500087654321"), sensors=("Volum (kWh)",), refused={"its quality is not among the good ones": 8, "time cannot be read, or does not exist just once in UTC": 1}),
    Case("meters of eighteen digits beside a quantity", lines("Tunnus;Tuote;Alkuaika;Määrä;Laatu", lambda n: f"64300757200001428{n % 2};8716867000030;{HOURS[n // 2]:%Y-%m-%dT%H:%M:%SZ};{comma(TEMP[n // 2])};OK", 2 * ROWS), assets=("643007572000014280", "643007572000014281"), sensors=("Määrä",), odd="are taken for machines"),
]  # fmt: skip

FRAMES = [
    Case("a date and a clock below the name of their zone", lines("r temp us id UTC", lambda n: f" {n % 7}  {TEMP[n]:.2f}   {20 + n % 9}  {60 + int(FLOW[n]) % 17} {HOURS[n]:%Y-%m-%d %H:%M:%S}"), 4 * ROWS, sensors=("r", "temp", "us", "id")),
    Case("measurements below one another timed since 1970", two_tables(("pdu", "climate")), 4 * ROWS, assets=("h0", "h1")),
    Case("a slow sensor with times of its own", lines("temp Time;temp Value;flow Time;flow Value", pairs_of_times), ROWS + ROWS // 8, sensors=("temp Value", "flow Value")),
    Case("codes of the survey for what was estimated", lines("agency_cd\tdatetime\t69_00060\t69_00060_cd", lambda n: f"USGS\t{HOURS[n]}\t{TEMP[n]:.2f}\t{'P:e' if n % 48 == 7 else 'P'}"), ROWS - 4, sensors=("69_00060",), refused={"its quality is not among the good ones": 4}),
]  # fmt: skip

WIDTHS = [
    Case("blank cells between fixed widths", lines("Protokoll ARA\n\nDatum       Zeit        temp      flow    Pegel\n" + "-" * 50, lambda n: f"{HOURS[n]:%d.%m.%Y  %H:%M}  {TEMP[n]:>10.2f}{'' if n % 48 == 7 else f'{FLOW[n]:.2f}':>10}{2 + n % 5 / 10:>9.1f}"), 3 * ROWS - 4, sensors=("temp", "flow", "Pegel")),
]  # fmt: skip

NUMBERS = [
    Case("an offset and the city of its zone", lines("Timestamp,temp,flow", lambda n: f"{HOURS[n]:%Y-%m-%dT%H:%M:%S}-05:00 New_York,{pair(n)}"), first="2026-02-02 05:00:00"),
    Case("a place with its zone in a table above", lines("latitude,longitude,utc_offset_seconds,timezone\n52.5,13.4,3600,Europe/Berlin\n\ntime,temp,flow", lambda n: f"{HOURS[n]:%Y-%m-%dT%H:%M},{pair(n)}"), first="2026-02-01 23:00:00"),
    Case("estimated or actual in a letter", lines("ESIID,DAY,START,KWH,ESTIMATED_ACTUAL", lambda n: f"'1044372,{HOURS[n]:%m/%d/%Y, %H:%M},{TEMP[n]:.2f},{'E' if n % 48 == 7 else 'A'}"), ROWS - 4, sensors=("KWH",), refused={"its quality is not among the good ones": 4}),
    Case("invalid beside a word of no known grade", lines("Variable;Zeit;Wert;Status", lambda n: f"{reading(n // 2, n)[0]};{HOURS[n // 2]:%d.%m.%Y %H:%M};{reading(n // 2, n)[2].replace('.', ',')};{'INVALID' if n % 96 == 7 else 'SPONT'}", 2 * ROWS), 2 * ROWS - 4, refused={"its quality is not among the good ones": 4}),
    Case("a state of the probe beside each value", lines("Date;Equipement;Libellé;Valeur;Unité;Etat", lambda n: f"{HOURS[n // 2]:%d/%m/%Y %H:%M};CTA-1;{reading(n // 2, n)[0]};{'0,0' if n % 96 == 7 else reading(n // 2, n)[2].replace('.', ',')};{reading(n // 2, n)[1]};{'Panne' if n % 96 == 7 else 'OK'}", 2 * ROWS), 2 * ROWS - 4, refused={"its quality is not among the good ones": 4}),
    Case("items by number beside host and key", lines("host\titemid\tkey_\tclock\tns\tvalue", lambda n: f"h{n // 2 % 2}\t{30011 + n % 4}\t{('temp', 'flow')[n % 2]}\t{HOURS[n // 4].timestamp() + n % 4 * 7:.0f}\t{n * 7919 % 1000}\t{reading(n // 4, n)[2]}", 4 * ROWS), 4 * ROWS, assets=("h0", "h1")),
    Case("a station and a quantity by number beside a code of both", lines("ESTACION;MAGNITUD;PUNTO;ANO;MES;DIA;" + ";".join(f"H{k:02d};V{k:02d}" for k in range(1, 25)), lambda n: f"{(4, 8)[n % 2]};{(10, 14)[n // 2 % 2]};28079{n % 4}_38;{DAYS[n // 4]:%Y;%m;%d};{';'.join(f'{20 + (n + k) % 9};V' for k in range(24))}", 80), 80 * 24, assets=("4", "8"), sensors=("10", "14"), first="2025-01-01 01:00:00"),
    Case("the integrity of a tag's values", lines("tagid,tagpath,value,dataintegrity,t_stamp", lambda n: f"{41 + n % 2},b2/{reading(n // 2, n)[0]},{'0.0' if n % 96 == 7 else reading(n // 2, n)[2]},{500 if n % 96 == 7 else 192},{HOURS[n // 2].timestamp():.0f}0{n % 10:02d}", 2 * ROWS), 2 * ROWS - 4, sensors=("b2/temp", "b2/flow"), refused={"its quality is not among the good ones": 4}),
    Case("a lost probe", lines("ts|mac|temp|flow", lambda n: f"{HOURS[n]}|AC:23|{-127 if n % 48 == 7 else TEMP[n] - 80:.2f}|{FLOW[n]:.2f}"), 2 * ROWS - 4, assets=("AC:23",), missing={"temp": (-127.0,)}, refused={"a code for no value": 4}),
    Case("hours of a machine that never stops, and dots in clocks", lines("Dato;Kl.;temp [°C];Saati (h)", lambda n: f"{HOURS[n]:%d-%m-%Y;%H.%M};{comma(TEMP[n])};{comma(11133 + n)}"), sensors=("temp [°C]", "Saati (h)")),
]  # fmt: skip

WORDS = [
    Case("a weekday before and a word behind the date", lines("Aika\ttemp\tflow", lambda n: f"{('ma', 'ti', 'ke', 'to', 'pe', 'la', 'su')[HOURS[n].weekday()]} {HOURS[n].day}.{HOURS[n].month}.{HOURS[n].year} klo {HOURS[n].hour}.00\t{comma(TEMP[n])}\t{comma(FLOW[n])}")),
    Case("Greek letters of eight bits", lines("Ημερομηνία;Πίεση;Παροχή", lambda n: f"{HOURS[n].day}/{HOURS[n].month}/{HOURS[n]:%Y %I:%M:%S} {'πμ' if HOURS[n].hour < 12 else 'μμ'};{comma(TEMP[n])};{comma(FLOW[n])}").encode("cp1253"), sensors=("Πίεση", "Παροχή")),
    Case("Ukrainian letters of eight bits, and words for quality", lines("Дата і час;Тиск;Якість", lambda n: f"{HOURS[n]:%d.%m.%Y %H:%M};{comma(TEMP[n])};{'недостовірне' if n % 48 == 7 else 'достовірне'}").encode("cp1251"), ROWS - 4, sensors=("Тиск",), refused={"its quality is not among the good ones": 4}),
]  # fmt: skip

CASES = [*ROWS_A_DAY, *KEYS, *FRAMES, *WIDTHS, *NUMBERS, *WORDS]
REFUSED: list[tuple[str, str, str]] = []
