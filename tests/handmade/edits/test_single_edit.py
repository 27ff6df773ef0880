"""Small networks: the one edit that makes all of a worksheet a textbook network is found; two of them blame nobody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, roots, save
from thorough import part_of, spread

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade.edits.judged_edit import shown

pytestmark = pytest.mark.keras

_SIGMOID = "=1/(1+EXP(-{0}))"


def _rnn(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """One unit of tanh, two inputs, two steps across, and an output: weights in column A, steps in C and D."""
    cells: dict[str, object] = dict(
        zip(("A1", "A2", "A4", "A6", "A8", "A9"), (0.7, -0.4, 0.9, 0.15, 1.3, -0.25), strict=True)
    )
    cells |= {"C1": 0.5, "C2": -1.2, "D1": 0.8, "D2": 0.35, "B5": 0.0}
    for before, column in ("BC", "CD"):
        cells[f"{column}4"] = f"=$A$1*{column}1+$A$2*{column}2+$A$4*{before}5+$A$6"
        cells[f"{column}5"] = f"=TANH({column}4)"
    cells |= {"D7": "=A8*D5+A9", "D8": _SIGMOID.format("D7")}
    return cells | dict(wrong or {})


def _lstm(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """One unit, one input, two steps across; the gates i, f, c, o read the columns A to D of three rows of weights."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.9, "G6": 0.0, "G7": 0.0}
    for number, column in enumerate("ABCD"):
        cells |= {
            f"{column}1": 0.31 + 0.2 * number,
            f"{column}2": -0.45 + 0.3 * number,
            f"{column}3": 0.05 * number - 0.12,
        }
    for before, column in ("GH", "HI"):
        for row, gate in enumerate("ABCD", start=2):
            z = f"${gate}$1*{column}1+${gate}$2*{before}7+${gate}$3"
            cells[f"{column}{row}"] = f"=TANH({z})" if gate == "C" else _SIGMOID.format(f"({z})")
        cells[f"{column}6"] = f"={column}3*{before}6+{column}2*{column}4"
        cells[f"{column}7"] = f"={column}5*TANH({column}6)"
    return cells | dict(wrong or {})


@pytest.mark.parametrize(
    ("cell", "content"),
    spread(
        [
            ("D4", "=$A$1*D1+$A$2*D2+$A$4*C5"),
            ("C4", "=$A$1*C1+$A$1*C2+$A$4*B5+$A$6"),
            ("D4", "=$A$1*D1+$A$2*D2+$A$4*C4+$A$6"),
            ("D4", "=$A$1*C1+$A$2*D2+$A$4*C5+$A$6"),
            ("D7", "=A8*D5"),
            ("D7", "=A8*C5+A9"),
            ("D7", "=A8*D5+A9+A9"),
            ("D5", "=ROUND(TANH(D4),2)"),
            ("D5", "=D4"),
            ("D5", 0.31),
            ("D4", "=$A$1*C1+$A$2*C2+$A$4*C5+$A$6"),
        ],
        2,
    ),
    ids=spread(
        [
            "no bias",
            "weight of the other input",
            "sum fed back",
            "last input",
            "no bias of the output",
            "other step",
            "bias twice",
            "rounded",
            "no activation",
            "typed over",
            "last inputs",
        ],
        2,
    ),
)
def test_one_mistake_in_a_simple_rnn_is_found(tmp_path: Path, cell: str, content: str) -> None:
    """The cell with the mistake and no other one, though no unit and no step has a second witness."""
    assert roots(_rnn({cell: content}), tmp_path) == {cell}


@pytest.mark.parametrize(
    ("cell", "content"),
    spread(
        [
            ("I2", "=1/(1+EXP(-($A$1*I1+$B$2*H7+$A$3)))"),
            ("I6", "=I2*H6+I2*I4"),
            ("H4", "=1/(1+EXP(-($C$1*H1+$C$2*G7+$C$3)))"),
            ("I7", "=I5*TANH(H6)"),
            ("I5", 0.42),
        ],
        2,
    ),
    ids=spread(["weight of another gate", "gate twice", "sigmoid for tanh", "last cell state", "typed over"], 2),
)
def test_one_mistake_in_an_lstm_is_found(tmp_path: Path, cell: str, content: object) -> None:
    """One wrong cell of twelve is named, whether a gate, a state or a number stands there."""
    assert roots(_lstm({cell: content}), tmp_path) == {cell}


def _spread(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """The same LSTM with the sums of the gates in rows 32 to 35, helpers in rows 12 to 15 and 22 to 25."""
    cells = _lstm()
    for before, column in ("GH", "HI"):
        for row, gate in enumerate("ABCD", start=2):
            x, h, z = (f"{column}{10 * k + row}" for k in range(1, 4))
            cells |= {x: f"=${gate}$1*{column}1", h: f"=${gate}$2*{before}7", z: f"={x}+{h}+${gate}$3"}
            cells[f"{column}{row}"] = f"=TANH({z})" if gate == "C" else _SIGMOID.format(f"{z}")
    return cells | dict(wrong or {})


@pytest.mark.parametrize(
    ("wrong", "wanted"),
    part_of(
        [
            ({"H33": "=H13+$B$3", "I33": "=I13+$B$3"}, {"H33", "I33"}),
            ({"H2": "=H32", "I2": "=I32"}, {"H2", "I2"}),
            ({"H14": 0.2, "I14": -0.4}, {"H14", "I14"}),
            ({"I14": -0.4}, {"I14"}),
        ],
        1,
    ),
    ids=part_of(["helper left out", "activation left out", "helpers typed over", "one helper typed over"], 1),
)
def test_of_two_edits_the_one_that_looks_like_the_rest_is_meant(
    tmp_path: Path, wrong: Mapping[str, object], wanted: set[str]
) -> None:
    """An activation could also stand in the sum's cell, a helper in the other helper's; nowhere else does one."""
    assert roots(_spread(wrong), tmp_path) == wanted


def test_a_state_without_an_activation_is_no_pass(tmp_path: Path) -> None:
    """A recurrence of weighted sums may be meant, or an activation may be missing: no verdict."""
    report = check(save(_rnn({"C5": "=C4", "D5": "=D4"}), tmp_path / "w.xlsx"))

    assert not report.ok
    assert not report.roots


def test_an_activation_of_a_blank_cell_is_no_pass(tmp_path: Path) -> None:
    """An empty cell that an activation reads waits for no answer, if the sum stands beside it."""
    cells = _rnn({"D7": None, "E7": "=A8*D5+A9"})
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert not report.ok
    assert {cell.cell for cell in report.roots} <= {"D8"}


def test_a_step_that_leaves_out_the_number_1_beside_it_is_found(tmp_path: Path) -> None:
    """Inputs, state and 1 stand in a column at each step; at the second one the formula ends before the 1."""
    cells: dict[str, object] = {
        "A1": 0.28,
        "B1": 0.62,
        "C1": 0.44,
        "B5": 0.0,
        "C3": 1,
        "D3": 1,
        "C2": 0.41,
        "D2": -0.83,
    }
    cells |= {"C5": "=TANH($A$1*C2+$B$1*B5+$C$1*C3)", "D5": "=TANH($A$1*D2+$B$1*C5)"}

    assert roots(cells, tmp_path) == {"D5"}


def test_a_right_small_network_agrees(tmp_path: Path) -> None:
    """Without a mistake nobody is blamed, and every formula is looked at."""
    for number, cells in enumerate((_rnn(), _lstm())):
        report = check(save(cells, tmp_path / f"{number}.xlsx"))

        assert report.ok
        assert report.counts.agree == sum(str(value).startswith("=") for value in cells.values())


def test_of_two_edits_the_one_with_weights_in_order_is_meant(tmp_path: Path) -> None:
    """Two steps in which the same two weights stand the other way round: the one that reads them in turn is right."""
    swapped = {"D4": "=$A$2*D1+$A$1*D2+$A$4*C5+$A$6"}

    assert answer(_rnn(swapped), tmp_path) == (1, {"D4"})


def test_a_weight_that_nobody_reads_is_no_pass(tmp_path: Path) -> None:
    """Without its recurrent term in any step a network is a textbook one of another kind, but its weight is left."""
    wrong = {f"{column}4": f"=$A$1*{column}1+$A$2*{column}2+$A$6" for column in "CD"}
    path = save(_rnn(wrong), tmp_path / "w.xlsx")
    try:
        report = check(path)
    except NothingCheckedError:
        return

    assert not report.ok
    assert {cell.cell for cell in report.roots} <= {"C4", "D4"}


def test_a_sample_that_no_layer_reads_is_no_pass(tmp_path: Path) -> None:
    """A copy of the sample above in the place of its own one makes the next layer right for wrong inputs."""
    cells: dict[str, object] = {
        "A1": 0.4,
        "A2": -0.3,
        "A3": 0.2,
        "B1": 1.1,
        "B2": -0.6,
        "B3": 0.35,
        "A5": 0.8,
        "A6": -1.4,
        "A7": 0.1,
    }
    for row in range(10, 14):
        cells |= {f"D{row}": 0.21 * row - 2.4, f"E{row}": 1.9 - 0.17 * row, f"I{row}": f"=G{row}"}
        for column, weight in zip("GH", "AB", strict=True):
            cells[f"{column}{row}"] = f"=TANH(D{row}*{weight}$1+E{row}*{weight}$2+{weight}$3)"
        cells[f"K{row}"] = f"=TANH(I{row}*A$5+H{row}*A$6+A$7)"
    cells["I12"] = "=G11"

    try:
        report = check(save(cells, tmp_path / "w.xlsx"))
    except NothingCheckedError:
        return

    assert not report.ok
    assert {cell.cell for cell in report.roots} <= {"I12"}


def test_a_step_in_the_middle_that_forgets_the_state_is_the_wrong_one(tmp_path: Path) -> None:
    """Rule: a step without a state between two of a sample is the one to blame, though it is filled like the first."""
    cells: dict[str, object] = {"B3": 0.2, "C3": 0.4, "D3": 0.6, "G3": 0.7, "G4": 0.2, "G5": 0.1}
    cells |= {f"{column}4": f"=TANH($G$3*{column}3+$G$5)" for column in "BC"}
    cells["D4"] = "=TANH($G$3*D3+$G$4*C4+$G$5)"
    assert roots(cells, tmp_path) == {"C4"}


def test_up_to_three_cells_are_named() -> None:
    """Of more than three the first ones, with a sign that there are others."""
    cells = [("S", row, 0) for row in range(4)]

    assert shown(cells[:3]) == "S!A1, S!A2, S!A3"
    assert shown(cells) == "S!A1, S!A2, S!A3, …"


def test_of_two_inputs_that_show_one_cell_either_may_be_wrong(tmp_path: Path) -> None:
    """Rule: pixels are fetched one by one; where two fetch the same one, and nothing says which is wrong, none is."""
    cells: dict[str, object] = {"A1": 0.2, "B1": -0.7, "A2": 1.1, "B2": 0.4}
    cells |= {"D1": "=INDEX($A$1:$B$2,1,1)", "D2": "=INDEX($A$1:$B$2,1,2)", "D3": "=INDEX($A$1:$B$2,2,1)"}
    cells["D4"] = "=INDEX($A$1:$B$2,2,2)"
    for column, first in (("E", 0.16), ("F", -0.9), ("G", 1.3)):
        cells |= {f"{column}{row}": round(first - 0.43 * row, 2) for row in range(1, 6)}
        cells[f"{column}7"] = f"=SUMPRODUCT($D$1:$D$4,{column}$1:{column}$4)+{column}$5"
        cells |= {f"{column}8": f"=EXP({column}7)", f"{column}9": f"={column}8/SUM($E$8:$G$8)"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"D2": "=INDEX($A$1:$B$2,2,1)"}, tmp_path) == (3, set())


def _gru_one_below_the_other() -> dict[str, object]:
    """One unit and two inputs, weights of z, r and n in the rows 1 to 3; a step takes five rows, the first reads 0."""
    cells: dict[str, object] = {
        f"{column}{row}": round(0.9 - 0.37 * row + 0.23 * n - 0.1 * row * n, 2)
        for n, column in enumerate("BCDE") for row in (1, 2, 3)
    }  # fmt: skip
    before = "0"
    for step in range(5):
        x, z, r, n, h = range(6 + 6 * step, 11 + 6 * step)
        cells |= {f"B{x}": round(0.9 - 0.31 * step, 2), f"C{x}": round(0.2 * step * step - 0.5, 2)}
        for row, gate in ((z, 1), (r, 2)):
            cells[f"B{row}"] = f"=1/(1+EXP(-($B${gate}*B{x}+$C${gate}*C{x}+$D${gate}*{before}+$E${gate})))"
        cells[f"B{n}"] = f"=TANH($B$3*B{x}+$C$3*C{x}+$D$3*B{r}*{before}+$E$3)"
        cells[f"B{h}"] = f"=B{z}*{before}+(1-B{z})*B{n}"
        before = f"B{h}"
    return cells | {"F3": f"=6.5*{before}+9"}


def test_a_zero_for_the_state_before_the_first_step_is_not_blamed(tmp_path: Path) -> None:
    """Rule: a typed 0 is no weight that hides what a state is multiplied with, also where an output has typed ones."""
    cells = _gru_one_below_the_other()
    wrong = str(cells["B27"]).replace("B26", "B25")

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"B27": wrong}, tmp_path) == (1, {"B27"})


def _convolution(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """Two filters of three without a bias over seven windows, normalised, relu, means and an output."""
    cells: dict[str, object] = {f"B{4 + n}": x for n, x in enumerate((-1.4, -0.7, 0.9, 0.3, 1.1, -0.3, 0.6, 0.2, -1.5))}
    for unit, numbers in (("K", (0.6, -0.4, 0.3, 1.1, 0.1, 0.05, 0.8)), ("L", (-0.2, 0.8, 0.5, 0.9, -0.2, 0.3, 0.6))):
        cells |= {f"{unit}{row}": number for row, number in enumerate(numbers, 4)}
    cells |= {"K11": 0.001, "K12": 1.1, "L12": -1.4, "K13": 0.2}
    for row in range(5, 12):
        for z, own in zip("CD", "KL", strict=True):
            cells[f"{z}{row}"] = f"=$B{row - 1}*{own}$4+$B{row}*{own}$5+$B{row + 1}*{own}$6"
        for bn, z, own in (("E", "C", "K"), ("F", "D", "L")):
            cells[f"{bn}{row}"] = f"=({z}{row}-{own}$9)/SQRT({own}$10+$K$11)*{own}$7+{own}$8"
        cells |= {f"{r}{row}": f"=IF({bn}{row}>0,{bn}{row},0)" for r, bn in (("G", "E"), ("H", "F"))}
    cells |= {f"{column}14": f"=AVERAGE({column}5:{column}11)" for column in "GH"}
    return cells | {"G16": "=1/(1+EXP(-(G14*K12+H14*L12+K13)))"} | dict(wrong or {})


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("E", "=(C{0}-K$9)/(K$10+$K$11)*K$7+K$8"),  # no root
        ("F", "=(D{0}-K$9)/SQRT(L$10+$K$11)*L$7+L$8"),  # the mean of the other filter
    ],
)
def test_a_line_beside_one_that_does_otherwise_is_found(column: str, text: str, tmp_path: Path) -> None:
    """Rule: of two units side by side one is tried as the other one, though either factor of the sums before them may
    be called the weight."""
    cells, wrong = _convolution(), {f"{column}{row}": text.format(row) for row in range(5, 12)}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | wrong, tmp_path) == (1, {*wrong})


def _stacked(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """A recurrent layer of two units in G and H, another one of one unit in I, and an output."""
    cells: dict[str, object] = {"G4": 0, "H4": 0, "I4": 0, "I12": "=I9*1.5+0.1"}
    for column, numbers in (("B", (0.7, 0.2, -0.5, 0)), ("C", (-0.4, 0.3, 0.1, 0.1))):
        cells |= {f"{column}{row}": number for row, number in enumerate(numbers, 4)}
    cells |= {f"B{row}": number for row, number in enumerate((0.6, -0.8, 0.4, 0.05), 11)}
    for row, x in enumerate((1, 0.3, -0.7, 0.2, 0.5), 5):
        before = row - 1
        cells[f"F{row}"] = x
        for unit, own in (("G", "B"), ("H", "C")):
            cells[f"{unit}{row}"] = f"=TANH(${own}$4*$F{row}+${own}$5*$G{before}+${own}$6*$H{before}+${own}$7)"
        cells[f"I{row}"] = f"=TANH($B$11*G{row}+$B$12*H{row}+$B$13*I{before}+$B$14)"
    return cells | dict(wrong or {})


def test_a_layer_that_reads_the_state_of_the_one_before_a_step_late_is_found(tmp_path: Path) -> None:
    """Rule: what units of another layer read in another place of their sums says nothing of what this one reads."""
    cells = _stacked()
    wrong = {f"I{row}": str(cells[f"I{row}"]).replace(f"*G{row}", f"*G{row - 1}") for row in range(5, 10)}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | wrong, tmp_path) == (1, {*wrong})
