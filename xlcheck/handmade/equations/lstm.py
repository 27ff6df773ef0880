"""An LSTM: four rows a unit, told apart by the products that read them.

c = f·c₋₁ + i·c̃ says which sigmoid is the input gate and which the forget gate of a candidate, h = o·tanh(c) which is
the output gate. Each unit's rows are found by the votes of all steps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.handmade.equations.gated_sums import GATE_KINDS
from xlcheck.handmade.equations.instances import CANDIDATE_KINDS, LINEAR
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading, documents_of, first_states
from xlcheck.handmade.forms.forms import SUM, Forms
from xlcheck.handmade.forms.polynomials import Atom, Polynomial
from xlcheck.handmade.reading.offsets import Offset, offset_between
from xlcheck.layers.gates import VALUES

_MOST = 4
Key = tuple[int, int]
"""Step, and the row of a unit's candidate."""


def read_lstm(layer: Layer, forms: Forms) -> Reading | None:
    """The layer as an LSTM, or None."""
    kinds = {*layer.activations.values()}
    gates, others = kinds & GATE_KINDS, kinds & CANDIDATE_KINDS
    if not len(gates) == len(others) == len(kinds) / 2 == 1:
        return None
    roles = _Roles(layer, forms, min(gates), min(others))
    roles.forget_nothing()
    units = [row for row in layer.rows if row in roles.input and row in roles.forget and row in roles.output]
    if not units:
        return None
    unit = {row: number for number, row in enumerate(units)}
    before = roles.before()
    documents = documents_of(layer.steps, before)
    states = roles.states(before)
    if documents is None or (before and sorted(set(states.values())) != sorted(units)):
        return None
    rows_of = [[roles.input[row] for row in units], [roles.forget[row] for row in units], units,
               [roles.output[row] for row in units]]  # fmt: skip
    slot_units = {slot: unit[row] for slot, row in states.items() if row in unit}
    values: dict[str, dict[tuple[int, int], Atom]] = {
        symbol: {
            (step, number): atom
            for number, row in enumerate(rows) for step in layer.steps
            if (atom := roles.gate(symbol, units[number], row, step)) is not None
        }
        for symbol, rows in zip(VALUES["LSTM"].values(), rows_of, strict=True)
    }  # fmt: skip
    for symbol, found in (("c", roles.cells), ("tanh_c", roles.squashed), ("h", roles.hidden)):
        values[symbol] = {(step, unit[row]): atom for (step, row), atom in found.items() if row in unit}
    first = [document[0] for document in documents]
    given = {
        "h_init": first_states(layer, documents, slot_units),
        "c_init": {(s, unit[row]): atom for s in first for row, atom in roles.first_cells(s, units).items()},
    }
    used = {row for rows in rows_of for row in rows}
    read = {atom for own in forms for monomial in forms.of(own).polynomial for atom in monomial}
    unused = [
        row for row in layer.rows
        if row not in used and 2 * sum(layer.atom(row, step) in read for step in layer.steps) < len(layer.steps)
    ]  # fmt: skip
    if len(used) + len(unused) != len(layer.rows):
        return None
    options = {"activation": roles.candidate, "recurrent_activation": roles.gates}
    return Reading("LSTM", options, layer, rows_of, slot_units, documents, values, given, unused)


@dataclass
class _Roles:
    """Which row is which gate of which unit, and where the states stand.

    Attributes:
        gates: the activation of the gates.
        candidate: that of the candidates, and of cell states.
        input: row of a candidate → row of its input gate; `forget` and `output` likewise.
        cells: (step, row of the candidate) → cell state; `squashed` its tanh, `hidden` the hidden state.
    """

    layer: Layer
    forms: Forms
    gates: str
    candidate: str
    input: dict[int, int] = field(default_factory=dict)
    forget: dict[int, int] = field(default_factory=dict)
    output: dict[int, int] = field(default_factory=dict)
    cells: dict[Key, Atom] = field(default_factory=dict)
    squashed: dict[Key, Atom] = field(default_factory=dict)
    hidden: dict[Key, Atom] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._find_cells()
        self._find_hidden()

    def _products(self) -> Iterator[tuple[Atom, Polynomial]]:
        """Sums of products that read the layer, and are no weighted sums."""
        for atom in list(self.forms):
            form = self.forms.of(atom)
            if form.kind != SUM or atom in self.layer.by_atom or len(form.polynomial) > _MOST:
                continue
            if any(part in self.layer.by_atom for monomial in form.polynomial for part in monomial):
                yield atom, form.polynomial

    def _gates(self, atoms: Sequence[Atom]) -> list[tuple[int, int, str]]:
        """Row, step and activation of those atoms that the layer computes."""
        found = []
        for atom in atoms:
            place = self.layer.by_atom.get(atom)
            if place is not None:
                found.append((*place, self.layer.activations[place[0]]))
        return found

    def _find_cells(self) -> None:
        """Find the cell states, c = f·c₋₁ + i·c̃."""
        inputs: Counter[tuple[int, int]] = Counter()
        forgets: Counter[tuple[int, int]] = Counter()
        inlined = {part for parts in self.forms.inlined.values() for part in parts}
        sums = [
            (atom, polynomial) for atom, polynomial in self._products()
            if len(polynomial) == 2 or (len(polynomial) == 1 and atom not in inlined)
        ]  # fmt: skip
        for _, polynomial in sums:
            pairs = [(self._gates(monomial), monomial) for monomial in polynomial]
            both = [gates for gates, _ in pairs if len(gates) == 2 and gates[0][1] == gates[1][1]]
            if len(both) != 1 or {both[0][0][2], both[0][1][2]} != {self.candidate, self.gates}:
                continue
            candidate, gate = sorted(both[0], key=lambda own: own[2] != self.candidate)
            inputs[candidate[0], gate[0]] += 1
            other = [gate for gates, _ in pairs if gates is not both[0] for gate in gates]
            if len(other) == 1 and other[0][2] == self.gates:
                forgets[candidate[0], other[0][0]] += 1
        self.input = self._assigned(inputs, ())
        self.forget = self._assigned(forgets, self.input.values())
        unit_of = {row: row for row in self.input}
        unit_of |= {gate: row for row, gate in self.input.items()}
        unit_of |= {gate: row for row, gate in self.forget.items()}
        ranked = []
        for atom, polynomial in sums:
            votes = Counter(
                (step, unit_of[row]) for monomial in polynomial for row, step, _ in self._gates(monomial)
                if row in unit_of
            )  # fmt: skip
            for key, count in votes.most_common(1):
                ranked.append((count, key, atom))
        for count, key, atom in sorted(ranked, key=lambda item: (-item[0], item[2])):
            if count >= 2 and key not in self.cells:
                self.cells[key] = atom

    def forget_nothing(self) -> None:
        """Take any free gates as forget gates, where there is no state before the only step to tell them apart."""
        used = {*self.input, *self.input.values(), *self.output.values()}
        free = [row for row in self.layer.rows if row not in used and self.layer.activations[row] == self.gates]
        if not self.forget and len(free) == len(self.input):
            self.forget = dict(zip(sorted(self.input), free, strict=True))

    def _find_hidden(self) -> None:
        """Find the hidden states, h = o·tanh(c)."""
        key_of = {atom: key for key, atom in self.cells.items()}
        outputs: Counter[tuple[int, int]] = Counter()
        found = []
        for atom in list(self.forms):
            form = self.forms.of(atom)
            is_free = form.kind == self.candidate and atom not in self.layer.by_atom
            if is_free and len(form.product) == 1 and form.product[0] in key_of:
                self.squashed.setdefault(key_of[form.product[0]], atom)
        squashed = {atom: key for key, atom in self.squashed.items()}
        for atom in list(self.forms):
            form = self.forms.of(atom)
            monomial = form.product
            if form.kind != SUM or len(monomial) != 2:
                continue
            keys = [squashed.get(part, key_of.get(part)) for part in monomial]
            gates = self._gates(monomial)
            for key, other in ((keys[0], monomial[1]), (keys[1], monomial[0])):
                place = self.layer.by_atom.get(other)
                if key is None or gates[1:]:
                    continue
                if place is not None and gates[0][2] == self.gates:
                    outputs[key[1], place[0]] += 1
                    found.append((place[1] == key[0], key, place[0], atom))
                elif place is None and monomial[0 if other == monomial[1] else 1] in squashed:
                    found.append((False, key, -1, atom))
        self.output = self._assigned(outputs, (*self.input.values(), *self.forget.values()))
        for _, key, row, atom in sorted(found, key=lambda item: (not item[0], item[3])):
            if self.output.get(key[1]) == row or key not in self.hidden:
                self.hidden.setdefault(key, atom)

    def before(self) -> dict[int, int]:
        """Step → the one before it, by the states that it reads."""
        key_of = {atom: key for found in (self.cells, self.hidden) for key, atom in found.items()}
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for step in self.layer.steps:
            for atom in self.layer.slots[step].values():
                if atom in key_of:
                    votes[step][key_of[atom][0]] += 1
        for (step, _), atom in self.cells.items():
            for monomial in self.forms.of(atom).polynomial:
                for part in monomial:
                    if part in key_of and key_of[part][0] != step:
                        votes[step][key_of[part][0]] += 1
        return {step: counts.most_common(1)[0][0] for step, counts in votes.items()}

    def states(self, before: Mapping[int, int]) -> dict[int, int]:
        """Slot → the unit, by its candidate's row, whose hidden state stands there."""
        key_of = {atom: key for found in (self.cells, self.hidden) for key, atom in found.items()}
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for step, last in before.items():
            for slot, atom in self.layer.slots[step].items():
                if atom in key_of and key_of[atom][0] == last:
                    votes[slot][key_of[atom][1]] += 1
        return {slot: counts.most_common(1)[0][0] for slot, counts in votes.items()}

    def first_cells(self, step: int, units: Sequence[int]) -> dict[int, Atom]:
        """By candidate's row: the number that the forget gate of a first step multiplies.

        Where two units read the same one, that which stands to the gate as those of the other units do is right.
        """
        read = {row: atom for row in units if (atom := self._first_cell(step, row)) is not None}
        gates = {row: gate for row in read if (gate := self.layer.atom(self.forget[row], step)) is not None}
        counts = Counter(read.values())
        away = Counter(offset_between(gates[row], read[row]) for row in gates if counts[read[row]] == 1)
        if len(away) == 1 and away.total() > 1:
            ((rows, columns),) = away
            for row, gate in gates.items():
                if counts[read[row]] > 1 and offset_between(gate, read[row]) != (rows, columns):
                    right = (gate[0], gate[1] + rows, gate[2] + columns, 0)
                    if self.forms.is_given(right) and right not in counts:
                        read[row] = right
        return read

    def _first_cell(self, step: int, row: int) -> Atom | None:
        cell, gate = self.cells.get((step, row)), self.layer.atom(self.forget[row], step)
        if cell is None or gate is None:
            return None
        for monomial in self.forms.of(cell).polynomial:
            others = [atom for atom in monomial if atom != gate]
            if len(monomial) == 2 and len(others) == 1 and others[0] not in self.layer.by_atom:
                return others[0]
        return None

    def gate(self, symbol: str, unit: int, row: int, step: int) -> Atom | None:
        """The atom that holds a gate: a right one, or else what the state reads in its place.

        If the cell at the place of the gate is not the one that the state reads, it is not known which is meant.
        """
        if self.layer.fits((row, step)):
            return self.layer.atom(row, step)
        read, stands = self._read_as(symbol, unit, step), self.layer.crossing(row, step)
        if read is not None and stands is not None and read != stands:
            return None
        return read or (None if self._is_bare(symbol, unit, row, step) else self.layer.standing(row, step, self.forms))

    def _is_bare(self, symbol: str, unit: int, row: int, step: int) -> bool:
        """Whether a forget gate has its sum only, as where there is no state before that it could forget."""
        state, own = self.cells.get((step, unit)), self.layer.at.get((row, step), ())
        nothing_before = symbol == "f" and state is not None and bool(self.forms.of(state).product)
        wanted = self.layer.wanted(row, step)
        return nothing_before and any(x.activation == LINEAR and x.monomials == wanted for x in own)

    def _read_as(self, symbol: str, unit: int, step: int) -> Atom | None:
        """What the cell state or the hidden state of a unit multiplies with the partner of a gate."""
        if symbol == "o":
            reader, partner = self.hidden.get((step, unit)), self.squashed.get((step, unit))
        else:
            reader = self.cells.get((step, unit))
            other = {"i": unit, "c_tilde": self.input[unit]}.get(symbol)
            partner = None if other is None else self.layer.atom(other, step)
        if reader is None:
            return None
        for monomial in self.forms.of(reader).polynomial:
            if len(monomial) == 2 and partner in monomial:
                return monomial[0] if monomial[1] == partner else monomial[1]
            if symbol == "f" and not any(self.layer.atom(r, step) in monomial for r in (unit, self.input[unit])):
                others = [atom for atom in monomial if atom not in self._states]
                if len(others) == 1:
                    return others[0]
        return None

    @cached_property
    def _states(self) -> set[Atom]:
        return {*self.cells.values(), *self.hidden.values()}

    def _assigned(self, counts: Counter[tuple[int, int]], taken: Iterable[int]) -> dict[int, int]:
        """Candidate → gate: pairs with most votes first, each row in one pair.

        Where two have as many votes, and for candidates without any, the gate is meant that stands to the candidate as
        those of the other units do.
        """
        away = Counter[tuple[int, int]]()
        claimed = Counter(gate for _, gate in counts)
        for (row, gate), _ in counts.items():
            if claimed[gate] == 1 and sum(other == row for other, _ in counts) == 1:
                away.update(self._offsets(row, gate))
        usual = away.most_common(1)[0][0] if len(away) == 1 else None
        found: dict[int, int] = {}

        def rank(item: tuple[tuple[int, int], int]) -> tuple[int, bool, tuple[int, int]]:
            (row, gate), votes = item
            return -votes, usual is not None and usual not in self._offsets(row, gate), (row, gate)

        for (row, gate), _ in sorted(counts.items(), key=rank):
            if row not in found and gate not in found.values():
                found[row] = gate
        if usual is not None:
            free = set(self.layer.rows) - set(found.values()) - set(taken)
            for row in self.layer.rows:
                if row not in found and self.layer.activations[row] == self.candidate:
                    fitting = [gate for gate in free if usual in self._offsets(row, gate)]
                    if len(fitting) == 1:
                        found[row] = fitting[0]
        return found

    def _offsets(self, row: int, gate: int) -> set[Offset]:
        """How far a gate stands from a candidate, at any step."""
        pairs = ((self.layer.atom(row, step), self.layer.atom(gate, step)) for step in self.layer.steps)
        return {offset_between(one, other) for one, other in pairs if one is not None and other is not None}
