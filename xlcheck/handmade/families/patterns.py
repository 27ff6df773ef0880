"""Formulas that break the pattern of their neighbours: a warning where nobody can say what is right.

People fill formulas down and to the right. Formulas of one skeleton that stand in a row, a column, or a block of equal
rows are a family, and each of their references is fixed, or moves with the cell, or goes on from one to the next. Where
at least three in four read as one such rule says, the others are suspects. A family whose first or last line differs as
a whole is none: a calculation may well begin or end in another way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Cut, Ref, cut
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.verdicts.report import CellWarning
from xlcheck.workbook.content import Value

_MAJORITY = 3
"""So many formulas at least, and so many for each suspect, have to follow the pattern."""
_MOST = 50_000
"""Formulas of one skeleton on a worksheet that are looked at."""

Place = tuple[int, int]


@dataclass(frozen=True)
class _Rule:
    """How one coordinate of a reference follows from the place of its cell: `start + down·row + right·column`.

    Rows and columns are those of the worksheet, or are counted within the family where these are spaced unevenly.
    """

    counted: bool
    down: int
    right: int
    start: int


@dataclass(frozen=True)
class _Broken:
    """A formula, what its family would have in its place, and how many say so."""

    cell: Address
    wanted: Cut
    followers: int


def broken_patterns(table: CellTable, among: Collection[Address]) -> tuple[CellWarning, ...]:
    """The formulas that break the pattern of their neighbours, in the order of the workbook.

    Args:
        table: all cells.
        among: the formula cells that nobody has a verdict on.
    """
    return tuple(_warning(broken, table) for broken in _broken_among(table, among))


def out_of_place(table: CellTable, values: CellValues, among: Collection[Address]) -> Iterator[str]:
    """Why formulas that agree with Keras may yet be those of other cells: two rows exchanged, say, in a sentence each.

    Args:
        table: all cells.
        values: what they hold.
        among: the formula cells that agree.
    """
    for broken in _broken_among(table, among):
        own = cut(table.texts[broken.cell]).refs
        if _reads_a_result(table, broken.cell[0], own, broken.wanted.refs):
            continue
        if any(
            _numbers(table, values, broken.cell[0], a) != _numbers(table, values, broken.cell[0], b)
            for a, b in zip(own, broken.wanted.refs, strict=True)
        ):
            yield f"{_warning(broken, table).message}; it is right only if that is meant"


def _reads_a_result(table: CellTable, sheet: str, own: Sequence[Ref], wanted: Sequence[Ref]) -> bool:
    """Whether a formula reads one computed cell where the pattern has a typed number: a state beside copied weights."""
    odd = [(a, b) for a, b in zip(own, wanted, strict=True) if a != b]
    if len(odd) != len(own) or any(ref.kind != "cell" for pair in odd for ref in pair):
        return False
    cells = [[(ref.sheet or sheet, ref.top, ref.left) for ref in pair] for pair in odd]
    return all(table.is_formula(one) and table.is_number(other) for one, other in cells)


def as_in_pattern(table: CellTable) -> Iterator[tuple[Address, str, int]]:
    """The formulas that break the pattern of their neighbours: cell, what stands there by the pattern, how many follow.

    Args:
        table: all cells.
    """
    for broken in _all_broken(table).values():
        yield broken.cell, broken.wanted.with_refs(broken.wanted.refs), broken.followers


def _numbers(table: CellTable, values: CellValues, sheet: str, ref: Ref) -> list[Value]:
    """What stands in the cells of a reference; only its corners where it is a large one."""
    area = Range(ref.sheet or sheet, ref.top, ref.left, ref.bottom - ref.top + 1, ref.right - ref.left + 1)
    cells = area.cells() if 0 < area.size <= _MOST else [(ref.top, ref.left), (ref.bottom, ref.right)]
    return [table.value((area.sheet, *cell), values) for cell in cells]


def _broken_among(table: CellTable, among: Collection[Address]) -> list[_Broken]:
    found = _all_broken(table)
    return [found[cell] for cell in table.texts if cell in found and cell in among]


@lru_cache(maxsize=1)  # a report asks for those without a verdict, and for those with one
def _all_broken(table: CellTable) -> dict[Address, _Broken]:
    found: dict[Address, _Broken] = {}
    for family in _families(table):
        for broken in _suspects(family, table):
            known = found.get(broken.cell)
            if known is None or known.followers < broken.followers:
                found[broken.cell] = broken
    return found


Family = Sequence[Address]


def _families(table: CellTable) -> Iterator[Family]:
    """Blocks, rows and columns of formulas of one skeleton."""
    groups: dict[tuple[str, str], list[Address]] = defaultdict(list)
    for cell, text in table.texts.items():
        own = cut(text)
        if cell not in table.arrays and own.refs:
            groups[cell[0], skeleton(text)].append(cell)
    for (sheet, _), cells in groups.items():
        if _MAJORITY < len(cells) <= _MOST:
            places = [cell[1:] for cell in cells]
            turned = [(column, row) for row, column in places]
            seen = {*_blocks(places), *(tuple((r, c) for c, r in block) for block in _blocks(turned))}
            for block in sorted(seen):
                yield [(sheet, *place) for place in block]


def _blocks(places: Sequence[Place]) -> Iterator[tuple[Place, ...]]:
    """Each row, and rows next to each other that hold cells in the same columns."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, column in sorted(places):
        rows[row].append(column)
    block: list[Place] = []
    last = (-2, list[int]())
    for row, columns in rows.items():
        line = [(row, column) for column in columns]
        yield tuple(line)
        if (row - 1, columns) != last and block:
            yield tuple(block)
            block = []
        block += line
        last = row, columns
    yield tuple(block)


def _suspects(family: Family, table: CellTable) -> Iterator[_Broken]:
    """The cells of a family that read other cells than its pattern says."""
    while len(family) > _MAJORITY:
        cuts = [cut(table.texts[cell]) for cell in family]
        wanted = _pattern(family, [own.refs for own in cuts])
        if wanted is None:
            return
        broken = {
            cell: refs
            for cell, own, refs in zip(family, cuts, wanted, strict=True)
            if cells_read(own.refs) != cells_read(refs)
        }
        followers = len(family) - len(broken)
        if followers < _MAJORITY * max(1, len(broken)):
            return
        edge = _edge(family, broken, table)
        if not edge:
            for cell, refs in broken.items():
                own = cut(table.texts[cell])
                if _reads_nothing(cell, refs, own.refs, table):  # as of a first layer, which reads what is given
                    continue
                if is_a_slip(own.refs, refs) or _reads_nothing(cell, own.refs, refs, table):
                    yield _Broken(cell, Cut(own.between, refs), followers)
            return
        family = [cell for cell in family if cell not in edge]


def is_a_slip(own: Sequence[Ref], wanted: Sequence[Ref]) -> bool:
    """Whether a formula has something of its pattern: a reference, or a row or a column of its only one.

    One that reads nothing of what it should is another formula that happens to look alike, such as another product.
    So is one that stands where the pattern leaves the sheet.

    Args:
        own: the references of the formula.
        wanted: those by the pattern.
    """
    if min(min(ref[2:6]) for ref in wanted) < 0:
        return False
    if len(own) > 1:
        return any(a == b for a, b in zip(cells_read(own), cells_read(wanted), strict=True))
    (a,), (b,) = own, wanted
    return any(a[corner] == b[corner] for corner in range(2, 6))


def _reads_nothing(cell: Address, own: Sequence[Ref], other: Sequence[Ref], table: CellTable) -> bool:
    """Whether some references read an empty cell or a word where others have a number or a formula."""
    for here, there in zip(own, other, strict=True):
        if here.kind == "cell" and min(there[2:6]) >= 0:
            read, meant = (((ref.sheet or cell[0]), ref.top, ref.left) for ref in (here, there))
            if (read in table.words or read not in table.index) and (table.is_number(meant) or table.is_formula(meant)):
                return True
    return False


def cells_read(refs: Sequence[Ref]) -> list[tuple[object, ...]]:
    """What references read, whatever is fixed in them.

    Args:
        refs: the references.
    """
    return [ref[:6] for ref in refs]


def _pattern(family: Family, refs: Sequence[Sequence[Ref]]) -> list[tuple[Ref, ...]] | None:
    """What each cell would read by the rules that most cells follow; None if there are none."""
    rows = {row: number for number, row in enumerate(sorted({row for _, row, _ in family}))}
    columns = {column: number for number, column in enumerate(sorted({column for *_, column in family}))}
    counted = [(rows[row], columns[column]) for _, row, column in family]
    absolute = [(row, column) for _, row, column in family]
    wanted: list[list[Ref]] = [[] for _ in family]
    for own in zip(*refs, strict=True):
        prefix, most = Counter(ref.prefix for ref in own).most_common(1)[0]
        if _MAJORITY * len(own) > (_MAJORITY + 1) * most:
            return None
        kind, fixed = Counter((ref.kind, ref.fixed) for ref in own).most_common(1)[0][0]
        corners: list[list[int]] = []
        for corner in range(2, 6):
            rule = _rule([ref[corner] for ref in own], absolute, counted)
            if rule is None:
                return None
            places = counted if rule.counted else absolute
            corners.append([rule.start + rule.down * row + rule.right * column for row, column in places])
        for found, ref, top, left, bottom, right in zip(wanted, own, *corners, strict=True):
            found.append(Ref(prefix, kind, top, left, bottom, right, ref.fixed if ref.kind == kind else fixed))
    return [tuple(own) for own in wanted]


def _rule(values: Sequence[int], absolute: Sequence[Place], counted: Sequence[Place]) -> _Rule | None:
    """The rule that most values follow, if at least three in four do; the plainest of those that are equally good."""
    best, most = None, 0
    for is_counted, down, right in chain(_FILLED, _going_on(values, counted)):
        if most == len(values):
            break
        places = counted if is_counted else absolute
        starts = Counter(
            value - down * row - right * column for value, (row, column) in zip(values, places, strict=True)
        )
        start, followers = starts.most_common(1)[0]
        if followers > most:
            best, most = _Rule(is_counted, down, right, start), followers
    return best if (_MAJORITY + 1) * most >= _MAJORITY * len(values) else None


_FILLED = ((False, 0, 0), (False, 1, 0), (False, 0, 1))
"""What a reference does that was filled: it stays, or it moves with its cell; also with rows for columns."""


def _going_on(values: Sequence[int], counted: Sequence[Place]) -> Iterator[tuple[bool, int, int]]:
    """How far references go from one cell to the next, down and to the right, by most pairs of neighbours."""
    by_place = dict(zip(counted, values, strict=True))
    down = Counter(by_place[r + 1, c] - value for (r, c), value in by_place.items() if (r + 1, c) in by_place)
    right = Counter(by_place[r, c + 1] - value for (r, c), value in by_place.items() if (r, c + 1) in by_place)
    if len(values) > _MAJORITY + 1:  # a straight line is no pattern of three formulas
        yield True, down.most_common(1)[0][0] if down else 0, right.most_common(1)[0][0] if right else 0


def _edge(family: Family, broken: Mapping[Address, Sequence[Ref]], table: CellTable) -> set[Address]:
    """The first or the last line of a family, if it breaks the pattern as a whole, and in one way or apart from it.

    So may that of each block, if it is the same formula in all blocks that the family goes through.
    """
    for axis in (0, 1):
        lines = sorted({cell[1:][axis] for cell in family})
        for line, beside in ((lines[0], lines[1]), (lines[-1], lines[-2])) if len(lines) > 1 else ():
            own = {cell for cell in family if cell[1:][axis] == line}
            if own <= broken.keys():
                ways = {_difference(cell, broken[cell], table) for cell in own}
                if len(ways) == 1 or (abs(line - beside) > 1 and len(own) > 1):
                    return own | _edges_of_others(own, axis, lines, family, table)
    return set()


def _edges_of_others(
    edge: Collection[Address], axis: int, lines: Sequence[int], family: Family, table: CellTable
) -> set[Address]:
    """The same line of each other block of a family, one behind the other; none if one is another formula there."""
    runs = [[lines[0]]]
    for before, line in pairwise(lines):
        if line - before > 1:
            runs.append([])
        runs[-1].append(line)
    last = min(edge)[1:][axis] == lines[-1]
    others = {run[-1] if last else run[0] for run in runs}
    known = {cell for cell in family if cell[1:][axis] in others}
    shapes = {(cell[2 - axis], shape_of(table.texts[cell], *cell[1:])) for cell in known}
    is_even = len({*map(len, runs)}) == 1 and len(runs[0]) > _MAJORITY - 1
    return known if is_even and len(shapes) == len(edge) else set()


def _difference(cell: Address, wanted: Sequence[Ref], table: CellTable) -> tuple[object, ...]:
    """How the references of a formula differ from those of its pattern."""
    own = cut(table.texts[cell]).refs
    return tuple(
        (a.prefix == b.prefix, *(x - y for x, y in zip(a[2:6], b[2:6], strict=True)))
        for a, b in zip(own, wanted, strict=True)
    )


def _warning(broken: _Broken, table: CellTable) -> CellWarning:
    own = cut(table.texts[broken.cell])
    pairs = [(str(a), str(b)) for a, b in zip(own.refs, broken.wanted.refs, strict=True) if a[:6] != b[:6]]
    reads, others = (", ".join(dict.fromkeys(texts)) for texts in zip(*pairs, strict=True))
    expected = f"={broken.wanted.with_refs(broken.wanted.refs)}"
    return CellWarning(
        broken.cell[0], cell_name(*broken.cell[1:]), f"={table.texts[broken.cell]}", expected,
        f"{show(broken.cell)} reads {reads} where the pattern of {broken.followers} formulas around it gives {others}",
    )  # fmt: skip
