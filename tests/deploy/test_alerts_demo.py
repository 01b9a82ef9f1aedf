"""The whole way from a score to a pager, with real servers: what `make alerts-demo` shows."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.live
def test_an_anomaly_fires_is_delivered_resolves_and_missing_nights_are_noticed(tmp_path, program):
    for name in ("prometheus", "prometheus-pushgateway", "prometheus-alertmanager"):
        program(name)
    command = [sys.executable, ROOT / "deploy" / "demo" / "alerts_demo.py", "--folder", tmp_path / "demo"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    events = json.loads((tmp_path / "demo" / "timeline.json").read_text())
    order = ["pushed", "scraped", "fired", "delivered", "pushed", "resolved", "stopped", "stale"]
    assert [event["event"] for event in events] == order
    assert [event["seconds"] for event in events] == sorted(event["seconds"] for event in events)
    told = {event["event"]: event["text"] for event in events}
    assert told["delivered"].startswith("Worst is oven-3, carried by temperature, at ")
    assert told["stale"].startswith("No new scores of oven for ")
    alerts = json.loads((tmp_path / "demo" / "alertmanager.json").read_text())
    (alert,) = [alert for alert in alerts if alert["labels"].get("family") == "oven"]
    assert alert["labels"]["alertname"] == "AnomalyFound"
    assert alert["annotations"]["runbook_url"] == "docs/runbook.md#anomalyfound"


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    command = [sys.executable, ROOT / "deploy" / "demo" / "alerts_demo.py", "--folder", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds something else than this demonstration" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
