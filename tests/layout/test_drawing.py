"""Drawings made of cells: lines meet, arrows stand beside the boxes they point to."""

from __future__ import annotations

import pytest

from xlcheck.layout.drawings.cells import BY_KIND, BY_SYMBOLS, CellMap
from xlcheck.layout.drawings.drawing import _DOWN, _LEFT, _LINES, _RIGHT, _UP, PLACE, _Line, _tokens, draw
from xlcheck.layout.sheet import SheetDraft

_OPPOSITE = {_LEFT: _RIGHT, _RIGHT: _LEFT, _UP: _DOWN, _DOWN: _UP}
MAPS = [*BY_SYMBOLS, *BY_KIND.values()]


@pytest.mark.parametrize("cell", MAPS)
def test_lines_lead_from_box_to_box(cell: CellMap) -> None:
    """A line that leaves a place goes on in the next one, which is a box or has a line to this side."""
    rows = _tokens(cell.map)
    assert len({len(row) for row in rows}) == 1
    for r, row in enumerate(rows):
        for c, token in enumerate(row):
            if token[0] not in _LINES:
                continue
            for side in _Line.of(token).sides:
                next_row, next_column = r + side[0], c + side[1]
                assert min(next_row, next_column) >= 0, token
                neighbour = rows[next_row][next_column]
                joins = neighbour[0].isalnum() or _OPPOSITE[side] in _Line.of(neighbour).sides
                assert joins, (r, c, token, neighbour)


@pytest.mark.parametrize("cell", MAPS)
def test_every_box_is_described(cell: CellMap) -> None:
    """The boxes of a map are what its table lists, and what the layer reads."""
    words = {token for row in _tokens(cell.map) for token in row if token[0].isalnum()}

    assert words - {"x2"} == {*cell.parts, "x"}


def test_arrow_heads_touch_their_boxes() -> None:
    """The head of an arrow stands in the narrow cell beside, above or below the box that it points to."""
    sheet = SheetDraft("Picture")
    boxes: dict[str, tuple[int, int]] = {}
    draw(sheet, 0, 0, ". . y\n. . ↑\nx → z", lambda row, column, word: boxes.update({word: (row, column)}))
    heads = {str(merge.content): (merge.area.top, merge.area.left) for merge in sheet.merges}

    assert boxes == {"y": (1, 2 * PLACE), "x": (2 * PLACE + 1, 0), "z": (2 * PLACE + 1, 2 * PLACE)}
    assert heads["▶"] == (boxes["z"][0], boxes["z"][1] - 1)
    assert heads["▲"] == (boxes["y"][0] + 2, boxes["y"][1])
