"""What stands behind sums of weights, by itself: scales, normalisations, and what each cell of a layer should hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from equation_sheets import TOYS
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.beside.scales import between_ends, is_between_ends, scaled_back
from xlcheck.handmade.equations.normalisations import normalised
from xlcheck.handmade.equations.placement import place
from xlcheck.handmade.equations.plain_templates import _kind
from xlcheck.handmade.forms.functions import Functions
from xlcheck.handmade.reading.precedents import Precedents


@pytest.mark.parametrize(
    ("formula", "is_scale"),
    [
        ("=(A1-A2)/(A3-A2)", True),
        ("=2*(A1-A2)/(A3-A2)-1", True),
        ("=A1*A2/A3", False),
        ("=(A1-A2)/A3", False),
        ("=(A1-A2)/(A3-A2)*A4", False),
        ("=(A5-A4)*(A1-A2)/(A3-A2)+A4", True),
        ("=(A5-A4)*(A1-A2)/(A3-A2)+A5", False),
        ("=(A5-A4)*((A1-A2)/(A3-A2))^2+A4", False),
        ("=(A5-A4)*(A1-A2)/(A3-A4)+A4", False),
        ("=0.1+0.8*(A1-MIN(A$1:A$5))/(MAX(A$1:A$5)-MIN(A$1:A$5))", True),
        ("=0.1+0.8*(A1-MIN(A$1:A$5))/(MAX(A$1:A$5)-MIN(A$1:A$4))", False),
    ],
)
def test_a_scale_has_two_ends(formula: str, is_scale: bool, tmp_path: Path) -> None:
    """Rule: what each end becomes depends on no number, and the two become different ones."""
    own = sheet({"A1": 0.3, "A2": -0.4, "A3": 1.7, "A4": 2.1, "A5": -2.2, "C1": formula}, tmp_path)

    assert is_between_ends(own.terms[cell_at("C1")]) is is_scale


def test_formulas_that_were_filled_are_on_one_scale(tmp_path: Path) -> None:
    """Rule: those that read other cells in the same way are alike, and one that reads one of them twice is not."""
    cells: dict[str, object] = {name: 0.3 + 0.7 * k for k, name in enumerate(("A1", "A2", "A3", "A4", "A5"))}
    formulas = {"C1": "=2*(A1-A2)/(A3-A2)", "C2": "=2*(A4-A2)/(A3-A2)", "C3": "=2*(A1-A2)/(A3-A5)"}
    own = sheet({**cells, **formulas}, tmp_path)

    assert between_ends([*map(cell_at, formulas)], own.terms) == {cell_at("C1"), cell_at("C2")}


@pytest.mark.parametrize(
    ("formula", "back"),
    [("=C1*B2+B1", {"E1": "C1"}), ("=C1*B2-B1", {}), ("=C1*B1+B2", {}), ("=C1+1", {})],
)
def test_a_result_is_put_back_on_its_scale(formula: str, back: dict[str, str], tmp_path: Path) -> None:
    """Rule: what undoes the scaling of the inputs, with its very numbers, is a result on the scale of the data."""
    cells = {"A1": 3.1, "B1": 2.0, "B2": 0.7, "D1": "=(A1-B1)/B2", "B3": 1.5, "C1": "=D1*B3", "E1": formula}
    own = sheet(cells, tmp_path)
    given, weights = {cell_at("D1"), cell_at("B3")}, {cell_at("B3")}
    found, _ = scaled_back([cell_at("E1")], own.terms, [cell_at("C1")], given, weights)

    assert {a1(cell): a1(result) for cell, result in found.items()} == back


def test_of_two_that_put_one_result_back_nobody_knows_which(tmp_path: Path) -> None:
    """Rule: twice the same result on the same scale: one of them means another one."""
    cells = {"A1": 3.1, "B1": 2.0, "B2": 0.7, "D1": "=(A1-B1)/B2", "B3": 1.5, "C1": "=D1*B3"}
    own = sheet(cells | {"E1": "=C1*B2+B1", "E2": "=C1*B2+B1"}, tmp_path)
    among = [cell_at("E1"), cell_at("E2")]

    assert scaled_back(among, own.terms, [cell_at("C1")], {cell_at("D1"), cell_at("B3")}, {cell_at("B3")})[0] == {}


def _normalised(formula: str) -> dict[str, object]:
    """Three numbers in A1:C1, and the same made of each, with typed numbers in row 2 and 3."""
    cells: dict[str, object] = {"A1": 0.4, "B1": -1.2, "C1": 2.3, "A2": 1.1, "B2": 0.9, "C2": -0.7}
    cells |= {"A3": 0.2, "B3": 0.5, "C3": 0.1}
    return cells | {f"{column}5": formula.format(column) for column in "ABC"}


@pytest.mark.parametrize(
    ("formula", "weights"),
    [
        ("=({0}1-AVERAGE($A1:$C1))/SQRT(VARP($A1:$C1)+0.001)", set()),
        ("=({0}1-AVERAGE($A1:$C1))/SQRT(VARP($A1:$C1)+0.001)*{0}2+{0}3", {"gamma", "beta"}),
        ("=({0}1-AVERAGE($A1:$C1))/VARP($A1:$C1)", None),
        ("={0}1*{0}2", None),
    ],
)
def test_a_vector_is_normalised_by_its_own_statistics(formula: str, weights: set[str] | None, tmp_path: Path) -> None:
    """Rule: Keras's layer normalisation, with its epsilon and what it is multiplied with; nothing else is one."""
    own = sheet(_normalised(formula), tmp_path)
    vector = [cell_at(name) for name in ("A1", "B1", "C1")]
    found = normalised([vector], Functions(own.terms, (), vector), by_typed=False)

    assert (None if found is None else {*found.weights}) == weights
    if found is not None:
        assert found.layer.options["epsilon"] == pytest.approx(0.001, rel=1e-6)
        assert [[*map(a1, cells)] for cells in found.outputs] == [["A5", "B5", "C5"]]


def test_a_unit_is_normalised_by_typed_statistics(tmp_path: Path) -> None:
    """Rule: a typed mean and variance of each unit are those of a batch; a vector's own ones are not."""
    own = sheet(_normalised("=({0}1-{0}2)/SQRT({0}3+0.001)"), tmp_path)
    vector = [cell_at(name) for name in ("A1", "B1", "C1")]
    functions = Functions(own.terms, (), vector)
    found = normalised([vector], functions)

    assert found is not None
    assert [*map(a1, found.weights["moving_mean"])] == ["A2", "B2", "C2"]
    assert [*map(a1, found.weights["moving_variance"])] == ["A3", "B3", "C3"]
    assert normalised([vector], functions, by_typed=False) is None


_HELPER = {"B6": "=TANH(D6)", "D6": "=A6*$A$1+B5*$B$1+$C$1"}


@pytest.mark.parametrize(
    ("wrong", "cells"),
    [
        ({}, set()),
        ({"B6": "=TANH(A6*$A$1+B4*$B$1+$C$1)"}, {"B6"}),
        (_HELPER, set()),
    ],
)
def test_each_cell_of_a_layer_has_its_place(wrong: dict[str, str], cells: set[str], tmp_path: Path) -> None:
    """Rule: of a layer each cell holds what it should compute, and one that computes something else is wrong alone."""
    right = sheet(TOYS["rnn"], tmp_path).arrangement.layers[0]
    own = sheet({**TOYS["rnn"], **wrong}, tmp_path)
    placement = place(own.table, right.networks, Precedents(own.table), own.terms)

    assert {*map(a1, placement.aligned.wrong)} == cells
    assert {a1(cell) for cell in placement.aligned.held} >= {"B5", "B6", "B7"}
    assert not placement.unsure


def test_what_an_edit_leaves_in_a_circle_is_wrong(tmp_path: Path) -> None:
    """Rule: a cell that is computed from itself once another term stands somewhere holds no number."""
    right = sheet(TOYS["rnn"], tmp_path).arrangement.layers[0]
    own = sheet({**TOYS["rnn"], **_HELPER, "E6": "=D6/2"}, tmp_path)
    algebra, edited = own.terms.algebra, cell_at("D6")
    terms = own.terms.edited({edited: algebra.sum((own.terms[edited], algebra.leaf(cell_at("E6"))))})
    placement = place(own.table, right.networks, Precedents(own.table), terms, edited={edited})

    assert "B6" in {*map(a1, placement.aligned.wrong)}


@pytest.mark.parametrize(
    ("below", "above", "kind"),
    [
        (0.0, 1.0, ("ReLU", 0.0)),
        (0.25, 1.0, ("LeakyReLU", 0.25)),
        (1.5, 1.0, None),
        (-0.5, 1.0, None),
        (2.0, 2.0, ("Rescaling", 2.0)),
        (1.0, 1.0, None),
    ],
)
def test_a_slope_below_zero_is_a_layer(below: float, above: float, kind: tuple[str, float] | None) -> None:
    """Rule: a slope below 0 is smaller than the one above it; a layer that changes nothing is none."""
    x = np.array([-2.0, -0.5, 0.5, 2.0, -1.0, 1.0])

    assert _kind(x, np.where(x > 0, above * x, below * x)) == kind
    assert _kind(x, np.full(6, np.inf)) is None
