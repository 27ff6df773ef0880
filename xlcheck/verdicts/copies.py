"""Copies: a quantity that stands in a workbook more than once, because one cell shows what another holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.judge import CARRIED, ROOT
from xlcheck.verdicts.operands import Operands
from xlcheck.verdicts.placement import Reads, Sighting, within
from xlcheck.verdicts.ranges import Verdicts


def forgive_copies(verdicts: Verdicts, operands: Operands, reads: Reads, *, is_given: bool) -> None:
    """Call a root carried if its formula reads another showing of its quantity and gives that one's value.

    Args:
        verdicts: those on one sighting; they are changed in place.
        operands: where the quantity stands.
        reads: which ranges a cell's formula reads.
        is_given: whether the quantity is given; a look-up that is not as written is no copy.
    """
    place, sighting = verdicts.placement, verdicts.sighting
    others = [s for s in operands.all_sightings(place.quantity) if s is not sighting]
    if not others:
        return
    copies = (
        sighting.is_formula & (sighting.as_written | ~sighting.must_be_formula) if is_given else sighting.is_formula
    )
    for cell in np.flatnonzero((verdicts.worst() == ROOT) & copies).tolist():
        areas = reads(place.sheet, int(place.codes[cell]))
        for other in others:
            _forgive(verdicts, cell, other, areas, operands)


def _forgive(verdicts: Verdicts, cell: int, other: Sighting, areas: Sequence[Range], operands: Operands) -> None:
    place = other.placement
    read = np.zeros(place.codes.shape, dtype=bool)
    for area in areas:
        if area.sheet == place.sheet:
            read |= within(place.codes, area)
    same_sample = True
    if place.sample is not None:
        same_sample = operands.samples(verdicts.placement.sample) == place.sample
    for source in np.flatnonzero(read & (place.elements == verdicts.placement.elements[cell])):
        equal = other.numbers[:, source] == verdicts.sighting.numbers[:, cell]
        verdicts.status[same_sample & equal & (verdicts.status[:, cell] == ROOT), cell] = CARRIED
