import pytest
import torch
from torch import nn

from synthesis.networks.dcgan import Discriminator, DiscriminatorConfig, Generator, GeneratorConfig
from synthesis.networks.layers import Layer
from synthesis.networks.minibatch import MinibatchDiscrimination, VirtualBatchNorm2d
from synthesis.presets.catalogue import preset


def test_the_class_changes_what_is_drawn_and_what_is_said_of_it():
    recipe = preset("default", (1, 28, 28), 3)
    torch.manual_seed(0)
    generator, discriminator = Generator(recipe.generator).eval(), Discriminator(recipe.discriminator).eval()
    z = torch.randn(1, recipe.generator.latent)
    one, other = (generator(z, torch.tensor([k])) for k in (0, 1))
    assert not torch.allclose(one, other)
    assert discriminator(one, torch.tensor([0])) != discriminator(one, torch.tensor([1]))
    with pytest.raises(ValueError, match="this generator knows 3 classes; say which"):
        generator(z)
    with pytest.raises(ValueError, match="this discriminator knows 3 classes; say which"):
        discriminator(one)


@pytest.mark.parametrize("conditioning", ["projection", "maps", "head"])
def test_a_discriminator_sees_the_class_or_predicts_it(conditioning):
    config = preset("plain", (1, 28, 28), 3).discriminator.model_copy(update={"conditioning": conditioning})
    torch.manual_seed(0)
    discriminator, x = Discriminator(config).eval(), torch.rand(2, 1, 28, 28)
    one, other = (discriminator.discriminate(x, torch.full((2,), k)) for k in (0, 2))
    assert torch.equal(one.logit, other.logit) == (conditioning == "head")
    assert (one.classes is None) == (conditioning != "head")
    assert one.features.shape == (2, 128 * 49)
    if one.classes is not None:
        assert one.classes.shape == (2, 3)


def test_spectral_normalisation_keeps_every_largest_singular_value_near_one():
    torch.manual_seed(0)
    discriminator = Discriminator(preset("default", (1, 28, 28)).discriminator)
    for _ in range(150):
        discriminator(torch.randn(4, 1, 28, 28))
    weights = [m.weight.detach().flatten(1) for m in discriminator.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert [float(torch.linalg.matrix_norm(w, 2)) for w in weights] == pytest.approx([1.0] * 4, abs=0.02)


def test_virtual_normalisation_refers_to_its_own_batch_and_to_no_other_image():
    norm = VirtualBatchNorm2d(3, reference=6)
    x = 5 + 2 * torch.randn(9, 3, 4, 4)
    found = norm(x)
    assert torch.allclose(found[:6], nn.BatchNorm2d(3, affine=False)(x[:6]), atol=1e-5)
    assert torch.allclose(found[7:], norm(x[[*range(6), 7, 8]])[6:], atol=1e-6)
    both = torch.cat([x[:6], x[8:]]).transpose(0, 1).flatten(1)  # each channel of the reference and of the image itself
    expected = (x[8] - both.mean(1)[:, None, None]) / both.std(1, correction=0)[:, None, None]
    assert torch.allclose(found[8], expected, atol=1e-4)


def test_what_is_drawn_of_a_code_does_not_depend_on_the_codes_beside_it():
    recipe = preset("minibatch-features", (1, 28, 28), 3)
    generator = Generator(recipe.generator)
    assert generator.training
    z, label = torch.randn(4, 100), torch.tensor([0, 1, 2, 0])
    assert torch.allclose(generator(z, label)[:2], generator(z[:2], label[:2]), atol=1e-5)
    with pytest.raises(ValueError, match="virtual batch normalisation is for generators"):
        DiscriminatorConfig(image=(1, 8, 8), layers=(Layer(channels=2, norm="virtual"),))


def test_minibatch_discrimination_counts_the_images_that_are_alike():
    torch.manual_seed(0)
    among = MinibatchDiscrimination(features=10, kernels=4)
    alike, apart = torch.ones(5, 10), 1000 * torch.randn(5, 10)
    assert torch.allclose(among(alike), torch.full((5, 4), 4.0))
    assert torch.allclose(among(apart), torch.zeros(5, 4), atol=1e-3)
    assert torch.allclose(among(torch.cat([alike[:2], apart])), torch.tensor([[1.0]] * 2 + [[0.0]] * 5), atol=1e-3)


def test_the_minibatch_deviation_is_nought_for_one_image_repeated():
    layers = (Layer(channels=2, kernel=1, activation="none"),)
    config = DiscriminatorConfig(image=(1, 8, 8), layers=layers, minibatch_deviation=True, initial_spread=None)
    discriminator = Discriminator(config)
    with torch.no_grad():
        discriminator.dense.weight.zero_()
        discriminator.dense.weight[:, 2::3] = 1 / 64  # only the map of deviations counts, the last of three
        discriminator.dense.bias.zero_()
        same = discriminator(torch.rand(1, 1, 8, 8).expand(8, -1, -1, -1))
        varied = discriminator(torch.rand(8, 1, 8, 8))
    assert same.tolist() == pytest.approx([1e-4] * 8, abs=1e-5)
    assert (varied > 0.05).all()
    assert config.sees_batches


def test_layers_that_miss_the_image_are_refused():
    layers = (Layer(kind="transposed", channels=1, stride=2, activation="tanh"),)
    with pytest.raises(ValueError, match=r"give images of C, H, W \(1, 14, 14\), the config says \(1, 28, 28\)"):
        GeneratorConfig(image=(1, 28, 28), start=(8, 7), layers=layers)
    with pytest.raises(ValueError, match="ends in relu; it must end in tanh or sigmoid"):
        GeneratorConfig(image=(1, 7, 7), start=(8, 7), layers=(Layer(channels=1),))
