"""Numbers that formulas add to products of two tables: which of them are factors of ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from rated_sheets import RESULTS, SUM, rated
from recognised_sheets import a1, sheet

from xlcheck.handmade.rewriting.added_numbers import added_numbers, numbers_left_out


def _moved(cells: dict[str, object], folder: Path) -> dict[str, str]:
    """Each cell with another formula → the formula; none if nothing is a factor."""
    found = sheet(cells, folder)
    moved = added_numbers(found.table, found.terms)
    return {} if moved is None else {a1(cell): text for cell, text in moved.texts.items()}


def test_the_number_of_the_larger_table_is_a_factor_and_that_of_all_is_added_to_it(tmp_path: Path) -> None:
    """Rule: films keep their numbers as biases; each user has an input more, of which the weights are ones."""
    moved = _moved(rated(), tmp_path)

    assert {cell: text for cell, text in moved.items() if cell not in RESULTS} == {
        f"L{row}": f"G1+G{row}" for row in range(11, 15)
    }
    assert moved["C12"] == "$E12*C$7+$F12*C$8+C$9+$L12*C$24"


def test_without_a_number_of_all_the_number_itself_is_the_input(tmp_path: Path) -> None:
    moved = _moved(rated(SUM.removeprefix("$G$1+")), tmp_path)

    assert ({*moved}, moved["C12"]) == ({*RESULTS}, "$E12*C$7+$F12*C$8+C$9+$G12*C$24")


@pytest.mark.parametrize(
    ("formula", "slips"),
    [
        ("$E{row}*{film}$7+$F{row}*{film}$8+{film}$9", {}),  # an ordinary bias
        (SUM, {"C12": "=$G$1+$E12*C$7+$F12*C$8+$G13+C$9"}),  # the number of another user
        (SUM, {"C12": "=$G$1+$E12*C$7+$F12*D$8+$G12+C$9"}),  # a factor of another film
        (SUM, {"C12": "=$E12*C$7+$F12*C$8+$G12+C$9"}),  # the number of all is missing
        (SUM.replace("$G{row}", "$G$11"), {}),  # two numbers of all
        (SUM.replace("$G{row}", "$E{row}"), {}),  # a factor is no number beside
        (SUM.replace("+$G{row}", "-$G{row}"), {}),
        (SUM.replace("{film}$7", "$B$7"), {}),  # a factor of all
        (SUM, {"D12": "=$G$1+$E12*C$7+$F12*C$8+$G12+C$9"}),  # one pair twice
    ],
)
def test_what_formulas_do_not_add_alike_is_left(formula: str, slips: dict[str, object], tmp_path: Path) -> None:
    """Rule: each line of a table has one number, and each number one line."""
    assert _moved(rated(formula) | slips, tmp_path) == {}


def test_numbers_that_no_formula_reads_are_left_out_but_for_those_that_name_lines(tmp_path: Path) -> None:
    """Rule: numbers that stand in one order in two places are names; a rate is that of a training."""
    cells = rated() | {f"A{row}": number for row, number in zip(range(2, 6), (14, 29, 72, 211), strict=True)}
    cells |= {f"A{row}": number for row, number in zip(range(11, 15), (14, 29, 72, 211), strict=True)}
    assert numbers_left_out(sheet(cells | {"I1": "learning rate", "J1": 0.1}, tmp_path).part) == set()

    for others in ({"A14": 212}, {"I4": 0.7}, {"I4": 14, "I5": 29, "J4": 14, "J5": 29}):
        found = numbers_left_out(sheet(cells | others, tmp_path).part)
        assert others.keys() <= set(map(a1, found))
