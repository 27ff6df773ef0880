"""The formulas near a network that were tied to nothing: which of them are seen to be scratch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

from xlcheck.formulas import tree as ast
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.shapes import shape_of
from xlcheck.graph.quantities import Role
from xlcheck.handmade.networks.network import Network, given_cells
from xlcheck.handmade.placing.tie import Tie
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.values import CellError

HOW = "say what it holds in a bindings file (`xlcheck bind` writes a draft) and pass it with --bind"
READS = f"This formula reads the network but was not recognised as part of it; {HOW}."
STANDS = f"This formula stands beside the network but was not recognised as part of it; {HOW}."
GIVES = f"This formula gives a number to the network in a way of its own, which may be a mistake; {HOW}."

_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">=", "&"})
_SUMMARIES = frozenset(
    {
        "ABS", "AND", "AVERAGE", "CHOOSE", "CONCAT", "CONCATENATE", "COUNT", "COUNTA", "COUNTIF", "EXACT", "IF", "IFS",
        "INDEX", "INT", "LARGE", "MATCH", "MAX", "MEDIAN", "MIN", "NOT", "OR", "RANK", "REPT", "ROUND", "ROUNDDOWN",
        "ROUNDUP", "SIGN", "SMALL", "SUM", "SWITCH", "TEXT", "TEXTJOIN", "TRUNC", "XLOOKUP", "XMATCH",
    }
)  # fmt: skip
_LOOKUPS = frozenset(
    {
        "CODE", "COLUMN", "COUNTIF", "EXACT", "FIND", "HLOOKUP", "IF", "IFERROR", "IFNA", "INDEX", "LEN", "LOOKUP",
        "MATCH", "N", "ROW", "SEARCH", "SUMIF", "UNICODE", "VALUE", "VLOOKUP", "XLOOKUP", "XMATCH",
    }
)  # fmt: skip
_VOLATILE = frozenset({"TODAY", "NOW"})


class Survey:
    """Looks at the formula cells that were tied to nothing.

    Args:
        table: the workbook's cells.
        values: what an engine computed.
        networks: the models.
        tied: what cells should hold.
        precedents: who reads what.
        known: other cells that have a verdict.
    """

    def __init__(
        self,
        table: CellTable,
        values: CellValues,
        networks: Sequence[Network],
        tied: Tie,
        precedents: Precedents,
        known: Collection[Address],
    ) -> None:
        self._table = table
        self._values = values
        self._tied = tied
        self._precedents = precedents
        self._given = given_cells(networks)
        self._sheets = {cell[0] for cell in tied.held}
        prepares = self._preparation()
        formulas = (table.addresses[position] for position in table.formulas)
        self._chance = self._by_chance()
        seen = {*tied.held, *self._given, *known, *prepares} - self._chance
        self._untied = [cell for cell in formulas if cell not in seen]
        self._reads: dict[Address, bool] = {}

    def beside(self) -> dict[Address, str]:
        """Untied formulas that read a network, or stand on its worksheets."""
        return {
            cell: READS if self._reads_network(cell) else STANDS
            for cell in self._untied
            if self._reads_network(cell) or cell[0] in self._sheets
        }

    def doubtful(self) -> dict[Address, str]:
        """The same without those that are seen to be scratch."""
        found = self.beside()
        left = dict(found)
        between = self._between()
        tables = Counter(self._shape(cell) for cell in found if self._is_summary(cell))
        scratch = {cell for cell in found if self._is_summary(cell) and tables[self._shape(cell)] > 1}
        scratch |= {cell for cell in found if self._is_summary(cell) and self._is_about_results(cell, set())}
        for cell in found:
            if (
                (cell in between and cell not in self._chance)
                or (cell in scratch and self._is_last(cell, scratch))
                or self._is_date(cell)
            ):
                del left[cell]
        return left

    def odd_inputs(self) -> dict[Address, str]:
        """Formulas among the given cells that are no look-up, no choice and no copy of a constant."""
        return {
            cell: GIVES
            for cell, quantity in self._given.items()
            if self._table.is_formula(cell) and not quantity.is_weight and not self._makes_input(cell)
        }

    def _preparation(self) -> set[Address]:
        """Formula cells that given formula cells are made from."""
        found: set[Address] = set()
        stack = [cell for cell in self._given if self._table.is_formula(cell)]
        while stack:
            for cell in self._precedents.of(stack.pop()):
                if cell not in found and cell not in self._given and self._table.is_formula(cell):
                    found.add(cell)
                    stack.append(cell)
        return found - self._tied.held.keys()

    def _by_chance(self) -> set[Address]:
        """Formulas that give what another cell gives, and need not: they pick or sum up, or give always the same."""
        tied = self._tied
        holders = Counter(tied.held.values())
        found = set()
        for cell, number in tied.held.items():
            if (
                (holders[number] == 1 and tied.elements.is_computed[number])
                or cell in tied.wrong
                or self._precedents.is_copy(cell)
            ):
                continue
            values = tied.elements[number].values
            tree = self._tree(cell)
            if (values == values[0]).all() or (isinstance(tree, ast.FunctionCall) and tree.name in _SUMMARIES):
                found.add(cell)
        return found | self._repeats(holders)

    def _repeats(self, holders: Counter[int]) -> set[Address]:
        """Formulas that hold what another cell holds, or show a given number, and that nothing reads.

        A result whose formula was replaced looks like that, if the network is recognised without it. Formulas that
        were filled along are there on purpose, and most copies.
        """
        held, elements = self._tied.held, self._tied.elements
        candidates = {
            cell: self._shape(cell) for cell, number in held.items()
            if cell not in self._tied.wrong and (not elements.is_computed[number] or holders[number] > 1)
        }  # fmt: skip
        alike = Counter(candidates.values())
        unread = [
            cell for cell, shape in candidates.items() if alike[shape] == 1 and not self._precedents.readers(cell)
        ]
        if not unread:
            return set()
        filled = Counter(map(self._shape, held))
        alone = {cell for cell in unread if filled[candidates[cell]] == 1 and not self._shows(cell)}
        others = {number for cell, number in held.items() if cell not in alone}
        return {cell for cell in alone if held[cell] in others or not elements.is_computed[held[cell]]}

    def _shows(self, cell: Address) -> bool:
        """Whether a formula shows a computed cell: a result; or any, where all weights are used without it."""
        if not self._precedents.is_copy(cell) or not self._tied.elements.is_computed[self._tied.held[cell]]:
            return False
        return not self._idle or self._precedents.readers(self._precedents.of(cell)[0]) == [cell]

    @cached_property
    def _idle(self) -> set[Address]:
        """Typed fractions on the worksheets of the networks that no formula reads."""
        sheets = {cell[0] for cell in self._given}
        found = {cell for cell in self._table.addresses if cell[0] in sheets and self._table.is_fraction(cell)}
        for position in self._table.formulas if found else ():
            found.difference_update(self._precedents.of(self._table.addresses[position]))
        return found

    def _reads_network(self, cell: Address) -> bool:
        """Whether a formula reads anything of a network, directly or through other untied formulas."""
        known = self._reads.get(cell)
        if known is not None:
            return known
        stack, seen = [cell], {cell}
        found = False
        while stack and not found:
            for precedent in self._precedents.of(stack.pop()):
                if precedent in self._tied.held or precedent in self._given:
                    found = True
                    break
                if precedent not in seen and self._table.is_formula(precedent):
                    seen.add(precedent)
                    stack.append(precedent)
        self._reads[cell] = found
        return found

    def _between(self) -> set[Address]:
        """Untied formulas that a right cell is computed from; a loss does not see what its target hides."""
        untied = set(self._untied)
        found: set[Address] = set()
        stack = []
        for cell, number in self._tied.held.items() if untied else ():
            if cell not in self._tied.wrong and self._tied.elements[number].source.quantity.band.role is not Role.LOSS:
                stack.append(cell)
        while stack:
            for precedent in self._precedents.of(stack.pop()):
                if precedent in untied and precedent not in found:
                    found.add(precedent)
                    stack.append(precedent)
        return found

    def _tree(self, cell: Address) -> ast.Node | None:
        content = self._table.cell(cell)
        try:
            return None if content is None or content.formula is None else parse(content.formula)
        except FormulaSyntaxError:
            return None

    def _shape(self, cell: Address) -> str:
        content = self._table.cell(cell)
        return "" if content is None or content.formula is None else shape_of(content.formula, cell[1], cell[2])

    def _is_summary(self, cell: Address) -> bool:
        """Whether a formula compares, rounds, counts, picks or describes what it reads, and reads no weight."""
        tree = self._tree(cell)
        if tree is None or isinstance(self._value(cell), CellError) or not self._reads_network(cell):
            return False
        if any((q := self._given.get(p)) is not None and q.is_weight for p in self._precedents.of(cell)):
            return False
        return _describes(tree)

    def _value(self, cell: Address) -> object:
        return self._values[self._table.index[cell]]

    def _is_about_results(self, cell: Address, seen: set[Address]) -> bool:
        """Whether all that a formula reads of a network are results, which no other cell of the network reads."""
        seen.add(cell)
        for precedent in self._precedents.of(cell):
            if precedent in self._given and self._given[precedent].band.role is not Role.TARGET:
                return False
            if precedent in self._tied.held and precedent not in self._results:
                return False
            if precedent in seen or precedent in self._tied.held or not self._table.is_formula(precedent):
                continue
            if not self._is_summary(precedent) or not self._is_about_results(precedent, seen):
                return False
        return True

    @cached_property
    def _results(self) -> set[Address]:
        """Tied cells that no other tied cell is computed from; one that only shows them again does not count."""
        shows = {cell for cell in self._tied.held if cell in self._chance or self._precedents.is_copy(cell)}
        read: set[Address] = set()
        stack = [cell for cell in self._tied.held if cell not in shows]
        while stack:
            for precedent in self._precedents.of(stack.pop()):
                if precedent not in read:
                    read.add(precedent)
                    stack += [precedent] if precedent in shows else []
        return self._tied.held.keys() - read

    def _is_last(self, cell: Address, scratch: Collection[Address]) -> bool:
        """Whether nothing but scratch reads a formula."""
        return all(reader in scratch for reader in self._precedents.readers(cell))

    def _is_date(self, cell: Address) -> bool:
        """Whether a formula gives the date, above the network as in a heading."""
        tree = self._tree(cell)
        above = all(cell[1] < other[1] for other in self._tied.held if other[0] == cell[0])
        return above and isinstance(tree, ast.FunctionCall) and tree.name in _VOLATILE and not tree.arguments

    def _makes_input(self, cell: Address) -> bool:
        """Whether a given cell's formula looks something up or chooses, or repeats a constant or such a formula."""
        tree = self._tree(cell)
        precedents = self._precedents.of(cell)
        if tree is None or any(p in self._tied.held or p in self._given for p in precedents):
            return False
        if isinstance(tree, ast.Reference):
            (source,) = precedents if len(precedents) == 1 else (cell,)
            return source != cell and (not self._table.is_formula(source) or self._makes_input(source))
        state = self._given[cell].band.symbol.endswith("_init") if cell in self._given else False
        chooses = any(
            (isinstance(node, ast.FunctionCall) and node.name in _LOOKUPS)
            or (isinstance(node, ast.Operator) and node.symbol in _COMPARISONS)
            for node in ast.walk(tree)
        )
        return (chooses or self._is_filled(cell)) and bool(precedents) and not state

    def _is_filled(self, cell: Address) -> bool:
        """Whether another input is made by the same formula, filled along."""
        quantity = self._given.get(cell)
        if quantity is None:
            return False
        others = (c for c, q in self._given.items() if c != cell and q.band == quantity.band)
        return any(self._table.is_formula(c) and self._shape(c) == self._shape(cell) for c in others)


def _describes(tree: ast.Node) -> bool:
    match tree:
        case ast.Operator("-", (ast.Reference(), ast.Reference())):
            return True
        case ast.Operator("^", (ast.Operator("-", (ast.Reference(), ast.Reference())), ast.Literal())):
            return True
        case ast.Operator(symbol, _):
            return symbol in _COMPARISONS
        case ast.FunctionCall(name, _):
            return name in _SUMMARIES
    return False
