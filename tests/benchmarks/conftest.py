"""The benchmarks are no installed package: put the checkout in front of the search path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
