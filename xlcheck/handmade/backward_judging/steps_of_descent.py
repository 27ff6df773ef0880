"""Several steps of gradient descent through layers of any kind, and with any loss that is written out.

Each step by itself takes the same number of times the slope of its loss by each weight off that weight. What the layers
compute is told by all steps together, as if nothing was learnt in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.backward.slopes import StepOfDescent
from xlcheck.handmade.backward.steps_apart import StepsApart, steps_apart
from xlcheck.handmade.backward_judging.descent import Descent, both_ways, culprits_of, without_verdict
from xlcheck.handmade.beside.typed_beside import typed_among
from xlcheck.handmade.families.unlike_kin import told_surely
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.offsets import offset, offset_on_sheet
from xlcheck.handmade.reading.results import blamed, results_of, roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.with_kin import is_all_right, with_kin
from xlcheck.handmade.rewriting.with_still_weights import with_still_weights
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status

_Found = tuple[list[Part], list[Abstention]]
_Settle = Callable[[SheetGroup, Answers], _Found]

_LARGE = 3_000
"""Formulas of a part up to which it is looked at."""
_CLOSE = 1e-6


@dataclass(frozen=True)
class Descents:
    """A training whose steps go down the slopes of one loss.

    Attributes:
        apart: its steps.
        loss: what becomes smaller, in words.
        back: what stands between results and updates, those of a step that was begun among them, and the updates.
        names: of each step the name of the loss.
        losses: the formulas of the losses, as far as all of these is told by their slopes.
        wrong: the steps in which one number is wrong, with that number.
    """

    apart: StepsApart
    loss: str
    back: frozenset[Address]
    names: Sequence[str]
    losses: frozenset[Address]
    wrong: Sequence[Descent]

    def having_told(self, unknown: Collection[Address], table: CellTable) -> Descents:
        """The same, with formulas as parts of the losses of which nobody else knows what they compute.

        Args:
            unknown: the formulas.
            table: the cells.
        """
        return replace(self, losses=self.losses | _told(self.apart, self.names, unknown, table))

    def part(self, table: CellTable, values: CellValues) -> Part:
        """What is to be said of the formulas of the steps.

        Args:
            table: the cells.
            values: what they hold.
        """
        after = {update: f"{show(weight)} after the step" for update, weight in self.apart.updates.items()}
        held = {
            **dict.fromkeys(self.back, "part of a gradient"),
            **dict.fromkeys(self.losses, "part of the loss"),
            **after,
        }
        numbers = {cell: number for own in self.wrong for cell, number in own.wanted.items()}
        roots = {*numbers, *_alike(numbers, self.apart, table)}
        held |= {cell: held.get(cell, "part of a gradient") for cell in roots}
        whole = Descent(held, self.loss, 0.0, dict.fromkeys(sorted(roots), ""), numbers)
        slopes = "held against the slopes of formulas that agree with Keras"
        count = f"{len(self.apart.steps)} training steps of these layers"
        note = f"recognised {count}, which make {self.loss} smaller, {slopes}"
        both = both_ways(self.apart.steps, held, table)
        return Part(whole.results(table, values), len(held), len(held), held=held, notes=(note,), both_ways=both)


def with_steps(part: SheetGroup, answers: Answers, settle: _Settle) -> _Found | None:
    """What became of a part that is a network and several steps of descent, be it with one mistake; None if it is not.

    Args:
        part: the worksheets.
        answers: what they compute.
        settle: what becomes of worksheets that are no training.
    """
    if len(part.table.texts) > _LARGE:
        return None
    terms = part.terms
    try:
        apart = steps_apart(terms)
        own = None if apart is None else _descents(apart, part.table) or _descents(apart, part.table, culprits_of)
        if own is not None:
            return _with_layers(part, answers, own, settle)
        meant = [*_meant(part, answers, terms, settle)]
        return with_kin(part, answers, meant, _training(settle)) if meant else None
    except effort.OutOfTimeError:
        return None


def goes_down(part: SheetGroup) -> bool:
    """Whether a part is steps of a training all of which go down the slopes of one loss, whatever its layers are.

    Args:
        part: the worksheets.
    """
    apart = steps_apart(part.terms) if len(part.table.texts) <= _LARGE else None
    with suppress(effort.OutOfTimeError):
        return apart is not None and _descents(apart, part.table) is not None
    return False


def settles(other: _Found, found: Sequence[Part], left: Iterable[Abstention]) -> bool:
    """Whether everything is right by another reading, and it says so of all that one left open that blames nobody.

    Args:
        other: what became of some worksheets by the other reading.
        found: what became of them by the one.
        left: the cells without a verdict by that.
    """
    unknown = {*results_of(found, {Status.NOT_EVALUATED})}
    unknown |= {cell for each in left if each.matters for cell in each.cells}
    is_open = any(each.gaps for each in found) or bool(roots_of(found))
    return not is_open and is_all_right(*other) and unknown <= {cell for each in other[0] for cell in each.held}


def _training(settle: _Settle) -> _Settle:
    """What becomes of worksheets that are a training in which nothing is wrong; nothing does if they are not."""

    def settled(part: SheetGroup, answers: Answers) -> _Found:
        apart = steps_apart(part.terms)
        own = None if apart is None else _descents(apart, part.table)
        return (None if own is None else _with_layers(part, answers, own, settle)) or ([], [])

    return settled


def _with_layers(part: SheetGroup, answers: Answers, own: Descents, settle: _Settle) -> _Found | None:
    """What became of a part whose steps go down their slopes; None if its layers are wrong, or not known."""
    steps = own.apart.steps
    forward = _forward(part, answers, own.apart, own.back | own.losses, settle)
    if forward is None:
        return None
    found, left = forward
    held = {cell for each in found for cell in each.held}
    if blamed(found) or not all(step.forward & held for step in steps):
        return None
    open_cells = {cell for each in left if each.matters for cell in each.cells}
    own = own.having_told(open_cells, part.table)
    if any(step.forward & open_cells - own.losses for step in steps):
        return None
    whole = own.part(part.table, part.values)
    return [*found, whole], without_verdict(left, whole.held)


def _forward(
    part: SheetGroup, answers: Answers, apart: StepsApart, back: Collection[Address], settle: _Settle
) -> _Found | None:
    """What became of what the layers compute."""
    still = with_still_weights(part, answers, apart.updates, frozenset(back) - apart.updates.keys())
    return None if still is None else still.put_back(*settle(still.part, still.answers))


def _descents(
    apart: StepsApart, table: CellTable,
    culprits: Callable[[StepOfDescent, CellTable], Mapping[Address, Descent]] | None = None,
) -> Descents | None:  # fmt: skip
    """What is told by the slopes of a loss that all steps go down; None if they do not."""
    kinds: list[dict[str, tuple[str, float]]] = []
    wrong: list[Descent] = []
    for step in apart.steps:
        effort.require_time()
        followed = {name: found[0] for name in step.slopes if (found := step.found(name)) and found[1].all()}
        if not followed and culprits is not None and not any(map(step.has_other_rates, step.slopes)):
            wrong += [*culprits(step, table).values()]
            followed = {own.loss: own.rate for own in wrong[-1:]}
        if not followed:
            return None
        kinds.append({_kind(name, step, table): (name, rate) for name, rate in followed.items()})
    usual = next((kind for kind in kinds[0] if all(kind in own for own in kinds)), None)
    if usual is None or not _are_in_line([cell for own in wrong for cell in own.edit], apart, table):
        return None
    names, rates = zip(*(own[usual] for own in kinds), strict=True)
    if not _is_one_rate(rates, [step.settings for step in apart.steps]):
        return None
    first, last = names[0], names[-1]
    loss = first if first == last else f"the loss in {first} to {last.rpartition('!')[2]}"
    back = frozenset().union(*(step.back for step in apart.steps))
    return Descents(apart, loss, back | _alike(back, apart, table), names, _told(apart, names, (), table), wrong)


def _told(
    apart: StepsApart, names: Sequence[str], unknown: Collection[Address], table: CellTable
) -> frozenset[Address]:
    """The formulas of losses that slopes tell, those among them of which nobody knows what they compute."""
    told = frozenset().union(*(step.told(name, unknown) for step, name in zip(apart.steps, names, strict=True)))
    return told | _alike(told, apart, table)


def _are_in_line(cells: Sequence[Address], apart: StepsApart, table: CellTable) -> bool:
    """Whether cells that seem wrong are one a step, alike, and no step that is right has their like."""
    steps = [[cell for cell in cells if cell in step.back | step.typed] for step in apart.steps]
    right = (step.back for step, wrong in zip(apart.steps, steps, strict=True) if not wrong)
    shapes, alike = (
        {shape_of(table.texts[cell], *cell[1:]) for cell in own if cell in table.texts}
        for own in (cells, chain.from_iterable(right))
    )
    return all(len(own) <= 1 for own in steps) and len(shapes) <= 1 and shapes.isdisjoint(alike)


def _kind(name: str, step: StepOfDescent, table: CellTable) -> str:
    """By what losses of several steps are the same: their names, or the shapes of their formulas."""
    cell = step.loss_cells.get(name)
    return name if cell is None else shape_of(table.texts[cell], *cell[1:])


def _is_one_rate(rates: Sequence[float], settings: Sequence[Sequence[float]]) -> bool:
    """Whether all steps have one rate, or each its own from a cell that is read in the same place."""
    if np.allclose(rates, rates[0], rtol=_CLOSE, atol=0):
        return True
    same = len({*map(len, settings)}) == 1
    own = np.array(settings) if same else np.empty((len(rates), 0))
    with np.errstate(all="ignore"):
        times = np.array(rates)[:, None] / own
    return bool(np.isclose(times, times[0], rtol=_CLOSE, atol=0).all(axis=0).any())


def _alike(cells: Collection[Address], apart: StepsApart, table: CellTable) -> set[Address]:
    """The formulas one step on or back that were filled from some: of a step that was begun, or that nobody reads."""
    update, weight = next(reversed([*apart.updates.items()]))
    by, idle = offset_on_sheet(weight, update), apart.learnt.difference(cells)
    places = ((cell, offset(cell, by, times)) for cell in cells for times in (-1, 1)) if by else ()
    return {other for cell, other in places if other in idle and table.fills(cell, other)}


def _meant(part: SheetGroup, answers: Answers, terms: CellTerms, settle: _Settle) -> Iterator[Mapping[Address, str]]:
    """The formulas that somebody may have meant: as all others of their line, or as the layers are with them."""
    is_told = False
    for said in (*told_surely(part.table), *({cell: text} for cell, text in typed_among(part.table))):
        effort.require_time()
        changed = {cell: terms.term_of(cell, text) for cell, text in said.items()}
        edited = {cell: term for cell, term in changed.items() if term is not None}
        if len(edited) == len(said) and (apart := steps_apart(terms.edited(edited))) and _descents(apart, part.table):
            is_told = True
            yield said
    apart = None if is_told else steps_apart(terms)
    yield from () if apart is None else _wrong_layers(part, answers, apart, settle)


def _wrong_layers(
    part: SheetGroup, answers: Answers, apart: StepsApart, settle: _Settle
) -> Iterator[Mapping[Address, str]]:
    """What should stand in the cells of the layers that are wrong, whatever is made of their results."""
    forward = frozenset().union(*(step.forward for step in apart.steps))
    forward |= _alike(forward, apart, part.table)
    found, _ = _forward(part, answers, apart, apart.learnt - forward, settle) or ([], [])
    meant = {cell: (own.desired_formula or "")[1:] for cell, own in roots_of(found).items()}
    if meant and all(meant.values()):
        yield meant
