"""Presets for pictures of at most 32 pixels, killed after two steps and continued: the same weights as unbroken."""

from functools import partial

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.images.arrays import resize
from sensors_data.nets.checkpoint import Checkpoint
from synthesis.presets.catalogue import PRESETS, preset
from synthesis.quality.extractors import Extractor
from synthesis.training import loop, snapshots
from synthesis.training.collapse import Measures, WatchConfig
from synthesis.training.ema import recompute_batch_norm
from synthesis.training.loop import train
from synthesis.training.run import Examples, GanHooks, TrainingRun, Validation

DIGITS = load_digits()
SCANS = np.rint(DIGITS.images[:40] * (255 / 16)).astype(np.uint8)[:, None]
HEALTHY = Measures(distance=1.0, class_entropy=2.0, real_entropy=2.0, diversity=1.0, d_accuracy=0.6)
PIXELS = Extractor("pixels", lambda x: (x.flatten(1)[:, ::16], None))


class KilledError(Exception):
    """The machine went away."""


def kept_in(place: dict, dies: bool) -> Checkpoint:
    """A checkpoint in memory; the run dies right after the first one."""

    def write(data: bytes) -> None:
        place["state"] = data
        if dies:
            raise KilledError

    return Checkpoint(lambda: place.get("state"), write, "a run")


@pytest.mark.parametrize("name", [name for name, chosen in PRESETS.items() if chosen.own[1] <= 32])
def test_a_killed_training_of_every_preset_goes_on_to_the_same_weights(name, monkeypatch):
    monkeypatch.setattr(loop, "measures_of", lambda *_: HEALTHY)
    monkeypatch.setattr(snapshots, "recompute_batch_norm", partial(recompute_batch_norm, size=8))
    channels, side, _ = PRESETS[name].own or (1, 28, 28)
    x = resize(SCANS, side).repeat(channels, 1)
    given = preset(name, (channels, side, side), 10 if PRESETS[name].conditional else 0)
    steps = 4 * given.training.discriminator_steps
    given = given.model_copy(
        update={"training": given.training.model_copy(update={"batch": 4, "images": 4 * steps, "path_every": 1})}
    )
    run = TrainingRun(given, Examples(x[:32], DIGITS.target[:32], x[32:]), 2, 0)

    def trained(checkpoint: Checkpoint | None):
        return train(run, Validation(PIXELS, WatchConfig()), GanHooks(checkpoint=checkpoint))

    whole, place = trained(None), {}
    with pytest.raises(KilledError):
        trained(kept_in(place, dies=True))
    resumed = trained(kept_in(place, dies=False))
    assert whole.state in ("done", "collapsed")
    assert all(np.isfinite([row.discriminator_loss, row.generator_loss]).all() for row in whole.history)
    assert str(resumed.history) == str(whole.history)
    for key, tensor in whole.generator.state_dict().items():
        assert torch.equal(tensor, resumed.generator.state_dict()[key]), key
