import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from sensors_data.errors import UnreadableError
from sensors_data.images.files import decode_image, encode_png, is_flat

GREY = np.arange(20 * 12, dtype=np.uint8).reshape(12, 20)

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60), dtype=np.uint8)


def saved(image, form="PNG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_a_grey_png_comes_back_as_it_was():
    assert (decode_image(saved(Image.fromarray(GREY)), 1) == GREY).all()


def test_grey_is_repeated_for_a_colour_camera():
    assert decode_image(saved(Image.fromarray(GREY)), 3).shape == (3, 12, 20)


def test_sixteen_bits_are_brought_to_eight():
    deep = GREY.astype(np.uint16) * 257
    assert (decode_image(saved(Image.fromarray(deep)), 1)[0] == GREY).all()


def test_an_image_lying_on_its_side_is_turned_upright():
    image = Image.fromarray(GREY)
    exif = image.getexif()
    exif[0x0112] = 6  # turn by 90 degrees
    assert decode_image(saved(image, "JPEG", exif=exif), 1).shape == (1, 20, 12)


def test_a_palette_image_is_read_as_colour():
    image = Image.fromarray(GREY).convert("P")
    assert decode_image(saved(image), 3).shape == (3, 12, 20)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"no image at all", "not a whole picture"),
        (saved(Image.fromarray(NOISE))[:1000], "not a whole picture"),
        (saved(Image.new("L", (1, 1))), "1 x 1"),
        (saved(Image.new("CMYK", (20, 20)), "JPEG"), "CMYK"),
        (saved(Image.fromarray(GREY).convert("F"), "TIFF"), "fractions"),
        (saved(Image.fromarray(GREY), "TIFF", save_all=True, append_images=[Image.fromarray(GREY)]), "2 pages"),
    ],
)
def test_what_cannot_be_used_says_why(data, reason):
    with pytest.raises(UnreadableError, match=reason):
        decode_image(data, 1)


def test_a_photograph_with_a_preview_behind_it_is_its_first_picture():
    photograph, preview = Image.fromarray(GREY), Image.fromarray(GREY[::2, ::2])
    data = saved(photograph, "MPO", save_all=True, append_images=[preview])
    assert data[:2] == b"\xff\xd8"  # a JPEG, as phones write it
    found = decode_image(data, 1)
    assert found.shape == (1, *GREY.shape)
    assert np.abs(found[0].astype(int) - decode_image(saved(photograph, "JPEG"), 1)[0]).max() <= 2


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "WEBP", "GIF", "PPM", "JPEG2000"])
def test_a_picture_is_the_same_in_every_format_that_loses_nothing(form):
    options = {"WEBP": {"lossless": True}, "JPEG2000": {"irreversible": False}}.get(form, {})
    assert (decode_image(saved(Image.fromarray(GREY), form, **options), 1)[0] == GREY).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize(("background", "level"), [("black", 0), ("white", 255), ("#808080", 128)])
def test_transparent_pixels_lie_on_the_background(mode, background, level):
    levels = np.full((12, 20), 77, np.uint8)
    alpha = np.zeros((12, 20), np.uint8)
    alpha[:, :10] = 255
    planes = [levels] * (len(mode) - 1) + [alpha]
    x = decode_image(saved(Image.fromarray(np.stack(planes, axis=2), mode)), 1, background=background)
    assert (x[0, :, :10] == 77).all()
    assert (x[0, :, 10:] == level).all()


def test_a_palette_with_transparency_lies_on_the_background_without_a_warning():
    image = Image.fromarray(GREY).convert("P")
    x = decode_image(saved(image, transparency=0), 1, background="white")
    assert x[0, 0, 0] == 255
    assert x[0, 5, 5] == GREY[5, 5]


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_deep_pixels_are_divided_by_their_true_range(bits):
    deep = np.linspace(0, 2**bits - 1, GREY.size).reshape(GREY.shape).round().astype(np.uint16)
    x = decode_image(saved(Image.fromarray(deep)), 1)[0]
    assert (x.min(), x.max()) == (0, 255)
    assert np.abs(x - deep / (2**bits - 1) * 255).max() <= 0.5


def test_pixels_beyond_the_stated_bits_are_refused():
    deep = np.full((12, 20), 5000, np.uint16)
    assert decode_image(saved(Image.fromarray(deep)), 1, bits=16).max() == 19  # 5000 / 65535 * 255 = 19.5
    with pytest.raises(UnreadableError, match="5,000 do not fit 12 bits"):
        decode_image(saved(Image.fromarray(deep)), 1, bits=12)


def test_sixteen_bit_colour_of_less_than_its_range_is_refused_not_darkened():
    rows = b"".join(b"\0" + np.full((20, 3), 3000, ">u2").tobytes() for _ in range(20))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20, 20, 16, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    with pytest.raises(UnreadableError, match="16-bit colours"):
        decode_image(data, 3)


def test_an_animation_is_refused():
    frames = [Image.fromarray(np.roll(GREY, shift)) for shift in range(3)]
    data = saved(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(UnreadableError, match="animation of 3"):
        decode_image(data, 1)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("size", [(10_000, 6_000), (13_400, 13_400), (20_000, 20_000)])
def test_a_bomb_is_refused_by_its_header(size):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000)))
    with pytest.raises(UnreadableError, match="50,000,000 pixels"):
        decode_image(bomb, 1)


def test_the_same_image_gives_the_same_png():
    x = np.stack([GREY] * 3)
    first, second = (encode_png(x, {"source_size": "640x480"}) for _ in range(2))
    assert first == second
    assert Image.open(io.BytesIO(first)).text == {"source_size": "640x480"}
    assert (decode_image(first, 3) == x).all()


def test_a_black_frame_is_flat_and_a_picture_is_not():
    assert is_flat(np.zeros((3, 8, 8), np.uint8))
    assert not is_flat(GREY[None])
