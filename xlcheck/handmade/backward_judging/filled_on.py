"""Wrong formulas that were filled on to other steps, where no update shows that they are wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset, offset_between
from xlcheck.verdicts.report import Status


def blame_filled(
    said: Verdicts, found: Mapping[Address, Role], step_of: Mapping[Address, int], accepted: Collection[int]
) -> None:
    """Blame the cells of other steps that were filled from a wrong one, and that no update follows on.

    What is wrong in a way that does not show today is wrong there in the same way.

    Args:
        said: the verdicts, to which these are added.
        found: culprits, with what they should hold.
        step_of: the step of each of them.
        accepted: numbers of the steps that are certain.
    """
    for cell, role in [(cell, role) for cell, role in found.items() if cell in said.results]:
        is_hidden = said.near(role.quantity.name, said.actual(cell), role.desired)
        for number in accepted:
            quantity = said.reading.libraries[number].by_name.get(role.quantity.name)
            other = _filled_from(said, cell, step_of[cell], number)
            if other is None or quantity is None or isinstance(role.factor, np.ndarray):
                continue
            own, name = Role(quantity, role.factor), said.results[cell].diagnosis
            if is_hidden or not said.near(quantity.name, said.actual(other), own.desired):
                said.agree.pop(other, None)
                text = f"This is the formula of {show(cell)}, and just as wrong; it should be {quantity.name}."
                said.results[other] = said.result(other, Status.ROOT, text, own, name)


def _filled_from(said: Verdicts, cell: Address, step: int, number: int) -> Address | None:
    """The cell that was filled from a wrong one, at another step, and that no update follows on.

    It may hold another quantity, as one that lacks a factor of the chain rule does.
    """
    reading = said.reading
    ahead = reading.places[number] - reading.places[step]
    if reading.stride is None or not ahead:
        return None
    other = offset(cell, reading.stride, ahead)
    has_role = other in reading.roles or other in said.agree
    is_followed = bool(reading.steps[number].moves and reading.sheet.terms.readers.get(other))
    is_known = other in said.results or (has_role and is_followed)
    return other if not is_known and _goes_along(said.table, cell, other) else None


def _goes_along(table: CellTable, cell: Address, other: Address) -> bool:
    """Whether a formula is that of another cell, of which each reference stays or goes along, be it fixed by a `$`."""
    if not {cell, other} <= table.texts.keys():
        return False
    one, its = cut(table.texts[cell]), cut(table.texts[other])
    pairs = [(a.area(cell[0]), b.area(other[0])) for a, b in zip(one.refs, its.refs, strict=False)]
    moves = {offset_between((a.sheet, a.top, a.left), (b.sheet, b.top, b.left)) for a, b in pairs}
    return one.between == its.between and moves <= {offset_between(cell, other), (0, 0)}
