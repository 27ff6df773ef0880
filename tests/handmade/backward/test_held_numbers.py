"""Given cells that hold the same number under all settings: slopes below 0, bounds of sizes and ones among factors."""

from __future__ import annotations

from pathlib import Path

from training_sheets import filled, terms_of

from xlcheck.formulas.algebra import Leaf
from xlcheck.handmade.backward.held_numbers import bounds_of_sizes, ones_among_factors, slopes_of_maxima
from xlcheck.handmade.reading.cells import address_of


def test_what_formulas_do_with_a_number_says_what_it_is(tmp_path: Path) -> None:
    """A slope is multiplied in a maximum, sizes are compared with a bound, a 1 stands where others read a formula."""
    cells = {
        "A1": 0.1, "A2": 0.5, "A3": -0.3, "B3": "=MAX($A$1*A3,A3)", "C3": "=IF(ABS(A3)<=$A$2,A3,1)",
        "D3": "=IF(ABS(A3)<2,A3,1)", "A5": 2, "B5": "=A5*3", "C5": "=A5*B5", "A6": 4, "B6": 1, "C6": "=A6*B6",
    }  # fmt: skip
    terms = terms_of(filled(tmp_path / "w.xlsx", cells))
    assert [*slopes_of_maxima(terms)] == [address_of("Sheet", "A1")]
    bounds = [own.cell if isinstance(own, Leaf) else own for own in bounds_of_sizes(terms)]
    assert bounds == [address_of("Sheet", "A2"), 2.0]
    assert [*ones_among_factors(terms)] == [address_of("Sheet", "B6")]
