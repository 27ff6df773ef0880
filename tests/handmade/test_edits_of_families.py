"""Small networks in which all steps carry one mistake: the layer's equations and its other gates say what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import roots, save
from thorough import part_of

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

_SIGMOID = "=1/(1+EXP(-({0})))"


def _lstm() -> dict[str, object]:
    """One unit, one input, two steps in H and I; the gates i, f, c, o in rows 2 to 5 read the columns A to D."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.9, "G6": 0.0, "G7": 0.0}
    for number, column in enumerate("ABCD"):
        cells |= {
            f"{column}1": 0.31 + 0.2 * number,
            f"{column}2": 0.3 * number - 0.45,
            f"{column}3": 0.05 - 0.12 * number,
        }
    for before, column in ("GH", "HI"):
        for row, gate in enumerate("ABCD", start=2):
            z = f"${gate}$1*{column}1+${gate}$2*{before}7+${gate}$3"
            cells[f"{column}{row}"] = f"=TANH({z})" if gate == "C" else _SIGMOID.format(z)
        cells[f"{column}6"] = f"={column}3*{before}6+{column}2*{column}4"
        cells[f"{column}7"] = f"={column}5*TANH({column}6)"
    return cells


def _gru() -> dict[str, object]:
    """One unit, one input, two steps in H and I; z, r and the candidate in rows 2, 3 and 5 read the columns A to C."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.9, "G6": 0.0}
    for number, column in enumerate("ABC"):
        cells |= {
            f"{column}1": 0.71 - 0.3 * number,
            f"{column}2": 0.4 * number - 0.55,
            f"{column}3": 0.15 - 0.22 * number,
        }
    for before, column in ("GH", "HI"):
        for row, gate, state in ((2, "A", f"{before}6"), (3, "B", f"{before}6"), (5, "C", f"{column}4")):
            z = f"${gate}$1*{column}1+${gate}$2*{state}+${gate}$3"
            cells[f"{column}{row}"] = f"=TANH({z})" if gate == "C" else _SIGMOID.format(z)
        cells[f"{column}4"] = f"={column}3*{before}6"
        cells[f"{column}6"] = f"={column}2*{before}6+(1-{column}2)*{column}5"
    return cells


def _filled(row: int, formula: str) -> dict[str, object]:
    """A formula in both steps: {0} is the column of the step, {1} that of the one before."""
    return {f"{column}{row}": formula.format(column, before) for before, column in ("GH", "HI")}


@pytest.mark.parametrize(
    ("row", "formula"),
    part_of(
        [
            (2, "=MAX(0,MIN(1,0.2*($A$1*{0}1+$A$2*{1}7+$A$3)+0.5))"),
            (5, "=1/(1+EXP(-($D$1*{0}1+$D$2*{1}7-$D$3)))"),
            (3, "=1/(1+EXP(-({0}1+$B$2*{1}7+$B$3)))"),
        ],
        1,
    ),
    ids=part_of(["other sigmoid", "sign of a bias", "no weight"], 1),
)
def test_a_gate_is_wrong_at_all_steps_where_the_others_say_so(tmp_path: Path, row: int, formula: str) -> None:
    """A gate that does with its weights something else than the other gates do with theirs is wrong at each step."""
    assert roots(_lstm() | _filled(row, formula), tmp_path) == {f"H{row}", f"I{row}"}


@pytest.mark.parametrize(
    ("row", "formula", "wanted"),
    part_of(
        [
            (6, "={0}2*{1}6+{0}2*{0}5", {"H6", "I6"}),
            (6, "={0}2*{1}6+(1-{0}2)", {"H6", "I6"}),
            (4, "={0}3*{1}7", {"H4", "I4"}),
        ],
        1,
    ),
    ids=part_of(["the gate twice", "no candidate", "a blank cell"], 1),
)
def test_a_state_is_joined_as_the_equations_say(tmp_path: Path, row: int, formula: str, wanted: set[str]) -> None:
    """States that no equation of a GRU gives are wrong at each step."""
    assert roots(_gru() | _filled(row, formula), tmp_path) == wanted


def test_a_first_step_filled_on_is_wrong(tmp_path: Path) -> None:
    """Without a state before it, the first step of a GRU mixes the candidate alone; the second one may not."""
    first = {"G6": None, "H6": "=(1-H2)*H5", "I6": "=(1-I2)*I5"}
    assert roots({cell: own for cell, own in (_gru() | first).items() if own is not None}, tmp_path) == {"I6"}


def test_an_idle_state_and_an_idle_weight_belong_together(tmp_path: Path) -> None:
    """Two steps that read no state, beside a first state and a number among the weights, are no samples.

    The first one is right today only, as its state is 0; without a first state they may well be samples.
    """
    cells: dict[str, object] = {"A1": 0.7, "A2": -0.4, "A3": 0.25, "H1": 0.9, "I1": -0.35, "G5": 0.0}
    cells |= {f"{column}4": f"=$A$1*{column}1+$A$3" for column in "HI"} | {f"{c}5": f"=TANH({c}4)" for c in "HI"}
    assert roots(cells, tmp_path) == {"H4", "I4"}
    del cells["G5"]
    assert not roots(cells, tmp_path)


def test_another_sigmoid_of_a_sum_in_its_own_cell_is_wrong(tmp_path: Path) -> None:
    """The sum of a gate stands in a row of its own, and its activation is another one than the other gates have."""
    cells = _lstm() | _filled(9, "=$A$1*{0}1+$A$2*{1}7+$A$3") | _filled(2, "=MAX(0,MIN(1,{0}9/6+0.5))")
    assert roots(cells, tmp_path) == {"H2", "I2"}


@pytest.mark.usefixtures("a_short_search")
def test_of_a_copy_and_what_reads_it_either_may_be_wrong(tmp_path: Path) -> None:
    """A row for tanh(c) that only copies c may lack the tanh, or the row of h may: nobody is blamed."""
    cells = _lstm() | _filled(8, "={0}6") | _filled(7, "={0}5*{0}8")
    assert not roots(cells, tmp_path)


def test_shares_of_too_few_results_are_wrong(tmp_path: Path) -> None:
    """A sum over a range that ends one cell early, in all shares of a softmax, is one cell longer in all of them."""
    cells: dict[str, object] = _gru()
    for number, row in enumerate((11, 12, 13)):
        cells |= {f"A{row}": 0.4 - 0.3 * number, f"B{row}": 0.2 * number - 0.1, f"E{row}": f"=A{row}*$I$6+B{row}"}
        cells[f"F{row}"] = f"=EXP(E{row})/SUMPRODUCT(EXP(E$11:E$12))"

    assert roots(cells, tmp_path) == {"F11", "F12", "F13"}


def test_no_weight_gives_way_to_another_number(tmp_path: Path) -> None:
    """A number that nobody reads is not put to use in the place of a weight, beside which the others stand."""
    cells: dict[str, object] = {"B1": 1, "C1": 0, "E1": 3, "G1": -2, "I1": -2, "J5": 0, "I2": 1, "I3": -1, "I4": 1}
    cells |= {"A1": "W", "D1": "U", "F1": "b", "H1": "W"}
    for before, column, one, other in (("J", "L", -1, -1), ("L", "N", 1, -1)):
        cells |= {f"{column}2": one, f"{column}3": other, f"{column}5": f"=TANH({column}4)"}
        cells[f"{column}4"] = f"=$B$1*{column}2+$C$1*{column}3+$E$1*{before}5+$G$1"

    assert not roots(cells, tmp_path)


def test_the_copy_of_a_result_is_not_wrong_in_its_place(tmp_path: Path) -> None:
    """An output without its bias is wrong, not the copy of a state that could be made an output with it."""
    cells: dict[str, object] = {
        "A1": 0.4,
        "A2": -0.3,
        "A3": 0.8,
        "A5": 1.1,
        "A6": -0.4,
        "B5": 0.0,
        "C1": 0.7,
        "D1": -0.2,
    }
    for before, column in ("BC", "CD"):
        cells[f"{column}5"] = _SIGMOID.format(f"$A$1*{column}1+$A$2*{before}5+$A$3")
    cells |= {"C7": _SIGMOID.format("A5*D5"), "B10": "=D5", "C10": "=C5", "D10": "=C7"}

    assert roots(cells, tmp_path) == {"C7"}


@pytest.mark.exhaustive
def test_a_share_that_reads_a_blank_cell_is_wrong(tmp_path: Path) -> None:
    """A softmax that lacks one of its results is looked at again, and the result that reads beside its sum is wrong."""
    cells: dict[str, object] = _gru()
    for number, row in enumerate((11, 12, 13)):
        cells |= {f"A{row}": 0.4 - 0.3 * number, f"B{row}": 0.2 * number - 0.1, f"E{row}": f"=A{row}*$I$6+B{row}"}
        cells[f"F{row}"] = f"=EXP({'D' if row == 11 else 'E'}{row})/SUM(EXP(E11),EXP(E12),EXP(E13))"

    assert roots(cells, tmp_path) == {"F11"}


def test_typed_states_are_no_samples(tmp_path: Path) -> None:
    """Sums that read the state beside them, all typed, are not passed as samples of a layer: the last one is unread."""
    cells: dict[str, object] = {"A1": 0.4, "A2": -0.3, "A3": 0.8, "B5": 0.0, "C5": 0.31, "D5": -0.22}
    for before, column in ("BC", "CD"):
        cells |= {f"{column}1": 0.3 if column == "C" else -0.7, f"{column}4": f"=$A$1*{column}1+$A$2*{before}5+$A$3"}

    assert not roots(cells, tmp_path)


@pytest.mark.exhaustive
def test_a_row_that_scales_an_input_hides_no_mistake(tmp_path: Path) -> None:
    """Products of an input with a number of their own, which nobody reads, belong to no layer and keep no edit away."""
    beside = {"A9": 0.88, "H9": "=A9*H1", "I9": "=A9*I1"}
    wrong = _filled(5, "=1/(1+EXP(-($D$1*{0}1+$D$2*{1}7-$D$3)))")

    assert roots(_lstm() | beside | wrong, tmp_path) == {"H5", "I5"}


def test_a_state_that_reads_a_word_is_wrong_and_not_the_errors_behind_it(tmp_path: Path) -> None:
    """A formula that reads a label gives an error, and so do all that follow; it alone is wrong."""
    cells = _gru() | _filled(4, "={0}3*{1}7") | {"G7": "state"}

    assert roots(cells, tmp_path) == {"H4", "I4"}


@pytest.mark.exhaustive
def test_a_result_pasted_over_its_copy_is_wrong(tmp_path: Path) -> None:
    """A number in the place of a copy, the same to many digits as the result that should be copied, was pasted."""
    cells = _lstm()
    for before, column in ("GH", "HI"):
        cells |= {
            f"{column}{row}": str(cells[f"{column}{row}"]).replace(f"{before}7", f"{column}8") for row in (2, 3, 4, 5)
        }
        cells[f"{column}8"] = f"={before}7"
    path = save(cells, tmp_path / "right.xlsx")
    assert check(path).ok
    table = CellTable(read_workbook(path))
    state = answers_of(table, engine("ironcalc")).values[table.index["S", 6, 7]]

    assert roots(cells | {"I8": state}, tmp_path) == {"I8"}
