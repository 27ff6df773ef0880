"""The verdict on every cell: right, wrong in itself, or wrong because of what it reads.

*Global*: does the cell's value equal Keras's? *Local*: does its formula compute its quantity? The
second question was answered by `alignment` for all numbers at once, so it does not depend on how wrong
the cell's precedents are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph.trace import Trace
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.judging.local import SheetValues
from xlcheck.handmade.networks.elements import Element
from xlcheck.handmade.networks.formula_text import is_number, numbers_in_text
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.verdicts.judge import Alignment, verdict
from xlcheck.verdicts.placement import magnitude
from xlcheck.verdicts.report import Kind, Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import CellError, NotEvaluated, Value

NOISE = 1e-7
"""What single precision can do to a number near 1; such a difference is no error if a number was typed."""
_CIRCLE = CellError("#CIRC!")
"""What stands in all cells of a circle, also in those whose formulas are right."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one cell.

    Attributes:
        cell: its address.
        element: what it should hold.
        status: the verdict.
        kind: what is wrong with it.
        actual: what the engine computed.
        desired: Keras's value.
        local: what it should be, given what stands in the sheet; None where nobody asked.
        is_noise: it differs from Keras by no more than single precision explains.
        only_here: its formula is wrong, but not for the numbers shown.
    """

    cell: Address
    element: Element
    status: Status
    kind: Kind
    actual: Value
    desired: float
    local: float | None
    is_noise: bool = False
    only_here: bool = False


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the judge asks of a formula that does not simply agree.

    Attributes:
        is_shown: whether it gives the right value for the numbers shown, though not for others.
        is_noise: whether it differs by no more than single precision explains.
        follows: whether its value follows from what it reads, some of which is wrong.
        local: what it should be, given what stands in the sheet, if that is known by now.
    """

    is_shown: bool = False
    is_noise: bool = False
    follows: bool = False
    local: float | None = None


class Judge:
    """Gives the judge of `verdicts` the cells of one workbook, those that disagree in order of calculation.

    Args:
        table: the workbook's cells.
        values: what an engine computed.
        networks: the models.
        traces: Keras's values, for each model.
        aligned: what each cell should hold.
        precedents: who reads what.
        tolerance: what counts as agreement.
        wrong_inputs: cells that hold wrong inputs.
    """

    def __init__(
        self,
        table: CellTable,
        values: CellValues,
        networks: Sequence[Network],
        traces: Sequence[Trace],
        aligned: Assignment,
        precedents: Precedents,
        tolerance: Tolerance,
        wrong_inputs: Iterable[Address] = (),
    ) -> None:
        self._table = table
        self._values = values
        self._networks = networks
        self._traces = traces
        self._aligned = aligned
        self._precedents = precedents
        self._tolerance = tolerance
        self._desired: dict[int, tuple[Array, float]] = {}
        self._sheets: dict[tuple[int, int], SheetValues] = {}
        self._status: dict[Address, Status] = dict.fromkeys(wrong_inputs, Status.ROOT)

    def judge(self) -> Iterator[Verdict]:
        """The verdict on each cell that holds an element, in order of calculation where they disagree."""
        suspects = []
        for cell, number in self._aligned.held.items():
            agreement = (
                None if cell in self._aligned.wrong else self._agreement(cell, number) or self._as_equal(cell, number)
            )
            if agreement is None:
                suspects.append(cell)
            else:
                self._status[cell] = Status.AGREE
                yield agreement
        # A cell may read another one through scratch cells, so these stand in the order as well.
        scratch = [cell for cell in self._table.texts if cell not in self._aligned.held] if suspects else []
        disagreeing = set(suspects)
        for cell in self._precedents.in_order([*suspects, *scratch]):
            if cell in disagreeing:
                found = self._suspect(cell)
                self._status[cell] = found.status
                yield found

    def actual(self, cell: Address) -> Value:
        """What the engine computed for a cell; None for an empty one."""
        return self._table.value(cell, self._values)

    def desired(self, element: Element) -> float:
        """Keras's value of an element."""
        return float(self._source(element)[0][element.sample, element.index])

    def _source(self, element: Element) -> tuple[Array, float]:
        source = element.source
        key = id(source)
        if key not in self._desired:
            values = source.compute(self._traces[source.network].values)
            self._desired[key] = (values, magnitude(values))
        return self._desired[key]

    def _agreement(self, cell: Address, number: int) -> Verdict | None:
        """The verdict on a cell that is right; None if it is not."""
        element, actual = self._aligned.elements[number], self.actual(cell)
        values, scale = self._source(element)
        desired = float(values[element.sample, element.index])
        if not self._near(element, actual, desired, scale):
            return None
        return Verdict(cell, element, Status.AGREE, Kind.VALUE, actual, desired, None)

    def _as_equal(self, cell: Address, number: int) -> Verdict | None:
        """The same for another element that random numbers do not tell from it, as a relu from a positive sum."""
        elements = self._aligned.elements
        others = elements.equal_to(elements[number].values[:, None])[0]
        found = (self._agreement(cell, other) for other in others if other != number)
        return next((agreement for agreement in found if agreement is not None), None)

    def _near(self, element: Element, actual: Value, desired: float, scale: float) -> bool:
        if type(actual) is not float or not math.isfinite(actual):
            return False
        return abs(actual - desired) <= self._tolerance.of(element.source.quantity.name).limit(scale)

    def _suspect(self, cell: Address) -> Verdict:
        """The verdict on a cell that does not simply agree."""
        element, actual, kind = self._aligned.elements[self._aligned.held[cell]], self.actual(cell), self._kind(cell)
        evaluated, sound = not isinstance(actual, NotEvaluated), kind not in {Kind.MISSING, Kind.NOT_A_FORMULA}
        answers = self._answers(cell, element, actual) if evaluated and sound else _Answers()
        alignment = Alignment(answers.is_shown or answers.is_noise, evaluated, sound)
        status = verdict(alignment, lambda: answers.follows)
        local = answers.local
        if status is Status.ROOT and local is None:
            local = self._local(cell, element)
        only_here = cell in self._aligned.wrong and (answers.is_shown or answers.follows)
        return Verdict(cell, element, status, kind, actual, self.desired(element), local, answers.is_noise, only_here)

    def _answers(self, cell: Address, element: Element, actual: Value) -> _Answers:
        """What the judge asks of a formula, whose text may be right or wrong."""
        desired, scale = self.desired(element), self._source(element)[1]
        if cell not in self._aligned.wrong:
            if self._reads_wrong(cell) or actual == _CIRCLE:
                return _Answers(follows=True, local=actual if type(actual) is float else None)
            return _Answers(is_noise=self._is_noise(cell, actual, desired, scale))
        if self._near(element, actual, desired, scale):
            return _Answers(is_shown=True)
        local = self._local(cell, element)
        large = max(scale, abs(local) if math.isfinite(local) else 0)
        if self._near(element, actual, local, large) and self._reads_wrong(cell):
            return _Answers(follows=True, local=local)
        if self._is_noise(cell, actual, local, scale) and numbers_in_text(self._table.texts.get(cell, "")):
            return _Answers(is_noise=True)
        return _Answers(local=local)

    def _kind(self, cell: Address) -> Kind:
        actual = self.actual(cell)
        if isinstance(actual, NotEvaluated):
            return Kind.VALUE
        if actual is None and not self._table.is_formula(cell):
            return Kind.MISSING
        if not self._table.is_formula(cell) or is_number(self._table.texts.get(cell, "")):
            return Kind.NOT_A_FORMULA
        if isinstance(actual, CellError):
            return Kind.EXCEL_ERROR
        if isinstance(actual, float) and not math.isfinite(actual):
            return Kind.NOT_FINITE
        return Kind.VALUE

    def _is_noise(self, cell: Address, actual: Value, right: float, scale: float) -> bool:
        small = type(actual) is float and abs(actual - right) <= NOISE * max(1.0, scale)
        return small and "ROUND" not in self._table.texts.get(cell, "").upper()

    def _reads_wrong(self, cell: Address) -> bool:
        """Whether anything the cell reads is wrong, directly or through scratch cells."""
        return any(self._status.get(p) in {Status.ROOT, Status.CARRIED, Status.NOT_EVALUATED} for p in self._read(cell))

    def _read(self, cell: Address) -> set[Address]:
        """What a cell reads, at once and through scratch cells."""
        held, is_formula = self._aligned.held, self._table.is_formula
        found = reached([cell], self._precedents.of, through=lambda own: own not in held and is_formula(own))
        return found - {cell}

    def _local(self, cell: Address, element: Element) -> float:
        """What the cell should be, given what stands in the sheet."""
        operands = self.operands(cell, element)
        value = element.source.from_operands(operands)
        return float(value[0, element.index])

    def operands(self, cell: Address, element: Element) -> dict[str, Array]:
        """The operands of an element as they stand in the sheet, each `(1, n)`."""
        network = element.source.network
        reads = []
        for precedent in self._read(cell):
            read = self._aligned.element(precedent)
            if read is not None and not read.source.part and read.source.network == network:
                reads.append((read.source.quantity.name, read.index))
        reads += self._given_read(cell, network)
        return self._sheet(network, element.sample).seen_from(element, reads)

    def _given_read(self, cell: Address, network: int) -> list[tuple[str, int]]:
        read = self._read(cell)
        return [
            (quantity.name, index) for quantity, _, index, place in self._networks[network].cells() if place in read
        ]

    def _sheet(self, network: int, sample: int) -> SheetValues:
        key = (network, sample)
        if key not in self._sheets:
            given = {}
            for quantity in self._networks[network].given:
                values = self._traces[network].values[quantity.name]
                given[quantity.name] = values if quantity.is_weight else values[sample : sample + 1]
            self._sheets[key] = SheetValues(self._networks[network], given, self._held(network, sample))
        return self._sheets[key]

    def _held(self, network: int, sample: int) -> Mapping[tuple[str, int], float]:
        found: dict[tuple[str, int], float] = {}
        for cell, number in self._aligned.held.items():
            element = self._aligned.elements[number]
            if element.source.network == network and element.sample == sample and not element.source.part:
                actual = self.actual(cell)
                actual = 0.0 if isinstance(actual, str) else actual  # as functions that add up count a word
                key = (element.source.quantity.name, element.index)
                if type(actual) is float and (key not in found or cell not in self._aligned.wrong):
                    found[key] = actual
        return found
