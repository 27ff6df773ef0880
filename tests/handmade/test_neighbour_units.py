"""A unit that reads what belongs to the unit beside it: who shows that, and what an edit elsewhere cannot mend."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from equation_sheets import answer, roots, simple_rnn
from recognised_sheets import sheet

from fixtures.handmade.drawn import score
from xlcheck import check
from xlcheck.handmade.arrangements.textbook import may_be_textbook
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import sheet_groups

pytestmark = pytest.mark.keras


def _blocks(samples: int = 3) -> dict[str, object]:
    """Two units, a block of eight rows a sample, a step a column from D on: each sums up copies of what it reads.

    The copies of the state before the first step are filled from those behind it, and read the blank column C.
    """
    cells: dict[str, object] = {"A2": 0.09, "B2": -0.25, "A3": 0.52, "B3": -0.8, "A4": -1.08, "B4": 1.0}
    for top in range(7, 7 + 8 * samples, 8):
        for number, (before, column) in enumerate(("CD", "DE", "EF")):
            cells[f"{column}{top}"] = round(0.71 * number - 0.033 * top - 1.4, 3)
            cells[f"{column}{top + 1}"] = f"={column}{top}"
            for row in (2, 3):
                cells[f"{column}{top + row}"] = f"={before}{top + row + 2}"
            for row, weight in ((4, "A"), (5, "B")):
                terms = (f"${weight}${k + 1}*{column}{top + k}" for k in (1, 2, 3))
                cells[f"{column}{top + row}"] = f"=TANH({'+'.join(terms)})"
    return cells


def _reviews() -> dict[str, object]:
    """Five samples, each a row with a step in two columns, two of them shorter; a probability of each."""
    cells: dict[str, object] = {"B1": 0.85, "C1": -0.55, "E1": 0.3, "F1": -0.45, "E2": 0.5, "F2": 0.25}
    cells |= {"H1": 0.1, "I1": -0.05, "K1": 1.7, "L1": -1.3, "N1": 0.1}
    for row in range(5, 10):
        cells |= {"B" + str(row): 0.3 * row - 2, "C" + str(row): 1.1 - 0.4 * row}
        cells |= {"D" + str(row): 0.07 * row * row - 3} if row > 6 else {}
        steps = (("B", "GH", ""), ("C", "IJ", "GH"), ("D", "KL", "IJ"))
        for x, own, before in steps[: 2 if row < 7 else 3]:
            for column, weight, state, bias in zip(own, "BC", "EF", "HI", strict=True):
                past = "".join(f"+{h}{row}*${state}${k}" for k, h in enumerate(before, start=1))
                cells[f"{column}{row}"] = f"=TANH({x}{row}*${weight}$1{past}+${bias}$1)"
        one, other = "IJ" if row < 7 else "KL"
        cells[f"N{row}"] = f"=1/(1+EXP(-({one}{row}*$K$1+{other}{row}*$L$1+$N$1)))"
    return cells


def test_a_blank_state_may_be_copied_by_a_formula_that_was_filled(tmp_path: Path) -> None:
    """Filled to the left from the copies of later states it reads the blank column before the first step."""
    assert answer(_blocks(), tmp_path) == (0, set())


def test_a_small_input_is_no_activation_of_its_own_copy(tmp_path: Path) -> None:
    """The hyperbolic tangent of 0.079 is 0.079 to three digits."""
    assert answer({**_blocks(), "E7": 0.079}, tmp_path) == (0, set())


def test_weights_of_the_unit_beside_it(tmp_path: Path) -> None:
    """Others in its row have the right ones, as many as have these in its column."""
    wrong = {**_blocks(), "E20": _blocks()["E19"]}
    assert roots(wrong, tmp_path) == {"E20"}


def test_what_reads_one_state_twice_is_mended_by_no_edit_elsewhere(tmp_path: Path) -> None:
    """So nothing is tried but that formula; without the mistake nothing says where one would be.

    What is tried then are both units at a step, which attest one another.
    """
    wrong = {**_reviews(), "N9": "=1/(1+EXP(-(K9*$K$1+K9*$L$1+$N$1)))"}
    for cells, others in ((_reviews(), True), (wrong, False)):
        found = sheet(cells, tmp_path)
        (part,) = sheet_groups(found.table, found.arrangement.values, Precedents(found.table))
        sheets = UnderEdits(part, found.arrangement.reads.terms, found.arrangement)
        assert sheets.may_help([("S", 8, 13)])
        assert {sheets.may_help([("S", 4, left), ("S", 4, left + 1)]) for left in (6, 8)} == {others}


def test_a_step_that_reads_one_number_twice_is_no_layer(tmp_path: Path) -> None:
    """The formulas of both units agree with one another; and all units may begin with one typed 0."""
    cells = {**simple_rnn(3), "B20": 0.3, "C20": -0.2, "B21": -0.4, "C21": 0.7, "B22": 0.1, "C22": 0.2}
    for other, twice in (("I14", False), ("H14", True)):
        for column, weight in (("L", "B"), ("M", "C")):
            read = {12: "I12", 13: "I13", 14: other}
            cells |= {f"{column}{k}": f"=TANH(H{k}*{weight}$20+{x}*{weight}$21+{weight}$22)" for k, x in read.items()}
        found = sheet(cells, tmp_path)
        assert [own.reads_twice(found.forms) for own in found.layers if len(own.rows) == 2] == [twice]
        assert may_be_textbook(found.recognised) != twice
    zero = {**simple_rnn(3), **{f"{h}12": str(simple_rnn(3)[f"{h}12"]).replace("I11", "H11") for h in "HIJ"}}
    assert may_be_textbook(sheet(zero, tmp_path).recognised)


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(161029, id="an activation of the sum of another unit in a large network, whose own nobody reads"),
        pytest.param(
            162025, id="in a corner of its block a formula reads a cell more than those that it was filled to"
        ),
        pytest.param(162035, id="a number typed between formulas, and beside the network a mean of results"),
        pytest.param(162053, id="words call the results states, and so they do those that are right"),
        pytest.param(161040, id="a product breaks its line, and so do formulas that only show"),
    ],
)
def test_one_mistake_that_lines_and_equations_show(seed: int) -> None:
    """Drawn workbooks: exactly that cell, though something else about them is not certain, as long as that takes."""
    assert score.answer(seed, [1], check=partial(check, effort=30)).outcome == "exact"
