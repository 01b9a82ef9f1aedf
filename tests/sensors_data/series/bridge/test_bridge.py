"""Messages of MQTT, by a mosquitto that runs beside, and of Kafka, by librdkafka's own broker, land as files."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sensors_data.errors import StorageError, UnusableError
from sensors_data.series.bridge.landing import Landing
from sensors_data.series.bridge.messages import Reader, subscription
from sensors_data.series.bridge.run import run_bridge
from sensors_data.series.sources import retries
from sensors_data.series.sources.kinds import days_in
from sensors_data.settings import Family

sys.path.insert(0, str(Path(__file__).parents[4] / "deploy" / "demo"))
from servers import free_address

DAY = date(2026, 2, 14)
NOW = datetime(2026, 2, 14, 12, 30, tzinfo=UTC)


def family_of(folder, **bridge):
    plain = {"step": "5min", "layout": {"kind": "long", "asset": "asset"}, "sensors": {"flow": {}, "speed": {}}}
    return Family.model_validate(plain | {"inbox": f"{folder}/landed/{{day}}/*.csv", "bridge": bridge})


@contextmanager
def running(family, name="pump"):
    """A bridge at work; what it said."""
    stop, said, failed = threading.Event(), [], []

    def work():
        try:
            run_bridge(family, name, stop.is_set, said.append)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield said
    finally:
        stop.set()
        thread.join(30)
    assert failed == []


def until(what, seconds=30):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("reader", "topic", "payload", "rows"),
    [
        (Reader("plant/{asset}/{sensor}"), "plant/p1/flow", b"1.5", [("p1", "flow", "1.5")]),
        (Reader("plant/{asset}/{sensor}"), "plant/p1/flow", b'{"value": true}', [("p1", "flow", "1")]),
        (Reader("plant/{asset}"), "plant/p1", b'{"flow": 1, "speed": 2}', [("p1", "flow", "1"), ("p1", "speed", "2")]),
        (Reader("all", asset="id"), "all", b'{"id": "p1", "flow": null}', [("p1", "flow", "")]),
        (Reader("+/{asset}/{sensor}/#"), "a/p1/flow/b/c", b"ERR", [("p1", "flow", "ERR")]),
        (Reader("{asset}/{sensor}"), "p1/flow", b"[" * 5000, [("p1", "flow", "[" * 5000)]),
    ],
)
def test_a_message_is_rows_and_what_is_no_number_stays_as_it_came(reader, topic, payload, rows):
    assert [row[1:] for row in reader.rows(topic, payload, NOW)] == rows
    assert reader.rows(topic, payload, NOW)[0][0] == "2026-02-14T12:30:00.000000Z"


def test_a_subscription_takes_any_name_and_a_message_of_nobody_is_refused_at_the_start():
    assert subscription("plant/{asset}/{sensor}") == "plant/+/+"
    with pytest.raises(UnusableError, match=r"whose a message is; write \{asset\} in the topic, or the key `asset`"):
        Reader("plant/all")


def test_rows_land_in_the_folder_of_their_own_day_and_a_journal_outlives_its_process(tmp_path):
    family = family_of(tmp_path)
    landing = Landing(family, "pump")
    landing.add([("2026-02-13T23:59:00Z", "p1", "flow", "1"), ("soon", "p1", "flow", "2")], NOW)
    landing.sync()
    landing.close()  # as a power cut would
    again = Landing(family, "pump")
    paths = again.flush(NOW)
    assert [Path(path).parent.name for path in paths] == ["2026-02-13", "2026-02-14"]
    assert Path(paths[0]).read_text() == "time,asset,sensor,value\n2026-02-13T23:59:00Z,p1,flow,1\n"
    assert again.flush(NOW) == []
    again.close()
    third = Landing(family, "pump")
    assert third.waiting == []
    third.close()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"inbox": "in/*.csv"}, r'needs a folder a day.*write inbox = "landed/{day}/\*.csv"'),
        ({"inbox": "s3://plant/{day}/*.csv"}, "a folder of this machine"),
        ({"layout": {"asset": "asset"}}, "write layout = { kind"),
        ({"bridge": {"kind": "pigeon"}}, "one of mqtt, kafka"),
    ],
)
def test_a_family_that_would_not_find_what_lands_is_told_what_to_mend(tmp_path, changes, what):
    family = family_of(tmp_path, kind="mqtt", host="127.0.0.1", topic="{asset}").model_dump() | changes
    with pytest.raises(UnusableError, match=what):
        run_bridge(Family.model_validate(family), "pump", lambda: True, print)


def landed(folder):
    return sum(len(path.read_text().splitlines()) - 1 for path in (folder / "landed").glob("*/*.csv"))


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def mosquitto(tmp_path, program, monkeypatch):
    """A mosquitto for those who know a password; its port."""
    monkeypatch.setenv("PLANT_PASSWORD", "geheim-42")
    port = free_address().rpartition(":")[2]
    passwords = tmp_path / "passwords"
    subprocess.run([program("mosquitto_passwd"), "-b", "-c", passwords, "ann", "geheim-42"], check=True)
    text = f"listener {port} 127.0.0.1\npassword_file {passwords}\nuser root\n"
    (tmp_path / "mosquitto.conf").write_text(text)
    with subprocess.Popen(
        [program("mosquitto"), "-c", tmp_path / "mosquitto.conf"], stderr=subprocess.DEVNULL
    ) as server:
        until(lambda: answers(int(port)))
        yield int(port)
        server.terminate()


def test_what_mqtt_brings_while_the_bridge_is_there_and_away_is_read_as_the_csv_is(plant, tmp_path, mosquitto):
    paho = pytest.importorskip("paho.mqtt.client", reason="the extra mqtt is not installed")
    bridge = {"kind": "mqtt", "host": "127.0.0.1", "port": mosquitto, "topic": "plant/{asset}/{sensor}", "flush": "1s"}
    bridge |= {"user": "ann", "password": {"env": "PLANT_PASSWORD"}}
    family = family_of(tmp_path, **bridge)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set("ann", "geheim-42")
    client.max_inflight_messages_set(1000)

    def send(rows):
        for row in rows.itertuples():
            payload = f'{{"time": "{row.time.isoformat()}", "value": {row.value}}}'
            sent = client.publish(f"plant/{row.asset}/{row.sensor}", payload, qos=1)
        sent.wait_for_publish(30)

    with running(family) as said:
        until(lambda: said)
        client.connect("127.0.0.1", mosquitto)
        client.loop_start()
        send(plant.rows[:600])
        until(lambda: landed(tmp_path) == 600)
    send(plant.rows[600:650])  # the broker keeps them
    with running(family):
        until(lambda: landed(tmp_path) == 650)
        send(plant.rows[650:])
        until(lambda: landed(tmp_path) == len(plant.rows))
    client.disconnect()
    client.loop_stop()
    assert plant.take_in(inbox=family.inbox) == plant.expected
    assert days_in(family) == [DAY]


def test_a_broker_that_refuses_or_is_not_there_is_told_without_the_password(tmp_path, mosquitto, monkeypatch):
    pytest.importorskip("paho.mqtt.client", reason="the extra mqtt is not installed")
    plain = {"kind": "mqtt", "host": "127.0.0.1", "port": mosquitto, "topic": "{asset}/{sensor}", "user": "eve"}
    plain |= {"password": {"env": "PLANT_PASSWORD"}}
    with pytest.raises(StorageError, match="it refuses: Not authorized; check user, password and client") as refused:
        run_bridge(family_of(tmp_path, **plain), "pump", lambda: False, print)
    assert "geheim-42" not in str(refused.value)
    monkeypatch.setattr(retries, "PAUSE_S", 0.01)
    with pytest.raises(StorageError, match="Connection refused; check host and port"):
        run_bridge(family_of(tmp_path, **plain | {"port": 9}), "pump", lambda: False, print)


def test_what_kafka_holds_and_gets_lands_and_is_marked_as_read_once_it_is_on_disk(plant, tmp_path):
    confluent = pytest.importorskip("confluent_kafka", reason="the extra kafka is not installed")
    producer = confluent.Producer({"bootstrap.servers": "127.0.0.1:9", "test.mock.num.brokers": 1, "log_level": 0})
    servers = ",".join(f"{b.host}:{b.port}" for b in producer.list_topics(timeout=10).brokers.values())

    def send(rows):
        for row in rows.itertuples():
            text = f'{{"time": "{row.time.isoformat()}", "machine": "{row.asset}", "{row.sensor}": {row.value}}}'
            producer.produce("plant", text, partition=0)
        producer.flush(30)

    send(plant.rows[:700])
    family = family_of(tmp_path, kind="kafka", servers=servers, topic="plant", asset="machine", flush="1s")
    with running(family):
        until(lambda: landed(tmp_path) == 700)
        send(plant.rows[700:])
        until(lambda: landed(tmp_path) == len(plant.rows))
    group = confluent.Consumer({"bootstrap.servers": servers, "group.id": "nightscore"})
    assert group.committed([confluent.TopicPartition("plant", 0)], timeout=10)[0].offset == len(plant.rows)
    group.close()
    assert plant.take_in(inbox=family.inbox) == plant.expected


def test_a_topic_that_kafka_does_not_know_is_told(tmp_path):
    confluent = pytest.importorskip("confluent_kafka", reason="the extra kafka is not installed")
    keys = {"bootstrap.servers": "127.0.0.1:9", "test.mock.num.brokers": 1, "log_level": 0}
    producer = confluent.Producer(keys | {"allow.auto.create.topics": False})
    servers = ",".join(f"{b.host}:{b.port}" for b in producer.list_topics(timeout=10).brokers.values())
    family = family_of(tmp_path, kind="kafka", servers=servers, topic="none", asset="machine")
    with pytest.raises(StorageError, match="has no topic 'none'; correct `topic` of the bridge"):
        run_bridge(family, "pump", lambda: False, print)
