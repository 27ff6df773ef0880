"""What hides, covers or disfigures in a generated workbook what its cells hold.

xlcheck writes none of this, so it needs no record of how a workbook was: whatever is found was put there. What is
merely hidden shows no wrong number, and yet a reader who does not see the ✗ takes the rest for right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import Range, cell_name, column_name, parse_range, quote_sheet
from xlcheck.workbook.cell_codes import address
from xlcheck.workbook.container import Container
from xlcheck.workbook.content import Cell, ConstantCells, SheetContent, WorkbookContent
from xlcheck.workbook.looks.narrow import Widths, merged
from xlcheck.workbook.looks.readable import LEAST_CONTRAST, Looks, is_light, is_pale
from xlcheck.workbook.number_formats import Formats
from xlcheck.workbook.packed_cells import PackedCells, with_styles
from xlcheck.workbook.parts import Relation, Structure, relations_of
from xlcheck.workbook.plain_constants import filled_within, shared_within
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_text import has_runs
from xlcheck.workbook.xml_tree import is_off, is_on, number_in, tree_of

_AREA = re.compile(r"(?:'[^']+'|[\w.]+)![A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?")
_DRAWS, _CHOICES = "a chart draws ", " is chosen from "
_LOWEST, _NARROWEST, _MOST_FROZEN = 7.0, 1.0, 40
_SHAPES = {"shape", "rect", "roundrect", "oval", "line", "polyline", "image", "group", "arc", "curve"}
_QUERIES = re.compile(rb"D\0?a\0?t\0?a\0?M\0?a\0?s\0?h\0?u\0?p")  # in either encoding
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
    """What a reader of a file does not see, or not as it is, a sentence each."""

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

    def of_worksheet(
        self, name: str, state: str, part: str, sheet: SheetPart, root: Element, facts: Sequence[str]
    ) -> Iterator[str]:
        """What belongs to a worksheet.

        Args:
            name: the worksheet's.
            state: whether it is hidden.
            part: where it stands.
            sheet: what stands there.
            root: the same without its rows.
            facts: what is shown beside cells; what a chart or a list takes from a cell is seen there.
        """
        if name == self._hidden:
            return
        if state != "visible":
            yield f"the worksheet {name} is hidden"
        own = self._content.sheets[name]
        yield from _of_views(name, root)
        yield from _of_columns(name, root, own.cells)
        yield from _of_rows(name, sheet, own.cells)
        merges = merged(root, name)
        yield from _of_merges(name, merges, sheet, self._content)
        yield from self._widths.too_narrow(name, root, merges, own.cells)
        found = [(f, area) for f in facts if f.startswith(_DRAWS) or _CHOICES in f for area in _AREA.findall(f)]
        # The name of a line of a chart, or choices; the numbers that a chart draws cannot be read from it.
        elsewhere = [parse_range(area) for fact, area in found if ":" not in area or _CHOICES in fact]
        yield from _of_styles(own, self._styles, elsewhere)
        yield from self._of_pieces(own, sheet)
        yield from self._of_texts(own)
        yield from _of_related(name, self._container, part, sheet, self._content)
        yield from self._of_notes(name, part)

    def _of_pieces(self, sheet: SheetContent, part: SheetPart) -> Iterator[str]:
        """Pieces of texts that cannot be told from the ground of their cells."""
        own, inline = self._looks.pieces(part.content) if has_runs(part.kinds.text) else ([], {})
        yield from own
        if any(self._looks.is_lost(colour, 0) for colour in inline.values()):
            yield f"a piece of a text on {sheet.name} is white"
        palest = self._pieces[1]
        for place, style, number in _shared_texts(sheet, part) if palest else ():
            if number in palest and self._looks.is_lost(palest[number], style):
                yield f"a piece of the text in {quote_sheet(sheet.name)}!{place} cannot be seen"

    def _of_texts(self, sheet: SheetContent) -> Iterator[str]:
        """The first text that its number format shows otherwise, or not at all."""
        texts = (place for place, cell in with_styles(sheet, self._changing) if isinstance(cell.value, str))
        for place in islice(texts, 1):
            yield f"the text in {quote_sheet(sheet.name)}!{cell_name(*place)} is not shown as it is"

    def _of_notes(self, name: str, part: str) -> Iterator[str]:
        """Pieces of notes that cannot be read, and boxes in which letters cannot be told from the ground."""
        for kind, target, _ in relations_of(self._container, part).values():
            content = self._container.read(target) if target in self._container else b""
            if kind == "comments":
                own, palest = self._looks.pieces(content)
                yield from own
                if any(is_pale(colour, LEAST_CONTRAST) for colour in palest.values()):
                    yield f"a piece of a note on {name} cannot be seen"
            if kind == "vmlDrawing" and any(
                not is_light(shape.get("fillcolor", "#ffffff")) for shape in _shapes(tree_of(content))
            ):
                yield f"a note on {name} lies on a dark ground"


def _shared_texts(sheet: SheetContent, part: SheetPart) -> Iterator[tuple[str, int, int]]:
    """Name, style and number of the text of each cell that holds a shared one."""
    if isinstance(sheet.cells, ConstantCells):
        return shared_within(part)
    packed = PackedCells.of(sheet.cells)
    codes, styles = packed.codes, packed.styles
    return ((address(codes[at]), int(styles[at]), number) for at, number in packed.shared.items())


def _of_views(name: str, root: Element) -> Iterator[str]:
    views = list(root.iter("sheetView"))
    if any(is_off(view.get("showZeros")) for view in views):
        yield f"on {name} zeros are not shown"
    if any(is_on(view.get("showFormulas")) for view in views):
        yield f"on {name} formulas are shown in place of values"
    if any(is_on(view.get("rightToLeft")) for view in views):
        yield f"on {name} columns run from right to left"
    frozen = [pane for pane in root.iter("pane") if pane.get("state", "").strip().startswith("frozen")]
    splits = [number_in(pane.get(side)) or 0 for pane in frozen for side in ("xSplit", "ySplit")]
    scrolled = any(view.get("topLeftCell", "A1") != "A1" for view in views)
    if frozen and (scrolled or max(splits) > _MOST_FROZEN):
        yield f"panes of {name} are frozen, so that cells cannot be scrolled to"


def _of_columns(name: str, root: Element, cells: Mapping[tuple[int, int], Cell]) -> Iterator[str]:
    for usual in root.iter("sheetFormatPr"):
        if is_on(usual.get("zeroHeight")) or _is_below(usual.get("defaultRowHeight"), _LOWEST):
            yield f"rows of {name} are hidden"
        has_none = "defaultColWidth" not in usual.attrib and number_in(usual.get("baseColWidth")) == 0
        if has_none or _is_below(usual.get("defaultColWidth"), _NARROWEST):
            yield f"columns of {name} have no width unless it is given"
    for column in root.iter("col"):
        if is_on(column.get("hidden")) or _is_below(column.get("width"), _NARROWEST):
            first, last = (int(number_in(column.get(end)) or 1) - 1 for end in ("min", "max"))
            if any(first <= place <= last for _, place in cells):
                yield f"columns {column_name(first)} to {column_name(last)} of {name} are hidden"


def _of_rows(name: str, part: SheetPart, cells: Mapping[tuple[int, int], Cell]) -> Iterator[str]:
    hidden = sorted(
        {number for number, row in part.sized_rows() if is_on(row.get("hidden")) or _is_below(row.get("ht"), _LOWEST)}
    )
    if isinstance(cells, ConstantCells):
        filled = {number for number in hidden if next(filled_within(part, number, number + 1), None) is not None}
    else:
        filled = {row for row, _ in cells} if hidden else set()
    yield from (f"row {number + 1} of {name} is hidden" for number in hidden if number in filled)


def _is_below(size: str | None, least: float) -> bool:
    """Whether something has a size, and a smaller one; what is no number is none."""
    return size is not None and (number_in(size) or 0.0) < least


def _of_merges(name: str, merges: Iterable[Range], sheet: SheetPart, content: WorkbookContent) -> Iterator[str]:
    """Merged cells, of which only the first is seen."""
    for area in merges:
        if (covered := _first_of(area, sheet, content, but=(area.top, area.left))) is not None:
            yield f"merged cells of {name} hide what {cell_name(*covered)} holds"


def _of_styles(sheet: SheetContent, styles: Mapping[int, str], elsewhere: Sequence[Range]) -> Iterator[str]:
    """The first cell of each reason for which cells cannot be read, unless what they hold is seen elsewhere."""
    said: set[str] = set()
    shown = [area for area in elsewhere if area.sheet == sheet.name]
    for place, cell in with_styles(sheet, styles.keys()):
        why = styles[cell.style]
        if why not in said and not any(area.holds(*place) for area in shown):
            said.add(why)
            yield f"{quote_sheet(sheet.name)}!{cell_name(*place)} is {why}"


def _of_related(
    name: str, container: Container, part: str, sheet: SheetPart, content: WorkbookContent
) -> Iterator[str]:
    related = relations_of(container, part).values()
    yield from _of_kinds(name, related)
    for kind, target, _ in related:
        if kind == "drawing" and target in container:
            yield from _of_anchors(name, tree_of(container.read(target)), sheet, content)
        if kind == "vmlDrawing" and target in container:
            yield from _of_shapes(name, tree_of(container.read(target)))


def _of_shapes(name: str, drawing: Element | None) -> Iterator[str]:
    """Boxes of notes that are open, and shapes that are no such box."""
    if drawing is None:
        yield f"what is drawn on {name} cannot be read"
    shapes = list(_shapes(drawing))
    if any(all(data.get("ObjectType") != "Note" for data in shape.iterfind("ClientData")) for shape in shapes):
        yield f"a shape lies on {name}"
    if any("visibility:visible" in "".join(shape.get("style", "").split()) for shape in shapes):
        yield f"a note lies open on {name}"


def _shapes(drawing: Element | None) -> Iterator[Element]:
    return (item for item in (() if drawing is None else drawing.iter()) if item.tag in _SHAPES)


def _of_anchors(name: str, drawing: Element | None, sheet: SheetPart, content: WorkbookContent) -> Iterator[str]:
    """Charts that lie on cells; what is not tied to cells may lie anywhere."""
    for anchor in () if drawing is None else drawing:
        if anchor.tag in {"oneCellAnchor", "absoluteAnchor"}:
            yield f"something above the cells of {name} is not tied to two of them"
        elif anchor.tag == "twoCellAnchor":
            top, left = (_line_of(anchor, "from", kind, after=True) for kind in ("row", "col"))
            bottom, right = (_line_of(anchor, "to", kind, after=False) for kind in ("row", "col"))
            if bottom > top and right > left:
                area = Range(name, top, left, bottom - top, right - left)
                if (covered := _first_of(area, sheet, content)) is not None:
                    yield f"a chart or a picture lies on {cell_name(*covered)} of {name}"


def _line_of(anchor: Element, end: str, kind: str, *, after: bool) -> int:
    """The row or the column at which something begins or ends; where it begins inside of one, the next."""
    line, offset = (anchor.findtext(f"{end}/{name}") or "" for name in (kind, f"{kind}Off"))
    return int(number_in(line) or 0) + (after and (number_in(offset) or 0) > 0)


def _first_of(
    area: Range, sheet: SheetPart, content: WorkbookContent, but: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """The first cell of an area that holds something, on a worksheet with this part."""
    cells = content.sheets[area.sheet].cells
    if isinstance(cells, ConstantCells):  # half a million weights are not read for what lies above a few
        found = filled_within(sheet, area.top, area.top + area.rows)
        return next((place for place in found if place != but and area.holds(*place)), None)
    inside = area.cells() if area.size < len(cells) else cells
    return next((place for place in inside if place != but and place in cells and area.holds(*place)), None)


def _of_kinds(owner: str, related: Iterable[Relation]) -> Iterator[str]:
    for kind in dict.fromkeys(relation.kind for relation in related if relation.kind not in _USUAL):
        yield f"{_KINDS.get(kind, f'something of the kind {kind[:40]}')} belongs to {owner}"
