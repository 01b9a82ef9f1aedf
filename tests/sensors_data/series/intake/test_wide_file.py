from datetime import date

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from sensors_data.arrow_rows import as_table
from sensors_data.series.files import cells
from sensors_data.series.intake import readings as reading
from sensors_data.series.intake.readings import read_day
from sensors_data.series.intake.wide_file import wide_file
from sensors_data.settings import Family

DAY = date(2026, 11, 21)
SENSORS = {
    "flow": {"low": -5, "high": 60},
    "speed": {"missing": [-999, 0]},
    "valve": {"states": {"open": 1, "shut": 0}},
}
ODD_CELLS = (
    "",
    "NA",
    "nan",
    " - ",
    "Null",
    "abc",
    "1,5",
    "1e400",
    "-999",
    "inf",
    "61",
    "open",
    "SHUT",
    "0x1",
    " 7.5 ",
    "+3",
    "\u22124",
    ".5",
    "1e1",
    "-nan",
    '"8"',
)
ODD_TIMES = (
    "",
    "noon",
    "2026-11-21 24:00",
    "1970-01-01T00:00Z",
    "2026-11-21T10:00:00+02:00",
    "2026-11-19T10:00:00Z",
    "2026-11-20 23:59:30Z",
)
ODD_ASSETS = ("", "a\tb", "p9", "ä")


def lines(rng: np.random.Generator, rows: int, dirty: float, day: date = DAY) -> list[str]:
    """A file's lines: two assets, a row each quarter of an hour, a share of them with something odd."""
    made = ["time,asset,flow,speed,valve,note"]
    for row in range(rows):
        moment = np.datetime64(day, "s") + row // 2 * np.timedelta64(900, "s")
        cells = [f"{moment}Z", f"p{row % 2}", f"{rng.normal(20, 5):.3f}", f"{rng.normal(900, 5):.17g}", "1", ""]
        if rng.random() < dirty:
            kind = rng.integers(8)
            if kind < 4:
                cells[rng.integers(2, 6)] = ODD_CELLS[rng.integers(len(ODD_CELLS))]
            elif kind == 4:
                cells[0] = ODD_TIMES[rng.integers(len(ODD_TIMES))]
            elif kind == 5:
                cells[1] = ODD_ASSETS[rng.integers(len(ODD_ASSETS))]
            elif kind == 6:
                cells = cells[: rng.integers(0, 6)] if rng.random() < 0.7 else [*cells, "", "x"][: rng.integers(7, 9)]
            else:
                made.append(made[rng.integers(1, len(made))] if len(made) > 1 else "")
        made.append(",".join(cells))
    return made


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """A family whose file of the day is written by `write(lines)`, in blocks of a few lines."""
    monkeypatch.setattr(cells, "BLOCK", 700)

    def write(made: list[str], end: str = "\n", day: date = DAY, **more: object) -> Family:
        (tmp_path / f"plant-{day}.csv").write_bytes((end.join(made) + end).encode())
        keys = {"step": "15min", "sensors": SENSORS, "layout": {"asset": "asset", "ignore": ["note"]}}
        return Family.model_validate({"inbox": str(tmp_path / "plant-{day}.csv"), **keys, **more})

    return write


def both_ways(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same readings and rejects as when every cell is read as text."""
    fast = read_day(family, DAY)
    with monkeypatch.context() as patch:
        patch.setattr(reading, "wide_file", lambda path, family: None)
        slow = read_day(family, DAY)
    for table, one, other in zip(("readings", "rejects"), fast, slow, strict=True):
        assert_frame_equal(as_table(table, one), as_table(table, other))


@pytest.mark.parametrize("seed", range(12))
def test_a_dirty_file_gives_the_same_rows_as_read_cell_by_cell(inbox, monkeypatch, seed):
    rng = np.random.default_rng(seed)
    made = lines(rng, 190, dirty=(0.02, 0.1, 0.3)[seed % 3])
    if seed % 2:
        body = made[1:]
        for _ in range(10):
            one, other = rng.integers(len(body), size=2)
            body[one], body[other] = body[other], body[one]
        made = [made[0], *body]
    family = inbox(made, end="\r\n" if seed % 4 == 3 else "\n", assets=["p0", "p1"] if seed % 5 == 0 else [])
    inbox(lines(rng, 100, 0.1, date(2026, 11, 22)), day=date(2026, 11, 22))
    (path,) = reading.find_files(family.inbox, DAY)
    assert wide_file(path, family) is not None
    both_ways(family, monkeypatch)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("quality", ["note", {"flow": "note"}])
def test_a_file_with_qualities_gives_the_same_rows_as_read_cell_by_cell(inbox, monkeypatch, seed, quality):
    rng = np.random.default_rng(seed)
    made = lines(rng, 190, dirty=0.1)
    grades = [("good", "Good ", "bad", "")[rng.choice(4, p=[0.7, 0.1, 0.1, 0.1])] for _ in made]
    made = [
        made[0],
        *(line + grade if line[-1:] == "," else line for line, grade in zip(made[1:], grades, strict=False)),
    ]
    layout = {"asset": "asset", "quality": quality, "good": ["good"]}
    family = inbox(made, layout=layout)
    (path,) = reading.find_files(family.inbox, DAY)
    assert wide_file(path, family) is not None
    both_ways(family, monkeypatch)
    assert (read_day(family, DAY)[1]["reason"] == "its quality is not among the good ones").sum() > 5


@pytest.mark.parametrize("seed", range(4))
def test_a_dirty_file_with_decimal_commas_gives_the_same_rows_as_read_cell_by_cell(inbox, monkeypatch, seed):
    made = [line.replace(",", ";") for line in lines(np.random.default_rng(seed), 190, dirty=(0.05, 0.3)[seed % 2])]
    made = [line.replace(".", ",") if row % 40 else line for row, line in enumerate(made)]
    layout = {"asset": "asset", "ignore": ["note"], "decimal": ",", "separator": ";"}
    family = inbox(made, layout=layout)
    (path,) = reading.find_files(family.inbox, DAY)
    assert wide_file(path, family) is not None
    both_ways(family, monkeypatch)
