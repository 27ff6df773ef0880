"""Small parts of a workbook as trees of elements, and names in them as any program would write them."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import range_or_none
from xlcheck.workbook.sheet_part import SheetPart

_CELLS = re.compile(rb"<(?:\w+:)?sheetData(?=[\s/>])")
_NO_ELEMENT = re.compile(rb"<[!?]")
_CELLS_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")


def tree_of(content: bytes) -> Element | None:
    """The root, or None if the part cannot be read; its elements are called by their names without namespaces."""
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - document types were refused with the container
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def without_cells(worksheet: bytes) -> Element | None:
    """The root of a worksheet's part without its cells, which may be many; None if it cannot be read."""
    start = _CELLS.search(worksheet)
    end = None if start is None else _CELLS_END.search(worksheet, start.end())
    # In front of the element nothing may stand that could hold its name: a comment, an instruction or a section.
    if start is None or end is None or _NO_ELEMENT.search(worksheet, 1, start.start()):
        return tree_of(worksheet)
    beside = tree_of(worksheet[: start.start()] + worksheet[end.end() :])
    return tree_of(worksheet) if beside is None else beside  # something else may have ended where it seemed to end


def beside_cells(part: SheetPart) -> Element | None:
    """The root of a worksheet's part with everything but its rows; None if it cannot be read."""
    kinds = part.kinds
    return tree_of(kinds.head + kinds.tail) if kinds.is_framed else without_cells(part.content)


def is_on(switch: str | None) -> bool:
    """Whether an attribute says that something is so."""
    return switch is not None and switch.strip() in {"1", "true"}


def is_off(switch: str | None) -> bool:
    """Whether an attribute says that something is not so."""
    return switch is not None and switch.strip() in {"0", "false"}


def number_in(text: str | None) -> float | None:
    """The finite number that an attribute says; None if it says none."""
    try:
        number = math.nan if text is None else float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def all_text(element: Element) -> str:
    """Every letter inside, without spaces around."""
    return "".join(element.itertext()).strip()


def text_in(element: Element, name: str) -> str:
    """The text of the first element of a name inside."""
    return next((all_text(item) for item in element.iterfind(f".//{name}")), "")


def place(text: str, sheet: str = "") -> str:
    """A place as any program would write it; anything else, such as a list in quotes, as it is."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    return str(range_or_none(text, sheet) or text)
