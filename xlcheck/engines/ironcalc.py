"""IronCalc, the embedded default engine.

Known differences from Excel: an overflow is infinity inside a formula, so that `1/(1+EXP(800))` is 0
where Excel says `#NUM!`, and `10^400` is `#DIV/0!`; TEXT rounds a tie down; a circular reference is
`#CIRC!` even where the workbook asks for iteration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard, cast

from xlcheck.engines.base import Formula, PackedValues, Session
from xlcheck.engines.installed import installed_version
from xlcheck.engines.plain import load_or_plain
from xlcheck.engines.unknown import hides_unknown
from xlcheck.errors import EngineError, UsageError
from xlcheck.formulas.addresses import Range, range_or_none
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import CellError, NotEvaluated, Value
from xlcheck.workbook.formula_facts import FormulaFacts

_CELLS_AT_ONCE = 4096

# What IronCalc shows for a formula it has no answer to, and why.
_NO_ANSWER = {
    "#NAME?": "ironcalc does not know a function or a name in this formula, or in one that it depends on",
    "#ERROR!": "ironcalc cannot parse this formula, or one that it depends on",
    "#N/IMPL!": "ironcalc does not implement this formula, or one that it depends on",
}


class IronCalc:
    """The engine `ironcalc`."""

    name = "ironcalc"
    absolute_tolerance = 0.0
    takes_formulas = True

    def __init__(self) -> None:
        self.version = installed_version("ironcalc", (0, 9))

    def open(self, path: Path) -> Session:
        """Load a saved workbook, or a plain copy of it if IronCalc refuses the file.

        Raises:
            EngineError: IronCalc refuses both.
            WorkbookError: see `open_container`.
        """
        with open_container(path) as container:
            hiding = _may_hide(container.formulas)
        return _Session(load_or_plain(path, _load), hiding)


class _Session(Session):
    def __init__(self, model: Any, hiding: bool) -> None:
        from ironcalc import CellType

        self._model = model
        self._error_type = CellType.ErrorValue
        names = {item["name"].casefold(): item["formula"] for item in model.get_defined_name_list()}
        self._functions = names.keys()
        # Excel's own names, of print areas and such, stand in no formula.
        self._unusable = {n for n, target in names.items() if not n.startswith("_xlnm.") and not _is_usable(target)}
        self._hiding = hiding or bool(self._unusable)
        self._sheets = {item["name"]: index for index, item in enumerate(model.get_worksheets_properties())}

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        index = self._index(sheet)
        if isinstance(value, Formula):
            self._set_formula(index, row, column, value)
        elif isinstance(value, str):
            self._model.update_cell_with_text(index, row + 1, column + 1, value)
        else:
            self._model.update_cell_with_number(index, row + 1, column + 1, float(value))

    def _set_formula(self, sheet: int, row: int, column: int, text: Formula) -> None:
        with _panics_as_errors("parsing a formula"):
            if text:
                self._model.update_cell_with_formula(sheet, row + 1, column + 1, f"={text}")
            else:
                self._model.clear_cell_contents(sheet, row + 1, column + 1)

    def recalculate(self) -> None:
        with _panics_as_errors("calculating"):
            self._model.evaluate()

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        return PackedValues.of(block for area in areas for block in self._blocks(area))

    def _blocks(self, area: Range) -> Iterator[list[Value]]:
        """Values of a range, one row after the other, some rows at a time: memory that is used again is the fastest."""
        index = self._index(area.sheet)
        get = self._model.get_cell_value
        if area.size == 1 and not self._hiding:  # as most of thousands are
            value = get(index, area.top + 1, area.left + 1)
            yield [self._text_or_error(index, area.top + 1, area.left + 1, value)] if _looks_wrong(value) else [value]
            return
        columns = range(area.left + 1, area.left + area.columns + 1)
        height = max(1, _CELLS_AT_ONCE // area.columns)
        for first in range(area.top + 1, area.top + area.rows + 1, height):
            rows = range(first, min(first + height, area.top + area.rows + 1))
            values = [get(index, row, column) for row in rows for column in columns]
            if self._hiding or _may_hold_error(values):
                places = ((row, column) for row in rows for column in columns)
                values = [
                    self._checked(index, row, column, value) if self._hiding or _looks_wrong(value) else value
                    for (row, column), value in zip(places, values, strict=True)
                ]
            yield values

    def _checked(self, index: int, row: int, column: int, value: Value) -> Value:
        """A value that may come from a swallowed error, or an error."""
        formula = self._model.get_cell_formula(index, row, column) if self._hiding else None
        if formula and hides_unknown(formula, self._functions, self._unusable):
            return NotEvaluated(_NO_ANSWER["#NAME?"])
        return self._text_or_error(index, row, column, value) if _looks_wrong(value) else value

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


def _looks_wrong(value: Value) -> TypeGuard[str]:
    """Whether a value may be an error, which comes as a text."""
    return isinstance(value, str) and value.startswith("#")


def _may_hold_error(values: Sequence[Value]) -> bool:
    """Whether an error may be among values."""
    try:
        sum(cast("Sequence[float]", values))  # the fastest way to find out that all are numbers
    except TypeError:
        return any(map(_looks_wrong, set(values)))
    return False


def _may_hide(facts: FormulaFacts) -> bool:
    """Whether an answer may hide something unknown: only then each formula is looked at when it is read."""
    return facts.other_workbooks or not all(map(_knows, facts.beside_swallowing))


@cache
def _knows(function: str) -> bool:
    """IronCalc writes a function that it does not know in small letters."""
    import ironcalc

    model = ironcalc.create("functions", "en", "UTC", "en")
    model.set_user_input(0, 1, 1, f"={function}()")
    shown = str(model.get_cell_formula(0, 1, 1))
    return shown.isupper() and shown.startswith("=") and shown.endswith("()")


def _is_usable(target: str) -> bool:
    """IronCalc knows names of ranges and of functions, not of constants and formulas."""
    return target.upper().removeprefix("_XLFN.").startswith("LAMBDA(") or range_or_none(target) is not None


def _load(path: Path) -> Any:
    import ironcalc

    with _panics_as_errors(f"reading {path}"):
        try:
            return ironcalc.load_from_xlsx(str(path))
        except (ironcalc.WorkbookError, UnicodeError) as error:
            raise EngineError(f"ironcalc cannot read {path} ({error}); try --engine cellrune or libreoffice") from None


@contextmanager
def _panics_as_errors(what: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        # A panic of compiled Rust code is no Exception, and its class has no public name.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(f"ironcalc failed while {what} ({error}); try --engine cellrune or libreoffice") from None
