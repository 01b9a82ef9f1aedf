"""Stores of earlier versions, as they were written: today's code reads them and gives the same figures."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anomaly.images.jobs import score_images
from anomaly.series.night.find_job import find_anomalies
from anomaly.series.night.score_job import score_series
from sensors_data.series.incidents import Incident, add_incident, read_incidents
from sensors_data.settings import Settings, load
from sensors_data.store import Store
from sensors_data.tables import TABLES
from sensors_data.upkeep.migrate import migrate
from sensors_data.upkeep.verify import verify
from synthesis.generator_files import load_for
from synthesis.sampling import draw

FIXTURES = Path(__file__).parent / "fixtures"
VERSIONS = {"before-hashes": 1, "long-tables": 2}
"""Each with the number of its shards."""
DAY = date(2026, 3, 13)


@pytest.fixture(params=sorted(VERSIONS))
def version(request) -> str:
    return request.param


@pytest.fixture
def settings(version, tmp_path) -> Settings:
    """A copy of the store and its settings."""
    shutil.copytree(FIXTURES / version, tmp_path / version)
    return load(tmp_path / version / "settings.toml")


@pytest.fixture
def said(version) -> dict:
    """What the version gave itself."""
    return json.loads((FIXTURES / version / "said.json").read_text())


def test_every_file_of_an_earlier_version_is_read_whole(settings, version):
    store = Store(settings.store)
    states = {finding.state for finding in verify(store, store.all_files()) if finding is not None}
    assert states == ({"without hash"} if version == "before-hashes" else set())
    read = {table: len(store.read_files(table, paths)) for table in TABLES if (paths := store.files(table, ".parquet"))}
    assert (read["readings"], read["grid"], read["scores"], read["incidents"]) == (48, 96, 48, 1)
    assert sum(store.provenance(path).many for path in store.files("readings")) == 95


def test_what_an_earlier_version_was_told_is_the_same_incident_today(settings):
    store = Store(settings.store)
    rows = read_incidents(store)
    assert pd.isna(rows["until"]).all()
    [row] = rows.astype(object).where(rows.notna(), None).to_dict("records")
    told = {name: row[name] for name in ("family", "start", "end", "kind", "asset", "sensor", "note", "author")}
    assert add_incident(store, Incident.model_validate(told)) == row["incident"]


def test_a_day_is_scored_by_an_earlier_versions_detector_as_that_version_did(settings, version, said):
    shutil.rmtree(Path(settings.store, "incidents"))  # the planned hour was told after the night
    for shard in range(VERSIONS[version]):
        score_series(settings, DAY, "oven", shard)
    rows = Store(settings.store).read_days("scores", [DAY], family="oven")
    scores = {str(asset): list(part.sort_values("time")["score"]) for asset, part in rows.groupby("asset")}
    for asset, wanted in said["scores"].items():
        assert scores[asset] == pytest.approx(
            [np.nan if x is None else x for x in wanted], rel=5e-6, abs=2e-5, nan_ok=True
        )
    assert find_anomalies(settings, DAY, "oven").startswith("found in oven 2026-03-13: ")


def test_pictures_are_scored_and_drawn_by_an_earlier_versions_models_as_that_version_did(settings, said):
    store = Store(settings.store)
    score_images(settings, DAY, "press")
    rows = store.read("image_scores", camera="press", day=DAY).set_index("image_id")["score"]
    assert rows.to_dict() == pytest.approx(
        said["image_scores"], rel=5e-3
    )  # processors differ by a quarter of a per cent
    assert hashlib.sha256(draw(load_for(store, "press", DAY), 2, 7).tobytes()).hexdigest() == said["drawn"]


def test_migration_leaves_a_store_of_which_nothing_is_to_be_said(settings):
    store = Store(settings.store)
    list(migrate(store))
    assert [finding for finding in verify(store, store.all_files()) if finding is not None] == []
