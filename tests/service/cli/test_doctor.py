"""What the doctor says of a family, from an empty inbox to a detector at work."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sensors_data.runs import keep_failure
from sensors_data.series.jobs import impute, ingest
from sensors_data.simulation.plant import START
from sensors_data.store import Store
from service.cli.doctor import examine, newest_card


@pytest.fixture
def fresh(plant, tmp_path):
    """The plant's settings with an empty store."""
    return plant.model_copy(update={"store": str(tmp_path / "store")})


def with_inbox(settings, inbox):
    oven = settings.families["oven"].model_copy(update={"inbox": str(inbox)})
    return settings.model_copy(update={"families": {"oven": oven}})


def test_no_readings_when_the_inbox_is_empty_or_of_no_use(fresh, tmp_path):
    (tmp_path / "inbox").mkdir()
    (line,) = examine(with_inbox(fresh, tmp_path / "inbox"), "oven").lines
    assert line.startswith(f"oven: NO READINGS. no file at {tmp_path / 'inbox'}; put .csv")
    (tmp_path / "inbox" / "a.csv").write_text("time,asset,power\nnever,oven-1,1\n")
    (line,) = examine(with_inbox(fresh, tmp_path / "inbox"), "oven").lines
    assert line.startswith("oven: NO READINGS. What comes from")
    assert "column time reads like 'never', layout.time_format is" in line
    (tmp_path / "inbox" / "a.csv").write_text("")
    (line,) = examine(with_inbox(fresh, tmp_path / "inbox"), "oven").lines
    assert line == "oven: NO READINGS. a.csv is empty"


def test_not_started_when_nothing_was_ingested(fresh):
    (line,) = examine(fresh, "oven").lines
    assert line.startswith("oven: NOT STARTED. The inbox holds 9 days (2026-03-02 to 2026-03-10); run: nightscore back")


def test_too_little_when_there_are_fewer_rows_than_can_be_learned_from(fresh, tmp_path):
    (tmp_path / "inbox").mkdir()
    rows = [f"{START}T{i // 12:02d}:{i % 12 * 5:02d}:00Z,oven-1,{i}" for i in range(30)]
    (tmp_path / "inbox" / "a.csv").write_text("\n".join(["time,asset,power", *rows]))
    settings = with_inbox(fresh, tmp_path / "inbox")
    ingest(settings, START, "oven")
    impute(settings, START, "oven", 0)
    (line,) = examine(settings, "oven").lines
    assert line == "oven: TOO LITTLE. 15 measured rows, at least 48 normal ones are needed to learn from"


def days_kept(settings, count):
    """The store as it was before there was a detector, with the first `count` days."""
    shutil.rmtree(f"{settings.store}/models")
    for day in range(count, 9):
        shutil.rmtree(f"{settings.store}/grid/family=oven/day={START + timedelta(days=day)}")
    return settings


def test_learning_until_there_are_enough_days(copied):
    lines = examine(days_kept(copied, 3), "oven").lines
    assert lines == [
        "oven: LEARNING. 3 days of readings; 2 more are needed (training.first_after = 5)",
        (
            "  6 days of the inbox were not ingested, first 2026-03-05; "
            "run: nightscore backfill --family oven --from 2026-03-05 --to 2026-03-10"
        ),
    ]


def test_not_trained_says_what_was_tried_last_and_the_one_next_thing(copied):
    settings = days_kept(copied, 5)
    reason = "UnusableError: oven has only 0 windows of normal rows"
    keep_failure(Store(settings.store), "train-series", START, "oven", reason, datetime.now(UTC))
    lines = examine(settings, "oven").lines
    tried = f"Last tried (train-series for {START}): oven has only 0 windows of normal rows"
    assert lines[0] == f"oven: NOT TRAINED. {tried}"
    assert lines[1].startswith("  next: put readings of more days into")
    assert "CAN BE TRAINED" not in " ".join(lines)


def test_ready_says_when_the_newest_training_failed(copied):
    keep_failure(Store(copied.store), "train-series", START, "oven", "UnusableError: too few", datetime.now(UTC))
    lines = examine(copied, "oven").lines
    assert lines[0].startswith("oven: READY")
    assert any("the newest training failed" in line and line.endswith("too few") for line in lines)


def test_can_be_trained_as_soon_as_a_night_would(copied):
    lines = examine(days_kept(copied, 5), "oven").lines
    assert lines[0].startswith("oven: CAN BE TRAINED. 1,")
    assert lines[0].endswith("measured rows in 5 days; run: nightscore backfill --family oven")


def test_ready_tells_the_model_and_its_threshold(copied):
    store = Store(copied.store)
    card = newest_card(store, "oven")
    lines = examine(copied, "oven").lines
    assert lines[0] == "oven: READY. Scored through 2026-03-10"
    assert lines[1].startswith(f"  model oven@{card.trained_through}: linear path alone (the LSTM adds ")
    assert ", windows 32, learned from 2,168 normal rows" in lines[1]
    assert lines[2].startswith(f"  threshold {card.threshold.value:.3f} nats (90 % interval")
    for table in ("scores", "sensor_scores"):
        shutil.rmtree(Path(store.root) / table)
    assert examine(copied, "oven").lines[0] == (
        "oven: TRAINED, NOT SCORED. No night was scored yet; run: nightscore backfill --family oven"
    )


def test_days_taken_in_and_not_scored_are_told_with_the_command_that_scores_them(copied):
    scores = Path(copied.store) / "scores" / "family=oven"
    shutil.rmtree(scores / "day=2026-03-08")
    one_shard = sorted((scores / "day=2026-03-10").glob("*.parquet"))[0]
    one_shard.unlink()
    lines = examine(copied, "oven").lines
    told = "  2 days were taken in and not scored, first 2026-03-08; "
    assert f"{told}run: nightscore backfill --family oven --from 2026-03-08 --to 2026-03-10" in lines


def test_ready_means_that_the_newest_day_could_be_scored_just_now(copied):
    (model,) = sorted(Path(copied.store).glob("models/**/*2026-03-09*"))[-1:]
    model.write_bytes(model.read_bytes()[:-64])
    assert (
        examine(copied, "oven")
        .lines[0]
        .endswith("is damaged: it does not hold what was written; run: nightscore verify --repair")
    )


def test_rows_of_the_newest_night_that_could_not_be_used_are_told_by_reason(copied, tmp_path):
    pattern = Path(copied.families["oven"].inbox)
    shutil.copytree(pattern.parent, tmp_path / "inbox")
    newest = tmp_path / "inbox" / pattern.name.replace("{day}", "2026-03-10")
    head, rows = newest.read_text().split("\n", 1)
    newest.write_text(f"{head}_new\n{rows}")
    settings = with_inbox(copied, tmp_path / "inbox" / pattern.name)
    ingest(settings, date(2026, 3, 10), "oven")
    (told,) = [line for line in examine(settings, "oven").lines if "could not be used" in line]
    assert "of 2026-03-10 could not be used: unknown sensor (" in told


def test_another_step_than_the_detector_learned_is_not_ready(copied):
    slower = copied.families["oven"].model_copy(update={"step": timedelta(minutes=20)})
    line = examine(copied.model_copy(update={"families": {"oven": slower}}), "oven").lines[0]
    assert line.startswith(
        "oven: SETTINGS CHANGED. The detector learned rows 10min apart, the settings have step = 20min; "
    )


def test_a_newer_night_that_could_not_be_taken_in_is_not_ready(copied):
    last, reason = START + timedelta(days=8), "NotThereError: no file at inbox"
    keep_failure(Store(copied.store), "ingest", last + timedelta(days=1), "oven", reason, datetime.now(UTC))
    line = examine(copied, "oven").lines[0]
    assert line.startswith("oven: NOT TAKEN IN. Last tried (ingest for 2026-03-11): no file at inbox; ")
