"""The columns of a layer of a workbook as a table: gates down, units across.

Which columns belong to one unit shows in which of the layer's results they are seen; where that does not
show, the order on the sheet says it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.algebra import Leaf, Product, Sum, Term
from xlcheck.handmade.recognition.columns import Column
from xlcheck.handmade.recognition.structure import FoundLayer
from xlcheck.handmade.recognition.visible import Visible

KINDS = {1: "SimpleRNN", 3: "GRU", 4: "LSTM"}
"""The layer that has so many gates."""


@dataclass(frozen=True)
class GateTable:
    """Gates, in each its units, in each its columns: more than one where a gate has two sums."""

    gates: tuple[tuple[tuple[Column, ...], ...], ...]

    @property
    def count(self) -> int:
        """How many units the layer has."""
        return len(self.gates[0])

    def unit_of(self) -> dict[int, int]:
        """The unit of each column, by the column's identity."""
        return {id(c): unit for gate in self.gates for unit, columns in enumerate(gate) for c in columns}


def gate_tables(layer: FoundLayer, visible: Visible) -> list[GateTable]:
    """Ways to see a layer's columns as gates and units; the likeliest only."""
    if not layer.is_recurrent:
        return [GateTable((tuple((column,) for column in layer.columns),))]
    kernels = [c for c in layer.columns if layer.inputs[id(c)]]
    rest = [c for c in layer.columns if not layer.inputs[id(c)]]
    units = layer.units
    if units == 0 or len(kernels) % units or len(kernels) // units not in KINDS:
        return []
    votes = _unit_votes(layer, visible)
    by_votes = _by_votes(kernels, votes, units)
    found: list[tuple[int, GateTable]] = []
    for table in [by_votes] if by_votes else _by_address(kernels, units):
        agreement = sum(votes[id(c)].get(unit, 0) for gate in table for unit, c in enumerate(gate))
        columns = tuple(tuple((c,) for c in gate) for gate in table)
        found.append((agreement, GateTable(columns)))
    best = max(agreement for agreement, _ in found)
    tables = [table for agreement, table in found if agreement == best]
    return [t for table in tables if (t := _with_rest(table, rest, layer, visible)) is not None][:2]


def _unit_votes(layer: FoundLayer, visible: Visible) -> dict[int, Counter[int]]:
    """For each column, in which slots' results its sums are seen."""
    column_of = {form.term: column for column in layer.columns for form in column.forms}
    votes: dict[int, Counter[int]] = {id(column): Counter() for column in layer.columns}
    for slot, leaves in enumerate(layer.slots):
        terms = {form.weights[leaf] for form in layer.forms for leaf in leaves if leaf in form.weights}
        for term in terms:
            for shown in visible.of(term):
                if shown in column_of:
                    votes[id(column_of[shown])][slot] += 1
    slotted = {leaf for leaves in layer.slots for leaf in leaves}
    for column in layer.columns:
        for form in column.forms:
            for inner in _inner_columns(form.term, visible, column_of):
                votes[id(inner)].update(votes[id(column)])
            for leaf in set(layer.returns[id(column)]) - slotted:
                seen = [column_of[t] for t in visible.of(form.weights.get(leaf, form.term)) if t in column_of]
                known = Counter(votes[id(c)].most_common(1)[0][0] for c in seen if votes[id(c)])
                for c in seen if known else []:
                    if not votes[id(c)]:
                        votes[id(c)][known.most_common(1)[0][0]] += 1
    return votes


def _inner_columns(term: Term, visible: Visible, column_of: Mapping[Term, Column]) -> Iterator[Column]:
    """Columns whose sums stand inside another sum, multiplied by no weight: the reset gate of a GRU."""
    for part, _ in term.parts if isinstance(term, Sum) else ():
        if isinstance(part, Product) and not any(isinstance(factor, Leaf) for factor, _ in part.factors):
            for shown in visible.of(part):
                if shown in column_of and shown is not term:
                    yield column_of[shown]


def _by_votes(columns: Sequence[Column], votes: Mapping[int, Counter[int]], units: int) -> list[list[Column]] | None:
    """Gates and units where every column was seen in one slot's results, in the order of the sheet."""
    members: dict[int, list[Column]] = defaultdict(list)
    for column in columns:
        if not votes[id(column)]:
            return None
        members[votes[id(column)].most_common(1)[0][0]].append(column)
    gates = len(columns) // units
    if sorted(members) != list(range(units)) or any(len(m) != gates for m in members.values()):
        return None
    rows = [[sorted(members[slot], key=lambda c: c.cell)[gate] for slot in range(units)] for gate in range(gates)]
    order = sorted(range(units), key=lambda unit: rows[0][unit].cell)
    return [[row[unit] for unit in order] for row in rows]


def _by_address(columns: Sequence[Column], units: int) -> Iterator[list[list[Column]]]:
    """Gates and units by the order on the sheet: row by row or column by column, gate after gate or unit after unit."""
    gates = len(columns) // units
    for key in (lambda c: c.cell, lambda c: (c.cell[0], c.cell[2], c.cell[1])):
        ordered = sorted(columns, key=key)
        yield [ordered[gate * units : (gate + 1) * units] for gate in range(gates)]
        yield [ordered[gate::gates] for gate in range(gates)]


def _with_rest(table: GateTable, rest: Sequence[Column], layer: FoundLayer, visible: Visible) -> GateTable | None:
    """Add the columns that read no input: the recurrent half of a GRU's candidate."""
    if not rest:
        return table
    if len(table.gates) != 3 or len(rest) != table.count:
        return None
    column_of = {form.term: column for column in layer.columns for form in column.forms}
    halves: dict[int, Column] = {}
    for column in layer.columns:
        for form in column.forms:
            for inner in _inner_columns(form.term, visible, column_of):
                if inner in rest:
                    halves[id(column)] = inner
    gates = []
    for gate in table.gates:
        found = [halves.get(id(columns[0])) for columns in gate]
        complete = all(half is not None for half in found)
        gates.append(
            tuple((*columns, half) for columns, half in zip(gate, found, strict=True) if half is not None)
            if complete else gate
        )  # fmt: skip
    return GateTable(tuple(gates)) if sum(len(c) for gate in gates for c in gate) == len(layer.columns) else None
