"""Sessions of one saved workbook: loading a large file takes as long as recalculating it ten times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.engines.base import Engine, Formula, PackedValues, Session
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.content import Value


class Sessions:
    """Opens one workbook with one engine.

    Args:
        engine: the engine.
        table: the workbook's cells.
    """

    def __init__(self, engine: Engine, table: CellTable) -> None:
        self.engine = engine
        self._table = table
        self._lent: _Lent | None = None
        self._held: dict[Address, float] = {}
        self._amended: dict[Address, Formula] = {}

    def amended(self, table: CellTable, texts: Mapping[Address, str], numbers: Mapping[Address, float]) -> Sessions:
        """The same sessions with other formulas in some cells, and numbers in cells that are empty there.

        Args:
            table: the cells with these formulas and numbers.
            texts: the formulas, without `=`.
            numbers: the numbers.
        """
        new = Sessions(self.engine, table)
        new._held = {**self._held, **numbers}
        new._amended = {**self._amended, **{cell: Formula(text) for cell, text in texts.items()}}
        return new

    def hold(self, numbers: Mapping[Address, float]) -> None:
        """Let formulas give these numbers from now on, in each session: those that would draw others each time."""
        self._held.update(numbers)
        self._lent = None

    def open(self) -> Session:
        """A session of its own, for as long as it is needed."""
        session = self.engine.open(self._table.content.path)
        for cell, number in self._held.items():
            session.set(*cell, number)
        for cell, text in self._amended.items():
            session.set(*cell, text)
        return session

    def saved(self) -> Session:
        """A session that holds what the file holds; it is valid until the next call.

        The same session is used again if constants alone were changed in it: they are put back.
        """
        if self._lent is None or not self._put_back(self._lent):
            self._lent = _Lent(self.open())
        return self._lent

    def _put_back(self, lent: _Lent) -> bool:
        constants: dict[Address, float | str] = {}
        for address in lent.changed:
            if address in self._held:
                constants[address] = self._held[address]
                continue
            cell = self._table.cell(address)
            if cell is None or cell.formula is not None or cell.array is not None or type(cell.value) is not float:
                return False
            constants[address] = cell.value
        for address, value in constants.items():
            lent.set(*address, value)
        lent.changed.clear()
        return True


class _Lent:
    """A session that remembers which cells were changed in it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.changed: set[Address] = set()

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        self.changed.add((sheet, row, column))
        self._session.set(sheet, row, column, value)

    def recalculate(self) -> None:
        self._session.recalculate()

    def read(self, area: Range) -> list[list[Value]]:
        return self._session.read(area)

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        return self._session.read_all(areas)
