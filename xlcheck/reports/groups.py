"""What belongs together: the cells of one quantity, which is a test case, those with one mistake, sentences alike."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.shapes import shape_of
from xlcheck.grouping import grouped
from xlcheck.verdicts.cell_result import CellResult, Cells, Status
from xlcheck.verdicts.findings import Findings
from xlcheck.verdicts.messages import others_on, plural
from xlcheck.workbook.cell_codes import rectangles

MOST_AREAS = 8


def by_mistake(cells: Iterable[CellResult]) -> list[list[CellResult]]:
    """Cells grouped by their mistake, in the order of the first of each group.

    Together are roots on one worksheet with the same diagnosis whose formulas were filled from one another, and cells
    on one worksheet that were not checked for the same reason; every other cell is alone.
    """
    return list(grouped((_mistake(cell), cell) for cell in cells).values())


def _mistake(cell: CellResult) -> object:
    if cell.status is Status.NOT_EVALUATED:
        return cell.sheet, cell.message
    if cell.status is not Status.ROOT or cell.formula is None:
        return cell.sheet, cell.cell
    place = parse_range(cell.cell, cell.sheet)
    return cell.sheet, cell.diagnosis, cell.kind, shape_of(cell.formula, place.top, place.left)


def elsewhere(others: Sequence[CellResult]) -> str:
    """Where else a mistake stands, in words: `D12:K12, D15: 9 more cells with this formula and mistake`."""
    same = f"{plural(len(others), 'more cell', 'more cells')} {_SHARED[others[0].status is Status.NOT_EVALUATED]}"
    return f"{_in_words(areas(others))}: {same}"


_SHARED = ("with this formula and mistake", "for the same reason")


def areas(cells: Sequence[CellResult]) -> list[str]:
    """The ranges that some cells of one worksheet fill, `D12:K12`, in the order of the sheet."""
    return _areas(parse_range(cell.cell, cell.sheet) for cell in cells)


def _areas(places: Iterable[Range]) -> list[str]:
    addresses = sorted({(place.sheet, place.top, place.left) for place in places})
    return [area.a1 for area, _ in rectangles(addresses)]


def _in_words(where: Sequence[str]) -> str:
    more = f" and {len(where) - MOST_AREAS} more places" if len(where) > MOST_AREAS else ""
    return f"{', '.join(where[:MOST_AREAS])}{more}"


def said_once(sentences: Iterable[str]) -> list[str]:
    """Sentences that begin with a cell, those that say the same of other cells of its worksheet as one with these."""
    groups = grouped((_said(sentence), sentence) for sentence in dict.fromkeys(sentences))
    return [f"{first}; the same holds for {_cells(others)}" if others else first for first, *others in groups.values()]


_CELL = re.compile(r"((?:'(?:[^']|'')+'|[^\s'!:;,()]+)!)?(\$?[A-Z]{1,3}\$?[0-9]+)(?![\w(])")
"""The name of a cell, be it with its worksheet."""


def _said(sentence: str) -> object:
    """What a sentence says of a cell, whichever one of its worksheet; the sentence itself if it begins otherwise."""
    subject = _CELL.match(sentence)
    return sentence if subject is None or not subject[1] else (subject[1], _CELL.sub("", sentence))


def _cells(sentences: Iterable[str]) -> str:
    """The cells with which sentences begin, and how many more these are than one."""
    places = [parse_range(subject[2]) for own in sentences if (subject := _CELL.match(own)) is not None]
    return f"{_in_words(_areas(places))} ({plural(len(places), 'more cell', 'more cells')})"


def by_quantity(report: Findings) -> dict[str, Cells]:
    """Every group that was compared, in calculation order, with its cells that are not right.

    Cells that belong to nothing, and stored values, are in no group.
    """
    wrong = report.cells.with_status(Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED)
    groups: dict[str, list[int]] = {name: [] for name in report.quantities}
    for place, cell in enumerate(wrong):
        groups.setdefault(_group_of(cell, groups), []).append(place)
    return {name: wrong.select(places) for name, places in groups.items()}


def _group_of(cell: CellResult, groups: Container[str]) -> str:
    if cell.quantity is None:
        return others_on(cell.sheet)
    name = cell.quantity
    while name not in groups and name.endswith("]"):
        name = name[: name.rindex("[")]
    return name if name in groups else cell.quantity
