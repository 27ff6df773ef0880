"""Several trainings that begin with the same typed weights, which each of them copies first: a race of optimisers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from xlcheck.formulas.algebra import Address, Leaf
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.precedents import Precedents


def with_own_beginnings(terms: CellTerms) -> CellTerms:
    """The same, in which each training begins with given weights of its own where several copy the same typed ones.

    So the samples of one are none of another.

    Args:
        terms: what the formulas compute.
    """
    first = {*find_updates(terms, in_order(terms.reads), terms.reads).values()} - terms.keys()
    copies = (terms.readers.get(cell, ()) for cell in first)
    given = {own for line in copies if len(line) > 1 and all(isinstance(terms[c], Leaf) for c in line) for own in line}
    return terms.restricted([cell for cell in terms if cell not in given], given) if given else terms


def begin_otherwise(terms: CellTerms, updates: Mapping[Address, Address], precedents: Precedents) -> bool:
    """Whether trainings begin with copies of the same typed weights, and not each with all of them as the others do.

    Args:
        terms: what the formulas compute, for which these copies count as given.
        updates: updated cell → weight.
        precedents: who reads what.
    """
    first = sorted({*updates.values()} - updates.keys())
    copies: dict[Address, list[Address]] = defaultdict(list)
    for cell in (own for own in first if own not in terms and precedents.is_copy(own)):
        copies[precedents.of(cell)[0]].append(cell)
    return bool(copies) and (sum(map(len, copies.values())) < len(first) or not _are_alike([*copies.values()]))


def _are_alike(copies: Collection[Collection[Address]]) -> bool:
    """Whether there are as many copies of each weight, which stand to those of the first one alike in all trainings."""
    first = next(iter(copies))
    if len({*map(len, copies)}) > 1:
        return False
    pairs = [[*zip(first, line, strict=True)] for line in copies]
    return all(len({(*offset_between(a, b), a[0] == b[0]) for a, b in own}) == 1 for own in pairs)
