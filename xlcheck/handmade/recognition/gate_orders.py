"""Which block of a layer's columns is which of Keras's gates, and with which activations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from xlcheck.formulas.algebra import Function
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.recognition.chain import Chain, most
from xlcheck.handmade.recognition.gate_tables import GateTable
from xlcheck.handmade.recognition.structure import FoundLayer
from xlcheck.layers.gate_symbols import GATES


@dataclass(frozen=True)
class GateOrder:
    """One way to see the blocks of a layer as gates.

    Attributes:
        order: for each of Keras's gates, which block it is.
        activations: the layer's options that name them.
        said: whether the words beside the weights name the gates in this way.
        contradicted: whether they name them otherwise.
    """

    order: tuple[int, ...]
    activations: Mapping[str, object]
    said: bool
    contradicted: bool


def gate_orders(chain: Chain, i: int, labels: Labels) -> Iterator[GateOrder]:
    """Every way that fits what was seen of layer `i`."""
    layer, table, kind = chain.layers[i], chain.tables[i], chain.kinds[i]
    if kind == "Dense":
        for activation in _dense_activations(chain, layer):
            yield GateOrder((0,), {"activation": activation}, True, False)
        return
    seen = [most(layer.activations.get(id(c[0])) for c in gate) for gate in table.gates]
    if kind == "SimpleRNN":
        kinds = Counter(a for c in layer.columns if (a := layer.activations.get(id(c))) is not None)
        for activation, _ in kinds.most_common() or [("linear", 0)]:
            yield GateOrder((0,), {"activation": activation}, True, False)
        return
    said = _said(table, kind, labels)
    for order in permutations(range(len(table.gates))):
        is_said = said is not None and tuple(said[block] for block in order) == GATES[kind]
        settings = _gate_settings(kind, order, seen, table)
        if settings is None and is_said:
            settings = {"activation": "tanh", "recurrent_activation": "sigmoid"}
        if settings is not None:
            yield GateOrder(order, settings, is_said, said is not None and not is_said)
            if is_said and settings["activation"] == settings["recurrent_activation"] == "sigmoid":
                # The row of candidates may be filled from that of a gate.
                yield GateOrder(order, {**settings, "activation": "tanh"}, is_said, contradicted=False)


def _dense_activations(chain: Chain, layer: FoundLayer) -> list[str]:
    seen = most(layer.activations.get(id(c)) for c in layer.columns)
    found = [seen] if seen else []
    if layer is chain.layers[-1] and len(layer.columns) > 1 and _is_in_softmax(chain, layer):
        found.append("softmax")
    return found or ["linear"]


def _is_in_softmax(chain: Chain, layer: FoundLayer) -> bool:
    own = {form.term for form in layer.forms}
    return any(
        isinstance(term, Function) and term.name == "EXP" and chain.visible.of(term) & own
        for term in chain.visible.terms
    )


def _said(table: GateTable, kind: str, labels: Labels) -> tuple[str, ...] | None:
    """The gate that the words beside its weights name, for each block; None unless all are named, each once."""
    names = []
    for gate in table.gates:
        found = Counter(
            said for columns in gate for c in columns for leaf in c.leaves
            if (said := labels.gate(leaf.cell, kind)) is not None
        )  # fmt: skip
        if not found:
            return None
        names.append(found.most_common(1)[0][0])
    return tuple(names) if sorted(names) == sorted(GATES[kind]) else None


def _gate_settings(
    kind: str, order: tuple[int, ...], seen: Sequence[str | None], table: GateTable
) -> dict[str, object] | None:
    """The activations of the blocks in this order as Keras's gates, if those that were seen allow it."""
    names = GATES[kind]
    candidate = names.index("c" if kind == "LSTM" else "hh")
    own = [seen[block] for block in order]
    gates = {a for place, a in enumerate(own) if place != candidate and a is not None}
    if len(gates) > 1:
        gate = Counter(a for place, a in enumerate(own) if place != candidate and a).most_common(1)[0][0]
        if own[candidate] is not None and own[candidate] == gate:
            return None
    else:
        gate = next(iter(gates), "sigmoid")
    distinct = {a for a in seen if a is not None}
    if len(distinct) == 2 and own[candidate] == Counter(a for a in seen if a).most_common(1)[0][0] and len(names) > 2:
        return None
    halves = [len(table.gates[block][0]) for block in order]
    if max(halves) > 1 and halves[candidate] == 1:
        return None
    return {"activation": own[candidate] or "tanh", "recurrent_activation": gate}
