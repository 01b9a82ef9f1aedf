from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "deploy/demo"


def started(body: str) -> subprocess.Popen[str]:
    """A script with this line as its `main`."""
    text = f"import time\nfrom as_script import run_as_script, say\n\ndef main():\n    {body}\n\nrun_as_script(main)\n"
    return subprocess.Popen(
        [sys.executable, "-c", text], cwd=DEMO, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_what_went_wrong_is_one_line_and_exit_code_1():
    script = started("raise OSError('no room')")
    assert script.communicate() == ("", "error: no room\n")
    assert script.returncode == 1


def test_a_script_that_is_told_to_stop_ends_as_by_ctrl_c():
    script = started("say('here'); time.sleep(60)")
    assert script.stdout is not None
    assert script.stdout.readline() == "here\n"
    script.send_signal(signal.SIGTERM)
    assert script.communicate() == ("", "")
    assert script.returncode == 130
