"""Public data sets by name: where they come from, under which licence, and how to know that they are whole."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from sensors_data.errors import NotThereError, UnusableError


@dataclass(frozen=True)
class Dataset:
    """A data set that a folder may hold; `sha256` is `digest` of its files in the form that is read here."""

    name: str
    about: str
    source: str
    licence: str
    pattern: str
    files: int
    sha256: str


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset(
            "nab",
            "32 single-sensor series of servers, machines, traffic and tweets, with labelled windows",
            "https://github.com/numenta/NAB",
            "MIT",
            "nab_*.parquet",
            32,
            "86b3b6ec3edb311291f6e371759a3a8fcd22bdf68064e756176f556e8abfda03",
        ),
        Dataset(
            "skab",
            "17 runs of a water circuit, eight sensors at 1 s, valves closed and other faults",
            "https://github.com/waico/SKAB",
            "GPL-3.0: use, do not redistribute",
            "skab_*.parquet",
            17,
            "4003e87d98818f17e34ec22d774b6d03bd1b066be1559b9e9980c17cb69d125d",
        ),
        Dataset(
            "smap",
            "21 channels of the SMAP satellite's telemetry, one or 25 values",
            "https://github.com/khundman/telemanom",
            "Caltech (telemanom's LICENSE.txt)",
            "smap_*.parquet",
            21,
            "b7e469d14f7a02e9a83c7fa392514edeb82e82ab7c7615c406a4f38cc59e16a8",
        ),
        Dataset(
            "msl",
            "12 channels of the Curiosity rover's telemetry, one or 55 values",
            "https://github.com/khundman/telemanom",
            "Caltech (telemanom's LICENSE.txt)",
            "msl_*.parquet",
            12,
            "cd7e5c266db3d8f6299f6aeedbf46bb00f39b5dbcec963a7ff69ae5c94f9b72f",
        ),
        Dataset(
            "merlion",
            "7 synthetic series with injected levels, shocks, spikes and trends",
            "https://github.com/salesforce/Merlion",
            "BSD-3-Clause",
            "merlion_*.parquet",
            7,
            "2f80c047299430d5767199f404a43899f789c6f83bc307b5c308e6b4d200d278",
        ),
        Dataset(
            "daphnet",
            "acceleration at ankle, leg and trunk of a walking person, freezing of gait labelled",
            "https://archive.ics.uci.edu/dataset/245/daphnet+freezing+of+gait",
            "CC BY 4.0",
            "daphnet_*.parquet",
            1,
            "dfe4c7664577797653aa6dfbc4f90b6fa52190da4cd7843586732ff8425082b0",
        ),
        Dataset(
            "fashion-mnist",
            "70,000 grey images of clothes, 28 pixels, ten classes",
            "https://github.com/zalandoresearch/fashion-mnist",
            "MIT",
            "fashion_mnist.npz",
            1,
            "e4881238c96001ce3eda6c84f453e27306bf5325bf3fec548a8f34c943981531",
        ),
        Dataset(
            "magnetic-tile",
            "1,344 surface images of magnetic tiles, 128 pixels, five kinds of defect with masks",
            "https://github.com/abin24/Magnetic-tile-defect-datasets.",
            "free to use, citation asked for",
            "magnetic_tile_128.npz",
            1,
            "a9f0abbcbcfec0ea06a1f6614aa178c2b9be1c27e32da51d5929d8a98722cb2e",
        ),
        Dataset(
            "cifar10",
            "60,000 colour images of ten classes, 32 pixels, re-encoded as JPEG",
            "https://www.cs.toronto.edu/~kriz/cifar.html",
            "none stated",
            "cifar10_jpeg.parquet",
            1,
            "171fa309b9bb73da6bf38a9c3299e2abd90bdebcb73bcf8a96e208f267ecfdf4",
        ),
    )
}


def digest(paths: list[Path]) -> str:
    """SHA-256 over the names and contents of files, in the order of their names."""
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.name):
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def known(name: str) -> Dataset:
    """The data set called `name`. LookupError names the known ones."""
    if name not in DATASETS:
        raise NotThereError(f"no data set '{name}' (known: {', '.join(sorted(DATASETS))})")
    return DATASETS[name]


def get_dataset(name: str, source: Path, target: Path) -> list[Path]:
    """Copy a data set's files from a folder (looked through with its folders) to another, checked; the copies.

    LookupError for an unknown name or when the folder lacks files, ValueError when their content is another.
    """
    dataset = known(name)
    here, there = source.resolve(), target.resolve()
    inside = there != here and there.is_relative_to(here)  # earlier copies are not what is copied
    files = [path for path in here.rglob(dataset.pattern) if not (inside and path.is_relative_to(there))]
    matching = sorted(files, key=lambda p: p.name)
    if len(matching) < dataset.files:
        where = f"{source} holds {len(matching)} of the {dataset.files} files {dataset.pattern}"
        raise NotThereError(f"{where}", f"fetch them from {dataset.source} and name their folder with --from")
    if digest(matching) != dataset.sha256:
        raise UnusableError(
            f"the files {dataset.pattern} in {source} are not those that were checked", "fetch them again"
        )
    target.mkdir(parents=True, exist_ok=True)
    for path in matching:
        if path.parent != there:
            shutil.copy2(path, there / path.name)
    return [target / path.name for path in matching]
