"""Formulas where a number was written that is given to the network: a weight, an input, an initial state.

Such a number may be changed, and one that a formula makes of numbers alone, or takes from a worksheet of one's own,
is as good as one that is typed. `IF(Data!G10=7,5,1.006)` is not: what is given to a network does not depend on what it
reads or computes, and with other numbers it would be another network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np

from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.placement import Sighting
from xlcheck.workbook.cell_codes import Codes, address, by_sheet

TO_THE_NETWORK = "other cells of this workbook's network, to which it is given"


def formulas_for_numbers(sightings: Iterable[Sighting]) -> dict[str, Codes]:
    """The cells that hold a formula where a number was written, by worksheet."""
    typed = ((s.placement.sheet, s.placement.codes[s.is_formula & ~s.must_be_formula]) for s in sightings)
    return by_sheet((sheet, np.unique(codes)) for sheet, codes in typed if codes.size)


def said_of_formulas(cells: dict[str, Codes]) -> tuple[str, ...]:
    """That formulas stand where numbers were written, in a sentence if there are any."""
    places = [f"{sheet}!{address(code)}" for sheet, codes in cells.items() for code in codes.tolist()]
    return (f"a formula stands where a number was written: {first_of(places)}",) if places else ()


def that_read_the_network(
    formulas: FormulaCells, cells: dict[str, Codes], own_sheets: Collection[str]
) -> Iterator[tuple[str, int]]:
    """Those of some cells that read, at once or through formulas of one's own, a worksheet that xlcheck made."""
    for sheet, codes in cells.items():
        yield from ((sheet, code) for code in codes.tolist() if _reads(formulas, (sheet, code), own_sheets))


def _reads(formulas: FormulaCells, cell: tuple[str, int], sheets: Collection[str]) -> bool:
    seen, stack = {cell}, [cell]
    while stack:
        for area in formulas.reads(*stack.pop()):
            if area.sheet in sheets:
                return True
            more = {(area.sheet, code) for code in formulas.within(area).tolist()} - seen
            seen |= more
            stack.extend(more)
    return False
