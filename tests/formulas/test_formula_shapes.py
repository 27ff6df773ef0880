"""The shape of formulas: what was filled from one another."""

from __future__ import annotations

import pytest

from xlcheck.formulas.shapes import Filled, expected, is_filled_from, moved, shape_of, with_operand, with_operands_moved


@pytest.mark.parametrize(
    ("formula", "other", "filled"),
    [
        ("A1*$D$1", "A2*$D$1", True),
        ("A1*D1", "A2*D1", True),  # filled by hand, without dollar signs
        ("A1*D1", "A2*D2", True),
        ("A1*$D$1", "A3*$D$1", False),
        ("A1*$D$1", "A2*$D$1+1", False),
        ("SUM(A1:B1)", "SUM(A2:B2)", True),
        ("SUM(A1:B1)", "SUM(A2:C2)", False),
        ("W!A1+1", "W!A2+1", True),
        ("W!A1+1", "V!A2+1", False),
        ('IF(A1="A1",1,0)', 'IF(A2="A1",1,0)', True),
        ('IF(A1="A1",1,0)', 'IF(A2="A2",1,0)', False),
        ("LOG10(A1)", "LOG10(A2)", True),
    ],
)
def test_a_formula_one_row_below(formula: str, other: str, filled: bool) -> None:
    """References stay or move with the cell; everything else is the same."""
    assert is_filled_from(formula, (0, 5), other, (1, 5)) is filled


def test_shapes_are_equal_where_formulas_were_filled() -> None:
    """Relative references become distances; fixed ones and texts stay."""
    assert shape_of("A1*$B$2", 0, 2) == shape_of("A5*$B$2", 4, 2)
    assert shape_of("A1*$B$2", 0, 2) != shape_of("A1*$B$2", 1, 2)
    assert shape_of('"A1"&A1', 0, 0) == '"A1"&R[0]C[0]'


def test_the_odd_one_is_told_what_it_should_be() -> None:
    """Of formulas in a row, the one that reads another row is expected to read the row of the others."""
    cells = [Filled(f"{column}3*$A$1", 3, number) for number, column in enumerate("BCDE", start=1)]
    cells[2] = Filled("D2*$A$1", 3, 3)

    assert expected(cells) == [None, None, "D3*$A$1", None]


def test_what_three_read_without_dollar_signs_was_meant_to_be_fixed() -> None:
    """In a table typed by hand every formula reads one weight; that one of them reads another is the exception."""
    cells = [Filled(f"A{row + 1}*B{9 if row == 2 else 1}", row, 2) for row in range(4)]

    assert expected(cells) == [None, None, "A3*B1", None]


def test_one_dollar_sign_counts_no_more_than_one_move() -> None:
    """Where two of three read the cell on their left, the third should too, though it reads what another has fixed."""
    cells = [Filled("$B1", 0, 2), Filled("B1", 0, 3), Filled("D1", 0, 4)]

    assert expected(cells) == [None, "C1", None]


@pytest.mark.parametrize(
    ("formula", "down", "right", "filled"),
    [
        ("A1*$D$1+W!B$2", 2, 1, "B3*$D$1+W!C$2"),
        ("SUM(A1:B1)", 0, 1, "SUM(B1:C1)"),
        ("A1+1", -1, 0, None),
    ],
)
def test_a_filled_formula(formula: str, down: int, right: int, filled: str | None) -> None:
    """References without a dollar sign move with the cell; beyond the sheet there is no formula."""
    assert moved(formula, down, right) == filled


def test_one_range_of_a_formula_is_changed() -> None:
    """The other ranges stay as they are."""
    assert with_operand("MMULT(A1:C1,$D$1:$D$3)+E1", 1, (0, 0), (-1, 0)) == "MMULT(A1:C1,$D$1:$D$2)+E1"
    assert with_operand("MMULT(A1:C1,$D$1:$D$3)+E1", 2, (1, 0), (1, 0)) == "MMULT(A1:C1,$D$1:$D$3)+E2"
    assert with_operand("A1:B1", 0, (-1, 0), (0, 0)) is None


def test_some_references_of_a_formula_move() -> None:
    """Those with the numbers that are given, fixed or not; none that would leave the sheet."""
    assert with_operands_moved("SUM(A2:B2)*$C$1+D4", {0, 1}, (1, 2)) == "SUM(C3:D3)*$E$2+D4"
    assert with_operands_moved("A2+B2", (), (5, 5)) == "A2+B2"
    assert with_operands_moved("A2+B9", {0, 1}, (-2, 0)) is None
