"""Weighted sums and the columns of kernels: written as equations over leaves, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from xlcheck.formulas.algebra import Algebra, Expression, Leaf, Term
from xlcheck.handmade.recognition.columns import Column, find_columns, group_by
from xlcheck.handmade.recognition.forms import Form, Forms, find_forms


class Sheet:
    """Constants by name, and what cells compute from them."""

    def __init__(self) -> None:
        self.algebra = Algebra()
        self._leaves: dict[str, Leaf] = {}

    def __call__(self, name: str) -> Leaf:
        return self._leaves.setdefault(name, self.algebra.leaf(("S", 0, len(self._leaves))))

    def sum(self, *items: Expression | tuple[Expression, Expression]) -> Expression:
        """The sum of items; of a pair, the product."""
        return self.algebra.sum(self.algebra.multiply(*i) if isinstance(i, tuple) else i for i in items)

    def tanh(self, *items: Expression | tuple[Expression, Expression]) -> Expression:
        """Its tanh."""
        return self.algebra.function("TANH", self.sum(*items))

    def forms(self, *cells: Expression, flipped: bool = False) -> Forms:
        """The forms of these cells."""
        return find_forms(self.algebra, cells, flipped=flipped)


@pytest.fixture
def sheet() -> Sheet:
    """An empty worksheet."""
    return Sheet()


def step(sheet: Sheet, x: str, h: Expression) -> Expression:
    """h' = tanh(x·w + h·u + b)."""
    return sheet.tanh((sheet(x), sheet("w")), (h, sheet("u")), sheet("b"))


class TestForms:
    """What is a weight, what is a bias, what is no weighted sum."""

    def test_a_recurrence(self, sheet: Sheet) -> None:
        """What multiplies something computed, or comes back with the same bias, is a weight; the inputs are none."""
        h1 = step(sheet, "x1", sheet("h0"))
        h2 = step(sheet, "x2", h1)
        found = sheet.forms(h1, h2)

        assert [dict(form.weights) for form in found.forms] == [
            {sheet("w"): sheet("x1"), sheet("u"): sheet("h0")},
            {sheet("w"): sheet("x2"), sheet("u"): h1},
        ]
        assert all(form.biases == (sheet("b"),) and form.inside and not form.has_more for form in found.forms)
        assert found.forms[0].leaves == {sheet("w"), sheet("u"), sheet("b")}
        assert not found.undecided

    def test_a_sum_times_a_number(self, sheet: Sheet) -> None:
        """1/(1 + exp(−(x·w + b))) holds the form x·w + b, and knows the sign before it."""
        a = sheet.algebra
        z = sheet.sum((sheet("x"), sheet("w")), (sheet("x2"), sheet("w2")), sheet("b"))
        minus = a.scale(z, -1.0)
        found = sheet.forms(a.power(a.sum((1.0, a.function("EXP", minus))), -1.0))

        assert [form.term for form in found.forms] == [z]
        assert found.scaled[minus] == (z, -1.0)  # type: ignore[index]

    def test_partial_sums_in_cells_of_their_own_are_no_forms(self, sheet: Sheet) -> None:
        """Of x·w + y·v and x·w + y·v + b inside tanh, the whole counts."""
        part = sheet.sum((sheet("x"), sheet("w")), (sheet("y"), sheet("v")))
        whole = sheet.sum(part, sheet("b"))
        found = sheet.forms(part, whole, sheet.algebra.function("TANH", whole))

        assert [form.term for form in found.forms] == [whole]

    def test_a_loss_is_no_form(self, sheet: Sheet) -> None:
        """Σ y·ln(p) looks like a weighted sum; a logarithm is no input."""
        logs = [sheet.algebra.function("LN", sheet.tanh(sheet(f"p{n}"), (sheet("q"), sheet("r")))) for n in range(2)]

        assert not [
            f for f in sheet.forms(sheet.sum((sheet("y0"), logs[0]), (sheet("y1"), logs[1]))).forms if not f.inside
        ]

    def test_a_cell_state_is_no_form(self, sheet: Sheet) -> None:
        """f·c + i·g multiplies no constant."""
        f, c, i, g = (sheet.tanh((sheet("x"), sheet(f"w{n}")), sheet(f"b{n}")) for n in range(4))
        state = sheet.sum((f, c), (i, g))

        assert state not in [form.term for form in sheet.forms(state).forms]

    def test_which_is_the_input_may_be_undecided(self, sheet: Sheet) -> None:
        """x·w alone could be read either way; `flipped` takes the other one."""
        product = sheet.tanh((sheet("x"), sheet("w")))
        readings = [sheet.forms(product, flipped=flipped) for flipped in (False, True)]

        assert all(reading.undecided for reading in readings)
        assert {next(iter(reading.forms[0].weights)) for reading in readings} == {sheet("x"), sheet("w")}

    @pytest.mark.parametrize("cells", [(), ("a text", True, None), (1.5,)])
    def test_nothing_is_found_in_constants(self, cells: Sequence[Expression], sheet: Sheet) -> None:
        """A sheet without products has no forms."""
        assert sheet.forms(*cells) == Forms((), {}, undecided=False)


class TestColumns:
    """Weights that enter one sum at every step."""

    def columns(self, sheet: Sheet, numbers: dict[Leaf, float], *cells: Expression) -> list[Column]:
        """The columns of these cells' forms."""
        return find_columns(sheet.forms(*cells).forms, {leaf.cell: number for leaf, number in numbers.items()})

    def test_one_column_for_all_steps(self, sheet: Sheet) -> None:
        """The same weights at three steps are one column with three sums; partners stand in their order."""
        h: Expression = sheet("h0")
        states = [h := step(sheet, f"x{t}", h) for t in range(3)]
        (column,) = self.columns(sheet, {}, *states)

        assert column.leaves == {sheet("w"), sheet("u"), sheet("b")}
        assert column.biases == {sheet("b")}
        assert column.partners(sheet("w")) == [sheet(f"x{t}") for t in range(3)]
        assert column.partners(sheet("u")) == [sheet("h0"), states[0], states[1]]
        assert column.multiplied(column.forms[0]) == {sheet("w"): sheet("x0"), sheet("u"): sheet("h0")}

    def test_a_sum_with_one_wrong_weight_belongs_to_its_column(self, sheet: Sheet) -> None:
        """A step that reads another gate's u is still a step of the gate of its other weights."""
        h: Expression = sheet("h0")
        states = [h := step(sheet, f"x{t}", h) for t in range(4)]
        wrong = sheet.tanh((sheet("x4"), sheet("w")), (h, sheet("other")), sheet("b"))
        main = next(c for c in self.columns(sheet, {}, *states, wrong) if sheet("w") in c.leaves)

        assert sheet("other") not in main.leaves
        assert len(main.forms) == 5

    def test_a_bias_times_one(self, sheet: Sheet) -> None:
        """In [W | U | b]·[x; h; 1], what multiplies the constant 1 is a bias; a constant 2 makes none."""
        for one, biases in ((1.0, {sheet("b")}), (2.0, set())):
            h: Expression = sheet("h0")
            states = [
                h := sheet.tanh((sheet(f"x{t}"), sheet("w")), (h, sheet("u")), (sheet("1"), sheet("b")))
                for t in range(3)
            ]
            (column,) = self.columns(sheet, {sheet("1"): one}, *states)

            assert column.biases == biases
            assert column.ones == ({sheet("1")} if biases else set())

    def test_two_gates_are_two_columns_in_the_order_of_the_sheet(self, sheet: Sheet) -> None:
        """Weights that never enter the same sum are in different columns, in the order of their cells."""
        late, early = (("w2", "b2"), ("w1", "b1"))
        for name in ("w1", "b1", "w2", "b2"):
            sheet(name)
        cells = [sheet.tanh((sheet(f"x{t}"), sheet(w)), sheet(b)) for t in range(2) for w, b in (late, early)]
        found = self.columns(sheet, {}, *cells)

        assert [column.leaves for column in found] == [{sheet("w1"), sheet("b1")}, {sheet("w2"), sheet("b2")}]

    def test_groups_close_over_what_belongs_together(self, sheet: Sheet) -> None:
        """If a belongs with b and b with c, all three are a group; d is one of its own."""
        a, b, c, d = (Column(frozenset({sheet(name)})) for name in "abcd")
        groups = group_by([d, c, b, a], [(a, b), (c, b)])

        assert sorted(groups, key=len) == [[d], [a, b, c]]


def test_a_form_has_all_its_leaves(sheet: Sheet) -> None:
    """Weights and biases together."""
    term = sheet.sum((sheet("x"), sheet("w")), sheet("b"))
    assert isinstance(term, Term)

    assert Form(term, {sheet("w"): sheet("x")}, (sheet("b"),), True, False).leaves == {sheet("w"), sheet("b")}
