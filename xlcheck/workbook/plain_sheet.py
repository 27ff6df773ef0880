"""A quick reading of large worksheets that are written plainly, as XlsxWriter and this package do.

A worksheet is plain if each cell has the form `<c r="F5" s="3" t="str"><f>…</f><v>…</v></c>`, or is
empty, and nothing else stands in its rows, which are in order and hold their own cells. One regular
expression reads such cells at memory speed; whether it has seen everything is checked by counting. Anything
else is left to the XML parser in `sheet_cells`, which also says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_index
from xlcheck.workbook.escapes import unescape
from xlcheck.workbook.packed_cells import Codes, PackedCells
from xlcheck.workbook.plain_constants import EMPTY_ROW, ROW_END, data_of
from xlcheck.workbook.plain_text import plain_text
from xlcheck.workbook.sheet_cells import MAX_CELLS
from xlcheck.workbook.values import CellError, NotEvaluated, Value

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="\d+")?(?: t="(n|s|str|b|e)")?'
    rb"(?:/>|>(?:<f>([^<]*)</f>)?<v>([^<]*)</v></c>)"
)
# The begin of a row, and its first cell if there is one.
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(?: [^>/]*)?(?:/>|>(?:<c r="([A-Z]{1,3})([1-9][0-9]{0,6})")?)')
_CHUNK = 2**18  # what is made of one fits into the memory that the one before has left
_SEPARATOR = b"\0"  # stands in no XML
_OF_NUMBERS = b"0123456789+-.eE"
_TRUTH = {b"1": True, b"true": True, b"0": False, b"false": False}


def read_plain(content: bytes, strings: Sequence[str]) -> PackedCells | None:
    """The cells of a worksheet part, or None if it is not written plainly.

    Args:
        content: the worksheet part.
        strings: the workbook's shared strings.
    """
    area = data_of(content)
    if area is None or not _is_text(content):
        return None
    start, end = area
    chunks: list[PackedCells] = []
    row = 0
    for first, last in _chunks(content, start, end):
        found = _read_chunk(content, first, last, strings, row)
        if found is None:
            return None
        chunk, row = found
        chunks.append(chunk)
    return _joined(chunks)


def _last_row(content: bytes, first: int, last: int, codes: Codes, before: int) -> int | None:
    """The number of the last row, if the rows are in order, each with its own cells in it; else None.

    Args:
        content: the worksheet part.
        first: where the rows begin.
        last: where they end.
        codes: the cells in them, in order.
        before: the number of the row before.
    """
    found = _ROW.findall(content, first, last)
    ends = content.count(b"</row>", first, last) + len(EMPTY_ROW.findall(content, first, last))
    begins = content.count(b"<row ", first, last)
    # As many begin as end, the first at the start and the others where one ends: none stands in another.
    if not (len(found) == begins == ends == len(ROW_END.findall(content, first, last))):
        return None
    if content[first : first + 5] not in {b"", b"<row "}:
        return None
    if not found:
        return before
    rows, letters, digits = zip(*found, strict=True)
    numbers = np.fromiter(map(int, rows), dtype=np.int64, count=len(found))
    # Cells are in order, so they stand in their own rows if each row begins with the first cell of its number.
    filled = np.fromiter(map(bool, letters), dtype=bool, count=len(found))
    columns = {name: column_index(name.decode()) for name in set(letters)}
    begin = numbers * MAX_COLUMNS + np.fromiter(map(columns.__getitem__, letters), dtype=np.int64, count=len(found))
    of_row = codes // MAX_COLUMNS
    firsts = codes[np.flatnonzero(np.diff(of_row, prepend=-1))] + MAX_COLUMNS
    ascending = numbers[0] > before and bool((numbers[1:] > numbers[:-1]).all())
    own = all(row == digit or not digit for row, digit in zip(rows, digits, strict=True))
    return int(numbers[-1]) if ascending and own and np.array_equal(begin[filled], firsts) else None


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


def _read_chunk(
    content: bytes, first: int, last: int, strings: Sequence[str], before: int
) -> tuple[PackedCells, int] | None:
    """Some rows, and the number of the last of them; `before` is that of the row before."""
    found = _CELL.findall(content, first, last)
    tags = content.count(b"<", first, last)
    row_tags = content.count(b"<row ", first, last) + content.count(b"</row>", first, last)
    letters, digits, kinds, formulas, values = zip(*found, strict=True) if found else ((),) * 5
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
    outside = max(columns.values(), default=0) >= MAX_COLUMNS or rows.max(initial=0) >= MAX_ROWS
    row = None if outside or (codes[1:] <= codes[:-1]).any() else _last_row(content, first, last, codes, before)
    if row is None:
        return None
    is_formula = np.fromiter(map(bool, formulas), dtype=bool, count=len(found))
    try:
        numbers, others = _values(kinds, values, strings)
        written = _SEPARATOR.join(filter(None, formulas))
        texts = plain_text(written).split(_SEPARATOR.decode()) if written else []
    except ValueError:
        return None
    # Cells that have a style and nothing else are left out.
    return PackedCells(codes, numbers, others, codes[is_formula], texts).where(np.array(filled)), row


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
        numbers[place] = b"0"
    # Python alone takes 1_0 for a number, and ironcalc none with a space.
    if b"".join(numbers).translate(None, _OF_NUMBERS):
        raise ValueError("a number is spelled in an unusual way")
    parsed = np.fromiter(map(float, numbers), dtype=np.float64, count=len(numbers))
    if not np.isfinite(parsed).all():
        raise ValueError("a number is too large")
    parsed[odd] = np.nan
    return parsed, dict(zip(odd, map(known.__getitem__, written), strict=True))


def _other(kind: bytes, text: bytes, strings: Sequence[str]) -> Value:
    if not text:
        return "" if kind == b"str" else None
    if kind == b"s":
        if not text.isdigit():
            raise ValueError("a shared string has no such number")
        number = int(text[:9])
        if number >= len(strings):
            return NotEvaluated(f"text {text.decode()} is missing from the file's shared strings")
        return strings[number]
    if kind == b"b":
        if text not in _TRUTH:
            raise ValueError("neither true nor false")
        return _TRUTH[text]
    return CellError(plain_text(text)) if kind == b"e" else unescape(plain_text(text))


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
