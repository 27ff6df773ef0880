"""Lets the tests of the exam import it: fixtures/ is no part of the package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
