"""Align every formula cell with what it should hold, also the wrong ones and all that depends on them.

The bindings give the cells of weights, inputs and first states; these get random numbers, and the term of each formula
is evaluated on what its precedents should hold. A cell that then has the value of an element of the model holds that
element. One that has none is wrong, or reads a wrong cell: of all elements that may be meant, the one is taken that
explains most of what follows, its right value is put there, and what follows is looked at again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.alignment.book_in_repair import BookInRepair, Repair
from xlcheck.handmade.alignment.exchanged_gates import exchanged
from xlcheck.handmade.alignment.matching import Matching, Placed, frontier
from xlcheck.handmade.alignment.out_of_place import (
    out_of_place,
    shortened_results,
    typed_results,
    unfinished,
    unread_out_of_line,
)
from xlcheck.handmade.alignment.repair import best_repair
from xlcheck.handmade.alignment.right_values import RightValues
from xlcheck.handmade.networks.elements import Band, Element, Elements, Key, Source, quantity_sources
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.parts import part_sources, parts_in_cells
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

MANY = 2_000
"""Formula cells from which on a place that is asked for is trusted without a trial."""
_FEW = 20
"""Formulas that lead from a number to a result, at most; more of them compute something of their own."""
MAX_WORK = 400_000
"""Formula cells that are evaluated in search of what is wrong: some ten seconds."""


@dataclass(frozen=True)
class Assignment:
    """What every cell should hold.

    Attributes:
        elements: all that a cell may hold.
        held: cell → number of its element.
        wrong: those of them that compute something else → their fingerprint with right precedents.
        complete: whether every cell was looked at; a workbook with a great many mistakes is not.
    """

    elements: Elements
    held: Mapping[Address, int]
    wrong: Mapping[Address, Array]
    complete: bool = True

    @property
    def opaque(self) -> frozenset[Address]:
        """The wrong cells of which nobody knows what they compute."""
        return frozenset(cell for cell, values in self.wrong.items() if np.isnan(values).all())

    @cached_property
    def bands(self) -> Mapping[Address, Band]:
        """The band of what each cell should hold."""
        return {cell: self.elements[number].source.band for cell, number in self.held.items()}

    @cached_property
    def keys(self) -> Mapping[Address, Key]:
        """The coordinates of what each cell should hold."""
        return {cell: self.elements.key(number) for cell, number in self.held.items()}

    def element(self, cell: Address) -> Element | None:
        """What a cell should hold."""
        number = self.held.get(cell)
        return None if number is None else self.elements[number]


def assign(
    table: CellTable,
    right: RightValues,
    networks: Sequence[Network],
    precedents: Precedents,
    spared: Collection[Address] = (),
) -> Assignment:
    """Find out what every formula cell should hold.

    Args:
        table: the workbook's cells.
        right: what its formulas compute; the right values are put into its wrong cells.
        networks: the models that the workbook computes.
        precedents: who reads what.
        spared: cells that are not called wrong.
    """
    settings = [right.graph_values(number) for number in range(len(networks))]
    sources = [s for n, one in enumerate(networks) for s in quantity_sources(n, one, settings[n])]
    assigner = _Assigner(table, right, networks, precedents, Elements(sources), spared)
    unknown, binds_helpers = assigner.matching().unknown(), any(network.binds_helpers for network in networks)
    if unknown or binds_helpers:
        parts = [s for n, one in enumerate(networks) for s in part_sources(n, one.graph, settings[n])]
        if len(table.formulas) > MANY and not binds_helpers:
            parts = parts_in_cells(parts, right.values[0, [table.index[cell] for cell in unknown]], len(table.formulas))
        assigner = _Assigner(table, right, networks, precedents, Elements([*sources, *parts]), spared)
        assigner.leave_out_unrelated()
        assigner.expect_exchanged_gates(networks, settings, sources)
    return assigner.run()


class _Assigner:
    def __init__(
        self,
        table: CellTable,
        right: RightValues,
        networks: Sequence[Network],
        precedents: Precedents,
        elements: Elements,
        spared: Collection[Address],
    ) -> None:
        self._elements = elements
        self._right = right
        self._precedents = precedents
        placed = Placed.of(networks, elements)
        prepares = _preparation(placed, table, right, precedents)
        formulas = [cell for i in table.formulas if (cell := table.addresses[i]) not in placed.given]
        formulas = [cell for cell in formulas if cell not in prepares and not table.is_data_table(cell)]
        self._unrelated: list[Address] = []
        self._rejected: list[dict[Address, int]] = []
        # Formula, band and index that a wrong cell held → the band it should hold, how many steps on, and the index.
        self._changed: dict[tuple[str | None, Band, int], tuple[Band, int, int]] = {}
        # What a wrong cell did, and the band of the part that came of it → the band it should hold, how many steps on.
        self._shortened: dict[tuple[str, Band], tuple[Band, int]] = {}
        self._wrong: dict[Address, int] = {}
        self._fingerprints: dict[Address, Array] = {}
        copies = frozenset(cell for cell in formulas if precedents.is_copy(cell))
        self._book = BookInRepair(
            table, right, precedents, placed, formulas, self._wrong, set(), copies, frozenset(spared)
        )

    def leave_out_unrelated(self) -> None:
        """Forget formula cells that have nothing to do with the networks: other calculations in the same workbook.

        One that is filled like a cell of a network belongs to it, though it may read only a number that was typed.
        """
        book = self._book
        connected = self._precedents.connected([*book.placed.given, *book.placed.bound])
        shapes = {book.shape(cell) for cell in connected}
        self._unrelated = [cell for cell in book.formulas if cell not in connected and book.shape(cell) not in shapes]
        left_out = {*self._unrelated}
        book.formulas = [cell for cell in book.formulas if cell not in left_out]

    def expect_exchanged_gates(
        self, networks: Sequence[Network], settings: Sequence[Sequence[Values]], sources: Sequence[Source]
    ) -> None:
        """If the workbook is a network with its gates in another order: know of every cell what it should hold."""
        book = self._book
        if len(book.formulas) > MANY:
            return
        found = exchanged(
            networks, settings, sources, self.matching(), book.table, book.formulas, self._right.values,
            self._precedents,
        )  # fmt: skip
        book.placed = replace(book.placed, bound={**found, **book.placed.bound})

    def matching(self) -> Matching:
        """What the cells hold now."""
        book = self._book
        return book.matching(self._elements, self._right.values, self._wrong)

    def run(self) -> Assignment:
        """Repair one wrong cell after the other until every cell is explained or belongs to nothing.

        Where a result is missing then, a number may be typed in its way, and what reads it seemed unrelated.
        """
        most = self._right.work + MAX_WORK
        now = self._settled(most)
        for find in (typed_results, unfinished, unread_out_of_line):
            if repairs := [repair for repair in find(now, self._book) if repair.cell not in self._book.spared]:
                self._declare(repairs, now)
                now = self.matching()
        sheets = {sheet for sheet, *_ in self._book.placed.given}
        beside = [cell for cell in self._unrelated if cell[0] in sheets] if now.missing_results else []
        if 0 < len(beside) <= _FEW:
            self._book.formulas = [*self._book.formulas, *beside]
            now = self._settled(most)
        return Assignment(self._elements, dict(now.held), dict(self._fingerprints), complete=not self._unknown(now))

    def _unknown(self, now: Matching) -> list[Address]:
        return [cell for cell in now.unknown() if cell not in self._book.scratch]

    def _settled(self, most: int) -> Matching:
        """What the cells hold after all repairs, or after those that are found with some work at most."""
        now = self._in_place(self.matching())
        while (unknown := self._unknown(now)) and self._right.work <= most:
            if repairs := self._repairs(unknown, now, most):
                self._declare(repairs, now)
                now = self._in_place(self.matching())
        return now

    def _in_place(self, now: Matching) -> Matching:
        """Declare cells wrong that hold what belongs elsewhere, unless that leaves more cells unknown."""
        if len(self._book.formulas) > MANY:
            return now
        asked = {**shortened_results(now), **out_of_place(now, self._precedents), **self._filled(now)}
        left_alone = self._book.scratch | self._book.spared
        found = {cell: number for cell, number in asked.items() if cell not in left_alone}
        if not found or found in self._rejected:
            return now
        book = self._book
        values = self._right.trial({cell: self._elements[number].values for cell, number in found.items()})
        wrong = {**self._wrong, **found}
        after = book.matching(self._elements, values, wrong)
        if len(after.unknown()) > len(now.unknown()):
            self._rejected.append(found)
            return now
        self._declare([Repair(cell, number) for cell, number in found.items()], now)
        return self._in_place(self.matching())

    def _filled(self, now: Matching) -> dict[Address, int]:
        """Cells with the formula of a wrong cell that hold at their step what this one held at its own."""
        found: dict[Address, int] = {}
        for cell, number in now.held.items():
            if cell in self._wrong:
                continue
            key = self._elements.key(number)
            change = self._changed.get((self._book.shape(cell), key.band, key.index)) or self._like_shortened(cell, key)
            if change is not None:
                band, step, index = change
                right = self._elements.at(Key(band, key.step + step, key.sample, index))
                if right is not None:
                    found[cell] = right
        return found

    def _like_shortened(self, cell: Address, key: Key) -> tuple[Band, int, int] | None:
        """What a cell should hold that does with other cells what gave a part, in a wrong cell, for the whole."""
        text = self._book.table.texts.get(cell) if self._shortened and key.band[2] else None
        change = None if text is None else self._shortened.get((skeleton(text), key.band))
        if change is None:
            return None
        band, step = change
        return band, step, key.index % self._elements.sizes[band]

    def _repairs(self, unknown: Sequence[Address], now: Matching, most: int) -> Sequence[Repair]:
        """The repairs of the first unknown cell that has some; those before it belong to nothing.

        Args:
            unknown: the cells that hold nothing known.
            now: what all cells hold.
            most: the work after which nothing is looked for.
        """
        book, order = self._book, self._precedents.in_order(unknown)
        if len(book.formulas) > MANY:
            first = frontier(unknown, self._precedents)
            if shortened := next(self._shortened_before(first, now), None):
                return [shortened]
            for place in (book.placed.bound.get, now.expected):
                places = ((cell, place(cell)) for cell in first if cell not in book.spared)
                repairs = [Repair(cell, number) for cell, number in places if number is not None]
                if repairs:
                    return repairs
            order = order[:1]
        for cell in order:
            if self._right.work > most:
                break
            if found := best_repair(cell, now, book):
                return found
            if cell in book.placed.bound and cell not in book.spared:
                return [Repair(cell, book.placed.bound[cell])]
            book.scratch.add(cell)
        return []

    def _shortened_before(self, unknown: Sequence[Address], now: Matching) -> Iterator[Repair]:
        """What unknown cells read that holds a part of what its place asks for, if all of that explains them."""
        for cell in unknown:
            for read in self._precedents.of(cell):
                number = now.held.get(read)
                is_part = number is not None and now.elements.is_part[number] and read not in self._book.spared
                whole = now.expected(read) if is_part else None
                repair = None if whole is None else Repair(read, whole)
                if repair is not None and self._book.after(now, (repair,), cell) is not None:
                    yield repair

    def _declare(self, repairs: Sequence[Repair], now: Matching) -> None:
        """Write right values over wrong cells."""
        for repair in repairs:
            held = now.held.get(repair.cell)
            if held is not None and self._elements.is_computed[held] and repair.cell not in self._wrong:
                old, new = self._elements.key(held), self._elements.key(repair.number)
                formula = (self._book.shape(repair.cell), old.band, old.index)
                self._changed[formula] = (new.band, new.step - old.step, new.index)
                text = self._book.table.texts.get(repair.cell)
                if text is not None and old.band[2] and old.index % self._elements.sizes[new.band] == new.index:
                    self._shortened[skeleton(text), old.band] = (new.band, new.step - old.step)
            self._fingerprints.setdefault(repair.cell, now.fingerprint(repair.cell))
            self._wrong[repair.cell] = repair.number
        self._right.overwrite({repair.cell: self._elements[repair.number].values for repair in repairs})


def _preparation(placed: Placed, table: CellTable, right: RightValues, precedents: Precedents) -> set[Address]:
    """Formula cells that only make the inputs: words to codes, codes to one-hot vectors, padding."""

    def is_alike(cell: Address) -> bool:
        """Whether a formula gives the same for all samples."""
        if cell in placed.given or not table.is_formula(cell):
            return False
        values = right.values[:, table.index[cell]]
        return bool((values == values[0]).all() or np.isnan(values).all())

    return reached(filter(table.is_formula, placed.given), precedents.of, among=is_alike)
