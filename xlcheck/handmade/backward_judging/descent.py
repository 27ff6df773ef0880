"""A step of gradient descent through layers of any kind: an LSTM, a convolution, an attention, a normalised batch.

Every update takes the same number of times the slope of a loss by its weight off that weight. What stands between the
results and the updates is then right, as all of it is in some update.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade import effort
from xlcheck.handmade.accepting.shown_beside import without
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.backward.evaluation import are_both
from xlcheck.handmade.backward.slopes import StepOfDescent
from xlcheck.handmade.backward_judging.slips import Edit, Slips, idle_cells
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.offsets import offset
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import result_at, roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status

_Found = tuple[list[Part], list[Abstention]]

_LARGE = 1_500
"""Formulas of a part up to which it is looked at."""
_ENOUGH = 2
"""Weights that follow their slopes, so that what spoils others is told."""
_FOR_LAYERS, _SHARE = 0.6, 0.5
"""Of the time that is left, for the layers alone, and then for a mistake in the step; other readings need the rest."""


@dataclass(frozen=True)
class Descent:
    """A step of gradient descent.

    Attributes:
        cells: its formulas, and what each of them holds.
        loss: what becomes smaller, in words.
        rate: how many times the slope of that each weight moves.
        edit: cells that are wrong, and the formulas with which all of it is right, empty where these are not known.
        wanted: what the formulas give then, for the numbers shown.
        both_ways: the formulas that choose, and were looked at for both answers to what they ask.
    """

    cells: Mapping[Address, str]
    loss: str
    rate: float
    edit: Edit = field(default_factory=dict)
    wanted: Mapping[Address, float] = field(default_factory=dict)
    both_ways: frozenset[Address] = frozenset()

    def part(self, table: CellTable, values: CellValues, wrong: Collection[Address]) -> Part:
        """What is to be said of the formulas.

        Args:
            table: the cells.
            values: what they hold.
            wrong: the cells of the layers that are wrong.
        """
        results = self.results(table, values, wrong)
        slopes = "held against the slopes of formulas that agree with Keras"
        note = f"recognised a training step of these layers, which makes {self.loss} smaller, {slopes}"
        count = len(self.cells)
        return Part(results, count, count, held=self.cells, notes=(note,), both_ways=self.both_ways)

    def results(self, table: CellTable, values: CellValues, wrong: Collection[Address] = ()) -> list[CellResult]:
        """What is to be said of the formulas that are wrong, and of those that follow from them.

        Args:
            table: the cells.
            values: what they hold.
            wrong: the cells of the layers that are wrong.
        """
        behind = reached({*self.edit, *wrong}, Precedents(table).readers) & self.cells.keys()
        results = []
        for cell in (*self.edit, *sorted(behind - self.edit.keys())):
            is_root, text = cell in self.edit, "It follows from a wrong cell."
            formula = f"={self.edit[cell]}" if self.edit.get(cell) else None
            if is_root and (formula or cell in self.wanted):
                put = formula or f"{self.wanted[cell]:.6g}"
                text = f"With {put} in this place, every weight moves along the slope of {self.loss}."
            elif is_root:
                text = "The formula is the one that is wrong in the step beside it."
            results.append(result_at(
                table, cell, Status.ROOT if is_root else Status.CARRIED, text, values[table.index[cell]],
                quantity=self.cells[cell], desired=self.wanted.get(cell), desired_formula=formula,
            ))  # fmt: skip
        return results


def with_descent(part: SheetGroup, settle: Callable[[SheetGroup], _Found]) -> _Found | None:
    """What became of a part that is a network and a step of descent, be it with one mistake; None if it is no such.

    Args:
        part: the worksheets.
        settle: what becomes of them without the step.
    """
    if len(part.table.texts) > _LARGE:
        return None
    own = StepOfDescent(part.terms, {})
    if not own.is_likely:
        return None
    try:
        zeros = _first_states(own, part.table)
        ways = [own, *([StepOfDescent(own.terms, {}, zeros)] if zeros else [])]  # gradients may leave the 0 out
        step, way = next(((step, way) for way in ways if (step := _whole(way)) is not None), (None, own))
        told = frozenset() if step is None else way.told(step.loss)
        with effort.limited_to(effort.left() * (1.0 if step else _FOR_LAYERS)):
            found, left = settle(without(part, own.back | told))
        roots = roots_of(found)
        unknown = {cell for each in left for cell in each.cells}
        told |= frozenset() if step is None else way.told(step.loss, unknown)
        if own.forward.isdisjoint(cell for each in found for cell in each.held) or own.forward & unknown - told:
            return None
        if roots:
            formulas = {cell: root.desired_formula for cell, root in roots.items()}
            step = None if step else next(filter(None, (_with_others(way, formulas) for way in ways)), None)
        else:
            step = step or _with_one_slip(part, ways)
    except effort.OutOfTimeError:
        return None
    if step is None:
        return None
    cells = {**step.cells, **dict.fromkeys(told, "part of the loss")}
    step = replace(step, cells=cells, both_ways=both_ways([way], cells, part.table))
    return [*found, step.part(part.table, part.values, roots)], without_verdict(left, told)


def both_ways(steps: Iterable[StepOfDescent], cells: Collection[Address], table: CellTable) -> frozenset[Address]:
    """The formulas that choose, and that were looked at for both answers, be it another one that was filled alike.

    Args:
        steps: the steps of a training.
        cells: formulas of them.
        table: the cells.
    """
    answers: dict[str, list[set[bool]]] = {}
    shapes = {cell: shape_of(table.texts[cell], *cell[1:]) for cell in cells if cell in table.texts}
    for step in steps:
        for cell in shapes.keys() & step.terms.keys():
            own = step.answers(cell)
            known = answers.setdefault(shapes[cell], [set() for _ in own])
            for so_far, its in zip(known, own, strict=False):
                so_far.update(its)
    return frozenset(cell for cell, shape in shapes.items() if are_both(answers.get(shape, ())))


def without_verdict(left: Iterable[Abstention], told: Collection[Address]) -> list[Abstention]:
    """What is left without a verdict but for some cells.

    Args:
        left: what was left before.
        told: the cells.
    """
    rest = (replace(each, cells=[cell for cell in each.cells if cell not in told]) for each in left)
    return [each for each in rest if each.cells]


def _with_others(own: StepOfDescent, formulas: Mapping[Address, str | None]) -> Descent | None:
    """The step that is right if some formulas of the layers are others; None if it is not, or these are not known."""
    changed = {cell: own.terms.term_of(cell, text[1:]) for cell, text in formulas.items() if text}
    edited = {cell: term for cell, term in changed.items() if term is not None}
    other = (
        StepOfDescent(own.terms.edited(edited), {}, own.still) if formulas and len(edited) == len(formulas) else None
    )
    return _whole(other) if other is not None and other.is_likely and other.updates == own.updates else None


def _first_states(step: StepOfDescent, table: CellTable) -> frozenset[Address]:
    """The typed zeros in whose place the next step has a formula: all that read them are filled on to that step."""
    found = set[Address]()
    for cell in step.read_by(step.forward) - step.terms.keys() - {*step.updates.values()}:
        readers = [own for own in step.terms.readers[cell] if own in step.forward]
        for by in ((0, 1), (1, 0)) if step.terms.number(cell) == 0 else ():
            after = [offset(own, by) for own in readers]
            is_filled = all(o in table.texts and table.fills(r, o) for r, o in zip(readers, after, strict=True))
            if is_filled and offset(cell, by) in step.forward:
                found.add(cell)
    return frozenset(found)


def _whole(step: StepOfDescent) -> Descent | None:
    """A step in which all weights move along the slopes of a loss."""
    for loss in step.slopes:
        effort.require_time()
        if (found := step.found(loss)) is not None and found[1].all():
            return _descent(step, loss, found[0])
    return None


def _descent(step: StepOfDescent, loss: str, rate: float) -> Descent:
    after = {update: f"{show(weight)} after the step" for update, weight in step.updates.items()}
    cells = {**dict.fromkeys(step.back, "part of a gradient"), **after}
    return Descent(cells, loss, rate)


def _with_one_slip(part: SheetGroup, ways: Sequence[StepOfDescent]) -> Descent | None:
    """The step with one mistake in it: an edit that makes all of it right, or a formula that alone spoils the rest."""
    told = [way for way in ways if not any(map(way.has_other_rates, way.slopes))]
    alone: Descent | None = None
    try:
        with effort.limited_to(effort.left() * _SHARE):
            for way in told:
                if culprits := culprits_of(way, part.table):
                    alone = next(iter(culprits.values())) if len(culprits) == 1 else None
                    return _with_one_edit(part, way, culprits.keys()) or alone
            return next(filter(None, (_with_one_edit(part, way, way.back) for way in told)), None)
    except effort.OutOfTimeError:
        return alone  # which cell it is does not depend on whether its formula is found


def culprits_of(step: StepOfDescent, table: CellTable) -> dict[Address, Descent]:
    """The cells of which each spoils alone what is wrong, and touches nothing that is right; with the step.

    Formulas that were filled like right ones are none if others are. Numbers may stand in the places of formulas.

    Args:
        step: the step.
        table: the cells.
    """
    for loss in step.slopes:
        found = step.found(loss)
        if found is None or not _ENOUGH <= found[1].sum() < len(found[1]):
            continue
        whole = _descent(step, loss, found[0])
        right = step.leading_to([own for own, is_right in zip(step.updates, found[1], strict=True) if is_right])
        culprits: dict[Address, Descent] = {}
        for cell in sorted(step.back | step.typed):
            effort.require_time()
            if (number := step.needed(cell, loss)) is not None:
                held = {**whole.cells, cell: whole.cells.get(cell, "part of a gradient")}
                culprits[cell] = replace(whole, cells=held, edit={cell: ""}, wanted={cell: number})
        shapes = {cell: shape_of(text, *cell[1:]) for cell, text in table.texts.items()}
        alike = {shapes[cell] for cell in right}
        odd = {cell: own for cell, own in culprits.items() if shapes.get(cell) not in alike}
        return odd or culprits
    return {}


def _with_one_edit(part: SheetGroup, own: StepOfDescent, suspects: Collection[Address]) -> Descent | None:
    """The step that one edit of some cells makes right, of which some is right as it is; None if several do."""
    terms, found = own.terms, dict[frozenset[Address], Descent]()
    slips = Slips(part.table, terms, None, suspects, idle_cells(part.table))
    for edit in chain(slips.filled_from_beside(), chain.from_iterable(slips.by_likelihood())):
        effort.require_time()
        changed = {cell: terms.term_of(cell, text) for cell, text in edit.items()}
        edited = {cell: term for cell, term in changed.items() if term is not None}
        if len(edited) < len(changed) or frozenset(edit) in found:
            continue
        other = StepOfDescent(terms.edited(edited), own.known, own.still)
        if other.is_likely and other.forward == own.forward and len(other.updates) == len(own.updates):
            step = _whole(other)
            as_it_is = None if step is None else own.found(step.loss)
            if step is not None and as_it_is is not None and np.isclose(as_it_is[0], step.rate):
                wanted = {cell: other.shown(cell) for cell in step.cells}
                found[frozenset(edit)] = replace(step, edit=edit, wanted=wanted)
    return next(iter(found.values())) if len(found) == 1 else None
