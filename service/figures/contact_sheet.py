"""Pictures of every label side by side, masks outlined: what `init` understood of a camera."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sensors_data.figure_files import figure_bytes
from sensors_data.images.understanding.discover import Sample

INK, MARK = "#2b2d42", "#c1272d"
MOST_LABELS = 12


def labelled_sheet(samples: list[Sample], title: str) -> bytes:
    """A PNG with a row of pictures a label, the mask's outline over each that has one."""
    labels = list(dict.fromkeys(sample.label for sample in samples))[:MOST_LABELS]
    rows = {label: [sample for sample in samples if sample.label == label] for label in labels}
    columns = max(map(len, rows.values()))
    figure = Figure(figsize=(1.1 * max(columns, 4) + 0.3, 1.3 * len(rows) + 0.6), layout="constrained")
    axes = figure.subplots(len(rows), max(columns, 4), squeeze=False)
    for axis in axes.ravel():
        axis.set_axis_off()
    for line, (label, of_label) in zip(axes, rows.items(), strict=True):
        line[0].set_title(label or "(no label)", fontsize=9, color=INK, loc="left", pad=3)
        for axis, sample in zip(line, of_label, strict=False):
            grey = len(sample.x) == 1
            axis.imshow(
                sample.x[0] if grey else sample.x.transpose(1, 2, 0), cmap="gray" if grey else None, vmin=0, vmax=255
            )
            if sample.mask is not None and sample.mask.any():
                axis.contour(np.asarray(sample.mask[0] > 0, float), levels=[0.5], colors=MARK, linewidths=0.8)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", color=INK)
    return figure_bytes(figure)
