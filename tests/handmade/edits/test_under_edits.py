"""The search for one edit looks only at what an edit reaches, and finds what a look at everything finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from thorough import part_of

from fixtures.handmade.drawn.score import workbook
from fixtures.handmade.workbook import to_bytes
from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangements.arranging import arranged
from xlcheck.handmade.arrangements.textbook import is_textbook
from xlcheck.handmade.edits.candidates import Edits
from xlcheck.handmade.edits.under_edits import UnderEdits
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Polynomial, cell_of
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reads import Reads
from xlcheck.handmade.reading.sheet_groups import SheetGroup, sheet_groups
from xlcheck.workbook.content import CellError
from xlcheck.workbook.reader import read_workbook

_SEEDS = (312, 319, 331, 316, *range(332, 370))


def _toy(seed: int, folder: Path) -> tuple[SheetGroup, CellTerms]:
    """A small network with one mistake."""
    plant = workbook(seed, (1,), "toy")
    path = folder / "w.xlsx"
    path.write_bytes(to_bytes(plant.drawn.layout, plant.edits))
    table = CellTable(read_workbook(path))
    values = answers_of(table, engine("ironcalc")).values
    (part,) = sheet_groups(table, values, Precedents(table))
    return part, CellTerms(part.table, part.values)


@pytest.mark.parametrize("seed", part_of(_SEEDS, 1))
def test_what_an_edit_does_not_reach_is_as_before(tmp_path: Path, seed: int) -> None:
    """For each edit of a drawn worksheet: the same forms as from all formulas, and the same answer.

    An edit is left out only if a look at everything says that it makes no textbook network, or if it leaves #VALUE!
    where no cell is at fault that it edits: forms do not see that, since they read a blank cell as zero.
    """
    part, terms = _toy(seed, tmp_path)
    base = arranged(terms, part.values, Reads(part.table, part.precedents, terms))
    plain = Forms(terms)
    sheets = UnderEdits(part, terms, base)
    unread = part.table.typed_numbers.keys() - base.reads.read.keys()
    weights = {cell_of(atom) for instance in base.recognised.instances for atom in instance.weights}
    errors = _first_errors(part)
    looked_at = left_out = 0
    for edit in Edits(terms, part.table, unread, weights):
        edited = terms.edited(edit)
        slowly = arranged(edited, part.values, Reads(part.table, part.precedents, edited, edit))
        found = sheets.arrangement(edit)
        answer = found is not None and is_textbook(found, frozenset(edit))

        if not _goes_round(edited):
            assert _all_forms(plain.edited(edited, edit), edited) == _all_forms(Forms(edited), edited)
            assert answer == (errors <= edit.keys() and is_textbook(slowly, frozenset(edit)))
            assert sheets.may_help(edit) or not answer
        looked_at += sheets.may_help(edit)
        left_out += not sheets.may_help(edit)
    assert looked_at + left_out > 0


def _first_errors(part: SheetGroup) -> set[Address]:
    """The formulas that others read and that give #VALUE!, though what they read gives none."""
    values = {cell: part.values[part.table.index[cell]] for cell in part.table.texts}
    wrong = {cell for cell, value in values.items() if value == CellError("#VALUE!")}
    reads = part.precedents
    return {cell for cell in wrong if reads.readers(cell) and wrong.isdisjoint(reads.of(cell))}


def _goes_round(terms: CellTerms) -> bool:
    return not terms.keys() <= set(in_order(terms.reads))


def _all_forms(forms: Forms, terms: CellTerms) -> object:
    atoms = [atom for atom in forms if cell_of(atom) in terms]
    return [
        (a, forms.of(a).kind, [*map(_known, (forms.of(a).polynomial, forms.of(a).below))],
         forms.inlined.get(a, {}), forms.named.get(a, {}))
        for a in atoms
    ]  # fmt: skip


def _known(polynomial: Polynomial) -> object:
    """A polynomial in which no number is unlike itself."""
    return {monomial: str(factor) for monomial, factor in polynomial.items()}
