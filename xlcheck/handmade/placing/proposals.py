"""Repairs that may be meant: which cell may be wrong, what it should hold, and what speaks for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, permutations

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.elements import Element, Key
from xlcheck.handmade.networks.operands import Operand
from xlcheck.handmade.placing.likeness import Likely
from xlcheck.handmade.placing.matching import Matching
from xlcheck.handmade.placing.order import Moments, moments_of
from xlcheck.handmade.placing.workshop import Repair, Repairs, Workshop
from xlcheck.layers.gate_symbols import GATES, at_gate, gate_of

MOST_LIKELY = 8
MOST_READERS = 4
MOST_ORDERS = 6
MOST_STEPS_BACK = 3
AT_ITS_PLACE, _CONSTANT, _RESULT = 2.0, 4.0, 1.0
"""What speaks for a repair among equals: the cells around ask for it; a number was typed there; it is a result of the
network that stands nowhere."""
_AT_ITS_STEP = 1.0
"""What speaks for a repair to an element of the step that the other cells of the column belong to."""

Weighed = tuple[Repairs, float]
"""Repairs that belong together, mostly one, and what speaks for them apart from their effect."""
Proposal = tuple[Address, int, float]
"""A cell, the element that it may be meant to hold, and what speaks for that."""


def likely_repairs(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """Repairs that the places of cells, what they read and what their readers need speak for.

    Args:
        cell: a cell that computes nothing.
        near: that cell and what it reads, as far as it may be wrong.
        now: what the cells hold.
        shop: what is needed.
    """
    tried: set[Repair] = set()
    moments = moments_of(now)

    def new(proposals: Iterable[Proposal]) -> Iterator[Weighed]:
        """What was not proposed before and changes anything, with all that speaks for it."""
        for candidate, proposed, preference in proposals:
            number = now.whole(proposed)
            repair = Repair(candidate, number)
            if repair not in tried and number not in now.equal(candidate):
                tried.add(repair)
                key = now.elements.key(number)
                typed = _CONSTANT if not shop.table.is_formula(candidate) else 0.0
                result = _RESULT * (number in now.missing_results)
                at_its_step = _AT_ITS_STEP * (moments(candidate, key) == (key.step, key.sample))
                yield (repair,), preference + typed + result + at_its_step

    yield from new(_as_around(near, now))
    yield from new((candidate, number, 0.0) for candidate in near for number in functions_of(candidate, now))
    for reader in [c for c in near if shop.table.is_formula(c)][:MOST_READERS]:
        yield from joint_repairs(reader, near, now, shop)
    yield from new(_as_filled(near, now, shop))
    typed = [c for c in near if not shop.table.is_formula(c) and _is_result(c, shop)]
    yield from new((repair.cell, repair.number, 0.0) for (repair,), _ in any_repairs(typed, now, shop))
    yield from new(_as_likely(near, now, shop, moments))
    yield from new(_as_operands_needed(near, now, shop))


def _as_around(near: Sequence[Address], now: Matching) -> Iterator[Proposal]:
    """What the cells around ask for."""
    for candidate in near:
        expected = now.expected(candidate)
        if expected is not None:
            yield candidate, expected, AT_ITS_PLACE


def _as_filled(near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Proposal]:
    """What a known cell with the formula of a reader reads, of which something stands nowhere, in the same place."""
    for reader in (cell for cell in near if now.is_unknown(cell)):
        own = shop.shape(reader)
        alike = (cell for cell in shop.alike(own) if cell in now.held and cell not in now.wrong)
        for cell in islice(alike if own is not None else (), MOST_READERS):
            for candidate, other in zip(shop.precedents.of(reader), shop.precedents.of(cell), strict=False):
                number = now.held.get(other)
                if candidate in near and number is not None:
                    free = now.elements.numbers_of(now.elements.place(number))
                    yield from ((candidate, n, 0.0) for n in free if now.holders[n] == 0)


def _as_likely(near: Sequence[Address], now: Matching, shop: Workshop, moments: Moments) -> Iterator[Proposal]:
    """What cells are probably meant to hold by what they read; the same at the step of their column; other gates."""
    for candidate in near:
        for likely in _likely(candidate, now, shop):
            yield candidate, likely.number, float(likely.likeness == 1)
            key = now.elements.key(likely.number)
            moment = moments(candidate, key)
            here = None if moment is None else now.elements.at(Key(key.band, *moment, key.index))
            if here is not None:
                yield candidate, here, 0.0
            for number, is_said in _other_gates(candidate, likely.number, now, shop):
                yield candidate, number, float(is_said)


def _as_operands_needed(near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Proposal]:
    """What the readers need and do not read, in the cells that they read and do not need."""
    for reader in near:
        for needed in _likely(reader, now, shop)[:MOST_READERS]:
            for candidate in shop.precedents.of(reader):
                if candidate in near and _operand(candidate, now) not in needed.needs:
                    repeated = (needed.number,) if reader in shop.copies else ()
                    for number in (*repeated, *needed.gaps):
                        yield candidate, number, 0.0


def _likely(cell: Address, now: Matching, shop: Workshop) -> list[Likely]:
    """What a cell is probably meant to hold, by what it reads and by its place."""
    reads = [e for p in shop.precedents.of(cell) if (e := now.element(p)) is not None]
    found = now.likeness.of(reads, most=MOST_LIKELY)
    expected = now.expected(cell)
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


def functions_of(cell: Address, now: Matching) -> Iterator[int]:
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


def joint_repairs(cell: Address, near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
    """All cells that a cell reads wrongly, repaired together: a vector of which each element is another one."""
    functions = [(c, n) for c in shop.precedents.of(cell) if c in near for n in islice(functions_of(c, now), 1)]
    if len(functions) > 1:
        yield tuple(Repair(c, n) for c, n in functions), 0.0
    yield from _shuffled(cell, near, now, shop)
    results = (now.likeness.to(number, ()) for number in sorted(now.missing_results))
    for needed in _likely(cell, now, shop)[:MOST_READERS] or islice(results, MOST_READERS):
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
    for _ in range(MOST_STEPS_BACK):
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


def _is_result(cell: Address, shop: Workshop) -> bool:
    """Whether a formula stands in a cell, or beside formulas a number that may have been typed over one."""
    content = shop.table.cell(cell)
    if content is None or content.formula is not None:
        return content is not None
    sheet, row, column = cell
    beside = ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column))
    typed = isinstance(content.value, float) and not content.value.is_integer()
    return typed and any(shop.table.is_formula((sheet, *place)) for place in beside)


def _operand(cell: Address, now: Matching) -> Operand | None:
    element = now.element(cell)
    return None if element is None or element.source.part else (element.source.quantity.name, element.index)


def any_repairs(near: Sequence[Address], now: Matching, shop: Workshop) -> Iterator[Weighed]:
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
