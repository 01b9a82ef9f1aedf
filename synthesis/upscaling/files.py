"""The files of a camera's upscalers: one safetensors file each, the card in its metadata; which one serves a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sensors_data.model_files import ModelCatalogue, ModelFile, card_in, check_place
from sensors_data.nets.files import model_bytes, network_in
from sensors_data.settings import Section, parse
from sensors_data.store import Store
from synthesis.upscaling.network import Upscaler, UpscalerConfig

FORMAT = 1
KIND = "upscalers"
_COMMAND = "train-upscaler"


class UpscalerCard(Section):
    """An upscaler's description of itself, JSON in its file."""

    format: int = FORMAT
    camera: str
    trained_through: date
    network: UpscalerConfig
    perceptual: bool
    images: int
    """Its training images."""
    psnr: float
    """Of held-out images from their reductions, dB."""
    ssim: float
    bicubic_psnr: float
    bicubic_ssim: float
    seed: int
    accepted: bool = True
    verdict: str = ""


@dataclass(frozen=True)
class TrainedUpscaler:
    """A network that enlarges, and its card."""

    network: Upscaler
    card: UpscalerCard

    @property
    def name(self) -> str:
        """The model id: camera and the last day it was trained on."""
        return f"{self.card.camera}@{self.card.trained_through}"


def to_bytes(upscaler: TrainedUpscaler) -> bytes:
    """The upscaler as the bytes of a safetensors file; the same one gives the same bytes."""
    return model_bytes(upscaler.network.state_dict(), upscaler.card)


def from_bytes(data: bytes, where: str) -> TrainedUpscaler:
    """The upscaler in a file's bytes. UnusableError when they are none, cut short, or of another format."""
    card = parse(UpscalerCard, card_in(data, where, "an upscaler", (FORMAT,), _COMMAND), where)
    return TrainedUpscaler(network_in(lambda: Upscaler(card.network), data, where, _COMMAND), card)


def file_of(card: UpscalerCard) -> ModelFile:
    """The file of a model in a store, by its card."""
    return ModelFile(KIND, card.camera, card.trained_through, card.accepted)


def save(store: Store, upscaler: TrainedUpscaler) -> str:
    """Write an upscaler, in place of an earlier one of the same day with either verdict; the path written."""
    return ModelCatalogue(store).keep(file_of(upscaler.card), to_bytes(upscaler))


def load_for(store: Store, camera: str, day: date) -> TrainedUpscaler:
    """The upscaler that serves a day. NotThereError when none was trained before it."""
    model = ModelCatalogue(store).needed(KIND, camera, day, "upscaler")
    upscaler = from_bytes(store.read_bytes(model.path), model.path)
    check_place(model, file_of(upscaler.card))
    return upscaler
