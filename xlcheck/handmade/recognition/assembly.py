"""From layers as a workbook shows them to networks.

Where the workbook leaves a choice (which block of weights is which gate, which activation), every
choice becomes a network; `detect.py` finds out which of them explains the formula cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from xlcheck.errors import XlcheckError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.networks.layer_specs import chain, layer_spec
from xlcheck.handmade.networks.network import Network, Places
from xlcheck.handmade.recognition.chain import Chain
from xlcheck.handmade.recognition.gate_orders import GateOrder, gate_orders
from xlcheck.handmade.recognition.gate_tables import gate_tables
from xlcheck.handmade.recognition.given_cells import GivenCells
from xlcheck.handmade.recognition.structure import FoundLayer
from xlcheck.handmade.recognition.visible import Visible
from xlcheck.handmade.recognition.weight_cells import WeightCells
from xlcheck.model.model_spec import LayerSpec

MAX_CHOICES = 200
_LOSSES = {"sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}
_NAMES = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru", "Dense": "dense"}


@dataclass(frozen=True)
class Choice:
    """A network that a workbook may compute.

    Attributes:
        network: the network.
        said: whether the words beside its weights name the gates in this way.
        contradicted: whether they name them otherwise.
    """

    network: Network
    said: bool
    contradicted: bool


def models_of(layers: Sequence[FoundLayer], visible: Visible) -> list[list[FoundLayer]]:
    """Layers that read each other's results, in order of calculation."""
    of_form = {form.term: i for i, layer in enumerate(layers) for form in layer.forms}
    group = {i: [i] for i in range(len(layers))}
    for i, layer in enumerate(layers):
        for form in layer.forms:
            for term in form.weights.values():
                for shown in visible.of(term):
                    j = of_form.get(shown, i)
                    if group[i] is not group[j]:
                        merged = sorted(group[i] + group[j])
                        for k in merged:
                            group[k] = merged
    unique = {id(members): members for members in group.values()}
    return [[layers[i] for i in members] for members in unique.values()]


def choices_of(layers: Sequence[FoundLayer], visible: Visible, labels: Labels, name: str) -> Iterator[Choice]:
    """Every network that a chain of layers may be.

    Args:
        layers: the layers, in order of calculation.
        visible: what terms show.
        labels: the words beside the cells.
        name: the model's name.
    """
    if not layers[0].is_recurrent and any(layer.is_recurrent for layer in layers):
        return  # what a Dense layer gives for one vector has no time steps
    tables = [gate_tables(layer, visible) for layer in layers]
    if any(not options for options in tables):
        return
    count = 0
    for chosen in product(*tables):
        assembly = _Assembly(Chain(layers, chosen, visible), labels, name)
        for choice in assembly.networks():
            yield choice
            count += 1
            if count >= MAX_CHOICES:
                return


class _Assembly:
    """Puts one way to see the layers together."""

    def __init__(self, chain: Chain, labels: Labels, name: str) -> None:
        self._chain = chain
        self._labels = labels
        self._name = name
        self._weights = WeightCells(chain)
        self._given = GivenCells(chain, self._weights)

    def networks(self) -> Iterator[Choice]:
        """A network for every order of the gates and every activation that fits."""
        options = [list(gate_orders(self._chain, i, self._labels)) for i in range(len(self._chain.layers))]
        for chosen in product(*options):
            said = all(option.said for option in chosen)
            contradicted = any(option.contradicted for option in chosen)
            networks = list(self._networks(list(chosen)))
            if not networks:
                return  # the layers do not fit together, whichever gate is which
            for network in networks:
                yield Choice(network, said, contradicted)

    def _networks(self, options: Sequence[GateOrder]) -> Iterator[Network]:
        """One network for all documents of the same length."""
        lengths: dict[int, list[int]] = defaultdict(list)
        for document, steps in self._chain.steps().items():
            lengths[steps].append(document)
        for steps, documents in sorted(lengths.items()):
            network = self._network(options, steps, documents)
            if network is not None:
                yield network

    def _network(self, options: Sequence[GateOrder], steps: int, documents: Sequence[int]) -> Network | None:
        features = self._chain.width(0)
        if not features:
            return None
        specs: list[LayerSpec] = []
        weights: dict[str, Places] = {}
        counts = Counter[str]()
        width = features
        for i, (layer, option) in enumerate(zip(self._chain.layers, options, strict=True)):
            kind, units = self._chain.kinds[i], self._chain.tables[i].count
            name = _NAMES[kind] + (f"_{counts[kind]}" if counts[kind] else "")
            counts[kind] += 1
            settings: dict[str, object] = {**option.activations, "use_bias": any(c.biases for c in layer.columns)}
            if kind != "Dense":
                settings["return_sequences"] = self._chain.is_timed(i, steps, documents)
            if kind == "GRU":
                settings["reset_after"] = self._chain.resets_after(i)
            spec = layer_spec(kind, name, units, width, settings)
            cells = self._weights.of(i, option.order)
            for weight, shape in spec.weights.items():
                weights[f"{name}.{weight}"] = _filled(cells.get(weight, {}), shape)
            specs.append(spec)
            width = units
        loss = _LOSSES.get(str(options[-1].activations["activation"])) if kind == "Dense" else None
        targets = self._given.targets if loss is not None else {}
        model = chain(self._name, steps, features, tuple(specs), loss if targets else None)
        samples = []
        for document in documents:
            sample = self._given.sample(document, steps, features, [s.name for s in specs])
            if targets:
                sample |= _target_places(targets, document, steps, specs)
            samples.append(sample)
        found = Network(model, weights, tuple(samples))
        return found if _is_model(found) else None


def _is_model(network: Network) -> bool:
    """Whether its layers can be put together, and no cell is missing above or left of the worksheet."""
    try:
        return bool(network.graph.quantities) and all(min(cell[1:]) >= 0 for *_, cell in network.cells())
    except (XlcheckError, ValueError):
        return False


def _target_places(
    targets: Mapping[tuple[int, int, int], Address], document: int, steps: int, specs: Sequence[LayerSpec]
) -> dict[str, Places]:
    units = specs[-1].options["units"]
    timed = any(spec.options.get("return_sequences") for spec in specs)
    last = steps - 1
    return {
        (f"target.y[{t}]" if timed else "target.y"): tuple(targets.get((document, t, unit)) for unit in range(units))
        for t in (range(steps) if timed else (last,))
    }


def _filled(cells: Mapping[tuple[int, ...], Address], shape: tuple[int, ...]) -> Places:
    return tuple(cells.get(tuple(int(i) for i in index)) for index in np.ndindex(*shape))
