"""`make airflow`: a local Airflow over the demonstration's plant, until Ctrl-C.

NIGHTSCORE_SETTINGS: the settings of another plant.
NIGHTSCORE_AIRFLOW_DB: nothing is SQLite, `postgresql` a PostgreSQL of its own, anything else a database's URL.
NIGHTSCORE_AIRFLOW_PORT: the web page's port, 8080 if not set and free.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from as_script import run_as_script, say
from databases import database
from demo_plant import prepared
from local_airflow import check_alive, prepare, running
from nights_demo import fresh_folder

FOLDER = Path("demo-airflow")


def main() -> None:
    """Serve until somebody ends it."""
    try:
        serve()
    except KeyboardInterrupt:
        say("stopped")


def serve() -> None:
    """An Airflow over a plant, its programs watched."""
    own = os.environ.get("NIGHTSCORE_SETTINGS")
    settings = Path(own) if own else plant(FOLDER)
    with database(FOLDER / "home", os.environ.get("NIGHTSCORE_AIRFLOW_DB")) as url:
        airflow = prepare(FOLDER / "home", settings, url)
        with running(airflow) as processes:
            say("", f"Airflow at {airflow.url}  user admin  password {airflow.password}")
            say(f"DAGs over {settings}; a DAG that is switched on runs its last interval at once. Ctrl-C stops all.")
            while True:
                check_alive(processes)
                time.sleep(5)


def plant(folder: Path) -> Path:
    """The demonstration's plant in `folder`, as it is when its last night is still to come, else made anew."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    if (folder / f"inbox/oven/oven-{yesterday}.csv").exists():
        return folder / "settings.toml"
    say(f"making a plant in {folder}; its readings end on {yesterday}")
    fresh_folder(folder)
    return prepared(folder, datetime.now(UTC).date())[0]


if __name__ == "__main__":
    run_as_script(main)
