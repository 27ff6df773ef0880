"""Worksheets of a training as if it learned nothing: all its steps have the weights with which it begins.

Then its steps are samples of one network, and what they have in common tells what each formula should be.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.shown_beside import without
from xlcheck.handmade.reading.cells import address_of
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, with_formulas
from xlcheck.verdicts.cell_result import CellResult
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.results import plain


@dataclass(frozen=True)
class WithStillWeights(Rewritten):
    """Some worksheets on which updates repeat the weights before them.

    Attributes:
        updates: updated cell → the weight before it.
    """

    updates: Mapping[Address, Address]

    def _part(self, part: Part) -> Part:
        held = {cell: name for cell, name in part.held.items() if cell not in self.updates}
        table, values = self.original.table, self.original.values
        results = []
        for own in (result for result in part.results if isinstance(result, CellResult)):
            if (cell := address_of(own.sheet, own.cell)) not in self.updates:
                results.append(replace(own, actual=plain(values[table.index[cell]])))
        apart = len(part.held) - len(held)
        count, checked = part.formula_cells - apart, part.checked - apart
        return replace(part, results=results, held=held, formula_cells=count, checked=checked)


def with_still_weights(
    part: SheetGroup, answers: Answers, updates: Mapping[Address, Address], back: Collection[Address]
) -> WithStillWeights | None:
    """Some worksheets as if nothing was learnt; None if the engine cannot say what they compute then.

    Args:
        part: the worksheets.
        answers: what they compute.
        updates: updated cell → the weight before it.
        back: the formulas that only updates are computed from, which are left out.
    """
    texts = {}
    for cell, weight in updates.items():
        sheet = "" if cell[0] == weight[0] else f"{quote_sheet(weight[0])}!"
        texts[cell] = sheet + cell_name(*weight[1:])
    can_be = answers.engine.takes_formulas and part.table.arrays.keys().isdisjoint(updates)
    new = with_formulas(part, answers, texts) if can_be else None
    if new is None:
        return None
    forward = without(new[0], back)
    return WithStillWeights(forward, replace(new[1], values=forward.values), part, updates)
