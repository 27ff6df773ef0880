"""Regular layouts: what a cell should hold, judged by the cells around it.

People fill formulas to the right and down. So a step from one cell to another means the same
everywhere on a sheet: one column to the right is the next time step, one row down the next unit.
These steps are learnt from the cells whose meaning is known, and then say what the others should be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from xlcheck.foreign.algebra import Address
from xlcheck.foreign.elements import Key

Vector = tuple[int, int]
Shift = tuple[int, int, int]
Band = tuple[int, str, str]

MOST_VECTORS = 24
RELIABLE = 0.6


class Regularity:
    """What steps between cells mean.

    Args:
        placed: what cells are known to hold.
    """

    def __init__(self, placed: Mapping[Address, Key]) -> None:
        self._placed = placed
        everywhere: dict[tuple[str, Vector], Counter[Shift]] = defaultdict(Counter)
        own: dict[tuple[str, Vector, Band], Counter[Shift]] = defaultdict(Counter)
        for sheet, vector, band, shift in _pairs(placed):
            everywhere[sheet, vector][shift] += 1
            own[sheet, vector, band][shift] += 1
        self._own = {key: meaning for key, counts in own.items() if (meaning := _meaning(counts))}
        self._vectors: dict[str, list[tuple[Vector, Shift, float]]] = defaultdict(list)
        ranked = sorted(everywhere.items(), key=lambda item: -sum(item[1].values()))
        for (sheet, vector), counts in ranked:
            meaning = _meaning(counts)
            if meaning and len(self._vectors[sheet]) < MOST_VECTORS:
                self._vectors[sheet].append((vector, *meaning))

    def expected(self, cell: Address) -> Counter[Key]:
        """What a cell should hold, by the votes of the known cells around it."""
        votes: Counter[Key] = Counter()
        for neighbour, vector, sign in self._neighbours(cell):
            key = self._placed.get(neighbour)
            if key is None:
                continue
            shift, weight = self._shift(cell[0], vector, key.band)
            votes[key.moved((sign * shift[0], sign * shift[1], sign * shift[2]))] += weight  # type: ignore[assignment]
        return votes

    def places(self, key: Key, near: Iterable[tuple[Address, Key]]) -> Counter[Address]:
        """Where an element should stand, by the votes of known cells of its band."""
        votes: Counter[Address] = Counter()
        for cell, other in near:
            for vector, _, _ in self._vectors[cell[0]]:
                shift, weight = self._shift(cell[0], vector, other.band)
                for sign in (1, -1):
                    if other.moved((sign * shift[0], sign * shift[1], sign * shift[2])) == key:
                        row, column = cell[1] + sign * vector[0], cell[2] + sign * vector[1]
                        votes[cell[0], row, column] += weight  # type: ignore[assignment]
        return votes

    def _shift(self, sheet: str, vector: Vector, band: Band) -> tuple[Shift, float]:
        """The meaning of a vector in one band, or else on the whole sheet."""
        own = self._own.get((sheet, vector, band))
        if own is not None:
            return own[0], 2 * own[1]
        return next((shift, weight) for known, shift, weight in self._vectors[sheet] if known == vector)

    def _neighbours(self, cell: Address) -> Iterator[tuple[Address, Vector, int]]:
        sheet, row, column = cell
        for vector, _, _ in self._vectors[sheet]:
            yield (sheet, row - vector[0], column - vector[1]), vector, 1
            yield (sheet, row + vector[0], column + vector[1]), vector, -1


def _meaning(counts: Counter[Shift]) -> tuple[Shift, float] | None:
    (shift, count), *_ = counts.most_common(1)
    share = count / sum(counts.values())
    return (shift, share) if share >= RELIABLE else None


def _pairs(placed: Mapping[Address, Key]) -> Iterator[tuple[str, Vector, Band, Shift]]:
    """Neighbouring cells of the same band in one row or one column, and how their contents differ."""
    lines: dict[object, list[tuple[int, Key]]] = defaultdict(list)
    for (sheet, row, column), key in placed.items():
        lines[sheet, "row", row, key.band].append((column, key))
        lines[sheet, "column", column, key.band].append((row, key))
    for name, line in lines.items():
        sheet, direction, _, band = name  # type: ignore[misc]
        line.sort(key=lambda item: item[0])
        for (a, first), (b, second) in zip(line, line[1:], strict=False):
            vector = (0, b - a) if direction == "row" else (b - a, 0)
            yield sheet, vector, band, (
                second.step - first.step, second.sample - first.sample, second.index - first.index
            )  # fmt: skip
