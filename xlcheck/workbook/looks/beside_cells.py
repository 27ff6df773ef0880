"""What a workbook tells beside its cells: notes, links, what is printed on pages, its names and its properties.

As in `shown`, each is a sentence, and those that are not among the sentences of the day when it was built are new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from xlcheck.workbook.calculation import said_of_manual
from xlcheck.workbook.container import Container
from xlcheck.workbook.parts import Relation, Structure, relations_of
from xlcheck.workbook.xml_tree import all_text, is_off, is_on, number_in, place, text_in, tree_of

FOOTER = "&L&8&F&C&8&A&R&8page &P of &N"
"""What xlcheck writes below each page: the file, the worksheet, the number of the page."""
# What stands on any worksheet and hides or says nothing by itself; what it says is read here, in `shown` or elsewhere.
_USUAL = {
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
    "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "ignoredErrors", "drawing", "legacyDrawing", "extLst",
    "picture", "tableParts", "oleObjects", "controls", "AlternateContent",
}  # fmt: skip
_USUAL_EXTENSIONS = {"conditionalFormattings", "dataValidations", "ignoredErrors"}
_LOOK = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|K\d{2}[+-]\d{3}|\d{1,3}|[BIUEOHXYS])')
# As Excel's properties are called in files, and as its window calls them.
_PROPERTIES = {
    "title": "title", "subject": "subject", "creator": "author", "description": "comments", "keywords": "keywords",
    "category": "category", "contentStatus": "status", "Company": "company", "Manager": "manager",
    "HyperlinkBase": "hyperlink_base",
}  # fmt: skip
_OF_PACKAGE = {"officeDocument", "core-properties", "extended-properties", "custom-properties"}
_QUOTED = re.compile(r"'(?:[^']|'')*+'!")  # the name of a worksheet, which may have commas
_AREAS = {"Print_Area": "print", "Print_Titles": "repeat on each page"}
_OF_SHEETS = {"_FilterDatabase", "Sheet_Title"}
"""Names that programs give by themselves: to what is filtered, to the name of a worksheet."""
_NAME_WORDS = ("comment", "description", "help", "statusBar", "customMenu")
# What a workbook part says, whoever has written it; links to other files are told where their parts are.
_OF_WORKBOOKS = {
    "fileVersion", "workbookPr", "workbookProtection", "bookViews", "sheets", "definedNames", "calcPr", "extLst",
    "AlternateContent", "revisionPtr", "externalReferences", "customWorkbookViews", "pivotCaches",
    "webPublishing",
}  # fmt: skip
_LOWEST_ZOOM = 30
_SMALLEST_WINDOW = 3000  # twentieths of a point: about five centimetres
_FARTHEST_WINDOW = 60_000  # beyond two large screens
_LEAST_OF_TABS = 100  # thousandths of the window's width
_WIDEST_MARGINS = 7.0  # inches, of a page that is about eight or eleven wide


def noted(cell: str, text: str) -> str:
    """That a cell has a note."""
    return f"the note at {cell} says {_line(text)!r}"


def leads(cell: str, target: str) -> str:
    """That a cell is a link."""
    return f"{cell} leads to {target}"


def tipped(cell: str, tip: str) -> str:
    """What a link says when the pointer rests on it."""
    return f"the link at {cell} says {_line(tip)!r}"


def on_pages(sheet: str, kind: str, area: str) -> str:
    """That a worksheet prints only a part of it, or rows on each page."""
    return f"pages of {sheet} {_AREAS[kind]} {area}"


def entitled(name: str, text: str) -> str:
    """A property of the file."""
    return f"the file's property {name} is {_line(text)!r}"


def protected(sheet: str) -> str:
    """That cells of a worksheet cannot be changed, and formulas may not be shown."""
    return f"{sheet} is protected"


def _line(text: str) -> str:
    return " ".join(text.split())


def of_worksheet(container: Container, sheet: str, part: str, root: Element) -> Iterator[str]:
    """What is told beside the cells of a worksheet."""
    related = relations_of(container, part)
    yield from _notes(container, sheet, related)
    yield from _links(sheet, root, related)
    yield from _texts_of_pages(sheet, root)
    yield from _entries(sheet, root)
    for view in root.iterfind("sheetViews/sheetView"):
        if (zoom := view.get("zoomScale", "100")).isdigit() and int(zoom) < _LOWEST_ZOOM:
            yield f"{sheet} is shown at {int(zoom)} percent"
        if is_off(view.get("showRowColHeaders")):
            yield f"{sheet} shows no names of rows and columns"
        if (kind := view.get("view", "normal")) != "normal":
            yield f"{sheet} is seen as {kind}"
    yield from _pages(sheet, root)
    settings = root.find("sheetPr")
    if settings is not None and not is_on(settings.get("enableFormatConditionsCalculation", "1")):
        yield f"colours of {sheet} do not follow its numbers"
    if (lock := root.find("sheetProtection")) is not None and is_on(lock.get("sheet")):
        yield protected(sheet)
    for element in root:
        if (name := element.tag) and name not in _USUAL:
            yield f"{sheet} has something of the kind {name[:40]}"
    for extension in root.iterfind("extLst/ext/*"):
        if (name := extension.tag) and name not in _USUAL_EXTENSIONS:
            yield f"{sheet} has something of the kind {name[:40]}"


def _notes(container: Container, sheet: str, related: Mapping[str, Relation]) -> Iterator[str]:
    for relation in related.values():
        if relation.kind == "comments" and relation.target in container:
            root = tree_of(container.read(relation.target))
            if root is None:
                yield f"the notes of {sheet} cannot be read"
                continue
            for item in root.iterfind(".//comment"):
                words = "".join(t.text or "" for r in item.iterfind("text") for t in r.iter("t"))
                yield noted(place(item.get("ref", ""), sheet), words)


def _links(sheet: str, root: Element, related: Mapping[str, Relation]) -> Iterator[str]:
    for link in root.iterfind("hyperlinks/hyperlink"):
        cell, target = place(link.get("ref", ""), sheet), place(link.get("location", "").removeprefix("#"))
        key = next((value for name, value in link.attrib.items() if name.endswith("}id")), "")
        if key in related:
            target = related[key].target + (f"#{target}" if target else "")
        yield leads(cell, target)
        if tip := link.get("tooltip", ""):
            yield tipped(cell, tip)


def _texts_of_pages(sheet: str, root: Element) -> Iterator[str]:
    """Headers and footers, if they are not xlcheck's, whatever their letters look like."""
    for item in root.iterfind("headerFooter/*"):
        text = _LOOK.sub("", all_text(item))
        if "".join(text.split()) not in {"", "".join(_LOOK.sub("", FOOTER).split())}:
            yield f"pages of {sheet} say {_line(text)!r}"


def _pages(sheet: str, root: Element) -> Iterator[str]:
    """What of a printed page cannot be read."""
    setup, margins = root.find("pageSetup"), root.find("pageMargins")
    if setup is not None:
        if (scale := setup.get("scale", "100")).isdigit() and int(scale) < _LOWEST_ZOOM:
            yield f"pages of {sheet} are printed at {int(scale)} percent"
        if setup.get("errors", "displayed") != "displayed":
            yield f"pages of {sheet} show no errors"
        if is_on(setup.get("draft")):
            yield f"pages of {sheet} are drafts"
    for ends in (("left", "right"), ("top", "bottom")):
        if margins is not None and sum(number_in(margins.get(end)) or 0.0 for end in ends) > _WIDEST_MARGINS:
            yield f"pages of {sheet} are mostly margin"


def _entries(sheet: str, root: Element) -> Iterator[str]:
    """What Excel says to somebody who types, and what it refuses, apart from lists to choose from."""
    for item in root.iter("dataValidation"):
        area = place(item.get("sqref") or text_in(item, "sqref"), sheet)
        refusal = _line(f"{item.get('errorTitle', '')} {item.get('error', '')}")
        if refusal:
            yield f"{area} refuses other entries with the words {refusal!r}"
        if item.get("type", "none") != "list":
            words = _line(f"{item.get('promptTitle', '')} {item.get('prompt', '')}")
            rule = _line(f"{item.get('type', 'any')} {item.get('operator', '')} {all_text(item)}")
            yield f"{area} takes {rule}" + (f", with the words {words!r}" if words else "")


def of_workbook(container: Container, structure: Structure) -> Iterator[str]:
    """What is told of a workbook as a whole."""
    root = tree_of(container.read(structure.part))
    if root is not None:
        yield from _of_names(root)
        for settings in root.iterfind("calcPr"):
            yield from _calculation(settings)
        for view in root.iterfind("bookViews/workbookView"):
            yield from _window(view)
        for lock in root.iterfind("workbookProtection"):
            if any(is_on(lock.get(key)) for key in ("lockStructure", "lockWindows", "lockRevision")):
                yield "the workbook is protected"
        for element in root:
            if element.tag == "customWorkbookViews":
                yield "the workbook has views of somebody's own"
            elif (name := element.tag) and name not in _OF_WORKBOOKS:
                yield f"the workbook has something of the kind {name[:40]}"
    yield from (f"the sheet {name} was added" for name in structure.other_sheets)
    related = relations_of(container, "").values()
    for relation in related:
        kind = relation.kind.rpartition("/")[2]
        if kind not in _OF_PACKAGE:
            yield f"something of the kind {kind[:40]} belongs to the file"
        if kind.endswith("-properties") and relation.target in container:
            yield from _properties(tree_of(container.read(relation.target)))


def _calculation(settings: Element) -> Iterator[str]:
    """What a reader sees otherwise, or too late, though the formulas give the same."""
    if settings.get("refMode") == "R1C1":
        yield "columns are called by numbers, and not by letters as on the sheets"
    if (mode := settings.get("calcMode", "auto").strip()) != "auto":
        yield said_of_manual("no what-if table") if mode == "autoNoTable" else said_of_manual()


def _window(view: Element) -> Iterator[str]:
    """What keeps a reader from seeing worksheets, or from reaching their cells."""
    numbers = {key: int(text) for key, text in view.attrib.items() if text.lstrip("-").isdigit()}
    if view.get("visibility", "visible") != "visible" or is_on(view.get("minimized")):
        yield "the workbook's window is hidden"
    if not is_on(view.get("showSheetTabs", "1")) or numbers.get("tabRatio", 600) < _LEAST_OF_TABS:
        yield "the names of worksheets are not shown"
    if any(not is_on(view.get(key, "1")) for key in ("showVerticalScroll", "showHorizontalScroll")):
        yield "the workbook's window cannot be scrolled with the mouse"
    if any(numbers.get(key, _SMALLEST_WINDOW) < _SMALLEST_WINDOW for key in ("windowWidth", "windowHeight")):
        yield "the workbook's window is too small to see its cells"
    if any(abs(numbers.get(key, 0)) > _FARTHEST_WINDOW for key in ("xWindow", "yWindow")):
        yield "the workbook's window lies beside the screen"


def _of_names(root: Element) -> Iterator[str]:
    sheets = [item.get("name", "") for item in root.iterfind("sheets/sheet")]
    for item in root.iterfind("definedNames/definedName"):
        name, number = item.get("name", ""), item.get("localSheetId", "")
        built_in = name.removeprefix("_xlnm.")
        sheet = next(iter(sheets[int(number) :]), "") if number.isascii() and number.isdigit() else ""
        if name != built_in and built_in in _AREAS:
            areas = [area.rpartition("!")[2] for area in _QUOTED.sub("", item.text or "").replace("$", "").split(",")]
            if any(areas):  # Gnumeric writes #REF! for none
                yield on_pages(sheet, built_in, " and ".join(areas))
        elif name != built_in and built_in not in _OF_SHEETS:
            yield f"the name {built_in} was added"
        if any(is_on(item.get(key)) for key in ("function", "vbProcedure", "xlm")):
            yield f"the name {name} is a command"
        for words in filter(None, (_line(item.get(key, "")) for key in _NAME_WORDS)):
            yield f"the name {name} is explained as {words!r}"


def _properties(root: Element | None) -> Iterator[str]:
    for item in () if root is None else root:
        name, text = item.tag, all_text(item)
        if name == "property":
            yield entitled(item.get("name", "?"), text)
        elif name in _PROPERTIES and text:
            yield entitled(_PROPERTIES[name], text)
