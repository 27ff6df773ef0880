"""The formula that should stand in a wrong cell of a workbook made by hand, in its own style and with its references.

It is the wrong formula with one sign the other way round or with one range exchanged, or it is proposed by the cells
beside, which hold the same quantity; and it is shown only if it gives the right value for every setting of random
weights and inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from itertools import islice

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import evaluate
from xlcheck.formulas.rounding import unrounded
from xlcheck.formulas.scalars import OpaqueError
from xlcheck.formulas.shapes import moved, operands
from xlcheck.formulas.tree import Node
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.networks.elements import Band, Element
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import distance, offset_between
from xlcheck.verdicts.mistakes.texts import exchanged, lengthened, shortened, turned

_BESIDE, _EXCHANGED, _FAR = 8, 120, 24
"""Formulas of cells beside that are tried, wrong formulas with ranges at another place, and how far that may be."""
_DECISIONS = (-1.0, 0.0, 1.0)
"""What a step gives: among so many changes of a formula some give the same by chance."""


class Corrector:
    """Finds the formulas that should stand in the wrong cells of one workbook.

    Args:
        table: the workbook's cells.
        networks: the models.
        settings: for each network all values under each setting of random numbers.
        aligned: what cells should hold.
    """

    def __init__(
        self, table: CellTable, networks: Sequence[Network], settings: Sequence[Sequence[Values]], aligned: Assignment
    ) -> None:
        self._table = table
        self._networks = networks
        self._settings = settings
        self._aligned = aligned

    def formula(self, cell: Address) -> str | None:
        """The formula that should stand in a cell, with `=`; None if no proposal is sure to be right."""
        element = self._aligned.element(cell)
        if element is None or element.source.part or cell in self._table.arrays:
            return None
        text = self._table.texts.get(cell)
        signs = () if text is None else turned(text)
        amended = () if np.isin(element.values, _DECISIONS).all() else self._amended(cell)
        proposals = dict.fromkeys([*signs, *self._beside(cell, element), *amended, *self._with_bias(cell)])
        return next((f"={text}" for text in proposals if self._is_right(text, cell, element.values)), None)

    def _is_right(self, text: str, cell: Address, right: Array) -> bool:
        found = []
        for setting in range(right.shape[0]):
            try:
                given = partial(self._number, setting, cell)
                found.append(evaluate(text, cell, self._table, self._names, given))
            except OpaqueError:
                return False
            if not same(np.array(found[-1:]), right[setting : setting + 1]).all():
                return False
        return bool(found)

    def _number(self, setting: int, cell: Address, address: Address) -> float | None:
        """What a cell holds under a setting, if the model says it."""
        if address == cell:
            return None
        if address in self._given:
            network, name, sample, index = self._given[address]
            values = self._settings[network][setting][name]
            return float(values.reshape(-1)[index] if sample is None else values[sample, index])
        element = self._aligned.element(address)
        return None if element is None else float(element.values[setting])

    @cached_property
    def _given(self) -> dict[Address, tuple[int, str, int | None, int]]:
        return {
            cell: (number, q.name, None if q.is_weight else sample, index)
            for number, network in enumerate(self._networks)
            for q, sample, index, cell in network.cells()
        }

    @cached_property
    def _names(self) -> dict[str, Node]:
        return self._table.names()

    def _beside(self, cell: Address, element: Element) -> Iterator[str]:
        """The formulas of the nearest cells that hold the same quantity, as they would be if filled over this cell."""
        own = []
        for other in self._by_band.get(element.source.band, ()):
            if other != cell and other[0] == cell[0] and other not in self._table.arrays:
                own.append((distance(cell, other), other))
        for _, other in sorted(own)[:_BESIDE]:
            text = moved(self._table.texts[other], *offset_between(other, cell))
            if text is not None:
                yield text

    @cached_property
    def _by_band(self) -> dict[Band, list[Address]]:
        found: dict[Band, list[Address]] = {}
        for cell, band in self._aligned.bands.items():
            if cell in self._table.texts:
                found.setdefault(band, []).append(cell)
        return found

    def _amended(self, cell: Address) -> Iterator[str]:
        """The wrong formula without its rounding, with a shorter or longer range, or with ranges at another place."""
        text = self._table.texts.get(cell)
        if text is not None:
            yield from filter(None, [unrounded(text)])
            yield from (shorter for shorter, _, _ in shortened(text))
            yield from lengthened(text)
            yield from filter(partial(self._reads_no_blanks, cell), islice(exchanged(text, _FAR), _EXCHANGED))

    def _reads_no_blanks(self, cell: Address, text: str) -> bool:
        """Whether something stands in each cell that a formula reads by itself: nobody means to read 0 from a blank."""
        places = (ref.area(cell[0]) for ref in operands(text) if ref.kind == "cell")
        return all((area.sheet, area.top, area.left) in self._table.index for area in places)

    def _with_bias(self, cell: Address) -> Iterator[str]:
        """The wrong formula and a bias of its layer."""
        element, text = self._aligned.element(cell), self._table.texts.get(cell)
        if element is None or text is None:
            return
        layer = element.source.quantity.band.layer
        for place, (network, name, sample, _) in self._given.items():
            if network == element.source.network and sample is None and name == f"{layer}.bias":
                sheet = "" if place[0] == cell[0] else f"{quote_sheet(place[0])}!"
                yield f"{text}+{sheet}{Range(place[0], place[1], place[2]).fixed()}"
