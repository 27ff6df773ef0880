"""Toys in which one reference leads to another number than it should: none of these passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, read_elsewhere
from thorough import part_of, spread

pytestmark = pytest.mark.keras

_TOY = TOYS["rnn"]
_STRAYS = {"K20": 0.77, "H1": -0.33, "B12": 0.6}
"""Numbers that stand apart from the toys, or in line with some of their cells."""


@pytest.mark.parametrize("toy", TOYS)
def test_the_toys_are_right(toy: str, tmp_path: Path) -> None:
    """As they stand they pass, also with a number far away that has nothing to do with them."""
    assert answer(TOYS[toy], tmp_path)[0] == 0
    assert answer({"K20": 0.77, **TOYS[toy]}, tmp_path)[0] == 0


@pytest.mark.parametrize(("cell", "text"), part_of([*read_elsewhere(_TOY)], 10))
def test_a_reference_to_another_cell_is_no_pass(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: whatever other number a formula reads instead, be it a weight, an input or a state, it does not pass."""
    assert answer({**_TOY, cell: text}, tmp_path, effort=3)[0] != 0


@pytest.mark.parametrize(
    ("toy", "cell", "text"),
    [
        pytest.param("gru", "H2", "=1/(1+EXP(-($A$1*A2+$A$2*G6+$A$3)))", id="gru"),
        pytest.param("xor", "C6", "=1/(1+EXP(-(A6*$A$1+A1*$A$2+$A$3)))", id="xor"),
        pytest.param("xor", "E8", "=1/(1+EXP(-(E7*$D$1+D8*$D$2+$D$3)))", id="a result that nobody reads before either"),
        *spread([(toy, *other) for toy in TOYS for other in read_elsewhere(TOYS[toy])], 149),
    ],
)
def test_a_weight_or_another_cell_as_an_input(toy: str, cell: str, text: str, tmp_path: Path) -> None:
    """Rule: also in gates and samples a wrong reference is no pass, and no other cell is blamed for it."""
    code, roots = answer({**TOYS[toy], cell: text}, tmp_path, effort=3)
    assert code != 0
    assert roots <= {cell}


@pytest.mark.parametrize(
    ("toy", "stray", "cell", "text"),
    [
        ("one sample", "K20", "I1", "=B1*G1+B2*G2+K20"),
        ("one sample", "K20", "I2", "=B3*G1+K20*G2+B5"),
        ("xor", "K20", "D6", "=1/(1+EXP(-(K20*$B$1+B6*$B$2+$B$3)))"),
        *spread(
        [
            (toy, stray, cell, text)
            for toy, cells in TOYS.items() for stray in sorted(_STRAYS.keys() - cells.keys())
            for cell, text in read_elsewhere(cells, [stray])
        ],
        17,
    ),
    ],
)  # fmt: skip
def test_a_reference_to_a_number_beside_the_network(toy: str, stray: str, cell: str, text: str, tmp_path: Path) -> None:
    """Rule: a number that belongs to nothing is read by mistake: no pass, and no other cell is blamed for it."""
    code, roots = answer({stray: _STRAYS[stray], **TOYS[toy], cell: text}, tmp_path, effort=3)
    assert code != 0
    assert roots <= {cell}


@pytest.mark.parametrize("stray", _STRAYS)
@pytest.mark.parametrize("toy", TOYS)
def test_a_number_beside_a_right_network_blames_nobody(toy: str, stray: str, tmp_path: Path) -> None:
    """Rule: a number that nobody reads may keep a network from passing, but none of its cells is wrong."""
    if stray not in TOYS[toy]:
        assert not answer({stray: _STRAYS[stray], **TOYS[toy]}, tmp_path, effort=3)[1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("=TANH(A6*$A$1+A2*$B$1+$C$1)", id="a weight of the output as the state before"),
        pytest.param("=TANH(A6*$A$1+B4*$B$1+$C$1)", id="the first state once more, as if a sample began"),
    ],
)
def test_a_second_step_goes_on(text: str, tmp_path: Path) -> None:
    """Rule: a number has one role, and a step right behind another one does not begin anew."""
    code, roots = answer({**_TOY, "B6": text}, tmp_path, effort=3)
    assert code != 0
    assert roots <= {"B6"}


@pytest.mark.parametrize(("weights", "code"), [("$B$1:$D$1", 0), ("$A$1:$C$1", 1)])
def test_a_product_with_a_word_is_no_pass(weights: str, code: int, tmp_path: Path) -> None:
    """Rule: SUMPRODUCT takes a word for 0 and so leaves an input out; the formula is named, not only doubted."""
    cells: dict[str, object] = {"A1": "weights", "B1": 0.7, "C1": -0.6, "D1": 0.4, "A4": 0.5, "B4": 0.9, "C4": 0.0}
    cells |= {"A5": 0.7, "B5": -0.65, "C5": "=E4", "E4": "=TANH(SUMPRODUCT($B$1:$D$1,A4:C4))"}
    assert answer({**cells, "E5": f"=TANH(SUMPRODUCT({weights},A5:C5))"}, tmp_path) == (code, {"E5"} if code else set())


def test_numbers_in_the_place_of_products_are_not_left_out(tmp_path: Path) -> None:
    """Rule: where each of two sums adds a number of its own, a formula stood there: the sums that add it are right."""
    cells: dict[str, object] = {"A1": -1.2, "A2": 0.8, "A3": 0.3, "A5": -0.4, "F4": 0.0, "F5": 2.8577}
    for row, inputs in ((4, (0.2, -0.1, 0.3)), (5, (-0.5, 0.6, 0.7))):
        cells |= {f"{column}{row}": number for column, number in zip("BCD", inputs, strict=True)}
        cells |= {f"E{row}": f"=B{row}*$A$1+C{row}*$A$2+D{row}*$A$3", f"G{row}": f"=$A$5+E{row}+F{row}"}
        cells[f"H{row}"] = f"=1/(1+EXP(-G{row}))"
    code, roots = answer(cells, tmp_path)
    assert code != 0
    assert not roots & {"G4", "G5"}
