"""How a VAE is fitted: the evidence lower bound over what was observed, and one loop for both models."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from anomaly.vae.model import VAE
from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint, TrainingState
from sensors_data.nets.training import Progress
from sensors_data.settings import Section


@dataclass(frozen=True)
class Examples:
    """What is learned from: inputs and which of their values were measured."""

    x: Tensor  # (N, ...), 0 where nothing was observed
    observed: Tensor  # (N, ...) 0 or 1, may broadcast

    def __len__(self) -> int:
        """N, the number of examples."""
        return len(self.x)

    def at(self, index: Tensor) -> Examples:
        """The examples at `index` (B,)."""
        return Examples(self.x[index], self.observed[index])


class FitConfig(Section):
    """How a model is trained, and for how long."""

    epochs: int = 40
    """Passes over the training windows or images, at most."""
    batch: int = 64
    """Windows or images in one step."""
    optimizer: Literal["adam", "rmsprop", "sgd"] = "adam"
    """The rule by which the weights move."""
    learning_rate: float = 1e-3
    """Size of a step; with one-cycle, of the largest one."""
    schedule: Literal["constant", "one-cycle"] = "constant"
    """one-cycle: up over the first fifth of the steps, down to nothing over the rest, both by cosine."""
    weight_decay: float = 0.0
    """How strongly weights are pulled towards 0."""
    beta: float = 0.5
    """Weight of the KL term once warm (1 is the evidence lower bound itself)."""
    warm_up: int = 5
    """Epochs over which the KL weight rises from 0 to beta."""
    free_bits: float = 0.02
    """Nats of KL per code dimension that cost nothing (Kingma et al. 2016, arXiv:1606.04934)."""
    masked_inputs: float = 0.05
    """Share of input values hidden in training; the target stays whole (missing-data injection)."""
    input_noise: float = 0.0
    """Standard deviation of noise added to the input in training; the target stays clean."""
    patience: int = 8
    """Epochs without a better validation loss before training stops."""
    gradient_norm: float = 5.0
    """Largest norm of the gradient of the loss per value."""


class Epoch(Section):
    """One row of the `training` table; losses in nats an example, those of validation NaN where nothing is held out."""

    epoch: int
    train_loss: float
    valid_loss: float
    kl: float
    beta: float
    best: bool


def elbo_terms(model: VAE, inputs: Tensor, target: Tensor, observed: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """The two parts of the ELBO in nats: E log p(x|z) over the observed values (B,), and KL(q || N(0, 1)) (B, Z)."""
    q = model.encode(inputs)  # (B, Z)
    p = model.decode(q.mean + q.stddev * noise)  # (B, ...)
    log_likelihood = (p.log_prob(target) * observed).flatten(1).sum(1)
    kl = 0.5 * (q.mean.square() + q.variance - 1.0 - q.variance.log())
    return log_likelihood, kl


def negative_elbo(
    model: VAE,
    x: Tensor,
    observed: Tensor,
    beta: float,
    noise: Tensor,
    free_bits: float = 0.0,
    inputs: Tensor | None = None,
) -> Tensor:
    """The negative ELBO of a batch, a scalar, nats an example; a value that was not observed weighs nothing.

    `noise` (B, Z) is standard normal; `inputs` is what the encoder sees where that is not the target itself.
    Kingma and Welling 2014 (arXiv:1312.6114); beta: Higgins et al. 2017.
    """
    log_likelihood, kl = elbo_terms(model, x if inputs is None else inputs, x, observed, noise)
    return beta * kl.mean(0).clamp(min=free_bits).sum() - log_likelihood.mean()


def fit(
    model: VAE,
    train: Examples,
    valid: Examples,
    config: FitConfig,
    seed: int,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Epoch]:
    """Train `model` in place and leave it with the weights of its best epoch on `valid`; the history.

    Without validation examples all epochs are made and the last weights stay.

    The same seed gives the same weights, also when training was killed and goes on from `checkpoint`.
    DivergedError when the loss is no number before any epoch ended well; a later one ends training at the best epoch.
    """
    generator = torch.Generator().manual_seed(seed)
    optimizer = _optimizer(model, config)
    history: list[Epoch] = []
    steps = -(-len(train) // config.batch)
    best: dict[str, Tensor] = {}
    state = TrainingState({"model": model}, {"optimizer": optimizer}, generator)
    if checkpoint is not None and (saved := checkpoint.load(state)):
        best, history = saved.best, [Epoch.model_validate(row) for row in saved.history]
    since_best = len(history) - max((e.epoch for e in history if e.best), default=0)
    for epoch in range(len(history) + 1, config.epochs + 1):
        if since_best >= config.patience:
            break
        beta = config.beta * min(1.0, epoch / max(1, config.warm_up))
        rates = [_rate(config, (step + (epoch - 1) * steps) / (config.epochs * steps)) for step in range(steps)]
        train_loss = _train_epoch(model, optimizer, train, config, beta, rates, generator)
        valid_loss, kl = _validate(model, valid, config, seed) if len(valid) else (math.nan, math.nan)
        loss = valid_loss if len(valid) else train_loss
        if not math.isfinite(train_loss + loss):
            if not best:
                raise DivergedError(f"the loss became {train_loss} in epoch {epoch}", "lower learning_rate")
            break
        # while the KL weight rises, losses of different epochs are still compared at the final weight
        is_best = not len(valid) or valid_loss < min((e.valid_loss for e in history), default=float("inf"))
        since_best = 0 if is_best else since_best + 1
        if is_best:
            best = copy.deepcopy(model.state_dict())
        row = Epoch(epoch=epoch, train_loss=train_loss, valid_loss=valid_loss, kl=kl, beta=beta, best=is_best)
        history.append(row)
        if checkpoint is not None:
            checkpoint.save(state, best, [e.model_dump() for e in history])
        if progress is not None:
            progress(epoch, config.epochs, f"loss {loss:.1f}")
    model.load_state_dict(best)
    model.eval()
    return history


def _train_epoch(
    model: VAE,
    optimizer: torch.optim.Optimizer,
    train: Examples,
    config: FitConfig,
    beta: float,
    rates: list[float],
    generator: torch.Generator,
) -> float:
    """One pass over the examples in a fresh order; the mean loss, nats an example."""
    model.train()
    total = 0.0
    with torch.random.fork_rng():
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))  # dropout draws from the global state
        order = torch.randperm(len(train), generator=generator)
        for rate, index in zip(rates, order.split(config.batch), strict=True):  # type: ignore[no-untyped-call]
            for group in optimizer.param_groups:
                group["lr"] = rate
            batch = train.at(index)
            inputs = _corrupted(batch.x, config, generator)
            noise = torch.randn(len(index), model.latent, generator=generator)
            loss = negative_elbo(model, batch.x, batch.observed, beta, noise, config.free_bits, inputs)
            optimizer.zero_grad()
            (loss / batch.x[0].numel()).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), config.gradient_norm)
            optimizer.step()
            total += float(loss.detach()) * len(index)
    return total / len(train)


def _rate(config: FitConfig, done: float) -> float:
    """The learning rate when a share `done` of all steps lies behind."""
    if config.schedule == "constant":
        return config.learning_rate
    up = 0.2
    share = (
        0.5 - 0.5 * math.cos(math.pi * done / up)
        if done < up
        else 0.5 + 0.5 * math.cos(math.pi * (done - up) / (1 - up))
    )
    return config.learning_rate * max(share, 0.04 if done < up else 1e-4)


def _corrupted(x: Tensor, config: FitConfig, generator: torch.Generator) -> Tensor:
    """What the encoder sees of a batch in training: some values hidden, noise on the rest."""
    if config.masked_inputs:
        x = x * (torch.rand(x.shape, generator=generator) >= config.masked_inputs)
    if config.input_noise:
        x = x + config.input_noise * torch.randn(x.shape, generator=generator)
    return x


@torch.no_grad()
def _validate(model: VAE, valid: Examples, config: FitConfig, seed: int) -> tuple[float, float]:
    """Negative ELBO at the final KL weight and KL, nats an example; the same draws in every epoch."""
    model.eval()
    generator = torch.Generator().manual_seed(seed + 1)
    loss = kl = 0.0
    for index in torch.arange(len(valid)).split(512):  # type: ignore[no-untyped-call]
        batch = valid.at(index)
        noise = torch.randn(len(index), model.latent, generator=generator)
        log_likelihood, divergence = elbo_terms(model, batch.x, batch.x, batch.observed, noise)
        kl += float(divergence.sum())
        loss += float(config.beta * divergence.sum() - log_likelihood.sum())
    return loss / len(valid), kl / len(valid)


def _optimizer(model: VAE, config: FitConfig) -> torch.optim.Optimizer:
    weights = [w for w in model.parameters() if w.requires_grad]
    rate, decay = config.learning_rate, config.weight_decay
    if config.optimizer == "adam":
        return torch.optim.AdamW(weights, lr=rate, weight_decay=decay, fused=True)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, lr=rate, weight_decay=decay)
    return torch.optim.SGD(weights, lr=rate, momentum=0.9, weight_decay=decay)
