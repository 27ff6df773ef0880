"""A column of results as a book gives them, beside what a sheet computes: whoever follows a book compares."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from pathlib import Path

import pytest
from equation_sheets import answer, verdict
from recognised_sheets import sheet

from xlcheck.handmade.accepting.shown_beside import answer_key

pytestmark = pytest.mark.keras
_GIVEN = {2: 0.4, 3: -0.2, 4: 0.3, 5: 0.5, 6: 0.1, 7: 0.7, 8: -0.4, 9: 0.9}
_FORMULAS = {
    10: "=B4*B2+B5*B3+B6", 11: "=1/(1+EXP(-B10))", 12: "=B7*B11+B8", 13: "=1/(1+EXP(-B12))", 14: "=(B9-B13)^2/2",
    15: "=(B13-B9)*B13*(1-B13)", 16: "=B15*B11", 17: "=B15*B7*B11*(1-B11)", 18: "=B17*B2", 19: "=B17*B3",
    20: "=B4-0.5*B18", 21: "=B5-0.5*B19", 22: "=B7-0.5*B16",
}  # fmt: skip


def _results() -> dict[int, float]:
    """What a book says of it, which rounds on the way."""
    x, y, w, v, b, u, c, t = _GIVEN.values()
    net = round(w * x + v * y + b, 4)
    h = round(1 / (1 + exp(-net)), 4)
    out = round(u * h + c, 4)
    o = round(1 / (1 + exp(-out)), 4)
    d = round((o - t) * o * (1 - o), 4)
    e = round(d * u * h * (1 - h), 4)
    slopes = [round(d * h, 4), e, round(e * x, 4), round(e * y, 4)]
    new = [round(own - 0.5 * slope, 4) for own, slope in ((w, slopes[2]), (v, slopes[3]), (u, slopes[0]))]
    return dict(zip(_FORMULAS, (net, h, out, o, round((t - o) ** 2 / 2, 4), d, *slopes, *new), strict=True))


def _sheet(compare: Callable[[int], dict[str, str]]) -> dict[str, object]:
    cells: dict[str, object] = {f"B{row}": own for row, own in {**_GIVEN, **_FORMULAS}.items()}
    for row, result in _results().items():
        cells |= {f"C{row}": result, **compare(row)}
    return cells


_WAYS: dict[str, Callable[[int], dict[str, str]]] = {
    "distance and mark": lambda r: {f"D{r}": f"=ABS(B{r}-C{r})", f"E{r}": f'=IF(D{r}<0.001,"ok","?")'},
    "difference and its largest": lambda r: {f"D{r}": f"=C{r}-B{r}", "D30": "=MAX(D10:D22)"},
    "mark": lambda r: {f"D{r}": f'=IF(ABS(B{r}-C{r})<0.001,"ok","?")'},
    "equal when rounded": lambda r: {f"D{r}": f"=ROUND(B{r},3)=ROUND(C{r},3)"},
}


@pytest.mark.parametrize("way", _WAYS)
def test_what_is_compared_with_a_book_is_judged_without_that(way: str, tmp_path: Path) -> None:
    """Rule: typed numbers that are the results are no targets; a mistake is found, though the book says it, too."""
    cells = _sheet(_WAYS[way])
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, len(_FORMULAS))
    assert answer(cells | {"B19": "=B17*B2"}, tmp_path) == (1, {"B19"})


def test_targets_are_no_results_of_a_book(tmp_path: Path) -> None:
    """Rule: what a training is to reach is not what it gives, or only in few digits."""
    cells: dict[str, object] = {"A1": 0.5, "B1": 0.2}
    for row, x, t in zip(range(3, 7), (0.1, 0.5, -0.3, 0.9), (1, 0, 1, 0), strict=True):
        cells |= {
            f"A{row}": x,
            f"B{row}": t,
            f"C{row}": f"=1/(1+EXP(-($A$1*A{row}+$B$1)))",
            f"D{row}": f"=C{row}-B{row}",
        }
    cells |= {"F3": "=SUMPRODUCT(D3:D6,A3:A6)", "F4": "=SUM(D3:D6)", "G3": "=A1-0.1*F3", "G4": "=B1-0.1*F4"}
    assert verdict(cells, tmp_path).agree == 12


@pytest.mark.parametrize(
    ("digits", "slip", "size"), [(2, None, 0), (3, None, 6), (6, None, 6), (6, "=C6-B5", 0), (6, "=C5-B6", 0)]
)
def test_what_fits_well_is_no_answer_key(digits: int, slip: str | None, size: int, tmp_path: Path) -> None:
    """Rule: outputs may be near to their targets; of three digits these are results that somebody computed.

    A line in which one formula compares otherwise is no key, so that this formula is looked at.
    """
    cells: dict[str, object] = {"A1": 0.5, "B1": 0.2}
    for row, x in zip(range(3, 9), (0.1, 0.5, -0.3, 0.9, 0.2, -0.7), strict=True):
        output = 1 / (1 + exp(-(0.5 * x + 0.2)))
        cells |= {f"A{row}": x, f"B{row}": round(output, digits), f"C{row}": f"=1/(1+EXP(-($A$1*A{row}+$B$1)))"}
        cells |= {f"D{row}": f"=C{row}-B{row}"}
    cells |= {} if slip is None else {"D5": slip}
    assert len(answer_key(sheet(cells, tmp_path).part)) == size
