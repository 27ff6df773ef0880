"""The loss behind a layer: the cells that compare its results with typed targets, and their mean.

A formula is a loss if, whatever stands in the results and targets that it comes from, it gives what Keras's loss does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.functions import formulas_behind, leaves_above, number_under
from xlcheck.handmade.equations.polynomials import cell_of
from xlcheck.handmade.equations.reading import LossCells, Reading, outputs
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import offset_between

_TRIALS = 3
_MAJORITY = 2
"""Losses for each formula in line with them that is none."""
_MOST = 200
"""Formulas on the way from the results of a layer to its loss."""
_Loss = Callable[[np.ndarray, np.ndarray], float]
_SQUARED: tuple[str, _Loss] = ("mean_squared_error", lambda t, p: float(((t - p) ** 2).mean()))
"""A loss of any results."""
_ENTROPIES: Mapping[tuple[str, bool], tuple[str, _Loss]] = {
    ("softmax", False): ("categorical_crossentropy", lambda t, p: float(-(t * np.log(p)).sum())),
    ("sigmoid", True): ("binary_crossentropy", lambda t, p: float(-(t * np.log(p) + (1 - t) * np.log(1 - p)).sum())),
}
"""Activation of the layer, and whether it has one unit: its own loss, and what that makes of targets and results."""


def find_loss(reading: Reading, terms: CellTerms, taken: Collection[Address]) -> LossCells | None:
    """The loss of a layer without memory, if its every step has one.

    Args:
        reading: the layer.
        terms: what each formula computes.
        taken: the cells of all layers.
    """
    if reading.kind != "Dense":
        return None
    results = {cell_of(atom): place for place, atom in outputs(reading).items() if not atom[3]}
    behind = formulas_behind(results.keys(), terms, taken, _MOST)
    if len(results) < reading.units * len(reading.layer.steps):
        return None
    own = _ENTROPIES.get((str(reading.activations["activation"]), reading.units == 1))
    for name, loss in (_SQUARED,) if own is None else (own, _SQUARED):
        targets: dict[int, Sequence[Address]] = {}
        at: dict[int, Address] = {}
        for cell in behind:
            read = leaves_above(cell, terms, results, 2 * reading.units)
            steps = {results[x][0] for x in read if x in results}
            typed = sorted(x for x in read if x not in results)
            if len(steps) == 1 and len(read) == 2 * reading.units == 2 * len(typed):
                (step,) = steps
                if step not in at and _is_loss(cell, loss, _of_step(reading, step), typed, terms):
                    at[step], targets[step] = cell, typed
        if at and _are_in_line(reading, at, targets, {*behind} & terms.keys()):
            means = [cell for cell in behind if _is_mean(cell, set(at.values()), terms)]
            return LossCells(name, targets, at, means[0] if len(means) == 1 else None)
    return None


def _are_in_line(
    reading: Reading, at: dict[int, Address], targets: dict[int, Sequence[Address]], behind: Collection[Address]
) -> bool:
    """Whether every step has a loss; one that is none, or one of another step, is as most others have it, and wrong."""
    first = {step: _of_step(reading, step)[0] for step in reading.layer.steps}
    ways = Counter(
        (_away(first[step], own), *(_away(first[step], t) for t in targets[step])) for step, own in at.items()
    )
    ((to_loss, *to_targets), count), *_ = ways.most_common(1)
    if count >= _MAJORITY * (len(first) - count):
        for step, (_, row, column) in first.items():
            at[step], *targets[step] = ((on, row + down, column + right) for on, down, right in (to_loss, *to_targets))
    in_order = [target for step in sorted(at, key=first.__getitem__) for target in targets[step]]
    return at.keys() == first.keys() and in_order == sorted({*in_order}) and {*at.values()} <= {*behind}


def _away(one: Address, other: Address) -> tuple[str, int, int]:
    """On which worksheet another cell stands, how many rows down, and how many columns to the right."""
    return other[0], *offset_between(one, other)


def _of_step(reading: Reading, step: int) -> list[Address]:
    return [cell_of(outputs(reading)[step, unit]) for unit in range(reading.units)]


def _is_loss(
    cell: Address, loss: _Loss, results: Sequence[Address],
    targets: Sequence[Address], terms: CellTerms,
) -> bool:  # fmt: skip
    random = np.random.default_rng(7)
    for _ in range(_TRIALS):
        p, t = random.uniform(0.1, 0.9, (2, len(results)))
        known = dict(zip((*results, *targets), (*p.tolist(), *t.tolist()), strict=True))
        if not same(np.array(number_under(cell, known, terms)), np.array(loss(t, p))):
            return False
    return True


def _is_mean(cell: Address, losses: Collection[Address], terms: CellTerms) -> bool:
    """Whether a formula gives the mean of all losses."""
    if len(losses) < 2 or leaves_above(cell, terms, losses, len(losses)) != set(losses):
        return False
    numbers = np.random.default_rng(8).uniform(0.1, 0.9, len(losses)).tolist()
    known = dict(zip(sorted(losses), numbers, strict=True))
    return bool(same(np.array(number_under(cell, known, terms)), np.array(sum(numbers) / len(numbers))))
