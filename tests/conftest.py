"""What the tests share: random examples that are the same in every run, real data, and servers that run beside."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("same")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def real_series() -> Path:
    """A folder of real labelled series, where there is one beside the checkout."""
    folder = SHARED_DATA / "series"
    if not folder.is_dir():
        pytest.skip("no real series in ../shared/data/series; the same is proved on made-up ones")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of an installed program; the test is skipped without it, or fails where all have to be there."""

    def find(name: str) -> str:
        folders = [os.environ["PATH"], "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
        path = shutil.which(name, path=":".join(folders))
        if path is None:
            refuse = pytest.fail if os.environ.get("NIGHTSCORE_REQUIRE_SERVERS") else pytest.skip
            refuse(f"{name} is not installed; run: make tools")
        return path

    return find
