"""The same weights used several times in one table: with another activation, or without the bias."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from equation_sheets import answer, simple_rnn

pytestmark = pytest.mark.keras

_BENT = {"relu": "MAX(0,{})", "tanh": "TANH({})", "sigmoid": "1/(1+EXP(-({})))"}


def _compared(rng: random.Random) -> tuple[dict[str, object], list[str]]:
    """Two units on two inputs, computed with one activation and beside it with another, each with an output behind it.

    Returns:
        The cells, and the hidden ones.
    """
    cells: dict[str, object] = {"B1": "w1", "C1": "w2", "D1": "bias", "G1": "out"}
    for row in (2, 3):
        cells |= {f"{c}{row}": round(rng.uniform(-1.5, 1.5), 2) for c in "BCD"}
    cells |= {f"G{row}": round(rng.uniform(-1.5, 1.5), 2) for row in (2, 3, 4)}
    ways = rng.sample(sorted(_BENT), 2)
    samples = rng.randint(3, 7)
    cells |= {"A7": "x1", "B7": "x2"} | {f"{c}7": f"h {way}" for c, way in zip("DH", ways, strict=True)}
    hidden = []
    for row in range(8, 8 + samples):
        cells |= {f"{c}{row}": round(rng.uniform(-2, 2), 1) for c in "AB"}
        for columns, way in zip(("DEF", "HIJ"), ways, strict=True):
            for unit, column in zip((2, 3), columns, strict=False):
                inside = f"$A{row}*$B${unit}+$B{row}*$C${unit}+$D${unit}"
                cells[f"{column}{row}"] = "=" + _BENT[way].format(inside)
                hidden.append(f"{column}{row}")
            one, other, result = columns
            cells[f"{result}{row}"] = f"={one}{row}*$G$2+{other}{row}*$G$3+$G$4"
            cells[f"{result}7"] = f"y {way}"
    return cells, hidden


@pytest.mark.parametrize("seed", range(4))
def test_a_network_with_either_of_two_activations_is_two_networks(seed: int, tmp_path: Path) -> None:
    """Rule: a whole table that computes the same sums in another way is a layer of its own, and so is what reads it."""
    cells, _ = _compared(random.Random(seed))
    assert answer(cells, tmp_path) == (0, set())


@pytest.mark.parametrize("seed", range(4))
def test_a_mistake_in_one_of_two_tables_is_found_there(seed: int, tmp_path: Path) -> None:
    """Rule: the wrong cell of one of two tables with the same weights is the root, and nothing else is."""
    rng = random.Random(100 + seed)
    cells, hidden = _compared(rng)
    wrong = rng.choice(hidden)
    cells[wrong] = str(cells[wrong]).replace(f"$B{wrong[1:]}*", f"$A{wrong[1:]}*")
    assert answer(cells, tmp_path) == (1, {wrong})


def test_another_activation_in_one_cell_is_no_table(tmp_path: Path) -> None:
    """Rule: a cell with the activation of the table beside it is wrong in its own."""
    cells, hidden = _compared(random.Random(7))
    first, other = hidden[0], hidden[2]
    cells[first] = cells[other]
    assert answer(cells, tmp_path) == (1, {first})


def test_with_and_without_a_bias(tmp_path: Path) -> None:
    """Rule: a table that adds no bias beside one that does is there on purpose; a single sum without it is wrong."""
    cells: dict[str, object] = {"A1": 0.8, "B1": -0.5, "C1": 0.6}
    for row in range(4, 9):
        cells |= {f"A{row}": 0.7 * row - 4, f"B{row}": 3.1 - 0.1 * row * row}
        cells |= {f"C{row}": f"=A{row}*$A$1+B{row}*$B$1+$C$1", f"D{row}": f"=1/(1+EXP(-C{row}))"}
        cells |= {f"E{row}": f"=A{row}*$A$1+B{row}*$B$1", f"F{row}": f"=1/(1+EXP(-E{row}))"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"C6": "=A6*$A$1+B6*$B$1"}, tmp_path) == (1, {"C6"})


def _curves() -> dict[str, object]:
    """One unit at eight inputs, bent by four activations, of two of them the derivative."""
    cells: dict[str, object] = {"A1": "w", "B1": 2.0, "A2": "b", "B2": -1.0}
    for n, row in enumerate(range(5, 13)):
        z = f"$B$1*A{row}+$B$2"
        cells |= {f"A{row}": n / 2 - 2, f"B{row}": f"=1/(1+EXP(-({z})))", f"C{row}": f"=TANH({z})"}
        cells |= {f"D{row}": f"=MAX(0,{z})", f"E{row}": f"=IF({z}>0,{z},0.01*({z}))"}
        cells |= {f"F{row}": f"=B{row}*(1-B{row})", f"G{row}": f"=1-C{row}^2"}
    return cells


def test_derivatives_beside_activations_leave_a_check_complete(tmp_path: Path) -> None:
    """Rule: the derivative of an activation, by its results, at each of them, belongs to no layer and hides none."""
    assert answer(_curves(), tmp_path) == (0, set())
    assert answer(_curves() | {"D7": "=MAX(0,$B$1*A7-$B$2)"}, tmp_path) == (1, {"D7"})


@pytest.mark.parametrize(
    "change",
    [{"G8": "=1-C8^3"}, {"F8": "=B9*(1-B9)", "F9": "=B8*(1-B8)"}],
    ids=["cubed", "exchanged"],
)
def test_what_is_no_derivative_is_no_pass(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: what stands beside activations and is the derivative of none, or of another result, has no verdict."""
    assert answer(_curves() | change, tmp_path, effort=4) == (3, set())


def _remembering() -> dict[str, object]:
    """Three units over five steps by tanh in H to J, and by relu from their own states in L to N."""
    cells = simple_rnn(5)
    for row in range(11, 17):
        for h, other in zip("HIJ", "LMN", strict=True):
            text = str(cells[f"{h}{row}"]).replace("TANH(", "MAX(0,")
            for one, its in zip("HIJ", "LMN", strict=True):
                text = text.replace(f"{one}{row - 1}*", f"{its}{row - 1}*")
            cells[f"{other}{row}"] = text if row > 11 else 0.0
    return cells


@pytest.mark.parametrize("wrong", [None, "M14", "I13"])
def test_two_layers_with_the_same_weights_each_go_on_from_their_own_states(wrong: str | None, tmp_path: Path) -> None:
    """Rule: what a step reads of its own layer is none of the inputs that both have in common."""
    cells = _remembering()
    if wrong:
        cells[wrong] = str(cells[wrong]).replace("$F", "$E")
    assert answer(cells, tmp_path) == ((1, {wrong}) if wrong else (0, set()))
