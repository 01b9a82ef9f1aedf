"""Public files of packages that are not needed otherwise: read where such a package is installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from sensors_data.series.understanding.discover import discover

FILES = [
    ("pvlib", "data/midc_20181014.txt", 7_200, 5, "2018-10-14 07:00", "1min", ()),
    ("pvlib", "data/SRML-day-EUPO1801.txt", 5_759, 4, "2018-01-01 00:01", "1min", ()),
    ("pvlib", "data/bsrn-lr0100-pay0616.dat", 815_540, 19, "2016-06-01 00:00", "1min", (-999.0,)),
    ("brightwind", "demo_datasets/campbell_scientific_demo_data1.csv", 5_452, 29, "2016-01-09 15:30", "10min", ()),
    ("river", "datasets/water-flow.csv", 1_268, 1, "2022-03-20 10:00", "1h", ()),
]
"""Package, file, values, sensors, first time in UTC, step, and the codes for no value of the first sensor."""


@pytest.mark.parametrize(("package", "file", "used", "sensors", "first", "step", "codes"), FILES)
def test_a_public_file_is_read_as_a_person_reads_it(package, file, used, sensors, first, step, codes):
    place = find_spec(package)
    if place is None or not place.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    path = Path(place.submodule_search_locations[0]) / file
    if not path.exists():
        pytest.skip(f"this version of {package} has no {file}")
    found = discover(path)
    specs = list(found.family.sensors.values())
    assert (found.used, len(specs), f"{found.first:%Y-%m-%d %H:%M}") == (used, sensors, first)
    assert f"{found.family.step}" == {"1min": "0:01:00", "10min": "0:10:00", "1h": "1:00:00"}[step]
    assert specs[0].missing == codes
