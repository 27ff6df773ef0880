"""A softmax whose sum leaves out a class, in all samples or in one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.handmade.edits.whole_softmaxes import whole_softmaxes
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


def _found(path: Path, sums: Mapping[str, str]) -> list[set[str]]:
    """The cells of each edit, of three samples with odds in A to C and shares in E to G that divide by some sums."""
    cells: dict[str, object] = {}
    for row in (1, 2, 3):
        cells |= {f"{column}{row}": f"=EXP(0.{row}{number})" for number, column in enumerate("JKL", start=1)}
        cells |= {f"{column}{row}": f"={odds}{row}*1" for column, odds in zip("ABC", "JKL", strict=True)}
        for share, odds in zip("EFG", "ABC", strict=True):
            below = sums.get(f"{share}{row}", f"SUM($A{row}:$C{row})")
            cells[f"{share}{row}"] = f"={odds}{row}/{below}"
    table = CellTable(read_workbook(save(cells, path)))
    terms = CellTerms(table, table.recalculate(engine("ironcalc").open(path)))
    return [{f"{'ABCDEFG'[cell[2]]}{cell[1] + 1}" for cell in edit} for edit in whole_softmaxes(terms)]


def test_whole_softmaxes_need_no_edit(tmp_path: Path) -> None:
    assert _found(tmp_path / "w.xlsx", {}) == []


def test_shares_that_leave_out_a_class_in_all_samples_go_together(tmp_path: Path) -> None:
    short = {f"{share}{row}": f"SUM($A{row}:$B{row})" for share in "EFG" for row in (1, 2, 3)}
    assert _found(tmp_path / "w.xlsx", short)[0] == {*short}
    one = {f"G{row}": f"(B{row}+C{row})" for row in (1, 2, 3)}
    assert _found(tmp_path / "w.xlsx", one)[0] == {*one}


def test_one_share_is_an_edit_of_its_own(tmp_path: Path) -> None:
    assert _found(tmp_path / "w.xlsx", {"F2": "(A2+B2)"}) == [{"F2"}]


def test_what_divides_by_other_numbers_is_no_softmax(tmp_path: Path) -> None:
    """Rule: nothing that is no numerator of the sample stands in the sum."""
    assert _found(tmp_path / "w.xlsx", {"F2": "(A2+B3)"}) == []
