"""Find the cell that is wrong in itself: the one whose repair makes the cells after it right.

Where a cell computes nothing that the model has, it is wrong, or one of those that it reads holds
something else than it should. Each possible repair is tried in the engine; the best one leaves the
fewest cells that compute nothing, or that hold something else than their place asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from xlcheck.foreign.algebra import Address
from xlcheck.foreign.cells import CellTable
from xlcheck.foreign.elements import Element
from xlcheck.foreign.matching import Matching, Placed, ancestors
from xlcheck.foreign.precedents import Precedents
from xlcheck.foreign.probe import Probe
from xlcheck.graph.quantities import Role

DEPTH = 3
MAX_TRIALS = 150
MAX_TARGETS = 40
_PART, _AGAIN, _MISPLACED = 0.9, 0.7, 0.5
"""What a cell is worth that holds a part of a quantity, or computes again what another cell computes, where one
that computes a quantity is worth 1; what is taken off for one at the wrong place."""
_COPY = 0.25
"""What is lost if a cell is declared wrong that repeats another one."""
_CONSTANT, _AT_ITS_PLACE = 4.0, 2.0
"""What speaks for a repair among equals: a number was typed there; the cells around ask for it."""


@dataclass(frozen=True)
class Repair:
    """A cell and the element that it should hold."""

    cell: Address
    number: int


@dataclass
class Workshop:
    """What a repair needs to know.

    Attributes:
        table: the workbook's cells.
        probe: the workbook with random numbers in it.
        precedents: who reads what.
        placed: what is known beforehand.
        formulas: the formula cells to be explained.
        wrong: the cells found to be wrong so far, and what they should hold.
        scratch: cells that belong to nothing.
        copies: formula cells that only repeat another cell.
    """

    table: CellTable
    probe: Probe
    precedents: Precedents
    placed: Placed
    formulas: Sequence[Address]
    wrong: Mapping[Address, int]
    scratch: set[Address]
    copies: frozenset[Address]

    def after(self, now: Matching, repair: Repair, cell: Address) -> Matching | None:
        """What the cells would hold after a repair; None if it neither concerns nor explains the unknown cell."""
        trial = self.probe.trial(repair.cell, now.elements[repair.number].values)
        position = self.table.index[cell]
        if repair.cell != cell and not now.elements.holds(trial.first()[position]):
            return None
        wrong = {**self.wrong, repair.cell: repair.number}
        return Matching(now.elements, self.placed, self.table, self.formulas, trial.all(), wrong, self.copies)

    def worth(self, matching: Matching, watched: Sequence[Address], without: Address) -> float:
        """How much of the workbook a matching explains.

        Args:
            matching: what the cells hold.
            watched: the cells whose place is looked at.
            without: the cell that is repaired, which does not count.
        """
        total = 0.0
        for cell, numbers in matching.candidates.items():
            if cell != without and numbers and cell not in self.scratch and not matching.is_unknown(cell):
                total += self._worth_of(cell, matching)
        return total - _MISPLACED * sum(
            matching.is_misplaced(c) for c in watched if c != without and not matching.is_unknown(c)
        )  # fmt: skip

    def _worth_of(self, cell: Address, matching: Matching) -> float:
        number = matching.held[cell]
        if matching.elements.is_part[number]:
            return _PART
        return _AGAIN if matching.holders[number] > 1 and cell not in self.copies else 1.0

    def loss(self, cell: Address, now: Matching) -> float:
        """What is lost if a cell is declared wrong that computes a quantity which no other cell computes."""
        number = now.held.get(cell)
        if number is None or now.elements.is_part[number] or now.is_misplaced(cell):
            return 0.0
        if cell in self.copies:
            return _COPY
        return 0.0 if now.holders[number] > 1 else 1.0


def best_repair(cell: Address, now: Matching, shop: Workshop) -> Repair | None:
    """The repair that explains an unknown cell best, or None if it is better left as a scratch cell.

    Args:
        cell: a cell that computes nothing, though all that it reads is known.
        now: what the cells hold.
        shop: what is needed.
    """
    if not _may_matter(cell, now, shop):
        return None
    near = [c for c in _suspects(cell, now, shop) if c not in shop.scratch]
    order = {c: i for i, c in enumerate(shop.precedents.in_order(near))}
    best: tuple[tuple[float, ...], Repair] | None = None
    repairs = list(islice(_repairs(cell, near, now, shop), MAX_TRIALS))
    for repair, preference in sorted(repairs, key=lambda r: order[r[0].cell]):
        after = shop.after(now, repair, cell)
        if after is None or (repair.cell != cell and after.is_unknown(cell)):
            continue
        gain = shop.worth(after, near, repair.cell) - shop.worth(now, near, repair.cell)
        gain -= shop.loss(repair.cell, now)
        if gain < 0 or (gain == 0 and not preference):
            continue
        rank = (round(gain, 3), preference, float(repair.cell != cell))
        if best is None or rank > best[0]:
            best = rank, repair
    return None if best is None else best[1]


def _suspects(cell: Address, now: Matching, shop: Workshop) -> list[Address]:
    """An unknown cell, and what it reads as far as that could be wrong: not where all around agrees with it."""
    above = ancestors(cell, shop.precedents, (*shop.placed.given, *shop.wrong), DEPTH)
    return [cell, *(c for c in above if not now.is_supported(c))]


def _repairs(
    cell: Address, near: Sequence[Address], now: Matching, shop: Workshop
) -> Iterator[tuple[Repair, float]]:
    """Possible repairs, likely ones first, each with what speaks for it apart from its effect."""
    held = set(now.held.values())
    tried: set[tuple[Address, int]] = set()

    def new(candidate: Address, number: int, preference: float) -> Iterator[tuple[Repair, float]]:
        if (candidate, number) not in tried and number not in now.equal(candidate):
            tried.add((candidate, number))
            yield Repair(candidate, number), preference

    for candidate in near:
        expected = now.expected(candidate)
        if expected is not None:
            yield from new(candidate, expected, _CONSTANT if _is_constant(candidate, shop) else _AT_ITS_PLACE)
    for parts in (False, True):
        for candidate in near:
            if parts and not _may_be_part(candidate, now):
                continue
            is_last = candidate == cell and not shop.precedents.readers(cell)
            for number in _targets(candidate, near, now, shop, parts=parts):
                if not (parts and number in held):
                    typed = _CONSTANT if _is_constant(candidate, shop) else 0.0
                    yield from new(candidate, number, typed + float(is_last and _is_output(number, now)))


def _is_constant(cell: Address, shop: Workshop) -> bool:
    return not shop.table.is_formula(cell)


def _is_output(number: int, now: Matching) -> bool:
    source = now.elements[number].source
    return not source.part and source.quantity.band.role in {Role.OUTPUT, Role.LOSS, Role.STATE}


def _may_be_part(cell: Address, now: Matching) -> bool:
    """Whether a cell may be a step in between: it holds one, or nothing that is known."""
    number = now.held.get(cell)
    return number is None or bool(now.elements[number].source.part)


def _may_matter(cell: Address, now: Matching, shop: Workshop) -> bool:
    """Whether an unknown cell has anything to do with a model: by what it reads, applies, or stands beside."""
    content = shop.table.cell(cell)
    text = "" if content is None or content.formula is None else content.formula.upper()
    if "EXP(" in text or "TANH(" in text or now.expected(cell) is not None:
        return True
    return any(now.element(p) is not None or now.expected(p) is not None for p in shop.precedents.of(cell))


def _targets(candidate: Address, near: Sequence[Address], now: Matching, shop: Workshop, *, parts: bool) -> list[int]:
    """What a cell could be meant to hold: what is made of that which it reads, or what its readers need."""
    read = [e for p in shop.precedents.of(candidate) if (e := now.element(p)) is not None]
    readers = [r for r in near if r != candidate and candidate in shop.precedents.of(r)]
    around = [e for r in readers for p in shop.precedents.of(r) if (e := now.element(p)) is not None]
    sources = _made_of(read, now) | _operands(_owners(readers, now) | _made_of(around, now), now)
    if not read and not around:
        sources = {s.quantity.name for s in now.elements.sources} - {now.elements[n].source.quantity.name for n in now.held.values()}
    own = now.element(candidate)
    if own is not None:
        sources |= {own.source.quantity.name}
    known = read or around
    steps = {e.source.quantity.step for e in known if e.source.quantity.step is not None}
    samples = {e.sample for e in known if not e.source.quantity.is_weight} or set(range(now.elements.samples))
    indexes = {e.index for e in known}
    found: list[tuple[tuple[object, ...], int]] = []
    for number, source in enumerate(now.elements.sources):
        step = source.quantity.step
        if not source.reads or bool(source.part) != parts or source.quantity.name not in sources:
            continue
        if steps and step is not None and step not in steps and step - 1 not in steps:
            continue
        is_new = source.band not in now.bands
        for n in now.elements.numbers_of(number):
            element = now.elements[n]
            if element.sample in samples:
                found.append(((now.holders[n] > 0, is_new, element.index not in indexes, n), n))
    return [n for _, n in sorted(found)[:MAX_TARGETS]]


def _made_of(known: Sequence[Element], now: Matching) -> set[str]:
    """The quantities that are computed from any of these elements, through others that stand in no cell."""
    found: set[str] = set()
    names = {e.source.quantity.name for e in known}
    placed = {now.elements[n].source.quantity.name for n in now.holders}
    while names:
        made = {s.quantity.name for s in now.elements.sources if not s.part and s.reads & names} - found
        found |= made
        names = made - placed
    return found


def _owners(cells: Sequence[Address], now: Matching) -> set[str]:
    """The quantities that cells hold, in whole or in part."""
    return {e.source.quantity.name for cell in cells if (e := now.element(cell)) is not None}


def _operands(names: set[str], now: Matching) -> set[str]:
    """The quantities that these are computed from."""
    return {name for s in now.elements.sources if s.quantity.name in names for name in s.reads}
