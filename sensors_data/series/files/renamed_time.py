"""Files of a folder whose time column is called otherwise than in the first one."""

from __future__ import annotations

import pandas as pd

from sensors_data.layout import Layout


def with_time_named(frame: pd.DataFrame, layout: Layout, wanted: list[str], sensors: tuple[str, ...]) -> pd.DataFrame:
    """A table whose one column without a known name is the time that it lacks, under the layout's name.

    It is as it stands where another known column is missing too, or where several columns are not known.
    """
    columns = sensors if layout.kind == "wide" and not layout.sensor_from_file else ()
    time = layout.time[0]
    missing = {*wanted, *(columns)} - set(frame.columns)
    if len(layout.time) > 1 or missing != {time}:
        return frame
    known = {*wanted, *layout.ignore, *columns}
    unknown = [name for name in frame.columns if name not in known]
    return frame.rename(columns={unknown[0]: time}) if len(unknown) == 1 else frame
