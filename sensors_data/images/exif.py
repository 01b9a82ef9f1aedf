"""When a photograph was taken, as its EXIF data say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from sensors_data.images.formats import FORMATS

_EXIF_SECTION, _ORIGINAL, _CHANGED, _OFFSET, _FRACTION = 0x8769, 0x9003, 0x0132, 0x9011, 0x9291


def taken_at(path: Path, zone: str) -> datetime | None:
    """The time of a photograph in UTC, None where it holds none; without an offset it is in `zone`."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            data = image.getexif()
            section = data.get_ifd(_EXIF_SECTION)
    except Exception:  # Pillow raises whatever a broken file makes its decoders meet
        return None
    text = str(section.get(_ORIGINAL) or data.get(_CHANGED) or "")
    try:
        local = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")
        offset = str(section.get(_OFFSET) or "").strip("\0 ")
        at = datetime.fromisoformat(f"{local.isoformat()}{offset}") if offset else local.replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return None
    fraction = str(section.get(_FRACTION) or "").strip("\0 ")
    return at.astimezone(UTC).replace(microsecond=int(fraction[:6].ljust(6, "0")) if fraction.isdecimal() else 0)
