"""A GRU: its gates, its candidate and what the candidate remembers are three tables, joined by h = z·h₋₁ + (1 − z)·h̃.

Read is the one in which the reset gate is applied before the state is multiplied with weights: r·h₋₁ in cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.handmade.equations.forms import SUM, Atom, Forms, Monomial
from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.equations.layers import Layer, Place
from xlcheck.handmade.equations.reading import Reading, documents_of


@dataclass(frozen=True)
class Joined(Layer):
    """The rows of gates and candidates as one layer, over the steps of the gates.

    Attributes:
        parts: row → the table that it comes from, and the step there for each step of the gates.
    """

    parts: Mapping[int, tuple[Layer, Mapping[int, int]]]

    def wanted(self, row: int, step: int) -> frozenset[Monomial]:
        """What a row should sum up at a step, in the table that it comes from."""
        layer, steps = self.parts[row]
        return layer.wanted(row, steps[step]) if step in steps else frozenset()


@dataclass(frozen=True)
class _Update:
    """h = z·h₋₁ + (1 − z)·h̃ in one cell."""

    atom: Atom
    gate: Atom
    candidate: Atom
    before: Atom


def read_grus(layers: Sequence[Layer], forms: Forms) -> Iterator[tuple[Reading, tuple[Layer, ...]]]:
    """Each GRU, with the tables that it is made of."""
    updates = list(_updates(forms))
    for candidates in layers:
        if set(candidates.activations.values()) == {"tanh"}:
            for gates in layers:
                if set(gates.activations.values()) == {"sigmoid"} and len(gates.rows) == 2 * len(candidates.rows):
                    own = [u for u in updates if u.candidate in candidates.by_atom and u.gate in gates.by_atom]
                    found = _read(gates, candidates, own, forms) if own else None
                    if found is not None:
                        yield found, (gates, candidates)


def _updates(forms: Forms) -> Iterator[_Update]:
    for atom in list(forms):
        form = forms.of(atom)
        if form.kind != SUM or sorted(map(len, form.polynomial)) != [1, 2, 2]:
            continue
        single = [monomial[0] for monomial, factor in form.polynomial.items() if len(monomial) == 1 and factor == 1]
        minus = [monomial for monomial, factor in form.polynomial.items() if len(monomial) == 2 and factor == -1]
        plus = [monomial for monomial, factor in form.polynomial.items() if len(monomial) == 2 and factor == 1]
        if len(single) == len(minus) == len(plus) == 1 and single[0] in minus[0]:
            (gate,) = [part for part in minus[0] if part != single[0]] or [single[0]]
            if gate in plus[0]:
                (before,) = [part for part in plus[0] if part != gate] or [gate]
                yield _Update(atom, gate, single[0], before)


def _read(gates: Layer, candidates: Layer, updates: Sequence[_Update], forms: Forms) -> Reading | None:
    pairs: Counter[tuple[int, int]] = Counter()
    times: Counter[tuple[int, int]] = Counter()
    for update in updates:
        (row, step), (gate, when) = candidates.by_atom[update.candidate], gates.by_atom[update.gate]
        pairs[row, gate] += 1
        times[when, step] += 1
    update_gate = _one_to_one(pairs)
    at = _one_to_one(times)  # step of the gates → step of the candidates
    rows = candidates.rows
    if update_gate.keys() != set(rows) or len(at) != len(gates.steps):
        return None
    back = {step: when for when, step in at.items()}
    unit = {row: number for number, row in enumerate(rows)}
    hidden: dict[tuple[int, int], Atom] = {}
    for update in updates:
        row, step = candidates.by_atom[update.candidate]
        if step in back:
            hidden.setdefault((back[step], row), update.atom)
    key_of = {atom: key for key, atom in hidden.items()}
    before, states = _states(gates, key_of)
    documents = documents_of(gates.steps, before)
    if documents is None or sorted(states.values()) != sorted(rows):
        return None
    remembered = _remembered(gates, candidates, at, states, forms)
    if remembered is None:
        return None
    reset_gate, slot_of = remembered
    weights = {**gates.weights}
    inputs = {
        slot: next((s for s in gates.slots[when] if gates.slots[when][s] == atom), None)
        for when, step in at.items() for slot, atom in candidates.slots[step].items() if slot not in slot_of
    }  # fmt: skip
    if None in inputs.values():
        return None
    for row in rows:
        own = candidates.weights[row]
        weights[row] = {inputs[s]: w for s, w in own.items() if s in inputs} | {
            slot_of[s]: w for s, w in own.items() if s in slot_of
        }  # type: ignore[assignment]
    table: dict[Place, tuple[Instance, ...]] = dict(gates.at)
    for (row, step), instances in candidates.at.items():
        if step in back:
            table[row, back[step]] = instances
    parts: dict[int, tuple[Layer, Mapping[int, int]]] = {
        row: (gates, {s: s for s in gates.steps}) for row in gates.rows
    }
    parts |= dict.fromkeys(rows, (candidates, at))
    layer = Joined(table, gates.slots, weights, {**gates.biases, **candidates.biases}, parts)
    names = {"z": [update_gate[row] for row in rows], "r": [reset_gate[row] for row in rows], "hh": rows}
    values: dict[str, dict[tuple[int, int], Atom]] = {
        symbol: {
            (step, number): atom
            for number, row in enumerate(own) for step in gates.steps if (atom := layer.atom(row, step)) is not None
        }
        for symbol, own in names.items()
    }  # fmt: skip
    values["h"] = {(step, unit[row]): atom for (step, row), atom in hidden.items()}
    slot_units = {slot: unit[row] for slot, row in states.items()}
    first = [document[0] for document in documents]
    given = {(s, slot_units[k]): a for s in first for k, a in gates.slots[s].items() if k in slot_units}
    options = {"activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": False}
    return Reading("GRU", options, layer, list(names.values()), slot_units, documents, values, {"h_init": given})


def _states(gates: Layer, key_of: Mapping[Atom, tuple[int, int]]) -> tuple[dict[int, int], dict[int, int]]:
    """Step → the one before it; slot → the candidate's row of the unit whose state stands there."""
    last: Counter[tuple[int, int]] = Counter()
    votes: Counter[tuple[int, int]] = Counter()
    for step in gates.steps:
        for slot, atom in gates.slots[step].items():
            if atom in key_of:
                before, row = key_of[atom]
                last[step, before] += 1
                votes[slot, row] += 1
    return _one_to_one(last), _one_to_one(votes)


def _remembered(
    gates: Layer, candidates: Layer, at: Mapping[int, int], states: Mapping[int, int], forms: Forms
) -> tuple[dict[int, int], dict[int, int]] | None:
    """Candidate's row → its reset gate, and the candidates' slots of r·h₋₁ → the gates' slots of h₋₁."""
    resets: Counter[tuple[int, int]] = Counter()
    slots: Counter[tuple[int, int]] = Counter()
    for when, step in at.items():
        slot_at = {atom: slot for slot, atom in gates.slots[when].items()}
        for slot, atom in candidates.slots[step].items():
            form = forms.of(atom)
            if form.kind != SUM or len(form.polynomial) != 1:
                continue
            ((monomial, factor),) = form.polynomial.items()
            own = [part for part in monomial if part in gates.by_atom]
            state = [part for part in monomial if part in slot_at and part not in own]
            if factor == 1 and len(own) == len(state) == 1 and slot_at[state[0]] in states:
                slots[slot, slot_at[state[0]]] += 1
                resets[states[slot_at[state[0]]], gates.by_atom[own[0]][0]] += 1
    reset_gate, slot_of = _one_to_one(resets), _one_to_one(slots)
    complete = reset_gate.keys() == set(candidates.rows) and sorted(slot_of.values()) == sorted(states)
    return (reset_gate, slot_of) if complete else None


def _one_to_one(counts: Counter[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (one, other), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if one not in found and other not in found.values():
            found[one] = other
    return found
