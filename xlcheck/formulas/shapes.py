"""The shape of a formula: its text with every reference as a distance from the cell; and the same shape elsewhere.

Cells that were filled from one another have the same shape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache

from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, Ref, cut, tokens_between
from xlcheck.frozen import dataclass

_SOME = 0.2


@lru_cache(maxsize=200_000)
def shape_of(formula: str, row: int, column: int) -> str:
    """A formula, without `=`, with its references as distances from a cell: `R[-1]C[0]`, fixed parts as they are."""
    between, refs = cut(formula)
    parts = [between[0]]
    for ref, rest in zip(refs, between[1:], strict=True):
        prefix, kind, top, left, bottom, right, fixed = ref
        parts.append(prefix)
        parts.append(f"R{top + 1}" if fixed & TOP else f"R[{top - row}]")
        parts.append(f"C{left + 1}" if fixed & LEFT else f"C[{left - column}]")
        if kind != "cell":
            parts.append(f":R{bottom + 1}" if fixed & BOTTOM else f":R[{bottom - row}]")
            parts.append(f"C{right + 1}" if fixed & RIGHT else f"C[{right - column}]")
        parts.append(rest)
    return "".join(parts)


@lru_cache(maxsize=200_000)
def skeleton(formula: str) -> str:
    """A formula with every reference and number blotted out: what is done, but not with what."""
    between, refs = cut(formula)
    parts = [_without_numbers(between[0])]
    for ref, rest in zip(refs, between[1:], strict=True):
        parts.append("#" if ref.kind == "cell" else "#:#")
        parts.append(_without_numbers(rest))
    return "".join(parts)


@lru_cache(maxsize=16_384)
def _without_numbers(text: str) -> str:
    return "".join(["0" if kind == "number" else part for kind, part in tokens_between(text)])


def moved(formula: str, down: int, right: int) -> str | None:
    """A formula as it becomes when it is filled so many rows down and columns to the right; None beyond the sheet."""
    text = cut(formula)
    refs = [ref.moved(down, right) for ref in text.refs]
    return None if None in refs else text.with_refs(refs)


def operands(formula: str) -> tuple[Ref, ...]:
    """The ranges that a formula names, in the order of its text."""
    return cut(formula).refs


def with_operand(formula: str, number: int, first: tuple[int, int], last: tuple[int, int]) -> str | None:
    """A formula with one of its ranges changed: rows and columns added to its first and to its last corner."""
    text = cut(formula)
    changed = text.refs[number].shifted(first, last)
    return None if changed is None else text.with_refs([*text.refs[:number], changed, *text.refs[number + 1 :]])


def with_operands_moved(formula: str, numbers: Collection[int], away: tuple[int, int]) -> str | None:
    """A formula with some of its ranges so many rows and columns further, fixed or not; None beyond the sheet."""
    text = cut(formula)
    refs = [ref.shifted(away, away) if number in numbers else ref for number, ref in enumerate(text.refs)]
    return None if None in refs else text.with_refs(refs)


def is_filled_from(formula: str, place: tuple[int, int], other: str, elsewhere: tuple[int, int]) -> bool:
    """Whether a formula is what another one becomes elsewhere, whichever of its references move with the cell.

    Both are without `=`; a place is a row and a column.
    """
    ours, theirs = cut(formula), cut(other)
    if ours.between != theirs.between:
        return False
    rows, columns = (0, elsewhere[0] - place[0]), (0, elsewhere[1] - place[1])
    return all(
        a.prefix == b.prefix
        and a.kind == b.kind
        and b.top - a.top in rows
        and b.left - a.left in columns
        and b.bottom - a.bottom in rows
        and b.right - a.right in columns
        for a, b in zip(ours.refs, theirs.refs, strict=True)
    )


@dataclass(frozen=True)
class Filled:
    """A formula and where it stands.

    Attributes:
        formula: its text, without `=`.
        row: the cell's row, from 0.
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
    rules = []
    for own in zip(*[cut(cell.formula).refs for cell in cells], strict=True):
        rules.append((
            _rule([(cell.row, ref.top, ref.fixed & TOP) for cell, ref in zip(cells, own, strict=True)]),
            _rule([(cell.column, ref.left, ref.fixed & LEFT) for cell, ref in zip(cells, own, strict=True)]),
            _rule([(cell.row, ref.bottom, ref.fixed & BOTTOM) for cell, ref in zip(cells, own, strict=True)]),
            _rule([(cell.column, ref.right, ref.fixed & RIGHT) for cell, ref in zip(cells, own, strict=True)]),
        ))  # fmt: skip
    return [_rewritten(cell, rules) for cell in cells]


Rule = tuple[str, int]


def _rule(places: Sequence[tuple[int, int, int]]) -> Rule:
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


def _rewritten(cell: Filled, rules: Sequence[Sequence[Rule]]) -> str | None:
    text = cut(cell.formula)
    refs = []
    for ref, own in zip(text.refs, rules, strict=True):
        starts = (cell.row, cell.column) * 2
        top, left, bottom, right = (
            place + (start if how == "moves" else 0) for (how, place), start in zip(own, starts, strict=True)
        )
        changed = ref.shifted((top - ref.top, left - ref.left), (bottom - ref.bottom, right - ref.right))
        if changed is None:
            return None
        refs.append(changed)
    return None if tuple(refs) == text.refs else text.with_refs(refs)
