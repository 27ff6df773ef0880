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

from xlcheck.excel.addresses import MAX_COLUMNS, MAX_ROWS, column_index
from xlcheck.excel.escapes import unescape
from xlcheck.excel.packed_cells import PackedCells
from xlcheck.excel.sheet_cells import MAX_CELLS
from xlcheck.excel.values import CellError, NotEvaluated, Value

LARGE = 2**16
"""Smaller parts are not worth it."""

_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="\d+")?(?: t="(n|s|str|b|e)")?'
    r"(?:/>|>(?:<f>([^<]*)</f>)?<v>([^<]*)</v></c>)"
)
_CHUNK = 2**21
_DATA, _END = "<sheetData>", "</sheetData>"
_DECLARATION = re.compile(r'<\?xml version="1\.0" encoding="UTF-8"( standalone="yes")?\?>', re.IGNORECASE)
_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_SEPARATOR = "\0"  # stands in no XML


def read_plain(content: bytes, strings: Sequence[str]) -> PackedCells | None:
    """The cells of a worksheet part, or None if it is not written plainly.

    Args:
        content: the worksheet part.
        strings: the workbook's shared strings.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    start, end = text.find(_DATA), text.rfind(_END)
    # A declaration of another encoding, entities, comments and CDATA sections need a real parser.
    if not _DECLARATION.match(text) or "<!" in text or not 0 < start < end or text.count(_END) != 1:
        return None
    chunks = []
    for first, last in _chunks(text, start + len(_DATA), end):
        chunk = _read_chunk(text, first, last, strings)
        if chunk is None:
            return None
        chunks.append(chunk)
    return _joined(chunks)


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut between two rows."""
    while start < end:
        cut = text.find("<row ", start + _CHUNK, end)
        stop = end if cut < 0 else cut
        yield start, stop
        start = stop


def _read_chunk(text: str, first: int, last: int, strings: Sequence[str]) -> PackedCells | None:
    found = _CELL.findall(text, first, last)
    tags = text.count("<", first, last)
    row_tags = text.count("<row ", first, last) + text.count("</row>", first, last)
    if not found:
        return _EMPTY if tags == row_tags else None
    letters, digits, kinds, formulas, values = zip(*found, strict=True)
    # One tag opens and closes an empty cell, four make a value, and six a formula with its value. Apart from a
    # formula's empty text, an empty formula or value matches like a missing one, and then the numbers differ, too.
    filled = list(map(bool, values))
    for place in [] if all(filled) else [p for p, value in enumerate(values) if formulas[p] and not value]:
        if kinds[place] != "str":
            return None
        filled[place] = True
    if tags != row_tags + len(found) + 3 * sum(filled) + 2 * sum(map(bool, formulas)):
        return None
    columns = {name: column_index(name) for name in set(letters)}
    rows = np.fromiter(map(int, digits), dtype=np.int64, count=len(found)) - 1
    codes = rows * MAX_COLUMNS + np.fromiter(map(columns.__getitem__, letters), dtype=np.int64, count=len(found))
    if max(columns.values()) >= MAX_COLUMNS or rows.max() >= MAX_ROWS or (codes[1:] <= codes[:-1]).any():
        return None
    is_formula = np.fromiter(map(bool, formulas), dtype=bool, count=len(found))
    try:
        numbers, others = _values(kinds, values, strings)
        texts = _plain(_SEPARATOR.join(filter(None, formulas))).split(_SEPARATOR) if is_formula.any() else []
    except ValueError:
        return None
    return _without_blanks(codes, numbers, others, is_formula, texts, np.array(filled))


def _values(kinds: Sequence[str], values: Sequence[str], strings: Sequence[str]) -> tuple[np.ndarray, dict[int, Value]]:
    if set(kinds) <= {"", "n"} and all(values):
        return np.array(list(map(float, values))), {}
    odd = [place for place, kind in enumerate(kinds) if kind not in {"", "n"} or not values[place]]
    others = {place: _other(kinds[place], values[place], strings) for place in odd}
    numbers = list(values)
    for place in odd:
        numbers[place] = "nan"
    return np.array(list(map(float, numbers))), others


def _other(kind: str, text: str, strings: Sequence[str]) -> Value:
    if not text:
        return "" if kind == "str" else None
    if kind == "s":
        number = int(text)
        if not 0 <= number < len(strings):
            return NotEvaluated(f"text {text} is missing from the file's shared strings")
        return strings[number]
    if kind == "b":
        return text in {"1", "true"}
    return CellError(_plain(text)) if kind == "e" else unescape(_plain(text))


def _plain(text: str) -> str:
    """Text with the characters that XML has names for."""
    if "&" not in text:
        return text
    if "&#" in text:
        raise ValueError("a character is written as its number")
    for name, character in _CHARACTERS:
        text = text.replace(name, character)
    return text


def _without_blanks(
    codes: np.ndarray,
    numbers: np.ndarray,
    others: dict[int, Value],
    is_formula: np.ndarray,
    texts: list[str],
    filled: np.ndarray,
) -> PackedCells:
    """Leave out cells that have a style and nothing else."""
    if not filled.all():
        places = np.cumsum(filled) - 1
        others = {int(places[place]): value for place, value in others.items() if filled[place]}
        codes, numbers, is_formula = codes[filled], numbers[filled], is_formula[filled]
    return PackedCells(codes, numbers, others, codes[is_formula], texts)


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
