"""From a reading to a network: the cells of its weights, inputs and states, and of everything that it computes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.reading import LossCells, Reading
from xlcheck.handmade.forms.kinks import layers_behind
from xlcheck.handmade.forms.polynomials import NEGATIVE, Atom, cell_of
from xlcheck.handmade.networks.layer_specs import DEFAULTS, layer_spec
from xlcheck.handmade.networks.network import Network, Places
from xlcheck.model.model_spec import LayerSpec, sequential


@dataclass(frozen=True)
class Link:
    """A layer as a part of a network.

    Attributes:
        reading: the layer.
        name: its name.
        features: the slots of its inputs, in the order in which what comes before gives them.
        documents: for each document its steps; one step each for what reads a vector.
        is_timed: whether it reads a sequence.
        all_steps: whether what comes behind reads every step, and not only the last one.
        ones: the slot of an input that is 1 at every step, of which the weights are biases.
        loss: the loss behind it, of the last layer.
    """

    reading: Reading
    name: str
    features: Sequence[int]
    documents: Sequence[Sequence[int]]
    is_timed: bool
    all_steps: bool = True
    ones: int | None = None
    loss: LossCells | None = None

    @property
    def has_bias(self) -> bool:
        """Whether the layer adds a bias."""
        return self.ones is not None or has_bias(self.reading)

    @property
    def width(self) -> int:
        """How many inputs the layer has: one that is always 1 brings a second bias to each unit."""
        return len(self.features) + bool(second_biases(self.reading))


def networks_of(reading: Reading, name: str, loss: LossCells | None = None) -> tuple[Network, ...]:
    """A layer as networks: one for all documents of each length, under the same weights.

    Args:
        reading: the layer.
        name: its name.
        loss: the loss behind it; its samples are steps of one document then, as the mean is that over all of them.
    """
    documents, is_timed = reading.documents, reading.kind != "Dense"
    if loss is not None and len(documents) > 1:
        documents, is_timed = [[step for document in documents for step in document]], True
    return networks_in_a_row([Link(reading, name, reading.features, documents, is_timed, loss=loss)])


def networks_in_a_row(links: Sequence[Link]) -> tuple[Network, ...]:
    """Layers one behind the other as networks: one for all documents of each length, under the same weights.

    Args:
        links: the layers, with their parts of each document.
    """
    lengths: dict[int, list[int]] = defaultdict(list)
    for number, document in enumerate(links[0].documents):
        lengths[len(document)].append(number)
    return tuple(_network(links, numbers) for _, numbers in sorted(lengths.items(), reverse=True))


def _network(links: Sequence[Link], numbers: Sequence[int]) -> Network:
    specs = []
    weights: dict[str, Places] = {}
    for link in links:
        options: dict[str, object] = {**link.reading.activations, "use_bias": link.has_bias}
        further = _behind(link)
        if further:
            options["activation"] = LINEAR
        if link.reading.kind != "Dense":
            options["return_sequences"] = link.all_steps
        spec = layer_spec(link.reading.kind, link.name, link.reading.units, link.width, options)
        found = _weights(link)
        weights |= {f"{link.name}.{weight}": found[weight] for weight in spec.weights}
        specs += [spec, *further]
    first = links[0]
    shape = (len(first.documents[numbers[0]]), first.width) if first.is_timed else (first.width,)
    samples = tuple(
        dict([
            *_inputs(first, number), *(state for link in links for state in _states(link, number)),
            *_of_loss(links[-1], number, "target.y"),
        ])
        for number in numbers
    )  # fmt: skip
    bound = tuple(
        dict([*(own for link in links for own in _bound(link, number)), *_of_loss(links[-1], number, "loss.loss")])
        for number in numbers
    )
    loss = None if links[-1].loss is None else links[-1].loss.name
    turned = {
        f"{link.name}.{name}": len(link.reading.turned) * link.reading.units
        for link in links if link.reading.turned for name in ("kernel", "recurrent_kernel", "bias")
    }  # fmt: skip
    turned |= {
        f"{own.name}.bias": len(own.reading.gates) * own.reading.units for own in links if subtracts_bias(own.reading)
    }
    in_steps = first.is_timed and first.reading.kind == "Dense"
    model = sequential(first.name, shape, tuple(specs), loss)
    return Network(
        model, weights, samples, bound, turned=turned, samples_in_steps=in_steps,
        ones=first.width - len(first.features), masked=frozenset(_masked(links[-1], numbers)),
    )  # fmt: skip


def _masked(link: Link, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sample and unit of the results of a layer that do not count."""
    sample_of = {step: sample for sample, number in enumerate(numbers) for step in link.documents[number]}
    for (step, unit), atom in link.reading.values["y"].items() if link.reading.masked else ():
        if atom in link.reading.masked and step in sample_of:
            yield sample_of[step], unit


def _behind(link: Link) -> list[LayerSpec]:
    """The layers that make an activation of weighted sums which none has as its own, or scale them."""
    scale = link.reading.scale
    kinds = [*layers_behind(str(link.reading.activations["activation"]))]
    kinds += [("Rescaling", {"scale": scale})] if scale != 1 else []
    return [
        layer_spec(kind, f"{link.name}_{_CALLED[kind]}", None, link.reading.units, options)
        if kind in DEFAULTS
        else LayerSpec(kind, f"{link.name}_{_CALLED[kind]}", dict(options), {})
        for kind, options in kinds
    ]


_CALLED = {"ops.heaviside": "step", "ops.gelu": "gelu", "LeakyReLU": "leaky_relu", "Rescaling": "scaled"}
"""How a layer is called behind another one."""


def has_bias(reading: Reading) -> bool:
    """Whether any of the units adds a bias."""
    return any(reading.layer.biases[row] for rows in reading.gates for row in rows)


def second_biases(reading: Reading) -> dict[int, Atom]:
    """Row → the bias that it adds besides its first one, where all units add two, as those of PyTorch do."""
    rows = [row for gate in reading.gates for row in gate]
    own = {row: sorted(reading.layer.biases[row] - {reading.recurrent_biases.get(row)}) for row in rows}
    two = all(len(biases) == 2 and all(bias[3] != NEGATIVE for bias in biases) for biases in own.values())
    return {row: max(biases) for row, biases in own.items()} if two else {}


def subtracts_bias(reading: Reading) -> bool:
    """Whether the units subtract their biases, as thresholds."""
    return any(bias[3] == NEGATIVE for rows in reading.gates for row in rows for bias in reading.layer.biases[row])


def _weights(link: Link) -> dict[str, Places]:
    reading, layer = link.reading, link.reading.layer
    rows = [row for gate in reading.gates for row in gate]
    state_slots = {unit: slot for slot, unit in reading.states.items()}

    def block(slots: Sequence[int | None]) -> Places:
        return tuple(
            None if slot is None else _cell(layer.weights[row].get(slot)) for slot in slots for row in rows
        )  # fmt: skip

    second = second_biases(reading)
    return {
        "kernel": block(link.features) + tuple(_cell(second[row]) for row in rows if second),
        "recurrent_kernel": block([state_slots.get(unit) for unit in range(reading.units)]),
        "bias": _bias_cells(reading, rows) if link.ones is None else block([link.ones]),
    }


def _bias_cells(reading: Reading, rows: Sequence[int]) -> Places:
    past = reading.recurrent_biases
    own = tuple(_cell(min(reading.layer.biases[row] - {past.get(row)}, default=None)) for row in rows)
    return (*own, *(_cell(past.get(row)) for row in rows)) if reading.activations.get("reset_after") else own


def _inputs(link: Link, number: int) -> Iterator[tuple[str, Places]]:
    """The inputs of a document."""
    for t, step in enumerate(link.documents[number]):
        slots = link.reading.layer.slots[step]
        name = f"input.x[{t}]" if link.is_timed else "input.x"
        yield (
            name,
            tuple(_cell(slots.get(slot)) for slot in link.features) + (None,) * (link.width - len(link.features)),
        )


def _states(link: Link, number: int) -> Iterator[tuple[str, Places]]:
    """The states of a layer before the first step of a document."""
    first = link.documents[number][0]
    for symbol, given in link.reading.given.items():
        places = tuple(_cell(given.get((first, unit))) for unit in range(link.reading.units))
        if any(place is not None for place in places):
            yield f"{link.name}.{symbol}", places


def _bound(link: Link, number: int) -> Iterator[tuple[str, Places]]:
    """The cells of what is computed."""
    for symbol, values in link.reading.values.items():
        for t, step in enumerate(link.documents[number]):
            own = (values.get((step, unit)) for unit in range(link.reading.units))
            places = tuple(None if atom in link.reading.masked else _own_cell(atom) for atom in own)
            if any(place is not None for place in places):
                stem = [link.name, *(spec.name for spec in _behind(link))][-1]
                name = f"{stem}.{symbol}[{t}]" if link.is_timed else f"{stem}.{symbol}"
                yield f"1-{name}" if symbol in link.reading.turned else name, places


def _of_loss(link: Link, number: int, name: str) -> Iterator[tuple[str, Places]]:
    """The targets of a document, or the cells of its loss."""
    loss, documents = link.loss, link.documents
    if loss is None:
        return
    for t, step in enumerate(documents[number]):
        places = tuple(loss.targets[step]) if name == "target.y" else (loss.at[step],)
        yield f"{name}[{t}]" if link.is_timed else name, places
    if loss.mean is not None and len(documents) == 1 and name == "loss.loss":
        yield "loss.sample", (loss.mean,)


def _cell(atom: Atom | None) -> Address | None:
    return None if atom is None else cell_of(atom)


def _own_cell(atom: Atom | None) -> Address | None:
    """The cell that holds nothing but this atom."""
    return None if atom is None or atom[3] else cell_of(atom)


def irregularity(reading: Reading) -> str | None:
    """What keeps a table of weighted sums from being a layer as Keras has it, in words; None if nothing does."""
    layer = reading.layer
    rows = [row for gate in reading.gates for row in gate]
    slots = {*reading.features, *reading.states}
    biases = [bias for row in rows for bias in layer.biases[row]]
    bends = reading.activations.get("activation", LINEAR) != LINEAR  # else it may be any table of sums
    one_bias = biases[:1] if bends and len(reading.gates) == 1 == len(set(biases)) else biases  # one for all units
    weights = [weight for row in rows for weight in layer.weights[row].values()] + one_bias
    few = len(layer.steps) < _MAJORITY
    reasons = {
        "it reads no input": not reading.features,
        "units share weights": len(set(weights)) < len(weights),
        "a unit adds more than one bias": any(
            len(layer.biases[row] - {reading.recurrent_biases.get(row)}) > 1 for row in rows
        )
        and not second_biases(reading),
        "an input is computed inside of a formula": any(atom[3] not in {0, NEGATIVE} for atom in _given(reading)),
        "units read different inputs": few and any(slots - layer.weights[row].keys() for row in rows),
        "only some units subtract their bias": len({bias[3] == NEGATIVE for bias in biases}) > 1,
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
