"""Printed formulas give the numbers of their expressions: an engine and NumPy are asked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from xlcheck.engines import engine
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printer import Places, Printer, Row
from xlcheck.formulas.printing import ARRAYS, TABLES, Style, formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of

VECTORS = {"a": [0.75, -1.5, 2.0], "b": [-0.25, 0.5, 3.0], "one": [1.25]}
"""In the columns A, B and C."""

UNARY = (ex.Neg, ex.Tanh, ex.Sigmoid, ex.Abs, ex.Sign, ex.Relu, ex.Softplus, ex.NormalCdf)
BINARY = (ex.Add, ex.Sub, ex.Mul, ex.Maximum, ex.Minimum, ex.Greater, ex.NotEqual)


class Columns(Places):
    """Each vector down a column of one worksheet."""

    def shape(self, name: str) -> tuple[int, ...]:
        return (len(VECTORS[name]),)

    def element(self, name: str, index: int, row: int | None = None) -> str:
        return f"{'ABC'[list(VECTORS).index(name)]}{index + 1}"

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        last = (len(VECTORS[name]) if stop is None else stop) - 1
        return f"{self.element(name, start)}:{self.element(name, last)}"

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        raise NotSupportedError("no matrices stand here")

    def entry(self, name: str, row: int, column: int) -> str:
        raise NotSupportedError("no matrices stand here")

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        raise NotSupportedError("no matrices stand here")


def drawn(r: random.Random, depth: int) -> ex.Expr:
    """A random expression; divisors are no zeros, bases of powers and what a root is taken of are positive."""
    if depth == 0:
        return r.choice([ex.Ref("a"), ex.Ref("b"), ex.Ref("one"), ex.Const(r.choice([-2.5, -1.0, 0.0, 0.5, 3.0]))])
    x, y = (drawn(r, r.randrange(depth)) for _ in range(2))
    positive = ex.Add(ex.Abs(y), ex.Const(0.5))
    kind = r.randrange(8)
    if kind < 3:
        return r.choice(UNARY)(x)
    if kind < 5:
        return r.choice(BINARY)(x, y)
    return r.choice([
        ex.Div(x, positive), ex.Power(positive, ex.Const(r.choice([-1.0, 0.5, 2.0]))), ex.Sqrt(positive),
        ex.Log(positive), ex.Exp(ex.Neg(positive)), ex.Expm1(ex.Neg(ex.Abs(x))), ex.Where(ex.Greater(x, y), y, x),
        ex.Where(x, y, ex.Const(1.0)), ex.Slice(ex.Ref("a"), 1, 2), 1 - ex.NotEqual(x, y),
    ])  # fmt: skip


def computed(texts: Sequence[str], folder: Path) -> list[float]:
    """What cellrune, which loses no brackets, gives for formulas beside the vectors."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for column, values in enumerate(VECTORS.values()):
            sheet.write_column(0, column, values)
        for row, text in enumerate(texts):
            sheet.write_formula(row, 4, f"={text}")
    session = engine("cellrune", guarded=False).open(path)
    session.recalculate()
    return [row[0] for row in session.read(Range("S", 0, 4, len(texts)))]  # type: ignore[misc]


@pytest.mark.parametrize("style", Style)
def test_a_formula_gives_the_number_of_its_expression(style: Style, tmp_path: Path) -> None:
    """However operations stand inside each other: brackets are where they are needed, and a single number is shared."""
    r = random.Random(str(style))
    values = {name: np.array([vector]) for name, vector in VECTORS.items()}
    texts, desired = [], []
    for _ in range(150):
        expr = drawn(r, 4)
        number = np.broadcast_to(value_of(expr, values), (1, 3))[0]
        index = r.randrange(3) if value_of(expr, values).size > 1 else 0
        texts.append(formula(expr, index, Columns(), style))
        desired.append(float(number[index]))
    found = computed(texts, tmp_path)

    for text, number, wanted in zip(texts, found, desired, strict=True):
        assert number == pytest.approx(wanted, rel=1e-12, abs=1e-13), text


def test_what_works_on_single_numbers_is_not_filled_with_a_range() -> None:
    """MAX of a range would be one number; such an operation asks for a quantity of its own."""
    printer = Printer(Columns(), {ex.Relu: Row("MAX({x},0)", single=True), ex.Ref: TABLES[Style.BOOK][ex.Ref]},
                      Style.BOOK, {})  # fmt: skip

    assert printer.text(ex.Relu(ex.Ref("a")), 1) == ("MAX(A2,0)", "atom")
    with pytest.raises(NotSupportedError, match="Relu inside another array operation needs its own quantity"):
        printer.text(ex.Relu(ex.Ref("a")), None)


def test_an_operation_without_a_row_is_named_with_the_style() -> None:
    """Nothing is written in its place."""
    with pytest.raises(NotSupportedError, match="the operation Tanh has no formula in the style 'robust'"):
        Printer(Columns(), {}, Style.ROBUST, ARRAYS).text(ex.Tanh(ex.Ref("a")), 0)
    with pytest.raises(NotSupportedError, match="stand in many places"):
        Columns().samples("a")


class Tables(Columns):
    """The same vectors, each also for a matrix of one column."""

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        return self.vector(name) if len(VECTORS[name]) > 1 else self.element(name, 0)


def test_a_short_sum_of_functions_is_written_term_by_term() -> None:
    """No function stands before a range, since Gnumeric takes none there, and a table of one row is no range at all."""
    a, one = ex.Ref("a"), ex.Ref("one")

    assert formula(ex.Sum(ex.Tanh(a)), 0, Columns(), Style.ROBUST) == "TANH(A1)+TANH(A2)+TANH(A3)"
    assert formula(ex.Sum(a * a), 0, Columns(), Style.ROBUST) == "SUMPRODUCT(A1:A3*A1:A3)"
    assert formula(ex.Gather(a, one), 0, Tables(), Style.ROBUST) == "INDEX(A1:A3,C1+1)"
    assert formula(ex.Gather(one, one), 0, Tables(), Style.ROBUST) == "C1"
