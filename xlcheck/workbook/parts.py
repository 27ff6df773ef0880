"""The small parts of a workbook: what it consists of, its defined names, its texts, its links to other files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import quote_sheet
from xlcheck.workbook.container import Container
from xlcheck.workbook.escapes import unescape

# The namespace of transitional files; strict ones have another, so elements are found in any.
_ANY = "{*}"
_DEFAULT_WORKBOOK = "xl/workbook.xml"


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
    """

    sheets: tuple[tuple[str, str, str], ...]
    other_sheets: tuple[str, ...]
    names: dict[str, str]
    strings: str | None
    links: tuple[str, ...]


def read_structure(container: Container) -> Structure:
    """Read the workbook part and its relations.

    Raises:
        WorkbookError: a part that is needed is missing or not well formed.
    """
    workbook = _workbook_part(container)
    root = _parse(container, workbook)
    relations = _relations(container, workbook)
    sheets, others, titles = [], [], []
    for element in root.iterfind(f"{_ANY}sheets/{_ANY}sheet"):
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
    if not sheets:
        raise WorkbookError(f"{container.path} has no worksheet; pass a workbook that has one")
    targets = [(relation.kind, relation.target) for relation in relations.values() if relation.target in container]
    return Structure(
        sheets=tuple(sheets),
        other_sheets=tuple(others),
        names=_defined_names(root, titles),
        strings=next((target for kind, target in targets if kind == "sharedStrings"), None),
        links=tuple(target for kind, target in targets if kind == "externalLink"),
    )


def read_strings(container: Container, part: str) -> list[str]:
    """The shared strings; of a rich text the plain letters, without phonetic hints.

    Raises:
        WorkbookError: the part is not well formed.
    """
    strings: list[str] = []
    chars: list[str] = []
    text: list[str] = []
    phonetic = False
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def on_start(tag: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        name = tag.rpartition(":")[2]
        if name == "t":
            chars.clear()
        elif name == "rPh":
            phonetic = True

    def on_end(tag: str) -> None:
        nonlocal phonetic
        name = tag.rpartition(":")[2]
        if name == "t" and not phonetic:
            text.extend(chars)
        elif name == "rPh":
            phonetic = False
        elif name == "si":
            strings.append(unescape("".join(text)))
            text.clear()

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = chars.append
    try:
        parser.Parse(container.read(part), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise not_well_formed(container, part, error) from None
    return strings


def external_targets(container: Container, links: tuple[str, ...]) -> Iterator[str]:
    """The addresses of the workbooks that formulas link to. They are only named, never opened."""
    for link in links:
        for relation in _relations(container, link).values():
            if relation.external:
                yield relation.target


def read_creator(container: Container) -> str:
    """Who has written the file, as its properties say; empty where they are missing or cannot be read."""
    for relation in _relations(container, "").values():
        if relation.kind == "core-properties" and relation.target in container:
            try:
                return _parse(container, relation.target).findtext(f"{_ANY}creator", "")
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
    for relation in _relations(container, "").values():
        if relation.kind == "officeDocument":
            # Two workbooks in one file: another program may well take the usual one.
            if relation.target != _DEFAULT_WORKBOOK and _DEFAULT_WORKBOOK in container:
                raise WorkbookError(
                    f"{container.path} contains two workbooks, so it is not clear what it says; save it again"
                )
            return relation.target
    return _DEFAULT_WORKBOOK


def _relations(container: Container, part: str) -> dict[str, Relation]:
    """The relations of a part (of the whole file for an empty name), by id."""
    folder, _, name = part.rpartition("/")
    relations_part = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations_part not in container:
        return {}
    relations = {}
    for element in _parse(container, relations_part).iterfind(f"{_ANY}Relationship"):
        kind = element.get("Type", "").rpartition("/")[2]
        target = element.get("Target", "")
        external = element.get("TargetMode") == "External"
        if not external:
            target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        relations[element.get("Id", "")] = Relation(kind, target, external)
    return relations


def _relation_id(element: Element) -> str:
    return next((value for key, value in element.items() if key.endswith("}id")), "")


def _defined_names(root: Element, titles: list[str]) -> dict[str, str]:
    names = {}
    for element in root.iterfind(f"{_ANY}definedNames/{_ANY}definedName"):
        name = element.get("name", "")
        # Print areas, filters and the like are Excel's own.
        if name.startswith("_xlnm."):
            continue
        local = element.get("localSheetId", "")
        if local.isdigit() and int(local) < len(titles):
            name = f"{quote_sheet(titles[int(local)])}!{name}"
        names[name] = element.text or ""
    return names


def _parse(container: Container, part: str) -> Element:
    content = container.read(part)
    try:
        # A document type definition, which could harm here, was refused with the container.
        return ElementTree.fromstring(content)  # noqa: S314
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise not_well_formed(container, part, error) from None
