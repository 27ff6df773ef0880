"""The cells of a worksheet that show another number or text than they hold, because of their number formats."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.workbook.content import SheetContent
from xlcheck.workbook.number_formats import OddFormats, misleads
from xlcheck.workbook.packed_cells import with_styles
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_tree import beside_cells

_SOMEWHERE = "conditional formats"


def odd_looks(sheet: SheetContent, part: SheetPart, odd: OddFormats) -> Iterator[str]:
    """The cells with such a format, and the ranges of conditional formats that may put one on, as `Sheet1!B2`."""
    places = dict.fromkeys((*_cells(sheet, odd), *_conditional(part, odd)))
    return (f"{quote_sheet(sheet.name)}!{place}" for place in places)


def _cells(sheet: SheetContent, odd: OddFormats) -> Iterator[str]:
    for place, cell in with_styles(sheet, {*odd.styles, *odd.words}):
        value, code = cell.value, odd.styles.get(cell.style)
        in_words = isinstance(value, str) and cell.style in odd.words
        if in_words or (isinstance(value, float) and code is not None and misleads(code, value)):
            yield cell_name(*place)


def _conditional(part: SheetPart, odd: OddFormats) -> Iterator[str]:
    root = beside_cells(part)
    for element in () if root is None else root.iter():
        if element.tag == "conditionalFormatting":
            numbers = [rule.get("dxfId", "") for rule in element.iterfind("cfRule")]
            if any(number.isascii() and number.isdigit() and int(number) in odd.conditional for number in numbers):
                yield element.get("sqref", _SOMEWHERE)
        elif element.tag == "numFmt" and misleads(element.get("formatCode", ""), None):
            yield _SOMEWHERE
