"""Look-ups that give something else than what they look up, though they are filled alike everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.handmade.lookups import looked_up_wrongly
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook

_LIST = {
    "A1": "word", "A2": "this", "A3": "is", "A4": "good", "B1": 9.0, "B2": 0.1, "B3": 0.2, "B4": 0.3,
    "D1": 1.0, "D2": 2.0, "D3": 5.0, "F1": 5.0, "F2": 2.0, "F3": 1.0,
    "H1": "a", "I1": "b", "J1": "c", "H2": 0.1, "I2": 0.7, "J2": 0.2, "C9": "good",
}  # fmt: skip
"""Words and their numbers in A and B, sorted numbers in D, falling ones in F, and shares in H2:J2 below their names."""


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("INDEX(B2:B4,MATCH(C9,A2:A4,0))", None),
        ("INDEX(B1:B4,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(B3:B5,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(A2:B4,MATCH(C9,A2:A4,0),2)", None),
        ("INDEX(A1:B4,MATCH(C9,A2:A4,0),2)", "not in line"),
        ("INDEX(B:B,MATCH(C9,A:A,0))", None),
        ("INDEX(B:B,MATCH(C9,A1:A9,0))", None),
        ("INDEX(B:B,MATCH(C9,A2:A4,0))", "not in line"),
        ("INDEX(H1:J1,MATCH(MAX(H2:J2),H2:J2,0))", None),
        ("INDEX(G1:J1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(G1:I1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(A2:A4,MATCH(MAX(H2:J2),H2:J2,0))", None),  # names of the shares that stand in a column
        ("INDEX(A2:A3,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(A1:J2,1,MATCH(MAX(H2:J2),H2:J2,0))", "not in line"),
        ("INDEX(H1:J2,1,MATCH(MAX(H2:J2),H2:J2,0))", None),
        ("LOOKUP(2,D1:D3,B1:B3)", None),
        ("LOOKUP(2,D1:D3,B1:B4)", None),  # they begin in one line
        ("LOOKUP(2,D1:D3,D2:D4)", "not in line"),
        ("XLOOKUP(C9,A2:A4,B2:B4)", None),
        ("XLOOKUP(C9,A2:A4,B1:B3)", "not in line"),
        ("VLOOKUP(C9,A2:B4,2,FALSE)", None),
        ("VLOOKUP(C9,A2:B4,2,0)", None),
        ("VLOOKUP(C9,A2:B4,2)", "not sorted"),
        ("VLOOKUP(C9,A2:B4,2,TRUE)", "not sorted"),
        ("VLOOKUP(2,D1:E3,1)", None),
        ("HLOOKUP(0.7,H2:J3,1)", "not sorted"),
        ("MATCH(2,D1:D3)", None),
        ("MATCH(2,F1:F3)", "not sorted"),
        ("MATCH(2,F1:F3,-1)", None),
        ("MATCH(2,D1:D3,-1)", "not sorted"),
        ("LOOKUP(2,F1:F3,B1:B3)", "not sorted"),
    ],
)
def test_what_is_found_is_taken_from_beside_it(formula: str, says: str | None, tmp_path: Path) -> None:
    """Rule: what is taken stands in line with what is searched, and the nearest is sought in a sorted list alone."""
    table = CellTable(read_workbook(save({**_LIST, "C10": f"={formula}"}, tmp_path / "w.xlsx")))
    values = answers_of(table, engine("ironcalc", guarded=False)).values
    said = [*looked_up_wrongly(table, values, table.texts)]

    assert len(said) == (says is not None)
    assert all(why.startswith("S!C10 ") and str(says) in why for why in said)
