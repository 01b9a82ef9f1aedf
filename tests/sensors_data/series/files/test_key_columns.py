import numpy as np
import pyarrow as pa
import pytest

from sensors_data.series.files.key_columns import coded


def texts(name: str) -> dict[str, list[str]]:
    """Cells as programs write them: by time, by machine, in no order, of many widths, blank, fewer than a turn."""
    times = [f"2026-11-21T00:{minute:02}Z" for minute in range(40)]
    machines = [f"p{number}" * (1 + number % 3) for number in range(25)]
    every = [(time, machine) for time in times for machine in machines]
    if name == "by machine":
        every = sorted(every, key=lambda row: row[1])
    if name == "in no order":
        every = [every[place] for place in np.random.default_rng(0).permutation(len(every))]
    if name == "one turn is broken":
        every[777] = (every[777][0], "p99")
    if name == "of many widths":
        every = [(f"{place // 25}", machine) for place, (_, machine) in enumerate(every)]
    if name == "blank":
        every = [("", "")] * 100
    if name == "short":
        every = every[:20]
    return {"time": [time for time, _ in every], "asset": [machine for _, machine in every]}


ORDERS = ["by time", "by machine", "in no order", "one turn is broken", "of many widths", "blank", "short"]


@pytest.mark.parametrize("name", ORDERS)
def test_key_columns_as_codes_hold_the_same_cells_however_the_rows_are_ordered(name):
    cells = texts(name)
    codes = coded(pa.table(cells))
    for column, wanted in cells.items():
        assert codes[column].to_pylist() == wanted
        distinct = codes[column].chunk(0).dictionary.to_pylist()
        assert len(distinct) == len(set(distinct))


def test_no_rows_have_no_codes():
    assert coded(pa.table({"time": pa.array([], pa.string())})).num_rows == 0
