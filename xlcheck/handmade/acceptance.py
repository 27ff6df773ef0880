"""Whether a reading of a part is certain enough to call cells wrong: accept it, or abstain and say why.

A right cell that is called wrong is the worst that can happen. So blame needs a reading that explains the whole part,
with few mistakes for the cells that are right, and for each of them a place among cells of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.outcome import Outcome
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.verdicts.report import Status

_LIKE_A_NETWORK = re.compile(r"\b(?:EXP|TANH|SUMPRODUCT|MMULT|SIGMOID|SOFTMAX|RELU)\(", re.IGNORECASE)
MOST = 2
"""Different mistakes that one reading may find; a third is likelier to mean that the reading is wrong."""


def looks_like_a_network(table: CellTable) -> bool:
    """Whether formulas of a part may belong to a network, so that a check without them is not complete."""
    return any(_LIKE_A_NETWORK.search(text) for text in table.texts.values())


def reason_to_abstain(outcome: Outcome) -> str | None:
    """Why the cells that disagree are no mistakes for certain; None if they are, or if none disagrees.

    Args:
        outcome: what became of the part.
    """
    roots = [_address(result.sheet, result.cell) for result in outcome.results if result.status is Status.ROOT]
    if not roots:
        return None
    nearly = "a network was nearly recognised, but "
    if not outcome.tied.complete:
        return f"{nearly}more cells would be wrong than could be looked at"
    unexplained = len(outcome.left.cells) + outcome.left.without_cell
    if unexplained:
        return f"{nearly}{unexplained} of {len(outcome.table.formulas)} formula cells have no place in it"
    if len({_mistake(cell, outcome.table) for cell in roots}) > MOST:
        return f"{nearly}it would have {len(roots)} wrong cells of different kinds"
    strange = next((cell for cell in roots if not outcome.table.is_formula(cell) and not _in_line(cell, outcome)), None)
    if strange is not None:
        return f"{nearly}the number in {show(strange)} would have to be a formula, and nothing beside it says so"
    return None


def _address(sheet: str, cell: str) -> Address:
    area = parse_range(cell, sheet)
    return (sheet, area.top, area.left)


def _mistake(cell: Address, table: CellTable) -> object:
    """The same for cells that were filled from one formula."""
    text = table.texts.get(cell)
    return cell if text is None else (cell[0], skeleton(text))


def _in_line(cell: Address, outcome: Outcome) -> bool:
    """Whether a typed number stands among formulas of its kind.

    Next to it stands one for the same quantity, at another step or of another unit; or, of cells that only make the
    inputs, two that were filled from one.
    """
    element = outcome.tied.element(cell)
    if element is None:
        table = outcome.table
        lines = [[other for other in line if table.is_formula(other)] for line in _beside(cell, 2)]
        return any(len(line) > len({shape_of(table.texts[c], c[1], c[2]) for c in line}) for line in lines)
    near = (
        outcome.tied.element(other) for line in _beside(cell, 1) for other in line if outcome.table.is_formula(other)
    )
    return any(other is not None and other.source.band == element.source.band for other in near)


def _beside(cell: Address, most: int) -> Iterator[list[Address]]:
    """The cells to the left and right, then those above and below, so far away at most."""
    sheet, row, column = cell
    away = [step for step in range(-most, most + 1) if step]
    yield [(sheet, row, column + step) for step in away]
    yield [(sheet, row + step, column) for step in away]
