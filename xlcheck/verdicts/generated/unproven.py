"""Quantities of a generated workbook that were computed once and are proved for no other day, reader or number.

What their formulas depend on besides cells says `elsewhere`. Nor does a formula compute with every number of which its
equation knows nothing (`unknown_parts`), nor one for a number that is given to the network and computed from what the
network reads. Whoever uses one gets no pass, whatever it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Graph
from xlcheck.grouping import grouped
from xlcheck.verdicts.elsewhere import TO_THE_NETWORK, depends_on, said_of
from xlcheck.verdicts.formula_cells import QUICK_CELLS, FormulaCells, Upstream
from xlcheck.verdicts.generated.edited_inputs import formulas_for_numbers, that_read_the_network
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.generated.unknown_constants import UnknownConstants
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.verdicts.unknown_parts import NOTHING, Known, caught_by, known_of, may_cancel, may_fail
from xlcheck.workbook.cell_codes import Codes, address, by_sheet, codes_of
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest

if TYPE_CHECKING:
    from xlcheck.workbook.epoch_table import EpochTable

Cell = tuple[str, int]
Rule = Callable[[str, Mapping[str, str]], str | None]
"""(formula, defined names that depend on something) → what the formula depends on."""
Asked = tuple[Rule, list[tuple[str, Codes]]]
"""A rule, and the cells of which it is asked, by worksheet."""


def depending_quantities(
    content: WorkbookContent,
    manifest: Manifest,
    graph: Graph,
    formulas: FormulaCells,
    seen: Observation,
    tolerance: Tolerance,
    wrong: Collection[Cell],
) -> Iterator[str]:
    """Why the quantities of a generated workbook may be others elsewhere, in sentences.

    The formulas are those without the tables of a training. Of cells that are wrong in themselves nothing more is said.
    """
    known: dict[str, Known] = {
        q.name: known_of(graph, q.name, tolerance.of(q.name).limit(1.0)) for q in graph if q.expr is not None
    }
    own = [(cell.sheet, np.array([cell.code])) for cell in seen.unbound]
    found: dict[Cell, str] = {}
    shown = [(s.placement.quantity, s.placement.sheet, s.placement.codes) for s in seen.sightings]
    computed = [(sheet, codes) for name, sheet, codes in shown if name in known]
    typed = formulas_for_numbers(s for s in seen.sightings if s.placement.quantity not in known)
    closed = [*computed, *typed.items()]
    rules: list[Asked] = [*_rules(known, shown), (depends_on, [*typed.items()])]
    for rule, cells in rules:
        names = _named(content, rule)
        found |= _depending(formulas, cells, names, rule)
        if reads := dict(_depending(formulas, own, names, rule)):
            found |= _reading(formulas, cells, reads, closed)
    found |= _catching(formulas, computed, own)
    found |= dict.fromkeys(that_read_the_network(formulas, typed, seen.own_sheets), TO_THE_NETWORK)
    is_quick = seen.formula_cells <= QUICK_CELLS
    found |= UnknownConstants(formulas, manifest, seen.own_sheets, every=is_quick).read_by(known, shown)
    for one, cells in _knowing(known, shown).items() if is_quick else ():
        found |= _cancelling(formulas, cells, one)
    if manifest.tables:
        everything = FormulaCells(content)
        columns = [*_columns(manifest.tables)]
        found |= UnknownConstants(everything, manifest, seen.own_sheets, every=False).read_by(known, columns)
        for rule, cells in _rules(known, columns):
            found |= _depending(everything, cells, _named(content, rule), rule)
    open_cells = ((cell, reason) for cell, reason in found.items() if cell not in wrong)
    yield from said_of((f"{sheet}!{address(code)}", reason) for (sheet, code), reason in open_cells)


def _rules(known: Mapping[str, Known], cells: Iterable[tuple[str, str, Codes]]) -> Iterator[Asked]:
    """What is asked of which cells.

    Args:
        known: what the formulas of each computed quantity may hold.
        cells: quantity, worksheet and cells; of those that are not computed nothing is asked.
    """
    knowing = _knowing(known, cells)
    yield from ((one.unknown_in, own) for one, own in knowing.items())
    yield depends_on, [*chain.from_iterable(knowing.values())]


def _knowing(
    known: Mapping[str, Known], cells: Iterable[tuple[str, str, Codes]]
) -> dict[Known, list[tuple[str, Codes]]]:
    """The cells, by worksheet, of all quantities of whose formulas the same is known."""
    return grouped((known[name], (sheet, codes)) for name, sheet, codes in cells if name in known)


def _columns(tables: Iterable[EpochTable]) -> Iterator[tuple[str, str, Codes]]:
    """Quantity, worksheet and cells of each column of the tables of a training."""
    for table in tables:
        for name, column in table.columns.items():
            area = Range(table.area.sheet, table.area.top, column, table.area.rows)
            yield name, area.sheet, codes_of(area)


def _named(content: WorkbookContent, rule: Rule) -> dict[str, str]:
    """The defined names, in small letters, that depend on something, each with what that is."""
    return {name.casefold(): what for name, text in content.names.items() if (what := rule(text, {}))}


def _depending(
    formulas: FormulaCells, cells: Iterable[tuple[str, Codes]], names: Mapping[str, str], rule: Rule
) -> Iterator[tuple[Cell, str]]:
    """The cells of whose formulas a rule says that they depend on something, each with what that is."""
    for sheet, codes in by_sheet(cells).items():
        found = formulas.said(sheet, codes, lambda text: rule(text, names))
        yield from (((sheet, code), what) for code, what in found.items())


def _cancelling(formulas: FormulaCells, cells: Iterable[tuple[str, Codes]], known: Known) -> Iterator[tuple[Cell, str]]:
    """The cells whose formulas make a number of cells of which their equation knows nothing."""
    for sheet, codes in by_sheet(cells).items():
        for code in codes.tolist():
            text = formulas.text(sheet, code)
            if text is not None and may_cancel(text) and (what := known.cancelled_in(text)) is not None:
                yield (sheet, code), what


def _reading(
    formulas: FormulaCells,
    cells: Iterable[tuple[str, Codes]],
    known: Mapping[Cell, str],
    computed: Iterable[tuple[str, Codes]],
) -> Iterator[tuple[Cell, str]]:
    """Those of some cells that read cells which depend on something else, each with what that is.

    Only where it comes in: what follows from there in what the network computes is not their fault.
    """
    asked, closed = by_sheet(cells), by_sheet(computed)
    for reason in dict.fromkeys(known.values()):
        sought = by_sheet((sheet, np.array([code])) for (sheet, code), own in known.items() if own == reason)
        upstream = Upstream(formulas, sought, closed)
        for sheet, codes in asked.items():
            yield from (((sheet, code), reason) for code in codes.tolist() if upstream.reads(sheet, code))


def _catching(
    formulas: FormulaCells, computed: Sequence[tuple[str, Codes]], own: Sequence[tuple[str, Codes]]
) -> Iterator[tuple[Cell, str]]:
    """The quantities that would be another number where a cell fails that they read, each with what catches it.

    `IFERROR(H1,0)` is a choice, like `IFERROR(LN(F31),0)`, if H1 holds the logarithm.
    """
    catching = [
        {
            (sheet, code): f"the function {name}, {NOTHING}"
            for sheet, codes in by_sheet(cells).items()
            for code, name in formulas.said(sheet, codes, caught_by).items()
        }
        for cells in (computed, own)
    ]
    if not any(catching):
        return
    failing = by_sheet(
        (sheet, np.array([*formulas.said(sheet, codes, may_fail)], dtype=np.int64))
        for sheet, codes in by_sheet([*computed, *own]).items()
    )
    upstream = Upstream(formulas, failing, by_sheet(computed))
    quantities, others = ({cell: why for cell, why in cells.items() if upstream.reads(*cell)} for cells in catching)
    yield from quantities.items()
    yield from _reading(formulas, computed, others, computed)
