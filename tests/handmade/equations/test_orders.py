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
