"""What is said of consecutive stretches of results: known where these cover the whole line, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from equation_sheets import answer, dense, simple_rnn

_MEANS = ("=AVERAGE({0})", "=SUM({0})", "=SQRT(SUMSQ({0})/{1})", "=SQRT(SUMSQ({0})/COUNT({0}))", "=MAX({0})-MIN({0})")


def _described(formula: str, *stretches: tuple[int, int]) -> dict[str, object]:
    """Nine steps, the output of each in column L, and a formula for each of some stretches of these."""
    cells: dict[str, object] = {**simple_rnn(9), "B10": 0.7, "C10": -0.4, "D10": 0.3}
    cells |= {f"L{row}": f"=H{row}*$B$10+I{row}*$C$10+J{row}*$D$10" for row in range(12, 21)}
    for number, (first, last) in enumerate(stretches):
        cells[f"P{3 + number}"] = formula.format(f"L{first}:L{last}", last - first + 1)
    return cells


@pytest.mark.keras
@pytest.mark.parametrize("formula", _MEANS)
def test_stretches_that_cover_a_line_are_known(formula: str, tmp_path: Path) -> None:
    """The mean of each month, or the errors of the training and of the test; be what is said of all beside them."""
    assert answer(_described(formula, (12, 15), (16, 20)), tmp_path) == (0, set())


@pytest.mark.keras
@pytest.mark.parametrize("stretches", [((12, 14), (15, 19)), ((12, 15), (17, 20)), ((12, 15), (15, 20))])
def test_a_gap_or_an_overlap_is_no_pass(stretches: tuple[tuple[int, int], ...], tmp_path: Path) -> None:
    """Nor is a stretch of which the other one is missing; nobody is blamed."""
    assert answer(_described("=AVERAGE({0})", *stretches), tmp_path, effort=3) == (3, set())


@pytest.mark.keras
def test_nobody_knows_which_of_two_stretches_goes_on_to_what_is_between_them(tmp_path: Path) -> None:
    """However much time there is."""
    assert answer(_described("=AVERAGE({0})", (12, 15), (17, 20)), tmp_path, effort=30) == (3, set())


@pytest.mark.keras
def test_a_stretch_is_divided_by_how_many_it_has(tmp_path: Path) -> None:
    """The number of the other stretch is a slip."""
    cells = _described("=SUMSQ({0})/{1}", (12, 15), (16, 20)) | {"P4": "=SUMSQ(L16:L20)/4"}
    assert answer(cells, tmp_path, effort=3) == (3, set())


@pytest.mark.keras
@pytest.mark.parametrize(("last", "code"), [(14, 0), (12, 3)])
def test_a_sum_ends_where_samples_do_that_stand_apart(last: int, code: int, tmp_path: Path) -> None:
    """A blank row lies between two samples, so that the next number does not stand right behind the range."""
    apart = {8: 8, 9: 10, 10: 12, 11: 14}

    def moved(text: object) -> str:
        return re.sub(r"(?<=[E-J])\d+", lambda row: str(apart[int(row[0])]), str(text))

    cells = {moved(place): moved(own) if isinstance(own, str) else own for place, own in dense(4).items()}
    for row in apart.values():
        cells |= {f"K{row}": 0.1 * row, f"L{row}": -0.2, f"M{row}": f"=(I{row}-K{row})^2+(J{row}-L{row})^2"}

    assert answer(cells | {"P3": f"=SUM(M8:M{last})"}, tmp_path, effort=5 if code == 3 else None) == (code, set())
