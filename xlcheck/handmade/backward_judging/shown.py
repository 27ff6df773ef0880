"""What people show of a training beside it: where the weights end, and the loss of all steps as one number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping
from itertools import permutations

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Leaf, outline
from xlcheck.formulas.shapes import shape_of, skeleton
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.network_cells import LayerCells
from xlcheck.handmade.backward.quantities import Quantity, Role
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward_judging.compared_estimates import compared
from xlcheck.handmade.backward_judging.family import place_of
from xlcheck.handmade.backward_judging.over_steps import OVER_STEPS, over_steps, steps_of
from xlcheck.handmade.backward_judging.verdicts import PROGRESS, Verdicts
from xlcheck.handmade.beside.lookups import finds_by
from xlcheck.handmade.reading.cell_terms import CellTerms, source
from xlcheck.handmade.reading.cells import CellTable, beside
from xlcheck.handmade.reading.digits import COMPUTED, agrees, digits_of
from xlcheck.handmade.reading.offsets import beside_at, offset
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.workbook.content import Value

_INVERSE: Mapping[str, Callable[[Array], Array]] = {
    "linear": lambda o: o, "sigmoid": lambda o: np.log(o / (1 - o)), "tanh": np.arctanh,
}  # fmt: skip
"""Activation → the weighted sum of which it gives an output."""
_COPIES = frozenset({"#", "#:#"})
"""What is left of a formula that repeats a cell, or of an array formula that repeats several."""
_HUNDRED = 100
_PLANE = 3
"""Weights of a unit whose answers two inputs at most say, so that a line parts them."""
_OF_ODDS = ("sigmoid", "softmax")


def shown(cell: Address, reading: Reading, right: Mapping[Address, str], table: CellTable) -> Quantity | None:
    """What a formula shows that nothing in the training reads; None if it is not known, or shows only a part.

    Args:
        cell: the formula.
        reading: the sheet as training steps.
        right: the cells that are right, and what they hold.
        table: the cells.
    """
    sheet = reading.sheet
    if cell not in sheet.terms or cell not in sheet.cells:
        return None
    if (origin := shown_weight(cell, sheet.terms)) is not None:
        is_last = origin in sheet.updates and origin in right and origin not in sheet.updates.values()
        is_ratio = not isinstance(sheet.terms[cell], Leaf)
        meant = not is_ratio or all(own.layers[-1].activation in _OF_ODDS for own in sheet.networks)
        what = f"{'exponential of the ' if is_ratio else ''}last {right.get(origin, '')}"
        return Quantity(what, sheet.cells[cell]) if is_last and meant else None
    for other in (_curve, _progress, _boundary, _line, _of_loss, _prediction, compared):
        if (found := other(cell, reading, right)) is not None:
            return found
    return over_steps(cell, reading, right, table)


def repeats_beside(cell: Address, reading: Reading, right: Container[Address]) -> bool:
    """Whether a typed number is what the right formula before it in its row or column holds, as a book's results are.

    Args:
        cell: the typed number.
        reading: the sheet as training steps.
        right: the cells that are right.
    """
    sheet, number = reading.sheet, reading.sheet.terms.number(cell)
    known = {
        own: sheet.after.get(own, sheet.cells.get(own)) for own in (offset(cell, by, -1) for by in ((0, 1), (1, 0)))
    }
    held = [values for own, values in known.items() if own in right and own in sheet.terms and values is not None]
    return digits_of(number) >= COMPUTED and any(agrees(float(values[-1]), number) for values in held)


def adds_nothing(cell: Address, table: CellTable, reading: Reading) -> bool:
    """Whether a formula is a mere copy of a cell, though written as if it computed something; data is looked up.

    Args:
        cell: the formula.
        table: the cells.
        reading: the sheet as training steps.
    """
    terms = reading.sheet.terms
    is_copy = isinstance(terms[cell], Leaf) and source(cell, terms) not in reading.data
    return is_copy and skeleton(table.texts.get(cell, "#")).lstrip("+") not in _COPIES


def as_beside(
    value: Callable[[Address], Value], right: Mapping[Address, str], reading: Reading, precedents: Precedents,
    table: CellTable,
) -> dict[Address, str]:  # fmt: skip
    """The formulas that nobody reads, and that are right as one that was filled alike is; and what they hold.

    So is one that shows nothing today, and the move of a weight that is moved no more: what it is made of is right, and
    so is what the same formula makes of that a step before.

    Args:
        value: what a cell holds.
        right: the cells that are right, and what they hold.
        reading: the sheet as training steps.
        precedents: who reads what.
        table: the cells.
    """
    found: dict[Address, str] = {}
    for cell in (own for own in table.texts if own not in right and not precedents.readers(own)):
        shape, shows_nothing = shape_of(table.texts[cell], *cell[1:]), value(cell) == ""
        near = beside(cell) if shows_nothing else beside_at(cell, reading.stride)[:1]
        known = [own for own in near if own in right and own in table.texts]
        alike = [own for own in known if shape_of(table.texts[own], *own[1:]) == shape]
        is_made_of_right = all(own in right or table.is_number(own) for own in precedents.of(cell))
        if alike and (shows_nothing or is_made_of_right):
            found[cell] = right[alike[0]]
    return found


def leads_to_data(cell: Address, table: CellTable, reading: Reading, precedents: Precedents) -> bool:
    """Whether only formulas read a cell that look up or make inputs and targets of it, and nothing learnt is in it.

    Args:
        cell: the formula.
        table: the cells.
        reading: the sheet as training steps.
        precedents: who reads what.
    """
    finding = {own for own in precedents.readers(cell) if own in table.texts and finds_by(cell, own, table)}
    readers = {source(own, reading.sheet.terms) for own in precedents.readers(cell) if own not in finding}
    learnt = reading.sheet.updates.keys() | {*reading.sheet.updates.values()} | reading.forward.keys()
    below = reached([cell], precedents.of)
    return bool(readers or finding) and readers <= reading.data and below.isdisjoint(learnt - reading.data)


def shown_weight(cell: Address, terms: CellTerms) -> Address | None:
    """What a formula copies, or shows as what it multiplies the odds with, as in a logistic regression.

    Args:
        cell: the formula.
        terms: what the formulas compute.
    """
    match terms[cell]:
        case Leaf() | Function(name="EXP", arguments=(Leaf(),)):
            return source(terms.reads[cell][0], terms)
    return None


def _curve(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """The logarithm or the root of the loss of a step, as in charts; None if the step beside has another function."""
    sheet, stride = reading.sheet, reading.stride
    (read, *others) = sheet.terms.reads[cell] or (cell,)
    if others or right.get(read) != "E" or stride is None or place_of(read, stride) != place_of(cell, stride):
        return None
    if len({outline(sheet.terms[own], len) for own in (cell, *beside_at(cell, stride)) if own in sheet.terms}) > 1:
        return None
    with np.errstate(all="ignore"):
        logarithm, root = np.log(sheet.cells[read]), np.sqrt(sheet.cells[read])
    scaled = {"ln": logarithm, "log10": logarithm / np.log(10), "log2": logarithm / np.log(2), "root": root}
    return next((Quantity(f"{k} of E", own) for k, own in scaled.items() if same(own, sheet.cells[cell])), None)


def _progress(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """By how much a loss falls from a step to the next one, or from the first to the last, be it as a share of it.

    So may what is added up over several steps, as over a round, and over others of as many.
    """
    sheet, reads = reading.sheet, {*reading.sheet.terms.reads[cell]}
    if len(reads) != 2 or len(names := {right.get(own, "") for own in reads}) > 1:
        return None
    (name,) = names
    if name == "E" and all(own in reading.roles for own in reads):
        several: dict[Address, tuple[int, ...]] = {own: (reading.roles[own][0],) for own in reads}
    elif name.endswith(OVER_STEPS):
        several = {own: steps_of(own, reading, right) for own in reads}
    else:
        return None
    (before, first), (after, last) = sorted(several.items(), key=lambda own: own[1])
    if not first or len(first) != len(last):
        return None
    if last[0] - first[-1] != 1 and (first[0], last[-1]) != (0, len(reading.steps) - 1):
        return None
    one, other = sheet.cells[before], sheet.cells[after]
    with np.errstate(all="ignore"):
        ways = (one - other, other - one, (one - other) / one, (other - one) / one, other / one)
    many = (way * times for way in ways for times in (1, _HUNDRED))
    found = next((own for own in many if same(own, sheet.cells[cell])), None)
    return None if found is None else Quantity(PROGRESS, found)


def _boundary(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """Where a unit of the only layer changes its answer: −b/w of one input, −v/w and −b/w of two."""
    sheet = reading.sheet
    reads = {*sheet.terms.reads[cell]}
    for layer in {own.layers[0] for own in sheet.networks if len(own.layers) == 1 and not own.layers[0].states}:
        for unit, kernel in enumerate(zip(*layer.kernel, strict=True)):
            weights = (*kernel, *((layer.bias[unit],) if layer.bias and layer.sign > 0 else ()))
            for a, b in permutations(weights, 2):
                with np.errstate(all="ignore"):
                    values = -sheet.cells[a] / sheet.cells[b]
                if reads == {a, b} and b in kernel and len(weights) <= _PLANE and same(values, sheet.cells[cell]):
                    return Quantity("where the answer changes", values)
    return None


def _of_loss(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """The loss of a step times a hundred, as people write it who think of errors in per cent, or its root."""
    values = reading.sheet.cells[cell]
    ways = (("in per cent", values / _HUNDRED, False), ("under a root", values**2, True))
    for number in range(len(reading.steps)) if not reading.sheet.terms.readers.get(cell) else ():
        loss = reading.libraries[number].by_name["E"].values
        for how, own, is_mean in ways:
            with np.errstate(all="ignore"):
                if not same(own, loss * (own[0] / loss[0])):
                    continue  # most are not, and this says so at once
            role = reading.role(number, own)
            if role is not None and role.quantity.name == "E" and not (is_mean and np.any(role.factor != 1)):
                return Quantity(f"E {how}", values)
    return None


def _line(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """The second input at which the answer changes: it follows from a number before it, a first input, and weights."""
    cells, reads = reading.sheet.cells, {*reading.sheet.terms.reads[cell]}
    for layer, kernel, bias in _last_units(reading):
        first, others = reads - {*kernel, *bias}, {*kernel, *bias} & reads
        if len(kernel) != _PLANE - 1 or len(others) < len(kernel) + len(bias) or not others <= right.keys():
            continue
        if len(first) == 1 and min(first) < cell and first.isdisjoint(right):
            total = cells[kernel[0]] * cells[min(first)] + sum(layer.sign * cells[own] for own in bias)
            with np.errstate(all="ignore"):
                values = -total / cells[kernel[1]]
            if same(values, cells[cell]):
                return Quantity("where the answer changes", values)
    return None


def _prediction(cell: Address, reading: Reading, right: Mapping[Address, str]) -> Quantity | None:
    """What the only layer of a network answers, with its last weights, to inputs that are typed into the formula."""
    sheet, reads = reading.sheet, {*reading.sheet.terms.reads[cell]}
    for layer, kernel, bias in _last_units(reading):
        if layer.activation not in _INVERSE or reads != {*kernel, *bias} or not reads <= right.keys():
            continue
        with np.errstate(all="ignore"):
            total = _INVERSE[layer.activation](sheet.cells[cell])
        total = total - sum(layer.sign * sheet.cells[own] for own in bias)
        weights = np.stack([sheet.cells[own] for own in kernel], axis=1)
        inputs = np.linalg.lstsq(weights, total)[0] if np.isfinite(total).all() else np.zeros(len(kernel))
        if len(total) > len(kernel) and same(weights @ inputs, total) and inputs.all():
            return Quantity("o for inputs that are typed", sheet.cells[cell])
    return None


def _last_units(reading: Reading) -> Iterator[tuple[LayerCells, tuple[Address, ...], tuple[Address, ...]]]:
    """The units of the only layer, each with its weights after the last step, and its bias."""
    after = {weight: update for update, weight in reading.sheet.updates.items()}
    layers = {own.layers[0].reading(after) for own in reading.sheet.networks if len(own.layers) == 1}
    for layer in (own for own in layers if not own.states):
        for unit, kernel in enumerate(zip(*layer.kernel, strict=True)):
            bias = (layer.bias[unit],) if layer.bias else ()
            if after.keys().isdisjoint({*kernel, *bias}):
                yield layer, kernel, bias


def computed_targets(table: CellTable, reading: Reading, accepted: Collection[int]) -> dict[Address, str]:
    """The formulas that make targets, in whatever way, as no weight is in them."""
    samples = (sample for number in accepted for sample in reading.steps[number].truth.network.samples)
    targets = {cell for sample in samples for cell in sample.targets}
    return dict.fromkeys((cell for cell in targets if cell in table.texts), "target")


def handed_on(said: Verdicts, accepted: Collection[int]) -> list[tuple[Address, Role]]:
    """The copies of weights from which right cells go on, and nothing else does; with what each holds.

    Args:
        said: what is known of the cells of the training.
        accepted: numbers of the steps that are certain.
    """
    terms, steps, found = said.reading.sheet.terms, said.reading.steps, list[tuple[Address, Role]]()
    held = set().union(*(steps[number].truth.network.weights for number in accepted))
    for cell in said.table.texts.keys() - said.agree.keys() - said.results.keys():
        readers = terms.readers.get(cell, ())
        origin = source(cell, terms) if isinstance(terms.get(cell), Leaf) else None
        if origin in held and readers and all(reader in said.agree for reader in readers):
            found.append((cell, Role(Quantity("weight", said.reading.sheet.cells[origin]))))
    return found
