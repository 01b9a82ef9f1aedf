"""The settings reference, made from the sections that read settings.toml."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any

import griffe
from pydantic import BaseModel

from anomaly.images.detector import ImageDetectorConfig
from anomaly.images.features import FeatureConfig
from anomaly.series.lstm_vae.card import LSTMVAEDetectorConfig
from anomaly.series.night.anomalies import Rules
from anomaly.vae.training import FitConfig
from sensors_data.camera import Camera
from sensors_data.section import Section
from sensors_data.series.bridge.brokers import KafkaBridge, MqttBridge
from sensors_data.series.sources.credentials import Secret
from sensors_data.series.sources.delta import DeltaSource
from sensors_data.series.sources.duckdb import DuckdbSource
from sensors_data.series.sources.http import HttpSource
from sensors_data.series.sources.iceberg import IcebergSource
from sensors_data.series.sources.influx import InfluxSource
from sensors_data.series.sources.opcua import OpcuaSource
from sensors_data.series.sources.prometheus import PrometheusSource
from sensors_data.series.sources.sql import SqlSource
from sensors_data.settings import Family, Layout, Sensor, Settings, Training
from synthesis.quality.gate import GateConfig
from synthesis.settings import GeneratorSettings
from synthesis.training.collapse import WatchConfig
from synthesis.training.config import TrainingConfig

SECTIONS: dict[str, type[BaseModel]] = {
    "(top of the file)": Settings,
    "[families.NAME]": Family,
    "[families.NAME.layout]": Layout,
    "[families.NAME.sensors]": Sensor,
    '[families.NAME.source] kind = "sql"': SqlSource,
    '[families.NAME.source] kind = "prometheus"': PrometheusSource,
    '[families.NAME.source] kind = "http"': HttpSource,
    '[families.NAME.source] kind = "influxdb"': InfluxSource,
    '[families.NAME.source] kind = "opcua"': OpcuaSource,
    '[families.NAME.source] kind = "duckdb"': DuckdbSource,
    '[families.NAME.source] kind = "delta"': DeltaSource,
    '[families.NAME.source] kind = "iceberg"': IcebergSource,
    "[families.NAME.source.password] or .token": Secret,
    '[families.NAME.bridge] kind = "mqtt"': MqttBridge,
    '[families.NAME.bridge] kind = "kafka"': KafkaBridge,
    "[families.NAME.training]": Training,
    "[families.NAME.detector]": LSTMVAEDetectorConfig,
    "[families.NAME.detector.fit]": FitConfig,
    "[families.NAME.rules]": Rules,
    "[cameras.NAME]": Camera,
    "[cameras.NAME.detector]": ImageDetectorConfig,
    "[cameras.NAME.detector.features]": FeatureConfig,
    "[cameras.NAME.detector.fit]": FitConfig,
    "[cameras.NAME.generator]": GeneratorSettings,
    "[cameras.NAME.generator.training]": TrainingConfig,
    "[cameras.NAME.generator.watch]": WatchConfig,
    "[cameras.NAME.generator.gate]": GateConfig,
}
"""Every section of settings.toml, in the order of the page."""
INTRODUCTION = """# Settings

`settings.toml` states what you know of your plant. `nightscore init` writes it; you edit it.
This page is made from the code each time the site is built. A key that is not here is refused, with its name.

A *duration* is text such as `30s`, `5min`, `1h` or `7D`.
"""
LIMITS = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}


def settings_page() -> str:
    """The page as Markdown. LookupError names a key without a meaning."""
    return "\n".join([INTRODUCTION, *(_section(head, model) for head, model in SECTIONS.items())])


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """The meaning of each key, from its Field or the docstring under it; empty where neither says it."""
    written: dict[str, str] = {}
    for section in reversed(
        [parent for parent in model.__mro__ if issubclass(parent, Section) and parent is not Section]
    ):
        members = _package(section.__module__.split(".")[0])[section.__module__][section.__qualname__].members
        written |= {name: member.docstring.value for name, member in members.items() if member.docstring}
    return {name: field.description or written.get(name, "") for name, field in model.model_fields.items()}


@cache
def _package(name: str) -> griffe.ModulesCollection:
    """The sources of a package, parsed once."""
    loader = griffe.GriffeLoader(allow_inspection=False)
    loader.load(name)
    return loader.modules_collection


def _section(head: str, model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    lines = [f"## {head}", "", (model.__doc__ or "").split("\n\n")[0], "", "| key | kind | default | meaning |"]
    lines.append("|---|---|---|---|")
    for name, meaning in meanings(model).items():
        if not meaning:
            raise LookupError(f"{model.__name__}.{name} has no meaning; write a docstring under it")
        field, one = model.model_fields[name], schema["properties"][name]
        default = "**needed**" if field.is_required() else _default(field.get_default(call_default_factory=True))
        lines.append(f"| `{name}` | {_kind(one, schema)} | {default} | {' '.join(meaning.split())} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    """A default as settings.toml would write it."""
    if value is None or value in ({}, ()):
        return ""
    if isinstance(value, BaseModel):
        return "its own section"
    if isinstance(value, timedelta):
        return f"`{_duration(value)}`"
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


def _duration(value: timedelta) -> str:
    units = (("D", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))
    return next((f"{value // of}{unit}" for unit, of in units if not value % of), f"{value.total_seconds():g}s")


def _kind(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """A key's type and limits, in a word or two."""
    if "$ref" in schema:
        return _kind(whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(s, whole) for s in schema["anyOf"] if s.get("type") != "null"))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    kind = {"array": "list", "object": "table", "string": "text"}.get(schema.get("type", ""), schema.get("type", ""))
    limits = [f"{sign} {schema[key]:.10g}" for key, sign in LIMITS.items() if key in schema]
    return " ".join(["duration" if schema.get("format") == "duration" else kind or "any", ", ".join(limits)]).strip()
