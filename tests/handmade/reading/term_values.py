"""What a formula gives by its term, for the tests of terms."""

from __future__ import annotations

from xlcheck.formulas.algebra import Address, Leaf, Term, number_of
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.evaluated import computed


def value_of_term(formula: str, cell: Address, table: CellTable, values: CellValues) -> float | None:
    """The number that the term of a formula gives in the saved workbook; one that is constant has none."""
    terms = CellTerms(table, values)
    term = terms.term_of(cell, formula)

    def given(own: Term) -> float | None:
        return terms.number(own.cell) if isinstance(own, Leaf) else None

    constant = computed(formula, cell, table, lambda read: table.value(read, values)) if term is None else None
    return constant if term is None else number_of(term, given)
