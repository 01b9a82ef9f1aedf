"""The settings of a camera's generator: `[cameras.NAME.generator]`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sensors_data.errors import UnusableError
from sensors_data.settings import Section, Settings, parse
from synthesis.presets.catalogue import PRESETS, preset, sides_of
from synthesis.quality.gate import GateConfig
from synthesis.training.collapse import WatchConfig
from synthesis.training.recipe import Recipe


class GeneratorSettings(Section):
    """How a camera's generator is trained, how much is drawn per day, and when a batch passes."""

    preset: str = "default"
    """The networks and how they are trained; `nightscore presets list` names them all."""
    days: int = Field(28, ge=1, le=3650)
    """Length of the training span, days."""
    start_from: str = ""
    """The camera with whose newest generator the training begins instead of random weights: then fewer images suffice.
    Both need the same preset, size, channels and number of classes."""
    learns_from: Literal["normal", "all"] = "normal"
    """normal: images labelled normal or not at all. all: every label is a class that can be requested."""
    leave_out: tuple[str, ...] = ()
    """Labels of images that are left out of training."""
    images: int | None = Field(None, ge=1)
    """Number of real images shown in training, with repeats; by default the preset's."""
    snapshots: int = Field(10, ge=1, le=1000)
    """Number of snapshots, of which the best is used."""
    chosen_by: Literal["distance", "gain"] = "distance"
    """How the best snapshot is chosen: by its distance to held-out images, or by what its images add to a classifier's
    accuracy on them. A gain needs classes, and two classifiers more for each snapshot."""
    devices: int = Field(1, ge=1, le=64)
    """Number of processes that share a training, each on its own GPU or, without GPUs, on a part of the cores."""
    held_out: float = Field(0.1, gt=0, lt=0.9)
    """Share of the images that is held out for snapshots and the gate."""
    classifier_images: int = Field(150_000, ge=1)
    """With classes: number of images, with repeats, shown to the classifier in whose features drawn images are judged;
    at most 20 times the number of images."""
    training: dict[str, Any] = {}
    """Keys of TrainingConfig that differ from the preset's."""
    inception: str | None = None
    """Path of the published Inception weights, relative to the working folder; with it the FID is reported too."""
    watch: WatchConfig = WatchConfig()
    """When a training is stopped early."""
    gate: GateConfig = GateConfig()
    """Limits that a batch must meet to be published."""
    count: int = Field(2048, ge=1)
    """Number of images drawn per day."""
    may_use: str = ""
    """A sentence on who may use the drawn images and for what; printed on the data sheet of every batch."""
    truncation: float = Field(1.0, gt=0, le=1)
    """Below 1, codes are drawn nearer to the mean: cleaner but less diverse images."""


def generator_settings(settings: Settings, camera: str) -> GeneratorSettings:
    """The generator section of a camera's settings. ValueError names the wrong key."""
    return parse(GeneratorSettings, settings.camera(camera).generator, f"[cameras.{camera}.generator]")


def recipe_of(settings: Settings, camera: str, classes: int) -> Recipe:
    """The recipe that a camera's settings ask for. ValueError names a wrong key, or a size that cannot be drawn."""
    spec, generation = settings.camera(camera), generator_settings(settings, camera)
    if generation.preset in PRESETS and PRESETS[generation.preset].conditional and not classes:
        raise UnusableError(
            f"preset {generation.preset} needs the class of each image, and {camera} has none",
            f'set learns_from = "all" in [cameras.{camera}.generator], or take another preset',
        )
    if generation.preset in PRESETS and classes and not PRESETS[generation.preset].takes_classes:
        raise UnusableError(
            f"preset {generation.preset} cannot have classes, and {camera} learns from all labels",
            f'set learns_from = "normal" in [cameras.{camera}.generator], or take another preset',
        )
    try:
        recipe = preset(generation.preset, (spec.channels, spec.size, spec.size), classes)
    except ValueError as error:
        sizes = ", ".join(map(str, sides_of(generation.preset)))
        raise UnusableError(
            f"preset {generation.preset} cannot draw {spec.size} pixels a side",
            f"set size of [cameras.{camera}] to {sizes}",
        ) from error
    changes = {**generation.training, **({} if generation.images is None else {"images": generation.images})}
    return recipe.changed(changes, f"[cameras.{camera}.generator.training]")
