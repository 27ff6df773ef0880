"""Which cell holds which weight: the input or the unit that each weight of a column multiplies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.handmade.recognition.chain import Chain
from xlcheck.handmade.recognition.columns import Column
from xlcheck.handmade.recognition.structure import Place


class WeightCells:
    """The cells of the weights of a chain's layers.

    Args:
        chain: the layers.

    Attributes:
        slot_units: for a layer the unit whose output the weights of each slot multiply.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        # The same for every order of the gates.
        self._input_rows = cache(self._find_input_rows)
        self._return_rows = cache(self._find_return_rows)
        self._inputs_at = cache(self._find_inputs)
        self.slot_units = cache(self._find_slot_units)

    def of(self, i: int, order: Sequence[int]) -> dict[str, dict[tuple[int, ...], Address]]:
        """The cells of a layer's weights by name and index.

        Args:
            i: which layer.
            order: for each of Keras's gates, which block of the layer's columns it is.
        """
        table = self._chain.tables[i]
        found: dict[str, dict[tuple[int, ...], Address]] = defaultdict(dict)
        resets_after = self._chain.kinds[i] == "GRU" and self._chain.resets_after(i)
        for place, block in enumerate(order):
            for unit, columns in enumerate(table.gates[block]):
                column_number = place * table.count + unit
                for half, column in enumerate(columns):
                    for row, leaf in self._input_rows(i, column).items():
                        found["kernel"][row, column_number] = leaf.cell
                    for row, leaf in self._return_rows(i, column).items():
                        found["recurrent_kernel"][row, column_number] = leaf.cell
                    biases = sorted(column.biases, key=lambda leaf: leaf.cell)
                    for number, leaf in enumerate(biases[:2] if resets_after else biases[:1]):
                        row = half + number if len(columns) > 1 else number
                        found["bias"][(row, column_number) if resets_after else (column_number,)] = leaf.cell
        return found

    def _find_input_rows(self, i: int, column: Column) -> dict[int, Leaf]:
        """Which input each weight multiplies: by the order of the inputs on the sheet, or by the unit that it shows."""
        layer = self._chain.layers[i]
        votes: dict[Leaf, Counter[int]] = defaultdict(Counter)
        for form in column.forms:
            read = {leaf: form.weights[leaf] for leaf in layer.inputs[id(column)] if leaf in form.weights}
            for leaf, row in self.rows(i, read, self._chain.places.get(form.term)).items():
                votes[leaf][row] += 1
        return _with_unread(_by_vote(votes), layer.inputs[id(column)])

    def rows(self, i: int, read: Mapping[Leaf, Term], place: Place | None) -> dict[Leaf, int]:
        """Which input each weight of one sum multiplies.

        Args:
            i: which layer.
            read: what each weight multiplies.
            place: document and step of the sum.
        """
        cells = {leaf: term.cell for leaf, term in read.items() if isinstance(term, Leaf)}
        if len(cells) == len(read):
            beside = self._inputs_at(i).get(place, set()) if place is not None else set()
            is_whole = beside.issuperset(cells.values()) and len(beside) == self._chain.width(i)
            ordered = sorted(beside if is_whole else cells.values())
            return {leaf: ordered.index(cell) for leaf, cell in cells.items()}
        latest = max(map(self._chain.latest, read.values()))
        now = {leaf: term for leaf, term in read.items() if self._chain.latest(term) == latest}
        shown = {leaf: self._chain.shown_unit(i - 1, term) for leaf, term in now.items()}
        return {leaf: unit for leaf, unit in shown.items() if unit is not None}

    def _find_inputs(self, i: int) -> Mapping[Place, set[Address]]:
        """The constants that the sums of a layer read as inputs, by document and step."""
        layer, places = self._chain.layers[i], self._chain.places
        found: dict[Place, set[Address]] = defaultdict(set)
        for column in layer.columns:
            for form in column.forms:
                read = [form.weights[leaf] for leaf in layer.inputs[id(column)] if leaf in form.weights]
                if form.term in places:
                    found[places[form.term]].update(term.cell for term in read if isinstance(term, Leaf))
        return found

    def _find_return_rows(self, i: int, column: Column) -> dict[int, Leaf]:
        """Which of the layer's own units each weight multiplies."""
        layer = self._chain.layers[i]
        votes: dict[Leaf, Counter[int]] = defaultdict(Counter)
        slot_of = {leaf: slot for slot, leaves in enumerate(layer.slots) for leaf in leaves}
        units = self.slot_units(i)
        for leaf in layer.returns[id(column)]:
            if leaf in slot_of:
                votes[leaf][units[slot_of[leaf]]] += 1
                continue
            for term in column.partners(leaf):
                unit = self._chain.shown_unit(i, term)
                if unit is not None:
                    votes[leaf][unit] += 1
        return _with_unread(_by_vote(votes), layer.returns[id(column)])

    def _find_slot_units(self, i: int) -> dict[int, int]:
        """For each slot of a layer, the unit whose output its weights multiply."""
        layer = self._chain.layers[i]
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for slot, leaves in enumerate(layer.slots):
            for form in layer.forms:
                for leaf in leaves:
                    if leaf in form.weights and self._chain.is_latest(form, form.weights[leaf]):
                        unit = self._chain.shown_unit(i, form.weights[leaf])
                        if unit is not None:
                            votes[slot][unit] += 1
        taken: dict[int, int] = {}
        for slot in sorted(votes, key=lambda s: -max(votes[s].values())):
            unit = next((u for u, _ in votes[slot].most_common() if u not in taken.values()), None)
            if unit is not None:
                taken[slot] = unit
        free = [unit for unit in range(len(layer.slots)) if unit not in taken.values()]
        return {slot: taken[slot] if slot in taken else free.pop(0) for slot in range(len(layer.slots))}


def _with_unread(rows: dict[int, Leaf], leaves: Sequence[Leaf]) -> dict[int, Leaf]:
    """Rows for weights that nothing reads: the free ones, in the order of the sheet."""
    left = [leaf for leaf in sorted(leaves, key=lambda leaf: leaf.cell) if leaf not in rows.values()]
    free = [row for row in range(len(leaves)) if row not in rows]
    return rows | dict(zip(free, left, strict=False))


def _by_vote(votes: Mapping[Leaf, Counter[int]]) -> dict[int, Leaf]:
    found: dict[int, Leaf] = {}
    for leaf in sorted(votes, key=lambda leaf: -max(votes[leaf].values())):
        for row, _ in votes[leaf].most_common():
            if row not in found:
                found[row] = leaf
                break
    return found
