"""A painter learned from bright scratches on grey noise: where it acts, what it repeats, what it refuses."""

import numpy as np
import pytest
import torch

from sensors_data.camera import Camera
from sensors_data.defects.canvas import Canvas
from sensors_data.defects.likeness import RealDefect
from sensors_data.errors import DivergedError, NotThereError, UnusableError
from sensors_data.images.files import encode_png
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Hooks
from synthesis.painter.crops import Examples, good_crops, labels_in_turn, outline_of, outlined, real_crops
from synthesis.painter.files import PainterCard, TrainedPainter, from_bytes, read_painter, to_bytes
from synthesis.painter.learning import PainterSettings, learn_painter
from synthesis.painter.network import PainterConfig, PainterNetwork, reach_of
from synthesis.painter.painting import check_camera, paint_by
from synthesis.painter.step import LEAST_APART, mode_loss

FEW = PainterSettings(images=40, batch=4, width=4, crop=24)
"""Ten steps, enough to see that bytes are the same."""


class KilledError(Exception):
    """Ends a training in its middle."""


def trained(examples, settings=FEW, seed=0):
    """A painter as its file gives it back."""
    network = learn_painter(examples, settings, seed)
    labels = tuple(defect.label for defect in examples.defects)
    card = PainterCard(
        network=network.config,
        camera="eye",
        day="2026-03-10",
        defects=tuple(defect.name for defect in examples.defects),
        labels=labels,
        goods=len(examples.goods),
        images=settings.images,
        seed=seed,
    )
    return from_bytes(to_bytes(network, examples.outlines, card), "file")


@pytest.fixture(scope="module")
def painter(scratched) -> TrainedPainter:
    """Trained for some seconds on two kinds of defects of 32 pixels."""
    settings = PainterSettings(images=560, batch=4, width=8, crop=24, learning_rate=3e-3)
    return trained(scratched(), settings)


def test_the_residual_acts_under_the_grown_outline_only():
    network = PainterNetwork(PainterConfig(image=(1, 40, 40), labels=("a", "b"), width=4))
    torch.nn.init.normal_(network.leave.weight, 0, 1.0)
    outlines = torch.zeros(1, 2, 40, 40)
    outlines[0, 1, 15:20, 10:30] = 1
    x = torch.rand(1, 1, 40, 40) - 0.5
    change = (network(x, outlines, torch.randn(1, 8)) - x)[0, 0].abs()
    assert change[15:20, 10:30].mean() > 0.1
    near = torch.zeros(40, 40, dtype=torch.bool)
    near[13:22, 8:32] = True  # two pixels around
    assert change[~near].max() == 0
    assert torch.equal(reach_of(outlines)[0, 0] > 0, near)


def test_painting_a_window_is_painting_the_whole_part():
    config = PainterConfig(image=(1, 101, 90), labels=("a",), width=4)
    network, x = PainterNetwork(config), torch.rand(1, 1, 101, 90)
    outlines, code = torch.zeros(1, 1, 101, 90), torch.randn(1, config.codes)
    outlines[..., 50:60, 42:47] = 1
    torch.nn.init.normal_(network.leave.weight, 0, 1.0)
    rows, columns = slice((50 - config.sight) // 2 * 2, 60 + config.sight), slice(0, 90)
    whole = network(x, outlines, code)[..., rows, columns]
    part = network(x[..., rows, columns], outlines[..., rows, columns], code)
    assert torch.allclose(whole, part, atol=1e-5)


def test_two_paintings_cost_the_distance_of_their_codes_over_their_own():
    codes = torch.stack([torch.zeros(1, 2), torch.full((1, 2), 3.0)])
    first, second, reach = torch.zeros(1, 1, 4, 4), torch.full((1, 1, 4, 4), 0.5), torch.zeros(1, 1, 4, 4)
    reach[..., :2] = 1
    second[..., 2:] = 0  # what lies elsewhere does not count
    assert mode_loss(first, second, codes, reach).item() == pytest.approx(3 / (0.5 + LEAST_APART))
    assert mode_loss(first, first, codes, reach).item() == pytest.approx(3 / LEAST_APART, rel=1e-5)


def test_real_and_good_crops_hold_what_is_marked_in_the_plane_of_its_label(scratched):
    examples, rng = scratched(), np.random.default_rng(0)
    wanted = ["pit", "scratch"] * 4
    real, good = (crops(examples, wanted, 24, rng) for crops in (real_crops, good_crops))
    assert real.x.shape == good.x.shape == (8, 1, 24, 24)
    for crops in (real, good):
        counts = crops.outlines.sum((2, 3)) > 0
        assert torch.equal(counts, torch.tensor([[True, False], [False, True]] * 4))
    assert real.x[real.outlines[:, 1:] > 0].mean() == pytest.approx(0.9, abs=0.01)  # scratches of 0.95
    assert good.x[good.outlines.amax(1, keepdim=True) > 0].mean() == pytest.approx(-0.2, abs=0.05)


def test_more_labels_than_a_batch_holds_are_all_shown_alike():
    rng, labels = np.random.default_rng(0), tuple("abcdefg")
    shown = [label for _ in range(700) for label in labels_in_turn(labels, 4, rng)]
    assert all(shown.count(label) == pytest.approx(400, rel=0.15) for label in labels)


def test_of_a_large_part_a_place_is_cropped_and_of_a_small_one_all_that_there_is(scratched):
    examples = scratched(side=400, count=3)
    crops = good_crops(examples, ["pit", "scratch"], 24, np.random.default_rng(0))
    assert crops.x.shape == (2, 1, 24, 24)
    assert (crops.outlines.sum((1, 2, 3)) > 5).all()


def test_an_outline_is_bent_and_laid_on_the_part_at_about_its_size_without_a_break():
    mask = np.zeros((64, 64), bool)
    mask[10:50, 30:32] = True
    outline = outline_of(RealDefect("a.png", "crack", np.zeros((1, 64, 64), np.uint8), mask))
    part = np.full((1, 64, 64), 0.5)
    drawn = [outlined(Canvas(part, part, 20.0, np.random.default_rng(n)), outline.mask) for n in range(20)]
    assert np.median([x.sum() for x in drawn]) == pytest.approx(mask.sum(), rel=0.5)
    assert all(np.ptp(np.flatnonzero(x.any(1))) > np.ptp(np.flatnonzero(x.any(0))) for x in drawn)  # along the grain
    assert all((np.diff(np.flatnonzero(x.any(1))) == 1).all() for x in drawn)


def test_a_spot_of_one_pixel_and_a_mask_larger_than_the_part_can_be_laid_on_it():
    part = np.full((1, 32, 32), 0.5)
    for shape in ((1, 1), (1, 7), (60, 50)):
        drawn = [outlined(Canvas(part, part, 9.0, np.random.default_rng(n)), np.ones(shape, bool)) for n in range(20)]
        assert min(mask.sum() for mask in drawn) >= 1


def test_painted_scratches_are_bright_and_pits_dark_after_training_as_the_real_ones_are(scratched, painter):
    goods, noise = scratched().goods, 0.04 * 255
    for label, sign in (("scratch", 1), ("pit", -1)):
        steps = []
        for number in range(6):
            good = goods[number % len(goods)]
            painted = paint_by(painter, label, good, np.random.default_rng(number))
            steps.append(sign * (painted.image[0][painted.mask].mean() - good[0][painted.mask].mean()) / noise)
            assert (painted.kind, painted.strength) == (f"learned:{label}", 1)
        assert min(steps) > 0
        assert np.mean(steps) > 2.5


def test_one_part_and_outline_get_different_defects_and_the_same_seed_the_same_bytes(scratched, painter):
    good = scratched().goods[0]
    one, again, other = (paint_by(painter, "scratch", good, np.random.default_rng(n)).image for n in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("channels", "dtype"), [(3, np.uint8), (1, np.uint16)])
def test_colour_and_16_bits_are_painted_as_they_are(scratched, channels, dtype):
    examples = scratched(channels=channels, dtype=dtype)
    settings = PainterSettings(images=120, batch=4, width=4, crop=24, learning_rate=3e-3)
    painted = paint_by(trained(examples, settings), "scratch", examples.goods[0], np.random.default_rng(0))
    change = np.abs(painted.image.astype(float) - examples.goods[0]).max(0)
    assert painted.image.dtype == dtype
    assert painted.image.shape == (channels, 32, 32)
    assert change[painted.mask].mean() > 4 * change[~painted.mask].mean()


def test_a_training_that_was_killed_continues_to_the_same_weights(scratched):
    examples, states, calls = scratched(), [], []
    whole = learn_painter(examples, FEW, 3)

    def killed(*progress):
        calls.append(progress)
        if len(calls) == 4:
            raise KilledError

    checkpoint = Checkpoint(lambda: states[-1] if states else None, states.append, "a key")
    with pytest.raises(KilledError):
        learn_painter(examples, FEW, 3, Hooks(killed, checkpoint))
    again = learn_painter(examples, FEW, 3, Hooks(checkpoint=checkpoint))
    assert len(states) == 10
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
    other = learn_painter(examples, FEW, 4)
    assert not all(torch.equal(a, b) for a, b in zip(whole.parameters(), other.parameters(), strict=True))


def test_a_training_that_diverges_is_refused(scratched):
    with pytest.raises(DivergedError, match="a loss became infinite or NaN"):
        learn_painter(scratched(), FEW.model_copy(update={"learning_rate": 1e30}), 0)


def test_examples_that_teach_nothing_are_refused(scratched):
    examples = scratched()
    goods, defects = examples.goods, examples.defects
    everything = RealDefect("all.png", "pit", defects[0].image, np.ones((32, 32), bool))
    other = RealDefect("deep.png", "pit", defects[0].image.astype(np.uint16), defects[0].mask)
    for wrong, reason in (
        (Examples(goods, defects[:2]), "2 real defects with masks are too few; a painter learns from at least 3"),
        (Examples(goods[:0], defects), "there is no good part to paint on"),
        (Examples(goods, (*defects, everything)), "all.png: its mask covers 100% of the picture"),
        (Examples(goods, (*defects, other)), "deep.png is uint16 .*, the good parts are uint8 .*; bring them to one"),
        (Examples(goods[:, :, :12], defects), "parts of 32x12 pixels; each side must have at least 16"),
    ):
        with pytest.raises(UnusableError, match=reason):
            learn_painter(wrong, FEW, 0)


def test_a_file_that_is_no_painter_or_a_camera_of_other_parts_is_refused(scratched, painter, tmp_path):
    with pytest.raises(NotThereError, match="run: nightscore train-painter"):
        read_painter(tmp_path / "none.safetensors")
    with pytest.raises(UnusableError, match="painter"):
        from_bytes(encode_png(scratched().goods[0]), "part.png")
    data = to_bytes(painter.network, painter.outlines, painter.card)
    with pytest.raises(UnusableError, match="file"):
        from_bytes(data[:-100], "file")
    short = to_bytes(painter.network, painter.outlines[1:], painter.card)
    with pytest.raises(UnusableError, match="does not hold the 4 outlines that its card names"):
        from_bytes(short, "file")
    for camera in (Camera(inbox="x", size=32, channels=3), Camera(inbox="x", size=64)):
        with pytest.raises(UnusableError, match="learned on parts of 32x32 pixels, grey; this camera keeps"):
            check_camera(painter, camera)
    with pytest.raises(UnusableError, match="has learned no 'rust'; there are pit, scratch"):
        paint_by(painter, "rust", scratched().goods[0], np.random.default_rng(0))
