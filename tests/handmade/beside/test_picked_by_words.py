"""Losses that take the probability of a letter by hand, below the letter that should come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from recognised_sheets import sheet

from xlcheck.handmade.beside.picked_by_words import picked_otherwise

_LETTERS = {"B": "h", "C": "e", "D": "l", "E": "l"}
_NEXT = {"B": "e", "C": "l", "D": "l", "E": "o"}
_ROWS = {"h": 4, "e": 5, "l": 6, "o": 7}


def _losses() -> dict[str, object]:
    """Letters in row 2, probabilities in rows 4 to 7, the next letters in row 9 and a loss of each in row 10."""
    cells: dict[str, object] = {f"A{row}": f"p {letter}" for letter, row in _ROWS.items()} | {
        "A9": "next",
        "A10": "loss",
    }
    for column, letter in _LETTERS.items():
        cells |= {f"{column}2": letter, f"{column}9": _NEXT[column]}
        cells |= {f"{column}{row}": f"=1/(1+EXP(-0.{row}*{ord(column)}/70))" for row in _ROWS.values()}
        cells[f"{column}10"] = f"=-LN({column}{_ROWS[_NEXT[column]]})"
    return cells


def _turned(cells: Mapping[str, object]) -> dict[str, object]:
    """The same with rows for columns."""
    names = {f"{c}{r}": f"{'ABCDEFGHIJ'[r - 1]}{'ABCDEFGHIJ'.index(c) + 1}" for c in "ABCDE" for r in range(1, 11)}
    found: dict[str, object] = {}
    for cell, own in cells.items():
        text = str(own)
        for old in sorted(names, key=len, reverse=True) if text.startswith("=-LN") else ():
            if f"({old})" in text:
                text = text.replace(f"({old})", f"({names[old]})")
                break
        found[names[cell]] = text if text.startswith("=-LN") else own
    return found


@pytest.mark.parametrize("turn", [dict, _turned], ids=["in rows", "in columns"])
@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({}, 0),
        ({"D10": "=-LN(D5)"}, 1),
        ({"E10": "=-LN(E4)"}, 1),
        ({"D10": "=-LN(D5)", "D9": "e"}, 0),
        ({"D10": "=-LN(D5)", "E10": "=-LN(E4)"}, 0),  # half of them: other words may be meant
        ({"D10": "=-LN(D5)", "D9": None}, 0),
        ({"D10": "=-LN(D5)", "D9": "x"}, 0),  # no class
        ({f"A{row}": None for row in _ROWS.values()} | {"D10": "=-LN(D5)"}, 0),
    ],
)
def test_what_is_taken_by_hand(
    other: dict[str, object], count: int, turn: type[dict[str, object]], tmp_path: Path
) -> None:
    """Rule: the word in line with a loss says which probability it takes, if it does so at most others."""
    cells = {cell: own for cell, own in (_losses() | other).items() if own is not None}
    part = sheet(turn(cells), tmp_path).part
    assert len([*picked_otherwise(part.table, part.precedents)]) == count
