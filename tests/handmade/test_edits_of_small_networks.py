"""Which edits are looked for in small networks: each class of mistake, in the smallest sheet in which it can stand."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from time import process_time

import pytest
from equation_sheets import answer, save
from thorough import EVERY_CASE, spread

from xlcheck.api import check
from xlcheck.errors import NothingCheckedError

pytestmark = pytest.mark.keras

_SIGMOID = "=1/(1+EXP(-{0}))"


def _classifier() -> dict[str, object]:
    """One unit of tanh over two steps in columns C and D, and three shares in rows 11 to 13."""
    cells: dict[str, object] = {
        "A1": 0.7,
        "A2": -0.45,
        "A3": 0.9,
        "A4": 0.15,
        "C1": 0.5,
        "C2": -1.2,
        "D1": 0.8,
        "D2": 0.3,
    }
    cells |= {"A11": 1.3, "A12": -0.4, "A13": 0.65, "B11": 0.22, "B12": -0.31, "B13": 0.14}
    cells |= {"C4": "=$A$1*C1+$A$2*C2+$A$3*B5+$A$4", "D4": "=$A$1*D1+$A$2*D2+$A$3*C5+$A$4"}
    cells |= {"C5": "=TANH(C4)", "D5": "=TANH(D4)"}
    for row in (11, 12, 13):
        cells |= {f"E{row}": f"=A{row}*D5+B{row}", f"F{row}": f"=EXP(E{row})", f"G{row}": f"=F{row}/SUM(F11:F13)"}
    return cells


def _gates() -> dict[str, object]:
    """A GRU of one unit and two steps in rows 6 and 7, without a state before the first; gates read columns A to C."""
    cells: dict[str, object] = {"E6": 0.4, "E7": -0.7}
    for number, column in enumerate("ABC"):
        cells |= {f"{column}{row}": round(0.83 - 0.47 * number + 0.21 * row * (-1) ** row, 2) for row in (1, 2, 3)}
    cells |= {"F6": "=A1*E6+A3", "H6": "=B1*E6+B3", "K6": "=C1*E6+C3", "M6": "=(1-G6)*L6"}
    cells |= {"F7": "=A1*E7+A2*M6+A3", "H7": "=B1*E7+B2*M6+B3", "J7": "=I7*M6", "K7": "=C1*E7+C2*J7+C3"}
    cells |= {"M7": "=G7*M6+(1-G7)*L7"}
    for row in (6, 7):
        cells |= {
            f"G{row}": _SIGMOID.format(f"F{row}"),
            f"I{row}": _SIGMOID.format(f"H{row}"),
            f"L{row}": f"=TANH(K{row})",
        }
    return cells


def _long_short() -> dict[str, object]:
    """An LSTM of one unit, with a blank state before the first of two steps, and an output in column K."""
    cells: dict[str, object] = {"H1": 0.6, "I1": -0.9, "K1": 0.8, "K2": -0.3}
    for number, column in enumerate("ABCD"):
        cells |= {f"{column}{row}": round(0.31 * row - 0.2 * number + 0.11, 2) for row in (1, 2, 3)}
    for before, column in ("GH", "HI"):
        for row, gate in enumerate("ABCD", start=2):
            total = f"(${gate}$1*{column}1+${gate}$2*{before}8+${gate}$3)"
            cells[f"{column}{row}"] = f"=TANH{total}" if gate == "C" else _SIGMOID.format(total)
        cells |= {f"{column}6": f"={column}3*{before}7", f"{column}7": f"={column}6+{column}2*{column}4"}
        cells[f"{column}8"] = f"={column}5*TANH({column}7)"
    return cells | {"K5": "=K1*I8+K2"}


def _rectified() -> dict[str, object]:
    """One unit of relu over two steps of four inputs in column C, and four leaky units that read it."""
    cells: dict[str, object] = {f"A{7 + k}": x for k, x in enumerate((1.04, 0.21, 0.23, 1.03))}
    cells |= {"A12": -0.44, "A14": 0.88, "E21": 0}
    inputs = (0.76, 0.18, 0.07, -0.86), (0.89, -0.86, -0.64, -0.52)
    for top, before, numbers in ((26, "E21", inputs[0]), (31, "E26", inputs[1])):
        cells |= {f"C{top + k}": x for k, x in enumerate(numbers)}
        cells |= {f"D{top}": f"=A$14+A$7*C{top}+A$8*C{top + 1}+A$9*C{top + 2}+A$10*C{top + 3}+A$12*{before}"}
        cells |= {f"E{top}": f"=IF(D{top}>0,D{top},0)"}
    for row, column in enumerate("ABCD", 38):
        cells |= {f"{column}16": round(1.17 - 0.29 * row % 3, 2), f"{column}18": round(0.75 - 0.43 * row % 2, 2)}
        cells |= {f"C{row}": f"={column}$18+{column}$16*E31", f"D{row}": f"=IF(C{row}>0,C{row},0.2*C{row})"}
    return cells


def _in_parts() -> dict[str, object]:
    """One unit of tanh over two steps in columns J and K, whose sum is spread over rows 6, 8 and 10."""
    cells: dict[str, object] = {"A3": -0.23, "A4": -0.63, "A5": -0.43, "A8": -0.44, "A11": 0.01, "I12": 0}
    for before, column, numbers in (("I", "J", (-0.03, -0.89, -0.47)), ("J", "K", (-0.77, -0.17, 0.55))):
        cells |= {f"{column}{row}": x for row, x in enumerate(numbers, 2)}
        cells |= {f"{column}6": f"=$A3*{column}2+$A4*{column}3+$A5*{column}4", f"{column}8": f"=$A8*{before}12"}
        cells |= {f"{column}10": f"={column}6+{column}8+$A11", f"{column}12": f"=TANH({column}10)"}
    return cells


def _units_across() -> dict[str, object]:
    """One unit of tanh over two steps, and four leaky units down, whose weights stand across."""
    cells: dict[str, object] = {f"{c}1": x for c, x in zip("ABCD", (0.95, -1.13, 0.41, 0.65), strict=True)}
    cells |= {f"{c}3": x for c, x in zip("ABCD", (-0.6, -1.15, 0.37, 0.86), strict=True)}
    cells |= {"F1": 0.7, "F2": -0.45, "F3": 0.2, "C6": 0.5, "D6": -1.2}
    cells |= {"C8": "=TANH($F$1*C6+$F$3)", "D8": "=TANH($F$1*D6+$F$2*C8+$F$3)"}
    for row, column in enumerate("ABCD", 8):
        cells |= {f"E{row}": f"={column}3+{column}1*D8", f"F{row}": f"=IF(E{row}>0,E{row},0.2*E{row})"}
    return cells


def _in_one_formula() -> dict[str, object]:
    """The same in rows 6 and 12 alone, without a state before the first step."""
    inner = {f"{column}{row}" for column in "JK" for row in (6, 8, 10)}
    cells = {cell: content for cell, content in _in_parts().items() if cell not in {"I12", *inner}}
    cells |= {"J6": "=SUMPRODUCT($A3:$A5,J2:J4)+$A11", "K6": "=SUMPRODUCT($A3:$A5,K2:K4)+$A8*J12+$A11"}
    return cells | {f"{column}12": f"=TANH({column}6)" for column in "JK"}


def _pasted(cells: Mapping[str, object], places: Mapping[str, str], digits: int) -> dict[str, object]:
    """Numbers in place of formulas, as these would give them."""
    x = (cells["C1"], cells["C2"], cells["D1"], cells["D2"])
    a, b, c, d = (float(str(number)) for number in x)
    first = math.tanh(0.7 * a - 0.45 * b + 0.15)
    second = math.tanh(0.7 * c - 0.45 * d + 0.9 * round(first, digits) + 0.15)
    return dict(zip(places, (round(first, digits), round(second, digits)), strict=True))


_MISTAKES = [
    pytest.param(_classifier(), {"G12": "=F12/SUM(F11:F12)"}, id="range too short"),
    pytest.param(
        _classifier(),
        {f"G{row}": f"=F{row}/(E11+SUM(F11:F13))" for row in (11, 12, 13)},
        id="divided by one summand more",
    ),
    pytest.param(
        _classifier(), {f"E{row}": f"=C{row}*D5+B{row}" for row in (11, 12, 13)}, id="blank cells for the weights"
    ),
    pytest.param(
        _classifier(),
        {f"E{row}": f"=A{row}*D4+B{row}" for row in (11, 12, 13)},
        id="the next layer reads the sum before tanh",
    ),
    pytest.param(_classifier(), _pasted(_classifier(), {"C5": "", "D5": ""}, 4), id="activations pasted as numbers"),
    pytest.param(_gates(), {"H6": -0.31, "H7": 0.44}, id="gates typed over, and their weights unread"),
    pytest.param(_in_parts(), {"J6": "=SUMPRODUCT(D3:D5,J2:J4)"}, id="blank cells for the weights of the first inputs"),
    pytest.param(_gates(), {"K6": "=C1*E6", "K7": "=C1*E7+C2*J7"}, id="bias left out in all steps"),
    pytest.param(
        _long_short(),
        {"H3": "=1/(1+EXP(-($D$1*H1+$B$2*G8+$B$3)))"},
        id="another gate's weight where the state is blank",
    ),
    pytest.param(
        _rectified(), {"E31": "=IF(C31>0,C31,0)"}, id="relu of an input, which is 0 as often as that of the sum"
    ),
    pytest.param(_long_short(), {"K5": "=K1*I7+K2"}, id="cell state for the hidden state"),
    pytest.param(_in_parts(), {"K6": "=SUMPRODUCT(D3:D5,K2:K4)"}, id="blank cells for the weights of the last inputs"),
    pytest.param(_long_short(), {"K5": "=I8+K2"}, id="a result without its weight"),
    pytest.param(_gates(), {"H6": -0.31}, id="a sum typed over, before whose step there is no state"),
    pytest.param(_classifier(), {"G11": 0.4127}, id="the first share typed over"),
    pytest.param(
        _long_short(),
        {"H5": "=1/(1+EXP(-($D$1*H1+$D$2*I8+$D$3)))"},
        id="the state of the next step, which makes a circle",
    ),
    pytest.param(
        _long_short(), {"H8": "=H5*TANH(G7)", "I8": "=I5*TANH(H7)"}, id="state of the step before, blank at first"
    ),
    pytest.param(
        _classifier(), {f"E{row}": f"=A{row}*D5" for row in (11, 12, 13)}, id="a bias of its own left out in each unit"
    ),
    pytest.param(
        _in_one_formula(),
        {"J6": "=SUMPRODUCT($A4:$A6,J2:J4)+$A11", "K6": "=SUMPRODUCT($A4:$A6,K2:K4)+$A8*J12+$A11"},
        id="all steps read their weights a row below, and the first has no state",
    ),
    pytest.param(
        _units_across(), {"E8": "=A3+B1*D8", "E9": "=B3+C1*D8", "E10": "=C3+D1*D8"}, id="weights of the next unit"
    ),
    pytest.param(
        _classifier(),
        {f"E{row}": f"=A{row}*D5+B{row - 1}" for row in (12, 13)},
        id="bias of the unit before, in all but the first unit",
    ),
]
"""The sheet and its wrong cells; every third is a mistake that was not seen, or not found, for long."""


@pytest.mark.parametrize(("cells", "wrong"), spread(_MISTAKES, 3))
def test_one_mistake_is_found(tmp_path: Path, cells: Mapping[str, object], wrong: Mapping[str, object]) -> None:
    """Rule: the edited cells are wrong, and no others."""
    report = check(save({**cells, **wrong}, tmp_path / "w.xlsx"))

    assert {cell.cell for cell in report.roots} == set(wrong)


def test_of_two_equally_good_edits_both_are_named(tmp_path: Path) -> None:
    """Rule: where the reset gate and the candidate read the same weights, either may be meant to read the others."""
    wrong = {"K6": "=B1*E6+B3", "K7": "=B1*E7+B2*J7+B3"}

    with pytest.raises(NothingCheckedError, match="either S!H6, S!H7 or S!K6, S!K7 may be wrong"):
        check(save({**_gates(), **wrong}, tmp_path / "w.xlsx"))


def test_a_gru_is_one_again_after_an_edit(tmp_path: Path) -> None:
    """Rule: a share left out of the only state that is mixed leaves no sign of a GRU; its gates are tried."""
    report = check(save({**_gates(), "M7": "=M6+(1-G7)*L7"}, tmp_path / "w.xlsx"))

    assert [cell.cell for cell in report.roots] == ["M7"]


def test_what_multiplies_a_blank_state_is_read_as_well(tmp_path: Path) -> None:
    """Rule: the weight of a state before the first step, which is blank, is in no term and still one that is read."""
    cells = {cell: value for cell, value in _gates().items() if not re.match("[M][67]|[FHK][67]|J", cell)}
    cells |= {"F6": "=$C$1*E6+$C$2*M5+$C$3", "H6": "=$B$1*E6+$B$2*M5+$B$3", "K6": "=$C$1*E6+$C$2*J6+$C$3"}
    cells |= {"F7": "=$C$1*E7+$C$2*M6+$C$3", "H7": "=$B$1*E7+$B$2*M6+$B$3", "K7": "=$C$1*E7+$C$2*J7+$C$3"}
    for before, row in ((5, 6), (6, 7)):
        cells |= {f"J{row}": f"=I{row}*M{before}", f"M{row}": f"=G{row}*M{before}+(1-G{row})*L{row}"}

    with pytest.raises(NothingCheckedError, match="either S!F6, S!F7 or S!K6, S!K7 may be wrong"):
        check(save(cells, tmp_path / "w.xlsx"))


def _further_down(cells: Mapping[str, object]) -> dict[str, object]:
    """The same sheet sixty rows below."""

    def moved(text: str) -> str:
        return re.sub(r"\b(\$?[A-Z]\$?)(\d+)", lambda match: f"{match[1]}{int(match[2]) + 60}", text)

    return {moved(cell): moved(value) if isinstance(value, str) else value for cell, value in cells.items()}


def _branches(*, apart: bool) -> dict[str, object]:
    """A sum of its own beside three sigmoids of the same inputs; three units read all four."""
    first = "B" if apart else "H"  # where the weights of the sum begin: apart, or above those of the sigmoids
    rows = {f"{first}1": [0.66, -0.2, 0.87, -1.15], "H2": [-0.96, -0.71, 0.09, -0.83], "H3": [0.21, -0.77, 0.68, 0.7]}
    rows |= {"H4": [-1.15, -0.55, -0.92, 1.17], "A20": [-0.22, -0.71, 0.35]}
    rows |= {f"N{row}": [0.5 + row / 7, 0.84 - row / 3, row / 9 - 0.4, 0.3 * row - 0.5, 0.2] for row in (1, 2, 3)}
    cells: dict[str, object] = {}
    for start, numbers in rows.items():
        cells |= {f"{chr(ord(start[0]) + k)}{start[1:]}": round(x, 2) for k, x in enumerate(numbers)}
    cells["E20"] = f"=SUMPRODUCT({'$B$1:$D$1' if apart else '$H$1:$J$1'},$A20:$C20)+{'$E$1' if apart else '$K$1'}"
    for k, column in enumerate("FGH", 2):
        cells |= {f"{column}20": f"=1/(1+EXP(-(SUMPRODUCT($H${k}:$J${k},$A20:$C20)+$K${k})))"}
    for k, column in enumerate("LMN", 1):
        cells |= {f"{column}20": f"=1/(1+EXP(-(SUMPRODUCT($N${k}:$Q${k},$E20:$H20)+$R${k})))"}
    return cells


def test_a_sum_whose_weights_stand_apart_may_be_a_branch(tmp_path: Path) -> None:
    """Nobody blames a layer without an activation for not being a unit of the layer beside it: it is one of its own."""
    report = check(save(_branches(apart=True), tmp_path / "apart.xlsx"))

    assert (report.exit_code, report.roots) == (0, ())
    assert any("Dense(1, linear)" in note for note in report.notes)


def test_a_sum_in_the_table_of_the_others_lacks_its_activation(tmp_path: Path) -> None:
    """Its weights stand in a line with those of its neighbours."""
    report = check(save(_branches(apart=False), tmp_path / "beside.xlsx"))

    assert [(root.cell, root.diagnosis) for root in report.roots] == [("E20", "activation-missing")]


def test_networks_side_by_side_are_looked_at_alone(tmp_path: Path) -> None:
    """Rule: where one mistake each keeps the networks of a sheet from being textbook ones, each is found."""
    cells: dict[str, object] = {**_gates(), "H7": "=B1*E7+B2*M6"}
    cells = {**_classifier(), "D4": "=$A$1*D1+$A$2*D2+$A$3*C5"} | _further_down(cells)
    if EVERY_CASE:
        cells = {**_long_short(), "I6": "=I3*H8"} | _further_down(cells)
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert {cell.cell for cell in report.roots} == ({"I6", "D64", "H127"} if EVERY_CASE else {"D4", "H67"})


def test_an_input_that_a_step_leaves_out_is_no_pass(tmp_path: Path) -> None:
    """Rule: also where inputs are formulas without references, one that no formula reads is missed."""
    cells: dict[str, object] = {"A1": 0.3, "B1": 0.14, "C1": -0.54, "A2": -0.65, "A3": -0.37, "G4": 0.0}
    for top, before, numbers in ((8, "G4", (-1.12, 0.64, 0.47)), (12, "G8", (-0.6, 0.71, -0.08))):
        cells |= {f"C{top + k}": f'=IF("a"="a",{number},0)' for k, number in enumerate(numbers)}
        cells |= {f"F{top}": f"=A$1*C{top}+B$1*C{top + 1}+C$1*C{top + 2}+A$2*{before}+A$3", f"G{top}": f"=TANH(F{top})"}
    right = check(save(cells, tmp_path / "right.xlsx"))
    wrong = check(save({**cells, "F12": "=B$1*C13+C$1*C14+A$2*G8+A$3"}, tmp_path / "wrong.xlsx"))

    assert right.ok
    assert {cell.cell for cell in wrong.roots} == {"F12"}


def test_a_step_that_reads_the_last_input_again_is_found(tmp_path: Path) -> None:
    """Rule: where a weight and an input meet at every step, the weight is the one beside the other weights."""
    cells: dict[str, object] = {"D2": '=IF("a"="a",-0.69,0)', "E2": '=IF("a"="a",0.76,0)', "C8": 0.0}
    cells |= {"A42": -0.23, "A45": -0.89, "A48": 1.02, "D8": "=TANH($A$42*D2+$A$45*C8+$A$48)"}
    cells["E8"] = "=TANH($A$42*D2+$A$45*D8+$A$48)"
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert {cell.cell for cell in report.roots} == {"E8"}


@pytest.mark.parametrize("word", ["b", "note"])
def test_a_whole_number_that_is_called_like_a_bias_is_missed_by_what_leaves_it_out(tmp_path: Path, word: str) -> None:
    """Below the same word as the bias of the first layer stands a number that the second layer leaves out."""
    cells: dict[str, object] = {
        "A1": "W",
        "A2": -1,
        "A3": 2,
        "A5": "b",
        "A6": 1,
        "A8": "W",
        "A9": 3,
        "A11": word,
        "A12": 5,
    }
    for row, (one, two) in enumerate([(1, -2), (0, 3), (-1, 1), (2, 2)], 2):
        cells |= {f"E{row}": one, f"F{row}": two, f"G{row}": f"=TANH($A$2*E{row}+$A$3*F{row}+$A$6)"}
        cells |= {f"H{row}": f"=$A$9*G{row}"}
    report = check(save(cells, tmp_path / "mine.xlsx"))

    missing = {(root.cell, root.diagnosis) for root in report.roots}
    assert missing == ({(f"H{row}", "bias-missing") for row in range(2, 6)} if word == "b" else set())


def test_weights_exchanged_in_one_step_may_be_those_of_the_other(tmp_path: Path) -> None:
    """Rule: if two weights are exchanged in one of two steps, either may be wrong; with a third one it is that one."""
    cells: dict[str, object] = {"A1": 0.6, "B1": -0.9, "C1": 0.3, "A5": 2.0, "A6": -1.0, "A7": 0.5}
    cells |= {"B5": "=A5*$A$1+$C$1", "B6": "=A6*$B$1+C5*$A$1+$C$1", "C5": "=TANH(B5)", "C6": "=TANH(B6)"}

    assert answer(cells, tmp_path)[1] == set()
    assert answer(cells | {"B7": "=A7*$A$1+C6*$B$1+$C$1", "C7": "=TANH(B7)"}, tmp_path) == (1, {"B6"})


def test_a_formula_that_would_divide_by_a_blank_cell_ends_no_search_late(tmp_path: Path) -> None:
    """Rule: a quotient by nothing is no formula; a softmax with a forgotten `$` is looked at in the time there is."""
    cells: dict[str, object] = {"A1": 0.2, "B1": -0.6, "C1": 1.1, "A2": 0.9, "B2": 0.4, "C2": -0.3}
    for row in (5, 6, 7):
        cells |= {f"A{row}": 0.3 * row, f"B{row}": 1.5 - 0.4 * row, f"J{row}": f"=SUM(G{row}:I{row})"}
        for weight, z, exp, before, y in zip("ABC", "DEF", "GHI", "JKL", "KLM", strict=True):
            cells[f"{z}{row}"] = f"=$A{row}*{weight}$1+$B{row}*{weight}$2"
            cells |= {f"{exp}{row}": f"=EXP({z}{row})", f"{y}{row}": f"={exp}{row}/{before}{row}"}
    started = process_time()
    assert answer(cells, tmp_path, effort=1)[1] == set()
    assert process_time() - started < 10
