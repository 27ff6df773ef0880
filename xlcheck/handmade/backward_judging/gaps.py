"""What leaves the check of a training incomplete, though nobody is blamed: weights and lines that may be wrong."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Set as AbstractSet

import numpy as np

from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Sum, subterms
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.own_beginnings import begin_otherwise
from xlcheck.handmade.backward.quantities import Role
from xlcheck.handmade.backward.robust import is_robust
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.set_up import RATE, fall_by_several_laws, idle_settings, stand_idle
from xlcheck.handmade.backward_judging.certainty import Weights, one_after_another, shape_in
from xlcheck.handmade.backward_judging.doubtful_data import made_of, odd_data
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.backward_judging.shown import repeats_beside, shown_weight
from xlcheck.handmade.backward_judging.uneven import goes_on_twice, take_one_twice, thresholds, uneven
from xlcheck.handmade.beside.showing import shows_otherwise
from xlcheck.handmade.networks.formula_text import LIKE_A_NETWORK, may_be_layer
from xlcheck.handmade.objections.unread_numbers import unread_beside
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.lines import by_line, is_counted
from xlcheck.handmade.reading.offsets import beside_at, offset
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.verdicts.messages import plural

BELONGS = "This formula seems to belong to a training step, but it was not recognised what it should compute."
_LOSS = re.compile(r"E\b(?!/)")
_OF_SAMPLES = re.compile(r"\) */ *[nmN]\b")
_STATISTIC = re.compile(
    r"\b(?:SLOPE|INTERCEPT|LINEST|RSQ|CORREL|PEARSON|FORECAST|TREND|STEYX|COVAR|COVARIANCE|MINVERSE|STDEV|VAR|MEDIAN)\b",
    re.IGNORECASE,
)
_ENTROPIES = ("cross-entropy", "t ln o", "(1 − t) ln", "t ln(t/o)")


def gaps(
    table: CellTable,
    reading: Reading,
    accepted: Collection[int],
    right: Collection[Address],
    others: Collection[Address],
) -> Iterator[str]:
    """What is open in steps that were judged, in sentences without their full stop.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
        right: the cells that are right.
        others: the other cells with a verdict.
    """
    networks = {number: reading.steps[number].truth.network for number in sorted(accepted)}
    steps = {number: network.weight_cells for number, network in networks.items() if not network.is_held_out}
    followed = [*one_after_another(steps, reading.sheet.updates)]
    typed = {cell for _, before, own in followed for cell in _typed_anew(table, reading, before, own)}
    missing = sum(map(reading.missing_gradients, accepted))
    if missing:
        yield f"{plural(missing, 'gradient of a weight stands', 'gradients of weights stand')} in no cell"
    yield from _of_cells(
        (cell for cell in typed if cell not in others),
        "was typed in the place of a weight that other steps update; check a run that begins there by itself",
    )
    if any(_unmoved(reading, steps, followed)) or any(_stays(reading, number) for number in steps):
        yield "a weight stays what it is where others move"
    if uneven(reading, accepted):
        yield "weights of one step move in different ways"
    rates = [cell for cell, (_, role) in reading.roles.items() if role.quantity.name == RATE]
    precedents = Precedents(table)
    read = {read for cell in table.texts for read in precedents.of(cell)}
    if fall_by_several_laws(reading.sheet, rates) or stand_idle(reading.sheet, rates):
        yield "the rates of a line fall by several laws, or some are read and others not"
    if take_one_twice(table, rates, read):
        yield "a rate is made of one number twice, and of another one beside it no formula makes anything"
    if begin_otherwise(reading.sheet.terms, reading.sheet.updates, precedents):
        yield "a training begins with other weights than those beside it, which begin with copies of the same"
    if goes_on_twice(reading, accepted):
        yield "two steps of a line go on from the weights of one"
    if thresholds(reading, accepted):
        yield "a threshold is added in some steps and subtracted in others, or no step trains it"
    settled = {*others, *_numbering(table, reading, read)}
    unread = (own for own in _unread_numbers(table, reading, {*right}) if own not in settled)
    pasted = [own for own in unread if not repeats_beside(own, reading, right)]
    yield from _of_cells(pasted, "was typed where results stand, and no formula of a step reads it")
    typed_weights = {cell for own in steps.values() for cell in own.values() if table.is_number(cell)}
    yield from unread_beside(table, read, typed_weights)
    yield from _of_cells(
        _handed_on_in_vain(reading, right), "is copied from step to step, and nothing computes with it"
    )
    if _shows_one_twice(reading, right):
        yield "a line that shows the last weights has one of them twice"
    if any(_of_other_steps(reading, right)):
        yield "a formula reads the rate or the number of another step than its own"
    for cells, what in (idle_settings(table, read), *odd_data(table, reading, accepted, steps)):
        yield from _of_cells(cells, what)
    yield from _of_cells(_out_of_step(reading, right), "holds what belongs to another step than its own")
    yield from _of_cells(_not_divided(table, reading, right), "is called divided by the number of samples, and is not")
    if any(_shows_another_loss(reading, number) for number in steps):
        yield "the loss that is shown is not the one whose gradients these are"


def _of_cells(cells: Iterable[Address], what: str) -> Iterator[str]:
    """What is to be said of some cells, in one sentence; the first one is named."""
    found = sorted({*cells})
    if found:
        more = f" (and {plural(len(found) - 1, 'other cell', 'other cells')})" if found[1:] else ""
        yield f"{show(found[0])}{more} {what}"


def seems_to_belong(cell: Address, table: CellTable, reading: Reading, right: Collection[Address]) -> bool:
    """Whether the cell in the same place of the step before or after is right, or a formula computes with such cells.

    Args:
        cell: a formula of which nobody knows what it should compute.
        table: the cells.
        reading: the sheet as training steps.
        right: the cells that are right.
    """
    if _is_statistic(cell, table, reading):
        return False
    stride = reading.stride
    beside = beside_at(cell, stride)
    terms = reading.sheet.terms
    text, term = table.texts[cell], terms.get(cell)
    in_line = any(other in right for other in beside)
    if not in_line and not terms.readers.get(cell) and len(terms.reads.get(cell, ())) == 1 and shows_otherwise(text):
        return len({shape_in(table, own) for own in (cell, *beside) if table.is_formula(own)}) > 1  # a slip in a line
    if term is None and skeleton(text) == "#" and not terms.holds_number(cell):
        return _is_between(cell, {*right})  # the copy of a word
    if term is None and terms.holds_number(cell):  # what comes to nothing is not trusted; data may count its steps
        of_results = cell not in reading.data and any(other in right for other in Precedents(table).of(cell))
        return of_results or bool(LIKE_A_NETWORK.search(text))
    bent = [own.name for own in subterms(term) if isinstance(own, Function)] if isinstance(term, Function) else []
    computes = bent[:1] == ["SQRT"] or "LN" in bent or isinstance(term, Sum | Product) or may_be_layer(text)
    weights = reading.sheet.updates.values()
    reads = computes and any(other in right or other in weights for other in terms.reads.get(cell, ()))
    return reads or in_line


def _not_divided(table: CellTable, reading: Reading, right: Collection[Address]) -> Iterator[Address]:
    """Errors and gradients below a heading as `(p-y)/n` that nothing divides, and no mean is taken of."""
    for cell in (own for own in right if own in table.texts and own in reading.roles):
        is_whole = "/" not in table.texts[cell] and "AVERAGE" not in table.texts[cell].upper()
        if is_whole and any(map(_OF_SAMPLES.search, table.next_words(cell, over_blanks=False))):
            yield cell


def _is_statistic(cell: Address, table: CellTable, reading: Reading) -> bool:
    """Whether a formula says something of the data alone that no network does, as where a line fits them best."""
    read = reached([cell], Precedents(table).of)
    learnt = reading.sheet.updates.keys() | {*reading.sheet.updates.values()} | reading.forward.keys()
    return bool(_STATISTIC.search(table.texts[cell])) and read.isdisjoint(learnt - reading.data)


def _out_of_step(reading: Reading, right: Collection[Address]) -> Iterator[Address]:
    """Cells that hold a quantity of another step than the one that follows on that of the cell before in their line.

    What is the same at both steps, as in a layer that does not learn, is that of either.
    """
    stride, counts = reading.stride, Counter(step.worksheet for step in reading.steps)
    if stride is None:
        return
    for cell in (own for own in right if counts[own[0]] != 1):  # a step on a worksheet of its own goes on elsewhere
        after = offset(cell, stride)
        if cell in reading.roles and after in reading.roles and after in right:
            (number, role), (following, its) = reading.roles[cell], reading.roles[after]
            name = role.quantity.name
            places = reading.places[number], reading.places[following]
            both_ends = isinstance(reading.sheet.terms.get(after), Leaf) and places == (0, max(reading.places))  # shown
            if name == its.quantity.name and places[1] != places[0] + 1 and not both_ends:
                quantities = (library.by_name[name] for library in reading.libraries if name in library.by_name)
                if sum(same(quantity.values, its.quantity.values) for quantity in quantities) == 1:
                    yield after


def _shows_another_loss(reading: Reading, number: int) -> bool:
    """Whether the loss that stands there is not the one that a step makes smaller, which stands nowhere.

    Squared errors are not made smaller by the errors themselves, nor cross-entropies by errors times a slope. And where
    nothing is updated, so that no rate makes up for it, the gradients are as large as those of the loss.
    """
    step = reading.steps[number]
    roles = [role for at, role in reading.roles.values() if at == number]
    names = {role.quantity.name for role in roles}
    if not any(own.moves for own in reading.steps):
        losses, slopes = _factors(roles, "E"), _factors(roles, *step.gradient_names.values())
        if losses and not slopes <= losses:
            return True
    own = any(_LOSS.match(name) for name in names)
    entropies, squares = (any(name.startswith(kind) for name in names) for kind in (_ENTROPIES, "squared error"))
    if step.truth.loss.endswith("crossentropy"):
        return squares and not entropies and not own
    if is_robust(step.truth.loss):
        return (squares or entropies) and not own
    return step.truth.loss == "mean_squared_error" and entropies and not squares and not own


def _factors(roles: Iterable[Role], *names: str) -> set[float]:
    """How many times cells count quantities, be it with a minus."""
    return {round(abs(float(r.factor)), 9) for r in roles if r.quantity.name in names and np.ndim(r.factor) == 0}


def _unmoved(
    reading: Reading, steps: Mapping[int, Weights], followed: Collection[tuple[int, Weights, Weights]]
) -> Iterator[bool]:
    """Whether a weight stays what it is, or is computed otherwise, where others move.

    A frozen weight moves at no step, and no formula has its gradient for nothing; where all steps read it in one cell,
    the gradient of a bias may stand there, as that of its unit, for others to read.
    """
    updates, terms = reading.sheet.updates, reading.sheet.terms
    moving = {place for own in steps.values() for place, cell in own.items() if cell in updates}
    for number, before, own in followed:
        for place in (place for place, cell in own.items() if updates.get(cell) != before[place]):
            gradient = reading.steps[number].gradients[before[place]]
            at_step = (own for own in reading.roles.items() if own[1][0] == number)
            held = [cell for cell, (_, role) in at_step if same(role.quantity.values, gradient)]
            copies = (isinstance(terms.get(reader), Leaf) for reader in terms.readers.get(before[place], ()))
            is_fixed = own[place] == before[place] and not any(copies)
            yield place in moving or any(not (is_fixed and terms.readers.get(cell)) for cell in held)


def _stays(reading: Reading, number: int) -> bool:
    """Whether a weight stays where others move: a copy of it stands beside these, or a place for it is empty."""
    step, terms = reading.steps[number], reading.sheet.terms
    fixed = step.gradients.keys() - {reading.sheet.updates[update] for update in step.moves} if step.moves else ()
    lines = {(update[0], axis, update[axis]) for update in step.moves for axis in (1, 2)}
    unread = [cell for cell in terms if not terms.readers.get(cell)]
    copies = {source(c, terms) for c in unread if any((c[0], axis, c[axis]) in lines for axis in (1, 2))}
    return not copies.isdisjoint(fixed)


def _typed_anew(table: CellTable, reading: Reading, before: Weights, own: Weights) -> Iterator[Address]:
    """Typed numbers in the place of a weight among updated ones that are not the number of the step before.

    They may have been pasted over formulas: a weight that nobody trains stays what it is.
    """
    number = reading.sheet.terms.number
    for place, cell in own.items():
        if cell in table.index and not table.is_formula(cell) and number(cell) != number(before[place]):
            yield cell


def _unread_numbers(table: CellTable, reading: Reading, right: AbstractSet[Address]) -> Iterator[Address]:
    """Typed numbers that no formula of a step reads, though they stand where results do; a total of them may.

    Each may have been pasted over a formula, one at the end of a line or all of it, or should be read instead of what
    is. Whole numbers may count steps; and what the last step does not need any more, the step before it reads.
    """
    stride = reading.stride
    terms = reading.sheet.terms
    of_steps = {cell for cell, own in terms.reads.items() if cell in right or any(read in terms for read in own)}
    of_steps |= reached(of_steps, terms.reads.__getitem__, among=terms.__contains__)
    read = {read for cell in of_steps for read in terms.reads[cell]} | made_of(table, reading)
    ranges = Precedents(table).ranges
    asked = (own for cell in of_steps if isinstance(terms[cell], Leaf) for own in ranges(cell))
    read |= {(own.sheet, own.top, own.left) for own in asked if own.size == 1}  # by which something is looked up
    places = {place_of(cell, stride) for cell in right if cell not in reading.sheet.updates} if stride else ()
    lines: dict[tuple[str, int], list[float]] = defaultdict(list)  # rows may be left out in one, as after each epoch
    for cell, number in table.typed_numbers.items():
        if stride and place_of(cell, stride) in places:
            lines[place_of(cell, stride[::-1])].append(number)
    for cell in table.addresses:
        if cell in read or cell in table.texts or cell in table.words:
            continue
        if stride is None or place_of(cell, stride) not in places:
            if _is_between(cell, right):
                yield cell
            continue
        before = offset(cell, stride, -1)
        if before in right or not (
            before in read or _may_count(terms.number(cell), lines[place_of(cell, stride[::-1])], reading)
        ):
            yield cell


def _is_between(cell: Address, cells: AbstractSet[Address]) -> bool:
    """Whether a cell stands between two of some others."""
    sheet, row, column = cell
    return {(sheet, row, column - 1), (sheet, row, column + 1)} <= cells or (
        {(sheet, row - 1, column), (sheet, row + 1, column)} <= cells
    )


def _may_count(number: float, line: Collection[float], reading: Reading) -> bool:
    """Whether a number may be that of a step: not in a line of 0 and 1, nor where outputs are compared with inputs."""
    are_answers = len(line) > 2 and {*line} <= {0.0, 1.0}
    return number.is_integer() and not are_answers and not _learns_itself(reading)


def _numbering(table: CellTable, reading: Reading, read: Collection[Address]) -> set[Address]:
    """The numbers of steps or samples; where outputs are compared with inputs, those that begin with 0 or 1."""
    found = table.numbering(read)
    if not _learns_itself(reading):
        return found
    first = {column: min(own for own in found if own[::2] == column) for column in {own[::2] for own in found}}
    return {own for own in found if reading.sheet.terms.number(first[own[::2]]) in {0, 1}}


def _learns_itself(reading: Reading) -> bool:
    """Whether outputs are compared with inputs."""
    samples = (sample for step in reading.steps for sample in step.truth.network.samples)
    return any({*sample.inputs} & {*sample.targets} for sample in samples)


def _handed_on_in_vain(reading: Reading, right: Container[Address]) -> Iterator[Address]:
    """Numbers that are copied, as from step to step, and that nothing computes with: a formula may leave them out.

    The numbers 1, 2, 3 … before the rows of a table count these.
    """
    terms = reading.sheet.terms
    copies = {cell: source(cell, terms) for cell in terms if cell in right and isinstance(terms[cell], Leaf)}
    used = {source(cell, terms) for reader, reads in terms.reads.items() if reader not in copies for cell in reads}
    idle = {origin for origin in copies.values() if origin not in terms and origin not in used}
    yield from (origin for origin in idle if not is_counted(origin, terms.number))


def _shows_one_twice(reading: Reading, right: Container[Address]) -> bool:
    """Whether a line that shows the last weights has one of them twice, and leaves another one out."""
    terms, updates = reading.sheet.terms, reading.sheet.updates
    last = updates.keys() - updates.values()
    found = {cell: shown_weight(cell, terms) for cell in terms if cell in right}
    copies = {cell: origin for cell, origin in found.items() if origin in last}
    left_out = last - {*copies.values()}
    return bool(left_out) and any(len({copies[c] for c in line}) < len(line) for line in by_line(copies).values())


def _of_other_steps(reading: Reading, right: Container[Address]) -> Iterator[bool]:
    """Whether a formula has the rate, or the number, of the very step that the formula before it in its line has.

    What is the same for all steps is read by all formulas of the line.
    """
    stride, sheet = reading.stride, reading.sheet
    if stride is None:
        return
    for cell in (c for c in sheet.terms if c in right and (c in sheet.updates or c in sheet.settings)):
        line = [offset(cell, stride, by) for by in (-2, -1, 1)]
        before = sheet.terms.reads.get(line[1], ())
        for read in set(sheet.terms.reads[cell]) & set(before) & sheet.settings:
            ends = [sheet.terms.reads[end] for end in (line[0], line[2]) if end in sheet.terms]
            in_a_step = place_of(read, stride) in {place_of(cell, stride), place_of(line[1], stride)}
            yield in_a_step and not (ends and all(read in reads for reads in ends))
