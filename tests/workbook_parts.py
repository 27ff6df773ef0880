"""The smallest workbook, as XML, for tests to put something into; and other cells and notes in larger ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

from lxml import etree

from xlcheck.formulas.addresses import cell_name, column_index
from xlcheck.workbook.container import open_container
from xlcheck.workbook.parts import read_structure

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook_parts(rows: str = "", *, workbook: str = "", main: str = MAIN, office: str = OFFICE) -> dict[str, str]:
    """The parts of the smallest workbook, with one worksheet `S`.

    Args:
        rows: what stands inside `sheetData`.
        workbook: what follows the list of worksheets in the workbook part.
        main: the namespace of cells.
        office: the namespace of relations.
    """
    package_types = "http://schemas.openxmlformats.org/package/2006/content-types"
    sheet_types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package_types}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_types}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheet_types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="S" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }


def edited(source: Path, target: Path, part: str, edit: Callable[[bytes], bytes]) -> Path:
    """A workbook file with one of its parts changed; a part that stays as it is would prove nothing."""
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            changed = edit(content) if item.filename == part else content
            assert item.filename != part or changed != content
            new.writestr(item.filename, changed)
    return target


def declare(archive: Path, size: int) -> None:
    """Let the table of contents of an archive of one part say that it unpacks to so many bytes."""
    content = bytearray(archive.read_bytes())
    place = content.rindex(b"PK\x01\x02") + 24
    content[place : place + 4] = size.to_bytes(4, "little")
    archive.write_bytes(content)


def typed(source: Path, target: Path, sheet: str, values: Mapping[tuple[int, int], object]) -> Path:
    """A workbook file in which somebody has typed into cells of a worksheet; openpyxl takes twenty times as long.

    Args:
        source: the file.
        target: the other one.
        sheet: the worksheet.
        values: (row, column), from 0, → what stands there instead of what did, a formula behind `=`; None
            empties the cell.
    """

    def edit(content: bytes) -> bytes:
        root = etree.fromstring(content)
        rows = {row.get("r"): row for row in root.iter(f"{{{MAIN}}}row")}
        for (line, column), value in values.items():
            row, name = rows[str(line + 1)], cell_name(line, column)
            cells = {column_index(str(cell.get("r")).rstrip("0123456789")): cell for cell in row}
            cell = cells.get(column)
            if cell is None:
                cell = etree.Element(f"{{{MAIN}}}c", r=name)
                row.insert(sum(other < column for other in cells), cell)
            _type(cell, value)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return edited(source, target, _part_of(source, sheet), edit)


def _type(cell: etree._Element, value: object) -> None:
    del cell[:]
    cell.attrib.pop("t", None)
    if isinstance(value, str) and value.startswith("="):
        etree.SubElement(cell, f"{{{MAIN}}}f").text = value[1:]
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t").text = value
    elif value is not None:
        if isinstance(value, bool):
            cell.set("t", "b")
        etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(value + 0)  # type: ignore[operator]


def notes_on(path: Path, sheet: str) -> list[str]:
    """The texts of a worksheet's notes."""
    folder, _, name = _part_of(path, sheet).rpartition("/")
    with ZipFile(path) as archive:
        relations = f"{folder}/_rels/{name}.rels"
        links = archive.read(relations).decode() if relations in archive.namelist() else ""
        parts = [f"xl/{part}" for part in re.findall(r'Target="\.\./(comments\d+\.xml)"', links)]
        notes = [note for part in parts for note in etree.fromstring(archive.read(part)).iter(f"{{{MAIN}}}comment")]
    return ["".join(str(text) for text in note.itertext()) for note in notes]


def _part_of(path: Path, sheet: str) -> str:
    with open_container(path) as container:
        return next(part for name, _, part in read_structure(container).sheets if name == sheet)
