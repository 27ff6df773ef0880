"""In which order weights stand: those of a single unit do not stand backwards, unless words number them so."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, verdict

pytestmark = pytest.mark.keras

_BACKWARDS = "=1/(1+EXP(-(C{0}*$D$2+D{0}*$D$1+$D$3)))"


@pytest.mark.parametrize("samples", [(6,), (6, 7, 8)])
def test_weights_of_one_unit_stand_in_the_order_of_its_inputs(samples: tuple[int, ...], tmp_path: Path) -> None:
    """Rule: two weights exchanged in all formulas of a unit make a network, too, but nobody means it."""
    right = {cell: value for cell, value in TOYS["xor"].items() if cell[-1] in "123" or int(cell[1:]) in samples}
    wrong = {f"E{row}": _BACKWARDS.format(row) for row in samples}
    assert verdict(right, tmp_path).code == 0
    found = verdict(right | wrong, tmp_path)
    assert found.code != 0
    assert found.roots <= {*wrong}
    assert verdict(right | wrong | {"C1": "w2", "C2": "w1"}, tmp_path).code == 0
    assert verdict(right | wrong | {"C1": "w1", "C2": "w2"}, tmp_path).code != 0


def _two_layers(first: str) -> dict[str, object]:
    """Three inputs in A to C, three units and an output for two samples; the square kernel A1:C3, another one E1:F3."""
    cells: dict[str, object] = {
        f"{c}{row}": round(0.31 * row - 0.4 * n, 2) for row in (1, 2, 3) for n, c in enumerate("ABC")
    }
    cells |= {f"{c}{row}": round(0.5 - 0.27 * row + 0.6 * n, 2) for row in (1, 2, 3) for n, c in enumerate("EF")}
    for row, inputs in ((6, (0.3, -0.2, 0.9)), (7, (-0.8, 0.65, 0.1))):
        cells |= dict(zip((f"A{row}", f"B{row}", f"C{row}"), inputs, strict=True))
        for n, h in enumerate("GHI"):
            own = "ABC"[n]
            weights = [f"${own}${k}" for k in (1, 2, 3)] if first == "columns" else [f"${c}${n + 1}" for c in "ABC"]
            cells[f"{h}{row}"] = "=TANH(" + "+".join(f"{x}{row}*{w}" for x, w in zip("ABC", weights, strict=True)) + ")"
        for y, own in (("K", "E"), ("L", "F")):
            cells[f"{y}{row}"] = "=TANH(" + "+".join(f"{h}{row}*${own}${k}" for k, h in enumerate("GHI", 1)) + ")"
    return cells


def test_a_square_kernel_is_read_as_the_others_are(tmp_path: Path) -> None:
    """Rule: rows for columns make a network, too; beside a kernel that is read by columns that is no pass."""
    assert verdict(_two_layers("columns"), tmp_path).code == 0
    assert verdict(_two_layers("rows"), tmp_path).code == 3
