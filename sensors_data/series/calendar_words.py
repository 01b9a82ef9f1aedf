"""Words of dates: months by name in seven languages, halves of the day, zones by their short name."""

from __future__ import annotations

import unicodedata

_MONTHS = """
january jan januar janvier janv enero ene gennaio gen januari janeiro jaenner
february feb februar fevrier fevr febrero febbraio februari fevereiro fev feber
march mar maerz mrz mars marzo maart mrt marco
april apr avril avr abril aprile abr
may mai mayo maggio mag mei maio
june jun juni juin junio giugno giu junho
july jul juli juillet juil julio luglio lug julho
august aug aout agosto ago augustus agu
september sep sept septembre septiembre settembre set setembro
october oct oktober okt octobre octubre ottobre ott outubro out
november nov novembre noviembre novembro
december dec dezember dez decembre diciembre dic dicembre dezembro december
"""
MONTHS = {word: number for number, line in enumerate(_MONTHS.strip().splitlines(), start=1) for word in line.split()}
"""The number of a month by its name or short name, as `plain_word` gives it."""

AFTERNOON = {"am": 0, "pm": 12, "vorm": 0, "nachm": 12}

ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "wet", "ut"), 0),
    **dict.fromkeys(("cet", "mez", "west", "bst"), 60),
    **dict.fromkeys(("cest", "mesz", "eet", "sast"), 120),
    **dict.fromkeys(("eest", "msk", "trt"), 180),
    "sgt": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "brt": -180, "art": -180, "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420,
    "pdt": -420, "pst": -480, "akdt": -480, "akst": -540, "hst": -600,
}  # fmt: skip
"""Minutes east of Greenwich of a zone's short name; those of two meanings (IST) are left out."""

UNSURE_ZONES = {"bst": "British summer time", "cst": "US Central time", "est": "US Eastern time", "art": "Argentina"}
"""What a short name with two meanings is taken for: said to people."""


def plain_word(word: str) -> str:
    """A word in small ASCII letters: `Février.` becomes `fevrier`, `März` becomes `maerz`."""
    word = word.lower().replace("ä", "ae").strip(". ")
    return "".join(c for c in unicodedata.normalize("NFKD", word) if c.isalpha() and not unicodedata.combining(c))


def month_number(word: str) -> int:
    """The month that a word names, 0 for none."""
    return MONTHS.get(plain_word(word), 0)
