import torch
from torch import nn

from synthesis.networks.dcgan import Generator
from synthesis.networks.pair import codes
from synthesis.presets.catalogue import preset
from synthesis.training.ema import recompute_batch_norm, update_ema


def made(seed: int) -> Generator:
    torch.manual_seed(seed)
    return Generator(preset("default", (1, 28, 28)).generator)


def test_half_of_the_way_is_gone_in_a_half_life():
    average, generator = made(0), made(1)
    before = average.dense.weight.detach().clone()
    for _ in range(3):
        update_ema(average, generator, 3.0)
    assert torch.allclose(average.dense.weight, (before + generator.dense.weight) / 2, atol=1e-6)


def test_settling_sets_normalisation_to_what_the_weights_give():
    network = made(0)
    recompute_batch_norm(network, None, 0, batches=50)
    with torch.no_grad():
        maps = network.start[0](network.dense(codes(12_800, network.config.latent, torch.Generator().manual_seed(0))))
    norm = next(m for m in network.modules() if isinstance(m, nn.BatchNorm2d))
    assert torch.allclose(norm.running_mean, maps.mean((0, 2, 3)), atol=1e-4)
    assert torch.allclose(norm.running_var, maps.var((0, 2, 3)), rtol=0.01)
    assert not network.training
