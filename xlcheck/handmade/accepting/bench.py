"""Judges the layers of some worksheets one after the other: each on what stands in its own inputs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade.accepting.keras_answers import Recompute
from xlcheck.handmade.accepting.outcome import Outcome, judged
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.layer_cells import LayerCells
from xlcheck.handmade.equations.networks import second_biases, subtracts_bias
from xlcheck.handmade.equations.placement import Placement, place
from xlcheck.handmade.equations.plain import PlainCells
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.forms import Forms
from xlcheck.handmade.forms.kinks import layers_behind
from xlcheck.handmade.forms.other_activations import NAMES
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.model.model_spec import LayerSpec
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import Cell

_TIMES = "ops.multiply"
"""What scales what a layer reads."""
_ROUNDED = frozenset({"leaky_relu", "LeakyReLU", "Rescaling", *NAMES})
_SINGLE = Tolerance(2.0**-24, 2.0**-24)
"""Half a unit in the last place of a number of single precision."""


class Bench:
    """Judges one layer after the other, each on what those before it should give.

    Args:
        part: the worksheets.
        answers: what they hold, and the engine to ask again.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
        terms: what each formula computes.
    """

    def __init__(
        self, part: SheetGroup, answers: Answers, recompute: Recompute, tolerance: Tolerance, perturb: int,
        terms: CellTerms,
    ) -> None:  # fmt: skip
        self._part, self._answers, self._recompute = part, answers, recompute
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

    def wrong_in(self, found: Arrangement, meant: Mapping[Address, Term]) -> set[Address]:
        """The cells that compute something else than they should.

        Args:
            found: the layers.
            meant: what wrong cells should compute, where it is known.
        """
        wrong: set[Address] = set()
        for layer in found.all_layers:
            wrong |= self.placed(layer, meant).aligned.wrong.keys()
        return wrong

    def wrong_under(self, layer: LayerCells | PlainCells, edit: Mapping[Address, Term]) -> Collection[Address]:
        """The cells of a layer that would still be wrong if others computed something else, or these cells."""
        table, _ = self._excerpt(layer)
        terms = self._terms.edited(edit)
        return place(table, layer.networks, Precedents(table), terms, edited=edit.keys()).aligned.wrong.keys()

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
        activation = str(layer.reading.activations["activation"])
        rounded = activation in _ROUNDED or bool(layers_behind(activation)) or layer.reading.scale != 1
        outcome = self._compared(layer, placement, rounded=rounded)
        notes = (*_recognised(layer.reading, layer.networks), *outcome.notes, *_unused(layer.reading))
        return replace(outcome, notes=notes), placement.unsure

    def judged_plain(self, layer: PlainCells, meant: Mapping[Address, Term] | None = None) -> Outcome:
        """What became of a layer without sums of weights; see `judged`."""
        specs = layer.networks[0].spec.layers
        spec = next(own for own in specs if own.kind != _TIMES)
        outcome = self._compared(layer, self.placed(layer, meant), rounded=any(own.kind in _ROUNDED for own in specs))
        times = "".join(f" of {own.options['x2'][0]:g} times what it reads" for own in specs if own.kind == _TIMES)
        bent = f" and {specs[-1].options['activation']}" if specs[-1] is not spec else ""
        what = f"{_in_words(spec)}{bent}{times} (from {show(min(layer.own))} on)"
        note = f"recognised {layer.name} = {what}"
        return replace(outcome, notes=(note, *outcome.notes))

    def _compared(self, layer: LayerCells | PlainCells, placement: Placement, *, rounded: bool) -> Outcome:
        table, values = self._excerpt(layer)
        return judged(
            table, replace(self._answers, values=values), Precedents(table), layer.networks, self._recompute,
            _as_keras_rounds(layer.networks, self._tolerance) if rounded else self._tolerance, perturb=self._perturb,
            known={cell: self._known[cell] for cell in layer.given & self._known.keys()}, placement=placement,
        )  # fmt: skip

    def kept(self, outcome: Outcome) -> Outcome:
        """The same outcome, which the next layers may build on."""
        self._known |= {v.cell: v.desired for v in outcome.verdicts if v.status in {Status.ROOT, Status.CARRIED}}
        return outcome


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
    part = CellTable(
        replace(content, sheets=sheets), table.index.keys() - {*own, *given}, table.inside, table.stands_for
    )
    return part, values.at([table.index[address] for address in part.addresses])


def _recognised(reading: Reading, networks: Sequence[Network]) -> Iterator[str]:
    """What the formulas were read as."""
    layer = networks[0].spec.layers[0]
    cells = sorted(cell for cell in networks[0].weights[f"{layer.name}.kernel"] if cell is not None)
    shortest, *_, longest = sorted([*map(len, reading.documents)] * 2)
    steps = f"{longest} steps" if shortest == longest else f"{shortest} to {longest} steps"
    documents = len(reading.documents)
    samples = f", {documents} samples" + (" of" if longest > 1 else "") if documents > 1 else ""
    times = (" " if samples else ", ") + steps if longest > 1 else ""
    times += f" times {reading.scale:g}" if reading.scale != 1 else ""
    yield (
        f"recognised {layer.name} = {reading.kind}({reading.units}, "
        f"{', '.join(_activations(reading))}){samples}{times} "
        f"(weights from {show(cells[0])} on)"
    )
    if subtracts_bias(reading):
        yield f"the units of {layer.name} subtract a threshold, which is Keras's bias with the other sign"
    if second_biases(reading):
        yield f"the units of {layer.name} add two biases, as PyTorch's do: one is taken as the weight of an input of 1"
    if reading.turned:
        yield (
            f"the state of {layer.name} is (1 − z)·h + z·h̃, as many texts define a GRU: its z is 1 − z of Keras, whose "
            "weights for z are the negative ones"
        )


def _activations(reading: Reading) -> Iterator[str]:
    """What squeezes the sums, and what the gates have if it is no sigmoid."""
    yield str(reading.activations["activation"])
    gates = reading.activations.get("recurrent_activation", "sigmoid")
    if gates != "sigmoid":
        yield f"gates {gates}"


def _unused(reading: Reading) -> Iterator[str]:
    """Rows that look like units of a layer and that nothing reads."""
    for row in reading.unused:
        cells = sorted(x.atom for step in reading.layer.steps for x in reading.layer.at.get((row, step), ()))
        shown = ", ".join(show(cell_of(atom)) for atom in cells[:4]) + (" …" if len(cells) > 4 else "")
        yield f"{shown} look like one more unit of the layer, but nothing reads them; they were not checked"
