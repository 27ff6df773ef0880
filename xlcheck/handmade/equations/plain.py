"""Layers without sums of weights: softmax, pooling by maxima, a sum with what was skipped, normalisation, scaling.

Each is known by its function, however it is spelt, and by what it reads: all results of one layer, each once. A formula
that does otherwise than its neighbours keeps the others from being such a layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.equations.found import Found
from xlcheck.handmade.equations.plain_templates import NAMES, TEMPLATES, typed_vectors
from xlcheck.handmade.forms.functions import Functions, Results
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.model.model_spec import Call, InputSpec, LayerSpec, ModelSpec, sequential


@dataclass(frozen=True)
class PlainCells:
    """A layer without sums of weights, and its cells.

    Attributes:
        name: as Keras would call it.
        networks: the layer as a network; each of its results, or each vector of them, is a sample.
        own: the cells in which it is computed.
        given: the cells of what it is given.
        results: the cells of its results.
    """

    name: str
    networks: tuple[Network, ...]
    own: frozenset[Address]
    given: frozenset[Address]
    results: Results

    @property
    def vectors(self) -> Iterator[frozenset[Address]]:
        """The results of each sample."""
        for network in self.networks:
            for bound in network.bound:
                yield frozenset(cell for places in bound.values() for cell in places if cell is not None)


def plain_layers(
    results: Sequence[Results], terms: CellTerms, taken: Collection[Address], given: Set[Address] = frozenset()
) -> list[PlainCells]:
    """The layers behind others that have no sums of weights, each after those whose results it reads.

    Args:
        results: those of the layers that are known.
        terms: what each formula computes.
        taken: the cells of these layers.
        given: what they are given.
    """
    names: Counter[str] = Counter()
    found: list[PlainCells] = []
    typed = typed_vectors(terms, taken, beside=bool(results))
    waiting, taken = [own for own in (*results, *typed) if own], {*taken}
    all_results = [*waiting]
    while waiting:
        effort.require_time()
        of = waiting.pop(0)
        functions = Functions(terms, taken, {cell for own in all_results for cell in own.values()}, given)
        for template in TEMPLATES:
            own = template(of, functions, all_results)
            if own is not None:
                number = names[own.layer.kind]
                names[own.layer.kind] += 1
                stem = NAMES[own.layer.kind]
                layer = _cells_of(own, f"{stem}_{number}" if number else stem, functions)
                found.append(layer)
                taken |= layer.own
                waiting.append(layer.results)
                all_results.append(layer.results)
                is_scaled = own.layer.kind == "Softmax" and (own.scaled_by != 1.0 or own.constants)
                if is_scaled or "Pooling" in own.layer.kind:
                    waiting.append(of)  # other temperatures may be tried beside, or the mean beside the largest
                break
    return found


def _cells_of(found: Found, name: str, functions: Functions) -> PlainCells:
    layer = replace(found.layer, name=name)
    scaled = LayerSpec("ops.multiply", f"{name}_scaled", {"x2": [found.scaled_by]}, {})
    size = len(found.inputs[0][0])
    last = f"{name}_{found.bent}" if found.bent else name
    bent = (LayerSpec("Activation", last, {"activation": found.bent}),) if found.bent else ()
    if len(found.inputs) > 1:
        tensors = [f"input_{number}" for number in range(len(found.inputs))]
        calls = (
            Call(name, name, tuple(tensors), (name,)),
            *(Call(own.name, own.name, (name,), (own.name,)) for own in bent),
        )
        spec = ModelSpec(name, tuple(InputSpec(tensor, (size,)) for tensor in tensors), (layer, *bent), calls, (last,))
    else:
        tensors = ["input"]
        layers = (*((scaled,) if found.scaled_by != 1.0 else ()), layer, *bent)
        spec = sequential(name, (size, 1) if found.steps else (size,), layers)
    samples = []
    for number in range(len(found.outputs)):
        own = [(tensor, places[number]) for tensor, places in zip(tensors, found.inputs, strict=True)]
        samples.append(
            {f"input.x[{t}]": (cell,) for t, cell in enumerate(own[0][1])}
            if found.steps
            else {f"{tensor}.x": places for tensor, places in own}
        )
    weights = {f"{name}.{weight}": places for weight, places in found.weights.items()}
    bound = tuple({f"{last}.y": places} for places in found.outputs)
    network = Network(spec, weights, tuple(samples), bound, constants=found.constants)
    given = found.constants | {cell for *_, cell in network.cells()}
    outputs = {cell for places in found.outputs for cell in places if cell is not None}
    return PlainCells(name, (network,), functions.between(outputs, given), given, found.results)
