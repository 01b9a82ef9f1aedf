import resource
import tracemalloc
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from sensors_data.images.files import decode_image
from sensors_data.store import Store
from synthesis.generator_files import GeneratorCard, TrainedGenerator, save
from synthesis.networks.dcgan import Generator
from synthesis.presets.catalogue import preset
from synthesis.sampling import (
    MAX_COUNT,
    class_names,
    draw,
    drawn_again,
    drawn_batches,
    drawn_pngs,
    interpolate,
    origin_of,
)


def made(classes: tuple[str, ...] = (), shares: tuple[float, ...] = (), seed: int = 0) -> TrainedGenerator:
    recipe = preset("default", (1, 28, 28), len(classes))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = Generator(recipe.generator).eval().requires_grad_(False)
    card = GeneratorCard(
        camera="eye",
        trained_through=date(2026, 3, 9),
        preset="default",
        network=recipe.generator,
        classes=classes,
        shares=shares,
        images=100,
        shown=1000,
        seed=0,
    )
    return TrainedGenerator(network, card)


PLAIN, LETTERS = made(), made(("a", "b", "c"), (0.5, 0.25, 0.25))


def test_more_images_of_a_seed_begin_with_the_same_ones():
    many = draw(PLAIN, 130, 7)
    assert many.shape == (130, 1, 28, 28)
    assert many.dtype == np.uint8
    for count in (1, 63, 64, 65):
        assert np.array_equal(draw(PLAIN, count, 7), many[:count])
    assert not np.array_equal(draw(PLAIN, 1, 8), many[:1])
    assert len(np.unique(many.reshape(130, -1), axis=0)) == 130


def test_images_do_not_depend_on_the_threads_that_torch_may_use():
    one = draw(PLAIN, 64, 7)
    torch.set_num_threads(2)
    try:
        assert np.array_equal(draw(PLAIN, 64, 7), one)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_a_png_says_that_it_is_synthetic_and_is_drawn_again_bit_for_bit(tmp_path):
    store = Store(str(tmp_path))
    save(store, LETTERS)
    for number, png in enumerate(drawn_pngs(LETTERS, 70, 3, truncation=0.8)):
        if number in (0, 63, 64, 69):
            origin = origin_of(png)
            assert (origin.index, origin.seed, origin.generator) == (number, 3, "eye@2026-03-09")
            assert np.array_equal(drawn_again(store, png), decode_image(png, 1))
    one = next(drawn_pngs(LETTERS, 1, 3, label="b"))
    assert origin_of(one).label == "b"
    assert np.array_equal(drawn_again(store, one), decode_image(one, 1))


def test_a_generator_that_was_trained_anew_or_is_gone_is_named(tmp_path):
    store = Store(str(tmp_path))
    png = next(drawn_pngs(LETTERS, 1, 3))
    with pytest.raises(LookupError, match="no accepted model eye@2026-03-09"):
        drawn_again(store, png)
    save(store, made(("a", "b", "c"), (0.5, 0.25, 0.25), seed=1))
    with pytest.raises(ValueError, match="has been trained again since"):
        drawn_again(store, png)


def test_a_png_of_a_camera_cannot_be_drawn_again():
    from sensors_data.images.files import encode_png

    with pytest.raises(ValueError, match="does not say that it is synthetic"):
        origin_of(encode_png(draw(PLAIN, 1, 0)[0]))


def test_classes_take_turns_in_the_shares_that_were_learned_from():
    names = class_names(LETTERS, 1000)
    assert [names.count(name) for name in "abc"] == pytest.approx([500, 250, 250], abs=3)
    assert {name: names[:40].count(name) for name in "abc"}["a"] == pytest.approx(20, abs=2)
    assert class_names(LETTERS, 3, "b") == ["b", "b", "b"]
    assert class_names(PLAIN, 2) == ["", ""]


def test_one_class_is_drawn_when_it_is_asked_for():
    with torch.no_grad():
        z = torch.from_numpy(
            np.random.default_rng((5, 0)).standard_normal((64, LETTERS.card.network.latent), np.float32)
        )
        expected = LETTERS.network(z, torch.full((64,), 2))
    grey = expected.add(1).mul(127.5).round().clamp(0, 255).byte().numpy()
    assert np.abs(draw(LETTERS, 64, 5, "c").astype(int) - grey).max() <= 1


def test_truncation_draws_nearer_to_the_middle():
    spread = [draw(PLAIN, 64, 1, truncation=t).astype(float).std(0).mean() for t in (0.1, 0.5, 1.0)]
    assert spread[0] < spread[1] < spread[2]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"count": 0}, "between 1 and 10,000,000 images can be drawn at once, found 0"),
        ({"count": MAX_COUNT + 1}, "found 10,000,001"),
        ({"truncation": 0.0}, "truncation scales the codes and lies in"),
        ({"truncation": 1.5}, "found 1.5"),
        ({"seed": -1}, "a seed lies in"),
        ({"label": "z"}, "cannot draw class 'z': it draws a, b, c"),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_drawn(asked, message):
    with pytest.raises((ValueError, LookupError), match=message):
        drawn_batches(LETTERS, **{"count": 1, "seed": 0, **asked})
    with pytest.raises(LookupError, match="learned without classes"):
        drawn_batches(PLAIN, 1, 0, "a")


def test_ten_million_images_take_the_memory_of_one_batch():
    tracemalloc.start()
    batches = drawn_batches(PLAIN, MAX_COUNT, 0)
    for _ in range(10):
        next(batches)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_thirty_thousand_images_take_no_more_memory_than_a_thousand():
    def most(count: int) -> int:
        """The largest resident set, in pages, over the batches."""
        return max(int(Path("/proc/self/statm").read_text().split()[1]) for _ in drawn_batches(PLAIN, count, 0))

    few = most(1000)
    all_of_them = 30_000 * 28 * 28  # bytes, were they kept
    assert (most(30_000) - few) * resource.getpagesize() < all_of_them / 2


def test_a_strip_leads_from_one_seeds_first_image_to_anothers():
    strip = interpolate(PLAIN, 3, 4, 9)
    ends = [draw(PLAIN, 1, seed)[0].astype(int) for seed in (3, 4)]
    assert strip.shape == (9, 1, 28, 28)
    assert np.abs(strip[0] - ends[0]).max() <= 1
    assert np.abs(strip[-1] - ends[1]).max() <= 1
    assert not np.array_equal(strip[4], strip[0])
    assert np.array_equal(interpolate(PLAIN, 3, 3, 2)[0], draw(PLAIN, 1, 3)[0])
    assert len(np.unique(interpolate(LETTERS, 1, 2, 70).reshape(70, -1), axis=0)) > 60
    with pytest.raises(ValueError, match="between 2 and 10,000 steps, found 1"):
        interpolate(PLAIN, 3, 4, 1)
