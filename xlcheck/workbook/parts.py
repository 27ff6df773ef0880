"""The small parts of a workbook: what it consists of, its settings, its defined names, its texts, its links.

What another reader may take for something else is refused by name: an element that counts and stands twice,
or inside of another (say, in `mc:AlternateContent`, of which each program takes the branch that it knows),
two relations of one name, two names for one thing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import quote_sheet, range_or_none
from xlcheck.frozen import dataclass
from xlcheck.workbook.container import Container
from xlcheck.workbook.part_types import CONTENT_TYPES, called_otherwise
from xlcheck.workbook.sheet_cells import MAIN
from xlcheck.workbook.xml_text import unescape
from xlcheck.workbook.zip_directory import decoded

# Those of transitional and of strict files.
_OFFICE = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (*_OFFICE, f"{_PACKAGE}/metadata", f"{_OFFICE[0]}/metadata")
_DEFAULT_WORKBOOK = "xl/workbook.xml"
# What counts in the workbook part, and what it stands in.
_PLACES = {
    "workbookPr": "workbook", "calcPr": "workbook", "sheets": "workbook", "sheet": "sheets",
    "definedNames": "workbook", "definedName": "definedNames",
}  # fmt: skip
_MANY = {"sheet", "definedName"}
# Of a class's submissions most parts are the same; what was made of one of up to so many bytes is kept.
_SMALL = 2**16
# What counts in the part of shared strings, and where it may stand.
_OF_STRINGS: dict[str, set[tuple[str, ...]]] = {
    "si": {("sst", "si")},
    "t": {("sst", "si", "t"), ("sst", "si", "r", "t"), ("sst", "si", "rPh", "t")},
}


class Relation(NamedTuple):
    """A link from one part to another, or to another file.

    Attributes:
        kind: the last word of the relation's type: `worksheet`, `sharedStrings`, `externalLinkPath` …
        target: the part's name, or the other file's address.
        external: the target is not in this file.
    """

    kind: str
    target: str
    external: bool


@dataclass(frozen=True)
class Structure:
    """What the workbook part says.

    Attributes:
        sheets: (name, state, part) of each worksheet in order.
        other_sheets: names of sheets without cells (chart sheets, dialog sheets, macro sheets).
        names: defined names; one that belongs to a worksheet is written `Sheet1!name`.
        strings: the part with the shared strings, or None.
        links: the parts that describe links to other workbooks.
        styles: the part with the cells' looks, or None.
        calculation: the attributes of `calcPr`.
        workbook: those of `workbookPr`.
        part: the workbook part itself.
    """

    sheets: tuple[tuple[str, str, str], ...]
    other_sheets: tuple[str, ...]
    names: dict[str, str]
    strings: str | None
    links: tuple[str, ...]
    styles: str | None
    calculation: Mapping[str, str]
    workbook: Mapping[str, str]
    part: str


def read_structure(container: Container) -> Structure:
    """Read the workbook part and its relations.

    Raises:
        WorkbookError: a part that is needed is missing or not well formed.
    """
    workbook = _workbook_part(container)
    root = _parse(container, workbook)
    main = _namespace(container, workbook, root)
    _require_in_place(container, workbook, root, main)
    relations = relations_of(container, workbook)
    sheets, others, titles = [], [], []
    for element in root.iterfind(f"{main}sheets/{main}sheet"):
        title = element.get("name", "")
        titles.append(title)
        relation = relations.get(_relation_id(element))
        if relation is None or relation.target not in container:
            raise WorkbookError(f"{container.path} lacks the part that holds its worksheet {title!r}; save it again")
        if relation.kind == "worksheet":
            sheets.append((title, element.get("state", "visible"), relation.target))
        else:
            others.append(title)
    if len({title.casefold() for title in titles}) < len(titles):
        raise WorkbookError(f"{container.path} has two worksheets of the same name; rename one and save it again")
    if len({part for _, _, part in sheets}) < len(sheets):
        raise unclear(container, "two worksheets that are one part")
    numbers = [number for sheet in root.iterfind(f"{main}sheets/{main}sheet") if (number := sheet.get("sheetId"))]
    if len(set(numbers)) < len(numbers):
        raise unclear(container, "two worksheets of the same number")
    if not sheets:
        raise WorkbookError(f"{container.path} has no worksheet; pass a workbook that has one")
    strings, styles = (_only_target(container, relations, kind) for kind in ("sharedStrings", "styles"))
    kinds: dict[str | None, str] = {workbook: "main+xml", **{part: "worksheet+xml" for _, _, part in sheets}}
    types = _parse(container, CONTENT_TYPES) if CONTENT_TYPES in container else None
    if what := called_otherwise(types, {**kinds, strings: "sharedstrings+xml", styles: "styles+xml"}):
        raise unclear(container, what)
    return Structure(
        sheets=tuple(sheets),
        other_sheets=tuple(others),
        names=_defined_names(container, root, main, titles),
        strings=strings,
        links=tuple(r.target for r in relations.values() if r.kind == "externalLink" and r.target in container),
        styles=styles,
        calculation=_attributes(root, f"{main}calcPr"),
        workbook=_attributes(root, f"{main}workbookPr"),
        part=workbook,
    )


def _require_in_place(container: Container, part: str, root: Element, main: str) -> None:
    """Refuse a workbook part of which two readers may see different sheets, names or settings."""
    seen: set[str] = set()
    inside = {root: "workbook"}
    for element in root.iter():
        for child in element:
            name = child.tag.removeprefix(main) if isinstance(child.tag, str) else ""
            local = name.rpartition("}")[2]
            if name in _PLACES or local in {"sheets", "sheet"}:  # ironcalc looks at names alone
                if name != local or inside.get(element) != _PLACES[name] or (name in seen and name not in _MANY):
                    raise unclear(container, f"the element {local} twice or in an unusual place in its part {part}")
                seen.add(name)
                inside[child] = name


def unclear(container: Container, what: str) -> WorkbookError:
    """The sentence for what readers take for different things."""
    return WorkbookError(f"{container.path} contains {what}, so it is not clear what it says; save it again")


def _only_target(container: Container, relations: Mapping[str, Relation], kind: str) -> str | None:
    targets = [relation.target for relation in relations.values() if relation.kind == kind]
    if len(targets) > 1:
        raise unclear(container, f"two parts for its {kind}")
    return targets[0] if targets and targets[0] in container else None


def _attributes(root: Element, tag: str) -> Mapping[str, str]:
    element = root.find(tag)
    return {} if element is None else dict(element.items())


def _namespace(container: Container, part: str, root: Element) -> str:
    """The namespace of a part of spreadsheets, as it stands before the names of elements."""
    for namespace in MAIN:
        if root.tag == f"{{{namespace}}}workbook":
            return f"{{{namespace}}}"
    raise WorkbookError(f"{container.path} is damaged: its part {part} is no workbook; save it again")


def read_strings(container: Container, part: str, content: bytes) -> list[str]:
    """The shared strings; of a rich text the plain letters, without phonetic hints.

    Raises:
        WorkbookError: the part is not well formed.
    """
    try:
        return _strings_of(content)
    except _UnclearError as error:
        raise unclear(container, f"{error} in its part {part}") from None
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise not_well_formed(container, part, error) from None


class _UnclearError(Exception):
    """What readers take for different things."""


def _strings_of(content: bytes) -> list[str]:
    strings: list[str] = []
    chars: list[str] = []
    text: list[str] = []
    path: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        del attributes
        namespace, _, name = tag.rpartition(" ")
        path.append(name if namespace in MAIN else tag)
        if name in _OF_STRINGS and (path[-1] != name or tuple(path) not in _OF_STRINGS[name]):
            raise _UnclearError(f"an element {name} in an unusual place")
        if name == "t":
            if len(path) == 3 and text:
                raise _UnclearError("a text with two contents")
            chars.clear()

    def on_end(_: str) -> None:
        name = path.pop()
        if name == "t" and path[-1] != "rPh":
            text.append("".join(chars))
        elif name == "si":
            strings.append(unescape("".join(text)))
            text.clear()

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = chars.append
    parser.Parse(content, True)
    return strings


def external_targets(container: Container, links: tuple[str, ...]) -> Iterator[str]:
    """The addresses of the workbooks that formulas link to. They are only named, never opened."""
    for link in links:
        for relation in relations_of(container, link).values():
            if relation.external:
                yield relation.target


def read_creator(container: Container) -> str:
    """Who has written the file, as its properties say; empty where they are missing or cannot be read."""
    for relation in relations_of(container, "").values():
        if relation.kind == "core-properties" and relation.target in container:
            try:
                return _parse(container, relation.target).findtext("{*}creator", "")
            except WorkbookError:
                return ""
    return ""


def not_well_formed(container: Container, part: str, error: Exception) -> WorkbookError:
    """The sentence for XML that a parser refuses."""
    return WorkbookError(
        f"{container.path} is damaged: its part {part} is not well-formed XML ({error}); open and save it in Excel "
        "or LibreOffice, which may repair it"
    )


def _workbook_part(container: Container) -> str:
    found = [relation.target for relation in relations_of(container, "").values() if relation.kind == "officeDocument"]
    # Another program may well take the usual one.
    if len(found) > 1 or (found and found[0] != _DEFAULT_WORKBOOK and _DEFAULT_WORKBOOK in container):
        raise unclear(container, "two workbooks")
    return found[0] if found else _DEFAULT_WORKBOOK


def relations_of(container: Container, part: str) -> dict[str, Relation]:
    """The relations of a part (of the whole file for an empty name), by id."""
    folder, _, name = part.rpartition("/")
    relations_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations_part not in container:
        return {}
    relations: dict[str, Relation] = {}
    for element in _parse(container, relations_part).iterfind(f"{{{_PACKAGE}}}Relationship"):
        where, _, kind = element.get("Type", "").rpartition("/")
        target = element.get("Target", "")
        external = element.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, decoded(target))).lstrip("/")
        key = element.get("Id", "")
        if key in relations:
            raise unclear(container, f"two relations {key!r} in its part {relations_part}")
        relations[key] = Relation(kind if where in _TYPES else element.get("Type", ""), target, external)
    return relations


def _relation_id(element: Element) -> str:
    return next((value for namespace in _OFFICE if (value := element.get(f"{{{namespace}}}id"))), "")


def _defined_names(container: Container, root: Element, main: str, titles: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    seen: set[str] = set()
    for element in root.iterfind(f"{main}definedNames/{main}definedName"):
        name = element.get("name", "")
        # Print areas, filters and the like are Excel's own.
        if name.startswith("_xlnm."):
            continue
        if range_or_none(name) is not None:
            raise unclear(container, f"a defined name {name} that is also a cell")
        local = element.get("localSheetId")
        if local is not None:
            if not (local.isascii() and local.isdigit() and int(local[:9]) < len(titles)):
                raise unclear(container, f"a defined name {name} for a worksheet that is not there")
            name = f"{quote_sheet(titles[int(local)])}!{name}"
        if name.casefold() in seen:
            raise unclear(container, f"the defined name {name} twice")
        if len(element):
            raise unclear(container, f"a defined name {name} with a comment or an element inside")
        seen.add(name.casefold())
        names[name] = element.text or ""
    return names


def _parse(container: Container, part: str) -> Element:
    content = container.read(part)
    try:
        return _tree(content) if len(content) <= _SMALL else _tree.__wrapped__(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise not_well_formed(container, part, error) from None


@lru_cache(maxsize=64)
def _tree(content: bytes) -> Element:
    # A document type definition, which could harm here, was refused with the container.
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    return ElementTree.fromstring(content, ElementTree.XMLParser(target=builder))  # noqa: S314
