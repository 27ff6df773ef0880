"""Pooling over all steps, or over windows of as many each: the largest result of each unit, or their mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.found import TRIALS, Found, random, same
from xlcheck.handmade.forms.functions import Functions, Results
from xlcheck.model.model_spec import LayerSpec

_POOLS: Mapping[str, Callable[[Array], Array]] = {
    "GlobalMaxPooling1D": lambda x: np.max(x, axis=1),
    "GlobalAveragePooling1D": lambda x: np.mean(x, axis=1),
}


def pooled(of: Results, functions: Functions, _: Sequence[Results]) -> Found | None:
    """The layer that pools some results; None if none does.

    Args:
        of: the results.
        functions: what is computed from them.
    """
    return next((found for kind in _POOLS if (found := _pooled_so(kind, of, functions)) is not None), None)


def _pooled_so(kind: str, of: Results, functions: Functions) -> Found | None:
    place = {cell: key for key, cell in of.items()}
    windows: dict[tuple[tuple[int, ...], int], list[Address]] = defaultdict(list)
    for cell, read in functions.of.items():
        units = {place[other][1] for other in read if other in place}
        if len(read) > 1 and read <= place.keys() and len(units) == 1:
            own = sorted(read, key=lambda other: place[other])
            x = random(TRIALS * len(own), len(own))
            if same(functions.values(cell, own, x), _POOLS[kind](x)):
                windows[tuple(place[other][0] for other in own), units.pop()].append(cell)
    covered = Counter((step, unit) for steps, unit in windows for step in steps)
    left = sorted({step for step, _ in of.keys() - covered.keys()})
    sizes = {len(steps) for steps, _ in windows}
    is_whole = len(sizes) == 1 and set(covered.values()) == {1} and all(len(cells) == 1 for cells in windows.values())
    units, steps = {unit for _, unit in of}, sorted({step for step, _ in of})
    # Windows that would go beyond the last step are left out; one alone takes all steps.
    several = len({own for own, _ in windows}) > 1 or not left
    ends = several and len(left) < min(sizes, default=0) and left == steps[len(steps) - len(left) :]
    ends = ends or (several and _leaves_out_borders(of, {own for own, _ in windows}, units))
    if not is_whole or not ends or len(covered) != len(units) * (len(steps) - len(left)):
        return None
    order = sorted({steps for steps, _ in windows})
    results = {(order.index(steps), unit): cells[0] for (steps, unit), cells in windows.items()}
    layer = LayerSpec(kind, "", {"keepdims": False})
    keys = sorted(windows)
    inputs = [tuple(of[step, unit] for step in steps) for steps, unit in keys]
    return Found(layer, [inputs], [(windows[key][0],) for key in keys], results, {}, steps=True)


def _leaves_out_borders(of: Results, windows: Collection[tuple[int, ...]], units: Collection[int]) -> bool:
    """Whether windows cover a picture from its first row and column on, as far as whole ones have room."""
    grids = set[frozenset[tuple[int, int, int]]]()
    for unit in units:
        cells = {step: cell for (step, own), cell in of.items() if own == unit}
        rows, columns = (sorted({cell[axis] for cell in cells.values()}) for axis in (1, 2))
        grids.add(frozenset((step, rows.index(row), columns.index(col)) for step, (_, row, col) in cells.items()))
    if len(grids) != 1:
        return False
    place = {step: (row, column) for step, row, column in grids.pop()}
    high, wide = (1 + max(own[axis] for own in place.values()) for axis in (0, 1))
    down, right = (len({place[step][axis] for step in next(iter(windows))}) for axis in (0, 1))
    whole = {
        frozenset((row + k, column + n) for k in range(down) for n in range(right))
        for row in range(0, high - down + 1, down) for column in range(0, wide - right + 1, right)
    }  # fmt: skip
    return len(place) == high * wide and {frozenset(place[step] for step in own) for own in windows} == whole
