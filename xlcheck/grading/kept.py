"""One workbook in the engine for many submissions: only the cells in which they differ are changed in it.

To load a file takes an engine ten times as long as to calculate it. Most submissions are the workbook that was handed
out with other formulas in its blanks, and these read nothing but cells of the key. What they compute does not depend
on anything else in the file, so a workbook that holds these cells alone computes the same. Whatever may be otherwise
in a submission (moved cells, names, array formulas, functions that look elsewhere) has its file loaded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from xlcheck.engines.base import Engine, Formula, PackedValues, Session
from xlcheck.engines.plain import write_plain
from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, walk
from xlcheck.grading.prepared import Place, PreparedKey
from xlcheck.grading.submission import State, Submission
from xlcheck.workbook.content import Cell, SheetContent, Value, WorkbookContent

Entry = float | str
"""What stands in a cell; a formula is a `Formula`."""

_ARITHMETIC = """
    ABS AND ATANH AVERAGE COSH EXP IF INDEX INT LN LOG LOG10 MAX MIN MOD NOT OR PI POWER PRODUCT ROUND SIGN SINH SQRT
    SUM SUMPRODUCT SUMSQ TANH
"""
_FUNCTIONS = frozenset(_ARITHMETIC.split())
_OPERATORS = frozenset(["+", "-", "*", "/", "^", "%", "&", "=", "<>", "<", ">", "<=", ">="])


class Kept:
    """A workbook with the cells of a key, open in an engine that takes formulas once somebody needs it."""

    def __init__(self, prepared: PreparedKey, engine: Engine) -> None:
        self._prepared = prepared
        self._engine = engine
        self._cells = frozenset(prepared.cells)
        self._base = _base(prepared)
        self._shown = self._base
        self._session: Session | None = None
        formulas = {(place[0], text) for place, text in zip(prepared.cells, prepared.formulas, strict=True) if text}
        self._usable = engine.takes_formulas and all(self._is_closed(text, sheet) for sheet, text in formulas)

    def session(self, submission: Submission) -> Session | None:
        """The submission, as far as the key's cells go; None if they may depend on something else in its file."""
        own = self._contents(submission) if self._usable and submission.plain else None
        return None if own is None else KeptSession(self, own)

    def calculated(self, contents: Mapping[Place, Entry], areas: Sequence[Range]) -> PackedValues:
        """The values of some ranges, with these contents and the key's own elsewhere.

        Raises:
            EngineError: they cannot be calculated; the workbook is opened anew for whoever comes next.
        """
        wanted = {**self._base, **contents}
        if self._session is not None:
            try:
                return self._read(self._session, wanted, areas)
            except EngineError:
                self._session = None  # another submission's file may have ended the engine's process
        return self._read(self._opened(), wanted, areas)

    def _read(self, session: Session, wanted: Mapping[Place, Entry], areas: Sequence[Range]) -> PackedValues:
        for place, entry in wanted.items():
            before = self._shown[place]
            if before != entry or type(before) is not type(entry):
                session.set(place[0], place[1], place[2], entry)
        session.recalculate()
        values = session.read_all(areas)
        self._session, self._shown = session, dict(wanted)
        return values

    def _opened(self) -> Session:
        self._shown = self._base
        sheets: dict[str, dict[tuple[int, int], Cell]] = {place[0]: {} for place in self._base}
        for (sheet, row, column), entry in self._base.items():
            sheets[sheet][row, column] = Cell(None, str(entry)) if isinstance(entry, Formula) else Cell(entry)
        with tempfile.TemporaryDirectory(prefix="xlcheck-") as folder:
            path = Path(folder) / "key.xlsx"
            content = {name: SheetContent(name, "visible", cells) for name, cells in sheets.items()}
            write_plain(WorkbookContent(path, content), path)
            return self._engine.open(path)

    def _contents(self, submission: Submission) -> dict[Place, Entry] | None:
        """What stands in the key's cells where it is not what the key says; None if the file has to be asked."""
        prepared, found = self._prepared, dict[Place, Entry]()
        for index, number in zip(prepared.origins, submission.numbers.tolist(), strict=True):
            if number != number:  # noqa: PLR0124 - no number stands there
                return None
            found[prepared.cells[index]] = number
        for index, state in submission.states.items():
            if state is not State.EQUAL:
                place = prepared.cells[index]
                cell = submission.content.sheets[place[0]].cells.get(place[1:])
                entry = self._entry(cell, place[0])
                if entry is None:
                    return None
                found[place] = entry
        return found

    def _entry(self, cell: Cell | None, sheet: str) -> Entry | None:
        if cell is None or (cell.formula is None and cell.value is None):
            return Formula("")
        if cell.formula is not None:
            closed = cell.array is None and self._is_closed(cell.formula, sheet)
            return Formula(cell.formula.strip()) if closed else None
        return _constant(cell.value)

    def _is_closed(self, formula: str, sheet: str) -> bool:
        """Whether a formula reads nothing but the key's cells, and means the same in every workbook."""
        areas = _areas(formula)
        return areas is not None and all(
            (area.sheet or sheet, row, column) in self._cells for area in areas for row, column in area.cells()
        )


class KeptSession(Session):
    """One submission's session: its own contents of the cells, which are shown when somebody reads."""

    def __init__(self, kept: Kept, contents: dict[Place, Entry]) -> None:
        self._kept = kept
        self._contents = contents

    def set(self, sheet: str, row: int, column: int, value: Entry) -> None:
        """See `Session`."""
        self._contents[sheet, row, column] = value

    def recalculate(self) -> None:
        """Other submissions may be calculated before somebody reads this one."""

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        """See `Session`."""
        return self._kept.calculated(self._contents, areas)


def _base(prepared: PreparedKey) -> dict[Place, Entry]:
    """The right formulas, and the key's own numbers."""
    texts = zip(prepared.cells, prepared.formulas, strict=True)
    found: dict[Place, Entry] = {place: Formula(text.removeprefix("=")) for place, text in texts if text}
    for index, (name, element) in prepared.origins.items():
        found[prepared.cells[index]] = float(prepared.key.given[name].reshape(-1)[element])
    return found


def _constant(value: Value) -> Entry | None:
    if type(value) is int:
        return float(value)
    return value if isinstance(value, float) or (isinstance(value, str) and value) else None


@lru_cache(maxsize=16_384)
def _areas(formula: str) -> tuple[Range, ...] | None:
    """The ranges that a formula reads; None if it is more than arithmetic over cells."""
    try:
        nodes = list(walk(parse(formula)))
    except (FormulaSyntaxError, RecursionError):
        return None
    return tuple(node.area for node in nodes if isinstance(node, Reference)) if all(map(_is_plain, nodes)) else None


_MOST_CELLS = 1000


def _is_plain(node: Node) -> bool:
    match node:
        case Literal():
            return node.value is not None
        case Reference():
            return node.area.size <= _MOST_CELLS
        case Operator():
            return node.symbol in _OPERATORS
        case FunctionCall():
            return node.name in _FUNCTIONS
    return False
