"""Rows and columns that were deleted although formulas read them: it is said which, and no cell is blamed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from test_moved_cells import LSTM, follow

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.scanner import Ref
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.verdicts.generated.moved_cells import _fits, _is_left, _Search
from xlcheck.verdicts.generated.moves import Move
from xlcheck.verdicts.generated.observe import observe
from xlcheck.verdicts.report import Kind
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.reader import read_workbook


def without_line(path: Path, sheet: str, line: str) -> None:
    """The lesson without a row or a column of a worksheet, as spreadsheet programs delete it: formulas follow."""
    axis = 0 if line.isdigit() else 1
    at = int(line) - 1 if line.isdigit() else column_index_from_string(line) - 1
    ends = (("top", "bottom"), ("left", "right"))[axis]

    def followed(ref: Ref, home: str) -> str:
        if (ref.sheet or home) != sheet or ref.kind not in {"cell", "range"}:
            return str(ref)
        first, last = (getattr(ref, end) for end in ends)
        if first == last == at:
            return "#REF!"
        return str(ref._replace(**dict(zip(ends, (first - (first > at), last - (last >= at)), strict=True))))

    book = openpyxl.load_workbook(LSTM)
    (book[sheet].delete_cols if axis else book[sheet].delete_rows)(at + 1)
    follow(book, followed)
    book.save(path)


@pytest.mark.parametrize(
    ("sheet", "line"),
    [
        ("Numbers", "E"),
        ("Numbers", "G"),
        ("Check", "D"),
        ("Check", "E"),
        ("Weights", "B"),
        ("Data", "B"),
        ("Data", "11"),
    ],
)
def test_a_line_that_is_read_is_missed_and_nobody_is_blamed(sheet: str, line: str, tmp_path: Path) -> None:
    """Rule: where all that is left of a worksheet has moved by one deletion, and formulas say `#REF!`, that is said."""
    without_line(tmp_path / "w.xlsx", sheet, line)

    said = rf"1 (row|column) was deleted at (row|column) {line}( or 12)? of {sheet}"
    with pytest.raises(NothingCheckedError, match=said):
        api.check(tmp_path / "w.xlsx")


@pytest.mark.parametrize(("sheet", "column"), [("Check", "G"), ("Weights", "E")])
def test_what_nothing_follows_is_missing(sheet: str, column: str, tmp_path: Path) -> None:
    """Rule: where nothing has moved, the cells that were deleted are missing, also where formulas say `#REF!`."""
    without_line(tmp_path / "w.xlsx", sheet, column)
    report = api.check(tmp_path / "w.xlsx")

    assert report.exit_code == 1
    assert {(r.sheet, r.cell[0]) for r in report.roots if r.kind is Kind.MISSING} == {(sheet, column)}


@pytest.mark.parametrize("edit", [{"Check!F9": None}, {"Weights!B8": "=#REF!"}, {"Check!F12": "=E12"}], ids=str)
def test_another_mistake_beside_is_still_one(edit: dict[str, str | None], tmp_path: Path) -> None:
    """Rule: one cell that no deletion explains, and the cells are blamed; so are those that only say `#REF!`."""
    (place,) = edit
    if place.startswith("Check"):
        without_line(tmp_path / "w.xlsx", "Check", "D")
    book = openpyxl.load_workbook(tmp_path / "w.xlsx" if place.startswith("Check") else LSTM)
    sheet, cell = place.split("!")
    book[sheet][cell] = edit[place]
    book.save(tmp_path / "w.xlsx")

    assert api.check(tmp_path / "w.xlsx").exit_code == 1


@pytest.mark.parametrize("lesson", ["lstm", "embedding"])
def test_in_a_workbook_as_built_every_cell_fits(lesson: str) -> None:
    """Rule: what is known of each worksheet is all of its formulas, so that nothing is taken for deleted."""
    content = read_workbook(LSTM.with_stem(lesson))
    manifest, graph = expectation_of(content)
    formulas, session = FormulaCells(content), engine("ironcalc").open(content.path)
    seen = observe(content, manifest, graph, formulas, session, "ironcalc")
    search = _Search(manifest, seen, formulas, session, Tolerance(1e-12, 0.0, 0.0), set())
    for sheet in search._numbers:
        built, now = search._marks(sheet)
        assert all(_fits(mark, now.get(code)) for code, mark in built.items())
        assert {code for code, mark in now.items() if not isinstance(mark, float)} <= built.keys()
        assert not _is_left(Move.of_line(sheet, 0, 0, -1), built, now)
