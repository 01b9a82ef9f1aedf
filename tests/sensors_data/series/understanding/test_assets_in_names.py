import pytest

from sensors_data.series.understanding.assets_in_names import assets_in_names


@pytest.mark.parametrize(
    ("names", "alike"),
    [
        ("pump1.flow pump1.power pump2.flow pump2.power", True),
        ("plant/pump-a/flow plant/pump-a/power plant/pump-b/flow plant/pump-b/power", True),
        ("TI101.PV TI101.SP TI102.PV TI102.SP", False),
        ("temp1.avg temp1.std temp2.avg temp2.std", False),
        ("L1/U L1/I L2/U L2/I", False),
        ("phase_1.voltage phase_1.current phase_2.voltage phase_2.current", False),
    ],
)
def test_machines_are_told_from_instruments_and_phases_of_one(names, alike):
    seen = assets_in_names(names.split())
    assert seen is not None
    assert seen.are_alike == alike
