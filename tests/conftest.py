"""What tests of several rooms need: the servers that stand beside nightscore, where they are installed."""

import os
import shutil
from collections.abc import Callable

import pytest


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """The path of an installed program; the test is skipped without it, or fails where all have to be there."""

    def find(name: str) -> str:
        path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/lib/postgresql/15/bin")
        if path is None and os.environ.get("NIGHTSCORE_REQUIRE_SERVERS"):
            pytest.fail(f"{name} is not installed; run: make tools")
        if path is None:
            pytest.skip(f"{name} is not installed; run: make tools")
        return path

    return find
