"""Worksheets in which steps are skipped, as Keras's Masking does: each formula there is the branch that it takes.

What only skipped steps read is left out, and what is said of the others is put back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.accepting.bench import excerpt
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import CellTable, address_of, beside, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.offsets import are_in_line
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.reading.skipped_steps import NOTHING, Choice, choices, tried
from xlcheck.handmade.rewriting.rewritten import Rewritten, rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult


@dataclass(frozen=True)
class WithSkippedSteps(Rewritten):
    """Some worksheets in which each step is what is taken of it.

    Attributes:
        choices: the formulas that carry a state on or compute the next one.
        left_out: the formulas that say what is skipped, or that only skipped steps read.
    """

    choices: Mapping[Address, Choice]
    left_out: frozenset[Address]

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed who carries a state on: a step may be skipped by some of its units, and meant so."""
        return not any(self.choices[cell].is_skipped for cell in roots_of(found).keys() & self.choices.keys())

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """What became of the worksheets, told of the formulas that stand there, and of those of skipped steps."""
        parts, left = super().put_back(found, left_out)
        left.append(Abstention(self.original.table, self.original.values, sorted(self.left_out), "", matters=False))
        why, skipped = tuple(self._doubts(parts)), [cell for cell, own in self.choices.items() if own.is_skipped]
        note = f"steps are skipped where nothing is read, from {show(min(skipped))} on; they carry the state on"
        return [*parts, Part((), without_cell=len(why), gaps=why, notes=(note, *why))], left

    def _doubts(self, found: Iterable[Part]) -> Iterator[str]:
        """What may be otherwise although all is right that was computed."""
        table = self.original.table
        for cell in sorted(self.choices.keys() - tried(self.choices, table) - roots_of(found).keys())[:1]:
            yield f"what {show(cell)} does for another mask was not checked, as no formula filled like it does so today"
        yield from islice(self._not_asking(), 1)
        for cell in sorted(table.typed_numbers):
            in_row = {own[1] == cell[1] for own in beside(cell) if own in self.choices}
            if len(in_row) > 1:
                yield f"{show(cell)} stands in line with states that are computed or carried on, and no formula does so"

    def _not_asking(self) -> Iterator[str]:
        """The formulas that compute what these do, from nothing where these would skip a step, and do not ask."""
        table, values = self.original.table, self.original.values
        tested = {own.tested for own in self.choices.values()}
        computing = {own.computed.replace(" ", "") for own in self.choices.values()}
        for cell in sorted(cell for cell, text in table.texts.items() if skeleton(text).replace(" ", "") in computing):
            for read in self.original.precedents.of(cell):
                if any(are_in_line(read, own) for own in tested) and table.value(read, values) in NOTHING:
                    yield f"{show(cell)} reads {show(read)}, where others in line with it skip a step, and does not"

    def _result(self, result: CellResult) -> CellResult:
        cell = address_of(result.sheet, result.cell)
        choice = self.choices.get(cell)
        if choice is None:
            return result
        desired = result.desired_formula
        desired = None if desired is None or choice.is_skipped else choice.with_computed(desired)
        return replace(result, formula=f"={self.original.table.texts[cell]}", desired_formula=desired)


def with_skipped_steps(part: SheetGroup, answers: Answers) -> WithSkippedSteps | None:
    """Some worksheets without the steps that are skipped; None if there are none, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    found = choices(part.table, part.values) if answers.engine.takes_formulas else {}
    if not found:
        return None
    begun = dict(_beginnings(found, part.table))
    first = {cell: number for cell, (number, _) in begun.items()}
    new = rewritten(part, answers, {cell: own.taken for cell, own in found.items() if cell not in first}, first)
    if new is None:
        return None
    left_out = frozenset(_left_out(found, part, {cell for _, before in begun.values() for cell in before}))
    skips = left_out | {cell for cell, own in found.items() if own.is_skipped}
    readers = {cell: part.precedents.readers(cell) for cell in part.table.typed_numbers}
    unread = {cell for cell, own in readers.items() if own and skips.issuperset(own)}
    table, values = excerpt(new[0].table, new[0].values, {*new[0].table.addresses} - left_out - unread, ())
    own = SheetGroup(part.sheets, table, values, Precedents(table))
    return WithSkippedSteps(own, new[1], part, found, left_out)


def _beginnings(
    found: Mapping[Address, Choice], table: CellTable
) -> Iterator[tuple[Address, tuple[float, list[Address]]]]:
    """The last of the skipped steps with which a sample begins, the state that it holds, and what it carries on."""
    skipped = {cell: own.carried for cell, own in found.items() if own.is_skipped}
    for cell in skipped.keys() - {*skipped.values()}:
        before, own = list[Address](), skipped[cell]
        while own is not None:
            before.append(own)
            if own not in skipped:
                break
            own = skipped[own]
        if own is None or table.is_number(own):
            yield cell, (0.0 if own is None else table.typed_numbers[own], before)


def _left_out(found: Mapping[Address, Choice], part: SheetGroup, begun: Collection[Address]) -> set[Address]:
    """The formulas that lead to skipped steps alone, to what is skipped, or from there to numbers that nobody reads.

    Of the states those before a beginning.
    """
    states = found.keys() | {own.carried for own in found.values() if own.carried is not None}
    skipped = {cell for cell, own in found.items() if own.is_skipped}
    tested = {own.tested for own in found.values()}
    leading = tested | reached(skipped | tested, part.precedents.of)
    left = {cell for cell in leading if part.table.is_formula(cell)} - (states - {*begun})
    left |= {cell for cell in part.table.texts if not part.precedents.readers(cell) and _reads_only(cell, tested, part)}

    def leads_elsewhere(cell: Address) -> bool:
        readers = {*part.precedents.readers(cell)} - left - skipped
        return not all(own in found and found[own].tested == cell for own in readers)

    while read := {cell for cell in left if leads_elsewhere(cell)}:
        left -= read
    return left


def _reads_only(cell: Address, tested: Collection[Address], part: SheetGroup) -> bool:
    """Whether a formula is made of what says which steps are skipped alone, as the length of a sample is."""
    read = {*part.precedents.of(cell)}
    return bool(read) and read <= {*tested}
