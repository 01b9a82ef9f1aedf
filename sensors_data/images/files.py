"""Image files as they come: PNG and JPEG, checked one by one."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import with_channels

SUFFIXES = (".png", ".jpg", ".jpeg")
FORMATS = ("PNG", "JPEG")
MAX_PIXELS = 50_000_000
"""An image of more pixels is refused before it is unpacked."""
MAX_FILE_BYTES = 64 * 2**20
MIN_SIDE = 8
"""An image narrower or lower than this shows nothing."""


def read_image_file(path: Path) -> bytes:
    """A file's bytes. UnreadableError when it is too long or cannot be opened."""
    try:
        _check_length(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"the file cannot be opened: {error.strerror}") from error


def _check_length(count: int) -> None:
    if count > MAX_FILE_BYTES:
        raise UnreadableError(f"the file has {count:,} bytes; at most {MAX_FILE_BYTES:,} are read")


def decode_image(data: bytes, channels: int) -> np.ndarray:
    """One PNG's or JPEG's grey levels, (C, H, W) uint8, turned as its EXIF says; 16 bits are brought to 8.

    UnreadableError says why it cannot be used.
    """
    if not data:
        raise UnreadableError("the file is empty")
    _check_length(len(data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_header(image)
                image.load()
                return _grey_levels(ImageOps.exif_transpose(image), channels)
    except UnreadableError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableError(f"more than {MAX_PIXELS:,} pixels: {error}") from error
    except Exception as error:  # Pillow raises whatever a broken file makes its decoders meet
        raise UnreadableError(
            f"not a whole PNG or JPEG: {str(error).splitlines()[0] or type(error).__name__}"
        ) from error


def _check_header(image: Image.Image) -> None:
    """UnreadableError when the header alone says that the image is of no use."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnreadableError(f"{width} x {height} is more than {MAX_PIXELS:,} pixels")
    if min(width, height) < MIN_SIDE:
        raise UnreadableError(f"{width} x {height} pixels; each side must have at least {MIN_SIDE}")
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # MPO is a JPEG with a preview of its own behind it
        raise UnreadableError(f"an animation of {image.n_frames} frames; send single images")  # type: ignore[attr-defined]
    if image.mode in ("CMYK", "YCCK"):
        raise UnreadableError("CMYK colours, made for print; export as RGB or greyscale")


def _grey_levels(image: Image.Image, channels: int) -> np.ndarray:
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a pixel
        deep = np.asarray(image).astype(np.float64)
        grey = np.clip(np.rint(deep / 257), 0, 255).astype(np.uint8)
        return np.asarray(with_channels(grey[None, None], channels)[0])
    plain = np.asarray(image.convert("RGB" if channels == 3 else "L"))
    return plain.transpose(2, 0, 1) if channels == 3 else plain[None]


def is_flat(x: np.ndarray) -> bool:
    """Whether every pixel of an image (C, H, W) is nearly the same: lens covered, lamp off, sensor dead."""
    return bool((x.max(axis=(1, 2)).astype(int) - x.min(axis=(1, 2)) <= 2).all())


def encode_png(x: np.ndarray, about: dict[str, str] | None = None) -> bytes:
    """An image (C, H, W) uint8 as PNG, `about` in its text chunks; the same image gives the same bytes."""
    info = PngInfo()
    for key, value in (about or {}).items():
        info.add_text(key, value)
    out = io.BytesIO()
    Image.fromarray(x[0] if len(x) == 1 else x.transpose(1, 2, 0)).save(out, "PNG", pnginfo=info)
    return out.getvalue()
