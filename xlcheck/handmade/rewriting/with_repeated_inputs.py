"""Worksheets on which numbers are typed once for each formula that reads them, as if they were typed once.

Who gives each gate a row of its own, with all that it reads, types the input and the first state into each of them; and
who lists all edges of a network types an input once for each edge. Here the first of them is the input, and the others
repeat it, as a table of weights repeats another one that holds the same; what is said of them is put back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from operator import eq

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.cells import CellTable, address_of
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.offsets import Offset, are_in_line, offset, run_from
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult

_Read = Sequence[Sequence[Address]]
"""The cells of each range that a formula names."""
_FEWEST = 3
"""Numbers of a table that are not the same, so that another one with all of them is no chance."""
_LARGE = 1_000
"""Cells of a range that are looked at, each by itself."""
_MOST = 4_000
"""Formulas; nobody types numbers again for each of more."""


@dataclass(frozen=True)
class WithRepeatedInputs(Rewritten):
    """Some worksheets on which each input is typed once.

    Attributes:
        repeated: typed number → the first one of those that are the same input.
    """

    repeated: Mapping[Address, Address]

    @property
    def changed(self) -> set[Address]:
        """The formulas that read such a number."""
        readers = (self.original.precedents.readers(cell) for cell in self.repeated)
        return {own for several in readers for own in several}

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed for a number that stands for another one."""
        return blamed(found).keys().isdisjoint(self.repeated)

    def _part(self, part: Part) -> Part:
        results = [own for own in part.results if isinstance(own, CellResult)]
        left = [own for own in results if address_of(own.sheet, own.cell) not in self.repeated]
        held = {cell: name for cell, name in part.held.items() if cell not in self.repeated}
        apart = len(part.held) - len(held) if part.held else len(self.repeated)  # of a training nothing is said
        return replace(
            part, results=left, held=held, formula_cells=part.formula_cells - apart,
            checked=part.checked - apart + len(results) - len(left),
        )  # fmt: skip

    def _abstention(self, left: Abstention) -> Abstention:
        return replace(super()._abstention(left), cells=[cell for cell in left.cells if cell not in self.repeated])


def with_repeated_inputs(part: SheetGroup, answers: Answers) -> WithRepeatedInputs | None:
    """Some worksheets on which an input that several units have typed is typed once; None if there is none.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    if not answers.engine.takes_formulas or len(part.table.texts) > _MOST:
        return None
    found = repeated_inputs(part, part.terms) | repeated_tables(part.table)
    new = rewritten(part, answers, {cell: cell_name(*one[1:]) for cell, one in found.items()}, {}) if found else None
    return None if new is None else WithRepeatedInputs(*new, part, found)


def repeated_inputs(part: SheetGroup, terms: CellTerms) -> dict[Address, Address]:
    """Typed number → the first one that is the same input, and stands in line with it.

    Units that read the same are formulas of one kind, one behind the other, of which each has weights of its own.

    Args:
        part: the worksheets.
        terms: what the formulas compute.
    """
    found: dict[Address, Address] = {}
    typed = part.table.typed_numbers
    for line in _filled(part.table):
        read = [[_cells(area, cell, part.table) for area in part.precedents.ranges(cell)] for cell in line]
        for (first, *others), same in _reading_the_same(read, typed, terms):
            pairs = chain(*(zip(first[number], own[number], strict=True) for own in others for number in same))
            found |= {b: a for a, b in pairs if b in typed and are_in_line(a, b)}
    return found


def _reading_the_same(
    read: Sequence[_Read], typed: Mapping[Address, float], terms: CellTerms
) -> Iterator[tuple[Sequence[_Read], set[int]]]:
    """What formulas in a line read that have some ranges in the same place of their texts which hold the same for all.

    Those are given by their numbers. A range that two of them share says that they are samples, and not units.
    """
    group: list[_Read] = []
    same = set[int]()
    for own in read:
        more = _alike(group[0], own, typed, terms) if group else set[int]()
        more &= same if len(group) > 1 else more
        if more and len(more) < len(own) and not any(map(eq, group[-1], own)):
            group, same = [*group, own], more
            continue
        yield from ((group, same),) if same else ()
        group, same = [own], set()
    yield from ((group, same),) if same else ()


def repeated_tables(table: CellTable) -> dict[Address, Address]:
    """Typed number → that in the same place of the first of several rows, or columns, of typed numbers that are equal.

    Args:
        table: the cells.
    """
    found: dict[Address, Address] = {}
    for step in ((0, 1), (1, 0)):
        first: dict[tuple[str, tuple[float, ...]], Sequence[Address]] = {}
        for run in _runs(table, step):
            half = len(run) // 2
            numbers = [table.typed_numbers[cell] for cell in run]
            twice = len(run) % 2 == 0 and numbers[:half] == numbers[half:]
            for own in (run[:half], run[half:]) if twice else (run,):
                held = tuple(table.typed_numbers[cell] for cell in own)
                if len({*held}) >= _FEWEST and not all(map(float.is_integer, held)):
                    other = first.setdefault((own[0][0], held), own)
                    if other is not own:
                        found |= {b: a for a, b in zip(other, own, strict=True)}
    return {b: a for b, a in found.items() if a not in found}


def _runs(table: CellTable, step: Offset) -> Iterator[Sequence[Address]]:
    for cell in sorted(table.typed_numbers):
        if offset(cell, step, -1) not in table.typed_numbers:
            yield run_from(cell, step, table.typed_numbers.__contains__)


def _filled(table: CellTable) -> Iterator[Sequence[Address]]:
    """The formulas of one kind that stand one behind the other, whatever they read."""
    kinds = {cell: skeleton(text) for cell, text in table.texts.items()}
    for step in ((1, 0), (0, 1)):
        for cell, kind in sorted(kinds.items()):
            if kinds.get(offset(cell, step, -1)) != kind:
                line = run_from(cell, step, partial(_is_of_kind, kinds, kind))
                yield from (line,) if len(line) > 1 else ()


def _is_of_kind(kinds: Mapping[Address, str], kind: str, cell: Address) -> bool:
    return kinds.get(cell) == kind


def _cells(area: Range, cell: Address, table: CellTable) -> Sequence[Address]:
    return table.cells_in(area, cell[0]) if area.size <= _LARGE else []


def _alike(one: _Read, other: _Read, typed: Mapping[Address, float], terms: CellTerms) -> set[int]:
    """The ranges, by their number, that hold the same: copies of the same cells, and typed numbers that are equal."""

    def held(cells: Sequence[Address]) -> Sequence[Hashable]:
        return [typed.get(cell, source(cell, terms)) for cell in cells]

    both = zip(one, other, strict=True) if len(one) == len(other) else ()
    return {number for number, (a, b) in enumerate(both) if held(a) == held(b)}
