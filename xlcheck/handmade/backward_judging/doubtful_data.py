"""What a network seems to learn from and may not be meant to: data that are empty, mixed, pasted or made otherwise."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import sub

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address, Term, outline
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.backward.network_cells import is_datum
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.beside.preparation import counted_from
from xlcheck.handmade.beside.scaled_alike import scaled_otherwise, scales_in_part
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves, source
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import Lines, by_line
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_COUNTED = re.compile(r"INDEX\([^(),]+,(?!.*(?:MATCH|RAND))", re.IGNORECASE)
"""What is found by its number: neither by a word, nor at random."""


def odd_data(
    table: CellTable, reading: Reading, accepted: Collection[int], learning: Iterable[int]
) -> Iterator[tuple[Iterable[Address], str]]:
    """The inputs and targets that may not be meant, and what is to be said of them.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
        learning: those of them from which something is learnt.
    """
    empty = (cell for number in learning for cell in empty_data(table, reading, number))
    yield empty, "is an input or a target that is empty, or reads an empty cell"
    yield (
        doubtful_data(table, reading, accepted), "is an input or a target, and not made as the others in its line"
    )  # fmt: skip
    yield told_answers(reading, accepted), "is a target and an input of the same sample"
    partly = (cell for cell in {*reading.data} & table.texts.keys() if scales_in_part(cell, table))
    yield partly, "scales one of the numbers of which it takes exponentials, and not the next one"
    taken_again = "is looked up by no step, and another one in line with it is by several"
    yield passed_over(table, reading, accepted), taken_again
    yield out_of_row(table, reading, accepted), "is looked up for a sample whose inputs stand elsewhere in their line"


def doubtful_data(table: CellTable, reading: Reading, accepted: Collection[int]) -> Iterator[Address]:
    """Inputs and targets made otherwise than those in line with them; and typed ones that were pasted, it seems.

    A line of another worksheet holds the same numbers then, and nothing reads it.
    """
    terms = reading.sheet.terms
    samples = [sample for number in accepted for sample in reading.steps[number].truth.network.samples]
    kinds: dict[Address, set[object]] = defaultdict(set)
    for sample in samples:
        for name, cells in (("input", sample.inputs), ("target", sample.targets)):
            for number, cell in enumerate(cells):
                kinds[cell].add((name, number))
                kinds[source(cell, terms)].add((name, number))
    given = dict.fromkeys(cell for sample in samples for cell in (*sample.inputs, *sample.targets))
    copies = [cell for cell in table.texts if cell not in given and source(cell, terms) in given]
    made = sorted({*given, *copies, *(source(cell, terms) for cell in given)} & table.texts.keys())
    lines = Lines(made, table)
    yield from (cell for cell in made if lines.differs(cell) or lines.is_alone(cell))
    yield from made[:1] if any(scaled_otherwise(made, table)) else ()
    yield from _typed_where_others_read(table, reading, accepted)
    yield from _made_otherwise([(*sample.inputs, *sample.targets) for sample in samples], terms)
    yield from _of_other_columns(table, [(*sample.inputs, *sample.targets) for sample in samples])
    read = {cell for reads in terms.reads.values() for cell in reads}
    typed = {cell for cell in given if table.is_number(cell) and cell not in table.texts}
    unread = [cell for cell in table.addresses if cell not in table.words and cell not in read]
    numbers = {(line[0], tuple(map(terms.number, sorted(own)))) for line, own in by_line(unread).items()}
    for line, own in by_line((*given, *copies)).items():
        alone = [cell for cell in own if cell in typed]
        held = tuple(map(terms.number, sorted(alone)))
        parts = (row[k : k + len(held)] for name, row in numbers if name != line[0] for k in range(len(row)))
        counts_on = len({*map(sub, held[1:], held)}) == 1  # as steps and samples are numbered
        is_pasted = len({*held}) > 1 and not counts_on and held in parts
        if is_pasted or any(_are_mixed(kin, table, terms.reads) for kin in _of_one_kind(own, kinds, terms)):
            yield own[0]


def told_answers(reading: Reading, accepted: Collection[int]) -> Iterator[Address]:
    """The targets that are inputs of their own sample, unless all are, as those of an autoencoder.

    Args:
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
    """
    for number in accepted:
        for sample in reading.steps[number].truth.network.samples:
            inputs, targets = {*sample.inputs}, {*sample.targets}
            yield from (inputs & targets) if inputs != targets else ()


def passed_over(table: CellTable, reading: Reading, accepted: Collection[int]) -> Iterator[Address]:
    """The numbers of a line of data that no step looks up by its own number, where others are looked up again.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
    """
    _, taken = _looked_up(table, reading, accepted)
    for area, counts in taken.items():
        line = [(area.sheet, *place) for place in area.cells()]
        if max(counts.values()) > 1 and counts.keys() <= {*line}:
            yield from (own for own in line if own not in counts and table.is_number(own))


def out_of_row(table: CellTable, reading: Reading, accepted: Collection[int]) -> Iterator[Address]:
    """The targets that are looked up elsewhere in their line than the inputs of their sample in as long a one.

    What a series goes on with is a number of the line in which its inputs stand.

    Args:
        table: the cells.
        reading: the sheet as training steps.
        accepted: numbers of the steps that are certain.
    """
    samples, taken = _looked_up(table, reading, accepted)
    places = {cell: (area, offset_between((area.sheet, area.top, area.left), cell))
              for area, counts in taken.items() for cell in counts}  # fmt: skip
    for inputs, targets in samples:
        lines = {places[cell][0]: places[cell][1] for cell in inputs if cell in places}
        for cell in (own for own in targets if own in places and places[own][0] not in lines):
            area, place = places[cell]
            if any((own.rows, own.columns) == (area.rows, area.columns) and at != place for own, at in lines.items()):
                yield cell


def _looked_up(
    table: CellTable, reading: Reading, accepted: Collection[int]
) -> tuple[list[tuple[Sequence[Address], Sequence[Address]]], Mapping[Range, Counter[Address]]]:
    """The inputs and targets of each sample where they are found; and what is found in each line by its number."""
    terms, taken = reading.sheet.terms, defaultdict[Range, Counter[Address]](Counter)
    given = [own for number in accepted for own in reading.steps[number].truth.network.samples]
    data = {cell for own in given for cell in (*own.inputs, *own.targets)}
    for cell, text in table.texts.items():
        area = cut(text).refs[0].area(cell[0]) if _COUNTED.match(text) else None
        found = source(terms.fetched(cell), terms)
        if area is not None and 1 in {area.rows, area.columns} and not data.isdisjoint((cell, found)):
            taken[area][found] += 1

    def sources(cells: Sequence[Address]) -> list[Address]:
        return [source(terms.fetched(source(cell, terms)), terms) for cell in cells]

    return [(sources(own.inputs), sources(own.targets)) for own in given], taken


def _made_otherwise(samples: Sequence[Sequence[Address]], terms: CellTerms) -> Iterator[Address]:
    """What is made within formulas otherwise than the same of other samples, or of a number that these do not share.

    What several samples read is the same for all of them, as the number by which all inputs are divided.
    """
    for kin in (kin for kin in zip(*samples, strict=False) if any(map(is_datum, kin))):
        made = {cell: leaves(terms[cell]) if is_datum(cell) else (cell,) for cell in kin}
        kinds = {outline(terms[cell], lambda _: "") if is_datum(cell) else "" for cell in made}
        read = Counter(cell for cells in made.values() for cell in cells)
        own = [[cell for cell in sorted(cells) if read[cell] == 1] for cells in made.values()]
        shared = all(count in {1, len(made)} for count in read.values()) and len({*map(len, own)}) == 1
        in_line = all(len({c[:2] for c in line}) == 1 or len({c[::2] for c in line}) == 1
                      for line in zip(*own, strict=False))  # fmt: skip
        if len(kinds) > 1 or not shared or not in_line:
            yield min(read)


def _typed_where_others_read(table: CellTable, reading: Reading, accepted: Collection[int]) -> Iterator[Address]:
    """Typed targets that are the very numbers that other steps with the same inputs look up: they were pasted."""
    terms, targets = reading.sheet.terms, defaultdict[tuple[Address, ...], set[tuple[Address, ...]]](set)
    for sample in (own for number in accepted for own in reading.steps[number].truth.network.samples):
        targets[sample.inputs].add(sample.targets)
    several = [own for own in targets.values() if len(own) > 1]
    if all(len({tuple(map(terms.number, cells)) for cells in own}) == 1 for own in several):
        for own in several:
            typed = [cells for cells in own if not any(map(table.is_formula, cells))]
            yield from (cells[0] for cells in typed if len(typed) < len(own))


def _of_other_columns(table: CellTable, samples: Sequence[Sequence[Address]]) -> Iterator[Address]:
    """Data looked up in another column than the same of most samples, where each sample is a row; or turned."""
    places = {cell: (ref.sheet, ref.top, ref.left) for cell in {cell for own in samples for cell in own}
              for ref in cut(table.texts.get(cell, "")).refs[:1]}  # fmt: skip
    rows = [own for own in samples if all(cell in places for cell in own)]
    for axis in (1, 2):
        lines = [{places[cell][axis] for cell in own} for own in rows]
        across = [{places[cell][3 - axis] for cell in own} for own in rows]
        if 2 * sum(len(a) == len(own) > len(b) for a, b, own in zip(lines, across, rows, strict=True)) > len(rows) > 2:
            for kin in zip(*rows, strict=False):
                own = {cell: (places[cell][0], places[cell][axis]) for cell in kin}
                usual, count = Counter(own[cell] for cell in kin).most_common(1)[0]
                yield from (cell for cell in kin if 2 * count > len(kin) and own[cell] != usual)


def _of_one_kind(
    line: Sequence[Address], kinds: Mapping[Address, Collection[object]], terms: Mapping[Address, Term]
) -> Iterator[list[Address]]:
    """The cells of a line that are the same input of several samples, or the same target."""
    of = {cell: kinds[source(cell, terms)] for cell in line}
    for kind in {kind for own in of.values() for kind in own}:
        yield [cell for cell in line if kind in of[cell]]


def _are_mixed(line: Sequence[Address], table: CellTable, reads: Mapping[Address, Collection[Address]]) -> bool:
    """Whether numbers are typed among formulas that do not read them."""
    formulas = [cell for cell in line if cell in table.texts]
    is_read = any({*line} & {*reads.get(cell, ())} for cell in formulas)
    return 1 < len(formulas) < len(line) and not is_read


def empty_data(table: CellTable, reading: Reading, number: int) -> Iterator[Address]:
    """The inputs and targets of a step that are empty, or read an empty cell: another one may have been meant."""
    samples, terms = reading.steps[number].truth.network.samples, reading.sheet.terms
    precedents = Precedents(table)
    data = {cell for sample in samples for cell in (*sample.inputs, *sample.targets)}
    for cell in {own for datum in data for own in _written(datum, terms)}:
        is_made = cell in table.texts and cell not in terms
        made = {*precedents.of(cell)} - counted_from(cell, table) if is_made else ()
        if cell not in table.index or any(read not in table.index for read in made):
            yield cell


def made_of(table: CellTable, reading: Reading) -> set[Address]:
    """What inputs and targets are made of."""
    terms = reading.sheet.terms
    made = {source(own, terms) for cell in reading.data for own in _written(cell, terms)}
    within = {own for cell in reading.data if is_datum(cell) for own in _written(cell, terms)}
    return reached(made & table.texts.keys(), Precedents(table).of) | within


def _written(cell: Address, terms: CellTerms) -> Sequence[Address]:
    """An input or a target, or what it is made of within a formula."""
    return leaves(terms[cell]) if is_datum(cell) else (cell,)
