"""Images with defects from a file, and the draws that share them out without look-alikes on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.images.sets import as_images, as_labels, npz_arrays
from benchmarks.images.splits import FEWEST_LEARNED

TEST_SHARE = 0.3
APART, RANDOM = "look-alikes apart", "random, leaky"
NORMAL = ("", "normal", "good", "ok", "free", "0", "false")
"""Labels of an image without a defect, in small letters."""


@dataclass(frozen=True)
class Parts:
    """N images, which of them have a defect, and where it is known to lie."""

    x: np.ndarray  # (N, C, H, W) uint8
    odd: np.ndarray  # (N,) bool
    masks: np.ndarray  # (N, H, W) bool


def read_parts(path: Path) -> Parts:
    """The images of an npz with x, y and, where known, mask and classes. ValueError says what does not fit."""
    held = npz_arrays(path, ("x", "y", "mask", "classes"))
    if not {"x", "y"} <= set(held):
        raise ValueError(f"{path.name} wants the arrays x and y, it holds {sorted(held) or 'neither'}")
    x, where = as_images(held["x"], f"{path.name}, x"), f"{path.name}, y"
    labels = as_labels(held["y"], len(x), where)
    if "classes" in held:
        named = as_labels(held["y"], len(x), where, held["classes"])
        labels = named if _is_normal(held["classes"].reshape(-1).astype(str)).any() else labels
    odd = ~_is_normal(labels)
    if odd.all() or not odd.any():
        problem = "no normal image" if odd.all() else "no defect"
        kinds = ", ".join(map(repr, np.unique(labels)[:8].tolist()))
        raise ValueError(
            f"{where}: {problem} among {len(x):,} labelled {kinds}; 0, '', normal, good, ok, free are normal"
        )
    return Parts(x, odd, _masks(held.get("mask"), x, f"{path.name}, mask"))


def _is_normal(labels: np.ndarray) -> np.ndarray:
    return np.isin(np.char.lower(labels), NORMAL)


def _masks(mask: np.ndarray | None, x: np.ndarray, where: str) -> np.ndarray:
    """Which pixels of x (N, C, H, W) are defective, (N, H, W): any channel above 0; none where nothing is known."""
    wanted = (len(x), *x.shape[2:])
    if mask is None:
        return np.zeros(wanted, bool)
    if mask.dtype.kind not in "biuf":
        raise ValueError(f"{where} is of type {mask.dtype}; save it as uint8, 0 where there is no defect")
    marked: np.ndarray = mask > 0
    channels = [axis for axis in (3, 1) if mask.ndim == 4 and tuple(np.delete(mask.shape, axis)) == wanted]
    if channels:
        marked = np.any(marked, axis=channels[0], keepdims=True).reshape(wanted)
    if marked.shape != wanted:
        raise ValueError(f"{where} has the shape {mask.shape}, x wants {wanted}")
    return marked


def draws_of(odd: np.ndarray, groups: np.ndarray, draws: int) -> tuple[list[tuple[str, np.ndarray, int]], str]:
    """The name, groups and seed of every draw: look-alikes apart, and one at random beside. Where look-alikes cannot be
    shared out all are at random, and the second value says why. ValueError when too few images are left either way.
    """
    alone = np.arange(len(odd))
    why = next(filter(None, (shortage(odd, groups, seed) for seed in range(draws))), "")
    if not why:
        return [*((APART, groups, seed) for seed in range(draws)), (RANDOM, alone, 0)], ""
    if still := next(filter(None, (shortage(odd, alone, seed) for seed in range(draws))), ""):
        raise ValueError(f"{(~odd).sum():,} normal images and {odd.sum():,} defects are too few: {still}")
    return [(RANDOM, alone, seed) for seed in range(draws)], why


def shortage(odd: np.ndarray, groups: np.ndarray, seed: int) -> str:
    """What a draw of the split lacks to train and test; empty when it lacks nothing."""
    train, test = split(odd, groups, seed)
    trained, normal, defects = int(train.sum()), int((test & ~odd).sum()), int((test & odd).sum())
    if trained >= FEWEST_LEARNED and normal and defects:
        return ""
    counts = f"{trained} normal images to train on, {normal} and {defects} defects to test"
    return f"draw {seed} has {counts}; at least {FEWEST_LEARNED}, 1 and 1 are needed"


def split(odd: np.ndarray, groups: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which images are trained on and which tested, (N,) bool each: normal groups are shared out, a defect is tested
    unless a look-alike of it is trained on."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(np.unique(groups[~odd]))
    ends = np.cumsum([np.sum((groups == g) & ~odd) for g in order])
    tested = np.isin(groups, order[: int(np.searchsorted(ends, TEST_SHARE * ends[-1])) + 1])
    train = ~odd & ~tested
    return train, ~train & ~np.isin(groups, groups[train])
