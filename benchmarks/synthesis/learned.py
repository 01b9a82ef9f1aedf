"""Defects by a learned painter beside the real ones it learned from, and beside those of `--like`.

python -m benchmarks.synthesis.learned --data FILE.npz --out FILE.jpg [--kind MT_Crack ...] [--defects 5] [--parts 200]
    [--images 4000] [--seed 0]

FILE is one that `benchmarks.images.defects` takes, with masks. Of each kind, so many real defects are learned from, no
two of them look-alikes, and none larger than the crops that the page shows. For each kind the page has a row of real
defects, those learned from first, one painted by `--like`, and one by the painter. A classifier of five figures then
tries to tell painted defects from the other real ones; 0.5 is chance. `--images 40` gives the figures of a painter that
has hardly learned, as a control. The exit status is 2 when the file or an option is wrong.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from scipy import ndimage
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from benchmarks.images.defects_data import Parts, read_parts
from benchmarks.images.sets import npz_arrays
from benchmarks.images.splits import look_alikes
from benchmarks.outputs import make_folders, wide_console
from benchmarks.synthesis.painted import page_of
from sensors_data.defects.batch import Way, like_real, paint_in_turn
from sensors_data.defects.likeness import RealDefect, box_around
from synthesis.painter.crops import Examples
from synthesis.painter.files import PainterCard, from_bytes, to_bytes
from synthesis.painter.learning import FEWEST, PainterSettings, learn_painter
from synthesis.painter.painting import ways_of

SHOWN, COLUMNS = 64, 10
"""Pixels a side of what the page shows around a defect, and defects in a row."""
PAINTED = 60
"""Defects of a kind and a way that the classifier sees."""
ROUNDS, FOLDS = 3, 5
"""Of cross-validation."""
console = wide_console()


@dataclass(frozen=True)
class Defects:
    """Defects on parts: images (N, C, H, W) and masks (N, H, W)."""

    x: np.ndarray
    masks: np.ndarray

    @property
    def crops(self) -> np.ndarray:
        """What the page shows of each, (N, C, SHOWN, SHOWN)."""
        side = min(SHOWN, *self.x.shape[2:])
        boxes = [box_around(mask) for mask in self.masks]
        first = [
            [int(np.clip((s.start + s.stop - side) // 2, 0, room - side)) for s, room in zip(b, m.shape, strict=True)]
            for b, m in zip(boxes, self.masks, strict=True)
        ]
        return np.stack([x[:, a : a + side, b : b + side] for x, (a, b) in zip(self.x, first, strict=True)])


def usable(parts: Parts, kinds: np.ndarray, kind: str, groups: np.ndarray, seed: int) -> np.ndarray:
    """The images with a defect of a kind that a crop can show, one of each group of look-alikes, in random order."""
    small = [
        n
        for n in np.flatnonzero(parts.odd & (kinds == kind))
        if parts.masks[n].any() and max(s.stop - s.start for s in box_around(parts.masks[n])) <= SHOWN
    ]
    order = np.random.default_rng(seed).permutation(np.array(small, int))
    _, first = np.unique(groups[order], return_index=True)
    return np.asarray(order[np.sort(first)])


def painted(goods: np.ndarray, ways: list[Way], seed: int, least: float) -> Defects:
    """PAINTED defects on good parts, the ways in turn; those of less strength than `least` are passed over."""
    every = (painting.defect for painting in paint_in_turn(goods, 100 * PAINTED, seed, ways))
    strong = list(islice((defect for defect in every if defect.strength >= least), PAINTED))
    return Defects(np.stack([d.image for d in strong]), np.stack([d.mask for d in strong]))


def figures_of(defects: Defects) -> np.ndarray:
    """How each defect stands out, (N, 5): quantiles of its levels and steepness, in spreads of what lies around it."""
    rows = []
    for x, mask in zip(defects.x, defects.masks, strict=True):
        grey = x.mean(0).astype(float)
        inside = ndimage.binary_dilation(mask, iterations=2)
        around = ndimage.binary_dilation(inside, iterations=8) & ~ndimage.binary_dilation(inside, iterations=2)
        steep = np.hypot(ndimage.sobel(grey, 0), ndimage.sobel(grey, 1))
        middle, spread = np.median(grey[around]), grey[around].std() + 1
        levels = np.quantile((grey[inside] - middle) / spread, [0.02, 0.3, 0.7, 0.98])
        rows.append([*levels, np.quantile(steep[inside], 0.9) / (np.median(steep[around]) + 1)])
    return np.sign(rows) * np.log1p(np.abs(rows))


def told_apart(one: Defects, other: Defects) -> float:
    """How well a forest of trees tells two sets of defects apart that it has not seen: AUROC, mean over rounds."""
    x = np.concatenate([figures_of(one), figures_of(other)])
    y = np.repeat([0, 1], [len(one.x), len(other.x)])
    model = ExtraTreesClassifier(200, min_samples_leaf=2, class_weight="balanced", random_state=0)
    folds = [StratifiedKFold(FOLDS, shuffle=True, random_state=n) for n in range(ROUNDS)]
    chances = [cross_val_predict(model, x, y, cv=fold, method="predict_proba")[:, 1] for fold in folds]
    return float(np.mean([roc_auc_score(y, chance) for chance in chances]))


def learned_ways(examples: Examples, settings: PainterSettings, seed: int) -> list[Way]:
    """The ways of a painter learned from examples, as its file gives it back; prints what the training cost."""
    started = time.process_time()
    network = learn_painter(examples, settings, seed)
    seconds = time.process_time() - started
    card = PainterCard(
        network=network.config,
        camera="benchmark",
        day=date(1970, 1, 1),
        defects=tuple(defect.name for defect in examples.defects),
        labels=tuple(defect.label for defect in examples.defects),
        goods=len(examples.goods),
        images=settings.images,
        seed=seed,
    )
    data = to_bytes(network, examples.outlines, card)
    console.print(f"learned from {len(examples.defects)} defects in {seconds:,.0f} CPU-s, {len(data) / 1024:,.0f} KiB")
    return ways_of(from_bytes(data, "the painter"))


def main(
    data: Annotated[Path, typer.Option(help="An npz with x, y, mask and, where known, classes.")],
    out: Annotated[Path, typer.Option(help="The page, a PNG or JPEG by its ending.")],
    kind: Annotated[list[str], typer.Option(help="A kind to learn; may be repeated.")],
    defects: Annotated[int, typer.Option(min=1, help="Real defects of a kind to learn from.")] = 5,
    parts: Annotated[int, typer.Option(min=1, help="Good parts to learn from, and to paint on.")] = 200,
    images: Annotated[int, typer.Option(min=1, help="Parts painted in training.")] = 4_000,
    seed: Annotated[int, typer.Option(min=0)] = 0,
) -> None:
    """Learn to paint a few kinds of defects and show them beside real ones."""
    torch.set_num_threads(1)
    make_folders(out)
    try:
        held = read_parts(data)
        arrays = npz_arrays(data, ("y", "classes"))
        kinds = (arrays["classes"][arrays["y"]] if "classes" in arrays else arrays["y"]).astype(str)
        groups = look_alikes(held.x)
        rows = {name: usable(held, kinds, name, groups, seed) for name in kind}
        if short := [
            f"{name} {len(order)}" for name, order in rows.items() if len(order) < max(FEWEST, defects) + FOLDS
        ]:
            raise ValueError(
                f"too few different defects of a kind: {', '.join(short)}; learn from fewer, or name others"
            )
        real = tuple(
            RealDefect(str(n), name, held.x[n], held.masks[n]) for name, order in rows.items() for n in order[:defects]
        )
        goods = np.random.default_rng(seed).permutation(held.x[~held.odd])
        learned = learned_ways(Examples(goods[:parts], real), PainterSettings(images=images), seed)
        page: dict[str, np.ndarray] = {}
        for way, name in zip(learned, sorted(kind), strict=True):
            order = rows[name]
            true = Defects(held.x[order], held.masks[order])
            likes = [like_real(one) for one in real if one.label == name]
            copied, strong = (painted(goods[parts:], likes, seed, least) for least in (0, 1))
            drawn = painted(goods[parts:], [way], seed, 0)
            page |= {f"{name}: real": true.crops, f"{name}: like": copied.crops, f"{name}: learned": drawn.crops}
            others = Defects(true.x[defects:], true.masks[defects:])
            all_likes, strong_likes, learned_ones = (told_apart(others, one) for one in (copied, strong, drawn))
            console.print(
                f"{name}: told from {len(others.x)} other real ones with AUROC "
                f"like {all_likes:.2f} (at full strength {strong_likes:.2f}), learned {learned_ones:.2f}"
            )
    except (ValueError, LookupError, OSError) as error:
        console.print(str(error))
        raise typer.Exit(2) from error
    out.write_bytes(page_of({name: crops[:COLUMNS] for name, crops in page.items()}, COLUMNS, out.suffix[1:] or "png"))


if __name__ == "__main__":
    typer.run(main)
