"""Formulas that carry a state on where a step is skipped, as `=IF(D5=0, G4, TANH(…))` does where D5 is 0 or blank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.shapes import shape_of
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, single_cell
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.reading.cells import CellTable, CellValues

_COMPARES = frozenset({"=", "<>", ">", "<"})
_NOTHING = (None, "", 0.0, False)
"""What stands where a step is skipped: nothing, or a mask or code of 0."""


@dataclass(frozen=True)
class Choice:
    """A formula that carries a state on or computes the next one.

    Attributes:
        tested: the cell that says which.
        carried: the state that it carries on.
        whole: the formula.
        branch: which of its arguments computes.
        is_skipped: whether it carries the state on today.
    """

    tested: Address
    carried: Address
    whole: FunctionCall
    branch: int
    is_skipped: bool

    @property
    def taken(self) -> str:
        """The formula of the branch that is taken."""
        return unparse(self.whole.arguments[3 - self.branch if self.is_skipped else self.branch])

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
    natural = all(own.is_skipped == (table.value(own.tested, values) in _NOTHING) for own in found.values())
    return found if natural and len({own.is_skipped for own in found.values()}) > 1 else {}


def tried(found: Mapping[Address, Choice], table: CellTable) -> set[Address]:
    """Those of them of which each branch is taken by one that was filled like it.

    Args:
        found: the formulas.
        table: the cells.
    """
    alike: dict[str, list[Address]] = defaultdict(list)
    for cell in found:
        alike[shape_of(table.texts[cell], *cell[1:])].append(cell)
    return {c for cells in alike.values() if len({found[cell].is_skipped for cell in cells}) > 1 for c in cells}


def as_taken(table: CellTable, values: CellValues) -> CellTable:
    """The cells with the branches that are taken where steps are skipped, if others that were filled take the rest.

    Args:
        table: the cells; the same are returned where no step is skipped.
        values: what they hold.
    """
    found = choices(table, values)
    return table.with_texts({cell: found[cell].taken for cell in tried(found, table)}) if found else table


def _choices(table: CellTable, values: CellValues) -> Iterator[tuple[Address, Choice]]:
    for cell, text in table.texts.items():
        node = parsed(text) if text[:3].upper() == "IF(" and cell not in table.arrays else None
        if not isinstance(node, FunctionCall) or node.name != "IF" or len(node.arguments) != 3:
            continue
        condition, *branches = node.arguments
        carrying = [number for number, own in enumerate(branches, 1) if isinstance(own, Reference)]
        if len(carrying) != 1 or any(isinstance(own, Literal) for own in branches):
            continue
        asked, before = (single_cell(own, cell[0]) for own in (_tested(condition), node.arguments[carrying[0]]))
        if asked is not None and before is not None and (table.is_formula(before) or table.is_number(before)):
            is_skipped = table.value(cell, values) == table.value(before, values)
            yield cell, Choice(asked, before, node, 3 - carrying[0], is_skipped)


def _tested(condition: Node) -> Node | None:
    """The cell that a condition compares with a number or a word."""
    match condition:
        case Operator(symbol=symbol, operands=(own, Literal()) | (Literal(), own)) if symbol in _COMPARES:
            return own
    return condition
