import hashlib
import random
from datetime import date

import pandas as pd
import pytest
import torch

from sensors_data.errors import DamagedError
from sensors_data.images.files import encode_png
from sensors_data.nets.files import model_bytes
from sensors_data.provenance import Provenance
from sensors_data.seal import BLANK, check, sealed, sum_of
from sensors_data.section import Section
from sensors_data.store import Store

DAY = date(2026, 11, 21)


class Card(Section):
    name: str = "a card"


def flipped(data: bytes, place: int, draws: random.Random) -> bytes:
    return data[:place] + bytes([data[place] ^ draws.randrange(1, 256)]) + data[place + 1 :]


def every_kind() -> dict[str, bytes]:
    """A small file of every kind that carries sums."""
    model = model_bytes({"weight": torch.arange(12.0).view(3, 4)}, Card())
    text = sealed(f"nightscore_anomalies 3\n# {BLANK}\n".encode())
    return {"a.safetensors": model, "a.prom": text, "a.png": encode_png(torch.zeros(1, 5, 5).byte().numpy())}


@pytest.mark.parametrize("name", ["a.safetensors", "a.prom", "a.png"])
def test_every_single_changed_byte_is_found(name):
    data, draws = every_kind()[name], random.Random(0)
    assert check(data, name)
    for place in range(len(data)):
        with pytest.raises(DamagedError, match=f"{name} is damaged"):
            check(flipped(data, place, draws), name)


def test_no_changed_byte_of_a_table_gives_other_rows(tmp_path, make_readings):
    store = Store(str(tmp_path))
    path = store.write("readings", make_readings(assets=1, rows=4), Provenance(job="test"), family="pump", day=DAY)
    whole, draws = (tmp_path / path).read_bytes(), random.Random(0)
    for place in range(0, len(whole), 3):
        (tmp_path / path).write_bytes(flipped(whole, place, draws))
        with pytest.raises(DamagedError, match="run: nightscore verify --repair"):
            store.read("readings", family="pump", day=DAY)


@pytest.mark.parametrize("name", [*every_kind(), "no hash"])
def test_the_sum_of_checked_bytes_is_their_sha256(name):
    data = every_kind().get(name, b"what an earlier nightscore wrote")
    assert sum_of(data, name) == hashlib.sha256(data).digest()
    if name in every_kind():
        with pytest.raises(DamagedError):
            sum_of(flipped(data, len(data) // 2, random.Random(0)), name)


def test_a_file_without_a_hash_is_read_and_known_as_such():
    assert not check(b"what an earlier nightscore wrote", "a.safetensors")


def test_words_of_a_table_that_look_like_a_hash_do_not_take_its_place(tmp_path, make_readings):
    store, rows = Store(str(tmp_path)), make_readings(assets=1, rows=4)
    rows = rows.assign(asset=pd.Series([BLANK, "p0"] * (len(rows) // 2)))
    store.write("readings", rows, Provenance(job="test"), family="pump", day=DAY)
    assert set(store.read("readings", family="pump", day=DAY)["asset"]) == {BLANK, "p0"}
