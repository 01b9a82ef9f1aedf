"""The files of a camera's generators: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import torch

from sensors_data.model_files import ModelCatalogue, ModelFile, card_in, check_place
from sensors_data.nets.files import fingerprint, model_bytes, network_in
from sensors_data.settings import Section, parse
from sensors_data.store import Store
from synthesis.networks.kinds import AnyGeneratorConfig, generator_of
from synthesis.networks.pair import GeneratorNetwork

FORMAT = 3
"""Revision of the generator's file. Revision 2, in which the cutoff had another name, is read; others are refused."""
KIND = "generators"


class GeneratorCard(Section):
    """A generator's description of itself, JSON in its file."""

    format: int = FORMAT
    camera: str
    trained_through: date
    preset: str
    network: AnyGeneratorConfig
    classes: tuple[str, ...] = ()
    """Names of the classes that it draws; empty for a generator without classes."""
    shares: tuple[float, ...] = ()
    """The share of each class among its training images."""
    images: int
    """Its training images."""
    shown: int
    """Real images shown in training until these weights, with repeats."""
    distance: float | None = None
    """Frechet distance to held-out images, None where it could not be measured."""
    features: str = ""
    """Name and hash of the features in which that distance was measured."""
    holdout_cutoff: int | None = None
    """Images whose number (`learning.number_of`) is at most this were held out; None where there was no such split."""
    seed: int
    start: str = ""
    """The generator with whose weights training began, id and fingerprint; empty for random weights."""
    settings: str = ""
    state: str = "done"
    """How training ended: done, collapsed or diverged."""
    accepted: bool = True
    verdict: str = ""


@dataclass(frozen=True)
class TrainedGenerator:
    """A generator that draws, and its card."""

    network: GeneratorNetwork
    card: GeneratorCard

    @property
    def name(self) -> str:
        """The model id as tables carry it: camera and the last day it was trained on."""
        return f"{self.card.camera}@{self.card.trained_through}"

    @property
    def fingerprint(self) -> str:
        """A hash of the weights: generators with the same fingerprint draw the same images."""
        return fingerprint(self.network)[:16]


def to_bytes(generator: TrainedGenerator) -> bytes:
    """The generator as the bytes of a safetensors file; the same generator gives the same bytes."""
    return model_bytes(generator.network.state_dict(), generator.card)


def from_bytes(data: bytes, where: str) -> TrainedGenerator:
    """The generator in a file's bytes. ValueError when they are none, cut short, or of another format."""
    card = card_of(data, where)
    network = network_in(lambda: generator_of(card.network), data, where, "train-dcgan")
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return TrainedGenerator(network, card)


def card_of(data: bytes, where: str) -> GeneratorCard:
    """The card in a generator file's bytes. ValueError when it is no such file, or of another format."""
    fields = card_in(data, where, "a generator", (2, FORMAT), "train-dcgan")
    if fields["format"] == 2:
        others = {name: value for name, value in fields.items() if name != "held_out_through"}
        fields = {**others, "format": FORMAT, "holdout_cutoff": fields.get("held_out_through")}
    return parse(GeneratorCard, fields, where)


def file_of(card: GeneratorCard) -> ModelFile:
    """The file of a model in a store, by its card."""
    return ModelFile(KIND, card.camera, card.trained_through, card.accepted)


def save(store: Store, generator: TrainedGenerator) -> str:
    """Write a generator, in place of an earlier one of the same day with either verdict; the path written."""
    return ModelCatalogue(store).keep(file_of(generator.card), to_bytes(generator))


def serving(store: Store, camera: str, day: date) -> ModelFile | None:
    """The file of the newest accepted generator trained strictly before `day`, or None."""
    return ModelCatalogue(store).serving(KIND, camera, day)


def read_generator(store: Store, model: ModelFile) -> TrainedGenerator:
    """The generator in a file of the store. UnusableError as `from_bytes` raises it."""
    generator = from_bytes(store.read_bytes(model.path), model.path)
    check_place(model, file_of(generator.card))
    return generator


def load_for(store: Store, camera: str, day: date) -> TrainedGenerator:
    """The generator that serves a day. NotThereError when none was trained before it."""
    return read_generator(store, ModelCatalogue(store).needed(KIND, camera, day, "generator"))


def load_by_name(store: Store, name: str) -> TrainedGenerator:
    """An accepted generator by its id, as tables and drawn images carry it. NotThereError when it is gone."""
    return read_generator(store, ModelCatalogue(store).called(KIND, name))
