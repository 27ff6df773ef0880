"""Adam from weights that are 0, with as many samples of either class: the bias has no gradient in the first step."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_P = "(1/(1+EXP(-(B{0}*$P$2:$P$7+C{0}))))"
_STEPS = range(10, 15)


def _adam() -> dict[str, object]:
    """Rate, β₁, β₂ and ε in B2:B5, samples in P and Q; a row a step, with all that Adam keeps."""
    cells: dict[str, object] = {"A2": "rate", "B2": 0.1, "B3": 0.9, "B4": 0.999, "B5": 1e-8, "A9": 0}
    cells |= {f"P{row}": x for row, x in enumerate((-1.3, 0.4, 0.7, -0.6, 1.1, 2.3), 2)}
    cells |= {f"Q{row}": y for row, y in enumerate((0, 0, 1, 0, 1, 1), 2)} | {"B9": 0, "C9": 0}
    cells |= dict.fromkeys(("G9", "H9", "I9", "J9"), 0)
    for row in (9, *_STEPS):
        cells[f"E{row}"] = f"=SUMPRODUCT(({_P.format(row)}-$Q$2:$Q$7)*$P$2:$P$7)/6"
        cells[f"F{row}"] = f"=SUMPRODUCT({_P.format(row)}-$Q$2:$Q$7)/6"
    for row in _STEPS:
        cells[f"A{row}"] = f"=A{row - 1}+1"
        for w, g, m, v, mh, vh in ("BEGIKM", "CFHJLN"):
            cells |= {
                f"{m}{row}": f"=$B$3*{m}{row - 1}+(1-$B$3)*{g}{row - 1}",
                f"{mh}{row}": f"={m}{row}/(1-$B$3^$A{row})",
            }
            cells |= {f"{v}{row}": f"=$B$4*{v}{row - 1}+(1-$B$4)*{g}{row - 1}^2"}
            cells |= {f"{vh}{row}": f"={v}{row}/(1-$B$4^$A{row})"}
            cells[f"{w}{row}"] = f"={w}{row - 1}-$B$2*{mh}{row}/(SQRT({vh}{row})+$B$5)"
    return cells


def test_a_gradient_that_is_0_leaves_nothing_open(tmp_path: Path) -> None:
    """Rule: what is made of it is known by other weights; over ε its last digits count for nothing."""
    assert answer(_adam(), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("L10", "=H10/(1-$B$4^$A10)"),
        ("C10", "=C9-$B$2*L10/(SQRT(N10)+$B$4)"),
        ("N10", "=J10/(1-$B$3^$A10)"),
        ("C10", "=C9+$B$2*L10/(SQRT(N10)+$B$5)"),
    ],
    ids=["the other share", "for ε", "of squares", "a sign"],
)
def test_a_slip_that_changes_no_number_is_no_pass(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: 0 is what it should be; with other weights it would be something else."""
    code, roots = answer(_adam() | {cell: text}, tmp_path)
    assert code != 0
    assert roots <= {cell}


@pytest.mark.parametrize(
    ("cell", "text"),
    [("L12", "=H12/(1-$B$4^$A12)"), ("J12", "=$B$4*J11+(1-$B$4)*F11"), ("C12", "=C11+$B$2*L12/(SQRT(N12)+$B$5)")],
)
def test_a_later_slip_is_found(cell: str, text: str, tmp_path: Path) -> None:
    assert answer(_adam() | {cell: text}, tmp_path) == (1, {cell})
