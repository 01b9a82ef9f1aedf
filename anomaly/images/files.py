"""The files of a camera's detectors: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from anomaly.images.detector import FORMAT, ImageCard, ImageDetector
from anomaly.images.scoring import FeatureScaler, ImageModel, MemoryBank
from anomaly.images.vae import ImageVAE
from sensors_data.model_files import ModelCatalogue, ModelFile, card_in
from sensors_data.nets.files import model_bytes, tensors_of, with_tensors
from sensors_data.settings import parse
from sensors_data.store import Store

KIND = "images"


def to_bytes(detector: ImageDetector) -> bytes:
    """The detector as the bytes of a safetensors file; the same detector gives the same bytes."""
    network, memory = detector.network, detector.network.memory
    tensors = {f"model.{name}": tensor for name, tensor in network.model.state_dict().items()}
    tensors |= {"memory.codes": memory.codes, "memory.mean": memory.mean, "memory.precision": memory.precision}
    tensors |= {f"blocks.{number}": mean for number, mean in enumerate(network.scaler.means)}
    tensors |= {f"scales.{number}": scale for number, scale in enumerate(network.scaler.scales)}
    tensors |= {"draws": network.draws}
    return model_bytes(tensors, detector.card)


def from_bytes(data: bytes, where: str) -> ImageDetector:
    """The detector in a file's bytes. ValueError when they are none, or of another format."""
    card = card_of(data, where)
    tensors = tensors_of(data, where, "train-images")
    weights = {n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")}
    model = with_tensors(ImageVAE(card.network), weights, where, "train-images")
    count = sum(name.startswith("blocks.") for name in tensors)
    means, scales = (tuple(tensors[f"{part}.{n}"] for n in range(count)) for part in ("blocks", "scales"))
    scaler = FeatureScaler(means, scales)
    memory = MemoryBank(tensors["memory.codes"], tensors["memory.mean"], tensors["memory.precision"])
    config = card.config
    network = ImageModel(config.features, scaler, model, memory, tensors["draws"], config.neighbours)
    return ImageDetector(network, card)


def card_of(data: bytes, where: str) -> ImageCard:
    """The card in a detector file's bytes. ValueError when it is no such file, or of another format."""
    fields = card_in(data, where, "an image detector", (2, FORMAT), "train-images")
    return parse(ImageCard, _from_revision_2(fields) if fields["format"] == 2 else fields, where)


def _from_revision_2(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a card under today's names."""
    names = {"centre": "median", "spread": "std", "weights": "weights", "places": "position_bias"}
    normaliser = {names[name]: value for name, value in fields["balance"].items()}
    others = {name: value for name, value in fields.items() if name != "balance"}
    return {**others, "format": FORMAT, "normaliser": normaliser}


def save(store: Store, detector: ImageDetector) -> str:
    """Keep a detector; what it was before, accepted or rejected, gives way. The path written."""
    card = detector.card
    model = ModelFile(KIND, card.camera, card.trained_through, card.accepted)
    return ModelCatalogue(store).keep(model, to_bytes(detector))


def serving(store: Store, camera: str, day: date) -> ModelFile | None:
    """The file of the newest accepted detector trained strictly before `day`, or None."""
    return ModelCatalogue(store).serving(KIND, camera, day)


def read_detector(store: Store, model: ModelFile) -> ImageDetector:
    """The detector in a file of the store. UnusableError as `from_bytes` raises it."""
    return from_bytes(store.read_bytes(model.path), model.path)


def read_card(store: Store, model: ModelFile) -> ImageCard:
    """The card in a file of the store. UnusableError as `card_of` raises it."""
    return card_of(store.read_bytes(model.path), model.path)


def load_for(store: Store, camera: str, day: date) -> ImageDetector:
    """The detector that serves a day. NotThereError when none was trained before it."""
    return read_detector(store, ModelCatalogue(store).needed(KIND, camera, day))
