import pytest
import torch

from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Layer
from synthesis.training.config import TrainingConfig
from synthesis.training.recipe import Recipe
from synthesis.training.step import as_pixels, initial_state, schedule, train_step

IMAGE = (1, 8, 8)
GENERATOR = GeneratorConfig(
    image=IMAGE,
    latent=4,
    start=(8, 4),
    start_norm="batch",
    layers=(Layer(kind="shuffle", channels=1, activation="tanh"),),
)
DISCRIMINATOR = DiscriminatorConfig(image=IMAGE, layers=(Layer(channels=8, stride=2, activation="leaky-0.2"),))


def gan_of(**config):
    training = TrainingConfig(batch=8, **config)
    return initial_state(Recipe(preset="small", generator=GENERATOR, discriminator=DISCRIMINATOR, training=training), 0)


def real(seed: int = 0) -> torch.Tensor:
    return torch.rand(8, *IMAGE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def after(gan, steps: int, batches: int = 1):
    draws = torch.Generator().manual_seed(1)
    for step in range(1, steps + 1):
        losses = train_step(gan, [(real(step), None)] * batches, step, step / steps, draws)
    return losses


@pytest.mark.parametrize(
    "config",
    [
        {"loss": "bce", "real_target": 0.9},
        {"loss": "least-squares", "optimizer": "rmsprop"},
        {"loss": "hinge", "augmentation": ("colour", "shift", "cutout", "flip")},
        {"loss": "wasserstein", "clip": 0.01, "optimizer": "rmsprop"},
        {"loss": "wasserstein", "penalty": "gradient"},
        {"loss": "relativistic", "penalty": "r1-r2", "penalty_every": 2, "weight_decay": 1e-4},
        {"loss": "hinge", "optimizer": "sgd", "schedule": "cosine", "average_half_life": 10},
        {"loss": "hinge", "precision": "bf16", "penalty": "gradient"},
        {"matches_features": True},
    ],
    ids=str,
)
def test_every_loss_penalty_and_optimizer_trains_both_networks_the_same_way_twice(config):
    first, second = gan_of(**config), gan_of(**config)
    before = [p.detach().clone() for p in first.discriminator.parameters()]
    losses = after(first, 3)
    assert torch.isfinite(torch.stack(losses)).all()
    assert all(torch.equal(a, b) for a, b in zip(losses, after(second, 3), strict=True))
    for one, other in ((first.generator, second.generator), (first.discriminator, second.discriminator)):
        assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(before, first.discriminator.parameters(), strict=True))


def test_clipping_keeps_every_weight_of_the_critic_within_its_limit():
    gan = gan_of(loss="wasserstein", clip=0.01)
    after(gan, 2)
    assert max(float(p.detach().abs().max()) for p in gan.discriminator.parameters()) <= 0.01


def test_a_discriminator_can_take_several_steps_for_one_of_the_generator():
    one, five = gan_of(optimizer="sgd"), gan_of(optimizer="sgd")
    draws = [torch.Generator().manual_seed(1) for _ in range(2)]
    batch = (real(), None)
    train_step(one, [batch], 1, 0, draws[0])
    train_step(five, [batch] * 5, 1, 0, draws[1])
    assert not torch.equal(one.discriminator.dense.weight, five.discriminator.dense.weight)


def test_the_average_follows_at_once_and_then_more_slowly():
    gan = gan_of(loss="hinge", average_half_life=500)
    start = gan.generator.dense.weight.detach().clone()
    after(gan, 1)
    moved = gan.generator.dense.weight - start
    followed = gan.average.dense.weight - start
    assert torch.allclose(followed, moved * (1 - 0.5 ** (1 / 0.05)), atol=1e-7)  # half-life: a twentieth of one step


def test_rates_fall_as_their_schedule_says():
    cosine, halves = TrainingConfig(schedule="cosine"), TrainingConfig(schedule="exponential", decay_steps=100)
    assert [schedule(cosine, 1, done) for done in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0])
    assert [schedule(halves, step, 0) for step in (0, 100, 200)] == pytest.approx([1, 0.5, 0.25])
    assert schedule(TrainingConfig(), 7, 0.9) == 1


def test_pixels_span_what_the_generator_draws():
    levels = torch.tensor([0, 255], dtype=torch.uint8)
    assert as_pixels(levels, -1.0).tolist() == [-1, 1]
    assert as_pixels(levels, 0.0).tolist() == [0, 1]
