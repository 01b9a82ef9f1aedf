import re

import pytest

from sensors_data import datasets
from sensors_data.datasets import DATASETS, Dataset, digest, get_dataset


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A data set of two files in a folder of its own, known under its digest."""
    source = tmp_path / "source" / "deep"
    source.mkdir(parents=True)
    files = [source / "toy_b.txt", source.parent / "toy_a.txt"]
    for path in files:
        path.write_text(path.name)
    known = Dataset("toy", "two files", "https://example.org/toy", "MIT", "toy_*.txt", 2, digest(files))
    monkeypatch.setattr(datasets, "DATASETS", {"toy": known})
    return tmp_path / "source"


def test_a_data_set_is_copied_when_it_is_whole(small, tmp_path):
    copies = get_dataset("toy", small, tmp_path / "data")
    assert [c.name for c in copies] == ["toy_a.txt", "toy_b.txt"]
    assert [c.read_text() for c in copies] == ["toy_a.txt", "toy_b.txt"]


def test_a_data_set_can_be_copied_again_into_or_onto_its_own_folder(small):
    for _ in range(2):
        copies = get_dataset("toy", small, small / "data")
        assert {c.parent for c in copies} == {small / "data"}
    here = get_dataset("toy", small / "data", small / "data")
    assert [c.read_text() for c in here] == ["toy_a.txt", "toy_b.txt"]


def test_a_digest_depends_on_names_and_contents_not_on_the_order(tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("1")
    b.write_text("2")
    first = digest([a, b])
    assert digest([b, a]) == first
    b.write_text("3")
    assert digest([a, b]) != first
    b.rename(tmp_path / "c")
    assert digest([a, tmp_path / "c"]) not in (first, digest([a]))


def test_a_changed_file_is_refused_and_nothing_is_copied(small, tmp_path):
    (small / "toy_a.txt").write_text("other")
    with pytest.raises(ValueError, match="are not those that were checked"):
        get_dataset("toy", small, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_missing_file_is_counted_with_its_remedy(small, tmp_path):
    (small / "toy_a.txt").unlink()
    said = r"holds 1 of the 2 files toy_\*.txt; fetch them from https://example.org/toy and name their folder"
    with pytest.raises(LookupError, match=said):
        get_dataset("toy", small, tmp_path / "data")


def test_an_unknown_name_lists_the_known_ones(tmp_path):
    with pytest.raises(LookupError, match=r"no data set 'mnist' \(known: cifar10, daphnet, fashion-mnist"):
        get_dataset("mnist", tmp_path, tmp_path)


def test_every_data_set_says_its_source_and_licence_and_how_to_check_it():
    for name, dataset in DATASETS.items():
        assert dataset.name == name
        assert dataset.source.startswith("https://")
        assert dataset.licence
        assert dataset.files > 0
        assert re.fullmatch("[0-9a-f]{64}", dataset.sha256)


def test_the_real_series_are_those_that_were_checked(real_series, tmp_path):
    copies = get_dataset("merlion", real_series, tmp_path)
    assert len(copies) == 7
