"""What hides, covers or disfigures in a generated workbook what its cells hold.

xlcheck writes none of this, so it needs no record of how a workbook was: whatever is found was put there. What is
merely hidden shows no wrong number, and yet a reader who does not see the ✗ takes the rest for right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

import numpy as np

from xlcheck.formulas.addresses import Range, cell_name, column_name, parse_range, quote_sheet
from xlcheck.workbook.container import Container
from xlcheck.workbook.content import ConstantCells, WorkbookContent
from xlcheck.workbook.narrow import Widths, merged
from xlcheck.workbook.number_formats import Formats
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.parts import Relation, Structure, relations_of
from xlcheck.workbook.plain_constants import filled_within
from xlcheck.workbook.plain_text import has_runs
from xlcheck.workbook.readable import LEAST_CONTRAST, Looks, is_light, is_pale
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_tree import local, tree_of

_TRUE = rb"""=\s*["'](?:1|true)["']"""
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*>")
_ROW_NUMBER = re.compile(rb"""\sr=["']([0-9]{1,7})["']""")
_HIDDEN = re.compile(rb"\shidden" + _TRUE)
_HEIGHT = re.compile(rb"""\sht=["']([0-9.]+)["']""")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_SPAN = re.compile(rb"""\s(min|max|width)=["']([0-9.]+)["']""")
_USUAL_HEIGHT = re.compile(rb"""<(?:\w+:)?sheetFormatPr\s[^>]*defaultRowHeight=["']([0-9.]+)["']""")
_USUAL_WIDTH = re.compile(rb"""<(?:\w+:)?sheetFormatPr\s[^>]*defaultColWidth=["']([0-9.]+)["']""")
_ZERO_HEIGHT = re.compile(rb"<(?:\w+:)?sheetFormatPr\s[^>]*zeroHeight" + _TRUE)
_VIEWS = (
    (re.compile(rb"""<(?:\w+:)?sheetView\s[^>]*showZeros=\s*["'](?:0|false)["']"""), "zeros are not shown"),
    (re.compile(rb"<(?:\w+:)?sheetView\s[^>]*showFormulas" + _TRUE), "formulas are shown in place of values"),
    (re.compile(rb"<(?:\w+:)?sheetView\s[^>]*rightToLeft" + _TRUE), "columns run from right to left"),
)
_BASE_WIDTH = re.compile(rb"""<(?:\w+:)?sheetFormatPr\s[^>]*baseColWidth=["']0["']""")
_FROZEN = re.compile(rb"""<(?:\w+:)?pane\s[^>]*state=["']frozen""")
_SCROLLED = re.compile(rb"""<(?:\w+:)?sheetView\s[^>]*topLeftCell=["'](?!A1["'])""")
_STYLED = rb"""\ss=["'](%b)["'][^>/]*>\s*<(?:\w+:)?[fvi]"""
# Behind what begins every cell of a text: to look at each cell of half a million takes longer than all the rest.
_TEXT = rb"""s%(quote)b[^>]*>\s*<(?:\w+:)?v>\s*(%(numbers)b)\s*</"""
_HOLDS_TEXT = re.compile(rb"""\st=["'](?:s|str|inlineStr)["']""")
_STYLE = re.compile(rb"""\ss=["']([0-9]{1,9})["']""")
_PLAIN = re.compile(rb"""<(?:\w+:)?c(?![^>]*\ss=)\s[^>]*>\s*<""")
_AREA = re.compile(r"(?:'[^']+'|[\w.]+)![A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?")
_CELL_NAME = re.compile(rb"""\br=["']([A-Z]{1,3}[0-9]{1,7})["']""")
_DRAWS, _CHOICES = "a chart draws ", " is chosen from "
_FEW = 50  # styles, each of which is looked for before all cells are looked at
_LOWEST, _NARROWEST, _MOST_FROZEN = 7.0, 1.0, 40
_SPLIT = re.compile(rb"""\s([xy])Split=["']([0-9]+)""")
_SHAPE = re.compile(rb"<v:(?:shape|rect|roundrect|oval|line|polyline|image|group)[\s>]")
_NOTE = re.compile(rb"""ObjectType=["']Note["']""")
_SHAPES_OF_NOTES = re.compile(rb"<v:shape\s[^>]*>")
_QUERIES = re.compile(rb"D\0?a\0?t\0?a\0?M\0?a\0?s\0?h\0?u\0?p")  # in either encoding
_GROUND = re.compile(rb"""<v:shape\s[^>]*fillcolor=["']([^"']*)""")
_USUAL = {
    "drawing", "vmlDrawing", "comments", "hyperlink", "printerSettings", "customProperty",
    "worksheet", "styles", "theme", "sharedStrings", "calcChain", "sheetMetadata", "customXml", "person", "chartsheet",
}  # fmt: skip
_KINDS = {
    "image": "a picture behind the cells", "ctrlProp": "a control", "control": "a control", "table": "a table",
    "oleObject": "an embedded object", "package": "an embedded object", "pivotTable": "a pivot table",
    "queryTable": "a query", "threadedComment": "a conversation", "connections": "connections to other data",
    "slicer": "a slicer", "vbaProject": "macros", "externalLink": "a link to another file or program",
}  # fmt: skip


class OutOfSight:
    """What a reader of a file does not see, or not as it is, a sentence each.

    Args:
        container: the file.
        structure: what its workbook part says.
        formats: its number formats.
        content: what its cells hold.
        hidden: the worksheet that is made to be hidden.
    """

    def __init__(
        self, container: Container, structure: Structure, formats: Formats, content: WorkbookContent, hidden: str
    ) -> None:
        self._container = container
        self._structure = structure
        self._content = content
        self._hidden = hidden
        self._looks = Looks(container, structure)
        self._styles = self._looks.unreadable
        self._widths = Widths(self._looks.root, formats)
        self._changing = frozenset(formats.changing_texts())
        texts = container.read(structure.strings) if structure.strings and content.has_runs else b""
        self._pieces = self._looks.pieces(texts)

    def of_workbook(self) -> Iterator[str]:
        """What belongs to the workbook as a whole."""
        if self._structure.workbook.get("showObjects", "all") != "all":
            yield "charts and pictures are not shown"
        yield from self._pieces[0]
        yield from self._looks.theme
        related = relations_of(self._container, self._structure.part).values()
        yield from _of_kinds("the workbook", related)
        for kind, target, _ in related:
            if kind == "customXml" and target in self._container and _QUERIES.search(self._container.read(target)):
                yield "queries belong to the workbook"

    def of_worksheet(self, name: str, state: str, part: str, sheet: SheetPart, facts: Sequence[str]) -> Iterator[str]:
        """What belongs to a worksheet.

        Args:
            name: the worksheet's.
            state: whether it is hidden.
            part: where it stands.
            sheet: what stands there.
            facts: what is shown beside cells; what a chart or a list takes from a cell is seen there.
        """
        if name == self._hidden:
            return
        if state != "visible":
            yield f"the worksheet {name} is hidden"
        yield from _of_head(name, sheet.kinds.head, self._content)
        yield from _of_rows(name, sheet)
        merges = merged(sheet.kinds.tail, name)
        yield from _of_merges(name, merges, sheet, self._content)
        yield from self._widths.too_narrow(name, sheet, merges)
        if self._has_any(name, sheet, self._styles):
            found = [(f, area) for f in facts if f.startswith(_DRAWS) or _CHOICES in f for area in _AREA.findall(f)]
            # The name of a line of a chart, or choices; the numbers that a chart draws cannot be read from it.
            elsewhere = [parse_range(area) for fact, area in found if ":" not in area or _CHOICES in fact]
            yield from _of_styles(name, sheet.content, self._styles, elsewhere)
        if 0 in self._styles and _PLAIN.search(sheet.content):
            yield f"cells of {name} without a style are {self._styles[0]}"
        yield from self._of_pieces(name, sheet)
        yield from self._of_texts(name, sheet)
        yield from _of_related(name, self._container, part, sheet, self._content)
        yield from self._of_notes(name, part)

    def _has_any(self, name: str, sheet: SheetPart, styles: Collection[int]) -> bool:
        """Whether some cell of a worksheet that holds something may have one of these styles."""
        cells = self._content.sheets[name].cells
        if isinstance(cells, PackedCells) and cells.styles is not None:
            return bool(np.isin(cells.styles, [*styles]).any())
        quotes = [quote for quote in (b'"', b"'") if styles and sheet.says(b"s=" + quote)]
        return len(styles) > _FEW or any(
            b"s=%b%d%b" % (quote, number, quote) in sheet.content for quote in quotes for number in styles
        )

    def _of_pieces(self, name: str, part: SheetPart) -> Iterator[str]:
        """Pieces of texts that cannot be told from the ground of their cells."""
        own, inline = self._looks.pieces(part.content) if has_runs(part.kinds.text) else ([], {})
        yield from own
        if any(self._looks.is_lost(colour, 0) for colour in inline.values()):
            yield f"a piece of a text on {name} is white"
        cells = self._content.sheets[name].cells
        noted = cells.shared if isinstance(cells, PackedCells) and cells.styles is not None else self._pieces[1].keys()
        if not noted & self._pieces[1].keys():
            return
        sheet = part.content
        numbers = b"|".join(b"%d" % number for number in self._pieces[1])
        quotes = [quote for quote in (b'"', b"'") if part.says(b"=" + quote + b"s" + quote)]
        patterns = [_TEXT % {b"quote": quote, b"numbers": numbers} for quote in quotes]
        for cell in (cell for pattern in patterns for cell in re.finditer(pattern, sheet)):
            attributes = sheet[sheet.rfind(b"<", 0, cell.start()) : sheet.find(b">", cell.start())]
            style = _STYLE.search(attributes)
            if self._looks.is_lost(self._pieces[1][int(cell[1])], int(style[1]) if style else 0):
                found = _CELL_NAME.search(attributes)
                yield f"a piece of the text in {quote_sheet(name)}!{found[1].decode() if found else '?'} cannot be seen"

    def _of_notes(self, name: str, part: str) -> Iterator[str]:
        """Pieces of notes that cannot be read, and boxes in which letters cannot be told from the ground."""
        for kind, target, _ in relations_of(self._container, part).values():
            content = self._container.read(target) if target in self._container else b""
            if kind == "comments":
                own, palest = self._looks.pieces(content)
                yield from own
                if any(is_pale(colour, LEAST_CONTRAST) for colour in palest.values()):
                    yield f"a piece of a note on {name} cannot be seen"
            if kind == "vmlDrawing" and any(not is_light(colour.decode()) for colour in set(_GROUND.findall(content))):
                yield f"a note on {name} lies on a dark ground"

    def _of_texts(self, name: str, part: SheetPart) -> Iterator[str]:
        """The first text that its number format shows otherwise, or not at all."""
        if not self._has_any(name, part, self._changing):
            return
        sheet = part.content
        numbers = b"|".join(b"%d" % number for number in self._changing)
        for cell in re.finditer(_STYLED % numbers, sheet):
            attributes = sheet[sheet.rfind(b"<", 0, cell.start()) : sheet.find(b">", cell.start())]
            if _HOLDS_TEXT.search(attributes):
                found = _CELL_NAME.search(attributes)
                yield f"the text in {quote_sheet(name)}!{found[1].decode() if found else '?'} is not shown as it is"
                return


def _of_head(name: str, head: bytes, content: WorkbookContent) -> Iterator[str]:
    """Views and columns."""
    yield from (f"on {name} {what}" for pattern, what in _VIEWS if pattern.search(head))
    usual = _USUAL_HEIGHT.search(head)
    if _ZERO_HEIGHT.search(head) or (usual is not None and _number(usual[1]) < _LOWEST):
        yield f"rows of {name} are hidden"
    width = _USUAL_WIDTH.search(head)
    if (width is not None and _number(width[1]) < _NARROWEST) or (width is None and _BASE_WIDTH.search(head)):
        yield f"columns of {name} have no width unless it is given"
    if _FROZEN.search(head):
        splits = [int(number) for _, number in _SPLIT.findall(head)]
        if _SCROLLED.search(head) or max(splits, default=0) > _MOST_FROZEN:
            yield f"panes of {name} are frozen, so that cells cannot be scrolled to"
    for column in _COLUMN.findall(head):
        found = {key: float(number) for key, number in _SPAN.findall(column)}
        if not _HIDDEN.search(column) and found.get(b"width", 9.0) >= _NARROWEST:
            continue
        first, last = int(found.get(b"min", 1)) - 1, int(found.get(b"max", 1)) - 1
        if any(first <= place <= last for _, place in content.sheets[name].cells):
            yield f"columns {column_name(first)} to {column_name(last)} of {name} are hidden"


def _of_rows(name: str, part: SheetPart) -> Iterator[str]:
    tags = part.kinds.tags if part.kinds.is_framed else _ROW.findall(part.content)
    hidden = {tag for tag in tags if not tag.endswith(b"/>") and _is_hidden(tag)}
    for row in _ROW.finditer(part.content) if hidden else ():
        if row[0] in hidden and not part.content.startswith((b"</row", b"<row"), row.end()):
            number = _ROW_NUMBER.search(row[0])
            yield f"row {number[1].decode() if number else '?'} of {name} is hidden"


def _is_hidden(row: bytes) -> bool:
    height = _HEIGHT.search(row)
    return _HIDDEN.search(row) is not None or (height is not None and _number(height[1]) < _LOWEST)


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _of_merges(name: str, merges: Iterable[Range], sheet: SheetPart, content: WorkbookContent) -> Iterator[str]:
    """Merged cells, of which only the first is seen."""
    for area in merges:
        if (covered := _first_of(area, sheet, content, but=(area.top, area.left))) is not None:
            yield f"merged cells of {name} hide what {cell_name(*covered)} holds"


def _is_in(place: tuple[int, int], area: Range) -> bool:
    return 0 <= place[0] - area.top < area.rows and 0 <= place[1] - area.left < area.columns


def _of_styles(name: str, sheet: bytes, styles: Mapping[int, str], elsewhere: Sequence[Range]) -> Iterator[str]:
    """The first cell of each reason for which cells cannot be read, unless what they hold is seen elsewhere."""
    said: set[str] = set()
    numbers = b"|".join(str(number).encode() for number in styles)
    for cell in re.finditer(_STYLED % numbers, sheet):
        why, found = styles[int(cell[1])], _CELL_NAME.search(sheet, sheet.rfind(b"<", 0, cell.start()), cell.end())
        place = f"{quote_sheet(name)}!{found[1].decode() if found else 'A1'}"
        one = parse_range(place)
        if why not in said and not any(area.sheet == name and _is_in((one.top, one.left), area) for area in elsewhere):
            said.add(why)
            yield f"{place} is {why}"


def _of_related(
    name: str, container: Container, part: str, sheet: SheetPart, content: WorkbookContent
) -> Iterator[str]:
    related = relations_of(container, part).values()
    yield from _of_kinds(name, related)
    for kind, target, _ in related:
        if kind == "drawing" and target in container:
            yield from _of_anchors(name, tree_of(container.read(target)), sheet, content)
        if kind == "vmlDrawing" and target in container:
            drawing = container.read(target)
            if len(_SHAPE.findall(drawing)) > len(_NOTE.findall(drawing)):
                yield f"a shape lies on {name}"
            if any(b"visibility:visible" in shape for shape in _SHAPES_OF_NOTES.findall(drawing)):
                yield f"a note lies open on {name}"


def _of_anchors(name: str, drawing: Element | None, sheet: SheetPart, content: WorkbookContent) -> Iterator[str]:
    """Charts that lie on cells; what is not tied to cells may lie anywhere."""
    for anchor in () if drawing is None else drawing:
        if local(anchor) in {"oneCellAnchor", "absoluteAnchor"}:
            yield f"something above the cells of {name} is not tied to two of them"
        elif local(anchor) == "twoCellAnchor":
            top, left = (_line_of(anchor, "from", kind, after=True) for kind in ("row", "col"))
            bottom, right = (_line_of(anchor, "to", kind, after=False) for kind in ("row", "col"))
            if bottom > top and right > left:
                area = Range(name, top, left, bottom - top, right - left)
                if (covered := _first_of(area, sheet, content)) is not None:
                    yield f"a chart or a picture lies on {cell_name(*covered)} of {name}"


def _line_of(anchor: Element, end: str, kind: str, *, after: bool) -> int:
    """The row or the column at which something begins or ends; where it begins inside of one, the next."""
    line, offset = (anchor.findtext(f"{{*}}{end}/{{*}}{name}") or "" for name in (kind, f"{kind}Off"))
    return int(_number(line.encode())) + (after and _number(offset.encode()) > 0)


def _first_of(
    area: Range, sheet: SheetPart, content: WorkbookContent, but: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """The first cell of an area that holds something, on a worksheet with this part."""
    cells = content.sheets[area.sheet].cells
    if isinstance(cells, ConstantCells):  # half a million weights are not read for what lies above a few
        found = filled_within(sheet, area.top, area.top + area.rows)
        return next((place for place in found if place != but and _is_in(place, area)), None)
    inside = area.cells() if area.size < len(cells) else cells
    return next((place for place in inside if place != but and place in cells and _is_in(place, area)), None)


def _of_kinds(owner: str, related: Iterable[Relation]) -> Iterator[str]:
    for kind in dict.fromkeys(relation.kind for relation in related if relation.kind not in _USUAL):
        yield f"{_KINDS.get(kind, f'something of the kind {kind[:40]}')} belongs to {owner}"
