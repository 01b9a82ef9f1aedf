import numpy as np
import pytest

from sensors_data.series.values.plausible import plausible_range

WARM = np.linspace(53, 67, 1000)


@pytest.mark.parametrize(
    ("values", "unit", "expected"),
    [
        (WARM, "°C", (-85.5, 206.0)),
        (WARM, "bar", (-616.0, 736.0)),
        (WARM - 60, "°C", (-146.0, 146.0)),
        (np.linspace(-250, -240, 1000), "°C", (-273.15, 0.0)),
        (np.linspace(-2, 1.6, 1000), "", (-109.0, 109.0)),
        (np.full(100, 7.0), "bar", (None, None)),
        (np.concatenate([np.zeros(300), [0.2]]), "mm", (None, None)),
        (np.empty(0), "bar", (None, None)),
    ],
)
def test_a_range_has_room_for_faults_and_none_for_slips(values, unit, expected):
    assert plausible_range(values, unit) == expected


def test_a_slip_lies_outside_the_range_and_bursts_that_come_often_inside():
    slips = np.concatenate([WARM, [6500.0, 6500.0]])
    assert plausible_range(slips, "bar")[1] < 6500
    bursts = np.concatenate([np.tile(WARM, 4), np.linspace(900, 1000, 8)])
    assert plausible_range(bursts, "bar")[1] == 2000.0
