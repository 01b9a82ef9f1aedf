"""The asset of a row where no column names it, but the name of its sensor."""

from __future__ import annotations

import re

import pandas as pd

from sensors_data.layout import Layout


def parted(name: str, layout: Layout) -> tuple[str, str]:
    """The asset and the sensor in a sensor's name as the files have it; no asset where the name holds none."""
    match = re.search(layout.asset_from_sensor, name)
    behind = name[match.end() :] if match else ""
    return (match[1], behind) if match and match[1] and behind else ("", name)


def with_assets_of_names(rows: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Rows (asset, sensor) with the assets that their sensors' names hold, and the sensors' names without them."""
    places, names = pd.factorize(rows["sensor"].astype(str))
    parts = pd.DataFrame([parted(name, layout) for name in names], columns=["asset", "sensor"], dtype="str")
    asset = pd.Series(parts["asset"].to_numpy()[places], index=rows.index)
    return rows.assign(asset=asset.where(asset != "", rows["asset"]), sensor=parts["sensor"].to_numpy()[places])
