"""Tables side by side that compute the same weighted sums in several ways: by ReLU and by tanh, with or without a bias.

Each is a layer of its own. One sum that differs from all others may be a mistake; a whole table of them is meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.forms.polynomials import Atom

_Variant = tuple[str, bool]
"""The activation, and whether a bias is added."""

_ENOUGH = 3
"""Places at least at which all variants stand, and three in four of all: fewer may be a mistake beside a layer."""


def tables_apart(layers: Iterable[Sequence[Instance]], rows: Mapping[Atom, int]) -> list[list[Instance]]:
    """The weighted sums of each layer, one table for each way in which they are computed, and those behind these.

    Args:
        layers: the weighted sums that share their weights, layer by layer.
        rows: the row of each.
    """
    of: dict[Atom, int] = {}
    found: list[list[Instance]] = []
    waiting, before = [list(own) for own in layers], -1
    while before != len(of):  # what reads two tables is two tables itself
        before, whole = len(of), []
        for own in waiting:
            tables = _several_ways(own, rows)
            tables = tables if len(tables) > 1 else _behind(own, of)
            if len(tables) > 1:
                of |= {instance.atom: len(found) + n for n, table in enumerate(tables) for instance in table}
                found += tables
            else:
                whole.append(own)
        waiting = whole
    return [*found, *waiting]


def _behind(instances: Sequence[Instance], of: Mapping[Atom, int]) -> list[list[Instance]]:
    """Weighted sums of results, one table for each table from which they read most."""
    tables: dict[int | None, list[Instance]] = defaultdict(list)
    for instance in instances:
        read = Counter(of.get(x) for x in sorted(instance.inputs)).most_common(1)
        tables[read[0][0]].append(instance)
    return list(tables.values()) if None not in tables else [list(instances)]


def _several_ways(instances: Sequence[Instance], rows: Mapping[Atom, int]) -> list[list[Instance]]:
    """Weighted sums, one table for each way in which most of them are computed again, each from its own states."""
    places: dict[tuple[int, frozenset[Atom]], list[Instance]] = defaultdict(list)
    results = {instance.atom for instance in instances}
    of_states = {weight for instance in instances for x, weight in instance.pairs if x in results}
    for instance in instances:
        read = frozenset(x for x, weight in instance.pairs if x is not None and weight not in of_states)
        places[rows[instance.atom], read].append(instance)
    met = Counter(frozenset(map(_variant, own)) for own in places.values())
    variants, count = met.most_common(1)[0]
    if len(variants) < 2 or count < _ENOUGH or 4 * count < 3 * len(places):
        return [list(instances)]
    whole = [own for own in places.values() if {*map(_variant, own)} == variants and len(own) == len(variants)]
    lines = _lines((instance for own in whole for instance in own), rows)
    tables: dict[_Variant, list[Instance]] = {variant: [] for variant in sorted(variants)}
    for own in places.values():
        missing = sorted(variants - {*map(_variant, own)})
        for instance in own:
            variant = _by_line(instance, rows[instance.atom], lines) or _variant(instance)
            tables[variant if variant in tables else (missing or sorted(variants))[0]].append(instance)
    return [table for table in tables.values() if table]


def _variant(instance: Instance) -> _Variant:
    return instance.activation, any(x is None for x, _ in instance.pairs)


def _lines(instances: Iterable[Instance], rows: Mapping[Atom, int]) -> dict[tuple[object, ...], _Variant]:
    """Row, and a line of cells → the variant of which alone cells stand there."""
    found: dict[tuple[object, ...], set[_Variant]] = defaultdict(set)
    for instance in instances:
        for line in _lines_of(instance.atom):
            found[rows[instance.atom], *line].add(_variant(instance))
    return {line: min(own) for line, own in found.items() if len(own) == 1}


def _lines_of(atom: Atom) -> tuple[tuple[object, ...], ...]:
    sheet, row, column, _ = atom
    return (sheet, "row", row), (sheet, "column", column)


def _by_line(instance: Instance, row: int, lines: Mapping[tuple[object, ...], _Variant]) -> _Variant | None:
    """The variant in whose line a cell stands."""
    found = {lines[own] for line in _lines_of(instance.atom) if (own := (row, *line)) in lines}
    return min(found) if len(found) == 1 else None
