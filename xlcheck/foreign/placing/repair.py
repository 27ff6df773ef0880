"""Find the cell that is wrong in itself: the one whose repair makes the cells after it right.

Where a cell computes nothing that the model has, it is wrong, or one of those that it reads holds
something else than it should. Each possible repair is tried in the engine; the best one leaves the
fewest cells that compute nothing, or that hold something else than their place asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations

from xlcheck.excel.formula_shapes import shape_of
from xlcheck.foreign.networks.elements import Element, Key
from xlcheck.foreign.networks.gates import GATES, at_gate, gate_of
from xlcheck.foreign.networks.labels import Labels
from xlcheck.foreign.networks.operands import Operand
from xlcheck.foreign.placing.likeness import Likely
from xlcheck.foreign.placing.matching import Matching, Placed, ancestors
from xlcheck.foreign.placing.order import moments_of
from xlcheck.foreign.placing.probe import Probe
from xlcheck.foreign.reading.algebra import Address
from xlcheck.foreign.reading.cells import CellTable
from xlcheck.foreign.reading.precedents import Precedents

DEPTH = 3
MAX_TRIALS = 80
MOST_LIKELY = 8
MOST_READERS = 4
MOST_ORDERS = 6
MOST_BESIDE = 8
_PART, _AGAIN, _MISPLACED = 0.9, 0.7, 0.5
"""What a cell is worth that holds a part of a quantity, which a known cell reads, or computes again what another cell
computes, where one that computes a quantity is worth 1; what is taken off for one at the wrong place."""
_COPY, _ALONE = 0.25, 0.5
"""What is lost if a cell is declared wrong that repeats another one, or is the only one of its kind."""
_CONSTANT, _AT_ITS_PLACE, _RESULT = 4.0, 2.0, 1.0
"""What speaks for a repair among equals: a number was typed there; the cells around ask for it; it is a result of the
network that stands nowhere."""
_AT_ITS_STEP = 1.0
"""What speaks for a repair to an element of the step that the other cells of the column belong to."""
_ODD = 1.0
"""What speaks for a repair of a cell whose formula is not what was filled into the cells beside it."""


@dataclass(frozen=True)
class Repair:
    """A cell and the element that it should hold."""

    cell: Address
    number: int


Repairs = tuple[Repair, ...]
Weighed = tuple[Repairs, float]
"""Repairs that belong together, mostly one, and what speaks for them apart from their effect."""


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

    def after(self, now: Matching, repairs: Repairs, cell: Address) -> Matching | None:
        """What the cells would hold after repairs; None if they neither concern nor explain the unknown cell."""
        trial = self.probe.trial({r.cell: now.elements[r.number].values for r in repairs})
        position = self.table.index[cell]
        if all(r.cell != cell for r in repairs) and not now.elements.holds(trial.first()[position]):
            return None
        wrong = {**self.wrong, **{r.cell: r.number for r in repairs}}
        return Matching(now.elements, self.placed, self.table, self.formulas, trial.all(), wrong, self.copies)

    def worth(self, matching: Matching, watched: Sequence[Address], without: Collection[Address]) -> float:
        """How much of the workbook a matching explains.

        Args:
            matching: what the cells hold.
            watched: the cells whose place is looked at.
            without: the cells that are repaired, which do not count.
        """
        total = 0.0
        for cell, numbers in matching.candidates.items():
            if cell not in without and numbers and cell not in self.scratch and not matching.is_unknown(cell):
                total += self._worth_of(cell, matching)
        return total - _MISPLACED * sum(
            matching.is_misplaced(c) for c in watched if c not in without and not matching.is_unknown(c)
        )  # fmt: skip

    def parts_for(self, cells: Collection[Address], now: Matching) -> set[Address]:
        """The cells of parts that nothing else reads than some cells: whether they are right is not known by them."""
        read = {p for cell in cells for p in self.precedents.of(cell)}
        return {
            p for p in read
            if (number := now.held.get(p)) is not None and now.elements.is_part[number]
            and all(reader in cells for reader in self.precedents.readers(p))
        }  # fmt: skip

    def _worth_of(self, cell: Address, matching: Matching) -> float:
        number = matching.held[cell]
        if matching.elements.is_part[number]:
            return _PART if any(matching.equal(reader) for reader in self.precedents.readers(cell)) else 0.0
        return _AGAIN if matching.computed[number] > 1 and cell not in self.copies else 1.0

    def loss(self, cell: Address, now: Matching) -> float:
        """What is lost if a cell is declared wrong that computes a quantity which no other cell computes."""
        number = now.held.get(cell)
        if number is None or now.elements.is_part[number] or now.is_misplaced(cell):
            return 0.0
        if cell in self.copies:
            return _COPY
        if now.holders[number] > 1:
            return 0.0
        return 1.0 if now.bands[now.elements[number].source.band] > 1 else _ALONE

    def is_odd(self, cell: Address) -> bool:
        """Whether a formula differs from what was filled into most cells of its row or column, or was found wrong."""
        own = self.shape(cell)
        if own is None:
            return False
        if any(self.shape(wrong) == own for wrong in self.wrong):
            return True
        odd = False
        for down, right in ((0, 1), (1, 0)):
            line = [s for sign in (1, -1) for s in self._line(cell, sign * down, sign * right)]
            if own in line:
                return False
            shapes = Counter(line)
            odd = odd or (len(line) > 1 and shapes.most_common(1)[0][1] > len(line) / 2)
        return odd

    def shape(self, cell: Address) -> str | None:
        """A formula's shape; None where no formula stands."""
        content = self.table.cell(cell)
        return None if content is None or content.formula is None else shape_of(content.formula, cell[1], cell[2])

    def _line(self, cell: Address, down: int, right: int) -> Iterator[str]:
        """The shapes of the formulas that follow in one direction, up to the first cell without one."""
        sheet, row, column = cell
        for step in range(1, MOST_BESIDE):
            shape = self.shape((sheet, row + step * down, column + step * right))
            if shape is None:
                return
            yield shape


def best_repair(cell: Address, now: Matching, shop: Workshop) -> Repairs:
    """The repair that explains an unknown cell best, or none if it is better left as a scratch cell.

    Args:
        cell: a cell that computes nothing, though all that it reads is known.
        now: what the cells hold.
        shop: what is needed.
    """
    if not _may_matter(cell, now, shop):
        return ()
    if cell in shop.placed.bound and (now.equal(cell) or _reads_what_is_known(cell, shop)):
        return (Repair(cell, shop.placed.bound[cell]),)  # whatever it computes is not what it was said to
    near = [c for c in _suspects(cell, now, shop) if c not in shop.scratch]
    odd = {c for c in near if shop.is_odd(c)}
    likely = _best_of(islice(likely_repairs(cell, near, now, shop), MAX_TRIALS), cell, near, odd, now, shop)
    if likely is not None and likely.rank[0] > 0:
        return likely.repairs
    for reader in shop.precedents.readers(cell)[:2]:
        beside = [c for c in _suspects(reader, now, shop) if c not in shop.scratch]
        together = _best_of(_joint(reader, beside, now, shop), reader, beside, odd, now, shop)
        better = together is not None and (likely is None or together.rank[0] > likely.rank[0])
        if together is not None and better and any(r.cell == cell for r in together.repairs):
            return together.repairs
    other = _best_of(islice(_any_repairs(near, now, shop), MAX_TRIALS), cell, near, odd, now, shop)
    if likely is not None and likely.rank[1] >= _AT_ITS_PLACE and other is not None and other.rank[0] <= 1:
        return likely.repairs  # that one more cell is explained may be chance, where anything may stand anywhere
    best = max((r for r in (likely, other) if r is not None), key=lambda r: r.rank, default=None)
    return () if best is None else best.repairs


def _reads_what_is_known(cell: Address, shop: Workshop) -> bool:
    """Whether of all cells that a cell reads it is known what they should hold."""
    known = (shop.placed.given, shop.placed.bound, shop.wrong)
    return all(any(p in cells for cells in known) for p in shop.precedents.of(cell))


@dataclass(frozen=True)
class _Ranked:
    """Repairs and how good they are: by their effect, what else speaks for them, their place in the calculation."""

    rank: tuple[float, float, float]
    repairs: Repairs


def _best_of(
    proposals: Iterable[Weighed],
    cell: Address,
    near: Sequence[Address],
    odd: Collection[Address],
    now: Matching,
    shop: Workshop,
) -> _Ranked | None:
    order = {c: i for i, c in enumerate(shop.precedents.in_order(near))}
    best: _Ranked | None = None
    for repairs, preference in sorted(proposals, key=lambda p: min(order[r.cell] for r in p[0])):
        after = shop.after(now, repairs, cell)
        repaired = {r.cell for r in repairs}
        if after is None or (cell not in repaired and after.is_unknown(cell)):
            continue
        without = repaired | shop.parts_for(repaired, now)
        gain = shop.worth(after, near, without) - shop.worth(now, near, without)
        if not all(shop.table.is_formula(c) and now.is_unknown(c) for c in repaired):
            gain -= len(repairs) - 1  # unknown cells are wrong in any case
        gain -= sum(shop.loss(r.cell, now) for r in repairs if not _is_forgotten(r, now, shop))
        gain -= sum(1 - _AGAIN for r in repairs if now.computed[r.number] and not shop.precedents.readers(r.cell))
        if gain < 0 or (gain == 0 and not preference):
            continue
        rank = (round(gain + _ODD * repaired.issubset(odd), 3), preference, float(cell not in repaired))
        if best is None or rank > best.rank:
            best = _Ranked(rank, repairs)
    return best


def _suspects(cell: Address, now: Matching, shop: Workshop) -> list[Address]:
    """An unknown cell, and what it reads as far as that could be wrong: not where all around agrees with it."""
    above = ancestors(cell, shop.precedents, (*shop.placed.given, *shop.wrong), DEPTH)
    near = [cell, *(c for c in above if not now.is_supported(c))]
    return near + [
        c for c in shop.precedents.of(cell)
        if c in above and c not in near and any(_is_forgotten(Repair(c, n), now, shop) for n in _functions_of(c, now))
    ]  # fmt: skip


def _is_forgotten(repair: Repair, now: Matching, shop: Workshop) -> bool:
    """Whether a cell holds what no known cell reads, instead of what is computed from it and stands nowhere."""
    readers = shop.precedents.readers(repair.cell)
    is_used = not readers or any(now.equal(reader) for reader in readers)
    return not is_used and repair.number in _functions_of(repair.cell, now)


def likely_repairs(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """Repairs that the places of cells, what they read and what their readers need speak for."""
    tried: set[Repair] = set()
    moments = moments_of(now)

    def new(candidate: Address, number: int, preference: float) -> Iterator[Weighed]:
        number = now.whole(number)
        repair = Repair(candidate, number)
        if repair not in tried and number not in now.equal(candidate):
            tried.add(repair)
            key = now.elements.key(number)
            preference += _CONSTANT if not shop.table.is_formula(candidate) else 0.0
            preference += _RESULT * (number in now.missing_results)
            preference += _AT_ITS_STEP * (moments(candidate, key) == (key.step, key.sample))
            yield (repair,), preference

    for candidate in near:
        expected = now.expected(candidate)
        if expected is not None:
            yield from new(candidate, expected, _AT_ITS_PLACE)
    for candidate in near:
        for number in _functions_of(candidate, now):
            yield from new(candidate, number, 0.0)
    for number in _needed_by_readers(cell, now, shop):
        yield from new(cell, number, 0.5)
    for reader in [c for c in near if shop.table.is_formula(c)][:MOST_READERS]:
        yield from _joint(reader, near, now, shop)
    for reader in near:
        for candidate in shop.precedents.of(reader):
            if candidate in near and _may_be_part(candidate, now) and _is_result(candidate, shop):
                for number in _parts_needed(reader, now, shop):
                    yield from new(candidate, number, 0.0)
    typed = [c for c in near if not shop.table.is_formula(c) and _is_result(c, shop)]
    for (repair,), _ in _any_repairs(typed, now, shop):
        yield from new(repair.cell, repair.number, 0.0)
    for candidate in near:
        for likely in _likely(candidate, now, shop, parts=False):
            yield from new(candidate, likely.number, float(likely.likeness == 1))
            key = now.elements.key(likely.number)
            moment = moments(candidate, key)
            here = None if moment is None else now.elements.at(Key(key.band, *moment, key.index))
            if here is not None:
                yield from new(candidate, here, 0.0)
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


def _functions_of(cell: Address, now: Matching) -> Iterator[int]:
    """Quantities that stand nowhere yet and are functions of what a cell holds alone, or of which it holds a part."""
    held = now.element(cell)
    if held is None:
        return
    if held.source.part:
        place = now.elements.by_name[held.source.network, held.source.quantity.name]
        whole = now.elements.number(place, held.sample, held.index)
        if held.source.size == held.source.quantity.shape[-1] and now.holders[whole] == 0:
            yield whole
        return
    for number in now.successors.get((held.source.network, held.source.quantity.name), ()):
        source = now.elements.sources[number]
        if held.index < source.size and held.sample < source.values.shape[1]:
            element = now.elements.number(number, held.sample, held.index)
            if now.holders[element] == 0:
                yield element


def _joint(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """All cells that a cell reads wrongly, repaired together: a vector of which each element is another one."""
    functions = [(c, n) for c in shop.precedents.of(cell) if c in near for n in islice(_functions_of(c, now), 1)]
    if len(functions) > 1:
        yield tuple(Repair(c, n) for c, n in functions), 0.0
    yield from _shuffled(cell, near, now, shop)
    results = (now.likeness.to(number, ()) for number in sorted(now.missing_results))
    for needed in _likely(cell, now, shop, parts=False)[:MOST_READERS] or islice(results, MOST_READERS):
        element = now.elements[needed.number]
        read = [p for p in shop.precedents.of(cell) if p in near or _operand(p, now) is not None]
        met = {_operand(p, now) for p in read}
        for needs in dict.fromkeys((needed.needs, *_written_out(element, now))):
            places = {o: now.elements.by_name[element.source.network, o[0]] for o in needs}
            wanted = sorted(o for o in needs - met if now.elements.sources[places[o]].reads)
            others = [p for p in read if p in near and shop.table.is_formula(p) and _operand(p, now) not in needs]
            numbers = [now.elements.number(places[o], element.sample, o[1]) for o in wanted]
            alike = len(numbers) == len(others) > 1
            for order in islice(permutations(numbers), MOST_ORDERS) if alike else ():
                yield tuple(Repair(c, n) for c, n in zip(sorted(others), order, strict=True)), 0.0


def _written_out(element: Element, now: Matching) -> Iterator[frozenset[Operand]]:
    """The operands of an element, then what those of its own step are computed from, and so on."""
    network, step = element.source.network, element.source.quantity.step
    operands = element.source.operands(element.index)
    for _ in range(DEPTH):
        yield operands
        inner: set[Operand] = set()
        for name, index in operands:
            source = now.elements.sources[now.elements.by_name[network, name]]
            is_on_the_way = source.reads and source.quantity.step == step
            inner |= source.operands(index) if is_on_the_way else {(name, index)}
        operands = frozenset(inner)


def _shuffled(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """As many cells as a vector has elements, in a row, but not all of its elements, or not in their order."""
    vectors: dict[Key, list[Address]] = {}
    for precedent in shop.precedents.of(cell):
        number = now.held.get(precedent)
        if number is not None:
            key = now.elements.key(number)
            vectors.setdefault(Key(key.band, key.step, key.sample, 0), []).append(precedent)
    for key, cells in vectors.items():
        first = now.elements.at(key)
        if first is None or len(cells) != now.elements[first].source.size:
            continue
        repairs = tuple(
            Repair(c, first + i) for i, c in enumerate(sorted(cells)) if now.held[c] != first + i and c in near
        )  # fmt: skip
        if repairs:
            yield repairs, 0.5


def _parts_needed(cell: Address, now: Matching, shop: Workshop) -> Iterator[int]:
    """The parts that stand nowhere of what a cell is probably meant to hold, and of what it computes on the way."""
    for needed in _likely(cell, now, shop, parts=False)[:MOST_READERS]:
        element = now.elements[needed.number]
        network, own = element.source.network, element.source.quantity.name
        on_the_way = {(own, element.index)}
        on_the_way |= {(name, element.index) for name in element.source.reads if not now.is_placed(network, name)}
        for name, index in (*sorted(on_the_way), *sorted(needed.needs)):
            for place in now.parts_of.get((network, name), ()):
                source = now.elements.sources[place]
                known = (name, index) in on_the_way or source.band in now.bands
                if (
                    known
                    and index < source.size == source.quantity.shape[-1]
                    and element.sample < source.values.shape[1]
                ):
                    number = now.elements.number(place, element.sample, index)
                    if now.holders[number] == 0:
                        yield number


def _is_result(cell: Address, shop: Workshop) -> bool:
    """Whether a formula stands in a cell, or beside formulas a number that may have been typed over one."""
    content = shop.table.cell(cell)
    if content is None or content.formula is not None:
        return content is not None
    sheet, row, column = cell
    beside = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
    typed = isinstance(content.value, float) and not content.value.is_integer()
    return typed and any(shop.table.is_formula((sheet, *place)) for place in beside)


def _needed_by_readers(cell: Address, now: Matching, shop: Workshop) -> Iterator[int]:
    """What the readers of a cell need and do not read."""
    for reader in shop.precedents.readers(cell)[:MOST_READERS]:
        for needed in _likely(reader, now, shop, parts=False)[:MOST_READERS]:
            yield from needed.gaps


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
                        yield (Repair(candidate, number),), typed


def _may_be_part(cell: Address, now: Matching) -> bool:
    """Whether a cell may be a step in between: it holds one, or nothing that is known."""
    number = now.held.get(cell)
    return number is None or bool(now.elements.is_part[number])


def _may_matter(cell: Address, now: Matching, shop: Workshop) -> bool:
    """Whether an unknown cell has anything to do with a model: by what it reads, applies, or stands beside."""
    content = shop.table.cell(cell)
    text = "" if content is None or content.formula is None else content.formula.upper()
    if "EXP(" in text or "TANH(" in text or now.expected(cell) is not None:
        return True
    return any(now.element(p) is not None or now.expected(p) is not None for p in shop.precedents.of(cell))
