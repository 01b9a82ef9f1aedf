"""Several at once: writers of one partition, a reader beside them, two trainings of one model."""

import os
import signal
import time

from victims import at, copied, ended, faults, lasting, tree, victim

from sensors_data.errors import NotThereError
from sensors_data.store import Store


def test_two_runs_of_one_job_at_once_end_where_one_does(stages, plant, tmp_path, sized, chance, tell):
    rng, lost = chance("races"), []
    tried = sized(100)
    for number in range(tried):
        stage = stages[number % len(stages)]
        site = copied(stage.before, tmp_path / f"site-{number}")
        settings = at(plant, site)
        first = victim(lambda stage=stage, settings=settings: stage.action(settings))
        time.sleep(rng.uniform(0, stage.seconds / 2))
        second = victim(lambda stage=stage, settings=settings: stage.action(settings))
        codes = ended(first), ended(second)
        wanted, got = lasting(tree(stage.after)), lasting(tree(site))
        other = [path for path in sorted({*wanted, *got}) if wanted.get(path) != got.get(path)]
        if codes != (0, 0) or other or (other := faults(settings)):
            lost.append(f"{stage.name}: {codes} {other[:3]}")
    tell(f"races: {tried} pairs of jobs, {tried - len(lost)} as one, {len(lost)} not")
    assert lost == []


def test_a_reader_beside_two_writers_never_sees_half_a_file(stages, plant, tmp_path, sized, tell):
    site = copied(stages[-1].after, tmp_path / "site")
    store = Store(str(site / "store"))
    table = store.files("scores")[-1]
    versions = [store.read_bytes(path) for path in store.files("scores")[-2:]]

    def write() -> None:
        for number in range(10**9):
            store.write_bytes(table, versions[number % 2])

    writers = [victim(write), victim(write)]
    torn, reads, missing = 0, sized(20_000), 0
    for _ in range(reads):
        try:
            torn += store.read_bytes(table) not in versions
        except NotThereError:
            missing += 1
    for writer in writers:
        os.kill(writer, signal.SIGKILL)
        ended(writer)
    store.write_bytes(table, versions[0])
    tell(f"reads beside two writers: {reads:,}, {torn} torn, {missing} missing")
    assert (torn, missing) == (0, 0)
    assert [path for path in store.all_files() if path.endswith(".tmp")] == []
