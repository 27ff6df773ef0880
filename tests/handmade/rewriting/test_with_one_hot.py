"""Formulas that look up the weights of a word, which are those that its one-hot vector multiplies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from equation_sheets import save, verdict
from recognised_sheets import sheet

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.rewriting.with_one_hot import with_one_hot
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_VOCABULARY = ("very", "good", "bad", "not")
_SENTENCES = (("very", "good"), ("not", "very", "bad"), ("not", "good"), ("bad",))
_LOOK_UPS = {
    "VLOOKUP": "VLOOKUP($A{row},Words!$A$1:$C$4,{number},FALSE)",
    "INDEX": "INDEX(Words!{column}$1:{column}$4,MATCH($A{row},Words!$A$1:$A$4,0))",
    "SUMIF": "SUMIF(Words!$A$1:$A$4,$A{row},Words!{column}$1:{column}$4)",
    "code": "INDEX(Words!{column}$1:{column}$4,$C{row})",
}


def _sheet(look_up: str = "VLOOKUP") -> dict[str, object]:
    """Two units over sentences below each other: W·x is looked up in D and E, U·h stands in F and G, h in H and I."""
    cells: dict[str, object] = {"K1": 0.62, "L1": -0.81, "K2": -0.95, "L2": 0.33, "K3": 0.04, "L3": -0.02}
    cells |= {"K5": 2.13, "K6": -0.88, "K7": -0.05}
    for row, (word, one, other) in enumerate(
        zip(_VOCABULARY, (0.21, 1.12, -1.31, 0.18), (0.35, -0.44, 0.52, 1.46), strict=True), 1
    ):
        cells |= {f"Words!A{row}": word, f"Words!B{row}": one, f"Words!C{row}": other}
    row = 9
    for sentence in _SENTENCES:
        for number, word in enumerate(sentence):
            cells[f"A{row}"] = word
            cells |= {f"C{row}": f"=MATCH($A{row},Words!$A$1:$A$4,0)"} if look_up == "code" else {}
            for own, total, state, column, weight, place in (
                ("D", "F", "H", "B", "K", 2),
                ("E", "G", "I", "C", "L", 3),
            ):
                cells[f"{own}{row}"] = "=" + _LOOK_UPS[look_up].format(row=row, number=place, column=column)
                before = f"=H{row - 1}*{weight}$1+I{row - 1}*{weight}$2"
                cells[f"{total}{row}"] = before if number else 0
                cells[f"{state}{row}"] = f"=TANH({own}{row}+{total}{row}+{weight}$3)"
            row += 1
        cells[f"H{row}"] = f"=1/(1+EXP(-(H{row - 1}*$K$5+I{row - 1}*$K$6+$K$7)))"
        row += 2
    return cells


def _in_one(look_up: str = "VLOOKUP") -> dict[str, object]:
    """The same with the look-ups in the formulas of the units."""
    cells = _sheet(look_up)
    for cell in [own for own in cells if own[0] in "DE" and own[1:].isdigit()]:
        unit = f"{'H' if cell[0] == 'D' else 'I'}{cell[1:]}"
        cells[unit] = str(cells[unit]).replace(f"({cell}+", f"({str(cells.pop(cell))[1:]}+")
    return cells


@pytest.mark.parametrize("make", [_sheet, _in_one])
@pytest.mark.parametrize("look_up", _LOOK_UPS)
def test_a_row_of_weights_is_a_word_times_all_of_them(
    make: Callable[[str], dict[str, object]], look_up: str, tmp_path: Path
) -> None:
    """All agree, the look-ups among them, and every weight of the vocabulary is one of the kernel."""
    report = check(save(make(look_up), tmp_path / "w.xlsx"))

    assert (report.exit_code, report.counts.not_evaluated, report.reservations) == (0, 0, ())
    codes = sum(cell.cell[0] == "C" for cell in report.cells.with_status(Status.UNBOUND))
    assert report.counts.agree == report.counts.formula_cells - codes
    assert any("SimpleRNN(2, tanh), 4 samples of 1 to 3 steps (weights from Words!B1 on)" in n for n in report.notes)


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        ("F14", "K$2", "K$1"),
        ("I14", "+L$3", ""),
        ("D14", ",2,", ",3,"),
        ("E10", "$A10", "$A9"),
        ("H16", "H15*$K$5", "H14*$K$5"),
    ],
)
def test_a_mistake_is_found_or_leaves_it_open(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """A weight of another row, a missing bias, the column of another unit, the word above, the state before."""
    cells = _sheet()
    assert old in str(cells[cell])

    found = verdict(cells | {cell: str(cells[cell]).replace(old, new)}, tmp_path)

    assert found.code in {1, 3}
    assert found.roots <= {cell}


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("make", [_sheet, _in_one])
@pytest.mark.parametrize("wrong", ["MATCH($A13,", "MATCH($A14&$A14,", "1+MATCH($A14,"])
def test_a_code_of_another_word_is_no_pass(
    make: Callable[[str], dict[str, object]], wrong: str, tmp_path: Path
) -> None:
    """The number of the word above, of a word that is not in the list, and the next one."""
    cells = make("code")
    found = verdict(cells | {"C14": str(cells["C14"]).replace("MATCH($A14,", wrong)}, tmp_path)

    assert found.code in {1, 3}
    assert found.roots <= {"C14"}


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        ("F14", "K$2", "K$1"),
        ("I14", "+L$3", ""),
        ("H14", ",2,", ",3,"),
        ("I10", "$A10", "$A9"),
        ("I14", "G14", "F14"),
        ("H16", "H15*", "H10*"),
    ],
)
def test_a_mistake_beside_a_look_up_is_found_or_leaves_it_open(cell: str, old: str, new: str, tmp_path: Path) -> None:
    """The same where the units look the weights up themselves, and the sum of another unit."""
    cells = _in_one()
    assert old in str(cells[cell])

    found = verdict(cells | {cell: str(cells[cell]).replace(old, new)}, tmp_path)

    assert found.code in {1, 3}
    assert found.roots <= {cell}


def test_a_formula_that_is_wrong_is_shown_as_it_stands(tmp_path: Path) -> None:
    """Rule: nobody is told of cells that are not there."""
    cells = _sheet() | {"F14": "=H13*K$1+I13*K$1"}
    report = check(save(cells, tmp_path / "w.xlsx"))

    assert [root.cell for root in report.roots] == ["F14"]
    assert report.roots[0].formula == cells["F14"]
    assert all(cell.formula is None or cell.formula in cells.values() for cell in report.cells)


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize("row", [10, 14])
@pytest.mark.parametrize("look_up", _LOOK_UPS)
@pytest.mark.parametrize("make", [_sheet, _in_one])
def test_nobody_is_blamed_for_a_word_that_no_list_holds(
    make: Callable[[str], dict[str, object]], look_up: str, row: int, tmp_path: Path
) -> None:
    """Rule: a formula that looks up a word that is misspelt gives an error, and is right."""
    found = verdict(make(look_up) | {f"A{row}": "goood"}, tmp_path)
    assert (found.code, found.roots) == (3, set())


@pytest.mark.parametrize(
    "wrong",
    [
        "INDEX(Words!{column}$1:{column}$4,MATCH($A{row},Words!$A$2:$A$5,0))",
        "VLOOKUP($A{row},Words!$A$1:$C$4,{number})",
        "SUMIF(Words!$A$1:$A$4,$A{row},Words!{column}$2:{column}$5)",
        "VLOOKUP($A{row},Words!$A$1:$C$4,2,FALSE)",
    ],
)
@pytest.mark.parametrize("make", [_sheet, _in_one])
def test_look_ups_that_are_wrong_throughout_are_no_pass(
    make: Callable[[str], dict[str, object]], wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that begins a row further down, the nearest word in no order, and one column for both units."""
    monkeypatch.setitem(_LOOK_UPS, "wrong", wrong)
    try:
        report = check(save(make("wrong"), tmp_path / "w.xlsx"))
    except NothingCheckedError:
        return
    assert report.exit_code in {1, 3} or report.reservations


def test_a_look_up_is_the_sum_of_a_vector_times_a_column(tmp_path: Path) -> None:
    """Each word has one vector, in its row; what multiplies a number that is looked up is no kernel."""
    own = sheet(_sheet(), tmp_path)
    found = with_one_hot(own.part, answers_of(own.table, engine("ironcalc")))
    assert found is not None
    texts = found.part.table.texts
    assert texts["S", 8, 3].count("*Words!$B$") == len(_VOCABULARY) == texts["S", 8, 4].count("*Words!$C$")
    assert {*found.words.values()} == {("S", row - 1, 0) for row in (9, 10, 13, 14, 15, 18, 19, 22)}

    other = {cell: str(text).replace("(D", "(0.5*D") if cell[0] == "H" else text for cell, text in _sheet().items()}
    own = sheet(other, tmp_path)
    kept = with_one_hot(own.part, answers_of(own.table, engine("ironcalc")))
    assert kept is not None
    assert "LOOKUP" in kept.part.table.texts["S", 8, 3]


def _gated() -> dict[str, object]:
    """A GRU of one unit over three sentences of two words, a row a word: number, z, r, candidate and state in B to F.

    The rows of its kernel for four words stand in H1:J4, the recurrent kernel in row 5, and biases in row 6.
    """
    cells: dict[str, object] = {f"{c}{row}": round(0.47 * row - 0.63 * n - 0.9, 2)
                                for n, c in enumerate("HIJ") for row in range(1, 7)}  # fmt: skip
    for n, numbers in enumerate(((1, 3), (2, 4), (4, 1))):
        for k, number in enumerate(numbers):
            row, before = 10 + 3 * n + k, 9 + 3 * n + k
            z, r, h = (f"INDEX({c}$1:{c}$4,$B{row})" for c in "HIJ")
            state = {c: f"+F{before}*{c}$5" if k else "" for c in "HI"}
            cells |= {f"B{row}": number, f"C{row}": f"=1/(1+EXP(-({z}{state['H']}+H$6)))"}
            cells |= {f"D{row}": f"=1/(1+EXP(-({r}{state['I']}+I$6)))"}
            cells[f"E{row}"] = f"=TANH({h}{f'+D{row}*F{before}*J$5' if k else ''}+J$6)"
            cells[f"F{row}"] = f"={f'C{row}*F{before}+' if k else ''}(1-C{row})*E{row}"
    return cells


@pytest.mark.parametrize("wrong", [None, "C14"])
def test_a_row_of_weights_is_looked_up_within_a_sigmoid(wrong: str | None, tmp_path: Path) -> None:
    """Rule: what EXP(−(…)) takes away is added to the sum that is bent."""
    cells = _gated()
    if wrong:
        cells[wrong] = str(cells[wrong]).replace("INDEX(H$1:H$4", "INDEX(I$1:I$4")
    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == ((1, {wrong}) if wrong else (0, set()))
