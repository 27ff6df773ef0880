"""Charts and pictures that lie on cells, whose values nobody sees then."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.workbook.looks.out_of_sight import _of_anchors
from xlcheck.workbook.xml_tree import tree_of

CONTENT: Any = SimpleNamespace(sheets={"S": SimpleNamespace(cells={(3, 2): object()})})
"""A worksheet on which C4 alone holds something."""


def said(anchor: str) -> list[str]:
    """What is said of a drawing with one anchor."""
    return list(
        _of_anchors("S", tree_of(f'<d:wsDr xmlns:d="urn:d">{anchor}</d:wsDr>'.encode()), b"<sheetData/>", CONTENT)
    )


def corner(name: str, row: int, column: int, row_off: int = 0, col_off: int = 0) -> str:
    """A corner of an anchor, in lines from 0 and what lies beyond their beginning."""
    return (
        f"<d:{name}><d:col>{column}</d:col><d:colOff>{col_off}</d:colOff><d:row>{row}</d:row>"
        f"<d:rowOff>{row_off}</d:rowOff></d:{name}>"
    )


@pytest.mark.parametrize(
    ("start", "end", "covers"),
    [
        (corner("from", 3, 2), corner("to", 4, 3), True),
        (corner("from", 0, 0), corner("to", 9, 9), True),
        (corner("from", 2, 2, 1), corner("to", 4, 3), True),
        (corner("from", 3, 2, 0, 1), corner("to", 9, 9), False),
        (corner("from", 3, 2, 1, 0), corner("to", 9, 9), False),
        (corner("from", 0, 0), corner("to", 3, 9, 5, 5), False),
        (corner("from", 0, 0), corner("to", 9, 2), False),
        (corner("from", 4, 0), corner("to", 9, 9), False),
    ],
)
def test_what_lies_on_a_whole_cell_is_said(start: str, end: str, covers: bool) -> None:
    """A cell of which a part can be seen is not covered."""
    found = said(f"<d:twoCellAnchor>{start}{end}</d:twoCellAnchor>")

    assert found == (["a chart or a picture lies on C4 of S"] if covers else [])


@pytest.mark.parametrize(("kind", "number"), [("oneCellAnchor", 1), ("absoluteAnchor", 1), ("somethingElse", 0)])
def test_what_is_not_tied_to_two_cells_may_lie_anywhere(kind: str, number: int) -> None:
    """Its size depends on more than cells."""
    assert len(said(f"<d:{kind}>{corner('from', 0, 0)}</d:{kind}>")) == number
