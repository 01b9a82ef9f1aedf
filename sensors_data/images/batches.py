"""Which published batches of drawn images may be learned from: those whose gain was measured."""

from __future__ import annotations

from datetime import date

from sensors_data.store import Store

USE = "use"
"""The row of `quality` that says what a batch is for: 1, for augmentation; 0, to look at."""
TO_LOOK_AT = "to look at: no gain over ordinary augmentation was measured; run: nightscore try-augmentation"


def for_augmentation(store: Store, camera: str, days: list[date]) -> list[date]:
    """The days, of those given, whose batch raised a figure by more than chance."""
    return [day for day in days if _helps(store, camera, day)]


def _helps(store: Store, camera: str, day: date) -> bool:
    rows = store.read_days("quality", [day], camera=camera)
    return bool(rows.loc[rows["measure"] == USE, "passed"].any())
