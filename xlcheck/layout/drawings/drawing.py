"""Drawings made of cells: boxes, lines and arrows that every spreadsheet program shows alike, and numbers in the boxes.

A drawing is a map in text: words are boxes, box-drawing characters are lines, and an arrow is the end of a line. Each
place of the map takes three rows and three columns of cells. The lines are borders of cells, which run through the
middle of a place; the narrow row and column beside the box hold the heads of arrows.

    x    →   z   →   y
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from xlcheck.layout.sheet import SheetDraft

PLACE = 3
"""Rows and columns of cells of one place."""
HEAD_HEIGHT, LINE_HEIGHT = 10, 17.25
WIDTH, HEAD_WIDTH = 4.1, 1.0

_LEFT, _RIGHT, _UP, _DOWN = (0, -1), (0, 1), (-1, 0), (1, 0)
Side = tuple[int, int]
_LINES: Mapping[str, tuple[Side, ...]] = {
    "─": (_LEFT, _RIGHT), "│": (_UP, _DOWN), "┌": (_RIGHT, _DOWN), "┐": (_LEFT, _DOWN), "└": (_UP, _RIGHT),
    "┘": (_UP, _LEFT), "├": (_UP, _DOWN, _RIGHT), "┤": (_UP, _DOWN, _LEFT), "┬": (_LEFT, _RIGHT, _DOWN),
    "┴": (_LEFT, _RIGHT, _UP), "┼": (_LEFT, _RIGHT, _UP, _DOWN),
    "→": (_LEFT, _RIGHT), "←": (_LEFT, _RIGHT), "↑": (_UP, _DOWN), "↓": (_UP, _DOWN),
}  # fmt: skip
_HEADS: Mapping[str, tuple[Side, str]] = {
    "→": (_RIGHT, "▶"), "←": (_LEFT, "◀"), "↑": (_UP, "▲"), "↓": (_DOWN, "▼"),
}  # fmt: skip
# The cells of a place that a line to each side runs along, and at which border.
_CELLS: Mapping[Side, tuple[tuple[int, int, str], ...]] = {
    _LEFT: ((1, 0, "b"),), _RIGHT: ((1, 1, "b"), (1, 2, "b")), _UP: ((0, 0, "r"), (1, 0, "r")), _DOWN: ((2, 0, "r"),),
}  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """What stands at a place that is no box: the sides to which a line runs, arrows, and a letter beside it."""

    sides: frozenset[Side]
    heads: Mapping[Side, str]
    label: str

    @staticmethod
    def of(token: str) -> _Line:
        """From `┌→` (a corner with an arrow to the right) or `↑:U` (an arrow with a label)."""
        signs, _, label = token.partition(":")
        sides = frozenset(side for sign in (signs[:1] if len(signs) > 1 else signs) for side in _LINES[sign])
        heads = dict(_HEADS[sign] for sign in signs if sign in _HEADS)
        return _Line(sides | heads.keys(), heads, label)


Box = Callable[[int, int, str], None]
"""(row, column, word) → fills the label in this cell and the number in the one below, each two columns wide."""


def size(text: str) -> tuple[int, int]:
    """Rows and columns of cells that a map takes."""
    rows = _tokens(text)
    return PLACE * len(rows), PLACE * max(map(len, rows))


def draw(sheet: SheetDraft, top: int, left: int, text: str, box: Box) -> None:
    """Draw a map from a cell on; the worksheet's widths are not touched."""
    rows = _tokens(text)
    words = {(r, c): token for r, row in enumerate(rows) for c, token in enumerate(row) if token[0].isalnum()}
    lines = {(r, c): _Line.of(token) for r, row in enumerate(rows) for c, token in enumerate(row) if token[0] in _LINES}
    borders: dict[tuple[int, int], set[str]] = {}
    heads: dict[tuple[int, int], str] = {}
    for place, line in lines.items():
        for cell, border in _borders(place, line):
            borders.setdefault(cell, set()).add(border)
        for side, head in line.heads.items():
            heads[_head(place, side)] = head
        if line.label:
            sheet.put(top + PLACE * place[0] + 2, left + PLACE * place[1] + 1, line.label, "wire_label")
    for place in words:
        for cell, border in _joints(place, lines):
            borders.setdefault(cell, set()).add(border)
    for (r, c), head in heads.items():
        borders.pop((r, c), None)
        tall = r % PLACE == 1
        area = sheet.at(top + r, left + c, 2 if tall else 1, 1 if tall else 2)
        sheet.merge(area, head, "arrow_head", exact=True)
    for (r, c), sides in borders.items():
        sheet.put(top + r, left + c, None, f"wire_{''.join(sorted(sides))}")
    for (r, c), word in words.items():
        box(top + PLACE * r + 1, left + PLACE * c, word)
    for r in range(PLACE * len(rows)):
        sheet.heights[top + r] = LINE_HEIGHT if r % PLACE else HEAD_HEIGHT


def _tokens(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def _borders(place: tuple[int, int], line: _Line) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells, and their borders, along which a line runs; not where the head of an arrow stands."""
    for side in line.sides:
        for row, column, border in _CELLS[side]:
            if side in line.heads and (row, column) in {(1, 2), (0, 0)}:
                continue
            yield (PLACE * place[0] + row, PLACE * place[1] + column), border


def _head(place: tuple[int, int], side: Side) -> tuple[int, int]:
    """The cell in which the head of an arrow stands: beside the box to which it points."""
    row, column = (PLACE * place[0], PLACE * place[1])
    match side:
        case (0, 1):
            return row + 1, column + 2
        case (0, -1):
            return row + 1, column - 1
        case (-1, 0):
            return row, column
        case _:
            return row + PLACE, column


def _joints(place: tuple[int, int], lines: Mapping[tuple[int, int], _Line]) -> Iterator[tuple[tuple[int, int], str]]:
    """The borders between a box and a line that leaves it upwards or to the right."""
    row, column = PLACE * place[0], PLACE * place[1]
    above, right = lines.get((place[0] - 1, place[1])), lines.get((place[0], place[1] + 1))
    if above is not None and _DOWN in above.sides and _DOWN not in above.heads:
        yield (row, column), "r"
    if right is not None and _LEFT in right.sides and _LEFT not in right.heads:
        yield (row + 1, column + 2), "b"
