"""The brokers that a bridge subscribes to: MQTT and Kafka. A message is acknowledged only once it is on disk."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol

from pydantic import Field

from sensors_data.errors import StorageError, not_installed
from sensors_data.series.bridge.messages import Reader, subscription
from sensors_data.series.sources.credentials import Secret, without_secret
from sensors_data.series.sources.retries import with_retries
from sensors_data.settings import Duration, Section

FEW = 10_000
"""Largest number of messages that wait in memory; the broker keeps the rest."""


class Bridge(Section):
    """The settings of every bridge: how messages are read, and how often files are written."""

    topic: str
    """The topic, with {asset} and {sensor} in place of names, like `plant/{asset}/{sensor}`; for Kafka a plain name."""
    time: str = "time"
    """Key of the time in a JSON payload; a message without it gets the time of its arrival."""
    value: str = "value"
    """Key of the value, if the topic names the sensor."""
    asset: str = ""
    """Key of the asset, if the topic does not name it."""
    flush: Duration = timedelta(minutes=1)
    """Time between two files."""
    most: int = Field(50_000, ge=1)
    """Number of rows after which a file is written earlier."""
    user: str = ""
    """User name for the password."""
    password: Secret | None = None
    """Where to read the password."""
    ca: str = ""
    """File of CA certificates for checking the broker; if set, the connection is encrypted."""

    @property
    def reader(self) -> Reader:
        """How its messages are read."""
        return Reader(self.topic, self.time, self.value, self.asset)


class MqttBridge(Bridge):
    """Messages of an MQTT broker."""

    kind: Literal["mqtt"]
    """The kind of broker."""
    host: str
    """Host of the broker."""
    port: int = Field(1883, ge=1, le=65535)
    """Port of the broker; usually 8883 if encrypted."""
    client: str = "nightscore"
    """Client id of this bridge. The broker keeps messages for it while it is down, so it must be unique."""


class KafkaBridge(Bridge):
    """Messages of a Kafka topic."""

    kind: Literal["kafka"]
    """The kind of broker."""
    servers: str
    """Bootstrap servers, like `kafka-1:9092,kafka-2:9092`."""
    group: str = "nightscore"
    """The consumer group, for which Kafka stores how far it has read."""


@dataclass(frozen=True)
class Message:
    """A received message and its time of arrival."""

    topic: str
    payload: bytes
    arrived: datetime
    mark: Any


class Broker(Protocol):
    """What a bridge uses of a broker."""

    def wait(self, seconds: float) -> Message | None:
        """The next message; None when none came in time. StorageError when the broker is lost for good."""
        ...

    def safe(self, messages: list[Message]) -> None:
        """Acknowledge messages that are on disk."""
        ...


@contextmanager
def mqtt(bridge: MqttBridge) -> Iterator[Broker]:
    """A session that the broker keeps, quality of service 1. StorageError when it refuses or does not answer."""
    try:
        from paho.mqtt import client as paho
        from paho.mqtt.enums import CallbackAPIVersion
    except ImportError as error:
        raise not_installed("a bridge of kind mqtt", "paho-mqtt", "mqtt") from error
    secret = bridge.password.read() if bridge.password else ""
    where = f"the MQTT broker {bridge.host}:{bridge.port}"
    waiting: queue.Queue[Message] = queue.Queue(FEW)
    answers: queue.Queue[str] = queue.Queue()

    def connected(client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            answers.put(f"it refuses: {reason}")
            return
        client.subscribe(subscription(bridge.topic), qos=1)
        answers.put("")

    def came(_client: Any, _data: Any, message: Any) -> None:
        waiting.put(Message(message.topic, message.payload, datetime.now(UTC), (message.mid, message.qos)))

    client = paho.Client(CallbackAPIVersion.VERSION2, bridge.client, clean_session=False, manual_ack=True)
    client.on_connect, client.on_message = connected, came
    if bridge.user:
        client.username_pw_set(bridge.user, secret)
    if bridge.ca:
        client.tls_set(bridge.ca)
    try:
        with_retries(lambda: client.connect(bridge.host, bridge.port), lambda error: isinstance(error, OSError))
    except OSError as error:
        raise StorageError(f"{where} failed: {without_secret(str(error), secret)}", "check host and port") from None
    client.loop_start()
    try:
        if why := _answer(answers):
            raise StorageError(f"{where} failed: {why}", "check user, password and client")
        yield _Mqtt(waiting, client.ack)
    finally:
        client.disconnect()
        client.loop_stop()


def _answer(answers: queue.Queue[str]) -> str:
    try:
        return answers.get(timeout=30)
    except queue.Empty:
        return "no answer within 30 s"


@dataclass(frozen=True)
class _Mqtt:
    waiting: queue.Queue[Message]
    ack: Callable[[int, int], Any]

    def wait(self, seconds: float) -> Message | None:
        try:
            return self.waiting.get(timeout=max(0.01, seconds))
        except queue.Empty:
            return None

    def safe(self, messages: list[Message]) -> None:
        for message in messages:
            self.ack(*message.mark)


@contextmanager
def kafka(bridge: KafkaBridge) -> Iterator[Broker]:
    """A member of the consumer group. StorageError when the servers do not answer or know no such topic."""
    try:
        from confluent_kafka import Consumer, KafkaException
    except ImportError as error:
        raise not_installed("a bridge of kind kafka", "confluent-kafka", "kafka") from error
    secret = bridge.password.read() if bridge.password else ""
    keys: dict[str, Any] = {"bootstrap.servers": bridge.servers, "group.id": bridge.group}
    keys |= {"auto.offset.reset": "earliest", "enable.auto.commit": False}
    if bridge.user:
        keys |= {"sasl.mechanism": "SCRAM-SHA-512", "sasl.username": bridge.user, "sasl.password": secret}
    if bridge.user or bridge.ca:
        keys["security.protocol"] = ("SASL_" if bridge.user else "") + ("SSL" if bridge.ca else "PLAINTEXT")
    if bridge.ca:
        keys["ssl.ca.location"] = bridge.ca
    consumer = Consumer(keys)
    try:
        known = consumer.list_topics(timeout=30).topics
        if bridge.topic not in known:
            raise StorageError(
                f"Kafka at {bridge.servers} has no topic '{bridge.topic}'", "correct `topic` of the bridge"
            )
        consumer.subscribe([bridge.topic])
        yield _Kafka(consumer)
    except KafkaException as error:
        reason = without_secret(str(error), secret)
        raise StorageError(f"Kafka at {bridge.servers} failed: {reason}", "check servers, user and password") from None
    finally:
        consumer.close()


@dataclass(frozen=True)
class _Kafka:
    consumer: Any

    def wait(self, seconds: float) -> Message | None:
        message = self.consumer.poll(seconds)
        if message is None:
            return None
        if message.error():
            time.sleep(min(1.0, seconds))  # it connects again by itself
            return None
        _, written = message.timestamp()
        arrived = datetime.fromtimestamp(written / 1000, UTC) if written > 0 else datetime.now(UTC)
        return Message(message.topic(), message.value() or b"", arrived, message)

    def safe(self, messages: list[Message]) -> None:
        if messages:
            self.consumer.commit(asynchronous=False)
