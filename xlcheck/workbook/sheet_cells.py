"""The cells of one worksheet part, in a single pass over its XML.

Only what stands inside `sheetData` is looked at. What other readers may take for another cell, value or
formula is refused: anything twice (a row, a cell, its value, its formula), or in a place where it does not
belong; a number or a type in a spelling that not everybody knows; an array formula over cells that have their
own. Each of these was tried: openpyxl, LibreOffice, ironcalc and cellrune see different things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from xml.parsers import expat

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name, column_index, parse_range
from xlcheck.formulas.shared import SharedFormula
from xlcheck.workbook.content import Cell, CellError, NotEvaluated, Value
from xlcheck.workbook.xml_text import unescape

MAX_CELLS = 5_000_000
# The namespaces of spreadsheets in transitional and in strict files.
MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
# Some readers look at names alone, so that these may stand nowhere else, in whatever namespace.
_NAMES = {"sheetData", "row", "c", "v", "f", "is", "t", "AlternateContent"}
_TRUTH = {"1": True, "true": True, "0": False, "false": False}
_TYPES = {None, "n", "s", "str", "b", "e", "d", "inlineStr"}

Cells = dict[tuple[int, int], Cell]
Attributes = dict[str, str]


class SheetError(ValueError):
    """The worksheet's XML says something that no reader can make sense of; the message goes into a sentence."""


class _Columns(dict[str, int]):
    """Column letters → index, computed once each."""

    def __missing__(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and (index := column_index(letters)) < MAX_COLUMNS):
            raise SheetError(f"it has a cell in a column {letters!r}")
        self[letters] = index
        return index


def parse_cells(content: bytes, strings: Sequence[str]) -> Cells:
    """All cells of a worksheet that hold something.

    Raises:
        SheetError: a cell cannot be understood.
        xml.parsers.expat.ExpatError: the XML is not well formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 65_536
    sheet = _SheetParser(parser, strings)
    parser.Parse(content, True)
    return sheet.finish()


class _SheetParser:
    """Handlers that collect cells while expat reads."""

    def __init__(self, parser: expat.XMLParserType, strings: Sequence[str]) -> None:
        self._cells: Cells = {}
        self._parser = parser
        self._strings = strings
        self._columns = _Columns()
        self._shared: dict[str, SharedFormula] = {}
        # (row, column, group) of cells that stand before the one that has their formula.
        self._waiting: list[tuple[int, int, str]] = []
        # (formula, range) of array formulas and data tables.
        self._arrays: list[tuple[str, Range]] = []
        # Cells with an empty formula, as Excel writes them for other cells of an array formula by chance.
        self._empty: list[tuple[int, int]] = []
        self._depth = 0
        self._has_data = False
        self._look_for_data()

    def _look_for_data(self) -> None:
        self._parser.StartElementHandler = self._on_element_outside
        self._parser.EndElementHandler = self._on_end_outside
        self._parser.CharacterDataHandler = None

    def _on_element_outside(self, tag: str, _: Attributes) -> None:
        namespace, _space, name = tag.rpartition(" ")
        if self._depth == 0 and not (name == "worksheet" and namespace in MAIN):
            raise SheetError("its first element is none of a worksheet")
        self._depth += 1
        if name == "sheetData":
            if self._depth != 2 or self._has_data or namespace not in MAIN:
                raise _misplaced(tag)
            self._has_data = True
            self._read_data(f"{namespace} ")

    def _on_end_outside(self, _: str) -> None:
        self._depth -= 1

    def _read_data(self, main: str) -> None:  # noqa: PLR0915 - three closures over the cell being read
        """Install the handlers for the rows. Closures, since they run several times for each of a million cells."""
        cells, columns = self._cells, self._columns
        data_tag, row_tag, c_tag, v_tag, f_tag = (main + name for name in ("sheetData", "row", "c", "v", "f"))
        is_tag, run_tag, phonetic_tag, t_tag = (main + name for name in ("is", "r", "rPh", "t"))
        texts = {v_tag, f_tag, t_tag}
        inside = [data_tag]
        row = column = -1
        row_is_given = is_ordered = True
        row_name = kind = value_text = formula_text = None
        digits, style = 0, ""
        formula_attributes: Attributes = {}
        inline: list[str] | None = None
        chars: list[str] = []
        in_row: list[int] = []
        rows: set[int] = set()

        def on_start(tag: str, attributes: Attributes) -> None:
            nonlocal row, column, row_is_given, is_ordered, row_name, digits
            nonlocal kind, style, value_text, formula_text, formula_attributes, inline
            parent = inside[-1]
            inside.append(tag)
            if tag == c_tag and parent == row_tag:
                last = column
                name = attributes.get("r")
                if name is None:
                    column += 1
                elif name[-digits:] == row_name:
                    column = columns[name[:-digits]]
                else:
                    cell_row, column = _position(name)
                    if row_is_given and cell_row != row:
                        raise SheetError(f"its row {row + 1} has a cell {name}")
                    row, row_is_given = cell_row, True
                is_ordered = is_ordered and column > last
                in_row.append(column)
                kind, style = attributes.get("t"), attributes.get("s", "")
                value_text = formula_text = inline = None
            elif tag == v_tag and parent == c_tag and value_text is None:
                chars.clear()
            elif tag == f_tag and parent == c_tag and formula_text is None:
                chars.clear()
                formula_attributes = attributes
            elif tag == row_tag and parent == data_tag:
                row_name = attributes.get("r")
                row_is_given = row_name is not None
                digits = len(row_name or "")
                row, column, is_ordered = _row(row_name, row), -1, True
                in_row.clear()
            elif tag == is_tag and parent == c_tag and inline is None:
                inline = []
            elif tag == t_tag and (parent in (run_tag, phonetic_tag) or (parent == is_tag and not inline)):
                chars.clear()
            elif parent in texts or tag.rpartition(" ")[2] in _NAMES:
                raise _misplaced(tag)

        def on_end(tag: str) -> None:
            nonlocal value_text, formula_text
            inside.pop()
            if tag == v_tag:
                value_text = "".join(chars)
            elif tag == f_tag:
                formula_text = "".join(chars)
            elif tag == c_tag:
                finish_cell()
            elif tag == t_tag:
                if inline is not None and inside[-1] != phonetic_tag:
                    inline.append("".join(chars))
            elif tag == row_tag:
                finish_row()
            elif tag == data_tag:
                self._depth -= 1
                self._look_for_data()

        def finish_cell() -> None:
            formula = array = None
            value: Value
            if formula_text is not None:
                formula, array = self._formula(formula_text, formula_attributes, row, column)
            if inline is not None and value_text is not None:
                raise SheetError(f"its cell {cell_name(row, column)} has two values")
            if kind is None or kind == "n":
                value = _number(value_text, row, column) if value_text else None
            else:
                value = self._text_value(kind, value_text, inline, row, column)
            if value is not None or formula is not None:
                looks = int(style[:9]) if style.isascii() and style.isdigit() else 0
                shared = int(value_text[:9]) if kind == "s" and value_text else None
                cells[row, column] = Cell(value, formula, array, looks, shared)

        def finish_row() -> None:
            if row in rows:
                raise SheetError(f"it has the row {row + 1} twice")
            rows.add(row)
            if not is_ordered and len(set(in_row)) < len(in_row):
                twice = next(column for column, count in Counter(in_row).items() if count > 1)
                raise SheetError(f"it has the cell {cell_name(row, twice)} twice")
            if len(cells) > MAX_CELLS:
                raise SheetError(f"it has more than {MAX_CELLS:,} cells")

        self._parser.StartElementHandler = on_start
        self._parser.EndElementHandler = on_end
        self._parser.CharacterDataHandler = chars.append

    def _text_value(self, kind: str, text: str | None, inline: list[str] | None, row: int, column: int) -> Value:
        """The value of a cell whose type is not a number."""
        if kind not in _TYPES:
            raise _not_a(row, column, kind, "type of a cell")
        if kind == "inlineStr":
            text = None if inline is None else "".join(inline)
        if text is None:
            return None
        match kind:
            case "s":
                return self._shared_string(text, row, column)
            case "b":
                if text not in _TRUTH:
                    raise _not_a(row, column, text, "truth value")
                return _TRUTH[text]
            case "e":
                return CellError(text)
            case "d":
                return NotEvaluated(f"the day {text} is written as a text, which not every program reads as a number")
            case _:  # str, inlineStr
                return unescape(text)

    def _shared_string(self, number: str, row: int, column: int) -> Value:
        if not (number.isascii() and number.isdigit()):
            raise _not_a(row, column, number, "number of a shared string")
        place = int(number[:9])
        if place >= len(self._strings):
            return NotEvaluated(f"text {number} is missing from the file's shared strings")
        return self._strings[place]

    def _formula(self, text: str, attributes: Attributes, row: int, column: int) -> tuple[str | None, str | None]:
        """(formula, array range) of an `f` element."""
        # Excel takes a formula with the sign in front for the same formula.
        text = text.removeprefix("=")
        kind = attributes.get("t", "normal") if attributes else "normal"
        match kind:
            case "normal" if text:
                return text, None
            case "shared":
                return self._shared_formula(text, attributes.get("si", ""), row, column), None
            case "array" if text:
                formula = text
            case "dataTable":
                formula = _data_table(attributes)
            case "normal":
                self._empty.append((row, column))
                return None, None
            case "array":
                raise SheetError(f"its cell {cell_name(row, column)} has an empty formula")
            case _:
                raise _not_a(row, column, kind, "type of a formula")
        name = attributes.get("ref") or cell_name(row, column)
        try:
            area = parse_range(name)
        except ValueError:
            raise SheetError(f"it has an array formula over {name!r}, which is no range") from None
        if (area.top, area.left) != (row, column):
            raise SheetError(f"its cell {cell_name(row, column)} has an array formula over {name}")
        self._arrays.append((formula, area))
        return formula, area.a1

    def _shared_formula(self, text: str, group: str, row: int, column: int) -> str:
        known = self._shared.get(group)
        if text and known is None:
            self._shared[group] = SharedFormula(text, row, column)
            return text
        if known is not None:
            formula = known.at(row, column)
            if text and text != formula:
                raise SheetError(f"its cell {cell_name(row, column)} has a formula and shares another one")
            return formula
        self._waiting.append((row, column, group))
        return ""

    def finish(self) -> Cells:
        """The cells, when all have been read: formulas that one cell has for others are given to them."""
        for row, column, group in self._waiting:
            if group not in self._shared:
                raise SheetError(f"its cell {cell_name(row, column)} shares a formula that is written nowhere")
            self._cells[row, column] = replace(self._cells[row, column], formula=self._shared[group].at(row, column))
        filled = 0
        for formula, area in self._arrays:
            filled += area.size
            if filled > MAX_CELLS:
                raise SheetError(f"it has an array formula over {area.a1}, and with it more than {MAX_CELLS:,} cells")
            for position in area.cells():
                cell = self._cells.get(position)
                if cell is None or cell.formula is None:
                    self._cells[position] = replace(cell or Cell(None), formula=formula, array=area.a1)
                elif position != (area.top, area.left):
                    raise SheetError(
                        f"it has an array formula over {area.a1}, in which {cell_name(*position)} has its own"
                    )
        for position in self._empty:
            cell = self._cells.get(position)
            if cell is None or cell.formula is None:
                raise SheetError(f"its cell {cell_name(*position)} has an empty formula")
        return self._cells


def _data_table(attributes: Attributes) -> str:
    """The text that Excel shows for a what-if data table: TABLE(row input cell, column input cell)."""
    first, second = attributes.get("r1", ""), attributes.get("r2", "")
    if attributes.get("dt2D") in {"1", "true"}:
        return f"TABLE({first},{second})"
    return f"TABLE({first},)" if attributes.get("dtr") in {"1", "true"} else f"TABLE(,{first})"


def _position(name: str) -> tuple[int, int]:
    try:
        area = parse_range(name)
    except ValueError:
        raise SheetError(f"it has a cell at {name!r}") from None
    return area.top, area.left


def _row(name: str | None, previous: int) -> int:
    if name is None:
        return previous + 1
    if not (name.isascii() and name.isdigit() and 0 < int(name[:8]) <= MAX_ROWS):
        raise SheetError(f"it has a row {name!r}")
    return int(name) - 1


def _number(text: str, row: int, column: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _not_a(row, column, text, "number") from None
    # True for NaN and infinity, which Excel's format does not have; then for what Python alone takes for a number, and
    # for spaces, with which ironcalc takes it for none.
    if value - value or "_" in text or not text.isascii() or text[0] <= " " or text[-1] <= " ":
        raise _not_a(row, column, text, "number")
    return value


def _misplaced(tag: str) -> SheetError:
    return SheetError(f"it has an element {tag.rpartition(' ')[2]} twice or in an unusual place")


def _not_a(row: int, column: int, text: str, what: str) -> SheetError:
    return SheetError(f"its cell {cell_name(row, column)} holds {text!r}, which is no {what}")
