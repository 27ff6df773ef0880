"""What layers without sums of weights compute, each as a function, and what their formulas have to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.found import TRIALS, Found, random, same, vectors_of
from xlcheck.handmade.equations.normalisations import normalised
from xlcheck.handmade.equations.over_steps import sequences_of
from xlcheck.handmade.equations.pooling import pooled
from xlcheck.handmade.equations.unit_sums import summed
from xlcheck.handmade.forms.functions import Functions, Results, leaves_above
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.model.model_spec import LayerSpec

_MOST_FREE, _LONGEST = 400, 64
"""Formulas among which a function of typed numbers is looked for, and the numbers that it may have."""
_SEVERAL = 3
"""Samples of a batch over which results are normalised."""
_STATISTICS = 2
"""Cells that read the numbers that are normalised, and nothing else: their mean and their variance."""


def _elementwise(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """An activation, or a scale, of each result."""
    readers: dict[tuple[str, float], dict[Address, list[Address]]] = defaultdict(lambda: defaultdict(list))
    x = np.concatenate([random(TRIALS, 1), [[-1.0], [1.0]]])
    single = {cell: next(iter(read)) for cell, read in functions.of.items() if len(read) == 1}
    own = {*of.values()}
    for cell, read in single.items():
        if read in own:
            kind = _kind(x[:, 0], functions.values(cell, [read], x))
            if kind is not None:
                readers[kind][read].append(cell)
    for (name, number), cells in readers.items():
        if cells.keys() == own and all(len(found) == 1 for found in cells.values()):
            outputs = {place: cells[cell][0] for place, cell in of.items()}
            order = sorted(outputs)
            layer = LayerSpec(name, "", {**_OPTIONS[name][0], _OPTIONS[name][1]: number})
            inputs = [[(of[place],) for place in order]]
            return Found(layer, inputs, [(outputs[place],) for place in order], outputs, {})
    return None


_OPTIONS: Mapping[str, tuple[Mapping[str, object], str]] = {
    "ReLU": ({"max_value": None, "threshold": 0.0}, "negative_slope"),
    "LeakyReLU": ({}, "negative_slope"),
    "Rescaling": ({"offset": 0.0}, "scale"),
}
"""The options of a layer, and the one that is found."""


def _kind(x: Array, y: Array) -> tuple[str, float] | None:
    """What makes y of x: Keras's layer, and its slope below 0 or its scale."""
    if not np.isfinite(y).all():
        return None
    below, above = -float(y[-2]), float(y[-1])
    if same(y, np.maximum(x, 0)):
        return "ReLU", 0.0
    if 0 < below < 1 and same(y, np.where(x > 0, x, x * below)):
        return "LeakyReLU", round(below, 12)
    return ("Rescaling", above) if above not in {0.0, 1.0} and same(y, x * above) else None


def _exponential_shares(x: Array, scale: float = 1.0) -> Array:
    found: Array = np.exp(x * scale)
    shares: Array = found / found.sum(axis=1, keepdims=True)
    return shares


def typed_vectors(terms: CellTerms, taken: Collection[Address], *, beside: bool) -> list[Results]:
    """Typed numbers that a softmax or a normalisation reads, a vector a row, those of each length by themselves.

    Args:
        terms: what each formula computes.
        taken: the cells of layers.
        beside: whether there are layers, of which a softmax is meant, rather.
    """
    vectors: dict[tuple[Address, ...], set[Address]] = defaultdict(set)
    free = [cell for cell in terms if cell not in taken]
    for cell in free if len(free) <= _MOST_FREE else ():
        read = tuple(sorted(leaves_above(cell, terms, (), _LONGEST)))
        if 1 < len(read) <= _LONGEST:
            vectors[read].add(cell)
    if not beside:
        softmaxes = [
            read for read, cells in vectors.items() if len(cells) >= len(read) and _is_shared(read, terms, taken)
        ]
        if softmaxes:
            return _in_rows(softmaxes)
    with_statistics = _in_rows([read for read, cells in vectors.items() if len(cells) >= _STATISTICS])
    return [own for own in with_statistics if _is_normalised(own, Functions(terms, taken, [*own.values()]))]


def _is_normalised(of: Results, functions: Functions) -> bool:
    return normalised([*vectors_of(of).values()], functions, by_typed=False) is not None


def _is_shared(read: Sequence[Address], terms: CellTerms, taken: Collection[Address]) -> bool:
    return _alike(read, Functions(terms, taken, read), _exponential_shares) is not None


def _in_rows(vectors: Sequence[tuple[Address, ...]]) -> list[Results]:
    """The vectors of each length, one below the other; none if they share cells."""
    typed = [cell for own in vectors for cell in own]
    if len({*typed}) < len(typed):
        return []
    tables = ([own for own in sorted(vectors) if len(own) == size] for size in sorted({*map(len, vectors)}))
    return [{(step, unit): x for step, own in enumerate(table) for unit, x in enumerate(own)} for table in tables]


def _softmax(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """A softmax of each step's results, or of these over a temperature that stands in a cell or in the formulas.

    Or of one unit's results at several steps.
    """
    vectors = vectors_of(of) or sequences_of(of, functions)
    beside = {
        next(iter(rest)) for read in functions.of.values() if len(rest := read - functions.known) == 1 < len(read)
    }
    typed = sorted(cell for cell in beside if functions.number(cell) > 0)
    for cell in (None, *typed) if vectors else ():
        over = () if cell is None else (cell,)
        function = _exponential_shares if cell is None else lambda x: _exponential_shares(x[:, :-1] / x[:, -1:])
        outputs = {step: _alike(own, functions, function, over) for step, own in vectors.items()}
        found = _of_vectors(of, vectors, outputs, LayerSpec("Softmax", "", {"axis": -1}))
        if found is not None:
            scale = 1.0 if cell is None else 1 / functions.number(cell)
            return replace(found, scaled_by=scale, constants=frozenset(over))
    for scale in _temperatures(next(iter(vectors.values())), functions) if vectors else ():
        shares = partial(_exponential_shares, scale=scale)
        outputs = {step: _alike(own, functions, shares) for step, own in vectors.items()}
        found = _of_vectors(of, vectors, outputs, LayerSpec("Softmax", "", {"axis": -1}))
        if found is not None:
            return replace(found, scaled_by=scale)
    return None


def _temperatures(own: Sequence[Address], functions: Functions) -> Iterator[float]:
    """By what the first share of some results would multiply them: of n that are 0 but for one, its share says so."""
    shares = [cell for cell, read in functions.of.items() if read == frozenset(own)]
    x = np.vstack([np.zeros(len(own)), np.eye(len(own))])
    for y in ([*functions.values(cell, own, x)] for cell in shares[:1]):
        share, others = max(y), len(own) - 1
        if same(np.array(y[0] * len(own)), np.array(1.0)) and 1 / len(own) < share < 1:
            yield float(f"{np.log(share * others / (1 - share)):.12g}")


def _alike(
    own: Sequence[Address],
    functions: Functions,
    function: Callable[[Array], Array],
    typed: Sequence[Address] = (),
) -> list[Address] | None:
    """The cells that hold each element of a function of some cells, if there is exactly one for each.

    Args:
        own: the cells.
        functions: what formulas compute from them.
        function: gives a row of elements for each row of numbers in these cells, and behind them in the typed ones.
        typed: the cells of other numbers, which are above 0.
    """
    x = np.hstack([random(TRIALS, len(own)), np.abs(random(TRIALS, len(typed) + 1))[:, 1:] + 0.1])
    desired = function(x)
    found: dict[int, list[Address]] = defaultdict(list)
    read_by_all = [*own, *typed]
    cells = [cell for cell, read in functions.of.items() if read == frozenset(read_by_all)]
    for cell, y in (functions.values_of(cells, read_by_all, x) if len(cells) >= len(own) else {}).items():
        for unit in range(len(own)):
            if same(y, desired[:, unit]):
                found[unit].append(cell)
    is_whole = len(found) == len(own) and all(len(cells) == 1 for cells in found.values())
    return [found[unit][0] for unit in range(len(own))] if is_whole else None


def _of_vectors(
    of: Results,
    vectors: Mapping[int, Sequence[Address]],
    outputs: Mapping[int, list[Address] | None],
    layer: LayerSpec,
) -> Found | None:
    if not outputs or any(own is None for own in outputs.values()):
        return None
    cells = {step: tuple(own or ()) for step, own in outputs.items()}
    place = {cell: at for at, cell in of.items()}
    results = {place[x]: cell for step, own in cells.items() for x, cell in zip(vectors[step], own, strict=True)}
    return Found(layer, [[tuple(vectors[step]) for step in cells]], list(cells.values()), results, {})


def _normalised(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """A normalisation of each step's results, by their own mean and variance or by typed ones."""
    steps, units = sorted({step for step, _ in of}), sorted({unit for _, unit in of})
    if len(of) != len(steps) * len(units):
        return None
    vectors = [[of[step, unit] for unit in units] for step in steps]
    found = normalised(vectors, functions)
    if found is None:
        return None
    outputs = dict(zip(steps, found.outputs, strict=True))
    results = {(step, units[n]): cell for step, own in outputs.items() for n, cell in enumerate(own)}
    return Found(
        found.layer, [found.vectors], found.outputs, results, found.weights,
        constants=found.constants, bent="relu" if found.is_bent else "",
    )  # fmt: skip


def _over_the_batch(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """Each unit's results by their mean and variance over all samples, as a batch normalisation has it in training.

    That is Keras's layer normalisation of a unit's results; gamma and beta of each unit, if any, follow behind it.
    """
    steps, units = sorted({step for step, _ in of}), sorted({unit for _, unit in of})
    if len(of) != len(steps) * len(units) or len(steps) < _SEVERAL:
        return None
    found = normalised([[of[step, unit] for step in steps] for unit in units], functions, by_typed=False)
    if found is None or found.weights or found.is_bent:
        return None
    results = {
        (step, unit): cell
        for unit, own in zip(units, found.outputs, strict=True)
        for step, cell in zip(steps, own, strict=True)
    }
    return Found(found.layer, [found.vectors], found.outputs, results, {}, constants=found.constants)


def _skipped(of: Results, functions: Functions, all_results: Sequence[Results]) -> Found | None:
    """The sum of each result and of what stands elsewhere: what a layer was given, or other results."""
    sums: dict[Address, list[tuple[Address, Address]]] = defaultdict(list)
    own = {*of.values()}
    for cell, read in functions.of.items():
        pair = sorted(read, key=lambda other: other not in own)
        if len(pair) == 2 and pair[0] in own and pair[1] not in own:
            x = random(TRIALS, 2)
            if same(functions.values(cell, pair, x), x.sum(axis=1)):
                sums[pair[0]].append((cell, pair[1]))
    if sums.keys() != own or any(len(found) > 1 for found in sums.values()):
        return None
    others = {place: sums[cell][0][1] for place, cell in of.items()}
    results = {place: sums[cell][0][0] for place, cell in of.items()}
    second = [known for known in all_results if {*others.values()} <= {*known.values()}]
    in_order = not second or any(_in_one_order(others, known) for known in second)
    if len({*others.values()}) < len(others) or not in_order or not _in_lines(others) or not _go_along(of, others):
        return None
    order = sorted(of)
    inputs = [[(of[place],) for place in order], [(others[place],) for place in order]]
    return Found(LayerSpec("Add", "", {}), inputs, [(results[place],) for place in order], results, {})


def _in_one_order(others: Results, known: Results) -> bool:
    """Whether the second summands are the results of a layer, each of the same step and for a unit always one unit."""
    place = {cell: key for key, cell in known.items()}
    units = {(unit, place[cell][1]) for (_, unit), cell in others.items()}
    steps = {(step, place[cell][0]) for (step, _), cell in others.items()}
    return all(len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs) for pairs in (units, steps))


def _in_lines(others: Results) -> bool:
    """Whether the second summands of each unit stand in a line, and so do those of each step."""
    for axis in (0, 1):
        lines: dict[int, list[Address]] = defaultdict(list)
        for place, cell in others.items():
            lines[place[axis]].append(cell)
        rows, columns = ([{cell[k] for cell in own} for own in lines.values()] for k in (1, 2))
        if not (all(len(row) == 1 for row in rows) or all(len(column) == 1 for column in columns)):
            return False
    return True


def _go_along(of: Results, others: Results) -> bool:
    """Whether the summands of each step, and of each unit, stand in the same order as the results they are added to."""
    for axis in (0, 1):
        lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in of:
            lines[place[axis]].append(place)
        if any(sorted(own, key=of.__getitem__) != sorted(own, key=others.__getitem__) for own in lines.values()):
            return False
    return True


TEMPLATES: Sequence[Callable[[Results, Functions, Sequence[Results]], Found | None]] = (
    _elementwise,
    _softmax,
    _normalised,
    _over_the_batch,
    pooled,
    _skipped,
    summed,
)
"""Each finds the layer that reads some results, given all results, or None."""
NAMES = {
    "ReLU": "re_lu", "LeakyReLU": "leaky_re_lu", "Rescaling": "rescaling", "Softmax": "softmax", "Add": "add",
    "LayerNormalization": "layer_normalization", "BatchNormalization": "batch_normalization",
    "GlobalMaxPooling1D": "global_max_pooling1d", "GlobalAveragePooling1D": "global_average_pooling1d",
}  # fmt: skip
