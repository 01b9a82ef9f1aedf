"""The LSTM-VAE detector from a file's card and tensors; `LSTMVAEDetector.tensors` gives them."""

from __future__ import annotations

from torch import Tensor

from anomaly.series.kind import Parts
from anomaly.series.lstm_vae.card import LSTMVAECard
from anomaly.series.lstm_vae.detector import LSTMVAEDetector, Network
from anomaly.series.lstm_vae.level_prior import LevelPrior
from anomaly.series.lstm_vae.network import LSTMVAE
from sensors_data.errors import UnusableError
from sensors_data.nets.arrays import Shape, check_arrays, check_learned, check_positive
from sensors_data.nets.files import with_tensors


def read_detector(card: LSTMVAECard, parts: Parts, tensors: dict[str, Tensor], where: str) -> LSTMVAEDetector:
    """The detector that a file's card and tensors describe. UnusableError when they do not fit each other."""
    networks = tuple(_read_network(card, number, tensors, where) for number in range(len(card.networks)))
    if not networks:
        raise UnusableError(f"{where} holds no network", "train again with: nightscore train-series")
    return LSTMVAEDetector(*parts, card, networks)


def _never_moved(parts: dict[str, Tensor], level_floor: float) -> bool:
    """Whether what was learned from had no variance: levels at their floor, codes as spread as their prior, a scale."""
    spread, scale = parts.get("model.linear_log_std"), parts.get("model.log_scale")
    if spread is None or scale is None or not bool(scale.any()):
        return False
    return bool((parts["level.variance"] <= level_floor).all() and (spread < 1e-3).all())


def _read_network(card: LSTMVAECard, number: int, tensors: dict[str, Tensor], where: str) -> Network:
    """One of a detector's networks."""
    command, config = "train-series", card.networks[number]
    parts = {n.removeprefix(f"{number}."): t for n, t in tensors.items() if n.startswith(f"{number}.")}
    weights = {n.removeprefix("model."): t for n, t in parts.items() if n.startswith("model.")}
    sensors = len(card.modelled)
    shapes: dict[str, Shape] = {"level.center": (sensors,), "level.variance": (sensors,), "typical": ()}
    check_arrays(parts, {**shapes, "draws": (None, config.latent)}, where, command)
    check_positive(parts, ("level.variance",), where, command)
    if not _never_moved(parts, card.config.level_floor):
        check_learned(weights, where, command)
    if config.sensors != sensors:
        raise UnusableError(
            f"{where}: a network of {config.sensors} sensors for {sensors}", f"run: nightscore {command}"
        )
    model = with_tensors(lambda: LSTMVAE(config), weights, where, command)
    prior = LevelPrior(parts["level.center"].numpy(), parts["level.variance"].numpy())
    return Network(model, prior, parts["draws"], float(parts["typical"]))
