"""Measurement files of LabVIEW: their segments as one table, and what damage says."""

import pytest

from sensors_data.errors import UnreadableError
from sensors_data.series.files.lvm import lvm_csv

LINES = (
    "LabVIEW Measurement",
    "Separator\tTab",
    "Date\t2026/02/02",
    "Time\t10:00:00.5",
    "***End_of_Header***\t",
    "Channels\t2\t\t",
    "Delta_X\t1\t1",
    "***End_of_Header***\t\t\t",
    "X_Value\tA\tB\tComment",
    "0\t1\t2",
    "1\t3\t4",
)
WHOLE = "\n".join(LINES)


def test_a_segment_counts_its_rows_from_its_start():
    expected = b"time,A,B\n2026-02-02 10:00:00.500000,1,2\n2026-02-02 10:00:01.500000,3,4\n"
    assert lvm_csv(WHOLE, "bench.lvm") == expected


@pytest.mark.parametrize(
    "damaged",
    [
        "\n".join(LINES[:8]),
        WHOLE.replace("Channels\t2", "Channels\t"),
        WHOLE.replace("\n1\t3", "\n1e400\t3"),
        WHOLE.replace("Date\t2026/02/02", "Date"),
    ],
    ids=["cut below a header", "no count", "a time without end", "no date"],
)
def test_a_damaged_file_is_refused_with_its_name(damaged):
    with pytest.raises(UnreadableError, match=r"bench\.lvm"):
        lvm_csv(damaged, "bench.lvm")
