"""Worksheets whose formulas hold their own weights, as if these stood in cells; and what is said of them, put back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import number_text
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, renamed, rewritten
from xlcheck.handmade.rewriting.typed_weights import TypedWeights, typed_weights
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult

_ALONE = re.compile(r"(?<=\w): the number \S+ in \S+ is empty;.*")
"""What is said of a number that only the formula has in which it is typed."""


@dataclass(frozen=True)
class WithTypedWeights(Rewritten):
    """Some worksheets in which the typed weights stand in cells of their own.

    Attributes:
        moved: the numbers that stood in formulas.
    """

    moved: TypedWeights

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """The same; of two formulas that should have one number and have two, neither is blamed."""
        parts, rivals = [*found], sorted(self.moved.rivals)
        if not blamed(parts).keys().isdisjoint(rivals):
            why = f"{' or '.join(map(show, rivals[:2]))} has a wrong number in it; nothing says which of them."
            parts = [part.without_blame(why) for part in parts]
        return super().put_back(parts, left_out)

    def _result(self, result: CellResult) -> CellResult:
        formulas = (None if text is None else self._text(text) for text in (result.formula, result.desired_formula))
        # Signs as people write them: `-0.3*B2` for `+-0.3*B2`.
        formula, desired = (text and text.replace("+-", "-").replace("--", "+") for text in formulas)
        diagnosis, message = result.diagnosis, self._text(result.message)
        alone = _ALONE.search(message)
        if alone is not None:
            diagnosis, message = None, f"{message[: alone.start()]}, and others in line with it have another number."
        return replace(result, formula=formula, desired_formula=desired, diagnosis=diagnosis, message=message)

    def _text(self, text: str) -> str:
        for cell, number in self.moved.numbers.items():
            text = text.replace(f"weights from {show(cell)} on", f"weights typed in {show(self._reader[cell])}")
            text = renamed(text, {cell: f"the number {number_text(number)} in {show(self._reader[cell])}"})
            name = re.escape(cell_name(*cell[1:], fixed_row=True, fixed_column=True))
            text = re.sub(rf"{name}(?!\d)", number_text(number), text)
        return text

    @cached_property
    def _reader(self) -> Mapping[Address, Address]:
        """The first formula in which each number stands."""
        found: dict[Address, Address] = {}
        for cell in self.moved.texts:
            for number in self.part.precedents.of(cell):
                found.setdefault(number, cell)
        return found


def with_typed_weights(part: SheetGroup, answers: Answers) -> WithTypedWeights | None:
    """Some worksheets with the weights that are typed in their formulas in cells of their own.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    moved = typed_weights(part.table, part.precedents) if answers.engine.takes_formulas else None
    new = None if moved is None else rewritten(part, answers, moved.texts, moved.numbers)
    return None if moved is None or new is None else WithTypedWeights(*new, part, moved)
