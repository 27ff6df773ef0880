"""Formulas that give what they should, and would not for other numbers, of which some are numbers of no layer.

`IF(A13=2,TANH(…),5)` is right as long as the number of the step stands in A13, and nobody knows what that is for. A
term that is 0 today is known: it adds what stands in the wrong place.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.algebra import COMPARISONS, Address, Function, subterms
from xlcheck.handmade.arrangement import Arrangement
from xlcheck.handmade.outcome import Outcome
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import show
from xlcheck.verdicts.report import Status


def may_stay_right(outcome: Outcome, found: Arrangement) -> Iterator[tuple[Address, str]]:
    """The cells that are right for the numbers shown and read a number that is none of the network's, and why.

    Args:
        outcome: what became of the cells of a layer.
        found: all layers, perhaps under an edit.
    """
    right = (verdict.cell for verdict in outcome.verdicts if verdict.status is Status.AGREE)
    known = found.own | found.given
    known |= {read for cell in right for read in outcome.precedents.of(cell)}  # as a number that all choose by
    table = found.reads.table
    for cell in sorted(verdict.cell for verdict in outcome.roots if verdict.only_here):
        asked = _asked(cell, found)
        for read in outcome.precedents.of(cell):
            if read not in known and (read in asked or (table.is_number(read) and found.reads.terms.number(read))):
                yield cell, f"{show(cell)} reads {show(read)}, which is no number of the layer"
                break


def _asked(cell: Address, found: Arrangement) -> set[Address]:
    """The cells by whose numbers the formula of the file chooses what it gives."""
    text, terms = found.reads.table.texts.get(cell), found.reads.terms
    term = None if text is None else terms.term_of(cell, text)
    functions = [own for own in subterms(*([] if term is None else [term])) if isinstance(own, Function)]
    conditions = [own.arguments[0] for own in functions if own.name == "IF"]
    conditions += [own for own in functions if own.name in COMPARISONS]
    return {read for own in conditions if not isinstance(own, float) for read in leaves(own)}
