"""The result of a check, as data; every output format is a view of it."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from xlcheck.verdicts.json_values import finite_or_text
from xlcheck.verdicts.listing import Cells

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "xlcheck-report-1"
"""What reports call themselves as JSON; `xlcheck/reports/reports.schema.json` describes them."""


class Status(StrEnum):
    """The verdict on one formula cell."""

    AGREE = "agree"
    ROOT = "root"
    CARRIED = "carried"
    UNBOUND = "unbound"
    NOT_EVALUATED = "not_evaluated"


class Kind(StrEnum):
    """What is wrong with a cell, before anyone asks why."""

    VALUE = "value"
    NOT_A_FORMULA = "not_a_formula"
    MISSING = "missing"
    EXCEL_ERROR = "excel_error"
    NOT_FINITE = "not_finite"
    STALE_CACHE = "stale_cache"
    NOT_AS_WRITTEN = "not_as_written"


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell that does not simply agree.

    Attributes:
        sheet: the worksheet.
        cell: its address (`M15`).
        status: the verdict.
        kind: what is wrong with it.
        quantity: the element it should hold (`lstm.i[1][0]`), or None if it belongs to nothing.
        actual: what the engine computed: a number, a text, an error code, or None if empty.
        desired: the oracle's value.
        desired_from_precedents: what it should be given the values that stand in its own precedents.
        formula: the formula's text with `=`, or None.
        diagnosis: the name of the mistake (`pre-activation-fed-back`), or None.
        message: one sentence a learner understands.
        sample: the sample (from 0) at which it disagrees most, or None.
        desired_formula: the formula that should stand there, with `=`, in the sheet's own style and with its own
            references; None for a cell that is right in itself, and where no formula is sure to be right.
    """

    sheet: str
    cell: str
    status: Status
    kind: Kind
    quantity: str | None
    actual: float | str | bool | None
    desired: float | str | None
    desired_from_precedents: float | str | None
    formula: str | None
    diagnosis: str | None
    message: str
    sample: int | None = None
    desired_formula: str | None = None


@dataclass(frozen=True)
class Counts:
    """How many formula cells there are and what became of them.

    `formula_cells` counts the formula cells of the workbook and the cells that should hold a
    formula; `checked` those that were compared: agree + root + carried. With a model, its weights are
    compared too and count as checked. `stray` are those of `unbound` that stand on worksheets which
    xlcheck made and so should know by heart; a workbook with such cells has not been checked completely.
    """

    formula_cells: int
    checked: int
    agree: int
    root: int
    carried: int
    unbound: int
    not_evaluated: int
    stray: int = 0

    def __add__(self, other: Counts) -> Counts:
        """The counts of two parts of a workbook together."""
        return Counts(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Edit:
    """A weight or an input that was changed after the workbook was built; `role` says which, in one word."""

    sheet: str
    cell: str
    quantity: str
    actual: float | str | bool | None
    desired: float
    role: str = "input"


@dataclass(frozen=True, slots=True)
class CellWarning:
    """A cell on which there is no verdict and that breaks the pattern of its neighbours; it may be right.

    Attributes:
        sheet: the worksheet.
        cell: its address (`M15`).
        formula: the formula's text with `=`.
        pattern_formula: the one that its neighbours would have in its place, with `=`.
        message: one sentence a learner understands.
    """

    sheet: str
    cell: str
    formula: str
    pattern_formula: str
    message: str


@dataclass(frozen=True)
class CheckReport:
    """The verdict on one workbook with one engine.

    Attributes:
        workbook: the file's path as given.
        engine: name and version of the engine.
        oracle: where the desired values come from (`keras float64`).
        counts: see `Counts`.
        max_abs_error: largest absolute difference over all compared cells that hold numbers.
        max_ulps: the same in units in the last place of the desired value.
        samples: how many samples (documents) were evaluated.
        cells: every cell that is not `agree`, roots first, in calculation order; after them the
            cells that agree but whose cached value in the file is stale.
        edits: weights and inputs that differ from those the workbook was built with.
        notes: what a reader should know (what was assumed, what was recomputed).
        quantities: every quantity that was compared, in calculation order; then, for the formula
            cells that are no quantity, `other formulas on SHEET`.
        alterations: what else is not as it was built: words, numbers and names that are no quantities.
        strict: whether these are wrong, and edits, too.
        as_built: whether the workbook should be as it was built, so that an edit is wrong.
        reservations: why a reader of the file may see other values than those that were checked.
        warnings: cells without a verdict that break the pattern of their neighbours; none of them counts as wrong.
        seconds: how long the check took.
        asked: how it was asked for, as further options of `xlcheck check`.
    """

    workbook: str
    engine: str
    oracle: str
    counts: Counts
    max_abs_error: float
    max_ulps: float = 0.0
    samples: int = 1
    cells: Cells = field(default_factory=Cells)
    edits: tuple[Edit, ...] = ()
    notes: tuple[str, ...] = ()
    quantities: tuple[str, ...] = field(default=(), repr=False)
    reservations: tuple[str, ...] = ()
    warnings: tuple[CellWarning, ...] = ()
    seconds: float = field(default=0.0, repr=False, compare=False)
    as_built: bool = False
    alterations: tuple[str, ...] = ()
    strict: bool = False
    asked: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take any results for `cells`."""
        if not isinstance(self.cells, Cells):
            object.__setattr__(self, "cells", Cells(self.cells))

    @property
    def complete(self) -> bool:
        """Whether cells were checked, none was left out that should have a verdict, and a reader sees the same."""
        counts = self.counts
        return counts.checked > 0 and counts.not_evaluated == 0 and counts.stray == 0 and not self.reservations

    @property
    def ok(self) -> bool:
        """Whether the check is complete and nothing is wrong."""
        return self.complete and not self._disagrees

    @property
    def exit_code(self) -> int:
        """0: all agree; 1: something disagrees; 3: nothing, or not everything, could be checked."""
        if self._disagrees:
            return 1
        return 0 if self.complete else 3

    @property
    def differs_from_built(self) -> bool:
        """Whether the workbook is not as it was built, and should be."""
        return bool(((self.as_built or self.strict) and self.edits) or (self.strict and self.alterations))

    @property
    def _disagrees(self) -> bool:
        return bool(self.counts.root or self.counts.carried or self.differs_from_built)

    @property
    def roots(self) -> Cells:
        """The cells that are wrong in themselves."""
        return self.cells.with_status(Status.ROOT)

    @property
    def stale(self) -> Cells:
        """The cells that agree, but whose stored value is not what their formula gives."""
        return self.cells.with_status(Status.AGREE)

    def to_json(self) -> dict[str, Any]:
        """The object that `--format json` prints: plain types only, non-finite numbers as texts."""
        return {
            "format": FORMAT,
            "workbook": self.workbook,
            "engine": self.engine,
            "oracle": self.oracle,
            "ok": self.ok,
            "counts": asdict(self.counts),
            "max_abs_error": finite_or_text(self.max_abs_error),
            "max_ulps": finite_or_text(self.max_ulps),
            "samples": self.samples,
            "cells": [plain_item(cell) for cell in self.cells],
            "edits": [plain_item(edit) for edit in self.edits],
            "notes": list(self.notes),
            "reservations": list(self.reservations),
            "alterations": list(self.alterations),
            "warnings": [plain_item(warning) for warning in self.warnings],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each cell of `cells`.

        Raises:
            MissingDependencyError: pandas is not installed.
        """
        from xlcheck.reports.frame import to_frame

        return to_frame(self)

    def raise_if_failed(self) -> None:
        """Raise `CheckFailedError` with the roots unless the report is ok."""
        if not self.ok:
            from xlcheck.reports.failure import CheckFailedError

            raise CheckFailedError(self)

    def __str__(self) -> str:
        from xlcheck.reports.render_text import render_text

        return render_text([self])

    def _repr_html_(self) -> str:
        from xlcheck.reports.render_html import render_html

        return render_html([self], fragment=True)


def plain_item(item: CellResult | Edit | CellWarning) -> dict[str, Any]:
    """One cell, edit or warning with plain types only."""
    return {field.name: _json_value(getattr(item, field.name)) for field in fields(item)}


def _json_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return finite_or_text(value) if isinstance(value, float) else value
