"""Softmaxes over the steps of one unit."""

from __future__ import annotations

from pathlib import Path

import attention_sheets as sheets
import pytest
from equation_sheets import answer, verdict
from recognised_sheets import a1, sheet

from xlcheck.handmade.equations.over_steps import sequences_of, shared_over_steps
from xlcheck.handmade.forms.functions import Functions


@pytest.mark.keras
@pytest.mark.parametrize("cells", [sheets.pooled_words(), sheets.additive_attention()], ids=["words", "additive"])
def test_scores_of_one_unit_are_shared_over_its_steps(cells: sheets.Cells, tmp_path: Path) -> None:
    """Rule: a unit, a softmax over its steps, and what that mixes are layers, be the values typed inputs."""
    assert (found := verdict(cells, tmp_path)).code == 0
    assert "Dense(1, linear)" in found.said
    assert "Softmax()" in found.said


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("H5", "=G5/SUM(G$3:G$5)"),
        ("F4", "=$D3*$K$6+$E4*$L$6"),
        ("A9", "=SUMPRODUCT(A$3:A$6,$G$3:$G$6)"),
        ("B9", "=SUMPRODUCT(A$3:A$6,$H$3:$H$6)"),
    ],
)
def test_a_slip_in_pooled_words_is_found_or_nothing_is_said(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: a share, a score or a mean that is wrong is its cell, or nobody knows which."""
    code, roots = answer(sheets.pooled_words() | {cell: text}, tmp_path, 2)

    assert code in {1, 3}
    assert roots <= {cell}


def _classes(denominator: str) -> sheets.Cells:
    """Exponentials of three computed logits in G2:I5, and their shares in K2:M5."""
    cells: sheets.Cells = {f"{c}{r}": round(0.3 * r - 0.7 * n, 2) for n, c in enumerate("PQR") for r in (1, 2)}
    for row in range(2, 6):
        cells |= {f"A{row}": 0.3 * row, f"B{row}": 0.7 - 0.2 * row, f"C{row}": f"=A{row}^2", f"D{row}": f"=B{row}^2"}
        for c, z, w, y in zip("GHI", "TUV", "PQR", "KLM", strict=True):
            cells |= {f"{z}{row}": f"=$C{row}*{w}$1+$D{row}*{w}$2", f"{c}{row}": f"=EXP({z}{row})"}
            cells[f"{y}{row}"] = f"={c}{row}/SUM({denominator.format(c=c, row=row)})"
    return cells


def test_only_exponentials_with_the_weights_of_one_unit_are_shared_over_steps(tmp_path: Path) -> None:
    """Rule: those of several units are classes, and one that is shared in both ways is no score."""
    by_class, by_step = (sheet(_classes(own), tmp_path) for own in ("$G{row}:$I{row}", "{c}$2:{c}$5"))
    both = sheet(_classes("$G{row}:$I{row}") | {"K3": "=G3/SUM(G$2:G$5)"}, tmp_path)

    assert shared_over_steps(by_class.forms) == shared_over_steps(both.forms) == set()
    assert {a1(own) for own in shared_over_steps(by_step.forms)} == {f"{c}{row}" for c in "GHI" for row in range(2, 6)}


def test_steps_that_are_shared_together_are_told_by_who_reads_them(tmp_path: Path) -> None:
    """Rule: each sequence has as many formulas as steps that read all of it; all steps belong to one."""
    found = sheet(sheets.additive_attention(), tmp_path)
    scores = {(number, 0): ("S", row, 8) for number, row in enumerate((11, 12, 13, 14, 17, 18, 19, 20))}
    functions = Functions(found.terms, {*scores.values()}, {*scores.values()})

    assert [[a1(cell) for cell in own] for own in sequences_of(scores, functions).values()] == [
        ["I12", "I13", "I14", "I15"],
        ["I18", "I19", "I20", "I21"],
    ]
    assert sequences_of({**scores, (8, 0): ("S", 30, 8)}, functions) == {}
    assert sequences_of({**scores, (0, 1): ("S", 30, 8)}, functions) == {}
