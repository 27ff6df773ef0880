"""Words that choose a weight within a formula: each word that is asked for is an input of 1 or 0."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_CARS = ((2012, "diesel", "manual"), (2018, "petrol", "automatic"), (2015, "petrol", "manual"),
         (2009, "diesel", "automatic"), (2020, "hybrid", "manual"))  # fmt: skip
_ROWS = range(4, 4 + len(_CARS))
_CHOOSES = (
    '=MAX(0,(A{r}-2005)*{w}$4+IF(B{r}="diesel",{w}$5,0)+IF(B{r}="petrol",{w}$6,0)+IF(C{r}="manual",{w}$7,0)+{w}$8)'
)
_MULTIPLIES = '=MAX(0,(A{r}-2005)*{w}$4+(B{r}="diesel")*{w}$5+{w}$6*(B{r}="petrol")+(C{r}="manual")*{w}$7+{w}$8)'
_ONES = (
    '=MAX(0,A{r}/1000*{w}$4+IF(B{r}="diesel",1,0)*{w}$5+IF(B{r}="petrol",1,0)*{w}$6+IF(C{r}="manual",1,0)*{w}$7+{w}$8)'
)


def _network(unit: str, change: Mapping[str, object]) -> dict[str, object]:
    """A car a row in A to C, two units in D and E, its price in F; the weights of the units in H and I."""
    cells: dict[str, object] = {
        "H4": 0.09, "H5": 0.4, "H6": -0.3, "H7": 0.25, "H8": 0.2, "I4": -0.02, "I5": 0.7, "I6": 0.5, "I7": -0.6,
        "I8": 0.9, "H9": 42, "I9": -16, "I10": 26,
    }  # fmt: skip
    for row, (year, fuel, gears) in zip(_ROWS, _CARS, strict=True):
        cells |= {f"A{row}": year, f"B{row}": fuel, f"C{row}": gears}
        cells |= {f"{own}{row}": unit.format(r=row, w=w) for own, w in (("D", "$H"), ("E", "$I"))}
        cells[f"F{row}"] = f"=D{row}*$H$9+E{row}*$I$9+$I$10"
    return cells | change


@pytest.mark.parametrize("unit", [_CHOOSES, _MULTIPLIES, _ONES], ids=["chosen", "multiplied", "ones"])
def test_words_choose_weights(unit: str, tmp_path: Path) -> None:
    """Rule: a weight, or 0, by a word is that weight times the 1 or 0 that encodes the word."""
    assert answer(_network(unit, {}), tmp_path) == (0, set())


@pytest.mark.parametrize("unit", [_CHOOSES, _MULTIPLIES], ids=["chosen", "multiplied"])
def test_the_weight_of_another_word_is_wrong(unit: str, tmp_path: Path) -> None:
    """Rule: one formula of a line that takes another weight is the one that is wrong."""
    own = unit.format(r=6, w="$H")
    wrong = own.replace("$H$7", "$H$6") if "IF" in own else own.replace('(C6="manual")*$H$7', '(C6="manual")*$H$6')
    assert answer(_network(unit, {"D6": wrong}), tmp_path) == (1, {"D6"})


@pytest.mark.parametrize("unit", [_CHOOSES, _MULTIPLIES], ids=["chosen", "multiplied"])
@pytest.mark.parametrize("rows", [_ROWS, (6,)], ids=["in all rows", "in one"])
def test_a_unit_that_asks_for_another_word_is_no_pass(unit: str, rows: range, tmp_path: Path) -> None:
    """Rule: units of a layer have the same inputs; what asks for another word than the unit beside it may be wrong."""
    other = {f"E{row}": unit.format(r=row, w="$I").replace('"diesel"', '"hybrid"') for row in rows}
    code, roots = answer(_network(unit, other), tmp_path)
    assert code != 0
    assert roots <= {f"E{row}" for row in rows}
    twice = {f"E{row}": unit.format(r=row, w="$I").replace('"diesel"', '"petrol"') for row in rows}
    code, roots = answer(_network(unit, twice), tmp_path)
    assert code != 0
    assert roots <= {f"E{row}" for row in rows}


def _with_distance(first: str, second: str) -> dict[str, object]:
    """A car a row: year, distance, fuel, gears in A to D, two units in E and F, its price in G; weights in J and K."""
    cells: dict[str, object] = {
        "J4": 0.09, "J5": -0.006, "J6": 0.25, "J7": 0.15, "J8": 0.2, "K4": -0.02, "K5": 0.01, "K6": -0.4, "K7": 0.3,
        "K8": 0.1, "J9": 420, "K9": -160, "J10": 260,
    }  # fmt: skip
    data = ((2012, 140, "diesel", "manual"), (2017, 60, "petrol", "automatic"), (2015, 95, "diesel", "automatic"),
            (2009, 210, "petrol", "manual"), (2019, 25, "petrol", "automatic"))  # fmt: skip
    for row, own in enumerate(data, 4):
        cells |= {f"{column}{row}": held for column, held in zip("ABCD", own, strict=True)}
        for unit, w, fuel in (("E", "$J", first), ("F", "$K", second)):
            asked = f'IF(C{row}="{fuel}",{w}$6,0)+IF(D{row}="automatic",{w}$7,0)'
            cells[f"{unit}{row}"] = f"=MAX(0,(A{row}-2005)*{w}$4+B{row}*{w}$5+{asked}+{w}$8)"
        cells[f"G{row}"] = f"=E{row}*$J$9+F{row}*$K$9+$J$10"
    return cells


def test_a_unit_for_the_other_of_two_words_is_no_pass(tmp_path: Path) -> None:
    """Rule: it is no layer of its own, though it could be one with another input."""
    assert answer(_with_distance("diesel", "diesel"), tmp_path) == (0, set())
    code, roots = answer(_with_distance("diesel", "petrol"), tmp_path)
    assert code != 0
    assert roots <= {f"F{row}" for row in range(4, 9)}
