"""A toy in which one reference leads to another number than it should: none of these passes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer, read_elsewhere
from thorough import part_of

pytestmark = pytest.mark.keras

_TOY: Mapping[str, object] = {
    "A1": 0.7, "B1": -0.4, "C1": 0.15, "A2": 1.2, "B2": -0.3, "A5": 0.3, "A6": -0.8, "A7": 0.55, "B4": 0.25,
    **{f"B{row}": f"=TANH(A{row}*$A$1+B{row - 1}*$B$1+$C$1)" for row in (5, 6, 7)},
    "C7": "=1/(1+EXP(-(B7*$A$2+$B$2)))",
}  # fmt: skip
"""A recurrent unit over three inputs, its first state, and an output of the last step."""


def test_the_toy_is_right(tmp_path: Path) -> None:
    """As it stands it passes."""
    assert answer(_TOY, tmp_path, effort=3)[0] == 0


@pytest.mark.parametrize(("cell", "text"), part_of([*read_elsewhere(_TOY)], 10))
def test_a_reference_to_another_cell_is_no_pass(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: whatever other number a formula reads instead, be it a weight, an input or a state, it does not pass."""
    assert answer({**_TOY, cell: text}, tmp_path, effort=3)[0] != 0
