"""Formulas that carry a state on where a step is skipped, as `=IF(D5=0, G4, TANH(…))` does where D5 is 0 or blank."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import operands, shape_of, skeleton
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, single_cell, walk
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.asked_beginnings import as_begun
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.masked_scores import masked_scores
from xlcheck.handmade.reading.offsets import offset_on_sheet
from xlcheck.workbook.content import Value

_SIDE, _BENT = re.compile(r"<(?!>)|(?<!<)>"), re.compile(r"\b(?:EXP|TANH)\(", re.IGNORECASE)
_EQUAL = frozenset({"=", "<>"})
_COMPARES = _EQUAL | {">", "<"}
NOTHING = (None, "", 0.0, False)
"""What stands where a step is skipped: nothing, or a mask or code of 0."""


@dataclass(frozen=True)
class Choice:
    """A formula that carries a state on or computes the next one.

    Attributes:
        tested: the cell that says which.
        carried: the state that it carries on; None for a first step, before which it is 0.
        whole: the formula.
        branch: which of its arguments computes.
        is_skipped: whether it carries the state on today.
    """

    tested: Address
    carried: Address | None
    whole: FunctionCall
    branch: int
    is_skipped: bool

    @property
    def taken(self) -> str:
        """The formula of the branch that is taken."""
        return unparse(self.whole.arguments[3 - self.branch if self.is_skipped else self.branch])

    @property
    def computed(self) -> str:
        """What the branch does that computes, with `#` for what it reads."""
        return skeleton(unparse(self.whole.arguments[self.branch]))

    def with_computed(self, formula: str) -> str | None:
        """The whole formula with another one in the branch that computes, both with `=`; None if nobody can read it."""
        node = parsed(formula.removeprefix("="))
        if node is None:
            return None
        arguments = [*self.whole.arguments]
        arguments[self.branch] = node
        return f"={unparse(replace(self.whole, arguments=tuple(arguments)))}"


def choices(table: CellTable, values: CellValues) -> Mapping[Address, Choice]:
    """The formulas that carry a state on where a step is skipped; none if any does so where one is not.

    Args:
        table: the cells.
        values: what they hold.
    """
    found = dict(_choices(table, values))
    natural = all(own.is_skipped == (table.value(own.tested, values) in NOTHING) for own in found.values())
    return found if natural and len({own.is_skipped for own in found.values()}) > 1 else {}


def tried(found: Mapping[Address, Choice], table: CellTable) -> set[Address]:
    """Those of them of which each branch is taken by one that was filled like it, or does the same at another step.

    Args:
        found: the formulas.
        table: the cells.
    """
    alike: dict[object, list[Address]] = defaultdict(list)
    for cell in found:
        alike[shape_of(table.texts[cell], *cell[1:])].append(cell)
    groups = [*alike.values(), *_doing_the_same(found, table)]
    return {
        cell for cells in groups if not _is_fed_back(cells, found) for cell in cells
        if len({found[own].is_skipped for own in cells}) > 1
        or (len(cells) > 1 and found[cell].carried is None)  # 0 is 0, whatever the mask
    }  # fmt: skip


def _is_fed_back(cells: Collection[Address], found: Mapping[Address, Choice]) -> bool:
    """Whether formulas that are 0 where a step is skipped read one another: then they are no first steps."""
    read = {
        single_cell(node, cell[0])
        for cell in cells if found[cell].carried is None for node in walk(found[cell].whole)
    }  # fmt: skip
    return not read.isdisjoint(cells)


def _doing_the_same(found: Mapping[Address, Choice], table: CellTable) -> Iterator[list[Address]]:
    """The formulas that do the same with weights in the same cells, inputs as far from the mask, and states together.

    Where masks stand together, a formula is not filled from one step to the next.
    """
    states = found.keys() | {own.carried for own in found.values()}
    does: dict[object, dict[Address, list[Address]]] = defaultdict(dict)
    for cell, own in found.items():
        areas = [ref.area(cell[0]) for ref in operands(table.texts[cell])]
        condition = own.whole.arguments[0]
        asked = [node.value for node in walk(condition) if isinstance(node, Literal)]
        signs = [node.symbol for node in walk(condition) if isinstance(node, Operator)]
        sizes = [(area.rows, area.columns) for area in areas]
        key = (skeleton(table.texts[cell]), *asked, *signs, *sizes, *map(areas.index, areas))
        does[key][cell] = [(area.sheet, area.top, area.left) for area in areas]
    for read in does.values():
        groups: dict[object, list[Address]] = defaultdict(list)
        usual = [Counter(own).most_common(1)[0] for own in zip(*read.values(), strict=True)]
        fixed = {n for n, (_, count) in enumerate(usual) if 2 * count > len(read)}
        for cell, cells in read.items():
            mask, state = found[cell].tested, found[cell].carried or found[cell].tested
            where = [
                place if number in fixed else offset_on_sheet(state if place in states else mask, place)
                for number, place in enumerate(cells)
            ]
            groups[tuple(where)].append(cell)
        yield from groups.values()


def as_taken(table: CellTable, values: CellValues) -> CellTable:
    """The cells with the branches that are taken where steps are skipped, if others that were filled take the rest.

    And where samples begin, if steps ask for that; and where scores are masked.

    Args:
        table: the cells; the same are returned where no step is skipped.
        values: what they hold.
    """
    found = choices(table, values)
    texts = as_begun(table) | {cell: found[cell].taken for cell in tried(found, table)}
    texts |= {cell: own.taken for cell, own in masked_scores(table, values).items()}
    return table.with_texts(texts) if texts else table


def _choices(table: CellTable, values: CellValues) -> Iterator[tuple[Address, Choice]]:
    for cell, text in table.texts.items():
        node = parsed(text) if text[:3].upper() == "IF(" and cell not in table.arrays else None
        if not isinstance(node, FunctionCall) or node.name != "IF" or len(node.arguments) != 3:
            continue
        condition, *branches = node.arguments
        carrying = [number for number, own in enumerate(branches, 1) if isinstance(own, Reference | Literal)]
        asked = single_cell(_tested(condition), cell[0]) if len(carrying) == 1 else None
        if asked is None or _is_decision(asked, table):
            continue
        carried, computed = node.arguments[carrying[0]], node.arguments[3 - carrying[0]]
        before = single_cell(carried, cell[0]) if isinstance(carried, Reference) else None
        if before is None:
            read = {single_cell(own, cell[0]) for own in walk(computed) if isinstance(own, Reference)}
            is_one = isinstance(carried, Literal) and carried.value == 0
            is_one = is_one and (asked not in read or _asks_whether_equal(condition))  # a relu asks which is larger
            state: Value = 0.0
        else:
            is_one = table.is_formula(before) or table.is_number(before)
            state = table.value(before, values)
        if is_one:
            yield cell, Choice(asked, before, node, 3 - carrying[0], table.value(cell, values) == state)


def _is_decision(cell: Address, table: CellTable) -> bool:
    """Whether a cell says of a share, or of a state between -1 and 1, on which side of a number it is: no mask does."""
    text = table.texts.get(cell, "")
    read = (ref.area(cell[0]) for ref in operands(text)) if _SIDE.search(text) else ()
    return any(_BENT.search(table.texts.get((own.sheet, own.top, own.left), "")) for own in read)


def _asks_whether_equal(condition: Node) -> bool:
    return isinstance(condition, Operator) and condition.symbol in _EQUAL


def _tested(condition: Node) -> Node | None:
    """The cell that a condition compares with a number or a word."""
    match condition:
        case Operator(symbol=symbol, operands=(own, Literal()) | (Literal(), own)) if symbol in _COMPARES:
            return own
    return condition
