"""Formulas of whole vectors, and of sums over a batch: neighbouring cells are taken together, whatever stands there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import Range, column_name
from xlcheck.formulas.batch_sums import Cell, Literal, Noting, runs_of, written
from xlcheck.formulas.printing import Style
from xlcheck.formulas.spilled import spilled_formula
from xlcheck.graph import expressions as ex

SHAPES = {"x": (3,), "h": (2,), "kernel": (3, 2), "b": (2,), "one": (1,)}


class Places:
    """Each quantity on a worksheet of its own; vectors down from A1, matrices to the right of it."""

    def shape(self, name: str) -> tuple[int, ...]:
        return SHAPES[name]

    def element(self, name: str, index: int, row: int | None = None) -> str:
        return f"{name}!A{index + 1}" if row is None else f"{name}!{column_name(index)}{row + 1}"

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        return f"{name}!A{start + 1}:A{stop or SHAPES[name][-1]}"

    def block(self, name: str, start: int, stop: int, row: int = 0, rows: int | None = None) -> str:
        last = row + (rows or SHAPES[name][0])
        return f"{name}!{column_name(start)}{row + 1}:{column_name(stop - 1)}{last}"

    def is_across(self, name: str) -> bool:
        return name == "b"

    def one_hot(self, name: str) -> None:
        return None


x, h, kernel, b, one = map(ex.Ref, ("x", "h", "kernel", "b", "one"))


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (ex.Dot(x, kernel), "MMULT(TRANSPOSE(kernel!A1:B3),x!A1:A3)"),
        (ex.Dot(x, kernel) + b, "MMULT(TRANSPOSE(kernel!A1:B3),x!A1:A3)+TRANSPOSE(b!A1:A2)"),
        (ex.Dot(one, ex.Slice(kernel, 0, 2)), "one!A1*TRANSPOSE(kernel!A1:B3)"),
        (ex.Tanh(h) * one, "TANH(h!A1:A2)*one!A1"),
        (ex.Gather(kernel, one), "TRANSPOSE(INDEX(kernel!A1:B3,one!A1+1,0))"),
        (ex.Slice(x, 1, 3), "x!A2:A3"),
        (ex.Sum(h * h), "SUMPRODUCT(h!A1:A2*h!A1:A2)"),
        (ex.LogSumExp(h), "MAX(h!A1:A2)+LN(EXP(h!A1-MAX(h!A1:A2))+EXP(h!A2-MAX(h!A1:A2)))"),
        (ex.Where(one, h, one), None),
        (ex.Concat((h, x)), None),
    ],
)
def test_one_formula_for_a_whole_vector(expr: ex.Expr, text: str | None) -> None:
    """Units run down: the transposed kernel times the input. What has no such form is printed element by element."""
    assert spilled_formula(expr, Places()) == text


def places_at(column: int) -> Callable[[], Noting]:
    """A sample whose vectors stand in a column of one worksheet: `x` in rows 1 to 3, `h` in rows 5 and 6."""
    areas = {"x": Range("S", 0, column, 3, 1), "h": Range("S", 4, column, 2, 1)}
    return lambda: Noting(SHAPES.__getitem__, areas.get)


def shown(cell: Cell, area: Range) -> str:
    first = f"{column_name(area.left)}{area.top + 1}"
    return first if area.columns == 1 else f"{first}:{column_name(area.left + area.columns - 1)}{area.top + 1}"


def number(literal: Literal) -> str:
    return f"{literal.axis}+{literal.offset}"


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ([0, 1, 2], "SUMPRODUCT(A2:C2,A6:C6)"),
        ([2, 0, 1], "SUMPRODUCT(A2:C2,A6:C6)"),
        ([0, 2], "A2*A6+C2*C6"),
        ([0, 1, 3], "SUMPRODUCT(A2:B2,A6:B6)+D2*D6"),
    ],
)
def test_neighbours_become_one_product_of_ranges(columns: list[int], text: str) -> None:
    """A sum over samples takes columns that follow each other together, in whatever order they come, and no others."""
    runs = runs_of([(x, h)], [places_at(column) for column in columns], Style.ROBUST)

    assert written(runs, (1, 1), shown, number) == text


def test_what_stands_nowhere_is_in_no_sum() -> None:
    """A quantity without a cell is refused by its name."""
    with pytest.raises(NotSupportedError, match="one stands nowhere"):
        runs_of([(one, h)], [places_at(0)], Style.ROBUST)
