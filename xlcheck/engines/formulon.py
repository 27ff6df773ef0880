"""Formulon, the nearest there is to Excel itself: its authors hold it to the results of Excel 365, bit for bit.

Optional (`pip install "xlcheck[excel]"`): it runs as WebAssembly, and takes some seconds to start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from xlcheck.engines.base import PackedValues, Session
from xlcheck.engines.installed import installed_version
from xlcheck.engines.plain import load_or_plain
from xlcheck.engines.unknown import hides_unknown
from xlcheck.errors import EngineError, UsageError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import plain_name, tokens
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import CellError, NotEvaluated, Value

_UNKNOWN = "formulon does not know a function or a name in this formula, or in one that it depends on"


class Formulon:
    """The engine `formulon`."""

    name = "formulon"
    absolute_tolerance = 0.0
    takes_formulas = False

    def __init__(self) -> None:
        self.version = installed_version("formulon", (0, 18))

    def open(self, path: Path) -> Session:
        """Load a saved workbook, or a plain copy of it if Formulon refuses the file.

        Raises:
            EngineError: Formulon refuses both.
            WorkbookError: see `open_container`.
        """
        with open_container(path) as container:
            facts = container.formulas
        hiding = facts.other_workbooks or not all(map(_knows, facts.beside_swallowing))
        return _Session(load_or_plain(path, _load), hiding=hiding)


class _Session(Session):
    """With `hiding`, a value may come of something unknown, so that each formula is looked at."""

    def __init__(self, workbook: Any, *, hiding: bool) -> None:
        self._workbook = workbook
        self._hiding = hiding
        self._names = {item.name.casefold() for item in workbook.iter_defined_names()}
        self._sheets = {workbook.sheet_name(index): index for index in range(workbook.sheet_count())}

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        index = self._index(sheet, Range(sheet, row, column))
        if isinstance(value, str):
            self._workbook.set_text(index, row, column, value)
        else:
            self._workbook.set_number(index, row, column, float(value))

    def recalculate(self) -> None:
        from formulon import FormulonError

        try:
            self._workbook.recalc()
        except FormulonError as error:
            raise EngineError(f"formulon cannot calculate the workbook ({error}); try --engine ironcalc") from None

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        return PackedValues.of(map(self._values, areas))

    def _values(self, area: Range) -> list[Value]:
        """Row by row; only cells that hold something are handed over, page by page."""
        from formulon import MergeRange

        values: list[Value] = [None] * area.size
        sheet = self._index(area.sheet, area)
        rectangle = MergeRange(area.top, area.left, area.top + area.rows - 1, area.left + area.columns - 1)
        page, cursor = self._workbook.get_cells_in_range(sheet, rectangle)
        while True:
            for cell in page:
                values[(cell.row - area.top) * area.columns + cell.col - area.left] = self._value(cell)
            if cursor is None:
                return values
            page, cursor = self._workbook.get_cells_in_range(sheet, rectangle, cursor)

    def _value(self, cell: Any) -> Value:
        if self._hiding and cell.formula and hides_unknown(_with_unknown_in_small(cell.formula), self._names):
            return NotEvaluated(_UNKNOWN)
        return _value(cell.value)

    def _index(self, sheet: str, area: Range) -> int:
        if sheet not in self._sheets:
            raise UsageError(f"formulon cannot find {area}: there is no worksheet {sheet!r}")
        return self._sheets[sheet]


def _load(path: Path) -> Any:
    from formulon import FormulonError, Workbook

    try:
        return Workbook.load(path.read_bytes())
    except FormulonError as error:
        raise EngineError(f"formulon cannot read {path} ({error}); try --engine ironcalc or libreoffice") from None


def _value(value: Any) -> Value:
    from formulon import ValueKind, error_display_name

    if value.kind is ValueKind.ERROR:
        error = error_display_name(value.error_code)
        return NotEvaluated(_UNKNOWN) if error == "#NAME?" else CellError(error)
    if value.kind in {ValueKind.ARRAY, ValueKind.REF, ValueKind.LAMBDA}:
        return NotEvaluated(f"formulon: the result is {value.kind.name.lower()}, not a value")
    found: Value = value.to_python()
    return found


@cache
def _knows(function: str) -> bool:
    from formulon import Workbook

    return Workbook.function_metadata(plain_name(function).upper()) is not None


def _with_unknown_in_small(formula: str) -> str:
    """A formula as `hides_unknown` wants it: known functions in capitals, the others in small letters."""
    return "".join(
        (text.upper() if _knows(text) else text.lower()) if kind == "function" else text
        for kind, text in tokens(formula.removeprefix("="))
    )
