"""Read a saved workbook, anybody's: formulas, constants and cached values of all worksheets in one pass.

Only the parts that say what is calculated are read; drawings, styles, themes and whatever else a file
holds may be broken or missing. Nothing is run or followed: macros and links are noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from xml.parsers import expat

from xlcheck.errors import WorkbookError
from xlcheck.garbage import no_garbage_collection
from xlcheck.workbook.constant_cells import ConstantCells
from xlcheck.workbook.container import Container, open_container
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.parts import external_targets, not_well_formed, read_creator, read_strings, read_structure
from xlcheck.workbook.sheet_cells import SheetError, parse_cells

# A worksheet part of fewer bytes is read by the XML parser.
_LARGE = 2**16


def read_workbook(path: Path, on_accepted: Callable[[Path], None] | None = None) -> WorkbookContent:
    """Everything that calculates in an .xlsx or .xlsm file.

    Numbers are exact. A text of the file's shared strings that is missing is `NotEvaluated`. The
    formula of a what-if data table is written `TABLE(row cell, column cell)`, as Excel shows it.
    The cells of a large worksheet without formulas are read from the file when somebody asks for them.

    Args:
        path: the file.
        on_accepted: called with the path when nothing harmful was found in the file, before it is read.

    Raises:
        WorkbookError: the file cannot be read; see `open_container`, and for a part that is needed
            and missing or not well formed.
    """
    path = Path(path)
    with open_container(path) as container, no_garbage_collection():
        if on_accepted is not None:
            on_accepted(path)
        structure = read_structure(container)
        strings = read_strings(container, structure.strings) if structure.strings else []
        return WorkbookContent(
            path=path,
            sheets={
                name: SheetContent(name, state, _read_cells(container, name, part, strings))
                for name, state, part in structure.sheets
            },
            names=structure.names,
            external_links=tuple(external_targets(container, structure.links)),
            notes=tuple(_notes(container, structure.other_sheets)),
            creator=read_creator(container),
        )


def _read_cells(container: Container, sheet: str, part: str, strings: Sequence[str]) -> Mapping[tuple[int, int], Cell]:
    if part in container.formulas.constant:
        return ConstantCells(partial(_parse_again, container.path, sheet, part, strings))
    return _parse(container, sheet, part, strings)


def _parse_again(path: Path, sheet: str, part: str, strings: Sequence[str]) -> Mapping[tuple[int, int], Cell]:
    with open_container(path) as container:
        return _parse(container, sheet, part, strings)


def _parse(container: Container, sheet: str, part: str, strings: Sequence[str]) -> Mapping[tuple[int, int], Cell]:
    content = container.read(part)
    try:
        plain = None
        if len(content) > _LARGE:
            # This needs NumPy, and the engine should not wait for its import before it begins.
            from xlcheck.workbook.plain_sheet import read_plain

            plain = read_plain(content, strings)
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
