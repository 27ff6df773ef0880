"""Excel's limits, checked before anything is written.

Source: Microsoft, "Excel specifications and limits".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name
from xlcheck.formulas.pattern import Pattern
from xlcheck.workbook.naming import MAX_SHEET_NAME
from xlcheck.workbook.plan import Formula, FormulaBlock, Link, PlannedSheet, WorkbookPlan

MAX_FORMULA = 8192
MAX_TEXT = 32_767
MAX_ARGUMENTS = 255
MAX_NESTING = 64
MAX_LITERAL = 255
MAX_LINKS = 65_530
MAX_TITLE = 32
MAX_WIDTH, MAX_HEIGHT = 255, 409
"""Of a column in letters, and of a row in points; what needs more is cut off, and can still be read elsewhere."""

_QUOTED = re.compile(r"""'(?:[^']|'')*+'|"((?:[^"]|"")*+)\"""")  # the name of a worksheet, or a text
# Characters that XML has no way to write. In texts that are constants, and only there, Excel writes them otherwise.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def require_limits(plan: WorkbookPlan) -> None:
    """Refuse a workbook that Excel could not open as planned.

    Raises:
        WorkbookError: something is too large; the message says what, where, and how large it would be.
    """
    for text in plan.properties.values():
        _require_characters("the properties of the workbook", text)
    for sheet in plan.sheets:
        for text in _beside_constants(sheet):
            _require_characters(f"worksheet {sheet.name!r}", text)
        _require_grid(sheet)
        if len(sheet.name) > MAX_SHEET_NAME:
            raise WorkbookError(
                f"worksheet {sheet.name!r}: its name has {len(sheet.name)} characters; Excel allows {MAX_SHEET_NAME}"
            )
        for row, column, text in _formulas(sheet):
            # Counting brackets and commas first spares almost every formula the closer look.
            if len(text) >= MAX_FORMULA or text.count(",") >= MAX_ARGUMENTS or text.count("(") > MAX_NESTING:
                _require_formula(_where(sheet, row, column), text)
            if '"' in text and len(text) > MAX_LITERAL // 2:
                _require_literals(f"a formula of {_where(sheet, row, column)}", text)
        for cell in sheet.cells:
            if isinstance(cell.content, str) and len(cell.content) > MAX_TEXT:
                raise WorkbookError(
                    f"{_where(sheet, cell.row, cell.column)} would hold a text of {len(cell.content):,} characters; "
                    f"Excel allows {MAX_TEXT:,}"
                )
        _require_drop_downs(sheet)
        links = sum(isinstance(cell.content, Link) for cell in sheet.cells)
        if links > MAX_LINKS:
            raise WorkbookError(f"worksheet {sheet.name!r} would have {links:,} links; Excel allows {MAX_LINKS:,}")


def _require_literals(where: str, formula: str) -> None:
    for literal in _QUOTED.findall(formula):
        _require_length(where, literal.replace('""', '"'))


def _require_drop_downs(sheet: PlannedSheet) -> None:
    where = f"drop-down of worksheet {sheet.name!r}"
    for item in sheet.drop_downs:
        _require_length(f"the title of a {where}", item.title, MAX_TITLE)
        _require_length(f"a {where}", item.message)
        if not isinstance(item.choices, Range):
            _require_length(f"a {where}", ",".join(map(str, item.choices)))


def _require_length(where: str, text: str, most: int = MAX_LITERAL) -> None:
    if (length := len(text.encode("utf-16-le", "surrogatepass")) // 2) > most:
        raise WorkbookError(f"{where} would hold the text {text!r:.60} of {length} characters; Excel allows {most}")


def _require_grid(sheet: PlannedSheet) -> None:
    areas = [item.area for item in (*sheet.blocks, *sheet.spills)]
    rows = max((*(cell.row + 1 for cell in sheet.cells), *(a.top + a.rows for a in areas)), default=0)
    columns = max((*(cell.column + 1 for cell in sheet.cells), *(a.left + a.columns for a in areas)), default=0)
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        raise WorkbookError(
            f"worksheet {sheet.name!r} would need {rows:,} rows and {columns:,} columns; Excel has {MAX_ROWS:,} and "
            f"{MAX_COLUMNS:,}. Take a smaller model, fewer time steps or fewer samples"
        )


def _require_characters(where: str, text: str) -> None:
    if (found := _NOT_IN_XML.search(text)) is not None:
        raise WorkbookError(
            f"{where} would say {text!r:.60}, in which no workbook can hold the character U+{ord(found[0]):04X}; "
            "take it out of the names, labels or words"
        )


def _beside_constants(sheet: PlannedSheet) -> Iterator[str]:
    """The texts of a worksheet, but for constants."""
    yield sheet.name
    yield from (text for _, _, text in _formulas(sheet))
    yield from (note.text for note in sheet.notes)
    yield from (block.values for block in sheet.blocks if isinstance(block.values, str))
    for content in (*(cell.content for cell in sheet.cells), *(merge.content for merge in sheet.merges)):
        if isinstance(content, Link):
            yield from (content.text, content.tip)
        elif isinstance(content, Formula) and isinstance(content.value, str):
            yield content.value
    for chart in sheet.charts:
        yield from (chart.title, chart.x_title, chart.y_title, chart.description)
        yield from (series.name for series in chart.series if isinstance(series.name, str))
    for item in sheet.drop_downs:
        yield from (item.title, item.message)
        if not isinstance(item.choices, Range):
            yield from map(str, item.choices)


def _formulas(sheet: PlannedSheet) -> Iterator[tuple[int, int, str]]:
    """(row, column, text) of every formula; of a filled one the first and the last, one of which is the longest."""
    for cell in sheet.cells:
        if isinstance(cell.content, Formula):
            yield cell.row, cell.column, cell.content.text
    for block in sheet.blocks:
        if isinstance(block, FormulaBlock):
            top, left, rows = block.area.top, block.area.left, block.area.rows
            if isinstance(block.formulas, Pattern):
                if block.formulas.longest < MAX_FORMULA:  # brackets and commas stand between the gaps
                    yield top, left, "".join(part for part in block.formulas.parts if isinstance(part, str))
                    continue
                yield top, left, block.formulas.at(0)
                yield top + rows - 1, left, block.formulas.at(rows - 1)
            else:
                yield from ((top + i, left, text) for i, text in enumerate(block.formulas))


def _require_formula(where: str, text: str) -> None:
    if len(text) + 1 > MAX_FORMULA:
        raise WorkbookError(
            f"{where} would hold a formula of {len(text) + 1:,} characters; Excel allows {MAX_FORMULA:,}"
        )
    arguments, depth = _shape(text)
    if arguments > MAX_ARGUMENTS or depth > MAX_NESTING:
        raise WorkbookError(
            f"{where} would hold a formula with {arguments} arguments in one function and {depth} brackets inside each "
            f"other; Excel allows {MAX_ARGUMENTS} and {MAX_NESTING}"
        )


def _shape(text: str) -> tuple[int, int]:
    """The largest number of arguments of a function, and how deep brackets are nested."""
    most = deepest = 0
    commas: list[int] = []
    quoted = ""
    for character in text:
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "\"'":
            quoted = character
        elif character == "(":
            commas.append(0)
            deepest = max(deepest, len(commas))
        elif character == ")" and commas:
            most = max(most, commas.pop() + 1)
        elif character == "," and commas:
            commas[-1] += 1
    return most, deepest


def _where(sheet: PlannedSheet, row: int, column: int) -> str:
    return f"worksheet {sheet.name!r}, cell {cell_name(row, column)}"
