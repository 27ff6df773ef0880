"""Terms evaluated for many settings at once."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.algebra import FUNCTIONS, Algebra, Leaf, Term, number_of
from xlcheck.formulas.arrays import AT_ONCE, array_of

_A, _B = ("S", 0, 0), ("S", 0, 1)
_ROUNDING = ("ROUND", "ROUNDUP", "ROUNDDOWN")
_VALUES = {_A: np.array([0.7, -1.5, 2.0, 0.0]), _B: np.array([-0.4, 2.0, 2.0, 3.0])}


def _each(term: Term) -> list[float]:
    def at(setting: int) -> float:
        return number_of(term, lambda item: float(_VALUES[item.cell][setting]) if isinstance(item, Leaf) else None)

    return [at(setting) for setting in range(4)]


def test_the_same_functions_are_known() -> None:
    """Rule: what a term may be made of is evaluated for one setting and for many."""
    assert AT_ONCE.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_the_same_for_many_settings(name: str) -> None:
    """Rule: each function gives for arrays what it gives number by number, and no number where that gives none."""
    algebra = Algebra()
    a, b = algebra.leaf(_A), algebra.leaf(_B)
    operands = {"IF": (a, b, 1.0), "MAX": (a, b), "MIN": (a, b), "POWER": (a, b), **dict.fromkeys(_ROUNDING, (a, 1.0))}
    binary = (a, b) if name in {"=", "<>", "<", ">", "<=", ">="} else (a,)
    term = algebra.function(name, *operands.get(name, binary))
    assert isinstance(term, Term)

    np.testing.assert_allclose(array_of(term, lambda leaf: _VALUES[leaf.cell]), _each(term), rtol=1e-14)


def test_sums_and_products_are_the_same_for_many_settings() -> None:
    """Rule: a weighted sum and a quotient of it give what they give number by number; dividing by 0 gives no number."""
    algebra = Algebra()
    a, b = algebra.leaf(_A), algebra.leaf(_B)
    term = algebra.multiply(algebra.sum([a, algebra.scale(b, 2.0), 0.5]), algebra.power(a, -1.0))
    assert isinstance(term, Term)

    found = array_of(term, lambda leaf: _VALUES[leaf.cell])

    np.testing.assert_allclose(found, _each(term), rtol=1e-14)
    assert np.isnan(found[3])
