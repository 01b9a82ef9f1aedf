"""How rare a peak is."""

import pytest

from anomaly.series.limits.rarity import share_of_alarms


def test_an_alarm_at_the_limit_is_as_any_and_ten_times_over_it_one_in_forty():
    assert share_of_alarms(1.0) == 1.0
    assert share_of_alarms(0.5) == 1.0
    assert share_of_alarms(10.0) == pytest.approx(0.0251, abs=1e-4)
