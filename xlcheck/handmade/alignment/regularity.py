"""Regular layouts: what a cell should hold, judged by the cells around it.

People fill formulas to the right and down. So a step from one cell to another means the same
everywhere on a sheet: one column to the right is the next time step, one row down the next unit.
These steps are learnt from the cells whose meaning is known, and then say what the others should be.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.elements import Band, Key
from xlcheck.handmade.reading.offsets import offset

Vector = tuple[int, int]
Shift = tuple[int, int, int]

MOST_VECTORS = 24
RELIABLE = 0.6
NO_SHIFT = (0, 0, 0)


class Regularity:
    """What steps between cells mean.

    Args:
        placed: what cells are known to hold.
        weights: the bands of weights.
    """

    def __init__(self, placed: Mapping[Address, Key], weights: Collection[Band]) -> None:
        self._placed = placed
        self._weights = weights
        self._everywhere: dict[tuple[str, Vector, bool], Counter[Shift]] = defaultdict(Counter)
        self._own: dict[tuple[str, Vector, Band], Counter[Shift]] = defaultdict(Counter)
        for sheet, vector, band, shift in _pairs(placed):
            if shift == NO_SHIFT:
                continue  # a copy beside its original, or a mistake
            self._everywhere[sheet, vector, band in self._weights][shift] += 1
            self._own[sheet, vector, band][shift] += 1
        self._vectors: dict[str, list[Vector]] = defaultdict(list)
        for sheet, vector, _ in sorted(self._everywhere, key=lambda item: -self._everywhere[item].total()):
            if len(self._vectors[sheet]) < MOST_VECTORS and vector not in self._vectors[sheet]:
                self._vectors[sheet].append(vector)

    def expected(self, cell: Address) -> Counter[Key]:
        """What a cell should hold, by the votes of the known cells around it; its own content has no vote."""
        votes: Counter[Key] = Counter()
        own = self._placed.get(cell)
        for vector in self._vectors.get(cell[0], ()):
            for sign in (1, -1):
                key = self._placed.get(offset(cell, vector, -sign))
                if key is None:
                    continue
                itself = _between(key, own, sign) if own is not None and own.band == key.band else NO_SHIFT
                meaning = self._meaning(cell[0], vector, key.band, itself)
                if meaning is not None:
                    (step, sample, index), weight = meaning
                    votes[key.moved((sign * step, sign * sample, sign * index))] += weight  # type: ignore[assignment]
        return votes

    def _meaning(self, sheet: str, vector: Vector, band: Band, itself: Shift) -> tuple[Shift, float] | None:
        """What a vector means in one band, or else on the whole sheet, without one observation of `itself`.

        Tables of weights say nothing about what is computed, nor the other way round.
        """
        own = self._own.get((sheet, vector, band))
        meaning = None if own is None else _meaning(own, itself)
        if meaning is not None:
            return meaning[0], 2 * meaning[1]
        return _meaning(self._everywhere.get((sheet, vector, band in self._weights), Counter()), itself)


def _between(first: Key, second: Key, sign: int) -> Shift:
    return (
        sign * (second.step - first.step), sign * (second.sample - first.sample), sign * (second.index - first.index)
    )  # fmt: skip


def _meaning(counts: Counter[Shift], itself: Shift) -> tuple[Shift, float] | None:
    """The shift that most observations agree on, and how much they are worth; few are worth less than many."""
    total = counts.total()
    best, most = NO_SHIFT, 0
    if itself != NO_SHIFT and itself in counts:
        total -= 1
    for shift, count in counts.items():
        others = count - (shift == itself)
        if others > most:
            best, most = shift, others
    if most == 0 or most / total < RELIABLE:
        return None
    return best, most / total * most / (most + 1)


def _pairs(placed: Mapping[Address, Key]) -> Iterator[tuple[str, Vector, Band, Shift]]:
    """Neighbouring cells of the same band in one row or one column, and how their contents differ."""
    lines: dict[tuple[str, str, int, Band], list[tuple[int, Key]]] = defaultdict(list)
    for (sheet, row, column), key in placed.items():
        lines[sheet, "row", row, key.band].append((column, key))
        lines[sheet, "column", column, key.band].append((row, key))
    for name, line in lines.items():
        sheet, direction, _, band = name
        line.sort(key=lambda item: item[0])
        for (a, first), (b, second) in itertools.pairwise(line):
            vector = (0, b - a) if direction == "row" else (b - a, 0)
            yield sheet, vector, band, _between(first, second, 1)
