"""Find the cell that is wrong in itself: the one whose repair makes the cells after it right.

Where a cell computes nothing that the model has, it is wrong, or one of those that it reads holds
something else than it should. Each possible repair is tried in the engine; the best one leaves the
fewest cells that compute nothing, or that hold something else than their place asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from xlcheck.foreign.algebra import Address
from xlcheck.foreign.cells import CellTable
from xlcheck.foreign.gates import GATES, at_gate, gate_of
from xlcheck.foreign.labels import Labels
from xlcheck.foreign.likeness import Likely
from xlcheck.foreign.matching import Matching, Placed, ancestors
from xlcheck.foreign.operands import Operand
from xlcheck.foreign.precedents import Precedents
from xlcheck.foreign.probe import Probe

DEPTH = 3
MAX_TRIALS = 80
MOST_LIKELY = 8
MOST_READERS = 4
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


Weighed = tuple[Repair, float]
"""A possible repair, and what speaks for it apart from its effect."""


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
        labels: the words beside the cells.
        kinds: Keras's class of each layer, by network and name.
    """

    table: CellTable
    probe: Probe
    precedents: Precedents
    placed: Placed
    formulas: Sequence[Address]
    wrong: Mapping[Address, int]
    scratch: set[Address]
    copies: frozenset[Address]
    labels: Labels
    kinds: Mapping[tuple[int, str], str]

    def after(self, now: Matching, repair: Repair, cell: Address) -> Matching | None:
        """What the cells would hold after a repair; None if it neither concerns nor explains the unknown cell."""
        trial = self.probe.trial({repair.cell: now.elements[repair.number].values})
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
    likely = _best_of(islice(likely_repairs(cell, near, now, shop), MAX_TRIALS), cell, near, now, shop)
    if likely is not None and likely.rank[0] > 0:
        return likely.repair
    other = _best_of(islice(_any_repairs(near, now, shop), MAX_TRIALS), cell, near, now, shop)
    best = max((r for r in (likely, other) if r is not None), key=lambda r: r.rank, default=None)
    return None if best is None else best.repair


@dataclass(frozen=True)
class _Ranked:
    """A repair and how good it is: by its effect, by what speaks for it otherwise, by its place in the calculation."""

    rank: tuple[float, float, float]
    repair: Repair


def _best_of(
    repairs: Iterable[Weighed], cell: Address, near: Sequence[Address], now: Matching, shop: Workshop
) -> _Ranked | None:
    order = {c: i for i, c in enumerate(shop.precedents.in_order(near))}
    best: _Ranked | None = None
    for repair, preference in sorted(repairs, key=lambda r: order[r[0].cell]):
        after = shop.after(now, repair, cell)
        if after is None or (repair.cell != cell and after.is_unknown(cell)):
            continue
        gain = shop.worth(after, near, repair.cell) - shop.worth(now, near, repair.cell)
        gain -= shop.loss(repair.cell, now)
        if gain < 0 or (gain == 0 and not preference):
            continue
        rank = (round(gain, 3), preference, float(repair.cell != cell))
        if best is None or rank > best.rank:
            best = _Ranked(rank, repair)
    return best


def _suspects(cell: Address, now: Matching, shop: Workshop) -> list[Address]:
    """An unknown cell, and what it reads as far as that could be wrong: not where all around agrees with it."""
    above = ancestors(cell, shop.precedents, (*shop.placed.given, *shop.wrong), DEPTH)
    return [cell, *(c for c in above if not now.is_supported(c))]


def likely_repairs(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """Repairs that the places of cells, what they read and what their readers need speak for."""
    tried: set[Repair] = set()

    def new(candidate: Address, number: int, preference: float) -> Iterator[Weighed]:
        repair = Repair(candidate, number)
        if repair not in tried and number not in now.equal(candidate):
            tried.add(repair)
            yield repair, preference + (_CONSTANT if not shop.table.is_formula(candidate) else 0.0)

    for candidate in near:
        expected = now.expected(candidate)
        if expected is not None:
            yield from new(candidate, expected, _AT_ITS_PLACE)
    for candidate in near:
        for likely in _likely(candidate, now, shop, parts=False):
            yield from new(candidate, likely.number, float(likely.likeness == 1))
            for number, is_said in _other_gates(candidate, likely.number, now, shop):
                yield from new(candidate, number, float(is_said))
    for reader in near:
        for needed in _likely(reader, now, shop, parts=False)[:MOST_READERS]:
            for candidate in shop.precedents.of(reader):
                if candidate in near and _operand(candidate, now) not in needed.needs:
                    repeated = (needed.number,) if reader in shop.copies else ()
                    for number in (*repeated, *needed.gaps):
                        yield from new(candidate, number, 0.0)
    for candidate in near:
        if _may_be_part(candidate, now):
            for likely in _likely(candidate, now, shop, parts=True):
                if now.holders[likely.number] == 0:
                    yield from new(candidate, likely.number, 0.0)


def _likely(cell: Address, now: Matching, shop: Workshop, *, parts: bool) -> list[Likely]:
    """What a cell is probably meant to hold, by what it reads and by its place."""
    reads = [e for p in shop.precedents.of(cell) if (e := now.element(p)) is not None]
    found = now.likeness.of(reads, parts=parts, most=MOST_LIKELY)
    expected = None if parts else now.expected(cell)
    if expected is not None and all(likely.number != expected for likely in found):
        found.insert(0, now.likeness.to(expected, reads))
    return found


def _other_gates(cell: Address, number: int, now: Matching, shop: Workshop) -> Iterator[tuple[int, bool]]:
    """The same element of the layer's other gates, and whether the words beside the cell name that gate."""
    element = now.elements[number]
    quantity, network = element.source.quantity, element.source.network
    kind = shop.kinds.get((network, quantity.band.layer), "")
    own = gate_of(kind, quantity.band.symbol)
    if own is None:
        return
    said = shop.labels.gate(cell, kind)
    for gate in sorted(GATES[kind], key=lambda g: g != said):
        if gate != own:
            symbol = at_gate(kind, quantity.band.symbol, gate)
            name = quantity.name.replace(f".{quantity.band.symbol}", f".{symbol}")
            place = now.elements.by_name.get((network, name))
            if place is not None:
                yield now.elements.number(place, element.sample, element.index), gate == said


def _operand(cell: Address, now: Matching) -> Operand | None:
    element = now.element(cell)
    return None if element is None or element.source.part else (element.source.quantity.name, element.index)


def _any_repairs(near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """Every quantity that stands nowhere yet, in any of the cells: where nothing else is known."""
    for place, source in enumerate(now.elements.sources):
        if source.part or not source.reads:
            continue
        for number in now.elements.numbers_of(place):
            if now.holders[number] == 0:
                for candidate in near:
                    typed = _CONSTANT if not shop.table.is_formula(candidate) else 0.0
                    if typed or now.held.get(candidate) is None:
                        yield Repair(candidate, number), typed


def _may_be_part(cell: Address, now: Matching) -> bool:
    """Whether a cell may be a step in between: it holds one, or nothing that is known."""
    number = now.held.get(cell)
    return number is None or now.elements.is_part[number]


def _may_matter(cell: Address, now: Matching, shop: Workshop) -> bool:
    """Whether an unknown cell has anything to do with a model: by what it reads, applies, or stands beside."""
    content = shop.table.cell(cell)
    text = "" if content is None or content.formula is None else content.formula.upper()
    if "EXP(" in text or "TANH(" in text or now.expected(cell) is not None:
        return True
    return any(now.element(p) is not None or now.expected(p) is not None for p in shop.precedents.of(cell))
