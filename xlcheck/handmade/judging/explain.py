"""From a verdict to a result that a learner understands: which mistake it is, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlcheck.graph.quantities import Quantity
from xlcheck.handmade.judging.diagnose import OTHER_SAMPLE, WRONG_STEP, Diagnoser
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.networks.elements import Element
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.results import result_at
from xlcheck.verdicts.messages import quantity_message, show_apart
from xlcheck.verdicts.report import CellResult, Kind, Status

NOISE = "float32-noise"


class Explainer:
    """Finds words for the verdicts on one workbook.

    Args:
        diagnoser: names mistakes.
        table: the workbook's cells.
        networks: the models.
    """

    def __init__(self, diagnoser: Diagnoser, table: CellTable, networks: Sequence[Network]) -> None:
        self._diagnoser, self._table, self._networks = diagnoser, table, networks

    def result(self, verdict: Verdict) -> CellResult:
        """The result for one cell."""
        cell, status, (name, message) = verdict.cell, verdict.status, self._words(verdict)
        return result_at(
            self._table, cell, status, message, verdict.actual, verdict.kind,
            quantity=verdict.element.name, desired=verdict.desired, local=verdict.local, diagnosis=name,
            sample=self._sample(verdict.element),
            desired_formula=self._diagnoser.desired_formula(cell) if status is Status.ROOT else None,
        )  # fmt: skip

    def _has_samples_for_steps(self, element: Element) -> bool:
        source = element.source
        return source.quantity.step is not None and self._networks[source.network].samples_in_steps

    def _sample(self, element: Element) -> int | None:
        quantity = element.source.quantity
        if quantity.is_weight:
            return None
        return 1 + ((quantity.step or 0) if self._has_samples_for_steps(element) else element.sample)

    def _quantity(self, element: Element) -> Quantity:
        """What a cell holds, as a reader knows it."""
        quantity = element.source.quantity
        if not self._has_samples_for_steps(element):
            return quantity
        label, equation = (text.replace("ₜ", "") for text in (quantity.band.label, quantity.band.equation))
        return replace(quantity, step=None, band=replace(quantity.band, label=label, equation=equation))

    def _words(self, verdict: Verdict) -> tuple[str | None, str]:
        if verdict.is_noise:
            is_, should = show_apart(verdict.actual, verdict.desired)
            return NOISE, f"{is_} differs from {should} by no more than single precision does; this is no error."
        element = verdict.element
        quantity = self._quantity(element)
        wanted = verdict.desired if verdict.local is None or verdict.status is not Status.ROOT else verdict.local
        index = element.index if element.index < quantity.shape[-1] or len(quantity.shape) == 2 else 0
        message = quantity_message(quantity, index, verdict.status, verdict.kind, verdict.actual, wanted)
        if verdict.only_here and verdict.status is Status.CARRIED:
            return None, "It is right for the numbers shown, but with other numbers a cell that it reads is wrong."
        if verdict.kind is Kind.NOT_A_FORMULA:
            return "constant-over-formula", message
        named = self._diagnoser.name(verdict.cell) if verdict.status is Status.ROOT else None
        if named is not None and named.name == WRONG_STEP and self._has_samples_for_steps(element):
            named = OTHER_SAMPLE
        if verdict.only_here and verdict.status is Status.ROOT:
            reason = f"it should compute {quantity.band.equation or element.name}" if named is None else named.sentence
            return None if named is None else named.name, f"The formula is right only for the numbers shown: {reason}."
        if named is None:
            return None, message
        return named.name, f"{message[:-1]}: {named.sentence}."
