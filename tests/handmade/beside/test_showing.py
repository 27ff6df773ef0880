"""What the text of a formula says: it only asks whether two cells hold the same number."""

from __future__ import annotations

import pytest

from xlcheck.handmade.beside.showing import asks_whether_same


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("A1=B1", True),
        ("ROUND(A1,4)=ROUND(B1,4)", True),
        ("ROUND(A1, 4)=B1", True),
        ("EXACT(A1,$B$1)", True),
        ("EXACT(ROUND(A1,6),ROUND(Data!B1,6))", True),
        ('IF(A1=B1,"ok","wrong")', True),
        ('IF(ROUND(A1,4)=ROUND(B1,4),"ok","")', True),
        ("A1-B1", False),
        ("A1=B1+1", False),
        ("A1>=B1", False),
        ("A1=0", False),
        ("ROUND(A1,4)", False),
        ("IF(A1=B1,C1,0)", False),  # it goes on with a number
        ("IF(A1=B1,1,C1)", False),
        ("A1=B1=C1", False),
        ("SUM(A1=B1)", False),
    ],
)
def test_whether_two_cells_hold_the_same_number(text: str, is_so: bool) -> None:
    """Rule: two cells are compared, perhaps rounded, and what is said of it reads nothing."""
    assert asks_whether_same(text) is is_so
