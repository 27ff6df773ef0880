"""What was found out about a submission, apart from points: it is kept, and marks are counted from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """A cell that holds no right formula.

    Attributes:
        index: which cell of the key.
        place: where it stands in the submission, `lstm!F12`; empty if nobody knows.
        status: `wrong`, `trivial` (right only because of a wrong cell before it), `missing`, `not_a_formula`, `text`,
            `not_found` or `unknown`.
        formula: what stands there, with `=`; None if it is no formula.
        actual: what it gives with the submission's own numbers; None if that is not known.
        wanted: what it should give there, from what stands in the cells before it.
        mistake: the name of the mistake, if it is certain.
        message: what is wrong, in a sentence; empty if the status says it.
        right: whether the number is right all the same.
    """

    index: int
    place: str
    status: str
    formula: str | None = None
    actual: float | str | None = None
    wanted: float | None = None
    mistake: str | None = None
    message: str = ""
    right: bool = False


@dataclass(frozen=True)
class Record:
    """What was found out about one submission.

    Attributes:
        sha256: of the file.
        id: what stands in the cell of the student's id.
        findings: the cells that hold no right formula, in order of computation.
        hints: the hints that were opened, by their places in the key.
        numbers: the given numbers as they stand in the file, in the order of the key's origins.
        formulas: the formulas that are spelled otherwise than the key's, by cell.
        notes: what a teacher should know.
        error: why it could not be graded; empty if it was.
    """

    sha256: str
    id: str = ""
    findings: tuple[Finding, ...] = ()
    hints: tuple[int, ...] = ()
    numbers: tuple[float, ...] = ()
    formulas: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON has it; NaN becomes null."""
        data = asdict(self)
        data["numbers"] = [None if math.isnan(number) else number for number in self.numbers]
        return data

    def formulas_shown(self, index: int) -> str | None:
        """The formula in a cell with `=`, if it is spelled otherwise than the key's."""
        return f"={self.formulas[index]}" if index in self.formulas else None

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Record:
        """The record that `to_json` gave."""
        return Record(
            **{
                **data,
                "findings": tuple(Finding(**item) for item in data["findings"]),
                "hints": tuple(data["hints"]),
                "numbers": tuple(math.nan if number is None else number for number in data["numbers"]),
                "formulas": {int(index): text for index, text in data["formulas"].items()},
                "notes": tuple(data["notes"]),
            }
        )
