"""Counts and shares of decisions: of all of a line, of one line of a table, and divided by how many there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.beside.counted_parts import counts_a_part
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads

_RESULTS = {f"{column}{row}": 0.3 * row - 0.4 * (column == "B") for row in (1, 2, 3) for column in "AB"}
_COUNTED = {f"C{row}": f'=IF(A{row}>B{row},"yes","no")' for row in (1, 2, 3)} | {
    f"{column}{row}": f'=COUNTIFS(C1:C3,"{said}",H11:H13,{target})'
    for row, said in ((5, "yes"), (6, "no"))
    for column, target in (("F", 1), ("G", 0))
}
"""Decisions of three samples, and a table of how many of them there are of each kind, by what was wanted."""


@pytest.mark.parametrize(
    ("share", "is_odd"),
    [
        ("F5/(F5+G5)", False),  # precision
        ("F5/(F5+F6)", False),  # recall
        ("F5/(F6+F5)", False),
        ("F5/(F5+G6)", True),
        ("G6/(F5+G6)", True),
        ("F5/(F5+F6+G5)", False),
        ("(F5+G6)/3", False),
        ("(F5+G6)/4", True),
        ("F5/3", False),
        ("F5/4", True),
    ],
)
def test_a_share_of_counts_is_of_one_line(share: str, is_odd: bool, tmp_path: Path) -> None:
    """Rule: what two counts are the share of has something in common, and no number but theirs divides a count."""
    targets = {"H11": 1, "H12": 0, "H13": 1}
    own = sheet({**_RESULTS, **_COUNTED, **targets, "H5": f"={share}"}, tmp_path)
    counts = {cell_at(name) for name in _COUNTED}
    reads = Reads(own.table, Precedents(own.table), own.terms)

    assert counts_a_part(cell_at("H5"), counts, reads) is is_odd
    assert not any(counts_a_part(cell, counts, reads) for cell in counts)


@pytest.mark.parametrize(("recall", "code"), [("F5/(F5+F6)", 0), ("F5/(F5+G6)", 3)])
def test_a_share_that_is_odd_is_not_shown_with_one_that_is_none(recall: str, code: int, tmp_path: Path) -> None:
    """Rule: of two formulas that do the same, what is known of one says nothing of the other."""
    cells: dict[str, object] = {"A1": 0.9, "B1": -1.3, "C1": 0.2}
    for row in range(11, 19):
        cells |= {f"A{row}": 0.31 * row - 4, f"B{row}": 0.17 * ((row * 7) % 11), f"H{row}": row % 2}
        cells[f"C{row}"] = f"=1/(1+EXP(-($A$1*A{row}+$B$1*B{row}+$C$1)))"
        cells[f"D{row}"] = f'=IF(C{row}>=0.5,"yes","no")'
    for row, said in ((5, "yes"), (6, "no")):
        cells |= {f"{c}{row}": f'=COUNTIFS(D11:D18,"{said}",H11:H18,{own})' for c, own in (("F", 1), ("G", 0))}

    found = verdict(cells | {"I5": "=F5/(F5+G5)", "I6": f"={recall}"}, tmp_path)
    assert (found.code, found.roots) == (code, set())
