"""Gradient descent over all data as courses write it: an iteration a row, each sum over the samples in one formula."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from equation_sheets import answer, save, verdict
from training_sheets import Cells, judged, terms_of

from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.unwritten import with_outputs
from xlcheck.verdicts.report import CellResult, Status

pytestmark = pytest.mark.keras
_X, _Y = "$A$4:$A$8", "$B$4:$B$8"
_STEPS = range(4, 11)
_SHOWN = {"N7", "N8", "K9"}
"""Of what nothing is learnt from, which may show anything."""


def _descent(output: Callable[[int], str], loss: Callable[[int], str], share: str, *, number: object) -> Cells:
    """Inputs and targets in A4:B8, their number in E3 and the rate in E4; weights in H, I, the loss in J and K.

    Args:
        output: of all samples in a row.
        loss: their total loss in it.
        share: what a gradient is multiplied by.
        number: what stands in E3.
    """
    cells: Cells = {"E3": number, "E4": 0.05, "H4": 0.1, "I4": -0.2}
    for row, x, y in zip(range(4, 9), (1, 1.5, 2, 2.5, 3), (0, 0, 1, 0, 1), strict=True):
        cells |= {f"A{row}": x, f"B{row}": y}
    for row in _STEPS:
        if row > _STEPS[0]:
            cells |= {f"{w}{row}": f"={w}{row - 1}-$E$4*{g}{row - 1}" for w, g in zip("HI", "LM", strict=True)}
        error = f"{output(row)}-{_Y}"
        cells |= {f"J{row}": f"=SUMPRODUCT({loss(row)})", f"K{row}": f"=J{row}/$E$3", f"N{row}": f"=LOG10(K{row})"}
        cells |= {f"L{row}": f"={share}*SUMPRODUCT(({error})*{_X})", f"M{row}": f"={share}*SUMPRODUCT({error})"}
    return cells


def _line(*, number: object = "=COUNT(A4:A8)") -> Cells:
    def output(row: int) -> str:
        return f"H{row}*{_X}+I{row}"

    return _descent(output, lambda row: f"({output(row)}-{_Y})^2", "2/$E$3", number=number)


def _logistic(*, number: object = 5) -> Cells:
    def output(row: int) -> str:
        return f"1/(1+EXP(-(H{row}*{_X}+I{row})))"

    def loss(row: int) -> str:
        return f"-{_Y}*LN({output(row)})-(1-{_Y})*LN(1-{output(row)})"

    return _descent(output, loss, "1/$E$3", number=number)


@pytest.mark.parametrize("cells", [_line(), _line(number=5), _logistic(), _logistic(number="=ROWS(A4:A8)")])
def test_all_of_it_agrees(cells: Cells, tmp_path: Path) -> None:
    """Rule: what all formulas divide by, and is as large as the number of samples, is their number."""
    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == (0, set())
    assert found.agree == sum(isinstance(own, str) for at, own in cells.items() if at != "E3")


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ("L7", f"=2/$E$3*SUMPRODUCT((H7*{_X}+I7-{_Y})*{_Y})"),  # targets for inputs
        ("M6", f"=1/$E$3*SUMPRODUCT(H6*{_X}+I6-{_Y})"),  # no 2
        ("L8", f"=2*SUMPRODUCT((H8*{_X}+I8-{_Y})*{_X})"),  # not divided
        ("K7", "=J7/$E$4"),
        ("K9", "=J8/$E$3"),
        ("H9", "=H8-$E$4*M8"),
        ("J6", f"=SUMPRODUCT((H6*{_X}-I6-{_Y})^2)"),
        ("L9", "=2/$E$3*SUMPRODUCT((H9*$A$4:$A$7+I9-$B$4:$B$7)*$A$4:$A$7)"),
        ("N7", "=LOG10(K6)"),
        ("N8", "=LN(K8)"),
    ],
)
def test_one_slip_is_its_cell_or_has_no_verdict(cell: str, formula: str, tmp_path: Path) -> None:
    """Rule: the other iterations say what belongs there; what is only shown gets no pass, and nobody is blamed."""
    code, roots = answer(_line() | {cell: formula}, tmp_path)
    assert (code, roots) == ((3, set()) if cell in _SHOWN else (1, {cell}))


def test_absolute_errors_their_sum_and_their_mean_are_known(tmp_path: Path) -> None:
    """Rule: what people show of errors beside the loss is compared, too."""
    cells: Cells = {"B1": "=COUNT(A5:A10)", "D1": 1.4, "F1": 0.2, "E15": 0.01}
    for row, y in zip(range(5, 11), (1.5, 3.2, 4.1, 6, 7.3, 8.4), strict=True):
        cells |= {f"A{row}": row - 4, f"B{row}": y, f"C{row}": f"=$D$1*A{row}+$F$1", f"D{row}": f"=C{row}-B{row}"}
        cells |= {f"E{row}": f"=D{row}^2", f"F{row}": f"=ABS(D{row})"}
    cells |= {f"{c}11": f"=SUM({c}5:{c}10)" for c in "EF"} | {f"{c}12": f"={c}11/$B$1" for c in "EF"}
    cells |= {"E13": "=2*SUMPRODUCT(D5:D10,A5:A10)/B1", "E14": "=2*SUM(D5:D10)/B1"}
    cells |= {"E16": "=D1-E15*E13", "E17": "=F1-E15*E14"}
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, sum(isinstance(own, str) for own in cells.values()) - 1)
    assert answer(cells | {"F8": "=ABS(C8)"}, tmp_path)[0] != 0


def test_what_is_multiplied_is_no_number_of_samples(tmp_path: Path) -> None:
    """Rule: a rate that happens to be as large as the number of samples is a rate, and may be another one."""
    sheet = Sheet(with_outputs(terms_of(save(_line() | {"E4": 5}, tmp_path / "w.xlsx"))))
    kinds = {row + 1: len(set(values)) for (_, row, column), values in sheet.cells.items() if column == 4}
    assert kinds == {3: 1, 4: 3}


def test_a_step_may_find_nothing_to_learn(tmp_path: Path) -> None:
    """Rule: a gradient that is 0 for the numbers shown is added to what was kept of those before, as any other."""
    cells: Cells = {"B2": 0.1, "B3": 0.9, "B4": 2, "B5": 3, "B8": 0.5, "C8": 0}  # the second step gives just 3
    for row in range(8, 13):
        if row > 8:
            cells |= {f"{w}{row}": f"={w}{row - 1}-$B$2*{v}{row - 1}" for w, v in ("BH", "CI")}
        cells |= {f"D{row}": f"=B{row}*$B$4+C{row}", f"E{row}": f"=(D{row}-$B$5)^2"}
        cells |= {f"F{row}": f"=2*(D{row}-$B$5)*$B$4", f"G{row}": f"=2*(D{row}-$B$5)"}
        kept = (f"=$B$3*{v}{row - 1}+{g}{row}" if row > 8 else f"={g}{row}" for v, g in ("HF", "IG"))
        cells |= dict(zip((f"H{row}", f"I{row}"), kept, strict=True))
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, sum(isinstance(own, str) for own in cells.values()))


@pytest.mark.parametrize(("rows", "is_habit"), [(range(5, 12), True), ((8,), False)])
def test_a_line_that_rounds_may_be_meant(rows: range, is_habit: bool, tmp_path: Path) -> None:
    """Rule: one rounded result among others is wrong; where all of its line round, this is a habit."""
    cells: Cells = {"C2": 0.2, "E5": 0.1, "F5": -0.1, "G5": 0}
    inputs = [(-1, -1), (-1, 1), (1, -1), (1, 1)] * 2
    for row, (one, other) in zip(range(5, 13), inputs, strict=True):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": 1 if one + other > 0 else -1}
        if row > 5:
            cells |= {f"{w}{row}": f"={w}{row - 1}+{d}{row - 1}" for w, d in ("EJ", "FK", "GL")}
        error = f"D{row}-H{row}"
        cells |= {f"H{row}": f"=B{row}*E{row}+C{row}*F{row}+G{row}"}
        cells |= {f"I{row}": f"=ROUND({error},2)" if row in rows or (is_habit and row == 12) else f"={error}"}
        cells |= {f"J{row}": f"=$C$2*I{row}*B{row}", f"K{row}": f"=$C$2*I{row}*C{row}", f"L{row}": f"=$C$2*I{row}"}
    results = judged(cells, tmp_path / "w.xlsx").results
    roots = {own.cell for own in results if isinstance(own, CellResult) and own.status is Status.ROOT}
    assert roots == (set() if is_habit else {"I8"})


def _with_answers(total: str, threshold: str = "0") -> Cells:
    """The same beside how many samples are answered rightly."""
    hits = f"SUMPRODUCT(--((H{{0}}*{_X}+I{{0}}>{threshold})=({_Y}=1)))"
    return _logistic() | {f"P{row}": f"={total.format(hits.format(row))}" for row in _STEPS}


def test_right_answers_may_be_counted_within_one_formula(tmp_path: Path) -> None:
    """Rule: an answer is right where the sum has the sign of the class; of what it is a share, the numbers say."""
    cells = _with_answers("1-{}/$E$3")
    assert answer(cells, tmp_path) == (0, set())
    slip = {"P8": str(cells["P8"]).replace("H8", "H7")}
    assert answer(cells | slip, tmp_path) == (1, {*slip})


def test_answers_by_another_threshold_are_not_known(tmp_path: Path) -> None:
    """Rule: sums are nowhere said to be compared with such a number."""
    assert answer(_with_answers("{}", "0.4"), tmp_path) == (3, set())
