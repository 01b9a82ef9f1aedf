"""Bytes and texts that nobody meant: what is real, changed at random in the ways that files are."""

from __future__ import annotations

import io
import json
import random
import re
from typing import Any

import pandas as pd

NUMBERS = (
    *("0", "-1", "1e308", "-1e309", "NaN", "inf", "1,5", "1.234.567,8", "99999999999999999999", "4294967296"),
    *("-9999", "1e-320", "0x1F", "١٢٣", "--", "1970-01-01", "9999-12-31T23:59:60Z", "24:00", "2026-03-29T02:30"),
)
WORDS = (
    *("", " ", '"', "'", ",", ";", "\t", "\n", "\r\n", "\x00", "\ufeff", "=1+1", "../../etc/passwd", "%00", "{day}"),
    *("a" * 5000, "é" * 300, "\U0001f525", "\u202e", "<script>alert(1)</script>", "[[", "}}", "null", "true", "NA"),
    *("{" * 500, "[" * 5000, "\\", "%s%n", "$(id)", "|", "NULL", "#REF!", "-", "on", "OFF"),
)
ENDS = (b"\x00" * 64, b"\xff" * 64, b"PAR1", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", b"\xef\xbb\xbf")


def changed(data: bytes, rng: random.Random, other: bytes = b"") -> bytes:
    """Bytes after one to four changes."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        data = rng.choice(WAYS)(data, rng, other)
    return data[: 4 * 2**20]


def _flip(data: bytes, rng: random.Random, _: bytes) -> bytes:
    if not data:
        return data
    found = bytearray(data)
    for _number in range(rng.choice((1, 1, 8))):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def _cut(data: bytes, rng: random.Random, _: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _drop(data: bytes, rng: random.Random, _: bytes) -> bytes:
    first = rng.randrange(len(data) + 1)
    return data[:first] + data[first + rng.choice((1, 4, 40, 400)) :]


def _double(data: bytes, rng: random.Random, _: bytes) -> bytes:
    first = rng.randrange(len(data) + 1)
    part = data[first : first + rng.choice((1, 10, 200))]
    return data[:first] + part * rng.choice((2, 3, 100)) + data[first:]


def _insert(data: bytes, rng: random.Random, _: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    part = rng.choice((rng.choice(WORDS).encode(), rng.choice(NUMBERS).encode(), rng.choice(ENDS), rng.randbytes(7)))
    return data[:place] + part + data[place:]


def _splice(data: bytes, rng: random.Random, other: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _number(data: bytes, rng: random.Random, _: bytes) -> bytes:
    found = list(re.finditer(rb"-?\d+\.?\d*", data[: 2**16]))
    if not found:
        return data
    hit = rng.choice(found)
    return data[: hit.start()] + rng.choice(NUMBERS).encode() + data[hit.end() :]


def _word(data: bytes, rng: random.Random, _: bytes) -> bytes:
    found = list(re.finditer(rb"[A-Za-z_]{2,}", data[: 2**16]))
    if not found:
        return data
    hit = rng.choice(found)
    return data[: hit.start()] + rng.choice(WORDS).encode() + data[hit.end() :]


def _lines(data: bytes, rng: random.Random, _: bytes) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines[: rng.randrange(1, len(lines) + 1)])


WAYS = (_flip, _flip, _cut, _drop, _double, _insert, _insert, _splice, _number, _number, _word, _word, _lines)


def changed_json(value: Any, rng: random.Random) -> Any:
    """A JSON value with one of its parts replaced, doubled, or taken away."""
    odd = rng.choice(
        (None, True, -1, 1e308, 10**30, "", "x" * 5000, [], {}, [[]], rng.choice(WORDS), rng.choice(NUMBERS))
    )
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        how = rng.random()
        if how < 0.15:
            return {k: v for k, v in value.items() if k != key}
        if how < 0.3:
            return {**value, rng.choice(WORDS): odd}
        return {**value, key: changed_json(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.8:
        place = rng.randrange(len(value))
        return [*value[:place], changed_json(value[place], rng), *value[place + rng.choice((0, 1)) :]]
    return odd


def json_of(value: Any) -> bytes:
    """A JSON value as text, surrogates and all."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


def as_parquet(frame: pd.DataFrame) -> bytes:
    """A table as a Parquet file's bytes."""
    sink = io.BytesIO()
    frame.to_parquet(sink, compression="zstd")
    return sink.getvalue()
