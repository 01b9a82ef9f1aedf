"""A walk over a store reads each file once, and tells what is stale by what it has read."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import pytest

from sensors_data.provenance import Provenance
from sensors_data.store import Store
from sensors_data.upkeep.verify import verify

DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Counting(Store):
    """A store that counts how often each of its files is read."""

    reads: Counter[str] = field(default_factory=Counter, compare=False)

    def unchecked_bytes(self, path: str) -> bytes:
        self.reads[path] += 1
        return super().unchecked_bytes(path)


@pytest.fixture
def counting(store, make_readings) -> Counting:
    """Readings, and two tables that were made from them."""
    source = store.write("readings", make_readings(), Provenance(job="ingest"), family="pump", day=DAY)
    made = store.made_from([source], Provenance(job="impute"))
    for shard in (0, 1):
        grid = make_readings().assign(observed_flow=True, observed_speed=True)
        store.write("grid", grid, made, family="pump", day=DAY, shard=shard)
    return Counting(store.root)


def test_each_file_is_read_once_whatever_was_made_from_it(counting):
    assert list(verify(counting, counting.all_files())) == [None, None, None]
    assert set(counting.reads.values()) == {1}


def test_an_input_outside_of_the_walk_is_read_once_and_what_was_made_from_it_before_is_stale(counting, make_readings):
    counting.write("readings", make_readings(rows=3), Provenance(job="ingest"), family="pump", day=DAY)
    findings = list(verify(counting, counting.files("grid")))
    assert [finding.state for finding in findings] == ["stale", "stale"]
    assert "readings/family=pump/day=2026-11-21" in findings[0].reason
    assert sorted(counting.reads.values()) == [1, 1, 1]
