"""Names of pictures that a program drew over others: results and heat maps beside the part they are of."""

from __future__ import annotations

import re
from collections.abc import Collection

_DRAWN = re.compile(
    r"(?P<stem>.+?)[-_. ](?P<word>overlay|overlayed|result|results|heatmap|heat_map|anomaly_?map|score_?map|vis|viz|"
    r"visuali[sz]ation|annotated|marked|drawn|highlighted|bbox|bboxes|boxes|contour|contours|detection|detections|"
    r"pred|prediction|ergebnis|markiert)s?(?:[-_]?\d{1,2})?",
    re.IGNORECASE,
)


def drawn_over(stem: str, others: Collection[str]) -> str:
    """The word that calls a picture a drawing over one of the `others`, stems in small letters; nothing for a part."""
    match = _DRAWN.fullmatch(stem)
    return match["word"] if match and match["stem"].lower() in others else ""
