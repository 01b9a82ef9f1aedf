"""One step of translation's training: with pairs, and without."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from synthesis.training.in_parts import minimise
from synthesis.training.losses import discriminator_loss, generator_loss
from synthesis.translation.networks import PatchDiscriminator, Translator, TranslatorConfig

PIXEL_WEIGHT = 100.0
"""Of the mean absolute error to the true image, with pairs (Isola et al. 2017)."""
CYCLE_WEIGHT, SAME_WEIGHT = 10.0, 5.0
"""Of the way forth and back, and of an image that is of the wanted kind already (Zhu et al. 2017)."""
REMEMBERED = 50
"""Earlier fake images from which the discriminator without pairs learns (Shrivastava et al. 2017)."""


class Memory(nn.Module):
    """Earlier fake images; half of the time one of them is shown instead of a new one."""

    def __init__(self, image: tuple[int, int, int]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(REMEMBERED, *image))
        self.register_buffer("count", torch.tensor(0))

    def exchanged(self, fakes: Tensor, draws: torch.Generator) -> Tensor:
        """Fake images (B, C, H, W), every other one on average exchanged for an earlier one, which it replaces."""
        images, count, out = self.get_buffer("images"), self.get_buffer("count"), []
        for fake in fakes.detach():
            if count < REMEMBERED:
                images[count] = fake
                count += 1
                out.append(fake)
            elif torch.rand((), generator=draws) < 0.5:
                place = int(torch.randint(REMEMBERED, (), generator=draws))
                out.append(images[place].clone())
                images[place] = fake
            else:
                out.append(fake)
        return torch.stack(out)


@dataclass(frozen=True)
class TranslationState:
    """What a training changes: the translator, the discriminators, their optimizers, the remembered images."""

    translator: Translator
    critics: nn.ModuleList
    """Of the second kind, and without pairs of the first."""
    memories: nn.ModuleList
    g_optimizer: torch.optim.Optimizer
    d_optimizer: torch.optim.Optimizer


def initial_state(config: TranslatorConfig, learning_rate: float, seed: int) -> TranslationState:
    """Networks with the first weights that `seed` gives."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        translator, channels = Translator(config), config.image[0]
        if config.kind == "paired":
            critics = [PatchDiscriminator(2 * channels, config.width, nn.BatchNorm2d)]
        else:
            critics = [PatchDiscriminator(channels, config.width, nn.InstanceNorm2d) for _ in range(2)]
    memories = nn.ModuleList(Memory(config.image) for _ in critics)
    modules = nn.ModuleList(critics)
    optimizers = (torch.optim.Adam(part.parameters(), learning_rate, (0.5, 0.999)) for part in (translator, modules))
    return TranslationState(translator, modules, memories, *optimizers)


def paired_step(state: TranslationState, x: Tensor, y: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """The losses of discriminator and translator for images x (B, C, H, W) and what each shall become, y."""
    fake, (critic,) = state.translator.forth(x), state.critics
    real_logits = critic(torch.cat([x, y], 1))
    d_loss = discriminator_loss("bce", real_logits, critic(torch.cat([x, fake.detach()], 1))) / 2
    minimise(state.d_optimizer, d_loss)
    g_loss = generator_loss("bce", critic(torch.cat([x, fake], 1)), real_logits.detach())
    g_loss = g_loss + PIXEL_WEIGHT * F.l1_loss(fake, y)
    minimise(state.g_optimizer, g_loss)
    return d_loss.detach(), g_loss.detach()


def unpaired_step(state: TranslationState, x: Tensor, y: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor]:
    """The losses of discriminators and translators for images x of the first kind and y of the second."""
    forth, back = state.translator.forth, state.translator.back
    if back is None:
        raise TypeError("a translator of pairs has no way back to learn")
    fake_y, fake_x = forth(x), back(y)
    g_loss = cycle_loss(forth, back, (x, y), (fake_x, fake_y))
    for critic, fake in zip(state.critics, (fake_y, fake_x), strict=True):
        logits = critic(fake)
        g_loss = g_loss + 2 * generator_loss("least-squares", logits, logits)
    minimise(state.g_optimizer, g_loss)
    d_loss = torch.zeros(())
    for critic, memory, real, fake in zip(state.critics, state.memories, (y, x), (fake_y, fake_x), strict=True):
        d_loss = d_loss + discriminator_loss("least-squares", critic(real), critic(memory.exchanged(fake, draws)))  # type: ignore[operator]
    minimise(state.d_optimizer, d_loss)
    return d_loss.detach(), g_loss.detach()


def cycle_loss(forth: nn.Module, back: nn.Module, real: tuple[Tensor, Tensor], fake: tuple[Tensor, Tensor]) -> Tensor:
    """What forth and back should keep of images (x, y) and their translations (of y, of x), a scalar.

    An image comes back as it was, and one that is of the wanted kind already stays (Zhu et al. 2017, equation 2 and
    section 5.2).
    """
    (x, y), (fake_x, fake_y) = real, fake
    cycle = F.l1_loss(back(fake_y), x) + F.l1_loss(forth(fake_x), y)
    same = F.l1_loss(forth(y), y) + F.l1_loss(back(x), x)
    return CYCLE_WEIGHT * cycle + SAME_WEIGHT * same
