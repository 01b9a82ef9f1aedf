"""A folder is written with every file, or not at all."""

import pytest

from sensors_data.errors import StorageError, UnusableError
from sensors_data.whole_folder import write_folder

FILES = [("good/a.png", b"a"), ("list.csv", b"b")]


def files_below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_and_an_empty_folder_are_filled_and_a_second_time_nothing_is_written(tmp_path):
    (tmp_path / "empty").mkdir()
    for out in (tmp_path / "deep" / "new", tmp_path / "empty"):
        assert write_folder(out, iter(FILES))
        assert files_below(out) == dict(FILES)
        before = (out / "list.csv").stat().st_mtime_ns
        assert not write_folder(out, iter(FILES))
        assert (out / "list.csv").stat().st_mtime_ns == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "empty"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"other.txt": b"x"}, "holds other files: other.txt; name a folder that does not exist yet"),
        ({"list.csv": b"x"}, "its list.csv is missing or another"),
    ],
)
def test_a_folder_with_anything_else_is_refused_and_left_as_it_is(tmp_path, change, message):
    out = tmp_path / "out"
    write_folder(out, FILES)
    for name, data in change.items():
        (out / name).write_bytes(data)
    with pytest.raises(UnusableError, match=message):
        write_folder(out, FILES)
    assert files_below(out) == dict(FILES) | change


def test_what_fails_half_way_leaves_nothing(tmp_path):
    def files():
        yield FILES[0]
        raise UnusableError("the key is wrong")

    with pytest.raises(UnusableError, match="the key is wrong"):
        write_folder(tmp_path / "out", files())
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UnusableError, match="file is not a folder"):
        write_folder(tmp_path / "file", FILES)
    with pytest.raises(StorageError, match=r"cannot write .*: File exists; nothing was written"):
        write_folder(tmp_path / "file" / "below", FILES)
