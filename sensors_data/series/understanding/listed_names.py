"""Names of columns that stand below one another above a table without a header: numbered, or a line a channel."""

from __future__ import annotations

import re

from sensors_data.section import LABEL
from sensors_data.series.files.cell_kinds import kind_of

_NUMBERED = re.compile(
    r"[\s#%!;/*\"']*(?:(?:columns?|col|channel|ch|field|spalte|kanal|variable|var|parameter)[\s._#:-]*)?"
    r"[(\[]?0*(\d{1,3})[)\]]?\s*(?:[:=.)\t]|-(?=\s)|\s-\s|\s(?=\s*[A-Za-z]))+\s*(\S.*)",
    re.IGNORECASE,
)
"""A line such as `# Column 3: Air temperature (degC)`."""
_STATED = re.compile(r"\s*([^\W\d_][\w /.-]{1,40}?)\s*[:=]\s*(\S.*?)\s*")
_NAMES = frozenset(("identification", "name", "channel name", "signal", "tag", "description", "parameter", "sensor"))


def listed_names(above: list[str], kinds: list[str]) -> tuple[str, ...]:
    """The name of each column by the lines above the rows, empty for one that is not named; () where none are listed.

    `kinds` are those of the columns' cells, as `kind_of` tells them.
    """
    wanted = [place for place, kind in enumerate(kinds) if kind == "n"]
    names = _numbered(above)
    if len(names) == len(kinds):
        return tuple(names)
    names = names if len(names) == len(wanted) else _by_key(above, len(wanted))
    if len(names) < 2 or len(names) != len(wanted):
        return ()
    named = dict(zip(wanted, names, strict=True))
    return tuple(named.get(place, "") for place in range(len(kinds)))


def keyed_names(above: list[list[str]], header: list[str]) -> tuple[str, ...]:
    """The name of each column that a line above states behind what the header calls it: `Point_1:,AHU3.SAT`.

    Empty for a column that no line names; () where fewer than two are named.
    """
    stated = {row[0].rstrip(": "): row[1] for row in above if len(row) > 1 and row[0].endswith(":") and row[1]}
    names = tuple(stated.get(cell, "") if cell else "" for cell in header)
    known = [name for name in names if name]
    return names if len(known) > 1 and len(set(known)) == len(known) and all(map(_could_name, known)) else ()


def _numbered(above: list[str]) -> list[str]:
    """The names of lines that are numbered 1, 2, 3 or from 0 on; the last such run of two and more."""
    names: list[str] = []
    last = -1
    for line in above:
        match = _NUMBERED.fullmatch(line)
        if match is None:
            continue
        number = int(match[1])
        if number != last + 1 or (number == 1 and last == 0 and len(names) != 1):
            if number > 1:
                continue
            names = []
        names.append(match[2].strip(' "\t'))
        last = number
    return names if len(set(names)) == len(names) > 1 and all(map(_could_name, names)) else []


def _by_key(above: list[str], count: int) -> list[str]:
    """What one key says in as many lines as there are columns, in different words."""
    stated: dict[str, list[str]] = {}
    for line in above:
        if match := _STATED.fullmatch(line):
            stated.setdefault(match[1].casefold(), []).append(match[2].strip(' "='))
    likely = {
        key: names
        for key, names in stated.items()
        if len(names) == count == len(set(names)) and all(kind_of(name) == "w" and _could_name(name) for name in names)
    }
    best = min(likely, key=lambda key: key not in _NAMES, default="")
    return likely.get(best, [])


def _could_name(name: str) -> bool:
    return bool(re.fullmatch(LABEL, name)) and bool(re.search(r"[^\W\d_]", name))
