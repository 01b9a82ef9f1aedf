"""One picture's bytes, checked and made grey levels: depth, transparency and orientation as they are meant."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from sensors_data.camera import Camera
from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import cut_out, fitted, with_channels
from sensors_data.images.formats import FORMATS

MAX_PIXELS = 50_000_000
"""An image of more pixels is refused before it is unpacked."""
MAX_FILE_BYTES = 64 * 2**20
MIN_SIDE = 8
FLAT = "every pixel is nearly the same: lens covered, lamp off or sensor dead"
"""Why a picture is not used in which `is_flat` sees nothing."""
"""An image narrower or lower than this shows nothing."""
DEPTHS = (8, 10, 12, 14, 16)
"""Bits that sensors have."""
_FRAMES = {"GIF", "MPO"}
"""Formats whose first frame is taken: an MPO is a photograph with a preview of its own behind it."""


def read_image_file(path: Path) -> bytes:
    """A file's bytes. UnreadableError when it is too long or cannot be opened."""
    try:
        _check_length(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"the file cannot be opened: {error.strerror}") from error


def _check_length(count: int) -> None:
    if count > MAX_FILE_BYTES:
        raise UnreadableError(f"the file has {count:,} bytes", f"at most {MAX_FILE_BYTES:,} are read")


def decode_image(data: bytes, channels: int, bits: int | None = None, background: str = "black") -> np.ndarray:
    """A picture's grey levels, (C, H, W) uint8, turned as its EXIF data say.

    Transparent pixels lie on `background`. Pixels of more than 8 bits are divided by their range, `bits`; where it is
    not stated, by the least of 8 to 16 bits that holds the brightest. UnreadableError says why it cannot be used.
    """
    levels = decode_levels(data, background)
    if levels.dtype == np.uint8:
        return np.asarray(with_channels(levels[None], channels)[0])
    deep = depth_of(int(levels.max())) if bits is None else bits
    if levels.max() >= 2**deep:
        raise UnreadableError(f"pixels up to {levels.max():,} do not fit {deep} bits", "set more bits for the camera")
    eight = np.rint(levels.astype(np.float64) * (255 / (2**deep - 1))).astype(np.uint8)
    return np.asarray(with_channels(eight[None], channels)[0])


def camera_image(data: bytes, camera: Camera, bits: int | None = None) -> tuple[np.ndarray, tuple[int, ...]]:
    """A picture as the camera's settings want it, (C, H, W) uint8, and its own height and width.

    UnreadableError says why it cannot be used.
    """
    x = decode_image(data, camera.channels, bits or camera.bits, camera.background)
    if is_flat(x):
        raise UnreadableError(FLAT)
    return fitted(cut_out(x, camera.region), camera.shape[1:], camera.fit), x.shape[1:]


def depth_of(brightest: int) -> int:
    """The least usual number of bits that holds a level."""
    return next(bits for bits in DEPTHS if brightest < 2**bits)


def decode_levels(data: bytes, background: str = "black") -> np.ndarray:
    """A picture's levels as they stand in the file: (C, H, W) uint8, or (1, H, W) uint16.

    UnreadableError says why it cannot be read.
    """
    if not data:
        raise UnreadableError("the file is empty")
    _check_length(len(data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of palettes with transparency, which is handled here
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_header(image)
                deep = any(";16" in str(tile) for tile in image.tile)  # known until the pixels are loaded
                image.load()
                upright = ImageOps.exif_transpose(image)
    except UnreadableError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableError(f"more than {MAX_PIXELS:,} pixels") from error
    except UnidentifiedImageError as error:
        raise UnreadableError("not a whole picture: its content is none of the formats that are read") from error
    except Exception as error:  # Pillow raises whatever a broken file makes its decoders meet
        raise UnreadableError("not a whole picture: it is cut off or damaged") from error
    return _levels(upright, background, deep)


def _check_header(image: Image.Image) -> None:
    """UnreadableError when the header alone says that the image is of no use."""
    width, height = image.size
    frames = getattr(image, "n_frames", 1)
    if width * height > MAX_PIXELS:
        raise UnreadableError(f"{width} x {height} is more than {MAX_PIXELS:,} pixels")
    if min(width, height) < MIN_SIDE:
        raise UnreadableError(f"{width} x {height} pixels", f"each side must have at least {MIN_SIDE}")
    if frames > 1 and image.format == "TIFF":
        raise UnreadableError(f"{frames} pages in one file", "save each page as a picture")
    if frames > 1 and image.format not in _FRAMES:
        raise UnreadableError(f"an animation of {frames} frames", "send single images")
    if image.mode in ("CMYK", "YCCK"):
        raise UnreadableError("CMYK colours, made for print", "export as RGB or greyscale")


def _levels(image: Image.Image, background: str, deep: bool) -> np.ndarray:
    """The levels of a loaded image; of `deep` colours Pillow keeps the upper eight bits."""
    if image.mode.startswith("I"):
        return _deep_levels(np.asarray(image))
    if image.mode == "F":
        raise UnreadableError("pixels are fractions, whose range is unknown", "export as 8 or 16 bits")
    plain = _on_background(image, background) if image.has_transparency_data else image
    if plain.mode in ("1", "L"):
        return np.asarray(plain.convert("L"))[None]
    colour = np.asarray(plain.convert("RGB")).transpose(2, 0, 1)
    if deep and colour.max() < 128:
        raise UnreadableError("16-bit colours of less than their full range", "export as 8 bits or as grey")
    return colour


def _deep_levels(values: np.ndarray) -> np.ndarray:
    if values.min() < 0 or values.max() > 65_535:
        raise UnreadableError(f"pixels from {values.min():,} to {values.max():,}", "at most 16 bits are read")
    return values.astype(np.uint16)[None]


def _on_background(image: Image.Image, background: str) -> Image.Image:
    """A transparent image over one colour; grey stays grey."""
    grey = image.mode in ("L", "LA")
    over = image.convert("RGBA")
    base = Image.new("RGBA", over.size, (*ImageColor.getrgb(background), 255))
    return Image.alpha_composite(base, over).convert("L" if grey else "RGB")


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


def png_text(data: bytes) -> dict[str, str]:
    """What a PNG says of itself in its text chunks. UnreadableError when it is none."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            return {str(key): str(value) for key, value in image.info.items()}
    except OSError as error:
        raise UnreadableError("this is not a readable PNG", "name one that nightscore made") from error
