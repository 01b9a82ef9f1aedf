"""A machine whose clock is wrong or runs away: the night's files are the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from attacked_plant import FAMILY, LAST
from victims import at, copied, faults, lasting, tree

from service.schedule import nights

SHIFTS = ("-2d", "+400d", "-40y", "@2026-03-29 01:59:58", "@2026-02-28 23:59:59", "+0 x86400")
"""Set back, set ahead, before 1990, at the change to summer time, at midnight, and a day a second."""
LIBRARIES = [Path(f"/usr/lib/{cpu}-linux-gnu/faketime/libfaketime.so.1") for cpu in ("x86_64", "aarch64")]


@pytest.fixture(scope="module")
def right(stages, plant, tmp_path_factory) -> dict[str, str]:
    """The files of the same night under the right clock."""
    site = copied(stages[0].before, tmp_path_factory.mktemp("right") / "site")
    nights.night(at(plant, site), LAST, [FAMILY], lambda _: None)
    return lasting(tree(site))


@pytest.mark.parametrize("shift", SHIFTS)
def test_a_night_under_a_wrong_clock_writes_the_same_files(stages, plant, right, tmp_path, program, tell, shift):
    program("faketime")
    library = next(path for path in LIBRARIES if path.exists())
    site = copied(stages[0].before, tmp_path / "site")
    settings = at(plant, site)
    own = Path(plant.store).with_name("settings.toml")
    words = ["nightly", "--day", str(LAST), "--settings", str(own), "--store", settings.store]
    command = [sys.executable, "-c", "from service.cli import main; main()", *words]
    environment = {**os.environ, "LD_PRELOAD": str(library), "FAKETIME": shift, "TZ": "Europe/Berlin"}
    night = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert night.returncode == 0, night.stderr
    got = lasting(tree(site))
    other = [path for path in sorted({*right, *got}) if right.get(path) != got.get(path)]
    tell(f"clock {shift}: {len(got)} files, {len(other)} others than under the right clock")
    assert other == []
    assert faults(settings) == []
