"""Expressions in mathematical notation: nobody misreads them, and nobody has to read a line without end."""

from __future__ import annotations

from xlcheck.graph.expressions import Add, Concat, Expr, Ref, Slice, Sum, Total
from xlcheck.graph.notation import notation
from xlcheck.graph.quantities import Band, Quantity, Role

A, B = Ref("a.x"), Ref("b.x")
GRAPH = {f"{name}.x": Quantity(Band(name, "x", Role.INPUT, name), None, (4,)) for name in "ab"}


def test_joined_vectors_inside_a_sum_stand_in_brackets() -> None:
    """Without them a + b | c could be read in two ways; where brackets stand already there are no second ones."""
    joined = Concat((A, B))

    assert notation(joined, GRAPH) == "a | b"
    assert notation(Add(joined, A), GRAPH) == "(a | b) + a"
    assert notation(Sum(joined), GRAPH) == "Σ(a | b)"


def test_of_a_sum_that_nobody_would_read_the_beginning_and_the_end_are_shown() -> None:
    """A few hundred terms say no more than how they begin and end, and would not fit into a cell of Excel."""

    def total(count: int) -> Expr:
        return Total(tuple(Slice(A, k % 4, k % 4 + 1) for k in range(count)))

    assert notation(total(6), GRAPH) == "a[1] + a[2] + a[3] + a[4] + a[1] + a[2]"
    assert notation(total(600), GRAPH) == "a[1] + a[2] + … + a[4]"
