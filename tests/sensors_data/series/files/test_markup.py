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
