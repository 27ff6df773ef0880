"""Numbers that nobody reads and that describe a whole block of data, or all results of a sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_ROWS = range(6, 10)


def _layer(beside: dict[str, object]) -> dict[str, object]:
    """Two inputs in A and B, three units in D, E and F, for four samples."""
    weights = ((0.7, -0.4, 0.55), (1.2, 0.3, -0.65), (0.15, -0.2, 0.05))
    cells: dict[str, object] = {
        f"{c}{r}": w for r, row in enumerate(weights, 1) for c, w in zip("DEF", row, strict=True)
    }
    for row in _ROWS:
        cells |= {f"A{row}": round(0.37 * row - 2.1, 2), f"B{row}": round(1.4 - 0.23 * row, 2)}
        cells |= {f"{c}{row}": f"=TANH($A{row}*{c}$1+$B{row}*{c}$2+{c}$3)" for c in "DEF"}
    return cells | beside


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=SUM(A6:B9)", 0),
        ("=COUNT(A6:B9)", 0),
        ("=MAX(D6:F9)", 0),
        ("=SUM(A6:B8)", 3),
        ("=SUM(A7:B9)", 3),
        ("=AVERAGE(D6:E9)", 3),
        ("=SUM(A6:D9)", 3),
        ("=SQRT(SUMSQ(D6:F6))", 0),
        ("=SQRT(SUMSQ(D6:E6))", 3),
        ("=SQRT(SUM(D6:F6))", 3),
    ],
)
def test_a_number_describes_a_whole_block_or_line(text: str, code: int, tmp_path: Path) -> None:
    """Rule: nothing of its kind stands right beyond what it describes, and it holds either data or results."""
    assert answer(_layer({"H12": text}), tmp_path) == (code, set())


@pytest.mark.parametrize(("missing", "code"), [("", 0), ("K8", 3)])
def test_a_block_with_a_hole_is_not_described(missing: str, code: int, tmp_path: Path) -> None:
    """Rule: where a formula is missing in a block, it may have been forgotten, and the total with it."""
    block = {f"{c}{row}": f"={y}{row}*2" for row in _ROWS for c, y in (("K", "D"), ("L", "E"))}
    kept = {cell: text for cell, text in block.items() if cell != missing}
    assert answer(_layer({"H12": "=SUM(K6:L9)", **kept}), tmp_path) == (code, set())
