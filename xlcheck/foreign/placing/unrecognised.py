"""What was not recognised: formulas outside of the networks, and results that stand in no cell.

A workbook that nobody has described may have been recognised only in part, and the part alone may well
agree. So without bindings every formula near a network must either be tied to it or be seen to be
scratch: a comparison, a text, a rounding, a difference, a largest value, of results that are tied
themselves. What is neither leaves the check incomplete. With bindings, every result that they declare
must stand in some cell.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlcheck.checking.messages import plural
from xlcheck.excel.formula_shapes import shape_of
from xlcheck.excel.values import CellError
from xlcheck.foreign.networks.labels import Labels
from xlcheck.foreign.networks.network import Network, size_of
from xlcheck.foreign.placing.tie import Tie
from xlcheck.foreign.reading import formula_ast as ast
from xlcheck.foreign.reading.algebra import Address
from xlcheck.foreign.reading.cells import CellTable, CellValues, show
from xlcheck.foreign.reading.precedents import Precedents
from xlcheck.graph.quantities import Graph, Role

HOW = "say what it holds in a bindings file (`xlcheck bind` writes a draft) and pass it with --bind"
READS = f"This formula reads the network but was not recognised as part of it; {HOW}."
STANDS = f"This formula stands beside the network but was not recognised as part of it; {HOW}."
GIVES = f"This formula gives a number to the network in a way of its own, which may be a mistake; {HOW}."

MANY = 5
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
_ACTIVATIONS = frozenset({"sigmoid", "softmax", "tanh", "relu"})
_WORD = re.compile(r"[a-z]+")
_VOLATILE = frozenset({"TODAY", "NOW"})


@dataclass(frozen=True)
class Unrecognised:
    """What keeps a check from being complete.

    Attributes:
        cells: formula cell → what is not known about it, in one sentence.
        missing: elements of results that stand in no cell.
        gaps: what else is not known and has no cell of its own, in words.
    """

    cells: Mapping[Address, str]
    missing: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def without_cell(self) -> int:
        """How many things were not checked that no cell stands for."""
        return len(self.missing) + len(self.gaps)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know that is said of no cell."""
        if not self.missing:
            return self.gaps
        more = f" and {len(self.missing) - MANY} more" if len(self.missing) > MANY else ""
        shown = ", ".join(self.missing[:MANY]) + more
        return (f"no cell holds {shown}, which the network gives as its result", *self.gaps)


def unrecognised(
    table: CellTable,
    values: CellValues,
    networks: Sequence[Network],
    tied: Tie,
    precedents: Precedents,
    known: Collection[Address],
    *,
    told: bool,
) -> Unrecognised:
    """Find what belongs to a network, or may belong to it, and was not checked.

    Args:
        table: the workbook's cells.
        values: what an engine computed.
        networks: the models.
        tied: what cells should hold.
        precedents: who reads what.
        known: other cells that have a verdict.
        told: whether somebody has said where the networks are.
    """
    missing = tuple(_missing(networks, tied))
    survey = _Survey(table, values, networks, tied, precedents, known)
    if told:
        return Unrecognised(survey.beside() if missing else {}, missing, ())
    return Unrecognised(survey.doubtful() | survey.odd_inputs(), missing, tuple(survey.gaps()))


def _missing(networks: Sequence[Network], tied: Tie) -> Iterator[str]:
    """The elements of each network's results that stand in no cell.

    Where none of them does, but a loss that is computed from them, they are computed on the way to it.
    """
    elements = tied.elements
    held = set(tied.held.values())
    bands = {elements[elements.numbers_of(place).start].key.band for place in set(map(elements.place, held))}
    for number, network in enumerate(networks):
        graph = network.graph

        def begun(names: Sequence[str], number: int = number, graph: Graph = graph) -> list[str]:
            return [name for name in names if (number, graph[name].band.name, "") in bands]

        losses = [q.name for q in graph if q.band.role is Role.LOSS]
        wanted = begun(losses) or losses[:1]
        wanted += begun(graph.outputs) if begun(losses) else list(graph.outputs)
        for name in wanted:
            for sample in range(len(network.samples)):
                for index in range(size_of(graph[name])):
                    element = elements.number(elements.by_name[number, name], sample, index)
                    if element in held:
                        continue
                    equal = elements.equal_to(elements[element].values[:, None])[0]
                    if not any(other in held for other in equal):
                        of = f" of document {sample + 1}" if len(network.samples) > 1 else ""
                        yield elements[element].name + of


class _Survey:
    """Looks at the formula cells that were tied to nothing."""

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
        self._networks = networks
        self._tied = tied
        self._precedents = precedents
        self._given = {cell: quantity for network in networks for quantity, _, _, cell in network.cells()}
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

    def gaps(self) -> Iterator[str]:
        """What has no cell of its own: parts of weights that were not found, numbers that nothing reads."""
        unplaced = [
            name
            for network in self._networks
            for places in (network.weights, *network.samples)
            for name, cells in places.items()
            if any(cell is None for cell in cells) and not name.endswith("_init")
        ]
        if unplaced:
            yield f"no cell was found for a part of {', '.join(dict.fromkeys(unplaced))}"
        unread = self._unread_weights()
        if unread:
            cells = ", ".join(show(cell) for cell in unread[:MANY])
            yield f"no formula reads {cells}, beside the weights of the network"
        yield from self._other_words()
        yield from self._interleaved()
        yield from self._strangers()

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
        found = {cell for cell in self._table.addresses if cell[0] in sheets and self._is_fraction(cell)}
        for position in self._table.formulas if found else ():
            found.difference_update(self._precedents.of(self._table.addresses[position]))
        return found

    def _is_fraction(self, cell: Address) -> bool:
        """Whether a number that is not whole was typed into a cell."""
        content = self._table.cell(cell)
        value = None if content is None or content.formula is not None else content.value
        return isinstance(value, float) and not value.is_integer()

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
            return None if content is None or content.formula is None else ast.parse(content.formula)
        except ast.FormulaSyntaxError:
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
        match tree:
            case ast.Operator(symbol, _) if symbol in _COMPARISONS:
                return True
            case ast.Operator("-", (ast.Reference(), ast.Reference())):
                return True
            case ast.Operator("^", (ast.Operator("-", (ast.Reference(), ast.Reference())), ast.Literal())):
                return True
            case ast.FunctionCall(name, _):
                return name in _SUMMARIES
        return False

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

    def _unread_weights(self) -> list[Address]:
        """Typed fractions right beside a weight that no formula reads."""
        beside = {
            (cell[0], cell[1] + down, cell[2] + right)
            for cell, quantity in self._given.items() if quantity.is_weight
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))
        } - self._given.keys()  # fmt: skip
        fractions = [cell for cell in sorted(beside) if self._is_fraction(cell)]
        return [cell for cell in fractions if not self._precedents.readers(cell)]

    def _other_words(self) -> Iterator[str]:
        """Results whose nearest words name another activation than the one that was recognised."""
        labels = Labels.of(self._table)
        for place, network in enumerate(self._networks):
            layer, elements = network.spec.layers[-1], self._tied.elements
            names = [name for name in network.graph.outputs if network.graph[name].band.layer == layer.name]
            sources = [elements.by_name[place, name] for name in names]
            results = {n for source in sources for n in elements.numbers_of(source)}
            # Where nothing follows the sum of a layer, its cells are tied to the sum.
            equal = {n for source in sources for found in elements.equal_to(elements.values_of(source)) for n in found}
            numbers = results | {n for n in equal if elements[n].source.quantity.band.layer == layer.name}
            for cell, number in self._tied.held.items():
                if number not in numbers:
                    continue
                words = set(_WORD.findall(next(labels.beside(cell), "").lower())) & _ACTIVATIONS
                if words and layer.options["activation"] not in words:
                    yield (
                        f"the words beside {show(cell)} say {' and '.join(sorted(words))}, but "
                        f"{layer.options['activation']} was recognised"
                    )
                    return

    def _interleaved(self) -> Iterator[str]:
        """Documents whose steps stand between each other's: rather one document in which a step reads a wrong one."""
        for network in self._networks:
            lines: dict[tuple[str, str, int], list[tuple[int, int, int]]] = defaultdict(list)
            for document, sample in enumerate(network.samples):
                cells = [
                    cells[0] for name, cells in sample.items() if name.startswith("input.x[") and cells and cells[0]
                ]
                if cells:
                    (sheet, top, left), (_, bottom, right) = min(cells), max(cells)
                    if top == bottom:
                        lines[sheet, "row", top].append((left, right, document))
                    elif left == right:
                        lines[sheet, "column", left].append((top, bottom, document))
            overlaps = [pair for spans in lines.values() for pair in _overlaps(spans)]
            if overlaps:
                first, second = min(overlaps)
                yield f"the steps of document {first + 1} stand between those of document {second + 1}"

    def _strangers(self) -> Iterator[str]:
        """Networks on one worksheet that have no input in common: one of them may be a part of the other."""
        sheets: dict[str, list[Network]] = defaultdict(list)
        for network in self._networks:
            for sheet in {cell[0] for sample in network.samples for cells in sample.values() for cell in cells if cell}:
                sheets[sheet].append(network)
        for sheet, networks in sheets.items():
            first, *others = networks
            for other in others:
                if first.weights != other.weights and not _inputs(first) & _inputs(other):
                    yield (
                        f"on worksheet {sheet!r} {plural(len(networks), 'network was', 'networks were')} recognised that "
                        "do not read one another; if they are one, say so in a bindings file"
                    )
                    break


def _overlaps(spans: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of documents along one row, or one column, that share a part of it: each with the one that reaches furthest.

    Args:
        spans: first cell, last cell and number of each document.
    """
    furthest: tuple[int, int] | None = None
    for start, end, document in sorted(spans):
        if furthest is not None and start < furthest[0] and start < end:
            yield min(document, furthest[1]), max(document, furthest[1])
        if furthest is None or end > furthest[0]:
            furthest = (end, document)


def _inputs(network: Network) -> set[Address]:
    return {
        cell for quantity, _, _, cell in network.cells() if quantity.band.role is Role.INPUT
    }  # fmt: skip
