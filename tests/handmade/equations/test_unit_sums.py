"""Sums of all units of a layer, as where a last layer has no weights: right, wrong in a cell, and what is none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from thorough import part_of

from xlcheck.handmade.beside.straight import is_given_targets

pytestmark = pytest.mark.keras

_ROWS = range(5, 17)


def _titanic(prediction: str = "=L{0}+M{0}", relu: str = "=MAX(0,{0})") -> dict[str, object]:
    """Three inputs and a 1 in B:E, two sums in J:K, their relus in L:M, the prediction in N, its error in O."""
    cells: dict[str, object] = {"B1": 0.62, "C1": -0.31, "D1": 0.17, "E1": 0.24, "O2": "=AVERAGE(O5:O16)"}
    cells |= {"B2": -0.48, "C2": 0.55, "D2": 0.73, "E2": -0.12}
    for row in _ROWS:
        numbers = (round(0.37 * row % 1.3, 2), round(0.71 * row % 1.7, 2), round(0.29 * row % 0.9, 2), 1)
        cells |= {f"{column}{row}": number for column, number in zip("BCDE", numbers, strict=True)}
        cells |= {f"A{row}": row % 3 % 2, f"O{row}": f"=(N{row}-A{row})^2"}
        for column, weights, bent in (("J", 1, "L"), ("K", 2, "M")):
            cells[f"{column}{row}"] = f"=SUMPRODUCT(B{row}:E{row},B${weights}:E${weights})"
            cells |= {f"{bent}{row}": relu.format(f"{column}{row}")} if relu else {}
        cells[f"N{row}"] = prediction.format(row)
    return cells


@pytest.mark.parametrize(
    ("prediction", "relu", "said"),
    part_of(
        [
            ("=1/(1+EXP(-(L{0}+M{0})))", "=MAX(0,{0})", "Add() and sigmoid"),
            ("=L{0}+M{0}", "=MAX(0,{0})", "Add() ("),
            ("=SUM(L{0}:M{0})", "=IF({0}>0,{0},0)", "Add() ("),
            ("=MAX(0,J{0})+MAX(0,K{0})", "", "Add() ("),
        ],
        2,
    ),
)
def test_units_may_be_added_up(prediction: str, relu: str, said: str, tmp_path: Path) -> None:
    """Rule: what adds up all units of each sample is Keras's Add, whatever is done with the sum, and where."""
    found = verdict(_titanic(prediction, relu), tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert said in found.said


@pytest.mark.parametrize("relu", ["=MAX(0,{0})", ""])
def test_a_sum_may_be_bent_in_a_cell_of_its_own(relu: str, tmp_path: Path) -> None:
    """Rule: the activation of a sum of units may stand beside it, whether the units stand in cells or in the sum."""
    total = "=L{0}+M{0}" if relu else "=MAX(0,J{0})+MAX(0,K{0})"
    cells = _titanic(total, relu) | {f"O{row}": f"=1/(1+EXP(-N{row}))" for row in _ROWS}
    cells |= {f"P{row}": f"=(O{row}-A{row})^2" for row in _ROWS} | {"O2": "=AVERAGE(P5:P16)"}

    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert "Add() and sigmoid" in found.said
    assert answer(cells | {"O9": "=TANH(N9)"}, tmp_path, 5)[0] != 0


def test_a_mean_that_leaves_out_the_last_error_is_no_pass(tmp_path: Path) -> None:
    """Rule: what nobody else reads is not taken for shown only where others of its kind are averaged."""
    assert answer(_titanic() | {"O2": "=AVERAGE(O5:O15)"}, tmp_path, 5) == (3, set())


def test_a_network_is_not_given_its_own_target() -> None:
    """Rule: what a result should be is no input of its sample, unless all inputs are, as an autoencoder's."""
    result, target, x, weight = (("S", 0, column) for column in range(4))
    measured = [frozenset({(result, target)})]
    assert is_given_targets(measured, {result: [target, x, weight]}, {target, x})
    assert not is_given_targets(measured, {result: [x, weight]}, {target, x})
    assert not is_given_targets(measured, {result: [target, weight]}, {target, x})
    assert not is_given_targets([frozenset({(result, None)})], {result: [target, x]}, {target, x})


@pytest.mark.parametrize(
    ("wrong", "roots"),
    part_of(
        [
            ({"N9": "=L9+M8"}, {"N9"}),
            ({"N9": "=L9+L9"}, {"N9"}),
            ({"N9": "=L9-M9"}, {"N9"}),
            ({"N9": 0.7}, {"N9"}),
            ({"L9": "=MIN(0,J9)"}, {"L9"}),
            ({"K9": "=SUMPRODUCT(B9:E9,B$1:E$1)"}, {"K9"}),
        ],
        2,
    ),
)
def test_a_sum_of_other_units_is_wrong(wrong: Mapping[str, object], roots: set[str], tmp_path: Path) -> None:
    """Rule: the sums of the other samples say what one adds up."""
    assert answer(_titanic() | dict(wrong), tmp_path) == (1, roots)


@pytest.mark.parametrize(
    "change",
    part_of(
        [
            {f"N{row}": f"=L{row}+K{row}" for row in _ROWS},  # what stands before the relu
            {f"N{row}": f"=L{row}-M{row}" for row in _ROWS},
            {f"N{row}": f"=L{row}+M{row + 1}" for row in _ROWS[:-1]},
            {f"P{row}": f"=L{row}*$B$1+M{row}*$C$1+$D$1" for row in _ROWS},  # a layer reads the units, too
            {"O9": "=(N9-A8)^2"},
            {"O2": "=AVERAGE(O5:O15)"},
        ],
        3,
    ),
)
def test_what_is_no_sum_of_all_units_is_no_pass(change: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: all units of one sample are added, each once, nothing else reads them, and what compares must fit."""
    assert answer(_titanic() | dict(change), tmp_path, effort=4)[0] == 3


def test_the_sum_of_shares_is_no_layer(tmp_path: Path) -> None:
    """Rule: a softmax whose shares somebody adds up, to see that they are 1, has no layer behind it."""
    cells = {name: own for name, own in _titanic().items() if name[0] not in "AO"}
    for row in _ROWS:
        cells |= {
            f"L{row}": f"=EXP(J{row})/(EXP(J{row})+EXP(K{row}))",
            f"M{row}": f"=EXP(K{row})/(EXP(J{row})+EXP(K{row}))",
        }
    found = verdict(cells, tmp_path, effort=3)
    assert "softmax" in found.said
    assert "Add" not in found.said
    assert not found.roots
