"""Tables with a column of values for each type of number."""

import pandas as pd
import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.files.value_types import typed_values, with_one_value
from sensors_data.series.understanding.discover import discover

HEAD = "a log\ntime;tag;value_int;value_float;note\n"
ROWS = "".join(f"2026-02-02 00:0{n};t{n % 2};{('', n)[n % 2]};{('1,5', '-')[n % 2]};x\n" for n in range(8))


def test_the_one_filled_cell_of_each_row_is_its_value():
    made = with_one_value((HEAD + ROWS).encode()).decode().splitlines()
    assert made[:4] == ["a log", "time;tag;value;note", "2026-02-02 00:00;t0;1,5;x", "2026-02-02 00:01;t1;1;x"]


def test_a_table_whose_rows_fill_both_is_left_as_it_is():
    both = (HEAD + ROWS.replace(";-;", ";2;")).encode()
    assert with_one_value(both) is both


def test_names_that_say_value_and_a_type_are_those_of_one_value():
    assert typed_values(["time", "measure_value::double", "measure_value::bigint", "x_value"]) == [
        "measure_value::double",
        "measure_value::bigint",
    ]
    assert typed_values(["value.doubleValue", "value.int64Value", "mean_value"])[0] == "value.doubleValue"


def test_parquet_with_values_by_their_type_is_refused_with_the_remedy(tmp_path):
    times = pd.date_range("2026-02-02", periods=40, freq="h")
    whole = [n if n % 2 else None for n in range(40)]
    real = [None if n % 2 else n + 0.5 for n in range(40)]
    frame = pd.DataFrame({"time": times, "tag": ["a", "b"] * 20, "intvalue": whole, "floatvalue": real})
    frame.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(UnreadableError, match=r"by its type; export them as one column: SELECT COALESCE"):
        discover(tmp_path / "a.parquet")
