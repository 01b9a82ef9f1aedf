"""The job that trains a camera's upscaler, and images of any size enlarged by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import torch

from sensors_data.errors import UnusableError
from sensors_data.images.files import MAX_PIXELS
from sensors_data.model_files import unfinished
from sensors_data.nets.checkpoint import stored_checkpoint
from sensors_data.nets.threads import one_thread
from sensors_data.nets.training import Hooks, Progress
from sensors_data.runs import Done, run_job
from sensors_data.settings import Settings
from sensors_data.store import Store
from synthesis.jobs import hash_of, read_material
from synthesis.upscaling.files import KIND, TrainedUpscaler, UpscalerCard, save
from synthesis.upscaling.learning import UpscalingSettings, as_unit, learn_upscaler, measured
from synthesis.upscaling.network import Upscaler, upscaled

TILE = 256
"""Side of the parts in which an image is enlarged, pixels of the small image."""
MARGIN = 24
"""Pixels around a part that its enlargement can depend on, at most: more than the network sees."""


def train_upscaler(
    settings: Settings,
    day: date,
    camera: str,
    progress: Callable[[str], Progress] | None = None,
    wanted: UpscalingSettings | None = None,
) -> str:
    """Job: learn to enlarge a camera's images from those of the days before `day`; accept it if it beats bicubic.

    A training that was killed continues. NotThereError when there is no image, UnusableError when there are too few,
    DivergedError when a loss is no number.
    """
    store, how = Store(settings.store), wanted or UpscalingSettings()
    return run_job(
        store,
        "train-upscaler",
        day,
        camera,
        lambda: _train(store, settings, day, camera, how, progress(camera) if progress else None),
    )


def _train(
    store: Store, settings: Settings, day: date, camera: str, how: UpscalingSettings, progress: Progress | None
) -> Done:
    through = day - timedelta(days=1)
    material = read_material(store, settings, through, camera)
    state = unfinished(KIND, camera)
    checkpoint = stored_checkpoint(store, state, f"{how.model_dump_json()} {day} {settings.seed} {hash_of(material)}")
    network = learn_upscaler(material.learned, how, settings.seed, Hooks(progress, checkpoint))
    fidelity = measured(network, material.held_out)
    gain = fidelity.psnr - fidelity.bicubic_psnr
    card = UpscalerCard(
        camera=camera,
        trained_through=through,
        network=network.config,
        perceptual=how.perceptual,
        images=len(material.learned),
        psnr=fidelity.psnr,
        ssim=fidelity.ssim,
        bicubic_psnr=fidelity.bicubic_psnr,
        bicubic_ssim=fidelity.bicubic_ssim,
        seed=settings.seed,
        accepted=gain > 0,
        verdict=f"{gain:+.2f} dB against bicubic on {len(material.held_out)} images held out",
    )
    path = save(store, TrainedUpscaler(network, card))
    store.remove(state)
    verdict = "accepted" if card.accepted else "rejected"
    return Done(
        card.images,
        f"trained an upscaler of {camera} for {day}: {card.images:,} images, {how.factor} times, "
        f"PSNR {card.psnr:.2f} dB (bicubic {card.bicubic_psnr:.2f}), "
        f"SSIM {card.ssim:.3f} (bicubic {card.bicubic_ssim:.3f}), {verdict}, {path}",
    )


def enlarged(network: Upscaler, image: np.ndarray) -> np.ndarray:
    """An image uint8 (C, H, W) of any size, enlarged, uint8 (C, fH, fW).

    It is enlarged in parts that overlap by more than the network sees, so that no seam shows and memory is bounded.
    UnusableError for an image that is so large already that nobody could read what comes out.
    """
    factor, (channels, height, width) = network.config.factor, image.shape
    if (pixels := factor**2 * height * width) > MAX_PIXELS:
        raise UnusableError(
            f"{width} x {height} pixels are large already: {factor} times that is {pixels:,}",
            f"pictures of up to {MAX_PIXELS // factor**2:,} pixels are enlarged",
        )
    out = np.empty((channels, factor * height, factor * width), np.uint8)
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            first_row, first_column = max(0, top - MARGIN), max(0, left - MARGIN)
            rows, columns = min(TILE, height - top), min(TILE, width - left)
            part = image[None, :, first_row : top + rows + MARGIN, first_column : left + columns + MARGIN]
            with one_thread():
                large = upscaled(network, as_unit(part))[0]
            above, before = factor * (top - first_row), factor * (left - first_column)
            inner = large[:, above : above + factor * rows, before : before + factor * columns]
            place = (slice(factor * top, factor * (top + rows)), slice(factor * left, factor * (left + columns)))
            out[:, *place] = inner.mul(255).round().to(torch.uint8).numpy()
    return out
