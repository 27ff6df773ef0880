"""A SimpleRNN: rows that read at each step what the same rows gave at the step before."""

from __future__ import annotations

from collections import Counter, defaultdict

from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading, documents_of, first_states
from xlcheck.handmade.equations.votes import Place
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.other_activations import KERAS
from xlcheck.handmade.forms.polynomials import Atom


def read_simple_rnn(layer: Layer, forms: Forms) -> Reading | None:
    """The layer as a SimpleRNN, or None."""
    if len(layer.steps) < 2 or len(set(layer.activations.values())) > 1:
        return None
    place = outputs_of(layer, forms)
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    last: dict[int, Counter[int]] = defaultdict(Counter)
    for step in layer.steps:
        for slot, atom in layer.slots[step].items():
            if atom in place and place[atom][1] != step:
                row, before = place[atom]
                votes[slot][row] += 1
                last[step][before] += 1
    states = {slot: counts.most_common(1)[0][0] for slot, counts in votes.items()}
    if sorted(states.values()) != sorted(layer.rows):
        return None
    documents = documents_of(layer.steps, {step: counts.most_common(1)[0][0] for step, counts in last.items()})
    (activation,) = set(layer.activations.values())
    if documents is None or activation not in KERAS or not any(len(document) > 1 for document in documents):
        return None
    rows = layer.rows
    slot_units = {slot: rows.index(row) for slot, row in states.items()}
    values, given = {"h": layer.all_standing(rows, forms)}, {"h_init": first_states(layer, documents, slot_units)}
    return Reading("SimpleRNN", {"activation": activation}, layer, [rows], slot_units, documents, values, given)


def outputs_of(layer: Layer, forms: Forms) -> dict[Atom, Place]:
    """The place of each output, also where what stands before the activation has a cell of its own and is read."""
    found = {}
    for atom, place in layer.by_atom.items():
        own = forms.of(atom).polynomial
        for inner in forms.inlined.get(atom, ()):
            if forms.of(inner).polynomial == own:
                found[inner] = place
    return {**found, **layer.by_atom}
