"""What is shown beside a training with fewer digits or on another scale, and what only looks so."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import LAST, ROWS, Cells, judged, with_gradients

from xlcheck.verdicts.report import CellResult, Status

pytestmark = pytest.mark.keras

_PER_CENT: Cells = {f"N{row}": f"=H{row}*100" for row in ROWS}
_SHOWN: dict[str, Cells] = {
    "an output with two digits": {"N12": "=ROUND(H8,2)"},
    "all outputs with two digits": {f"N{row}": f"=ROUND(H{row},2)" for row in ROWS},
    "the last weights": {"N12": "=ROUND(E8,3)", "O12": "=ROUND(F8,3)", "P12": "=ROUND(G8,3)"},
    "an output in per cent": {"N12": "=H8*100"},
    "all outputs in per cent": _PER_CENT,
}


def _statuses(cells: Cells, path: Path) -> dict[str, Status]:
    part = judged(with_gradients() | cells, path)
    return {own.cell: own.status for own in part.results if isinstance(own, CellResult)}


@pytest.mark.parametrize("what", _SHOWN)
def test_what_is_only_shown_keeps_nothing_open(what: str, tmp_path: Path) -> None:
    """Rule: a number of a training that a formula shows otherwise, and with which no formula goes on, is no mistake."""
    assert set(_statuses(_SHOWN[what], tmp_path / "w.xlsx").values()) <= {Status.UNBOUND}


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({f"J{LAST}": f"=ROUND((H{LAST}-D{LAST})*B{LAST},3)"}, f"J{LAST}"),
        ({f"L{LAST}": f"=ROUND(H{LAST}-D{LAST},3)"}, f"L{LAST}"),
        ({f"N{row}": f"=H{row}" for row in ROWS} | {f"N{LAST}": f"=ROUND(H{LAST},2)"}, f"N{LAST}"),
    ],
)
def test_what_is_computed_is_not_rounded(cells: Cells, wrong: str, tmp_path: Path) -> None:
    """Rule: a formula that computes something, or stands in a line of formulas that do not round, is no such number."""
    assert _statuses(cells, tmp_path / "w.xlsx") == {wrong: Status.ROOT}


def test_what_others_go_on_with_is_not_rounded(tmp_path: Path) -> None:
    """Rule: the rounded number of another cell is wrong where a formula computes with it."""
    assert _statuses({"N12": "=ROUND(H8,2)", "P20": "=N12-D8"}, tmp_path / "w.xlsx")["N12"] is Status.ROOT


def test_one_of_a_line_that_shows_otherwise_is_no_pass(tmp_path: Path) -> None:
    """Rule: where one formula of several in line has another scale, or computes with what is shown, both are open."""
    odd = _statuses(_PER_CENT | {f"N{LAST}": f"=H{LAST}*10"}, tmp_path / "w.xlsx")
    assert odd[f"N{LAST}"] is odd[f"N{LAST - 1}"] is Status.NOT_EVALUATED
    read = _statuses({"N12": "=H8*100", "N13": "=N12*H7"}, tmp_path / "v.xlsx")
    assert read["N12"] is Status.NOT_EVALUATED
