"""Check the layers that formulas show by their equations, each by itself and on what stands in its own inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.errors import UsageError
from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade import effort
from xlcheck.handmade.acceptance import rounds_throughout
from xlcheck.handmade.arrangement import LayerCells
from xlcheck.handmade.arranging import arranged
from xlcheck.handmade.computed_weights import with_computed_weights
from xlcheck.handmade.equations.chains import chained
from xlcheck.handmade.equations.forms import Forms, cell_of
from xlcheck.handmade.equations.gru_states import mixed_otherwise
from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.left_out import reads_less
from xlcheck.handmade.equations.objections import doubt_of
from xlcheck.handmade.equations.placement import Placement, place
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.outcome import Outcome, Recompute, judged
from xlcheck.handmade.patterns import out_of_place
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.opinions import Opinion
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.reads import Reads
from xlcheck.handmade.witnesses import reason_to_doubt
from xlcheck.model.model_spec import LayerSpec
from xlcheck.verdicts.limits import Limit
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import Cell

_ROUNDED = frozenset({"leaky_relu", "LeakyReLU", "Rescaling"})
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
        """Whether every formula that should have a verdict is right, and nothing is missing or speaks otherwise."""
        missing = any(outcome.left.missing for outcome in self.outcomes)
        return bool(self.outcomes) and not (self.left or self.doubts or self.roots or missing)

    def joined_by(self, outcomes: Iterable[Outcome]) -> Settled:
        """The same with what became of other cells, or of the same ones under an edit.

        Args:
            outcomes: one for each of their layers.
        """
        new = tuple(outcomes)
        judged = {verdict.cell for outcome in new for verdict in outcome.verdicts}
        kept = tuple(o for o in self.outcomes if judged.isdisjoint(verdict.cell for verdict in o.verdicts))
        again = {verdict.cell for o in self.outcomes if o not in kept for verdict in o.verdicts}
        left = tuple(cell for cell in (*self.left, *sorted(again)) if cell not in judged)
        return replace(self, outcomes=(*kept, *new), left=left) if new else self

    def contradicts(self, others: Sequence[Outcome]) -> bool:
        """Whether another reading calls cells right that are wrong in this one.

        Args:
            others: what became of the cells in the other reading.
        """
        return not self.roots <= {verdict.cell for other in others for verdict in other.roots}


def settle(part: SheetGroup, terms: CellTerms, bench: Bench) -> Settled:
    """Recognise and judge the layers of some worksheets.

    Args:
        part: the worksheets.
        terms: what each formula computes from the cells that it reads.
        bench: judges the layers.
    """
    found = with_computed_weights(arranged(terms, part.values, Reads(part.table, part.precedents, terms)))
    outcomes: list[Outcome] = []
    taken: set[Address] = set()
    doubts = [f"the weighted sums from {show(cell_of(atom))} on were not judged: {why}"
              for atom, why in (*found.recognised.doubtful, *found.alone)]  # fmt: skip
    for layer in found.layers:
        try:
            effort.require_time()
            outcome, unsure = bench.judged(layer, found.forms)
        except UsageError as error:
            doubts.append(str(error))
            continue
        except effort.OutOfTimeError:
            doubts.append(effort.USED_UP)
            break
        opaque = {v.cell for v in outcome.verdicts if v.status is Status.AGREE and v.cell in outcome.tied.opaque}
        if opaque:
            doubts.append(f"{show(min(opaque))} gives what it should, but it was not recognised how")
            outcome = outcome.without(opaque, doubts[-1])
        doubt = reason_to_doubt(layer.reading, outcome, found.forms, unsure)
        rounding = rounds_throughout([verdict.cell for verdict in outcome.roots], outcome)
        why = rounding or (None if doubt is None else doubt.why)
        if doubt is not None and doubt.cells and rounding is None:
            outcome = outcome.without(doubt.cells, doubt.why)
            doubts.append(doubt.why)
            why = None if outcome.roots else doubt.why
        if why is None:
            why = doubt_of(part.table, found.reads.read.keys(), layer.reading)
        if why is None:
            less = reads_less(found.reads.multiplies_blank, layer.reading)
            why = less or next(found.read_for_nothing(agreeing(outcome)), None)
        if why is None:
            outcomes.append(bench.kept(outcome))
            taken |= layer.own
        else:
            doubts.append(why)
    for plain in found.plain:
        try:
            outcome = bench.judged_plain(plain)
        except UsageError as error:
            doubts.append(str(error))
            continue
        if all(verdict.status is Status.AGREE for verdict in outcome.verdicts):
            outcomes.append(outcome)
            taken |= plain.own
    left, spare = found.rest(taken)
    doubts = [*mixed_otherwise(found.forms, found.recognised.readings), *doubts]
    doubts += found.mixed_up() + found.objections() + found.words_against()
    bent = any(layer.reading.activations["activation"] != LINEAR for layer in found.layers)
    bent = bent or len(found.layers) > len(found.recognised.readings)  # as an attention, whose weights are computed
    may_be_more = found.recognised.has_activations or bent or bool(found.typed_over or found.decisions)
    return Settled(tuple(outcomes), tuple(left), tuple(spare), tuple(doubts), may_be_more)


def agreeing(outcome: Outcome) -> list[Address]:
    """The cells that hold what they should."""
    return [verdict.cell for verdict in outcome.verdicts if verdict.status is Status.AGREE]


class Bench:
    """Judges one layer after the other, each on what those before it should give.

    Args:
        part: the worksheets.
        opinion: what they hold, and the engine to ask again.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
        terms: what each formula computes.
    """

    def __init__(
        self, part: SheetGroup, opinion: Opinion, recompute: Recompute, tolerance: Tolerance, perturb: int,
        terms: CellTerms,
    ) -> None:  # fmt: skip
        self._part, self._opinion, self._recompute = part, opinion, recompute
        self._tolerance, self._perturb, self._terms = tolerance, perturb, terms
        self._known: dict[Address, float] = {}

    def _excerpt(self, layer: LayerCells | PlainCells) -> tuple[CellTable, CellValues]:
        read = {cell for own in layer.own for cell in self._part.precedents.of(own)}
        words = read & self._part.table.words.keys()
        return excerpt(self._part.table, self._part.values, layer.own, layer.given | words)

    def placed(self, layer: LayerCells | PlainCells, meant: Mapping[Address, Term] | None = None) -> Placement:
        """What each cell of a layer should hold; see `judged`."""
        table, _ = self._excerpt(layer)
        own = {cell: term for cell, term in (meant or {}).items() if cell in layer.own}
        return place(table, layer.networks, Precedents(table), self._terms, own)

    def wrong_under(self, layer: LayerCells | PlainCells, edit: Mapping[Address, Term]) -> Collection[Address]:
        """The cells of a layer that would still be wrong if others computed something else, or these cells."""
        table, _ = self._excerpt(layer)
        terms = self._terms.edited(edit)
        return place(table, layer.networks, Precedents(table), terms, edited=edit.keys()).tied.wrong.keys()

    def judged(
        self, layer: LayerCells, forms: Forms, meant: Mapping[Address, Term] | None = None
    ) -> tuple[Outcome, Collection[Address]]:
        """What became of a layer, and the wrong cells of which it is not certain.

        Args:
            layer: the layer.
            forms: what each cell computes.
            meant: what wrong cells should compute, where it is known.

        Raises:
            UsageError: a cell that should hold a given number holds none.
        """
        placement = self.placed(layer, meant)
        rounded = layer.reading.activations["activation"] in _ROUNDED or layer.reading.scale != 1
        outcome = self._compared(layer, placement, rounded=rounded)
        notes = (*_recognised(layer.reading, layer.networks), *outcome.notes, *_unused(layer.reading))
        return replace(outcome, notes=notes), placement.unsure

    def judged_plain(self, layer: PlainCells, meant: Mapping[Address, Term] | None = None) -> Outcome:
        """What became of a layer without sums of weights; see `judged`."""
        (spec,) = layer.networks[0].spec.layers
        outcome = self._compared(layer, self.placed(layer, meant), rounded=spec.kind in _ROUNDED)
        note = f"no bindings were given; assumed {layer.name} = {_in_words(spec)} (from {show(min(layer.own))} on)"
        return replace(outcome, notes=(note, *outcome.notes))

    def _compared(self, layer: LayerCells | PlainCells, placement: Placement, *, rounded: bool) -> Outcome:
        table, values = self._excerpt(layer)
        return judged(
            table, replace(self._opinion, values=values), Precedents(table), layer.networks, self._recompute,
            _as_keras_rounds(layer.networks, self._tolerance) if rounded else self._tolerance, perturb=self._perturb,
            known={cell: self._known[cell] for cell in layer.given & self._known.keys()}, placement=placement,
        )  # fmt: skip

    def kept(self, outcome: Outcome) -> Outcome:
        """The same outcome, which the next layers may build on."""
        self._known |= {v.cell: v.desired for v in outcome.verdicts if v.status in {Status.ROOT, Status.CARRIED}}
        return outcome


def networks_of(
    table: CellTable, values: CellValues, precedents: Precedents
) -> tuple[list[Network], Collection[Address], Sequence[str]]:
    """The networks of a workbook, each of layers one behind the other, the formula cells that compute them, and doubts.

    Layers that may be of another kind are left out; the doubts are why the others may be put together otherwise.

    Args:
        table: its cells.
        values: what they hold.
        precedents: who reads what.
    """
    terms = CellTerms(table, values)
    found = arranged(terms, values, Reads(table, precedents, terms))
    layers = [layer for layer in found.layers if layer.reading.is_certain]
    cells = {cell for layer in layers for cell in layer.own} & table.texts.keys()
    named, losses = [(layer.reading, layer.name) for layer in layers], [layer.loss for layer in layers]
    networks = chained(named, losses, dict(table.typed_numbers()))
    doubts = [*found.mixed_up(), *found.objections(), *found.words_against(), *out_of_place(table, values, cells)]
    return networks, cells, doubts


def _in_words(layer: LayerSpec) -> str:
    """A layer with the numbers that it has as options: `LeakyReLU(0.01)`."""
    names = ("negative_slope", "scale", "epsilon")
    shown = [f"{layer.options[name]:g}" for name in names if isinstance(layer.options.get(name), float)]
    return f"{layer.kind}({', '.join(own for own in shown if own != '0')})"


def _as_keras_rounds(networks: Sequence[Network], tolerance: Tolerance) -> Tolerance:
    """What counts as agreement for a layer in whose activation Keras rounds a constant to single precision."""
    limits = {f"{layer.name}.*": _SINGLE for network in networks for layer in network.spec.layers}
    return replace(tolerance, patterns={**limits, **tolerance.patterns})


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
    part = CellTable(replace(content, sheets=sheets), table.index.keys() - {*own, *given})
    positions = [table.index[address] for address in part.addresses]
    others = {i: values.others[p] for i, p in enumerate(positions) if p in values.others}
    return part, CellValues(values.numbers[np.array(positions, dtype=np.intp)], others)


def _recognised(reading: Reading, networks: Sequence[Network]) -> Iterator[str]:
    """What the formulas were read as."""
    layer, *scaled = networks[0].spec.layers
    cells = sorted(cell for cell in networks[0].weights[f"{layer.name}.kernel"] if cell is not None)
    shortest, *_, longest = sorted([*map(len, reading.documents)] * 2)
    steps = f"{longest} steps" if shortest == longest else f"{shortest} to {longest} steps"
    documents = len(reading.documents)
    samples = f", {documents} samples" + (" of" if longest > 1 else "") if documents > 1 else ""
    times = (" " if samples else ", ") + steps if longest > 1 else ""
    yield (
        f"no bindings were given; assumed {layer.name} = {reading.kind}({reading.units}, "
        f"{reading.activations['activation']}){samples}{times}{f' times {reading.scale:g}' if scaled else ''} "
        f"(weights from {show(cells[0])} on)"
    )
    if reading.turned:
        yield (
            f"the state of {layer.name} is (1 − z)·h + z·h̃, as many texts define a GRU: its z is 1 − z of Keras, whose "
            "weights for z are the negative ones"
        )


def _unused(reading: Reading) -> Iterator[str]:
    """Rows that look like units of a layer and that nothing reads."""
    for row in reading.unused:
        cells = sorted(x.atom for step in reading.layer.steps for x in reading.layer.at.get((row, step), ()))
        shown = ", ".join(show(cell_of(atom)) for atom in cells[:4]) + (" …" if len(cells) > 4 else "")
        yield f"{shown} look like one more unit of the layer, but nothing reads them; they were not checked"
