import pytest
import torch
from torch import nn

from synthesis.adversarial import make_pair, train_step
from synthesis.convolutions import same_convolution, same_transposed
from synthesis.dcgan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig, Layer, parameter_count
from synthesis.presets import PRESETS, nearest_size, preset


@pytest.mark.parametrize(
    ("name", "image", "generator", "discriminator"),
    [
        ("dip-mnist", (1, 28, 28), 5_593_345, 294_113),
        ("dip-cifar10", (3, 32, 32), 7_147_011, 387_201),
        ("default", (1, 28, 28), 397_952, 74_081),
        ("plain", (1, 28, 28), 1_781_504, 138_817),
        ("wgan-gp", (1, 28, 28), 1_781_504, 138_817 - 256),
        ("sngan", (3, 32, 32), 129 * 8192 + 16 * (512 * 256 + 256 * 128 + 128 * 64) + 448 * 3 + 27 * 64 + 3, None),
        ("acgan", (3, 32, 32), 111 * 6144 + 25 * (384 * 192 + 192 * 96 + 96 * 3) + 3 * 288 + 3, None),
        ("conditional", (1, 28, 28), 1_781_504 + 10 * 12544, 138_817 + 10 * 64 * 16),
    ],
)
def test_a_preset_has_as_many_parameters_as_its_source_gives_it(name, image, generator, discriminator):
    recipe = preset(name, image, 10 if PRESETS[name].conditional else 0)
    assert parameter_count(Generator(recipe.generator)) == generator
    if discriminator is not None:
        assert parameter_count(Discriminator(recipe.discriminator)) == discriminator


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_takes_steps_of_both_networks_on_images_of_its_own_shape(name):
    image, classes = PRESETS[name].own, 10 if PRESETS[name].conditional else 0
    recipe = preset(name, image, classes)
    pair = make_pair(recipe.generator, recipe.discriminator, recipe.training, 0)
    before = pair.generator.dense.weight.detach().clone()
    draws = torch.Generator().manual_seed(0)
    label = torch.arange(4) if classes else None
    for step in (1, 2):
        x = torch.rand(4, *image, generator=draws)
        losses = train_step(pair, [(x, label)] * min(2, recipe.training.discriminator_steps), step, 0.0, draws)
        assert torch.isfinite(torch.stack(losses)).all()
    assert not torch.equal(pair.generator.dense.weight, before)
    drawn = pair.generator(torch.zeros(4, recipe.generator.latent), label)
    assert drawn.shape == (4, *image)
    assert drawn.min() >= recipe.generator.low


@pytest.mark.parametrize("size", [28, 32, 64, 128])
@pytest.mark.parametrize(("name", "channels", "classes"), [("default", 1, 0), ("default", 3, 5), ("plain", 3, 0)])
def test_our_recipe_and_the_plain_one_draw_every_size(name, size, channels, classes):
    recipe = preset(name, (channels, size, size), classes)
    label = torch.tensor([0, 4]) if classes else None
    x = Generator(recipe.generator)(torch.zeros(2, 100), label)
    assert x.shape == (2, channels, size, size)
    assert Discriminator(recipe.discriminator)(x, label).shape == (2,)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_convolution_gives_the_size_over_the_stride_and_a_transposed_one_times_it(kernel, stride):
    x = torch.zeros(1, 2, 7, 7)
    assert nn.Sequential(*same_convolution(2, 3, kernel, stride, 7, True))(x).shape == (1, 3, *[-(-7 // stride)] * 2)
    assert nn.Sequential(*same_transposed(2, 3, kernel, stride, True))(x).shape == (1, 3, 7 * stride, 7 * stride)


def test_the_class_changes_what_is_drawn_and_what_is_said_of_it():
    recipe = preset("default", (1, 28, 28), 3)
    torch.manual_seed(0)
    generator, discriminator = Generator(recipe.generator).eval(), Discriminator(recipe.discriminator).eval()
    z = torch.randn(1, 100)
    one, other = (generator(z, torch.tensor([k])) for k in (0, 1))
    assert not torch.allclose(one, other)
    assert discriminator(one, torch.tensor([0])) != discriminator(one, torch.tensor([1]))
    with pytest.raises(ValueError, match="draws one of 3 classes; say which"):
        generator(z)
    with pytest.raises(ValueError, match="judges one of 3 classes; say which"):
        discriminator(one)


@pytest.mark.parametrize("told", ["projection", "maps", "head"])
def test_a_discriminator_is_told_the_class_or_tells_it(told):
    config = preset("plain", (1, 28, 28), 3).discriminator.model_copy(update={"told": told})
    torch.manual_seed(0)
    discriminator, x = Discriminator(config).eval(), torch.rand(2, 1, 28, 28)
    one, other = (discriminator.judged(x, torch.full((2,), k)) for k in (0, 2))
    assert torch.equal(one.logit, other.logit) == (told == "head")
    assert (one.classes is None) == (told != "head")
    assert one.features.shape == (2, 128 * 49)
    if one.classes is not None:
        assert one.classes.shape == (2, 3)


def test_a_preset_that_lives_on_classes_wants_some():
    with pytest.raises(ValueError, match="conditional is told the class of each image, and these have none"):
        preset("conditional", (1, 28, 28))


def test_spectral_normalisation_keeps_every_largest_singular_value_near_one():
    torch.manual_seed(0)
    discriminator = Discriminator(preset("default", (1, 28, 28)).discriminator)
    for _ in range(50):
        discriminator(torch.randn(4, 1, 28, 28))
    weights = [m.weight.detach().flatten(1) for m in discriminator.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert [float(torch.linalg.matrix_norm(w, 2)) for w in weights] == pytest.approx([1.0] * 4, abs=0.02)


def test_the_minibatch_deviation_is_nought_for_one_image_repeated():
    layers = (Layer(channels=2, kernel=1, activation="none"),)
    config = DiscriminatorConfig(image=(1, 8, 8), layers=layers, minibatch_deviation=True, initial_spread=None)
    discriminator = Discriminator(config)
    with torch.no_grad():
        discriminator.dense.weight.zero_()
        discriminator.dense.weight[:, 2 * 64 :] = 1 / 64  # only the map of deviations counts
        discriminator.dense.bias.zero_()
        same = discriminator(torch.rand(1, 1, 8, 8).expand(8, -1, -1, -1))
        varied = discriminator(torch.rand(8, 1, 8, 8))
    assert same.tolist() == pytest.approx([1e-4] * 8, abs=1e-5)
    assert (varied > 0.05).all()
    assert config.sees_batches


def test_layers_that_miss_the_image_are_refused():
    layers = (Layer(kind="transposed", channels=1, stride=2, activation="tanh"),)
    with pytest.raises(ValueError, match=r"give images of C, H, W \(1, 14, 14\), wanted \(1, 28, 28\)"):
        GeneratorConfig(image=(1, 28, 28), start=(8, 7), layers=layers)
    with pytest.raises(ValueError, match="ends in relu; images want tanh or sigmoid"):
        GeneratorConfig(image=(1, 7, 7), start=(8, 7), layers=(Layer(channels=1),))


def test_a_preset_that_is_not_there_or_cannot_draw_the_size_is_named():
    with pytest.raises(LookupError, match="no preset 'best' \\(known: default, plain"):
        preset("best", (1, 28, 28))
    with pytest.raises(ValueError, match="review-faces draws square images whose side 16 divides"):
        preset("review-faces", (3, 28, 28))


def test_an_image_is_brought_to_the_nearest_side():
    assert [nearest_size(side) for side in (8, 28, 30, 40, 48, 64, 100, 300)] == [28, 28, 32, 32, 64, 64, 128, 128]
