"""The Grafana dashboards: every query is asked of a real Prometheus that was pushed two nights and a camera's."""

import json
import re
import sys
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from anomaly.monitoring.jobs import export_camera_metrics
from anomaly.monitoring.prometheus import METRICS
from sensors_data.camera import Camera
from sensors_data.provenance import Provenance
from sensors_data.store import Store

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "deploy" / "demo"))

import servers  # noqa: E402
import small_plant  # noqa: E402
from metrics_history import openmetrics, written_out  # noqa: E402

FILES = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
BOARDS = {path.stem: json.loads(path.read_text()) for path in FILES}
QUERIES = [
    (name, panel["title"], t["expr"]) for name, b in BOARDS.items() for panel in b["panels"] for t in panel["targets"]
]
NIGHT = small_plant.FAULTY


def write_camera(settings):
    """A press's night with a generator and a judged batch, as hand-made tables."""

    def put(table, rows, **where):
        where = where or {"day": NIGHT}
        Store(settings.store).write(table, pd.DataFrame(rows), Provenance(job="test"), camera="press", **where)

    image = {"time": pd.Timestamp(NIGHT, tz="UTC"), "threshold": 20.0, "p_value": 0.1, "model": f"press@{NIGHT}"}
    put("image_scores", [{**image, "image_id": f"{s:.0f}.png", "score": s, "is_anomaly": s > 20} for s in (10.0, 30.0)])
    look = {"look": "focus", "value": 1.0, "low": 0.8, "middle": 1.0, "high": 1.2, "ratio": 0.1, "drifted": False}
    put("camera_drift", [{**look, "images": 2, "model": f"press@{NIGHT}"}])
    painted = {"number": 0, "kind": "scratch", "good": "10.png", "size": 5.0, "visibility": 20.0, "score": 30.0}
    put("image_self_tests", [{**painted, "threshold": 20.0, "found": True, "model": f"press@{NIGHT}"}])
    snapshot = {"images": 640, "discriminator_loss": 1.0, "generator_loss": 1.0, "class_entropy": 2.0, "diversity": 0.9}
    rows = [{**snapshot, "epoch": 1, "distance": 4.5, "state": "done", "best": True}]
    put("generator_training", rows, model=NIGHT - timedelta(days=1))
    measure = {"generator": "press", "low": 0.0, "high": 9.0, "images": 8, "features": "", "reason": "", "passed": True}
    put("quality", [{**measure, "measure": name, "value": 1.0, "limit": 5.0} for name in ("frechet", "gate")])
    run = {"job": "score-images", "partition": "press", "family": "press", "seconds": 2.0, "rows": 2, "state": "done"}
    row = pd.DataFrame([{**run, "finished": pd.Timestamp.now("UTC"), "reason": ""}])
    Store(settings.store).write("runs", row, Provenance(job="test"), day=NIGHT, run="score-images-press")


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, program):
    """The address of a Prometheus with the rules of alerts.yml and what the nights pushed."""
    for name in ("prometheus", "prometheus-pushgateway"):
        program(name)
    folder = tmp_path_factory.mktemp("dashboards")
    with servers.pushgateway(folder) as gateway:
        settings = small_plant.write(folder, f"http://{gateway}")
        small_plant.take_in_history(settings)
        for night in small_plant.NIGHTS[:2]:
            small_plant.one_night(settings, night)
        settings = settings.model_copy(update={"cameras": {"press": Camera(inbox="x")}})
        write_camera(settings)
        assert "pushed" in export_camera_metrics(settings, NIGHT, "press")
        with servers.prometheus(folder, gateway, "127.0.0.1:9", 1e6) as address:
            deadline = time.monotonic() + 60
            while not answer(address, "severity:nightscore_anomalies:sum") and time.monotonic() < deadline:
                time.sleep(0.5)
            yield address


def answer(address, query):
    return servers.ask(address, "/api/v1/query", query=query)["data"]["result"]


@pytest.mark.parametrize(("board", "panel", "query"), QUERIES, ids=lambda part: part if len(part) < 40 else "")
def test_a_panels_query_returns_something(prometheus, board, panel, query):
    filled = query.replace("$family", "oven").replace("$camera", "press")
    assert answer(prometheus, filled), f"{board}, {panel}: {filled}"
    assert answer(prometheus, written_out(query, family="oven", camera="press")), "the same without recording rules"


def test_a_variable_has_values(prometheus):
    for board in BOARDS.values():
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["definition"]).groups()
                found = servers.ask(prometheus, f"/api/v1/label/{label}/values", **{"match[]": metric})["data"]
                assert found == [{"family": "oven", "camera": "press"}[label]]


def test_the_worst_anomaly_is_on_the_fleets_page(prometheus):
    (query,) = [q for board, panel, q in QUERIES if board == "fleet" and panel.startswith("Worst anomaly")]
    labels = answer(prometheus, query)[0]["metric"]
    assert (labels["asset"], labels["sensor"]) == (small_plant.FAULTY_ASSET, small_plant.FAULTY_SENSOR)


def test_every_metric_is_on_a_dashboard_or_in_an_alert():
    said = " ".join(path.read_text() for path in [*FILES, ROOT / "deploy" / "alerts.yml"])
    unsaid = [name for name in METRICS if name not in said]
    assert unsaid == ["nightscore_scored_day_timestamp_seconds", "nightscore_job_rows"]


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_is_one_that_grafana_takes(name):
    board = BOARDS[name]
    assert board["schemaVersion"] >= 39
    assert board["uid"] == f"nightscore-{name}"
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, f"{panel['title']} lies over another panel"
        taken |= cells
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert [t["refId"] for t in panel["targets"]] == list("ABCDEF"[: len(panel["targets"])])


def test_grafana_is_told_where_its_data_and_dashboards_are():
    place = ROOT / "deploy" / "grafana" / "provisioning"
    (source,) = yaml.safe_load((place / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((place / "dashboards" / "nightscore.yml").read_text())["providers"]
    mounts = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]["grafana"]["volumes"]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounts


def test_a_query_is_written_out_with_its_labels():
    assert written_out('x{a="$family"}', family="pump") == 'x{a="pump"}'
    told = written_out('severity:nightscore_anomalies:sum{severity="critical"}')
    assert told == (
        "((sum by (severity) (nightscore_anomalies)) and on (severity) "
        'label_replace(vector(1), "severity", "critical", "", ""))'
    )


def test_a_history_ends_as_openmetrics_does():
    assert openmetrics({}) == "# EOF\n"
