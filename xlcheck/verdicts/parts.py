"""What became of the parts of a workbook → its `CheckReport`, the one place where one is made.

A generated workbook has a part for its cells, one for each table of a training, and one for what is right only for the
numbers shown; a hand-made one has a part for each of its networks, and one for what got no verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import TYPE_CHECKING

from xlcheck.frozen import dataclass
from xlcheck.verdicts.cell_result import Cells, Found
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.report import CellResult, CheckReport, Counts, Edit, Status

if TYPE_CHECKING:
    from xlcheck.engines.base import Engine
    from xlcheck.workbook.content import WorkbookContent

ORDER = (Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED, Status.UNBOUND, Status.AGREE)
"""In which order results are listed."""

_NOBODY = "nothing"
"""The oracle of a report that has no verdict on any cell."""


@dataclass(frozen=True)
class Part:
    """What became of the cells of a part of a workbook.

    Attributes:
        results: each cell that is not simply right.
        formula_cells: its formula cells and the cells that should hold a formula.
        checked: how many cells were compared with the oracle.
        without_cell: gaps in the check that no result shows, such as quantities that stand nowhere.
        stray: how many cells without a place stand where xlcheck should know every cell.
        notes: what a reader should know.
        gaps: those of the notes that say why not everything was checked.
        quantities: what was compared.
        oracle: where the desired values come from; empty if another part says it.
        samples: how many samples its largest network has.
        max_abs_error: the largest difference between a cell and the oracle.
        max_ulps: the same in units in the last place.
        held: cell → what it should hold, also of cells that are simply right; empty if nobody asks.
        targets: the formulas that make what a network should learn; no equation says how.
        summands: formulas without a verdict that only such read as give what they should.
        choices: cell → the numbers it may hold, where these are few and the others were compared for each of them.
        both_ways: formulas that choose, and were compared for both answers to what they ask.
    """

    results: Sequence[CellResult | Found]
    formula_cells: int = 0
    checked: int = 0
    without_cell: int = 0
    stray: int = 0
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    oracle: str = ""
    samples: int = 0
    max_abs_error: float = 0.0
    max_ulps: float = 0.0
    held: Mapping[tuple[str, int, int], str] = field(default_factory=dict)
    targets: frozenset[tuple[str, int, int]] = frozenset()
    summands: frozenset[tuple[str, int, int]] = frozenset()
    choices: Mapping[tuple[str, int, int], tuple[float, ...]] = field(default_factory=dict)
    both_ways: frozenset[tuple[str, int, int]] = frozenset()

    def counts(self) -> Counts:
        """How many cells it has and what became of them; what is not checked is not counted for right."""
        number = Counter(result.status for result in self.results)
        return Counts(
            formula_cells=self.formula_cells,
            checked=self.checked,
            agree=self.checked - number[Status.ROOT] - number[Status.CARRIED],
            root=number[Status.ROOT],
            carried=number[Status.CARRIED],
            unbound=number[Status.UNBOUND],
            not_evaluated=number[Status.NOT_EVALUATED] + self.without_cell,
            stray=self.stray,
        )

    def without_blame(self, text: str) -> Part:
        """The same without a wrong cell.

        Args:
            text: why each of the cells that were called wrong may be right.
        """
        blamed = {Status.ROOT, Status.CARRIED}

        def left_open(own: CellResult | Found) -> CellResult:
            known = own.describe() if isinstance(own, Found) else own
            return replace(
                known, status=Status.NOT_EVALUATED, message=text,
                diagnosis=None, desired=None, desired_from_precedents=None, desired_formula=None,
            )  # fmt: skip

        results = [left_open(own) if own.status in blamed else own for own in self.results]
        count = sum(own.status in blamed for own in self.results)
        return replace(self, results=tuple(results), checked=self.checked - count)


def report_of(
    content: WorkbookContent,
    engine: Engine,
    parts: Sequence[Part],
    *,
    notes: Iterable[str] = (),
    edits: tuple[Edit, ...] = (),
    reservations: Iterable[str] = (),
    alterations: tuple[str, ...] = (),
    as_built: bool = False,
    strict: bool = False,
) -> CheckReport:
    """The report on one workbook with one engine.

    Args:
        content: the workbook.
        engine: recalculated it.
        parts: what became of its parts, where none was checked, the report says so.
        notes: what a reader should know of the whole workbook.
        edits: weights and inputs that are not those the workbook was built with.
        reservations: why a reader may see other values.
        alterations: what else is not as it was built.
        as_built: whether edits are wrong.
        strict: whether edits and alterations are wrong.
    """
    results = sorted(chain.from_iterable(part.results for part in parts), key=lambda r: ORDER.index(r.status))
    counts = sum((part.counts() for part in parts[1:]), parts[0].counts())
    links = [f"links to other files were not followed: {', '.join(content.external_links)}"]
    return CheckReport(
        workbook=str(content.path),
        engine=f"{engine.name} {engine.version}",
        oracle=next((part.oracle for part in parts if part.oracle), _NOBODY),
        counts=counts,
        max_abs_error=max(part.max_abs_error for part in parts),
        max_ulps=max(part.max_ulps for part in parts),
        samples=max(part.samples for part in parts),
        cells=Cells(results),
        edits=edits,
        notes=_once(content.notes, links if content.external_links else (), notes, *(part.notes for part in parts)),
        gaps=_once(*(part.gaps for part in parts)) or _gaps(counts, results),
        quantities=_once(*(part.quantities for part in parts)),
        reservations=tuple(reservations),
        alterations=alterations,
        as_built=as_built,
        strict=strict,
    )


def _gaps(counts: Counts, results: Sequence[CellResult | Found]) -> tuple[str, ...]:
    """Why not everything was checked, where no note says it: by the first cell, or by what stands in none."""
    if (item := next((r for r in results if r.status is Status.NOT_EVALUATED), None)) is not None:
        first = item.describe() if isinstance(item, Found) else item
        return (f"{first.sheet}!{first.cell}: {first.message}",)
    if counts.not_evaluated:
        return (f"{plural(counts.not_evaluated, 'result stands', 'results stand')} in no cell",)
    return () if counts.checked else ("nothing was checked",)


def _once(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(groups)))
