"""Files of XML and HTML: what is no table in them is refused, and so is what would grow without end."""

import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.files.markup import markup_csv

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<feed><entry>&c;</entry></feed>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/hostname">]><feed><entry>&x;</entry></feed>"""


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE])
def test_entities_of_a_file_are_not_read(data):
    with pytest.raises(UnreadableError, match=r"meter\.xml declares entities of its own"):
        markup_csv(data, "meter.xml")


def test_a_page_s_largest_table_is_taken():
    page = b"<html><table><tr><td>x</td></tr></table><table><tr><th>time</th><th>flow</th></tr>"
    page += b"<tr><td>2026-11-21 00:00</td><td>1.5</td></tr></table></html>"
    assert markup_csv(page, "a.xls").decode().splitlines() == ["time,flow", "2026-11-21 00:00,1.5"]


def test_a_cut_file_is_refused_with_its_line():
    with pytest.raises(UnreadableError, match=r"meter\.xml looks like XML and is none from line 2 on"):
        markup_csv(b'<?xml version="1.0"?>\n<feed><entry>', "meter.xml")


FEED = b"""<feed><entry><link href="/ReadingType/1"/><ReadingType><powerOfTenMultiplier>%s</powerOfTenMultiplier>
</ReadingType></entry><entry><link href="/MeterReading/1"/><IntervalReading><start>%s</start><value>7</value>
</IntervalReading></entry></feed>"""
BOOK = b"<workbook><Worksheet><Row><Cell Index='%s'><Data>1</Data></Cell></Row><Row/></Worksheet></workbook>"


def test_a_meter_s_feed_is_read():
    assert markup_csv(FEED % (b"-1", b"1773360000"), "m.xml").splitlines()[1] == b"2026-03-13T00:00:00Z,1,0.7,,good"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (FEED % (b"many", b"1773360000"), "many"),
        (FEED % (b"999", b"1773360000"), "too large|out of range"),
        (FEED % (b"0", b"9" * 30), "out of range|too large|large"),
        (BOOK % b"4294967296", "a cell stands in column 4,294,967,296"),
        (b"<rows>" + b"<a>" * 5000 + b"</a>" * 5000 + b"<r><x>1</x><y>2</y></r>" * 2 + b"</rows>", "recursion"),
    ],
)
def test_numbers_times_and_tables_of_no_plant_are_refused_with_the_file_s_name(data, why):
    with pytest.raises(UnreadableError, match=rf"m\.xml is XML that cannot be read: .*(?:{why})"):
        markup_csv(data, "m.xml")
