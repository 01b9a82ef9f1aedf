"""Detectors at rest: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import torch

from anomaly.series.card import FORMAT, READABLE, Card
from anomaly.series.detector import Detector
from anomaly.series.evidence.cross import CrossModel
from anomaly.series.evidence.noise_by_hour import HOURS
from anomaly.series.evidence.residuals import Residuals
from anomaly.series.evidence.windows import EvidenceModel
from anomaly.series.fleet_scales import FleetScales
from anomaly.series.kinds import DEFAULT, KINDS
from anomaly.series.profile import Profile
from sensors_data.errors import UnusableError
from sensors_data.model_files import ModelCatalogue, ModelFile, card_in, check_place
from sensors_data.nets.arrays import Shape, check_arrays, check_positive
from sensors_data.nets.files import model_bytes, tensors_of
from sensors_data.series.grids.grid import Scale
from sensors_data.settings import parse
from sensors_data.store import Store

_ARRAYS = ("typical", "band", "coverage_factor")
KIND = "series"
COMMAND = "train-series"


def to_bytes(detector: Detector) -> bytes:
    """The detector as the bytes of a safetensors file; the same detector gives the same bytes."""
    tensors = {part: torch.as_tensor(getattr(detector, part)) for part in _ARRAYS}
    for part in ("center", "spread"):
        rows = [getattr(detector.scales[asset], part) for asset in detector.card.assets]
        tensors[f"scale.{part}"] = torch.as_tensor(np.stack(rows))
    tensors |= {name: torch.as_tensor(array) for name, array in _decision_arrays(detector).items()}
    tensors |= detector.tensors()
    return model_bytes(tensors, detector.card)


def from_bytes(data: bytes, where: str) -> Detector:
    """The detector in a file's bytes. UnusableError when they are none, or of a newer format."""
    card = card_of(data, where)
    tensors = tensors_of(data, where, COMMAND)
    if card.format == 1 and "unsteady" in tensors:
        tensors["coverage_factor"] = tensors.pop("unsteady")
    _check(card, tensors, where)
    centers, spreads = tensors["scale.center"].numpy(), tensors["scale.spread"].numpy()
    scales = {asset: Scale(centers[i], spreads[i]) for i, asset in enumerate(card.assets)}
    typical, band, coverage_factor = (tensors[part].numpy() for part in _ARRAYS)
    detector = KINDS[card.kind].read(card, (scales, typical, band, coverage_factor), tensors, where)
    arrays = {name: tensor.numpy() for name, tensor in tensors.items() if name.startswith(("profile", "evidence"))}
    profile, evidence = _profile_of(arrays, card), _evidence_of(arrays)
    return replace(detector, card=card.model_copy(update={"format": FORMAT}), profile=profile, evidence=evidence)


def _check(card: Card, tensors: dict[str, torch.Tensor], where: str) -> None:
    """UnusableError when what all kinds hold alike is not as the card says, or cannot be scored with."""
    assets, sensors, modelled = len(card.assets), len(card.sensors), len(card.modelled)
    shapes: dict[str, Shape] = {"typical": (modelled,), "band": (modelled,), "coverage_factor": (None,)}
    shapes |= {"scale.center": (assets, sensors), "scale.spread": (assets, sensors)}
    if "profile" in tensors:
        shapes["profile"] = (assets, None, sensors)
    if "evidence.weights" in tensors:
        noise = [f"evidence.{kind}.{part}" for kind in ("pattern", "cross") for part in ("scale", "freedom")]
        shapes |= {"evidence.weights": (None, modelled), **dict.fromkeys(noise, (modelled,))}
    check_arrays(tensors, shapes, where, COMMAND)
    positive = ("scale.spread", "coverage_factor", *(name for name in shapes if name.startswith("evidence.")))
    check_positive(tensors, tuple(name for name in positive if name != "evidence.weights"), where, COMMAND)
    if not set(card.modelled) <= set(card.sensors):
        raise UnusableError(f"{where} scores sensors that it does not know", f"train again with: nightscore {COMMAND}")
    if card.threshold is not None and not (card.threshold.value > 0 and card.threshold.is_reachable):
        raise UnusableError(
            f"{where} has a threshold of {card.threshold.value:g} nats, which no score could be judged by",
            f"train again with: nightscore {COMMAND}",
        )


def _decision_arrays(detector: Detector) -> dict[str, np.ndarray]:
    """The profile and the evidence model as named arrays."""
    arrays = {}
    if detector.profile is not None:
        arrays["profile"] = np.stack([detector.profile.offsets[asset] for asset in detector.card.assets])
    if detector.evidence is not None:
        arrays["evidence.weights"] = detector.evidence.regression.weights
        arrays["evidence.by_hour"] = detector.evidence.by_hour
        for kind, noise in (("pattern", detector.evidence.pattern_noise), ("cross", detector.evidence.cross_noise)):
            arrays |= {f"evidence.{kind}.scale": noise.scale, f"evidence.{kind}.freedom": noise.freedom}
    return arrays


def _profile_of(arrays: dict[str, np.ndarray], card: Card) -> Profile | None:
    """The profile in a file's arrays, where it has one."""
    if "profile" not in arrays:
        return None
    return Profile(card.profile, dict(zip(card.assets, arrays["profile"], strict=True)), card.holidays.days)


def _evidence_of(arrays: dict[str, np.ndarray]) -> EvidenceModel | None:
    """The evidence model in a file's arrays; files of format 1 have none."""
    if "evidence.weights" not in arrays:
        return None
    pattern, cross = (
        Residuals(arrays[f"evidence.{kind}.scale"], arrays[f"evidence.{kind}.freedom"]) for kind in ("pattern", "cross")
    )
    by_hour = arrays.get("evidence.by_hour", np.ones((HOURS, 1)))
    return EvidenceModel(CrossModel(arrays["evidence.weights"]), pattern, cross, by_hour)


def card_of(data: bytes, where: str) -> Card:
    """The card in a detector file's bytes. UnusableError when it is no detector file, of a newer format or kind."""
    table = card_in(data, where, "a detector file", READABLE, COMMAND)
    config = table.get("config")
    kind = config.get("kind", DEFAULT) if isinstance(config, dict) else DEFAULT
    if kind not in KINDS:
        raise UnusableError(f"{where} holds a detector of kind '{kind}'", "upgrade nightscore or train again")
    card: Card = parse(KINDS[kind].card, table, where)
    return card


def file_of(card: Card) -> ModelFile:
    """The file of a model in a store, by its card."""
    return ModelFile(KIND, card.family, card.trained_through, card.accepted)


def save(store: Store, detector: Detector) -> str:
    """Write a detector, in place of an earlier one of the same day with either verdict; the path written."""
    return ModelCatalogue(store).keep(file_of(detector.card), to_bytes(detector))


def serving(store: Store, family: str, day: date) -> ModelFile | None:
    """The file of the newest accepted detector trained strictly before `day`, or None."""
    return ModelCatalogue(store).serving(KIND, family, day)


def read_detector(store: Store, model: ModelFile) -> Detector:
    """The detector in a file of the store. UnusableError as `from_bytes` raises it, or when it belongs elsewhere."""
    detector = from_bytes(store.read_bytes(model.path), model.path)
    card = detector.card
    check_place(model, file_of(card))
    if card.scales_day is None:
        return detector
    return replace(detector, fleet=FleetScales(store, card.family, card.scales_day, card.scales_shards).of)


def read_card(store: Store, model: ModelFile) -> Card:
    """The card in a file of the store. UnusableError as `card_of` raises it, or when it belongs elsewhere."""
    card = card_of(store.read_bytes(model.path), model.path)
    check_place(model, file_of(card))
    return card


def load_for(store: Store, family: str, day: date) -> Detector:
    """The detector that serves a day. NotThereError when none was trained before it."""
    return read_detector(store, ModelCatalogue(store).needed(KIND, family, day))


def card_by_name(store: Store, name: str) -> Card:
    """The card of a model by its id, as `scores` carries it. NotThereError when it is gone."""
    return read_card(store, ModelCatalogue(store).called(KIND, name))


def day_before(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)
