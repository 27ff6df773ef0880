"""The training steps of a sheet: networks, what Keras says of them, and which cells hold the new weights."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.coefficients import Coefficient, only_number, ratio
from xlcheck.handmade.backward.quantities import bias_gradient
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.truth import Truth, truths
from xlcheck.handmade.backward.updates import first_weights
from xlcheck.handmade.reading.offsets import Offset, offset
from xlcheck.learning.dense_gradients import DenseGradients

_SURE = 4
"""Updates with the usual learning rate for each one with another, before that one is thought to be wrong."""

_RUN = 4
"""Steps of each training, where several are told from one another."""

Form = tuple[tuple[str | float, ...], object, bool]
"""The rule of a move, its rate, and whether it is that of a bias; the same for all weights that move alike."""


@dataclass(frozen=True)
class Move:
    """How an update follows from its weight.

    Attributes:
        rate: how far it goes.
        rule: what moves it; empty for the gradient alone.
        after: the weight that follows, under all settings.
        is_bias: whether it is a bias, which often moves by another rule than kernels do, as it is not to shrink.
        divisor: the usual size of its gradient, of those who divide by it.
        shares: the cells that say how much of what was kept is kept, if it moves by that.
        passes_over: whether something was made of the gradient that the update does not read.
    """

    rate: Coefficient
    rule: tuple[str | float, ...] = ()
    after: Array = field(default_factory=lambda: np.array([]), compare=False)
    is_bias: bool = False
    divisor: Array | None = field(default=None, compare=False)
    passes_over: bool = field(default=False, compare=False)
    shares: tuple[Address | None, ...] = field(default=(), compare=False)

    @property
    def form(self) -> Form:
        """The same for all weights that move alike."""
        return self.rule, self.rate.form, self.is_bias


Run = tuple[str, Address | None]
"""A worksheet, and the first weight of a training where several stand side by side."""


@dataclass(frozen=True)
class Step:
    """One network, and the cells that hold its weights after the step.

    Attributes:
        truth: what Keras says.
        gradients: the loss by each weight.
        moves: of the updates that follow their gradient; None for those that do not.
        training: the first weight of the training to which it belongs, where several stand side by side.
    """

    truth: Truth
    gradients: Mapping[Address, Array]
    moves: Mapping[Address, Move | None]
    training: Address | None = None

    @property
    def worksheet(self) -> str:
        """Where its outputs stand."""
        return self.truth.network.samples[0].outputs[-1][0][0]

    @property
    def run(self) -> Run:
        """Its worksheet, and the training: in each weights may move in another way."""
        return self.worksheet, self.training

    @property
    def gradient_names(self) -> dict[Address, str]:
        """Weight → what its gradient is called."""
        found: dict[Address, str] = {}
        for number, layer in enumerate(self.truth.network.layers, 1):
            for name, row in zip(layer.input_names, layer.kernel, strict=True):
                found |= {cell: f"∂E/∂w{number}[{name},{u}]" for u, cell in enumerate(row, 1)}
            found |= {cell: bias_gradient(number, units) for cell, units in layer.biases.items()}
        return found


def steps_under(sheet: Sheet, loss: str, ask: DenseGradients) -> list[Step]:
    """Each network of a sheet as a step that makes a loss smaller."""
    steps, trainings = [], _trainings(sheet)
    for truth, training in zip(truths(sheet.networks, sheet.cells, loss, ask), trainings, strict=True):
        gradients = truth.weight_gradients()
        learnt = () if truth.network.is_held_out else gradients
        moves = dict.fromkeys(update for update, weight in sheet.updates.items() if weight in learnt)
        steps.append(Step(truth, gradients, moves, training))
    return steps


def _trainings(sheet: Sheet) -> list[Address | None]:
    """The first weight of the training of each network, where several trainings learn from the same samples."""
    first = first_weights(sheet.updates)
    firsts = [min(first.get(weight, weight) for weight in network.weights) for network in sheet.networks]
    data: dict[Address, list[tuple[Address, ...]]] = defaultdict(list)
    for begin, network in zip(firsts, sheet.networks, strict=True):
        data[begin] += [sample.inputs for sample in network.samples]
    alike = len({tuple(sorted(own)) for own in data.values()}) == 1 < len(data)
    steps = Counter(firsts)
    return [*firsts] if alike and min(steps.values()) >= _RUN else [None] * len(firsts)


def without_strange_moves(steps: Iterable[Step]) -> list[Step]:
    """The steps, but an update does not follow its gradient if it alone goes so far along it, or in such a way."""
    steps = list(steps)
    strange = dict[Run, set[Form]]()
    for run in {step.run for step in steps}:
        forms, usual = _forms(steps, run), usual_forms(steps, run)
        most = max(forms.values(), default=0)
        strange[run] = {form for form, count in forms.items() if _SURE * count <= most and form not in usual}

    def kept(step: Step, move: Move | None) -> Move | None:
        return None if move is not None and move.form in strange[step.run] else move

    return [replace(step, moves={u: kept(step, move) for u, move in step.moves.items()}) for step in steps]


def _forms(steps: Iterable[Step], run: Run) -> Counter[Form]:
    """How many updates of a training on a worksheet move in each way."""
    own = (step for step in steps if step.run == run)
    return Counter(move.form for step in own for move in step.moves.values() if move is not None)


def usual_forms(steps: Iterable[Step], run: Run) -> set[Form]:
    """The form of most moves of a training on a worksheet, and of those of the other kind of weights as far."""
    forms = _forms(steps, run)
    first = max(forms, key=lambda form: forms[form], default=None)
    if first is None:
        return set()
    others = {form: count for form, count in forms.items() if form[1] == first[1] and form[2] != first[2]}
    return {first, *sorted(others, key=lambda form: -others[form])[:1]}


def goals(sheet: Sheet, step: Step, move: Move, gradients: Mapping[Address, Array]) -> dict[Address, Array]:
    """What the updates of a step should give if each weight moves along its gradient as far as a move goes.

    Biases go as far as most of them do that follow their gradients, and kernels the same.
    """
    biases = step.truth.network.biases
    plain = [own for own in step.moves.values() if own is not None and not own.rule]
    far = {
        kind: Counter(own.rate for own in plain if own.is_bias == kind).most_common(1) or [(move.rate, 0)]
        for kind in (False, True)
    }
    far[move.is_bias] = [(move.rate, 0)]
    weights = {update: sheet.updates[update] for update in step.moves}
    return {
        update: sheet.cells[weight] - far[weight in biases][0][0].size * gradients[weight]
        for update, weight in weights.items()
    }


def exact_updates(steps: Sequence[Step]) -> int:
    """How many updates follow their gradient."""
    return sum(move is not None for step in steps for move in step.moves.values())


def rates_of(steps: Sequence[Step], sheet: Sheet, places: Sequence[int], stride: Offset | None) -> list[list[Array]]:
    """The learning rates of each step; of one after which nothing moves, those before it.

    A rate that stands in a cell at each step is then what stands in that cell's place.

    Args:
        steps: with the moves of their updates.
        sheet: on which they stand.
        places: how many steps come before each of them.
        stride: how far the next step is away in the sheet, if that is known.
    """
    rates = [
        [move.rate.size for move in dict.fromkeys(move for move in step.moves.values() if move is not None)]
        for step in steps
    ]
    moving = [number for number, own in enumerate(rates) if own]
    for number, step in enumerate(steps) if moving else ():
        if not step.moves:
            weights = step.truth.network.weights
            before = next((own for own in moving if not weights.isdisjoint(steps[own].moves)), moving[0])
            by = places[number] - places[before]
            rates[number] = _further(rates[before], sheet, stride, by) or rates[before]
    return rates


def _further(rates: Sequence[Array], sheet: Sheet, stride: Offset | None, by: int) -> list[Array]:
    """Learning rates so many steps further, where each step computes its own."""
    known = {} if stride is None else {cell: offset(cell, stride, by) for cell in sheet.settings & sheet.terms.keys()}
    pairs = ((rate, cell, there) for cell, there in known.items() if there in sheet.settings for rate in rates)
    shares = ((only_number(ratio(rate, sheet.cells[cell])), there) for rate, cell, there in pairs)
    return [sheet.cells[there] * share for share, there in shares if share is not None]
