import os
import subprocess
import sys
from datetime import timedelta

import pytest
from pydantic import ValidationError

from sensors_data.camera import Camera
from sensors_data.errors import NotThereError
from sensors_data.settings import Family, Layout, Sensor, Settings, from_environment, load, parse

MINIMAL = """
[families.pump]
inbox = "inbox/pump"
step = "5min"
[families.pump.sensors]
flow = { unit = "m3/h", low = 0.0 }
"Größe [°C]" = {}
[cameras.press]
inbox = "s3://plant/press"
"""


def test_the_least_settings_load_and_paths_are_taken_from_their_own_folder(tmp_path):
    (tmp_path / "settings.toml").write_text(MINIMAL, encoding="utf-8")
    settings = load(tmp_path / "settings.toml")
    pump = settings.family("pump")
    assert pump.sensor_names == ("flow", "Größe [°C]")
    assert pump.step == timedelta(minutes=5)
    assert pump.inbox == str(tmp_path / "inbox/pump")
    assert settings.store == str(tmp_path / "store")
    assert settings.camera("press").inbox == "s3://plant/press"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"asset_from_sensor": "^pump[.]"}, "must have one group"),
        ({"asset_from_sensor": "^(pump"}, "is no regular expression"),
        ({"asset_from_sensor": "^(.+?)[.]", "asset": "machine"}, "asset_from_sensor and asset do not go together"),
        ({"asset_from_sensor": "(" + "x" * 200 + ")"}, "at most 200 characters"),
    ],
)
def test_a_pattern_of_machines_in_names_has_one_group_and_no_rival(keys, said):
    with pytest.raises(ValidationError, match=said):
        Layout(**keys)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5min", 300),
        ("1h", 3600),
        ("7D", 604_800),
        ("30s", 30),
        (90, 90),
        (0.5, 0.5),
        ("100ms", 0.1),
        ("00:05:00", 300),
        ("1.5h", 5400),
    ],
)
def test_a_duration_is_written_in_its_unit_or_in_seconds(value, seconds):
    family = Family.model_validate({"inbox": "x", "step": "5min", "linear_gap": value, "sensors": {"a": {}}})
    assert family.linear_gap == timedelta(seconds=seconds)
    assert Family.model_validate_json(family.model_dump_json()) == family


@pytest.mark.parametrize("step", ["7D", "7s", "25h"])
def test_a_step_that_does_not_divide_the_day_is_refused(step):
    with pytest.raises(ValueError, match="does not divide the day"):
        Family.model_validate({"inbox": "x", "step": step, "sensors": {"a": {}}})


@pytest.mark.parametrize("value", ["soon", "-5min", 0, True, "1e30D", None])
def test_what_is_no_positive_duration_is_refused(value):
    with pytest.raises(ValidationError, match="duration"):
        Family.model_validate({"inbox": "x", "step": value, "sensors": {"a": {}}})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"colour": 1}, "pump.colour: Extra inputs"),
        ({"sensors": {}}, "pump.sensors: "),
        ({"sensors": {"a": {"low": 2, "high": 1}}}, "low 2.0 must be below high 1.0"),
        ({"sensors": {"a\n": {}}}, "pump.sensors"),
        ({"layout": {"timezone": "Europe/Atlantis"}}, "unknown time zone 'Europe/Atlantis'"),
        ({"layout": {"separator": ";;"}}, "layout.separator"),
        ({"shards": 0}, "pump.shards"),
    ],
)
def test_a_wrong_key_is_named_with_what_was_found(change, said):
    plain = {"inbox": "x", "step": "5min", "sensors": {"a": {}}}
    with pytest.raises(ValueError, match=f"^here: .*{said}"):
        parse(Settings, {"families": {"pump": {**plain, **change}}}, "here")


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "-a", "a" * 65, "ä"])
def test_a_name_that_cannot_be_a_folder_is_refused(name):
    family = {"inbox": "x", "step": "5min", "sensors": {"a": {}}}
    with pytest.raises(ValueError, match="here: families"):
        parse(Settings, {"families": {name: family}}, "here")


def test_at_most_three_mistakes_are_said_and_the_others_counted():
    with pytest.raises(ValueError, match=r"\(and 2 more\)$"):
        parse(Layout, dict.fromkeys("abcde", 1), "here")


def test_an_unknown_family_or_camera_names_the_known_ones():
    settings = Settings(families={"pump": Family(inbox="x", step=timedelta(1), sensors={"a": Sensor()})})
    with pytest.raises(LookupError, match=r"no family 'fan' \(known: pump\); add \[families.fan\]"):
        settings.family("fan")
    with pytest.raises(LookupError, match=r"no camera 'fan' \(known: none\); add \[cameras.fan\]"):
        settings.camera("fan")
    assert Camera(inbox="x").size == 28


def test_settings_cannot_be_changed_once_read():
    with pytest.raises(ValidationError, match="frozen"):
        Layout().timezone = "Europe/Berlin"


@pytest.mark.parametrize(
    ("content", "said"), [(b"a = ", "is not TOML"), (b"\xff", "is not TOML"), (b"stor = 'x'", "stor: Extra inputs")]
)
def test_a_file_that_holds_no_settings_says_where_and_why(tmp_path, content, said):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"settings.toml.*{said}"):
        load(path)


def test_missing_settings_name_the_command_that_writes_them(tmp_path):
    with pytest.raises(NotThereError, match="write them with: nightscore init --from FILE"):
        load(tmp_path / "settings.toml")


def test_settings_are_read_without_pandas(tmp_path):
    (tmp_path / "settings.toml").write_text('[families.pump]\ninbox = "in"\nstep = "5min"\nsensors = { flow = {} }\n')
    look = "import sys; from sensors_data.settings import from_environment as f; f(); print('pandas' in sys.modules)"
    place = {**os.environ, "NIGHTSCORE_SETTINGS": str(tmp_path / "settings.toml")}
    told = subprocess.run([sys.executable, "-c", look], env=place, capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"


def test_the_environment_names_the_settings_and_another_store(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text('store = "here"\n')
    monkeypatch.setenv("NIGHTSCORE_SETTINGS", str(tmp_path / "mine.toml"))
    assert from_environment().store == str(tmp_path / "here")
    monkeypatch.setenv("NIGHTSCORE_STORE", "s3://plant/store")
    assert from_environment().store == "s3://plant/store"
