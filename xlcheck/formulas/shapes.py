"""The shape of a formula: its text with every reference as a distance from the cell; and the same shape elsewhere.

Cells that were filled from one another have the same shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xlcheck.formulas.addresses import cell_name, column_index

_REFERENCE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
      | (?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<fixed_column>\$?)(?P<column>[A-Za-z]{1,3})
        (?P<fixed_row>\$?)(?P<row>\d{1,7})(?![\w.(!])""",
    re.VERBOSE,
)
_GROUPS = _REFERENCE.groups
_SOME = 0.2
_BEFORE = re.compile(r"[\w.]")


@lru_cache(maxsize=200_000)
def shape_of(formula: str, row: int, column: int) -> str:
    """A formula with its references as distances: `R[-1]C[0]`, fixed parts as they are.

    Args:
        formula: its text, without `=`.
        row: where it stands, from 0.
        column: the same.
    """

    def relative(match: re.Match[str]) -> str:
        if match["text"] is not None or _inside_a_word(match):
            return match[0]
        down, right = int(match["row"]) - 1, column_index(match["column"])
        r = f"R{down + 1}" if match["fixed_row"] else f"R[{down - row}]"
        c = f"C{right + 1}" if match["fixed_column"] else f"C[{right - column}]"
        return f"{match['sheet'] or ''}{r}{c}"

    return _REFERENCE.sub(relative, formula)


def skeleton(formula: str) -> str:
    """A formula with every reference and number blotted out: what is done, but not with what."""
    text = _REFERENCE.sub(lambda m: m[0] if m["text"] is not None or _inside_a_word(m) else "#", formula)
    return re.sub(r"(?<![\w.])\d+(?:\.\d+)?", "0", text)


def moved(formula: str, down: int, right: int) -> str | None:
    """A formula as it becomes when it is filled so many rows down and columns to the right; None beyond the sheet."""
    text, end = "", 0
    for match in _references(formula):
        reference = _at(match, 0 if match["fixed_row"] else down, 0 if match["fixed_column"] else right)
        if reference is None:
            return None
        text += formula[end : match.start()] + reference
        end = match.end()
    return text + formula[end:]


def operands(formula: str) -> list[tuple[re.Match[str], re.Match[str]]]:
    """The ranges that a formula names, in the order of its text: first and last corner, the same for a single cell."""
    found: list[tuple[re.Match[str], re.Match[str]]] = []
    for match in _references(formula):
        if found and formula[found[-1][1].end() : match.start()] == ":":
            found[-1] = (found[-1][0], match)
        else:
            found.append((match, match))
    return found


def with_operand(formula: str, number: int, first: tuple[int, int], last: tuple[int, int]) -> str | None:
    """A formula with one of its ranges changed: rows and columns added to its first and to its last corner."""
    corners = operands(formula)[number]
    changed = [_at(match, *by) for match, by in zip(corners, (first, last), strict=True)]
    if None in changed:
        return None
    text = f"{changed[0]}:{changed[1]}" if corners[0] is not corners[1] else str(changed[0])
    return formula[: corners[0].start()] + text + formula[corners[1].end() :]


def _at(match: re.Match[str], down: int, right: int) -> str | None:
    row, column = row_of(match) + down, column_of(match) + right
    if row < 0 or column < 0:
        return None
    fixed = {"fixed_row": bool(match["fixed_row"]), "fixed_column": bool(match["fixed_column"])}
    return (match["sheet"] or "") + cell_name(row, column, **fixed)


def is_filled_from(formula: str, place: tuple[int, int], other: str, elsewhere: tuple[int, int]) -> bool:
    """Whether a formula is what another one becomes elsewhere, whichever of its references move with the cell.

    Args:
        formula: a formula, without `=`.
        place: its row and column.
        other: the formula in question.
        elsewhere: its row and column.
    """
    down, right = elsewhere[0] - place[0], elsewhere[1] - place[1]
    ours, theirs = _REFERENCE.split(formula), _REFERENCE.split(other)
    if len(ours) != len(theirs) or ours[:: _GROUPS + 1] != theirs[:: _GROUPS + 1]:
        return False
    for i in range(1, len(ours), _GROUPS + 1):
        a, b = ours[i : i + _GROUPS], theirs[i : i + _GROUPS]
        if a == b:
            continue
        if a[0] != b[0] or a[1] != b[1] or a[3] is None or b[3] is None:
            return False
        rows, columns = int(b[5]) - int(a[5]), column_index(b[3]) - column_index(a[3])
        if rows not in (0, down) or columns not in (0, right):
            return False
    return True


@dataclass(frozen=True)
class Filled:
    """A formula and where it stands.

    Attributes:
        formula: its text, without `=`.
        row: the cell's row, from 0.
        column: its column.
    """

    formula: str
    row: int
    column: int


def expected(cells: Sequence[Filled]) -> list[str | None]:
    """For formulas of one skeleton, what each would be if it read its cells as most of the others do.

    Every row and every column of a reference is either fixed, or moves with the cell; which of the two is
    judged by all formulas together, so that a table filled by hand with fixed references is understood as well.

    Returns:
        For each formula the expected one; None where it is as expected, or would lie outside of the sheet.
    """
    references = [list(_references(cell.formula)) for cell in cells]
    count = min(map(len, references))
    rules = []
    for i in range(count):
        pairs = [(cell, own[i]) for cell, own in zip(cells, references, strict=True)]
        rows = [(cell.row, row_of(match), bool(match["fixed_row"])) for cell, match in pairs]
        columns = [(cell.column, column_of(match), bool(match["fixed_column"])) for cell, match in pairs]
        rules.append((_rule(rows), _rule(columns)))
    return [_rewritten(cell, own, rules) for cell, own in zip(cells, references, strict=True)]


Rule = tuple[str, int]


def _rule(places: Sequence[tuple[int, int, bool]]) -> Rule:
    """Fixed at a place, or at a distance from the cell: what most references have in common."""
    votes: Counter[Rule] = Counter()
    for own, place, fixed in places:
        votes["moves", place - own] += 2
        votes["fixed", place] += 2 if fixed else 1  # without a dollar sign it may still be meant so
    best = max(votes, key=lambda rule: (votes[rule], rule == ("moves", 0), rule[0] == "fixed", -abs(rule[1])))
    straight = ("moves", 0)
    # Nobody reads the next column on purpose where some of the formulas read their own.
    is_askew = best[0] == "moves" and best != straight and votes[straight] >= _SOME * votes[best]
    return straight if is_askew else best


def _rewritten(cell: Filled, references: Sequence[re.Match[str]], rules: Sequence[tuple[Rule, Rule]]) -> str | None:
    text, end, changed = "", 0, False
    for match, (row_rule, column_rule) in zip(references, rules, strict=False):
        row = row_rule[1] + (cell.row if row_rule[0] == "moves" else 0)
        column = column_rule[1] + (cell.column if column_rule[0] == "moves" else 0)
        if row < 0 or column < 0:
            return None
        changed = changed or (row, column) != (row_of(match), column_of(match))
        fixed = {"fixed_row": bool(match["fixed_row"]), "fixed_column": bool(match["fixed_column"])}
        text += cell.formula[end : match.start()] + (match["sheet"] or "") + cell_name(row, column, **fixed)
        end = match.end()
    return text + cell.formula[end:] if changed else None


def _references(formula: str) -> Iterator[re.Match[str]]:
    for match in _REFERENCE.finditer(formula):
        if match["text"] is None and not _inside_a_word(match):
            yield match


def row_of(match: re.Match[str]) -> int:
    """The row of a reference, from 0."""
    return int(match["row"]) - 1


def column_of(match: re.Match[str]) -> int:
    """The column of a reference, from 0."""
    return column_index(match["column"])


def _inside_a_word(match: re.Match[str]) -> bool:
    """Whether the letters and digits belong to a longer name: `LOG10`, `_A1`."""
    start = match.start()
    return start > 0 and _BEFORE.match(match.string[start - 1]) is not None
