"""A file's own SHA-256 inside the file: written when it is kept, compared whenever it is read."""

from __future__ import annotations

import hashlib
import json
import zlib

from sensors_data.errors import DamagedError

_HEAD, _TAIL = b"nightscore-sha256:", b":sealed"
_DIGITS = 64
BLANK = f"{_HEAD.decode()}{'0' * _DIGITS}{_TAIL.decode()}"
"""Where the hash will stand. Whoever makes a file's bytes leaves room for it; `sealed` fills it in."""
NAMED_BY_HASH = ".onnx"
"""The end of the name of a file that another program made, so that its hash can stand in its name alone."""
_PNG = b"\x89PNG\r\n\x1a\n"


def sealed(data: bytes) -> bytes:
    """A file's bytes with their hash in the last place that was left for it; others as they are."""
    place = data.rfind(BLANK.encode())
    if place < 0:
        return data
    digits, whole = place + len(_HEAD), memoryview(data)
    return b"".join((whole[:digits], _hashes(data, digits)[0].encode(), whole[digits + _DIGITS :]))


def check(data: bytes, where: str) -> bool:
    """Whether a file's bytes carry their hash, have it as their name, or hold, as PNG does, other sums of themselves.

    DamagedError when they do and what they hold is not what was written.
    """
    if data[:4] == _PNG[:4] or where.endswith(".png"):
        if not _is_whole_png(data):
            raise damaged(where)
        return True
    if where.endswith(NAMED_BY_HASH):
        if hashlib.sha256(data).hexdigest() not in where:
            raise damaged(where)
        return True
    return _checked(data, where) is not None


def sum_of(data: bytes, where: str) -> bytes:
    """The SHA-256 of a file's bytes, which are checked in the same pass. DamagedError as `check` raises it."""
    if data[:4] != _PNG[:4] and not where.endswith(".png") and (digest := _checked(data, where)) is not None:
        return digest
    check(data, where)
    return hashlib.sha256(data).digest()


def _checked(data: bytes, where: str) -> bytes | None:
    """The SHA-256 of the bytes of a file that carries its hash, None of one without. DamagedError where they differ."""
    head, tail = data.rfind(_HEAD), data.rfind(_TAIL)
    if head < 0 and tail < 0:
        return None
    digits = head + len(_HEAD)
    if head < 0 or tail != digits + _DIGITS:
        raise damaged(where)
    blank, digest = _hashes(data, digits)
    if blank.encode() != data[digits:tail]:
        raise damaged(where)
    return digest


def damaged(where: str) -> DamagedError:
    """The refusal of a file whose bytes are not those that were written."""
    return DamagedError(f"{where} is damaged: it does not hold what was written", "run: nightscore verify --repair")


def _hashes(data: bytes, digits: int) -> tuple[str, bytes]:
    """The hash of a file's bytes with zeros where the digits of its hash stand, and that of its bytes as they are."""
    whole = memoryview(data)
    blank = hashlib.sha256(whole[:digits])  # most of a file stands before them
    total = blank.copy()
    for part in (b"0" * _DIGITS, whole[digits + _DIGITS :]):
        blank.update(part)
    total.update(whole[digits:])
    return blank.hexdigest(), total.digest()


def _is_whole_png(data: bytes) -> bool:
    """Whether every chunk of a PNG has its checksum, the last one ends it, and nothing stands around them."""
    place, kind = len(_PNG), b""
    while data[: len(_PNG)] == _PNG and place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        body = data[place + 4 : place + 8 + length]
        kind, place = body[:4], place + 12 + length
        if zlib.crc32(body).to_bytes(4, "big") != data[place - 4 : place]:
            return False
    return kind == b"IEND" and place == len(data)


def with_seal(data: bytes) -> bytes:
    """The bytes of a safetensors file, its metadata sorted, with room for its hash."""
    length = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:length])
    about = header.pop("__metadata__", {}) | {"seal": BLANK}
    text = json.dumps({"__metadata__": dict(sorted(about.items())), **header}, separators=(",", ":"))
    text += " " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text.encode(), data[length:]))
