"""Normal forms keep the value: terms against plain arithmetic, and formulas against an engine."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import openpyxl
import pytest
from hypothesis import Phase, given, settings, strategies as st
from term_values import value_of_term
from thorough import EVERY_CASE, PATIENT

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Algebra, Expression, Leaf, below, number_of
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

NUMBERS = (0.75, -1.25, 2.0, -0.5)
CELLS = [("S", 0, column) for column in range(len(NUMBERS))]
SMALLEST, LARGEST = 1e-2, 1e3
"""Between these, no rounding grows so far that it would be seen."""

Tree = Any
"""A number of a leaf, a constant, or (operation, operands)."""

TREES: st.SearchStrategy[Tree] = st.recursive(
    st.integers(0, len(NUMBERS) - 1) | st.sampled_from((0.5, -2.0, 3.0)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+-*"), inner, inner),
        st.tuples(st.just("^"), inner, st.sampled_from((-2.0, -1.0, 0.5, 1.5, 2.0, 3.0))),
        st.tuples(st.sampled_from(("ABS", "TANH")), inner),
    ),
    max_leaves=8,
)


def computed(tree: Tree) -> float:
    """The value in plain arithmetic; NaN where a step has none, or one that magnifies rounding."""
    if isinstance(tree, float):
        return tree
    if isinstance(tree, int):
        return NUMBERS[tree]
    operation, *operands = tree
    a, b = (*map(computed, operands), math.nan)[:2]
    if math.isnan(a) or (operation in "+-*^" and math.isnan(b)) or (operation == "^" and a < 0 and b % 1):
        return math.nan
    value = {
        "+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "^": lambda: a**b,
        "ABS": lambda: abs(a), "TANH": lambda: math.tanh(a),
    }[operation]()  # fmt: skip
    return value if SMALLEST < abs(value) < LARGEST else math.nan


def term_of(tree: Tree, algebra: Algebra) -> Expression:
    """The same as a term."""
    if isinstance(tree, float):
        return tree
    if isinstance(tree, int):
        return algebra.leaf(CELLS[tree])
    operation, *operands = tree
    terms = [term_of(operand, algebra) for operand in operands]
    if operation == "+":
        return algebra.sum(terms)
    make = {"-": algebra.subtract, "*": algebra.multiply, "^": algebra.power}.get(operation)
    return algebra.function(operation, *terms) if make is None else make(*terms)


def value(expression: Expression) -> float:
    """What an expression is over the numbers."""
    return number_of(expression, lambda t: NUMBERS[t.cell[2]] if isinstance(t, Leaf) else None)


@settings(PATIENT, max_examples=400 if EVERY_CASE else 100)
@given(TREES)
def test_a_term_has_the_value_of_what_was_written(tree: Tree) -> None:
    """Flattening sums and products, collecting powers and folding constants changes no value."""
    right = computed(tree)
    term = term_of(tree, Algebra())

    assert math.isnan(right) or value(term) == pytest.approx(right, rel=1e-9)


@settings(PATIENT)
@given(st.data())
def test_order_and_nesting_make_no_other_term(data: st.DataObject) -> None:
    """Equal sums and equal products are one object, however they came about."""
    items = data.draw(st.lists(st.integers(0, len(NUMBERS) - 1), min_size=1, max_size=6))
    others = data.draw(st.permutations(items))
    algebra = Algebra()
    for join in (lambda a, b: algebra.sum((a, b)), algebra.multiply):
        from_left = reduce(join, [algebra.leaf(CELLS[n]) for n in items])
        from_right = reduce(lambda a, b, join=join: join(b, a), [algebra.leaf(CELLS[n]) for n in others])

        assert from_left is from_right


def test_even_powers_do_not_lose_a_sign() -> None:
    """The square root of a square is the absolute value, and a product of negatives has a root."""
    algebra = Algebra()
    b, d = algebra.leaf(CELLS[1]), algebra.leaf(CELLS[3])

    assert value(algebra.power(algebra.power(b, 2.0), 0.5)) == 1.25
    assert value(algebra.power(algebra.multiply(b, d), 0.5)) == pytest.approx(math.sqrt(0.625), rel=1e-15)
    assert value(algebra.power(algebra.scale(b, -4.0), 0.5)) == pytest.approx(math.sqrt(5), rel=1e-15)
    assert algebra.power(algebra.power(b, 0.5), 2.0) is b


@pytest.mark.parametrize("numbers", [(1e308, 1e308), (math.inf, -math.inf), (math.nan, 1.0)])
def test_what_has_no_value_is_not_a_number(numbers: tuple[float, float]) -> None:
    """Overflow and infinities end in NaN or an infinity, not in an exception."""
    algebra = Algebra()
    a, b = (algebra.leaf(cell) for cell in CELLS[:2])
    for term in (algebra.sum((a, b)), algebra.function("EXP", algebra.sum((a, b))), algebra.function("INT", a)):
        found = number_of(term, lambda t: numbers[t.cell[2]] if isinstance(t, Leaf) else None)

        assert isinstance(found, float)
        assert not math.isfinite(found) or found == 1e308


def test_what_a_term_is_made_of() -> None:
    """Sums, products and functions know their parts; constants are none."""
    algebra = Algebra()
    a, b = (algebra.leaf(cell) for cell in CELLS[:2])
    product = algebra.multiply(a, b)

    assert set(below(product)) == {a, b}  # type: ignore[arg-type]
    assert set(below(algebra.sum((product, a, 3.0)))) == {product, a}  # type: ignore[arg-type]
    assert below(algebra.function("MAX", a, 0.0)) == (a,)  # type: ignore[arg-type]
    assert below(a) == ()


REFERENCES = st.sampled_from([f"{column}{row}" for column in "ABC" for row in (1, 2, 3)])
AREAS = st.sampled_from(["A1:A3", "B1:B3", "C1:C3", "$B$1:$B$3"])
FORMULAS = st.recursive(
    REFERENCES | st.sampled_from(("2", "0.5", "-1.25", "1E-1")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, REFERENCES).map("{0[0]}/{0[1]}".format),
        st.tuples(inner, REFERENCES).map("{0[0]}-{0[1]}^2-{0[1]}%".format),
        inner.map("1/(1+EXP(-ABS({0})))".format),
        inner.map("TANH({0})".format),
        inner.map("(({0})^2)^0.5".format),
        st.tuples(inner, inner).map("MAX({0[0]},{0[1]},0)".format),
        st.tuples(REFERENCES, inner, inner).map("IF({0[0]}>0.3,{0[1]},{0[2]})".format),
        st.tuples(AREAS, AREAS).map("SUMPRODUCT({0[0]},{0[1]})".format),
        st.tuples(AREAS, inner).map("SUM({0[0]},{0[1]})".format),
        st.tuples(AREAS, inner).map("SUM({0[0]}*({0[1]}))".format),
    ),
    max_leaves=6,
)


@settings(
    PATIENT,
    max_examples=5,
    phases=(Phase.generate,),  # one formula of many is named as it is; smaller sheets would say no more
)
@given(st.lists(FORMULAS, min_size=40, max_size=80, unique=True), st.lists(st.floats(0.1, 2.0), min_size=9, max_size=9))
def test_a_formula_and_its_normal_form_evaluate_alike(
    tmp_path_factory: pytest.TempPathFactory, formulas: list[str], numbers: list[float]
) -> None:
    """A sheet of random formulas: what the engine computes is the value of the term."""
    path = tmp_path_factory.mktemp("random") / "book.xlsx"
    book = openpyxl.Workbook()
    for place, number in enumerate(numbers):
        book.active.cell(place // 3 + 1, place % 3 + 1, number if place % 2 else -number)
    for row, formula in enumerate(formulas, start=1):
        book.active.cell(row, 8, f"={formula}")
    book.save(path)
    table = CellTable(read_workbook(path))
    values = table.recalculate(engine("ironcalc").open(path))
    compared = 0
    for cell, text in table.texts.items():
        actual = values[table.index[cell]]
        meaning = value_of_term(text, cell, table, values)
        if isinstance(actual, float) and meaning is not None:
            compared += 1

            assert meaning == pytest.approx(actual, rel=1e-9, abs=1e-9), text

    assert compared == len(formulas)


def test_terms_are_replaced_within_an_expression() -> None:
    """In sums, products, powers and functions; what is put there is not looked at again, and the rest is the same."""
    algebra = Algebra()
    a, b, c = (algebra.leaf(cell) for cell in CELLS[:3])

    def made(one: Expression, other: Expression) -> Expression:
        product = algebra.multiply(algebra.power(one, 2.0), algebra.function("TANH", other))
        return algebra.sum((0.5, algebra.scale(product, -3.0), other))

    term = made(a, b)
    assert algebra.replaced(term, {a: c}.get) is made(c, b)
    assert algebra.replaced(term, {a: b, b: a}.get) is made(b, a)
    assert algebra.replaced(term, {a: 2.0, b: c}.get) is made(2.0, c)
    assert algebra.replaced(term, lambda _: None) is term
    assert algebra.replaced(0.75, {a: c}.get) == 0.75
