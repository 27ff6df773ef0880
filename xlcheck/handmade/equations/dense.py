"""A Dense layer: rows without memory, each step a sample; with a softmax over exponentials."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from xlcheck.handmade.equations.instances import LINEAR
from xlcheck.handmade.equations.layers import Layer
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.forms import RATIO, Forms
from xlcheck.handmade.forms.kinks import layers_behind
from xlcheck.handmade.forms.other_activations import KERAS
from xlcheck.handmade.forms.polynomials import Atom, Monomial

_PAIR = 2


def read_dense(layer: Layer, forms: Forms) -> list[Reading]:
    """The layer as Dense layers, one for the rows of each activation; rows with others are left out."""
    by_activation: dict[str, list[int]] = defaultdict(list)
    for row in layer.rows:
        by_activation[layer.activations[row]].append(row)
    # Rows with several activations may be the gates of something that was not recognised.
    is_certain = len(by_activation) == 1 and all(instance.is_anchored for instance in layer.instances)
    found = []
    for activation, rows in by_activation.items():
        part = layer if len(by_activation) == 1 else layer.restricted(rows)
        if activation in KERAS or layers_behind(activation):
            values = part.all_standing(part.rows, forms)
            read = _reading(part, activation, part.rows, values, is_certain=is_certain)
            found.append(replace(read, masked=_masked(part, values, forms)) if activation == LINEAR else read)
        elif activation == "exp":
            shares = _shares(part, forms)
            if shares:  # the exponentials may all stand in one formula, their shares have cells
                of = {row: min((a for (_, own), a in shares.items() if own == row), default=None) for row in part.rows}
                order = sorted(part.rows, key=lambda row: (of[row] is None, of[row] or ()))
                values = {(step, order.index(row)): atom for (step, row), atom in shares.items()}
                found.append(_reading(part, "softmax", order, values, is_certain=is_certain))
            elif not _is_divided(part, forms) and all(
                own.monomials == forms.of(own.atom).polynomial.keys() for own in part.instances
            ):  # nothing is taken off the sums
                values = part.all_standing(part.rows, forms)
                found.append(_reading(part, "exponential", part.rows, values, is_certain=is_certain))
    return found


def _reading(
    layer: Layer, activation: str, rows: list[int], values: dict[tuple[int, int], Atom], *, is_certain: bool
) -> Reading:
    documents = [[step] for step in layer.steps]
    return Reading(
        "Dense", {"activation": activation}, layer, [rows], {}, documents, {"y": values}, is_certain=is_certain
    )


def _masked(layer: Layer, values: Mapping[tuple[int, int], Atom], forms: Forms) -> frozenset[Atom]:
    """What stands among the results of a layer, and is a number that makes no share of a softmax."""
    return frozenset(atom for atom in values.values() if atom not in layer.by_atom and forms.is_mask(atom))


def _is_divided(layer: Layer, forms: Forms) -> bool:
    """Whether a quotient reads an exponential, as that of a softmax or of a sigmoid does."""
    ratios = (own for own in map(forms.of, list(forms)) if own.kind == RATIO)
    return any(
        atom in layer.by_atom for own in ratios for part in (own.polynomial, own.below) for m in part for atom in m
    )


def _shares(layer: Layer, forms: Forms) -> dict[tuple[int, int], Atom]:
    """Step and row → the cell that divides its exponential by the sum of all of the step, if most steps have them."""
    sums: dict[frozenset[Monomial], int] = {}
    for step in layer.steps:
        atoms = [layer.atom(row, step) for row in layer.rows]
        sums[frozenset((atom,) for atom in atoms if atom is not None)] = step
    found = {}
    for atom in list(forms):
        form = forms.of(atom)
        if form.kind == RATIO and len(form.product) == 1:
            of = sums.get(frozenset(form.below))
            if of is not None and set(form.below.values()) == {1.0}:
                place = layer.by_atom.get(form.product[0])
                if place is not None and place[1] == of:
                    found[of, place[0]] = atom
    if len(layer.rows) == _PAIR:
        found = {**dict(_remainders(layer, found, forms)), **found}
    return found if 2 * len(found) > len(layer.by_atom) else {}


def _remainders(
    layer: Layer, shares: Mapping[tuple[int, int], Atom], forms: Forms
) -> Iterator[tuple[tuple[int, int], Atom]]:
    """Step and row → the cell that takes the share of the other of two rows from 1."""
    places = {(atom,): place for place, atom in shares.items()}
    for atom in list(forms):
        polynomial = forms.of(atom).polynomial
        for share in (own for own in polynomial if own in places and len(polynomial) == _PAIR):
            if (polynomial.get(()), polynomial[share]) == (1.0, -1.0):
                step, row = places[share]
                yield (step, sum(layer.rows) - row), atom
