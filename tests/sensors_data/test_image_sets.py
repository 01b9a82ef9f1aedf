import gzip
import struct

import numpy as np
import pandas as pd
import pytest

from sensors_data.image_files import encode_png
from sensors_data.image_sets import as_images, read_packed
from sensors_data.sources import UnreadableError

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
