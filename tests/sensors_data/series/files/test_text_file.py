import os

import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.files.text_file import text_file

LINES = "".join(f"{row},{row * row}\n" for row in range(500)).encode()


@pytest.mark.parametrize("text", [LINES, LINES[:-1], LINES + b"x" * 999 + b"\n1,2\n", b"one line", b"\n\n"])
def test_blocks_are_whole_lines_and_together_the_text_below_its_header(tmp_path, text):
    path = tmp_path / "plant.csv"
    path.write_bytes(b"a,b\n" + text)
    blocks = [bytes(block) for block in text_file(path).blocks(4, 100)]
    assert b"".join(blocks) == text
    assert all(block.endswith(b"\n") for block in blocks[:-1])
    assert len(blocks) > len(LINES) / 100 or text[:4] != LINES[:4]


def test_the_ends_of_a_text_are_its_first_bytes_and_its_last(tmp_path):
    path = tmp_path / "plant.csv"
    path.write_bytes(b"a,b\n1,2")
    assert text_file(path).ends(3) == (b"a,b", b"2")
    path.write_bytes(b"")
    assert text_file(path).ends(3) == (b"", b"")


def test_what_is_appended_later_does_not_belong_to_a_text(tmp_path):
    path = tmp_path / "plant.csv"
    path.write_bytes(LINES)
    text = text_file(path)
    with path.open("ab") as file:
        file.write(b"7,7\n")
    assert bytes(text.whole) == b"".join(map(bytes, text.blocks(0, 100))) == LINES


@pytest.mark.parametrize("change", ["replaced", "cut", "rewritten"])
def test_a_text_that_was_written_anew_is_not_read_a_second_time(tmp_path, change):
    path = tmp_path / "plant.csv"
    path.write_bytes(LINES)
    text = text_file(path)
    if change == "replaced":
        (tmp_path / "new").write_bytes(LINES)
        (tmp_path / "new").replace(path)
    elif change == "cut":
        path.write_bytes(LINES[:100])
    else:
        path.write_bytes(LINES[::-1])
        os.utime(path, ns=(text.changed + 1, text.changed + 1))
    with pytest.raises(UnreadableError, match=r"plant.csv was replaced while it was read; run it again"):
        _ = text.whole
