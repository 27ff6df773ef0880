"""Ways to spoil a workbook so that two readers may see different things: attributes, places, encodings, zip entries."""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

Parts = dict[str, bytes]
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_CELL = re.compile(rb"<c r=[^>]*>.*?</c>", re.DOTALL)
_NAMES = rb"(?:c|row|v|f|si|t|definedName|sheet)"
_ELEMENT = re.compile(rb"<" + _NAMES + rb"\b[^>]*>.*?</" + _NAMES + rb">|<sheet [^>]*/>", re.DOTALL)
_TAG = re.compile(rb"<(?:c|row|f|sheet|definedName|sheetData|calcPr|workbookPr|si|t)\b[^>]*?(?=/?>)")
_VALUES = (
    b"", b"1", b"-1", b"A1", b"a1", b"$A$1", b"A01", b"str", b"b", b"d", b"array", b"shared", b"urn:x", b"1_0", b" 2 ",
    b"default",
)  # fmt: skip
_TEXT = re.compile(rb"(?<=>)[^<>]+(?=</(?:v|f|t)>)")
_OTHER_NUMBER = re.compile(rb"(?<=>)[0-9.E-]+(?=<)").sub


def spoil(book: bytes, random: Random) -> bytes:
    """One variant of a workbook file, spoiled in one or two ways."""
    for _ in range(random.choice((1, 1, 2))):
        change = random.choice(_CHANGES)
        try:
            with ZipFile(io.BytesIO(book)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
        except Exception:  # the first way has left no archive that can be read
            return book
        try:
            if isinstance(change, tuple):
                pattern, of_one = change
                changed: Parts | bytes = _somewhere(parts, random, pattern, partial(of_one, random=random))
            else:
                changed = change(parts, random)
        except (KeyError, UnicodeError, ValueError, IndexError):  # nor what the second one needs
            return book
        book = changed if isinstance(changed, bytes) else _zip(changed.items())
    return book


def _zip(entries: Iterable[tuple[str, bytes]], method: int = ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def _sheet(parts: Parts, random: Random) -> str:
    return random.choice([name for name in sorted(parts) if name.startswith("xl/worksheets/sheet")])


def _content(parts: Parts, random: Random) -> str:
    return random.choice((_sheet(parts, random), "xl/workbook.xml", "xl/sharedStrings.xml"))


def _somewhere(parts: Parts, random: Random, pattern: re.Pattern[bytes], change: Callable[[bytes], bytes]) -> Parts:
    """One of the places that fit a pattern is changed, if there is any."""
    name = _content(parts, random)
    found = list(pattern.finditer(parts[name]))
    if not found:
        return parts
    one = random.choice(found)
    return {**parts, name: parts[name][: one.start()] + change(one[0]) + parts[name][one.end() :]}


def _attribute(tag: bytes, random: Random) -> bytes:
    """Another value of an attribute, or one that was not there."""
    key = random.choice((b"r", b"t", b"s", b"si", b"ref", b"xmlns", b"xml:space", b"localSheetId", b"r:id", b"name"))
    value = random.choice(_VALUES)
    without = re.sub(rb" " + re.escape(key) + rb'="[^"]*"', b"", tag)
    return without if random.random() < 0.2 else without + b" " + key + b'="' + value + b'"'


def _setting(parts: Parts, random: Random) -> Parts:
    """A setting of the calculation, and at times other stored values."""
    key = random.choice((b"fullPrecision", b"iterate", b"calcMode", b"fullCalcOnLoad", b"date1904"))
    value = random.choice((b"0", b"1", b"true", b"false", b"manual", b"auto"))
    element = b"workbookPr" if key == b"date1904" else b"calcPr"
    workbook = re.sub(rb"(<" + element + rb"\b)[^/>]*", rb"\1 " + key + b'="' + value + b'"', parts["xl/workbook.xml"])
    parts = {**parts, "xl/workbook.xml": workbook}
    if random.random() < 0.5:
        name = _sheet(parts, random)
        parts[name] = re.sub(rb"(</f><v>)[0-9.E-]+", rb"\g<1>0.125", parts[name], count=random.choice((0, 1)))
    return parts


def _twice(element: bytes, random: Random) -> bytes:
    """An element twice, the second time with another number in it."""
    pieces = [element, _OTHER_NUMBER(b"0.375", element, count=1)]
    random.shuffle(pieces)
    return b"".join(pieces)


def _wrapped(element: bytes, random: Random) -> bytes:
    """An element inside of another one, or in two branches."""
    other = _OTHER_NUMBER(b"0.375", element, count=1)
    return random.choice((
        b"<x>" + element + b"</x>",
        b'<y:x xmlns:y="urn:x">' + element + b"</y:x>",
        f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="r">'.encode() + element
        + b"</mc:Choice><mc:Fallback>" + other + b"</mc:Fallback></mc:AlternateContent>",
        re.sub(rb"^<(\w+)", rb'<\1 xmlns="urn:x"', other) + element,
    ))  # fmt: skip


def _spelled(text: bytes, random: Random) -> bytes:
    """A text with a comment, a section, a character's number, a space or another digit in it."""
    place = random.randrange(len(text) + 1)
    before, after = text[:place], text[place:]
    if after[:1].isalnum() and random.random() < 0.4:
        after = f"&#{after[0]};".encode() + after[1:]
    put = random.choice((b"", b"<!-- x -->", b"<![CDATA[]]>", b"<?x y?>", b" ", b"_", b"1", b"\n", b"<x/>"))
    return before + put + after


def _moved(parts: Parts, random: Random) -> Parts:
    """Two cells or rows in the other order, or a cell in another row."""
    name = _sheet(parts, random)
    pattern = random.choice((_CELL, re.compile(rb"<row [^>]*>.*?</row>", re.DOTALL)))
    found = list(pattern.finditer(parts[name]))
    if len(found) < 2:
        return parts
    one, two = sorted(random.sample(found, 2), key=lambda match: match.start())
    text = parts[name]
    order = random.choice(((two[0], one[0]), (b"", one[0] + two[0]), (one[0] + two[0], b"")))
    return {
        **parts,
        name: text[: one.start()] + order[0] + text[one.end() : two.start()] + order[1] + text[two.end() :],
    }


def _encoded(parts: Parts, random: Random) -> Parts:
    """A part in another encoding, or one that says so, or with a document type."""
    name = random.choice([name for name in sorted(parts) if name.endswith((".xml", ".rels"))])
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", parts[name].decode())
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1"))
    declared = random.choice(
        ("", f'<?xml version="1.0" encoding="{encoding}"?>', '<?xml version="1.0" encoding="UTF-8"?>')
    )
    kind = random.choice(("", "", '<!DOCTYPE x [<!ENTITY a "0.5">]>'))
    return {**parts, name: (declared + kind + text).encode(encoding, "xmlcharrefreplace")}


def _renamed(parts: Parts, random: Random) -> Parts:
    """A worksheet under another name, and the relation that leads to it."""
    name = _sheet(parts, random)
    short = name.removeprefix("xl/")
    new = random.choice(
        (f"{short}.dat", short.upper(), short.replace("1", "%31"), "../x.xml", short.replace("/", "\\"))
    )
    relations = parts["xl/_rels/workbook.xml.rels"].replace(f'"{short}"'.encode(), f'"{new}"'.encode())
    target = "x.xml" if new == "../x.xml" else f"xl/{new}"
    others = {key: value for key, value in parts.items() if key != name or random.random() < 0.3}
    return {**others, "xl/_rels/workbook.xml.rels": relations, target: parts[name]}


def _entries(parts: Parts, random: Random) -> bytes:
    """A part twice in the archive, under its name or another spelling of it, the one or the other changed."""
    name = _content(parts, random)
    spelling = random.choice(
        (name, name.upper(), "/" + name, name.replace("/", "\\"), name.replace("x", "%78"), "xl/../" + name)
    )
    other = re.sub(rb"(?<=<v>)[0-9.E-]+", b"0.375", parts[name], count=random.choice((0, 1, 20)))
    pair = [(name, parts[name]), (spelling, other)]
    random.shuffle(pair)
    entries = [entry for entry in parts.items() if entry[0] != name]
    place = random.randrange(len(entries) + 1)
    return _zip([*entries[:place], pair[0], *entries[place:], pair[1]])


def _archive(parts: Parts, random: Random) -> bytes:
    """An archive that says two things: before its parts, behind its end, in what announces a part."""
    book = bytearray(_zip(parts.items(), random.choice((ZIP_STORED, ZIP_DEFLATED))))
    kind = random.randrange(5)
    if kind == 0:
        return b"PK\x03\x04" * random.choice((1, 9)) + bytes(book)
    if kind == 1:
        return bytes(book) + random.choice((b"x", bytes(book)))
    if kind == 2:
        end = book.rindex(b"PK\x05\x06")
        struct.pack_into("<H", book, end + 20, 22)
        return bytes(book) + bytes(book[end : end + 22])
    marks = [found.start() for found in re.finditer(rb"PK\x03\x04" if kind == 3 else rb"PK\x01\x02", bytes(book))]
    mark = random.choice(marks)
    book[mark + random.randrange(4, 46)] ^= random.choice((1, 8, 0x20, 0xFF))
    return bytes(book)


def _name(parts: Parts, random: Random) -> Parts:
    """A defined name more: local, doubled, or like a cell or a function."""
    known = re.findall(rb'<definedName name="([^"]+)"', parts["xl/workbook.xml"]) or [b"x"]
    name = random.choice((*known, b"A1", b"SUM", b"TANH", b"R1C1", b"IF"))
    local = random.choice((b"", b' localSheetId="0"', b' localSheetId="3"', b' localSheetId="99"'))
    target = random.choice((b"Weights!$B$9", b"1", b"Start!$A$1", b"_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)"))
    own = b'<definedName name="' + name + b'"' + local + b">" + target + b"</definedName>"
    return {
        **parts,
        "xl/workbook.xml": parts["xl/workbook.xml"].replace(b"</definedNames>", own + b"</definedNames>", 1),
    }


_CHANGES: tuple[Callable[[Parts, Random], Parts | bytes] | tuple[re.Pattern[bytes], Callable[..., bytes]], ...] = (
    (_TAG, _attribute), (_TAG, _attribute), _setting, (_ELEMENT, _twice), (_ELEMENT, _twice), (_ELEMENT, _wrapped),
    (_TEXT, _spelled), (_TEXT, _spelled), _moved, _encoded, _renamed, _entries, _archive, _name,
)  # fmt: skip
