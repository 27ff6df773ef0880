"""Outputs that have no cell of their own, as in `=(a*x+b-y)^2`: read as if they stood in a cell beside the sheet."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Sum, Term, subterms
from xlcheck.handmade.backward.data import behind
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order, source

FAR = 100_000
"""How many columns to the right of its first formula such an output stands; no worksheet is so wide."""
_BENDING = frozenset({"EXP", "TANH", "MAX", "IF"})


def is_unwritten(cell: Address) -> bool:
    """Whether a cell stands beside the sheet."""
    return cell[2] >= FAR


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
