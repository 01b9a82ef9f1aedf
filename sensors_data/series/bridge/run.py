"""A bridge at work: messages are read, gathered, landed, and only then answered for."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sensors_data.errors import UnusableError
from sensors_data.series.bridge.brokers import Bridge, Broker, KafkaBridge, Message, MqttBridge, kafka, mqtt
from sensors_data.series.bridge.landing import Landing
from sensors_data.settings import Family, parse

UNSAFE = 500
"""Messages after which the journal is brought to disk, if no pause comes first."""
PAUSE_S = 0.01
"""A broker may send no more before it is answered: after so long without a message it is."""


def run_bridge(family: Family, name: str, stopped: Callable[[], bool], say: Callable[[str], None]) -> None:
    """Land messages until `stopped`. StorageError when the broker refuses or the disk is full."""
    bridge, landing = bridge_of(family, name), Landing(family, name)
    try:
        with _broker(bridge) as broker:
            say(f"{name} listens to {bridge.topic}; files land in {landing.folder}")
            while not stopped():
                _gather(bridge, broker, landing, stopped)
                if many := len(landing.waiting):
                    say(f"{name}: {many:,} rows landed in {', '.join(landing.flush(datetime.now(UTC)))}")
    finally:
        landing.close()


def bridge_of(family: Family, name: str) -> MqttBridge | KafkaBridge:
    """A family's bridge. UnusableError when it has none, or a key of it is wrong."""
    kinds: dict[str, type[MqttBridge] | type[KafkaBridge]] = {"mqtt": MqttBridge, "kafka": KafkaBridge}
    kind = family.bridge.get("kind")
    if kind not in kinds:
        raise UnusableError(f"{name} has no bridge of a known kind", f"write bridge.kind, one of {', '.join(kinds)}")
    return parse(kinds[kind], family.bridge, "bridge")


def _broker(bridge: MqttBridge | KafkaBridge) -> AbstractContextManager[Broker]:
    return mqtt(bridge) if isinstance(bridge, MqttBridge) else kafka(bridge)


def _gather(bridge: Bridge, broker: Broker, landing: Landing, stopped: Callable[[], bool]) -> None:
    """The messages until the next flush: in the journal on disk, then answered for."""
    until, unsafe = time.monotonic() + bridge.flush.total_seconds(), list[Message]()
    while len(landing.waiting) < bridge.most and time.monotonic() < until and not stopped():
        message = broker.wait(PAUSE_S if unsafe else 0.5)
        if message is not None:
            unsafe.append(message)
            landing.add(bridge.reader.rows(message.topic, message.payload, message.arrived), message.arrived)
        if unsafe and (message is None or len(unsafe) >= UNSAFE):
            _answer(broker, landing, unsafe)
    _answer(broker, landing, unsafe)


def _answer(broker: Broker, landing: Landing, unsafe: list[Message]) -> None:
    landing.sync()
    broker.safe(unsafe)
    unsafe.clear()
