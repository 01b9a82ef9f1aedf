"""The source of OPC UA, tried on asyncua's own server with the plant's history in it."""

from datetime import date, datetime, timedelta

import pytest

from sensors_data.errors import StorageError, UnusableError
from sensors_data.series.sources import opcua as opcua_source
from sensors_data.series.sources import retries
from sensors_data.series.sources.kinds import days_in, read_day
from sensors_data.settings import Family

asyncua = pytest.importorskip("asyncua", reason="the extra opcua is not installed")
from asyncua import ua  # noqa: E402
from asyncua.server.history import HistoryDict  # noqa: E402
from asyncua.server.user_managers import UserManager  # noqa: E402
from asyncua.sync import Server  # noqa: E402

DAY = date(2026, 2, 14)


class Later(datetime):
    """A clock that stands two days after the plant's day."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2026, 2, 16, tzinfo=tz)


class Guard(UserManager):
    """Lets in whoever knows the password."""

    def get_user(self, iserver, username=None, password=None, certificate=None):
        from asyncua.crypto.permission_rules import User, UserRole

        return User(role=UserRole.User) if password in ("geheim-42", b"geheim-42") else None


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A starter of nothing: one server for the module, its URL, and a writer of a node's history."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"opc.tcp://127.0.0.1:{probe.getsockname()[1]}/plant"
    server = Server()
    server.aio_obj.iserver.user_manager = Guard()
    server.set_endpoint(url)
    space = server.register_namespace("plant")
    server.aio_obj.iserver.history_manager.set_storage(HistoryDict(max_history_data_response_size=100))
    server.start()
    storage = server.aio_obj.iserver.history_manager.storage

    def write(name, rows):
        node = server.nodes.objects.add_variable(ua.NodeId(name, space), name, 0.0)
        server.tloop.post(server.aio_obj.historize_node_data_change(node.aio_obj, period=None))
        for time, value, status in rows:
            when = time.to_pydatetime()
            value = ua.DataValue(ua.Variant(value), ua.StatusCode(status), SourceTimestamp=when, ServerTimestamp=when)
            server.tloop.post(storage.save_node_value(node.nodeid, value))

    yield url, write
    server.stop()


@pytest.fixture
def source(monkeypatch):
    monkeypatch.setenv("PLANT_PASSWORD", "geheim-42")

    def of(url, nodes, **changes):
        found = {"kind": "opcua", "url": url, "nodes": nodes, "since": date.today() - timedelta(days=1), "user": "ann"}
        return found | {"password": {"env": "PLANT_PASSWORD"}} | changes

    return of


def family_of(source):
    return Family.model_validate({"step": "5min", "sensors": {"flow": {}, "speed": {}}, "source": source})


def test_opc_ua_gives_the_partition_that_the_csv_gives_in_pages(plant, served, source, monkeypatch):
    url, write = served
    nodes = {}
    for (asset, sensor), part in plant.rows.groupby(["asset", "sensor"]):
        write(f"{asset}.{sensor}", [(t, v, 0) for t, v in zip(part["time"], part["value"], strict=True)])
        nodes.setdefault(asset, {})[sensor] = f"ns=2;s={asset}.{sensor}"
    assert plant.take_in(source=source(url, nodes)) == plant.expected
    monkeypatch.setattr(opcua_source, "datetime", Later)
    spec = family_of(source(url, nodes, since=DAY - timedelta(days=3)))
    assert days_in(spec) == [DAY]
    readings, rejects = read_day(spec, DAY + timedelta(days=1))
    assert (len(readings), len(rejects)) == (0, 0)


def test_values_of_bad_and_uncertain_quality_are_rejects(plant, served, source):
    url, write = served
    times = plant.rows["time"][:4]
    states = (0, 0x40000000, 0x80000000, 0x00300000)  # good, uncertain, bad, good for a local override
    write("graded", zip(times, (1.0, 2.0, 3.0, 4.0), states, strict=True))
    readings, rejects = read_day(family_of(source(url, {"p1": {"flow": "ns=2;s=graded"}})), DAY)
    assert readings["value"].tolist() == [1.0, 4.0]
    assert rejects["reason"].tolist() == ["its quality is not among the good ones"] * 2


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"nodes": {"p1": {"flow": "ns=2;s=none"}}}, "correct `nodes`"),
        ({"user": ""}, "check `user` and the password"),
        ({"url": "opc.tcp://127.0.0.1:9"}, "check `url` and whether the server runs"),
    ],
)
def test_a_server_that_refuses_or_is_not_there_is_told_with_a_remedy(served, source, monkeypatch, changes, what):
    monkeypatch.setattr(retries, "PAUSE_S", 0.01)
    with pytest.raises(StorageError, match=what) as refused:
        read_day(family_of(source(served[0], {"p1": {"flow": "ns=2;s=none"}}) | changes), DAY)
    assert "geheim-42" not in f"{refused.value} {refused.value.__context__!r}"


def test_a_node_of_an_unknown_sensor_is_refused(source):
    with pytest.raises(UnusableError, match=r"does not have: \['depth'\]"):
        opcua_source.days(family_of(source("opc.tcp://127.0.0.1:9", {"p1": {"depth": "ns=2;s=x"}})))
