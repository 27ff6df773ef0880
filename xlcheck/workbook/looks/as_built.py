"""The words, numbers and names of a generated workbook that are no quantities, in a form that shows a change.

Labels, equations, tolerances, Keras's numbers and the history of a training are constants that nobody recalculates.
What they were travels on the hidden worksheet as a fingerprint: for some sixty bands of rows of each worksheet a
digest of the texts, and a sum that sees any number which differs by more than a hundred-millionth of itself, wherever
it stands, and yet not the digits that programs cut off when they save a file. Weights, inputs and the cell that
selects a sample are left out: changing them is what a workbook is for, and the check compares them one by one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.addresses import Range, range_or_none
from xlcheck.frozen import dataclass
from xlcheck.grouping import grouped
from xlcheck.workbook.cell_codes import Codes, by_sheet, codes_of, contained, position, positions
from xlcheck.workbook.content import ConstantCells, SheetContent, WorkbookContent
from xlcheck.workbook.looks.shown import UsedFormats, read_shown
from xlcheck.workbook.packed_cells import PackedCells

MARK = '{"constants": '
SIGNATURE = '{"xlcheck signature": '
"""How the signature begins, which comes onto the hidden worksheet after everything else (see `signature`)."""
DAMAGED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError)
_BANDS = 64
_DIGEST = 9
_UNKNOWN = "#NAME?"
"""What Excel lets a name stand for that it keeps of a function which it does not know."""
RECORD = np.dtype([("texts", ">u4"), ("numbers", ">i8")])
# A band's sum may differ by this where programs have rounded; the smallest visible change of a number is larger.
_NOISE = 4 * 1024


@dataclass(frozen=True)
class Constants:
    """The constants of one worksheet by the codes of their cells (row times columns of the grid plus column)."""

    texts: Mapping[int, str]
    codes: Codes
    numbers: NDArray[np.float64]


@dataclass(frozen=True)
class Alterations:
    """What is not as it was written.

    Attributes:
        texts: rows of worksheets, in words, that hold other words.
        numbers: the same for numbers.
        formats: worksheets with other number formats.
        shown: sentences on charts, lists, colours and pictures that were not there.
        damaged: nobody knows, because what says how it was written is missing or damaged.
    """

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    damaged: bool = False


def alterations(content: WorkbookContent, sheet: SheetContent, areas: Sequence[Range]) -> Alterations:
    """What is not as it was written.

    Args:
        content: the workbook.
        sheet: the worksheet that holds the manifest.
        areas: where the quantities stand, and the cell that selects the sample.
    """
    text = _text(sheet)
    try:
        return _compared(content, sheet, areas, json.loads(text)["constants"])
    except DAMAGED:  # somebody has deleted the fingerprint, or changed it
        return Alterations(damaged=True)


def built_sheets(sheet: SheetContent) -> frozenset[str]:
    """The worksheets that were there when the workbook was built; none if nobody knows.

    Args:
        sheet: the worksheet that holds the manifest.
    """
    try:
        return frozenset(map(str, json.loads(_text(sheet))["constants"][0]))
    except DAMAGED:
        return frozenset()


def _compared(content: WorkbookContent, sheet: SheetContent, areas: Sequence[Range], built: Any) -> Alterations:
    sheets, names, typed, (formats, told) = built
    told = base64.b64decode(told)
    facts = {told[start : start + _DIGEST] for start in range(0, len(told), _DIGEST)}
    texts: list[str] = []
    numbers: list[str] = []
    if not {area.sheet for area in areas} <= {*sheets, sheet.name}:
        raise ValueError("the fingerprint says nothing about a worksheet that xlcheck made")
    given = left_out(areas, typed)
    built_as = {name: name if name != sheet.name else _hidden_name(sheets, content, name) for name in content.sheets}
    for name, own in content.sheets.items():
        if built_as[name] in sheets and not isinstance(own.cells, ConstantCells):
            in_texts, in_numbers = _altered(name, sheets[built_as[name]], _read(own, own is sheet, given.get(name)))
            texts += in_texts
            numbers += in_numbers
    shown = read_shown(content, sheet.name)
    return Alterations(
        tuple(texts),
        tuple(numbers),
        tuple(name for name, area in names.items() if _place(content.names.get(name)) != area),
        tuple(
            name
            for name, used in shown.formats.items()
            if built_as[name] in sheets and used.differs(_written(formats.get(built_as[name])))
        ),
        (
            *(f"the worksheet {name} was added" for name in content.sheets if built_as[name] not in sheets),
            *(f"the worksheet {name} was deleted" for name in sheets if name not in built_as.values()),
            *(["the worksheets stand in another order"] if _reordered(sheets, built_as.values()) else []),
            *(f"the name {n} was added" for n, text in content.names.items() if not (n in names or _is_own(n, text))),
            *(fact for fact in dict.fromkeys(shown.facts) if _digest(fact) not in facts),
        ),
    )


def kept(facts: Iterable[str]) -> str:
    """What is kept of the sentences on what a workbook shows beside its cells."""
    return base64.b64encode(b"".join(sorted({_digest(fact) for fact in facts}))).decode("ascii")


def _is_own(name: str, target: str) -> bool:
    """Whether programs give a name by themselves; Gnumeric gives one of a user's to the rows on each page."""
    return target == _UNKNOWN or name.endswith("!Print_Titles")


def _digest(fact: str) -> bytes:
    return hashlib.sha256(fact.encode("utf-8", "surrogatepass")).digest()[:_DIGEST]


def _reordered(built: Iterable[str], names: Iterable[str]) -> bool:
    now = list(names)
    return [name for name in built if name in now] != [name for name in now if name in built]


def _written(formats: Sequence[Any] | None) -> UsedFormats:
    return UsedFormats.of(()) if formats is None else UsedFormats(formats[0], formats[1], tuple(formats[2]))


def _column(sheet: SheetContent) -> int | None:
    """Where the fingerprint stands."""
    cells = ((column, sheet.cells[row, column].value) for row, column in sheet.cells if row == 0)
    return next((column for column, value in cells if isinstance(value, str) and value.startswith(MARK)), None)


def _text(sheet: SheetContent) -> str:
    """The fingerprint; empty if there is none."""
    column = _column(sheet)
    if column is None:
        return ""
    return "".join(str(sheet.cells[place].value) for place in sorted(sheet.cells) if place[1] == column)


def _hidden_name(sheets: Mapping[str, Any], content: WorkbookContent, name: str) -> str:
    """What the hidden worksheet was called; a name that it has not is the last one that is missing."""
    missing = [built for built in sheets if built not in content.sheets]
    return missing[-1] if missing and name not in sheets else name


def _place(target: str | None) -> str | None:
    return None if target is None else str(range_or_none(target.removeprefix("=")) or target)


def fingerprint(sheet: SheetContent) -> str:
    """The text of it on the worksheet that holds the manifest; empty if there is none."""
    return _text(sheet)


def constants_of(sheet: SheetContent) -> Constants:
    """The words and numbers of a worksheet that hold no formula."""
    return _read(sheet, False, None)


def _read(sheet: SheetContent, is_hidden: bool, given: Codes | None) -> Constants:
    packed = PackedCells.of(sheet.cells)
    constant = ~contained(packed.codes, packed.formula_codes)
    numeric = constant & ~np.isnan(packed.numbers)
    texts = {
        int(packed.codes[place]): value if isinstance(value, str) else str(value)  # xlcheck types no truth, no error
        for place, value in packed.others.items()
        if value is not None and constant[place]
    }
    if is_hidden:
        signed = {position(code)[0] for code, text in texts.items() if text.startswith(SIGNATURE)}
        texts = {code: text for code, text in texts.items() if position(code)[0] not in signed}
    own = (0, _column(sheet)) if is_hidden else ()
    return without(Constants(texts, packed.codes[numeric], packed.numbers[numeric]), given, own=own)


def left_out(areas: Iterable[Range], typed: Mapping[str, Sequence[int]]) -> dict[str, Codes]:
    """The cells of each worksheet that may change: where quantities stand, and where a reader types."""
    given = [(name, np.array(codes, dtype=np.int64)) for name, codes in typed.items()]
    return by_sheet([*((area.sheet, codes_of(area)) for area in areas), *given])


def without(constants: Constants, given: Codes | None, *, own: Sequence[int | None]) -> Constants:
    """The constants that are not in the cells that may change, and not in the manifest's own columns."""
    given = np.array([], dtype=np.int64) if given is None else given
    kept = ~contained(constants.codes, given)
    known = contained(np.fromiter(constants.texts, dtype=np.int64, count=len(constants.texts)), given).tolist()
    texts = {
        code: text
        for (code, text), leave in zip(constants.texts.items(), known, strict=True)
        if text and not leave and position(code)[1] not in own
    }
    return Constants(texts, constants.codes[kept], constants.numbers[kept])


def bands(constants: Constants, height: int = 0) -> list[Any]:
    """[rows of a band, the record of each band in base64]."""
    last, _ = position(max(max(constants.texts, default=0), int(constants.codes.max(initial=0))))
    height = height or last // _BANDS + 1
    records = np.zeros(last // height + 1, dtype=RECORD)
    bands = positions(constants.codes)[0] // height
    np.add.at(records["numbers"], bands, _weighed(constants.codes, constants.numbers))
    texts = sorted(constants.texts.items())
    for band, own in grouped((position(code)[0] // height, f"{code}\0{text}\0") for code, text in texts).items():
        digest = hashlib.sha256("".join(own).encode("utf-8", "surrogatepass")).digest()
        records["texts"][band] = int.from_bytes(digest[:4], "big")
    return [height, base64.b64encode(records.tobytes()).decode("ascii")]


def _weighed(codes: Codes, numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """A whole number for each number and its place, which grows with the number's size, and is exact on any machine."""
    mantissa, exponent = np.frexp(np.abs(numbers))
    size = np.rint((exponent + 2 * mantissa + 2000) * 2**30).astype(np.int64)  # a logarithm in straight pieces
    weights = 512 + (codes * 2_654_435_761 >> 7) % 512
    return np.where(numbers == 0, 0, np.sign(numbers).astype(np.int64) * size * weights)


def _altered(name: str, built: Sequence[Any], constants: Constants) -> tuple[list[str], list[str]]:
    """The rows of a worksheet in which texts, and in which numbers, are others."""
    height, text = int(built[0]), str(built[1])
    was = np.frombuffer(base64.b64decode(text), dtype=RECORD)
    now = np.frombuffer(base64.b64decode(bands(constants, height)[1]), dtype=RECORD)
    size = max(was.size, now.size)
    was, now = (np.concatenate([records, np.zeros(size - records.size, RECORD)]) for records in (was, now))
    texts = was["texts"] != now["texts"]
    with np.errstate(over="ignore"):
        numbers = np.abs(was["numbers"].astype(np.int64) - now["numbers"].astype(np.int64)) > _NOISE
    return list(_rows(name, texts, height)), list(_rows(name, numbers, height))


def _rows(name: str, altered: NDArray[np.bool_], height: int) -> Iterator[str]:
    """Bands in words, neighbours together."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], altered.astype(np.int8), [0]])))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        top, bottom = first * height + 1, end * height
        yield f"row {top} of {name}" if top == bottom else f"rows {top} to {bottom} of {name}"
