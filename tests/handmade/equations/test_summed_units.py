"""A sum of all units found by what formulas compute, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import a1, sheet

from xlcheck.handmade.equations.found import Found
from xlcheck.handmade.equations.unit_sums import summed
from xlcheck.handmade.forms.functions import Functions

_NUMBERS = ((0.3, 1.2), (0.9, 0.4), (1.5, 0.2), (0.7, 0.8))


def _filled(column: str, formula: str, rows: int = 4) -> dict[str, object]:
    return {f"{column}{row}": formula.format(r=row) for row in range(1, rows + 1)}


def _found(formulas: Mapping[str, object], folder: Path, rows: int = 4, units: int = 2) -> Found | None:
    """What sums up the units in A and B, a sample a row."""
    of = {(row, unit): ("S", row, unit) for row in range(rows) for unit in range(units)}
    numbers = {a1(cell): _NUMBERS[step][unit] for (step, unit), cell in of.items()}
    found = sheet({**numbers, **formulas}, folder)
    return summed(of, Functions(found.terms, (), of.values()), ())


_SUM = _filled("C", "=A{r}+B{r}")
_SIGMOID = "=1/(1+EXP(-{0}))"


@pytest.mark.parametrize(
    ("formulas", "column", "bent"),
    [
        (_SUM, "C", ""),
        (_filled("C", "=SUM(A{r}:B{r})"), "C", ""),
        (_filled("C", _SIGMOID.format("(B{r}+A{r})")), "C", "sigmoid"),
        (_filled("C", "=TANH(A{r}+B{r})"), "C", "tanh"),
        (_filled("C", "=MAX(0,A{r}+B{r})"), "C", "relu"),
        (_SUM | _filled("D", _SIGMOID.format("C{r}")), "D", "sigmoid"),
        (_SUM | _filled("D", "=C{r}*C{r}"), "C", ""),  # an error, or whatever else
    ],
)
def test_all_units_of_each_sample_are_added(
    formulas: dict[str, object], column: str, bent: str, tmp_path: Path
) -> None:
    """Rule: it is Keras's Add, and what is done with the sum may stand in the same cell, or in one behind it."""
    found = _found(formulas, tmp_path)

    assert found is not None
    assert (found.layer.kind, found.bent) == ("Add", bent)
    assert {key: a1(cell) for key, cell in found.results.items()} == {(n, 0): f"{column}{n + 1}" for n in range(4)}
    assert [[a1(cell) for (cell,) in unit] for unit in found.inputs] == [[f"{c}{n}" for n in range(1, 5)] for c in "AB"]


@pytest.mark.parametrize(
    "formulas",
    [
        _filled("C", "=A{r}-B{r}"), _filled("C", "=A{r}+B{r}+1"), _filled("C", "=AVERAGE(A{r}:B{r})"),
        _filled("C", "=A{r}+A{r}"), _SUM | {"C4": "=TANH(A4+B4)"}, _SUM | {"C4": "=A4+B3"}, _SUM | {"E2": "=A2*3"},
        _filled("C", "=A{r}+B{r}", 3),
    ],
)  # fmt: skip
def test_what_is_no_sum_of_each_sample_is_not_found(formulas: dict[str, object], tmp_path: Path) -> None:
    """Rule: every sample has one, all have the same, and nothing else reads the units."""
    assert _found(formulas, tmp_path) is None


def test_activations_behind_sums_are_those_of_all_or_of_none(tmp_path: Path) -> None:
    """Rule: where one sample lacks it, or has another one, the sums are the layer's results."""
    bent = _filled("D", "=TANH(C{r})")
    for odd in ({"D4": None}, {"D4": _SIGMOID.format("C4")}, {"E4": "=MAX(0,C4)"}):
        found = _found({**_SUM, **bent, **odd}, tmp_path)
        assert found is not None
        assert (found.bent, a1(found.results[0, 0])) == ("", "C1")


def test_few_sums_and_sums_of_shares_are_statistics(tmp_path: Path) -> None:
    """Rule: of two samples, of one unit, and of shares, which people add up to see that they make 1."""
    assert _found(_filled("C", "=A{r}+B{r}", 2), tmp_path, rows=2) is None
    assert _found(_filled("C", "=A{r}*1", 4), tmp_path, units=1) is None
    shares = {f"B{row}": 1 - one for row, (one, _) in enumerate(_NUMBERS, 1)}
    assert _found({**_SUM, **shares}, tmp_path) is None
    assert _found({**_SUM, **shares, "B1": 0.8}, tmp_path) is not None
