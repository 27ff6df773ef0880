"""Formulas that are right only for the numbers that stand in a workbook.

A wrong weight times a state that is 0 gives the right value, and `MIN(7,MAX(0,F5))` does in place of `MIN(6,MAX(0,F5))`
where no sum is larger than 6. So other numbers are put into the constants of a generated workbook, near ones and then
such as lie far out, and each cell is asked whether it still follows from the cells it reads. At last numbers of either
sign are written over the sums that activations and conditions read, which so take each branch. What a cell should be is
computed with the network's equations, which tests hold equal to Keras; Keras itself is not needed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import field, replace
from functools import cached_property, partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.engines.differences import LARGE
from xlcheck.frozen import dataclass
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.errors_far_out import are_mistakes
from xlcheck.verdicts.generated.extremes import Change, choosing_layers, each_far, misread, often, on_either_side
from xlcheck.verdicts.generated.marked_steps import other_inputs
from xlcheck.verdicts.generated.near_ties import near_ties
from xlcheck.verdicts.generated.other_numbers import other_numbers
from xlcheck.verdicts.generated.second_opinion import Place, SecondOpinion
from xlcheck.verdicts.judge import ROOT
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.placement import Sighting
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import Reading, recalculate
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.verdicts.results import quantity_results
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Codes, by_sheet, contained, position, union, within
from xlcheck.workbook.manifest import Manifest

if TYPE_CHECKING:
    from xlcheck.verdicts.mistakes.trials import Trials

_ROUNDING = 1e-9
"""Other numbers may be larger, and cancel where the stored ones do not; a wrong formula differs by far more."""
_FIRST_SEED = 1_000
_REACHES = (1.0, 4.0, -4.0, 30.0, -30.0)
"""How far the numbers move, in times of what is usual: a little, and so far that sums lie beyond the limits at 3 and 6
of Keras's activations, on one side and then on the other, so that a condition is taken into its branches."""
_CONFIRMING = 8
"""How often a cell is asked again that was wrong far out: not each time is the same branch taken."""
_CHOICE = "optimiser.choice"
_BENT = (
    ex.Sigmoid, ex.Tanh, ex.Relu, ex.Softplus, ex.Expm1, ex.NormalCdf, ex.Softmax, ex.LogSumExp, ex.Maximum, ex.Minimum,
    ex.Greater, ex.Abs, ex.Sign,
)  # fmt: skip
_SUMS = (ex.Add, ex.Sub, ex.Dot)


@dataclass(frozen=True)
class Perturbed:
    """A workbook that is to be checked with other numbers.

    Attributes:
        session: the workbook in an engine; its constants are changed.
        manifest: what the workbook says of itself.
        formulas: its formulas, without those of the tables of a training.
        all_formulas: with them.
        sightings: what stands in it.
        given: the inputs, targets, states and weights that stand in it.
        settings: the sample for each position of the selector that is looked at.
        kept: the worksheets on which all other words and numbers are as they were built.
        tolerance: what counts as agreement with the stored numbers.
        sums: the quantities whose formulas are written over with numbers, each with all that it follows from up to
            others of them.
        last: those of them that were written over last.
        second: whom to ask about errors.
    """

    session: Session
    manifest: Manifest
    graph: Graph
    formulas: FormulaCells
    all_formulas: FormulaCells
    sightings: Sequence[Sighting]
    given: Mapping[str, Array]
    settings: Sequence[int]
    kept: AbstractSet[str]
    tolerance: Tolerance
    second: SecondOpinion
    sums: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    last: frozenset[str] = frozenset()

    @property
    def _allowed(self) -> Tolerance:
        return replace(self.tolerance, engine=max(self.tolerance.engine, _ROUNDING))

    def wrong(self, rounds: int) -> list[Found]:
        """The cells that are wrong in themselves in one of so many rounds with other numbers.

        Each is confirmed with yet other numbers, so that no coincidence of digits accuses a cell.
        """
        found: dict[tuple[str, int], Found] = {}
        plan: list[tuple[Perturbed, int, int | None, float, Change | None]] = [
            (self, n, *own, None)
            for n in range(rounds * often(self.graph))
            for own in product(self._choices(), _REACHES)
        ]
        plan += [(self, n, self._choices()[0], -1.0, own) for n in range(rounds) for own in other_inputs(self.graph)]
        for book, ways in self._written_over():  # last
            plan += [(book, n, None, reach, own) for n in range(rounds) for reach, own in ways]
        for book, number, choice, reach, change in plan:
            seed = _FIRST_SEED + number
            own = {(cell.sheet, cell.code): cell for cell in book._round(seed, choice, reach, change)}
            for other in range(1 if reach == 1 else _CONFIRMING):
                if own.keys() <= found.keys():
                    break
                again = {(c.sheet, c.code) for c in book._round((other - seed) % 2**32, choice, reach, change)}
                found |= {place: cell for place, cell in own.items() if place in again and place not in found}
        return list(found.values())

    def _written_over(self) -> Iterator[tuple[Perturbed, list[tuple[float, Change | None]]]]:
        """The workbook with numbers in the place of formulas, of ever more, and how they are drawn.

        First of all sums that an activation or a condition reads, so that what reads them takes each branch, whatever
        the weights are; then, layer by layer, of what the largest is taken from.
        """
        if self.manifest.tables or _CHOICE in self.graph:
            return
        book, both_ways = self, [(1.0, None), (-1.0, None)]
        odd = misread(lambda: self._trials, self.sightings, self.graph)
        bent = (node for q in self.graph if q.expr is not None for node in ex.walk(q.expr) if isinstance(node, _BENT))
        read = {name for node in bent for name in ex.refs(node)}
        if sums := [q for q in self.graph if q.name in read and isinstance(q.expr, _SUMS) and not q.is_weight]:
            book = book._cut(sums)
            yield book, [*both_ways, *((1.0, change) for change in each_far(odd, book.sums.keys()))]
        for names in choosing_layers(self.graph):
            new = (self.graph[name] for name in names - book.sums.keys())
            book = book._cut(q for q in new if q.expr is not None)
            drawn = names & (book.sums.keys() | {name for name, x in self.given.items() if (x != np.rint(x)).any()})
            yield book, [*both_ways, *((1.0, own) for own in [*on_either_side(drawn), *each_far(odd, drawn)])]

    def _cut(self, quantities: Iterable[Quantity]) -> Perturbed:
        """The workbook with numbers in the place of some quantities' formulas."""
        cut = {q.name: q for q in quantities}
        samples = len(self.manifest.samples)
        quantities = tuple(replace(q, expr=None) if q.name in cut else q for q in self.graph)
        return replace(
            self,
            graph=replace(self.graph, quantities=quantities),
            sightings=[_as_constants(s) if s.placement.quantity in cut else s for s in self.sightings],
            given={**self.given, **{name: np.zeros((samples, *q.shape)) for name, q in cut.items()}},
            sums={**self.sums, **{name: self._before(name, cut) for name in cut}},
            last=frozenset(cut),
        )

    def _before(self, name: str, sums: Collection[str]) -> AbstractSet[str]:
        """All that a quantity follows from, up to the sums."""
        found, rest = set[str](), list(self.graph[name].reads)
        while rest:
            if (own := rest.pop()) not in found:
                found.add(own)
                rest += () if own in sums else self.graph[own].reads
        return found

    def _makes_sums(self, q: Quantity, found: Found) -> bool:
        """Whether a formula reads, instead of what it should, what sums are made of: it may rightly add that up."""
        made = [self.sums[name] for name in self._before(q.name, ()) if name in self.sums]
        read = self._trials.read_by(found.sheet, found.code) - self.last - set(q.reads) if made else set()
        return not read.isdisjoint(set[str]().union(*made))

    def _choices(self) -> Sequence[int | None]:
        """What to choose from, one after the other, where a workbook can be computed in several ways."""
        if _CHOICE not in self.graph:
            return [None]
        from xlcheck.learning.optimisers import OPTIMISERS

        return range(1, len(OPTIMISERS) + 1)

    def _round(self, seed: int, choice: int | None, reach: float, change: Change | None = None) -> Iterator[Found]:
        drawn = other_numbers(self.graph, self.given, seed, reach, self.sums)
        if change is not None:
            change(drawn)
        if choice is not None:
            drawn[_CHOICE] = np.full_like(drawn[_CHOICE], choice)
        values = {name: np.array(self.given[name]) for name in drawn}
        typed = self._placed(drawn, values)
        for (sheet, code), number in typed.items():
            self.session.set(sheet, *position(code), number)
        seen, tables = self._read()
        self._take_over(values, seen)
        if not all(np.isfinite(array).all() for array in values.values()):
            return
        desired = evaluate(self.graph, values)
        judged = compare(self.graph, seen, desired, self._allowed, self.settings, self.formulas.reads)
        excused = self.second.excused(judged, self.settings, typed)
        large = {v.placement.quantity for v in judged if (np.abs(v.sighting.numbers) >= LARGE).any()}
        for verdicts in judged:
            q = self.graph[verdicts.placement.quantity]
            if q.expr is not None and (verdicts.worst() == ROOT).any():
                far = abs(reach) > 1 or change is not None or not large.isdisjoint(q.reads)
                yield from self._found(q, verdicts, excused, far=far)
        if tables:
            from xlcheck.verdicts.generated.epochs import TableCheck

            for table, reading in zip(self.manifest.tables, tables, strict=True):
                check = TableCheck(self.graph, table, reading, values, self.all_formulas, self._allowed)
                yield from (replace(f, describe=partial(_described, f)) for f in check.wrong_in_themselves())

    def _is_constant(self, sighting: Sighting) -> bool:
        """Whether another number can be put there: into a constant, or over a formula that makes a code of words."""
        name, place = sighting.placement.quantity, sighting.placement
        if name == _CHOICE:  # a word is chosen; what looks it up was compared, and may be written over
            return True
        if self.graph[name].expr is not None:
            return False
        if not (sighting.is_formula | sighting.must_be_formula).any():
            return True
        is_read = self.graph[name].band.role in {Role.INPUT, Role.TARGET}
        return is_read and all(self._reads_words(place.sheet, int(code)) for code in place.codes)

    def _reads_words(self, sheet: str, code: int) -> bool:
        """Whether a formula reads something, and nothing of the network."""
        areas = self.formulas.reads(sheet, code)
        bound = ((area, self._bound.get(area.sheet)) for area in areas)
        return bool(areas) and not any(codes is not None and within(codes, area).any() for area, codes in bound)

    @cached_property
    def _trials(self) -> Trials:
        from xlcheck.verdicts.mistakes.trials import Trials

        return Trials(self.graph, (s.placement for s in self.sightings), self.formulas)

    @cached_property
    def _bound(self) -> Mapping[str, Codes]:
        return by_sheet((s.placement.sheet, s.placement.codes) for s in self.sightings)

    def _placed(self, drawn: Mapping[str, Array], values: dict[str, Array]) -> dict[tuple[str, int], float]:
        """The number for each constant; `values` become those that the workbook then gives to the network.

        One cell has one number, though it may hold several quantities, or one for every sample; what stands in no
        constant stays as it is.
        """
        cells: dict[tuple[str, int], float] = {}
        for s in filter(self._is_constant, self.sightings):
            q, place = self.graph[s.placement.quantity], s.placement
            rows, new = (v[q.name].reshape(-1, math.prod(q.shape)) for v in (values, drawn))
            sample = place.sample or 0
            keys = [(place.sheet, code) for code in place.codes.tolist()]
            numbers = [cells.setdefault(*item) for item in zip(keys, new[sample, place.elements].tolist(), strict=True)]
            rows[slice(None) if place.sample is None else sample, place.elements] = numbers
        return cells

    def _read(self) -> tuple[list[Sighting], list[Reading]]:
        """What stands in the workbook now, and in the tables of a training."""
        areas = [binding.area for binding in self.manifest.bindings]
        tables = [table.reading for table in self.manifest.tables]
        live = [True] * len(areas + tables)
        readings = recalculate(self.session, areas + tables, live, self.manifest.selector, self.settings)
        seen = [
            replace(sighting, numbers=reading.numbers, others=reading.others)
            for sighting, reading in zip(self.sightings, readings[: len(areas)], strict=True)
        ]
        return seen, readings[len(areas) :]

    def _take_over(self, values: dict[str, Array], seen: Sequence[Sighting]) -> None:
        """Let what formulas give to the network be what they give: they were compared, and may read anything."""
        for s in seen:
            q, place = self.graph[s.placement.quantity], s.placement
            if q.expr is not None or self._is_constant(s):
                continue
            if q.is_weight:
                values[q.name].reshape(-1)[place.elements] = s.numbers[0]
                continue
            samples = self.settings if place.sample is None else [place.sample] * len(self.settings)
            for setting, sample in enumerate(samples):
                values[q.name][sample, place.elements] = s.numbers[setting]

    def _found(self, q: Quantity, verdicts: Verdicts, excused: AbstractSet[Place], *, far: bool) -> Iterator[Found]:
        local, numbers = verdicts.local, verdicts.sighting.numbers
        if not self._shows_operands(q, verdicts.placement.sample):
            return
        known = (self.graph, self.formulas, self.settings, self._allowed, self._trials)
        ties = near_ties(q.expr, verdicts)
        for found in quantity_results(verdicts, *known):
            cell = int(np.flatnonzero(verdicts.placement.codes == found.code)[0])
            wrong = (verdicts.status[:, cell] == ROOT) & ~ties[:, cell]
            wrong &= [(found.sheet, found.code, setting) not in excused for setting in range(wrong.size)]
            sure = local is not None and bool(np.isfinite(local[wrong, cell]).all())
            if far:
                settings = np.flatnonzero(wrong & ~np.isfinite(numbers[:, cell])).tolist()
                errors = {verdicts.sighting.others.get((setting, cell)) for setting in settings}
                sure = sure and are_mistakes(errors, q, found, self.formulas, self.sightings)
            if wrong.any() and sure and not self._reads_unknown(found) and not self._makes_sums(q, found):
                yield replace(found, describe=partial(_described, found))

    def _shows_operands(self, q: Quantity, sample: int | None) -> bool:
        """Whether the workbook shows for this sample whatever is given to the network and read by a quantity."""
        given = [name for name in q.reads if self.graph[name].expr is None and not self.graph[name].is_weight]
        shown = {s.placement.quantity for s in self.sightings if s.placement.sample in {None, sample}}
        return shown.issuperset(given)

    def _reads_unknown(self, found: Found) -> bool:
        """Whether a cell reads a constant of somebody else's, which may stand for another and yet stayed as it was."""
        for area in self.formulas.reads(found.sheet, found.code):
            if area.sheet in self.kept:
                continue
            known = [s.placement.codes for s in self.sightings if s.placement.sheet == area.sheet]
            filled = self.formulas.constants_within(area)
            if not contained(filled, union(known)).all():
                return True
        return False


def _as_constants(sighting: Sighting) -> Sighting:
    no = np.zeros(sighting.placement.codes.shape, dtype=bool)
    return replace(sighting, is_formula=no, must_be_formula=no)


def _described(found: Found) -> CellResult:
    result = found.describe()
    return replace(result, message=f"Right only for the numbers that stand here. With others: {result.message}")


def with_other_numbers(parts: Sequence[Part], wrong: Iterable[Found], asked: int) -> list[Part]:
    """The parts of a report and one more: cells that were thought right, and a note if rounds were asked for.

    A stored value that is not what a formula gives is no matter any more where the formula is wrong.

    Args:
        parts: what became of the cells with the stored numbers.
        wrong: the cells that are wrong for other numbers.
        asked: how many rounds somebody asked for.
    """
    times = "once" if asked == 1 else f"{asked} times"
    note = f"other numbers were put in for all weights and inputs {times}, and each formula was asked to follow them"
    listed = {(r.sheet, r.code): r.status for part in parts for r in part.results if isinstance(r, Found)}
    new = {(c.sheet, c.code): c for c in wrong if listed.get((c.sheet, c.code), Status.AGREE) is Status.AGREE}
    kept = [
        replace(part, results=[r for r in part.results if not isinstance(r, Found) or (r.sheet, r.code) not in new])
        for part in parts
    ]
    return [*kept, Part([*new.values()], notes=(note,) if asked else ())]
