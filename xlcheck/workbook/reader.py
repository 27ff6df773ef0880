"""Read a saved workbook, anybody's: formulas, constants and cached values of all worksheets in one pass.

Only the parts that say what is calculated are read; drawings, styles, themes and whatever else a file
holds may be broken or missing. Nothing is run or followed: macros and links are noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from xml.parsers import expat

from xlcheck.errors import WorkbookError
from xlcheck.memory import no_garbage_collection
from xlcheck.workbook.calculation import CalculationSettings, asks_for_lotus
from xlcheck.workbook.container import Container, open_container
from xlcheck.workbook.content import Cell, ConstantCells, SheetContent, WorkbookContent
from xlcheck.workbook.number_formats import OddFormats, odd_formats
from xlcheck.workbook.parts import (
    external_targets,
    not_well_formed,
    read_creator,
    read_strings,
    read_structure,
    unclear,
)
from xlcheck.workbook.plain_constants import is_plain
from xlcheck.workbook.sheet_cells import SheetError, parse_cells
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_text import has_runs

if TYPE_CHECKING:
    from xlcheck.workbook.seen_sheets import SeenSheets

# A worksheet part of fewer bytes is read by the XML parser.
_LARGE = 2**16

Cells = Mapping[tuple[int, int], Cell]


def read_workbook(
    path: Path, on_accepted: Callable[[Path], None] | None = None, seen: SeenSheets | None = None
) -> WorkbookContent:
    """Everything that calculates in an .xlsx or .xlsm file.

    Numbers are exact. A text of the file's shared strings that is missing is `NotEvaluated`. The
    formula of a what-if data table is written `TABLE(row cell, column cell)`, as Excel shows it; the columns
    of Excel's tables are written as the cells that they are.
    The cells of a large worksheet without formulas are read from the file when somebody asks for them.

    Args:
        path: the file.
        on_accepted: called with the path when nothing harmful was found in the file, before it is read.
        seen: parts of other files, of which the same are neither unpacked nor parsed again.

    Raises:
        WorkbookError: the file cannot be read; see `open_container`, and for a part that is needed
            and missing or not well formed.
    """
    path = Path(path)
    with open_container(path, seen) as container, no_garbage_collection():
        if on_accepted is not None:
            on_accepted(path)
        structure = read_structure(container)
        texts = container.read(structure.strings) if structure.strings else b""
        strings = read_strings(container, structure.strings, texts) if structure.strings else []
        formats = odd_formats if seen is None else seen.formats
        odd = formats(container.read(structure.styles)) if structure.styles else OddFormats()
        if odd.twice:
            raise unclear(container, f"{odd.twice} twice in its part {structure.styles}")
        settings = CalculationSettings.of(structure.calculation, structure.workbook, ())
        lotus: list[str] = []
        looks: list[str] = []
        sheets = {}
        for name, state, part in structure.sheets:
            sheet = container.sheet(part)
            # A large worksheet of constants is read when somebody asks for its cells.
            cells: Cells | None = None
            if part not in container.formulas.constant or not is_plain(sheet):
                cells = _parse(container, name, part, sheet, strings, seen)
            sheet = sheet.kept(partial(_read_again, container.path, part)) if len(sheet.content) > _LARGE else sheet
            if cells is None:
                cells = ConstantCells(partial(_parse, container, name, part, sheet, strings))
            sheets[name] = SheetContent(name, state, cells, sheet)
            lotus += [name] if asks_for_lotus(sheet) else []
            if odd or sheet.says(b"numFmt"):  # extended conditional formats bring their own
                from xlcheck.workbook.number_formats import odd_looks

                looks += odd_looks(sheets[name], sheet, odd, on_load=settings.on_load)
        notes = [*_notes(container, structure.other_sheets)]
        if any("table" in name.casefold() for name in container.names):
            from xlcheck.workbook.tables import tables_of, without_tables

            read, tables = sheets, tables_of(container, [(name, part) for name, _, part in structure.sheets])
            sheets = {name: without_tables(sheet, tables) for name, sheet in read.items()}
            if any(sheets[name] is not read[name] for name in read):
                notes.append("columns of tables that formulas name are shown as the cells that they are")
        return WorkbookContent(
            path=path,
            sheets=sheets,
            names=structure.names,
            external_links=tuple(external_targets(container, structure.links)),
            notes=tuple(notes),
            creator=read_creator(container),
            calculation=replace(settings, like_lotus=tuple(lotus)),
            odd_looks=tuple(looks),
            has_runs=has_runs(texts),
        )


def _read_again(path: Path, part: str) -> bytes:
    with open_container(path) as container:
        return container.read(part)


def _parse(
    container: Container, sheet: str, part: str, own: SheetPart, strings: Sequence[str], seen: SeenSheets | None = None
) -> Cells:
    content = own.content
    try:
        plain = None
        if len(content) > _LARGE:
            # This needs NumPy, and the engine should not wait for its import before it begins.
            from xlcheck.workbook.plain_sheet import read_plain

            plain = read_plain(own, strings)
        if seen is not None and len(content) <= _LARGE:
            return seen.cells(content, strings)
        return parse_cells(content, strings) if plain is None else plain
    except SheetError as error:
        raise WorkbookError(
            f"{container.path} is damaged in worksheet {sheet!r}: {error}; open and save it in Excel or LibreOffice, "
            "which may repair it"
        ) from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise not_well_formed(container, part, error) from None


def _notes(container: Container, other_sheets: Sequence[str]) -> Iterator[str]:
    if any(name.casefold().endswith("vbaproject.bin") for name in container.names):
        yield "the file contains macros; they were not run"
    if "xl/connections.xml" in container:
        yield "the file has connections to outside data; they were not followed"
    if other_sheets:
        yield f"sheets without cells were not read: {', '.join(other_sheets)}"
