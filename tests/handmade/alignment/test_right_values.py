"""What formulas compute where the cells that they read hold what they should."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from bound_sheets import STATES, bound

_USUAL = 6
"""Settings of numbers that keep activations away from saturation; they come first."""


@pytest.mark.parametrize(
    "wrong", ["=TANH(A6*$A$1+B5*$A$2)", "=A6*$A$1+B5*$A$2+$A$3", "=TANH(A7*$A$1+B5*$A$2+$A$3)", 0.125]
)
def test_what_follows_from_a_mistake_is_known_by_its_right_value(wrong: str | float, tmp_path: Path) -> None:
    """Rule: a wrong cell is found by what its readers need, and all that follows from it is no mistake."""
    found = bound(tmp_path, STATES | {"B6": wrong})

    assert found.wrong == {"B6": "simple_rnn.h[1][0]"}
    assert found.names == {f"B{step + 5}": f"simple_rnn.h[{step}][0]" for step in range(4)}


def test_a_formula_that_looks_a_place_up_is_evaluated_number_by_number(tmp_path: Path) -> None:
    """Rule: where a formula has no term, it is evaluated for each setting, and it is not said to be wrong."""
    found = bound(tmp_path, STATES | {"C5": "=INDEX(B5:B8,2+1)", "D5": "=2*C5"})
    seen = found.right.values[:, found.table.index["Sheet", 4, 2]]

    np.testing.assert_allclose(seen, found.right.values[:, found.table.index["Sheet", 6, 1]])
    assert not found.wrong


def test_nothing_changes_before_a_value_is_overwritten(tmp_path: Path) -> None:
    """Rule: a trial leaves what the cells hold; an overwritten value stays, whatever its formula reads."""
    found = bound(tmp_path, STATES)
    right, before, third = found.right, found.right.values.copy(), found.table.index["Sheet", 7, 1]
    other = np.linspace(0.1, 0.9, len(right.values))
    tried = right.trial({("Sheet", 5, 1): other})

    np.testing.assert_array_equal(right.values, before)
    assert not np.isclose(tried[:_USUAL, third], before[:_USUAL, third]).any()  # large numbers may give ±1 both times

    right.overwrite({("Sheet", 5, 1): other})
    right.overwrite({("Sheet", 4, 1): other / 2})
    np.testing.assert_allclose(right.values[:, third], tried[:, third])
