"""From a reading to a network: the cells of its weights, inputs and states, and of everything that it computes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.forms import Atom, cell_of
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.networks.layer_specs import chain, layer_spec
from xlcheck.handmade.networks.network import Network, Places


def networks_of(reading: Reading, name: str) -> tuple[Network, ...]:
    """A network for all documents of each length, under the same weights.

    Args:
        reading: the layer.
        name: its name.
    """
    lengths: dict[int, list[Sequence[int]]] = defaultdict(list)
    for document in reading.documents:
        lengths[len(document)].append(document)
    return tuple(_network(reading, name, documents) for _, documents in sorted(lengths.items(), reverse=True))


def _network(reading: Reading, name: str, documents: Sequence[Sequence[int]]) -> Network:
    features = reading.features
    options: dict[str, object] = {**reading.activations, "use_bias": has_bias(reading)}
    if reading.kind != "Dense":
        options["return_sequences"] = True
    spec = layer_spec(reading.kind, name, reading.units, len(features), options)
    model = chain(name, len(documents[0]), len(features), (spec,), None)
    weights = {f"{name}.{weight}": places for weight, places in _weights(reading, features).items()}
    samples = tuple(_sample(reading, name, document, features) for document in documents)
    bound = tuple(_bound(reading, name, document) for document in documents)
    return Network(model, {key: weights[key] for key in (f"{name}.{w}" for w in spec.weights)}, samples, bound)


def has_bias(reading: Reading) -> bool:
    """Whether any of the units adds a bias."""
    return any(reading.layer.biases[row] for rows in reading.gates for row in rows)


def _weights(reading: Reading, features: Sequence[int]) -> dict[str, Places]:
    layer = reading.layer
    rows = [row for gate in reading.gates for row in gate]
    state_slots = {unit: slot for slot, unit in reading.states.items()}

    def block(slots: Sequence[int | None]) -> Places:
        return tuple(
            None if slot is None else _cell(layer.weights[row].get(slot)) for slot in slots for row in rows
        )  # fmt: skip

    return {
        "kernel": block(list(features)),
        "recurrent_kernel": block([state_slots.get(unit) for unit in range(reading.units)]),
        "bias": _bias_cells(reading, rows),
    }


def _bias_cells(reading: Reading, rows: Sequence[int]) -> Places:
    past = reading.recurrent_biases
    own = tuple(_cell(min(reading.layer.biases[row] - {past.get(row)}, default=None)) for row in rows)
    return (*own, *(_cell(past.get(row)) for row in rows)) if reading.activations.get("reset_after") else own


def _sample(reading: Reading, name: str, document: Sequence[int], features: Sequence[int]) -> dict[str, Places]:
    """The inputs of a document, and its states before the first step."""
    found: dict[str, Places] = {}
    for t, step in enumerate(document):
        slots = reading.layer.slots[step]
        places = tuple(_cell(slots.get(slot)) for slot in features)
        found["input.x" if reading.kind == "Dense" else f"input.x[{t}]"] = places
    for symbol, given in reading.given.items():
        places = tuple(_cell(given.get((document[0], unit))) for unit in range(reading.units))
        if any(place is not None for place in places):
            found[f"{name}.{symbol}"] = places
    return found


def _bound(reading: Reading, name: str, document: Sequence[int]) -> dict[str, Places]:
    """The cells of what is computed."""
    found: dict[str, Places] = {}
    for symbol, values in reading.values.items():
        for t, step in enumerate(document):
            places = tuple(_own_cell(values.get((step, unit))) for unit in range(reading.units))
            if any(place is not None for place in places):
                found[f"{name}.{symbol}" if reading.kind == "Dense" else f"{name}.{symbol}[{t}]"] = places
    return found


def _cell(atom: Atom | None) -> Address | None:
    return None if atom is None else cell_of(atom)


def _own_cell(atom: Atom | None) -> Address | None:
    """The cell that holds nothing but this atom."""
    return None if atom is None or atom[3] else cell_of(atom)


def outputs(reading: Reading) -> Mapping[tuple[int, int], Atom]:
    """What other layers may read: (step, unit) → its atom."""
    return reading.values["y" if reading.kind == "Dense" else "h"]


def irregularity(reading: Reading) -> str | None:
    """What keeps a table of weighted sums from being a layer as Keras has it, in words; None if nothing does."""
    layer = reading.layer
    rows = [row for gate in reading.gates for row in gate]
    slots = {*reading.features, *reading.states}
    weights = [weight for row in rows for weight in (*layer.weights[row].values(), *layer.biases[row])]
    few = len(layer.steps) < _MAJORITY
    reasons = {
        "units share weights": len(set(weights)) < len(weights),
        "a unit adds more than one bias": any(
            len(layer.biases[row] - {reading.recurrent_biases.get(row)}) > 1 for row in rows
        ),
        "an input is computed inside of a formula": any(atom[3] for atom in _given(reading)),
        "units read different inputs": few and any(slots - layer.weights[row].keys() for row in rows),
        "only some units have a bias": len({bool(layer.biases[row]) for row in rows}) > 1,
        "an input is read twice": few and any(len(set(own.values())) < len(own) for own in layer.slots.values()),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


_MAJORITY = 3
"""Steps from which on two of them outvote a third."""


def _given(reading: Reading) -> Iterator[Atom]:
    for step in reading.layer.steps:
        yield from reading.layer.slots[step].values()
    for row in reading.layer.rows:
        yield from reading.layer.weights[row].values()
        yield from reading.layer.biases[row]
