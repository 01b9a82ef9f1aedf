"""Trainings of a second each: scans of digits at 8 x 8 pixels, compared in their own pixels."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint
from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Layer
from synthesis.networks.progressive import ProgressiveDiscriminatorConfig, ProgressiveGeneratorConfig
from synthesis.networks.style import StyleGeneratorConfig
from synthesis.networks.style_discriminator import StyleDiscriminatorConfig
from synthesis.quality.extractors import Extractor
from synthesis.training.collapse import WatchConfig
from synthesis.training.config import TrainingConfig
from synthesis.training.loop import train
from synthesis.training.recipe import Recipe
from synthesis.training.run import Examples, Gain, GanHooks, Snapshot, TrainingRun, Validation

IMAGE = (1, 8, 8)
PIXELS = Extractor("pixels", lambda x: (x.flatten(1), None))
SCANS = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)[:, None]
EXAMPLES = Examples(SCANS[:1500], None, SCANS[1500:])


def recipe(spread: float | None = None, **training) -> Recipe:
    up = GeneratorConfig(
        image=IMAGE,
        latent=16,
        start=(32, 4),
        start_norm="batch",
        layers=(Layer(channels=32, norm="batch"), Layer(kind="shuffle", channels=1, activation="tanh")),
        initial_spread=spread,
    )
    down = (Layer(channels=16, activation="leaky-0.2"), Layer(channels=32, stride=2, activation="leaky-0.2"))
    config = {
        "loss": "hinge",
        "learning_rate": 2e-3,
        "betas": (0.0, 0.9),
        "batch": 32,
        "average_half_life": 50,
        "images": 6000,
    }
    return Recipe(
        preset="small",
        generator=up,
        discriminator=DiscriminatorConfig(image=IMAGE, layers=down, spectral=True, initial_spread=None),
        training=TrainingConfig.model_validate({**config, **training}),
    )


def trained(given: Recipe, seed: int = 0, snapshots: int = 3, **hooks):
    return train(TrainingRun(given, EXAMPLES, snapshots, seed), Validation(PIXELS, WatchConfig()), GanHooks(**hooks))


@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_run_raises_no_alarm_and_comes_nearer(seed):
    found = trained(recipe(), seed)
    assert (found.state, found.reason) == ("done", "")
    assert [snapshot.state for snapshot in found.history] == ["training", "training", "done"]
    assert found.history[-1].alarms == ()
    assert found.best.distance < found.history[0].distance or found.history[0].best
    assert found.best.distance == min(snapshot.distance for snapshot in found.history if not snapshot.alarms)
    assert found.history[-1].images == pytest.approx(6000, rel=0.01)


def test_a_generator_that_draws_one_image_is_stopped_and_named():
    dead = recipe(spread=1e-6, learning_rate=1e-9, discriminator_learning_rate=2e-3, average_half_life=0)
    found = trained(dead, snapshots=6)
    assert found.state == "collapsed"
    assert "drawn images are alike: 0%" in found.reason
    assert len(found.history) == 3
    assert found.best.alarms


def test_where_a_gain_is_measured_the_highest_one_chooses_and_not_the_distance():
    gains, drawn = iter((0.01, 0.03, 0.02)), []

    def gain(images, numbers):
        drawn.append((images.shape, np.bincount(numbers).tolist()))
        return next(gains)

    labels = load_digits().target[:1500]
    run = TrainingRun(with_classes(), Examples(SCANS[:1500], labels, SCANS[1500:]), 3, 0)
    found = train(run, Validation(PIXELS, WatchConfig(), Gain(10, gain)))
    assert [snapshot.gain for snapshot in found.history] == [0.01, 0.03, 0.02]
    assert found.best.epoch == 2
    assert drawn[0] == ((2048, *IMAGE), [205] * 8 + [204] * 2)


def test_a_healthy_snapshot_is_better_than_one_of_a_higher_gain_that_raised_an_alarm():
    fields = {"epoch": 1, "images": 1, "discriminator_loss": 0, "generator_loss": 0, "class_entropy": 1, "diversity": 1}
    sick = Snapshot(**fields, distance=1.0, state="training", best=False, gain=0.5, alarms=("alike",))
    well = Snapshot(**fields, distance=2.0, state="training", best=False, gain=0.1)
    near = Snapshot(**fields, distance=1.5, state="training", best=False)
    assert well.rank < sick.rank
    assert near.rank < near.model_copy(update={"distance": 2.0}).rank


class KilledError(Exception):
    """The machine went away."""


def kept_in(place: dict, dies_after: int | None = None) -> Checkpoint:
    """A checkpoint in memory; the run dies right after so many have been written."""

    def write(data: bytes) -> None:
        place["state"] = data
        place["count"] = place.get("count", 0) + 1
        if place["count"] == dies_after:
            raise KilledError

    return Checkpoint(lambda: place.get("state"), write, "a run")


@pytest.mark.parametrize("config", [{}, {"optimizer": "rmsprop"}, {"augmentation": ("shift",), "loss": "relativistic"}])
def test_a_killed_run_goes_on_to_the_same_weights(config):
    given, place = recipe(images=2000, **config), {}
    whole = trained(given)
    with pytest.raises(KilledError):
        trained(given, checkpoint=kept_in(place, dies_after=2))
    resumed = trained(given, checkpoint=kept_in(place))
    assert str(resumed.history) == str(whole.history)  # NaN differs from itself
    for name, tensor in whole.generator.state_dict().items():
        assert torch.equal(tensor, resumed.generator.state_dict()[name]), name


def with_classes() -> Recipe:
    given, ten = recipe(images=2000), {"classes": 10}
    pair = {part: getattr(given, part).model_copy(update=ten) for part in ("generator", "discriminator")}
    return given.model_copy(update=pair)


def growing() -> Recipe:
    return Recipe(
        preset="growing",
        generator=ProgressiveGeneratorConfig(image=IMAGE, latent=8, start=4, widths=(8, 8)),
        discriminator=ProgressiveDiscriminatorConfig(image=IMAGE, end=4, widths=(8, 8)),
        training=TrainingConfig(batch=32, images=2000, average_half_life=20),
    )


def styled() -> Recipe:
    return Recipe(
        preset="styled",
        generator=StyleGeneratorConfig(image=IMAGE, latent=8, style=8, mapping=2, start=4, widths=(8, 8)),
        discriminator=StyleDiscriminatorConfig(image=IMAGE, end=4, widths=(8, 8)),
        training=TrainingConfig(batch=32, images=2000, penalty="r1", path_weight=2.0, average_half_life=20),
    )


@pytest.mark.parametrize(
    "given", [growing(), styled(), recipe(images=2000, history_weight=1e-3)], ids=lambda given: given.preset
)
def test_a_run_killed_in_mid_fade_or_with_a_past_goes_on_to_the_same_weights(given):
    place = {}
    whole = trained(given, snapshots=4)
    with pytest.raises(KilledError):
        trained(given, snapshots=4, checkpoint=kept_in(place, dies_after=2))
    resumed = trained(given, snapshots=4, checkpoint=kept_in(place))
    assert str(resumed.history) == str(whole.history)
    for name, tensor in whole.generator.state_dict().items():
        assert torch.equal(tensor, resumed.generator.state_dict()[name]), name


def test_every_snapshot_is_shown_though_the_run_died_as_soon_as_its_state_was_kept():
    given, place, shown = recipe(images=600), {}, []

    def show(snapshot, images):
        shown.append((snapshot.epoch, images.tobytes()))

    trained(given, show=show)
    whole = list(shown)
    shown.clear()
    with pytest.raises(KilledError):
        trained(given, show=show, checkpoint=kept_in(place, dies_after=1))
    trained(given, show=show, checkpoint=kept_in(place))
    assert shown == whole


def test_a_checkpoint_of_another_run_is_passed_over():
    place = {}
    trained(recipe(images=600), checkpoint=kept_in(place))
    other = Checkpoint(lambda: place["state"], lambda data: None, "another run")
    assert trained(recipe(images=600), 1, checkpoint=other).history[0].epoch == 1


def test_a_loss_that_is_no_number_from_the_start_is_an_error():
    with pytest.raises(DivergedError, match=r"a loss became infinite or NaN before .* lower the learning rate"):
        trained(recipe(optimizer="sgd", learning_rate=1e30))


def test_a_loss_that_becomes_no_number_later_keeps_the_best_snapshot():
    steps = 6000 // 32
    found = trained(recipe(penalty="gradient", penalty_weight=1e38, penalty_every=steps // 2))
    assert found.state == "diverged"
    assert "a loss became infinite or NaN before" in found.reason
    assert [snapshot.state for snapshot in found.history] == ["training", "diverged"]
    assert found.best.epoch == 1
    assert all(torch.isfinite(tensor).all() for tensor in found.generator.state_dict().values())


def test_progress_and_sheets_of_fixed_codes_are_told():
    told, sheets = [], []
    trained(
        recipe(images=3000),
        progress=lambda done, most, note: told.append((done, most, note)),
        show=lambda snapshot, images: sheets.append((snapshot.epoch, images)),
    )
    assert told[-1][0] == told[-1][1] == 94 * 32
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][2].startswith("losses ")
    assert [number for number, _ in sheets] == [1, 2, 3]
    assert all(images.shape == (64, *IMAGE) for _, images in sheets)
