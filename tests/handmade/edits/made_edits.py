"""The edits of a worksheet, and what each would read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook


def edits_of(
    cells: Mapping[str, object], folder: Path, *, unread: Collection[str] = (), weights: Collection[str] = ()
) -> Edits:
    """The edits of a worksheet of which some cells are unread, and some are weights."""
    table = CellTable(read_workbook(save(cells, folder / "w.xlsx")))
    terms = CellTerms(table, answers_of(table, engine("ironcalc")).values)
    cell = {cell_name(*own[1:]): own for own in table.addresses}
    return Edits(terms, table, [cell[name] for name in unread], [cell[name] for name in weights])


def named(edits: Iterable[Edit]) -> list[dict[str, set[str]]]:
    """Each edit by the names of its cells: what each would read."""
    return [
        {cell_name(*cell[1:]): {cell_name(*leaf[1:]) for leaf in leaves(term)} for cell, term in edit.items()}
        for edit in edits
    ]
