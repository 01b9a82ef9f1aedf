"""Enlarging scans of digits, learned in a few seconds."""

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torchmetrics.functional.image import structural_similarity_index_measure
from typer.testing import CliRunner

from sensors_data.errors import DivergedError, UnusableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import encode_png
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Hooks
from sensors_data.store import Store
from service.cli.app import app
from synthesis.upscaling.fidelity import psnr, ssim
from synthesis.upscaling.files import from_bytes, load_for, to_bytes
from synthesis.upscaling.job import enlarged
from synthesis.upscaling.learning import UpscalingSettings, _Critic, as_unit, learn_upscaler, measured
from synthesis.upscaling.network import Upscaler, UpscalerConfig, bicubic

DAY = "2026-03-10"


@pytest.fixture(scope="module")
def scans() -> np.ndarray:
    made: np.ndarray = resize(np.rint(load_digits().images * (255 / 16)).astype(np.uint8)[:, None], 28)
    return made


def test_it_begins_as_bicubic_interpolation_and_any_size_can_be_enlarged():
    for factor in (2, 4):
        network, x = Upscaler(UpscalerConfig(channels=3, factor=factor)), torch.rand(1, 3, 9, 14)
        assert torch.equal(network(x), bicubic(x, factor))
        assert network(x).shape == (1, 3, 9 * factor, 14 * factor)


def test_the_measures_are_those_of_their_formulas():
    x, truth = torch.rand(3, 3, 20, 24), torch.rand(3, 3, 20, 24)
    assert psnr(truth + 0.1, truth).tolist() == pytest.approx([20.0] * 3, abs=1e-3)
    _, everywhere = structural_similarity_index_measure(x, truth, data_range=1.0, return_full_image=True)
    inside = everywhere[..., 5:-5, 5:-5].flatten(1).mean(1)  # theirs also counts windows over the mirrored edge
    assert ssim(x, truth).tolist() == pytest.approx(inside.tolist(), abs=1e-4)
    assert ssim(x, x).tolist() == pytest.approx([1.0] * 3)


def test_what_is_learned_beats_bicubic(scans):
    plain = learn_upscaler(scans[:1500], UpscalingSettings(images=2000), 0)
    ours = measured(plain, scans[1500:])
    assert ours.psnr > ours.bicubic_psnr + 0.5
    assert ours.ssim > ours.bicubic_ssim


def test_the_same_seed_learns_the_same_and_the_perceptual_loss_something_else(scans):
    short = UpscalingSettings(images=128)
    first, again = (learn_upscaler(scans, short, 0) for _ in range(2))
    sharp = learn_upscaler(scans, short.model_copy(update={"perceptual": True}), 0)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=True))
    assert not torch.equal(first.last.weight, sharp.last.weight)


class KilledError(Exception):
    """The machine went away."""


@pytest.mark.parametrize("perceptual", [False, True])
def test_a_training_that_was_killed_continues_to_the_same_weights(scans, perceptual):
    wanted, states = UpscalingSettings(images=640, perceptual=perceptual), []

    def write(data):
        states.append(data)
        if len(states) == 4:
            raise KilledError

    checkpoint = Checkpoint(lambda: states[-1] if states else None, write, "a key")
    with pytest.raises(KilledError):
        learn_upscaler(scans, wanted, 0, Hooks(checkpoint=checkpoint))
    steps = []
    again = learn_upscaler(scans, wanted, 0, Hooks(lambda *told: steps.append(told[0]), checkpoint))
    assert (steps[0], len(states)) == (9 * 32, 10)
    whole = learn_upscaler(scans, wanted, 0)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))


def test_a_loss_that_is_no_number_ends_the_training(scans):
    with pytest.raises(DivergedError, match="a loss became infinite or NaN"):
        learn_upscaler(scans, UpscalingSettings(learning_rate=1e30, images=320), 0)


def test_the_perceptual_loss_adds_a_verdict_and_the_distance_of_features(scans):
    torch.manual_seed(0)
    wanted = UpscalingSettings(adversarial_weight=0.5, feature_weight=0.25)
    critic, truth = _Critic((1, 28, 28), wanted), as_unit(scans[:4])
    enlarged = (truth + 0.1).clamp(0, 1)
    critic.network.eval()  # spectral normalisation then stays as it is
    critic.optimizer = torch.optim.SGD(critic.network.parameters(), 0.0)
    on_fake, on_real = (critic.network.discriminate(2 * x - 1) for x in (enlarged, truth))
    apart = (on_fake.features - on_real.features).abs().mean()
    expected = -0.5 * on_fake.logit.mean() + 0.25 * apart
    assert critic.loss_of(enlarged, truth).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_picture_enlarged_in_parts_shows_no_seam():
    torch.manual_seed(0)
    network = Upscaler(UpscalerConfig(channels=1)).eval()
    torch.nn.init.normal_(network.last.weight, 0, 0.05)
    image = np.random.default_rng(0).integers(0, 256, (1, 300, 281), np.uint8)
    whole = network(torch.from_numpy(image)[None].float() / 255).detach().clamp(0, 1).mul(255).round()[0].numpy()
    assert np.abs(enlarged(network, image).astype(int) - whole.astype(int)).max() <= 1


def test_a_picture_that_is_large_already_is_not_enlarged():
    large = np.zeros((1, 4000, 4000), np.uint8)
    with pytest.raises(UnusableError, match="4000 x 4000 pixels are large already: 2 times that is 64,000,000"):
        enlarged(Upscaler(UpscalerConfig(channels=1)), large)


@pytest.mark.parametrize(
    ("images", "factor", "message"),
    [
        (np.zeros((10, 1, 28, 28), np.uint8), 2, "10 images are too few to learn from; at least 64"),
        (np.zeros((99, 1, 28, 28), np.uint8), 3, "enlarged 2 or 4 times, found 3"),
        (np.zeros((99, 1, 30, 30), np.uint8), 4, "cannot be reduced 4 times"),
    ],
)
def test_images_from_which_nothing_can_be_learned_are_refused(images, factor, message):
    with pytest.raises(UnusableError, match=message):
        learn_upscaler(images, UpscalingSettings(factor=factor), 0)


def test_a_camera_learns_and_its_pictures_are_enlarged(tmp_path, scans, keep_images, day):
    folder = tmp_path
    (folder / "settings.toml").write_text('store = "store"\n[cameras.eye]\ninbox = "inbox"\nsize = 28\n')
    store = Store(str(folder / "store"))
    keep_images(store, "eye", day.replace(day=day.day - 1), scans[:600], np.full(600, ""))

    def run(*words):
        return CliRunner().invoke(app, [*map(str, words), "--settings", str(folder / "settings.toml")])

    trained = run("train-upscaler", "--camera", "eye", "--day", DAY, "--images", 1000)
    assert "trained an upscaler of eye" in trained.output
    assert "accepted, models/upscalers/eye/2026-03-09.safetensors" in trained.output
    upscaler = load_for(store, "eye", day)
    assert to_bytes(from_bytes(to_bytes(upscaler), "here")) == to_bytes(upscaler)
    (folder / "small").mkdir()
    (folder / "small" / "a.png").write_bytes(encode_png(scans[0]))
    (folder / "small" / "b.txt").write_text("no picture")
    words = ("upscale-images", "--camera", "eye", "--day", DAY, "--from", folder / "small")
    outcome = run(*words, "--out", folder / "large")
    assert outcome.exception is None
    said = outcome.output
    assert "b.txt was passed over" in said
    assert "enlarged 1 of 2 pictures 2 times by eye@2026-03-09" in said
    with Image.open(folder / "large" / "a.png") as image:
        assert (image.size, image.info["enlarged"]) == ((56, 56), "2")
    Image.new("L", (4000, 4000)).save(folder / "large.png")
    refused = run(*words[:-1], folder / "large.png", "--out", folder / "x")
    assert "4000 x 4000 pixels are large already" in refused.output
    assert "none of 1 files at" in str(refused.exception)
    assert "there is no picture at" in str(run(*words[:-1], folder / "none", "--out", folder / "x").exception)
