"""A translator's file: one safetensors file, the card in its metadata, wherever its owner keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from sensors_data.model_files import card_in
from sensors_data.nets.files import model_bytes, network_in
from sensors_data.settings import Section, parse
from synthesis.translation.networks import Translator, TranslatorConfig

FORMAT = 1
_COMMAND = "train-translator"


class TranslatorCard(Section):
    """A translator's description of itself, JSON in its file."""

    format: int = FORMAT
    network: TranslatorConfig
    kinds: tuple[str, str]
    """Names of the folders that it learned from."""
    images: tuple[int, int]
    """Images of each kind that it learned from."""
    error: float
    """Mean absolute error on held-out images, grey levels: of pairs, otherwise of the way forth and back."""
    seed: int


@dataclass(frozen=True)
class TrainedTranslator:
    """A network that translates, and its card."""

    network: Translator
    card: TranslatorCard


def to_bytes(translator: TrainedTranslator) -> bytes:
    """The translator as the bytes of a safetensors file; the same one gives the same bytes."""
    return model_bytes(translator.network.state_dict(), translator.card)


def from_bytes(data: bytes, where: str) -> TrainedTranslator:
    """The translator in a file's bytes. UnusableError when they are none, cut short, or of another format."""
    card = parse(TranslatorCard, card_in(data, where, "a translator", (FORMAT,), _COMMAND), where)
    return TrainedTranslator(network_in(lambda: Translator(card.network), data, where, _COMMAND), card)
