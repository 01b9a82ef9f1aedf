"""`nightscore bridge`: write a broker's messages to files in a family's inbox, until it is stopped."""

from __future__ import annotations

import signal
import threading

import typer

from sensors_data.settings import Settings
from service.cli.options import FamilyOption, add_command, with_settings
from service.console import say


def add_commands(app: typer.Typer) -> None:
    """Add it."""
    add_command(app, "Jobs of a family", with_settings(bridge), "bridge --family pump")


def bridge(settings: Settings, family: FamilyOption) -> None:
    """Write the messages of the family's MQTT or Kafka broker to files in its inbox, until it is stopped."""
    from sensors_data.series.bridge.run import run_bridge

    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())  # what was read is landed first
    run_bridge(settings.family(family), family, stopped.is_set, say)
    say(f"{family}: stopped, and every message that was read is on disk")
