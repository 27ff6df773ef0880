"""A copy of a workbook in which some cells are coloured and carry a note; everything else stays as it is.

Parts that are not concerned are copied byte for byte; worksheets, styles and notes are edited as
XML trees. Libraries that load and save whole workbooks lose charts, pictures or names on the way.
Source of the parts' structure: ECMA-376, part 1, sections 18.3 (worksheets), 18.7 (comments), 18.8 (styles).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

from xlcheck.errors import WorkbookError
from xlcheck.files import protected_inputs, replacing, zip_part
from xlcheck.formulas.addresses import cell_name, column_index
from xlcheck.workbook.container import Container, open_container
from xlcheck.workbook.note_boxes import EMPTY_DRAWING, Grid, add_box
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.uncover import uncover

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_AUTHOR = "xlcheck"
_FRAME = "9C2A00"
# Elements of a worksheet that stand after its `legacyDrawing`.
_AFTER_NOTES = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A cell to be marked.

    Attributes:
        row: from 0.
        column: from 0.
        color: the fill as RRGGBB.
        note: the text of the note.
        framed: whether it has a frame, too, which is seen by those who do not see colours, and on paper without.
    """

    sheet: str
    row: int
    column: int
    color: str
    note: str
    framed: bool = False


def write_marked(source: Path, target: Path, marks: Iterable[Mark]) -> None:
    """Copy a workbook and mark cells in the copy.

    Args:
        source: the workbook; it stays as it is.
        target: the copy to write; it may not be the workbook itself.
        marks: the cells, each at most once; the copy opens at the worksheet of the first one with a frame.

    Raises:
        UsageError: the target is the workbook itself, or cannot be written.
        WorkbookError: the workbook cannot be read, or lacks a worksheet that is to be marked.
    """
    by_sheet: dict[str, list[Mark]] = {}
    first = ""  # with a frame
    for mark in marks:
        by_sheet.setdefault(mark.sheet, []).append(mark)
        first = first or (mark.sheet if mark.framed else "")
    with protected_inputs(source), open_container(source) as container:
        changed = _Marking(container).apply(by_sheet, first)
        with replacing(target) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as copy:
            for name, content in container.parts():
                copy.writestr(zip_part(name), changed.pop(name, content), ZIP_DEFLATED)
            for name, content in changed.items():
                copy.writestr(zip_part(name), content, ZIP_DEFLATED)


class _Marking:
    """The parts of one workbook that change."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._trees: dict[str, etree._Element] = {}
        self._styles = _Styles(self._tree("xl/styles.xml") if "xl/styles.xml" in container else None)
        self._types = self._tree("[Content_Types].xml")

    def apply(self, marks: Mapping[str, list[Mark]], first: str) -> dict[str, bytes]:
        """Mark all cells, and let the copy open at a worksheet; the new content of each part that changes."""
        structure = read_structure(self._container)
        parts = {name: part for name, _, part in structure.sheets}
        for sheet, own in marks.items():
            if sheet not in parts:
                raise WorkbookError(f"{self._container.path} has no worksheet {sheet!r} to mark")
            self._sheet(parts[sheet], own)
        visible = [name for name, state, _ in structure.sheets if state == "visible"]
        if first in visible:
            self._open_at(first, structure.part, parts)
        return {
            name: etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            for name, tree in self._trees.items()
        }

    def _open_at(self, sheet: str, book: str, parts: Mapping[str, str]) -> None:
        """The copy opens at a worksheet, and no other is selected: whoever typed would type into both."""
        root = self._tree(book)
        names = [item.get("name", "") for item in root.iterfind(f"{{{_MAIN}}}sheets/{{{_MAIN}}}sheet")]
        view = root.find(f"{{{_MAIN}}}bookViews/{{{_MAIN}}}workbookView")
        numbered = {str(number): name for number, name in enumerate(names)}
        before = None if view is None else numbered.get(view.get("activeTab", "0"))
        if view is None or before not in parts or before == sheet:
            del self._trees[book]  # which stays as it is
            return
        view.set("activeTab", str(names.index(sheet)))
        view.attrib.pop("firstSheet", "")
        for name in (str(before), sheet):
            for item in self._tree(parts[name]).iterfind(f"{{{_MAIN}}}sheetViews/{{{_MAIN}}}sheetView"):
                item.attrib.pop("tabSelected", "")
                if name == sheet:
                    item.set("tabSelected", "1")

    def _tree(self, part: str) -> etree._Element:
        """A part as a tree, which will be written back."""
        if part not in self._trees:
            # Drawings of notes are often not quite well formed; no entity is ever resolved.
            parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=part.endswith(".vml"))
            try:
                self._trees[part] = etree.fromstring(self._container.read(part), parser)
            except etree.XMLSyntaxError as error:
                raise WorkbookError(f"{self._container.path}: the part {part} is damaged ({error})") from error
        return self._trees[part]

    def _sheet(self, part: str, marks: list[Mark]) -> None:
        root = self._tree(part)
        rows = _Rows(root)
        for mark in marks:
            cell = rows.cell(mark.row, mark.column)
            cell.set("s", str(self._styles.marked(int(cell.get("s", "0")), mark.color, framed=mark.framed)))
        uncover(root, {(mark.row, mark.column) for mark in marks})
        notes, drawing = self._note_parts(part, root)
        grid = Grid(root)
        for mark in marks:
            text = _add_note(notes, mark)
            add_box(drawing, mark.row, mark.column, text, grid)

    def _note_parts(self, part: str, root: etree._Element) -> tuple[etree._Element, etree._Element]:
        """The notes of a worksheet and the drawing that shows them; made if there are none yet."""
        relations = self._relations(part)
        notes = _target(relations, part, "comments")
        if notes is None:
            notes = _free_name(self._container, self._trees, "xl/xlcheckNotes{}.xml")
            self._trees[notes] = etree.fromstring(
                f'<comments xmlns="{_MAIN}"><authors/><commentList/></comments>'.encode()
            )
            _relate(relations, "comments", part, notes)
            override = etree.SubElement(self._types, f"{{{_CONTENT_TYPES}}}Override")
            override.set("PartName", f"/{notes}")
            override.set("ContentType", "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
        drawing = _target(relations, part, "vmlDrawing")
        if drawing is None:
            drawing = _free_name(self._container, self._trees, "xl/drawings/xlcheckNotes{}.vml")
            self._trees[drawing] = etree.fromstring(EMPTY_DRAWING.encode())
            identity = _relate(relations, "vmlDrawing", part, drawing)
            _insert_legacy_drawing(root, identity)
            self._know_drawings()
        return self._tree(notes), self._tree(drawing)

    def _relations(self, part: str) -> etree._Element:
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self._container and relations not in self._trees:
            self._trees[relations] = etree.fromstring(f'<Relationships xmlns="{_PACKAGE_RELATIONS}"/>'.encode())
        return self._tree(relations)

    def _know_drawings(self) -> None:
        if not any(item.get("Extension", "").lower() == "vml" for item in self._types):
            default = etree.Element(f"{{{_CONTENT_TYPES}}}Default")
            default.set("Extension", "vml")
            default.set("ContentType", "application/vnd.openxmlformats-officedocument.vmlDrawing")
            self._types.insert(0, default)


class _Styles:
    """The workbook's cell formats; copies of them with another fill and a frame are added as they are needed."""

    def __init__(self, root: etree._Element | None) -> None:
        self._root = root
        self._made: dict[tuple[int, str, bool], int] = {}

    def marked(self, style: int, color: str, *, framed: bool) -> int:
        """The number of a format that is like another one, but with this fill, and perhaps with a frame."""
        if self._root is None:
            return style  # a workbook without styles has no colours either; its notes still say everything
        if (style, color, framed) not in self._made:
            formats = self._root.find(f"{{{_MAIN}}}cellXfs")
            if formats is None or not len(formats):
                return style
            copied = deepcopy(formats[style if style < len(formats) else 0])
            self._give(copied, "fill", f'<patternFill patternType="solid"><fgColor rgb="FF{color}"/>'
                       '<bgColor indexed="64"/></patternFill>')  # fmt: skip
            if framed:
                sides = ("left", "right", "top", "bottom")
                line = "".join(f'<{side} style="medium"><color rgb="FF{_FRAME}"/></{side}>' for side in sides)
                self._give(copied, "border", f"{line}<diagonal/>")
            _append(formats, copied)
            self._made[style, color, framed] = len(formats) - 1
        return self._made[style, color, framed]

    def _give(self, own: etree._Element, kind: str, content: str) -> None:
        """Let a format have a fill or a border of its own."""
        group = None if self._root is None else self._root.find(f"{{{_MAIN}}}{kind}s")
        if group is not None:
            _append(group, etree.fromstring(f'<{kind} xmlns="{_MAIN}">{content}</{kind}>'.encode()))
            own.set(f"{kind}Id", str(len(group) - 1))
            own.set(f"apply{kind.capitalize()}", "1")


def _append(group: etree._Element, item: etree._Element) -> None:
    group.append(item)
    group.set("count", str(len(group)))


class _Rows:
    """Finds cells of a worksheet, or makes them where the file has none."""

    def __init__(self, root: etree._Element) -> None:
        data = root.find(f"{{{_MAIN}}}sheetData")
        if data is None:
            raise WorkbookError("a worksheet without data cannot be marked")
        self._data = data
        self._rows = {int(row.get("r", position + 1)): row for position, row in enumerate(data)}
        self._cells: dict[int, dict[int, etree._Element]] = {}

    def cell(self, row: int, column: int) -> etree._Element:
        """The cell, which is made if there is none."""
        cells = self._cells_of(row)
        if column not in cells:
            element = etree.Element(f"{{{_MAIN}}}c", r=cell_name(row, column))
            before = sum(1 for other in cells if other < column)
            self._row(row).insert(before, element)
            cells[column] = element
        return cells[column]

    def _cells_of(self, row: int) -> dict[int, etree._Element]:
        if row not in self._cells:
            found: dict[int, etree._Element] = {}
            following = 0
            for element in self._row(row):
                name = element.get("r")
                column = column_index(re.sub(r"\d", "", name)) if name else following
                found[column] = element
                following = column + 1
            self._cells[row] = found
        return self._cells[row]

    def _row(self, row: int) -> etree._Element:
        if row + 1 not in self._rows:
            element = etree.Element(f"{{{_MAIN}}}row", r=str(row + 1))
            self._data.insert(sum(1 for number in self._rows if number < row + 1), element)
            self._rows[row + 1] = element
        return self._rows[row + 1]


def _target(relations: etree._Element, part: str, kind: str) -> str | None:
    """The part that a worksheet names as its notes or their drawing."""
    for item in relations:
        if item.get("Type", "").endswith(f"/{kind}"):
            target = item.get("Target", "")
            return (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
            )
    return None


def _relate(relations: etree._Element, kind: str, part: str, target: str) -> str:
    used = {item.get("Id") for item in relations}
    identity = next(f"rIdXlcheck{n}" for n in range(1, 10_000) if f"rIdXlcheck{n}" not in used)
    item = etree.SubElement(relations, f"{{{_PACKAGE_RELATIONS}}}Relationship")
    item.set("Id", identity)
    item.set("Type", f"{_RELATIONS}/{kind}")
    item.set("Target", posixpath.relpath(target, posixpath.dirname(part)))
    return identity


def _free_name(container: Container, trees: Mapping[str, object], pattern: str) -> str:
    return next(name for n in range(1, 100_000) if (name := pattern.format(n)) not in container and name not in trees)


def _insert_legacy_drawing(root: etree._Element, identity: str) -> None:
    element = etree.Element(f"{{{_MAIN}}}legacyDrawing")
    element.set(f"{{{_RELATIONS}}}id", identity)
    later = next((item for item in root if etree.QName(item).localname in _AFTER_NOTES), None)
    if later is None:
        root.append(element)
    else:
        later.addprevious(element)


def _add_note(notes: etree._Element, mark: Mark) -> str:
    """A note of our own, or a paragraph below the note that is there; the whole text."""
    authors, items = notes.find(f"{{{_MAIN}}}authors"), notes.find(f"{{{_MAIN}}}commentList")
    if authors is None or items is None:
        raise WorkbookError("the notes of a worksheet are damaged and cannot be added to")
    names = [author.text for author in authors]
    if _AUTHOR not in names:
        etree.SubElement(authors, f"{{{_MAIN}}}author").text = _AUTHOR
        names.append(_AUTHOR)
    place = cell_name(mark.row, mark.column)
    note = next((item for item in items if item.get("ref") == place), None)
    if note is None:
        note = etree.SubElement(items, f"{{{_MAIN}}}comment", ref=place, authorId=str(names.index(_AUTHOR)))
        etree.SubElement(note, f"{{{_MAIN}}}text")
        paragraph = mark.note
    else:
        paragraph = f"\n\n{_AUTHOR}: {mark.note}"
    text = note.find(f"{{{_MAIN}}}text")
    run = etree.SubElement(note if text is None else text, f"{{{_MAIN}}}r")
    content = etree.SubElement(run, f"{{{_MAIN}}}t")
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    content.text = "".join(c if c.isprintable() or c == "\n" else "�" for c in paragraph)
    return "".join(item.text or "" for item in note.iter(f"{{{_MAIN}}}t"))
