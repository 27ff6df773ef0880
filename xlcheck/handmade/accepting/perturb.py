"""Other numbers in all weights and inputs: what is right only for the numbers shown does not stay right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Role
from xlcheck.graph.trace import Trace
from xlcheck.handmade.accepting.keras_answers import Recompute
from xlcheck.handmade.alignment.assignment import Assignment
from xlcheck.handmade.alignment.settings import random_numbers
from xlcheck.handmade.judging.verdicts import Verdict
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.verdicts.placement import magnitude
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance

_FIRST_SEED = 1_000


def disagreeing(
    table: CellTable,
    answers: Answers,
    networks: Sequence[Network],
    aligned: Assignment,
    recompute: Recompute,
    tolerance: Tolerance,
    rounds: int,
) -> set[Address]:
    """The cells that differ from Keras when all weights and inputs are changed.

    Args:
        table: the workbook's cells.
        answers: the engine to recalculate with, and the numbers that stand in the file.
        networks: the models.
        aligned: what each cell should hold.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        rounds: how many times the numbers are changed.
    """
    found: set[Address] = set()
    for number in range(rounds):
        # A first step may leave out what a state of 0 adds, which is no slip: the states before it stay as they are.
        states = {c for n in networks for q, _, _, c in n.cells() if q.band.role is Role.STATE}
        random = {
            c: x for c, x in random_numbers(networks, _FIRST_SEED + number, codes=True).items() if c not in states
        }
        session = answers.sessions.saved()
        for cell, value in random.items():
            session.set(*cell, value)
        numbers = table.recalculate(session).numbers
        for place, network in enumerate(networks):
            given = {c: random.get(c, _number(table, answers, numbers, c)) for _, _, _, c in network.cells()}
            trace = recompute(network.spec, network.values(given))
            found |= _wrong(place, trace, aligned, table, numbers, tolerance)
    return found


def _number(table: CellTable, answers: Answers, numbers: Array, cell: Address) -> float:
    position = table.index.get(cell)
    if position is None:
        return 0.0  # a state before the first step; any other cell without a number was refused before
    return float(numbers[position] if np.isfinite(numbers[position]) else answers.values.numbers[position])


def _wrong(
    network: int, trace: Trace, aligned: Assignment, table: CellTable, numbers: Array, tolerance: Tolerance
) -> set[Address]:
    desired: dict[int, tuple[Array, float]] = {}
    found = set()
    # A formula that nobody understands may fail for numbers that nobody types; and so may what reads it.
    fails = any(np.isnan(numbers[table.index[cell]]) for cell in aligned.opaque if cell in table.index)
    for cell, number in aligned.held.items():
        element = aligned.elements[number]
        if element.source.network != network:
            continue
        key = id(element.source)
        if key not in desired:
            values = element.source.compute(trace.values)
            desired[key] = values, magnitude(values)
        values, scale = desired[key]
        position = table.index.get(cell)
        actual = np.nan if position is None else numbers[position]
        if fails and np.isnan(actual):
            continue
        limit = tolerance.of(element.source.quantity.name).local_limit(max(1.0, scale))
        if not abs(actual - values[element.sample, element.index]) <= limit:
            found.add(cell)
    return found


def with_perturbation(
    verdicts: Sequence[Verdict], wrong: set[Address], aligned: Assignment, *, followers: bool = True
) -> list[Verdict]:
    """The verdicts, where cells that are right only for the numbers shown are wrong, or follow from such cells.

    Args:
        verdicts: as they are for the numbers shown.
        wrong: the cells that are wrong for other numbers.
        aligned: what each cell should hold.
        followers: whether a cell that follows from a wrong one may be wrong in itself, too. Fingerprints do not tell.
    """
    found = []
    for verdict in verdicts:
        follows = followers and verdict.status is Status.CARRIED and verdict.cell in aligned.wrong
        holds = verdict.status is Status.AGREE or follows
        if not holds or verdict.cell not in wrong or verdict.is_noise:
            found.append(verdict)
            continue
        status = Status.ROOT if verdict.cell in aligned.wrong else Status.CARRIED
        found.append(replace(verdict, status=status, only_here=True, local=verdict.desired))
    return found
