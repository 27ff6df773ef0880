"""The text of a formula → references and tokens: the one place that knows how formulas are spelled.

A formula is cut twice. First into references and the text between them: cells that were filled from one
another share that text, whatever they read, so that the second cut, into tokens, is made once for all of them.

The grammar is that of formulas in files: English function names, commas between arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name, column_index, column_name, unquote_sheet

_TEXT = r'"(?:[^"]|"")*"'
_BRACKETS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
# `Sheet1!`, `'My sheet'!`; in another file `[1]Sheet1!`; over several worksheets `Sheet1:Sheet3!`.
_SHEET = r"(?:'(?:[^']|'')+'|(?:\[[^\[\]]+\])?[\w.]+(?::[\w.]+)?)!"
# Columns up to XFD, rows up to 1048576: what lies beyond is a name.
_COLUMN = r"(?:[A-Za-z]{1,2}|[A-Wa-w][A-Za-z]{2}|[Xx](?:[A-Ea-e][A-Za-z]|[Ff][A-Da-d]))"
_ROW = r"(?:[1-9][0-9]{0,5}|10(?:[0-3][0-9]{4}|4(?:[0-7][0-9]{3}|8(?:[0-4][0-9][0-9]|5(?:[0-6][0-9]|7[0-6])))))"
_CELL = rf"\$?{_COLUMN}\$?{_ROW}"
# What is left of a reference to a worksheet that was deleted: `#REF!A1`.
_LOST = rf"\#REF!(?:{_CELL}(?::{_CELL})?)?"
_REFERENCE = re.compile(
    rf"""( (?<![\w.$\\?!\#]) (?:{_SHEET})?
          (?: {_CELL}(?::{_CELL})? | \$?{_COLUMN}:\$?{_COLUMN} | \$?{_ROW}:\$?{_ROW} ) (?![\w.(!\\?\[])
        | {_TEXT} | '(?:[^']|'')*' | {_BRACKETS} | {_LOST} )""",
    re.VERBOSE,
)
_PARTS = re.compile(
    rf"""({_SHEET})? (?: (\$?)({_COLUMN})(\$?)({_ROW}) (?: :(\$?)({_COLUMN})(\$?)({_ROW}) )?
        | (\$?)({_COLUMN}):(\$?)({_COLUMN}) | (\$?)({_ROW}):(\$?)({_ROW}) )""",
    re.VERBOSE,
)
_ERRORS = r"NULL!|DIV/0!|VALUE!|NAME\?|NUM!|N/A|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|BUSY!|GETTING_DATA"
_WORD = r"[^\W\d][\w.\\?]*|\\[\w.\\?]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
      | (?P<text>{_TEXT})
      | (?P<error>\#(?:{_ERRORS})|(?:{_SHEET})?{_LOST})
      | (?P<elsewhere>(?:{_WORD})?{_BRACKETS}(?:!?(?:{_WORD}))?)
      | (?P<function>(?:{_SHEET})?[^\W\d][\w.]*(?=\())
      | (?P<name>(?:{_SHEET})?(?:{_WORD}))
      | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
      | (?P<operator><=|>=|<>|[-+*/^&=<>%:@(){{}},;\#])
      | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PREFIXES = re.compile(r"(?:_xlfn\.|_xlws\.|_xlpm\.|_xludf\.|_xleta\.)+", re.IGNORECASE)

TOP: Final = 1
LEFT: Final = 2
BOTTOM: Final = 4
RIGHT: Final = 8
"""Bits that say which parts of a reference are fixed."""

Kind = str
"""`space`, `text`, `error`, `elsewhere`, `function`, `name`, `number`, `operator`, `other`, or `reference`.

`elsewhere` is a structured reference or a name of another file, `other` a character that no formula has.
"""


class Token(NamedTuple):
    """A part of a formula's text.

    Attributes:
        kind: what it is.
        text: as it is written.
    """

    kind: Kind
    text: str


class Ref(NamedTuple):
    """A cell, a range, or whole columns or rows, as a formula writes them.

    Attributes:
        prefix: the worksheet as it is written, with its `!`; empty if none is.
        kind: `cell`, `range`, `columns` or `rows`.
        top: row of the first corner, from 0; the corners stand in the order in which they are written.
        bottom: row of the last corner.
        fixed: which of these four do not move with the cell, as the sum of TOP, LEFT, BOTTOM and RIGHT.
    """

    prefix: str
    kind: str
    top: int
    left: int
    bottom: int
    right: int
    fixed: int

    def __str__(self) -> str:
        fixed = self.fixed
        if self.kind == "columns":
            return (
                f"{self.prefix}{'$' if fixed & LEFT else ''}{column_name(self.left)}"
                f":{'$' if fixed & RIGHT else ''}{column_name(self.right)}"
            )
        if self.kind == "rows":
            return (
                f"{self.prefix}{'$' if fixed & TOP else ''}{self.top + 1}"
                f":{'$' if fixed & BOTTOM else ''}{self.bottom + 1}"
            )
        first = cell_name(self.top, self.left, fixed_row=bool(fixed & TOP), fixed_column=bool(fixed & LEFT))
        if self.kind == "cell":
            return self.prefix + first
        last = cell_name(self.bottom, self.right, fixed_row=bool(fixed & BOTTOM), fixed_column=bool(fixed & RIGHT))
        return f"{self.prefix}{first}:{last}"

    @property
    def sheet(self) -> str:
        """The worksheet's name; empty if none is written."""
        return unquote_sheet(self.prefix[:-1])

    @property
    def is_elsewhere(self) -> bool:
        """Whether it stands in another file, or on several worksheets at once: no range of one worksheet."""
        return "[" in self.prefix or ":" in self.prefix

    def area(self, sheet: str = "") -> Range:
        """The range, on this worksheet if it names none."""
        top, bottom = (self.top, self.bottom) if self.top <= self.bottom else (self.bottom, self.top)
        left, right = (self.left, self.right) if self.left <= self.right else (self.right, self.left)
        return Range(self.sheet if self.prefix else sheet, top, left, bottom - top + 1, right - left + 1)

    def shifted(self, first: tuple[int, int], last: tuple[int, int]) -> Ref | None:
        """With rows and columns added to its corners, fixed or not; None beyond the sheet."""
        if self.kind == "columns":
            first, last = (0, first[1]), (0, last[1])
        elif self.kind == "rows":
            first, last = (first[0], 0), (last[0], 0)
        elif self.kind == "cell":
            last = first
        top, left, bottom, right = (
            self.top + first[0],
            self.left + first[1],
            self.bottom + last[0],
            self.right + last[1],
        )
        if min(top, left, bottom, right) < 0 or max(top, bottom) >= MAX_ROWS or max(left, right) >= MAX_COLUMNS:
            return None
        return Ref(self.prefix, self.kind, top, left, bottom, right, self.fixed)

    def moved(self, down: int, right: int) -> Ref | None:
        """As it becomes when its cell is filled so many rows down and columns to the right; None beyond the sheet."""
        fixed = self.fixed
        return self.shifted(
            (0 if fixed & TOP else down, 0 if fixed & LEFT else right),
            (0 if fixed & BOTTOM else down, 0 if fixed & RIGHT else right),
        )


class Cut(NamedTuple):
    """A formula cut into references and what stands between them.

    Attributes:
        between: the texts before, between and after the references: one more than there are references.
    """

    between: tuple[str, ...]
    refs: tuple[Ref, ...]

    def with_refs(self, refs: Sequence[Ref | None]) -> str:
        """The formula with other references in their places."""
        parts = [self.between[0]]
        for ref, rest in zip(refs, self.between[1:], strict=True):
            parts += (str(ref), rest)
        return "".join(parts)


@lru_cache(maxsize=32_768)
def cut(formula: str) -> Cut:
    """A formula cut into references and what stands between them; texts and names are no references."""
    parts = _REFERENCE.split(formula)
    refs = tuple(map(_ref, parts[1::2]))
    if None not in refs:
        return Cut(tuple(parts[::2]), refs)  # type: ignore[arg-type]  # none of them is None
    between = [parts[0]]
    for ref, text, rest in zip(refs, parts[1::2], parts[2::2], strict=True):
        if ref is None:
            between[-1] += text + rest
        else:
            between.append(rest)
    return Cut(tuple(between), tuple(filter(None, refs)))


@lru_cache(maxsize=65_536)
def _ref(text: str) -> Ref | None:
    """A reference from its text; None for a text in quotes, a quoted name, a structured or a lost reference."""
    match = _PARTS.fullmatch(text)
    if match is None:
        return None
    prefix, *groups = match.groups("")
    fixed_left, left, fixed_top, top, fixed_right, right, fixed_bottom, bottom, *lines = groups
    if left:
        row, column = int(top) - 1, column_index(left)
        fixed = (TOP if fixed_top else 0) | (LEFT if fixed_left else 0)
        if not right:
            return Ref(prefix, "cell", row, column, row, column, fixed | fixed << 2)
        fixed |= (BOTTOM if fixed_bottom else 0) | (RIGHT if fixed_right else 0)
        return Ref(prefix, "range", row, column, int(bottom) - 1, column_index(right), fixed)
    fixed_first, first, fixed_last, last, fixed_above, above, fixed_below, below = lines
    if first:
        fixed = TOP | BOTTOM | (LEFT if fixed_first else 0) | (RIGHT if fixed_last else 0)
        return Ref(prefix, "columns", 0, column_index(first), MAX_ROWS - 1, column_index(last), fixed)
    fixed = LEFT | RIGHT | (TOP if fixed_above else 0) | (BOTTOM if fixed_below else 0)
    return Ref(prefix, "rows", int(above) - 1, 0, int(below) - 1, MAX_COLUMNS - 1, fixed)


@lru_cache(maxsize=16_384)
def tokens_between(text: str) -> tuple[Token, ...]:
    """The tokens of a text between two references; together they are the text."""
    return tuple(Token(match.lastgroup or "other", match[0]) for match in _TOKEN.finditer(text))


def tokens(formula: str) -> tuple[Token, ...]:
    """All tokens of a formula, without its leading `=`; their texts put together are the formula."""
    found: list[Token] = []
    pending = ""
    for number, text in enumerate(_REFERENCE.split(formula)):
        if number % 2 and _ref(text) is not None:
            found += (*tokens_between(pending), Token("reference", text))
            pending = ""
        else:
            pending += text
    return (*found, *tokens_between(pending))


def plain_name(name: str) -> str:
    """A name without the prefixes by which files mark newer functions and their variables."""
    match = _PREFIXES.match(name)
    return name if match is None else name[match.end() :]


def number_text(value: float) -> str:
    """A number as a formula writes it; exact to the last bit, whole numbers without a point, `E` in capitals."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value)).upper()
