"""A quick reading of large worksheets that are written plainly, as XlsxWriter and this package do.

A worksheet is plain if each cell has the form `<c r="F5" s="3" t="str"><f>…</f><v>…</v></c>`, or is
empty, and nothing else stands in its rows, which are in order and hold their own cells. One regular
expression says whether that is so. Which cells a row has is then found once for each kind of row, and formulas, values
and styles are taken out of all of them at memory speed. Anything else is left to the XML parser in `sheet_cells`,
which also says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_index
from xlcheck.workbook.cell_codes import Codes, codes_at
from xlcheck.workbook.content import CellError, NotEvaluated, Value
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.plain_constants import ROW, are_ascending, is_usual_frame, rows_of
from xlcheck.workbook.sheet_cells import MAX_CELLS
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_text import unescape

_PLAIN_ROW = re.compile(
    ROW
    % (
        rb'(?:<c r="[A-Z]{1,3}+\1"(?: s="[0-9]{1,9}+")?+(?: t="(?:n|s|str|b|e)")?+'
        rb"(?:/>|>(?:<f>[^<]*+</f>)?+<v>[^<]*+</v></c>))*+"
    )
)
_CELL = re.compile(rb'<c r="([A-Z]+)"( s="")?(?: t="([a-z]+)")?(/)?>(<f>)?')
_FORMULA = re.compile(rb"<f>([^<]*)")
_VALUE = re.compile(rb"<v>([^<]*)")
_STYLE = re.compile(rb'<c r="[A-Z]+[0-9]+" s="([0-9]+)"')
_SEPARATOR = b"\0"  # stands in no XML
_OF_NUMBERS = b"0123456789+-.eE"
_CHARACTERS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_CHARACTER = re.compile("&(?:(lt|gt|quot|apos|amp);)?")
_TRUTH = {b"1": True, b"true": True, b"0": False, b"false": False}
# What is known of a cell of a kind of row, in one number: its column, what it says it holds, and three marks.
_TYPES = (b"", b"n", b"s", b"str", b"b", b"e")
_NUMBERS, _TEXT = 2, _TYPES.index(b"str")  # as many types are those of numbers
_FILLED, _STYLED, _CALCULATED, _TYPE, _COLUMN = 1, 2, 4, 3, 6


def read_plain(part: SheetPart, strings: Sequence[str]) -> PackedCells | None:
    """The cells of a worksheet part, or None if it is not written plainly."""
    if not is_usual_frame(part) or not _is_text(part.kinds.head + part.kinds.tail):
        return None
    cells = [_cells_of(kind) for kind in part.kinds.kinds]
    begun = np.array([kind.count(b"<row ") for kind in part.kinds.kinds], dtype=np.int64)
    of_row = np.array(part.kinds.of_row, dtype=np.int64)
    chunks: list[PackedCells] = []
    row = place = 0
    for first, last in part.chunks():
        numbers = rows_of(part, _PLAIN_ROW, first, last)
        if numbers is None or not are_ascending([row, *numbers], MAX_ROWS):
            return None
        kinds = of_row[place : place + part.content.count(b"</row>", first, last)]
        own = [known for kind in kinds.tolist() if (known := cells[kind]) is not None]
        if len(own) < len(kinds):
            return None
        # Rows that end at once stand before the one whose end is found.
        ends = np.cumsum(begun[kinds])
        if ends.max(initial=0) > len(numbers):  # one begins within another one
            return None
        rows = np.array(numbers, dtype=np.int64)[ends - 1] - 1
        chunk = _read_chunk(part.content[first:last], rows, own, strings)
        if chunk is None:
            return None
        chunks.append(chunk)
        row, place = max([row, *numbers[-1:]]), place + len(kinds)
    return _joined(chunks)


def _cells_of(kind: bytes) -> NDArray[np.int64] | None:
    """What is known of the cells of a kind of row, `(cells,)`; None if they are out of order, or of an unknown type."""
    found = _CELL.findall(kind)
    columns = [column_index(letters.decode()) for letters, *_ in found]
    if not are_ascending(columns, MAX_COLUMNS - 1) or any(type_ not in _TYPES for _, _, type_, _, _ in found):
        return None
    facts = [
        column << _COLUMN
        | _TYPES.index(type_) << _TYPE
        | (_CALCULATED if formula else 0)
        | (_STYLED if style else 0)
        | (0 if empty else _FILLED)
        for column, (_, style, type_, empty, formula) in zip(columns, found, strict=True)
    ]
    return np.array(facts, dtype=np.int64)


def _is_text(content: bytes) -> bool:
    try:
        return content.isascii() or bool(content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _read_chunk(
    content: bytes, rows: Codes, cells: Sequence[NDArray[np.int64]], strings: Sequence[str]
) -> PackedCells | None:
    """Some rows, of which the numbers are given, and what is known of the cells of each."""
    if not _is_text(content):
        return None
    facts = np.concatenate([np.empty(0, dtype=np.int64), *cells])
    filled = (facts & _FILLED) > 0
    styles = np.zeros(facts.size, dtype=np.uint32)
    styles[(facts & _STYLED) > 0] = _numbers(_STYLE.findall(content))
    codes = codes_at(np.repeat(rows, [own.size for own in cells]), facts >> _COLUMN)[filled]
    facts = facts[filled]  # cells that have a style and nothing else are left out
    is_formula = (facts & _CALCULATED) > 0
    types = facts >> _TYPE & ((1 << _COLUMN - _TYPE) - 1)
    values, formulas = _VALUE.findall(content), _FORMULA.findall(content)
    if b"" in formulas:
        return None
    if b"" in values and not all(values[p] or (is_formula[p] and types[p] == _TEXT) for p in range(len(values))):
        return None  # a formula's text may be empty, and nothing else
    try:
        numbers, others, shared = _values(types, values, strings)
        texts = _text(_SEPARATOR.join(formulas)).split(_SEPARATOR.decode()) if formulas else []
    except ValueError:
        return None
    return PackedCells(codes, numbers, others, codes[is_formula], texts, styles[filled], shared=shared)


def _numbers(texts: Sequence[bytes]) -> list[int]:
    known = {text: int(text) for text in set(texts)}
    return list(map(known.__getitem__, texts))


def _values(
    types: NDArray[np.int64], values: Sequence[bytes], strings: Sequence[str]
) -> tuple[NDArray[np.float64], dict[int, Value], dict[int, int]]:
    """The numbers, NaN where there is none, the other values by place, and the numbers of shared texts among them."""
    odd = np.flatnonzero(types >= _NUMBERS).tolist()
    written = [(_TYPES[kind], values[place]) for place, kind in zip(odd, types[odd].tolist(), strict=True)]
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
    shared = {place: int(text[:9]) for place, (kind, text) in zip(odd, written, strict=True) if kind == b"s"}
    return parsed, dict(zip(odd, map(known.__getitem__, written), strict=True)), shared


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
    return CellError(_text(text)) if kind == b"e" else unescape(_text(text))


def _text(written: bytes) -> str:
    """Text with the characters that XML has names for.

    Raises:
        ValueError: a character is written in another way, or the text is not in UTF-8.
    """
    return _CHARACTER.sub(_character, written.decode("utf-8"))


def _character(found: re.Match[str]) -> str:
    if found[1] is None:
        raise ValueError("a character is written as its number, or has a name of its own")
    return _CHARACTERS[found[1]]


def _joined(chunks: Sequence[PackedCells]) -> PackedCells | None:
    if sum(chunk.codes.size for chunk in chunks) > MAX_CELLS:
        return None
    chunks = chunks or [PackedCells.of({})]
    others: dict[int, Value] = {}
    shared: dict[int, int] = {}
    formulas: list[str] = []
    offset = 0
    for chunk in chunks:
        others.update({offset + place: value for place, value in chunk.others.items()})
        shared.update({offset + place: number for place, number in chunk.shared.items()})
        formulas += chunk.formulas
        offset += chunk.codes.size
    return PackedCells(
        np.concatenate([chunk.codes for chunk in chunks]),
        np.concatenate([chunk.numbers for chunk in chunks]),
        others,
        np.concatenate([chunk.formula_codes for chunk in chunks]),
        formulas,
        np.concatenate([chunk.styles for chunk in chunks]),
        shared=shared,
    )
