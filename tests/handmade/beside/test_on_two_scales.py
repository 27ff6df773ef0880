"""Errors that compare what stands on the scale of scaled inputs with the numbers as they were typed."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.api import check
from xlcheck.engines import engine
from xlcheck.handmade.beside.on_two_scales import compared_unscaled
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.reader import read_workbook

_ROWS = range(9, 14)
_SCALES = ("({x}-{c}$3)/{c}$4", "STANDARDIZE({x},{c}$3,{c}$4)", "({x}-{c}$3)/({c}$4-{c}$3)", "{x}/{c}$4")


def _autoencoder(scale: str, error: str) -> dict[str, object]:
    """Two numbers of each row in A and B, scaled in C and D, a code in E, and what is made of it in F and G."""
    cells: dict[str, object] = {"A3": 61.0, "A4": 8.5, "B3": 4.2, "B4": 0.7}
    cells |= {"I1": 0.8, "I2": -0.6, "I3": 0.1, "J1": 0.9, "K1": -0.7, "J2": 0.05, "K2": -0.1}
    for row in _ROWS:
        cells |= {f"A{row}": 55.0 + 3.3 * ((row * 5) % 7), f"B{row}": 3.4 + 0.31 * ((row * 3) % 5)}
        for typed, scaled in zip("AB", "CD", strict=True):
            cells[f"{scaled}{row}"] = "=" + scale.format(x=f"{typed}{row}", c=typed)
        cells[f"E{row}"] = f"=TANH(C{row}*$I$1+D{row}*$I$2+$I$3)"
        cells |= {f"F{row}": f"=E{row}*$J$1+$J$2", f"G{row}": f"=E{row}*$K$1+$K$2"}
        cells[f"H{row}"] = "=" + error.format(r=row)
    return cells


def _said(cells: dict[str, object], path: Path, with_verdict: str = "EFG") -> list[str]:
    table = CellTable(read_workbook(save(cells, path)))
    values = answers_of(table, engine("ironcalc")).values
    made, judged = ([f"S!{c}{row}" for c, row in product(columns, _ROWS)] for columns in ("CD", with_verdict))
    of = {f"S!{chr(65 + column)}{row + 1}": (sheet, row, column) for sheet, row, column in table.texts}
    found = compared_unscaled(
        table, values, Precedents(table), *([of[n] for n in own] for own in (made, [*of], judged))
    )
    return [*found]


@pytest.mark.parametrize("scale", _SCALES)
@pytest.mark.parametrize(
    ("error", "is_told"),
    [
        ("((C{r}-F{r})^2+(D{r}-G{r})^2)/2", False),
        ("SUMXMY2(C{r}:D{r},F{r}:G{r})/2", False),
        ("((A{r}-F{r})^2+(B{r}-G{r})^2)/2", True),
        ("SUMXMY2(F{r}:G{r},A{r}:B{r})/2", True),
        ("F{r}*A$4+A$3-A{r}", False),  # put back on the scale of the input
    ],
)
def test_an_error_compares_what_stands_on_one_scale(scale: str, error: str, is_told: bool, tmp_path: Path) -> None:
    """Rule: what a network makes of scaled numbers is not compared with the numbers as they were typed."""
    told = ["S!H9 compares S!F9 with S!A9, while the network reads it as S!C9 makes it"]
    assert _said(_autoencoder(scale, error), tmp_path / "w.xlsx") == (told if is_told else [])


def test_what_no_result_is_made_of_may_be_compared(tmp_path: Path) -> None:
    """Rule: a result may be compared with the number of another row, of which it is not made."""
    assert _said(_autoencoder(_SCALES[0], "F{r}-A$9") | {"H9": "=F9-F10"}, tmp_path / "w.xlsx") == []


def test_an_autoencoder_that_is_compared_with_raw_numbers_is_no_pass(tmp_path: Path) -> None:
    """Rule: the whole check says so, too, and passes the same network with the errors that are meant."""
    right = check(save(_autoencoder(_SCALES[0], "((C{r}-F{r})^2+(D{r}-G{r})^2)/2"), tmp_path / "right.xlsx"))
    assert right.ok
    wrong = check(save(_autoencoder(_SCALES[0], "((A{r}-F{r})^2+(B{r}-G{r})^2)/2"), tmp_path / "wrong.xlsx"))
    assert not wrong.ok
    assert not wrong.roots
    assert any("compares S!F9 with S!A9" in why for why in wrong.reservations)


@pytest.mark.parametrize("scale", _SCALES)
@pytest.mark.parametrize("copied", [False, True], ids=["as typed", "copied"])
@pytest.mark.parametrize(
    ("back", "is_told"),
    [("", False), ("-0.5*{c}$4", True), ("+1", True), ("*2", True)],
    ids=["undone", "moved", "a little", "twice"],
)
def test_what_is_put_back_is_the_number_that_was_scaled(
    scale: str, copied: bool, back: str, is_told: bool, tmp_path: Path
) -> None:
    """Rule: with numbers of the scale of what it is compared with, a formula undoes this scale, and nothing else."""
    undone = {_SCALES[0]: "F{r}*A$4+A$3", _SCALES[2]: "F{r}*(A$4-A$3)+A$3", _SCALES[3]: "F{r}*A$4"}
    cells = _autoencoder(scale, "K{r}-L{r}" if copied else "K{r}-A{r}")
    for row in _ROWS:
        cells |= {f"K{row}": "=" + (undone.get(scale, undone[_SCALES[0]]) + back).format(r=row, c="A")}
        cells |= {f"L{row}": f"=A{row}"} if copied else {}

    told = ["S!K9 is compared with S!A9, and does not undo what S!C9 does"]
    assert _said(cells, tmp_path / "w.xlsx") == (told if is_told else [])


def test_what_is_put_back_with_other_numbers_may_be_meant(tmp_path: Path) -> None:
    """Rule: a formula that reads nothing of a scale, or two results, may be one of another kind."""
    for number, back in enumerate(("F{r}*12+50", "(F{r}+G{r})/2*A$4+A$3")):
        cells = _autoencoder(_SCALES[0], "K{r}-A{r}") | {f"K{r}": "=" + back.format(r=r) for r in _ROWS}
        assert _said(cells, tmp_path / f"{number}.xlsx") == []


def test_what_has_a_verdict_is_put_back_as_it_should(tmp_path: Path) -> None:
    """Rule: of a formula that was compared with Keras, nobody asks what it undoes."""
    cells = _autoencoder(_SCALES[0], "K{r}-A$9") | {"H9": "=F9-F10"}
    cells |= {f"K{row}": f"=F{row}*A$4+A$3+1" for row in _ROWS}

    assert _said(cells, tmp_path / "w.xlsx") == ["S!K10 is compared with S!A9, and does not undo what S!C9 does"]
    assert _said(cells, tmp_path / "w.xlsx", with_verdict="EFGK") == []
