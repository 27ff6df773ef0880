"""CellRune, the second opinion: another implementation, with Excel's 15-digit rule for differences near zero."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xlcheck.engines.base import Formula, PackedValues, Session
from xlcheck.engines.installed import installed_version
from xlcheck.engines.plain import load_or_plain, load_plain
from xlcheck.errors import EngineError, UsageError
from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import CellError, NotEvaluated, Value

_CIRCULAR = "calculation.circular_reference"


class CellRune:
    """The engine `cellrune`."""

    name = "cellrune"
    absolute_tolerance = 0.0
    takes_formulas = True

    def __init__(self) -> None:
        self.version = installed_version("cellrune", (0, 2))

    def open(self, path: Path) -> Session:
        """Load a saved workbook, or a plain copy of it if CellRune refuses the file.

        Raises:
            EngineError: CellRune refuses both.
            WorkbookError: see `open_container`.
        """
        with open_container(path) as container:
            data_tables = container.formulas.data_tables
        # CellRune takes the cells of a what-if table for constants, all but the first.
        return _Session(load_plain(path, _load) if data_tables else load_or_plain(path, _load))


class _Session(Session):
    def __init__(self, workbook: Any) -> None:
        from cellrune import CellRuneError

        self._workbook = workbook
        self._error: type[Exception] = CellRuneError

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        cell = cell_name(row, column)
        try:
            if isinstance(value, Formula):
                self._set_formula(sheet, cell, value)
            elif isinstance(value, str):
                self._workbook.set_text(sheet, cell, value)
            else:
                self._workbook.set_number(sheet, cell, float(value))
        except self._error as error:
            raise UsageError(f"cellrune cannot set {Range(sheet, row, column)} ({error})") from None

    def _set_formula(self, sheet: str, cell: str, text: Formula) -> None:
        if text:
            self._workbook.set_formula(sheet, cell, f"={text}")
        else:
            self._workbook.clear_cell(sheet, cell)

    def recalculate(self) -> None:
        try:
            self._workbook.recalculate()
        except self._error as error:
            raise EngineError(f"cellrune cannot calculate the workbook ({error}); try --engine ironcalc") from None

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        return PackedValues.of(map(self._values, areas))

    def _values(self, area: Range) -> list[Value]:
        last = cell_name(area.top + area.rows - 1, area.left + area.columns - 1)
        try:
            rows = self._workbook.read_values(area.sheet, cell_name(area.top, area.left), last)
        except self._error as error:
            raise UsageError(f"cellrune cannot read {area} ({error})") from None
        return [_value(cell) for row in rows for cell in row]


def _load(path: Path) -> Any:
    import cellrune

    try:
        return cellrune.Workbook.open_path(path)
    except cellrune.CellRuneError as error:
        raise EngineError(f"cellrune cannot read {path} ({error}); try --engine ironcalc or libreoffice") from None


def _value(cell: dict[str, Any]) -> Value:
    kind = cell["kind"]
    if kind == "blank":
        return None
    if kind == "error":
        return CellError(cell["value"])
    if kind in {"number", "text", "logical"}:
        value: Value = cell["value"]
        return value
    code = cell.get("code", kind)
    if code == _CIRCULAR:
        return CellError("#CIRC!")
    words = str(cell.get("message") or code)
    detail = cell.get("detail")
    return NotEvaluated(f"cellrune: {words}" + (f" ({detail})" if detail else ""))
