"""The source `opcua`: the history that an OPC UA server keeps of a node a sensor, with the quality of each value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import Field

from sensors_data.errors import StorageError, UnusableError, not_installed
from sensors_data.series.intake.table_rows import PLAIN, checked_day
from sensors_data.series.sources.credentials import Secret, without_secret
from sensors_data.series.sources.day_bounds import day_bounds
from sensors_data.series.sources.retries import with_retries
from sensors_data.settings import Duration, Family, Label, Section, parse

if TYPE_CHECKING:
    from asyncua.sync import Client

GRADED = PLAIN.model_copy(update={"quality": "quality", "good": ("good",)})
MOMENT = timedelta(microseconds=1)


class OpcuaSource(Section):
    """An OPC UA server with history (part 11 of the standard) and its nodes."""

    kind: Literal["opcua"]
    """The kind of source."""
    url: str
    """Address of the server, like `opc.tcp://historian.plant:4840`, without a password."""
    nodes: dict[Label, dict[Label, str]] = Field(min_length=1)
    """The node of each sensor of each asset, like `{ pump-1 = { flow = "ns=2;s=Pump1.Flow" } }`."""
    since: date
    """The first day to request."""
    user: str = ""
    """User name for the password; without one the connection is anonymous."""
    password: Secret | None = None
    """Where to read the password."""
    security: str = ""
    """Policy, mode, certificate and key, like `Basic256Sha256,SignAndEncrypt,client.pem,client-key.pem`."""
    timeout: Duration = timedelta(seconds=30)
    """Time-out of a request."""


def days(family: Family) -> list[date]:
    """Every UTC day since the source's `since` of which a node has a value, sorted; one value of each is asked."""
    source = _source(family)
    many = (datetime.now(UTC).date() - source.since).days + 1
    every = [source.since + timedelta(days=number) for number in range(many)]
    with _connected(source) as client:
        return [day for day in every if any(_values(client, node, day, 1) for _, _, node in _nodes(source))]


def rows(family: Family, day: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A UTC day's readings and rejects; a value of bad or uncertain quality is a reject."""
    source = _source(family)
    parts = []
    with _connected(source) as client:
        for asset, sensor, node in _nodes(source):
            part = pd.DataFrame(_values(client, node, day), columns=["time", "value", "quality"])
            parts.append(part.assign(asset=asset, sensor=sensor))
    table = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return checked_day(table, family.model_copy(update={"layout": GRADED}), day, "opcua")


def _source(family: Family) -> OpcuaSource:
    """The family's source. UnusableError for a wrong key, or a node of a sensor that the family does not have."""
    source = parse(OpcuaSource, family.source, "source")
    named = {sensor for sensors in source.nodes.values() for sensor in sensors}
    if unknown := sorted(named - set(family.sensors)):
        raise UnusableError(f"the source has nodes of sensors that the family does not have: {unknown}")
    return source


def _nodes(source: OpcuaSource) -> list[tuple[str, str, str]]:
    """Asset, sensor and node of everything that is asked for."""
    return [(asset, sensor, node) for asset, sensors in source.nodes.items() for sensor, node in sensors.items()]


@contextmanager
def _connected(source: OpcuaSource) -> Iterator[Client]:
    """A session with the server. StorageError when it does not answer or refuses."""
    try:
        from asyncua.sync import Client, ThreadLoop
        from asyncua.ua.uaerrors import UaError
    except ImportError as error:
        raise not_installed("a source of kind opcua", "asyncua", "opcua") from error
    secret = source.password.read() if source.password else ""
    try:
        with ThreadLoop(timeout=None) as loop:  # each request has the source's own time-out
            client = Client(source.url, timeout=source.timeout.total_seconds(), tloop=loop)
            if source.security:
                client.set_security_string(source.security)
            if source.user:
                client.set_user(source.user)
                client.set_password(secret)
            with_retries(client.connect, lambda error: isinstance(error, OSError))
            try:
                yield client
            finally:
                client.disconnect()
    except (UaError, OSError, TimeoutError) as error:
        reason = without_secret(str(error) or type(error).__name__, secret).splitlines()[0]
        raise StorageError(f"the OPC UA server {source.url} failed: {reason}", _remedy(reason)) from None


def _remedy(reason: str) -> str:
    """What to do about a server's refusal."""
    if "NodeId" in reason:
        return "correct `nodes`: write each as the server names it, like ns=2;s=Pump1.Flow"
    if "History" in reason:
        return "the node keeps no history; switch it on in the server"
    if "User" in reason or "Identity" in reason:
        return "check `user` and the password"
    return "check `url` and whether the server runs"


def _values(client: Client, node: str, day: date, most: int = 0) -> list[tuple[datetime, Any, str]]:
    """Time, value and quality of what a node's history holds of a day; the first `most` of it, 0 for all."""
    start, following = day_bounds(day)
    opened = client.get_node(node)
    history = opened.read_raw_history(start, following - MOMENT, most, return_bounds=False)
    if not history:
        opened.read_browse_name()  # some servers give an empty history of a node that is not there
    return [(_moment(value), value.Value.Value, _quality(value)) for value in history if value.Value is not None]


def _moment(value: Any) -> datetime:
    """When a value was measured, else when the server got it."""
    moment: datetime = value.SourceTimestamp or value.ServerTimestamp
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _quality(value: Any) -> str:
    """A value's quality: the two highest bits of its status code."""
    return ("good", "uncertain", "bad", "bad")[value.StatusCode.value >> 30]
