"""What the credentials of a synthetic PNG say: that it is synthetic, what made it, and how to make it again."""

from __future__ import annotations

from typing import Any

from sensors_data.defects.paint import LEARNED
from sensors_data.provenance import CODE
from synthesis.defects.provenance import PaintingOrigin, is_painted, painting_origin
from synthesis.sampling import Origin, origin_of

ORIGIN = "nightscore.origin"
"""The assertion that holds the origin: generator with the hash of its weights, seed, number, or painters and parts."""
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""The vocabulary of IPTC, which C2PA takes."""
DRAWN = f"{SOURCE_TYPES}trainedAlgorithmicMedia"
"""Made by a model that learned from captured content."""
PAINTED = f"{SOURCE_TYPES}composite"
"""A mix of elements. IPTC keeps `compositeSynthetic` for mixes with generative AI, and most painters are none."""
LEARNED_PAINTED = f"{SOURCE_TYPES}compositeSynthetic"
"""A defect by a learned painter on a captured part."""


def manifest_of(png: bytes) -> dict[str, Any]:
    """The manifest of a drawn or painted PNG, by its own text. UnusableError for a PNG that is not synthetic."""
    painted = is_painted(png)
    origin = painting_origin(png) if painted else origin_of(png)
    software = {"name": "nightscore", "version": CODE}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _source_type(origin),
        "softwareAgent": software,
        "description": "a defect painted on a real picture" if painted else "a picture drawn by a generator",
    }
    return {
        "claim_generator_info": [software],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
            {"label": ORIGIN, "data": origin.model_dump(mode="json")},
        ],
    }


def _source_type(origin: Origin | PaintingOrigin) -> str:
    """What kind of source a picture of an origin comes from, in IPTC's words."""
    if isinstance(origin, Origin):
        return DRAWN
    return LEARNED_PAINTED if origin.kind.startswith(LEARNED) else PAINTED
