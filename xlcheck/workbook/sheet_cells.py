"""The cells of one worksheet part, in a single pass over its XML.

Element names are compared as the file writes them, prefix included, because that is what makes a
million cells cheap; the prefix is the root element's. Only what stands inside `sheetData` is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.parsers import expat

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, cell_name, column_index, parse_range
from xlcheck.formulas.shared import SharedFormula
from xlcheck.workbook.content import Cell
from xlcheck.workbook.escapes import unescape
from xlcheck.workbook.values import CellError, NotEvaluated, Value

MAX_CELLS = 5_000_000

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

    Args:
        content: the worksheet part.
        strings: the workbook's shared strings.

    Raises:
        SheetError: a cell cannot be understood.
        xml.parsers.expat.ExpatError: the XML is not well formed.
    """
    parser = expat.ParserCreate()
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
        self._arrays: list[tuple[str, str]] = []
        parser.StartElementHandler = self._on_element_before_data

    def _on_element_before_data(self, tag: str, attributes: Attributes) -> None:
        prefix, _, name = tag.rpartition(":")
        if name == "sheetData":
            self._read_data(f"{prefix}:" if prefix else "")

    def _read_data(self, prefix: str) -> None:  # noqa: PLR0915 - three closures over the cell being read
        """Install the handlers for the rows. Closures, since they run several times for each of a million cells."""
        parser, cells, columns = self._parser, self._cells, self._columns
        c_tag, v_tag, f_tag, t_tag = prefix + "c", prefix + "v", prefix + "f", prefix + "t"
        row_tag, data_tag, phonetic_tag = prefix + "row", prefix + "sheetData", prefix + "rPh"
        row = column = -1
        row_is_given = phonetic = False
        row_name = kind = value_text = formula_text = None
        digits = 0
        formula_attributes: Attributes = {}
        inline: list[str] = []
        chars: list[str] = []

        def on_start(tag: str, attributes: Attributes) -> None:
            nonlocal row, column, row_is_given, row_name, digits, phonetic
            nonlocal kind, value_text, formula_text, formula_attributes
            if tag == c_tag:
                name = attributes.get("r")
                if name is None:
                    column += 1
                elif name[-digits:] == row_name:
                    column = columns[name[:-digits]]
                else:
                    cell_row, column = _position(name)
                    if row_is_given and cell_row != row:
                        raise SheetError(f"its row {row + 1} has a cell {name}")
                    row = cell_row
                kind = attributes.get("t")
                value_text = formula_text = None
            elif tag == v_tag:
                chars.clear()
            elif tag == f_tag:
                chars.clear()
                formula_attributes = attributes
            elif tag == row_tag:
                row_name = attributes.get("r")
                row_is_given = row_name is not None
                digits = len(row_name or "")
                row, column = _row(row_name, row), -1
            elif tag == t_tag:
                chars.clear()
            elif tag == phonetic_tag:
                phonetic = True

        def on_end(tag: str) -> None:
            nonlocal value_text, formula_text, phonetic
            if tag == v_tag:
                value_text = "".join(chars)
            elif tag == f_tag:
                formula_text = "".join(chars)
            elif tag == c_tag:
                finish_cell()
            elif tag == t_tag:
                if not phonetic:
                    inline.append("".join(chars))
            elif tag == phonetic_tag:
                phonetic = False
            elif tag == row_tag:
                if len(cells) > MAX_CELLS:
                    raise SheetError(f"it has more than {MAX_CELLS:,} cells")
            elif tag == data_tag:
                parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None

        def finish_cell() -> None:
            formula = array = None
            value: Value
            if formula_text is not None:
                if formula_attributes:
                    formula, array = self._formula(formula_text, formula_attributes, row, column)
                else:
                    # Excel takes a formula with the sign in front for the same formula.
                    formula = formula_text.removeprefix("=") or None
            if kind is None or kind == "n":
                value = _number(value_text, row, column) if value_text else None
            else:
                value = self._text_value(kind, value_text, inline, row, column)
            if value is not None or formula is not None:
                cells[row, column] = Cell(value, formula, array)

        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        parser.CharacterDataHandler = chars.append

    def _text_value(self, kind: str, text: str | None, inline: list[str], row: int, column: int) -> Value:
        """The value of a cell whose type is not a number."""
        if kind == "inlineStr":
            text = "".join(inline)
            inline.clear()
        if text is None:
            return None
        match kind:
            case "s":
                return self._shared_string(text, row, column)
            case "b":
                return text.strip() in {"1", "true"}
            case "e":
                return CellError(text)
            case _:
                # str: a formula's text; d: an ISO 8601 date; anything newer is shown as it is written.
                return unescape(text)

    def _shared_string(self, number: str, row: int, column: int) -> Value:
        try:
            return self._strings[int(number)]
        except IndexError:
            return NotEvaluated(f"text {number} is missing from the file's shared strings")
        except ValueError:
            raise _not_a(row, column, number, "number of a shared string") from None

    def _formula(self, text: str, attributes: Attributes, row: int, column: int) -> tuple[str | None, str | None]:
        """(formula, array range) of an `f` element that has attributes."""
        text = text.removeprefix("=")
        match attributes.get("t"):
            case "shared":
                return self._shared_formula(text, attributes.get("si", ""), row, column), None
            case "array":
                formula = text
            case "dataTable":
                formula = _data_table(attributes)
            case _:
                return text or None, None
        area = attributes.get("ref") or cell_name(row, column)
        self._arrays.append((formula, area))
        return formula, area

    def _shared_formula(self, text: str, group: str, row: int, column: int) -> str:
        if text:
            self._shared[group] = SharedFormula(text, row, column)
            return text
        if group in self._shared:
            return self._shared[group].at(row, column)
        self._waiting.append((row, column, group))
        return ""

    def finish(self) -> Cells:
        """The cells, when all have been read: formulas that one cell has for others are given to them."""
        for row, column, group in self._waiting:
            if group not in self._shared:
                name = cell_name(row, column)
                raise SheetError(f"its cell {name} shares a formula that is written nowhere")
            self._cells[row, column] = Cell(self._cells[row, column].value, self._shared[group].at(row, column))
        filled = 0
        for formula, name in self._arrays:
            try:
                area = parse_range(name)
            except ValueError:
                raise SheetError(f"it has an array formula over {name!r}, which is no range") from None
            filled += area.size
            if filled > MAX_CELLS:
                raise SheetError(f"it has an array formula over {name}, and with it more than {MAX_CELLS:,} cells")
            for position in area.cells():
                cell = self._cells.get(position)
                if cell is None or cell.formula is None:
                    self._cells[position] = Cell(cell.value if cell else None, formula, name)
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
    # True for NaN and infinity, which Excel's format does not have.
    if value - value:
        raise _not_a(row, column, text, "number")
    return value


def _not_a(row: int, column: int, text: str, what: str) -> SheetError:
    return SheetError(f"its cell {cell_name(row, column)} holds {text!r}, which is no {what}")
