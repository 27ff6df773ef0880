"""The width of many narrow columns of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.layout.widening import brief_width
from xlcheck.workbook.styles import BRIEF, STYLES

BRIEF_STYLES = sorted(style for style in STYLES if style.endswith(BRIEF))


@pytest.mark.parametrize("seed", range(20))
def test_narrow_columns_are_as_wide_as_the_widest_needs_alone(seed: int) -> None:
    """Numbers of one style that are looked at together ask for no other width than each array by itself."""
    rng = np.random.default_rng(seed)
    styled = []
    for _ in range(30):
        values = rng.normal(size=(2, 3)) * 10.0 ** rng.integers(-2, 7)
        values = np.round(values) if rng.random() < 0.3 else values
        values.flat[0] = -1e9 if rng.random() < 0.2 else values.flat[0]  # a step that a mask skips
        styled.append((str(rng.choice(BRIEF_STYLES)), values))

    assert brief_width(styled) == max(brief_width([item]) for item in styled)
