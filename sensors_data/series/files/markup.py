"""Tables in XML and HTML as CSV: Green Button meters, workbooks of Excel 2003, tables of pages that are called .xls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sensors_data.errors import UnreadableError
from sensors_data.series.files.csv_text import csv_of

_UNITS = {"38": "W", "42": "m³", "72": "Wh", "119": "ft³", "132": "Btu", "169": "therm"}
"""The codes of ESPI for what is metered."""
_STARTS = (b"<?xml", b"<feed", b"<workbook", b"<html", b"<table", b"<!doctype", b"<meta")
_GOOD = {"0", "14", "17", "19"}
"""The codes of ESPI for valid, raw and validated readings; the others are estimated, edited or in doubt."""


_COLUMNS = 16_384
"""As many as Excel has."""


def is_markup(start: bytes) -> bool:
    """Whether a file's first bytes are those of XML or of a page."""
    return start[:10].lower().startswith(_STARTS)


def markup_csv(data: bytes, name: str) -> bytes:
    """The largest table in a file of XML or HTML, as CSV. UnreadableError where none is in it."""
    if re.match(rb"\s*(?:<!doctype html|<html|<table|<meta)", data[:200].removeprefix(b"\xef\xbb\xbf").lower()):
        rows = _page(data)
        if len(rows) < 2:
            raise UnreadableError(f"{name} is a web page without a table of readings", "sign in and export it again")
        return csv_of(rows)
    try:
        root = fromstring(data)
    except DefusedXmlException as error:
        raise UnreadableError(f"{name} declares entities of its own, which are not read", "export it again") from error
    except Xml.ParseError as error:
        where = f"line {error.position[0]}"
        raise UnreadableError(f"{name} looks like XML and is none from {where} on", "export it again") from error
    try:
        readings = [*_green_button(root)]
        rows = [["time", "meter", "value", "unit", "quality"], *readings] if readings else _workbook(root)
        rows = rows or _records(root)
    except (ValueError, OverflowError, OSError, RecursionError) as error:  # no number, time or table of this world
        raise UnreadableError(f"{name} is XML that cannot be read: {error}", "export it again") from error
    if len(rows) < 2:
        raise UnreadableError(f"{name} is XML without elements that come again as rows do", "export it as CSV")
    return csv_of(rows)


def _tag(node: Xml.Element) -> str:
    """An element's name without its namespace."""
    return node.tag.rpartition("}")[2]


def _within(node: Xml.Element, name: str) -> Iterable[Xml.Element]:
    return (part for part in node.iter() if _tag(part) == name)


def _text(node: Xml.Element, name: str) -> str:
    return next((part.text or "" for part in _within(node, name)), "").strip()


def _green_button(root: Xml.Element) -> Iterable[list[str]]:
    """The interval readings of an ESPI feed (time, meter, value, unit, quality), by their types' power of ten."""
    kinds: dict[str, tuple[int, str]] = {}
    kind_of: dict[str, str] = {}
    for entry in _within(root, "entry"):
        links = " ".join(link.get("href", "") for link in entry if _tag(link) == "link")
        kind, meter = (re.search(rf"{word}/([^/\s]+)", links) for word in ("ReadingType", "MeterReading"))
        for reading_type in _within(entry, "ReadingType"):
            power = int(_text(reading_type, "powerOfTenMultiplier") or 0)
            kinds[kind[1] if kind else ""] = (power, _UNITS.get(_text(reading_type, "uom"), ""))
        if kind and meter and any(True for _ in _within(entry, "MeterReading")):
            kind_of[meter[1]] = kind[1]
    for entry in _within(root, "entry"):
        links = " ".join(link.get("href", "") for link in entry if _tag(link) == "link")
        match = re.search(r"MeterReading/([^/\s]+)", links)
        name = match[1] if match else ""
        only = next(iter(kinds.values())) if len(kinds) == 1 else (0, "")
        power, unit = kinds.get(kind_of.get(name, ""), only)
        for reading in _within(entry, "IntervalReading"):
            start, value = _text(reading, "start"), _text(reading, "value")
            if re.fullmatch(r"\d+", start) and re.fullmatch(r"-?\d+", value):
                time = datetime.fromtimestamp(int(start), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                quality = _text(reading, "quality")
                grade = "good" if not quality or quality in _GOOD else "uncertain"
                yield [time, name, f"{int(value) * 10.0**power:.15g}", unit, grade]


def _workbook(root: Xml.Element) -> list[list[str]]:
    """The rows of the fullest sheet of a workbook in XML; cells that are left out are blank."""
    sheets = [[_cells(row) for row in _within(sheet, "Row")] for sheet in _within(root, "Worksheet")]
    return max(sheets, key=len, default=[])


def _cells(row: Xml.Element) -> list[str]:
    cells: list[str] = []
    for cell in (part for part in row if _tag(part) == "Cell"):
        at = next((value for key, value in cell.attrib.items() if key.rpartition("}")[2] == "Index"), "")
        column = int(at) if at.isdigit() else 0
        if column > _COLUMNS:
            raise ValueError(f"a cell stands in column {column:,}")
        cells += [""] * (column - 1 - len(cells))
        cells.append(_text(cell, "Data").removesuffix(".000"))
    return cells


def _records(root: Xml.Element) -> list[list[str]]:
    """The elements that come most often as rows: their attributes, those around them, and the texts within them.

    Elements of other names with the same attributes are rows as well.
    """
    rows: list[dict[str, str]] = []
    counts = Counter(_tag(node) for node in root.iter() if len(node.attrib) + len(node) > 1)
    usual = counts.most_common(1)[0][0] if counts else ""
    alike = next((set(node.attrib) for node in root.iter() if _tag(node) == usual and not len(node)), None)

    def walk(node: Xml.Element, around: dict[str, str]) -> None:
        attributes = {key.rpartition("}")[2]: value.strip() for key, value in node.attrib.items()}
        if _tag(node) == usual or (not len(node) and set(node.attrib) == alike):
            attributes |= (
                {"value": node.text.strip()} if node.text and node.text.strip() and "value" not in attributes else {}
            )
            within = {
                _tag(part): (part.text or "").strip() for part in node.iter() if part is not node and not len(part)
            }
            rows.append(around | attributes | within)
            return
        for part in node:
            walk(part, around | {f"{_tag(node)} {key}": value for key, value in attributes.items()})

    walk(root, {})
    names = list(dict.fromkeys(name for row in rows for name in row))
    once = {name for name in names if " " in name and len({row.get(name) for row in rows}) == 1}
    about = {name for name in once if re.fullmatch(r"-?[\d.]+", rows[0][name])}  # a version or a count, above the rows
    names = [name for name in names if name not in about]
    return [names, *([row.get(name, "") for name in names] for row in rows)] if len(rows) > 2 else []


class _Tables(HTMLParser):
    """The rows of each table of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" or not self.tables:
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th") and self.tables[-1]:
            wide = dict(attrs).get("colspan") or "1"
            self.tables[-1][-1] += [""] * (min(int(wide), 100) if wide.isdigit() else 1)
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th", "tr", "table")

    def handle_data(self, data: str) -> None:
        if self._open and self.tables[-1] and self.tables[-1][-1]:
            row = self.tables[-1][-1]
            row[-1] = " ".join([*row[-1].split(), *data.split()])


def _page(data: bytes) -> list[list[str]]:
    """The rows of a page's largest table."""
    page = _Tables()
    page.feed(data.decode("utf-8", "replace"))
    return max(page.tables, key=len, default=[])
