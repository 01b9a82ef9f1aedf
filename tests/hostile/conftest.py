"""Attacks on the whole: how large they are, the plant that they are made on, and the figures that they end with."""

import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import torch

from sensors_data.settings import Settings

SHARE = float(os.environ.get("HOSTILE_SHARE", "0.01"))
"""How much of the full size: 1 takes an hour or two, 0.01 a minute or two."""
SEED = os.environ.get("HOSTILE_SEED", "0")
"""Another one makes other attacks, so that the figures of several runs can be added."""
FIGURES = pytest.StashKey[list[str]]()


sys.path.insert(0, str(Path(__file__).parent))  # what the attacks share lies here, and is no package
import attacked_plant  # noqa: E402
import victims  # noqa: E402
from attacked_plant import FAMILY, LAST  # noqa: E402
from mutations import changed  # noqa: E402
from weighing import watch  # noqa: E402


def pytest_collection_modifyitems(items):
    """Everything of this folder is hostile, and takes as long as it takes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.hostile)
            item.add_marker(pytest.mark.timeout(0))


def pytest_terminal_summary(terminalreporter, config):
    """The figures, after the tests."""
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def tell(pytestconfig) -> Callable[[str], None]:
    """tell(line): a line with figures, shown at once and at the end."""
    lines = pytestconfig.stash.setdefault(FIGURES, [])

    def keep(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    return keep


@pytest.fixture(scope="session")
def sized() -> Callable[[int], int]:
    """sized(full): how often something is tried, at least twice."""
    return lambda full: max(2, round(full * SHARE))


@pytest.fixture(scope="session")
def chance() -> Callable[[str], random.Random]:
    """chance(what): the random numbers of an attack, the same in every run with the same seed."""
    return lambda what: random.Random(f"{what} {SEED}")


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def plant(tmp_path_factory) -> Settings:
    """The plant's files and settings; nothing has run yet."""
    return attacked_plant.write_plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture(scope="session")
def stages(plant, tmp_path_factory) -> list:
    """The jobs of the last night, each with the site before and after it."""
    return victims.staged(plant, tmp_path_factory.mktemp("stages"))


@pytest.fixture
def site(stages, plant, tmp_path) -> Settings:
    """The plant after its last night, on a site of the test's own."""
    shutil.copytree(stages[-1].after, tmp_path / "site")
    return victims.at(plant, tmp_path / "site")


@pytest.fixture
def attack(tmp_path, sized, chance, tell):
    """attack(what, full, seeds, take): so many changed seeds are taken; nothing goes wrong."""

    def run(what: str, full: int, seeds: list[bytes], take: Callable[[bytes], object], change=changed) -> None:
        rng = chance(what)

        def inputs() -> Iterator[bytes]:
            for _ in range(sized(full)):
                yield change(rng.choice(seeds), rng, rng.choice(seeds))

        for seed in seeds:
            take(seed)  # what is not changed is taken, and what comes with the first is not counted
        seen = watch(what, inputs(), take, tmp_path)
        tell(seen.line)
        assert seen.is_well, "\n".join(f"{n} x {kind}\n{seen.first[kind]}" for kind, n in seen.faults.items())

    return run


@pytest.fixture
def frame(plant) -> pd.DataFrame:
    """The readings of the last day as they came."""
    return pd.read_csv(plant.family(FAMILY).inbox.replace("{day}", str(LAST)), na_values="n.a.")


@pytest.fixture
def text(plant) -> bytes:
    return Path(plant.family(FAMILY).inbox.replace("{day}", str(LAST))).read_bytes()
