"""Parts of formulas that several share: after an edit they are the same as if all were read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import save

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.polynomials import Atom, atom_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.workbook.reader import read_workbook


def _softmax(path: Path) -> CellTerms:
    """Two samples of a softmax without cells for its exponentials."""
    cells: dict[str, object] = {f"{column}{row}": 0.3 * row for column in "ABC" for row in (1, 2)}
    for row in (1, 2):
        below = f"(EXP(A{row}*2)+EXP(B{row}*2)+EXP(C{row}*2))"
        cells |= {f"{share}{row}": f"=EXP({of}{row}*2)/{below}" for share, of in zip("EFG", "ABC", strict=True)}
    table = CellTable(read_workbook(save(cells, path)))
    return CellTerms(table, table.recalculate(engine("ironcalc").open(path)))


def _expanded(forms: Forms, atom: Atom) -> object:
    """What an atom computes, down to given cells, whichever formula is the first one with a part."""
    form = forms.of(atom)
    sides = (form.polynomial, form.below)
    return (atom if forms.is_given(atom) else form.kind), [
        sorted((repr([_expanded(forms, own) for own in sorted(m)]), factor) for m, factor in side.items())
        for side in sides
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("E1", "EXP(A1*2)/(EXP(A1*2)+EXP(B1*2))"),
        ("F1", "EXP(C1*2)/(EXP(A1*2)+EXP(B1*2)+EXP(C1*2))"),
        ("G1", "EXP(C2*2)/(EXP(A2*2)+EXP(B2*2)+EXP(C2*2))"),
        ("G2", "TANH(C2)"),
    ],
)
def test_an_edit_of_a_formula_with_shared_parts(cell: str, text: str, tmp_path: Path) -> None:
    """Rule: also where the edited formula was the first one with them, or has those of another sample then."""
    terms = _softmax(tmp_path / "w.xlsx")
    place: Address = address_of("S", cell)
    term = terms.term_of(place, text)
    assert term is not None
    edited = terms.edited({place: term})
    quickly, slowly = Forms(terms).edited(edited, [place]), Forms(edited)

    cells = [atom_of(own) for own in edited]
    assert [_expanded(quickly, own) for own in cells] == [_expanded(slowly, own) for own in cells]
