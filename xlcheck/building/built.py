"""What building a workbook returns; nothing heavy is imported here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlcheck.frozen import dataclass

if TYPE_CHECKING:
    from xlcheck.verdicts.report import CheckReport


@dataclass(frozen=True)
class Built:
    """A workbook that was written, and the check of what was written.

    Attributes:
        path: the workbook.
        report: the check of the saved file.
        model: the Keras model, if it was trained just now.
    """

    path: Path
    report: CheckReport
    model: Any = None

    def __str__(self) -> str:
        return str(self.report)
