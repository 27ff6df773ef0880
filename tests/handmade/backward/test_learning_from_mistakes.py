"""Perceptrons whose weights move only where an answer is wrong, as formulas ask for that in many ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import sheet

from xlcheck.formulas.algebra import number_at

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_DATA = ((2, 1, 1), (-1, 1.5, -1), (1, -2, -1), (0.5, 2, 1), (-2, -1, -1), (1, 0.5, 1), (-0.4, 0.3, 1))
_ROWS = range(4, 4 + len(_DATA))
_WAYS = {
    "they differ": "=IF(H{0}<>C{0},{w}+C{0}{x},{w})",
    "they are equal": "=IF(H{0}=C{0},{w},{w}+$L$1*C{0}{x})",
    "the error is 0": "=IF(C{0}-H{0}=0,{w},{w}+$L$1*(C{0}-H{0}){x})",
    "a word": '=IF(I{0}="yes",{w}+C{0}{x},{w})',
    "another word": '=IF(I{0}<>"no",{w}+C{0}{x},{w})',
    "a 1 in a cell": "=IF(J{0}=1,{w}+C{0}{x},{w})",
    "a factor": "={w}+J{0}*$L$1*C{0}{x}",
    "each mistake by itself": "=IF(AND(C{0}=1,H{0}=-1),{w}+$L$1{x},IF(AND(C{0}=-1,H{0}=1),{w}-$L$1{x},{w}))",
}


def _perceptron(way: str) -> dict[str, object]:
    """A row a sample: inputs, target, two weights and a bias, sum, answer, and whether it is wrong."""
    cells: dict[str, object] = {"K1": "rate", "L1": 0.5}
    for row, (one, other, target) in zip(_ROWS, _DATA, strict=True):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": target}
        for weight, factor, start in (("D", f"*A{row - 1}", 0.1), ("E", f"*B{row - 1}", -0.3), ("F", "", 0.2)):
            before = f"{weight}{row - 1}"
            cells[f"{weight}{row}"] = start if row == _ROWS[0] else _WAYS[way].format(row - 1, w=before, x=factor)
        cells |= {f"G{row}": f"=D{row}*A{row}+E{row}*B{row}+F{row}", f"H{row}": f"=IF(G{row}>=0,1,-1)"}
        if "word" in way:
            cells[f"I{row}"] = f'=IF(H{row}<>C{row},"yes","no")'
        if "J{0}" in _WAYS[way]:
            cells[f"J{row}"] = f"=IF(H{row}=C{row},0,1)"
    return cells


@pytest.mark.parametrize("way", _WAYS)
def test_weights_that_move_where_an_answer_is_wrong_agree(way: str, tmp_path: Path) -> None:
    """Rule: a choice between a weight and the weight moved is an update; a perceptron's targets are what it answers."""
    assert answer(_perceptron(way), tmp_path) == (0, set())


@pytest.mark.parametrize("way", ["they differ", "a word", "a factor", "each mistake by itself"])
@pytest.mark.parametrize(("old", "new"), [("C{0}", "C{1}"), ("+", "-"), ("{w}", "{v}")])
def test_one_that_moves_otherwise_is_no_pass(way: str, old: str, new: str, tmp_path: Path) -> None:
    """Rule: nobody is blamed, as answers of two values do not tell who is."""
    text = _WAYS[way].replace(old, new, 1) if old in _WAYS[way] else _WAYS[way].replace("J{0}", "J{1}")
    cells = _perceptron(way) | {"E8": text.format(7, 6, w="E7", v="E6", x="*B7")}
    assert answer(cells, tmp_path) == (3, set())


@pytest.mark.parametrize("row", [6, _ROWS[-1]])
@pytest.mark.parametrize(
    ("way", "column", "old", "new"), [("a word", "I", "<>", "="), ("a 1 in a cell", "J", "0,1", "1,0")]
)
def test_a_wrong_word_is_no_pass(way: str, column: str, old: str, new: str, row: int, tmp_path: Path) -> None:
    """Rule: what says whether an answer is wrong is right where all that go by it are, or like those that are."""
    cells = _perceptron(way)
    wrong = {f"{column}{row}": str(cells[f"{column}{row}"]).replace(old, new)}
    code, roots = answer(cells | wrong, tmp_path)
    assert code != 0
    assert roots <= wrong.keys()


def test_a_rule_for_other_targets_is_no_pass(tmp_path: Path) -> None:
    """Rule: adding the target teaches nothing where it is 0; that today's mistakes all had the target 1 is chance."""
    cells = _perceptron("they differ")
    for row in _ROWS:
        cells |= {f"C{row}": max(int(str(cells[f"C{row}"])), 0), f"H{row}": f"=IF(G{row}>=0,1,0)"}
    assert answer(cells, tmp_path)[0] == 3


def test_one_of_two_words_is_compared_and_nothing_else(tmp_path: Path) -> None:
    """What is told by a word is a choice of its own; two texts that are numbers are numbers, and a word is none."""
    cells = {"A1": 1.0, "A2": 2.0, "B1": '=IF(IF(A1<>A2,"yes","no")="YES",A1,5)', "B2": "=IF(A1<>A2,A1,5)"}
    cells |= {"B3": '=IF(A1<>A2,"3","4")*A1', "B4": "=IF(A1<>A2,3,4)*A1", "B5": '=IF(A1<>A2,"yes","no")&A1'}
    cells |= {"B6": '=IF(IF(A1<>A2,"yes","no")<>"maybe",A1,5)'}
    terms = sheet(cells, tmp_path).terms
    own = [terms.get(("S", row, 1)) for row in range(6)]
    values = [None if term is None else number_at(term, {("S", 0, 0): 7.0, ("S", 1, 0): 7.0}) for term in own]
    assert values == [5.0, 5.0, 28.0, 28.0, None, 7.0]
