"""The database of Airflow's own tables: SQLite, one that is named, or a PostgreSQL of one's own for a while."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_airflow import free_port

NAME = "airflow"


@contextmanager
def database(home: Path, wanted: str | None) -> Iterator[str | None]:
    """A database's URL: `wanted` as it is, one started in `home` for the word postgresql, None for SQLite."""
    if wanted in ("postgresql", "postgres"):
        with postgresql(home / "postgresql") as url:
            yield url
    else:
        yield wanted or None


@contextmanager
def postgresql(folder: Path, address: str = "127.0.0.1", trusted: str = "127.0.0.1/32") -> Iterator[str]:
    """A PostgreSQL in `folder` that listens on `address` and ends with this block; the URL of a database in it.

    Only `trusted` addresses get in, without a password. OSError when PostgreSQL is not installed or does not start.
    """
    programs = _programs()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port, data = free_port(address), folder / "data"
    someone = _someone_else(folder)
    if not (data / "PG_VERSION").exists():
        _do([*someone, programs / "initdb", "-D", data, "-A", "trust", "-U", NAME, "--no-sync"])
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {trusted} trust\n")
    options = f"-c listen_addresses={address} -p {port} -c unix_socket_directories={folder} -c fsync=off"
    control = [*someone, programs / "pg_ctl", "-D", data, "-w"]
    _do([*control, "-l", folder / "log", "-o", options, "start"])
    try:
        url = f"postgresql+psycopg2://{NAME}@{address}:{port}/{NAME}"
        made = subprocess.run(
            [programs / "createdb", "-h", address, "-p", str(port), "-U", NAME, NAME], capture_output=True
        )
        if made.returncode and b"already exists" not in made.stderr:
            raise OSError(f"createdb failed: {made.stderr.decode()}")
        yield url
    finally:
        _do([*control, "-m", "fast", "stop"])


def _programs() -> Path:
    initdb = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if initdb is None:
        raise OSError("PostgreSQL is not installed; run: make tools")
    return Path(initdb).resolve().parent


def _someone_else(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: what a command is started with to run as the user `postgres` then."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ["setpriv", "--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--clear-groups", "--"]


def _do(command: list[object]) -> None:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/")
    if done.returncode:
        raise OSError(f"{command} failed: {done.stderr.decode(errors='replace')[-1000:]}")
