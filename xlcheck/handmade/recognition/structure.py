"""From columns of weights to layers: what reads what, what comes back, and in which order of time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlcheck.formulas.algebra import Leaf, Term
from xlcheck.handmade.recognition.activation_kinds import kind_of
from xlcheck.handmade.recognition.columns import Column, group_by
from xlcheck.handmade.recognition.forms import Form
from xlcheck.handmade.recognition.visible import Visible

Place = tuple[int, int]
"""Document and time step, from 0."""
_SHARED = 0.5
_VOTES = 4
FEW_GROUPS = 40


@dataclass(eq=False)
class FoundLayer:
    """A layer as far as the workbook shows it.

    Attributes:
        columns: its columns, in the order of the sheet.
        inputs: for each column, the weights that multiply inputs.
        returns: for each column, the weights that multiply what the layer itself has computed before.
        places: document and step of each sum.
        slots: for a recurrent layer, one for each unit: the weights that multiply this unit's output.
        activations: for each column, the activation that is applied to its sums, as far as it was seen.
    """

    columns: list[Column]
    inputs: dict[int, list[Leaf]] = field(default_factory=dict)
    returns: dict[int, list[Leaf]] = field(default_factory=dict)
    places: dict[Term, Place] = field(default_factory=dict)
    slots: list[set[Leaf]] = field(default_factory=list)
    activations: dict[int, str] = field(default_factory=dict)

    @property
    def is_recurrent(self) -> bool:
        """Whether it reads its own results."""
        return any(self.returns.values())

    @property
    def units(self) -> int:
        """How many numbers it gives on at each step."""
        return len(self.slots) if self.is_recurrent else len(self.columns)

    @property
    def forms(self) -> list[Form]:
        """All its sums."""
        return [form for column in self.columns for form in column.forms]


def find_layers(columns: Sequence[Column], visible: Visible) -> list[FoundLayer]:
    """Group columns into layers, in order of calculation."""
    groups = _merged_alike(group_by(columns, _same_layer(columns)))
    groups = _merged_circles(groups, visible)
    layers = [FoundLayer(group) for group in _in_order(groups, visible)]
    for layer in layers:
        own = _reaching(visible, [layer.columns])
        for column in layer.columns:
            _split(layer, column, own)
        _find_places(layer, visible)
        _find_slots(layer)
    _find_activations(layers, visible)
    return layers


def _same_layer(columns: Sequence[Column]) -> Iterable[tuple[Column, Column]]:
    """Pairs of columns that multiply the same things."""
    readers: dict[object, list[Column]] = defaultdict(list)
    keys: dict[int, set[object]] = {}
    for column in columns:
        keys[id(column)] = set(_what_is_read(column))
        for key in keys[id(column)]:
            readers[key].append(column)
    shared: Counter[tuple[int, int]] = Counter()
    for members in readers.values():
        for other in members[1:]:
            shared[id(members[0]), id(other)] += 1
    by_id = {id(column): column for column in columns}
    for (a, b), count in shared.items():
        if count >= _SHARED * min(len(keys[a]), len(keys[b])):
            yield by_id[a], by_id[b]


def _merged_alike(groups: list[list[Column]]) -> list[list[Column]]:
    """Groups of columns of which most read nearly the same are one layer in which some sums lack a term."""
    if not 1 < len(groups) <= FEW_GROUPS:
        return groups
    read = [[key for column in group for key in _what_is_read(column)] for group in groups]

    def are_alike(a: int, b: int) -> bool:
        close = sum(any(len(own & key) > _SHARED * len(own | key) for key in read[b]) for own in read[a])
        return close > _SHARED * len(read[a]) > 0

    merged: list[set[int]] = []
    for i in range(len(groups)):
        alike = {i} | {j for j in range(len(groups)) if j != i and are_alike(i, j) and are_alike(j, i)}
        for other in [m for m in merged if m & alike]:
            alike |= other
            merged.remove(other)
        merged.append(alike)
    return [sorted((c for i in alike for c in groups[i]), key=lambda c: c.cell) for alike in merged]


def _what_is_read(column: Column) -> Iterable[frozenset[Term]]:
    """The inputs of a column at each step: its constants there, or without any all that it multiplies."""
    for form in column.forms:
        partners = column.multiplied(form)
        given = frozenset(t for leaf, t in partners.items() if isinstance(t, Leaf) and _is_input(column, leaf))
        yield given or frozenset(partners.values())


def _is_input(column: Column, leaf: Leaf) -> bool:
    """Whether a weight multiplies constants at least as often as computed values."""
    partners = column.partners(leaf)
    return all(isinstance(term, Leaf) for term in partners)


def _reaching(visible: Visible, groups: Sequence[Sequence[Column]]) -> dict[Term, int]:
    """For each term, a bit for each group of whose sums it is made."""
    bits = {form.term: 1 << i for i, group in enumerate(groups) for column in group for form in column.forms}
    return _spread(visible, bits)


def _spread(visible: Visible, bits: Mapping[Term, int]) -> dict[Term, int]:
    from xlcheck.formulas.algebra import below

    mask: dict[Term, int] = {}
    for term in visible.terms:
        value = bits.get(visible.sum_of(term), 0)
        for inner in below(term):
            value |= mask[inner]
        mask[term] = value
    return mask


def _merged_circles(groups: list[list[Column]], visible: Visible) -> list[list[Column]]:
    """Groups that read each other's results are one layer."""
    mask = _reaching(visible, groups)
    reads = [0] * len(groups)
    for i, group in enumerate(groups):
        for column in group:
            for form in column.forms:
                for term in form.weights.values():
                    reads[i] |= mask.get(term, 0)
    merged: list[set[int]] = []
    for i in range(len(groups)):
        circle = {i} | {j for j in range(len(groups)) if reads[i] >> j & 1 and reads[j] >> i & 1}
        for other in [m for m in merged if m & circle]:
            circle |= other
            merged.remove(other)
        merged.append(circle)
    return [sorted((c for i in circle for c in groups[i]), key=lambda c: c.cell) for circle in merged]


def _in_order(groups: list[list[Column]], visible: Visible) -> list[list[Column]]:
    mask = _reaching(visible, groups)

    def read(group: Sequence[Column]) -> int:
        found = 0
        for column in group:
            for form in column.forms:
                for term in form.weights.values():
                    found |= mask.get(term, 0)
        return found.bit_count()

    return sorted(groups, key=lambda group: (read(group), group[0].cell))


def _split(layer: FoundLayer, column: Column, own: Mapping[Term, int]) -> None:
    """Tell the weights for inputs from those for the layer's own results."""
    inputs: list[Leaf] = []
    returns: list[Leaf] = []
    for leaf in sorted(column.leaves - column.biases, key=lambda leaf: leaf.cell):
        partners = column.partners(leaf)
        (returns if any(own.get(term, 0) for term in partners) else inputs).append(leaf)
    layer.inputs[id(column)], layer.returns[id(column)] = inputs, returns


def _find_places(layer: FoundLayer, visible: Visible) -> None:
    """Document and step of each sum, from the inputs it reads and the order in which they are reached."""
    keys: dict[frozenset[Term], list[Form]] = defaultdict(list)
    for column in layer.columns:
        inputs = set(layer.inputs[id(column)])
        for form in column.forms:
            read = frozenset(term for leaf, term in column.multiplied(form).items() if leaf in inputs)
            if read:
                keys[read].append(form)
    accepted: list[frozenset[Term]] = []
    taken: set[Term] = set()
    enough = _SHARED * sum(bool(leaves) for leaves in layer.inputs.values())
    for key in sorted(keys, key=lambda k: (-len(keys[k]), -len(k), min(t.number for t in k))):
        if not key & taken and len(keys[key]) >= enough:
            accepted.append(key)
            taken |= key
    for key in sorted(set(keys).difference(accepted), key=lambda k: min(t.number for t in k)):
        whole = [other for other in accepted if key < other]
        if whole:  # a sum that reads only some of the inputs of a step
            keys[whole[0]] += keys.pop(key)
    number = {form.term: i for i, key in enumerate(accepted) for form in keys[key]}
    before = _before(accepted, keys, _spread(visible, {term: 1 << i for term, i in number.items()}))
    chains = _chains(len(accepted), before)
    chains.sort(key=lambda chain: _first_cell(accepted[chain[0]]))
    for document, chain in enumerate(chains):
        ordered = sorted(chain, key=lambda i: (len(before[i] & set(chain)), _first_cell(accepted[i])))
        for step, i in enumerate(ordered):
            for form in keys[accepted[i]]:
                layer.places[form.term] = (document, step)


def _before(
    accepted: Sequence[frozenset[Term]], keys: Mapping[frozenset[Term], Sequence[Form]], mask: Mapping[Term, int]
) -> list[set[int]]:
    """For each set of inputs, those that most of its sums follow."""
    found = []
    for i, key in enumerate(accepted):
        votes: Counter[int] = Counter()
        for form in keys[key]:
            reached = 0
            for term in form.weights.values():
                reached |= mask.get(term, 0)
            votes.update(j for j in range(len(accepted)) if reached >> j & 1 and j != i)
        found.append({j for j, count in votes.items() if count >= _SHARED * len(keys[key])})
    return found


def _chains(count: int, before: Sequence[set[int]]) -> list[list[int]]:
    group = {i: [i] for i in range(count)}
    for i in range(count):
        for j in before[i]:
            if group[i] is not group[j]:
                merged = group[i] + group[j]
                for k in merged:
                    group[k] = merged
    return list({id(members): members for members in group.values()}.values())


def _first_cell(key: frozenset[Term]) -> tuple[object, ...]:
    cells = [term.cell for term in key if isinstance(term, Leaf)]
    return (0, *min(cells)) if cells else (1, min(term.number for term in key))


def _find_slots(layer: FoundLayer) -> None:
    """Weights that multiply the same result at the same time belong to the same unit's output."""
    sharing: dict[Term, list[Leaf]] = defaultdict(list)
    for column in layer.columns:
        for form in column.forms:
            for leaf in layer.returns[id(column)]:
                if leaf in form.weights:
                    sharing[form.weights[leaf]].append(leaf)
    together: Counter[tuple[Leaf, Leaf]] = Counter()
    count: Counter[Leaf] = Counter()
    for leaves in sharing.values():
        unique = sorted(set(leaves), key=lambda leaf: leaf.number)
        count.update(unique)
        together.update((unique[0], other) for other in unique[1:])
    group = {leaf: {leaf} for leaf in count}
    for (a, b), times in together.items():
        if times >= _SHARED * min(count[a], count[b]) and group[a] is not group[b]:
            merged = group[a] | group[b]
            for leaf in merged:
                group[leaf] = merged
    slots = list({id(leaves): leaves for leaves in group.values()}.values())
    most = max((len(slot) for slot in slots), default=0)
    large = [slot for slot in slots if len(slot) > _SHARED * most or most == 1]
    column_of = {leaf: id(column) for column in layer.columns for leaf in layer.returns[id(column)]}
    seen = {column_of[leaf] for slot in large for leaf in slot}
    # In small ones are the weights of a candidate, or those of a unit that some sums do not read.
    small = [slot for slot in slots if slot not in large and all(column_of[leaf] in seen for leaf in slot)]
    layer.slots = sorted(large + small, key=lambda slot: min(leaf.cell for leaf in slot))


def _find_activations(layers: Sequence[FoundLayer], visible: Visible) -> None:
    column_of = {form.term: (layer, column) for layer in layers for column in layer.columns for form in column.forms}
    votes: dict[int, Counter[str]] = defaultdict(Counter)
    for form, factors in visible.functions():
        if form not in column_of:
            continue
        _, column = column_of[form]
        if votes[id(column)].total() < _VOTES:
            kind = kind_of(visible.values(factors, form))
            if kind is not None:
                votes[id(column)][kind] += 1
    for layer in layers:
        for column in layer.columns:
            if votes[id(column)]:
                layer.activations[id(column)] = votes[id(column)].most_common(1)[0][0]
