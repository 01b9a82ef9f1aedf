"""A night's outcome as Prometheus sees it."""

import http.server
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from prometheus_client.parser import text_string_to_metric_families

from anomaly.metrics import NightOutcome, night_outcome, push, registry_of, text_of
from anomaly.night_jobs import export_metrics
from sensors_data.settings import Settings
from sensors_data.store import Provenance, Store

DAY = date(2026, 11, 21)
DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
TIMES = [pd.Timestamp(f"2026-11-21T0{hour}:00Z") for hour in range(4)]


@pytest.fixture
def store(tmp_path) -> Store:
    """A pump's night: four rows, two anomalies of which one is planned, two bad rows and one bad file."""
    store = Store(str(tmp_path / "store"))

    def put(table, rows, **where):
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        store.write(table, pd.DataFrame(columns), Provenance(job="test"), day=DAY, **where)

    grid = [
        {"time": t, "asset": "secret-1", "sensor": s, "value": v, "observed": o}
        for t, v, o in zip(TIMES, (1.0, 2.0, 3.0, float("nan")), (True, True, False, False), strict=True)
        for s in ("flow", "speed")
    ]
    put("grid", grid, family="pump", shard=0)
    score = {"asset": "secret-1", "threshold": 0.5, "p_value": 0.1, "is_anomaly": False, "suppressed": False}
    score |= {"top_sensor": "flow", "observed_share": 1.0, "model": "pump@2026-11-15"}
    put("scores", [{**score, "time": t, "score": i + 0.0} for i, t in enumerate(TIMES)], family="pump", shard=0)
    anomaly = {"asset": "secret-1", "start": TIMES[0], "end": TIMES[1], "peak_time": TIMES[0], "peak_score": 3.0}
    anomaly |= {"sensors": "flow 1.00", "rows": 1, "model": "pump@2026-11-15"}
    two = [("a", "warning", False), ("b", "critical", True)]
    rows = [{**anomaly, "anomaly_id": i, "severity": s, "suppressed": p} for i, s, p in two]
    put("anomalies", rows, family="pump")
    reasons = [(2, "not a number", False), (3, "not a number", False), (4, "out of order", True)]
    reasons += [(0, "secret-1.csv cannot be read: no Parquet", False)]
    rows = [{"source": "secret-1.csv", "line": n, "raw": "", "reason": why, "used": used} for n, why, used in reasons]
    put("rejects", rows, family="pump")
    for job, seconds, state in (("ingest", 2.0, "done"), ("score-series", 3.0, "done"), ("impute", 9.0, "failed")):
        run = {"job": job, "partition": "pump", "family": "pump", "seconds": seconds, "rows": 4, "state": state}
        run |= {"finished": pd.Timestamp("2026-11-22T01:00Z") + pd.Timedelta(seconds=seconds), "reason": ""}
        put("runs", [run], run=f"{job}-pump")
    return store


@pytest.fixture
def settings(store) -> Settings:
    """The pump's settings."""
    pump = {"inbox": "inbox", "step": "1h", "sensors": {"flow": {}, "speed": {}}}
    return Settings.model_validate({"store": store.root, "families": {"pump": pump}})


def samples(text: bytes) -> dict[tuple[str, str], float]:
    """Every sample by name and the values of its labels."""
    parsed = text_string_to_metric_families(text.decode())
    return {(s.name, " ".join(v for _, v in sorted(s.labels.items()))): s.value for f in parsed for s in f.samples}


def test_the_outcome_of_a_night_is_what_its_tables_hold(store):
    told = samples(text_of(registry_of([night_outcome(store, "pump", DAY)])))
    finished = datetime(2026, 11, 22, 1, 0, 3, tzinfo=UTC).timestamp()
    assert told == {
        ("nightscore_scored_rows", "pump"): 4,
        ("nightscore_anomalies", "pump info"): 0,
        ("nightscore_anomalies", "pump warning"): 1,
        ("nightscore_anomalies", "pump critical"): 0,
        ("nightscore_suppressed_anomalies", "pump"): 1,
        ("nightscore_missing_ratio", "pump"): 0.25,
        ("nightscore_imputed_ratio", "pump"): 0.25,
        ("nightscore_rejected_rows", "pump not a number"): 2,
        ("nightscore_rejected_rows", "pump a file that cannot be read"): 1,
        ("nightscore_model_age_seconds", "pump"): 6 * 86_400,
        ("nightscore_threshold_nats", "pump"): 0.5,
        ("nightscore_last_success_timestamp_seconds", "pump"): finished,
        ("nightscore_scored_day_timestamp_seconds", "pump"): datetime(2026, 11, 21, tzinfo=UTC).timestamp(),
        ("nightscore_job_seconds", "pump ingest"): 2,
        ("nightscore_job_seconds", "pump score-series"): 3,
        ("nightscore_score_nats", "pump 0.5"): 1.5,
        ("nightscore_score_nats", "pump 0.9"): pytest.approx(2.7),
        ("nightscore_score_nats", "pump 0.99"): pytest.approx(2.97),
        ("nightscore_score_nats", "pump 1"): 3,
    }


def test_the_documented_metrics_are_the_exposed_ones(store):
    lines = [line for line in DOCS.read_text().splitlines() if line.startswith("| nightscore_")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    documented = {name: (kind, labels.split(", "), text) for name, kind, labels, _, text in rows}
    exposed = {}
    for metric in registry_of([night_outcome(store, "pump", DAY)]).collect():
        labels = {tuple(sample.labels) for sample in metric.samples}
        assert len(labels) == 1, metric.name
        exposed[metric.name] = (metric.type, list(labels.pop()), metric.documentation)
    assert exposed == documented


def test_a_units_suffix_agrees_with_the_documented_unit():
    units = {"rows": "rows", "ratio": "0 to 1", "nats": "nats", "seconds": "seconds", "anomalies": "anomalies"}
    for line in DOCS.read_text().splitlines():
        if line.startswith("| nightscore_"):
            name, _, _, unit, _ = [cell.strip() for cell in line.strip("|").split("|")]
            assert unit.startswith(units[name.rsplit("_", 1)[1]]), name


def test_no_metric_names_an_asset(store):
    text = text_of(registry_of([night_outcome(store, "pump", DAY)])).decode()
    assert "secret" not in text
    assert set(re.findall(r"(\w+)=", text)) == {"family", "severity", "reason", "job", "quantile"}


def test_the_text_file_is_replaced_whole(settings, store, monkeypatch):
    export_metrics(settings, DAY, "pump")
    path = Path(store.root) / "metrics" / "nightscore-pump.prom"
    first = path.read_bytes()
    assert samples(first)[("nightscore_scored_rows", "pump")] == 4

    def refuse(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="disk full"):
            export_metrics(settings, DAY, "pump")
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == ["nightscore-pump.prom"]


def test_a_day_that_was_not_scored_has_no_metrics(settings):
    with pytest.raises(LookupError, match="no scores of pump on 2026-11-20; run: nightscore score-series"):
        export_metrics(settings, date(2026, 11, 20), "pump")


@pytest.fixture
def gateway():
    """A server on loopback that keeps what is put to it: (its address, [(path, body)], set status here)."""
    kept, status = [], {"code": 200}

    class Keep(http.server.BaseHTTPRequestHandler):
        def do_PUT(self):
            kept.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status["code"])
            self.end_headers()

        def log_message(self, *_):
            """Nothing is printed."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Keep)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept, status
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_night_is_put_to_the_pushgateway_by_family(settings, store, gateway):
    address, kept, _ = gateway
    line = export_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "pump")
    assert line.endswith(f", pushed to {address}")
    ((path, body),) = kept
    assert path == "/metrics/job/nightscore/family/pump"
    assert body == store.read_bytes("metrics/nightscore-pump.prom")


def test_a_pushgateway_that_refuses_does_not_fail_the_night(settings, gateway, caplog):
    address, kept, status = gateway
    status["code"] = 500
    line = export_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "pump")
    assert "pushed" not in line
    assert len(kept) == 1
    assert f"the Pushgateway at {address} did not take the metrics" in caplog.text


@pytest.mark.parametrize("address", ["http://127.0.0.1:{free}", "http://127.0.0.1:port", "gopher://x", "http://[", ""])
def test_a_pushgateway_that_is_not_there_does_not_fail_the_night(settings, caplog, address):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = address.format(free=probe.getsockname()[1])
    line = export_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "pump")
    assert line == f"exported pump {DAY}: 4 rows scored, metrics/nightscore-pump.prom"
    assert "did not take the metrics" in caplog.text


def test_a_real_pushgateway_takes_the_metrics(store):
    program = shutil.which("prometheus-pushgateway")
    if program is None:
        pytest.skip("no prometheus-pushgateway on the PATH; the put itself is proved above")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with subprocess.Popen([program, f"--web.listen-address={address}"], stderr=subprocess.DEVNULL) as server:
        try:
            registry = registry_of([night_outcome(store, "pump", DAY)])
            deadline = time.monotonic() + 20
            while not push(registry, address, "pump") and time.monotonic() < deadline:
                time.sleep(0.1)
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        finally:
            server.terminate()
    assert re.search(r'nightscore_scored_rows\{family="pump",instance="",job="nightscore"\} 4\b', text)


def test_several_families_share_a_registry():
    night = NightOutcome("a", DAY, 1, {}, 0, 0.0, 0.0, {}, 1.0, 0.5, 0.0)
    other = NightOutcome("b", DAY, 2, {}, 0, 0.0, 0.0, {}, 1.0, 0.5, 0.0)
    told = samples(text_of(registry_of([night, other])))
    assert (told[("nightscore_scored_rows", "a")], told[("nightscore_scored_rows", "b")]) == (1, 2)
