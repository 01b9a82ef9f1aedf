"""What the tests share: random examples that are the same in every run, and where real data may lie."""

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
