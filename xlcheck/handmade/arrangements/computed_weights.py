"""Layers whose weights are results of others, as the keys and values of an attention: a second look at what is left.

For formulas that sum up products of results, these are given numbers; so they are weighted sums as well, and are judged
as such. They may be scaled, as by 1/√d.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from xlcheck.formulas.algebra import Address, Leaf, Term
from xlcheck.handmade.arrangements.arrangement import Arrangement
from xlcheck.handmade.arrangements.arranging import arrangement_of, plain_behind
from xlcheck.handmade.equations.colouring import find_instances
from xlcheck.handmade.equations.instances import Instance
from xlcheck.handmade.equations.reading import Reading, outputs
from xlcheck.handmade.equations.recognise import Tables, recognise_layers
from xlcheck.handmade.forms.forms import SUM, Forms
from xlcheck.handmade.forms.polynomials import atom_of, cell_of
from xlcheck.handmade.reading.reached import reached

_SEVERAL, _MOST_TIMES = 2, 4
"""Products of a sum; and how often layers are looked for behind those that were found."""


def with_computed_weights(found: Arrangement) -> Arrangement:
    """The layers of some worksheets, with those behind them whose weights are computed.

    Args:
        found: the layers whose weights are given.
    """
    for _ in range(_MOST_TIMES):
        results = {cell_of(atom) for layer in found.layers for atom in outputs(layer.reading).values()}
        results |= {cell for layer in found.plain for cell in layer.results.values()}
        left = [cell for cell in found.reads.terms if cell not in found.own]
        made = _made(found)
        scales = {cell: scale for cell in left if (scale := _scale(cell, found.forms, results, made)) is not None}
        more = _behind(found, scales, results | made) if scales else found
        if more is found:
            break
        found = more
    return found


def _behind(found: Arrangement, scales: Mapping[Address, float], results: Collection[Address]) -> Arrangement:
    """The same with the layers that some sums of products make, each sum with its scale; or itself without any.

    Of two factors that are both computed either may be the weight: the one with which a softmax is taken of each step.
    """
    all_terms = found.reads.terms
    algebra = all_terms.algebra
    unscaled: dict[Address, Term] = {}

    def copies(cell: Address) -> bool:
        return isinstance(all_terms.get(cell), Leaf)  # as keys that stand once more, transposed

    for cell, scale in scales.items():
        term = algebra.scale(all_terms[cell], 1 / scale)
        if isinstance(term, Term):
            unscaled[cell] = term
    reads = {
        read for cell in unscaled for read in reached([cell], lambda own: all_terms.reads.get(own, ()), among=copies)
    }
    terms = all_terms.restricted([*unscaled, *reads], results).edited(unscaled)
    forms, names = Forms(terms), [layer.name for layer in found.layers]
    both = []
    for is_turned in (False, True):
        instances = find_instances(forms)
        tables = Tables.of({atom: _turned(own) for atom, own in instances.items()} if is_turned else instances)
        recognised = recognise_layers(forms, tables)
        readings = tuple(own for reading in recognised.readings if (own := _scaled(reading, scales)) is not None)
        if readings:
            recognised = replace(recognised, readings=readings, doubtful=(), alone=())
            more = arrangement_of(recognised, found.values, found.reads.under(terms), names).layers
            layers = (*found.layers, *more)
            both.append(replace(found, layers=layers, plain=tuple(plain_behind(layers, found.reads))))
    return max(both, key=lambda own: len(own.plain), default=found)


def _turned(instance: Instance) -> Instance:
    """A weighted sum with weights for inputs, and inputs for weights."""
    if instance.is_anchored or any(x is None for x, _ in instance.pairs):
        return instance
    pairs = tuple((weight, x) for x, weight in instance.pairs if x is not None)
    return replace(instance, pairs=pairs, weights=instance.inputs, inputs=instance.weights)


def _scaled(reading: Reading, scales: Mapping[Address, float]) -> Reading | None:
    """A layer with the scale of all its sums; None if they have several."""
    own = {round(scales.get(cell_of(atom), 1.0), 12): scales.get(cell_of(atom), 1.0) for atom in reading.layer.by_atom}
    return replace(reading, scale=next(iter(own.values()))) if len(own) == 1 and reading.kind == "Dense" else None


def _made(found: Arrangement) -> set[Address]:
    """The formulas that make numbers of typed ones alone that no layer reads: an adjacency, normalised."""
    terms = found.reads.terms
    of_layers = found.own | (found.given - terms.keys())
    behind = reached(of_layers, lambda cell: terms.readers.get(cell, ()))
    return {cell for cell in terms if cell not in of_layers and cell not in behind}


def _scale(cell: Address, forms: Forms, results: Collection[Address], made: Collection[Address]) -> float | None:
    """What a sum of products is multiplied with, each of a result and a result or made number; None for another one."""
    form = forms.of(atom_of(cell))
    factors = [*form.polynomial.values()] if form.kind == SUM else []
    if len(factors) < _SEVERAL or any(len(monomial) != 2 for monomial in form.polynomial):
        return None
    first = factors[0]
    is_even = first > 0 and all(abs(factor - first) <= abs(first) * 1e-12 for factor in factors)
    pairs = [{*map(cell_of, monomial)} for monomial in form.polynomial]
    is_one = all(own <= {*results, *made} and own & {*results} for own in pairs)
    return first if is_even and is_one else None
