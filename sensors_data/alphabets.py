"""The encoding of a text of eight bits by its letters: the first in which all are of one language's alphabet."""

from __future__ import annotations

import re

_WESTERN = """äöüß éèàùâêîôûçëïüœæÿ áéíóúñü áâãàçéêíóôõúü àèéìòùîí åäöæøéáü ëïéèüöê àçéèíïóòúü áéíóúýðþæö äöåšž"""
_ALPHABETS = {
    "cp1252": _WESTERN,
    "cp1250": "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čćđšž ăâîşţ",
    "cp1257": "ąčęėįšųūž āčēģīķļņšūž",
    "cp1254": "çğıöşüâîû",
    "iso8859-2": "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű čćđšž ăâîşţ",
    "cp850": _WESTERN,
    "mac-roman": _WESTERN,
    "cp852": "ąćęłńóśźż áčďéěíňóřšťúůýž áéíóöőúüű čćđšž",
}
"""Encodings, the usual ones first, and the letters beyond a to z of the languages that are written in each."""


def encoding_by_letters(data: bytes) -> str:
    """The encoding in which all letters beyond a to z are of one language and no sign stands in a word; '' for none."""
    start = data[: data.rfind(b"\n", 0, 200_000) + 1] or data
    return next((name for name, letters in _ALPHABETS.items() if _fits(start, name, letters.split())), "")


def _fits(data: bytes, encoding: str, alphabets: list[str]) -> bool:
    """Whether a text's words are of one of some alphabets."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    if re.search(r"[\x80-\x9f]", text):
        return False  # control signs
    words = [
        word for word in re.findall(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*", text) if re.search(r"[A-Za-z]{2}", word)
    ]
    inside = {signs for word in words for signs in re.findall(r"(?<=[^\W\d_])[^\x00-\x7f]+(?=[^\W\d_])", word)}
    letters = {sign for word in words for sign in word.replace("İ", "i").lower() if sign > "\x7f" and sign.isalpha()}
    letters -= set("ªºµμ")
    return all(signs.isalpha() for signs in inside) and any(letters <= set(alphabet) for alphabet in alphabets)
