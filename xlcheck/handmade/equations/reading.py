"""What a table of weighted sums is read as: a layer of Keras, the rows of its gates and the cells of its states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.forms.forms import SUM, Forms
from xlcheck.handmade.forms.polynomials import Atom, cell_of

Values = Mapping[tuple[int, int], Atom]
"""(step, unit) → the atom that holds a quantity."""


@dataclass(frozen=True)
class Reading:
    """One layer.

    Attributes:
        kind: Keras's class.
        activations: its options that name activations.
        layer: the weighted sums.
        gates: for each gate in Keras's column order the row of each unit.
        states: slot → the unit whose last hidden state stands there; empty for a layer without memory.
        documents: steps in order; for a layer without memory each step is a sample of its own.
        values: symbol of a computed quantity → where it stands.
        given: symbol of a state → where it stands before the first step of a document.
        unused: rows that look like units of the layer and that nothing reads.
        is_certain: whether it may be said of a cell that it is wrong; not where the rows may belong to another layer.
        recurrent_biases: for a GRU with two biases the row → the one of its recurrent kernel.
        scale: what all results of a layer without activation are multiplied with, as the scores of an attention are.
        masked: what stands in the place of results that do not count, as the scores of words that come later.
        turned: symbols of gates, the first ones, that are 1 less those of Keras: sigmoids of the negative sums.
    """

    kind: str
    activations: Mapping[str, object]
    layer: Layer
    gates: Sequence[Sequence[int]]
    states: Mapping[int, int]
    documents: Sequence[Sequence[int]]
    values: Mapping[str, Values]
    given: Mapping[str, Values] = field(default_factory=dict)
    unused: Sequence[int] = ()
    is_certain: bool = True
    recurrent_biases: Mapping[int, Atom] = field(default_factory=dict)
    turned: tuple[str, ...] = ()
    scale: float = 1.0
    masked: Set[Atom] = frozenset()

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.gates[0])

    @cached_property
    def features(self) -> Sequence[int]:
        """The slots that hold inputs and no states, as these stand on the worksheet at the first step that has all."""
        slots = {slot for own in self.layer.slots.values() for slot in own} - self.states.keys()
        at = max((self.layer.slots[step] for document in self.documents for step in document), key=len)
        return sorted(slots, key=lambda slot: (slot not in at, at.get(slot, ("", 0, 0, 0)), slot))

    @cached_property
    def read(self) -> Set[Atom]:
        """What its weighted sums read besides weights, at all steps."""
        return {atom for own in self.layer.slots.values() for atom in own.values()}


def outputs(reading: Reading) -> Mapping[tuple[int, int], Atom]:
    """What other layers may read: (step, unit) → its atom."""
    return reading.values["y" if reading.kind == "Dense" else "h"]


def unused_cells(readings: Sequence[Reading], forms: Forms) -> set[Address]:
    """The cells of rows that look like units of a layer and that nothing reads."""
    found = set()
    for reading in readings:
        for (row, _), own in reading.layer.at.items():
            if row in reading.unused:
                for instance in own:
                    found |= {cell_of(atom) for atom in (instance.atom, *forms.inlined.get(instance.atom, ()))}
    return found


def scaled_inputs(readings: Sequence[Reading], forms: Forms) -> Iterator[Address]:
    """The products of an input of layers with a number that no layer reads: rows beside them, if nobody reads these.

    Where a unit lacks an input that others have, such a product may be what it should read. What a layer computes for
    another one is no such input: its product may be a unit that lacks the rest.
    """
    whole = [
        r for r in readings if all({*r.features} <= r.layer.weights[row].keys() for gate in r.gates for row in gate)
    ]
    inputs = {own[slot] for r in whole for own in r.layer.slots.values() for slot in r.features if slot in own}
    inputs -= {atom for r in readings for atom in outputs(r).values()}
    weights = {atom for r in readings for x in r.layer.instances for atom in x.weights}
    for atom in forms:
        form = forms.of(atom)
        if form.kind == SUM and len(form.product) == 2:
            read, others = ([part for part in form.product if (part in inputs) is own] for own in (True, False))
            if len(read) == 1 and forms.is_given(others[0]) and others[0] not in weights:
                yield cell_of(atom)


@dataclass(frozen=True)
class LossCells:
    """The loss of a layer.

    Attributes:
        name: as Keras calls it.
        targets: step → the cells of its targets, one for each unit.
        at: step → the cell of its loss.
        mean: the cell of the mean over all steps, if there is one.
    """

    name: str
    targets: Mapping[int, Sequence[Address]]
    at: Mapping[int, Address]
    mean: Address | None = None


def first_states(
    layer: Layer, documents: Sequence[Sequence[int]], slot_units: Mapping[int, int]
) -> dict[tuple[int, int], Atom]:
    """What stands in the slots of the states at the first step of each document: (step, unit) → its atom."""
    first = [document[0] for document in documents]
    return {(s, slot_units[k]): atom for s in first for k, atom in layer.slots[s].items() if k in slot_units}


def documents_of(steps: Sequence[int], before: Mapping[int, int]) -> list[list[int]] | None:
    """Steps one after the other, given the one before each of them; None if they are no chains."""
    after: dict[int, int] = {}
    for step, last in before.items():
        if after.setdefault(last, step) != step:
            return None
    found = []
    for first in steps:
        if first not in before:
            chain = [first]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            found.append(chain)
    return found if sum(map(len, found)) == len(steps) else None
