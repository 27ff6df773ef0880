"""What a check found, as data; every output format is a view of it."""

from __future__ import annotations

from dataclasses import asdict, astuple, field, fields
from enum import StrEnum
from typing import Any

from xlcheck.frozen import dataclass
from xlcheck.verdicts.cell_result import CellResult, Cells, Status, finite_or_text

FORMAT = "xlcheck-report-1"
"""What reports call themselves as JSON; `xlcheck/reports/reports.schema.json` describes them."""


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
class Findings:
    """What a report says; `xlcheck.verdicts.report.CheckReport` describes each field."""

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
    gaps: tuple[str, ...] = ()
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
    def gaps_without_a_cell(self) -> tuple[str, ...]:
        """Why not everything was checked, where no cell shows it."""
        is_shown = any(cell.status is Status.NOT_EVALUATED for cell in self.cells)
        return self.gaps if self.counts.not_evaluated and not is_shown else ()

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
        # What reads a cell of which nobody knows what it gives is no mistake anybody could name.
        carried = self.counts.carried and not self.counts.not_evaluated
        return bool(self.counts.root or carried or self.differs_from_built)

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
            "exit_code": self.exit_code,
            "counts": asdict(self.counts),
            "max_abs_error": finite_or_text(self.max_abs_error),
            "max_ulps": finite_or_text(self.max_ulps),
            "samples": self.samples,
            "cells": [plain_item(cell) for cell in self.cells],
            "edits": [plain_item(edit) for edit in self.edits],
            "notes": list(self.notes),
            "reservations": list(self.reservations),
            "gaps": list(self.gaps),
            "alterations": list(self.alterations),
            "warnings": [plain_item(warning) for warning in self.warnings],
        }


@dataclass(frozen=True)
class Refusal:
    """A workbook that could not be checked.

    Attributes:
        workbook: the file's path as given.
        engine: the engine that was to recalculate it.
        kind: the name of the error (`WorkbookError`).
        message: its sentence.
        exit_code: 2: it cannot be read; 3: nothing could be checked; 70: a defect of xlcheck.
        seconds: how long it took to find out.
    """

    workbook: str
    engine: str
    kind: str
    message: str
    exit_code: int
    seconds: float = 0.0
    ok: bool = False

    def to_json(self) -> dict[str, Any]:
        """The object that `--format json` prints in the place of a report."""
        error = {"kind": self.kind, "message": self.message, "exit_code": self.exit_code}
        return {"format": FORMAT, "workbook": self.workbook, "engine": self.engine, "ok": False, "error": error}


def plain_item(item: CellResult | Edit | CellWarning) -> dict[str, Any]:
    """One cell, edit or warning with plain types only."""
    return {field.name: _json_value(getattr(item, field.name)) for field in fields(item)}


def _json_value(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return finite_or_text(value) if isinstance(value, float) else value
