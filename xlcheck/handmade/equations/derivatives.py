"""Derivatives of activations beside their results, as `=B5*(1-B5)` beside a sigmoid: no layer, and right if all are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.functions import Functions
from xlcheck.handmade.equations.polynomials import cell_of
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import offset_on_sheet

_Array = NDArray[np.float64]
_OF_RESULT: Mapping[str, tuple[Callable[[_Array], _Array], tuple[float, ...]]] = {
    "sigmoid": (lambda y: y * (1 - y), (0.03, 0.21, 0.5, 0.64, 0.92)),
    "tanh": (lambda y: 1 - y * y, (-0.93, -0.4, 0.0, 0.35, 0.88)),
    "relu": (lambda y: np.where(y > 0, 1.0, 0.0), (0.0, 0.3, 1.7, 4.0)),
}
"""Activation → its derivative by what it gives, and numbers that it may give."""


def derivatives(readings: Iterable[Reading], terms: CellTerms, taken: Collection[Address]) -> set[Address]:
    """The formulas that give the derivative of an activation at each result of a layer, all one way from the results.

    Args:
        readings: the layers.
        terms: what each formula computes.
        taken: the cells of layers.
    """
    found: set[Address] = set()
    for reading in readings:
        derivative, points = _OF_RESULT.get(str(reading.activations["activation"]), (None, ()))
        if derivative is None:
            continue
        y, cells = np.array(points), {cell_of(atom) for atom in outputs(reading).values()}
        functions = Functions(terms, taken, cells)
        ways: dict[object, dict[Address, Address]] = {}
        for cell, read in functions.of.items():
            if len(read) == 1 and read <= cells:
                (result,) = read
                if np.allclose(functions.values(cell, [result], y[:, None]), derivative(y), rtol=1e-9, atol=1e-12):
                    ways.setdefault(offset_on_sheet(result, cell), {})[result] = cell
        found |= {cell for own in ways.values() if own.keys() == cells for cell in own.values()}
    return found
