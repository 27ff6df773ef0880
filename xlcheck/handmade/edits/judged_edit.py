"""What Keras says of an edit: are exactly the edited cells wrong, and is that certain?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlcheck.errors import UsageError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.acceptance import reason_to_abstain, rounds_throughout
from xlcheck.handmade.accepting.bench import Bench
from xlcheck.handmade.accepting.by_equations import agreeing
from xlcheck.handmade.accepting.outcome import CORRECT, Outcome, told_by
from xlcheck.handmade.arrangements.arrangement import Arrangement, Candidate
from xlcheck.handmade.edits.elsewhere import is_as_elsewhere
from xlcheck.handmade.equations.reading import outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import show

_NAMED = 3
"""Cells that a sentence names."""


@dataclass(frozen=True)
class OneEdit:
    """What one edit makes of a part.

    Attributes:
        outcomes: a verdict for each layer, if the part is certain.
        why: why it is not.
    """

    outcomes: tuple[Outcome, ...] = ()
    why: str = ""


def judged(
    candidate: Candidate, base: Arrangement, bench: Bench, *, has_kin: bool = False, is_said: bool = False
) -> OneEdit:
    """What Keras says, if it is that exactly the edited cells are wrong.

    Args:
        candidate: the edit, and the layers under it.
        base: the layers as they are.
        bench: judges the layers.
        has_kin: whether others have what the edited cells would.
        is_said: whether all is known to be right with the edit, as by results that somebody typed.
    """
    found = candidate.arrangement
    outcomes = list[Outcome]()
    try:
        for layer in found.layers:
            own, _ = bench.judged(layer, found.forms, candidate.edit)
            outcomes.append(bench.kept(own).but_for(told_by(outcomes)))
        outcomes += [bench.kept(bench.judged_plain(layer, candidate.edit)) for layer in found.plain]
    except UsageError as error:
        return OneEdit(why=str(error).removesuffix(f"; {CORRECT}"))
    roots = {verdict.cell for outcome in outcomes for verdict in outcome.roots}
    if candidate.edit and roots != candidate.edit.keys():
        return OneEdit(why=f"what {shown(sorted(candidate.edit))} should hold is not certain")
    alike = has_kin or is_as_elsewhere(candidate.edit, base.reads.terms, beside=True)
    new = {cell for term in candidate.edit.values() for cell in leaves(term)}
    if len(candidate.edit) > 1 and all(map(base.reads.is_formula, candidate.edit)):
        lost = {own for cell in candidate.edit for own in base.reads.of(cell) if base.reads.is_formula(own)} - new
        answers = [{cell_of(atom) for atom in outputs(layer.reading).values()} for layer in base.layers]
        others = {cell for own in answers if own.isdisjoint(lost) for cell in own}
        new -= others if lost and lost <= set().union(*answers) else set()  # of two layers nobody has to read either
    missed = any(not base.reads.read.get(cell) for cell in new)
    holds = base.reads.terms.holds_number  # nobody means to multiply with a word or a blank cell
    missed = missed or all(not all(map(holds, base.reads.of(cell))) for cell in candidate.edit)
    typed = [cell for cell in candidate.edit if not base.reads.is_formula(cell)]
    missed = missed and (not typed or any(map(base.is_computed_with, typed)))  # a target stands there for other reasons

    shares = {own.cell for own in base.typed_over if own.among}  # several numbers, to the last digit
    missed = missed or candidate.edit.keys() <= shares or is_said

    def doubt(outcome: Outcome) -> str | None:
        if candidate.edit:
            return reason_to_abstain(outcome, missed=missed, alike=alike)
        return rounds_throughout(sorted(roots), outcome) if roots else None

    why = next((why for outcome in outcomes if (why := doubt(outcome)) is not None), None)
    right = [cell for outcome in outcomes for cell in agreeing(outcome)]
    why = why or next(found.read_for_nothing(right), None)
    for verdict in (verdict for outcome in outcomes for verdict in outcome.roots if verdict.only_here):
        for other in foreign(verdict.cell, found, base):
            why = f"{show(verdict.cell)} holds what it should, as long as {show(other)} gives what it does"
    return OneEdit(tuple(outcomes)) if why is None else OneEdit(why=why)


def foreign(cell: Address, found: Arrangement, base: Arrangement) -> Iterator[Address]:
    """The formulas that a cell reads as it stands and that no layer is computed with: they may always give the same.

    Args:
        cell: the cell.
        found: the layers, perhaps under an edit.
        base: the worksheets as they are.
    """
    known = found.own | found.given
    yield from (other for other in base.reads.of(cell) if base.reads.is_formula(other) and other not in known)


def shown(cells: Sequence[Address]) -> str:
    """The names of some cells in a sentence, of many only the first.

    Args:
        cells: in the order of the sheet.
    """
    return ", ".join([*map(show, cells[:_NAMED]), *(["…"] if len(cells) > _NAMED else [])])
