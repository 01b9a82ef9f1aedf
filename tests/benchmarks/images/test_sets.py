import gzip
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.images.sets import as_images, read_packed
from sensors_data.errors import UnreadableError
from sensors_data.images.files import encode_png

X = np.random.default_rng(0).integers(0, 256, (6, 1, 10, 10), dtype=np.uint8)
Y = np.array([0, 1, 0, 1, 0, 1])


def idx(array):
    return b"\x00\x00\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}i", *array.shape) + array.tobytes()


def test_an_npz_with_train_and_test(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=X[:4, 0], y_train=Y[:4], x_test=X[4:, 0], y_test=Y[4:])
    found = read_packed(tmp_path / "set.npz")
    assert (found.x == X).all()
    assert found.label.tolist() == ["0", "1", "0", "1", "0", "1"]
    assert found.split.tolist() == ["train"] * 4 + ["test"] * 2


def test_an_npz_with_class_names(tmp_path):
    np.savez(tmp_path / "set.npz", x=X[:, 0], y=Y, classes=np.array(["good", "crack"]))
    assert read_packed(tmp_path / "set.npz").label.tolist() == ["good", "crack"] * 3


def test_an_npz_that_hides_a_pickle_is_refused(tmp_path):
    np.savez(tmp_path / "set.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(UnreadableError, match="no readable npz"):
        read_packed(tmp_path / "set.npz")


def test_idx_files_packed_or_not(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(X[:, 0]))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(Y.astype(np.uint8)))
    with gzip.open(tmp_path / "t10k-images-idx3-ubyte.gz", "wb") as file:
        file.write(idx(X[:2, 0]))
    train, test = (read_packed(tmp_path / n) for n in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz"))
    assert (train.x == X).all()
    assert train.label.tolist() == ["0", "1", "0", "1", "0", "1"]
    assert test.label.tolist() == ["", ""]
    assert set(test.split) == {"test"}


def test_an_idx_file_that_is_cut_short_is_refused(tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx(X[:, 0])[:-7])
    with pytest.raises(UnreadableError, match="cut short"):
        read_packed(tmp_path / "train-images-idx3-ubyte")


def test_a_cifar_batch(tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5, 3, 32, 32), dtype=np.uint8)
    rows = np.concatenate([np.arange(5, dtype=np.uint8)[:, None], images.reshape(5, -1)], axis=1)
    rows.tofile(tmp_path / "test_batch.bin")
    found = read_packed(tmp_path / "test_batch.bin")
    assert (found.x == images).all()
    assert found.label.tolist() == ["0", "1", "2", "3", "4"]


def test_parquet_of_encoded_images(tmp_path):
    frame = pd.DataFrame({"jpeg": [encode_png(x) for x in X], "label": Y, "split": ["train"] * 3 + ["test"] * 3})
    frame.to_parquet(tmp_path / "set.parquet")
    found = read_packed(tmp_path / "set.parquet")
    assert (found.x == X).all()
    assert found.split.tolist() == ["train"] * 3 + ["test"] * 3


def test_a_folder_is_labelled_by_its_folders(tmp_path):
    for label, x in zip(("good", "crack"), X, strict=False):
        (tmp_path / "test" / label).mkdir(parents=True)
        (tmp_path / "test" / label / "1.png").write_bytes(encode_png(x))
    found = read_packed(tmp_path)
    assert found.label.tolist() == ["crack", "good"]
    assert set(found.split) == {"test"}


def test_a_folder_of_two_sizes_wants_a_size(tmp_path):
    (tmp_path / "a.png").write_bytes(encode_png(X[0]))
    (tmp_path / "b.png").write_bytes(encode_png(np.zeros((1, 12, 10), np.uint8)))
    with pytest.raises(UnreadableError, match=r"b\.png: \(12, 10\) pixels"):
        read_packed(tmp_path)
    assert read_packed(tmp_path, size=16).x.shape == (2, 1, 16, 16)


@pytest.mark.parametrize("layout", [(2, 9, 9), (2, 9, 9, 3), (2, 3, 9, 9), (2, 9, 9, 1)])
def test_every_usual_layout_is_read(layout):
    assert as_images(np.zeros(layout, np.uint8), "a").shape == (2, 3 if 3 in layout[1:] else 1, 9, 9)


@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_real_grey_levels_are_brought_to_bytes(scale):
    assert as_images(np.full((1, 9, 9), scale) * np.eye(9), "a").max() == 255


@pytest.mark.parametrize("x", [np.zeros((2, 5)), np.full((1, 9, 9), np.nan), np.zeros((1, 9, 9), np.int64)])
def test_what_is_no_set_of_images_is_refused(x):
    with pytest.raises(UnreadableError):
        as_images(x, "a")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LookupError, match=r"nothing\.npz"):
        read_packed(tmp_path / "nothing.npz")


def damaged(path):
    """Flips bytes in the middle of a packed file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20] = b"\xff" * 20
    path.write_bytes(bytes(data))


def test_packed_files_with_a_damaged_middle_or_end_are_refused(tmp_path):
    np.savez_compressed(tmp_path / "set.npz", x=X[:, 0])
    with gzip.open(tmp_path / "train-images-idx3-ubyte.gz", "wb") as file:
        file.write(idx(X[:, 0]))
    for name, message in (("set.npz", "no readable npz"), ("train-images-idx3-ubyte.gz", "cannot be unpacked")):
        whole = (tmp_path / name).read_bytes()
        damaged(tmp_path / name)
        with pytest.raises(UnreadableError, match=f"{name} (is )?{message}"):
            read_packed(tmp_path / name)
        (tmp_path / name).write_bytes(whole[:-30])
        with pytest.raises(UnreadableError, match=f"{name} (is )?{message}"):
            read_packed(tmp_path / name)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1, 2, 0, 1, 0], r"y holds 2, which is none of the 2 classes"),
        ([0, -1, 1, 0, 1, 0], r"y holds -1, which is none of the 2 classes"),
        ([0, 0.5, 1, 0, 1, 0], r"y holds 0\.5; labels are whole numbers or texts"),
        ([0, np.nan, 1, 0, 1, 0], r"y holds nan"),
        (["good", "bent"] * 3, r"y holds bent, which is none of the 2 classes"),
        (3, r"y has the shape \(\), wanted is one label for each of 6 images"),
        (np.eye(6), r"y has the shape \(6, 6\), wanted is one label for each of 6 images"),
        ([0, 1], r"y has the shape \(2,\), wanted is one label for each of 6 images"),
        (np.zeros(6, complex), r"y is of type complex128"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path, y, message):
    np.savez(tmp_path / "set.npz", x=X[:, 0], y=np.array(y), classes=np.array(["good", "crack"]))
    with pytest.raises(UnreadableError, match=rf"^set\.npz, {message}"):
        read_packed(tmp_path / "set.npz")


@pytest.mark.parametrize(
    "y",
    [Y.astype(float), Y.astype(bool), Y[:, None], np.array(["good", "crack"] * 3), np.array([b"good", b"crack"] * 3)],
)
def test_labels_of_every_usual_type_name_their_classes(tmp_path, y):
    np.savez(tmp_path / "set.npz", x=X[:, 0], y=y, classes=np.array(["good", "crack"]))
    assert read_packed(tmp_path / "set.npz").label.tolist() == ["good", "crack"] * 3


def test_whole_numbers_kept_as_floats_are_labels(tmp_path):
    np.savez(tmp_path / "set.npz", x=X[:, 0], y=Y.astype(np.float32))
    assert read_packed(tmp_path / "set.npz").label.tolist() == ["0", "1"] * 3


def test_an_empty_set_is_refused(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=X, x_test=X[:0])
    with pytest.raises(UnreadableError, match=r"set\.npz, x_test: an array of shape \(0, 1, 10, 10\) holds no image"):
        read_packed(tmp_path / "set.npz")
    pq.write_table(pa.schema([("jpeg", pa.binary())]).empty_table(), tmp_path / "a.parquet")
    with pytest.raises(UnreadableError, match=r"a\.parquet holds no image"):
        read_packed(tmp_path / "a.parquet")


def test_grey_and_colour_in_one_file_are_refused(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=X[:, 0], x_test=np.zeros((2, 10, 10, 3), np.uint8))
    with pytest.raises(UnreadableError, match=r"x_train \(1, 10, 10\), x_test \(3, 10, 10\)"):
        read_packed(tmp_path / "set.npz")


def test_train_and_test_of_two_sizes_want_a_size(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=X[:, 0], x_test=np.zeros((2, 12, 12), np.uint8))
    assert read_packed(tmp_path / "set.npz", size=16).x.shape == (8, 1, 16, 16)


def test_a_label_that_is_missing_in_a_table_is_no_label(tmp_path):
    frame = pd.DataFrame({"jpeg": [encode_png(x) for x in X], "label": pd.array([0, None, 1, 0, 1, 0], dtype="Int64")})
    frame.to_parquet(tmp_path / "set.parquet")
    assert read_packed(tmp_path / "set.parquet").label.tolist() == ["0", "", "1", "0", "1", "0"]
    frame.assign(label=[0, np.nan, 1.0, 0, 1, 0]).to_parquet(tmp_path / "set.parquet")
    assert read_packed(tmp_path / "set.parquet").label.tolist() == ["0", "", "1", "0", "1", "0"]


def test_a_table_whose_struct_holds_no_bytes_is_refused(tmp_path):
    with_bytes = [{"bytes": encode_png(x), "path": "a"} for x in X]
    pd.DataFrame({"about": [{"path": "a"}] * 6, "image": with_bytes}).to_parquet(tmp_path / "set.parquet")
    assert (read_packed(tmp_path / "set.parquet").x == X).all()
    pd.DataFrame({"about": [{"path": "a"}] * 6}).to_parquet(tmp_path / "set.parquet")
    with pytest.raises(UnreadableError, match=r"set\.parquet has no column of image bytes, only about: struct<path"):
        read_packed(tmp_path / "set.parquet")
