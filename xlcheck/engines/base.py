"""The protocol that every formula engine stands behind: open a saved workbook, set, recalculate, read."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from xlcheck.excel.addresses import Range
from xlcheck.excel.values import Value


class Session(Protocol):
    """One workbook that an engine has loaded. The file on disk is never changed."""

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a constant into a cell (row and column from 0); takes effect at the next `recalculate`."""

    def recalculate(self) -> None:
        """Compute every formula anew; cached values of the file are never used."""

    def read(self, area: Range) -> list[list[Value]]:
        """Values of a range, row by row; `NotEvaluated` where the engine cannot compute a formula.

        To be called after `recalculate`.
        """


class Engine(Protocol):
    """A formula engine.

    Attributes:
        name: `ironcalc`, `cellrune` or `libreoffice`.
        absolute_tolerance: the precision with which it hands values back (LibreOffice writes 15 digits).
    """

    name: str
    absolute_tolerance: float

    @property
    def version(self) -> str:
        """The engine's version, for reports."""

    def open(self, path: Path) -> Session:
        """Load a saved workbook.

        Raises:
            EngineError: the engine cannot read it.
            WorkbookError: nobody should; see `open_container`.
        """
