"""The file of the classifier beside its generator: later batches are judged in the same features."""

from __future__ import annotations

from datetime import date

from sensors_data.errors import NotThereError
from sensors_data.model_files import ModelCatalogue, ModelFile, card_in
from sensors_data.nets.files import model_bytes, tensors_of, with_tensors
from sensors_data.settings import Section, parse
from sensors_data.store import Store
from synthesis.quality.classifier import Classifier
from synthesis.quality.extractors import Extractor, lite0_extractor, of_classifier

FORMAT = 1
KIND = "features"


class FeaturesCard(Section):
    """A saved classifier's description of itself."""

    format: int = FORMAT
    name: str
    image: tuple[int, int, int]
    classes: int


def save_extractor(store: Store, camera: str, through: date, extractor: Extractor) -> None:
    """Save an extractor's classifier; a frozen network comes with its package and is not saved."""
    network = extractor.classifier
    if network is None:
        return
    ModelCatalogue(store).keep(ModelFile(KIND, camera, through, accepted=True), to_bytes(extractor.name, network))


def to_bytes(name: str, network: Classifier) -> bytes:
    """A classifier called `name` as the bytes of a safetensors file."""
    card = FeaturesCard(name=name, image=network.image, classes=network.classes)
    return model_bytes(network.state_dict(), card)


def from_bytes(data: bytes, where: str) -> Extractor:
    """The extractor in a file's bytes. ValueError when it is none, cut short, or of another format."""
    card = parse(FeaturesCard, card_in(data, where, "a classifier", (FORMAT,), "train-dcgan"), where)
    tensors = tensors_of(data, where, "train-dcgan")
    return of_classifier(
        card.name, with_tensors(lambda: Classifier(card.image, card.classes), tensors, where, "train-dcgan")
    )


def load_extractor(store: Store, camera: str, through: date, name: str) -> Extractor:
    """The extractor called `name` in which a generator was judged.

    LookupError when it is gone or was replaced, ValueError when the file cannot be read.
    """
    remedy = f"run: nightscore train-dcgan --camera {camera}"
    path = ModelFile(KIND, camera, through, accepted=True).path
    if store.exists(path):
        extractor = from_bytes(store.read_bytes(path), path)
        if extractor.name == name:
            return extractor
    frozen = lite0_extractor()
    if frozen.name != name:
        raise NotThereError(f"the features '{name}' that {camera}@{through} was judged in are gone", remedy)
    return frozen
