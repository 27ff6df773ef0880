"""What the largest is taken from, and numbers of which each in turn is the largest, or the smallest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.graph.expressions import BatchMean, Const, Expr, Largest, Maximum, OneHot, Ref, Relu, Slice
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Role
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.extremes import (
    Element,
    choosing_layers,
    chosen_from,
    each_far,
    misread,
    often,
    on_either_side,
)
from xlcheck.verdicts.mistakes.trials import Trials
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.workbook.cell_codes import code_at
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent

X, Z = Ref("input.x"), Ref("twice.z")


def _each(x: Ref, *numbers: int) -> tuple[Expr, ...]:
    return tuple(Slice(x, n, n + 1) for n in numbers)


def _graph(*made: tuple[str, Expr]) -> Graph:
    """Four numbers x, and what is made of them, one after the other."""
    build = GraphBuilder()
    build.given(Band("input", "x", Role.INPUT), (4,))
    for name, expr in made:
        build.let(Band(*name.split("."), Role.OUTPUT), expr)
    return build.build()


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        (Largest(_each(X, 0, 1)), {"input.x"}),
        (Maximum(X, Z), {"input.x", "twice.z"}),
        (Maximum(X, Const(0.0)), set()),
        (Relu(X), set()),
        (Largest(_each(X, 0)), set()),
        (Maximum(*(OneHot(own, 3) for own in _each(X, 0, 1))), set()),
        (X + Z, set()),
    ],
)
def test_only_what_stands_among_others_is_chosen_from(expr: Expr, names: set[str]) -> None:
    """Rule: beside a constant it is known on which side a number lies, and codes are counted through."""
    graph = _graph(("twice.z", X * Const(2.0)), ("pool.y", expr))

    assert chosen_from(graph["pool.y"]) == names
    assert chosen_from(graph["twice.z"]) == set()
    assert [*choosing_layers(graph)] == ([frozenset(names)] if names else [])


def test_what_a_layer_chooses_itself_is_not_written_over() -> None:
    """Rule: the larger of two largest numbers is one of those that both were taken from."""
    halves = [(f"pool.{name}", Maximum(*_each(X, *own))) for name, own in (("a", (0, 1)), ("b", (2, 3)))]
    graph = _graph(*halves, ("pool.y", Maximum(Ref("pool.a"), Ref("pool.b"))))

    assert chosen_from(graph["pool.y"]) == {"pool.a", "pool.b"}
    assert [*choosing_layers(graph)] == [{"input.x"}]


def test_gradients_of_what_is_chosen_are_drawn_more_often() -> None:
    """Rule: only where something is chosen, and samples are taken together, as for gradients."""
    largest = ("pool.y", Largest(_each(X, 0, 1)))

    assert often(_graph(largest, ("loss.mean", BatchMean(Ref("pool.y"))))) > 1
    assert often(_graph(largest)) == often(_graph(("loss.mean", BatchMean(X)))) == 1


def test_numbers_lie_on_either_side_and_one_far_from_all() -> None:
    """Rule: sizes stay on either side of 0; the others stay as they are where one goes far."""
    x, other = np.array([[1.0, -2.0, 3.0]]), np.array([[-9.0]])
    for sign, change in zip((1, -1), on_either_side({"input.x"}), strict=True):
        change(drawn := {"input.x": x.copy(), "other": other.copy()})
        assert (drawn["input.x"].tolist(), drawn["other"].tolist()) == ([[sign, 2 * sign, 3 * sign]], [[-9.0]])
    for sign, change in zip((1, -1), each_far([("input.x", 1), ("other", 0)], {"input.x"}), strict=True):
        change(drawn := {"input.x": x.copy(), "other": other.copy()})
        assert drawn["input.x"][0, [0, 2]].tolist() == [1.0, 3.0]
        assert drawn["input.x"][0, 1] * sign > 9.0
        assert drawn["other"].tolist() == [[-9.0]]


def _misread(formula: str) -> list[Element]:
    """x in A1:D1, twice as much in A2:D2, and a formula in A3 that should take the largest of the first three."""
    graph = _graph(("twice.z", X * Const(2.0)), ("pool.y", Largest(_each(Z, 0, 1, 2))))
    cells = {(0, k): Cell(float(k)) for k in range(4)} | {
        (1, k): Cell(2.0 * k, f"{c}1*2") for k, c in enumerate("ABCD")
    }
    sheet = SheetContent("S", "visible", {**cells, (2, 0): Cell(4.0, formula)})
    formulas = FormulaCells(WorkbookContent(Path("w.xlsx"), {"S": sheet}))
    shown = []
    for row, (name, size) in enumerate((("input.x", 4), ("twice.z", 4), ("pool.y", 1))):
        codes, is_formula = np.array([code_at(row, k) for k in range(size)]), np.full(size, row > 0)
        place = Placement(name, None, "S", codes, np.arange(size))
        shown.append(Sighting(place, np.zeros((1, size)), {}, is_formula, is_formula, is_formula))
    return misread(lambda: Trials(graph, (own.placement for own in shown), formulas), shown, graph)


@pytest.mark.parametrize(
    ("formula", "odd"),
    [("MAX(A2:C2)", set()), ("MAX(C2,B2,A2)", set()), ("MAX(A2:B2)", {2}), ("MAX(A2:D2)", {3}),
     ("MAX(A2:B2,D2)", {2, 3})],
)  # fmt: skip
def test_what_a_formula_reads_and_should_not_is_tried(formula: str, odd: set[int]) -> None:
    """Rule: or the other way round; and with each of these what it is made of."""
    assert {*_misread(formula)} == {(name, n) for n in odd for name in ("twice.z", "input.x")}
