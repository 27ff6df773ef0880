"""What stands beside a network: losses and other things that are worked out from it need no verdict."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from equation_sheets import TOYS, answer, save
from openpyxl.workbook.defined_name import DefinedName

from xlcheck.api import check

pytestmark = pytest.mark.keras

_LOGISTIC = {
    "A5": 25.0, "B5": 3.1, "C5": 0.0, "A6": 32.0, "B6": 4.5, "C6": 1.0, "A7": 47.0, "B7": 5.2, "C7": 1.0,
    "A8": 51.0, "B8": 2.2, "C8": 0.0, "A2": -2.1, "B2": 0.04, "C2": 0.35,
}  # fmt: skip


def _logistic(wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """A logistic regression with its log-likelihood, the column of its errors, and their mean square."""
    cells: dict[str, object] = dict(_LOGISTIC)
    for row in range(5, 9):
        cells[f"D{row}"] = f"=1/(1+EXP(-($A$2+$B$2*A{row}+$C$2*B{row})))"
        cells[f"E{row}"] = f"=C{row}*LN(D{row})+(1-C{row})*LN(1-D{row})"
        cells[f"F{row}"] = f"=D{row}-C{row}"
    return cells | {"E10": "=SUM(E5:E8)", "F10": "=SUMSQ(F5:F8)/4"} | dict(wrong or {})


def test_a_loss_beside_a_network_leaves_nothing_open(tmp_path: Path) -> None:
    """Rule: errors, log-likelihoods and their sums leave a check complete."""
    assert answer(_logistic(), tmp_path)[0] == 0


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    "wrong",
    [
        {"E6": "=C7*LN(D6)+(1-C7)*LN(1-D6)"},
        {"F7": "=D7-C6"},
        {"E10": "=SUM(E5:E7)"},
        {"F8": "=D8"},
        {"E6": "=C6*LN(D6)-(1-C6)*LN(1-D6)"},
    ],
)
def test_a_loss_of_other_cells_is_no_pass(wrong: Mapping[str, object], tmp_path: Path) -> None:
    """Rule: a loss that takes another sample's target, a part of the samples, or another form is no pass."""
    assert answer(_logistic(wrong), tmp_path)[0] != 0


def test_the_largest_result_is_no_wrong_copy_of_one(tmp_path: Path) -> None:
    """Rule: with bindings that name the cell of each result, a cell that gives the largest of some is not judged."""
    cells: dict[str, object] = {f"{c}1": v for c, v in zip("BCDEF", (0.1, 0.5, 0.9, -0.3, 0.8), strict=True)}
    cells |= {"B3": 0.2, "C3": -0.5, "E3": 0.1}
    text = '[[model]]\n[[model.layer]]\ntype = "Dense"\nunits = 1\nactivation = "relu"\nkernel = "B3:C3"\nbias = "E3"\n'
    for one, other in ("BC", "CD", "DE", "EF"):
        cells[f"{one}6"] = f"=MAX(0,{one}1*$B$3+{other}1*$C$3+$E$3)"
        text += f'[[model.document]]\nx = "{one}1:{other}1"\n"dense.y" = "{one}6"\n'
    cells |= {"B8": "=MAX(B6:C6)", "C8": "=MAX(D6:E6)"}
    path = save(cells, tmp_path / "w.xlsx")
    (tmp_path / "w.toml").write_text(text)
    report = check(path, bindings=tmp_path / "w.toml", perturb=3)
    assert (report.exit_code, [cell.cell for cell in report.roots]) == (0, [])


def test_a_lambda_with_a_name_is_there_to_be_called(tmp_path: Path) -> None:
    """Rule: formulas may call a LAMBDA by its name, if no other function has it."""
    path = tmp_path / "w.xlsx"
    for name, is_clear in (("SIGMOID", True), ("TANH", False)):
        book = openpyxl.Workbook()
        for cell, content in {"A1": 0.3, "A2": -0.7, "A3": 1.1, "D1": 0.4, "D2": 0.1}.items():
            book.active[cell] = content
        for row in (1, 2, 3):
            book.active[f"B{row}"] = f"={name}(A{row}*$D$1+$D$2)"
        book.defined_names[name] = DefinedName(name, attr_text="_xlfn.LAMBDA(_xlpm.x,1/(1+EXP(-_xlpm.x)))")
        book.save(path)
        assert (check(path).exit_code == 0) is is_clear


@pytest.mark.parametrize(("gain", "code"), [("S!$G$1", 0), ("S!$C$6", 3)])
def test_what_a_decision_is_worth_is_read_by_names(gain: str, code: int, tmp_path: Path) -> None:
    """Rule: a defined name is what it stands for: a typed number by which a result is multiplied, or another result."""
    book, path = openpyxl.Workbook(), tmp_path / "w.xlsx"
    book.active.title = "S"
    cells: dict[str, object] = {"A1": 0.9, "A2": -1.4, "A3": 0.2, "F1": "gain", "G1": 240}
    for row in range(5, 13):
        cells |= {f"A{row}": 0.37 * row - 3, f"B{row}": (row * row % 7) / 3 - 1}
        cells[f"C{row}"] = f"=1/(1+EXP(-(A{row}*$A$1+B{row}*$A$2+$A$3)))"
        cells[f"D{row}"] = f'=IF(C{row}>0.5,"yes","no")'
        cells[f"E{row}"] = f'=IF(D{row}="yes",C{row}*gain-35,0)'
    for cell, content in cells.items():
        book.active[cell] = content
    book.defined_names["gain"] = DefinedName("gain", attr_text=gain)
    book.save(path)
    assert check(path).exit_code == code


@pytest.mark.usefixtures("a_short_search")
def test_a_result_that_is_turned_into_a_text_is_no_mark(tmp_path: Path) -> None:
    """Rule: a text that a formula makes is a mark or a caption, unless it is a number: then a result may hide in it."""
    cells = _logistic()
    marked = cells | {"H1": '=IF(ABS(D5)<1,"DONE","NOT DONE")', "H2": '="loss: "&E10', "H3": '=TEXT(D5,"0.00")'}
    assert answer(marked, tmp_path)[0] == 0
    assert answer(marked | {"H4": '=1/(1+EXP(-(D5*2+1)))&""'}, tmp_path)[0] == 3


@pytest.mark.parametrize("error", ["(D6-$N$1)^2", "0.5*($N$1-D6)^2", "ABS(D6-$N$1)"])
@pytest.mark.parametrize(("word", "code"), [("lr", 0), (None, 3)])
def test_an_unread_learning_rate_makes_no_right_cell_wrong(
    error: str, word: str | None, code: int, tmp_path: Path
) -> None:
    """Rule: neither a typed weight nor an error behind the answer is wrong because a number beside them is unread."""
    cells: dict[str, object] = {"B1": 0.5, "D1": 0.8, "F1": 0.1, "H1": 1.2, "J1": -0.1, "L1": 0.1, "N1": 1.0}
    cells |= {"B4": 1.0, "C4": -0.5, "D4": 0.7, "B5": "=TANH($B$1*B4+$F$1)", "D6": "=$H$1*D5+$J$1", "D7": f"={error}"}
    cells |= {f"{own}5": f"=TANH($B$1*{own}4+$D$1*{before}5+$F$1)" for before, own in ("BC", "CD")}
    assert answer(cells | ({"K1": word} if word else {}), tmp_path) == (code, set())


def _steps(*, unread: tuple[float, ...] = ()) -> dict[str, object]:
    """A recurrent unit over four steps down, an output, and numbers beside its weights that nobody reads."""
    cells: dict[str, object] = {"B1": 0.5, "B2": -0.6, "B3": 0.2, "D1": 0.8, "D2": -0.1, "C7": 0.0}
    cells |= {f"E{row}": number for row, number in enumerate(unread, start=1)}
    for row, x in enumerate((0.7, -0.5, 2.0, 0.3), start=8):
        cells |= {f"B{row}": x, f"C{row}": f"=TANH($B$1*B{row}+$B$2*C{row - 1}+$B$3)"}
        cells[f"D{row}"] = f"=1/(1+EXP(-($D$1*C{row}+$D$2)))"
    return cells


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({f"F{row}": f"=IF(D{row}>$G$1,1,0)" for row in range(8, 12)} | {"G1": 0.4}, 0, id="a threshold"),
        pytest.param({f"A{row}": row - 7 for row in range(8, 12)}, 0, id="steps are numbered"),
        pytest.param({f"E{row}": row + 11 for row in range(1, 5)}, 0, id="pages are numbered beside the weights"),
        pytest.param({"E1": 12.5, "E2": 17.25, "E3": 3.75}, 3, id="other numbers beside the weights"),
        pytest.param({f"E{row}": 0.13 * row for row in range(8, 12)}, 3, id="how much each sample counts"),
        pytest.param(
            {f"F{row}": f"=1/(1+EXP(-($G$1*B{row}+$G$2)))" for row in range(8, 12)} | {"G1": 0.4, "G2": -0.7},
            0, id="a unit without memory beside",
        ),
        pytest.param(
            {"G1": -0.3, "G2": 0.4, "G3": -0.2}
            | {f"F{row}": f"=TANH($G$1*B{row}+$G$2*F{row - 1}+$G$3)" for row in range(9, 12)}
            | {"F8": "=TANH($G$1*B8+$G$3)"},
            3, id="another recurrent unit beside",
        ),
        pytest.param(
            {f"F{row}": f"=$G$1*C{row}+$G$2*F{row - 1}+$G$3" for row in range(8, 12)}
            | {"F7": 0.0, "G1": 0.8, "G2": 0.3, "G3": -0.1},
            3, id="a linear recurrence behind",
        ),
        pytest.param(
            {f"F{row}": f"=$G$1*C{row}+$G$2*B{row}+$G$3" for row in range(8, 12)} | {"G1": -0.6, "G2": 0.8, "G3": 0.4},
            3, id="an output that reads the input, too",
        ),
    ],
)  # fmt: skip
def test_what_stands_beside_a_right_network_makes_none_of_its_cells_wrong(
    more: Mapping[str, object], code: int, tmp_path: Path
) -> None:
    """Rule: a right worksheet is passed or left open, whatever else somebody has written there."""
    found = answer(_steps() | dict(more), tmp_path)

    assert found[1] == set()
    assert found[0] <= code


def test_which_share_is_the_largest_is_no_share(tmp_path: Path) -> None:
    """Rule: what would compute the very same as another cell is no mistake, but something else."""
    cells: dict[str, object] = {f"{c}{row}": 0.4 * row - 0.3 * n for row in (1, 2) for n, c in enumerate("BCD")}
    for row in range(5, 8):
        cells |= {f"A{row}": 0.3 * row - 1.7, f"B{row}": 1.1 - 0.2 * row * row / 9, f"G{row}": f"=MAX(D{row}:F{row})"}
        cells[f"K{row}"] = f"=SUM(H{row}:J{row})"
        for weight, z, e, share in zip("BCD", "DEF", "HIJ", "LMN", strict=True):
            cells |= {f"{z}{row}": f"=$A{row}*{weight}$1+$B{row}*{weight}$2", f"{e}{row}": f"=EXP({z}{row}-$G{row})"}
            cells[f"{share}{row}"] = f"={e}{row}/$K{row}"
        cells[f"O{row}"] = f"=MATCH(LARGE(L{row}:N{row},1),L{row}:N{row},0)"

    assert answer(cells, tmp_path) == (0, set())


@pytest.mark.parametrize("first", ["stated", "blank"])
def test_of_two_models_of_the_same_inputs_none_is_wrong(first: str, tmp_path: Path) -> None:
    """Rule: no edit takes a formula out of its line, or uses a number that others filled with it leave unread."""
    cells: dict[str, object] = {"B2": 0.5, "C2": -0.3, "B3": 0.7, "C3": 0.4, "B4": 0.1, "C4": -0.2}
    cells |= {"B6": 1, "C6": 2, "D6": 3, "E6": 4, "B7": 0.3, "C7": 1, "D7": -0.8, "E7": 0.5}
    for row, weights in ((8, "B"), (9, "C")):
        if first == "stated":
            cells[f"B{row}"] = f"=TANH(${weights}$2*B$7+${weights}$4)"
        for before, column in ("BC", "CD", "DE"):
            total = f"${weights}$2*{column}$7+${weights}$3*{before}{row}+${weights}$4"
            cells[f"{column}{row}"] = f"=TANH({total})"

    assert answer(cells, tmp_path) == (3, set())


def test_an_old_version_is_no_sample_of_the_new_one(tmp_path: Path) -> None:
    """Rule: where a unit reads the weights of an old version below, no cell of the other units of its row is called
    wrong or empty; nobody knows more than that."""
    rng = random.Random(4)
    cells: dict[str, object] = {}
    for top in (3, 20):
        cells |= {f"{c}{top + k}": round(rng.uniform(-1, 1), 2) for c in "BCF" for k in range(3)}
        for row in range(top + 5, top + 10):
            cells |= {f"A{row}": 0.2 * (row - top), f"B{row}": 0.9 - 0.11 * (row - top) ** 2}
            for z, a, w in zip("CD", "EF", "BC", strict=True):
                cells[f"{z}{row}"] = f"=A{row}*${w}${top}+B{row}*${w}${top + 1}+${w}${top + 2}"
                cells[f"{a}{row}"] = f"=1/(1+EXP(-{z}{row}))"
            cells[f"G{row}"] = f"=1/(1+EXP(-(E{row}*$F${top}+F{row}*$F${top + 1}+$F${top + 2})))"
    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"C10": "=A10*$B$20+B10*$B$21+$B$22"}, tmp_path)[1] <= {"C10"}


@pytest.mark.parametrize("name", ["xor", "rnn"])
def test_a_table_of_fees_beside_a_network_makes_no_cell_suspect(name: str, tmp_path: Path) -> None:
    """A sum of products that nothing connects with a network that is right: any of its formulas could read it."""
    fees: dict[str, object] = {"L3": 1000, "L4": 5000, "L5": 20000, "M3": 0.02, "M4": 0.015, "M5": 0.01}
    fees |= {**{f"N{row}": f"=L{row}*M{row}" for row in (3, 4, 5)}, "N6": "=SUM(N3:N5)"}
    report = check(save(TOYS[name] | fees, tmp_path / "w.xlsx"))

    assert report.exit_code == 3
    assert {own.cell for own in report.cells if own.status == "not_evaluated"} == {"N3", "N4", "N5", "N6"}
    assert report.counts.root == 0
    assert "may be wrong" not in " ".join(report.notes)


def test_columns_that_round_what_stands_beside_them_are_only_shown(tmp_path: Path) -> None:
    """Also of gates and sums, which are no results; unless one of them is read further on."""
    cells = dict(TOYS["rnn"])
    rounded = {f"D{row}": f"=ROUND(B{row},2)" for row in (5, 6, 7)}
    assert answer(cells | rounded, tmp_path) == (0, set())
    assert answer(cells | rounded | {"B6": "=TANH(A6*$A$1+D5*$B$1+$C$1)"}, tmp_path)[0] != 0
