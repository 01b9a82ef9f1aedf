"""An Airflow of the tests' own, no component of it running, and the DAGs over the demonstration's plant."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 4, 5)


@pytest.fixture(scope="session")
def places() -> Iterator[None]:
    """The folders from which Airflow and `make airflow` import."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("dags", "deploy/airflow", "deploy/demo"):
            patch.syspath_prepend(ROOT / place)
        yield


@pytest.fixture(scope="session")
def plant(places, tmp_path_factory) -> tuple[Path, list[date]]:
    """The settings of a small plant, its history taken in, and its last nights."""
    from demo_plant import prepared

    return prepared(tmp_path_factory.mktemp("plant"), TODAY)


@pytest.fixture(scope="session")
def airflow(plant, tmp_path_factory) -> Iterator[Path]:
    """The home of an Airflow with tables and the trainings' pool; its environment stands before it is imported."""
    home = tmp_path_factory.mktemp("airflow")
    own = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "NIGHTSCORE_SETTINGS": str(plant[0]),
        "OMP_NUM_THREADS": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            patch.delenv(name)
        for name, value in own.items():
            patch.setenv(name, value)
        pytest.importorskip("airflow", reason="the extra airflow is not installed")
        from airflow.models.pool import Pool
        from airflow.utils.db import initdb

        initdb()
        Pool.create_or_update_pool("training", 1, "trainings take turns", include_deferred=False)
        yield home


@pytest.fixture(scope="session")
def dags(airflow) -> dict[str, object]:
    """Every DAG by its name, as the dag-processor reads them."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(str(ROOT / "dags"))
    assert bag.import_errors == {}
    return bag.dags


@pytest.fixture
def ran(dags) -> Callable[..., dict[str, str]]:
    """A DAG's run without a scheduler, by its name: the state of every task, with its shard where there is one."""
    return lambda name, **conf: states_of(dags[name], conf)


Own = tuple[Path, object, Callable[..., dict[str, str]]]
"""The settings of a plant of a test's own, its `nightly`, and a run of that."""


@pytest.fixture
def with_settings(airflow, plant, tmp_path, monkeypatch) -> Callable[[str, str], Own]:
    """A plant of a test's own in whose settings one text stands in place of another."""

    def make(old: str, new: str) -> Own:
        folder = tmp_path / "plant"
        shutil.copytree(plant[0].parent, folder)
        settings = folder / "settings.toml"
        text = settings.read_text().replace(old, new)
        settings.write_text(text.replace(str(plant[0].parent), str(folder)))
        monkeypatch.setenv("NIGHTSCORE_SETTINGS", str(settings))
        from airflow.dag_processing.dagbag import DagBag

        nightly = DagBag(str(ROOT / "dags")).dags["nightly"]
        return settings, nightly, lambda **conf: states_of(nightly, conf)

    return make


@pytest.fixture
def forgiving(with_settings) -> Own:
    """A plant whose oven has a grace of two days."""
    return with_settings("[families.oven]", "[families.oven]\ngrace = 2")


def states_of(dag, conf: dict[str, object]) -> dict[str, str]:
    """The state of a run of a DAG and, by their names, of each of its tasks."""
    after = datetime(TODAY.year, TODAY.month, TODAY.day, 1, tzinfo=UTC)
    done = dag.test(run_after=after, logical_date=None, run_conf=conf)
    states = {"": str(done.state)}
    for task in done.get_task_instances():
        shard = f" {task.map_index}" if task.map_index >= 0 else ""
        states[f"{task.task_id}{shard}"] = str(task.state)
    return states
