"""From layers as a workbook shows them to networks: which column is which unit of which gate, which cell which input.

Where the workbook leaves a choice (which block of weights is which gate, which activation), every
choice becomes a network; `detect.py` finds out which of them explains the formula cells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import TypeVar

from xlcheck.errors import XlcheckError
from xlcheck.foreign.networks.gates import GATES
from xlcheck.foreign.networks.labels import Labels
from xlcheck.foreign.networks.layer_specs import chain, layer_spec
from xlcheck.foreign.networks.network import Network, Places
from xlcheck.foreign.reading.algebra import Address, Function, Leaf, Product, Term
from xlcheck.foreign.recognition.columns import Column
from xlcheck.foreign.recognition.forms import Form
from xlcheck.foreign.recognition.gate_tables import KINDS, GateTable, gate_tables
from xlcheck.foreign.recognition.structure import FoundLayer, Place
from xlcheck.foreign.recognition.visible import Visible
from xlcheck.layers.forward import forward_graph
from xlcheck.spec.model_spec import LayerSpec

T = TypeVar("T")

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
    tables = [gate_tables(layer, visible) for layer in layers]
    if any(not options for options in tables):
        return
    count = 0
    for chosen in product(*tables):
        assembly = _Assembly(layers, chosen, visible, labels, name)
        for choice in assembly.networks():
            yield choice
            count += 1
            if count >= MAX_CHOICES:
                return


class _Assembly:
    """Puts one way to see the layers together."""

    def __init__(
        self, layers: Sequence[FoundLayer], tables: Sequence[GateTable], visible: Visible, labels: Labels, name: str
    ) -> None:
        self._layers = layers
        self._tables = tables
        self._visible = visible
        self._labels = labels
        self._name = name
        self._kinds = [_kind(layer, table) for layer, table in zip(layers, tables, strict=True)]
        self._unit = [table.unit_of() for table in tables]
        self._of_form = {
            form.term: (i, column)
            for i, layer in enumerate(layers)
            for column in layer.columns
            for form in column.forms
        }
        self._units_of_forms = [
            {f.term: unit for c in layer.columns if (unit := units.get(id(c))) is not None for f in c.forms}
            for layer, units in zip(layers, self._unit, strict=True)
        ]
        self._shown: dict[tuple[int, Term], int | None] = {}
        self._slots: dict[int, dict[int, int]] = {}
        self._inputs: dict[int, Mapping[Place, set[Address]]] = {}
        self._places = self._find_places()

    def networks(self) -> Iterator[Choice]:
        """A network for every order of the gates and every activation that fits."""
        options = [list(self._options(i)) for i in range(len(self._layers))]
        for chosen in product(*options):
            said = all(option.said for option in chosen)
            contradicted = any(option.contradicted for option in chosen)
            for network in self._networks(list(chosen)):
                yield Choice(network, said, contradicted)

    def _find_places(self) -> dict[Term, Place]:
        """Document and step of every sum; a layer without inputs of its own takes them from what it reads."""
        places: dict[Term, Place] = {}
        for i, layer in enumerate(self._layers):
            if i == 0:
                places |= layer.places
                continue
            for form in layer.forms:
                found = [places[s] for term in form.weights.values() for s in self._visible.of(term) if s in places]
                if found:
                    document = Counter(d for d, _ in found).most_common(1)[0][0]
                    places[form.term] = (document, max(t for d, t in found if d == document))
        return places

    def _options(self, i: int) -> Iterator[_Option]:
        layer, table, kind = self._layers[i], self._tables[i], self._kinds[i]
        if kind == "Dense":
            for activation in self._dense_activations(layer, last=i == len(self._layers) - 1):
                yield _Option((0,), {"activation": activation}, True, False)
            return
        seen = [_most(layer.activations.get(id(c[0])) for c in gate) for gate in table.gates]
        if kind == "SimpleRNN":
            kinds = Counter(a for c in layer.columns if (a := layer.activations.get(id(c))) is not None)
            for activation, _ in kinds.most_common() or [("linear", 0)]:
                yield _Option((0,), {"activation": activation}, True, False)
            return
        said = self._said(table, kind)
        for order in permutations(range(len(table.gates))):
            is_said = said is not None and tuple(said[block] for block in order) == GATES[kind]
            settings = _gate_settings(kind, order, seen, table)
            if settings is None and is_said:
                settings = {"activation": "tanh", "recurrent_activation": "sigmoid"}
            if settings is not None:
                yield _Option(order, settings, is_said, said is not None and not is_said)
                if is_said and settings["activation"] == settings["recurrent_activation"] == "sigmoid":
                    # The row of candidates may be filled from that of a gate.
                    yield _Option(order, {**settings, "activation": "tanh"}, is_said, contradicted=False)

    def _dense_activations(self, layer: FoundLayer, *, last: bool) -> list[str]:
        seen = _most(layer.activations.get(id(c)) for c in layer.columns)
        found = [seen] if seen else []
        if last and len(layer.columns) > 1 and self._is_in_softmax(layer):
            found.append("softmax")
        return found or ["linear"]

    def _is_in_softmax(self, layer: FoundLayer) -> bool:
        own = {form.term for form in layer.forms}
        return any(
            isinstance(term, Function) and term.name == "EXP" and self._visible.of(term) & own
            for term in self._visible.terms
        )

    def _said(self, table: GateTable, kind: str) -> tuple[str, ...] | None:
        """The gate that the words beside its weights name, for each block; None unless all are named, each once."""
        names = []
        for gate in table.gates:
            found = Counter(
                said for columns in gate for c in columns for leaf in c.leaves
                if (said := self._labels.gate(leaf.cell, kind)) is not None
            )  # fmt: skip
            if not found:
                return None
            names.append(found.most_common(1)[0][0])
        return tuple(names) if sorted(names) == sorted(GATES[kind]) else None

    def _networks(self, options: Sequence[_Option]) -> Iterator[Network]:
        """One network for all documents of the same length."""
        lengths: dict[int, list[int]] = defaultdict(list)
        for document, steps in self._steps().items():
            lengths[steps].append(document)
        for steps, documents in sorted(lengths.items()):
            network = self._network(options, steps, documents)
            if network is not None:
                yield network

    def _steps(self) -> dict[int, int]:
        """Number of steps of each document."""
        found: dict[int, int] = {}
        for form in self._layers[0].forms:
            if form.term in self._places:
                document, step = self._places[form.term]
                found[document] = max(found.get(document, 0), step + 1)
        return found

    def _network(self, options: Sequence[_Option], steps: int, documents: Sequence[int]) -> Network | None:
        features = self._width(0)
        if not features:
            return None
        specs: list[LayerSpec] = []
        weights: dict[str, Places] = {}
        counts = Counter[str]()
        width = features
        for i, (layer, option) in enumerate(zip(self._layers, options, strict=True)):
            kind, table = self._kinds[i], self._tables[i]
            name = _NAMES[kind] + (f"_{counts[kind]}" if counts[kind] else "")
            counts[kind] += 1
            settings: dict[str, object] = {**option.settings, "use_bias": any(c.biases for c in layer.columns)}
            if kind != "Dense":
                settings["return_sequences"] = self._is_timed(i, steps, documents)
            if kind == "GRU":
                settings["reset_after"] = self._resets_after(table)
            layer_ = layer_spec(kind, name, table.count, width, settings)
            cells = self._weights(i, option.order, width, features)
            for weight, shape in layer_.weights.items():
                weights[f"{name}.{weight}"] = _filled(cells.get(weight, {}), shape)
            specs.append(layer_)
            width = table.count
        targets = self._targets(options[-1].settings.get("activation"))
        loss = _LOSSES.get(str(options[-1].settings.get("activation"))) if targets else None
        spec = chain(self._name, steps, features, tuple(specs), loss)
        try:
            forward_graph(spec)
        except (XlcheckError, ValueError):
            return None
        samples = []
        for document in documents:
            sample = self._sample(document, steps, features, [s.name for s in specs])
            if loss is not None:
                sample |= _target_places(targets, document, steps, specs)
            samples.append(sample)
        return Network(spec, weights, tuple(samples))

    def _targets(self, activation: object) -> dict[tuple[int, int, int], Address]:
        """The cells of the targets by document, step and unit: what multiplies the logarithm of an output."""
        i = len(self._layers) - 1
        if self._kinds[i] != "Dense" or activation not in _LOSSES:
            return {}
        found: dict[tuple[int, int, int], Address] = {}
        for term in self._visible.terms:
            if not isinstance(term, Product):
                continue
            leaves = [f for f, power in term.factors if isinstance(f, Leaf) and power == 1]
            logs = [f for f, _ in term.factors if isinstance(f, Function) and f.name == "LN"]
            if len(leaves) != 1 or len(logs) != 1:
                continue
            form = self._output_form(logs[0].arguments[0])
            if form in self._of_form and self._of_form[form][0] == i and form in self._places:
                document, step = self._places[form]
                found.setdefault((document, step, self._unit[i][id(self._of_form[form][1])]), leaves[0].cell)
        return found

    def _output_form(self, probability: Term | float) -> Term | None:
        """The sum whose sigmoid, or whose share in a softmax, a term is."""
        if not isinstance(probability, Term):
            return None
        only = self._visible.only(probability)
        if only is not None or not isinstance(probability, Product):
            return only
        forms = [self._visible.only(f) for f, power in probability.factors if power > 0]
        return next((form for form in forms if form is not None), None)

    def _is_timed(self, i: int, steps: int, documents: Sequence[int]) -> bool:
        """Whether the next layer reads every step; without a next layer all are results."""
        if i + 1 == len(self._layers):
            return True
        if self._layers[i + 1].is_recurrent:
            return True
        read = Counter(self._places[f.term] for f in self._layers[i + 1].forms if f.term in self._places)
        times = Counter(d for d, _ in read)
        return any(times[d] > 1 for d in documents) and steps > 1

    def _resets_after(self, table: GateTable) -> bool:
        return any(len(columns) > 1 for gate in table.gates for columns in gate) or any(
            len(c.biases) > 1 for gate in table.gates for columns in gate for c in columns
        )

    def _weights(
        self, i: int, order: Sequence[int], width: int, features: int
    ) -> dict[str, dict[tuple[int, ...], Address]]:
        """The cells of a layer's weights by name and index."""
        _layer, table, kind = self._layers[i], self._tables[i], self._kinds[i]
        found: dict[str, dict[tuple[int, ...], Address]] = defaultdict(dict)
        resets_after = kind == "GRU" and self._resets_after(table)
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

    def _input_rows(self, i: int, column: Column) -> dict[int, Leaf]:
        """Which input each weight multiplies: by the order of the inputs on the sheet, or by the unit that it shows."""
        layer = self._layers[i]
        votes: dict[Leaf, Counter[int]] = defaultdict(Counter)
        for form in column.forms:
            read = {leaf: form.weights[leaf] for leaf in layer.inputs[id(column)] if leaf in form.weights}
            for leaf, row in self._rows(i, read, self._places.get(form.term)).items():
                votes[leaf][row] += 1
        return _with_unread(_by_vote(votes), layer.inputs[id(column)])

    def _rows(self, i: int, read: Mapping[Leaf, Term], place: Place | None) -> dict[Leaf, int]:
        cells = {leaf: term.cell for leaf, term in read.items() if isinstance(term, Leaf)}
        if len(cells) == len(read):
            beside = self._inputs_at(i).get(place, set()) if place is not None else set()
            is_whole = beside.issuperset(cells.values()) and len(beside) == self._width(i)
            ordered = sorted(beside if is_whole else cells.values())
            return {leaf: ordered.index(cell) for leaf, cell in cells.items()}
        latest = max(map(self._latest, read.values()))
        shown = {leaf: self._shown_unit(i - 1, term) for leaf, term in read.items() if self._latest(term) == latest}
        return {leaf: unit for leaf, unit in shown.items() if unit is not None}

    def _width(self, i: int) -> int:
        """How many inputs most sums of a layer have."""
        return _mode(len(leaves) for leaves in self._layers[i].inputs.values() if leaves)

    def _inputs_at(self, i: int) -> Mapping[Place, set[Address]]:
        """The constants that the sums of a layer read as inputs, by document and step."""
        if i not in self._inputs:
            found: dict[Place, set[Address]] = defaultdict(set)
            for column in self._layers[i].columns:
                for form in column.forms:
                    read = [form.weights[leaf] for leaf in self._layers[i].inputs[id(column)] if leaf in form.weights]
                    if form.term in self._places:
                        found[self._places[form.term]].update(term.cell for term in read if isinstance(term, Leaf))
            self._inputs[i] = found
        return self._inputs[i]

    def _return_rows(self, i: int, column: Column) -> dict[int, Leaf]:
        layer = self._layers[i]
        votes: dict[Leaf, Counter[int]] = defaultdict(Counter)
        slot_of = {leaf: slot for slot, leaves in enumerate(layer.slots) for leaf in leaves}
        units = self._slot_units(i)
        for leaf in layer.returns[id(column)]:
            if leaf in slot_of:
                votes[leaf][units[slot_of[leaf]]] += 1
                continue
            for term in column.partners(leaf):
                unit = self._shown_unit(i, term)
                if unit is not None:
                    votes[leaf][unit] += 1
        return _with_unread(_by_vote(votes), layer.returns[id(column)])

    def _slot_units(self, i: int) -> dict[int, int]:
        """The unit whose output the weights of each slot multiply."""
        if i not in self._slots:
            self._slots[i] = self._units_by_slot(i)
        return self._slots[i]

    def _units_by_slot(self, i: int) -> dict[int, int]:
        layer = self._layers[i]
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        for slot, leaves in enumerate(layer.slots):
            for form in layer.forms:
                for leaf in leaves:
                    if leaf in form.weights and self._is_latest(form, form.weights[leaf]):
                        unit = self._shown_unit(i, form.weights[leaf])
                        if unit is not None:
                            votes[slot][unit] += 1
        taken: dict[int, int] = {}
        for slot in sorted(votes, key=lambda s: -max(votes[s].values())):
            unit = next((u for u, _ in votes[slot].most_common() if u not in taken.values()), None)
            if unit is not None:
                taken[slot] = unit
        free = [unit for unit in range(len(layer.slots)) if unit not in taken.values()]
        return {slot: taken[slot] if slot in taken else free.pop(0) for slot in range(len(layer.slots))}

    def _is_latest(self, form: Form, term: Term) -> bool:
        """Whether nothing else that a sum reads is computed at a later step."""
        return self._latest(term) >= max(self._latest(other) for other in form.weights.values())

    def _latest(self, term: Term) -> int:
        return max((self._places[shown][1] for shown in self._visible.of(term) if shown in self._places), default=-1)

    def _shown_unit(self, i: int, term: Term) -> int | None:
        """The unit of a layer whose result a term is."""
        key = (i, term)
        if key not in self._shown:
            units = self._units_of_forms[i]
            votes = Counter(units[shown] for shown in self._visible.of(term) if shown in units)
            self._shown[key] = votes.most_common(1)[0][0] if votes else None
        return self._shown[key]

    def _sample(self, document: int, steps: int, features: int, names: Sequence[str]) -> dict[str, Places]:
        """The cells of one document's inputs and initial states."""
        inputs: list[dict[int, Address]] = [{} for _ in range(steps)]
        layer = self._layers[0]
        for column in layer.columns:
            for form in column.forms:
                place = self._places.get(form.term)
                if place is None or place[0] != document:
                    continue
                read = {leaf: form.weights[leaf] for leaf in layer.inputs[id(column)] if leaf in form.weights}
                if len(read) == features and all(isinstance(term, Leaf) for term in read.values()):
                    for leaf, row in self._rows(0, read, place).items():
                        inputs[place[1]].setdefault(row, read[leaf].cell)  # type: ignore[attr-defined]
        timed = layer.is_recurrent
        sample: dict[str, Places] = {
            (f"input.x[{t}]" if timed else "input.x"): tuple(cells.get(k) for k in range(features))
            for t, cells in enumerate(inputs)
        }
        for i, name in enumerate(names):
            if self._layers[i].is_recurrent:
                sample |= self._states(i, name, document)
        return sample

    def _states(self, i: int, name: str, document: int) -> dict[str, Places]:
        """The cells of the states before the first step."""
        layer, table = self._layers[i], self._tables[i]
        units = self._slot_units(i)
        first = [f for f in layer.forms if self._places.get(f.term) == (document, 0)]
        h: dict[int, Counter[Address]] = defaultdict(Counter)
        for form in first:
            for slot, leaves in enumerate(layer.slots):
                for leaf in leaves:
                    partner = form.weights.get(leaf)
                    for term in (
                        [partner, *(f for f, _ in partner.factors)] if isinstance(partner, Product) else [partner]
                    ):
                        if isinstance(term, Leaf):
                            h[units[slot]][term.cell] += 1
        found = {f"{name}.h_init": tuple(_most(h[u].elements()) for u in range(table.count))}
        if self._kinds[i] == "LSTM":
            c = self._cell_states(i, {f.term for f in first})
            found[f"{name}.c_init"] = tuple(_most(c[u].elements()) for u in range(table.count))
        return {key: places for key, places in found.items() if any(places)}

    def _cell_states(self, i: int, first: set[Term]) -> dict[int, Counter[Address]]:
        """Constants that are multiplied by a gate of the first step."""
        weights = {leaf for layer in self._layers for column in layer.columns for leaf in column.leaves}
        found: dict[int, Counter[Address]] = defaultdict(Counter)
        for term in self._visible.terms:
            if not isinstance(term, Product):
                continue
            leaves = [f for f, power in term.factors if isinstance(f, Leaf) and power == 1 and f not in weights]
            shown = self._visible.of(term)
            if len(leaves) == 1 and len(shown) == 1 and next(iter(shown)) in first:
                unit = self._shown_unit(i, term)
                if unit is not None:
                    found[unit][leaves[0].cell] += 1
        return found


@dataclass(frozen=True)
class _Option:
    order: tuple[int, ...]
    settings: Mapping[str, object]
    said: bool
    contradicted: bool


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


def _kind(layer: FoundLayer, table: GateTable) -> str:
    return KINDS[len(table.gates)] if layer.is_recurrent else "Dense"


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


def _filled(cells: Mapping[tuple[int, ...], Address], shape: tuple[int, ...]) -> Places:
    import numpy as np

    return tuple(cells.get(tuple(int(i) for i in index)) for index in np.ndindex(*shape))


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


def _most(items: Iterable[T | None]) -> T | None:
    """The commonest item that is not None."""
    counts = Counter(item for item in items if item is not None)
    return counts.most_common(1)[0][0] if counts else None


def _mode(items: Iterator[int]) -> int:
    counts = Counter(items)
    return counts.most_common(1)[0][0] if counts else 0
