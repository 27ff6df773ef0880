"""The smallest workbook, as XML, for tests to put something into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

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
