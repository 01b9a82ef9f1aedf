"""The kinds of series detector that a family can have: `[families.NAME.detector] kind = "..."`."""

from __future__ import annotations

from typing import Any

from anomaly.series.card import DetectorConfig
from anomaly.series.kind import Kind
from anomaly.series.lstm_vae.learning import LSTM_VAE
from sensors_data.errors import UnusableError
from sensors_data.settings import parse

DEFAULT = "lstm-vae"
KINDS: dict[str, Kind[Any, Any]] = {
    "lstm-vae": LSTM_VAE,
}


def parse_config(table: dict[str, Any], where: str) -> DetectorConfig:
    """The detector section of settings, as the kind that it names wants it. UnusableError names the wrong key."""
    kind = table.get("kind", DEFAULT)
    if kind not in KINDS:
        raise UnusableError(f"{where}: there is no kind '{kind}'", f"known kinds are {', '.join(KINDS)}")
    config: DetectorConfig = parse(KINDS[kind].config, table, where)
    return config
