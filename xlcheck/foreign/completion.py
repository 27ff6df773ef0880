"""Weights that no formula reads, because the formulas that should are wrong: found by where they stand.

The weights of one column stand to each other as those of every other column do. A constant that
nothing reads, in the place where by this rule a weight is missing, is that weight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from xlcheck.foreign.algebra import Address, Algebra, Leaf
from xlcheck.foreign.columns import Column
from xlcheck.foreign.structure import FoundLayer

Offset = tuple[str, int, int]
Role = tuple[str, int]
Roles = tuple[Role, ...]


def variants(layer: FoundLayer, unread: Collection[Address], algebra: Algebra) -> list[FoundLayer]:
    """A layer with its missing weights filled in, and the same with so many columns more that its gates are complete.

    Args:
        layer: the layer.
        unread: constant numbers that no formula reads.
        algebra: makes the terms.
    """
    layer = _copy(layer)
    pattern = _pattern([_cells(layer, column) for column in layer.columns])
    free = set(unread)
    if len(pattern) < 2 or not free:
        return [layer]
    for column in layer.columns:
        own = _cells(layer, column)
        for role, cell in _predicted(own, pattern).items():
            if role not in own and cell in free:
                free.discard(cell)
                _add(layer, column, role, algebra.leaf(cell))
    found = [layer]
    if layer.is_recurrent:
        known = [c for c in layer.columns if layer.inputs[id(c)]]
        offered = _offered(layer, pattern, free)
        for gates in (1, 3, 4):
            missing = gates * layer.units - len(known)
            if 0 < missing <= len(offered):
                larger = _copy(layer)
                for cells in offered[:missing]:
                    _add_column(larger, cells, algebra)
                larger.columns.sort(key=lambda column: column.cell)
                found.append(larger)
    return found


def _copy(layer: FoundLayer) -> FoundLayer:
    columns = [replace(column, biases=set(column.biases), ones=set(column.ones)) for column in layer.columns]
    pairs = list(zip(layer.columns, columns, strict=True))
    return FoundLayer(
        columns,
        {id(new): list(layer.inputs[id(old)]) for old, new in pairs},
        {id(new): list(layer.returns[id(old)]) for old, new in pairs},
        layer.places,
        [set(slot) for slot in layer.slots],
        {id(new): layer.activations[id(old)] for old, new in pairs if id(old) in layer.activations},
    )


def _offered(layer: FoundLayer, pattern: Mapping[Role, Offset], free: Collection[Address]) -> list[dict[Role, Address]]:
    """Places where another column may stand, those first that continue the row or column of the known ones."""
    role = next(iter(pattern))
    anchors = [cells[role] for column in layer.columns if role in (cells := _cells(layer, column))]
    steps = Counter((b[1] - a[1], b[2] - a[2]) for a in anchors for b in anchors if a != b and a[0] == b[0])
    found = []
    for start in sorted(free):
        cells = {role: _moved(start, offset) for role, offset in pattern.items()}
        if all(cell in free for cell in cells.values()):
            fits = sum(steps[start[1] - a[1], start[2] - a[2]] for a in anchors)
            near = min((abs(start[1] - a[1]) + abs(start[2] - a[2]) for a in anchors), default=0)
            found.append(((-fits, near, start), cells))
    return [cells for _, cells in sorted(found, key=lambda item: item[0])]


def _cells(layer: FoundLayer, column: Column) -> dict[Role, Address]:
    """The cells of a column by role: the k-th input weight, the k-th recurrent weight, the bias."""
    found: dict[Role, Address] = {}
    for kind, leaves in (
        ("input", layer.inputs[id(column)]),
        ("return", layer.returns[id(column)]),
        ("bias", sorted(column.biases, key=lambda leaf: leaf.cell)),
    ):
        for number, leaf in enumerate(leaves):
            found[kind, number] = leaf.cell
    return found


def _pattern(columns: Sequence[Mapping[Role, Address]]) -> dict[Role, Offset]:
    """How the weights of most columns stand to the first input weight."""
    counts: Counter[Roles] = Counter()
    offsets: dict[Roles, Counter[tuple[Offset, ...]]] = {}
    for cells in columns:
        roles = tuple(sorted(cells))
        if not roles:
            continue
        first = cells[roles[0]]
        own = tuple((cells[r][0], cells[r][1] - first[1], cells[r][2] - first[2]) for r in roles)
        counts[roles] += 1
        offsets.setdefault(roles, Counter())[own] += 1
    if not counts:
        return {}
    roles = max(counts, key=lambda r: (len(r), counts[r]))
    (best, _), *_ = offsets[roles].most_common(1)
    return dict(zip(roles, best, strict=True))


def _moved(start: Address, offset: Offset) -> Address:
    return offset[0], start[1] + offset[1], start[2] + offset[2]


def _predicted(own: Mapping[Role, Address], pattern: Mapping[Role, Offset]) -> dict[Role, Address]:
    """Where the weights of a column should stand, by the votes of those that are known."""
    votes: Counter[Address] = Counter()
    for role, cell in own.items():
        if role in pattern:
            _, row, column = pattern[role]
            votes[cell[0], cell[1] - row, cell[2] - column] += 1
    if not votes:
        return {}
    (start, _), *_ = votes.most_common(1)
    return {role: _moved(start, offset) for role, offset in pattern.items()}


def _add(layer: FoundLayer, column: Column, role: tuple[str, int], leaf: Leaf) -> None:
    column.leaves |= {leaf}
    if role[0] == "bias":
        column.biases.add(leaf)
        return
    leaves = layer.inputs[id(column)] if role[0] == "input" else layer.returns[id(column)]
    leaves.append(leaf)
    leaves.sort(key=lambda known: known.cell)
    if role[0] == "return":
        _into_slot(layer, column, leaf)


def _into_slot(layer: FoundLayer, column: Column, leaf: Leaf) -> None:
    """Put a weight into the slot in which the other columns have theirs at the same number."""
    number = layer.returns[id(column)].index(leaf)
    slots: Counter[int] = Counter()
    for other in layer.columns:
        leaves = layer.returns[id(other)]
        if other is not column and number < len(leaves):
            slots.update(slot for slot, members in enumerate(layer.slots) if leaves[number] in members)
    if slots:
        layer.slots[slots.most_common(1)[0][0]].add(leaf)


def _add_column(layer: FoundLayer, cells: Mapping[Role, Address], algebra: Algebra) -> None:
    leaves = {role: algebra.leaf(cell) for role, cell in cells.items()}
    column = Column(frozenset(leaves.values()))
    column.biases = {leaf for (kind, _), leaf in leaves.items() if kind == "bias"}
    layer.columns.append(column)
    layer.inputs[id(column)] = [leaf for (kind, _), leaf in sorted(leaves.items()) if kind == "input"]
    layer.returns[id(column)] = [leaf for (kind, _), leaf in sorted(leaves.items()) if kind == "return"]
    for leaf in layer.returns[id(column)]:
        _into_slot(layer, column, leaf)
