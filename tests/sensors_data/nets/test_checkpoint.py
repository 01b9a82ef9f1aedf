from dataclasses import replace

import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from sensors_data.nets.checkpoint import Checkpoint, TrainingState, stored_checkpoint
from sensors_data.store import Store


def state(seed: int, optimizer: type[torch.optim.Optimizer] = torch.optim.Adam, **settings) -> TrainingState:
    """A convolution whose weights lie in memory as a training's do, its optimizer and its draws."""
    torch.manual_seed(seed)
    network = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    return TrainingState(
        {"net": network}, {"steps": optimizer(network.parameters(), **settings)}, torch.Generator().manual_seed(seed)
    )


def step(training: TrainingState) -> None:
    """One step on random inputs."""
    network, optimizer = training.networks["net"], training.optimizers["steps"]
    optimizer.zero_grad()
    network(torch.randn(2, 3, 5, 5, generator=training.draws)).square().mean().backward()
    optimizer.step()


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        (torch.optim.Adam, {"lr": 1e-2, "fused": True}),
        (torch.optim.RMSprop, {"lr": 1e-2}),
        (torch.optim.SGD, {"lr": 1e-2, "momentum": 0.9}),
    ],
)
def test_a_restored_training_steps_to_the_same_bits(optimizer, settings):
    states: list[bytes] = []
    checkpoint = Checkpoint(lambda: states[-1], states.append, "a run")
    training = state(0, optimizer, **settings)
    step(training)
    best = {"weight": training.networks["net"].weight.detach().clone()}
    checkpoint.save(training, best, [{"epoch": 1}])
    step(training)
    restored = state(1, optimizer, **settings)
    saved = checkpoint.load(restored)
    assert saved is not None
    assert saved.history == [{"epoch": 1}]
    assert torch.equal(saved.best["weight"], best["weight"])
    step(restored)
    for name, tensor in training.networks["net"].state_dict().items():
        assert torch.equal(tensor, restored.networks["net"].state_dict()[name]), name


def test_the_state_of_another_training_or_of_an_earlier_revision_is_left_alone():
    states: list[bytes] = []
    checkpoint = Checkpoint(lambda: states[-1], states.append, "a run")
    training = state(0, lr=1e-2)
    checkpoint.save(training, {}, [])
    assert replace(checkpoint, key="another run").load(state(0, lr=1e-2)) is None
    older = load_tensors(states[-1])
    states.append(save_tensors(older, {"key": "a run", "format": "2", "history": "[]"}))
    assert checkpoint.load(state(0, lr=1e-2)) is None
    assert Checkpoint(lambda: None, states.append).load(training) is None


def test_a_state_that_was_cut_or_changed_begins_the_training_anew(tmp_path):
    store = Store(str(tmp_path))
    checkpoint = stored_checkpoint(store, "models/unfinished/x.state", "a run")
    checkpoint.save(state(0, lr=1e-2), {}, [])
    whole = (tmp_path / "models/unfinished/x.state").read_bytes()
    assert checkpoint.load(state(0, lr=1e-2)) is not None
    for damaged in (whole[:-1], whole[:40], b"", whole.replace(b"a run", b"b run")):
        (tmp_path / "models/unfinished/x.state").write_bytes(damaged)
        assert checkpoint.load(state(0, lr=1e-2)) is None
