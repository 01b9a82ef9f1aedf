import pytest
import torch

from synthesis.networks.kinds import discriminator_of, generator_of
from synthesis.presets.catalogue import PRESETS, nearest_size, preset
from synthesis.presets.families import FAMILIES
from synthesis.training.step import initial_state, train_step


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_takes_steps_of_both_networks_on_images_of_its_own_shape(name):
    image, classes = PRESETS[name].own, 10 if PRESETS[name].conditional else 0
    recipe = preset(name, image, classes)
    gan = initial_state(recipe, 0)
    before = [weight.detach().clone() for weight in gan.generator.parameters()]
    draws = torch.Generator().manual_seed(0)
    label = torch.arange(4) if classes else None
    for step in (1, 2):
        x = torch.rand(4, *image, generator=draws)
        losses = train_step(gan, [(x, label)] * min(2, recipe.training.discriminator_steps), step, 0.0, draws)
        assert torch.isfinite(torch.stack(losses)).all()
    moved = [not torch.equal(now, was) for now, was in zip(gan.generator.parameters(), before, strict=True)]
    assert any(moved)
    drawn = gan.generator.eval()(torch.zeros(4, recipe.generator.latent), label)
    assert drawn.shape == (4, *image)
    assert drawn.min() >= recipe.generator.low


@pytest.mark.parametrize("size", [28, 32, 64, 128])
@pytest.mark.parametrize(
    ("name", "channels", "classes"),
    [("default", 1, 0), ("default", 3, 5), ("plain", 3, 0), ("biggan", 1, 5), ("style2", 3, 5), ("msg", 1, 0)],
)
def test_our_recipe_and_others_draw_every_size(name, size, channels, classes):
    recipe = preset(name, (channels, size, size), classes)
    label = torch.tensor([0, 4]) if classes else None
    x = generator_of(recipe.generator)(torch.zeros(2, recipe.generator.latent), label)
    assert x.shape == (2, channels, size, size)
    assert discriminator_of(recipe.discriminator)(x, label).shape == (2,)


def test_a_preset_that_lives_on_classes_wants_some():
    with pytest.raises(ValueError, match="conditional needs the class of each image, and these images have none"):
        preset("conditional", (1, 28, 28))


def test_a_preset_that_cannot_see_classes_takes_none():
    with pytest.raises(ValueError, match="ebgan cannot have classes: its discriminator sees none"):
        preset("ebgan", (1, 28, 28), 10)


@pytest.mark.parametrize(
    "name", [name for name, chosen in PRESETS.items() if chosen.takes_classes and chosen.own[1] < 64]
)
def test_every_other_small_preset_draws_and_judges_by_the_class(name):
    recipe = preset(name, PRESETS[name].own, 3)
    torch.manual_seed(0)
    generator, discriminator = generator_of(recipe.generator), discriminator_of(recipe.discriminator).eval()
    with torch.no_grad():
        x = generator(torch.randn(2, recipe.generator.latent).repeat(2, 1), torch.tensor([0, 0, 2, 2]))
        first, last = (discriminator.discriminate(x[:2], torch.tensor([k, k])) for k in (0, 2))
    assert not torch.equal(x[:2], x[2:])
    assert first.classes is not None or not torch.equal(first.logit, last.logit)


def test_a_preset_that_is_not_there_or_cannot_draw_the_size_is_named():
    with pytest.raises(LookupError, match="no preset 'best' \\(known: default, plain"):
        preset("best", (1, 28, 28))
    with pytest.raises(ValueError, match=r"review-faces draws square .* side 16 divides.*draws: 32, 64, 128"):
        preset("review-faces", (3, 28, 28))


def test_every_preset_is_in_one_family_and_every_paper_has_a_year():
    members = [name for family in FAMILIES.values() for name in family]
    assert sorted(members) == sorted(PRESETS)
    assert [name for name, chosen in PRESETS.items() if "arXiv" in chosen.source and not chosen.year] == []


def test_an_image_is_brought_to_the_nearest_side():
    assert [nearest_size(side) for side in (8, 28, 30, 40, 48, 64, 100, 300)] == [28, 28, 32, 32, 64, 64, 128, 128]


@pytest.mark.parametrize(
    ("image", "loss", "spectral", "latent"),
    [((1, 28, 28), "hinge", True, 16), ((3, 64, 64), "relativistic", False, 100)],
)
def test_the_default_keeps_its_discriminator_smooth_by_another_way_in_colour(image, loss, spectral, latent):
    recipe = preset("default", image)
    assert (recipe.training.loss, recipe.discriminator.spectral, recipe.generator.latent) == (loss, spectral, latent)
    assert (recipe.training.penalty == "r1-r2") is not spectral


@pytest.mark.parametrize("name", PRESETS)
def test_a_discriminator_that_normalises_over_the_batch_sees_real_and_fake_images_apart(name):
    given = preset(name, PRESETS[name].own, 10 if PRESETS[name].conditional else 0)
    with torch.device("meta"):
        layers = list(discriminator_of(given.discriminator).modules())
    assert given.discriminator.sees_batches or not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in layers)
