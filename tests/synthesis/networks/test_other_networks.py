"""What the papers' networks compute, against their formulas written out."""

import math

import pytest
import torch
from torch.nn import functional as F

from synthesis.networks.attention import SelfAttention
from synthesis.networks.energy import EnergyDiscriminator
from synthesis.networks.flat import Maxout
from synthesis.networks.information import InformationGenerator, code_loss
from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.networks.laplacian import LaplacianGenerator, blurred
from synthesis.networks.multi_scale import MultiScaleDiscriminator, MultiScaleGenerator, side_by_side, taken_apart
from synthesis.networks.noisy import NoisyGenerator
from synthesis.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator, level_at
from synthesis.networks.residual import ConditionalNorm
from synthesis.networks.style import StyledLayer, StyleGenerator, StyleGeneratorConfig
from synthesis.presets.catalogue import preset

IMAGE = (1, 28, 28)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_a_maxout_unit_gives_the_largest_of_its_pieces():
    unit = Maxout(3, 2, pieces=4)
    x = torch.randn(5, 3)
    pieces = x @ unit.dense.weight.T + unit.dense.bias
    assert torch.allclose(unit(x), torch.stack([pieces[:, :4].amax(1), pieces[:, 4:].amax(1)], 1))


def test_attention_begins_as_nothing_and_then_adds_a_weighted_mean_of_all_places():
    attention, x = SelfAttention(16), torch.randn(2, 16, 6, 6)
    assert torch.equal(attention(x), x)
    with torch.no_grad():
        attention.weight.fill_(0.5)
        attention.query.weight.zero_()  # every place weighs the same
        mean = F.max_pool2d(attention.value(x), 2).mean((2, 3), keepdim=True)
        assert torch.allclose(attention(x), x + 0.5 * attention.out(mean), atol=1e-6)


def test_a_conditional_norm_without_a_say_of_its_condition_is_plain_normalisation():
    norm, x = ConditionalNorm(4, 3), 5 + torch.randn(8, 4, 6, 6)
    plain = F.batch_norm(x, None, None, training=True)
    assert torch.allclose(norm(x, torch.zeros(8, 3)), plain, atol=1e-5)
    assert not torch.allclose(norm(x, torch.ones(8, 3)), plain, atol=1e-2)


@pytest.mark.parametrize(("done", "level"), [(0, 0), (0.19, 0), (0.3, 0.5), (0.5, 1), (0.7, 1.5), (0.8, 2), (1, 2)])
def test_levels_are_stable_and_fade_for_equal_spans(done, level):
    assert level_at(done, 3) == pytest.approx(level)


def test_a_growing_pair_draws_and_sees_only_the_detail_of_its_level():
    recipe = preset("progressive", IMAGE)
    generator, discriminator = ProgressiveGenerator(recipe.generator), ProgressiveDiscriminator(recipe.discriminator)
    z, x = torch.randn(2, 100), torch.rand(2, 1, 28, 28)
    for done, block in ((0.0, 4), (0.3, 2), (1.0, 1)):
        generator.grow(done)
        discriminator.grow(done)
        drawn = generator(z)
        coarse = F.avg_pool2d(drawn, block)
        assert torch.allclose(F.interpolate(coarse, scale_factor=block), drawn, atol=1e-6)
        shown = discriminator.shown_to_train(x)
        assert torch.allclose(discriminator(shown), discriminator(x if block == 1 else shown), atol=1e-5)
    assert not torch.allclose(F.interpolate(F.avg_pool2d(drawn, 2), scale_factor=2), drawn, atol=1e-3)


def test_a_level_fades_in_from_the_one_before_without_a_jump():
    generator = ProgressiveGenerator(preset("progressive", IMAGE).generator)
    z = torch.randn(2, 100)
    at = {}
    for done in (0.2, 0.2 + 1e-9, 0.4 - 1e-9, 0.4):
        generator.grow(done)
        at[done] = generator(z)
    before, begins, ends, after = at.values()
    assert torch.allclose(before, begins, atol=1e-5)
    assert torch.allclose(ends, after, atol=1e-5)
    assert not torch.allclose(before, after, atol=1e-2)


def test_images_of_every_size_lie_side_by_side_and_come_apart_again():
    images = [torch.randn(2, 3, side, side) for side in (16, 8, 4)]
    packed = side_by_side(images)
    assert packed.shape == (2, 3, 16, 24)
    assert all(torch.equal(a, b) for a, b in zip(images, taken_apart(packed, 3), strict=True))


def test_a_multi_scale_discriminator_reaches_every_size_that_was_drawn():
    recipe = preset("msg", IMAGE)
    generator, discriminator = MultiScaleGenerator(recipe.generator), MultiScaleDiscriminator(recipe.discriminator)
    discriminator(generator.drawn_to_train(torch.randn(2, 100))).sum().backward()
    assert all(way.weight.grad.abs().sum() > 0 for way in generator.to_image)


def layer(version: int) -> tuple[StyledLayer, torch.Tensor, torch.Tensor]:
    config = StyleGeneratorConfig(image=(1, 8, 8), version=version, style=5, start=8, widths=(3,))
    return StyledLayer(3, 4, 8, config, 0).eval(), torch.randn(2, 3, 8, 8), torch.randn(2, 5)


def test_modulated_weights_give_what_scaling_each_images_own_weights_gives():
    styled, x, style = layer(2)
    scales = styled.style(style)
    for number in range(2):
        weight = styled.weight * styled.scale * scales[number][:, None, None]
        weight = weight / (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        expected = F.leaky_relu(F.conv2d(x[number : number + 1], weight, padding=1), 0.2) * math.sqrt(2)
        assert torch.allclose(styled(x, style)[number : number + 1], expected, atol=1e-5)


def test_adapted_maps_have_the_mean_and_spread_that_their_style_asks_for():
    styled, x, style = layer(1)
    gain, offset = styled.style(style).chunk(2, 1)
    maps = styled(x, style)
    assert torch.allclose(maps.mean((2, 3)), offset, atol=1e-4)
    assert torch.allclose(maps.std((2, 3), correction=0), (1 + gain).abs(), atol=1e-3)


def test_a_style_generator_mixes_while_it_trains_and_repeats_itself_when_it_draws():
    generator = StyleGenerator(preset("style2", IMAGE).generator)
    z = torch.randn(4, 128)
    assert not torch.equal(generator.drawn_to_train(z), generator.drawn_to_train(z))
    generator.eval()
    assert torch.equal(generator(z), generator(z))
    coarse, fine = generator.styles(z[:1]), generator.styles(z[1:2])
    mixed = torch.cat([coarse[:, :2], fine[:, 2:]], 1)
    one, other = generator(z[:1]), generator(z[1:2])
    both = generator.drawn_from(mixed)
    assert not torch.allclose(both, one, atol=1e-3)
    assert not torch.allclose(both, other, atol=1e-3)


def test_the_path_penalty_is_the_spread_of_lengths_around_their_running_mean():
    generator = StyleGenerator(preset("style2", IMAGE).generator).eval()
    first = generator.path_penalty(torch.randn(8, 128))
    mean = float(generator.mean_length)
    assert mean > 0
    assert first.item() >= (99 * mean) ** 2  # the running mean has moved by a hundredth of the way from nought
    generator.mean_length.mul_(100)
    assert generator.path_penalty(torch.randn(8, 128)).item() < first.item() / 2


def test_the_energy_is_the_distance_of_an_image_from_its_reconstruction():
    discriminator = EnergyDiscriminator(preset("ebgan", IMAGE).discriminator).eval()
    x = torch.rand(3, 1, 28, 28)
    verdict = discriminator.discriminate(x)
    _, reconstructed = discriminator.reconstruct(x)
    assert torch.allclose(verdict.logit, -(x - reconstructed).square().sum((1, 2, 3)).sqrt())


def test_normal_codes_hold_every_category_equally_often_and_uniform_numbers():
    generator = InformationGenerator(preset("infogan", IMAGE).generator)
    category, numbers = generator.known_part(torch.randn(20_000, 74))
    assert torch.bincount(category).div(2000).tolist() == pytest.approx([1.0] * 10, abs=0.08)
    assert numbers.abs().max() <= 1
    assert torch.quantile(numbers, torch.tensor([0.25, 0.5, 0.75])).tolist() == pytest.approx([-0.5, 0, 0.5], abs=0.03)


def test_a_code_that_is_not_recovered_costs_the_entropy_of_its_category():
    category, numbers = torch.tensor([3, 1]), torch.tensor([[0.5], [-0.5]])
    assert code_loss(torch.zeros(2, 11), category, numbers, 0.1).item() == pytest.approx(math.log(10) + 0.1 * 0.125)
    known = torch.cat([100 * F.one_hot(category, 10), numbers], 1)
    assert code_loss(known, category, numbers, 0.1).item() == pytest.approx(0, abs=1e-6)


def test_a_laplacian_pyramid_adds_the_detail_of_each_level_to_the_blur_of_the_one_below():
    generator = LaplacianGenerator(preset("lapgan", IMAGE).generator).eval()
    z = torch.randn(2, 100 + 28**2 + 14**2)
    image = generator.coarse(z[:, :100])
    for level, plane in ((1, z[:, -(14**2) :].view(2, 1, 14, 14)), (0, z[:, 100 : -(14**2)].view(2, 1, 28, 28))):
        blur = blurred(image)
        image = blur + generator.details[level](torch.cat([blur, plane], 1))
    assert torch.allclose(generator(z), image.clamp(-1, 1), atol=1e-6)


def test_a_level_of_the_pyramid_learns_from_the_blur_of_real_images_and_is_judged_alone():
    recipe = preset("lapgan", IMAGE)
    generator, discriminator = generator_of(recipe.generator), discriminator_of(recipe.discriminator).eval()
    real, z = torch.rand(3, *IMAGE), torch.randn(3, recipe.generator.latent)
    with torch.no_grad():
        for convolutions in generator.details:
            convolutions[-1].weight.zero_()
            convolutions[-1].bias.zero_()
    drawn = taken_apart(generator.drawn_beside(real, z), 3)
    assert torch.equal(drawn[0], blurred(F.avg_pool2d(real, 2)))
    logits = discriminator.discriminate(real).logit
    assert logits.shape == (3, 3)
    assert torch.allclose(discriminator(real), logits.mean(1))


def test_learned_noise_lies_on_every_pixel_of_drawn_and_of_real_images():
    generator = NoisyGenerator(preset("presgan", IMAGE).generator).eval()
    z = torch.randn(4, 100 + 784)
    with torch.no_grad():
        generator.log_spread.fill_(math.log(0.1))
    assert torch.allclose(generator(z) - generator.mean(z[:, :100]), 0.1 * z[:, 100:].view(4, 1, 28, 28), atol=1e-6)
    noised = generator.as_drawn(torch.zeros(64, *IMAGE), torch.Generator().manual_seed(0))
    assert noised.std().item() == pytest.approx(0.1, rel=0.02)
