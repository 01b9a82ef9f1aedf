"""Pictures of an asset's days."""

import io
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sensors_data.provenance import Provenance
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.figures.asset import asset_picture
from service.show.series import show_asset
from service.show.worst import worst_anomaly

DAY = START + timedelta(days=6)


def test_a_picture_is_the_same_bytes_twice_and_its_height_follows_the_sensors(plant):
    spec = plant.family("oven")
    first = asset_picture(Store(plant.store), spec, "oven", "oven-1", DAY, DAY)
    assert asset_picture(Store(plant.store), spec, "oven", "oven-1", DAY, DAY) == first
    with Image.open(io.BytesIO(first)) as image:
        assert (image.format, image.size) == ("PNG", (1210, int((1.7 + 1.25 * 5) * 110)))
        pixels = np.asarray(image.convert("L"))
    assert 0.02 < (pixels < 200).mean() < 0.5


def test_show_writes_where_it_is_told_or_names_the_file_itself(plant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    line = show_asset(plant, ["oven"], "oven-1", DAY, 1, tmp_path / "new" / "look.png")
    assert line == f"drew oven-1 of oven, 1 day to {DAY}: {tmp_path / 'new' / 'look.png'}"
    assert (tmp_path / "new" / "look.png").read_bytes().startswith(b"\x89PNG")
    assert (
        show_asset(plant, ["oven"], "oven-1", DAY, 2, None) == f"drew oven-1 of oven, 2 days to {DAY}: oven-1-{DAY}.png"
    )
    assert (tmp_path / f"oven-1-{DAY}.png").exists()


def rewrite(settings, table, day, change):
    store = Store(settings.store)
    for part in store.partitions(table, family="oven", day=day):
        where = store.path(table, **part)
        store.write(table, change(store.read(table, **part)), store.provenance(where), **part)


def test_what_is_not_said_is_the_worst_of_what_was_scored(copied, monkeypatch):
    drawn = []
    monkeypatch.setattr("service.show.series.asset_picture", lambda *words: drawn.append(words[3:]) or b"")
    store = Store(copied.store)
    for day in store.days("anomalies", family="oven"):
        rewrite(copied, "anomalies", day, lambda rows: rows.iloc[:0])
    newest = START + timedelta(days=8)
    out = Path(store.root) / "look.png"
    show_asset(copied, ["oven"], None, None, 1, out)
    show_asset(copied, ["oven"], "oven-3", None, 3, out)
    rewrite(copied, "scores", newest, lambda rows: rows[rows["asset"] != "oven-3"])
    show_asset(copied, ["oven"], "oven-3", None, 1, out)
    rewrite(copied, "scores", newest, lambda rows: rows.iloc[:0])
    show_asset(copied, ["oven"], None, None, 1, out)
    before = newest - timedelta(days=1)
    expected = [("oven-1", newest, newest), ("oven-3", newest - timedelta(days=2), newest)]
    assert drawn == [*expected, ("oven-3", before, before), ("oven-1", before, before)]


def test_an_asset_without_scores_is_told_with_those_that_have_some(plant):
    with pytest.raises(LookupError, match=r"no scored row of asset 'oven-2' .* \(scored there: oven-1, oven-3\)"):
        asset_picture(Store(plant.store), plant.family("oven"), "oven", "oven-2", DAY, DAY)


def test_the_worst_is_looked_for_in_all_families_outside_planned_work(tmp_path):
    store = Store(str(tmp_path))
    peaks = {"oven": [("a", 3.0, False)], "pump": [("b", 9.0, True), ("c", 5.0, False), ("d", 4.0, False)]}
    for family, rows in peaks.items():
        about = {"rows": 1, "sensors": [], "model": "m", "severity": "info"}
        times = dict.fromkeys(("start", "end", "peak_time"), pd.Timestamp(DAY, tz="UTC"))
        found = [
            about | times | {"anomaly_id": f"id-{name}", "asset": name, "peak_score": peak, "suppressed": planned}
            for name, peak, planned in rows
        ]
        store.write("anomalies", pd.DataFrame(found), Provenance(job="test"), family=family, day=DAY)
    found = [worst_anomaly(store, ["oven", "pump"], asset=asset) for asset in (None, "d", "a")]
    assert [(row["family"], row["asset"]) for row in found] == [("pump", "c"), ("pump", "d"), ("oven", "a")]
    assert worst_anomaly(store, ["oven", "pump"], day=DAY + timedelta(days=1)) is None
