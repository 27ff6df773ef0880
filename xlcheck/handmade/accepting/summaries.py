"""Numbers beside a network that sum up what it says of all samples: each is compared with what such numbers are.

The engine is asked what they are if the samples are others: inputs, targets and words change their places, and numbers
a little. What is then each time a known statistic of whole columns is one, however it is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.errors import EngineError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.beside.measures import LOSS
from xlcheck.handmade.beside.showing import bends
from xlcheck.handmade.beside.statistics import IF_NOTHING_CHANGES, Column, Columns, is_called, names_in
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.networks.formula_text import numbers_in_text
from xlcheck.handmade.reading.cells import CellValues, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.lines import by_line
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between, run_from
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_DRAWS = 4
_FEWEST, _MOST = 4, 1_000
"""Samples of a network whose results are summed up; of fewer, several statistics are the same number."""
_MOST_LEFT, _MOST_COLUMNS, _MOST_CONSTANTS = 100, 60, 12
"""Formulas without a verdict, columns of a table, and numbers in the history of a formula."""
_MOST_APART = 200
"""Samples of which it is looked for what each of them is given elsewhere."""
_FEW = 6
"""Values of a column of classes."""
_CLOSE = 1e-9
_NOISE = 0.2
"""How much of their spread numbers change."""
_Line = tuple[Address, ...]


@dataclass
class Summaries:
    """The numbers that sum up what the networks of some worksheets say of all samples.

    Attributes:
        part: the worksheets.
        answers: what they compute.
        layers: their layers.
        left: formulas that belong to no layer, and of which nobody knows yet what they compute.
    """

    part: SheetGroup
    answers: Answers
    layers: Arrangement
    left: Collection[Address]

    def among_left(self) -> set[Address]:
        """The formulas of which nobody knows yet that are such numbers, and those that lead to these alone."""
        if not 0 < len(self.left) <= _MOST_LEFT:
            return set()
        names = {cell: [name for table in self._tables for name in table.called(cell)] for cell in self.left}
        found = {cell for cell, own in names.items() if any(not name.endswith(IF_NOTHING_CHANGES) for name in own)}
        if rest := {cell: own for cell, own in names.items() if own and cell not in found}:
            known = {name + IF_NOTHING_CHANGES for name in self._known(found)}
            found |= {cell for cell, own in rest.items() if not known.isdisjoint(own)}
        readers, among = self.part.precedents.readers, {*self.left}
        behind = {cell for cell in reached(found, self.part.precedents.of) & among if cell not in found}
        while others := {cell for cell in behind if not {*readers(cell)} <= found | behind}:
            behind -= others
        return found | behind

    def _known(self, found: Collection[Address]) -> set[str]:
        """The names of some statistics, and of what stands beside the layers and the columns of samples."""
        apart = {*self.layers.own, *(cell for table in self._tables for line in table.lines for cell in line)}
        beside = self.part.table.texts.keys() - apart
        cells = {*found, *(beside if len(beside) <= _MOST_LEFT else ())}
        return {name for cell in cells for table in self._tables for name in table.names(cell)}

    def misnamed(self, spare: Collection[Address]) -> Iterator[str]:
        """Why a number may be another one than it is called, in a sentence each.

        Args:
            spare: formulas that need no verdict; losses of layers are looked at, too.
        """
        losses = [own.loss for own in self.layers.layers if own.loss is not None]
        measures = [cell for own in losses for cell in (*own.at.values(), own.mean) if cell is not None]
        ends = [cell for cell in (*spare, *measures) if not self.part.precedents.readers(cell)]
        for cell in ends if len(ends) <= _MOST_LEFT else ():
            known = self.part.table  # above a blank row begins something else
            words = f"{known.next_word(cell, above=False)} {known.next_word(cell, above=True, over_blanks=False)}"
            is_named = names_in(words) or LOSS.search(words)
            names = [name for table in self._tables for name in table.names(cell)] if is_named else []
            if names and not any(is_called(name, words) for name in names):
                yield f"{show(cell)} is called {words.strip()!r} and is the {names[0]}"

    @cached_property
    def _tables(self) -> list[_Table]:
        known = self.part, self.answers, self.layers, self.left
        return [
            _Table(*known, line, [own for own in lines if len(own) == len(line) and are_in_line(own[0], line[0])])
            for lines in _results(self.layers)
            for line in lines
        ]


def _results(layers: Arrangement) -> Iterator[Sequence[_Line]]:
    """What each of the last layers says of all samples, unit by unit, where these stand in one line."""
    for layer in layers.all_layers:
        own = layer.results if isinstance(layer, PlainCells) else _outputs(layers, layer.reading)
        if any(reader in layers.own and reader not in layer.own for cell in own.values() for reader in
               layers.reads.readers.get(cell, ())):  # fmt: skip
            continue
        samples = {number for number, _ in own}
        kinds = {u for _, u in own} if len(samples) > 1 else samples  # of one sample, units may be meant as samples
        runs = (_runs([cell for at, cell in own.items() if at[len(samples) > 1] == kind]) for kind in sorted(kinds))
        yield [longest for run in runs if _FEWEST <= len(longest := max(run, key=len)) <= _MOST]


def _outputs(layers: Arrangement, reading: Reading) -> Mapping[tuple[int, int], Address]:
    return {at: cell_of(layers.forms.source(atom)) for at, atom in outputs(reading).items()}


def _runs(cells: Collection[Address]) -> Iterator[_Line]:
    """The cells that stand behind one another in a row or column, each as far from the one before it."""
    for line in by_line(sorted({*cells})).values():  # one cell may hold what several samples have
        by = offset_between(*line[:2]) if len(line) > 1 else (1, 1)
        yield tuple(run_from(line[0], by, line.__contains__))


@dataclass
class _Table:
    """The columns beside the results of a network, one row a sample; or the rows, one column a sample.

    Attributes:
        part: the worksheets.
        answers: what they compute.
        layers: the layers.
        left: formulas of which nobody knows yet what they compute.
        results: what the network says of each sample.
        units: the same of all units of its last layer, these among them.
    """

    part: SheetGroup
    answers: Answers
    layers: Arrangement
    left: Collection[Address]
    results: _Line
    units: Sequence[_Line]
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(20))

    def called(self, cell: Address) -> list[str]:
        """The names of the statistics of whole columns that a formula is under each draw and may be called."""
        words = " ".join(self.part.table.next_words(cell))
        return [name for name in self.names(cell) if is_called(name, words)]

    def names(self, cell: Address) -> list[str]:
        """The names of the statistics of whole columns that a formula is under each draw."""
        held = np.array([values.numbers[self.part.table.index[cell]] for values in self._draws])
        if len(held) <= 1 or not np.isfinite(held).all() or self._columns is None:
            return []
        with np.errstate(all="ignore"):
            found = self._columns.statistics(self._constants(cell))
            return [name for name, own in found if np.allclose(held, own, rtol=_CLOSE, atol=_CLOSE)]

    def _constants(self, cell: Address) -> set[float]:
        """The numbers in a formula and in those it is made of, and the typed numbers that these read."""
        table, samples = self.part.table, {own for line in self.lines for own in line}
        leading = [cell, *reached([cell], self.part.precedents.of, through=lambda own: own not in samples)]
        texts = dict.fromkeys(text for own in leading if (text := table.texts.get(own)))
        texts |= dict.fromkeys(table.texts[line[0]] for line in self.lines if line[0] in table.texts)
        found = {number for text in texts for number in numbers_in_text(text)}
        alone = {own for own in leading if own in table.typed_numbers and own not in samples}
        found |= {table.typed_numbers[own] for own in alone}
        return found if len(found) <= _MOST_CONSTANTS else set()

    @cached_property
    def lines(self) -> list[_Line]:
        """The columns beside the results, these among them, that hold something for every sample."""
        table = self.part.table
        _, row, column = self.results[0]
        used = [cell[1:] for cell in table.addresses if cell[0] == self.results[0][0]]
        is_column = self.results[1][2] == column
        shifts = {(0, at - column) if is_column else (own - row, 0) for own, at in used}
        lines = (tuple(offset(cell, own) for cell in self.results) for own in sorted(shifts)[:_MOST_COLUMNS])
        return [own for own in lines if all(cell in table.index for cell in own)]

    @cached_property
    def _draws(self) -> list[CellValues]:
        """What all cells hold today, and if the samples are others."""
        effort.require_time()
        table, typed = self.part.table, [own for own in self.lines if not any(map(self.part.table.is_formula, own))]
        typed += self._typed_elsewhere({cell for line in typed for cell in line})
        try:
            session = self.answers.sessions.saved()
            draws = [table.recalculate(session)]
            for _ in range(_DRAWS):
                for line in typed:
                    self._draw(session, line)
                draws.append(table.recalculate(session))
        except EngineError:
            return []
        places = [table.index[cell] for cell in self.results]
        return draws if len({draw.numbers[places].tobytes() for draw in draws}) == len(draws) else []

    def _typed_elsewhere(self, known: set[Address]) -> list[_Line]:
        """What is typed of each sample in other places: what columns beside the results repeat, and what it is given.

        Args:
            known: what is typed beside the results.
        """
        table, precedents = self.part.table, self.part.precedents
        copies = (own for own in self.lines if all(map(precedents.is_copy, own)))
        lines = [tuple(precedents.of(cell)[0] for cell in own) for own in copies]
        lines = [own for own in lines if len({*own}) == len(own) and not any(map(table.is_formula, own))]
        if len(self.results) <= _MOST_APART:
            given = [reached([own], precedents.of) & table.typed_numbers.keys() for own in self.results]
            counts = Counter(cell for own in given for cell in own)
            apart = [sorted(cell for cell in own if counts[cell] == 1) for own in given]
            lines += zip(*apart, strict=True) if len({*map(len, apart)}) == 1 else ()
        return [own for own in dict.fromkeys(lines) if known.isdisjoint(own)]

    def _draw(self, session: Session, line: _Line) -> None:
        """Let typed numbers or words of a line change their places, and numbers that measure something change."""
        table = self.part.table
        typed = [table.constant(cell) for cell in line]
        held = [typed[place] for place in self._random.permutation(len(typed))]
        if all(isinstance(own, float) for own in held) and len({*held}) > _FEW:
            numbers = np.array(held, float)
            noise = self._random.uniform(-_NOISE, _NOISE, len(held)) * numbers.std()
            held = (numbers + noise).tolist()
        for cell, value in zip(line, held, strict=True):
            if isinstance(value, float | str):
                session.set(*cell, value)

    @cached_property
    def _columns(self) -> Columns | None:
        """What the network says of each sample, what it should say, and what else is known of them."""
        behind = {*self.results, *reached(self.results, self.part.precedents.readers)}
        given: list[Column] = []
        wanted: list[Column] = []
        others: list[Column] = []
        for line in self.lines:
            if (column := self._column(line)) is None:
                continue
            is_typed = not self.part.table.is_formula(line[0])
            if line == self.results or (behind.issuperset(line) and self._is_made_of_results(line)):
                given.append(column)
            elif behind.isdisjoint(line) and not (self._is_read_for_itself(line) or self._is_cut_off(line)):
                wanted += [column] if column.dtype == np.float64 or is_typed else []
                others += [column] if is_typed else []
        units = [own for own in map(self._column, self.units) if own is not None]
        given += [np.max(units, axis=0)] if len(units) > 1 else []
        return Columns(given, wanted, others) if given else None

    def _is_made_of_results(self, line: _Line) -> bool:
        """Whether nothing else of a sample is in what a line holds of it; there may be what all samples have."""
        every = {cell for own in self.units for cell in own}
        for at, cell in ((0, line[0]), (-1, line[-1])):
            results = {own[at] for own in self.units}
            read = {*self.part.precedents.of(cell)} - results
            if self._mixes_scales(read) or (cell in self.left and self._is_rescaled(cell, read)):
                return False
            above = reached([cell], self.part.precedents.of, through=lambda own: own not in every)
            above = {*above, cell} - {*results, cell}
            if any(not above.isdisjoint(own) and not above.issuperset(own) for own in self.lines):
                return False
        return True

    def _is_rescaled(self, cell: Address, read: Collection[Address]) -> bool:
        """Whether a formula puts a result on a scale by two typed numbers or more, and asks nothing."""
        numbers = [own for own in read if self.part.table.is_number(own) and not self.part.table.is_formula(own)]
        return len(numbers) > 1 and not bends(self.part.table.texts.get(cell, ""))

    def _mixes_scales(self, cells: Collection[Address]) -> bool:
        """Whether two of some numbers stand crosswise in a table of scales: the end of one, the range of another."""
        table = self.part.table
        for (sheet, row, column), (other, down, right) in combinations(sorted(cells), 2):
            if sheet == other and row != down and column != right:
                corners = {(sheet, row, right), (sheet, down, column)} - {*cells}
                if any(map(table.is_number, corners)):
                    return True
        return False

    def _is_read_for_itself(self, line: _Line) -> bool:
        """Whether a network is given of a sample what a line holds of it, and not of samples before it alone."""
        ends = (0, len(line) - 1)
        return any(line[at] in reached([self.results[at]], self.part.precedents.of) for at in ends)

    def _is_cut_off(self, line: _Line) -> bool:
        """Whether what a line is made of was left out of the worksheets, so that nobody knows what it holds."""
        read = {own for cell in (line[0], line[-1]) for own in self.part.precedents.of(cell)}
        return not read <= self.part.table.index.keys()

    def _column(self, line: _Line) -> Column | None:
        """The numbers or words of a line under all draws; None if it holds both, or neither."""
        places = [self.part.table.index[cell] for cell in line]
        numbers: Array = np.array([draw.numbers[places] for draw in self._draws])
        if np.isfinite(numbers).all():
            return numbers
        words = [[draw.others.get(place) for place in places] for draw in self._draws]
        is_said = all(isinstance(own, str | bool) for row in words for own in row)
        return np.array(words, object) if is_said else None
