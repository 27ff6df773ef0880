"""Formulas that do the same with other cells."""

from __future__ import annotations

import pytest

from xlcheck.formulas import alike
from xlcheck.formulas.alike import kinds, may_name_cells, with_same_cells


def test_formulas_filled_from_one_are_of_one_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over columns and rows, with `$` or not, however many are looked at together; the first stands for the others."""
    filled = [f"SUM({column}{row}:${column}${row + 1})*2E-1" for column in ("A", "Z", "AB", "XFD") for row in (9, 57)]
    formulas = [*filled, "A1", *filled, "Other!B7", "B7", "Other!XFD1048576", "Other!Q$12"]
    for at_once in (2**16, 3):
        monkeypatch.setattr(alike, "_AT_ONCE", at_once)

        assert kinds(formulas) == (
            [*[0] * 8, 1, *[0] * 8, 2, 1, 3, 2],
            [filled[0], "A1", "Other!B7", "Other!XFD1048576"],
        )
    assert kinds([]) == ([], [])


@pytest.mark.parametrize(
    "formula",
    [
        "XFE1", "A0", "LOG10(2)", "A1B", "_A1", "A1_", "x.A1", "A1.x", r"\A1", "A1!", "Table[A1]", "a1", "2E-1", "1E5",
        "A12345678", "A1(2)",
    ],
)  # fmt: skip
def test_what_is_no_cell_stays(formula: str) -> None:
    """Names, functions, numbers, worksheets and columns of tables; small letters no program writes."""
    assert with_same_cells(formula) == formula
    assert kinds([formula, "A1"])[0] == [0, 1]


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("SUM(B2:B2)*C3", "SUM(A1:B2)*A1"), ("SUM(S!B2:S!$D$9)", "SUM(S!A1:B2)"), ("'a b'!C3:C9", "'a b'!A1:B2"),
        ("MAX(B1:INDEX(B1:B9,2))", "MAX(A1:INDEX(A1:B2,2))"), ("B1-C$7", "A1-A1"),
    ],
)  # fmt: skip
def test_each_reads_the_same_cells(formula: str, same: str) -> None:
    """A range has more cells than one."""
    assert with_same_cells(formula) == same


def test_a_worksheet_may_be_called_as_a_cell() -> None:
    """Its name then says nothing of cells."""
    assert [*map(may_name_cells, ("Net", "Q1", "A1 x", "LOG", "XFE1"))] == [False, True, True, False, False]
