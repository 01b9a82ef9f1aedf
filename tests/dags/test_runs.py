"""The DAGs run task by task over a small plant, without a scheduler."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from sensors_data.provenance import Provenance
from sensors_data.settings import load
from sensors_data.store import Store

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def store(plant) -> Store:
    return Store(load(plant[0]).store)


def test_a_night_without_a_detector_is_taken_in_and_not_scored_and_a_training_mends_that(ran, plant, store):
    nights = plant[1]
    states = ran("nightly", day=str(nights[0]), family="oven")
    assert states[""] == "success"
    assert states["series-oven.impute 1"] == "success"
    assert states["series-oven.score-series 0"] == states["series-oven.find-anomalies"] == "skipped"
    assert states["images-press.ingest-images"] == "skipped"
    states = ran("weekly_detectors", day=str(nights[0]))
    assert [states[name] for name in ("", "series-oven.train-series", "images-press.train-images")] == ["success"] * 3
    states = ran("nightly", day=str(nights[0]))
    assert {state for name, state in states.items() if name.startswith(("series", "images"))} == {"success"}
    assert store.days("scores", family="oven") == store.days("image_scores", camera="press") == nights[:1]
    before = {path: store.read_bytes(path) for path in store.files("scores")}
    ran("nightly", day=str(nights[0]), family="oven")
    assert {path: store.read_bytes(path) for path in store.files("scores")} == before


def test_a_night_does_a_late_day_of_the_grace_again(forgiving, plant):
    settings, _, run = forgiving
    first, second = plant[1][:2]
    spec = load(settings).family("oven")
    path = Path(spec.inbox.replace("{day}", str(first)))
    whole = path.read_text()
    path.write_text("".join(whole.splitlines(keepends=True)[:200]))
    states = run(day=str(first), family="oven")
    assert states["series-oven.revise"] == states["series-oven.ingest"] == "success"
    path.write_text(whole)
    states = run(day=str(second), family="oven")
    assert states["series-oven.revise"] == "success"
    store = Store(load(settings).store)
    runs = store.read_days("runs", [second], run="revise-oven")
    assert re.search(r"revision \d+: [\d,]+ values more, 0 changed, 0 gone", runs["reason"].iloc[0])
    made = [store.provenance(path) for path in store.written("readings", [first], family="oven")]
    assert max(shard.edition for shard in made) >= 2
    assert sum(shard.rows for shard in made) > 200


def test_a_family_for_which_the_budget_has_no_room_is_left_out_and_told(with_settings, plant, capsys):
    century = (
        '[night]\nbudget = "876000h"\n\n[families.oven]'  # without a scheduler a run counts as begun in its interval
    )
    settings, _, run = with_settings("[families.oven]", century)
    eve, night = plant[1][:2]
    store = Store(load(settings).store)

    def took(seconds: float) -> None:
        row = {"job": "impute", "partition": "oven-0", "family": "oven", "seconds": seconds, "rows": 1, "state": "done"}
        rows = pd.DataFrame([row | {"reason": "", "finished": datetime.now(UTC)}])
        store.write("runs", rows, Provenance(job="impute"), day=eve, run="impute-oven-0")

    took(2 * 876_000 * 3600)
    states = run(day=str(night))
    assert states[""] == states["series-oven.ingest"] == "failed"
    assert states["series-oven.find-anomalies"] == "upstream_failed"
    assert [states[name] for name in ("series-oven.export-metrics", "images-press.ingest-images", "report")] == [
        "success"
    ] * 3
    told = capsys.readouterr().out
    assert (
        "budget of the night 52560000.0 min: by their last nights none fit; left out unless there is time: oven" in told
    )
    row = store.read_days("runs", [night], run="ingest-oven").iloc[0]
    assert row["state"] == "failed"
    assert "the night's budget of 52560000.0 min had no room for oven" in row["reason"]
    took(40)
    assert run(day=str(night), family="oven")["series-oven.ingest"] == "success"


def test_a_generator_is_trained_monthly_and_its_batch_is_drawn_and_judged_weekly(ran, plant, store):
    day = str(plant[1][0])
    early = ran("weekly_images", day=day, camera="press")
    jobs = ("draw-images", "judge-images", "try-augmentation")
    assert {early[f"images-press.{job}"] for job in jobs} == {"skipped"}
    trained = ran("monthly_dcgan", day=day, camera="press")
    assert (trained[""], trained["images-press.train-dcgan"]) == ("success", "success")
    drawn = ran("weekly_images", day=day, camera="press")
    assert [drawn[f"images-press.{job}"] for job in ("draw-images", "judge-images")] == ["success"] * 2
    assert drawn["images-press.paint-defects"] == "success"
    assert len(store.read("painted_images", camera="press", day=day)) == 15
    measured = store.read("quality", camera="press", day=day).set_index("measure")
    gate = measured.loc["gate"]
    tried = drawn["images-press.try-augmentation"]
    assert tried == ("success" if gate["passed"] else "skipped")
    assert ("augmentation_vae_all" in measured.index) == (tried == "success")
    kept = "synthetic_images" if gate["passed"] else "rejected_synthetic_images"
    assert len(store.read(kept, camera="press", day=day)) == gate["images"] == 2048


@pytest.mark.parametrize("words", [{"day": "2199-01-01"}, {"shard": "0"}])
def test_a_run_by_hand_for_what_cannot_be_is_refused_in_the_plan(ran, store, words):
    before = store.files("")
    states = ran("nightly", **words)
    assert states[""] == states["plan"] == "failed"
    assert {state for name, state in states.items() if name.startswith("series")} <= {"upstream_failed", "success"}
    assert store.files("") == before


@pytest.mark.parametrize("words", [{"family": "{{ 7 * 7 }}"}, {"camera": "$(touch x)"}, {"day": "../x"}, {"day": 7}])
def test_a_name_that_is_none_does_not_even_become_a_run(ran, words):
    from airflow.sdk.exceptions import ParamValidationError

    with pytest.raises(ParamValidationError, match=f"Invalid input for param {next(iter(words))}"):
        ran("nightly", **words)
