"""The training loop of a generator: parts between snapshots, of which the best one on held-out images is kept."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from sensors_data.errors import DivergedError
from sensors_data.nets.checkpoint import Checkpoint, TrainingState
from sensors_data.nets.training import Progress
from synthesis.networks.pair import GeneratorNetwork
from synthesis.training.collapse import Measures, WatchConfig, alarms, collapsed
from synthesis.training.run import Examples, GanHooks, Snapshot, TrainingRun, Validation
from synthesis.training.snapshots import drawn_of_each_class, measures_of, of_fixed_codes, snapshot_of
from synthesis.training.step import GanState, as_pixels, initial_state, train_step
from synthesis.training.workers import Workers, alone


@dataclass(frozen=True)
class Trained:
    """The best snapshot's generator and how training went."""

    generator: GeneratorNetwork
    history: list[Snapshot]
    state: str
    """done, collapsed or diverged."""
    reason: str
    """Why it stopped before its end; empty where it did not."""

    @property
    def best(self) -> Snapshot:
        """The snapshot whose weights were kept."""
        return [snapshot for snapshot in self.history if snapshot.best][-1]


def train(
    run: TrainingRun, validation: Validation, hooks: GanHooks | None = None, workers: Workers | None = None
) -> Trained:
    """The generator of the best snapshot, also where the training collapses or diverges after it.

    On a GPU when there is one. The same seed gives the same weights on a CPU, also when the training was killed and
    continues from its checkpoint. Of several `workers` this is process 0; `train_along` runs in the others.
    DivergedError when a loss was not finite before the first snapshot.
    """
    hooks, seed = hooks or GanHooks(), run.seed
    gan = initial_state(run.recipe, seed, workers or alone(), run.start)
    plan = Plan.of(gan, len(run.examples.images), run.snapshots)
    best: dict[str, Tensor] = {}
    history: list[Snapshot] = []
    if hooks.checkpoint is not None and (saved := hooks.checkpoint.load(state_of(gan))):
        best, history = saved.best, [Snapshot.model_validate(row) for row in saved.history]
    while gan.workers.agreed(len(history) < run.snapshots and (not history or history[-1].state == "training")):
        losses = _train_part(gan, plan, run.examples, len(history), seed, hooks.progress)
        if not np.isfinite(losses).all():
            history.append(_diverged(plan, history, losses))
            continue
        network = snapshot_of(gan, run.examples, seed)
        measures = measures_of(gan, network, run.examples, validation.extractor, seed)
        gain = _gain(network, validation, seed)
        history.append(_snapshot(plan, history, losses, measures, gain, validation.watch))
        if history[-1].best:
            best = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
        if hooks.show is not None:  # before its state is kept: what is killed in between is shown again
            hooks.show(history[-1], of_fixed_codes(network, run.examples, seed))
        if hooks.checkpoint is not None:
            hooks.checkpoint.save(state_of(gan), best, [snapshot.model_dump() for snapshot in history])
    return _trained(gan, best, history)


def train_along(run: TrainingRun, checkpoint: Checkpoint, workers: Workers) -> None:
    """The same steps as process 0, in each of the other processes that share a training; nothing is measured here."""
    gan = initial_state(run.recipe, run.seed, workers, run.start)
    plan = Plan.of(gan, len(run.examples.images), run.snapshots)
    saved = checkpoint.load(state_of(gan))
    done = len(saved.history) if saved else 0
    while workers.agreed(True):
        _train_part(gan, plan, run.examples, done, run.seed, None)
        done += 1


def state_of(gan: GanState) -> TrainingState:
    """The parts of a training that a checkpoint keeps; its random draws begin anew after each snapshot."""
    networks: dict[str, nn.Module] = {
        "generator": gan.generator,
        "discriminator": gan.discriminator,
        "average": gan.average,
    }
    if gan.past is not None:
        networks |= {"generator_past": gan.past[0], "discriminator_past": gan.past[1]}
    return TrainingState(networks, {"g_optimizer": gan.g_optimizer, "d_optimizer": gan.d_optimizer})


def _trained(gan: GanState, best: dict[str, Tensor], history: list[Snapshot]) -> Trained:
    """The generator with its best weights, on the CPU. DivergedError when there are none."""
    if not best:
        raise DivergedError(history[-1].alarms[0], "lower the learning rate, or take another loss or a penalty")
    generator = copy.deepcopy(gan.average)
    generator.load_state_dict(best)
    generator.cpu()
    last = history[-1]
    return Trained(generator.eval().requires_grad_(False), history, last.state, "; ".join(last.alarms))


@dataclass(frozen=True)
class Plan:
    """Where in a training the snapshots lie."""

    steps: int
    batch: int
    per_step: int
    """Real images shown in a step."""
    ends: tuple[int, ...]
    """The last step before each snapshot."""

    @staticmethod
    def of(gan: GanState, images: int, snapshots: int) -> Plan:
        """Snapshots evenly over as many steps as show all of the config's images."""
        batch = min(gan.config.batch, images)
        per_step = batch * gan.config.discriminator_steps
        steps = max(snapshots, -(-gan.config.images // per_step))
        return Plan(steps, batch, per_step, tuple(round(steps * (n + 1) / snapshots) for n in range(snapshots)))


def _train_part(
    gan: GanState, plan: Plan, examples: Examples, done: int, seed: int, progress: Progress | None
) -> tuple[float, float]:
    """The steps between two snapshots, `done` of them made before: the mean d_loss and g_loss, NaN once one is not
    finite.
    """
    first, last = (plan.ends[done - 1] + 1 if done else 1), plan.ends[done]
    part_seed = int(np.random.SeedSequence((seed, done, gan.workers.rank)).generate_state(1)[0])
    draws = torch.Generator().manual_seed(part_seed)  # a part begins alike whether or not the training was resumed
    totals = torch.zeros(2)
    with torch.random.fork_rng():
        torch.manual_seed(part_seed)  # dropout draws from the global state
        for step in range(first, last + 1):
            numbers = range((step - 1) * gan.config.discriminator_steps, step * gan.config.discriminator_steps)
            batches = [_batch(examples, plan, gan, number, seed) for number in numbers]
            losses = torch.stack(train_step(gan, batches, step, step / plan.steps, draws)).float()
            totals += gan.workers.mean(losses).cpu()
            if not torch.isfinite(totals).all():
                break
            if progress is not None and (step % max(1, plan.steps // 200) == 0 or step == last):
                d_loss, g_loss = (totals / (step - first + 1)).tolist()
                progress(step * plan.per_step, plan.steps * plan.per_step, f"losses {d_loss:.2f} {g_loss:.2f}")
    d_loss, g_loss = (totals / (last - first + 1)).tolist()
    return d_loss, g_loss


def _batch(examples: Examples, plan: Plan, gan: GanState, number: int, seed: int) -> tuple[Tensor, Tensor | None]:
    """This worker's part of one batch of real images and their classes: every image once an epoch, in an order of the
    epoch's own.
    """
    per_epoch = len(examples.images) // plan.batch
    order = _order(len(examples.images), seed, number // per_epoch)
    index = order[number % per_epoch * plan.batch :][: plan.batch][gan.workers.rank :: gan.workers.count]
    device = gan.workers.device
    x = as_pixels(torch.from_numpy(examples.images[index]).to(device), gan.generator.config.low)
    return x, None if examples.numbers is None else torch.from_numpy(examples.numbers[index]).to(device)


@lru_cache(maxsize=2)
def _order(count: int, seed: int, epoch: int) -> np.ndarray:
    """The order of images in an epoch."""
    return np.random.default_rng((seed, epoch)).permutation(count)


def _gain(network: GeneratorNetwork, validation: Validation, seed: int) -> float:
    """What a snapshot's images add to a classifier; NaN where the distance chooses."""
    if validation.gain is None:
        return math.nan
    return validation.gain.of(*drawn_of_each_class(network, validation.gain.classes, seed))


def _snapshot(
    plan: Plan,
    history: list[Snapshot],
    losses: tuple[float, float],
    measures: Measures,
    gain: float,
    watch: WatchConfig,
) -> Snapshot:
    """A snapshot's row: whether it is healthy, the best so far, the last."""
    messages = alarms(measures, watch)
    is_collapsed = collapsed([*(list(snapshot.alarms) for snapshot in history), messages], watch)
    is_last = len(history) + 1 == len(plan.ends)
    snapshot = Snapshot(
        epoch=len(history) + 1,
        images=plan.ends[len(history)] * plan.per_step,
        discriminator_loss=losses[0],
        generator_loss=losses[1],
        distance=measures.distance,
        class_entropy=measures.class_entropy,
        diversity=measures.diversity,
        state="collapsed" if is_collapsed else "done" if is_last else "training",
        best=False,
        gain=gain,
        alarms=tuple(messages),
    )
    return snapshot.model_copy(update={"best": all(snapshot.rank < other.rank for other in history)})


def _diverged(plan: Plan, history: list[Snapshot], losses: tuple[float, float]) -> Snapshot:
    """The row of a part in which a loss was not finite."""
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
        alarms=(f"a loss became infinite or NaN before {images:,} images were shown",),
    )
