"""Measures what the library promises to cost: `python -m tests.bench`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # also where a measurement runs in a process of its own
