"""Small networks have no witnesses: which one edit makes all of a workbook a textbook network?

If one does, in a cell or filled along some, and no other edit of other cells, these cells are wrong. Two edits that
do as well say only that one of them is needed, and blame neither.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlcheck.errors import UsageError
from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade import effort
from xlcheck.handmade.acceptance import reason_to_abstain
from xlcheck.handmade.arrangement import Arrangement, LayerCells, Reads, arranged
from xlcheck.handmade.by_equations import Bench
from xlcheck.handmade.equations.edits import Edit, Edits
from xlcheck.handmade.equations.forms import Atom, cell_of
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.networks import outputs
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.outcome import Outcome
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_NOT_AT_FIRST = frozenset({"f", "r", "tanh_c"})
"""What a first step may do without, where there is no state before it, or a formula may hold inside of another one."""


@dataclass(frozen=True)
class _Candidate:
    edit: Edit
    arrangement: Arrangement


@dataclass(frozen=True)
class OneEdit:
    """What one edit makes of a part.

    Attributes:
        outcomes: a verdict for each layer, if the part is certain.
        why: why it is not.
        rivals: the cells of each edit that makes a textbook network, if there are several.
    """

    outcomes: tuple[Outcome, ...] = ()
    why: str = ""
    rivals: tuple[frozenset[Address], ...] = ()


def one_edit(part: SheetGroup, terms: CellTerms, bench: Bench) -> OneEdit:
    """What became of a part that one edit makes a textbook network; or why there is no verdict.

    Args:
        part: the worksheets.
        terms: what each formula computes.
        bench: judges the layers.
    """
    base = arranged(terms, part.values, Reads(part.table, part.precedents, terms))
    if _is_textbook(base) and not _wrong_beside(_Candidate({}, base), bench):
        against = base.words_against()
        return OneEdit(why=against[0]) if against else _judged(_Candidate({}, base), base, bench)
    found: dict[frozenset[Address], _Candidate] = {}
    for edit in Edits(terms, part.table, _unread(part, terms, base), _weights(base)):
        effort.require_time()
        cells = frozenset(edit)
        if cells not in found:
            candidate = _Candidate(edit, _as_edited(part, terms, edit))
            if _is_textbook(candidate.arrangement, cells) and not _wrong_beside(candidate, bench):
                found[cells] = candidate
    least = [cells for cells in found if not any(other < cells for other in found)]
    if not least:
        return OneEdit(why="no single edit makes all of it a network")
    said = {cells: len(found[cells].arrangement.words_against()) for cells in least}
    best = [cells for cells in least if said[cells] == min(said.values())]
    if len(best) > 1:
        one, other, *_ = sorted(sorted(cells) for cells in best)
        why = f"either {_shown(one)} or {_shown(other)} may be wrong, and nothing says which"
        return OneEdit(why=why, rivals=tuple(least))
    for cell, why in base.said_again().items():
        if cell in best[0]:
            return OneEdit(why=why)  # somebody may look at it there, and mean nothing else
    return _judged(found[best[0]], base, bench)


def _wrong_beside(candidate: _Candidate, bench: Bench) -> bool:
    """Whether other cells than the edited ones compute something else than they should, or one of these does not."""
    wrong: set[Address] = set()
    for layer in candidate.arrangement.layers:
        wrong |= bench.placed(layer, candidate.edit).tied.wrong.keys()
    return wrong != candidate.edit.keys()


def _is_straight(layer: LayerCells) -> bool:
    """Whether units, gates, steps and inputs stand in one order wherever they stand on the worksheet."""
    reading, network = layer.reading, layer.networks[0]
    (spec,) = network.spec.layers
    tables = [
        _order(network.weights[f"{spec.name}.{name}"][: len(reading.gates) * reading.units]) for name in spec.weights
    ]
    units = [
        _order(network.weights[f"{spec.name}.{name}"][gate * reading.units : (gate + 1) * reading.units])
        for name in spec.weights for gate in range(len(reading.gates))
    ]  # fmt: skip
    for values in reading.values.values():
        units += [_order([values.get((step, unit)) for unit in range(reading.units)]) for step in reading.layer.steps]
    return all(len({*orders} - {None}) <= 1 for orders in (tables, units)) and len(_directions(reading)) <= 1


def _order(places: Sequence[tuple[str, int, int] | Atom | None]) -> tuple[int, ...] | None:
    """The order in which cells stand on the worksheet; None where not all of them are known."""
    known = [place for place in places if place is not None]
    return tuple(sorted(range(len(known)), key=known.__getitem__)) if len(known) == len(places) else None


def _directions(reading: Reading) -> set[bool]:
    """Whether inputs and results come later on the worksheet from step to step, or from sample to sample."""
    first = {
        step: min(atom for (at, _), atom in outputs(reading).items() if at == step) for step in reading.layer.steps
    }
    runs = reading.documents if reading.kind != "Dense" else [sorted(first, key=first.__getitem__)]
    found = set()
    for run in runs:
        for one, other in itertools.pairwise(run):
            slots = (reading.layer.slots[one], reading.layer.slots[other])
            pairs = [(first[one], first[other]), *((slots[0].get(s), slots[1].get(s)) for s in reading.features)]
            found |= {a < b for a, b in pairs if a is not None and b is not None and a != b}
    return found


def _unread(part: SheetGroup, terms: CellTerms, base: Arrangement) -> set[Address]:
    """Numbers and formulas that no formula reads."""
    numbers = (cell for cell, _ in part.table.typed_numbers())
    return {cell for cell in (*numbers, *terms) if not base.reads.read.get(cell)}


def _weights(base: Arrangement) -> set[Address]:
    """Cells that seem to be weights, whatever the layers are."""
    return {cell_of(atom) for instance in base.recognised.instances for atom in instance.weights}


def _as_edited(part: SheetGroup, terms: CellTerms, edit: Mapping[Address, Term]) -> Arrangement:
    edited = terms.edited(edit)
    return arranged(edited, part.values, Reads(part.table, part.precedents, edited, edit))


def _is_textbook(found: Arrangement, edited: Collection[Address] = ()) -> bool:
    """Whether every formula has its place in a layer, every place its formula, and nothing speaks against it.

    Args:
        found: the layers.
        edited: cells that must have a place there.
    """
    if found.recognised.doubtful or not found.layers:
        return False
    if not all(_is_whole(layer.reading) and _is_straight(layer) for layer in found.layers):
        return False
    if edited and any(layer.reading.kind != "Dense" and layer.reading.activations["activation"] == LINEAR
                      for layer in found.layers):  # fmt: skip
        return False  # nobody means a state that is but a weighted sum
    taken = {cell for layer in found.layers for cell in layer.own}
    return taken.issuperset(edited) and not found.rest(taken)[0] and not found.objections()


def _is_whole(reading: Reading) -> bool:
    layer = reading.layer
    if not reading.is_certain or any(layer.activations[row] != LINEAR for row in reading.unused) or layer.misfits:
        return False  # a gate that nothing reads may be missing somewhere; a sum that nothing reads was left over
    if any(len(layer.at.get((row, step), ())) != 1 for row in layer.rows for step in layer.steps):
        return False
    first = {document[0] for document in reading.documents}
    slots = {slot for own in layer.slots.values() for slot in own}
    if any(
        slots - layer.slots[step].keys() - (reading.states.keys() if step in first else set()) for step in layer.steps
    ):
        return False
    return all(
        (step, unit) in values or symbol == "tanh_c" or (symbol in _NOT_AT_FIRST and step in first)
        for symbol, values in reading.values.items() for step in layer.steps for unit in range(reading.units)
    )  # fmt: skip


def _judged(candidate: _Candidate, base: Arrangement, bench: Bench) -> OneEdit:
    """What Keras says, if it is that exactly the edited cells are wrong."""
    found = candidate.arrangement
    outcomes = []
    for layer in found.layers:
        try:
            outcome, _ = bench.judged(layer, found.forms, candidate.edit)
        except UsageError as error:
            return OneEdit(why=str(error))
        outcomes.append(bench.kept(outcome))
    roots = {verdict.cell for outcome in outcomes for verdict in outcome.roots}
    if candidate.edit and roots != candidate.edit.keys():
        return OneEdit(why=f"what {_shown(sorted(candidate.edit))} should hold is not certain")
    doubts = (reason_to_abstain(outcome) for outcome in outcomes if candidate.edit)
    why = next((doubt for doubt in doubts if doubt is not None), None)
    for verdict in (verdict for outcome in outcomes for verdict in outcome.roots if verdict.only_here):
        for other in _foreign(verdict.cell, found, base):
            why = f"{show(verdict.cell)} holds what it should, as long as {show(other)} gives what it does"
    return OneEdit(tuple(outcomes)) if why is None else OneEdit(why=why)


def _foreign(cell: Address, found: Arrangement, base: Arrangement) -> Iterator[Address]:
    """The formulas that a cell reads as it stands and that no layer is computed with: they may always give the same."""
    known = {other for layer in found.layers for other in (*layer.own, *layer.given)}
    yield from (other for other in base.reads.of(cell) if base.reads.is_formula(other) and other not in known)


def _shown(cells: Sequence[Address]) -> str:
    return ", ".join(_few(cells))


def _few(cells: Sequence[Address]) -> Iterator[str]:
    yield from map(show, cells[:3])
    if len(cells) > 3:
        yield "…"
