"""What somebody may have meant to type in a training: formulas with one reference, sign or rounding otherwise.

Formulas that were filled from one another are changed together. A reference is exchanged for a cell that is read less
often than the one that it names, as whoever slips leaves the right cell unread; or for one that its neighbours name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, product

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.rounding import rounded_whole
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.formulas.shapes import moved, skeleton, with_operands_moved
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line, lines_of
from xlcheck.handmade.reading.offsets import Offset, are_in_line, distance, offset, offset_between, run_from
from xlcheck.handmade.reading.reached import in_turn

Edit = Mapping[Address, str]
"""Cell → the formula that it may be meant to hold."""


_FAR, _FEW, _WIDE = 3, 2, 60
_MOST = 1_000
"""Cells of a range that are looked at one by one."""
_SIGN = re.compile(r"(?<=[\w)\s])\s*([-+]|<(?!>)|(?<!<)>)")
_TURNED = {"+": "-", "-": "+", "<": ">", ">": "<"}


def idle_cells(table: CellTable) -> set[Address]:
    """The cells that nobody reads but those into which they go on along their line, and that nobody else reads, either.

    A weight is one that is learnt at each step, and with which nothing is computed. Numbers of lines are none.

    Args:
        table: the cells.
    """
    readers: dict[Address, set[Address]] = defaultdict(set)
    for cell, text in table.texts.items():
        for read in chain.from_iterable(named_cells(cell, text)):
            readers[read].add(cell)
    idle = set[Address]()

    def goes_on(cell: Address, reader: Address) -> bool:
        is_one = table.fills(cell, reader) if cell in table.texts else bool(readers.get(reader))
        return reader in idle and are_in_line(cell, reader) and is_one

    for cell in in_turn((*table.texts, *table.typed_numbers), lambda own: readers.get(own, ())):
        if all(goes_on(cell, reader) for reader in readers.get(cell, ())):
            idle.add(cell)
    return idle - table.numbering(readers.keys())


def named_cells(cell: Address, text: str) -> Iterator[list[Address]]:
    """The cells of each reference of a formula, as far as these are not very many.

    Args:
        cell: where it stands.
        text: the formula.
    """
    areas = (ref.area(cell[0]) for ref in cut(text).refs)
    yield from ([(area.sheet, *place) for place in area.cells()] for area in areas if area.size <= _MOST)


class Slips:
    """The edits of a sheet, those first that seem likelier.

    Args:
        table: the cells.
        terms: what they compute.
        stride: how far the next step is away, if that is known.
        suspects: the cells that may be wrong.
        idle: those with which nobody computes.
    """

    def __init__(
        self,
        table: CellTable,
        terms: CellTerms,
        stride: Offset | None,
        suspects: Collection[Address],
        idle: Collection[Address],
    ) -> None:
        self._table, self._terms, self._suspects, self._idle = table, terms, sorted(suspects), idle
        self._seen: set[tuple[tuple[Address, str], ...]] = set()
        self._strides = [] if stride is None else [stride, (-stride[0], -stride[1])]
        self._readers = {cell: len(own) for cell, own in terms.readers.items()}
        self._lines = by_line(sorted(table.texts))

    def by_likelihood(self) -> Iterator[Iterator[Edit]]:
        """The edits of each kind, the likeliest kind first."""
        yield self._new(self._unrounded)
        yield self.of_idle()
        for way in (self._as_a_step_away, self._signs, self._as_beside, self._read_less):
            yield self._new(way)

    def of_idle(self) -> Iterator[Edit]:
        """Those that have formulas read cells with which nobody computes."""
        return self._new(self._of_idle)

    def as_a_step_away(self) -> Iterator[Edit]:
        """Those that have formulas read what the same ones beside them, or at the next step, read there."""
        return self._new(self._as_a_step_away)

    def filled_from_beside(self) -> Iterator[Edit]:
        """Those that have formulas as a program fills them there from one beside them."""
        return self._new(self._from_beside)

    def _new(self, way: Callable[[Address], Iterator[Edit]]) -> Iterator[Edit]:
        """The edits of a kind that change something and were not tried before."""
        for cell in self._suspects:
            for edit in way(cell):
                key = tuple(sorted(edit.items()))
                if key not in self._seen and all(self._table.texts.get(c) != text for c, text in edit.items()):
                    self._seen.add(key)
                    if all(self._reads_numbers(c, text) for c, text in edit.items()):
                        yield edit

    def _reads_numbers(self, cell: Address, text: str) -> bool:
        """Whether all single cells that a formula names, but those that the one there names today, hold numbers."""
        old = {ref[:6] for ref in cut(self._table.texts.get(cell, "")).refs}
        new = (ref.area(cell[0]) for ref in cut(text).refs if ref.kind == "cell" and ref[:6] not in old)
        return all(self._terms.holds_number((area.sheet, area.top, area.left)) for area in new)

    def _alike(self, cell: Address) -> Iterator[list[Address]]:
        """A cell and those in its row, or its column, that do the same; and the cell alone. An array formula is one."""
        text, area = self._table.texts.get(cell), self._table.arrays.get(cell)
        if area is not None:
            yield [own for own, its in self._table.arrays.items() if own[0] == cell[0] and its == area]
            return
        for own in lines_of(cell) if text is not None else ():
            line = self._lines[own][:_WIDE]
            yield [other for other in line if skeleton(self._table.texts[other]) == skeleton(text or "")]
        yield [cell]

    def _of_idle(self, cell: Address) -> Iterator[Edit]:
        """A number with which nobody computes, in the place of another one; or any number in the place of none."""
        for number, by, old, new in self._exchanges(cell):
            if new in self._idle or not self._readers.get(new) or not self._terms.holds_number(old):
                yield from self._with(cell, number, by)

    def _read_less(self, cell: Address) -> Iterator[Edit]:
        """A number that is read less often, in the place of another one."""
        for number, by, old, new in self._exchanges(cell):
            if 0 < self._readers.get(new, 0) <= self._readers.get(old, 0):
                yield from self._with(cell, number, by)

    def _as_a_step_away(self, cell: Address) -> Iterator[Edit]:
        """One reference as the same formula has it at the step before or after, where it moves with it or stays.

        Or as the next one has it that does the same in its row or column, as for another unit.
        """
        own = self._table.texts.get(cell, "")
        for away in dict.fromkeys((*self._strides, *self._next_alike(cell))):
            other = self._table.texts.get(offset(cell, away, -1), "")
            if own and skeleton(own) == skeleton(other):
                for number, (ref, its) in enumerate(zip(cut(own).refs, cut(other).refs, strict=True)):
                    for by in (away, (0, 0)):
                        far = its.top + by[0] - ref.top, its.left + by[1] - ref.left
                        new = offset((ref.area(cell[0]).sheet, ref.top, ref.left), far)
                        yield from self._with(cell, number, far) if any(far) and self._terms.holds_number(new) else ()

    def _exchanges(self, cell: Address) -> Iterator[tuple[int, Offset, Address, Address]]:
        """Reference, distance, the cell that it names, and the one that may be meant."""
        for number, ref in enumerate(cut(self._table.texts.get(cell, "")).refs):
            area = ref.area(cell[0])
            far = range(1, _FAR + 1) if ref.kind == "cell" else (1,)
            near = [by for steps in far for by in ((steps, 0), (0, steps), (-steps, 0), (0, -steps))]
            for by in dict.fromkeys((*self._strides, *near)):
                old, new = (area.sheet, area.top, area.left), (area.sheet, area.top + by[0], area.left + by[1])
                if new != cell and self._terms.holds_number(new):
                    yield number, by, old, new

    def _with(self, cell: Address, number: int, by: Offset) -> Iterator[Edit]:
        """A formula with one reference so far away, or with each that names the same cell.

        Those in line go along that do the same, and whose reference stands in the same way to them.
        """
        own = cut(self._table.texts[cell]).refs
        same = tuple(k for k, ref in enumerate(own) if ref[:6] == own[number][:6])
        away = self._away(cell, number)
        groups = list[list[Address]]()
        for alike in self._alike(cell):
            others = {other: self._away(other, number) for other in alike}
            is_one = cell in self._table.arrays
            groups.append([o for o, its in others.items() if is_one or all(its[k] == away[k] for k in (0, 1) if by[k])])
        for group in sorted(groups, key=len, reverse=True):  # of what was filled from one, all is wrong
            for numbers in dict.fromkeys(((number,), same)):
                yield from self._each(group, partial(with_operands_moved, numbers=numbers, away=by))

    def _away(self, cell: Address, number: int) -> Offset:
        """How far a reference is away from its cell."""
        ref = cut(self._table.texts[cell]).refs[number]
        return ref.top - cell[1], ref.left - cell[2]

    def _unrounded(self, cell: Address) -> Iterator[Edit]:
        for group in self._alike(cell):
            yield from self._each(group, lambda text: (rounded_whole(text) or (None,))[0])

    def _signs(self, cell: Address) -> Iterator[Edit]:
        """One sign turned round."""
        for number in range(len(_SIGN.findall(self._table.texts.get(cell, "")))):
            for group in self._alike(cell):
                yield from self._each(group, partial(_turned, number=number))

    def _each(self, group: Sequence[Address], change: Callable[[str], str | None]) -> Iterator[Edit]:
        edit = {cell: change(self._table.texts[cell]) for cell in group if cell in self._table.texts}
        if edit and None not in edit.values():
            yield {cell: text for cell, text in edit.items() if text is not None}

    def _as_beside(self, cell: Address) -> Iterator[Edit]:
        """What a formula in line would be here, where it does something else; each of its references moved or not."""
        for away in dict.fromkeys(self._sources(cell)):
            for group in self._alike(cell) if cell in self._table.texts else self._typed_from(cell, away):
                sources = [offset(c, away, -1) for c in group]
                if not {*sources} & {*group} and all(own in self._table.texts for own in sources):
                    texts = [list(self._filled(self._table.texts[own], own[0], away)) for own in sources]
                    edits = (dict(zip(group, own, strict=True)) for own in zip(*texts, strict=False))
                    yield from filter(self._computes, edits) if cell not in self._table.texts else edits

    def _from_beside(self, cell: Address) -> Iterator[Edit]:
        """What a formula in line becomes here where it is filled, here and in those that do the same."""
        for away in dict.fromkeys(self._next_to(cell)) if cell in self._table.texts else ():
            for group in self._alike(cell):
                sources = [offset(c, away, -1) for c in group]
                texts = [moved(self._table.texts[own], *away) for own in sources if own in self._table.texts]
                edit = {c: text for c, text in zip(group, texts, strict=False) if text is not None}
                if len(edit) == len(group) == len(texts) and not {*sources} & {*group}:
                    yield edit

    def _computes(self, edit: Edit) -> bool:
        """Whether formulas that stand for typed numbers would be computed from others: not those of data."""
        return all(
            any((ref.area(cell[0]).sheet, ref.top, ref.left) in self._table.texts for ref in cut(text).refs)
            or len(cut(text).refs) > 2
            for cell, text in edit.items()
        )

    def _typed_from(self, cell: Address, away: Offset) -> Iterator[list[Address]]:
        """A typed number, alone and with those after it in its row or column for which formulas stand as far away."""
        yield [cell]
        for by in ((1, 0), (0, 1)):
            run = run_from(cell, by, lambda after: self._is_typed_over(after, away))
            if len(run) > 1:
                yield run

    def _is_typed_over(self, cell: Address, away: Offset) -> bool:
        source = offset(cell, away, -1)
        return cell in self._table.typed_numbers and source in self._table.texts

    def _sources(self, cell: Address) -> Iterator[Offset]:
        """How far away the next formulas in the row and in the column stand that do something else, and by strides."""
        does = skeleton(self._table.texts[cell]) if cell in self._table.texts else None
        for away in self._next_to(cell):
            if skeleton(self._table.texts[offset(cell, away, -1)]) != does:
                yield away
        for stride in self._strides:
            other = offset(cell, stride, -1)
            if other in self._table.texts and skeleton(self._table.texts[other]) != does:
                yield stride

    def _next_to(self, cell: Address) -> Iterator[Offset]:
        """How far away the next formulas in the row and in the column stand."""
        for own in lines_of(cell):
            line = self._lines.get(own, ())
            for side in ([c for c in reversed(line) if c < cell], [c for c in line if c > cell]):
                near = next((c for c in side if distance(c, cell) <= _FAR), None)
                if near is not None:
                    yield offset_between(near, cell)

    def _next_alike(self, cell: Address) -> Iterator[Offset]:
        """How far away the next formulas in the row and in the column stand that do the same."""
        does = skeleton(self._table.texts.get(cell, ""))
        for own in lines_of(cell):
            line = [c for c in self._lines.get(own, ()) if skeleton(self._table.texts[c]) == does]
            for side in ([c for c in reversed(line) if c < cell], [c for c in line if c > cell]):
                yield from (offset_between(near, cell) for near in side[:1])

    def _filled(self, text: str, sheet: str, away: Offset) -> Iterator[str]:
        """A formula so far away: all references moved, those that come to numbers which are read less, each or not."""
        refs = cut(text).refs
        ways = [tuple(range(len(refs)))]
        ways.append(tuple(k for k, ref in enumerate(refs) if self._is_read_less(ref, sheet, away)))
        if len(refs) <= _FEW:
            ways += [tuple(k for k, own in enumerate(way) if own) for way in product((True, False), repeat=len(refs))]
        for way in dict.fromkeys(ways):
            if (found := with_operands_moved(text, way, away)) is not None:
                yield found

    def _is_read_less(self, ref: Ref, sheet: str, away: Offset) -> bool:
        area = ref.area(sheet)
        old, new = (area.sheet, area.top, area.left), (area.sheet, area.top + away[0], area.left + away[1])
        return self._terms.holds_number(new) and self._readers.get(new, 0) < self._readers.get(old, 0)


def _turned(text: str, number: int) -> str | None:
    """A formula with one of the signs between its operands turned round, or what it compares with."""
    signs = list(_SIGN.finditer(text))
    if number >= len(signs):
        return None
    start, end = signs[number].span(1)
    return text[:start] + _TURNED[text[start]] + text[end:]
