"""Excel's tables: a formula may name a column of one, `Table1[[#This Row],[x]]`, which is read as the cells it means.

Source: ECMA-376, part 1, 18.5 (tables) and 18.17 (structured references).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import Range, parse_range, quote_sheet
from xlcheck.formulas.scanner import Token, tokens
from xlcheck.workbook.container import Container
from xlcheck.workbook.content import ConstantCells, SheetContent
from xlcheck.workbook.parts import relations_of
from xlcheck.workbook.xml_tree import tree_of

_NAMED = re.compile(r"(\w[\w.\\]*)?\[(.*)\]", re.DOTALL)
_ITEM = re.compile(r"\s*\[((?:[^\[\]']|'.)*)\]\s*([,:]?)", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)
_THIS_ROW = "#this row"


@dataclass(frozen=True)
class Table:
    """A table of a worksheet.

    Attributes:
        name: as formulas write it.
        area: its cells, headings and totals included.
        columns: their names, from the left.
        headings: how many rows of headings it begins with.
        totals: how many rows of totals it ends with.
    """

    name: str
    area: Range
    columns: tuple[str, ...]
    headings: int
    totals: int


def tables_of(container: Container, sheets: Iterable[tuple[str, str]]) -> dict[str, Table]:
    """The tables of a file by their names in small letters; what cannot be read, or is there twice, is left out."""
    found: dict[str, Table] = {}
    twice = set()
    for name, part in sheets:
        for relation in relations_of(container, part).values():
            if relation.kind != "table" or relation.target not in container:
                continue
            table = _table(tree_of(container.read(relation.target)), name)
            if table is not None:
                twice |= {table.name.casefold()} & found.keys()
                found[table.name.casefold()] = table
    return {name: table for name, table in found.items() if name not in twice}


def without_tables(sheet: SheetContent, tables: Mapping[str, Table]) -> SheetContent:
    """A worksheet with references to cells in place of those to tables; the same one if it has none.

    Args:
        sheet: the worksheet; its cells are not changed.
        tables: of the file, by their names in small letters.
    """
    if not tables or isinstance(sheet.cells, ConstantCells):
        return sheet
    changed = {}
    for place, cell in sheet.cells.items():
        if cell.formula is not None:
            row = parse_range(cell.array, sheet.name).top if cell.array else place[0]
            formula = expanded(cell.formula, sheet.name, row, tables)
            if formula != cell.formula:
                changed[place] = replace(cell, formula=formula)
    return replace(sheet, cells={**sheet.cells, **changed}) if changed else sheet


def expanded(formula: str, sheet: str, row: int, tables: Mapping[str, Table]) -> str:
    """A formula with references to cells in place of those to tables; one that means nothing stays.

    Args:
        formula: without its `=`.
        sheet: the worksheet it stands on.
        row: its row, from 0.
        tables: by their names in small letters.
    """
    if "[" not in formula and not any(name in formula.casefold() for name in tables):
        return formula
    return "".join(_cells_of(token, sheet, row, tables) or token.text for token in tokens(formula))


def _table(root: Element | None, sheet: str) -> Table | None:
    if root is None or root.tag != "table":
        return None
    try:
        area = parse_range(root.get("ref", ""), sheet)
        headings, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    except ValueError:
        return None
    columns = tuple(column.get("name", "") for column in root.iter("tableColumn"))
    name = root.get("displayName") or root.get("name", "")
    fits = len(columns) == area.columns == len({column.casefold() for column in columns})
    return Table(name, area, columns, headings, totals) if name and fits and headings + totals < area.rows else None


def _cells_of(token: Token, sheet: str, row: int, tables: Mapping[str, Table]) -> str:
    """What a token means in cells; empty where it names no table, or what is not in one."""
    if token.kind == "name":
        table, inner = tables.get(token.text.casefold()), ""
    elif token.kind == "elsewhere" and (match := _NAMED.fullmatch(token.text)):
        name, inner = match[1], match[2]
        table = _around(sheet, row, tables) if name is None else tables.get(name.casefold())
    else:
        return ""
    items = None if table is None else _items(inner)
    if table is None or items is None:
        return ""
    specials = {item.casefold() for item in items if item.startswith("#")}
    names = [column.casefold() for column in table.columns]
    wanted = [_ESCAPED.sub(r"\1", item).casefold() for item in items if not item.startswith("#")]
    if not all(name in names for name in wanted) or len(wanted) > 2:
        return ""
    rows = _rows(table, specials, row)
    if rows is None:
        return ""
    places = [names.index(name) for name in wanted] or [0, len(names) - 1]
    left, right = table.area.left + min(places), table.area.left + max(places)
    area = Range(table.area.sheet, rows[0], left, rows[1] - rows[0] + 1, right - left + 1)
    return _written(area, sheet, fixed_rows=_THIS_ROW not in specials)


def _around(sheet: str, row: int, tables: Mapping[str, Table]) -> Table | None:
    """The table of a formula that names none; None if several stand beside it."""
    found = [t for t in tables.values() if t.area.sheet == sheet and t.area.top <= row < t.area.top + t.area.rows]
    return found[0] if len(found) == 1 else None


def _items(inner: str) -> list[str] | None:
    """`[#This Row],[x]`, `@x`, `[a]:[b]`, `x` or nothing, item by item; None if it is none of them."""
    inner = inner.strip()
    row, rest = ([_THIS_ROW], inner[1:].strip()) if inner.startswith("@") else (list[str](), inner)
    if not rest.startswith("["):
        return [*row, rest] if rest else row
    found, at = list[str](), 0
    while at < len(rest):
        match = _ITEM.match(rest, at)
        if match is None:
            return None
        found.append(match[1])
        at = match.end()
    return row + found


def _rows(table: Table, specials: set[str], row: int) -> tuple[int, int] | None:
    """The first and the last row that is meant; None if there is none."""
    top, end = table.area.top, table.area.top + table.area.rows
    first, last = top + table.headings, end - table.totals - 1
    parts = {
        "#all": (top, end - 1), "#data": (first, last), "#headers": (top, first - 1), "#totals": (last + 1, end - 1),
        _THIS_ROW: (row, row),
    }  # fmt: skip
    chosen = [parts[special] for special in specials or {"#data"} if special in parts]
    if len(chosen) < len(specials or {"#data"}) or any(a > b for a, b in chosen):
        return None
    if _THIS_ROW in specials and (len(specials) > 1 or not first <= row <= last):
        return None
    return min(a for a, _ in chosen), max(b for _, b in chosen)


def _written(area: Range, sheet: str, *, fixed_rows: bool) -> str:
    """A range as a formula writes it; filled on, a column's name stays and `#This Row` moves with the row."""
    prefix = "" if area.sheet == sheet else f"{quote_sheet(area.sheet)}!"
    return prefix + (area.fixed() if fixed_rows else re.sub(r"([A-Z]+)", r"$\1", area.a1))
