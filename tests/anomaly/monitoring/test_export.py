"""Where metrics go: a text file, a Pushgateway, and what happens when it is away."""

import http.server
import socket
import subprocess
import threading
import time
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from prometheus_client.parser import text_string_to_metric_families

from anomaly.monitoring.export import failures_so_far
from anomaly.monitoring.jobs import export_camera_metrics, export_metrics
from anomaly.monitoring.prometheus import METRICS, registry_of, sample, text_of
from sensors_data.provenance import Provenance
from sensors_data.settings import Settings
from sensors_data.store import Store

DAY = date(2026, 11, 21)
PATH = "metrics/nightscore-pump.prom"


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A pump whose ingest failed, and a press."""
    pump = {"inbox": "inbox", "step": "1h", "sensors": {"flow": {}}}
    found = {"store": str(tmp_path / "store"), "families": {"pump": pump}, "cameras": {"press": {"inbox": "x"}}}
    settings = Settings.model_validate(found)
    run = {"job": "ingest", "partition": "pump", "family": "pump", "seconds": 2.0, "rows": 0, "state": "failed"}
    run |= {"finished": pd.Timestamp("2026-11-22T01:00Z"), "reason": "LookupError: nothing"}
    Store(settings.store).write("runs", pd.DataFrame([run]), Provenance(job="test"), day=DAY, run="ingest-pump")
    return settings


def samples(text: bytes) -> dict[str, float]:
    """Every sample by name and the values of its labels."""
    parsed = text_string_to_metric_families(text.decode())
    return {" ".join([s.name, *(v for _, v in sorted(s.labels.items()))]): s.value for f in parsed for s in f.samples}


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


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_a_night_and_a_camera_have_a_text_file_each(settings):
    line = export_metrics(settings, DAY, "pump")
    assert line.endswith(f"nothing scored yet, {PATH}")
    export_camera_metrics(settings, DAY, "press")
    names = [path.name for path in (Path(settings.store) / "metrics").iterdir()]
    assert sorted(names) == ["nightscore-camera.press.prom", "nightscore-pump.prom"]
    told = samples(Store(settings.store).read_bytes(PATH))
    assert told["nightscore_job_runs ingest pump failed"] == 1
    assert told["nightscore_job_failure_info ingest pump LookupError: nothing"] == 1


def test_an_older_night_does_not_take_the_place_of_a_newer_one(settings):
    export_metrics(settings, DAY, "pump")
    before = Store(settings.store).read_bytes(PATH)
    later = DAY + timedelta(days=2)
    none = Store(settings.store).read_files("scores", [])
    Store(settings.store).write("scores", none, Provenance(job="test"), family="pump", day=later, shard=0)
    assert export_metrics(settings, DAY, "pump") == f"not exported pump {DAY}: the night of {later} was scored"
    assert Store(settings.store).read_bytes(PATH) == before


def test_the_text_file_is_replaced_whole(settings, monkeypatch):
    export_metrics(settings, DAY, "pump")
    path = Path(settings.store) / PATH
    first = path.read_bytes()

    def refuse(*_):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="disk full"):
            export_metrics(settings, DAY, "pump")
    assert path.read_bytes() == first
    assert [p.name for p in path.parent.iterdir()] == ["nightscore-pump.prom"]


def test_what_is_pushed_is_what_the_file_holds(settings, gateway):
    address, kept, _ = gateway
    line = export_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "pump")
    assert line.endswith(f", pushed to {address}")
    ((path, body),) = kept
    assert path == "/metrics/job/nightscore/family/pump"
    *lines, seal = Store(settings.store).read_bytes(PATH).splitlines(keepends=True)
    assert body == b"".join(lines)
    assert seal.startswith(b"# nightscore-sha256:")
    export_camera_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "press")
    assert kept[1][0] == "/metrics/job/nightscore/camera/press"


def test_a_refused_push_is_counted_and_waits_in_the_file(settings, gateway, caplog):
    address, kept, status = gateway
    pushing = settings.model_copy(update={"pushgateway": address})
    status["code"] = 500
    for failures in (1, 2):
        assert "pushed" not in export_metrics(pushing, DAY, "pump")
        told = samples(Store(settings.store).read_bytes(PATH))
        assert told["nightscore_push_failures_total pump"] == failures
        assert told["nightscore_job_runs ingest pump failed"] == 1
    assert f"the Pushgateway at {address} did not take the metrics" in caplog.text
    status["code"] = 200
    assert "pushed" in export_metrics(pushing, DAY, "pump")
    assert samples(kept[-1][1])["nightscore_push_failures_total pump"] == 2  # a counter does not go back


@pytest.mark.parametrize("address", ["http://127.0.0.1:{free}", "http://127.0.0.1:port", "gopher://x", "http://[", ""])
def test_a_pushgateway_that_is_not_there_does_not_fail_the_night(settings, caplog, address):
    address = address.format(free=free_address().split(":")[1])
    line = export_metrics(settings.model_copy(update={"pushgateway": address}), DAY, "pump")
    assert line.endswith(PATH)
    assert "did not take the metrics" in caplog.text


def test_a_text_file_that_is_not_ours_starts_the_count_again(tmp_path, caplog):
    store = Store(str(tmp_path))
    store.write_bytes(PATH, b"this is {no metrics\n")
    assert failures_so_far(store, PATH) == 0
    assert "failed pushes are counted from 0 again" in caplog.text


def test_a_real_pushgateway_takes_a_night_and_a_camera_as_they_are(settings, program):
    """Its own labels, job among them, replace those of what is pushed; series that differ in them only are refused."""
    address = free_address()
    pushing = settings.model_copy(update={"pushgateway": address})
    for job in ("find-anomalies", "drift"):
        run = {"job": job, "partition": "pump", "family": "pump", "seconds": 2.0, "rows": 7, "state": "done"}
        run |= {"finished": pd.Timestamp("2026-11-22T01:00Z"), "reason": ""}
        Store(settings.store).write("runs", pd.DataFrame([run]), Provenance(job="test"), day=DAY, run=f"{job}-pump")
    command = [program("prometheus-pushgateway"), f"--web.listen-address={address}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 20
            while "pushed" not in export_metrics(pushing, DAY, "pump") and time.monotonic() < deadline:
                time.sleep(0.1)
            assert "pushed" in export_camera_metrics(pushing, DAY, "press")
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        finally:
            server.terminate()
    assert 'nightscore_job_rows{command="drift",family="pump",instance="",job="nightscore"} 7' in text
    assert 'nightscore_push_failures_total{camera="press",instance="",job="nightscore"} 0' in text


def test_no_label_is_one_that_the_pushgateway_sets():
    assert not {"job", "instance"} & {label for metric in METRICS.values() for label in metric.labels}


def test_ten_thousand_families_stay_within_their_bound(tmp_path, program):
    """One night's text of 10,000 families passes promtool, and its size is what docs/metrics.md promises at most."""

    many = [sample("anomalies", n % 3, family=f"family-{n}", severity="critical") for n in range(10_000)]
    text = text_of(registry_of(many))
    checked = subprocess.run([program("promtool"), "check", "metrics"], input=text, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    assert len(samples(text)) == 10_000
