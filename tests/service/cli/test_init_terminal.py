"""`nightscore init` on a terminal: it asks what a file leaves open, and what is answered stands in the settings."""

import os
import pty
import select
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

AMBIGUOUS = "time,temp,flow\n" + "".join(
    f"0{1 + hour // 24}/02/2026 {hour % 24:02d}:00,{50 + hour % 9}.5,{20 + hour % 7}.25\n"
    for hour in range(72)
    if hour < 24
)
"""The first of February, or the second of January: one day alone does not tell."""
DOUBTFUL = "time,temp\n" + "".join(
    f"2026-02-{1 + row // 24:02d} {row % 24:02d}:00,{value}\n"
    for row in range(96)
    for value in (50 + row % 7, 9000 + 13 * row % 501)
)
"""Two unlike values stand for every time."""


def talk(folder: Path, file: str, answers: dict[str, str]) -> tuple[int, str]:
    """The status and the screen of `init` on a terminal where each question gets its answer."""
    here, there = pty.openpty()
    command = [sys.executable, "-c", "from service.cli.app import main; main()", "init", "--from", file]
    width = {"TERM": "xterm", "COLUMNS": "160"}
    asked = subprocess.Popen(command, cwd=folder, stdin=there, stdout=there, stderr=there, env=os.environ | width)
    os.close(there)
    screen, left, end = b"", dict(answers), time.monotonic() + 120
    while time.monotonic() < end:
        if not select.select([here], [], [], 0.2)[0]:
            continue
        try:
            part = os.read(here, 65_536)
        except OSError:  # the other end is closed
            break
        screen += part
        for question in [question for question in left if question.encode() in screen]:
            os.write(here, f"{left.pop(question)}\n".encode())
    os.close(here)
    return asked.wait(timeout=20), screen.decode()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log.csv").write_text(AMBIGUOUS)
    (tmp_path / "twice.csv").write_text(DOUBTFUL)
    return tmp_path


def test_the_order_of_day_and_month_and_the_zone_are_asked(folder):
    status, screen = talk(folder, "log.csv", {"which form": "2", "they are in": "Europe/Berlin"})
    layout = tomllib.loads((folder / "settings.toml").read_text())["families"]["log"]["layout"]
    assert status == 0
    assert "1: %d/%m/%Y %H:%M" in screen
    assert (layout["time_format"], layout["timezone"]) == ("%m/%d/%Y %H:%M", "Europe/Berlin")


def test_what_is_unsure_is_written_only_if_the_person_says_so(folder):
    status, screen = talk(folder, "twice.csv", {"they are in": "UTC", "all the same": "n"})
    assert status != 0
    assert "UNSURE" in screen
    assert "nothing is written" in screen
    assert not (folder / "settings.toml").exists()
