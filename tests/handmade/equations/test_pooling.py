"""Maxima and means over windows of a picture, of which the last rows and columns may be left out as Keras does."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

from xlcheck.formulas.addresses import cell_name

pytestmark = pytest.mark.keras


def _pictures(size: int, pool: str = "MAX") -> dict[str, object]:
    """Two filters of 2×2 over a picture, maps of `size` rows and columns, windows of 2×2 of these and one output."""
    cells: dict[str, object] = {
        cell_name(row, column): round(((row * 7 + column * 3) % 11) / 10 - 0.4, 2)
        for row in range(size + 1) for column in range(size + 1)
    }  # fmt: skip
    parts, half = [], size // 2
    for number in range(2):
        top = 20 + 10 * number
        for k, place in enumerate(((0, 0), (0, 1), (1, 0), (1, 1))):
            cells[cell_name(top + place[0], place[1])] = round(0.9 - 0.5 * k + 0.3 * number * k, 2)
        cells[cell_name(top, 3)] = 0.1 - 0.3 * number
        for row in range(size):
            for column in range(size):
                patch = f"{cell_name(row, column)}:{cell_name(row + 1, column + 1)}"
                kernel = f"$A${top + 1}:$B${top + 2}"
                cells[cell_name(top + row, 6 + column)] = f"=TANH(SUMPRODUCT({patch},{kernel})+$D${top + 1})"
        for row in range(half):
            for column in range(half):
                window = cell_name(top + 2 * row, 6 + 2 * column), cell_name(top + 2 * row + 1, 7 + 2 * column)
                cells[cell_name(top + row, 16 + column)] = f"={pool}({':'.join(window)})"
                cells[cell_name(top + row, 20 + column)] = round(0.7 - 0.4 * row + 0.2 * column - 0.1 * number, 2)
        of = [f"{cell_name(top, c)}:{cell_name(top + half - 1, c + half - 1)}" for c in (16, 20)]
        parts.append(f"SUMPRODUCT({','.join(of)})")
    return cells | {"Z20": 0.25, "Z21": f"=1/(1+EXP(-({'+'.join(parts)}+Z20)))"}


@pytest.mark.parametrize("pool", ["MAX", "AVERAGE"])
@pytest.mark.parametrize("size", [4, 5])
def test_windows_of_a_picture(size: int, pool: str, tmp_path: Path) -> None:
    """Of five rows the last one has no room in windows of two, and nothing else is left out."""
    assert answer(_pictures(size, pool), tmp_path) == (0, set())


@pytest.mark.parametrize("wrong", [{"Q21": "=MAX(H22:I23)"}, {"R22": "=MAX(J23:K24)"}])
def test_windows_that_do_not_cover_a_picture_from_its_beginning_are_none(
    wrong: dict[str, object], tmp_path: Path
) -> None:
    """What is left out stands at the end."""
    assert answer(_pictures(5) | wrong, tmp_path, effort=5)[0] != 0


def test_a_number_typed_over_the_output_is_no_pass(tmp_path: Path) -> None:
    """Its weights stand beside what it would read, and no formula reads either."""
    assert answer(_pictures(5) | {"Z21": 0.5}, tmp_path, effort=5) == (3, set())
