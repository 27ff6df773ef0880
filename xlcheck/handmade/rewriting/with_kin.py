"""Worksheets in which formulas are as all others of their line have them; and what is said of them, put back.

Or as their other references go on. Where everything is right then, and is not as it stands, these formulas are wrong,
however the network is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.meant import why_meant
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.accepting.unknown_kin import unknown_kin
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import result_at, results_of, roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, with_formulas
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.parts import Part

_SAME = 1e-9
_Settled = tuple[list[Part], list[Abstention]]


@dataclass(frozen=True)
class WithKin(Rewritten):
    """Some worksheets in which formulas are as it is told of them."""

    @property
    def changed(self) -> set[Address]:
        """The cells with other formulas, be it that a number is typed there."""
        texts = self.original.table.texts
        return {cell for cell, text in self.part.table.texts.items() if texts.get(cell) != text}

    def is_right(self, found: Sequence[Part], left_out: Sequence[Abstention]) -> bool:
        """Whether all is right with that, and not all formulas give the same as they stand.

        Args:
            found: what became of the worksheets.
            left_out: the cells without a verdict.
        """
        judged = {cell for part in found for cell in part.held}
        return self.changed <= judged and is_all_right(found, left_out) and any(map(self._differs, self.changed))

    def _differs(self, cell: Address) -> bool:
        own, meant = self._numbers(cell)
        return abs(own - meant) > _SAME * max(1.0, abs(meant))

    def _numbers(self, cell: Address) -> tuple[float, float]:
        """What a cell holds, and what it would hold."""
        own, meant = (float(p.values.numbers[p.table.index[cell]]) for p in (self.original, self.part))
        return own, meant

    def _part(self, part: Part) -> Part:
        own = (cell for cell in part.held if cell in self.original.table.index)
        changed = [self._changed(cell, part.held[cell]) for cell in own if cell in self.changed or self._differs(cell)]
        kept = results_of([part], {*Status} - {Status.AGREE}).values()
        return replace(part, results=[*kept, *changed])

    def _changed(self, cell: Address, name: str) -> CellResult:
        table, (actual, desired) = self.original.table, self._numbers(cell)
        if cell not in self.changed:
            text = f"{name} is {actual:.7g} instead of {desired:.7g} because a cell before it is wrong."
            return result_at(table, cell, Status.CARRIED, text, actual, quantity=name, desired=desired, local=actual)
        meant = f"={self.part.table.texts[cell]}"
        text = f"With {meant} in this place, which gives {desired:.7g}, everything is as it should be."
        if not self._differs(cell):
            text = f"The formula is right only for the numbers shown: it should be {meant}."
        return result_at(
            table, cell, Status.ROOT, text, actual, quantity=name, desired=desired, local=desired, desired_formula=meant
        )


def with_kin(
    part: SheetGroup,
    answers: Answers,
    said: Collection[Mapping[Address, str]],
    settle: Callable[[SheetGroup, Answers], _Settled],
    *,
    is_open: bool = False,
) -> _Settled | None:
    """What became of worksheets of which formulas are wrong by what is told of them, if that makes everything right.

    None if other cells are wrong, if either of several formulas may be it, or if they may be meant as they are.

    Args:
        part: the worksheets.
        answers: what they compute.
        said: the formulas that cells may be meant to hold; of those that contain others, the smallest count.
        settle: says what becomes of worksheets without a search for edits.
        is_open: whether something in them is wrong, however right all formulas are.
    """
    if not (said and answers.engine.takes_formulas):
        return None
    found, left_out = as_it_is = settle(part, answers)
    if is_all_right(found, left_out) and not is_open:
        return as_it_is
    if roots_of(found) or any(effort.USED_UP in o.reason for o in left_out):
        return None
    told: dict[frozenset[Address], _Settled] = {}
    for meant in said:
        is_known = any(cells <= meant.keys() for cells in told)
        new = None if is_known else with_formulas(part, answers, meant)
        if new is not None:
            other = WithKin(*new, part)
            found, left_out = settle(other.part, other.answers)
            if other.is_right(found, left_out):
                told[frozenset(meant)] = other.put_back(found, left_out)
    is_known = len(told) == 1 and not _may_be_meant(
        part, *next(iter(told.values())), lambda own: is_all_right(*settle(own, replace(answers, values=own.values)))
    )
    return next(iter(told.values())) if is_known else None


def _may_be_meant(
    part: SheetGroup, found: Sequence[Part], left_out: Sequence[Abstention], is_right: Callable[[SheetGroup], bool]
) -> bool:
    """Whether formulas may be right that seem wrong, as those of a step with which another series begins."""
    roots = roots_of(found)
    held = {cell: name for part in found for cell, name in part.held.items()}
    try:
        return (unknown_kin(part, roots, left_out) or why_meant(part, roots, held, is_right)) is not None
    except effort.OutOfTimeError:
        return True


def is_all_right(found: Sequence[Part], left_out: Sequence[Abstention]) -> bool:
    """Whether something was checked and is right, and nothing is left that may belong to a network.

    Args:
        found: what became of some worksheets.
        left_out: the cells without a verdict.
    """
    is_open = any(own.matters for own in left_out) or any(part.gaps or part.without_cell for part in found)
    return bool(found) and not is_open and not results_of(found, {*Status} - {Status.AGREE, Status.UNBOUND})
