"""Formulas beside a network that fail, or would give more than a worksheet holds: the check goes on without them."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import simple_rnn, verdict

pytestmark = pytest.mark.keras


@pytest.mark.parametrize(
    "formula",
    [
        "=MOD(4,0)*H12",
        "=MOD(4,Z1)+H12",
        "=LOG(H12,1)",
        "=ROUND(H12,400)",
        "=ROUND(H12,-400)",
        "=SUM(SEQUENCE(1E9))*H12",
        "=POWER(0,-1)*H12",
        "=EXP(1000)+H12",
    ],
)
def test_a_check_goes_on_beside_it(tmp_path: Path, formula: str) -> None:
    """Nobody is blamed, and nothing ends the check."""
    found = verdict(simple_rnn(5) | {"L13": formula}, tmp_path)

    assert found.code in {0, 3}
    assert not found.roots
