"""The encoding of a text: found by its bytes, and the text as UTF-8."""

from __future__ import annotations

import codecs
import io
import re

from sensors_data.alphabets import encoding_by_letters
from sensors_data.errors import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_WORDS_IN = {
    "gb18030": "时间 日期 日时 温度 湿度 压力 流量 功率 电压 电流 设备 采集 数值 站",
    "cp949": "일시 시간 날짜 온도 습도 기온 압력 유량 전력 지점 측정 시각",
    "cp932": "日時 時刻 時間 年月日 温度 気温 湿度 圧力 流量 電力 電圧 測定 品質",
    "cp1250": "ość ęcie prąd iśnien epływ użyci ilość čas výkon průtok přívod spotřeb érték idő hőmér nyomás áramlás"
    " količ veličin točka uređaj",
    "cp1254": "sıcak basınç basıncı çalış akış güç değer ısı yağ hız ölçüm şebeke",
    "cp1251": "дата время температура давление расход мощность уровень напряжение значение тиск витрата потужність",
    "koi8-r": "дата время температура давление расход мощность уровень напряжение значение",
    "cp1253": "ημερομηνία ώρα θερμοκρασία πίεση παροχή ισχύς στάθμη υγρασία τάση ρεύμα αντλία κατάσταση τιμή",
    "cp1255": "תאריך שעה זמן טמפרטורה לחות לחץ הספק צריכה ערך",
    "cp1256": "التاريخ الوقت درجة الحرارة الضغط الرطوبة التدفق القيمة",
    "big5": "時間 日期 溫度 濕度 壓力 流量 電壓 電流 功率 設備",
}
"""Encodings of East Asia, Central and Eastern Europe and Turkey, each with parts of words that tables in it hold."""


def as_utf8(data: bytes, name: str, encoding: str) -> bytes:
    """Bytes as UTF-8 without a byte order mark or trailing NULs; a mark of its own wins over the stated encoding.

    UnreadableError names the line that does not fit and the setting that mends it.
    """
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    encoding = codecs.lookup(marked or encoding).name
    if encoding == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
        return data.rstrip(b"\x00") if data.endswith(b"\x00") else data
    try:
        return data.decode(encoding).removeprefix("\ufeff").rstrip("\x00").encode()
    except UnicodeDecodeError as error:
        raise not_in_encoding(data, name, encoding, error.start) from error


def fits(data: bytes, encoding: str) -> bool:
    """Whether bytes are a text in an encoding."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def not_in_encoding(data: bytes, name: str, encoding: str, place: int, first: int = 1) -> UnreadableError:
    """The refusal of bytes that begin at the file's line `first`, with the line at fault and what to state instead."""
    line = data.count(b"\n", 0, place) + first
    return UnreadableError(
        f"{name} cannot be read: line {line} is not written in {encoding}: {data[place : place + 8]!r}",
        f'set layout.encoding (such as "{encoding_of(data)}") or save the file as UTF-8',
    )


def encoding_of(data: bytes) -> str:
    """The likely encoding of a text: by its mark, its zeros, else by how its high bytes stand together."""
    marked = next((known for mark, known in _MARKS if data.startswith(mark)), None)
    if marked:
        return marked
    head = data[:4096]
    if len(head) > 3 and head.count(0) > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        io.TextIOWrapper(io.BytesIO(data.rstrip(b"\x00")), "utf-8").read()
        return "utf-8"
    except UnicodeDecodeError:
        return _eight_bits(data)


def _eight_bits(data: bytes) -> str:
    """The encoding of a text that is no UTF-8: Chinese pairs, Cyrillic words, else Western European."""
    if likely := _by_words(data):
        return "iso8859-2" if likely == "cp1250" and encoding_by_letters(data) == "iso8859-2" else likely
    if re.search(rb"(?<![A-Za-z])\xdf[CF]\b", data[:20_000]):
        return "cp932"  # a degree sign of half the width
    runs = re.findall(rb"[\x80-\xff]+", data[:1_000_000])
    text = b"".join(runs)
    pairs = re.findall(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe])", text)
    if all(len(run) % 2 == 0 for run in runs):
        try:
            east = data.decode("gb18030")
            known = sum(1 for c in east if "\u4e00" <= c <= "\u9fa5" or c in "℃°（），。：；％²³~～μ")
            usual = sum(1 for pair in pairs if pair[0] < 0xD8)  # the rarer signs begin with what Cyrillic letters are
            if known >= 0.9 * len(pairs) > 0 and usual >= 0.7 * len(pairs):
                return "gb18030"
        except UnicodeDecodeError:
            pass
    letters = encoding_by_letters(data)
    if letters in ("cp1250", "cp1254", "cp1257", "iso8859-2"):
        return letters
    if _is_central(data):
        return "cp1250"
    cyrillic = sum(len(run) for run in runs if len(run) >= 3 and min(run) >= 0xC0)
    if _is_of_dos(data):
        return "cp866"
    return "cp1251" if cyrillic > 0.5 * len(text) else letters or "cp1252"


def _is_of_dos(data: bytes) -> bool:
    """Whether a text that is not Western European holds Cyrillic words as DOS wrote them."""
    words = re.findall(r"[А-Яа-яЁё]{3,}", data[:200_000].decode("cp866", "replace"))
    lower = sum(word[1:].islower() or word.isupper() for word in words)
    ruled = re.search(rb"[\x81\x8d\x8f\x90\x9d]|[\xb0-\xdf]{4}", data) is not None
    return ruled and len(words) > 3 and lower > 0.9 * len(words)


def _is_central(data: bytes) -> bool:
    """Whether a text read as Western European has signs within words where letters of Central Europe stand."""
    western = data[:200_000].decode("cp1252", "replace")
    return bool(re.search(r"[a-zà-ÿ][¹³¾¿¼](?=[a-zà-ÿ])|[a-zà-ÿ](?:ì|ø)[a-zà-ÿ]*(?:ø|ì)", western))


def _by_words(data: bytes) -> str:
    """The encoding, of those with words, in which a text holds most of them; empty where it holds none."""
    start = data[: data.rfind(b"\n", 0, 200_000) + 1] or data
    counts: dict[str, int] = {}
    for encoding, words in _WORDS_IN.items():
        try:
            text = start.decode(encoding).casefold()
        except UnicodeDecodeError:
            continue
        counts[encoding] = sum(word in text for word in words.split())
    best = max(counts, key=lambda encoding: counts[encoding], default="")
    return best if counts.get(best) else ""
