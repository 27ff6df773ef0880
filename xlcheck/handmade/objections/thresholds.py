"""Units that subtract a number: a threshold, which is Keras's bias with the other sign, or a bias with a wrong sign.

And the words by which people call a number a threshold or a bias.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.networks import subtracts_bias
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import CellTable, beside, show

_CALLED = re.compile(
    r"thresh|schwell|seuil|umbral|limiar|soglia|drempel|eşik|tröskel|tærskel|terskel|próg|práh|порог|閾値|しきい値|阈值|閾|문턱|"
    r"theta|θ|ϑ",
    re.IGNORECASE,
)
_BIAS = re.compile(
    r"\bbias|biais|sesgo|vi[eé]s\b|offset|intercept|achsenabschnitt|versatz|смещ|сдвиг|порог|偏置|偏差|バイアス|편향|انحياز|"
    r"\bpróg|\bprah\b|^\s*b(?:_[a-z0-9]{1,3}|[a-z]?\d{0,2}|hh|ih|xh)\s*(?:[:=(\[].*)?$",
    re.IGNORECASE,
)
"""What people call a bias, and the symbols that they give it, which stand alone: `b`, `b1`, `b_h`, `bhh`."""


_ONE = re.compile(r"\s*(?:1(?:[.,]0)?|ones?|eins(?:er)?|une?s?|unos?|const\w*\.?|konst\w*\.?)\s*", re.IGNORECASE)
"""What people call the number that they multiply biases with."""
_MORE = 2
"""Ones for each number that is none: fewer are an input."""


def thresholds_in_doubt(table: CellTable, readings: Sequence[Reading]) -> Iterator[str]:
    """Why numbers that units subtract may be biases with a wrong sign: no word calls any of them a threshold.

    Args:
        table: the cells.
        readings: the layers.
    """
    subtracted = [sorted(_subtracted(reading)) for reading in readings]
    if any(_CALLED.search(word) for cells in subtracted for cell in cells for word in table.next_words(cell)):
        return
    for cells in subtracted:
        if cells:
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


def names_a_bias(word: str) -> bool:
    """Whether a word calls a number a bias or a threshold."""
    return bool(_BIAS.search(word) or _CALLED.search(word))


def is_no_bias_in_words(table: CellTable, cell: Address, weights: Collection[Address]) -> bool:
    """Whether the next word to the left of a number and above it, across numbers, calls it no bias and no threshold.

    Where no word calls weights anything, none is missed.

    Args:
        table: the cells.
        cell: the number's cell.
        weights: those of other weights.
    """
    own = [*table.next_words(cell, over_blanks=False)]
    if not own:
        return any(True for weight in weights for _ in table.next_words(weight, over_blanks=False))
    return not any(map(names_a_bias, own))


def ones_in_doubt(table: CellTable, readings: Sequence[Reading]) -> Iterator[str]:
    """Why a typed number may be wrong that biases are multiplied with: it is no 1, as most others in its line are.

    A layer with such an input has no biases of its own, and a word calls the line so, or the biases.

    Args:
        table: the cells.
        readings: the layers.
    """
    for reading in readings:
        rows = [row for own in reading.gates for row in own]
        for slot in reading.features if not any(reading.layer.biases[row] for row in rows) else ():
            cells = sorted({cell_of(own[slot]) for own in reading.layer.slots.values() if slot in own})
            typed = [cell for cell in cells if table.is_number(cell)]
            others = [cell for cell in typed if table.typed_numbers[cell] != 1]
            if len(typed) < len(cells) or not 0 < _MORE * len(others) < len(typed):
                continue
            weights = [cell_of(own[slot]) for row in rows if slot in (own := reading.layer.weights[row])]
            words = [word for cell in (*cells, *weights) for word in table.next_words(cell)]
            if any(_ONE.fullmatch(word) or names_a_bias(word) for word in words):
                yield f"{show(others[0])} is no 1, as the others in its line are, with which biases are multiplied"


def ones_unread(table: CellTable, read: Collection[Address], readings: Sequence[Reading]) -> Iterator[str]:
    """Why results may be meant for another layer: a 1 for its bias stands beside them, so called, and nobody reads it.

    Args:
        table: the cells.
        read: the cells that formulas read.
        readings: the layers.
    """
    results = {cell_of(atom) for reading in readings for atom in outputs(reading).values()}
    for cell in sorted({other for own in results for other in beside(own)} - {*read}):
        if table.typed_numbers.get(cell) == 1 and any(map(_ONE.fullmatch, table.next_words(cell, over_blanks=False))):
            yield f"{show(cell)}, a 1 as biases are multiplied with, stands beside results and is read by no formula"
