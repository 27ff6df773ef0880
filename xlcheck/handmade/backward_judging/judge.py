"""The verdict on each formula cell of a sheet that was read as training steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import filterfalse

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import operands, skeleton
from xlcheck.handmade.backward.biases import has_doubtful_bias
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.network_cells import is_unwritten
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.best_step import BestStep
from xlcheck.handmade.backward_judging.called_a_loss import called_a_loss
from xlcheck.handmade.backward_judging.certainty import Certainty, may_read_others, shape_in, typed_weights
from xlcheck.handmade.backward_judging.compared_estimates import compared_otherwise, reads_estimates
from xlcheck.handmade.backward_judging.culprits import Findings, Search
from xlcheck.handmade.backward_judging.diagnosis import diagnosed
from xlcheck.handmade.backward_judging.evaluated import COUNTED, evaluated
from xlcheck.handmade.backward_judging.exchange import explained_by_exchange
from xlcheck.handmade.backward_judging.filled_on import blame_filled
from xlcheck.handmade.backward_judging.gaps import BELONGS, gaps, seems_to_belong
from xlcheck.handmade.backward_judging.shown import (
    adds_nothing,
    as_beside,
    computed_targets,
    handed_on,
    leads_to_data,
    shown,
)
from xlcheck.handmade.backward_judging.summed_up import SummedUp
from xlcheck.handmade.backward_judging.tried import last_layers, tried
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.verdicts.messages import UNBOUND
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.workbook.content import NotEvaluated

ORACLE = "keras float64"


@dataclass
class Judge:
    """Judges the formula cells of a sheet that was read as training steps.

    Attributes:
        said: the verdicts, as they are found.
        accepted: numbers of the steps that are certain.
        near: the same sheet under settings near the numbers shown, where activations have kinks.
        amended: cells that break their line, with the formulas under which the sheet was read.
        notes: what a reader should know.
        found: culprits, with what they should hold.
        step_of: the step of each of them.
        doubts: whether the culprits of steps that look so may be one mistake in the forward part.
        opaque: formulas of which nobody here knows what they compute.
        certain: what the culprits of steps that are certain look like, and should hold.
    """

    said: Verdicts
    accepted: frozenset[int]
    near: Reading | None
    amended: Mapping[Address, str]
    notes: list[str] = field(default_factory=list)
    found: dict[Address, Role] = field(default_factory=dict)
    step_of: dict[Address, int] = field(default_factory=dict)
    doubts: dict[object, bool] = field(default_factory=dict)
    opaque: Collection[Address] = frozenset()
    certain: set[frozenset[object]] = field(default_factory=set)

    @property
    def table(self) -> CellTable:
        """The cells."""
        return self.said.table

    @property
    def reading(self) -> Reading:
        """The training steps."""
        return self.said.reading

    @cached_property
    def _precedents(self) -> Precedents:
        return Precedents(self.table)

    @cached_property
    def _summed_up(self) -> SummedUp:
        return SummedUp(self.said, [*last_layers(self.reading, self.accepted)])

    def _best_step(self) -> BestStep:
        return BestStep(self.table, self.reading, self.said.agree)

    def outcome(self) -> Part:
        """Look at everything."""
        for cell in self.amended:
            self._outlier(cell)
        self._forward()
        for number in sorted(self.accepted):
            self._follow(number)
        known = Certainty(self.table, self.reading, self.accepted, self.said.agree)
        for cell in known.certain():
            self.said.compare(cell, self.reading.roles[cell][1])
        self._out_of_kind(known)
        for number in sorted(self.accepted):
            self._updates(number, known)
        self.said.blame_rounded()
        targets = computed_targets(self.table, self.reading, self.accepted)
        self.said.agree |= targets
        blame_filled(self.said, self.found, self.step_of, self.accepted)
        self.said.agree_on_words(self._precedents)
        self._tried()
        self._only_here()
        for cell, role in typed_weights(self.table, self.reading, self.accepted):
            text = f"A number was typed where the weight of the step before should be updated: {role.desired:.6g}."
            if cell not in self.said.results:
                self.said.results[cell] = self.said.result(cell, Status.ROOT, text, role, "constant-over-formula")
        self._shown()
        others = as_beside(self.said.actual, self.said.agree, self.reading, self._precedents, self.table)
        self.said.agree |= {cell: name for cell, name in others.items() if cell not in self.said.results}
        for cell, role in handed_on(self.said, self.accepted):
            self.said.compare(cell, role)
        self._evaluations()
        judged = [cell for cell in (*self.said.agree, *self.said.results) if cell in self.table.texts]
        spare = {cell for cell, own in self.said.results.items() if own.status is Status.UNBOUND}
        shapes = {(self._shape(cell), cell in targets) for cell in judged if cell not in spare}
        for cell in filterfalse({*judged}.__contains__, self.table.texts):
            self.said.results[cell] = self._rest(cell, shapes)
        counts = Counter(result.status for result in self.said.results.values())
        open_ones = (*gaps(self.table, self.reading, self.accepted, self.said.agree, self.said.results),
                     *compared_otherwise(self.reading, self.said.agree), *self._summed_up.misnamed(),
                     *called_a_loss(self.table, self.reading, self.said.agree),
                     *self._best_step().of_other_lines())  # fmt: skip
        return Part(
            tuple(self.said.results.values()),
            formula_cells=len(self.table.formulas) + sum(cell not in self.table.texts for cell in self.said.results),
            checked=len(self.said.agree) + counts[Status.ROOT] + counts[Status.CARRIED],
            without_cell=len(open_ones),
            gaps=open_ones,
            notes=(self.said.assumed(self.accepted), *self.notes),
            quantities=tuple(dict.fromkeys(self.said.agree.values())),
            oracle=ORACLE,
            samples=max(len(self.reading.steps[number].truth.network.samples) for number in self.accepted),
            max_abs_error=max(self.said.differences, default=0.0),
            max_ulps=self.said.last_places,
            targets=frozenset(targets),
            choices=self.reading.sheet.choices(),
            both_ways=self.reading.sheet.both_ways(self.said.agree.keys() & self.reading.roles.keys()),
        )

    def _out_of_kind(self, known: Certainty) -> None:
        """The cells that hold what belongs elsewhere, though nothing says that they are meant to hold another thing."""
        for cell in known.out_of_kind():
            name = self.reading.roles[cell][1].quantity.name
            self.said.leave(cell, f"This holds {name}, and the step beside it has something else in this place.")

    def _tried(self) -> None:
        """What the network says of new inputs: nobody is blamed there, as other weights may be meant."""
        unknown = self.table.texts.keys() - self.said.agree.keys() - self.said.results.keys()
        for cell, held in tried(self.table, self.reading, self.accepted, unknown).items():
            self.said.compare(cell, Role(held))

    def _shown(self) -> None:
        """What is made of the steps, and then what is made of that, which may stand above it."""
        known = -1
        while known < len(self.said.agree):
            known = len(self.said.agree)
            for cell in filterfalse(self.said.agree.__contains__, self.table.texts):
                if (quantity := shown(cell, self.reading, self.said.agree, self.table)) is not None:
                    self.said.compare(cell, Role(quantity))

    def _forward(self) -> None:
        """The cells between weights and outputs: their sums were recognised term by term, their values are compared."""
        for cell in filterfalse(is_unwritten, [c for c, n in self.reading.forward.items() if n in self.accepted]):
            if adds_nothing(cell, self.table, self.reading):
                text = "This formula does something to a number and leaves it as it is, so that nothing is learnt here."
                self.said.results[cell] = self.said.result(cell, Status.NOT_EVALUATED, text)
                continue
            held = self.reading.roles.get(cell)
            role = Role(Quantity("part of a sum", self.reading.sheet.cells[cell])) if held is None else held[1]
            self.said.compare(cell, role)

    def _outlier(self, cell: Address) -> None:
        """A cell that breaks its line is wrong if the step is right with what its siblings would have in its place."""
        role = self._role_of_amended(cell)
        if role is None:
            text = f"The other steps have ={self.amended[cell]} in this place; nothing says whether this is meant."
            self.said.leave(cell, text)
            return
        if cell in self.opaque and self.said.near(role.quantity.name, self.said.actual(cell), self.said.local(cell)):
            self.said.leave(cell, "This formula gives what it should, but it was not recognised how.")
            return
        value = self.said.local(cell)
        text = f"With ={self.amended[cell]} in this place, which gives {value:.6g}, the whole step is as it should be."
        diagnosis = None if cell in self.table.texts else "constant-over-formula"
        found = self.said.result(cell, Status.ROOT, text, role, diagnosis)
        self.said.results[cell] = replace(found, desired_formula=f"={self.amended[cell]}")

    def _role_of_amended(self, cell: Address) -> Role | None:
        """What a cell holds once it is amended, if the step to which it belongs is then right throughout."""
        sheet, number = self.reading.sheet, self.reading.forward.get(cell)
        areas = [ref.area(cell[0]) for ref in operands(self.amended[cell])]
        handed_down = all(self.table.is_formula((area.sheet, area.top, area.left)) for area in areas)
        is_data = cell in sheet.terms and source(cell, sheet.terms) in self.reading.data
        if cell not in sheet.terms or (is_data and not handed_down):  # which sample a step reads is up to people
            return None
        role = Role(Quantity("part of a sum", sheet.cells[cell])) if number is not None else None
        if cell in self.reading.roles:
            number, role = self.reading.roles[cell]
        for step, updates in ((n, self.reading.steps[n].moves) for n in self.accepted):
            if cell in updates:
                number, role = step, Role(Quantity(f"{show(sheet.updates[cell])} after the step", sheet.after[cell]))
        exact = number in self.accepted and None not in self.reading.steps[number].moves.values()
        return role if exact else None

    def _only_here(self) -> None:
        """What is right as long as no sum changes its sign."""
        near, found = self.reading if self.reading.sheet.near else self.near, list[Address]()
        for cell, (_, role) in near.roles.items() if near is not None and near is not self.reading else ():
            judged = cell in self.said.agree or cell in self.said.results
            if not judged and not leads_to_data(cell, self.table, self.reading, self._precedents):
                self.said.compare(cell, role)
                found += [cell] if cell in self.said.agree else []
        if near is self.reading or found:
            cells = f"the formulas in {', '.join(show(cell) for cell in found[:5])}" if found else "some formulas"
            self.notes.append(f"right only as long as no sum before a ReLU changes its sign: {cells}")

    def _follow(self, number: int) -> None:
        """The updates that follow their gradients."""
        step, usual = self.reading.steps[number], self.reading.usual(number)
        for update, move in step.moves.items():
            if move is not None and move.form not in usual:
                text = "This follows the gradient of its weight, but with another learning rate than others, or none."
                self.said.leave(update, text)
            elif move is not None and move.passes_over:
                text = "This follows the gradient of its weight, and passes over what other cells have made of it."
                self.said.leave(update, text)
            elif move is not None:
                weight = self.reading.sheet.updates[update]
                self.said.compare(update, Role(Quantity(f"{show(weight)} after the step", move.after)))

    def _updates(self, number: int, known: Certainty) -> None:
        """The updates that do not, and who is to blame."""
        step, usual = self.reading.steps[number], self.reading.usual(number)
        if not usual or self.reading.sheet.near or all(move is not None for move in step.moves.values()):
            return
        found = Search(self.reading, number, usual, known.is_regular, known.are_alike).run()
        if self._is_doubtful(number, found):
            for update in {*found.settled, *found.open}:
                self.said.results[update] = self.said.result(
                    update, Status.NOT_EVALUATED,
                    "This update does not follow its gradient; a mistake in the gradients explains it, but two weights "
                    "exchanged in the forward part, or others that it should read, explain it too; no cell is blamed.",
                )  # fmt: skip
            return
        self._blame(found)
        self.certain.add(frozenset(self._kinds(found)))
        self.found |= found.roots
        self.step_of |= dict.fromkeys(found.roots, number)

    def _is_doubtful(self, number: int, found: Findings) -> bool:
        """Whether several culprits may be one mistake in the forward part; the same for steps filled from one."""
        if found.roots and frozenset(self._kinds(found)) in self.certain:
            return False
        if found.roots and (any(map(is_unwritten, found.roots)) or may_read_others(self.table, self.reading, number)):
            return True
        sheet, step = self.reading.sheet, self.reading.steps[number]
        moves = [move for move in step.moves.values() if move is not None and not move.rule]
        if len(found.roots) < 2 or not moves:
            return False
        cells = {*step.moves, *sheet.cone(step.moves)} & self.table.texts.keys()
        roles = frozenset((role.quantity.name, self._shape(cell)) for cell, role in found.roots.items())
        key = roles, frozenset(map(self._shape, cells))
        if key not in self.doubts:
            self.doubts[key] = explained_by_exchange(self.reading, number, moves[0])
        return self.doubts[key]

    def _kinds(self, found: Findings) -> Iterator[object]:
        return ((own.quantity.name, skeleton(self.table.texts.get(cell, ""))) for cell, own in found.roots.items())

    def _blame(self, found: Findings) -> None:
        for cell, role in found.roots.items():
            self.said.agree.pop(cell, None)
            name, message = diagnosed(self.reading, cell, role)
            if self.said.near(role.quantity.name, self.said.actual(cell), role.desired):
                if any(has_doubtful_bias(own, self.reading.sheet.ones) for own in self.reading.sheet.networks):
                    self.said.leave(cell, "It is right only as long as a typed 1 that the network reads stays a 1.")
                    continue
                message = f"It is right only for the numbers shown. {message}"
            self.said.results[cell] = self.said.result(cell, Status.ROOT, message, role, name)
        for update in found.settled - found.roots.keys():
            self.said.results[update] = self.said.result(update, Status.CARRIED, "It follows from a wrong gradient.")
        for cell in self._between(found):
            self.said.results[cell] = self.said.result(cell, Status.CARRIED, "It follows from a wrong cell.")
        for update, reason in found.open.items():
            if update not in self.said.results:
                text = f"This looks like the update of a weight, but {reason}; no cell is blamed."
                self.said.leave(update, text)

    def _between(self, found: Findings) -> Iterator[Address]:
        """The cells between culprits and the updates that they spoil."""
        sheet, forward = self.reading.sheet, self.reading.forward
        spoilt = behind(found.roots, [cell for cell in sheet.order if cell not in forward], sheet.terms)
        spoilt -= found.roots.keys() | self.said.agree.keys()
        yield from (cell for cell in sheet.order if cell in spoilt and not is_unwritten(cell))

    def _shape(self, cell: Address) -> tuple[str, str]:
        return shape_in(self.table, cell)

    def _evaluations(self) -> None:
        """What is counted beside a training, as right answers are, is none of it, nor is a target looked up by one."""
        agree, results = self.said.agree, self.said.results
        regular, odd = evaluated(self.said, self._precedents)
        unknown = self.table.texts.keys() - {*agree, *results, *regular, *odd}
        known = {*regular, *self._summed_up.among(unknown), *self._best_step().told()}
        for cells, status, text in ((odd, Status.NOT_EVALUATED, COUNTED), (known, Status.UNBOUND, UNBOUND)):
            for cell in cells:
                agree.pop(cell, None)
                results[cell] = self.said.result(cell, status, text)

    def _rest(self, cell: Address, shapes: Collection[tuple[tuple[str, str], bool]]) -> CellResult:
        """A formula cell without a role: one filled like another was not checked; inputs may be filled like targets."""
        reading, shape = self.reading, self._shape(cell)
        known = any(cell in own for own in (reading.forward, reading.roles, reading.sheet.updates))
        is_name = isinstance(self.said.actual(cell), str)  # of a sample or a step
        is_name = is_name or source(cell, reading.sheet.terms) in reading.sheet.asked  # of a class
        fetched = is_name or (cell in reading.data and cell not in reading.sheet.terms)  # others may repeat that
        filled = not fetched and any((shape, own) in shapes for own in {False, cell not in reading.data})
        made = reads_estimates(cell, reading, self.said.agree) and not is_name
        belongs = known or filled or made or seems_to_belong(cell, self.table, reading, self.said.agree)
        belongs = belongs and not leads_to_data(cell, self.table, reading, self._precedents)
        if isinstance(self.said.actual(cell), NotEvaluated) or belongs:
            return self.said.result(cell, Status.NOT_EVALUATED, BELONGS)
        return self.said.result(cell, Status.UNBOUND, UNBOUND)
