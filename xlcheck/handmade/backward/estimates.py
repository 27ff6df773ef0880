"""Gradients that people estimate by finite differences: what the loss grows by if one weight is a little larger.

An estimate is checked for what it is, a difference of two losses over the length of the step between them; that it is
near the gradient follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.moved_copies import LONGEST
from xlcheck.handmade.backward.quantities import Library, Quantity, Role, on_the_way_forward
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import Step
from xlcheck.handmade.backward.truth import Truth, truths
from xlcheck.handmade.reading.cells import show
from xlcheck.learning.dense_gradients import DenseGradients

ESTIMATE = "estimate"
"""What names such a gradient."""
_SIGNED = "error", "t ln", "(1 − t)", "cross-entropy"
"""What people subtract either way, or count with a minus."""
_COUNTED = "E", "squared error"
"""What people halve, or take the mean of."""
_MOST = 3_000
"""Networks with another weight."""
_ROUNDING = 2e-15
"""How far sums of squares may be off, as a share of them."""


def estimated(
    sheet: Sheet,
    steps: Sequence[Step],
    known: Mapping[Address, tuple[int, Role]],
    near: Mapping[Address, Collection[int]],
    ask: DenseGradients,
) -> dict[Address, tuple[int, Role] | None]:
    """The cells that hold something of an estimated gradient, with the number of the step and what they hold.

    None of a cell that seems to hold something else and is made of estimates: a number that is 1 anyway, say.

    An estimate may be the gradient itself, as that of squares is from both sides: what is made of losses with another
    weight is one all the same. It counts the gradient as often as others do.

    Args:
        sheet: the sheet.
        steps: its steps.
        known: what other cells hold.
        near: cell behind the forward parts → the numbers of the steps to which it is near.
        ask: asks Keras.
    """
    cells = {
        cell: min(near[cell]) for cell in sheet.order if cell not in sheet.settings and len(near.get(cell, ())) == 1
    }
    unknown = {number: [c for c, own in cells.items() if own == number and c not in known] for number in cells.values()}
    libraries = estimates(sheet, steps, unknown, ask)
    found = dict[Address, tuple[int, Role] | None]()
    for cell, number in cells.items():
        own = (found[read] for read in sheet.terms.reads[cell] if read in found)
        is_made_of_them = any(held is not None and _leads_to_estimates(held[1]) for held in own)
        if cell in known and not is_made_of_them:
            continue
        role = libraries[number].role(sheet.cells[cell]) if number in libraries else None
        if role is not None and _is_meant(role, _usual(steps[number], number, known)):
            found[cell] = number, role
        elif cell in known:
            found[cell] = None
    return found


def _leads_to_estimates(role: Role) -> bool:
    """Whether a cell holds a loss with another weight, or an estimate."""
    return role.quantity.name.startswith(("E", ESTIMATE))


def _usual(step: Step, number: int, known: Mapping[Address, tuple[int, Role]]) -> float | None:
    """How often most cells count the gradients of a step, or its loss if none holds one; None if nobody does."""
    roles = [role for at, role in known.values() if at == number and np.ndim(role.factor) == 0]
    for names in ({*step.gradient_names.values()}, {"E"}):
        counts = Counter(float(f"{float(own.factor):.9g}") for own in roles if own.quantity.name in names)
        if counts:
            return counts.most_common(1)[0][0]
    return None


def _is_meant(role: Role, usual: float | None) -> bool:
    """Whether people count a quantity so many times: an estimate as the gradients, what leads to it as it is."""
    if np.ndim(role.factor):
        return False
    name, factor = role.quantity.name, float(role.factor)
    if ESTIMATE in name:
        return factor > 0 if usual is None else bool(np.isclose(factor, usual))
    if name.startswith(_SIGNED):
        return bool(np.isclose(abs(factor), 1))
    return factor > 0 if name.startswith(_COUNTED) else bool(np.isclose(factor, 1))


def estimates(
    sheet: Sheet, steps: Sequence[Step], unknown: Mapping[int, Collection[Address]], ask: DenseGradients
) -> dict[int, Library]:
    """The quantities of estimated gradients, by the number of the step.

    Args:
        sheet: the sheet.
        steps: its steps.
        unknown: number of a step → cells near it of which nobody knows what they hold.
        ask: asks Keras.
    """
    trials = list[tuple[int, Address, str, Array]]()
    for number, cells in unknown.items():
        lengths = {at: values for cell in cells for at, values in sheet.settings_of(cell).items()}
        short = {values.tobytes(): at for at, values in lengths.items() if 0 < abs(values[-1]) < LONGEST}
        named = [(show(at) if at[0] else f"{lengths[at][-1]:g}", lengths[at]) for at in short.values()]
        trials += [(number, weight, *own) for own in named for weight in steps[number].gradients]
    if not trials or 2 * len(trials) > _MOST:
        return {}
    places: dict[Address, Array] = {}
    networks = []
    for number, weight, _, length in trials:
        for far in (length, -length):
            place = ("", -1, len(places))
            places[place] = sheet.cells[weight] + far
            networks.append(steps[number].truth.network.reading({weight: place}))
    found: dict[int, list[Quantity]] = {number: [] for number in unknown}
    moved = truths(networks, {**sheet.cells, **places}, steps[0].truth.loss, ask)
    for (number, weight, name, length), more, less in zip(trials, moved[::2], moved[1::2], strict=True):
        step = steps[number]
        own = f"{step.gradient_names[weight].removeprefix('∂E/∂')} {{}} {name}"
        for sign, truth, far in (("+", more, length), ("−", less, -length)):
            found[number].append(Quantity(own.format(sign), sheet.cells[weight] + far))
            found[number] += _forward(step.truth, truth, own.format(sign))
            found[number] += _estimates(step, weight, (step.truth, truth), far, own.format(sign))
        found[number] += _estimates(step, weight, (less, more), 2 * length, own.format("±"))
    counts = steps[0].truth.network.with_targets, len(steps[0].truth.network.samples[-1].targets)
    return {number: Library(own, counts) for number, own in found.items()}


def _forward(before: Truth, moved: Truth, at: str) -> Iterator[Quantity]:
    """What a network with another weight computes otherwise than it does with its own."""
    for own, other in zip(on_the_way_forward(moved), on_the_way_forward(before), strict=True):
        if not np.array_equal(own.values, other.values, equal_nan=True):
            yield Quantity(f"{own.name} at {at}", own.values)


def _estimates(step: Step, weight: Address, ends: tuple[Truth, Truth], far: Array, at: str) -> Iterator[Quantity]:
    """The difference of two losses over how far the weights are apart, and how far that is from the gradient."""
    gradient, samples = step.gradient_names[weight], range(len(step.truth.network.samples))
    groups = [("", list(samples))] + [(f"({s + 1})", [s]) for s in samples if len(samples) > 1]
    for mark, own in groups:
        one, other = (truth.losses[:, own].sum(axis=1) for truth in ends)
        with np.errstate(all="ignore"):
            slope = (other - one) / far
            off = _ROUNDING * (np.abs(one) + np.abs(other)) / np.abs(far)
        yield Quantity(f"{ESTIMATE}{mark} of {gradient} at {at}", slope, off)
        if not mark:
            error = slope - step.gradients[weight]
            yield Quantity(f"error of the {ESTIMATE} of {gradient} at {at}", error, off)
            yield Quantity(f"size of the error of the {ESTIMATE} of {gradient} at {at}", np.abs(error), off)
