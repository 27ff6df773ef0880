"""A worksheet's part, of which most is asked once for each kind of row.

A large worksheet has few kinds of rows: without digits and signs, what stands in one stands in thousands. So whether
something occurs in a part that has no digit in it, an attribute or a comment, is asked of each kind, at a hundredth of
what looking through the part takes.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from xml.parsers import expat

from xlcheck.frozen import dataclass

DATA, END = b"<sheetData>", b"</sheetData>"
_NAME = b"sheetData"
_ROW_END = b"</row>"
_BLOTTED = b"0123456789-"
_EXPONENT = b"e</v>"  # what the exponent of a small number leaves
_CHUNK = 2**18  # what is made of one fits into the memory that the one before has left
_SIZED = re.compile(rb"\s(?:ht|hidden)\s*=")
_SIZED_ROW = re.compile(rb"<row\s[^>]*>")
_PREFIXED = re.compile(
    rb"""xmlns:[^=]*=\s*["']http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/spreadsheetml"""
)


@dataclass(frozen=True)
class RowKinds:
    """The rows of a worksheet's part, each kind once.

    Attributes:
        head: what stands before the rows.
        tail: what stands behind them.
        kinds: what stands before the end of a row and behind that of the one before, without digits and signs, and
            without the exponents of numbers; each once.
        of_row: the place in `kinds` of each row that ends, in order, and of what stands behind the last one if
            anything does.
        tags: the tags of the rows that say how high they are, or that they are hidden, as they are written.
    """

    head: bytes
    tail: bytes
    kinds: tuple[bytes, ...]
    of_row: array[int]
    tags: frozenset[bytes]

    @cached_property
    def text(self) -> bytes:
        """Head, kinds and tail."""
        return self.head + _ROW_END.join(self.kinds) + self.tail

    @property
    def is_framed(self) -> bool:
        """Whether rows stand between the tags of the one element that has them, spelled as usual."""
        framed = self.head.endswith(DATA) and self.tail.startswith(END)
        return framed and self.text.count(_NAME) == 2

    @property
    def is_regular(self) -> bool:
        """Whether brackets stand only where elements begin and end, and no row has a prefix: `tags` has all of them."""
        text = self.text
        body = text.find(b"?>") + 2 if text.startswith(b"<?xml") else 0
        if not self.is_framed or b"<!" in text or text.find(b"<?", body) >= 0 or _PREFIXED.search(text):
            return False
        return all(piece.count(b"<") == piece.count(b">") for piece in (self.head + self.tail, *self.kinds))


class SheetPart:
    """A worksheet's part.

    Args:
        content: the part, or what reads it.
    """

    def __init__(self, content: bytes | Callable[[], bytes]) -> None:
        self._content = content

    @cached_property
    def content(self) -> bytes:
        """The part."""
        return self._content if isinstance(self._content, bytes) else self._content()

    def forget(self) -> None:
        """Forget the part itself, if it can be read again; what is known of it stays."""
        if not isinstance(self._content, bytes):
            self.__dict__.pop("content", None)

    @cached_property
    def kinds(self) -> RowKinds:
        """Its rows, each kind once."""
        first, last = self.area
        places: dict[bytes, int] = {}
        of_row = array("I")
        tags: set[bytes] = set()
        sized: set[bytes] = set()
        for start, stop in self.chunks():
            kinds = self.content[start:stop].translate(None, _BLOTTED).replace(_EXPONENT, b"</v>").split(_ROW_END)
            if not kinds[-1]:  # nothing stands behind the end of the row
                kinds.pop()
            new = {kind for kind in kinds if kind not in places}
            sized.update(kind for kind in new if _SIZED.search(kind))
            for kind in kinds if new else ():
                places.setdefault(kind, len(places))
            of_row.extend(map(places.__getitem__, kinds))
            if not sized.isdisjoint(kinds):
                found = _SIZED_ROW.findall(self.content, start, stop)
                tags.update(tag for tag in found if _SIZED.search(tag))
        return RowKinds(self.content[:first], self.content[last:], tuple(places), of_row, frozenset(tags))

    @cached_property
    def area(self) -> tuple[int, int]:
        """Where the rows begin and end."""
        content = self.content
        start, end = content.find(_NAME), content.rfind(_NAME)
        if start < 0:
            return len(content), len(content)
        if content[start - 1 : start + len(DATA) - 1] == DATA and content[end - 2 : end + len(END) - 2] == END:
            return start + len(DATA) - 1, max(start + len(DATA) - 1, end - 2)
        return start, end

    def chunks(self) -> Iterator[tuple[int, int]]:
        """The rows in pieces of memory that is used again; each but the last stops where a row ends."""
        start, last = self.area
        while start < last:
            stop = self.content.find(_ROW_END, start + _CHUNK, last)
            stop = last if stop < 0 else stop + len(_ROW_END)
            yield start, stop
            start = stop

    def says(self, words: bytes) -> bool:
        """Whether something that has no digit and no sign in it occurs in the part."""
        return words in self.kinds.text

    def sized_rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Number, from 0, and attributes of each row that says how high it is, or that it is hidden."""
        tags = b"".join(tag[:-1].rstrip(b"/") + b"/>" for tag in self.kinds.tags)
        rows = _rows(b"<rows>%b</rows>" % tags if self.kinds.is_regular else self.content)
        if self.kinds.is_regular and any(_number(attributes) is None for attributes in rows):
            rows = _rows(self.content)  # such a row follows the one before, whatever that says
        number = 0
        for attributes in rows:
            number = _number(attributes) or number + 1
            if not attributes.keys().isdisjoint({"ht", "hidden"}):
                yield number - 1, attributes

    def kept(self, read: Callable[[], bytes]) -> SheetPart:
        """The same, without the part itself, which is read again if somebody asks for it."""
        slim = SheetPart(read)
        slim.__dict__["kinds"] = self.kinds
        slim.__dict__["area"] = self.area
        return slim


def _number(row: Mapping[str, str]) -> int | None:
    """What a row says that its number is, from 1; None if it says nothing."""
    text = row.get("r", "")
    return int(text[:9]) or None if text.isascii() and text.isdigit() else None


def _rows(xml: bytes) -> list[dict[str, str]]:
    """The attributes of all rows, as far as the XML can be read; whoever reads the cells says what is broken."""
    found: list[dict[str, str]] = []

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "row":
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = on_start
    with suppress(expat.ExpatError):
        parser.Parse(xml, True)
    return found
