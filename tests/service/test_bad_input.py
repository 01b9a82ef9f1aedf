"""A day's file that is wrong, from the inbox through the jobs to what page, REST, metrics and commands say of it."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sensors_data.settings import load
from sensors_data.store import Store

GOOD, BAD = date(2026, 2, 2), date(2026, 2, 3)
SETTINGS = """store = "{0}/store"
[families.press]
inbox = "{0}/inbox/{{day}}*.csv"
step = "1h"
[families.press.sensors]
temp = {{ low = 0.0, high = 100.0 }}
flow = {{ low = 0.0, high = 100.0 }}
"""
REPLACED = "replaced by a later row with another value"
CELLS = "another number of cells than the header"
BEYOND = "above the plausible range"


def day_file(day: date, times_flow: float = 1.0, names: str = "temp,flow", shift: float = 0.0) -> list[str]:
    """A day's lines, an hour each; from noon on the flow in another unit."""
    rows = []
    for hour in range(24):
        flow = (hour % 7 + 1.5 + shift) * (times_flow if hour >= 12 else 1)
        rows.append(f"{day}T{hour:02d}:00,{60 + hour % 5 + shift:.1f},{flow:.1f}\n")
    return [f"time,{names}\n", *rows]


def contradicts(inbox: Path) -> None:
    (inbox / f"{BAD}.csv").write_text("".join(day_file(BAD)))
    (inbox / f"{BAD}-again.csv").write_text("".join(day_file(BAD, shift=0.5)[:6]))


def changes_its_unit(inbox: Path) -> None:
    (inbox / f"{BAD}.csv").write_text("".join(day_file(BAD, times_flow=1000)))


def renames_a_sensor(inbox: Path) -> None:
    (inbox / f"{BAD}.csv").write_text("".join(day_file(BAD, names="temp,flow_rate")))


def is_cut_off(inbox: Path) -> None:
    (inbox / f"{BAD}.csv").write_text("".join(day_file(BAD)[:18])[:-9])


def has_a_wild_clock(inbox: Path) -> None:
    lines = [line.replace("2026", "2036") if 5 < n < 9 else line for n, line in enumerate(day_file(BAD))]
    (inbox / f"{BAD}.csv").write_text("".join(lines))


FAR = "time years from the others of its file: a clock that was wrong"
KINDS = [
    (contradicts, REPLACED, 10, 48),
    (changes_its_unit, BEYOND, 12, 36),
    (renames_a_sensor, "unknown sensor", 24, 24),
    (is_cut_off, CELLS, 1, 32),
    (has_a_wild_clock, FAR, 6, 42),
]


@pytest.mark.parametrize(("write", "reason", "refused", "used"), KINDS, ids=lambda kind: getattr(kind, "__name__", ""))
def test_a_wrong_file_is_told_wherever_a_user_looks_and_costs_nothing_that_was_there(
    nightscore, client_of, files_of, tmp_path, write, reason, refused, used
):
    inbox, file = tmp_path / "inbox", tmp_path / "settings.toml"
    inbox.mkdir()
    file.write_text(SETTINGS.format(tmp_path))
    (inbox / f"{GOOD}.csv").write_text("".join(day_file(GOOD)))
    settings, store = load(file), Store(str(tmp_path / "store"))

    def run(job: str, day: date) -> str:
        ended = nightscore(job, "--family", "press", "--day", day, "--settings", file)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    for job in ("ingest", "impute", "export-metrics"):
        run(job, GOOD)
    before = files_of(store.root)
    write(inbox)
    said = run("ingest", BAD)
    run("impute", BAD)
    run("export-metrics", BAD)
    assert f"{used} values, 1 asset" in said
    assert f", {refused} reject" in said
    rejects = store.read("rejects", family="press", day=BAD)
    assert rejects["reason"].value_counts().to_dict() == {reason: refused}
    assert (rejects["line"] > 0).all()
    assert len(rejects["raw"].str.strip()) == refused
    client = client_of(settings)
    assert nightscore("report", "--day", BAD, "--settings", file).code == 0
    assert f"{reason} ({refused:,})" in client.get(f"/v1/report?day={BAD}").text
    wanted = f'nightscore_rejected_rows{{family="press",reason="{reason}"}} {refused}.0'
    assert wanted in client.get("/metrics").text
    runs = [row for row in client.get(f"/v1/runs?day={BAD}").json() if row["job"] == "ingest"]
    assert [row["state"] for row in runs] == ["done"]
    after = files_of(store.root)
    assert {path: after[path] for path in before} == before
    assert pd.Timestamp(store.read("readings", family="press", day=GOOD)["time"].max()).hour == 23
