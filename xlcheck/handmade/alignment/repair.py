"""Find the cell that is wrong in itself: the one whose repair makes the cells after it right.

Where a cell computes nothing that the model has, it is wrong, or one of those that it reads holds
something else than it should. Each likely repair is tried; the best one leaves the
fewest cells that compute nothing, or that hold something else than their place asks for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.alignment.book_in_repair import AGAIN, BookInRepair, Repair, Repairs
from xlcheck.handmade.alignment.matching import Matching, ancestors
from xlcheck.handmade.alignment.needed import Weighed, functions_of, proposed, proposed_together

DEPTH = 3
_LIKE = 0.5
"""The share of what a formula reads and of what it should read that is the same, where it was meant to compute that."""
_ODD = 1.0
"""What speaks for a repair of a cell whose formula is not what was filled into the cells beside it."""


def best_repair(cell: Address, now: Matching, book: BookInRepair) -> Repairs:
    """The repair that explains an unknown cell best, or none if it is better left as a scratch cell.

    Args:
        cell: a cell that computes nothing, though all that it reads is known.
        now: what the cells hold.
        book: the workbook in repair.
    """
    if not _may_matter(cell, now, book):
        return ()
    if cell in book.placed.bound and cell not in book.spared and (now.equal(cell) or _reads_what_is_known(cell, book)):
        return (Repair(cell, book.placed.bound[cell]),)  # whatever it computes is not what it was said to
    near = [c for c in _suspects(cell, now, book) if c not in book.scratch]
    odd = {c for c in near if book.is_odd(c)}
    likely = _best_of(proposed(near, now, book), cell, near, odd, now, book)
    if likely is None or likely.repairs[0].cell == cell:
        together = _best_of(proposed_together(near, now, book), cell, near, odd, now, book)
        likely = max((r for r in (likely, together) if r is not None), key=lambda r: r.rank, default=None)
    return () if likely is None else likely.repairs


def _reads_what_is_known(cell: Address, book: BookInRepair) -> bool:
    """Whether of all cells that a cell reads it is known what they should hold."""
    known = (book.placed.given, book.placed.bound, book.wrong)
    return all(any(p in cells for cells in known) for p in book.precedents.of(cell))


@dataclass(frozen=True)
class _Ranked:
    """Repairs and how good they are: by their effect, what else speaks for them, their place in the calculation."""

    rank: tuple[float, float, float]
    repairs: Repairs


def _best_of(
    proposals: Sequence[Weighed],
    cell: Address,
    near: Sequence[Address],
    odd: Collection[Address],
    now: Matching,
    book: BookInRepair,
) -> _Ranked | None:
    cells = [*near, *(r.cell for repairs, _ in proposals for r in repairs)]
    order = {c: i for i, c in enumerate(book.precedents.in_order(cells))}
    best: _Ranked | None = None
    for repairs, preference in sorted(proposals, key=lambda p: min(order[r.cell] for r in p[0])):
        after = book.after(now, repairs, cell)
        repaired = {r.cell for r in repairs}
        if after is None or (cell not in repaired and after.is_unknown(cell)) or _are_constant(repairs, now):
            continue
        gain = book.worth(after, near, repaired) - book.worth(now, near, repaired)
        if not all(book.table.is_formula(c) and now.is_unknown(c) for c in repaired):
            gain -= len(repairs) - 1  # unknown cells are wrong in any case
        gain -= sum(book.loss(r.cell, now) for r in repairs if not _is_forgotten(r, now, book))
        gain -= sum(1 - AGAIN for r in repairs if _is_there(r, now, after, book))
        if gain < 0 or (gain < AGAIN and not _is_asked_for(repairs, preference, now, after, book)):
            continue
        gain -= _ODD * any(book.is_filled_rightly(r, now) for r in repairs)
        rank = (round(gain + _ODD * repaired.issubset(odd), 3), preference, float(cell not in repaired))
        if best is None or rank > best.rank:
            best = _Ranked(rank, repairs)
    return best


def _is_there(repair: Repair, now: Matching, after: Matching, book: BookInRepair) -> bool:
    """Whether another cell computes what one should hold: of that relu, which leaves a relu as it is, reads a sum."""
    readers = [own for own in book.precedents.readers(repair.cell) if own not in book.copies]
    return any(after.held.get(own) == repair.number for own in readers) if readers else now.computed[repair.number] > 0


def _are_constant(repairs: Repairs, now: Matching) -> bool:
    """Whether all that should stand there is what no weight changes, as a product with a state that has no cells."""
    values = np.array([now.elements[repair.number].values for repair in repairs])
    return bool((values == values[:, :1]).all())


def _is_asked_for(repairs: Repairs, preference: float, now: Matching, after: Matching, book: BookInRepair) -> bool:
    """Whether anything but the cells that it explains speaks for a repair; a note beside the network holds nothing.

    That is the place of the cell, the other repairs of a vector, a result of the network that stands nowhere, or what
    a formula reads that is needed for the next one.
    """
    if len(repairs) > 1:
        return True
    cell, number = repairs[0].cell, repairs[0].number
    if now.expected(cell) == number or (number in now.missing_results and preference > 0):
        return True
    readers = (reader for reader in book.precedents.readers(cell) if reader not in book.copies)
    reads = [e for p in book.precedents.of(cell) if (e := now.element(p)) is not None]
    return (
        now.holders[number] == 0 and now.similarity.to(number, reads) >= _LIKE
        and any(now.is_unknown(reader) and not after.is_unknown(reader) for reader in readers)
    )  # fmt: skip


def _suspects(cell: Address, now: Matching, book: BookInRepair) -> list[Address]:
    """An unknown cell, and what it reads as far as that could be wrong: not where all around agrees with it."""
    above = ancestors(cell, book.precedents, (*book.placed.given, *book.wrong), DEPTH)
    above = [c for c in above if c in book.table.index or now.expected(c) is not None]  # else it was blank all along
    near = [cell, *(c for c in above if not now.is_supported(c))]
    return near + [
        c for c in book.precedents.of(cell)
        if c in above and c not in near and any(_is_forgotten(Repair(c, n), now, book) for n in functions_of(c, now))
    ]  # fmt: skip


def _is_forgotten(repair: Repair, now: Matching, book: BookInRepair) -> bool:
    """Whether a cell holds what no known cell reads, instead of what is computed from it and stands nowhere."""
    readers = book.precedents.readers(repair.cell)
    is_used = not readers or any(now.equal(reader) for reader in readers)
    return not is_used and repair.number in functions_of(repair.cell, now)


def _may_matter(cell: Address, now: Matching, book: BookInRepair) -> bool:
    """Whether an unknown cell has anything to do with a model: by what it reads, applies, stands beside, or is for."""
    text = book.table.texts.get(cell, "").upper()
    if "EXP(" in text or "TANH(" in text or now.expected(cell) is not None:
        return True
    if any(now.element(p) is not None or now.expected(p) is not None for p in book.precedents.of(cell)):
        return True
    beside = (p for reader in book.precedents.readers(cell) for p in book.precedents.of(reader))
    return any(now.element(p) is not None for p in beside)
