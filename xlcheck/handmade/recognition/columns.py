"""Weights that belong to one unit of one gate, and how they are used: the columns of a layer's kernels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.handmade.recognition.forms import Form

SAME_COLUMN = 0.5
MOST_PAIRS = 3_000_000


@dataclass(eq=False)
class Column:
    """The weights that enter one sum at every time step.

    Attributes:
        leaves: all of them, biases included.
        forms: the sums, at all steps and in all documents.
        biases: those that stand alone or are multiplied by a constant 1.
        ones: the cells that hold this 1.
    """

    leaves: frozenset[Leaf]
    forms: list[Form] = field(default_factory=list)
    biases: set[Leaf] = field(default_factory=set)
    ones: set[Leaf] = field(default_factory=set)

    @property
    def cell(self) -> Address:
        """The first of its cells: columns are put in the order of the sheet by it."""
        return min(leaf.cell for leaf in self.leaves)

    def partners(self, leaf: Leaf) -> list[Term]:
        """What a weight multiplies, in all its sums."""
        return [form.weights[leaf] for form in self.forms if leaf in form.weights]

    def multiplied(self, form: Form) -> dict[Leaf, Term]:
        """What the weights other than biases multiply in one sum."""
        return {leaf: term for leaf, term in form.weights.items() if leaf not in self.biases and leaf in self.leaves}


def find_columns(forms: Sequence[Form], number_of: Mapping[Address, float]) -> list[Column]:
    """Put weights that occur together into columns.

    Args:
        forms: all weighted sums.
        number_of: the number in each cell.
    """
    sets = Counter(form.leaves for form in forms)
    columns = [Column(frozenset(leaves)) for leaves in _clusters(sets)]
    of_leaf = {leaf: column for column in columns for leaf in column.leaves}
    for form in forms:
        shares = Counter(id(of_leaf[leaf]) for leaf in form.leaves if leaf in of_leaf)
        if not shares:
            continue
        (best, count), *_ = shares.most_common(1)
        column = next(of_leaf[leaf] for leaf in form.leaves if leaf in of_leaf and id(of_leaf[leaf]) == best)
        if count >= SAME_COLUMN * len(form.leaves):
            column.forms.append(form)
    for column in columns:
        _find_biases(column, number_of)
    return sorted((c for c in columns if _is_real(c)), key=lambda c: c.cell)


def _is_real(column: Column) -> bool:
    """Whether weights are used as weights are: not once only, in a sum that has terms without any weight."""
    return len(column.forms) > 1 or (len(column.forms) == 1 and not column.forms[0].has_more)


def _clusters(sets: Counter[frozenset[Leaf]]) -> list[set[Leaf]]:
    """Group leaves that occur together more often than not."""
    count: Counter[Leaf] = Counter()
    together: Counter[tuple[Leaf, Leaf]] = Counter()
    pairs = 0
    for leaves, times in sets.items():
        ordered = sorted(leaves, key=lambda leaf: leaf.number)
        for leaf in ordered:
            count[leaf] += times
        pairs += len(ordered) ** 2
        if pairs > MOST_PAIRS:
            break
        for i, a in enumerate(ordered):
            for b in ordered[i + 1 :]:
                together[a, b] += times
    group: dict[Leaf, set[Leaf]] = {leaf: {leaf} for leaf in count}
    for (a, b), times in together.items():
        if times >= SAME_COLUMN * (count[a] + count[b] - times) and group[a] is not group[b]:
            merged = group[a] | group[b]
            for leaf in merged:
                group[leaf] = merged
    return list({id(leaves): leaves for leaves in group.values()}.values())


def _find_biases(column: Column, number_of: Mapping[Address, float]) -> None:
    alone = Counter(leaf for form in column.forms for leaf in form.biases)
    paired = Counter(leaf for form in column.forms for leaf in form.weights)
    column.biases = {leaf for leaf in column.leaves if alone[leaf] > paired[leaf]}
    if column.biases:
        return
    varies = any(not isinstance(term, Leaf) for form in column.forms for term in form.weights.values())
    for leaf in column.leaves:
        partners = column.partners(leaf)
        ones = {p for p in partners if isinstance(p, Leaf) and number_of.get(p.cell) == 1.0}
        if len(ones) == len(set(partners)) and ones and (len(partners) > 1 or varies):
            column.biases.add(leaf)
            column.ones |= ones


def group_by(columns: Sequence[Column], same: Iterable[tuple[Column, Column]]) -> list[list[Column]]:
    """Columns that belong together, directly or through others."""
    group = {id(column): [column] for column in columns}
    for a, b in same:
        if group[id(a)] is not group[id(b)]:
            merged = group[id(a)] + group[id(b)]
            for column in merged:
                group[id(column)] = merged
    found: dict[int, list[Column]] = defaultdict(list)
    for members in group.values():
        found[id(members)] = members
    return [sorted(members, key=lambda c: c.cell) for members in found.values()]
