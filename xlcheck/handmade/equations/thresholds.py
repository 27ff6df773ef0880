"""Units that subtract a number: a threshold, which is Keras's bias with the other sign, or a bias with a wrong sign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.networks import subtracts_bias
from xlcheck.handmade.equations.polynomials import cell_of
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.reading.cells import CellTable, show

_CALLED = re.compile(r"thresh|schwell|seuil|umbral|limiar|soglia|drempel|theta|θ|ϑ", re.IGNORECASE)
_FAR = 12
"""Cells to the left of a number or above it in which a word may stand that is said of it."""


def thresholds_in_doubt(table: CellTable, readings: Sequence[Reading]) -> Iterator[str]:
    """Why numbers that units subtract may be biases with a wrong sign: no word calls them thresholds.

    Args:
        table: the cells.
        readings: the layers.
    """
    for reading in readings:
        cells = sorted(_subtracted(reading))
        if cells and not any(_is_called_so(table, cell) for cell in cells):
            yield f"{show(cells[0])} is subtracted where Keras adds a bias, and no word calls it a threshold"


def of_two_signs(table: CellTable, readings: Sequence[Reading]) -> Iterator[str]:
    """Why such numbers are rather biases with a wrong sign: units of another layer add theirs.

    Args:
        table: the cells.
        readings: the layers.
    """
    adding = any(reading.layer.biases[row] for reading in readings if not subtracts_bias(reading)
                 for rows in reading.gates for row in rows)  # fmt: skip
    yield from thresholds_in_doubt(table, readings) if adding else ()


def _subtracted(reading: Reading) -> set[Address]:
    own = {bias for rows in reading.gates for row in rows for bias in reading.layer.biases[row]}
    return {cell_of(bias) for bias in own} if subtracts_bias(reading) else set()


def _is_called_so(table: CellTable, cell: Address) -> bool:
    """Whether the next word to the left of a number, or above it, calls it a threshold."""
    for down, right in ((0, -1), (-1, 0)):
        for by in range(1, _FAR + 1):
            found = table.cell((cell[0], cell[1] + by * down, cell[2] + by * right))
            if found is not None and isinstance(found.value, str) and found.formula is None and found.value.strip():
                if _CALLED.search(unicodedata.normalize("NFKC", found.value)):
                    return True
                break
    return False
