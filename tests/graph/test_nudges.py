"""Weights made a little larger and smaller, and expressions with other parts."""

from __future__ import annotations

from xlcheck.graph import expressions as ex
from xlcheck.graph.gradients import PREFIX
from xlcheck.graph.nudges import DELTA, delta_quantity, nudges
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.graph.rewriting import replaced, with_operands

A, B, M = ex.Ref("a"), ex.Ref("b"), ex.Ref("m")


def weight(symbol: str, *shape: int) -> Quantity:
    return Quantity(Band("d", symbol, Role.WEIGHT, symbol, "", ""), None, shape, shared=True)


def test_every_number_of_a_weight_that_learns_goes_up_and_down() -> None:
    """Weights without a gradient, such as frozen ones, stay as they are."""
    kernel, frozen = weight("kernel", 2, 1), weight("frozen", 1)
    gradient = Quantity(Band("d", f"{PREFIX}kernel", Role.GRADIENT, "", "", ""), None, (2, 1), A, shared=True)
    found = [(n.weight.name, n.index, n.sign) for n in nudges(Graph((kernel, frozen, gradient)))]

    assert found == [("d.kernel", i, sign) for i in ((0, 0), (1, 0)) for sign in (1, -1)]
    assert delta_quantity().name == DELTA


def test_the_outermost_part_that_changes_is_changed() -> None:
    """Nothing inside of what was put there is looked at again, and what a product reads from cells stays."""

    def change(expr: ex.Expr) -> ex.Expr | None:
        return A + B if expr == A else None

    assert replaced(ex.Tanh(A * B), change) == ex.Tanh((A + B) * B)
    assert replaced(ex.Dot(A, M), change) == ex.Dot(A, M)
    assert replaced(ex.Slice(A, 0, 1), change) == ex.Slice(A, 0, 1)
    assert replaced(ex.Slice(A, 0, 1), lambda e: B if e == A else None) == ex.Slice(B, 0, 1)
    assert replaced(ex.Total((A, B)), change) == ex.Total((A + B, B))


def test_the_same_operation_on_other_operands() -> None:
    """In their order; what has none stays what it is."""
    assert with_operands(A - B, [B, A]) == B - A
    assert with_operands(A, []) is A
