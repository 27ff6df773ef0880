"""What charts remember of the cells that they draw.

A spreadsheet program draws a chart from its cells. A preview, a page on the web or a converter may draw what the file
remembers, so numbers there that the cells do not hold are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import Range, cell_name, parse_range, quote_sheet
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.values import Value
from xlcheck.workbook.xml_tree import local

_CLOSE = 1e-9
"""Relative; programs cut numbers off after 15 digits."""


def remembered_otherwise(root: Element, content: WorkbookContent) -> Iterator[str]:
    """The first cell of each range of which a chart remembers something else than the cell stores, a sentence each."""
    for source in root.iter():
        if local(source) not in {"numRef", "strRef", "multiLvlStrRef"}:
            continue
        area = _area(source)
        if area is None or area.sheet not in content.sheets:
            continue
        cells = content.sheets[area.sheet].cells
        places = list(area.cells()) if area.size <= _MOST else []
        stored = [cell.value if (cell := cells.get(place)) is not None else None for place in places]
        for point in source.iterfind(".//{*}pt"):
            text, number = "".join(item.text or "" for item in point.iterfind("{*}v")), point.get("idx", "")
            if local(source) == "multiLvlStrRef":  # by levels, which programs make of rows or of columns
                differs = stored and not any(_same(text, value, exact=False) for value in stored)
                if differs:
                    yield f"a chart remembers {text!r:.40} of {area}, where no cell holds it"
                    break
            elif number.isdigit() and int(number) < len(places):
                place = int(number)
                if not _same(text, stored[place], exact=local(source) == "numRef"):
                    held = f"{quote_sheet(area.sheet)}!{cell_name(*places[place])}"
                    yield f"a chart remembers {text!r:.40} of {held}, which holds something else"
                    break


_MOST = 100_000


def _area(source: Element) -> Range | None:
    formula = next((item.text or "" for item in source.iterfind("{*}f")), "")
    try:
        return parse_range(formula)
    except ValueError:
        return None


def _same(text: str, value: Value, *, exact: bool) -> bool:
    """Whether a text says what a cell holds; a number among texts may be rounded there."""
    if value is None or isinstance(value, str):
        return value is None or " ".join(text.split()) == " ".join(value.split())
    if not isinstance(value, int | float):
        return True  # a truth or an error, which programs write in their own words
    try:
        number = float(text)
    except ValueError:
        return not exact  # a date, a percentage
    allowed = _CLOSE * max(1.0, abs(value))
    return abs(number - value) <= (allowed if exact else max(allowed, 0.51 * 10.0 ** -len(text.partition(".")[2])))
