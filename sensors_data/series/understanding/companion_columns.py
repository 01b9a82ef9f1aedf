"""Columns that belong to another column: the quality marks of its values, or a part of its object in JSON."""

from __future__ import annotations

import re

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column


def marks_beside(column: Column, columns: list[Column]) -> str:
    """The column of numbers that a column of codes belongs to by its name, empty for none."""
    stem = re.sub(r"[\s._-]*(?:cd|code|flags?|qf|qc|qualifiers?|remarks?)$", "", column.name, flags=re.IGNORECASE)
    if column.numeric or stem == column.name:
        return ""
    beside = (other.name for other in columns if other.name == stem and other.numeric)
    return next(beside, "")


def repeats_number(column: Column, columns: list[Column]) -> str:
    """The column of numbers that a column of words says again behind them, as in `temp: 21.5`; empty for none."""
    words = column.cells.iloc[:200].astype(str).tolist()
    if column.numeric or column.typed_times or not re.search(r"\D[ :=]-?\d", " ".join(words[:5])):
        return ""
    for other in (c for c in columns if c.numeric and c is not column and len(c.distinct) > 5):
        pairs = zip(words, other.cells.iloc[:200].astype(str).tolist(), strict=True)
        again = [word.endswith((f" {cell}", f":{cell}", f"={cell}")) for word, cell in pairs]
        if sum(again) > 0.8 * len(again):
            return other.name
    return ""


def says_unit(column: Column, columns: list[Column]) -> str:
    """Why a column of one word is the unit of another, as `Ch1_Unit` is of `Ch1_Value`; empty if it is none."""
    stem = _without(column.name, WORDS["unit"])
    if not stem or column.numeric or len(column.distinct) != 1:
        return ""
    of = next((c.name for c in columns if c.numeric and stem in (c.name, _without(c.name, WORDS["value"]))), "")
    return f"it holds the unit of {of}" if of else ""


def _without(name: str, words: frozenset[str]) -> str:
    """A name without its last word, where that is one of some words; else empty."""
    match = re.fullmatch(r"(.+?)[\s._-]+([^\W_]+)", name)
    return match[1] if match and match[2].casefold() in words else ""


def stands_within(column: Column, columns: dict[str, Column]) -> str:
    """Why a column is a part of another's words, as JSON has an object where a number is not known; empty if not."""
    outer = columns.get(column.name.rpartition(".")[0])
    if (
        outer is None
        or not outer.numeric
        or not outer.blank.any()
        or (~outer.blank & ~column.blank).any()
        or column.blank.mean() < 0.5
    ):
        return ""
    return f"it stands where {outer.name} is no number"
