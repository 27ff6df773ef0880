"""A workbook as Google Sheets exports it, as far as its files show: what is left out, and how the rest is spelled.

There are no document properties and no calculation chain; texts are shared; whole numbers are written `1.0`; every
formula has its value beside it, texts as `str`; each worksheet has a drawing, if only an empty one; and a formula
that Excel does not know is IFERROR of a function that nobody knows, and of the value that it had.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from xml.sax.saxutils import escape

from fixtures.handmade.package import packed
from xlcheck.engines import engine
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.content import Value
from xlcheck.workbook.reader import read_workbook

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KINDS = {
    "workbook": "spreadsheetml.sheet.main", "worksheets/sheet": "spreadsheetml.worksheet",
    "drawings/drawing": "drawing", "sharedStrings": "spreadsheetml.sharedStrings", "styles": "spreadsheetml.styles",
}  # fmt: skip


def exported(path: Path, frozen: Collection[tuple[str, str]] = ()) -> bytes:
    """The workbook as Google Sheets would export it.

    Args:
        path: a workbook.
        frozen: (worksheet, cell) of formulas to be written as if Excel did not know a function in them.
    """
    table = CellTable(read_workbook(path))
    values = answers_of(table, engine("ironcalc")).values
    texts: dict[str, int] = {}
    sheets: dict[str, list[tuple[Address, str]]] = {name: [] for name in table.content.sheets}
    for position, address in enumerate(table.addresses):
        is_frozen = (address[0], cell_name(*address[1:])) in frozen
        sheets[address[0]].append((address, _cell(table, address, values[position], texts, is_frozen)))
    return packed(_parts(table, sheets, texts))


def _cell(table: CellTable, address: Address, value: Value, texts: dict[str, int], is_frozen: bool) -> str:
    name, formula = cell_name(*address[1:]), table.texts.get(address)
    if formula is None and isinstance(value, str):
        return f'<c r="{name}" s="1" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    kind = {str: ' t="str"', bool: ' t="b"'}.get(type(value), "")
    shown = escape(str(int(value) if isinstance(value, bool) else value))
    written = "" if formula is None else _formula(table, address, formula, value, is_frozen)
    return f'<c r="{name}" s="1"{kind}>{written}<v>{shown}</v></c>'


def _formula(table: CellTable, address: Address, formula: str, value: Value, is_frozen: bool) -> str:
    if is_frozen:
        quoted = formula.replace('"', '""')
        return "<f>" + escape(f'IFERROR(__xludf.DUMMYFUNCTION("{quoted}"),{value})') + "</f>"
    area = table.arrays.get(address)
    if area is None:
        return f"<f>{escape(formula)}</f>"
    first = area.partition(":")[0] == cell_name(*address[1:])
    return f'<f t="array" ref="{area}">{escape(formula)}</f>' if first else ""


def _parts(table: CellTable, sheets: dict[str, list[tuple[Address, str]]], texts: dict[str, int]) -> dict[str, bytes]:
    numbers = range(1, len(sheets) + 1)
    parts = {
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{"".join(f"<si><t>{escape(t)}</t></si>" for t in texts)}</sst>',
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
            '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            '<cellXfs count="2"><xf/><xf><alignment readingOrder="0"/></xf></cellXfs></styleSheet>'
        ),
    }
    for number, cells in enumerate(sheets.values(), start=1):
        rows: dict[int, list[str]] = {}
        for (_, row, _), text in cells:
            rows.setdefault(row + 1, []).append(text)
        body = "".join(f'<row r="{row}">{"".join(texts)}</row>' for row, texts in rows.items())
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheetPr><outlinePr summaryBelow="0" summaryRight="0"/>'
            f"</sheetPr><sheetViews><sheetView workbookViewId='0'/></sheetViews><sheetData>{body}</sheetData>"
            '<drawing r:id="rId1"/></worksheet>'
        )
        parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = _relations(
            [("drawing", f"../drawings/drawing{number}.xml")]
        )
        parts[f"xl/drawings/drawing{number}.xml"] = f'<xdr:wsDr xmlns:xdr="{_DRAWING}"/>'
    listed = "".join(
        f'<sheet state="visible" name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    names = "".join(f'<definedName name="{n}">{escape(t)}</definedName>' for n, t in table.content.names.items())
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><workbookPr/><sheets>{listed}</sheets>'
        f"<definedNames>{names}</definedNames><calcPr/></workbook>"
    )
    others = [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    parts["xl/_rels/workbook.xml.rels"] = _relations(
        [*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), *others]
    )
    parts["_rels/.rels"] = _relations([("officeDocument", "xl/workbook.xml")])
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'
        for part in parts
        for start, kind in _KINDS.items()
        if part.startswith(f"xl/{start}")
    )
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default ContentType="application/xml" Extension="xml"/>'
        '<Default ContentType="application/vnd.openxmlformats-package.relationships+xml" Extension="rels"/>'
        f"{overrides}</Types>"
    )
    return {name: (_HEAD + text).encode() for name, text in parts.items()}


def _relations(items: list[tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(items, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(lines)}</Relationships>'
