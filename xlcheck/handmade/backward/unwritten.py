"""Outputs that have no cell of their own, as in `=(a*x+b-y)^2`: read as if they stood in a cell beside the sheet.

So are inputs and targets that a formula makes for itself, as in `=a*x^2+b-2*y`, or `=p-(class=1)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.network_cells import FAR
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order, leaves, source

_PAIR = 2
_BENDING = frozenset({"EXP", "TANH", "MAX", "IF"})


def with_outputs(terms: CellTerms) -> CellTerms:
    """The same, with a cell for each output that is compared with a target within a formula."""
    order = in_order(terms.reads)
    updates = find_updates(terms, order, terms.reads)
    weights = {*updates, *updates.values()}
    learnt = behind(weights, order, terms)
    algebra = terms.algebra
    outputs: dict[Term, Address] = {}
    edit: dict[Address, Term] = {}
    for cell, term in terms.items():
        found = dict(_differences(term, terms, learnt))
        inner = {own: parts for own, parts in found.items() if found.keys() & {*subterms(own)} == {own}}
        for output, _, _ in inner.values():
            outputs.setdefault(output, (cell[0], cell[1], cell[2] + FAR * (1 + len(outputs))))
        instead = {
            own: algebra.scale(algebra.subtract(algebra.leaf(outputs[output]), target), factor)
            for own, (output, target, factor) in inner.items()
        }
        if instead and isinstance(new := algebra.replaced(term, instead.get), Term):
            edit[cell] = new
    return terms.edited({**edit, **{cell: output for output, cell in outputs.items()}}) if edit else terms


def with_data(terms: CellTerms) -> CellTerms:
    """The same, with a cell for each input and target that is made within a formula."""
    order = in_order(terms.reads)
    updates = find_updates(terms, order, terms.reads)
    made = _Made(terms, frozenset({*updates, *updates.values()}), order)
    edit: dict[Address, Term] = {}
    for cell, term in terms.items():
        instead = {own: new for own in subterms(term) if (new := made.instead_of(own, cell)) is not None}
        if instead and isinstance(new := terms.algebra.replaced(term, instead.get), Term):
            edit[cell] = new
    return terms.edited({**edit, **{cell: data for data, cell in made.cells.items()}}) if edit else terms


class _Made:
    """Sums of weights times something, in which what is made of given numbers has a cell of its own.

    Attributes:
        cells: what is made → its cell.
    """

    def __init__(self, terms: CellTerms, weights: frozenset[Address], order: Sequence[Address]) -> None:
        self._terms, self._weights, self._learnt = terms, weights, behind(weights, order, terms)
        self.cells: dict[Term, Address] = {}

    def instead_of(self, term: Term, cell: Address) -> Expression | None:
        """What stands for a term of a formula; None if it makes no input or target, or is none of these sums."""
        if not isinstance(term, Sum) or term.constant:
            return None
        targets = [(part, c) for part, c in term.parts if not self._is_learnt(part)]
        others = [(part, c) for part, c in term.parts if self._is_learnt(part)]
        if not others or len(targets) > 1 or len(term.parts) < _PAIR:
            return None
        if targets and len(others) == 1 and self._is_output(others[0][0]):
            scale, summands = abs(others[0][1]), others
        else:
            biases = [(part, c) for part, c in others if self._is_weight(part)]
            scale = abs((*biases, *(own for own in targets if isinstance(own[0], Leaf)), (None, 1.0))[0][1])
            products = [self._product(own, c, scale, cell) for own, c in others if not self._is_weight(own)]
            if not products or None in products or len(biases) > 1:
                return None
            summands = [*biases, *(own for own in products if own is not None)]
        made = [(self._datum(part, c, scale, cell), scale if c > 0 else -scale) for part, c in targets]
        found = self._terms.algebra.sum(self._terms.algebra.scale(part, c) for part, c in (*summands, *made))
        return None if found is term else found

    def _product(self, part: Term, c: float, scale: float, cell: Address) -> tuple[Term, float] | None:
        """A weight times an input, and how often it is added; None if a part of a sum is something else."""
        factors = part.factors if isinstance(part, Product) else ()
        weights = [factor for factor, power in factors if power == 1 and self._is_weight(factor)]
        if len(weights) != 1:
            return None
        algebra, rest = self._terms.algebra, [(own, power) for own, power in factors if own is not weights[0]]
        if any(self._is_learnt(own) for own, _ in rest):
            return (part, c) if abs(c) == scale else None
        made: Expression = 1.0
        for own, power in rest:
            made = algebra.multiply(made, algebra.power(own, power))
        found = algebra.multiply(weights[0], self._datum(made, c, scale, cell)) if isinstance(made, Term) else None
        return (found, scale if c > 0 else -scale) if isinstance(found, Term) else None

    def _datum(self, made: Term, c: float, scale: float, cell: Address) -> Term:
        """What is made of given numbers, so many times: a given cell, or one beside the sheet."""
        scaled = self._terms.algebra.scale(made, abs(c) / scale)
        if isinstance(scaled, Leaf) or not isinstance(scaled, Term):
            return made
        place = self.cells.setdefault(scaled, (*cell[:2], cell[2] - FAR * (1 + len(self.cells))))
        return self._terms.algebra.leaf(place)

    def _is_learnt(self, part: Term) -> bool:
        return any(source(cell, self._terms) in self._learnt for cell in leaves(part))

    def _is_weight(self, part: Term) -> bool:
        return isinstance(part, Leaf) and source(part.cell, self._terms) in self._weights

    def _is_output(self, part: Term) -> bool:
        return (isinstance(part, Leaf) and not self._is_weight(part)) or _is_unit([part])


def _differences(term: Term, terms: CellTerms, learnt: set[Address]) -> Iterator[tuple[Term, tuple[Term, Leaf, float]]]:
    """The sums within a term that are an output less a target, so many times: the output, the target and how often."""
    for own in subterms(term):
        if not isinstance(own, Sum) or own.constant:
            continue
        for target, factor in own.parts:
            if not isinstance(target, Leaf) or source(target.cell, terms) in learnt:
                continue
            others = [(part, c) for part, c in own.parts if part is not target]
            output = terms.algebra.sum(part for part, _ in others)
            if all(c == -factor for _, c in others) and isinstance(output, Term) and _is_unit([p for p, _ in others]):
                yield own, (output, target, -factor)


def _is_unit(parts: list[Term]) -> bool:
    """Whether parts make an output: products of two cells and at most one cell alone, an activation, or a share."""
    pairs = [
        part for part in parts if isinstance(part, Product) and len(part.factors) == 2
        and all(isinstance(factor, Leaf) and power == 1 for factor, power in part.factors)
    ]  # fmt: skip
    single = [part for part in parts if isinstance(part, Leaf)]
    if pairs and len(single) < 2 and len(pairs) + len(single) == len(parts):
        return True
    bends = any(isinstance(own, Function) and own.name in _BENDING for part in parts for own in subterms(part))
    return len(parts) == 1 and (bends or _is_share(parts[0]))


def _is_share(part: Term) -> bool:
    """Whether a cell is divided by the sum of several, itself among them, as the exponentials of a softmax are."""
    match part:
        case (
            Product(factors=((Leaf() as cell, 1), (Sum(constant=0.0, parts=parts), -1)))
            | Product(factors=((Sum(constant=0.0, parts=parts), -1), (Leaf() as cell, 1)))
        ):
            return (cell, 1) in parts and all(isinstance(own, Leaf) and c == 1 for own, c in parts)
    return False
