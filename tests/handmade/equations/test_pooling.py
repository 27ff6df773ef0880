"""Maxima and means over windows of a picture, of which the last rows and columns may be left out as Keras does."""

from __future__ import annotations

from itertools import product
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


def _both(**other: object) -> dict[str, object]:
    """A filter of 2×2 over a picture of 4×4, and a unit that reads the mean and the largest of the nine results."""
    cells: dict[str, object] = {
        "F1": 0.8,
        "G1": -0.5,
        "F2": 0.3,
        "G2": 0.9,
        "F4": 0.1,
        "M1": 0.7,
        "N1": -0.6,
        "O1": 0.2,
    }
    for row in range(4):
        cells |= {cell_name(row, column): round(((row * 7 + column * 3) % 11) / 10 - 0.4, 2) for column in range(4)}
    for row, column in product(range(3), repeat=2):
        patch = f"{cell_name(row, column)}:{cell_name(row + 1, column + 1)}"
        cells[cell_name(row, 8 + column)] = f"=MAX(0,SUMPRODUCT({patch},$F$1:$G$2)+$F$4)"
    cells |= {"M3": "=AVERAGE(I1:K3)", "N3": "=MAX(I1:K3)", "M4": "=1/(1+EXP(-(M3*M1+N3*N1+O1)))"}
    return cells | other


def test_a_unit_may_read_the_mean_and_the_largest(tmp_path: Path) -> None:
    """Rule: what two layers without weights make of the same results is read side by side."""
    assert answer(_both(), tmp_path) == (0, set())
    wrong = _both(J2="=MAX(0,SUMPRODUCT(B2:C3,$F$1:$G$2)-$F$4)")
    assert answer(wrong, tmp_path) == (1, {"J2"})


def _two_channels(shift: int = 0) -> dict[str, object]:
    """Two pictures of 4×4 with typed zeros around them, in A:F and H:M, and one filter of 3×3 for each."""
    cells: dict[str, object] = {"V5": 0.1}
    for row, column in product(range(6), repeat=2):
        inside = 0 < row < 5 and 0 < column < 5
        for left, seed in ((0, 3), (7, 5)):
            cells[cell_name(row, left + column)] = round((row * 7 + column * seed) % 10 / 10, 1) if inside else 0
    for row, column in product(range(3), repeat=2):
        cells[cell_name(row, 15 + column)] = round(0.9 - 0.37 * row + 0.21 * column, 2)
        cells[cell_name(row, 19 + column)] = round(0.23 * row - 0.51 * column + 0.3, 2)
    for row, column in product(range(4), repeat=2):
        lefts = (column, 7 + shift + column)
        patches = [f"{cell_name(row, left)}:{cell_name(row + 2, left + 2)}" for left in lefts]
        sums = f"SUMPRODUCT({patches[0]},$P$1:$R$3)+SUMPRODUCT({patches[1]},$T$1:$V$3)"
        cells[cell_name(7 + row, column)] = f"=MAX(0,{sums}+$V$5)"
    return cells | {"A13": "=AVERAGE(A8:D11)"}


def test_the_middle_of_a_picture_is_no_filter(tmp_path: Path) -> None:
    """Rule: pixels that nearly all windows have are multiplied by the weights; windows that all begin a column late
    leave out one end of a picture and go beyond the other."""
    assert answer(_two_channels(), tmp_path) == (0, set())
    code, roots = answer(_two_channels(shift=1), tmp_path, 5)
    every = {f"{column}{row}" for column in "ABCD" for row in range(8, 12)}
    assert (code, roots) in [(3, set()), (1, every)]  # as far as time allows


def _windows(**other: object) -> dict[str, object]:
    """Windows of 2×2 that OFFSET finds by the counters beside and above them."""
    cells: dict[str, object] = {"A9": 0.8, "B9": -0.5, "A10": 0.3, "B10": 0.9, "D9": 0.1}
    for row, column in product(range(6), repeat=2):
        cells[cell_name(row, column)] = round(((row * 5 + column * 3) % 11) / 10 - 0.4, 2)
    for at in range(3):
        cells |= {cell_name(12, 1 + at): 2 * at, cell_name(13 + at, 0): 2 * at}
    for row, column in product(range(3), repeat=2):
        window = f"OFFSET($A$1,$A{14 + row},{'BCD'[column]}$13,2,2)"
        cells[cell_name(13 + row, 1 + column)] = f"=TANH(SUMPRODUCT({window},$A$9:$B$10)+$D$9)"
    return cells | other


@pytest.mark.parametrize(("other", "code"), [({}, 0), ({"A15": 1}, 3), ({"D13": 3}, 3)])
def test_windows_may_be_found_by_counters(other: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: numbers that count on evenly along rows and columns say where windows lie; unevenly they may be wrong."""
    assert answer(_windows(**other), tmp_path, 5) == (code, set())
