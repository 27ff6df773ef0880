"""What a workbook shows beside what its cells hold: number formats, charts, lists to choose from, colours, pictures.

A generated workbook says how it was written (see `fingerprint`), and this says how it is now, in the same words. A save
in another program changes the spelling of all of it, and may lose some; so what is compared is what is meant, and what
is missing misleads nobody.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.container import Container, open_container
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.number_formats import Formats, canonical, formats_of
from xlcheck.workbook.out_of_sight import OutOfSight
from xlcheck.workbook.parts import read_structure

GENERAL = "General"
_CELL = re.compile(rb'<c r="[A-Z0-9]+"([^>/]*)>\s*<([fv])')
_ANY_CELL = re.compile(rb"<(?:\w+:)?c\s([^>/]*)>\s*<(?:\w+:)?([fv])\b")
_STYLE = re.compile(rb"""\bs=["']([0-9]{1,9})["']""")
_NO_NUMBER = re.compile(rb"""\bt=["'](?:s|str|inlineStr|b|e)["']""")
# By it Excel shows something rich in place of a value: a picture, a stock, an error.
_VALUE_METADATA = re.compile(rb"\bvm=")
_RICH = "rich value"
_ROOT = re.compile(rb"<worksheet\b[^>]*>")
_BEGINS = re.compile(
    r'LEFT\((?P<cell>[A-Z]+[0-9]+),(?:LEN\("(?P<of>.*)"\)|(?P<length>[0-9]+))\)="(?P<text>.*)"', re.DOTALL
)
# What a chart remembers of the cells it draws; a program that opens the file looks them up anew.
_CACHE = re.compile(rb"<((?:\w+:)?(?:num|str|multiLvlStr)Cache)>.*?</\1>", re.DOTALL)
_ON_TOP = {"sp": "a shape", "cxnSp": "a line", "pic": "a picture", "grpSp": "a group of shapes", "contentPart": "ink"}


@dataclass(frozen=True)
class UsedFormats:
    """The number formats of the cells of a worksheet that hold a formula or a number.

    Attributes:
        cells: how many there are.
        order: a checksum of their formats, row by row.
        formats: each format once.
    """

    cells: int
    order: int
    formats: tuple[str, ...]

    @staticmethod
    def of(formats: Iterable[str]) -> UsedFormats:
        """Those of cells in their order."""
        own = list(formats)
        return UsedFormats(len(own), zlib.crc32("\0".join(own).encode()), tuple(sorted(set(own))))

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


def drawn(name: str, x: str, y: str) -> str:
    """That a chart has a line."""
    return f"a chart draws {_place(y)} over {_place(x)} as {_place(name)}"


def called(title: str) -> str:
    """That a chart has a title."""
    return f"a chart is called {_place(title)}"


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


def read_shown(path: Path, content: WorkbookContent | None = None, hidden: str = "") -> Shown:
    """What a file shows.

    Args:
        path: the file.
        content: what its cells hold, if it is to be looked for what keeps a reader from seeing that.
        hidden: the worksheet that is made to be hidden.

    Raises:
        WorkbookError: it cannot be read.
    """
    with open_container(path) as container:
        structure = read_structure(container)
        styles = container.read(structure.styles) if structure.styles else b""
        formats = formats_of(styles)
        looks = list(_looks(styles))
        used: dict[str, UsedFormats] = {}
        facts: list[str] = []
        unseen = None if content is None else OutOfSight(container, structure, content, hidden)
        drawings = list(_of_drawings(container, {part for _, _, part in structure.sheets}))
        for name, state, part in structure.sheets:
            worksheet = container.read(part)
            if part not in container.formulas.constant:
                used[name] = UsedFormats.of(_formats(worksheet, formats))
            facts += _of_worksheet(name, worksheet, looks)
            if unseen is not None:
                facts += unseen.of_worksheet(name, state, part, worksheet, [*facts, *drawings])
        facts += () if unseen is None else unseen.of_workbook()
    return Shown(used, (*facts, *drawings))


def _formats(content: bytes, formats: Formats) -> list[str]:
    """The format of each cell with a formula or a number, in the order of the file."""
    usual = content.count(b"<c ") == content.count(b'<c r="') and re.search(rb"<\w+:c[\s>]", content) is None
    known: dict[tuple[bytes, bytes], str | None] = {}
    cells = (_CELL if usual else _ANY_CELL).findall(content)
    for found in set(cells):
        attributes, element = found
        style = _STYLE.search(attributes)
        is_number = element == b"f" or _NO_NUMBER.search(attributes) is None
        code = canonical(formats.code(int(style[1]) if style else 0))
        known[found] = (_RICH if _VALUE_METADATA.search(attributes) else code) if is_number else None
    return [code for code in map(known.__getitem__, cells) if code is not None]


def _of_worksheet(sheet: str, content: bytes, looks: list[tuple[str, str, str]]) -> Iterator[str]:
    """Its lists to choose from, and its conditional formats."""
    if b"conditionalFormatting" not in content and b"dataValidation" not in content:
        return
    root = _parsed(_without_cells(content))
    if root is None:
        yield f"what stands behind the cells of {sheet} cannot be read"
        return
    for element in root.iter():
        kind = _local(element)
        if kind == "conditionalFormatting":
            areas = (element.get("sqref") or _text(element, "sqref")).split()
            for rule in element.iterfind(".//{*}cfRule"):
                for area in areas or ["somewhere"]:
                    yield _rule(sheet, area, rule, looks)
        elif kind == "dataValidation" and element.get("type") == "list":
            hint = f"{element.get('promptTitle', '')}: {element.get('prompt', '')}".strip(": ")
            source = _place(_text(element, "formula1"), sheet)
            for area in (element.get("sqref") or _text(element, "sqref")).split():
                yield chosen(_place(area, sheet), source, hint)


def _rule(sheet: str, area: str, rule: Element, looks: list[tuple[str, str, str]]) -> str:
    if (scale := rule.find(".//{*}colorScale")) is not None:
        ends = [_number(item) for item in scale.iterfind("{*}cfvo")]
        colours = [item.get("rgb", "")[-6:] or str(sorted(item.items())) for item in scale.iterfind("{*}color")]
        return scaled(_place(area, sheet), zip(ends, colours, strict=False))
    number = rule.get("dxfId", "")
    font, ground, code = looks[int(number)] if number.isdigit() and int(number) < len(looks) else ("", "", "")
    formulas = [text for item in rule.iter() if _local(item) in {"formula", "f"} and (text := _all_text(item))]
    found = _BEGINS.fullmatch(formulas[0]) if len(formulas) == 1 and rule.get("type") == "beginsWith" else None
    corner = area.partition(":")[0]
    text = found["text"].replace('""', '"') if found else ""
    if found and found["cell"] == corner and (found["of"] == found["text"] or found["length"] == str(len(text))):
        condition = begins_with(text)
    else:
        condition = " ".join(filter(None, (rule.get("type"), rule.get("operator"), *formulas)))
    place = _place(area, sheet)
    return coloured(place, font, ground, condition) + (f", in the format {code}" if code else "")


def _number(stop: Element) -> str:
    """Where a colour belongs: a number, or in words what Excel makes it of."""
    kind, value = stop.get("type", ""), stop.get("val", "")
    try:
        return f"{float(value):g}" if kind == "num" else f"{kind} {value}"
    except ValueError:
        return value


def _looks(styles: bytes) -> Iterator[tuple[str, str, str]]:
    """Of each differential style: colour of the letters, of the ground, number format."""
    root = _parsed(styles) if styles else None
    for style in () if root is None else (s for e in root if _local(e) == "dxfs" for s in e):
        colours = {"font": "", "fill": ""}
        for part in style:
            for item in part.iter():
                if _local(part) in colours and _local(item) in {"color", "bgColor"}:
                    colours[_local(part)] = item.get("rgb", "")[-6:] or " ".join(sorted(item.attrib.values()))
        codes = [item.get("formatCode", "") for item in style if _local(item) == "numFmt"]
        yield colours["font"], colours["fill"], "".join(codes)


def _of_drawings(container: Container, worksheets: set[str]) -> Iterator[str]:
    """The lines of all charts, and what lies on top of worksheets, in whatever part it stands."""
    for name in container.names:
        content = b"" if name in worksheets else container.read(name)
        if b"chartSpace" not in content and b"wsDr" not in content:
            continue
        root = _parsed(_CACHE.sub(b"", content))
        if root is None:
            yield f"the part {name} cannot be read"
            continue
        for series in root.iterfind(".//{*}ser"):
            yield drawn(*(_source(series, *names) for names in (("tx",), ("xVal", "cat"), ("yVal", "val"))))
        for title in root.iterfind(".//{*}chart/{*}title"):
            yield called(_source_of(title))
        for kind, what in _ON_TOP.items() if _local(root) == "wsDr" else ():
            for element in root.iterfind(f".//{{*}}{kind}"):
                words = _words(element)
                yield f"{what} lies on a worksheet" + (f" and says {words!r}" if words else "")


def _source(series: Element, *names: str) -> str:
    found = (series.find(f"{{*}}{name}") for name in names)
    return next((_source_of(item) for item in found if item is not None), "nothing")


def _source_of(element: Element) -> str:
    """Where a part of a chart has its numbers or words from; they themselves, if it holds them."""
    place = next((item.text or "" for item in element.iterfind(".//{*}f")), "")
    literal = _words(element) or " ".join(item.text or "" for item in element.iterfind(".//{*}v"))
    return place or literal


def _words(element: Element) -> str:
    return "".join(item.text or "" for item in element.iterfind(".//{*}t"))


def _place(text: str, sheet: str = "") -> str:
    """A place as any program would write it; anything else, such as a list in quotes, as it is."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    try:
        return str(parse_range(text, sheet))
    except ValueError:
        return text


def _without_cells(content: bytes) -> bytes:
    """A worksheet's part from the end of its cells on, if nothing that counts stands before."""
    end, root = content.rfind(b"</sheetData>"), _ROOT.search(content)
    first = min(at for word in (b"conditionalFormatting", b"dataValidation") if (at := content.find(word)) >= 0)
    if end < 0 or root is None or first < end:
        return content
    return root[0] + content[end + len(b"</sheetData>") :]


def _parsed(content: bytes) -> Element | None:
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - document types were refused with the container
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all_text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _text(element: Element, name: str) -> str:
    """The text of the first element of a name inside."""
    return next((_all_text(item) for item in element.iterfind(f".//{{*}}{name}")), "")
