"""Trainings that two processes share: scans of digits at 8 x 8 pixels, compared in their own pixels."""

import multiprocessing
from dataclasses import replace

import numpy as np
import psutil
import pytest
import torch
from sklearn.datasets import load_digits

from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint
from synthesis.networks.dcgan import DiscriminatorConfig, GeneratorConfig
from synthesis.networks.layers import Layer
from synthesis.quality.extractors import Extractor
from synthesis.training import parallel
from synthesis.training.collapse import WatchConfig
from synthesis.training.config import TrainingConfig
from synthesis.training.loop import train
from synthesis.training.parallel import workers_of
from synthesis.training.recipe import Recipe
from synthesis.training.run import Examples, GanHooks, TrainingRun, Validation
from synthesis.training.workers import Workers, most_devices

IMAGE = (1, 8, 8)
PIXELS = Extractor("pixels", lambda x: (x.flatten(1), None))
SCANS = np.rint(load_digits().images * (255 / 16)).astype(np.uint8)[:, None]
CPU = torch.device("cpu")
BATCH = 32


def shared(seed: int = 0, snapshots: int = 2, **training) -> TrainingRun:
    last = Layer(kind="shuffle", channels=1, activation="tanh")
    up = GeneratorConfig(image=IMAGE, latent=8, start=(16, 4), start_norm="batch", layers=(last,))
    down = DiscriminatorConfig(image=IMAGE, layers=(Layer(channels=16, stride=2, activation="leaky-0.2"),))
    config = {"loss": "hinge", "learning_rate": 2e-3, "batch": BATCH, "images": 20 * BATCH, **training}
    recipe = Recipe(preset="small", generator=up, discriminator=down, training=TrainingConfig.model_validate(config))
    return TrainingRun(recipe, Examples(SCANS[:1500], None, SCANS[1500:]), snapshots, seed)


def trained(run: TrainingRun, workers: Workers, **hooks):
    return train(run, Validation(PIXELS, WatchConfig()), GanHooks(**hooks), workers)


def by_two(run: TrainingRun, **hooks):
    with workers_of(2, run, hooks.get("checkpoint")) as workers:
        return trained(run, workers, **hooks)


pytestmark = pytest.mark.skipif(most_devices() < 2, reason="this machine has one core")


def test_two_processes_step_by_the_mean_of_their_slopes():
    """One step without momentum, the discriminator as good as fixed: the mean of what each would have done alone."""
    run = shared(
        snapshots=1,
        images=BATCH,
        optimizer="sgd",
        betas=(0.0, 0.9),
        learning_rate=10,
        discriminator_learning_rate=1e-12,
        loss="bce",
    )
    together = dict(by_two(run).generator.named_parameters())
    apart = [dict(trained(run, Workers(CPU, rank, 2)).generator.named_parameters()) for rank in (0, 1)]
    for name, weight in together.items():
        torch.testing.assert_close(weight, (apart[0][name] + apart[1][name]) / 2, rtol=1e-5, atol=1e-6)
        assert not torch.allclose(weight, apart[0][name], rtol=1e-5, atol=1e-6), name


def test_a_killed_run_of_two_goes_on_to_the_same_weights_and_listens_on_loopback_alone():
    states, listening = [], []

    def note_ports(*told: object) -> None:
        own = psutil.Process()
        for process in (own, *own.children(recursive=True)):
            listening.extend(c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN)

    whole = by_two(shared(), progress=note_ports, checkpoint=Checkpoint(lambda: None, states.append, "a run"))
    assert [snapshot.state for snapshot in whole.history] == ["training", "done"]
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    resumed = by_two(shared(), checkpoint=Checkpoint(lambda: states[0], lambda data: None, "a run"))
    assert str(resumed.history) == str(whole.history)
    for name, tensor in whole.generator.state_dict().items():
        assert torch.equal(tensor, resumed.generator.state_dict()[name]), name


def test_a_process_that_goes_away_stops_the_training_and_is_named():
    def kill_the_other(*told: object) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(ChildProcessError, match="a process that trained along has gone, exit status -9"):
        by_two(shared(images=5000), progress=kill_the_other)
    assert not torch.distributed.is_initialized()


def test_a_process_that_cannot_start_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(parallel, "_for_the_others", lambda run, checkpoint: ("too", "few"))
    with pytest.raises(ChildProcessError, match="exit status 1"), workers_of(2, shared()):
        pass


def test_a_process_that_fails_on_its_way_is_named(monkeypatch):
    monkeypatch.setattr(parallel, "_for_the_others", lambda run, checkpoint: (replace(run, seed="no number"), None, ""))
    with pytest.raises(ChildProcessError, match="exit status 1"):
        by_two(shared())


def test_a_loss_that_is_no_number_ends_both():
    with pytest.raises(DivergedError, match="a loss became infinite or NaN"):
        by_two(shared(optimizer="sgd", learning_rate=1e30))
    assert not multiprocessing.active_children()


@pytest.mark.parametrize(
    ("devices", "batch", "error", "told"),
    [
        (most_devices() + 1, 64, ValueError, "but this machine has"),
        (2, 33, ValueError, "a batch of 33 images does not divide among 2 devices"),
        (2, 2, ValueError, "a batch of 2 images does not divide among 2 devices"),
    ],
)
def test_what_cannot_be_shared_is_an_error(devices, batch, error, told):
    with pytest.raises(error, match=told), workers_of(devices, shared(batch=batch)):
        pass
