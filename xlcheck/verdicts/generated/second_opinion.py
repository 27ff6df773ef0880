"""What another engine is asked, where the one that recalculated a workbook is known to be wrong, or has no answer.

- Formulas that IronCalc leaves out or does not understand: it computes nothing in cells that merged ones cover, and
  finds no worksheet that a formula names in other capitals. LibreOffice keeps what stands in the cells that it
  merges, and computes it as every other program does.
- Numbers that are too large for a cell inside of a formula, where IronCalc goes on with an infinity: `1/(1+EXP(-F9))`
  is 0 there for -800, as Keras says, and `#NUM!` in Excel. CellRune knows such an error.
- Errors that only one engine gives, such as IronCalc's `#VALUE!` for `SUMIF(A1,">0")`, or CellRune's `#NUM!` in each
  cell of an array of which one overflows, where another computes what Keras and Excel do: such an error is nobody's
  mistake, with the stored numbers or with others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine, Session
from xlcheck.engines.differences import LARGE, MAY_OVERFLOW
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import cut
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.judge import CARRIED, ROOT
from xlcheck.verdicts.placement import Sighting, is_number
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.workbook.cell_codes import position, within
from xlcheck.workbook.content import TOO_LARGE, CellError, NotEvaluated, Value, WorkbookContent

_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc"}
_NEAR = 1e-9
_CIRCLE = CellError("#CIRC!")  # which an engine that sees none cannot be right about
Cell = tuple[str, int]
Place = tuple[str, int, int]
"""A cell, and a setting."""


class SecondOpinion:
    """Another engine, which is asked with the same numbers where one gives an error; it opens the file if need be.

    Args:
        path: the workbook.
        engine: the one that gives errors.
        formulas: the workbook's formulas.
        selector: the cell that selects the sample, or None.
    """

    def __init__(self, path: Path, engine: str, formulas: FormulaCells, selector: Range | None) -> None:
        self._path = path
        self._other = _OTHER.get(engine)
        self._formulas = formulas
        self._selector = selector

    @cached_property
    def _session(self) -> Session | None:
        try:
            return None if self._other is None else engine_named(self._other).open(self._path)
        except (EngineError, MissingDependencyError):
            return None

    def lone(
        self, errors: Mapping[Place, float], settings: Sequence[int], typed: Mapping[Cell, float] | None = None
    ) -> frozenset[Place]:
        """The errors in whose place the other engine gives the number that is wanted.

        Args:
            errors: the number for each.
            settings: the sample for each setting.
            typed: numbers that were put into cells.
        """
        asked = sorted({setting for *_, setting in errors})
        cells = list(dict.fromkeys((sheet, code) for sheet, code, _ in errors))
        cells = [cell for cell in cells if not _may_take_more(self._formulas.text(*cell))]
        if not cells or self._session is None:
            return frozenset()
        areas = [Range(sheet, *position(code)) for sheet, code in cells]
        try:
            for (sheet, code), number in (typed or {}).items():
                self._session.set(sheet, *position(code), number)
            samples = [settings[setting] for setting in asked]
            readings = recalculate(self._session, areas, [True] * len(areas), self._selector, samples)
        except EngineError:
            return frozenset()
        given = {
            (*cell, setting): reading.value(place, 0)
            for cell, reading in zip(cells, readings, strict=True)
            for place, setting in enumerate(asked)
        }
        return frozenset(
            place
            for place, wanted in errors.items()
            if is_number(value := given.get(place)) and _is_near(value, wanted)
        )

    def excused(
        self, verdicts: Sequence[Verdicts], settings: Sequence[int], typed: Mapping[Cell, float]
    ) -> frozenset[Place]:
        """The errors that were called wrong, and for which the other engine gives what follows from the cells read.

        Those that are carried through arrays are called so.
        """
        carry_through_arrays(verdicts, self._formulas)
        errors: dict[Place, float] = {}
        for own in verdicts:
            sheet, codes = own.placement.sheet, own.placement.codes
            for (setting, cell), value in own.sighting.others.items():
                if own.local is not None and own.status[setting, cell] == ROOT and _is_an_error(value):
                    errors[sheet, int(codes[cell]), setting] = float(own.local[setting, cell])
        return self.lone(errors, settings, typed) if errors else frozenset()


def carry_through_arrays(verdicts: Sequence[Verdicts], formulas: FormulaCells) -> None:
    """Call an error carried if its formula is that of an array and reads a cell with an error.

    Excel computes the formula for each cell of the array; engines give the error to all of them, or leave them out.

    Args:
        verdicts: those on quantities; they are changed in place.
        formulas: the workbook's.
    """
    errors = [
        (own, setting, cell)
        for own in verdicts
        for (setting, cell), value in own.sighting.others.items()
        if isinstance(value, CellError)
    ]
    failed = grouped(((v.placement.sheet, setting), int(v.placement.codes[cell])) for v, setting, cell in errors)
    for own, setting, cell in errors:
        place = own.placement.sheet, int(own.placement.codes[cell])
        if own.status[setting, cell] == ROOT and formulas.is_array(*place):
            read = [(area, np.array(failed.get((area.sheet, setting), [-1]))) for area in formulas.reads(*place)]
            if any(within(codes, area).any() for area, codes in read):
                own.status[setting, cell] = CARRIED


def _is_an_error(value: Value, believed: Collection[CellError] = ()) -> bool:
    return isinstance(value, CellError) and value not in {_CIRCLE, *believed}


def _is_near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _NEAR * max(1.0, abs(wanted))


def without_lone_errors(
    path: Path,
    engine: str,
    seen: Observation,
    graph: Graph,
    desired: Trace,
    formulas: FormulaCells,
    selector: Range | None,
    believed: Collection[CellError] = (),
) -> Observation:
    """The same, with no answer in the place of each error for which another engine gives what should be there.

    The errors that are `believed` this engine knows better than the other.
    """
    errors: dict[Place, float] = {}
    for sighting in seen.sightings:
        for (setting, cell), value in sighting.others.items():
            if _is_an_error(value, believed):
                place = sighting.placement.sheet, int(sighting.placement.codes[cell]), setting
                errors[place] = _wanted(sighting, setting, cell, seen, graph, desired)
    lone = SecondOpinion(path, engine, formulas, selector).lone(errors, seen.settings) if errors else ()
    return replace(seen, sightings=tuple(_left_open(s, lone, engine) for s in seen.sightings)) if lone else seen


def _wanted(s: Sighting, setting: int, cell: int, seen: Observation, graph: Graph, desired: Trace) -> float:
    place = s.placement
    values = desired[place.quantity]
    if not graph[place.quantity].is_weight:
        values = values[seen.settings[setting] if place.sample is None else place.sample]
    return float(values.reshape(-1)[place.elements[cell]])


def _may_take_more(formula: str | None) -> bool:
    """Whether the other engine may give a number for more than one cell, where Excel gives an error.

    CellRune takes the first of a row that INDEX gives, a range that is written from its last corner as it is, and of
    ranges of several sizes that SUMPRODUCT multiplies as many cells as the shortest has.
    """
    if formula is None:
        return False
    refs = cut(formula).refs
    sizes = {(ref.bottom - ref.top, ref.right - ref.left) for ref in refs if ref.kind == "range"}
    if "SUMPRODUCT(" in formula.upper() and len(sizes) > 1:
        return True
    return "INDEX(" in formula.upper() or any(ref.bottom < ref.top or ref.right < ref.left for ref in refs)


def _left_open(s: Sighting, lone: Collection[Place], engine: str) -> Sighting:
    others = dict(s.others)
    for (setting, cell), value in s.others.items():
        if isinstance(value, CellError) and (s.placement.sheet, int(s.placement.codes[cell]), setting) in lone:
            why = f"{engine} gives {value.code} here, and {_OTHER[engine]} a value; ask --engine libreoffice"
            others[setting, cell] = NotEvaluated(why)
    return replace(s, others=others)


WHY = "ironcalc goes on where a number is too large for a cell, so cellrune was asked, which does not"


def who_knows_overflows(
    content: WorkbookContent,
    engine: str,
    seen: Observation,
    graph: Graph,
    formulas: FormulaCells,
    selector: Range | None,
) -> tuple[Engine, Session] | None:
    """Another engine, with the workbook, if it finds an error where this one gives numbers; else None."""
    sightings = seen.sightings if engine == "ironcalc" else ()
    found = [(s.placement.quantity, np.any(np.abs(s.numbers) >= LARGE, axis=1)) for s in sightings]
    found = [(name, own) for name, own in found if own.any()]
    codes = _codes(graph) if found else ()
    large = [own for name, own in found if name not in codes]
    if not large:
        return None
    samples = [sample for sample, is_large in zip(seen.settings, np.any(large, axis=0), strict=True) if is_large]
    cells = _may_overflow(seen, formulas)
    try:
        other = engine_named("cellrune")
        session = other.open(content.path)
        areas = [Range(sheet, *position(code)) for sheet, codes in cells.items() for code in codes]
        readings = recalculate(session, areas, [True] * len(areas), selector, samples)
    except (EngineError, MissingDependencyError):
        return None
    if any(value == TOO_LARGE for reading in readings for value in reading.others.values()):
        return other, other.open(content.path)
    return None


def _codes(graph: Graph) -> frozenset[str]:
    """What is given and only says which row is taken, as the codes of words do, be they as large as a vocabulary."""
    computed_with = {name for q in graph if q.expr is not None for name in _computed_with(q.expr)}
    return frozenset(q.name for q in graph if q.expr is None and q.name not in computed_with)


def _computed_with(expr: ex.Expr) -> Iterator[str]:
    """The quantities with whose numbers an expression computes, and does not only compare them or take a row."""
    match expr:
        case ex.Ref():
            yield expr.name
        case ex.Gather():
            yield from _computed_with(expr.matrix)
        case ex.OneHot() | ex.NotEqual():
            return
        case _:
            for operand in ex.operands(expr):
                yield from _computed_with(operand)


def _may_overflow(seen: Observation, formulas: FormulaCells) -> Mapping[str, list[int]]:
    """The cells of quantities, by worksheet, whose formulas may make such numbers, and for which there is a number."""
    found: dict[str, list[int]] = {}
    for s in seen.sightings:
        codes = s.placement.codes[s.is_formula & np.isfinite(s.numbers).all(axis=0)]
        suspects = formulas.said(s.placement.sheet, codes, MAY_OVERFLOW.search)
        found.setdefault(s.placement.sheet, []).extend(suspects)
    return found


_LOST = CellError("#REF!")
_COVERED = "ironcalc leaves out what stands in cells that merged ones cover, so cellrune was asked, which does not"
_IN_CAPITALS = "ironcalc finds no worksheet that a formula names in other capitals, so cellrune was asked, which does"


def who_computes_all(
    content: WorkbookContent, engine: str, seen: Observation, formulas: FormulaCells
) -> tuple[Engine, Session, str] | None:
    """Another engine, with the workbook, and why, if this one has not computed some formulas; else None."""
    if engine != "ironcalc":
        return None
    cells = [
        *((s.placement.sheet, s.placement.codes[cell], v) for s in seen.sightings for (_, cell), v in s.others.items()),
        *((helper.sheet, helper.code, value) for _, helper in seen.helpers for value in helper.values),
    ]
    if any(value is None and formulas.text(sheet, code) is not None for sheet, code, value in cells):
        why = _COVERED
    elif any(value == _LOST and _names_otherwise(formulas.text(sheet, code), content) for sheet, code, value in cells):
        why = _IN_CAPITALS
    else:
        return None
    try:
        other = engine_named("cellrune")
        return other, other.open(content.path), why
    except (EngineError, MissingDependencyError):
        return None


def _names_otherwise(formula: str | None, content: WorkbookContent) -> bool:
    """Whether a formula names a worksheet that there is, in other capitals."""
    named = {ref.sheet for ref in cut(formula or "").refs} - {"", *content.sheets}
    return not {name.casefold() for name in content.sheets}.isdisjoint(name.casefold() for name in named)
