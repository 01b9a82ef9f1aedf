import numpy as np
import pytest

from sensors_data.series.values.context import is_context

HOURS = np.arange(480)
SETPOINT = np.choose(HOURS // 12 % 4, [20.0, 22.0, 25.0, 18.0])


@pytest.mark.parametrize(
    ("name", "values", "states", "expected"),
    [
        ("zone", SETPOINT, 0, True),
        ("TIC101.SP", np.where(HOURS % 24 < 6, 20.0, 23.0), 0, True),
        ("TIC101.PV", np.where(HOURS % 24 < 6, 20.0, 23.0), 0, False),
        ("humidity", np.round(50 + 4 * np.sin(HOURS / 40)), 0, False),
        ("temp", 50 + np.sin(HOURS / 9), 0, False),
        ("mode", np.empty(0), 4, True),
        ("pump", np.empty(0), 2, False),
        ("pumpCmd", (HOURS % 24 < 6).astype(float), 0, True),
    ],
)
def test_what_rests_on_a_few_levels_and_jumps_between_them_is_context(name, values, states, expected):
    assert is_context(name, values, states) is expected
