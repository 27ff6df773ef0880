"""The width of many narrow columns of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.layout.widening import brief_width
from xlcheck.workbook.styles import BRIEF, STYLES


@pytest.mark.parametrize("style", ["choice", *sorted(style for style in STYLES if style.endswith(BRIEF))])
def test_narrow_columns_are_as_wide_as_the_widest_needs_alone(style: str) -> None:
    """Numbers of one style that are looked at together ask for no other width than each array by itself."""
    rng = np.random.default_rng(1)
    for _ in range(300):
        arrays = [rng.normal(size=2) * 10.0 ** rng.integers(0, 7) for _ in range(3)]
        arrays[0] = np.round(arrays[0])
        arrays[1][0] = -1e9 if rng.random() < 0.5 else arrays[1][0]  # a step that a mask skips

        alone = [brief_width([(style, values)]) for values in arrays]
        assert brief_width((style, values) for values in arrays) == max(alone)
