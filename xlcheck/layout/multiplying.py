"""What a page of matrices shows: the layers that multiply something; and how much of it a printed page has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.draft import Draft
from xlcheck.layout.products import ROOM, Line, Product, products_of
from xlcheck.layout.widening import brief_width
from xlcheck.workbook.styles import BRIEF

TOP = 4
"""The first row below the title."""
EQUATIONS = 30.0
"""Letters of the column of equations; longer ones take two lines."""
_LABELS, _LETTER = 17.0, 0.9  # letters of the column of symbols, and what a letter of a long one takes
_NUMBER, _MOST = 10.5, 9  # letters of a column of numbers with all decimals, and how many there may be of them
_LONGEST = 16  # numbers of rows that are shown as a whole
_PAPER = 950 / 0.6  # pixels that a page has room for, if it lies and letters are as small as they may be
_UPRIGHT, _ROWS = 13, (72, 50)  # columns of numbers on upright paper, and rows there and on paper that lies
_BESIDE = 5  # rows of two questions
_EXPONENT = 300  # far from the 709 beyond which EXP has no number


@dataclass(frozen=True)
class Lines:
    """What is shown.

    Attributes:
        stepped: what is computed at each time step, in order of time.
        single: what is computed once.
        products: what of that are products.
        chosen: whether a drop-down chooses the step, of which there are several.
        columns: of numbers.
        label: the width of the column of symbols, in letters.
        number: that of a column of numbers.
        room: columns that a product may take.
    """

    stepped: list[Line]
    single: list[Line]
    products: list[Product]
    chosen: bool
    columns: int
    label: float
    number: float
    room: int

    @property
    def is_narrow(self) -> bool:
        """Whether numbers have four decimals only."""
        return self.columns > _MOST

    @property
    def of_steps(self) -> Iterator[list[Line]]:
        """The lines of each step."""
        return ([(q,) for q in step] for step in zip(*self.stepped, strict=True))

    @staticmethod
    def of(draft: Draft) -> Lines:
        """Of the layers that multiply something, and of the loss."""
        shown = _shown(draft)
        stepped = [line for line in shown if line[0].step is not None]
        single = [line for line in shown if line[0].step is None]
        label = max([_LABELS, *(_LETTER * len(line[0].band.label) + 1 for line in shown)])
        narrow = _narrow(draft, shown)
        room = min(ROOM, int((_PAPER - _pixels(label) - _pixels(EQUATIONS)) // _pixels(narrow)))
        found = products_of(draft, shown, room)
        products = [product for product in found.values() if product is not None]
        longest = max((size for line in shown if (size := line[0].shape[-1]) <= min(_LONGEST, room)), default=1)
        columns = max([4, longest, *(product.width for product in products)])
        several = max(map(len, stepped), default=0) > 1
        chosen = several and _rows(draft, found, stepped, single) > _ROWS[columns > _UPRIGHT]
        number = narrow if columns > _MOST else _NUMBER
        return Lines(stepped, single, products, chosen, columns, label, number, room)


def softened(draft: Draft, q: Quantity) -> str | None:
    """The name of what a softmax reads that is shown in two steps; None for everything else.

    Of numbers whose exponentials a cell cannot hold, or which are 0 there, only the shares are shown.
    """
    if not (isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref)):
        return None
    return q.expr.x.name if np.abs(draft.trace[q.expr.x.name]).max() < _EXPONENT else None


def _shown(draft: Draft) -> list[Line]:
    found: list[Line] = []
    for members in draft.graph.bands().values():
        q = members[0]
        given = q.expr is None and q.band.role is not Role.TARGET
        backward = q.reads_batch or q.band.role is Role.GRADIENT
        if not (q.is_weight or given or backward) and all(draft.is_placed(m.name) for m in members):
            found.append(tuple(sorted(members, key=lambda m: m.step or 0)))
    multiplying = {line[0].band.layer for line in products_of(draft, found)}
    others = {Role.TARGET, Role.LOSS}
    return [line for line in found if line[0].band.layer in multiplying or line[0].band.role in others]


def _narrow(draft: Draft, shown: Sequence[Line]) -> float:
    """The width of a column of numbers with four decimals."""
    weights = [draft.trace[q.name] for q in draft.graph if q.is_weight and q.expr is None]
    values = [draft.trace[q.name] for line in shown for q in line]
    sums = [np.exp(draft.trace[z]).sum(axis=1) for line in shown for q in line if (z := softened(draft, q)) is not None]
    return brief_width((f"state{BRIEF}", numbers) for numbers in (*weights, *values, *sums))


def _pixels(letters: float) -> float:
    return 7 * letters + 5


def _rows(draft: Draft, products: dict[Line, Product | None], stepped: Sequence[Line], single: Sequence[Line]) -> int:
    """How many all steps take below each other, with headings and questions."""

    def rows(lines: Sequence[Line]) -> int:
        found = len({line[0].band.layer for line in lines})
        for line in lines:
            product = products.get(line)
            if line in products:
                found += 0 if product is None else product.height
            else:
                found += (3 if softened(draft, line[0]) else 1) + (len(line[0].band.equation) > EQUATIONS)
        return found

    steps = max(map(len, stepped), default=0)
    return TOP + steps * (rows(stepped) + 2) + 2 + rows(single) + _BESIDE
