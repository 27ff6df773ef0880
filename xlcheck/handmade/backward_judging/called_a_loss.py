"""Right numbers that a word calls a loss, and that are none: an error without its square, or a loss several times."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.truth import Truth
from xlcheck.handmade.reading.cells import CellTable, show

_WORD = re.compile(r"[^\W\d_]+")
_LOSS = re.compile(
    r"loss(?:es)?|costs?|mse|[bc]ce|verlust|perte|coût|pérdidas?|costo|coste|perdas?|custo|perdita|потери|損失|损失|손실",
)
_BESIDE = re.compile(
    r"mean|average|avg|total|sum|per|sample|row|value|train(?:ing)?|squared?|errors?|cross|entropy|half",
)
"""What may stand beside such a word and leaves it one; not `d` or `gradient`."""
_PARTS = ("squared error", "|error|", "sum of |error|", "cross-entropy", "t ln", "(1 − t) ln")
_WHOLE = re.compile(r"E\b(?!/)|−ln|Σ −ln")


def called_a_loss(table: CellTable, reading: Reading, right: Collection[Address]) -> Iterator[str]:
    """Why a right number may be another one than a word beside it says, in a sentence each.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        right: the cells that are right.
    """
    for cell in sorted(own for own in right if own in reading.roles and own in table.texts):
        step, role = reading.roles[cell]
        word = label_of(cell, table)
        is_read = bool(reading.sheet.terms.readers.get(cell))
        if word and _is_loss(word) and not _measures(role, reading.steps[step].truth, is_read=is_read):
            yield f"{show(cell)} is called {word.strip()!r} and is no loss, or another number of times one"
            return


def label_of(cell: Address, table: CellTable) -> str:
    """The word right before a cell, else the one above it without a gap, else the next one to the left.

    Args:
        cell: the cell.
        table: the cells.
    """
    before = (cell[0], cell[1], cell[2] - 1)
    sides = (False,) if before in table.words else (True, False)
    return next(filter(None, (table.next_word(cell, above=above, over_blanks=False) for above in sides)), "")


def _is_loss(word: str) -> bool:
    """Whether a word only says that a number is a loss."""
    words = _WORD.findall(word.casefold())
    return any(map(_LOSS.fullmatch, words)) and all(_LOSS.fullmatch(own) or _BESIDE.fullmatch(own) for own in words)


def _measures(role: Role, truth: Truth, *, is_read: bool) -> bool:
    """Whether a number is a loss, or a part of one: once or half, of all samples and outputs together or their mean.

    None is below 0 but for parts that are still to be added up.
    """
    name, factor = role.quantity.name, np.ravel(role.factor)
    is_whole = _WHOLE.match(name) is not None
    if not (is_whole or name.startswith(_PARTS)) or not np.allclose(factor, factor[0]):
        return False
    count = sum(bool(sample.targets) for sample in truth.network.samples)
    width = truth.targets.shape[-1]
    times = [a * b * c for a, b, c in product((1, 0.5), (1, 1 / count), (1, width, 1 / width))]
    return bool(np.isclose(abs(factor[0]), times).any()) and (role.desired >= 0 or (is_read and not is_whole))
