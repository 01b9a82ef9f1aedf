"""A disk that is full at any place: what was there stays, the job says so, and the next run with room goes through."""

import os
import resource
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from test_kills import harm_of
from victims import UNDER_WAY, at, copied, ended, lasting, tree, victim

from sensors_data.errors import StorageError

REFUSED = 7


def refusing(action, settings, limit: int | None) -> int:
    """Run a job in a process of its own, each file of at most `limit` bytes if given; REFUSED where it says why."""

    def run() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            action(settings)
        except StorageError as error:
            os._exit(REFUSED if "no room to write" in str(error) else 1)

    return ended(victim(run))


def test_files_that_may_not_grow_further_are_told_and_leave_what_was(stages, plant, tmp_path, sized, chance, tell):
    rng, codes, lost, left = chance("limits"), Counter[int](), [], 0
    for number in range(sized(100)):
        stage = stages[number % len(stages)]
        site = copied(stage.before, tmp_path / "site")
        settings = at(plant, site)
        code = refusing(stage.action, settings, rng.choice((100, 500, 2000, 5000, 10_000, 20_000, 50_000, 200_000)))
        codes[code] += 1
        left += sum(path.endswith(".tmp") for path in tree(site))
        if code not in (0, REFUSED) or (harm := harm_of(stage, site, settings)):
            lost.append(f"{stage.name}: {code if code not in (0, REFUSED) else harm[:3]}")
        shutil.rmtree(site)
    tell(
        f"limits of file size: {codes.total()} tried, {codes[REFUSED]} told 'no room', {codes[0]} had room, "
        f"{len(lost)} lost, {left} leftovers"
    )
    assert (lost, left) == ([], 0)


@pytest.fixture
def small_disk(tmp_path):
    """small_disk(bytes): a file system of its own of so many bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = []

    def mount(size: int) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("file systems can be mounted by root alone")
        made.append(place)
        return place

    def take_away() -> None:
        while made:
            subprocess.run(["umount", str(made.pop())], check=True)

    mount.end = take_away
    yield mount
    take_away()


def test_a_disk_that_runs_full_is_told_and_leaves_what_was(stages, plant, small_disk, sized, chance, tell):
    rng, codes, lost = chance("disks"), Counter[int](), []
    for number in range(sized(60)):
        stage = stages[number % len(stages)]
        used = int(subprocess.run(["du", "-sB4096", stage.before], capture_output=True, check=True).stdout.split()[0])
        disk = small_disk(4096 * (used + rng.randint(1, 20)))
        site = copied(stage.before, disk / "site")
        code = refusing(stage.action, at(plant, site), None)
        codes[code] += 1
        before, after = lasting(tree(stage.before)), lasting(tree(stage.after))
        now = {
            path: digest
            for path, digest in lasting(tree(site)).items()
            if not path.endswith(".tmp") and not path.startswith(UNDER_WAY)
        }
        torn = [path for path, digest in now.items() if digest not in (before.get(path), after.get(path))]
        if code not in (0, REFUSED) or torn:
            lost.append(f"{stage.name}: {code} {torn[:3]}")
        small_disk.end()
    tell(f"full disks: {codes.total()} tried, {codes[REFUSED]} told 'no room', {codes[0]} had room, {len(lost)} lost")
    assert lost == []
