"""Numbers that only count rows, columns or pages."""

from __future__ import annotations

from pathlib import Path
from time import process_time

import pytest
from equation_sheets import save

from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


def _table(cells: dict[str, object], folder: Path) -> CellTable:
    return CellTable(read_workbook(save(cells, folder / "w.xlsx")))


def test_what_counts_on_and_is_not_read_is_a_numbering(tmp_path: Path) -> None:
    """Rule: three whole numbers in line, each one more, behind the last one that a formula reads."""
    table = _table({**{f"A{row}": row + 11 for row in range(1, 7)}, "C1": 0.5, "D1": 1.5, "E1": 2.5, "G1": 1}, tmp_path)
    sheet, *_ = table.content.sheets

    assert table.numbering(()) == {(sheet, row, 0) for row in range(6)}
    assert table.numbering({(sheet, 2, 0)}) == {(sheet, row, 0) for row in range(3, 6)}
    assert table.numbering({(sheet, 3, 0)}) == set()


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        ({"B2": 1, "F2": 2, "J2": 3, "N2": 4}, True),
        ({"B2": 0, "B5": 1, "B8": 2}, True),
        ({"B2": 5, "F2": 6, "J2": 7}, False),
        ({"B2": 1, "F2": 2, "K2": 3}, False),
        ({"B2": 1, "D2": 0.3, "F2": 2, "J2": 3}, False),
        ({"B2": 1, "F2": 2}, False),
    ],
)
def test_headings_of_blocks_may_count_them(cells: dict[str, object], counts: bool, tmp_path: Path) -> None:
    """Rule: from 0 or 1 on, as far apart, and nothing between them."""
    table = _table(cells, tmp_path)

    assert len(table.numbering(())) == (len(cells) if counts else 0)


def test_long_numberings_are_found_in_a_line(tmp_path: Path) -> None:
    """Rule: a column four times as long takes about four times as long, not sixteen times."""
    took = []
    for rows in (3_000, 12_000):
        table = _table({f"A{row}": row for row in range(1, rows + 1)}, tmp_path)
        assert len(table.typed_numbers) == rows
        tries = []
        for _ in range(3):  # the shortest one is the least disturbed
            started = process_time()
            assert len(table.numbering(())) == rows
            tries.append(process_time() - started)
        took.append(min(tries))

    assert took[1] < 10 * took[0]
