"""The cells of one worksheet part, in a single pass over its XML.

Element names are compared as the file writes them, prefix included, because that is what makes a
million cells cheap; the prefix is the root element's. Only what stands inside `sheetData` is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

from xlcheck.excel.addresses import MAX_COLUMNS, MAX_ROWS, cell_name, column_index, parse_range
from xlcheck.excel.content import Cell
from xlcheck.excel.shared_formulas import SharedFormula
from xlcheck.excel.values import CellError, NotEvaluated, Value

MAX_CELLS = 5_000_000

Cells = dict[tuple[int, int], Cell]
Attributes = dict[str, str]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SheetError(ValueError):
    """The worksheet's XML says something that no reader can make sense of; the message goes into a sentence."""


class _Columns(dict[str, int]):
    """Column letters → index, computed once each."""

    def __missing__(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and (index := column_index(letters)) < MAX_COLUMNS):
            raise SheetError(f"it has a cell in a column {letters!r}")
        self[letters] = index
        return index


def unescape(text: str) -> str:
    """`_x000D_` → the character, as Excel writes what XML cannot hold."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


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
    sheet.fill_arrays()
    return sheet.cells


class _SheetParser:
    """Handlers that collect cells while expat reads.

    Attributes:
        cells: what was found.
    """

    def __init__(self, parser: expat.XMLParserType, strings: Sequence[str]) -> None:
        self.cells: Cells = {}
        self._parser = parser
        self._strings = strings
        self._columns = _Columns()
        self._shared: dict[str, SharedFormula] = {}
        # (formula, range) of array formulas and data tables.
        self._arrays: list[tuple[str, str]] = []
        parser.StartElementHandler = self._on_element_before_data

    def _on_element_before_data(self, tag: str, attributes: Attributes) -> None:
        prefix, _, name = tag.rpartition(":")
        if name == "sheetData":
            self._read_data(f"{prefix}:" if prefix else "")

    def _read_data(self, prefix: str) -> None:
        """Install the handlers for the rows; local variables, since they run several times a cell."""
        parser, cells, columns, number_of = self._parser, self.cells, self._columns, float
        c_tag, v_tag, f_tag, t_tag = prefix + "c", prefix + "v", prefix + "f", prefix + "t"
        row_tag, data_tag, phonetic_tag = prefix + "row", prefix + "sheetData", prefix + "rPh"
        finish_text, finish_formula = self._text_value, self._formula
        row = column = -1
        row_name = ""
        digits = 0
        kind: str | None = None
        value_text: str | None = None
        formula_text: str | None = None
        formula_attributes: Attributes = {}
        inline: list[str] = []
        phonetic = False
        chars: list[str] = []

        def on_start(tag: str, attributes: Attributes) -> None:
            nonlocal row, column, row_name, digits, kind, value_text, formula_text, formula_attributes, phonetic
            if tag == c_tag:
                name = attributes.get("r")
                if name is None:
                    column += 1
                elif name[-digits:] == row_name:
                    column = columns[name[:-digits]]
                else:
                    row, column = _position(name)
                    row_name = str(row + 1)
                    digits = len(row_name)
                kind = attributes.get("t")
                value_text = formula_text = None
            elif tag == v_tag or tag == t_tag:
                chars.clear()
            elif tag == f_tag:
                chars.clear()
                formula_attributes = attributes
            elif tag == row_tag:
                row = _row(attributes.get("r"), row)
                row_name = str(row + 1)
                digits = len(row_name)
                column = -1
            elif tag == phonetic_tag:
                phonetic = True

        def on_end(tag: str) -> None:
            nonlocal value_text, formula_text, phonetic
            if tag == v_tag:
                value_text = "".join(chars)
            elif tag == f_tag:
                formula_text = "".join(chars)
            elif tag == c_tag:
                formula = array = None
                if formula_text is not None:
                    formula, array = (
                        finish_formula(formula_text, formula_attributes, row, column)
                        if formula_attributes
                        else (formula_text or None, None)
                    )
                value: Value
                if kind is None or kind == "n":
                    try:
                        value = number_of(value_text) if value_text else None
                    except ValueError:
                        raise _not_a(row, column, value_text, "number") from None
                else:
                    value = finish_text(kind, value_text, inline, row, column)
                if value is not None or formula is not None:
                    cells[row, column] = Cell(value, formula, array)
            elif tag == t_tag:
                if not phonetic:
                    inline.append("".join(chars))
            elif tag == row_tag:
                if len(cells) > MAX_CELLS:
                    raise SheetError(f"it has more than {MAX_CELLS:,} cells")
            elif tag == phonetic_tag:
                phonetic = False
            elif tag == data_tag:
                parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None

        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        parser.CharacterDataHandler = chars.append

    def _text_value(self, kind: str, text: str | None, inline: list[str], row: int, column: int) -> Value:
        """The value of a cell whose type is not a number."""
        if kind == "inlineStr":
            text = unescape("".join(inline))
            inline.clear()
            return text
        if text is None:
            return None
        if kind == "s":
            try:
                return self._strings[int(text)]
            except IndexError:
                return NotEvaluated(f"text {text} is missing from the file's shared strings")
            except ValueError:
                raise _not_a(row, column, text, "number of a shared string") from None
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "e":
            return CellError(text)
        # str: a formula's text; d: an ISO 8601 date; anything newer is shown as it is written.
        return unescape(text)

    def _formula(self, text: str, attributes: Attributes, row: int, column: int) -> tuple[str | None, str | None]:
        """(formula, array range) of an `f` element that has attributes."""
        kind = attributes.get("t", "normal")
        if kind == "shared":
            return self._shared_formula(text, attributes.get("si", ""), row, column), None
        if kind == "array":
            area = attributes.get("ref", "")
            self._arrays.append((text, area))
            return text, area
        if kind == "dataTable":
            area = attributes.get("ref", "")
            formula = _data_table(attributes)
            self._arrays.append((formula, area))
            return formula, area
        return text or None, None

    def _shared_formula(self, text: str, group: str, row: int, column: int) -> str:
        if text:
            self._shared[group] = SharedFormula(text, row, column)
            return text
        try:
            return self._shared[group].at(row, column)
        except KeyError:
            raise SheetError(f"a cell in row {row + 1} shares a formula that is nowhere written") from None

    def fill_arrays(self) -> None:
        """Give every cell of an array's range the array's formula."""
        for formula, name in self._arrays:
            try:
                area = parse_range(name)
            except ValueError:
                raise SheetError(f"it has an array formula over {name!r}, which is no range") from None
            if len(self.cells) + area.size > MAX_CELLS:
                raise SheetError(f"it has an array formula over {name}, more than {MAX_CELLS:,} cells")
            for position in area.cells():
                cell = self.cells.get(position)
                if cell is None or cell.formula is None:
                    self.cells[position] = Cell(cell.value if cell else None, formula, name)


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


def _not_a(row: int, column: int, text: str | None, what: str) -> SheetError:
    return SheetError(f"its cell {cell_name(row, column)} holds {text!r}, which is no {what}")
