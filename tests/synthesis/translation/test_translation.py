"""Translation of digits into their negatives, in pairs and without, on networks of a few maps."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from typer.testing import CliRunner

from sensors_data.errors import UnusableError
from sensors_data.images.arrays import resize
from sensors_data.images.files import decode_image, encode_png
from sensors_data.nets.checkpoint import Checkpoint
from sensors_data.nets.training import Hooks
from service.cli.app import app
from synthesis.networks.pair import parameter_count
from synthesis.translation.files import TrainedTranslator, TranslatorCard, from_bytes, to_bytes
from synthesis.translation.learning import Kinds, TranslationSettings, error_of, learn_translator, translated
from synthesis.translation.networks import PatchDiscriminator, ResidualTranslator, TranslatorConfig, UNet
from synthesis.translation.steps import REMEMBERED, Memory, cycle_loss

PAIRED = TranslationSettings(paired=True, images=160, width=4, learning_rate=2e-3)
UNPAIRED = PAIRED.model_copy(update={"paired": False, "images": 80})


class KilledError(Exception):
    """Ends a training in its middle."""


@pytest.fixture(scope="module")
def digits() -> Kinds:
    scans = resize(np.rint(load_digits().images * (255 / 16)).astype(np.uint8)[:120, None], 16)
    return Kinds(scans, 255 - scans)


def test_a_u_net_has_as_many_parameters_as_its_levels_give_it_and_keeps_the_shape():
    network = UNet(TranslatorConfig(kind="paired", image=(1, 16, 16), width=4))  # to 8, then to 4 pixels
    outer, inner = 16 * 4 + 4 + 16 * 8 + 1, 16 * 4 * 8 + 16 * 8 * 4 + 2 * 4
    assert parameter_count(network) == outer + inner
    assert network(torch.rand(2, 1, 16, 16)).shape == (2, 1, 16, 16)


def test_a_residual_translator_has_as_many_parameters_as_its_layers_and_keeps_the_shape():
    network = ResidualTranslator(TranslatorConfig(kind="unpaired", image=(3, 28, 28), width=4, blocks=2))
    ends, blocks = 49 * 3 * 4 + 4 + 49 * 4 * 3 + 3, 2 * 2 * (9 * 16 * 16 + 16)
    between = 2 * (9 * 4 * 8 + 9 * 8 * 16) + 8 + 16 + 8 + 4
    assert parameter_count(network) == ends + blocks + between
    assert network(torch.rand(2, 3, 28, 28)).shape == (2, 3, 28, 28)


def test_a_patch_is_judged_by_the_22_pixels_around_it():
    critic = PatchDiscriminator(1, 2, nn.BatchNorm2d).eval()
    x = torch.rand(1, 1, 64, 64, requires_grad=True)
    critic(x)[0, 0, 7, 7].backward()
    assert (x.grad[0, 0].abs().sum(0) > 0).sum() == 22


def test_nothing_is_lost_on_the_way_forth_and_back_where_both_ways_are_inverse():
    class Negative(nn.Module):
        def forward(self, x):
            return -x

    x, y = torch.full((2, 1, 4, 4), 0.25), torch.full((2, 1, 4, 4), -0.5)
    loss = cycle_loss(Negative(), Negative(), (x, y), (-y, -x))
    assert loss.item() == pytest.approx(5 * (2 * 0.5 + 2 * 0.25))  # they come back; those of the kind do not stay
    assert cycle_loss(nn.Identity(), nn.Identity(), (x, y), (y, x)).item() == 0


def test_the_memory_fills_and_then_gives_back_earlier_images_every_other_time():
    memory, draws = Memory((1, 1, 1)), torch.Generator().manual_seed(0)
    first = torch.arange(float(REMEMBERED)).view(-1, 1, 1, 1)
    assert torch.equal(memory.exchanged(first, draws), first)
    shown = memory.exchanged(torch.full((1000, 1, 1, 1), -1.0), draws)
    assert 10 < (shown >= 0).sum() <= REMEMBERED
    assert (memory.images == -1).sum() == (shown >= 0).sum()


def test_pairs_teach_the_translation_itself(digits):
    short, longer = (learn_translator(digits, PAIRED.model_copy(update={"images": n}), 0) for n in (10, 1000))
    assert error_of(longer, digits) < 25 < error_of(short, digits)
    with pytest.raises(UnusableError, match="cannot translate back"):
        translated(longer, digits.first, back=True)


@pytest.mark.parametrize("settings", [PAIRED, UNPAIRED])
def test_a_training_that_was_killed_continues_to_the_same_weights(digits, settings):
    whole, kept, done = learn_translator(digits, settings, 0), [], []

    def killed(*told):
        done.append(told)
        if len(done) == 4:
            raise KilledError

    checkpoint = Checkpoint(lambda: kept[-1] if kept else None, kept.append, "a key")
    with pytest.raises(KilledError):
        learn_translator(digits, settings, 0, Hooks(killed, checkpoint))
    again = learn_translator(digits, settings, 0, Hooks(checkpoint=checkpoint))
    assert len(kept) == 10
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
    assert all(math.isfinite(w.sum()) for w in whole.parameters())


def test_a_translators_file_gives_back_what_it_translates_and_a_cut_one_is_refused(digits):
    network = learn_translator(digits, UNPAIRED.model_copy(update={"images": 10}), 0)
    card = TranslatorCard(network=network.config, kinds=("good", "bad"), images=(9, 9), error=1.0, seed=0)
    data = to_bytes(TrainedTranslator(network, card))
    again = from_bytes(data, "file").network
    for back in (False, True):
        assert np.array_equal(translated(again, digits.first, back), translated(network, digits.first, back))
    with pytest.raises(UnusableError, match="file is damaged"):
        from_bytes(data[:-100], "file")


def folder(path, images):
    path.mkdir()
    for number, image in enumerate(images):
        (path / f"{number:03d}.png").write_bytes(encode_png(image))
    return path


def run(*words):
    return CliRunner().invoke(app, [*map(str, words)], env={"COLUMNS": "200"})


def test_folders_are_learned_from_and_translated_both_ways(tmp_path, digits):
    good, bad = folder(tmp_path / "good", digits.first[:12]), folder(tmp_path / "bad", digits.second[20:34])
    (good / "notes.txt").write_text("no picture")
    learned = run("train-translator", "--from", good, "--to", bad, "--out", tmp_path / "t.safetensors", "--images", 10)
    assert learned.exit_code == 0, learned.output
    assert "notes.txt was passed over" in learned.output
    assert "learned good to bad from 12 and 14 pictures" in " ".join(learned.output.split())
    assert not (tmp_path / "t.safetensors.unfinished").exists()
    made = run("translate-images", "--by", tmp_path / "t.safetensors", "--from", bad, "--out", tmp_path / "b", "--back")
    assert "translated 14 of 14 pictures, bad to good, 28 pixels a side" in " ".join(made.output.split())
    assert decode_image((tmp_path / "b" / "000.png").read_bytes(), 1).shape == (1, 28, 28)


def test_a_side_that_is_empty_or_pairs_that_are_none_are_refused(tmp_path, digits):
    good, empty = folder(tmp_path / "good", digits.first[:12]), folder(tmp_path / "empty", [])
    words = ("train-translator", "--from", good, "--to", empty, "--out", tmp_path / "t.safetensors")
    assert "there is no picture at" in str(run(*words).exception)
    assert "both sides are" in str(run(*words[:4], good, *words[5:]).exception)
    (empty / "notes.txt").write_text("no picture")
    assert "one side is empty: 12 and 0 images" in str(run(*words).exception)
    assert "pairs have one name" in str(run(*words, "--pairs").exception)
    refused = run("translate-images", "--by", tmp_path / "none", "--from", good, "--out", tmp_path / "made")
    assert "run: nightscore train-translator" in str(refused.exception)
