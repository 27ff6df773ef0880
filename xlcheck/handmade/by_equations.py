"""Check the layers that formulas show by their equations, each by itself and on what stands in its own inputs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.errors import UsageError
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade import effort
from xlcheck.handmade.equations.forms import COPY, GIVEN, SUM, Forms, atom_of, cell_of
from xlcheck.handmade.equations.networks import networks_of
from xlcheck.handmade.equations.objections import objections
from xlcheck.handmade.equations.placement import place
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.equations.recognise import recognise_layers
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.outcome import Outcome, Recompute, judged
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.opinions import Opinion
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.witnesses import reason_to_doubt
from xlcheck.verdicts.limits import Limit
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import Cell

_NAMES = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru", "Dense": "dense"}

_ROUNDED = frozenset({"leaky_relu"})
_SINGLE = Limit(2.0**-24, 2.0**-24)
"""Half a unit in the last place of a number of single precision."""


@dataclass(frozen=True)
class Settled:
    """What the equations of some worksheets say.

    Attributes:
        outcomes: a verdict for each layer that was accepted.
        left: formula cells that have none and should have one.
        spare: formula cells that need none: copies, typed numbers, texts, units that nothing reads.
        doubts: why there is no verdict on what was nearly recognised.
        may_be_more: whether activations of weighted sums were seen, so that there is a network.
    """

    outcomes: tuple[Outcome, ...] = ()
    left: tuple[Address, ...] = ()
    spare: tuple[Address, ...] = ()
    doubts: tuple[str, ...] = ()
    may_be_more: bool = True

    @property
    def roots(self) -> set[Address]:
        """The cells that are called wrong."""
        return {verdict.cell for outcome in self.outcomes for verdict in outcome.roots}

    @property
    def is_sure(self) -> bool:
        """Whether every formula that should have a verdict is right, and nothing speaks for another reading."""
        return bool(self.outcomes) and not (self.left or self.doubts or self.roots)

    def contradicts(self, other: Outcome) -> bool:
        """Whether another reading calls cells wrong that are right in this one, or the other way round."""
        judged_cells = {verdict.cell for outcome in self.outcomes for verdict in outcome.verdicts}
        return self.roots != {v.cell for v in other.roots if v.cell in judged_cells}


def settle(part: SheetGroup, opinion: Opinion, recompute: Recompute, tolerance: Tolerance, perturb: int) -> Settled:
    """Recognise and judge the layers of some worksheets.

    Args:
        part: the worksheets.
        opinion: what they hold, and the engine to ask again.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
    """
    terms = CellTerms(part.table, part.values)
    recognised = recognise_layers(terms)
    named = _named(recognised.readings)
    claimed = {cell for _, networks in named for cell in _bound(networks)}
    taken: set[Address] = set()
    outcomes: list[Outcome] = []
    doubts = [f"the weighted sums from {show(cell_of(atom))} on were not judged: {why}"
              for atom, why in recognised.doubtful]  # fmt: skip
    known: dict[Address, float] = {}
    for reading, networks in named:
        others = (claimed - set(_bound(networks))) | taken | _unused_cells([reading], recognised.forms)
        own = _closure(reading, networks, part.table, part.precedents, others)
        given = {cell for network in networks for *_, cell in network.cells()}
        table, values = excerpt(part.table, part.values, own, given)
        precedents = Precedents(table)
        try:
            effort.require_time()
            placement = place(table, networks, precedents, terms)
            outcome = judged(
                table, replace(opinion, values=values), precedents, networks, recompute,
                _as_keras_rounds(reading, networks, tolerance), told=True, perturb=perturb,
                known={cell: known[cell] for cell in given & known.keys()},
                placement=placement,
            )  # fmt: skip
        except UsageError as error:
            doubts.append(str(error))
            continue
        except effort.OutOfTimeError:
            doubts.append(effort.USED_UP)
            break
        why = reason_to_doubt(reading, outcome, recognised.forms, placement.unsure)
        if why is not None:
            doubts.append(why)
            continue
        notes = (*_recognised(reading, networks), *outcome.notes, *_unused(reading))
        outcomes.append(replace(outcome, notes=notes))
        taken |= own
        known |= {v.cell: v.desired for v in outcome.verdicts if v.status in {Status.ROOT, Status.CARRIED}}
    doubts += objections(part.table, part.precedents, named)
    left, spare = _rest(part, taken, recognised.forms, recognised.readings)
    return Settled(tuple(outcomes), tuple(left), tuple(spare), tuple(doubts), recognised.has_activations)


def _named(readings: Sequence[Reading]) -> list[tuple[Reading, tuple[Network, ...]]]:
    """The layers as networks, under names such as Keras gives."""
    names = Counter[str]()
    found = []
    for reading in readings:
        name = _NAMES[reading.kind]
        found.append((reading, networks_of(reading, f"{name}_{names[name]}" if names[name] else name)))
        names[name] += 1
    return found


def layers_of(table: CellTable, values: CellValues, precedents: Precedents) -> tuple[tuple[Network, ...], int]:
    """The layers of a workbook, and how many formula cells compute them.

    Args:
        table: its cells.
        values: what they hold.
        precedents: who reads what.
    """
    named = _named(recognise_layers(CellTerms(table, values)).readings)
    claimed = {cell for _, networks in named for cell in _bound(networks)}
    cells: set[Address] = set()
    for reading, networks in named:
        cells |= _closure(reading, networks, table, precedents, claimed - set(_bound(networks)))
    return tuple(network for _, networks in named for network in networks), len(cells & table.texts.keys())


def _as_keras_rounds(reading: Reading, networks: Sequence[Network], tolerance: Tolerance) -> Tolerance:
    """What counts as agreement for a layer in whose activation Keras rounds a constant to single precision."""
    if reading.activations["activation"] not in _ROUNDED:
        return tolerance
    limits = {f"{layer.name}.*": _SINGLE for network in networks for layer in network.spec.layers}
    return replace(tolerance, patterns={**limits, **tolerance.patterns})


def _bound(networks: Sequence[Network]) -> Iterator[Address]:
    for network in networks:
        for quantities in network.bound:
            for places in quantities.values():
                yield from (place for place in places if place is not None)


def _closure(
    reading: Reading,
    networks: Sequence[Network],
    table: CellTable,
    precedents: Precedents,
    others: Collection[Address],
) -> set[Address]:
    """The cells in which a layer is computed: its results, and the formulas between them and what it is given."""
    given = {cell for network in networks for *_, cell in network.cells()}
    found: set[Address] = set()
    unused = {(row, step) for row in reading.unused for step in reading.layer.steps}
    sums = [cell_of(atom) for atom, where in reading.layer.by_atom.items() if where not in unused]
    stack = [cell for cell in (*_bound(networks), *sums) if cell not in given and cell not in others]
    while stack:
        cell = stack.pop()
        if cell not in found:
            found.add(cell)
            stack += [p for p in precedents.of(cell) if table.is_formula(p) and p not in given and p not in others]
    return found


def excerpt(
    table: CellTable, values: CellValues, own: Collection[Address], given: Collection[Address]
) -> tuple[CellTable, CellValues]:
    """Some cells as a workbook of their own, in which what they are given are numbers.

    Args:
        table: all cells.
        values: what they hold.
        own: the cells that stay as they are.
        given: cells that stay as numbers.
    """
    content = table.content
    cells: dict[str, dict[tuple[int, int], Cell]] = {}
    for address in sorted({*own, *given}):
        cell = table.cell(address)
        if cell is None:
            continue
        if address not in own and cell.formula is not None:
            value = values[table.index[address]]
            cell = Cell(value if isinstance(value, float | str | bool) else None)
        cells.setdefault(address[0], {})[address[1:]] = cell
    sheets = {name: replace(sheet, cells=cells.get(name, {})) for name, sheet in content.sheets.items()}
    part = CellTable(replace(content, sheets=sheets))
    positions = [table.index[address] for address in part.addresses]
    others = {i: values.others[p] for i, p in enumerate(positions) if p in values.others}
    return part, CellValues(values.numbers[np.array(positions, dtype=np.intp)], others)


def _recognised(reading: Reading, networks: Sequence[Network]) -> Iterator[str]:
    """What the formulas were read as."""
    (layer,) = networks[0].spec.layers
    cells = sorted(cell for cell in networks[0].weights[f"{layer.name}.kernel"] if cell is not None)
    shortest, *_, longest = sorted([*map(len, reading.documents)] * 2)
    steps = f"{longest} steps" if shortest == longest else f"{shortest} to {longest} steps"
    documents = len(reading.documents)
    samples = f", {documents} samples" + (" of" if longest > 1 else "") if documents > 1 else ""
    times = (" " if samples else ", ") + steps if longest > 1 else ""
    yield (
        f"no bindings were given; assumed {layer.name} = {reading.kind}({reading.units}, "
        f"{reading.activations['activation']}){samples}{times} (weights from {show(cells[0])} on)"
    )


def _unused(reading: Reading) -> Iterator[str]:
    """Rows that look like units of a layer and that nothing reads."""
    for row in reading.unused:
        cells = sorted(x.atom for step in reading.layer.steps for x in reading.layer.at.get((row, step), ()))
        shown = ", ".join(show(cell_of(atom)) for atom in cells[:4]) + (" …" if len(cells) > 4 else "")
        yield f"{shown} look like one more unit of the layer, but nothing reads them; they were not checked"


def _rest(
    part: SheetGroup, taken: Collection[Address], forms: Forms, readings: Sequence[Reading]
) -> tuple[list[Address], list[Address]]:
    """The formulas that no layer has: those that should have a verdict, and those that need none."""
    spare = _unused_cells(readings, forms)
    left: list[Address] = []
    for cell in part.table.texts:
        if cell not in taken and cell not in spare:
            kind = forms.of(atom_of(cell)).kind
            value = part.values[part.table.index[cell]]
            is_spare = kind in {COPY, GIVEN} or not isinstance(value, float) or _reads_blanks(cell, part)
            is_spare = is_spare or _is_shown_only(cell, part, forms, taken)
            (spare.add if is_spare else left.append)(cell)
    return left, [cell for cell in part.table.texts if cell in spare and cell not in taken]


def _is_shown_only(cell: Address, part: SheetGroup, forms: Forms, taken: Collection[Address]) -> bool:
    """Whether a formula that nobody reads shows one result otherwise: as per cent, or its distance to a number.

    The number may stand in the formula, or in a cell that only such formulas read, as in an answer key.
    """
    form = forms.of(atom_of(cell))
    monomials = [monomial for monomial in form.polynomial if monomial]
    if _is_read(cell, part):
        return False
    if form.kind == SUM and [*map(len, monomials)] == [1]:
        return cell_of(monomials[0][0]) in taken
    if _DIFFERENCE.fullmatch("#".join(cut(part.table.texts[cell]).between)) is None:
        return False
    keys = [other for other in part.precedents.of(cell) if other not in taken]
    readers = [reader for key in keys for reader in part.precedents.readers(key)]
    return [*map(part.table.is_number, keys)] == [True] and not any(_is_read(reader, part) for reader in readers)


def _is_read(cell: Address, part: SheetGroup) -> bool:
    """Whether a formula computes a number from a cell; a mark, such as DONE, is none."""
    readers = part.precedents.readers(cell)
    return any(isinstance(part.values[part.table.index[reader]], float) for reader in readers)


_DIFFERENCE = re.compile(r" *(?:ABS\()? *# *- *# *\)? *", re.IGNORECASE)


def _reads_blanks(cell: Address, part: SheetGroup) -> bool:
    """Whether a formula reads nothing but empty cells, which wait for an answer."""
    read = part.precedents.of(cell)
    return bool(read) and not any(other in part.table.index for other in read)


def _unused_cells(readings: Sequence[Reading], forms: Forms) -> set[Address]:
    found = set()
    for reading in readings:
        for (row, _), own in reading.layer.at.items():
            if row in reading.unused:
                for instance in own:
                    found |= {cell_of(atom) for atom in (instance.atom, *forms.inlined.get(instance.atom, ()))}
    return found
