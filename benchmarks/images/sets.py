"""Whole data sets of images: IDX, npz, CIFAR binary batches, Parquet, or a folder of PNG and JPEG."""

from __future__ import annotations

import gzip
import math
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.images.splits import Images
from sensors_data.errors import UnreadableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import MIN_SIDE, decode_image
from sensors_data.images.formats import SUFFIXES

MAX_PACKED_BYTES = 4 * 2**30
"""A data set that unpacks to more is refused."""


def read_packed(path: Path, size: int | None = None) -> Images:
    """A whole data set in one file (IDX, npz, CIFAR binary batch, Parquet) or a folder of PNG and JPEG.

    `size` resizes every image; without it all must have one size. In a folder, a file's label is the folder it lies
    in. LookupError when there is nothing, UnreadableError when it cannot be read.
    """
    name = path.name.lower()
    if path.is_dir():
        images = _read_folder(path, size)
    elif not path.is_file():
        raise LookupError(f"no image file or folder at {path}")
    elif name.endswith(".npz"):
        images = _read_npz(path, size)
    elif name.endswith(".parquet"):
        images = _read_parquet(path, size)
    elif "idx3-ubyte" in name:
        images = _read_idx(path)
    elif name.endswith(".bin"):
        images = _read_cifar(path)
    else:
        wanted = "npz, Parquet, IDX (idx3-ubyte), CIFAR binary (.bin) or a folder of PNG and JPEG"
        raise UnreadableError(f"{path.name} is none of {wanted}")
    return images if size is None else Images(resize(images.x, size), images.label, images.split)


def _read_npz(path: Path, size: int | None) -> Images:
    """Arrays `x` or `x_train` and `x_test`, with labels `y`, `y_train`, `y_test` and names `classes` where given."""
    held = npz_arrays(path, ("x", "y", "classes"))
    parts = [part for part in ("", "_train", "_test") if f"x{part}" in held]
    if not parts:
        raise UnreadableError(f"{path.name} holds no array x, x_train or x_test, only {sorted(held)}")
    x = [as_images(held[f"x{part}"], f"{path.name}, x{part}") for part in parts]
    x = x if size is None else [resize(one, size) for one in x]
    if len({one.shape[1:] for one in x}) > 1:
        shapes = ", ".join(f"x{part} {one.shape[1:]}" for part, one in zip(parts, x, strict=True))
        raise UnreadableError(f"{path.name} holds images of several shapes (C, H, W): {shapes}; save them alike")
    labels = [
        as_labels(held.get(f"y{part}"), len(one), f"{path.name}, y{part}", held.get("classes"))
        for part, one in zip(parts, x, strict=True)
    ]
    splits = [np.full(len(one), part[1:]) for part, one in zip(parts, x, strict=True)]
    return Images(np.concatenate(x), np.concatenate(labels), np.concatenate(splits))


def npz_arrays(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The arrays of an npz called as one of `names`, or as one of them and `_` and more. UnreadableError when it is
    damaged, too large, or holds objects.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            total = sum(member.file_size for member in packed.infolist())
        if total > MAX_PACKED_BYTES:
            raise UnreadableError(f"{path.name} unpacks to {total:,} bytes; at most {MAX_PACKED_BYTES:,} are read")
        with np.load(path, allow_pickle=False) as arrays:
            held = {key: arrays[key] for key in arrays.files if key.split("_")[0] in names}
    except UnreadableError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise UnreadableError(f"{path.name} is no readable npz: {error}") from error
    if raw := [key for key, array in held.items() if not isinstance(array, np.ndarray)]:
        raise UnreadableError(f"{path.name} holds {', '.join(raw)} as plain bytes; save them as arrays, by np.savez")
    return held


def as_labels(y: np.ndarray | None, count: int, where: str, classes: np.ndarray | None = None) -> np.ndarray:
    """Labels as text (N,), "" where there are none: the class's name where names are given. UnreadableError when they
    are not one for each of `count` images.
    """
    if y is None:
        return np.full(count, "")
    if y.ndim == 0 or len(y) != count or y.size != count:
        raise UnreadableError(f"{where} has the shape {y.shape}, wanted is one label for each of {count:,} images")
    flat = y.reshape(-1)
    if flat.dtype.kind == "S":
        flat = np.char.decode(flat, "utf-8", "replace")
    if flat.dtype.kind == "f":
        odd = flat[~np.isfinite(flat) | (flat != np.rint(flat))]
        if len(odd):
            raise UnreadableError(f"{where} holds {odd[0]:g}; labels are whole numbers or texts")
        flat = flat.astype(np.int64)
    if flat.dtype.kind not in "biuU":
        raise UnreadableError(f"{where} is of type {flat.dtype}; labels are whole numbers or texts")
    return flat.astype(str) if classes is None else _named(flat, classes.reshape(-1).astype(str), where)


def _named(y: np.ndarray, classes: np.ndarray, where: str) -> np.ndarray:
    """The classes' names for numbers y (N,), which count them from 0; texts have to be such names."""
    if y.dtype.kind == "U":
        odd = y[~np.isin(y, classes)]
    else:
        y = y.astype(np.int64)
        odd = y[(y < 0) | (y >= len(classes))]
    if len(odd):
        raise UnreadableError(f"{where} holds {odd[0]!s}, which is none of the {len(classes)} classes, counted from 0")
    return y if y.dtype.kind == "U" else np.asarray(classes[y])


def as_images(x: np.ndarray, name: str) -> np.ndarray:
    """An array of images in any usual layout and type as uint8 (N, C, H, W). UnreadableError when it is none."""
    if x.ndim == 3:
        x = x[:, None]
    elif x.ndim == 4 and x.shape[-1] in (1, 3):
        x = np.moveaxis(x, -1, 1)
    if x.ndim != 4 or x.shape[1] not in (1, 3) or min(x.shape[2:]) < MIN_SIDE:
        raise UnreadableError(f"{name}: an array of shape {x.shape} is no set of grey or RGB images")
    if not len(x):
        raise UnreadableError(f"{name}: an array of shape {x.shape} holds no image")
    if x.dtype == np.uint8:
        return np.ascontiguousarray(x)
    if x.dtype == np.uint16:
        return np.rint(x / 257).astype(np.uint8)
    if x.dtype == bool or x.dtype.kind == "f":
        if not np.isfinite(x).all() or x.min() < 0 or x.max() > 255:
            raise UnreadableError(f"{name}: real grey levels must lie in [0, 1] or [0, 255]")
        return np.rint(x * (255.0 if x.max() <= 1 else 1.0)).astype(np.uint8)
    raise UnreadableError(f"{name}: images of type {x.dtype} are not read; save them as uint8")


def _read_idx(path: Path) -> Images:
    """An IDX file of images with the labels beside it (train-images-idx3-ubyte, train-labels-idx1-ubyte)."""
    x = _idx_array(path)
    beside = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    y = _idx_array(beside) if beside != path and beside.is_file() else None
    split = "test" if path.name.startswith("t10k") else "train" if path.name.startswith("train") else ""
    x = as_images(x, path.name)
    return Images(x, as_labels(y, len(x), beside.name), np.full(len(x), split))


def _idx_array(path: Path) -> np.ndarray:
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            data = file.read(MAX_PACKED_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError(f"{path.name} cannot be unpacked: {error}") from error
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise UnreadableError(f"{path.name} is no IDX file of bytes")
    shape = np.frombuffer(data, ">i4", data[3], 4) if len(data) >= 4 + 4 * data[3] else np.array([-1])
    if (shape < 0).any() or len(data) != 4 + 4 * data[3] + math.prod(shape.tolist()):
        raise UnreadableError(f"{path.name} is cut short: its header announces {tuple(shape.tolist())}")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)


def _read_cifar(path: Path) -> Images:
    """A binary batch of CIFAR: a label byte (CIFAR-100: two, the second is used), then 3 x 32 x 32."""
    data = np.fromfile(path, np.uint8)
    for labels in (1, 2):
        if len(data) and len(data) % (labels + 3072) == 0:
            rows = data.reshape(-1, labels + 3072)
            split = "test" if "test" in path.name else "train"
            x = np.ascontiguousarray(rows[:, labels:].reshape(-1, 3, 32, 32))
            return Images(x, as_labels(rows[:, labels - 1], len(x), path.name), np.full(len(x), split))
    raise UnreadableError(f"{path.name} has {len(data):,} bytes, no whole number of CIFAR records")


def _read_parquet(path: Path, size: int | None) -> Images:
    """A table with one column of PNG or JPEG bytes, and `label` and `split` where given."""
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(f"{path.name} is no readable Parquet file: {error}") from error
    labels = ("label", "split")
    column = next((f.name for f in table.schema if f.name not in labels and _holds_images(f.type)), None)
    if column is None:
        fields = ", ".join(f"{field.name}: {field.type}" for field in table.schema)
        raise UnreadableError(f"{path.name} has no column of image bytes, only {fields}")
    cells = table[column].to_pylist()
    blobs = [cell["bytes"] if isinstance(cell, dict) else cell for cell in cells]
    x = _stacked([(f"row {row}", blob or b"") for row, blob in enumerate(blobs)], size, path.name)
    label, split = (
        np.array([_text(v) for v in table[name].to_pylist()]) if name in table.schema.names else np.full(len(x), "")
        for name in labels
    )
    return Images(x, label, split)


def _holds_images(kind: pa.DataType) -> bool:
    """Whether a column's type is that of bytes, or a struct with such `bytes`."""
    if pa.types.is_struct(kind):
        return kind.get_field_index("bytes") >= 0 and _holds_images(kind.field("bytes").type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _text(value: Any) -> str:
    """A table's cell as text: "" for none, 1 for 1.0."""
    if value is None or value != value:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _read_folder(path: Path, size: int | None) -> Images:
    files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    if not files:
        raise LookupError(f"no PNG or JPEG below {path}")
    x = _stacked([(str(p.relative_to(path)), p.read_bytes()) for p in files], size, path.name)
    labels = np.array([p.parent.name if p.parent != path else "" for p in files])
    splits = [next((part for part in p.relative_to(path).parts if part in ("train", "test")), "") for p in files]
    return Images(x, labels, np.array(splits))


def _stacked(blobs: list[tuple[str, bytes]], size: int | None, name: str) -> np.ndarray:
    """Decoded images as one array. UnreadableError names the first that does not fit, or says that there is none."""
    if not blobs:
        raise UnreadableError(f"{name} holds no image: it has 0 rows")
    out = []
    for where, data in blobs:
        try:
            image = decode_image(data, 3)
        except UnreadableError as error:
            raise UnreadableError(f"{name}, {where}: {error}") from error
        out.append(image if size is None else resize(image[None], size)[0])
        if out[-1].shape != out[0].shape:
            raise UnreadableError(f"{name}, {where}: {image.shape[1:]} pixels, the first has {out[0].shape[1:]}")
    x = np.stack(out)
    return x[:, :1] if (x[:, 0] == x[:, 1]).all() and (x[:, 0] == x[:, 2]).all() else x
