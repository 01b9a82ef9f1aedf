"""Columns that grade values: words such as Good and Bad, OPC codes, flags beside the value that they belong to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from sensors_data.series.understanding.column_words import WORDS
from sensors_data.series.understanding.columns import Column
from sensors_data.series.values.numbers import quality_word

_NAMES = WORDS["quality"]
_NAMES_ALSO = WORDS["perhaps quality"]
_GOOD = WORDS["good"]
_BAD = WORDS["bad"]
_GUESSED = frozenset(
    word
    for word in _BAD
    if re.match(r"est[ií]m|stim|gesch|beräknad|szacow|odhad|interpol|arvioi|becs|hinnat|tahmin|ersatz|náhr", word)
)
"""Grades of values that were not measured."""
_STATES = WORDS["states"] - {"estimated"}
_NO, _YES = frozenset(("false", "0", "no", "n")), frozenset(("true", "1", "yes", "y"))
_BEGINS = re.compile(r"good|bad|uncertain")
"""How the grades of OPC begin, whatever says more behind: `GoodNonCascade NonSpecific`."""
_USGS = re.compile(r"[ap](?:[: ]\[?\w{1,4}\]?)*")
"""Codes of the United States Geological Survey: approved or provisional, and perhaps what else, as e for estimated."""
_INVALID = re.compile(r"(?:in|un)[ _-]?(?:v[aá]lid|gült|guelt)|non[ _-]?valid|ongeldig|nevalid|geçersiz|недействи")
"""How words begin that say of a value that it does not count."""
_FAILS = re.compile(
    r"(?<![a-z])(?:err|error|erreur|errore|fehler|fel|feil|fejl|fout|chyba|błąd|ошибка|comm|timeout|time-out|sensor|probe"
    r"|no[ _-](?:signal|response|data)|(?:over|under)[ _-]?range|(?:open|short)[ _-]?circuit|disconnected)(?![a-z])"
)
"""Words of which one stands in each grade of a value that could not be measured: `FLOW ERR`."""
_CODE, _GOOD_CODE = r"0x[\da-f]{1,8}", r"0x0*c\w|0x[0-3][\da-f]{7}"
"""Grades of OPC in hexadecimal digits: c0 to cf are good; of OPC UA's eight digits the first two bits are 0."""


@dataclass(frozen=True)
class Quality:
    """The columns that grade values, as the layout's `quality`, and the grades that are good."""

    setting: str | dict[str, str]
    columns: tuple[str, ...]
    good: tuple[str, ...]
    evidence: str


def find_quality(columns: list[Column]) -> Quality | None:
    """The quality columns of a table: one for each sensor where several stand beside their values, else one for all."""
    graded = {column.name: graded_as for column in columns if (graded_as := _grades(column)) is not None}
    graded = graded or _in_turn(columns)
    if not graded:
        return None
    good = tuple(sorted({grade for grades in graded.values() for grade in grades}))
    counts = Counter(quality_word(cell) for c in columns if c.name in graded for cell in c.filled)
    bad = sum(count for grade, count in counts.items() if grade not in good)
    why = f"good: {', '.join(good[:5])}; {bad:,} values are not"
    values = [column for column in columns if column.name not in graded and column.numeric]
    pairs = {value.name: grade for value in values if (grade := _beside(value, columns, graded))}
    if len(values) > 1 and pairs and (len(graded) > 1 or (len(pairs) == 1 and _stem(next(iter(graded))))):
        return Quality(pairs, tuple(graded), good, why)
    refused = {
        c.name: int((~c.filled.map(quality_word).isin(graded[c.name])).sum()) for c in columns if c.name in graded
    }
    one = next((name for name in graded if refused[name]), next(iter(graded)))  # the first that refuses any grades all
    good = tuple(sorted(graded[one]))
    return Quality(one, tuple(graded), good, f"good: {', '.join(good[:5])}; {refused[one]:,} values are not")


def _grades(column: Column) -> set[str] | None:
    """The good grades of a column of grades, None for another column."""
    grades = {quality_word(grade) for grade in column.distinct} if len(column.distinct) <= 64 else set()
    if column.named(WORDS["quality if false"]) and grades <= _NO | _YES and grades:
        return grades & _NO or {"false"}
    named, doubtful = column.named(_NAMES), column.named(_NAMES_ALSO)
    if not named and (column.named(WORDS["alarms"]) or grades & WORDS["alarms"]):
        return None  # a value in alarm is measured
    grades_of_kind = _of_known_kinds(column, grades, named or doubtful)
    return _by_words(column, grades, named, doubtful) if grades_of_kind is None else grades_of_kind


def _of_known_kinds(column: Column, grades: set[str], named: bool) -> set[str] | None:
    """The good grades where a service's codes, an estimate among others or initials show them; None for others."""
    if grades and column.lower.endswith(" cd") and all(_USGS.fullmatch(grade) for grade in grades):
        return {grade for grade in grades if not grade.endswith("e")}
    if (
        grades == {"a", "e"}
        and not column.numeric
        and {"estimated", "actual", "read", "type"} & set(column.lower.split())
    ):
        return {"a"}
    named_so = named or bool(grades & (_GOOD - {"a", "g", "e"}))
    if not column.numeric and grades & _GUESSED and grades - _BAD and named_so and not grades & _STATES:
        return grades - _BAD  # of others nothing says that they were not measured
    if "e" in grades and named and not column.numeric and all(len(grade) == 1 for grade in grades):
        usual = column.filled.map(quality_word).value_counts(normalize=True)
        if usual.iloc[0] > 0.8 and usual.index[0] != "e":
            return {str(usual.index[0])}  # a rare E is an estimate or an error
    return _initials(column, grades) or None


def _by_words(column: Column, grades: set[str], named: bool, doubtful: bool) -> set[str] | None:
    """The good grades of words or codes, None for a column that is not called or written as grades are."""
    if not grades or not (
        named
        or doubtful
        or (grades <= _GOOD | _BAD and grades & {"good", "bad", "uncertain", "valid"})
        or (grades <= _GOOD | _BAD and grades & _GUESSED and not grades & _STATES)
        or all(_BEGINS.match(grade) for grade in grades)
        or _tells_failures(column, grades)
    ):
        return None
    if column.numeric and column.cells.dtype.kind != "b":
        return _codes(column, named)
    words = {grade for grade in grades if grade in _GOOD or grade.startswith("good") or re.fullmatch(_GOOD_CODE, grade)}
    known = {grade for grade in grades if grade in _GOOD | _BAD or _BEGINS.match(grade) or re.fullmatch(_CODE, grade)}
    if words and (len(known) >= 0.5 * len(grades)):
        return words
    if words and all(len(grade) <= 2 for grade in grades) and not grades & WORDS["states"]:
        shares = column.filled.map(quality_word).value_counts(normalize=True)
        if shares[list(words)].sum() > 0.9:
            return words  # of codes that are not known, nearly all rows have one that is good
    if not words and _are_codes(column, grades):
        return {str(quality_word(column.filled.value_counts().index[0]))}  # W beside E, which is estimated
    if not words and column.blank.mean() > 0.5 and len(known) == len(grades):
        return {""}  # a mark stands beside the bad ones alone
    usual = column.filled.map(quality_word).value_counts(normalize=True)
    only = len(usual) > 1 and all(_INVALID.match(grade) for grade in usual.index[1:])  # the others are not valid
    return {str(usual.index[0])} if len(usual) and ((named and usual.iloc[0] > 0.6) or only) else None


def _are_codes(column: Column, grades: set[str]) -> bool:
    """Whether a column holds codes of a letter or two: a usual one, and others that all are bad grades."""
    usual = column.filled.map(quality_word).value_counts(normalize=True)
    short = all(len(grade) <= 2 for grade in grades) and not grades & WORDS["states"]
    return len(usual) > 1 and bool(short and usual.iloc[0] > 0.6 and all(grade in _BAD for grade in usual.index[1:]))


def _in_turn(columns: list[Column]) -> dict[str, set[str]]:
    """The good codes of columns of one or two letters, one right behind each of two or more columns of numbers.

    Most values have the same code, and it is a good one.
    """
    by_place = {column.place: column for column in columns}
    behind = [by_place.get(c.place + 1) for c in columns if c.numeric and c.cells.dtype.kind != "b"]
    codes = [c for c in behind if c is not None and not c.numeric and c.distinct.str.fullmatch(r"[A-Za-z]{1,2}").all()]
    if len(codes) < 2 or len(codes) < len(behind) or any(len(column.distinct) > 8 for column in codes):
        return {}
    counts = Counter(quality_word(cell) for column in codes for cell in column.filled)
    usual, often = counts.most_common(1)[0]
    alike = usual in _GOOD and often > 0.8 * counts.total() and len(counts) > 1
    return {column.name: {usual} for column in codes} if alike else {}


def _tells_failures(column: Column, grades: set[str]) -> bool:
    """Whether a column's usual word is a good grade, and each other says that measuring failed."""
    if column.numeric or len(grades) < 2:
        return False
    usual = quality_word(column.filled.value_counts().index[0])
    return usual in _GOOD and all(_FAILS.search(grade) or _INVALID.match(grade) for grade in grades - _GOOD)


def _initials(column: Column, grades: set[str]) -> set[str]:
    """The good ones of letters that its name explains, as R and E of `REAL/ESTIMADO`; empty for another column."""
    words = {word[0]: word for word in re.findall(r"[^\W\d_]{3,}", column.name.casefold())}
    if not grades or column.numeric or any(len(grade) != 1 or words.get(grade) not in _GOOD | _BAD for grade in grades):
        return set()
    bad = {letter for letter, word in words.items() if word in _BAD}
    return grades - bad if bad and len(words) > 1 else set()


def _codes(column: Column, named: bool) -> set[str] | None:
    """The good ones of numeric grades: 192 and above of OPC, 0 of OPC UA, else the one that most rows have."""
    values = column.values
    grades = np.unique(values)
    good = {f"{grade:g}" for grade in grades if 192 <= grade <= 255}
    codes = column.whole and grades.min() >= 0 and len(grades) <= 16
    if codes and good and (grades.max() <= 255 or (named and grades.max() < 1000)):  # Ignition adds 500 and above
        return good | {"192"}
    if grades.min() == 0 and grades.max() >= 2**30 and column.whole:
        return {"0"}
    if not named or not column.whole or len(grades) > 16 or len(values) < len(column.filled):
        return None
    usual = grades[np.argmax([(values == grade).sum() for grade in grades])]
    return {f"{usual:.0f}"} if (values == usual).mean() > 0.6 else None


def _stem(name: str) -> str:
    """A quality column's name without its last word: `TI101` of `TI101.Quality`."""
    cut = re.sub(
        r"[\s._\-/:(\[]*(?:quality|qual|qc|validity|valid|flag|status|state|st|q|gute|güte)[)\]]?$",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return "" if cut == name else re.sub(r"\.\d+$", "", cut)


def _beside(value: Column, columns: list[Column], graded: dict[str, set[str]]) -> str:
    """The quality column of a value: the one of its name, else the one right after it."""
    bare = (
        re.sub(r"[\s._\-/:(\[]*(?:value|val|wert|vqt|v|pv)[)\]]?$", "", value.name, flags=re.IGNORECASE) or value.name
    )
    for grade in graded:
        if _stem(grade) and _stem(grade) in (value.name, bare):
            return grade
    after = next((column for column in columns if column.place == value.place + 1), None)
    return after.name if after is not None and after.name in graded else ""
