"""Errors that only one engine gives, where another computes what Keras does.

IronCalc finds no worksheet for `WEIGHTS!B2` where one is called Weights, and gives `#VALUE!` for `SUMIF(A1,">0")`;
Excel computes both. Such an error is nobody's mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from xlcheck.engines import engine as engine_named
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import cut
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.observe import Observation
from xlcheck.verdicts.placement import Sighting, is_number
from xlcheck.verdicts.recalculate import recalculate
from xlcheck.workbook.cell_codes import position
from xlcheck.workbook.values import CellError, NotEvaluated

_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc"}
_NEAR = 1e-9
_CIRCLE = CellError("#CIRC!")  # which an engine that sees none cannot be right about
Cell = tuple[str, int]


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

    Args:
        path: the workbook.
        engine: the name of the one that computed it.
        seen: what it computed.
        graph: the quantities.
        desired: what Keras computed.
        formulas: the workbook's formulas.
        selector: the cell that selects the sample, or None.
        believed: the errors that this engine knows better than the other.
    """
    errors: dict[Cell, tuple[int, float]] = {}
    for sighting in seen.sightings:
        for (setting, cell), value in sighting.others.items():
            if isinstance(value, CellError) and value not in {_CIRCLE, *believed}:
                place = sighting.placement.sheet, int(sighting.placement.codes[cell])
                errors.setdefault(place, (setting, _wanted(sighting, setting, cell, seen, graph, desired)))
    if not errors or engine not in _OTHER:
        return seen
    found = _lone(path, _OTHER[engine], errors, seen, selector)
    lone = {cell for cell in found if not _may_take_more(formulas.text(*cell))}
    return replace(seen, sightings=tuple(_left_open(s, lone, engine) for s in seen.sightings)) if lone else seen


def _wanted(s: Sighting, setting: int, cell: int, seen: Observation, graph: Graph, desired: Trace) -> float:
    place = s.placement
    values = desired[place.quantity]
    if not graph[place.quantity].is_weight:
        values = values[seen.settings[setting] if place.sample is None else place.sample]
    return float(values.reshape(-1)[place.elements[cell]])


def _lone(
    path: Path, other: str, errors: Mapping[Cell, tuple[int, float]], seen: Observation, selector: Range | None
) -> Iterator[Cell]:
    """The cells for which another engine gives the number that is wanted."""
    settings = sorted({setting for setting, _ in errors.values()})
    areas = [Range(sheet, *position(code)) for sheet, code in errors]
    samples = [seen.settings[setting] for setting in settings]
    try:
        readings = recalculate(engine_named(other).open(path), areas, [True] * len(areas), selector, samples)
    except (EngineError, MissingDependencyError):
        return
    for (cell, (setting, wanted)), reading in zip(errors.items(), readings, strict=True):
        value = reading.value(settings.index(setting), 0)
        if is_number(value) and abs(value - wanted) <= _NEAR * max(1.0, abs(wanted)):
            yield cell


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


def _left_open(s: Sighting, lone: Iterable[Cell], engine: str) -> Sighting:
    others = dict(s.others)
    for (setting, cell), value in s.others.items():
        if isinstance(value, CellError) and (s.placement.sheet, int(s.placement.codes[cell])) in lone:
            why = f"{engine} gives {value.code} here, and {_OTHER[engine]} a value; ask --engine libreoffice"
            others[setting, cell] = NotEvaluated(why)
    return replace(s, others=others)
