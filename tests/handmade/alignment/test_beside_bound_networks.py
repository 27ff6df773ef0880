"""With bindings as without: notes, surplus rows and blank cells beside a network are not taken for its mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from thorough import part_of

from fixtures.handmade.drawn.score import answer
from xlcheck.api import check
from xlcheck.verdicts.report import CheckReport

pytestmark = pytest.mark.keras

_BINDINGS = """
[[model]]
[[model.layer]]
type = "Dense"
units = 2
activation = "leaky_relu"
kernel = { range = "B1:C2", transposed = false }
bias = "B3:C3"
[[model.layer]]
type = "Dense"
units = 2
kernel = { range = "E1:F2", transposed = false }
bias = "E3:F3"
[[model.document]]
x = "A1:A2"
"""


def _checked(folder: Path, cells: dict[str, Any]) -> CheckReport:
    """Two units of a leaky relu, whose sums nearly cancel in the two that read them, and something else beside."""
    book = openpyxl.Workbook()
    sheet = book.active
    numbers = {"A1": 0.5, "A2": -1.5, "B1": 0.3, "B2": 0.7, "C1": -0.4, "C2": 0.9, "B3": 0.1, "C3": -0.2}
    numbers |= {"E1": 1.25, "E2": -0.75, "F1": 0.5, "F2": -0.4, "E3": 0.2, "F3": 0.1}
    formulas = {f"{c}5": f"=SUMPRODUCT($A$1:$A$2,{c}1:{c}2)+{c}3" for c in "BC"}
    formulas |= {f"{c}6": f"=IF({c}5>0,{c}5,0.2*{c}5)" for c in "BC"}
    formulas |= {f"{c}7": f"=$B$6*{c}1+$C$6*{c}2+{c}3" for c in "EF"}
    for cell, content in {**numbers, **formulas, **cells}.items():
        sheet[cell] = content
    book.save(folder / "mine.xlsx")
    (folder / "mine.toml").write_text(_BINDINGS, encoding="utf-8")
    return check(folder / "mine.xlsx")


@pytest.mark.parametrize(
    "beside",
    [
        {"H1": "=AVERAGE(B6,E7)"},
        {"H1": '=IF(ABS(E7)>0,"DONE","NOT DONE")'},
        {"H1": "=100*E7", "H2": "=E7-0.25"},
        {"H1": "=1-B6*E7", "H2": "=EXP(H1)"},
        {"G1": 0.3, "G2": -0.6, "G7": "=$B$6*G1+$C$6*G2"},
        {"H1": 0.4, "H2": "=1/(1+EXP(-H1))", "H3": "=H2*E1"},
    ],
)
def test_what_stands_beside_a_network_is_not_blamed(beside: dict[str, Any], tmp_path: Path) -> None:
    """Rule: what computes nothing of a network, and explains no other cell, is something else and no mistake."""
    report = _checked(tmp_path, beside)

    assert (report.exit_code, report.counts.root, report.counts.agree) == (0, 0, 6), report.cells


@pytest.mark.parametrize(("cell", "wrong"), [("E7", "=$B$6*E1+$C$6*E2"), ("B6", "=IF(B9>0,B9,0.2*B9)"), ("C5", "=C3")])
def test_a_mistake_is_found_beside_them(cell: str, wrong: str, tmp_path: Path) -> None:
    """Rule: the wrong formula is the root, not the blank cell that it reads, and not the note."""
    report = _checked(tmp_path, {"H1": "=AVERAGE(B6,E7)", cell: wrong})

    assert [root.cell for root in report.roots] == [cell]


@pytest.mark.parametrize("blank", [True, False])
def test_a_blank_state_before_the_first_step_is_zero(blank: bool, tmp_path: Path) -> None:
    """Rule: Excel takes a blank cell for 0, and so does a check of bindings that name it as the first state."""
    book = openpyxl.Workbook()
    for cell, content in {"A1": 0.5, "A2": -0.25, "A3": 0.1, "B4": None if blank else 0.0}.items():
        book.active[cell] = content
    for row, x in enumerate((1.0, -0.5, 0.25), start=5):
        book.active[f"A{row}"], book.active[f"B{row}"] = x, f"=TANH(A{row}*$A$1+B{row - 1}*$A$2+$A$3)"
    book.save(tmp_path / "mine.xlsx")
    (tmp_path / "mine.toml").write_text(
        '[[model]]\n[[model.layer]]\ntype = "SimpleRNN"\nunits = 1\nkernel = "A1"\nrecurrent_kernel = "A2"\n'
        'bias = "A3"\n[[model.document]]\nx = "A5:A7"\nh_init = "B4"\n',
        encoding="utf-8",
    )
    report = check(tmp_path / "mine.xlsx")

    assert (report.exit_code, report.counts.agree) == (0, 3)


@pytest.mark.parametrize(
    ("seed", "mistakes"),
    part_of([(28, 0), (46, 0), (55, 0), (3, 0), (10, 0), (130, 1), (121, 1), (125, 1), (133, 1), (134, 1)], 2),
)
def test_drawn_workbooks_with_bindings_are_answered_exactly(seed: int, mistakes: int) -> None:
    """Rule: several networks one below another, and families filled wrongly: just the planted cells are wrong."""
    found = answer(seed, (mistakes,) if mistakes else (), bound=True)

    assert found.outcome == ("exact" if mistakes else "recognised")
