"""How far a value says what a cell should hold: a right gradient in the place of another one is wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address, Leaf, outline
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import CellTable, beside, show
from xlcheck.handmade.reading.digits import agrees, digits_of
from xlcheck.handmade.reading.offsets import offset, offset_between
from xlcheck.handmade.reading.reached import reached

_DIGITS = 4
_ERROR = re.compile(r"(?:squared )?error|\|error\|")
Weights = Mapping[tuple[int, int, int], Address]
"""Layer, input and unit → the cell of the weight."""


class Certainty:
    """Which cells are known to hold what belongs there.

    A cell is confirmed if an update that follows its gradient is computed from it, or if it was filled like one that
    is. Of the other cells those are certain that alone hold their quantity: with two of them, neither computed from the
    other one, one may stand in the place of another quantity.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
        right: cells of the forward parts and updates that are right.
    """

    def __init__(
        self, table: CellTable, reading: Reading, accepted: Collection[int], right: Collection[Address]
    ) -> None:
        self._table, self._reading, self._accepted = table, reading, accepted
        self._confirmed = set(right) | reached(
            filter(reading.sheet.updates.__contains__, right),
            reading.sheet.terms.reads.__getitem__,
            among=lambda read: read in reading.roles and read not in right and read not in reading.forward,
        )
        self._shapes = Counter(
            shape for cell in self._confirmed if cell in table.texts for shape in set(self._of(cell))
        )  # fmt: skip

    def is_regular(self, cell: Address) -> bool:
        """Whether at least two confirmed cells were filled from the same formula."""
        return cell in self._table.texts and any(self._shapes[shape] > 1 for shape in self._of(cell))

    def are_alike(self, one: Address, other: Address) -> bool:
        """Whether two formulas are the same but for their references and numbers."""
        kinds = [skeleton(self._table.texts[cell]) for cell in (one, other) if cell in self._table.texts]
        return len(kinds) > 1 and kinds[0] == kinds[1]  # a number may stand where a formula is meant

    def certain(self) -> Iterator[Address]:
        """The cells behind the forward parts that hold what belongs there."""
        roles = {
            cell: (number, role.quantity.name) for cell, (number, role) in self._reading.roles.items()
            if number in self._accepted and cell not in self._reading.forward
        }  # fmt: skip
        repeats = {cell for cell, held in roles.items() if self._is_copy(cell) or self._is_share(cell, held, roles)}
        holders = Counter(held for cell, held in roles.items() if cell not in repeats)
        out_of_kind = {*self.out_of_kind()}
        repeats |= self._errors(roles)
        for cell, held in roles.items():
            filled = cell in self._table.texts and any(self._shapes[shape] for shape in self._of(cell))
            if cell in self._reading.odd and cell not in self._confirmed and not filled:
                continue
            if cell not in out_of_kind and (cell in self._confirmed or filled or holders[held] <= 1 or cell in repeats):
                yield cell

    def out_of_kind(self) -> Iterator[Address]:
        """The cells that hold another quantity than the one in their place at the step beside, from which is learnt."""
        stride, roles, places = self._reading.stride, self._reading.roles, self._reading.places
        if stride is None:
            return
        shared = self._shared_data()
        for cell, (number, role) in roles.items():
            if cell in self._confirmed or cell in self._reading.forward or number not in self._accepted:
                continue
            if cell in shared:  # nobody knows as that of which step
                continue
            for by in (-1, 1):
                other = offset(cell, stride, by)
                if other not in self._confirmed or other not in roles or other in self._reading.forward:
                    continue
                its_number, its = roles[other]
                names = {role.quantity.name, its.quantity.name}
                known = names <= self._reading.libraries[number].by_name.keys()
                if places[its_number] != places[number] + by or len(names) == 1 or not known:
                    continue
                if not (self._may_hold(cell, number, its) or self._may_hold(other, its_number, role)):
                    yield cell
                    break

    def _may_hold(self, cell: Address, number: int, role: Role) -> bool:
        """Whether a cell also holds what another step has in its place: an error above 0 is its own size, too."""
        quantity = self._reading.libraries[number].by_name.get(role.quantity.name)
        return quantity is not None and same(quantity.values * role.factor, self._reading.sheet.cells[cell])

    def _shared_data(self) -> set[Address]:
        """The formulas that fetch an input or a target of several steps for others to read."""
        terms, steps = self._reading.sheet.terms, (self._reading.steps[number] for number in self._accepted)
        rows = [[(*own.inputs, *own.targets) for own in step.truth.network.samples] for step in steps]
        counts = Counter(cell for own in rows for cell in {source(cell, terms) for row in own for cell in row})
        return {cell for cell in terms if counts[source(cell, terms)] > 1 and terms.readers.get(cell)}

    def _errors(self, roles: Mapping[Address, tuple[int, str]]) -> set[Address]:
        """The cells that compare an output with its target themselves: that is no other quantity, wherever it is."""
        terms = self._reading.sheet.terms
        steps = {number: self._reading.steps[number].truth.network.samples for number in self._accepted}
        pairs = {
            (number, frozenset(source(cell, terms) for cell in pair))
            for number, samples in steps.items()
            for own in samples
            for pair in zip(own.outputs[-1], own.targets, strict=False)
        }
        errors = {cell: number for cell, (number, name) in roles.items() if _ERROR.match(name)}
        read = {cell: frozenset(source(own, terms) for own in terms.reads[cell]) for cell in errors}
        return {cell for cell, number in errors.items() if (number, read[cell]) in pairs}

    def _is_copy(self, cell: Address) -> bool:
        return isinstance(self._reading.sheet.terms[cell], Leaf)

    def _is_share(self, cell: Address, held: tuple[int, str], roles: Mapping[Address, tuple[int, str]]) -> bool:
        """Whether a cell is computed from one that holds the same quantity, as a mean is from its total."""
        return any(roles.get(read) == held for read in self._reading.sheet.terms.reads[cell])

    def _of(self, cell: Address) -> tuple[tuple[str, str], tuple[str, str]]:
        """A formula as it is filled, and as if nothing in it were fixed by `$`."""
        text = self._table.texts[cell].replace("$", "")
        return shape_in(self._table, cell), (cell[0], shape_of(text, cell[1], cell[2]))


def shape_in(table: CellTable, cell: Address) -> tuple[str, str]:
    """The worksheet and the formula of a cell, its references as distances."""
    return cell[0], shape_of(table.texts[cell], cell[1], cell[2])


def typed_weights(table: CellTable, reading: Reading, accepted: Collection[int]) -> Iterator[tuple[Address, Role]]:
    """Typed numbers that stand for a weight among updated ones, and what they should be.

    A weight that is typed anew at each step is one that is not trained. So in another step the weight at the same
    place must be updated.
    """
    updates = reading.sheet.updates
    steps = {number: reading.steps[number].truth.network.weight_cells for number in sorted(accepted)}
    updated = {place for own in steps.values() for place, cell in own.items() if cell in updates}
    for number, before, own in one_after_another(steps, updates):
        step = reading.steps[number]
        follows = [place for place, cell in own.items() if updates.get(cell) == before[place]]
        move = next((m for place in follows if (m := step.moves.get(own[place])) is not None and not m.rule), None)
        for place, cell in own.items():
            typed = cell in table.index and not table.is_formula(cell) and cell != before[place]
            if typed and place in updated and move is not None and _is_in_line(cell, before[place], reading):
                after = reading.sheet.cells[before[place]] - move.rate.size * step.gradients[before[place]]
                if 2 * len(follows) >= len(own) or _is_pasted(reading.sheet.terms.number(cell), after[-1]):
                    yield cell, Role(Quantity(f"{show(before[place])} after the step", after))


def one_after_another(
    steps: Mapping[int, Weights], updates: Mapping[Address, Address]
) -> Iterator[tuple[int, Weights, Weights]]:
    """The number of each step from whose weights those of another one move, and the weights of both.

    Args:
        steps: number → its weights.
        updates: updated cell → weight.
    """
    holding: dict[Address, set[int]] = defaultdict(set)
    for number, weights in steps.items():
        for cell in weights.values():
            holding[cell].add(number)
    for own in steps.values():
        moved = {updates[cell] for cell in own.values() if cell in updates}
        for number in sorted(set().union(*(holding[cell] for cell in moved if cell in holding))):
            before = steps[number]
            follows = before.keys() == own.keys() and any(updates.get(own[at]) == cell for at, cell in before.items())
            if follows and before is not own:
                yield number, before, own


def _is_pasted(number: float, result: float) -> bool:
    """Whether a typed number is a result as it was shown, or in full: four digits or more behind the point agree."""
    return digits_of(number) >= _DIGITS and agrees(result, number)


def _is_in_line(cell: Address, before: Address, reading: Reading) -> bool:
    """Whether the weight of the step before or of the one after is updated; a line of typed numbers is no weight.

    What stands elsewhere than the next step's weight would may be an input that was taken for one.
    """
    if offset_between(before, cell) != (reading.stride or ()):
        return False
    after = cell[0], 2 * cell[1] - before[1], 2 * cell[2] - before[2]
    return before in reading.sheet.updates or after in reading.sheet.updates


def may_read_others(table: CellTable, reading: Reading, number: int) -> bool:
    """Whether the forward part of a step may have been meant to read other weights or inputs than it does."""
    samples = reading.steps[number].truth.network.samples
    learns_itself = any({*sample.inputs} & {*sample.targets} for sample in samples)
    elsewhere = _leaves_weights_out(table, reading) or _leaves_units_out(reading, number)
    return learns_itself or elsewhere or _reads_otherwise(reading, number)


def _leaves_units_out(reading: Reading, number: int) -> bool:
    """Whether updates depend on activations that read weights of a step and are none of its units, or on more inputs.

    A recurrent unit of which one step does not read the step before is left with the last of its steps.
    """
    sheet, step = reading.sheet, reading.steps[number]
    weights = step.truth.network.weights
    own = {cell for cell, at in reading.forward.items() if at == number}

    def reads(cell: Address) -> Sequence[Address]:
        return sheet.terms.reads.get(cell, ())

    behind = reached(step.moves, reads, among=lambda cell: cell not in sheet.updates)
    if any(_is_left_out(cell, reading, number) for cell in behind & sheet.settings):
        return True
    others = [cell for cell in behind if cell in sheet.activated and cell not in own]
    of = {cell: reached([cell], reads, among=lambda read: read not in sheet.activated) for cell in others}
    return any(not weights.isdisjoint(read) for read in of.values())


def _is_left_out(cell: Address, reading: Reading, number: int) -> bool:
    """Whether a number beside an input is read as that is, and is none: it may belong to a sample that was left out."""
    sheet = reading.sheet
    if sheet.terms.is_computed(cell):
        return False
    inputs = {own for sample in reading.steps[number].truth.network.samples for own in sample.inputs}
    readers = [reader for reader in sheet.terms.readers.get(cell, ()) if reader not in sheet.updates]
    kinds = {outline(sheet.terms[reader], lambda _: None) for reader in readers}
    return any(
        outline(sheet.terms[reader], lambda _: None) in kinds
        for own in beside(cell) if own in inputs
        for reader in sheet.terms.readers.get(own, ()) if reader not in reading.forward
    )  # fmt: skip


def _leaves_weights_out(table: CellTable, reading: Reading) -> bool:
    """Whether formulas move as the weights of their step do, and no network has what they move: it may read others."""
    updates, stride = reading.sheet.updates, reading.stride
    if stride is None:
        return False
    moved = {(place_of(cell, stride), skeleton(table.texts[cell])) for cell in updates if cell in table.texts}
    others = (cell for cell in table.texts if cell not in updates and cell not in reading.roles)
    return any((place_of(cell, stride), skeleton(table.texts[cell])) in moved for cell in others)


def _reads_otherwise(reading: Reading, number: int) -> bool:
    """Whether a step seems to have the inputs of another one: gradients that do not follow from them may be right.

    A formula before the outputs reads what stands beside those of another step, or the inputs of the steps do not go on
    by one and the same distance, as if some were read twice.
    """
    stride, sheet = reading.stride, reading.sheet
    if stride is None:
        return False
    ends = {
        n: {place_of(own.outputs[-1][0], stride) for own in step.truth.network.samples}
        for n, step in enumerate(reading.steps)
    }
    others = set().union(*(own for n, own in ends.items() if n != number)) - ends[number]
    weights = {*sheet.updates, *sheet.updates.values()}
    for cell in (cell for cell, own in reading.forward.items() if own == number):
        if any(place_of(read, stride) in others and read not in weights for read in sheet.terms.reads[cell]):
            return True
    line = {reading.places[n]: step.truth.network.samples[0].inputs for n, step in enumerate(reading.steps)
            if step.worksheet == reading.steps[number].worksheet}  # fmt: skip
    ahead = {
        offset_between(before[0], after[0])
        for place, before in line.items() if (after := line.get(place + 1)) is not None
    }  # fmt: skip
    return len(ahead) > 1
