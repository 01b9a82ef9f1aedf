"""The files of a camera's detectors: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from torch import Tensor

from anomaly.images.backbone import open_kept
from anomaly.images.detector import FORMAT, ImageCard, ImageDetector
from anomaly.images.known_defects import DefectHead
from anomaly.images.scoring import FeatureScaler, FineModel, ImageModel, MemoryBank
from anomaly.images.vae import ImageVAE, ImageVAEConfig
from sensors_data.errors import UnusableError
from sensors_data.model_files import ModelCatalogue, ModelFile, card_in, check_place
from sensors_data.nets.arrays import Shape, check_arrays, check_learned, check_positive
from sensors_data.nets.files import model_bytes, tensors_of, with_tensors
from sensors_data.settings import parse
from sensors_data.store import Store

KIND = "images"
COMMAND = "train-images"
KNOWN = ("known.axes", "known.good", "known.odd")
"""The names of the tensors of a head of known defects."""
FINE, AROUND = "fine.", "fine.around"
"""What the names of a fine level's tensors begin with, and that of the shares of its surroundings."""


def to_bytes(detector: ImageDetector) -> bytes:
    """The detector as the bytes of a safetensors file; the same detector gives the same bytes."""
    network = detector.network
    tensors = _tensors(network)
    if network.fine:
        of_fine = {FINE + name: tensor for name, tensor in _tensors(network.fine.model).items()}
        tensors |= {**of_fine, AROUND: network.fine.around}
    if network.head:
        tensors |= dict(zip(KNOWN, (network.head.axes, network.head.good, network.head.odd), strict=True))
    return model_bytes(tensors, detector.card)


def _tensors(network: ImageModel) -> dict[str, Tensor]:
    """The tensors of a model of images by their names in a file."""
    memory = network.memory
    tensors = {f"model.{name}": tensor for name, tensor in network.model.state_dict().items()}
    tensors |= {"memory.codes": memory.codes, "memory.mean": memory.mean, "memory.precision": memory.precision}
    tensors |= {f"blocks.{number}": mean for number, mean in enumerate(network.scaler.means)}
    tensors |= {f"scales.{number}": scale for number, scale in enumerate(network.scaler.scales)}
    return tensors | {"draws": network.draws}


def from_bytes(data: bytes, where: str) -> ImageDetector:
    """The detector in a file's bytes. UnusableError when they are none, of another format, or cannot be scored with."""
    card = card_of(data, where)
    tensors = tensors_of(data, where, COMMAND)
    of_fine = {name.removeprefix(FINE): t for name, t in tensors.items() if name.startswith(FINE)}
    network = _model(card, card.network, {n: t for n, t in tensors.items() if not n.startswith(FINE)}, where)
    if (card.fine_network is not None) != card.config.features.of_two_scales:
        raise UnusableError(f"{where} lacks its fine level", f"train again with: nightscore {COMMAND}")
    if not (min(card.normaliser.std) > 0 and card.threshold.is_reachable):
        raise UnusableError(
            f"{where} has a scale or a threshold that no score could be judged by",
            f"train again with: nightscore {COMMAND}",
        )
    if card.fine_network is None:
        return ImageDetector(network, card)
    check_arrays(tensors, {AROUND: (*card.fine_network.shape, 4)}, where, COMMAND)
    fine = FineModel(_model(card, card.fine_network, of_fine, where), tensors[AROUND])
    head = _head(card, tensors, where) if card.known and card.known.used else None
    return ImageDetector(replace(network, fine=fine, head=head), card)


def _head(card: ImageCard, tensors: dict[str, Tensor], where: str) -> DefectHead:
    """The head of known defects in tensors. UnusableError when it is not as the card says."""
    check_arrays(tensors, {KNOWN[0]: (*card.network.shape, None)}, where, COMMAND)
    axes = tensors[KNOWN[0]]
    check_arrays(tensors, dict.fromkeys(KNOWN[1:], (None, axes.shape[1])), where, COMMAND)
    return DefectHead(axes, tensors[KNOWN[1]], tensors[KNOWN[2]])


def _model(card: ImageCard, network: ImageVAEConfig, tensors: dict[str, Tensor], where: str) -> ImageModel:
    """The model in tensors. UnusableError when what stands beside the network is not as the card says."""
    count = sum(name.startswith("blocks.") for name in tensors)
    _check(network, tensors, count, where)
    weights = {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
    check_learned(weights, where, COMMAND)
    model = with_tensors(lambda: ImageVAE(network), weights, where, COMMAND)
    means, scales = (tuple(tensors[f"{part}.{n}"] for n in range(count)) for part in ("blocks", "scales"))
    memory = MemoryBank(tensors["memory.codes"], tensors["memory.mean"], tensors["memory.precision"])
    config = card.config
    return ImageModel(config.features, FeatureScaler(means, scales), model, memory, tensors["draws"], config.neighbours)


def _check(network: ImageVAEConfig, tensors: dict[str, Tensor], blocks: int, where: str) -> None:
    """UnusableError when what stands beside the network is not as the card says, or cannot be scored with."""
    latent = network.latent
    shapes: dict[str, Shape] = {"memory.codes": (None, latent), "memory.mean": (latent,)}
    shapes |= {"memory.precision": (latent, latent), "draws": (None, latent)}
    shapes |= {f"blocks.{number}": (None,) for number in range(blocks)}
    check_arrays(tensors, shapes, where, COMMAND)
    scales = tuple(f"scales.{number}" for number in range(blocks))
    if not set(scales) <= set(tensors):
        raise UnusableError(f"{where} lacks the scale of a feature", f"train again with: nightscore {COMMAND}")
    check_positive(tensors, scales, where, COMMAND)


def card_of(data: bytes, where: str) -> ImageCard:
    """The card in a detector file's bytes. ValueError when it is no such file, or of another format."""
    fields = card_in(data, where, "an image detector", (2, 3, FORMAT), COMMAND)
    return parse(ImageCard, _from_revision_2(fields) if fields["format"] == 2 else {**fields, "format": FORMAT}, where)


def _from_revision_2(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a card under today's names."""
    names = {"centre": "median", "spread": "std", "weights": "weights", "places": "position_bias"}
    normaliser = {names.get(name, name): value for name, value in dict(fields.get("balance", {})).items()}
    others = {name: value for name, value in fields.items() if name != "balance"}
    return {**others, "format": FORMAT, "normaliser": normaliser}


def file_of(card: ImageCard) -> ModelFile:
    """The file of a model in a store, by its card."""
    return ModelFile(KIND, card.camera, card.trained_through, card.accepted)


def save(store: Store, detector: ImageDetector) -> str:
    """Write a detector, in place of an earlier one of the same day with either verdict; the path written."""
    return ModelCatalogue(store).keep(file_of(detector.card), to_bytes(detector))


def serving(store: Store, camera: str, day: date) -> ModelFile | None:
    """The file of the newest accepted detector trained strictly before `day`, or None."""
    return ModelCatalogue(store).serving(KIND, camera, day)


def read_detector(store: Store, model: ModelFile) -> ImageDetector:
    """The detector in a file of the store. UnusableError as `from_bytes` raises it, both as `open_kept` does."""
    detector = from_bytes(store.read_bytes(model.path), model.path)
    if detector.network.features.backbone:
        open_kept(store, detector.network.features.backbone)
    check_place(model, file_of(detector.card))
    return detector


def read_card(store: Store, model: ModelFile) -> ImageCard:
    """The card in a file of the store. UnusableError as `card_of` raises it."""
    card = card_of(store.read_bytes(model.path), model.path)
    check_place(model, file_of(card))
    return card


def load_for(store: Store, camera: str, day: date) -> ImageDetector:
    """The detector that serves a day. NotThereError when none was trained before it."""
    return read_detector(store, ModelCatalogue(store).needed(KIND, camera, day))
