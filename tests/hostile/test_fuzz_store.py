"""Changed files of a store, its users and backups: each is read or refused in words, soon, in little memory."""

import random
import re
from pathlib import Path

import pytest
from mutations import changed

from anomaly.images import files as image_files
from anomaly.series import files as series_files
from sensors_data.audit import entries, record
from sensors_data.seal import BLANK, sealed
from sensors_data.store import Store
from sensors_data.upkeep.backup import backup, restore
from service.api.users import Users, add_user
from synthesis import generator_files

SEAL = re.compile(rb"nightscore-sha256:[0-9a-f]{64}:sealed")

pytestmark = pytest.mark.filterwarnings("default")  # as users run it


def resealed(data: bytes, rng: random.Random, other: bytes) -> bytes:
    """Changed bytes, every second one with the right hash again, as one who may write the store can give it."""
    found = changed(data, rng, other)
    return sealed(SEAL.sub(BLANK.encode(), found)) if rng.random() < 0.5 else found


def test_changed_tables_of_a_store(attack, site):
    store = Store(site.store)
    paths = [
        store.files(table)[-1] for table in ("readings", "grid", "scores", "anomalies", "runs", "images", "quality")
    ]
    place = {path.partition("/")[0]: path for path in paths}

    def take(data: bytes) -> None:
        table, _, content = data.partition(b"\n")
        path = place[table.decode()]
        Path(site.store, path).write_bytes(content)
        store.provenance(path)
        store.read_files(table.decode(), [path])

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        table, _, content = data.partition(b"\n")
        return table + b"\n" + resealed(content, rng, other)

    attack(
        "tables of a store",
        2000,
        [f"{table}\n".encode() + store.unchecked_bytes(path) for table, path in place.items()],
        take,
        change,
    )


def test_changed_models(attack, site):
    store = Store(site.store)
    readers = {
        "series": series_files.from_bytes,
        "images": image_files.from_bytes,
        "generators": generator_files.from_bytes,
    }
    seeds = [store.unchecked_bytes(store.files(f"models/{kind}", ".safetensors")[-1]) for kind in readers]

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        return data[:1] + resealed(data[1:], rng, other)

    tagged = [kind[:1].encode() + seed for kind, seed in zip(readers, seeds, strict=True)]
    by_tag = {kind[:1].encode(): reader for kind, reader in readers.items()}
    attack("models", 2500, tagged, lambda data: by_tag[data[:1]](data[1:], "model.safetensors"), change)


def test_changed_files_of_users_decisions_and_backups(attack, site, tmp_path):
    store, users, place = Store(site.store), tmp_path / "users.json", tmp_path / "backups"
    add_user(users, "ana", "viewer", 30)
    record(store, "dismissed", "anomaly 1", "ana")
    entry = store.files("audit")[-1]
    listed = place / "lists" / f"{backup(store, str(place)).name}.json"
    files = {"u": users, "a": Path(site.store, entry), "b": listed}
    seeds = [kind.encode() + path.read_bytes() for kind, path in files.items()]

    def change(data: bytes, rng: random.Random, other: bytes) -> bytes:
        return data[:1] + resealed(data[1:], rng, other)

    def take(data: bytes) -> None:
        kind = data[:1].decode()
        files[kind].write_bytes(data[1:])
        if kind == "u":
            Users(users).all()
        elif kind == "a":
            entries(store)
        else:
            restore(str(place), store, listed.stem, False, lambda _: None)

    attack("files of users, decisions and backups", 300, seeds, take, change)
