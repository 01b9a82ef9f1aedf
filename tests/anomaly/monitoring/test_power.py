"""Power night by night: the share of what the self-test planted that was found."""

from datetime import date, timedelta

import pandas as pd
import pytest

from anomaly.monitoring.power import NIGHTS, power_of_nights, self_test_files
from sensors_data.provenance import Provenance
from sensors_data.retention import Retention
from sensors_data.store import Store
from sensors_data.upkeep.joining import join, to_join

DAY = date(2026, 11, 21)


def write_faults(store: Store, day: date, shard: int, found: dict[str, bool], model: str = "pump@2026-11-15") -> None:
    shared = {"time": pd.Timestamp(day, tz="UTC"), "asset": f"pump-{shard}", "sensor": "flow", "size": 3.0}
    rows = [{**shared, "kind": kind, "ratio": 1.0, "found": was, "model": model} for kind, was in found.items()]
    store.write("self_tests", pd.DataFrame(rows), Provenance(job="test"), family="pump", day=day, shard=shard)


def powers(store: Store, kind: str = "series", name: str = "pump"):
    return power_of_nights(store, kind, self_test_files(store, kind, name))


def test_a_nights_power_is_the_share_found_over_all_shards_and_by_kind_for_the_newest(tmp_path):
    store = Store(str(tmp_path))
    write_faults(store, DAY - timedelta(days=1), 0, {"drift": False, "spike": True}, "pump@2026-11-01")
    write_faults(store, DAY, 0, {"drift": False, "spike": True})
    write_faults(store, DAY, 1, {"drift": True, "spike": True})
    before, newest = powers(store)
    assert (before.day, before.model, before.share, before.kinds) == (
        DAY - timedelta(days=1),
        "pump@2026-11-01",
        0.5,
        {},
    )
    assert (newest.day, newest.share, newest.planted) == (DAY, 0.75, 4)
    assert newest.kinds == {"drift": 0.5, "spike": 1.0}


def test_nights_before_the_last_ninety_are_not_read_and_joined_ones_are(tmp_path):
    store = Store(str(tmp_path))
    for back in (0, NIGHTS - 1, NIGHTS):
        for shard in (0, 1):
            write_faults(store, DAY - timedelta(days=back), shard, {"spike": shard == 0})
    assert sum(join(store, paths) for paths in to_join(store, Retention(), DAY)) == 4
    assert [(night.day, night.share) for night in powers(store)] == [
        (DAY - timedelta(days=NIGHTS - 1), 0.5),
        (DAY, 0.5),
    ]


@pytest.mark.parametrize(("visibility", "nights"), [((9.0, 9.0, 1.0), [(1, 2)]), ((1.0, 2.0, 3.0), [])])
def test_only_plainly_painted_defects_count_for_a_camera(tmp_path, visibility, nights):
    store = Store(str(tmp_path))
    shared = {"kind": "scar", "good": "a.png", "size": 3.0, "score": 1.0, "threshold": 1.0, "model": "press@2026-11-15"}
    seen = [{**shared, "number": n, "visibility": visibility[n], "found": n != 1} for n in range(3)]
    store.write("image_self_tests", pd.DataFrame(seen), Provenance(job="test"), camera="press", day=DAY)
    assert [(night.found, night.planted) for night in powers(store, "images", "press")] == nights


def test_a_family_without_a_self_test_has_no_power(tmp_path):
    assert powers(Store(str(tmp_path))) == []
