"""What was given to the network: find what was changed in a workbook after it was built.

Inputs, targets, initial states and weights are constants, or look-ups of constants. A constant
that differs is an edit. A look-up that still has its formula and yet gives something else
passes on a fault of a formula before it, or, if there is none, an edit of a constant that is no
quantity, such as the text of a document.

Such a number may be changed, and one that a formula makes of numbers alone, or takes from a worksheet of one's own,
is as good as one that is typed. `IF(Data!G10=7,5,1.006)` is not: what is given to a network does not depend on what it
reads or computes, and with other numbers it would be another network.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells, Upstream
from xlcheck.verdicts.messages import first_of
from xlcheck.verdicts.placement import Sighting, distinct_rows
from xlcheck.verdicts.report import Edit
from xlcheck.workbook.cell_codes import Codes, Mask, address, by_sheet
from xlcheck.workbook.content import Value

# Programs that save 15 digits change a constant by less than this, relative to it; nobody edits a weight by so little.
_SAVED_DIGITS = 1e-14

_ROLES = {Role.STATE: "initial state"}

Cell = tuple[str, int]


@dataclass(frozen=True)
class Given:
    """What the workbook gives to the network.

    Attributes:
        values: inputs, targets, initial states and weights as they stand in the workbook.
        edits: where they differ from what the workbook was built with.
        rounded: whether constants differ in their last digits, because a program rounded them when it saved the file.
        sightings: those of the given quantities, with `as_written` cleared where a look-up fails
            and no formula before it explains that.
    """

    values: dict[str, Array]
    edits: tuple[Edit, ...]
    rounded: bool
    sightings: tuple[Sighting, ...]


def read_given(
    graph: Graph,
    sightings: Iterable[Sighting],
    trace: Trace,
    settings: Sequence[int],
    formulas: FormulaCells,
    changed: Iterable[Cell],
    fixed: frozenset[str] = frozenset(),
) -> Given:
    """Compare the given quantities with those of the trace, with which the workbook was built.

    `changed` are the formula cells whose text is no longer the one that was written. The truth of `fixed` quantities is
    known from elsewhere, so that a difference is a mistake, no edit.
    """
    walk = _Walk(graph, trace, settings, formulas, set(changed))
    # A look-up for the selected sample reads what is shown for each sample, so that comes first.
    ordered = sorted(sightings, key=lambda s: s.placement.sample is None)
    judged = tuple(s if s.placement.quantity in fixed else walk.visit(s) for s in ordered)
    return Given(walk.values, tuple(walk.edits), walk.rounded, judged)


class _Walk:
    def __init__(
        self, graph: Graph, trace: Trace, settings: Sequence[int], formulas: FormulaCells, suspects: set[Cell]
    ) -> None:
        self.graph = graph
        self.values: dict[str, Array] = {q.name: trace[q.name] for q in graph if q.expr is None}
        self.trace = trace
        self.settings = settings
        self.formulas = formulas
        self._suspects = suspects
        self._upstream: Upstream | None = None
        self.edits: list[Edit] = []
        self.rounded = False

    def visit(self, sighting: Sighting) -> Sighting:
        """Take over what was edited in one sighting; returns it with look-ups that fail by themselves marked."""
        sighting = self._with_gaps(sighting)
        place = sighting.placement
        q = self.graph[place.quantity]
        as_written = np.array(sighting.as_written)
        differs = self._differs(q, sighting)
        for cell in np.flatnonzero(differs.any(axis=0)).tolist():
            where = (place.sheet, int(place.codes[cell]))
            is_formula = sighting.is_formula[cell]
            if (is_formula or sighting.must_be_formula[cell]) and not (is_formula and sighting.as_written[cell]):
                self._suspect(where)
            elif is_formula and self._explained(*where):
                continue
            elif np.isfinite(sighting.numbers[:, cell]).all():
                self._take(q, sighting, cell, int(differs[:, cell].argmax()))
            else:
                as_written[cell] = False
                self._suspect(where)
        return replace(sighting, as_written=as_written)

    def _with_gaps(self, sighting: Sighting) -> Sighting:
        """The same with nothing in the cells that the file leaves empty, which engines may take for 0."""
        place = sighting.placement
        zeros = np.flatnonzero((distinct_rows(sighting.numbers) == 0).all(axis=0) & ~sighting.is_formula)
        if not zeros.size or not self.formulas.is_read(place.sheet):
            return sighting
        gaps = zeros[~self.formulas.fills(place.sheet, place.codes[zeros])].tolist()
        if not gaps:
            return sighting
        numbers = np.array(sighting.numbers)
        numbers[:, gaps] = np.nan
        nothing: dict[tuple[int, int], Value] = {
            (setting, gap): None for setting in range(len(numbers)) for gap in gaps
        }
        return replace(sighting, numbers=numbers, others={**sighting.others, **nothing})

    def _rows_of(self, q: Quantity) -> Array:
        """A view of a quantity's values with one row a sample; one row for a weight."""
        return self.values[q.name].reshape(-1, math.prod(q.shape))

    def _rows(self, q: Quantity, sample: int | None) -> list[int]:
        """The rows of a quantity's array that the settings of a sighting show."""
        if q.is_weight:
            return [0] * len(self.settings)
        return list(self.settings) if sample is None else [sample] * len(self.settings)

    def _differs(self, q: Quantity, sighting: Sighting) -> Mask:
        place = sighting.placement
        numbers = distinct_rows(sighting.numbers)
        rows = [0] if q.is_weight else self._rows(q, place.sample)
        want = self._rows_of(q)[np.array(rows)[:, None], place.elements]
        differs: Mask = np.not_equal(numbers, want)
        if not differs.any():  # as a rule
            return differs
        with np.errstate(invalid="ignore"):
            differs = ~(np.abs(numbers - want) <= _SAVED_DIGITS * np.abs(want))
        self.rounded = self.rounded or bool((~differs & (numbers != want)).any())
        return differs

    def _take(self, q: Quantity, sighting: Sighting, cell: int, setting: int) -> None:
        """Record an edit, which is first seen in a setting, and let the network read it."""
        place = sighting.placement
        element = int(place.elements[cell])
        if self.values[q.name] is self.trace[q.name]:  # nobody else is to see the edit
            self.values[q.name] = np.array(self.values[q.name])
        flat = self._rows_of(q)
        rows = self._rows(q, place.sample)
        self.edits.append(
            Edit(
                place.sheet,
                address(int(place.codes[cell])),
                q.element_at(element),
                float(sighting.numbers[setting, cell]),
                float(flat[rows[setting], element]),
                _ROLES.get(q.band.role, q.band.role.value),
            )
        )
        everywhere = place.sample is None and not sighting.is_formula[cell]
        if everywhere:  # a constant for all samples
            flat[:, element] = sighting.numbers[0, cell]
        else:
            flat[rows, element] = sighting.numbers[:, cell]

    def _explained(self, sheet: str, code: int) -> bool:
        """Whether a formula that this cell depends on was changed."""
        if self._upstream is None and self._suspects:
            suspects = grouped(sorted(self._suspects))
            self._upstream = Upstream(self.formulas, {own: np.array(codes) for own, codes in suspects.items()})
        return self._upstream is not None and self._upstream.reads(sheet, code)

    def _suspect(self, cell: Cell) -> None:
        """Take a formula for one that may explain what those give that read it."""
        self._suspects.add(cell)
        self._upstream = None


def formulas_for_numbers(sightings: Iterable[Sighting]) -> dict[str, Codes]:
    """The cells that hold a formula where a number was written, by worksheet."""
    typed = ((s.placement.sheet, s.placement.codes[s.is_formula & ~s.must_be_formula]) for s in sightings)
    return by_sheet((sheet, np.unique(codes)) for sheet, codes in typed if codes.size)


def said_of_formulas(cells: dict[str, Codes]) -> tuple[str, ...]:
    """That formulas stand where numbers were written, in a sentence if there are any."""
    places = [f"{sheet}!{address(code)}" for sheet, codes in cells.items() for code in codes.tolist()]
    return (f"a formula stands where a number was written: {first_of(places)}",) if places else ()


def that_read_the_network(
    formulas: FormulaCells, cells: dict[str, Codes], own_sheets: Collection[str]
) -> Iterator[tuple[str, int]]:
    """Those of some cells that read, at once or through formulas of one's own, a worksheet that xlcheck made."""
    for sheet, codes in cells.items():
        yield from ((sheet, code) for code in codes.tolist() if _reads(formulas, (sheet, code), own_sheets))


def _reads(formulas: FormulaCells, cell: tuple[str, int], sheets: Collection[str]) -> bool:
    seen, stack = {cell}, [cell]
    while stack:
        for area in formulas.reads(*stack.pop()):
            if area.sheet in sheets:
                return True
            more = {(area.sheet, code) for code in formulas.within(area).tolist()} - seen
            seen |= more
            stack.extend(more)
    return False
