"""What a workbook shows beside what its cells hold: number formats, charts, lists to choose from, colours, pictures.

A generated workbook says how it was written (see `fingerprint`), and this says how it is now, in the same words. A save
in another program changes the spelling of all of it, and may lose some; so what is compared is what is meant, and what
is missing misleads nobody.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from xml.etree.ElementTree import Element

import numpy as np

from xlcheck.frozen import dataclass
from xlcheck.workbook.cell_codes import contained
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import Cell, WorkbookContent
from xlcheck.workbook.looks.beside_cells import of_workbook, of_worksheet
from xlcheck.workbook.looks.out_of_sight import OutOfSight
from xlcheck.workbook.looks.pictures import GENERAL, of_drawings
from xlcheck.workbook.looks.readable import is_readable_size
from xlcheck.workbook.number_formats import Formats, canonical, formats_of
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_tree import all_text, beside_cells, is_off, is_on, number_in, place, text_in, tree_of

_AT_ONCE = 2**16  # cells
# By it Excel shows something rich in place of a value: a picture, a stock, an error.
_VALUE_METADATA = b" vm="
_RICH = "rich value"
# What a conditional format changes that hides nothing; any other is told.
_OF_LOOKS = {
    "dxf", "font", "fill", "border", "b", "i", "u", "color", "name", "family", "charset", "scheme", "condense",
    "extend", "patternFill", "bgColor", "fgColor", "left", "right", "top", "bottom", "start", "end", "vertical",
    "horizontal", "numFmt", "alignment", "protection", "extLst", "",
}  # fmt: skip
_IN_WORDS = {
    "sz": "too small or too large to be read", "strike": "struck out", "outline": "in outlines", "shadow": "in shadows",
    "vertAlign": "raised or lowered", "diagonal": "crossed out by a line", "gradientFill": "on several colours",
}  # fmt: skip
_BEGINS = re.compile(
    r'LEFT\((?P<cell>[A-Z]+[0-9]+),(?:LEN\("(?P<of>.*)"\)|(?P<length>[0-9]+))\)="(?P<text>.*)"', re.DOTALL
)


@dataclass(frozen=True)
class UsedFormats:
    """The number formats of the cells of a worksheet that hold a formula or a number.

    Attributes:
        order: a checksum of their formats, row by row.
        formats: each format once.
    """

    cells: int
    order: int
    formats: tuple[str, ...]

    @staticmethod
    def of(formats: Iterable[str]) -> UsedFormats:
        """Those of cells in their order."""
        cells = order = 0
        own: set[str] = set()
        following = iter(formats)
        while some := list(islice(following, _AT_ONCE)):
            text = "\0".join(some)
            order = zlib.crc32((f"\0{text}" if cells else text).encode(), order)
            cells += len(some)
            own.update(some)
        return UsedFormats(cells, order, tuple(sorted(own)))

    def differs(self, written: UsedFormats) -> bool:
        """Whether a cell shows its number otherwise than it was written to; of more or fewer cells, in a new way."""
        if self.cells == written.cells:
            return self.order != written.order
        return not set(self.formats) <= {GENERAL, *written.formats}


@dataclass(frozen=True)
class Shown:
    """What a workbook shows beside its numbers and words.

    Attributes:
        formats: by worksheet; large worksheets of constants are left out.
        facts: a sentence for each line of a chart, list, coloured range, picture …
    """

    formats: Mapping[str, UsedFormats]
    facts: tuple[str, ...]


def chosen(cell: str, source: str, hint: str) -> str:
    """That a cell has a list to choose from."""
    return f"{cell} is chosen from {source}" + (f", with the words {hint!r}" if hint.strip() else "")


def coloured(area: str, font: str, ground: str, condition: str) -> str:
    """That cells have other colours if something holds."""
    return f"{area} is {font or 'as usual'} on {ground or 'its ground'} where {condition}"


def scaled(area: str, stops: Iterable[tuple[str, str]]) -> str:
    """That the colours of cells follow their numbers, from (number, colour) to the next."""
    return f"{area} is coloured from {' over '.join(f'{number} {colour}' for number, colour in stops)}"


def begins_with(text: str) -> str:
    """The condition that a cell's text begins with another."""
    return f"it begins with {text!r}"


def read_shown(content: WorkbookContent, hidden: str = "") -> Shown:
    """What a file shows.

    Raises:
        WorkbookError: it cannot be read.
    """
    with open_container(content.path) as container:
        structure = read_structure(container)
        styles = container.read(structure.styles) if structure.styles else b""
        formats = formats_of(styles)
        looks = list(_looks(styles))
        used: dict[str, UsedFormats] = {}
        facts: list[str] = []
        selected: list[str] = []
        unseen = OutOfSight(container, structure, formats, content, hidden)
        drawings = list(of_drawings(container, {part for _, _, part in structure.sheets}, content))
        for name, state, part in structure.sheets:
            worksheet = content.sheets[name].part or container.sheet(part)
            if part not in container.formulas.constant:
                used[name] = _formats(content.sheets[name].cells, worksheet, formats)
            root = beside_cells(worksheet)
            if root is None:
                facts.append(f"what stands beside the cells of {name} cannot be read")
            else:
                selected += [name] if any(is_on(view.get("tabSelected")) for view in root.iter("sheetView")) else []
                facts += of_worksheet(container, name, part, root)
                facts += _of_ranges(name, root, looks)
                facts += unseen.of_worksheet(name, state, part, worksheet, root, [*facts, *drawings])
            worksheet.forget()
        if len(selected) > 1:
            facts.append(
                f"{' and '.join(selected)} are selected together, so that what is typed into one goes into all"
            )
        facts += of_workbook(container, structure)
        facts += unseen.of_workbook()
    return Shown(used, (*facts, *drawings))


def _formats(cells: Mapping[tuple[int, int], Cell], part: SheetPart, formats: Formats) -> UsedFormats:
    """The format of each cell with a formula or a number."""
    if part.says(_VALUE_METADATA):
        return UsedFormats.of([_RICH])
    packed = PackedCells.of(cells)
    styles = packed.styles[~np.isnan(packed.numbers) | contained(packed.codes, packed.formula_codes)].tolist()
    codes = {style: canonical(formats.code(style)) for style in set(styles)}
    return UsedFormats.of(map(codes.__getitem__, styles))


def _of_ranges(sheet: str, root: Element, looks: list[tuple[str, str, str]]) -> Iterator[str]:
    """A worksheet's conditional formats, and its lists to choose from."""
    for element in root.iter():
        kind = element.tag
        if kind == "conditionalFormatting":
            areas = (element.get("sqref") or text_in(element, "sqref")).split()
            for rule in element.iterfind(".//cfRule"):
                for area in areas or ["somewhere"]:
                    yield _rule(sheet, area, rule, looks)
        elif kind == "dataValidation" and element.get("type") == "list":
            hint = f"{element.get('promptTitle', '')}: {element.get('prompt', '')}".strip(": ")
            source = place(text_in(element, "formula1"), sheet)
            for area in (element.get("sqref") or text_in(element, "sqref")).split():
                yield chosen(place(area, sheet), source, hint)


def _rule(sheet: str, area: str, rule: Element, looks: list[tuple[str, str, str]]) -> str:
    if (scale := rule.find(".//colorScale")) is not None:
        ends = [_number(item) for item in scale.iterfind("cfvo")]
        colours = [item.get("rgb", "")[-6:] or str(sorted(item.items())) for item in scale.iterfind("color")]
        return scaled(place(area, sheet), zip(ends, colours, strict=False))
    number = rule.get("dxfId", "")
    font, ground, more = looks[int(number)] if number.isdigit() and int(number) < len(looks) else ("", "", "")
    formulas = [text for item in rule.iter() if item.tag in {"formula", "f"} and (text := all_text(item))]
    found = _BEGINS.fullmatch(formulas[0]) if len(formulas) == 1 and rule.get("type") == "beginsWith" else None
    corner = area.partition(":")[0]
    text = found["text"].replace('""', '"') if found else ""
    if found and found["cell"] == corner and (found["of"] == found["text"] or found["length"] == str(len(text))):
        condition = begins_with(text)
    else:
        condition = " ".join(filter(None, (rule.get("type"), rule.get("operator"), *formulas)))
    return coloured(place(area, sheet), font, ground, condition) + more


def _number(stop: Element) -> str:
    """Where a colour belongs: a number, or in words what Excel makes it of."""
    kind, value = stop.get("type", ""), stop.get("val", "")
    number = number_in(value) if kind == "num" else None
    return f"{kind} {value}" if kind != "num" else value if number is None else f"{number:g}"


def _looks(styles: bytes) -> Iterator[tuple[str, str, str]]:
    """Of each differential style: colour of the letters, of the ground, and in words what else changes."""
    root = tree_of(styles) if styles else None
    for style in () if root is None else (s for e in root if e.tag == "dxfs" for s in e):
        colours = {"font": "", "fill": ""}
        for part in style:
            for item in part.iter():
                if part.tag in colours and item.tag in {"color", "bgColor"}:
                    colours[part.tag] = item.get("rgb", "")[-6:] or " ".join(sorted(item.attrib.values()))
        more = [f", in the format {item.get('formatCode', '')}" for item in style if item.tag == "numFmt"]
        yield colours["font"], colours["fill"], "".join([*more, *map(_further, style.iter())])


def _further(item: Element) -> str:
    """What an element of a differential style changes besides colours and formats, if that may hide something."""
    kind = item.tag
    if kind in _OF_LOOKS or is_off(item.get("val")) or (kind == "sz" and is_readable_size(item.get("val", ""))):
        return ""
    return f", {_IN_WORDS.get(kind, f'with {kind!r}')}"
