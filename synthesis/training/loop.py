"""How a pair is trained: one loop with snapshots, of which the best one on validation images is kept."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint, TrainingState
from sensors_data.nets.training import Progress
from sensors_data.settings import Section
from synthesis.networks.dcgan import Generator
from synthesis.quality.extractors import Extractor
from synthesis.training.collapse import Measures, WatchConfig, alarms, collapsed
from synthesis.training.recipe import Recipe
from synthesis.training.snapshots import Examples, measures_of, of_fixed_codes, settled
from synthesis.training.step import Pair, as_pixels, make_pair, train_step
from synthesis.training.workers import Workers, alone


class Snapshot(Section):
    """One row of the `generator_training` table."""

    epoch: int
    images: int
    discriminator_loss: float
    generator_loss: float
    distance: float
    class_entropy: float
    diversity: float
    state: str
    best: bool
    alarms: tuple[str, ...] = ()
    """Why it is not healthy."""


@dataclass(frozen=True)
class Trained:
    """The best snapshot's generator and how training went."""

    generator: Generator
    history: list[Snapshot]
    state: str
    """done, collapsed or diverged."""
    reason: str
    """Why it stopped before its end; empty where it did not."""

    @property
    def best(self) -> Snapshot:
        """The snapshot whose weights were kept."""
        return [snapshot for snapshot in self.history if snapshot.best][-1]


Shown = Callable[[Snapshot, np.ndarray], None]
"""Told each snapshot's row and what it draws from the same codes, uint8 (64, C, H, W)."""


def train(
    recipe: Recipe,
    examples: Examples,
    extractor: Extractor,
    watch: WatchConfig,
    snapshots: int,
    seed: int,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    show: Shown | None = None,
    workers: Workers | None = None,
) -> Trained:
    """The generator of the best of some snapshots of a training, also where that collapses or diverges.

    On a GPU when there is one. The same seed gives the same weights on a CPU, also when training was killed and goes on
    from `checkpoint`. Of several `workers` this is the first, and `train_along` runs in the others.
    DivergedError when a loss is no number before there was a snapshot.
    """
    pair = make_pair(recipe.generator, recipe.discriminator, recipe.training, seed, workers or alone())
    plan = Plan.of(pair, len(examples.images), snapshots)
    best: dict[str, Tensor] = {}
    history: list[Snapshot] = []
    if checkpoint is not None and (saved := checkpoint.load(state_of(pair))):
        best, history = saved.best, [Snapshot.model_validate(row) for row in saved.history]
    while pair.workers.agreed(len(history) < snapshots and (not history or history[-1].state == "training")):
        losses = _train_part(pair, plan, examples, len(history), seed, progress)
        if not np.isfinite(losses).all():
            history.append(_diverged(plan, history, losses))
            continue
        network = settled(pair, examples, seed)
        found = measures_of(pair, network, examples, extractor, seed)
        history.append(_judged(plan, history, losses, found, watch))
        if history[-1].best:
            best = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
        if checkpoint is not None:
            checkpoint.save(state_of(pair), best, [snapshot.model_dump() for snapshot in history])
        if show is not None:
            show(history[-1], of_fixed_codes(network, examples, seed))
    return _kept(pair, best, history)


def train_along(
    recipe: Recipe, examples: Examples, snapshots: int, seed: int, checkpoint: Checkpoint, workers: Workers
) -> None:
    """What the others of several workers do while the first one trains: the same steps, and nothing else."""
    pair = make_pair(recipe.generator, recipe.discriminator, recipe.training, seed, workers)
    plan = Plan.of(pair, len(examples.images), snapshots)
    saved = checkpoint.load(state_of(pair))
    done = len(saved.history) if saved else 0
    while workers.agreed(True):
        _train_part(pair, plan, examples, done, seed, None)
        done += 1


def state_of(pair: Pair) -> TrainingState:
    """What a training of the pair changes; each of its parts draws anew, by its number."""
    networks = {"generator": pair.generator, "discriminator": pair.discriminator, "average": pair.average}
    return TrainingState(networks, {"of_generator": pair.of_generator, "of_discriminator": pair.of_discriminator})


def _kept(pair: Pair, best: dict[str, Tensor], history: list[Snapshot]) -> Trained:
    """The generator with its best weights, on the CPU. DivergedError when there are none."""
    if not best:
        raise DivergedError(history[-1].alarms[0], "lower the rate, or take another loss or a penalty")
    kept = copy.deepcopy(pair.average)
    kept.load_state_dict(best)
    kept.cpu()
    last = history[-1]
    return Trained(kept.eval().requires_grad_(False), history, last.state, "; ".join(last.alarms))


@dataclass(frozen=True)
class Plan:
    """Where in a run the snapshots lie."""

    steps: int
    batch: int
    per_step: int
    """Real images shown in a step."""
    ends: tuple[int, ...]
    """The last step before each snapshot."""

    @staticmethod
    def of(pair: Pair, images: int, snapshots: int) -> Plan:
        """Snapshots evenly over as many steps as show all of the config's images."""
        batch = min(pair.config.batch, images)
        per_step = batch * pair.config.discriminator_steps
        steps = max(snapshots, -(-pair.config.images // per_step))
        return Plan(steps, batch, per_step, tuple(round(steps * (n + 1) / snapshots) for n in range(snapshots)))


def _train_part(
    pair: Pair, plan: Plan, examples: Examples, done: int, seed: int, progress: Progress | None
) -> tuple[float, float]:
    """The steps between two snapshots, `done` of them behind; the mean losses, NaN as soon as one is no number."""
    first, last = (plan.ends[done - 1] + 1 if done else 1), plan.ends[done]
    workers = pair.workers
    own = int(np.random.SeedSequence((seed, done, workers.rank)).generate_state(1)[0])
    draws = torch.Generator().manual_seed(own)  # a part begins alike whether or not the run was resumed
    totals = torch.zeros(2)
    with torch.random.fork_rng():
        torch.manual_seed(own)  # dropout draws from the global state
        for step in range(first, last + 1):
            batches = [
                _batch(examples, plan, pair, step, number, seed) for number in range(pair.config.discriminator_steps)
            ]
            losses = torch.stack(train_step(pair, batches, step, step / plan.steps, draws)).float()
            totals += workers.mean(losses).cpu()
            if not torch.isfinite(totals).all():
                break
            if progress is not None and (step % max(1, plan.steps // 200) == 0 or step == last):
                telling, drawing = (totals / (step - first + 1)).tolist()
                progress(step * plan.per_step, plan.steps * plan.per_step, f"losses {telling:.2f} {drawing:.2f}")
    telling, drawing = (totals / (last - first + 1)).tolist()
    return telling, drawing


def _batch(
    examples: Examples, plan: Plan, pair: Pair, step: int, number: int, seed: int
) -> tuple[Tensor, Tensor | None]:
    """The real images of a step and their classes, this worker's part of them: every image once a pass, in an order of
    the pass's own.
    """
    a_pass = len(examples.images) // plan.batch
    place = (step - 1) * pair.config.discriminator_steps + number
    order = _order(len(examples.images), seed, place // a_pass)
    index = order[place % a_pass * plan.batch :][: plan.batch][pair.workers.rank :: pair.workers.count]
    device = pair.workers.device
    x = as_pixels(torch.from_numpy(examples.images[index]).to(device), pair.generator.config.low)
    return x, None if examples.numbers is None else torch.from_numpy(examples.numbers[index]).to(device)


@lru_cache(maxsize=2)
def _order(count: int, seed: int, number: int) -> np.ndarray:
    """The order of images in a pass."""
    return np.random.default_rng((seed, number)).permutation(count)


def _judged(
    plan: Plan, history: list[Snapshot], losses: tuple[float, float], found: Measures, watch: WatchConfig
) -> Snapshot:
    """A snapshot's row: whether it is healthy, the best so far, the last."""
    wrong = alarms(found, watch)
    over = collapsed([*(list(snapshot.alarms) for snapshot in history), wrong], watch)
    last = len(history) + 1 == len(plan.ends)
    return Snapshot(
        epoch=len(history) + 1,
        images=plan.ends[len(history)] * plan.per_step,
        discriminator_loss=losses[0],
        generator_loss=losses[1],
        distance=found.distance,
        class_entropy=found.class_entropy,
        diversity=found.diversity,
        state="collapsed" if over else "done" if last else "training",
        best=all((bool(wrong), found.distance) < (bool(other.alarms), other.distance) for other in history),
        alarms=tuple(wrong),
    )


def _diverged(plan: Plan, history: list[Snapshot], losses: tuple[float, float]) -> Snapshot:
    """The row of a part in which a loss became no number."""
    images = plan.ends[len(history)] * plan.per_step
    return Snapshot(
        epoch=len(history) + 1,
        images=images,
        discriminator_loss=losses[0],
        generator_loss=losses[1],
        distance=math.nan,
        class_entropy=math.nan,
        diversity=math.nan,
        state="diverged",
        best=False,
        alarms=(f"a loss became no number before {images:,} images were shown",),
    )
