"""Cross-entropies: of shares the logarithm of what is wanted is enough, of independent outputs it is one half."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_ONE = "=-SUMPRODUCT($H{0}:$I{0},LN(E{0}:F{0}))/2"
_BOTH = "=-(SUMPRODUCT($H{0}:$I{0},LN(E{0}:F{0}))+SUMPRODUCT(1-$H{0}:$I{0},LN(1-E{0}:F{0})))/2"


def _outputs(activation: str, loss: str) -> dict[str, object]:
    """Two inputs, two outputs, two targets and a loss, for three samples in the rows 6 to 8, and the mean of it."""
    cells: dict[str, object] = {
        "A1": 0.7,
        "B1": -0.4,
        "A2": 1.2,
        "B2": 0.3,
        "A3": 0.15,
        "B3": -0.2,
        "J9": "=AVERAGE(J6:J8)",
    }
    for row, (one, other, target) in enumerate(((0.3, -0.2, 0), (-0.8, 0.65, 1), (0.55, 0.4, 0)), 6):
        cells |= {
            f"A{row}": one,
            f"B{row}": other,
            f"H{row}": target,
            f"I{row}": 1 - target,
            f"J{row}": loss.format(row),
        }
        for z, p, w in (("C", "E", "A"), ("D", "F", "B")):
            cells[f"{z}{row}"] = f"=A{row}*${w}$1+B{row}*${w}$2+${w}$3"
            cells[f"{p}{row}"] = activation.format(z, row)
    return cells


@pytest.mark.parametrize(
    ("activation", "loss", "code"),
    [
        ("=1/(1+EXP(-{0}{1}))", _BOTH, 0),
        ("=1/(1+EXP(-{0}{1}))", _ONE, 3),
        ("=EXP({0}{1})/(EXP($C{1})+EXP($D{1}))", _ONE.replace("/2", ""), 0),
    ],
)
def test_what_is_no_share_needs_both_parts(activation: str, loss: str, code: int, tmp_path: Path) -> None:
    """Rule: nothing else tells an output to be small where its target is 0."""
    assert answer(_outputs(activation, loss), tmp_path, effort=5 if code == 3 else None) == (code, set())
