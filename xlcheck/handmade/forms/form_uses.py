"""Whose form depends on which cells: so that after an edit only what it reaches is read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from functools import cached_property

from xlcheck.formulas.algebra import Address


class FormUses:
    """Notes of what was looked at while the form of each cell was read.

    Attributes:
        read: cell → the cells whose formulas or forms were looked at.
        asked: cell → the cells of which it was only asked whether a number is typed there.
    """

    def __init__(self) -> None:
        self.read: dict[Address, set[Address]] = defaultdict(set)
        self.asked: dict[Address, set[Address]] = defaultdict(set)

    def copied(self) -> FormUses:
        """The same, of which cells can be left out."""
        new = FormUses()
        new.read, new.asked = copy(self.read), copy(self.asked)
        return new

    def leave_out(self, cell: Address) -> None:
        """Forget what was looked at for a cell."""
        self.read.pop(cell, None)
        self.asked.pop(cell, None)

    @cached_property
    def users(self) -> Mapping[Address, Collection[Address]]:
        """Cell → the cells whose forms depend on it; as it was when this was first asked for."""
        found: dict[Address, set[Address]] = defaultdict(set)
        for user, used in self.read.items():
            for cell in used:
                found[cell].add(user)
        return found

    def asking(self, cell: Address) -> Iterator[Address]:
        """The cells whose forms depend on whether a number is typed in a cell."""
        yield from (user for user, asked in self.asked.items() if cell in asked)
