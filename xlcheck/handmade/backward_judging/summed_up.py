"""Numbers that sum up what a training says of its samples: errors and their roots, what is explained, last losses.

Each is compared with what such numbers are under all settings, whichever formulas lead to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells
from xlcheck.handmade.backward.roles import Reading
from xlcheck.handmade.backward.truth import truths
from xlcheck.handmade.backward_judging.verdicts import Verdicts
from xlcheck.handmade.beside.statistics import Columns, is_called, names_in
from xlcheck.handmade.networks.formula_text import numbers_in_text
from xlcheck.handmade.reading.cell_terms import source
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import beside_at
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_MOST_LEFT, _MOST_STEPS = 200, 400
"""Formulas without a verdict, and steps, beyond which nothing is looked at."""
_FEWEST = 3
"""Samples of which statistics are not one and the same number."""
_UNUSUAL = "unbiased"
"""What nobody takes for the mean of a loss."""
_LOSS = "cross-entropy of the classes"


class SummedUp:
    """What sums up a training.

    Args:
        said: what is known of its cells.
        last: the layers with the weights after the last step.
    """

    def __init__(self, said: Verdicts, last: Sequence[tuple[LayerCells, ...]]) -> None:
        self._said, self._last = said, last

    def among(self, unknown: Collection[Address]) -> set[Address]:
        """The formulas among some that are statistics of the samples of a step, or of what the last weights say of all.

        Args:
            unknown: formulas of which nobody knows what they should compute.
        """
        beside = {cell: beside_at(cell, self._said.reading.stride) for cell in unknown}
        may_be = [cell for cell in unknown if not any("∂" in self._said.agree.get(own, "") for own in beside[cell])]
        names = self._names(may_be) if len(unknown) <= _MOST_LEFT else {}
        return {cell for cell, own in names.items() if any(is_called(each, self._words(cell)) for each in own)}

    def misnamed(self) -> Iterator[str]:
        """Why a right number may be another one than it is called, in a sentence each."""
        agree, roles = self._said.agree, self._said.reading.roles
        losses = [cell for cell in agree if cell in roles and roles[cell][1].quantity.name.startswith("E")]
        for cell, names in self._names([own for own in losses if names_in(self._words(own))]).items():
            if names and not any(is_called(own, self._words(cell)) for own in names):
                yield f"{show(cell)} is called {self._words(cell)!r} and is the {names[0]}"

    def _words(self, cell: Address) -> str:
        return " ".join(self._said.table.next_words(cell))

    def _names(self, cells: Collection[Address]) -> dict[Address, list[str]]:
        """The statistics that some formulas are, as those of one step at least."""
        said, reading, values = self._said, self._said.reading, dict[Address, Array]()
        for cell in cells if len(reading.steps) <= _MOST_STEPS else ():
            if isinstance(shown := said.actual(cell), float):
                values[cell] = reading.sheet.cells.get(cell, np.array([shown]))
        of, found = Precedents(said.table).of, dict[Address, list[str]]()
        leading = {cell: reached([cell], of, through=lambda own: own not in reading.sheet.updates) for cell in values}
        with suppress(effort.OutOfTimeError):  # what was found out counts
            for outputs, given, wanted in _columns(reading, self._last) if values else ():
                for cell in (own for own in values if own not in found and outputs <= leading[own]):
                    effort.require_time()
                    if names := [*_statistics(values[cell], given, wanted, numbers_in_text(said.table.texts[cell]))]:
                        found[cell] = names
        return found


def _columns(reading: Reading, last: Sequence[tuple[LayerCells, ...]]) -> Iterator[tuple[set[Address], Array, Array]]:
    """The outputs of each step, what it says of its samples and what it should say, `(units, settings + 1, samples)`.

    With that what the last weights would say of all samples, in no cell.
    """
    cells, terms = reading.sheet.cells, reading.sheet.terms
    several = [step.truth.network.samples for step in reading.steps]
    known: dict[tuple[tuple[Address, ...], ...], SampleCells] = {}
    for sample in chain(*several):
        inputs, targets = (
            tuple(terms.fetched(source(cell, terms)) for cell in own) for own in (sample.inputs, sample.targets)
        )
        known.setdefault((inputs, targets), replace(sample, inputs=inputs, targets=targets))
    sizes = {(len(inputs), len(targets)) for inputs, targets in known}
    if len(sizes) == 1 and all(sample.targets and not sample.states for sample in known.values()):
        fitting = [own for own in last if (len(own[0].kernel), len(own[-1].kernel[0])) in sizes]
        networks = [DenseNetwork(layers, (*known.values(),)) for layers in fitting]
        size = len(next(iter(cells.values())))
        data = {own for sample in known.values() for own in (*sample.inputs, *sample.targets)}
        unread = data.union(*(network.weights for network in networks)) - cells.keys()
        cells = {**cells, **{own: np.full(size, terms.number(own)) for own in unread}}
        for truth in truths(networks, cells, reading.steps[0].truth.loss, reading.ask) if networks else ():
            yield set(), np.moveaxis(truth.layers[-1].y, -1, 0), np.moveaxis(truth.targets, -1, 0)
    for samples in ([own for some in several for own in some], *reversed(several)):
        with_targets = [own for own in samples if own.targets]
        if len({(len(own.targets), len(own.outputs[-1])) for own in with_targets}) == 1:
            yield (
                {own.outputs[-1][0] for own in with_targets},
                _stacked([own.outputs[-1] for own in with_targets], cells),
                _stacked([own.targets for own in with_targets], cells),
            )


def _stacked(rows: Sequence[Sequence[Address]], cells: Mapping[Address, Array]) -> Array:
    """The values of the cells of each sample, `(units, settings + 1, samples)`."""
    return np.stack([np.stack([cells[row[unit]] for row in rows], axis=1) for unit in range(len(rows[0]))])


def _statistics(values: Array, given: Array, wanted: Array, constants: Collection[float]) -> Iterator[str]:
    """The names of the statistics of some numbers that a formula is wherever its value is known."""
    shown = np.broadcast_to(wanted[:, -1:], wanted.shape)  # a formula may know which class is meant
    with np.errstate(all="ignore"):
        if given.shape[-1] >= _FEWEST:
            found = Columns([*given], [*wanted, *shown]).statistics(constants)
            several = ((name, own[-len(values) :]) for name, own in found if not name.endswith(_UNUSUAL))
            yield from (name for name, own in several if same(values, own) and not _is_count(own, given.shape[-1]))
        right = np.sum(given * shown, axis=0) if len(given) > 1 else np.where(shown[0] > 0, given[0], 1 - given[0])
        losses = -np.log(right)
        is_of_classes = np.isin(shown, (0.0, 1.0)).all() and (len(given) == 1 or (shown.sum(axis=0) == 1).all())
        sums = (losses.sum(axis=1), losses.mean(axis=1)) if is_of_classes else ()
        yield from (_LOSS for own in sums if np.isfinite(own).all() and same(values, own[-len(values) :]))


def _is_count(numbers: Array, samples: int) -> bool:
    """Whether numbers are counts of samples, or shares of them, which others may be by chance, or no numbers at all."""
    counts = numbers * samples
    return not np.isfinite(counts).all() or bool(np.allclose(counts, np.round(counts), rtol=0, atol=1e-9))
