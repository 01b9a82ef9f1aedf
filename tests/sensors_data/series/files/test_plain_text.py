from pathlib import Path

import pytest

from sensors_data.layout import Layout
from sensors_data.series.files.cells import body_of
from sensors_data.series.files.packing import unpacked
from sensors_data.series.files.plain_text import plain_body

ROWS = "".join(f"2026-11-21T{row // 60:02}:{row % 60:02}Z,p{row % 3},{row}.5\n" for row in range(1_000))
PLAIN = "time,asset,flow\n" + ROWS


def body(folder: Path, data: bytes, **layout: object):
    path = folder / "plant.csv"
    path.write_bytes(data)
    return path, plain_body(path, Layout.model_validate({"asset": "asset", **layout}))


@pytest.mark.parametrize(
    "data", [PLAIN, "note\n" + PLAIN, PLAIN[:-1], PLAIN.replace("p1", "pä"), "time,asset,flow\n1,2,3\n"]
)
def test_a_plain_file_is_parted_as_one_that_is_read_whole(tmp_path, data):
    skip = int(data.startswith("note"))
    path, plain = body(tmp_path, data.encode(), skip_lines=skip)
    whole = body_of(unpacked(path), path.name, Layout(asset="asset", skip_lines=skip))
    assert plain is not None
    assert bytes(plain.whole) == whole.whole
    assert (plain.begin, plain.names, plain.separator, plain.first) == (
        whole.begin,
        whole.names,
        whole.separator,
        whole.first,
    )


@pytest.mark.parametrize(
    ("data", "layout"),
    [
        (b"\xef\xbb\xbf" + PLAIN.encode(), {}),
        (PLAIN.encode("utf-16"), {}),
        (PLAIN.encode() + b"\x00", {}),
        (b"", {}),
        (PLAIN.encode(), {"comment": "#"}),
        (PLAIN.replace(",", " ").encode(), {"separator": " "}),
        (PLAIN.replace("\n", "\r").encode(), {}),
        (b'[{"time": "2026-11-21T00:00Z", "flow": 1}]', {}),
    ],
)
def test_a_file_that_must_be_made_even_first_is_not_plain(tmp_path, data, layout):
    assert body(tmp_path, data, **layout)[1] is None
