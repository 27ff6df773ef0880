"""A quick reading of large worksheets that are written plainly, as XlsxWriter and this package do.

A worksheet is plain if each cell has the form `<c r="F5" s="3" t="str"><f>…</f><v>…</v></c>`, or is
empty, and nothing else stands in its rows. One regular expression reads such cells at memory speed;
whether it has seen everything is checked by counting. Anything else is left to the XML parser in
`sheet_cells`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_index
from xlcheck.workbook.escapes import unescape
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.sheet_cells import MAX_CELLS
from xlcheck.workbook.values import CellError, NotEvaluated, Value

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="\d+")?(?: t="(n|s|str|b|e)")?'
    rb"(?:/>|>(?:<f>([^<]*)</f>)?<v>([^<]*)</v></c>)"
)
_CHUNK = 2**18  # what is made of one fits into the memory that the one before has left
_DATA, _END = b"<sheetData>", b"</sheetData>"
_DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="UTF-8"( standalone="yes")?\?>', re.IGNORECASE)
_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_SEPARATOR = b"\0"  # stands in no XML


def read_plain(content: bytes, strings: Sequence[str]) -> PackedCells | None:
    """The cells of a worksheet part, or None if it is not written plainly.

    Args:
        content: the worksheet part.
        strings: the workbook's shared strings.
    """
    start, end = content.find(_DATA), content.rfind(_END)
    # A declaration of another encoding, entities, comments and CDATA sections need a real parser.
    if not _DECLARATION.match(content) or b"<!" in content or not 0 < start < end or content.count(_END) != 1:
        return None
    if not _is_text(content):
        return None
    chunks = []
    for first, last in _chunks(content, start + len(_DATA), end):
        chunk = _read_chunk(content, first, last, strings)
        if chunk is None:
            return None
        chunks.append(chunk)
    return _joined(chunks)


def _is_text(content: bytes) -> bool:
    try:
        return content.isascii() or bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _chunks(content: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut between two rows."""
    while start < end:
        cut = content.find(b"<row ", start + _CHUNK, end)
        stop = end if cut < 0 else cut
        yield start, stop
        start = stop


def _read_chunk(content: bytes, first: int, last: int, strings: Sequence[str]) -> PackedCells | None:
    found = _CELL.findall(content, first, last)
    tags = content.count(b"<", first, last)
    row_tags = content.count(b"<row ", first, last) + content.count(b"</row>", first, last)
    if not found:
        return _EMPTY if tags == row_tags else None
    letters, digits, kinds, formulas, values = zip(*found, strict=True)
    # One tag opens and closes an empty cell, four make a value, and six a formula with its value. Apart from a
    # formula's empty text, an empty formula or value matches like a missing one, and then the numbers differ, too.
    filled = list(map(bool, values))
    for place in [] if all(filled) else [p for p, value in enumerate(values) if formulas[p] and not value]:
        if kinds[place] != b"str":
            return None
        filled[place] = True
    if tags != row_tags + len(found) + 3 * sum(filled) + 2 * sum(map(bool, formulas)):
        return None
    columns = {name: column_index(name.decode()) for name in set(letters)}
    rows = np.fromiter(map(int, digits), dtype=np.int64, count=len(found)) - 1
    codes = rows * MAX_COLUMNS + np.fromiter(map(columns.__getitem__, letters), dtype=np.int64, count=len(found))
    if max(columns.values()) >= MAX_COLUMNS or rows.max() >= MAX_ROWS or (codes[1:] <= codes[:-1]).any():
        return None
    is_formula = np.fromiter(map(bool, formulas), dtype=bool, count=len(found))
    try:
        numbers, others = _values(kinds, values, strings)
        written = _SEPARATOR.join(filter(None, formulas))
        texts = _plain(written).split(_SEPARATOR.decode()) if written else []
    except ValueError:
        return None
    # Cells that have a style and nothing else are left out.
    return PackedCells(codes, numbers, others, codes[is_formula], texts).where(np.array(filled))


def _values(
    kinds: Sequence[bytes], values: Sequence[bytes], strings: Sequence[str]
) -> tuple[np.ndarray, dict[int, Value]]:
    odd: list[int] = []
    if not (set(kinds) <= {b"", b"n"} and all(values)):
        odd = [place for place, kind in enumerate(kinds) if (kind and kind != b"n") or not values[place]]
    written = [(kinds[place], values[place]) for place in odd]
    known = {item: _other(*item, strings) for item in set(written)}  # a column of verdicts holds one text, or two
    numbers = list(values)
    for place in odd:
        numbers[place] = b"nan"
    parsed = np.fromiter(map(float, numbers), dtype=np.float64, count=len(numbers))
    return parsed, dict(zip(odd, map(known.__getitem__, written), strict=True))


def _other(kind: bytes, text: bytes, strings: Sequence[str]) -> Value:
    if not text:
        return "" if kind == b"str" else None
    if kind == b"s":
        number = int(text)
        if not 0 <= number < len(strings):
            return NotEvaluated(f"text {text.decode()} is missing from the file's shared strings")
        return strings[number]
    if kind == b"b":
        return text in {b"1", b"true"}
    return CellError(_plain(text)) if kind == b"e" else unescape(_plain(text))


def _plain(written: bytes) -> str:
    """Text with the characters that XML has names for."""
    text = written.decode("utf-8")
    if "&" not in text:
        return text
    if "&#" in text:
        raise ValueError("a character is written as its number")
    for name, character in _CHARACTERS:
        text = text.replace(name, character)
    return text


_NONE = np.array([], dtype=np.int64)
_EMPTY = PackedCells(_NONE, np.array([]), {}, _NONE, [])


def _joined(chunks: Sequence[PackedCells]) -> PackedCells | None:
    codes = np.concatenate([chunk.codes for chunk in chunks])
    if (codes[1:] <= codes[:-1]).any() or codes.size > MAX_CELLS:
        return None
    others: dict[int, Value] = {}
    formulas: list[str] = []
    offset = 0
    for chunk in chunks:
        others.update({offset + place: value for place, value in chunk.others.items()})
        formulas += chunk.formulas
        offset += chunk.codes.size
    return PackedCells(
        codes,
        np.concatenate([chunk.numbers for chunk in chunks]),
        others,
        np.concatenate([chunk.formula_codes for chunk in chunks]),
        formulas,
    )
