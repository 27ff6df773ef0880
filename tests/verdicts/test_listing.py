"""Lists of cells that are described when they are asked for."""

from __future__ import annotations

import copy

from sample_reports import BAD, CARRIED, ROOT

from xlcheck.verdicts.cell_result import Cells, Found
from xlcheck.verdicts.report import CellResult, Status


def found(result: CellResult, asked: list[str]) -> Found:
    """A cell that notes when it is described."""

    def describe() -> CellResult:
        asked.append(result.cell)
        return result

    return Found(result.sheet, 0, result.status, describe)


def test_nothing_is_described_before_it_is_asked_for() -> None:
    """Counting and choosing by verdict describe no cell; looking at one describes that one."""
    asked: list[str] = []
    cells = Cells([found(ROOT, asked), found(CARRIED, asked)])
    carried = cells.with_status(Status.CARRIED)
    assert (len(cells), len(carried), bool(cells.with_status(Status.UNBOUND))) == (2, 1, False)
    assert asked == []

    assert carried[0] is CARRIED
    assert asked == [CARRIED.cell]


def test_they_are_used_like_a_tuple() -> None:
    """Parts, equality and copies are those of the described results."""
    cells = Cells([found(ROOT, []), CARRIED])

    assert list(cells) == [ROOT, CARRIED]
    assert cells == (ROOT, CARRIED) == cells[:]
    assert cells[1:] == (CARRIED,) == cells.select([1])
    assert cells != (ROOT,)
    assert copy.deepcopy(cells) == cells
    assert hash(cells) == hash(Cells([ROOT, CARRIED]))
    assert repr(cells) == repr((ROOT, CARRIED))


def test_a_report_takes_any_results() -> None:
    """Whoever makes a report may pass a plain tuple."""
    assert isinstance(BAD.cells, Cells)
