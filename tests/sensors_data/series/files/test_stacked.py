"""Tables below one another in one text."""

from sensors_data.series.files.stacked import one_table


def rows(first: int, count: int = 6, value: str = "1.5") -> str:
    return "".join(f"2026-02-02 {hour:02d}:00,{value}\n" for hour in range(first, first + count))


def table(text: str) -> list[str] | None:
    made = one_table(text.encode(), "a.csv", ",")
    return made.decode().splitlines() if made is not None else None


def test_tables_of_the_same_columns_are_told_apart_by_what_differs_in_their_titles():
    made = table(
        f"Plant: South\nPump: A\nunit: bar\ntime,p\n{rows(0)}\nPlant: South\nPump: B\nunit: bar\ntime,p\n{rows(0)}"
    )
    assert (made[0], made[1], made[-1], len(made)) == (
        "time,p,Pump",
        "2026-02-02 00:00,1.5,A",
        "2026-02-02 05:00,1.5,B",
        13,
    )


def test_tables_of_other_columns_are_joined_by_the_columns_that_all_have():
    made = table(f"time,p\n{rows(0)}Flows\ntime,q\n{rows(2, value='7')}")
    assert made[0] == "time,p,q"
    assert made[1] == "2026-02-02 00:00,1.5,"
    assert made[3] == "2026-02-02 02:00,1.5,7"
    assert made[-1] == "2026-02-02 07:00,,7"


def test_a_column_of_one_name_in_some_of_the_tables_is_called_by_their_titles():
    made = table(f"Inlet\ntime,p\n{rows(0)}\nOutlet\ntime,p,t\n" + rows(0).replace("1.5", "2.5,9"))
    assert made[:2] == ["time,Inlet p,Outlet p,t", "2026-02-02 00:00,1.5,2.5,9"]


def test_one_table_with_other_lines_in_it_is_no_stack():
    assert table(f"time,p\n{rows(0)}time,p\n{rows(6)}") is None  # the header again
    assert table(f"time,p\n{rows(0)}logging stopped\n{rows(6)}") is None  # a note, and the times go on
    assert table(f"time,p\n{rows(0)}\n{rows(6)}") is None
    assert table(f"time,p\n{rows(0)}error,error\n{rows(6)}") is None
    assert one_table(rows(0).encode(), "a.csv", " ") is None


def test_hours_in_a_column_of_their_own_tell_rows_of_a_day_apart():
    day = "".join(f"2026-02-02,{hour},{{}}\n" for hour in range(6))
    made = table(f"date,hour,p\n{day.replace('{}', '1')}\ndate,hour,q\n{day.replace('{}', '2')}")
    assert (made[0], made[1], len(made)) == ("date,hour,p,q", "2026-02-02,0,1,2", 7)


def test_tables_whose_rows_nothing_tells_apart_are_left_as_they_are():
    again = "2026-02-02 00:00,1.5\n" * 6
    assert table(f"time,p\n{again}\ntime,q\n{again}") is None


def apart(first: int, last: int) -> str:
    """Rows whose clock stands in a column of its own."""
    return "".join(f"2026-02-02,{hour:02d}:00,1.5\n" for hour in range(first, last))


def test_pages_of_one_day_whose_clock_stands_apart_from_the_date_are_no_stack():
    assert table(f"Page 1\ndate,clock,p\n{apart(0, 8)}\nPage 2\ndate,clock,p\n{apart(8, 16)}") is None
    made = table(f"Pump: A\ndate,clock,p\n{apart(0, 8)}\nPump: B\ndate,clock,p\n{apart(0, 8)}")
    assert (made[0], made[-1]) == ("date,clock,p,Pump", "2026-02-02,07:00,1.5,B")


def test_lines_below_each_table_of_a_stack_stay_as_lines_that_are_no_rows():
    made = table(f"Pump: A\ntime,p\n{rows(0)}Total,9\n\nPump: B\ntime,p\n{rows(0)}Total,8\nEnd of report\n")
    assert (made[0], made[6], made[7], made[8]) == (
        "time,p,Pump",
        "2026-02-02 05:00,1.5,A",
        '"Total,9"',
        "2026-02-02 00:00,1.5,B",
    )
    assert made[-2:] == ['"Total,8"', "End of report"]
