"""IronCalc, the embedded default engine.

Known differences from Excel: an overflow is infinity inside a formula, so that `1/(1+EXP(800))` is 0
where Excel says `#NUM!`; and TEXT rounds a tie down.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from xlcheck.engines.base import Engine, Session
from xlcheck.errors import EngineError, MissingDependencyError, UsageError
from xlcheck.excel.addresses import Range
from xlcheck.excel.container import open_container
from xlcheck.excel.values import CellError, NotEvaluated, Value

# What IronCalc shows for a formula it has no answer to, and why.
_NO_ANSWER = {
    "#NAME?": "ironcalc does not know a function or a name in this formula, or in one that it depends on",
    "#ERROR!": "ironcalc cannot parse this formula, or one that it depends on",
    "#N/IMPL!": "ironcalc does not implement this formula, or one that it depends on",
}


class IronCalc(Engine):
    """The engine `ironcalc`."""

    name = "ironcalc"
    absolute_tolerance = 0.0

    def __init__(self) -> None:
        try:
            import ironcalc
        except ImportError as error:
            raise MissingDependencyError(
                'The engine ironcalc is not installed; run: pip install "ironcalc>=0.9.1,<0.10", or choose --engine'
            ) from error
        self._library = ironcalc
        self.version = version("ironcalc")

    def open(self, path: Path) -> Session:
        """Load a workbook that `open_container` accepts."""
        open_container(path).close()
        try:
            model = self._library.load_from_xlsx(str(path))
        except self._library.WorkbookError as error:
            raise EngineError(f"ironcalc cannot read {path} ({error}); try --engine cellrune or libreoffice") from None
        return _Session(model, self._library.CellType.ErrorValue)


class _Session(Session):
    def __init__(self, model: Any, error_type: Any) -> None:
        self._model = model
        self._error_type = error_type
        self._sheets = {item["name"]: index for index, item in enumerate(model.get_worksheets_properties())}

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        index = self._index(sheet)
        if isinstance(value, str):
            self._model.update_cell_with_text(index, row + 1, column + 1, value)
        else:
            self._model.update_cell_with_number(index, row + 1, column + 1, float(value))

    def recalculate(self) -> None:
        self._model.evaluate()

    def read(self, area: Range) -> list[list[Value]]:
        index = self._index(area.sheet)
        get = self._model.get_cell_value
        columns = range(area.left + 1, area.left + area.columns + 1)
        rows: list[list[Value]] = []
        for row in range(area.top + 1, area.top + area.rows + 1):
            values: list[Value] = [get(index, row, column) for column in columns]
            for position, value in enumerate(values):
                if isinstance(value, str) and value.startswith("#"):
                    values[position] = self._text_or_error(index, row, columns[position], value)
            rows.append(values)
        return rows

    def _text_or_error(self, index: int, row: int, column: int, text: str) -> Value:
        """An error comes as its text, as does a text that looks like one."""
        if self._model.get_cell_type(index, row, column) != self._error_type:
            return text
        reason = _NO_ANSWER.get(text)
        return CellError(text) if reason is None else NotEvaluated(reason)

    def _index(self, sheet: str) -> int:
        try:
            return self._sheets[sheet]
        except KeyError:
            raise UsageError(f"there is no worksheet {sheet!r} in the workbook") from None
