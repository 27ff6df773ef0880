"""A sum of all units of a layer, without weights of its own: `=L5+M5` of two relus, perhaps within a sigmoid.

So a last layer is left out, as in the network of two relus that is taught with the passengers of the Titanic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.found import TRIALS, Found, random, same, vectors_of
from xlcheck.handmade.forms.functions import Functions, Results
from xlcheck.layers.activations import activation_function
from xlcheck.model.model_spec import LayerSpec

_STEPS = 3
"""Samples that a sum has to be computed of, so that it is no statistic of one."""
_SHARE = 1e-6
"""How far the sum of shares may be from 1."""
_BENT: Mapping[str, Callable[[Array], Array]] = {
    "": np.asarray,
    "sigmoid": activation_function("sigmoid"),
    "tanh": activation_function("tanh"),
    "relu": activation_function("relu"),
}
"""What may be done with the sum in the same formula; Keras's names."""


def summed(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """The sum of all results of each step, which nothing else reads.

    Args:
        of: the results.
        functions: the formulas behind them.
    """
    vectors = vectors_of(of)
    if len(vectors) < _STEPS:
        return None
    if all(abs(sum(map(functions.number, own)) - 1.0) < _SHARE for own in vectors.values()):
        return None  # shares, of which people look at the sum
    outputs: Mapping[int, Address | None] = {step: functions.only_reader(own) for step, own in vectors.items()}
    x = random(TRIALS, len(next(iter(vectors.values()))))
    bends = {
        _bend(functions.values(cell, vectors[step], x), x.sum(axis=1)) if cell is not None else None
        for step, cell in outputs.items()
    }
    if len(bends) != 1 or None in bends:
        return None
    bent = bends.pop() or ""
    behind = None if bent else _bent_behind(vectors, functions, x)
    outputs, bent = behind or (outputs, bent)
    results = {(step, 0): cell for step, cell in outputs.items() if cell is not None}
    inputs = [[(cell,) for cell in unit] for unit in zip(*vectors.values(), strict=True)]
    made = [(cell,) for cell in results.values()]
    return Found(LayerSpec("Add", "", {}), inputs, made, results, {}, bent=bent)


def _bent_behind(
    vectors: Mapping[int, Sequence[Address]], functions: Functions, x: Array
) -> tuple[Mapping[int, Address], str] | None:
    """The activations of all sums in cells of their own, and which one it is; None if not every sum has one, or two."""
    found: dict[int, list[tuple[Address, str]]] = {step: [] for step in vectors}
    steps = {frozenset(own): step for step, own in vectors.items()}
    for cell, step in ((cell, steps[read]) for cell, read in functions.of.items() if read in steps):
        bend = _bend(functions.values(cell, vectors[step], x), x.sum(axis=1))
        found[step] += [(cell, bend)] if bend else []
    kinds = {bend for own in found.values() for _, bend in own}
    is_one_each = all(len(own) == 1 for own in found.values())
    return ({step: own[0][0] for step, own in found.items()}, kinds.pop()) if is_one_each and len(kinds) == 1 else None


def _bend(values: Array, sums: Array) -> str | None:
    """What is done with sums; None if it is nothing known."""
    return next((name for name, function in _BENT.items() if same(values, function(sums))), None)
