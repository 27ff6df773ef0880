"""Columns of a code: what each asks for is what its heading says, where another one of the code does so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, save
from thorough import part_of

from xlcheck.handmade.beside.codes import coded_otherwise
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


def _said(cells: Mapping[str, object], folder: Path) -> list[str]:
    return list(coded_otherwise(CellTable(read_workbook(save(cells, folder / "w.xlsx")))))


_HEADINGS = {"D1": "Pclass_1", "E1": "Pclass_2", "F1": "Emb S", "G1": "Emb C", "H1": "Male", "I1": "is_old"}
_CODES = {
    "D": "IF($A{0}=1,1,0)",
    "E": "--(A{0}=2)",
    "F": '=IF(B{0}="S",1,0)',
    "G": '(B{0}="c")*1',
    "H": 'N(C{0}="male")',
}


def _coded(**other: str) -> dict[str, object]:
    """Classes, harbours and sexes in A:C, their codes in D:H, an age that is none in I."""
    cells: dict[str, object] = {**_HEADINGS}
    for row in range(2, 6):
        cells |= {f"A{row}": row % 3 + 1, f"B{row}": "SCQ"[row % 3], f"C{row}": "male", f"I{row}": f"=IF(A{row}=3,1,0)"}
        cells |= {f"{k}{row}": f"={text.format(row).lstrip('=')}" for k, text in (_CODES | other).items()}
    return cells


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, []),
        ({"E": "--(A{0}=3)"}, ["S!E2 asks for 3, and the heading above it says 2"]),
        ({"G": '(B{0}="Q")*1'}, ["S!G2 asks for q, and the heading above it says c"]),
        ({"D": "--(A{0}=3)", "E": "--(A{0}=3)"}, []),  # nothing says that headings name what is asked for
        ({"E": "--(B{0}=3)"}, []),  # of another column
        ({"E": "IF(AND(A{0}=3,B{0}=2),1,0)"}, []),
        ({"E": "--(A{0}=B{0})"}, []),
        ({"E": "--(A{0}=TRUE)"}, []),
    ],
)
def test_what_a_code_asks_for_is_what_its_heading_says(other: dict[str, str], said: list[str], tmp_path: Path) -> None:
    """Rule: of headings that begin alike, one that says what is asked for speaks for the others."""
    assert _said(_coded(**other), tmp_path) == said


@pytest.mark.keras
@pytest.mark.parametrize(("asked", "code"), part_of([(2, 0), (3, 3)], 2))
def test_a_code_of_something_else_is_no_pass(asked: int, code: int, tmp_path: Path) -> None:
    """Rule: a network that is right but for such a column does not pass, and nobody is blamed."""
    cells = {name: own for name, own in _coded(E=f"IF($A{{0}}={asked},1,0)").items() if name[0] not in "HI"}
    weights = {f"{unit}{k}": round(0.37 * k - 0.6 * n, 2) for n, unit in enumerate("KLM") for k in range(1, 6)}
    cells |= {name: own for name, own in weights.items() if name[0] != "M" or name[1] < "4"}
    for row in range(2, 6):
        for unit, total in (("O", "K"), ("P", "L")):
            terms = (f"{code}{row}*${total}${k}" for k, code in enumerate("DEFG", 1))
            cells[f"{unit}{row}"] = f"=TANH({'+'.join(terms)}+${total}$5)"
        cells[f"R{row}"] = f"=O{row}*$M$1+P{row}*$M$2+$M$3"
    assert answer(cells, tmp_path) == (code, set())


def test_a_number_in_a_heading_is_what_its_code_asks_for(tmp_path: Path) -> None:
    """Rule: so it is in a heading such as `2nd`, if another one of the same cells says what its code asks for."""
    headings = {"D1": "1st", "E1": "2nd", "F1": "harbour", "G1": "C", "H1": "man"}
    assert _said(_coded() | headings, tmp_path) == []
    wrong = _coded(E="=IF($A{0}=3,1,0)") | headings
    assert _said(wrong, tmp_path) == ["S!E2 asks for 3, and the heading above it says 2"]
