"""Assets in the names of sensors."""

import pandas as pd

from sensors_data.layout import Layout
from sensors_data.series.files.asset_names import with_assets_of_names


def test_names_that_hold_no_asset_stay_as_they_are():
    rows = pd.DataFrame({"asset": "asset", "sensor": ["plant/pump-a/flow", "plant/weather", "plant/pump-b/in/temp"]})
    parts = with_assets_of_names(rows, Layout(asset_from_sensor="^plant/(.+?)/"))
    assert parts["asset"].tolist() == ["pump-a", "asset", "pump-b"]
    assert parts["sensor"].tolist() == ["flow", "plant/weather", "in/temp"]
