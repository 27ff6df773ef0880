"""States that are carried on from worksheet to worksheet, with a result behind the last step of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

pytestmark = pytest.mark.keras

_BATCHES = ("S", "Two", "Three")
_ROWS = (4, 12)
"""Where the two samples of a batch begin."""


def _stateful() -> dict[str, object]:
    """Two units over three worksheets, three steps on each; the first state is the last one of the worksheet before."""
    cells: dict[str, object] = {"H1": 0.62, "I1": -0.38, "H2": 0.45, "I2": -0.7, "H3": 0.3, "I3": 0.25}
    cells |= {"H4": 0.02, "I4": -0.04, "H6": 1.1, "I6": 0.9, "H7": -0.05}
    for number, sheet in enumerate(_BATCHES):
        for start in _ROWS:
            for unit, weight in zip("CD", "HI", strict=True):
                before = f"={_BATCHES[number - 1]}!{unit}{start + 2}" if number else 0
                cells[f"{sheet}!{unit}{start - 1}"] = before
                for row in range(start, start + 3):
                    cells[f"{sheet}!B{row}"] = round(0.31 * row - 0.57 * number - 2.1, 2)
                    terms = f"$B{row}*S!{weight}$1+$C{row - 1}*S!{weight}$2+$D{row - 1}*S!{weight}$3+S!{weight}$4"
                    cells[f"{sheet}!{unit}{row}"] = f"=TANH({terms})"
            cells[f"{sheet}!C{start + 3}"] = f"=C{start + 2}*S!$H$6+D{start + 2}*S!$I$6+S!$H$7"
    return cells


def test_results_behind_every_third_step_are_those_of_one_layer(tmp_path: Path) -> None:
    """Rule: who reads a state at even intervals, the last one among them, leaves none out."""
    found = verdict(_stateful(), tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("cell", "content"),
    [("Two!C7", "=C5*S!$H$6+D5*S!$I$6+S!$H$7"), ("Three!C3", 0), ("Three!D11", "=Two!D13"), ("Three!C11", "=Two!C6")],
)
def test_a_state_or_a_result_of_another_step_gets_no_pass(tmp_path: Path, cell: str, content: object) -> None:
    """A result of the step before, a sample that begins anew, and states of another step or sample."""
    changed = {cell: content} | ({"Three!D3": 0} if content == 0 else {})
    found = verdict(_stateful() | changed, tmp_path)
    assert found.code in {1, 3}
    assert found.roots <= {cell.split("!")[1]}
