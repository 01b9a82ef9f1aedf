"""Painting a defect on a good part: a kind, a size and a visibility drawn on purpose, image and mask given back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sensors_data.defects import first_version, marks, pasted, structure, surface
from sensors_data.defects.canvas import Canvas, Painter
from sensors_data.defects.likeness import RealDefect, likeness
from sensors_data.defects.visibility import visibility
from sensors_data.errors import UnusableError

PAINTERS: dict[str, Painter] = {
    "cut-paste": pasted.cut_paste,
    "scar": pasted.scar,
    "blend": pasted.blended,
    "texture": pasted.texture,
    "scratch": marks.scratch,
    "crack": marks.crack,
    "stain": marks.stain,
    "dent": marks.dent,
    "hole": marks.hole,
    "blur": surface.blur,
    "light": surface.light,
    "colour": surface.colour,
    "missing": structure.missing,
    "shifted": structure.shifted,
    "doubled": structure.doubled,
}
"""Every kind of painted defect, by the name that tables carry as its label."""
KINDS = tuple(PAINTERS)
VERSION = "2"
"""Of the painters; it grows when one paints otherwise."""
VERSIONS: dict[str, dict[str, Painter]] = {
    "1": {**PAINTERS, "cut-paste": first_version.cut_paste, "scar": first_version.scar, "hole": first_version.hole},
    VERSION: PAINTERS,
}
"""The painters of every version, so that an earlier painting can be painted again."""
WHOLE = ("missing", "shifted", "doubled", "cut-paste")
"""Kinds that are there or not: half of one would be a ghost. The others are painted as faint as is asked."""
LEARNED = "learned:"
"""Before the label of a defect by a learned painter; how strong such a defect is was learned too."""
SIZES = (0.06, 0.4)
"""Of the image's shorter side: the smallest and the largest diameter, drawn evenly on a log scale."""
VISIBLE, STRIKING = 1.0, 40.0
"""The visibilities between which one is drawn, evenly on a log scale, unless others are asked for."""
TRIES = 30
SEEN = 0.35
"""A pixel belongs to the mask where the defect changes it by this share of its typical strongest change."""
LARGEST = 0.5
"""Of the image: a mask that covers more is refused."""
NEARLY = 0.9
"""Of the least visibility: rounding to grey levels may cost this much."""


@dataclass(frozen=True)
class PaintedDefect:
    """A good part with a defect, and what is known of it."""

    image: np.ndarray  # (C, H, W), of the good part's type
    mask: np.ndarray  # (H, W) bool
    kind: str
    size: float
    """Pixels: the square root of the mask's area."""
    strength: float
    """0 to 1, how much of the painter's full contrast was laid on."""
    visibility: float
    """1: just visible."""


def paint_defect(
    good: np.ndarray,
    donor: np.ndarray,
    kind: str,
    rng: np.random.Generator,
    least: float = VISIBLE,
    version: str = VERSION,
) -> PaintedDefect:
    """A defect of a kind on a good part (C, H, W), uint8 or uint16; `donor` is another good part, for what is pasted.

    Size and visibility, `least` or more, are drawn from `rng`; the same generator and version of the painters give the
    same bytes. UnusableError when no try is that visible, as on a blank part, or for a version that is not known.
    """
    if version not in VERSIONS:
        raise UnusableError(f"painters {version} are not known here", f"there are painters {', '.join(VERSIONS)}")
    if kind not in KINDS:
        raise UnusableError(f"no painter is called '{kind}'", f"there are {', '.join(KINDS)}")
    return _visible(good, donor, kind, VERSIONS[version][kind], rng, least)


def paint_like(good: np.ndarray, real: RealDefect, rng: np.random.Generator) -> PaintedDefect:
    """A defect like a real one on a good part (C, H, W) of the same shape and type; its kind is `like:` and the label.

    UnusableError when no try can be seen, or when its mask covers more than LARGEST of the picture.
    """
    check_mask(real)
    return _visible(good, real.image, f"like:{real.label}", lambda canvas: likeness(canvas, real.mask), rng, VISIBLE)


def check_mask(real: RealDefect) -> None:
    """UnusableError when a real defect's mask marks nothing, or more than LARGEST of its picture."""
    if not 0 < real.mask.mean() <= LARGEST:
        covers = f"{real.name}: its mask covers {real.mask.mean():.0%} of the picture"
        raise UnusableError(covers, f"mark the defect alone, at most {LARGEST:.0%}")


def paint_learned(good: np.ndarray, label: str, painter: Painter, rng: np.random.Generator) -> PaintedDefect:
    """A defect by a learned painter of a label on a good part (C, H, W); its kind is `learned:` and the label.

    UnusableError when no try can be seen.
    """
    return _visible(good, good, LEARNED + label, painter, rng, VISIBLE)


def _visible(
    good: np.ndarray, donor: np.ndarray, kind: str, painter: Painter, rng: np.random.Generator, least: float
) -> PaintedDefect:
    """The first of up to TRIES defects of a painter that can be seen. UnusableError when none can."""
    brightest = np.iinfo(good.dtype).max
    clean, other = good / brightest, donor / brightest
    for _ in range(TRIES):
        size = min(good.shape[1:]) * float(np.exp(rng.uniform(*np.log(SIZES))))
        wanted = float(np.exp(rng.uniform(*np.log((least, STRIKING)))))
        layer = painter(Canvas(clean, other, max(3.0, size), rng))
        change = layer.outline * (layer.image - clean)
        mask = _mask(change)
        is_whole = kind in WHOLE or kind.startswith(LEARNED)
        strength = 1.0 if is_whole else min(1.0, wanted / max(visibility(clean, clean + change, mask), 1e-9))
        painted = np.rint(np.clip(clean + strength * change, 0, 1) * brightest).astype(good.dtype)
        seen = visibility(clean, painted / brightest, mask)
        if seen >= NEARLY * least and 0 < mask.mean() <= LARGEST:
            return PaintedDefect(painted, mask, kind, float(np.sqrt(mask.sum())), strength, seen)
    raise UnusableError(f"no {kind} can be seen on this part after {TRIES} tries", "give parts that show something")


def _mask(change: np.ndarray) -> np.ndarray:
    """The pixels (H, W) that a change (C, H, W) marks, without pinholes."""
    amount = np.abs(change).max(0)
    if not amount.any():
        return np.zeros(amount.shape, bool)
    strongest = float(np.quantile(amount[amount > 0.02 * amount.max()], 0.9))
    marked: np.ndarray = ndimage.binary_closing(np.pad(amount > SEEN * strongest, 2), iterations=2)[2:-2, 2:-2]
    return marked
