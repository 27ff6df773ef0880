"""Change constants in a copy of a saved workbook and nothing else, for an engine that only reads files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZipFile

from xlcheck.errors import UsageError
from xlcheck.formulas.addresses import cell_name, quote_sheet
from xlcheck.workbook.container import open_container
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.xml_text import escape as escape_characters

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
            if part in changed:
                sheet = changed[part]
                copy.writestr(part, b"".join(_replaced(content, sheet, constants[sheet])))
            else:
                copy.writestr(part, content)


def _replaced(content: bytes, sheet: str, constants: Constants) -> Iterator[bytes]:
    """The pieces of a worksheet part, those of the given cells replaced."""
    wanted = {cell_name(row, column): value for (row, column), value in constants.items()}
    position = 0
    for name, prefix, style, start, end in _find(content, set(wanted)):
        yield content[position:start]
        yield _cell(name, prefix, style, wanted.pop(name))
        position = end
    if wanted:
        cell = f"{quote_sheet(sheet)}!{min(wanted)}"
        raise UsageError(f"{cell} cannot be set: in the file it is empty or holds a formula")
    yield content[position:]


def _find(content: bytes, names: set[str]) -> list[tuple[str, str, str | None, int, int]]:
    """(name, tag prefix, style, first byte, byte after the last) of the constants among the named cells."""
    found: list[tuple[str, str, str | None, int, int]] = []
    cell: tuple[str, str, str | None, int] | None = None
    parser = expat.ParserCreate()

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cell
        prefix, colon, local = tag.rpartition(":")
        if local == "c" and attributes.get("r") in names:
            cell = attributes["r"], prefix + colon, attributes.get("s"), parser.CurrentByteIndex
        elif local == "f":
            cell = None

    def on_end(tag: str) -> None:
        nonlocal cell
        if cell is not None and tag.rpartition(":")[2] == "c":
            end = parser.CurrentByteIndex
            # Of an empty element the parser gives the byte after it, of others the first of the end tag.
            if content.startswith(f"</{tag}".encode(), end):
                end = content.index(b">", end) + 1
            found.append((*cell, end))
            cell = None

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.Parse(content, True)
    return found


def _cell(name: str, prefix: str, style: str | None, value: float | str) -> bytes:
    attributes = f'r="{name}"' + (f' s="{style}"' if style else "")
    if isinstance(value, str):
        text = escape(escape_characters(value))
        body = f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'
        attributes += ' t="inlineStr"'
    else:
        body = f"<{prefix}v>{float(value)!r}</{prefix}v>"
    # Character references hold in every encoding that a part may have, as long as it extends ASCII.
    return f"<{prefix}c {attributes}>{body}</{prefix}c>".encode("ascii", "xmlcharrefreplace")
