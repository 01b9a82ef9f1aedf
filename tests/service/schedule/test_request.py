"""What a run by hand may ask for: a day, a family, a camera that are there; anything else is refused, run by nobody."""

from datetime import date

import pytest

from sensors_data.settings import Settings
from service.schedule.request import run_request

DAY, TODAY = date(2026, 11, 21), date(2026, 11, 22)
SHELL = ["$(touch canary)", "`touch canary`", "; touch canary", "| touch canary", "&& touch canary"]
SHELL += ["pump\ntouch canary", "pump; touch canary #", "--help", "-rf /", "${HOME}", "~"]
JINJA = ["{{ 7 * 7 }}", "{% include 'x' %}", "{{ ''.__class__.__mro__ }}", "{{ var.value.x }}", "{{ macros.os }}", "{#"]
PATHS = ["..", "../..", "/etc/passwd", "pump/../oven", "pump%2F..", "..\\..", "file:///etc/passwd", "s3://other/store"]
CODE = ["__import__('os').system('touch canary')", "!!python/object/apply:os.system", "'; DROP TABLE dag_run; --"]
ODD = ["", " ", "pump ", " pump", "PUMP", "pump\x00", "pump\u202e", "\uff50\uff55\uff4d\uff50", "\u043fump", "p" * 65]
ODD += ["p" * 1_000_000, "None", "*", "pump,oven", "null", "pump\t", "%70ump"]
OTHER = [0, 1, -1, 3.5, float("nan"), 10**400, True, [], ["pump"], {}, {"pump": 1}, [["pump"] * 1000], {"a": {"b": {}}}]
DAYS = [
    *("2026-13-01", "2026-02-30", "0000-00-00", "9999-12-31", "2026-11-23", "2199-01-01", "1969-12-31", "26-11-21"),
    *("20261121", "2026-11-21T00:00:00", "2026-11-21Z", "yesterday", "today", "now", "2026-1-1", "2026-11-21\n"),
    "".join(chr(ord(c) + 0x630) if c.isdigit() else c for c in "2026-11-21"),
]
NAMES = [*SHELL, *JINJA, *PATHS, *CODE, *ODD, *OTHER]
HOSTILE = [(word, value) for word in ("family", "camera", "day") for value in NAMES]
HOSTILE += [("day", value) for value in DAYS]
HOSTILE += [
    (word, "pump") for word in ("Family", "shard", "job", "store", "settings", "__class__", "day ", "", "{{ x }}")
]


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Two families and a camera."""
    family = {"inbox": str(tmp_path), "step": "5min", "sensors": {"flow": {}}}
    text = {"families": {"pump": family, "oven": family}, "cameras": {"press": {"inbox": str(tmp_path)}}}
    return Settings.model_validate(text | {"store": str(tmp_path / "store")})


def test_a_run_that_asks_for_nothing_gets_its_own_day_and_all_there_is(settings):
    found = run_request(settings, {"day": None}, DAY, TODAY)
    assert (found.day, found.families, found.cameras) == (DAY, ("pump", "oven"), ("press",))


def test_a_family_leaves_out_the_others_and_the_cameras(settings):
    found = run_request(settings, {"family": "oven", "day": "2026-11-20"}, DAY, TODAY)
    assert (found.day, found.families, found.cameras) == (date(2026, 11, 20), ("oven",), ())
    both = run_request(settings, {"family": "oven", "camera": "press"}, DAY, TODAY)
    assert (both.families, both.cameras) == (("oven",), ("press",))


def test_a_day_that_has_not_begun_is_refused(settings):
    with pytest.raises(ValueError, match="2026-11-23 has not begun yet"):
        run_request(settings, {"day": "2026-11-23"}, DAY, TODAY)
    assert run_request(settings, {"day": "2026-11-22"}, DAY, TODAY).day == TODAY


def test_a_family_that_was_taken_out_of_the_settings_is_named_with_those_that_are_left(settings):
    with pytest.raises(LookupError, match=r"no family 'press' \(known: oven, pump\)"):
        run_request(settings, {"family": "press"}, DAY, TODAY)


def test_there_are_two_hundred_hostile_requests():
    assert len(HOSTILE) >= 200


@pytest.mark.parametrize(("word", "value"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_day_family_or_camera_is_refused_in_a_sentence(settings, tmp_path, monkeypatch, word, value):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, LookupError)) as refused:
        run_request(settings, {word: value}, DAY, TODAY)
    assert len(str(refused.value)) < 400
    assert list(tmp_path.iterdir()) == []
