"""Tables of fixed width whose columns a line of dashes rules, as query tools print them, as CSV."""

from __future__ import annotations

import re

from sensors_data.series.files.csv_text import csv_of

_RULE = re.compile(r"\s*[-=]{2,}(?:\s+[-=]{1,})+\s*")
_LOOK = 40
"""Lines among which the rule is looked for."""


def rule_of(data: bytes) -> int:
    """The line, from 0, of dashes that part columns below their names; -1 where there is none."""
    lines = _lines(data[:20_000])[:_LOOK]
    for number, line in enumerate(lines[1:-1], start=1):
        if not _RULE.fullmatch(line) or not lines[number - 1].strip():
            continue
        spans = _spans(line)
        named = all(lines[number - 1][begin:end].strip() for begin, end in spans)
        below = lines[number + 1 : number + 4]
        apart = all(row[end : end + 1].isspace() or not row[end : end + 1] for row in below for _, end in spans)
        if named and apart and below:
            return number
    return -1


def ruled_csv(data: bytes, rule: int) -> bytes:
    """The names above the rule and the rows below it, cut where the dashes are; lines of other forms as one cell."""
    lines = _lines(data)
    spans = _spans(lines[rule])
    spans = [*spans[:-1], (spans[-1][0], 10**6)]
    filled = filter(str.strip, (lines[rule - 1], *lines[rule + 1 :]))
    return csv_of(
        [line[begin:end].strip() for begin, end in spans] if len(line) > spans[-1][0] else [line.strip()]
        for line in filled
    )


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()


def _spans(rule: str) -> list[tuple[int, int]]:
    """Where each run of dashes begins and ends."""
    return [match.span() for match in re.finditer(r"[-=]+", rule)]
