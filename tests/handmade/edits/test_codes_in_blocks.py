"""Blocks of samples side by side that look up the numbers of words by codes from 0 on."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_CODES = ((1, 3, 0), (2, 2, 1), (0, 1, 3))


def _cells() -> dict[str, object]:
    """Two numbers for each of four words in A1:B4, a unit's weights below, and three samples of three words, each
    with the code, the two numbers and the state in columns of its own."""
    cells: dict[str, object] = {f"{c}{row}": round(0.43 * row - 0.71 * n - 0.8, 3)
                                for n, c in enumerate("AB") for row in range(1, 5)}  # fmt: skip
    cells |= {"A6": 0.61, "B6": -0.84, "A7": 0.33, "B7": 0.12}
    for n, columns in enumerate(("EFGH", "KLMN", "QRST")):
        code, one, other, state = columns
        for k, number in enumerate(_CODES[n]):
            row = 10 + k
            cells |= {f"{code}{row}": number}
            for c, place in ((one, 1), (other, 2)):
                cells[f"{c}{row}"] = f"=INDEX($A$1:$B$4,${code}{row}+1,{place})"
            before = f"+{state}{row - 1}*$A$7" if k else ""
            cells[f"{state}{row}"] = f"=TANH({one}{row}*$A$6+{other}{row}*$B$6{before}+$B$7)"
    return cells


def test_numbers_of_words_agree(tmp_path: Path) -> None:
    """Rule: what only fetches an input is none of the network's formulas."""
    assert answer(_cells(), tmp_path) == (0, set())


def test_of_three_samples_the_one_that_forgets_the_1_is_wrong(tmp_path: Path) -> None:
    """Rule: what two samples do is not mended in one of them because a third one does otherwise."""
    assert answer(_cells() | {"F11": "=INDEX($A$1:$B$4,$E11,1)"}, tmp_path) == (1, {"F11"})
