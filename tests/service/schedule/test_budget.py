"""A night with a budget of time: who begins, who is left out, and where that is told."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from sensors_data.night import Night
from sensors_data.provenance import Provenance
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.cli.doctor import examine
from service.schedule import nights
from service.schedule.budget import Budget, budget_of

EVE, NIGHT = START + timedelta(days=7), START + timedelta(days=8)


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_families_begin_by_importance_while_they_are_expected_to_fit():
    clock = Clock()
    budget = Budget(600, {"a": 300, "b": 400, "c": 200, "d": 0}, clock)
    assert budget.announcement() == (
        "budget of the night 10.0 min: by their last nights a 5.0 min, c 3.3 min, d 0.0 min fit; "
        "left out unless there is time: b 6.7 min"
    )
    begun = []
    for family in budget.families():
        begun.append(family)
        clock.now += budget.expected[family]
    assert (begun, budget.left_out) == (["a", "c", "d"], ["b"])


def test_a_family_begins_when_those_before_it_were_quicker_and_not_when_they_were_slower():
    for took, begun in ((50, ["a", "b", "c"]), (450, ["a"])):
        clock = Clock()
        budget = Budget(600, {"a": 300, "b": 400, "c": 200}, clock)
        found = []
        for family in budget.families():
            found.append(family)
            clock.now += took
        assert found == begun
        assert sorted(found + budget.left_out) == ["a", "b", "c"]


def test_those_that_come_first_are_named_and_the_others_keep_their_order():
    assert Night(first=("d", "x", "b")).ordered(["a", "b", "c", "d"]) == ["d", "b", "a", "c"]


def took(settings, family, day, seconds, job="score-series"):
    row = {"job": job, "partition": family, "family": family, "seconds": seconds, "finished": datetime.now(UTC)}
    row |= {"rows": 1, "state": "done", "reason": ""}
    Store(settings.store).write("runs", pd.DataFrame([row]), Provenance(job=job), day=day, run=f"{job}-{family}")


@pytest.fixture
def two(copied):
    """The oven, and a plant of the same files that took an hour last night."""
    oven = copied.families["oven"]
    night = Night.model_validate({"budget": "10min", "first": ["oven"]})
    settings = copied.model_copy(update={"families": {"fan": oven, "oven": oven}, "night": night})
    took(settings, "fan", EVE, 3600.0)
    took(settings, "fan", EVE - timedelta(days=1), 7.0)
    return settings


def test_what_a_family_took_in_its_last_night_is_expected(two):
    took(two, "fan", EVE, 60.0, "impute")
    took(two, "fan", EVE, 999.0, "train-series")
    assert budget_of(two, NIGHT, ["fan"]).expected == {"fan": 3660.0}
    assert budget_of(two, EVE, ["fan"]).expected == {"fan": 7.0}
    assert budget_of(two, START, ["fan"]).expected == {"fan": 0.0}


def test_a_family_that_does_not_fit_is_left_out_and_told_everywhere(two):
    lines = []
    with pytest.raises(
        LookupError, match=f"fan of {NIGHT} left out by the budget of 10.0 min; when there is time, run"
    ):
        nights.night(two, NIGHT, ["fan", "oven"], lines.append)
    store = Store(two.store)
    assert lines[0].startswith("budget of the night 10.0 min: by their last nights oven ")
    assert lines[0].endswith("left out unless there is time: fan 60.0 min")
    assert any(line.startswith(f"scored oven {NIGHT}") for line in lines)
    assert NIGHT not in store.days("readings", family="fan")
    (run,) = store.read_days("runs", [NIGHT], run="ingest-fan").to_dict("records")
    assert (run["state"], run["reason"]) == (
        "failed",
        "NotThereError: left out: the night's budget of 10.0 min had no room for fan",
    )
    metrics = "".join(store.read_bytes(path).decode() for path in store.files("metrics") if "fan" in path)
    assert "had no room for fan" in metrics
    assert not examine(two, "fan").state.startswith("READY")


def test_without_a_budget_nothing_is_announced_or_left_out(two):
    lines = []
    free = two.model_copy(update={"night": Night()})
    nights.night(free, NIGHT, ["oven"], lines.append)
    assert lines[0].startswith(f"ingested oven {NIGHT}")
