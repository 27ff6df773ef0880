"""Change constants in a copy of a saved workbook and nothing else, for an engine that only reads files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from xlcheck.errors import UsageError
from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.workbook.container import open_container
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.xml_text import escape

# (row, column) from 0 → the new value.
Constants = dict[tuple[int, int], float | str]


def write_with_constants(source: Path, target: Path, constants: Mapping[str, Constants]) -> None:
    """Copy a workbook with other constants in some cells.

    Raises:
        UsageError: there is no such worksheet, or the cell is empty or holds a formula.
    """
    if not constants:
        shutil.copyfile(source, target)
        return
    with open_container(source) as container, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as copy:
        parts = {name: part for name, _, part in read_structure(container).sheets}
        if unknown := set(constants) - set(parts):
            raise UsageError(f"there is no worksheet {min(unknown)!r} in {source}")
        changed = {parts[sheet]: sheet for sheet in constants}
        for part, content in container.parts():
            copy.writestr(
                part, _replaced(content, changed[part], constants[changed[part]]) if part in changed else content
            )


def _replaced(content: bytes, sheet: str, constants: Constants) -> bytes:
    """A worksheet part with other constants in some cells."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    cells = {cell.get("r"): cell for cell in root.iter("{*}c") if cell.find("{*}f") is None}
    for (row, column), value in constants.items():
        cell = cells.get(name := cell_name(row, column))
        if cell is None:
            raise UsageError(f"{quote_sheet(sheet)}!{name} cannot be set: in the file it is empty or holds a formula")
        own = cell.tag.removesuffix("c")  # with its namespace
        cell[:] = []
        if isinstance(value, str):
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{own}is"), f"{own}t")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = escape(value)
        else:
            cell.attrib.pop("t", "")
            etree.SubElement(cell, f"{own}v").text = repr(float(value))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
