"""A plain copy of a workbook: its cells and names as our reader understood them, and nothing else.

Engines are stricter than Excel about parts that calculate nothing: a missing style sheet, the strict
variant of the format, cells without an address. Where one refuses a saved file, it gets this copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import cell_name, parse_range, unquote_sheet
from xlcheck.workbook.content import Cell, CellError, SheetContent, WorkbookContent
from xlcheck.workbook.xml_text import escape as escape_characters

Loaded = TypeVar("Loaded")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEADER}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="1"><xf/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def load_or_plain(path: Path, load: Callable[[Path], Loaded]) -> Loaded:
    """What `load` makes of the whole file or, if it refuses by an EngineError, of a plain copy of it.

    Raises:
        EngineError: it refuses both.
        WorkbookError: it refuses the file, and our reader cannot read it either.
    """
    try:
        return load(path)
    except EngineError as refusal:
        try:
            return load_plain(path, load)
        except EngineError:
            raise refusal from None


def load_plain(path: Path, load: Callable[[Path], Loaded]) -> Loaded:
    """What `load` makes of a plain copy of the file; it must read it completely.

    Raises:
        EngineError: it refuses the copy.
        WorkbookError: our reader cannot read the file.
    """
    # The reader needs NumPy, which takes longer to import than a small file to load.
    import tempfile

    from xlcheck.workbook.reader import read_workbook

    with tempfile.TemporaryDirectory(prefix="xlcheck-") as folder:
        copy = Path(folder) / "plain.xlsx"
        write_plain(read_workbook(path), copy)
        try:
            return load(copy)
        except EngineError as error:
            raise EngineError(str(error).replace(str(copy), str(path))) from None


def write_plain(content: WorkbookContent, path: Path) -> None:
    """Write formulas, constants, array ranges and names; numbers are exact, and no cached value is kept."""
    sheets = list(content.sheets.values())
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _content_types(len(sheets)))
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        archive.writestr("xl/workbook.xml", _workbook(sheets, content.names))
        targets = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(sheets) + 1)]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles.xml")]))
        archive.writestr("xl/styles.xml", _STYLES)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for text in _sheet(sheet):
                    part.write(text.encode("utf-8", "surrogatepass"))


def _content_types(sheets: int) -> str:
    overrides = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    overrides += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)]
    return (
        f'{_HEADER}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in overrides)
        + "</Types>"
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    return (
        f'{_HEADER}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        + "</Relationships>"
    )


def _workbook(sheets: list[SheetContent], names: Mapping[str, str]) -> str:
    listed = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    positions = {sheet.name: index for index, sheet in enumerate(sheets)}
    defined = "".join(_defined_name(name, target, positions) for name, target in names.items())
    return (
        f'{_HEADER}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        + (f"<definedNames>{defined}</definedNames>" if defined else "")
        + "</workbook>"
    )


def _defined_name(name: str, target: str, positions: Mapping[str, int]) -> str:
    sheet, _, plain_name = name.rpartition("!")
    local = positions.get(unquote_sheet(sheet))
    scope = "" if local is None else f' localSheetId="{local}"'
    return f'<definedName name="{escape(plain_name)}"{scope}>{escape(target)}</definedName>'


def _sheet(sheet: SheetContent) -> Iterator[str]:
    yield f'{_HEADER}<worksheet xmlns="{_MAIN}"><sheetData>'
    for row, positions in groupby(sorted(sheet.cells), key=lambda position: position[0]):
        cells = "".join(_cell(position, sheet.cells[position]) for position in positions)
        yield f'<row r="{row + 1}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _cell(position: tuple[int, int], cell: Cell) -> str:
    name = cell_name(*position)
    if cell.formula is not None:
        return f'<c r="{name}">{_formula(position, cell, cell.formula)}</c>'
    match cell.value:
        case bool():
            return f'<c r="{name}" t="b"><v>{int(cell.value)}</v></c>'
        case float():
            return f'<c r="{name}"><v>{cell.value!r}</v></c>'
        case str():
            text = escape(escape_characters(cell.value))
            return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case CellError():
            return f'<c r="{name}" t="e"><v>{escape(cell.value.code)}</v></c>'
        case _:
            # A text that is missing from the file: an error value, so that nothing is computed from it.
            return f'<c r="{name}" t="e"><v>#N/A</v></c>'


def _formula(position: tuple[int, int], cell: Cell, formula: str) -> str:
    if cell.array is None or formula.startswith("TABLE("):
        return f"<f>{escape(formula)}</f>"
    area = parse_range(cell.array)
    # The other cells of the range belong to the first one's formula.
    return f'<f t="array" ref="{area.a1}">{escape(formula)}</f>' if position == (area.top, area.left) else ""
