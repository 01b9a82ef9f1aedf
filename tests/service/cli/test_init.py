"""From a user's file to a picture in three commands, and what `init` refuses."""

import gzip
import tomllib

import numpy as np
import pandas as pd
import pytest

from sensors_data.settings import load
from sensors_data.store import Store

ROWS = 840  # fourteen minutes at 1 s


def machine(seed: int = 0) -> pd.DataFrame:
    """Two sensors that swing together; from second 700 to 760 the flow stands still."""
    rng = np.random.default_rng(seed)
    seconds = np.arange(ROWS)
    swing = np.sin(2 * np.pi * seconds / 40)
    flow = 10 + 2 * swing + rng.normal(0, 0.1, ROWS)
    flow[700:760] = 14.0
    frame = pd.DataFrame({"time": pd.Timestamp("2026-03-08T10:00Z") + pd.to_timedelta(seconds, "s")})
    return frame.assign(flow=flow.round(3), pressure=(3 - swing + rng.normal(0, 0.05, ROWS)).round(3))


def as_csv(folder):
    machine().to_csv(folder / "press.csv", index=False)
    return folder / "press.csv", ["asset"]


def as_csv_with_semicolons(folder):
    machine().to_csv(folder / "press.csv", index=False, sep=";", decimal=",")
    return folder / "press.csv", ["asset"]


def as_packed_long_csv(folder):
    long = machine().melt("time", var_name="sensor", value_name="value")
    (folder / "press.csv.gz").write_bytes(gzip.compress(long.to_csv(index=False).encode()))
    return folder / "press.csv.gz", ["asset"]


def as_parquet(folder):
    machine().to_parquet(folder / "press.parquet", index=False)
    return folder / "press.parquet", ["asset"]


def as_a_folder(folder):
    (folder / "press").mkdir()
    for name, seed in (("left", 0), ("right", 1)):
        machine(seed).to_csv(folder / "press" / f"{name}.csv", index=False)
    return folder / "press", ["left", "right"]


def as_epoch_seconds(folder):
    frame = machine()
    frame.assign(time=frame["time"].astype("int64") // 10**6).to_csv(folder / "press.csv", index=False)
    return folder / "press.csv", ["asset"]


def as_counted_rows(folder):
    machine().assign(time=np.arange(ROWS)).rename(columns={"time": "timestamp"}).to_csv(
        folder / "press.csv", index=False
    )
    return folder / "press.csv", ["asset"]


KINDS = [as_csv, as_csv_with_semicolons, as_packed_long_csv, as_parquet, as_a_folder, as_epoch_seconds, as_counted_rows]


@pytest.mark.parametrize("write", KINDS, ids=lambda kind: kind.__name__)
def test_two_commands_lead_from_a_file_to_what_is_odd_in_it(nightscore, tmp_path, write):
    source, assets = write(tmp_path)
    settings = ("--settings", tmp_path / "settings.toml")
    started = nightscore("init", "--from", source, *settings)
    assert (started.code, started.err) == (0, "")
    assert "a value every 1s" in started.out
    first = "then" if write is as_counted_rows else "next"  # what has no date is not sure
    assert f"{first}: nightscore backfill --family press" in started.out
    family = load(tmp_path / "settings.toml").family("press")
    assert sorted(family.sensors) == ["flow", "pressure"]
    assert family.training.commissioning.total_seconds() == int(0.35 * (ROWS - 1))
    filled = nightscore("backfill", *settings)
    assert (filled.code, filled.err) == (0, "")
    assert "backfilled press: 1 days" in filled.out
    store = Store(str(tmp_path / "store"))
    rows = store.read_files("scores", store.files("scores"))
    assert sorted(rows["asset"].unique()) == assets
    assert len(rows) == len(assets) * (ROWS - 293)  # the commissioning is not scored
    found = store.read_files("anomalies", store.files("anomalies"))
    first = rows["time"].min().floor("D") + (pd.Timedelta("10h") if write is not as_counted_rows else pd.Timedelta(0))
    assert set(found["asset"]) == set(assets)
    still = (first + pd.Timedelta(seconds=700), first + pd.Timedelta(seconds=760))
    assert ((found["start"] < still[1]) & (found["end"] > still[0])).groupby(found["asset"]).any().all()


def test_a_run_whose_first_part_ends_after_midnight_is_scored_as_one_within_a_day(nightscore, tmp_path):
    moved = pd.Timestamp("2026-03-08T23:59:50Z")
    frame = machine()
    frame["time"] += moved - frame["time"].iloc[0]
    frame.to_csv(tmp_path / "press.csv", index=False)
    settings = ("--settings", tmp_path / "settings.toml")
    nightscore("init", "--from", tmp_path / "press.csv", *settings)
    assert nightscore("backfill", *settings).code == 0
    store = Store(str(tmp_path / "store"))
    rows = store.read_files("scores", store.files("scores"))
    measured = rows[rows["observed_share"] > 0]
    assert (len(measured), measured["time"].min()) == (ROWS - 293, moved + pd.Timedelta(seconds=293))
    found = store.read_files("anomalies", store.files("anomalies"))
    still = (moved + pd.Timedelta(seconds=700), moved + pd.Timedelta(seconds=760))
    assert ((found["start"] < still[1]) & (found["end"] > still[0])).any()
    assert nightscore("doctor", *settings).out.startswith("press: READY")


def test_doctor_tells_a_first_part_that_is_too_short_to_learn_from(nightscore, tmp_path):
    source, _ = as_csv(tmp_path)
    settings = tmp_path / "settings.toml"
    nightscore("init", "--from", source, "--settings", settings)
    text = settings.read_text()
    assert 'commissioning = "293s"' in text
    settings.write_text(text.replace('commissioning = "293s"', 'commissioning = "40s"'))
    nightscore("backfill", "--settings", settings)
    told = nightscore("doctor", "--settings", settings).out
    assert "next: set training.commissioning to more than 40s" in told


def test_the_third_command_draws_what_was_found(nightscore, tmp_path):
    source, _ = as_csv(tmp_path)
    settings = ("--settings", tmp_path / "settings.toml")
    nightscore("init", "--from", source, *settings)
    nightscore("backfill", *settings)
    picture = tmp_path / "look.png"
    shown = nightscore("show", "--out", picture, *settings)
    assert (shown.code, shown.err) == (0, "")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_init_adds_a_family_to_settings_that_are_there(nightscore, tmp_path):
    source, _ = as_csv(tmp_path)
    path = tmp_path / "settings.toml"
    path.write_text("# mine\nseed = 7\n")
    assert nightscore("init", "--from", source, "--settings", path).code == 0
    assert nightscore("init", "--from", source, "--settings", path, "--family", "press-2").code == 0
    assert path.read_text().startswith("# mine\nseed = 7\n")
    assert sorted(load(path).families) == ["press", "press-2"]


@pytest.mark.parametrize(
    ("family", "message"),
    [
        ("press", "already has a family 'press'"),
        ("a b", "Invalid|not|Expected"),
        ("../x", "."),
        ("é", "."),
        ("a.b", "."),
    ],
)
def test_init_refuses_a_name_and_leaves_the_settings(nightscore, tmp_path, family, message):
    source, _ = as_csv(tmp_path)
    path = tmp_path / "settings.toml"
    nightscore("init", "--from", source, "--settings", path)
    before = path.read_bytes()
    ended = nightscore("init", "--from", source, "--settings", path, "--family", family)
    assert ended.code == 2
    assert ended.err.startswith("error: ")
    assert "Traceback" not in ended.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("before", [b"store = ", b"\xff\xfe", b"a = " + b"[" * 3000])
def test_init_refuses_to_write_into_settings_that_are_no_toml(nightscore, tmp_path, before):
    source, _ = as_csv(tmp_path)
    path = tmp_path / "settings.toml"
    path.write_bytes(before)
    nightscore("init", "--from", source, "--settings", path).assert_refused(f"{path} is not TOML")
    assert path.read_bytes() == before


LINES = b"time,flow\n" + b"".join(b"2026-03-08T00:00:%02dZ,%d.5\n" % (n, n * n % 7) for n in range(60))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"time,flow\n", "has no rows"),
        (b"time,flow\n2026-03-08T00:00:00Z,1\n", "has 1 rows with a readable time; two are needed"),
        (b"time,note\n2026-03-08T00:00:00Z,a\n2026-03-08T00:00:01Z,b\n", "has no numeric column beside its time"),
        (b"\x00\x01\x02\x03" * 50, "press.csv"),
        (LINES.replace(b"flow", b"f" * 200), "its name is no printable text of at most 128 characters"),
    ],
)
def test_init_says_what_a_file_lacks_and_writes_nothing(nightscore, tmp_path, content, message):
    (tmp_path / "press.csv").write_bytes(content)
    ended = nightscore("init", "--from", tmp_path / "press.csv", "--settings", tmp_path / "settings.toml")
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "settings.toml").exists()


def test_where_times_are_not_understood_what_is_known_is_written_and_the_line_to_mend_named(nightscore, tmp_path):
    rows = [f"day {day} of 2026 at {hour};{hour},5\n" for day in range(1, 5) for hour in range(24)]
    path, settings = tmp_path / "log.csv", tmp_path / "settings.toml"
    path.write_text("Zeit;temp\n" + "".join(rows))
    result = nightscore("init", "--from", path, "--settings", settings)
    lines = settings.read_text().splitlines()
    number = next(
        n for n, line in enumerate(lines, start=1) if "MEND THIS LINE: how 'day 1 of 2026 at 0' reads" in line
    )
    assert result.code == 2
    assert f"or correct line {number} of {settings}" in " ".join(result.err.split())
    family = load(settings).family("log")
    assert (family.layout.time, family.layout.separator, family.layout.decimal) == (("Zeit",), ";", ",")
    assert tuple(family.sensors) == ("temp",)
    assert nightscore("init", "--from", path, "--settings", settings, "--format", "day %j of %Y at %H").code == 0
    assert "MEND" not in settings.read_text()
    assert load(settings).family("log").step == pd.Timedelta("1h")


def test_a_store_with_marks_in_its_name_is_written_as_toml(nightscore, tmp_path):
    source, _ = as_csv(tmp_path)
    name = 'st"o\\re'
    assert nightscore("init", "--from", source, "--settings", tmp_path / "s.toml", "--store", name).code == 0
    assert tomllib.loads((tmp_path / "s.toml").read_text())["store"] == name


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"flow": np.nan}, "scored"),
        ({"flow": 5.0}, "scored"),
        ({"flow": 5.0, "pressure": 1.0}, "scored"),
        ({"flow": 0.0}, "scored"),
    ],
    ids=["nothing measured", "constant", "all constant", "zero"],
)
def test_a_sensor_that_says_nothing_does_not_stop_the_others(nightscore, tmp_path, change, said):
    machine().assign(**change).to_csv(tmp_path / "press.csv", index=False)
    settings = ("--settings", tmp_path / "settings.toml")
    assert nightscore("init", "--from", tmp_path / "press.csv", *settings).code == 0
    ended = nightscore("backfill", *settings)
    assert (ended.code, ended.err) == (0, "")
    assert "1 of them scored" in ended.out
    store = Store(str(tmp_path / "store"))
    rows = store.read_files("scores", store.files("scores"))
    assert rows["score"].notna().mean() > 0.9


@pytest.mark.parametrize("junk", [(), ("Thumbs.db", ".DS_Store"), ("readme.txt",)])
def test_a_folder_without_readings_and_pictures_is_told_what_both_are(nightscore, tmp_path, junk):
    (tmp_path / "empty").mkdir()
    for name in junk:
        (tmp_path / "empty" / name).write_text("hello")
    ended = nightscore("init", "--from", tmp_path / "empty", "--settings", tmp_path / "settings.toml")
    assert ended.code == 2
    assert "put PNG, JPEG, BMP, TIFF or WebP into a folder" in ended.err


def test_too_few_rows_to_learn_from_are_counted(nightscore, tmp_path):
    machine().head(40).to_csv(tmp_path / "press.csv", index=False)
    settings = ("--settings", tmp_path / "settings.toml")
    assert nightscore("init", "--from", tmp_path / "press.csv", *settings).code == 0
    ended = nightscore("backfill", *settings)
    assert ended.code == 0
    assert "not trained press for 2026-03-08: press has 13 observed normal rows to learn from" in ended.out
    assert "press: TOO LITTLE. 13 measured rows, at least 48 normal ones are needed" in ended.out
