"""Rows of cells as the bytes of a CSV file, and a line of one as cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain


def csv_of(rows: Iterable[Iterable[str]], separator: str = ",") -> bytes:
    """Rows of cells as CSV in UTF-8, a line each."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def csv_of_records(records: Sequence[Mapping[str, str]]) -> bytes:
    """Records as CSV: a column a name, in the order in which the names first come; a name that one lacks is blank."""
    names = list(dict.fromkeys(name for record in records for name in record))
    return csv_of(chain([names], ([record.get(name, "") for name in names] for record in records)))


def cells_of(line: str, separator: str) -> list[str]:
    """The cells of a line, without blanks around them; none of an empty line."""
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
