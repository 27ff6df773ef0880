"""A GRU: its gates, its candidate and what the candidate remembers, joined by h = z·h₋₁ + (1 − z)·h̃.

Keras has two. Where the reset gate is applied after the state is multiplied with weights, gates and candidates are one
table, in which the candidates' sums have a gate before a part of them. Where it is applied before, r·h₋₁ stands in
cells that the candidates read, and so these are a table of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from xlcheck.handmade.equations.gated_sums import GATE_KINDS
from xlcheck.handmade.equations.gru_states import Update, first_turned, updates_of
from xlcheck.handmade.equations.instances import CANDIDATE_KINDS, LINEAR, Instance
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading, documents_of, first_states
from xlcheck.handmade.equations.votes import Place
from xlcheck.handmade.forms.forms import SUM, Forms
from xlcheck.handmade.forms.polynomials import Atom, Monomial


@dataclass(frozen=True)
class Joined(Layer):
    """The rows of gates and candidates as one layer, over the steps of the gates.

    Attributes:
        parts: row → the table that it comes from, and the step there for each step of the gates.
    """

    parts: Mapping[int, tuple[Layer, Mapping[int, int]]]

    @property
    def is_whole_but_for_gaps(self) -> bool:
        """Whether each instance is right, also at steps that were left out."""
        return super().is_whole_but_for_gaps and all(layer.is_whole_but_for_gaps for layer, _ in self.parts.values())

    @cached_property
    def gaps(self) -> frozenset[Place]:
        """The places at which no instance stands, also those of steps that were left out."""
        inner = {
            (row, step)
            for row, (layer, steps) in self.parts.items() for step in self.steps if step in steps
            if (row, steps[step]) in layer.gaps
        }  # fmt: skip
        return super().gaps | inner

    def wanted(self, row: int, step: int) -> frozenset[Monomial]:
        """What a row should sum up at a step, in the table that it comes from."""
        layer, steps = self.parts[row]
        return layer.wanted(row, steps[step]) if step in steps else frozenset()


def read_grus(layers: Sequence[Layer], forms: Forms) -> Iterator[tuple[Reading, tuple[Layer, ...]]]:
    """Each GRU, with the tables that it is made of."""
    updates = updates_of(forms)
    if updates and all(update.turned for update in updates):
        updates += first_turned(forms)
    read = {atom for update in updates for atom in (update.gate, update.candidate)}
    tables = [(part, layer) for layer in layers if not read.isdisjoint(layer.by_atom) for part in _by_activation(layer)]
    for layer in layers if updates else ():
        own = [u for u in updates if u.candidate in layer.by_atom and u.gate in layer.by_atom]
        found = _read_after(layer, own, forms) if own else None
        if found is not None:
            yield found, (layer,)
    for candidates, one in tables:
        if CANDIDATE_KINDS.issuperset(candidates.activations.values()):
            for gates, other in tables:
                if GATE_KINDS.issuperset(gates.activations.values()) and len(gates.rows) == 2 * len(candidates.rows):
                    own = [u for u in updates if u.candidate in candidates.by_atom and u.gate in gates.by_atom]
                    found = _read(gates, candidates, own, forms) if own else None
                    if found is not None:
                        yield found, (one, other)


def _by_activation(layer: Layer) -> list[Layer]:
    """A table, or two where a step without a state has made one of gates and candidates."""
    kinds = sorted(set(layer.activations.values()))
    if len(kinds) == 1:
        return [layer]
    return [layer.restricted(row for row in layer.rows if layer.activations[row] == kind) for kind in kinds]


def _read_after(layer: Layer, updates: Sequence[Update], forms: Forms) -> Reading | None:
    """A table as a GRU in which the reset gate is applied to what the state is multiplied with."""
    update_votes, reset_votes = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for update in updates:
        update_votes[layer.by_atom[update.candidate][0], layer.by_atom[update.gate][0]] += 1
    for instance in layer.instances:
        if instance.gate in layer.by_atom:
            reset_votes[layer.by_atom[instance.atom][0], layer.by_atom[instance.gate][0]] += 1
    update_gate, reset_gate = _one_to_one(update_votes), _one_to_one(reset_votes)
    rows = [row for row in layer.rows if row in update_gate]
    unused = [row for row in layer.rows if layer.activations[row] == LINEAR]
    if reset_gate.keys() != set(rows) or 3 * len(rows) + len(unused) != len(layer.rows):
        return None
    hidden: dict[tuple[int, int], Atom] = {}
    for update in updates:
        row, step = layer.by_atom[update.candidate]
        hidden.setdefault((step, row), update.atom)
    names = {"z": [update_gate[row] for row in rows], "r": [reset_gate[row] for row in rows], "hh": rows}
    reading = _reading(layer, names, hidden, _befores(updates, layer), forms, reset_after=True)
    if reading is None:
        return None
    return _defined(replace(reading, recurrent_biases=dict(_recurrent_biases(layer)), unused=unused), updates)


def _defined(reading: Reading, updates: Sequence[Update]) -> Reading:
    """A GRU whose z is 1 − z of Keras, if all states are (1 − z)·h₋₁ + z·h̃.

    Where half of them are, or all of one sample, either may be meant.
    """
    turned = {update.atom for update in updates if update.turned}
    if all(update.turned for update in updates):
        return replace(reading, turned=("z",))
    samples = [{atom for (step, _), atom in reading.values["h"].items() if step in own} for own in reading.documents]
    is_open = 2 * len(turned) >= len(updates) or any(len(own) > 1 and own <= turned for own in samples)
    return replace(reading, is_certain=reading.is_certain and not is_open)


def _recurrent_biases(layer: Layer) -> Iterator[tuple[int, Atom]]:
    """Row → the bias of the recurrent kernel: what the gate multiplies; of two that none tells apart, the last."""
    for row in layer.rows:
        own = (x for step in layer.steps for x in layer.at.get((row, step), ()))
        gated = Counter(monomial[0] for x in own for monomial in x.gated if len(monomial) == 1)
        if gated:
            yield row, gated.most_common(1)[0][0]
        elif len(layer.biases[row]) > 1:
            yield row, max(layer.biases[row])


def _befores(updates: Sequence[Update], gates: Layer) -> dict[tuple[int, Atom], int]:
    """Step and what an update reads as the last state → row of the gate."""
    found = {}
    for update in updates:
        row, step = gates.by_atom[update.gate]
        if update.before is not None:
            found[step, update.before] = row
    return found


def _reading(
    layer: Layer,
    names: Mapping[str, list[int]],
    hidden: Mapping[tuple[int, int], Atom],
    befores: Mapping[tuple[int, Atom], int],
    forms: Forms,
    *,
    reset_after: bool,
) -> Reading | None:
    """The rows of gates and candidates, and (step, candidate's row) → hidden state, as a layer."""
    rows = names["hh"]
    unit = {row: number for number, row in enumerate(rows)}
    before, states = _states(
        layer, {atom: key for key, atom in hidden.items()}, befores, dict(zip(names["z"], rows, strict=True))
    )
    documents = documents_of(layer.steps, before)
    if documents is None or (states and sorted(states.values()) != sorted(rows)):
        return None
    values = {symbol: layer.all_standing(own, forms) for symbol, own in names.items()}
    values["h"] = {(step, unit[row]): atom for (step, row), atom in hidden.items() if row in unit}
    slot_units = {slot: unit[row] for slot, row in states.items()}
    given = first_states(layer, documents, slot_units)
    options = {
        "activation": _activation_of(rows, layer, CANDIDATE_KINDS, "tanh"),
        "recurrent_activation": _activation_of([*names["z"], *names["r"]], layer, GATE_KINDS, "sigmoid"),
        "reset_after": reset_after,
    }
    return Reading("GRU", options, layer, list(names.values()), slot_units, documents, values, {"h_init": given})


def _activation_of(rows: Sequence[int], layer: Layer, among: Collection[str], usual: str) -> str:
    """The activation of most rows, if it is one of some; otherwise the usual one."""
    found, _ = Counter(layer.activations[row] for row in rows).most_common(1)[0]
    return found if found in among else usual


def _read(gates: Layer, candidates: Layer, updates: Sequence[Update], forms: Forms) -> Reading | None:
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
    hidden: dict[tuple[int, int], Atom] = {}
    for update in updates:
        row, step = candidates.by_atom[update.candidate]
        if step in back:
            hidden.setdefault((back[step], row), update.atom)
    befores = _befores(updates, gates)
    _, states = _states(
        gates, {atom: key for key, atom in hidden.items()}, befores, {gate: row for row, gate in update_gate.items()}
    )
    remembered = _remembered(gates, candidates, at, states, forms) if states else (_any_reset(gates, update_gate), {})
    if remembered is None:
        return None
    reset_gate, slot_of = remembered
    weights = {**gates.weights}
    inputs = {
        slot: next((s for s in gates.slots[when] if gates.slots[when][s] == atom), None)
        for when, step in at.items() for slot, atom in candidates.slots[step].items()
        if slot not in slot_of and not _is_nothing(atom, forms)
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
    reading = _reading(layer, names, hidden, befores, forms, reset_after=False)
    return None if reading is None else _defined(reading, updates)


def _states(
    gates: Layer,
    key_of: Mapping[Atom, tuple[int, int]],
    befores: Mapping[tuple[int, Atom], int],
    row_of_gate: Mapping[int, int],
) -> tuple[dict[int, int], dict[int, int]]:
    """Step → the one before it; slot → the candidate's row of the unit whose state stands there."""
    last: Counter[tuple[int, int]] = Counter()
    votes: Counter[tuple[int, int]] = Counter()
    for step in gates.steps:
        for slot, atom in gates.slots[step].items():
            if atom in key_of:
                before, row = key_of[atom]
                last[step, before] += 1
                votes[slot, row] += 1
            elif befores.get((step, atom)) in row_of_gate:
                votes[slot, row_of_gate[befores[step, atom]]] += 1
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
            own = [part for part in form.product if part in gates.by_atom]
            state = [part for part in form.product if part in slot_at and part not in own]
            if form.kind == SUM and len(own) == len(state) == 1 and slot_at[state[0]] in states:
                slots[slot, slot_at[state[0]]] += 1
                resets[states[slot_at[state[0]]], gates.by_atom[own[0]][0]] += 1
    reset_gate, slot_of = _one_to_one(resets), _one_to_one(slots)
    complete = reset_gate.keys() == set(candidates.rows) and sorted(slot_of.values()) == sorted(states)
    return (reset_gate, slot_of) if complete else None


def _any_reset(gates: Layer, update_gate: Mapping[int, int]) -> dict[int, int]:
    """Candidate's row → a reset gate, where no state tells them apart because there is none before the only step."""
    return dict(zip(sorted(update_gate), (row for row in gates.rows if row not in update_gate.values()), strict=True))


def _is_nothing(atom: Atom, forms: Forms) -> bool:
    """Whether a formula multiplies a blank state."""
    form = forms.of(atom)
    return form.kind == SUM and not form.polynomial


def _one_to_one(counts: Counter[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (one, other), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if one not in found and other not in found.values():
            found[one] = other
    return found
