"""What a quick look at a file's worksheet parts says about its formulas, before anybody parses them.

It is taken while a container is accepted, when every part is inflated anyway, and spares the engines
another pass over the file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from string import ascii_letters, digits

from xlcheck.frozen import dataclass
from xlcheck.workbook.sheet_part import SheetPart

# A function that makes a value out of an error.
SWALLOWS = r"(?:IFERROR|IFNA|IS[A-Z]{2,10}|ERROR\.TYPE|TYPE|AGGREGATE|COUNT[A-Z]{0,10})\("

_SWALLOWS = re.compile(SWALLOWS.encode())
_FORMULA = re.compile(rb"[<:]f[\s/>]")
_OTHER_WORKBOOK = re.compile(rb"\[\d+\]")
_FUNCTION_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_.]*\Z")
# Whatever stands in no name, and is no opening bracket, becomes a space.
_IN_NAMES = bytes(code if chr(code) in f"{ascii_letters}{digits}_.(" else ord(" ") for code in range(256))
# Other ways to write what a formula says: characters as their numbers, sections without markup, comments in between.
_NUMBERED = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[|\]\]>|<\?.*?\?>", re.DOTALL)
_LONGEST_NAME = 32
_PIECE = 2**18
# Of a class's submissions most parts are the same; what was found in one of up to so many bytes is kept.
_SMALL = 2**16


@dataclass(frozen=True)
class FormulaFacts:
    """Facts about a workbook's formulas.

    Attributes:
        beside_swallowing: the functions, and perhaps words of texts, in the worksheets whose formulas also use
            functions that make values out of errors (IFERROR).
        other_workbooks: whether formulas may refer to other workbooks.
        data_tables: whether there are what-if data tables.
        constant: the names of large worksheet parts without any formula, which are read when somebody asks.
    """

    beside_swallowing: frozenset[str]
    other_workbooks: bool
    data_tables: bool
    constant: frozenset[str] = frozenset()


def formula_facts(worksheets: Mapping[str, SheetPart]) -> FormulaFacts:
    """The facts about a workbook with these worksheet parts, by their names."""
    large = {name: part for name, part in worksheets.items() if len(part.content) > _SMALL}
    constant = frozenset(name for name, part in large.items() if not has_formulas(part.kinds.text))
    facts = [_facts_of_small(part.content) for name, part in worksheets.items() if name not in large]
    facts += [_facts_of(part) for name, part in large.items() if name not in constant]
    return FormulaFacts(
        beside_swallowing=frozenset().union(*(found.beside_swallowing for found in facts)),
        other_workbooks=any(found.other_workbooks for found in facts),
        data_tables=any(found.data_tables for found in facts),
        constant=constant,
    )


@lru_cache(maxsize=64)
def _facts_of_small(part: bytes) -> FormulaFacts:
    return _facts_of(SheetPart(part))


def _facts_of(part: SheetPart) -> FormulaFacts:
    """The facts about one worksheet part."""
    if not has_formulas(part.kinds.text):
        return FormulaFacts(frozenset(), other_workbooks=False, data_tables=False)
    part = _plainly(part)
    swallows = _SWALLOWS.search(part.kinds.text.upper()) is not None
    return FormulaFacts(
        beside_swallowing=frozenset(functions_in(part.content)) if swallows else frozenset(),
        other_workbooks=part.says(b"[") and _OTHER_WORKBOOK.search(part.content) is not None,
        data_tables=part.says(b"dataTable"),
    )


def _plainly(part: SheetPart) -> SheetPart:
    """A worksheet part in which formulas stand letter by letter, as nearly all are written."""
    text = part.kinds.text
    marked, numbered = b"<!" in text or b"<?" in text[2:], b"&#" in text
    if not (marked or numbered):
        return part
    content = _MARKUP.sub(b"", part.content) if marked else part.content
    return SheetPart(_NUMBERED.sub(_character, content) if numbered else content)


def _character(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2])
    return chr(number).encode("utf-8", "surrogatepass") if number <= sys.maxunicode else b""


def has_formulas(part: bytes) -> bool:
    """Whether a worksheet part has any formula; a part with texts that look like one may pass for one that has."""
    # A single character is found several times as fast as two, and cells that hold numbers have no such letter.
    place = part.find(b"f")
    while place >= 0:
        if _FORMULA.match(part, place - 1):
            return True
        place = part.find(b"f", place + 1)
    return False


def functions_in(part: bytes) -> set[str]:
    """Whatever stands before an opening bracket: every function, and perhaps words of texts; the ends of long names."""
    words: set[bytes] = set()
    rest = b""
    for start in range(0, len(part), _PIECE):
        *pieces, rest = (rest + part[start : start + _PIECE].translate(_IN_NAMES)).split(b"(")
        words.update([piece.rpartition(b" ")[2] for piece in pieces])
        rest = rest[-_LONGEST_NAME:]
    return {name[0].decode("ascii") for name in map(_FUNCTION_NAME.search, words) if name}
