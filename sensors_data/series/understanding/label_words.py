"""What a column's own name and its words say of it: whether it names machines, sensors, quantities, units or states."""

from __future__ import annotations

import re
import unicodedata

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.values.units import is_unit
from sensors_data.series.values.word_states import NO_STATES

_SENSOR = WORDS["sensor"]
_ASSET = WORDS["asset"]
_IDS = WORDS["ids of sensors"]


def is_unit_column(column: Column) -> bool:
    """Whether a column holds units; machines and shifts may be called by letters that are units as well, as N and S."""
    words = [str(word) for word in column.distinct[:50]]
    if not column.named(WORDS["unit"]) and all(len(word) == 1 and word.isalpha() for word in words):
        return False
    known = sum(is_unit(word) for word in words)
    named = column.named(WORDS["unit"]) and not column.numeric
    return not column.numeric and (known > 0.8 * len(words) or (named and known >= 0.5 * len(words)))


def is_called_value(column: Column) -> bool:
    """Whether a column is called a value and nothing else, but for its unit."""
    bare = re.sub(r"[\[(].*?[\])]", "", column.name).lower()
    words = [word for word in re.findall(r"[^\W_]+", bare) if not is_unit(word)]
    return column.called(WORDS["value"]) or (bool(words) and all(word in WORDS["value"] for word in words))


def is_states(column: Column) -> bool:
    """Whether a column holds words for states of a machine, not names."""
    return all(str(word).casefold() in WORDS["states"] for word in column.distinct)


def bare(word: str) -> str:
    """A word in small letters without accents."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_PAIRS = frozenset(frozenset(bare(pair).split("/")) for pair in WORDS["off/on"])


def switches(column: Column) -> bool:
    """Whether a column holds nothing but two states, such as OFF and ON or 0 and 1, beside words for no value."""
    words = {bare(str(word)) for word in column.distinct[:50]} - NO_STATES
    if column.numeric:
        return words <= {"0", "1", "0.0", "1.0"} and not column.called(_ASSET)
    return len(words) == 2 and frozenset(words) in _PAIRS


def tells_a_state(column: Column) -> bool:
    """Whether a column holds words for states, or codes under the name of a status."""
    status = column.named(WORDS["modes"] | WORDS["perhaps quality"])
    return is_states(column) or (status and not column.named(_ASSET))


def rests(column: Column) -> bool:
    """Whether a column of one number may be measured all the same: numbers of things have more digits."""
    return column.numeric and len(column.distinct) == 1 and not (column.whole and abs(column.values[0]) >= 10_000)


def names_assets(column: Column) -> bool:
    """Whether a column is called as names of machines are; one of numbers must end so, like `machine` or `pump no`."""
    if not column.numeric:
        return is_called_machine(column) and not column.named(WORDS["modes"])
    return column.called(_ASSET) or (column.lower.split() or [""])[-1] in _ASSET


_STEMS = tuple(sorted(word for word in _ASSET if len(word) >= 5))


def is_called_machine(column: Column) -> bool:
    """Whether a column's name has a word for machines; of one of words, one may begin so: `Stationscode`."""
    compound = not column.numeric and any(word.startswith(_STEMS) for word in column.lower.split())
    return column.named(_ASSET) or compound


def names_sensors(column: Column) -> bool:
    """Whether a column is called as names of sensors are, or holds the addresses of tags."""
    named = column.named(_SENSOR - {"name"}) or (column.named(_SENSOR) and not column.named(_ASSET))
    known = named or column.called(_IDS)
    return known or bool(column.distinct[:50].str.match(r"ns=\d+;[sigb]=").all()) or _are_paths(column)


def _are_paths(column: Column) -> bool:
    """Whether a column holds paths to tags, as `Line4.Oven.GasFlow`: one place above, another word at each end."""
    if column.numeric or len(column.distinct) < 2:
        return False
    paths = [re.split(r"[./\\]", str(word)) for word in column.distinct[:50]]
    ends = {re.sub(r"[\d_ -]", "", path[-1].casefold()) for path in paths}
    return min(map(len, paths)) > 2 and len({path[0] for path in paths}) == 1 and len(ends - {""}) == len(paths)


def names_quantities(column: Column) -> bool:
    """Whether each of a column's words says what was measured, and not all the same: import and export, say."""
    quantities = [
        set(re.findall(r"[^\W\d_]+", str(word).casefold())) & WORDS["quantities"] for word in column.distinct[:50]
    ]
    return not column.numeric and all(quantities) and len(set().union(*quantities)) > 1


def shown(columns: list[Column], why: str) -> str:
    """A reason with how many names a column has, and the first of them."""
    words = [str(word)[:20] for column in columns for word in column.distinct[:3]]
    count = len(columns[0].distinct) if columns else 0
    return f"{why}: {count} of them, like {', '.join(words[:3])}"
