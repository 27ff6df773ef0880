"""Trials: what formulas of a generated workbook, and expressions, give for other numbers in the cells that they read.

Numbers that stand in a sheet may agree by chance, or because a weight is 0; functions that agree for random numbers
are the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from zlib import crc32

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import evaluate, parsed_names
from xlcheck.formulas.scalars import OpaqueError, Scalar
from xlcheck.formulas.tree import Node
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.mistakes.mutants import Mutant
from xlcheck.verdicts.placement import Placement
from xlcheck.workbook.cell_codes import Codes, code_at, codes_at, position
from xlcheck.workbook.content import CellError, NotEvaluated

DRAWS = 3
"""Trials until two functions are called the same; in the first one all numbers are positive, so that roots exist."""

_SAME = 1e-9
_MOST_CODES = 2
"""Numbers that select a row of a matrix are drawn from the first two."""

Compute = Callable[[Values], Array]
Place = tuple[str, int, int | None]
"""Quantity, element, and the sample of which it is; None for what follows the selector."""


class Trials:
    """The trials of one workbook.

    Attributes:
        tried: how many mistakes were tried; whoever tries counts, and stops in time.
        formulas_tried: the same for formulas that might stand in a cell.
        mutants: for each quantity the mistakes that were made of it so far, and what makes more.
    """

    def __init__(self, graph: Graph, placements: Iterable[Placement], formulas: FormulaCells) -> None:
        self.graph = graph
        self._placements = tuple(placements)
        self._formulas = formulas
        self.tried = self.formulas_tried = 0
        self.mutants: dict[str, tuple[list[Mutant], Iterator[Mutant]]] = {}
        self._drawn: dict[tuple[str, int, int | None], Array] = {}

    def beside(self, formulas: FormulaCells) -> Trials:
        """The trials of another workbook in which the same quantities stand in the same cells."""
        found = Trials(self.graph, self._placements, formulas)
        found._by_quantity, found._by_sheet = self._by_quantity, self._by_sheet
        found._aliases, found._codes, found._drawn = self._aliases, self._codes, self._drawn
        found.mutants = self.mutants
        return found

    def of_formula(self, formula: str, sheet: str, code: int, sample: int | None, reach: float = 1.0) -> Array | None:
        """What a formula gives in a cell, in each trial, `(trials,)`; None if it uses what is not known here.

        The numbers that it reads, but for codes, are so many times as large as usual.
        """
        cell = (sheet, *position(code))
        try:
            return np.array([self._evaluated(formula, cell, sample, draw, reach) for draw in range(DRAWS)])
        except OpaqueError:
            return None

    def of_expression(self, compute: Compute | ex.Expr, element: int, sample: int | None) -> Array | None:
        """What an expression gives for the same numbers; None if it cannot be computed from them."""
        found = []
        for draw in range(DRAWS):
            values: dict[str, Array] = _Drawn(self, draw, sample)
            if isinstance(compute, ex.Expr) and ex.reads_batch(compute):
                values = _DrawnBatch(self, draw)
            try:
                with np.errstate(all="ignore"):
                    result = value_of(compute, values) if isinstance(compute, ex.Expr) else compute(values)
            except (IndexError, KeyError, ValueError, NotSupportedError):
                return None
            flat = result.reshape(-1)
            if not flat.size:  # a part of a vector that has none
                return None
            found.append(float(flat[element if flat.size > element else -1]))
        return np.array(found)

    def place_of(self, sheet: str, code: int) -> Place | None:
        """What should stand in a cell; None if it is no quantity."""
        codes, numbers, elements = self._by_sheet.get(sheet, _NOWHERE)
        at = int(np.searchsorted(codes, code))
        if at == codes.size or codes[at] != code:
            return None
        placement = self._placements[numbers[at]]
        return placement.quantity, int(elements[at]), placement.sample

    def read_by(self, sheet: str, code: int) -> frozenset[str]:
        """The quantities that a cell's formula reads."""
        found: set[str] = set()
        for area in self._formulas.reads(sheet, code):
            codes, numbers, _ = self._by_sheet.get(area.sheet, _NOWHERE)
            for row in range(area.top, min(area.top + area.rows, area.top + 10_000)):
                first, last = np.searchsorted(codes, codes_at(row, area.left + np.array([0, area.columns])))
                found.update(self._placements[n].quantity for n in set(numbers[first:last].tolist()))
        return frozenset(found)

    def cells_of(self, name: str, element: int, sample: int | None, sheet: str) -> Iterator[tuple[str, int]]:
        """The cells in which an element of a quantity stands for a sample's network, those on a worksheet first."""
        numbers = self._by_quantity.get(name, [])
        own = (
            [n for n in numbers if self._placements[n].sample == sample] if not self.graph[name].is_weight else numbers
        )
        for number in sorted(own or numbers, key=lambda n: self._placements[n].sheet != sheet):
            placement = self._placements[number]
            for place in np.flatnonzero(placement.elements == element).tolist():
                yield placement.sheet, int(placement.codes[place])

    def all_cells(self, name: str, sheet: str) -> Iterator[tuple[str, int]]:
        """The cells of a worksheet in which any element of a quantity stands, for any sample."""
        for number in self._by_quantity.get(name, ()):
            placement = self._placements[number]
            if placement.sheet == sheet:
                yield from ((sheet, code) for code in placement.codes.tolist())

    def text(self, sheet: str, code: int) -> str | None:
        """The formula of a cell, without `=`."""
        text = self._formulas.text(sheet, code)
        return None if text is None else text.removeprefix("=")

    def samples_of(self, name: str) -> Sequence[int | None]:
        """The samples of a batch: those for which a quantity stands somewhere, or the one that is shown."""
        shown = {self._placements[number].sample for number in self._by_quantity.get(name, ())}
        return sorted(sample for sample in shown if sample is not None) or [None]

    @cached_property
    def _by_quantity(self) -> dict[str, list[int]]:
        return grouped((placement.quantity, number) for number, placement in enumerate(self._placements))

    @cached_property
    def _by_sheet(self) -> dict[str, tuple[Codes, Codes, Codes]]:
        """For each worksheet the cells in ascending order, the number of the placement and the element of each."""
        found = {}
        for sheet, members in grouped((p.sheet, number) for number, p in enumerate(self._placements)).items():
            codes = np.concatenate([self._placements[n].codes for n in members])
            numbers = np.repeat(np.array(members), [self._placements[n].codes.size for n in members])
            elements = np.concatenate([self._placements[n].elements for n in members])
            order = np.argsort(codes, kind="stable")
            found[sheet] = codes[order], numbers[order], elements[order]
        return found

    @cached_property
    def _names(self) -> Mapping[str, Node]:
        return parsed_names(self._formulas.names)

    @cached_property
    def _codes(self) -> frozenset[str]:
        """The quantities whose values select a row or a class."""
        found: set[str] = set()
        for q in self.graph:
            for node in ex.walk(q.expr) if q.expr is not None else ():
                own = getattr(node, "index", None)
                own = node.target if isinstance(node, ex.SparseCategoricalCrossentropy) else own
                found.update(ex.refs(own) if isinstance(own, ex.Expr) else ())
        same = [{name, *(other for other, _ in others.values())} for name, others in self._aliases.items()]
        return frozenset(found.union(*(names for names in same if names & found)))

    def _evaluated(self, formula: str, cell: Address, sample: int | None, draw: int, reach: float) -> float:
        drawn: dict[int | None, _Drawn] = {}

        def given(address: Address) -> float | None:
            place = None if address == cell else self.place_of(address[0], code_at(*address[1:]))
            if place is None:
                return None
            name, element, of = place
            # What a sample's network does not show itself it reads where that of the selector shows it.
            own = sample if of is None and not self._shows(name, sample) else of
            values = drawn.setdefault(own, _Drawn(self, draw, own))
            return float(values[name].reshape(-1)[element]) * (1.0 if name in self._codes else reach)

        return evaluate(formula, cell, _Sheet(self._formulas), self._names, given)

    def _shows(self, name: str, sample: int | None) -> bool:
        """Whether a sample's network shows a quantity, or what stands there is its own for each sample."""
        return not self.graph[name].is_weight and any(
            self._placements[number].sample == sample for number in self._by_quantity.get(name, ())
        )

    def draw(self, name: str, draw: int, sample: int | None) -> Array:
        """Random values of a quantity; the same in every process.

        Where two quantities stand in the same cells, as an output that a layer only passes on, they are the same.
        """
        key = name, draw, sample
        if key not in self._drawn:
            self._drawn[key] = self._draw(name, draw, sample)
        return self._drawn[key]

    def _draw(self, name: str, draw: int, sample: int | None) -> Array:
        q = self.graph[name]
        if q.expr is not None and name not in self._by_quantity:
            return value_of(q.expr, _Drawn(self, draw, sample))  # what stands nowhere is what it is computed from
        own = 0 if q.is_weight or sample is None else sample + 1
        rng = np.random.default_rng([draw, own, crc32(name.encode())])
        shape = q.shape if q.is_weight else (1, *q.shape)
        if name in self._codes:
            values = rng.integers(0, _MOST_CODES, shape).astype(np.float64)
        else:
            values = rng.uniform(0.1, 0.9, shape) if draw == 0 else rng.uniform(-1.0, 1.0, shape)
        flat = values.reshape(-1)
        for element, other in self._aliases.get(name, {}).items():
            flat[element] = self.draw(other[0], draw, sample).reshape(-1)[other[1]]
        return values

    @cached_property
    def _aliases(self) -> dict[str, dict[int, tuple[str, int]]]:
        """For elements that stand where another quantity stands, that one."""
        found: dict[str, dict[int, tuple[str, int]]] = {}
        for codes, numbers, elements in self._by_sheet.values():
            repeated = np.flatnonzero(codes[1:] == codes[:-1]) + 1
            for at in repeated.tolist():
                first = int(np.searchsorted(codes, codes[at]))
                name, other = (self._placements[numbers[i]].quantity for i in (at, first))
                if name != other:
                    found.setdefault(name, {})[int(elements[at])] = other, int(elements[first])
        return found


def same_function(a: Array | None, b: Array | None) -> bool:
    """Whether two functions, both of them known, give the same in all trials, and a number in one at least."""
    if a is None or b is None:
        return False
    finite = np.isfinite(a)
    if not finite.any() or (finite != np.isfinite(b)).any():
        return False
    return bool((np.abs(a - b)[finite] <= _SAME * np.maximum(1.0, np.abs(a[finite]))).all())


_EMPTY = np.array([], dtype=np.int64)
_NOWHERE = (_EMPTY, _EMPTY, _EMPTY)


class _Drawn(dict[str, Array]):
    """Random values of quantities, drawn when they are asked for."""

    def __init__(self, trials: Trials, draw: int, sample: int | None) -> None:
        super().__init__()
        self._trials, self._draw, self._sample = trials, draw, sample

    def __missing__(self, name: str) -> Array:
        self[name] = found = self._trials.draw(name, self._draw, self._sample)
        return found


class _DrawnBatch(dict[str, Array]):
    """Random values of all samples, `(samples, n)`; what is the same for all as it is."""

    def __init__(self, trials: Trials, draw: int) -> None:
        super().__init__()
        self._trials, self._draw = trials, draw

    def __missing__(self, name: str) -> Array:
        is_weight = self._trials.graph[name].is_weight
        samples = (None,) if is_weight else self._trials.samples_of(name)
        own = [self._trials.draw(name, self._draw, sample) for sample in samples]
        self[name] = found = own[0] if is_weight else np.concatenate(own)
        return found


class _Sheet:
    """The cells of a workbook, for the evaluation of formulas."""

    def __init__(self, formulas: FormulaCells) -> None:
        self._formulas = formulas

    def formula(self, cell: Address) -> str | None:
        return self._formulas.text(cell[0], code_at(*cell[1:]))

    def constant(self, cell: Address) -> Scalar:
        content = self._formulas.cell(cell[0], code_at(*cell[1:]))
        value = None if content is None else content.value
        if isinstance(value, CellError | NotEvaluated):
            raise OpaqueError(f"it reads a cell that holds {value}")
        return value

    def spill(self, cell: Address) -> Range:
        content = self._formulas.cell(cell[0], code_at(*cell[1:]))
        own = Range(cell[0], cell[1], cell[2])
        return own if content is None or content.array is None else parse_range(content.array, cell[0])
