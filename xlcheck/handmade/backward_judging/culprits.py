"""Which cell makes an update miss its gradient: the one whose readers need another quantity than it holds.

What a cell should hold is told by the updates that depend on it, not by its formula: an update is linear in it, so
the value that makes the update follow its gradient can be solved for. A cell is a culprit only if that value is a
quantity of the backward pass, if all updates that it reaches then follow their gradients as well as before or better,
and if everything that it reads itself is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.handmade import effort
from xlcheck.handmade.backward.evaluation import line_of, same
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.steps import Form, Move, goals
from xlcheck.handmade.backward_judging.in_samples import Column, Columns
from xlcheck.handmade.reading.cells import beside, show
from xlcheck.handmade.reading.reached import reached

_EITHER = "two cells could be wrong, and nothing says which"
_SIGN = "it may be a bias, which should be added to the sum"
_MOST_AGREE = 2
"""Units that agree with their layer, where another one does not: then it is wrong, and not they."""
_NOTHING = 1e-9
_UNKNOWN = "what would put it right is no quantity of a backward pass"


@dataclass
class Findings:
    """What came out of the search.

    Attributes:
        roots: culprit → what it should hold.
        settled: updates that follow their gradients once the culprits are right.
        open: updates that do not, and why nobody is blamed.
        values: what the cells hold once the culprits are right.
    """

    roots: dict[Address, Role] = field(default_factory=dict)
    settled: set[Address] = field(default_factory=set)
    open: dict[Address, str] = field(default_factory=dict)
    values: dict[Address, Array] = field(default_factory=dict)


class Search:
    """Looks for the culprits in one step.

    Args:
        reading: the sheet as training steps.
        number: of the step.
        usual: the forms of the moves of the sheet.
        regular: whether other cells that are right were filled from the formula of a cell.
        alike: whether two cells have the same formula but for its references.
    """

    def __init__(
        self,
        reading: Reading,
        number: int,
        usual: set[Form],
        regular: Callable[[Address], bool],
        alike: Callable[[Address, Address], bool],
    ) -> None:
        self._reading, self._number = reading, number
        self._sheet, self._step = reading.sheet, reading.steps[number]
        self._readers = reading.sheet.terms.readers
        move = self._usual_move(usual)
        found = {} if move is None else goals(self._sheet, self._step, move, self._step.gradients)
        layers = self._step.truth.network.layers
        thresholds = frozenset().union(*(layer.thresholds for layer in layers))
        self._doubtful = thresholds if reading.thresholds.isdisjoint(reading.learnt) else frozenset[Address]()
        self._goals = {
            update: goal for update, goal in found.items()
            if not self._has_rule(update, usual) and self._sheet.updates[update] not in self._doubtful
        }  # fmt: skip
        self._regular, self._alike = regular, alike
        self._columns = Columns(reading, number, alike, self._is_behind)
        self.findings = Findings()

    def run(self) -> Findings:
        """Settle one update after the other; what is put right for one may settle others."""
        missed = [update for update, move in self._step.moves.items() if move is None]
        inexact = [update for update in missed if update in self._goals]
        odd = dict(self._odd_outputs())
        if any(role is None for role in odd.values()):
            self.findings.open |= dict.fromkeys(missed, "two outputs contradict each other")
            return self.findings
        self._found({cell: role for cell, role in odd.items() if role is not None})
        inexact = [update for update in inexact if not self._is_settled(update)]
        found = True
        while found and inexact and self._goals:
            culprits = {update: own for update in inexact if (own := self._culprits(update))}
            # What an input of 0 hides from one update is seen by another one: who is to blame for it alone comes last.
            update = next((own for own in culprits if own not in culprits[own]), next(iter(culprits), None))
            if found := update is not None:
                self._found(culprits[update])
                inexact = [other for other in inexact if not self._is_settled(other)]
        self.findings.settled |= {update for update in missed if update in self._goals} - set(inexact)
        for update in missed:
            if update not in self.findings.settled:
                is_doubtful = self._sheet.updates[update] in self._doubtful
                self.findings.open.setdefault(update, _SIGN if is_doubtful else _UNKNOWN)
        return self.findings

    def _found(self, culprits: Column) -> None:
        self.findings.roots |= culprits
        self.findings.values |= {cell: role.quantity.values * role.factor for cell, role in culprits.items()}

    def _odd_outputs(self) -> Iterator[tuple[Address, Role | None]]:
        """The outputs that differ from those of their layer, as a share of another sum; None with one other unit."""
        truth = self._step.truth
        for s, sample in enumerate(truth.network.samples):
            for number, outputs in enumerate(sample.outputs):
                values = truth.layers[number].y[:, s].T
                odd = [u for u, cell in enumerate(outputs) if not same(self._sheet.cells[cell], values[u])]
                sure = len(outputs) - len(odd) >= _MOST_AGREE
                for u in odd:
                    role = Role(Quantity(f"o{number + 1}[{u + 1}]", values[u]))
                    yield outputs[u], role if sure and len(odd) == 1 else None

    def _usual_move(self, usual: set[Form]) -> Move | None:
        """A move of this step that is of a usual form, and along the gradient alone."""
        moves = (move for move in self._step.moves.values() if move is not None and move.form in usual)
        return next((move for move in moves if not move.rule), None)

    def _has_rule(self, update: Address, usual: set[Form]) -> bool:
        """Whether weights of its kind move by more than their gradient, as those that shrink do."""
        is_bias = self._sheet.updates[update] in self._step.truth.network.biases
        return any(rule for rule, _, of_bias in usual if of_bias == is_bias)

    def _is_settled(self, update: Address) -> bool:
        return same(self._after(update, self.findings.values), self._goals[update])

    def _after(self, update: Address, instead: Mapping[Address, Array]) -> Array:
        """What an update gives when some cells hold something else."""
        if update in instead:
            return instead[update]
        changed = (cell for cell in self._above(update) if cell not in instead)
        return self._sheet.recomputed(instead, [*changed, update])[update]

    def _above(self, update: Address) -> list[Address]:
        """The cells behind the forward parts from which an update is computed, in order of calculation."""
        terms = self._sheet.terms
        found = reached([update], terms.reads.__getitem__, among=self._is_behind)
        return sorted(found, key=terms.in_no_circle.__getitem__)

    def _is_behind(self, cell: Address) -> bool:
        sheet, forward = self._sheet, self._reading.forward
        return cell in sheet.terms and cell not in sheet.updates and cell not in forward and cell not in sheet.settings

    def _culprits(self, update: Address) -> Column:
        """The one cell that explains why an update is wrong, or all of a column that was filled down."""
        effort.require_time()
        suspects = list(dict.fromkeys(self._suspects(update)))
        nothing = any(self._may_be_nothing(cell, update) for cell in suspects)
        explained = [one for cell in suspects if not nothing and (one := self._explanation(cell, update)) is not None]
        if not explained and not nothing:
            sums = [cell for cell in self._above(update) if self._columns.added_by(cell)]
            needed = [(cell, role) for cell in sums if (role := self._needed(cell, update)) is not None]
            columns = [own for cell, role in needed if (own := self._column(cell, role)) and cell not in own]
            if len(columns) == 1:
                return columns[0]
        if len(explained) == 1 and not self._reads_mixed(explained[0][0]):
            ((cell, role),) = explained
            if column := self._column(cell, role):
                return column
            self.findings.open[update] = _EITHER
        self.findings.open.setdefault(update, "more than one cell could be wrong" if explained else _UNKNOWN)
        return {}

    def _reads_mixed(self, cell: Address) -> bool:
        """Whether a cell reads what others count otherwise, as a factor goes on from step to step."""
        kinds, roles = self._reading.kinds, self._reading.roles
        read = {
            kinds[own] for own in self._sheet.terms.reads[cell] if own in kinds.keys() - self.findings.values.keys()
        }
        factors = {(kind, f"{float(roles[own][1].factor):.9g}") for own, kind in kinds.items() if kind in read}
        return bool(self._step.truth.network.before) and len(factors) > len(read)

    def _may_be_nothing(self, cell: Address, update: Address) -> bool:
        """Whether all is right if a cell holds 0, as what a first state of 0 adds: nobody knows what it should be."""
        values = self._solved(cell, update) if cell != update else None
        return values is not None and bool((np.abs(values[:-1]) < _NOTHING).all())

    def _column(self, cell: Address, role: Role) -> Column:
        """A cell that should hold something, or the column of its samples that is wrong instead; none if either may be.

        Of the columns through which it is computed that one is wrong which puts most updates right; of those that put
        as many right the nearest, unless its formulas are as others have them.
        """
        if not self._columns.added_by(cell):
            return {cell: role}
        columns = self._columns.wanted(cell, role)
        if not columns:
            return {} if columns is None else {cell: role}
        gains = [self._gain(column) for column in columns]
        best = [column for column, gain in zip(columns, gains, strict=True) if gain == max(gains)]
        is_there = any(self._elsewhere(own, place) for place, own in columns[0].items())
        if max(gains) < self._gain({cell: role}):
            return {cell: role}
        if is_there and not self._regular(cell):
            return {}
        found = next((column for column in best if not all(map(self._regular, column))), best[-1])
        held = (same(self._sheet.cells[own], role.quantity.values * role.factor) for own, role in found.items())
        return {} if any(held) else found  # what holds what it should was not filled wrongly

    def _explanation(self, suspect: Address, update: Address) -> tuple[Address, Role] | None:
        """The suspect, or what it reads, whichever alone puts most updates right.

        A cell may hold a quantity that belongs elsewhere; then all that reads it is wrong, and it explains more than
        any of them. If it explains no more than its one reader, it is wrong if no other cell holds what is needed:
        otherwise the reader may have been meant to read that one, and nobody knows.
        """
        needed = {cell: role for cell in self._above_all(suspect) if (role := self._needed(cell, update)) is not None}
        if suspect == update:
            needed[update] = Role(Quantity(f"{show(self._sheet.updates[update])} after the step", self._goals[update]))
        elif suspect not in needed:
            return None
        elif self._reads_a_pasted_number(suspect) or not self._is_an_attempt(suspect, needed[suspect]):
            self.findings.open[update] = _EITHER
            return None
        gains = {cell: self._gain({cell: role}) for cell, role in needed.items()}
        best = [cell for cell in needed if gains[cell] == max(gains.values())]
        others = [cell for cell in best if cell != suspect and not self._only_counts_otherwise(cell, needed[cell])]
        others = [cell for cell in others if not self._is_as_its_kin(cell)] or others
        if not others:
            return suspect, needed[suspect]
        if len(others) == 1 and not self._elsewhere(needed[others[0]], others[0]):
            return others[0], needed[others[0]]
        self.findings.open[update] = _EITHER
        return None

    def _is_as_its_kin(self, cell: Address) -> bool:
        """Whether a cell holds the same kind of quantity as two others at least that were written like it."""
        kind = self._reading.kinds.get(cell)
        kin = [other for other, own in self._reading.kinds.items() if own == kind and other != cell]
        return kind is not None and sum(self._alike(cell, other) for other in kin) > 1

    def _only_counts_otherwise(self, cell: Address, role: Role) -> bool:
        """Whether a cell holds what is needed with the factor of its like, so that its reader counts it wrongly."""
        held = self._role(cell)
        if held is None or held.quantity.name != role.quantity.name:
            return False
        usual = [found.factor for update, move in self._step.moves.items() if move is not None
                 for read in self._sheet.terms.reads[update] if (found := self._role(read)) is not None]  # fmt: skip
        return any(np.allclose(held.factor, factor) for factor in usual if np.shape(factor) == np.shape(held.factor))

    def _is_an_attempt(self, cell: Address, role: Role) -> bool:
        """Whether a cell without a role was meant for a quantity, though another cell holds it as well.

        Those who write the same columns for each weight have it twice, in formulas that look the same and are read in
        the same way; otherwise the reader may have been meant to read the other cell.
        """
        elsewhere = self._elsewhere(role, cell)
        alike = any(self._alike(cell, other) for other in elsewhere)
        return not elsewhere or (alike and all(self._regular(reader) for reader in self._readers.get(cell, ())))

    def _elsewhere(self, role: Role, cell: Address) -> list[Address]:
        """The other cells of the step that hold a quantity, copies left out."""
        return [
            other for other, (number, held) in self._reading.roles.items()
            if other != cell and number == self._number and held.quantity.name == role.quantity.name
            and not isinstance(self._sheet.terms[other], Leaf)
        ]  # fmt: skip

    def _above_all(self, suspect: Address) -> list[Address]:
        """A suspect and the cells that it is computed from."""
        above = [cell for cell in self._above(suspect) if cell not in self.findings.roots]
        return above if suspect in self._step.moves else [suspect, *above]

    def _gain(self, wanted: Column) -> int:
        """How many more updates follow their gradients once some cells hold what they should."""
        instead = {**self.findings.values, **{cell: own.quantity.values * own.factor for cell, own in wanted.items()}}
        behind = dict.fromkeys(
            update for cell in wanted
            for update in ([cell] if cell in self._step.moves else self._updates_behind(cell))
        )  # fmt: skip
        before = sum(same(self._after(update, self.findings.values), self._goals[update]) for update in behind)
        return sum(same(self._after(update, instead), self._goals[update]) for update in behind) - before

    def _reads_a_pasted_number(self, cell: Address) -> bool:
        """Whether a formula reads a number beside formulas of its step, which may have been one of them."""
        typed = [
            read for read in self._sheet.terms.reads[cell] if read in self._sheet.settings - self._sheet.terms.keys()
        ]
        return any(
            other in self._sheet.terms and self._reading.roles.get(other, (None,))[0] == self._number
            for own in typed for other in beside(own)
        )  # fmt: skip

    def _suspects(self, cell: Address) -> Iterator[Address]:
        """The cells without a role that only read cells with one."""
        doubtful = [read for read in self._sheet.terms.reads[cell] if self._is_doubtful(read)]
        if not doubtful:
            yield cell
        for read in doubtful:
            yield from self._suspects(read)

    def _is_doubtful(self, cell: Address) -> bool:
        return self._is_behind(cell) and cell not in self.findings.roots and self._role(cell) is None

    def _role(self, cell: Address) -> Role | None:
        """What a cell holds, once the culprits found so far are right."""
        if not self.findings.values or cell in self.findings.values or cell not in self._sheet.terms:
            own = self._reading.roles.get(cell)
            return None if own is None or cell in self._reading.odd else own[1]
        return self._reading.role(self._number, self._after(cell, self.findings.values))

    def _needed(self, cell: Address, update: Address) -> Role | None:
        """What a cell should hold for an update to follow its gradient; None if that is nothing known, or harms."""
        values = self._solved(cell, update)
        role = None if values is None else self._reading.role(self._number, values, shown=bool(np.isfinite(values[-1])))
        if role is None:
            return None
        instead = {**self.findings.values, cell: role.quantity.values * role.factor}
        for other in self._updates_behind(cell):
            good = same(self._after(other, instead), self._goals[other])
            if not good and (other == update or same(self._after(other, self.findings.values), self._goals[other])):
                return None
        return role

    def _solved(self, cell: Address, update: Address) -> Array | None:
        """The value of a cell under which an update follows its gradient, if the update is linear in it."""
        known = self.findings.values
        found = line_of(lambda value: self._after(update, {**known, cell: value}), len(self._sheet.cells[cell]))
        if found is None or not (np.abs(found[1][:-1]) > 1e-12).all():
            return None
        with np.errstate(all="ignore"):
            return np.asarray((self._goals[update] - found[0]) / found[1])

    def _updates_behind(self, cell: Address) -> list[Address]:
        """The updates of this step that depend on a cell."""
        readers, updates = self._readers, self._sheet.updates
        if cell in self._step.moves:
            return [cell] if cell in self._goals else []
        found = reached([cell], lambda own: readers.get(own, ()), through=lambda own: own not in updates)
        return [update for update in self._goals if update in found]
