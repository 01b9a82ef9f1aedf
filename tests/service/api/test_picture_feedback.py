"""What people say of places in pictures, through REST and by the command."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from sensors_data.images.files import encode_png
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings, load
from sensors_data.store import Store

DAY = "2026-03-05"
BEARER = {"Authorization": "Bearer a-token-for-the-tests-only"}
SAID = {"camera": "press", "day": DAY, "image": "a.png", "kind": "confirmed", "author": "Ann"}


@pytest.fixture
def press(tmp_path) -> Settings:
    """Settings of a camera with one picture of 32 x 16 pixels."""
    (tmp_path / "settings.toml").write_text('store = "store"\n[cameras.press]\ninbox = "inbox"\nsize = 16\n')
    settings = load(tmp_path / "settings.toml")
    png = encode_png(np.arange(512, dtype=np.uint16).reshape(1, 16, 32).astype(np.uint8))
    row = {"image_id": "a.png", "time": datetime(2026, 3, 5, tzinfo=UTC), "asset": "", "label": "", "png": png}
    store = Store(settings.store)
    store.write("images", pd.DataFrame([row]), Provenance(job="test"), camera="press", day=date(2026, 3, 5))
    return settings


@pytest.fixture
def say(client_of, press):
    """say(more fields): the answer to a verdict."""
    client = client_of(press)
    return lambda **more: client.post("/v1/picture-verdicts", json={**SAID, **more}, headers=BEARER)


def test_places_are_said_listed_and_taken_back(client_of, press, say):
    client = client_of(press)
    keys = [say(place=place).json()["incident"] for place in ("1,2,3,4", "28,12,4,4")]
    rows = client.get("/v1/picture-verdicts?camera=press").json()
    assert {row["incident"]: (row["place"], row["place_size"]) for row in rows} == {
        keys[0]: ("1,2,3,4", "32x16"),
        keys[1]: ("28,12,4,4", "32x16"),
    }
    assert client.delete(f"/v1/incidents/{keys[0]}", headers=BEARER).status_code == 200
    assert [row["place"] for row in client.get("/v1/picture-verdicts?camera=press").json()] == ["28,12,4,4"]


@pytest.mark.parametrize(
    ("more", "status", "field", "detail"),
    [
        ({"place": "29,0,4,4"}, 422, "place", "29,0,4,4 is not inside a.png, which is kept as 32 x 16 pixels"),
        ({"place": "0,0,0,4"}, 422, "place", "has no pixel"),
        ({"place": ""}, 422, "place", "is no place; write left,top,width,height"),
        ({"place": [1, 2, 3, 4]}, 422, "place", "valid string"),
        ({"place": "1,2,3,4" + " " * 90}, 422, "place", "64"),
        ({"place": "1,2,3,4\x00"}, 422, "place", "is no place"),
        ({"place": "1,2,3,4", "image": "b.png"}, 404, "image", "press has no image 'b.png'"),
    ],
)
def test_a_bad_place_is_refused_with_its_field_and_what_to_do(say, press, more, status, field, detail):
    answer = say(**more)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert detail in answer.json()["detail"]
    assert answer.json()["remedy"]
    assert not Store(press.store).written("incidents")


def test_the_command_judges_a_place_and_the_list_tells_it(nightscore, press, tmp_path):
    def ask(*words):
        return nightscore(*words, "--settings", tmp_path / "settings.toml")

    picture = ("judge-picture", "--camera", "press", "--day", DAY, "--image", "a.png")
    confirmed = ask(*picture, "--kind", "confirmed", "--place", "1, 2, 3, 4")
    assert "on place 1,2,3,4 of a.png of press: confirmed; `incidents withdraw` takes it back" in confirmed.out
    dismissed = ask(*picture, "--kind", "dismissed")
    assert "training still leaves a.png out: somebody confirmed it or another place in it" in dismissed.out
    ask(*picture, "--kind", "confirmed", "--place", "40,2,3,4").assert_refused("40,2,3,4 is not inside a.png")
    ask(*picture, "--kind", "confirmed", "--place", "4,x").assert_refused("'4,x' is no place; write left,top,width")
    rows = json.loads(ask("incidents", "list", "--json").out)
    assert {(row["camera"], row["image"], row["place"]) for row in rows} == {
        ("press", "a.png", "1,2,3,4"),
        ("press", "a.png", None),
    }
    assert all(word in ask("incidents", "list").out for word in ("press", "a.png", "1,2,3,4"))


def test_a_replay_over_rest_says_what_is_missing(client_of, press):
    client = client_of(press)
    answer = client.get("/v1/picture-replay?camera=press")
    assert answer.status_code == 404
    assert "nothing of press was scored yet" in answer.json()["detail"]
    assert client.get("/v1/picture-replay?camera=press&rate=0.9").status_code == 422
