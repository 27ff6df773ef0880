"""What stands in the place of a report where there is none: why a workbook could not be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlcheck.verdicts.findings import FORMAT


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
