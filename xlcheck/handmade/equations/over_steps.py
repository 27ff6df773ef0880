"""Softmaxes over the steps of one unit, as an attention takes them of its scores.

The exponentials that a share is divided by have the weights of one unit then, and not those of several units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.forms.forms import RATIO, SUM, Forms
from xlcheck.handmade.forms.functions import Functions, Results
from xlcheck.handmade.forms.polynomials import Atom, Monomial, Polynomial


def shared_over_steps(forms: Forms) -> set[Atom]:
    """The exponentials of sums that have cells, of which all shares are those among exponentials of the same unit.

    Args:
        forms: what each cell computes.
    """
    found, others = set[Atom](), set[Atom]()
    for atom in list(forms):
        form = forms.of(atom)
        below = {own for monomial in form.below for own in monomial} if form.kind == RATIO else set[Atom]()
        exponentials = {own for own in below if forms.of(own).kind == "exp"}
        if not exponentials:
            continue
        units = {_weights(forms.of(own).polynomial, forms) for own in exponentials}
        is_one = len(units) == 1 < len(exponentials) and all(units) and below == exponentials
        (found if is_one else others).update((*exponentials, *form.product))
    return {atom for atom in found - others if _has_cell(atom, forms)}


def _weights(polynomial: Polynomial, forms: Forms) -> frozenset[Atom]:
    """The given factors of products with computed ones."""
    return frozenset(given for own in polynomial for given in _given_beside(own, forms))


def _given_beside(product: Monomial, forms: Forms) -> Iterator[Atom]:
    given = [own for own in product if forms.is_given(own)]
    yield from given if len(given) < len(product) else ()


def _has_cell(atom: Atom, forms: Forms) -> bool:
    """Whether what an exponential is of, but for a number that is taken off all of them, is a sum with a cell."""
    own = {product for product in forms.of(atom).polynomial if len(product) > 1}
    sums = (forms.of(part) for part in forms.inlined.get(atom, ()) if not part[3])
    return any(form.kind == SUM and own <= form.polynomial.keys() for form in sums)


def sequences_of(of: Results, functions: Functions) -> dict[int, Sequence[Address]]:
    """The steps of one unit that are shared together: those that as many formulas read all of, and nothing else.

    Args:
        of: the results of the unit; of several units there are none.
        functions: what formulas compute from them.
    """
    if len({unit for _, unit in of}) != 1:
        return {}
    place: Mapping[Address, tuple[int, int]] = {cell: at for at, cell in of.items()}
    often = Counter(read for read in functions.of.values() if len(read) > 1 and read <= place.keys())
    whole = [sorted(read, key=place.__getitem__) for read, count in often.items() if count >= len(read)]
    covered = sorted(cell for own in whole for cell in own)
    if covered != sorted(place) or len({*map(len, whole)}) != 1:
        return {}
    return dict(enumerate(sorted(whole, key=lambda own: place[own[0]])))
