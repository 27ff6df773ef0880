"""Weights that no formula reads, because the formulas that should are wrong: found by where they stand.

The weights of one column stand to each other as those of every other column do. A constant that
nothing reads, in the place where by this rule a weight is missing, is that weight.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address, Algebra, Leaf
from xlcheck.handmade.networks.labels import Labels
from xlcheck.handmade.recognition.columns import Column
from xlcheck.handmade.recognition.forms import Form
from xlcheck.handmade.recognition.structure import FoundLayer

Offset = tuple[str, int, int]
Role = tuple[str, int]
Roles = tuple[Role, ...]
INPUT, RETURN, BIAS = "input", "return", "bias"


def variants(
    layer: FoundLayer, unread: Collection[Address], unused: Collection[Address], algebra: Algebra, labels: Labels
) -> list[FoundLayer]:
    """A layer with its missing weights filled in, and what else it may be with more of the numbers that nothing reads.

    Args:
        layer: the layer.
        unread: constant numbers that no formula reads.
        unused: constant numbers that belong to no weighted sum.
        algebra: makes the terms.
        labels: the words beside the cells.
    """
    found = _with_columns(_copy(layer), unread, algebra)
    free = set(unread)
    more = (_with_biases(layer, free, algebra, labels), _recurrent(layer, set(unused), algebra))
    lengthened = (
        _lengthened(layer, kind, end, free, algebra) for kind in (INPUT, RETURN) for end in (-1, 0)
    )  # fmt: skip
    return [*found, *(other for other in (*more, *lengthened) if other is not None)]


def _with_columns(layer: FoundLayer, unread: Collection[Address], algebra: Algebra) -> list[FoundLayer]:
    """A layer with weights where single columns lack them, and with so many columns that its gates are complete."""
    pattern = _pattern([_cells(layer, column) for column in layer.columns])
    free = set(unread)
    if len(pattern) < 2 or not free:
        return [layer]
    for column in layer.columns:
        own = _cells(layer, column)
        for role, cell in _predicted(own, pattern).items():
            if cell in free and cell not in own.values():
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


def _with_biases(layer: FoundLayer, free: Collection[Address], algebra: Algebra, labels: Labels) -> FoundLayer | None:
    """A layer that reads no bias with one for each column: free numbers that stand to the columns in the same way.

    Those first that are called a bias.
    """
    if not free or any(column.biases for column in layer.columns):
        return None
    anchors = [column.cell for column in layer.columns]
    first = anchors[0]

    def order(c: Address) -> tuple[bool, bool, int, Address]:
        return not labels.is_bias(c), c[0] != first[0], abs(c[1] - first[1]) + abs(c[2] - first[2]), c

    for start in sorted(free, key=order):
        cells = [(start[0], start[1] + a[1] - first[1], start[2] + a[2] - first[2]) for a in anchors]
        if all(cell in free for cell in cells):
            layer = _copy(layer)
            for column, cell in zip(layer.columns, cells, strict=True):
                _add(layer, column, (BIAS, 0), algebra.leaf(cell))
            return layer
    return None


def _lengthened(
    layer: FoundLayer, kind: str, end: int, free: Collection[Address], algebra: Algebra
) -> FoundLayer | None:
    """A layer with one weight more in each column, at the end (-1) or in front (0) of those for inputs or returns."""
    leaves_of = layer.inputs if kind == INPUT else layer.returns
    rows = [[leaf.cell for leaf in leaves_of[id(column)]] for column in layer.columns]
    across = _step([column.cell for column in layer.columns])
    added: list[Address] = []
    for cells in rows:
        step = _step(cells) or ((across[1], across[0]) if across else None)
        sign = 1 if end else -1
        for down, right in ([step] if step else [(1, 0), (0, 1)]) if cells else ():
            cell = (cells[end][0], cells[end][1] + sign * down, cells[end][2] + sign * right)
            if cell in free:
                added.append(cell)
                break
    if len(added) < len(rows) or not added:
        return None
    layer = _copy(layer)
    for column, cell in zip(layer.columns, added, strict=True):
        leaf = algebra.leaf(cell)
        if kind == INPUT:
            column.forms = [_reading(form, layer.inputs[id(column)], leaf, end, algebra) for form in column.forms]
        _add(layer, column, (kind, 0), leaf)
    if kind == RETURN:
        layer.slots.append({algebra.leaf(cell) for cell in added})
    return layer


def _reading(form: Form, inputs: Sequence[Leaf], leaf: Leaf, end: int, algebra: Algebra) -> Form:
    """A sum that reads the next input as well, if it reads inputs that stand in a row."""
    read = [form.weights[own] for own in inputs if own in form.weights]
    cells = [term.cell for term in read if isinstance(term, Leaf)]
    step = _step(cells) or (1, 0)
    if not cells or len(cells) < len(read):
        return form
    sign = 1 if end else -1
    cell = (cells[end][0], cells[end][1] + sign * step[0], cells[end][2] + sign * step[1])
    return replace(form, weights={**form.weights, leaf: algebra.leaf(cell)})


def _recurrent(layer: FoundLayer, unused: Collection[Address], algebra: Algebra) -> FoundLayer | None:
    """A layer that is applied to one input after the other, as a recurrent one whose recurrent weights nothing uses."""
    units = len(layer.columns)
    if layer.is_recurrent or len(set(layer.places.values())) < 2 or any(step for _, step in layer.places.values()):
        return None
    across = _step([column.cell for column in layer.columns]) or (0, 1)
    for top, left in ((start[1:]) for start in sorted(unused)):
        sheet = layer.columns[0].cell[0]
        block = [
            [(sheet, top + j * across[1] + k * across[0], left + j * across[0] + k * across[1]) for k in range(units)]
            for j in range(units)
        ]
        if all(cell in unused for row in block for cell in row):
            layer = _copy(layer)
            layer.slots = [{algebra.leaf(cell) for cell in row} for row in block]
            for row in block:
                for column, cell in zip(layer.columns, row, strict=True):
                    column.leaves |= {algebra.leaf(cell)}
                    layer.returns[id(column)].append(algebra.leaf(cell))
            layer.places = {term: (0, document) for term, (document, _) in layer.places.items()}
            return layer
    return None


def _step(cells: Sequence[Address]) -> tuple[int, int] | None:
    """How far cells in a row stand from each other; None for one cell alone, or if it is not always the same."""
    steps = {(b[1] - a[1], b[2] - a[2]) for a, b in itertools.pairwise(cells)}
    return steps.pop() if len(steps) == 1 else None


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
        (INPUT, layer.inputs[id(column)]),
        (RETURN, layer.returns[id(column)]),
        (BIAS, sorted(column.biases, key=lambda leaf: leaf.cell)),
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
    """Where the weights of a column should stand, if as many as possible of those that are known are to stand right."""
    known = {(kind, cell) for (kind, _), cell in own.items()}
    places = [
        {role: _moved((cell[0], cell[1] - row, cell[2] - column), offset) for role, offset in pattern.items()}
        for kind, cell in sorted(known)
        for (other, _), (_, row, column) in pattern.items() if kind == other
    ]  # fmt: skip
    return max(places, key=lambda cells: sum((kind, c) in known for (kind, _), c in cells.items()), default={})


def _add(layer: FoundLayer, column: Column, role: tuple[str, int], leaf: Leaf) -> None:
    column.leaves |= {leaf}
    if role[0] == BIAS:
        column.biases.add(leaf)
        return
    leaves = layer.inputs[id(column)] if role[0] == INPUT else layer.returns[id(column)]
    leaves.append(leaf)
    leaves.sort(key=lambda known: known.cell)
    if role[0] == RETURN:
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
    column.biases = {leaf for (kind, _), leaf in leaves.items() if kind == BIAS}
    layer.columns.append(column)
    layer.inputs[id(column)] = [leaf for (kind, _), leaf in sorted(leaves.items()) if kind == INPUT]
    layer.returns[id(column)] = [leaf for (kind, _), leaf in sorted(leaves.items()) if kind == RETURN]
    for leaf in layer.returns[id(column)]:
        _into_slot(layer, column, leaf)
