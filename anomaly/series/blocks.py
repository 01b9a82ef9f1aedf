"""Grids of several assets over the same rows as one array, so that a night is scored without a loop over assets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sensors_data.series.grids.grid import Grid

MOST_VALUES = 320_000
"""Largest number of values in a block: the results for its windows take some 300 bytes per value."""


@dataclass(frozen=True)
class Block:
    """A assets, T rows, D sensors; the last `shown` rows are scored, those before them are context."""

    assets: tuple[str, ...]
    times: np.ndarray  # (T,)
    values: np.ndarray  # (A, T, D) float32
    observed: np.ndarray  # (A, T, D) bool
    sensors: tuple[str, ...]
    shown: int

    def __len__(self) -> int:
        """T, the number of rows."""
        return len(self.times)

    @property
    def last(self) -> slice:
        """The rows that are scored."""
        return slice(len(self) - self.shown, len(self))

    def grid(self, place: int) -> Grid:
        """One asset's grid, as views."""
        return Grid(self.times, self.values[place], self.observed[place], self.sensors)

    def padded(self, rows: int) -> Block:
        """The block with `rows` unmeasured rows added before its first."""
        if not rows:
            return self
        before = (len(self.assets), rows, len(self.sensors))
        return replace(
            self,
            times=np.concatenate([np.repeat(self.times[:1], rows), self.times]),
            values=np.concatenate([np.full(before, np.nan, np.float32), self.values], axis=1),
            observed=np.concatenate([np.zeros(before, bool), self.observed], axis=1),
        )


def block_of(grid: Grid, asset: str) -> Block:
    """One asset's grid as a block; all of its rows are scored."""
    return Block((asset,), grid.times, grid.values[None], grid.observed[None], grid.sensors, len(grid))


def blocks_of(grids: dict[str, Grid], since: np.datetime64) -> list[Block]:
    """The grids of assets as blocks of grids with the same rows; the rows from `since` on are scored."""
    alike: dict[tuple[object, int], list[str]] = {}
    for asset, grid in grids.items():
        alike.setdefault((grid.times[0], len(grid)), []).append(asset)
    blocks = []
    for (_, rows), assets in alike.items():
        first = grids[assets[0]]
        most = max(1, MOST_VALUES // (rows * len(first.sensors)))
        shown = rows - int(np.searchsorted(first.times, since))
        for part in (assets[place : place + most] for place in range(0, len(assets), most)):
            values, observed = (np.stack([getattr(grids[a], name) for a in part]) for name in ("values", "observed"))
            blocks.append(Block(tuple(part), first.times, values, observed, first.sensors, shown))
    return blocks


def in_groups(blocks: list[Block]) -> list[list[Block]]:
    """Consecutive blocks in groups of at most MOST_VALUES values; a larger block forms a group of its own."""
    groups: list[list[Block]] = []
    values = 0
    for block in blocks:
        values += block.values.size
        if not groups or values > MOST_VALUES:
            groups.append([])
            values = block.values.size
        groups[-1].append(block)
    return groups
