"""The choice of an engine: a second one is asked where the first has no answer, or is known to err in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.engines import engine as engine_named
from xlcheck.engines.base import Engine
from xlcheck.engines.differences import LARGE, NEAR_ZERO, Circumstances, differences, differs_by_form, named_ranges
from xlcheck.errors import EngineError, MissingDependencyError
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, CellValues, show
from xlcheck.handmade.reading.given_by_formulas import drawn_cells
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.workbook.content import CellError, NotEvaluated

_OTHER = {"ironcalc": "cellrune", "cellrune": "ironcalc", "libreoffice": "cellrune", "formulon": "cellrune"}
_SAME = 1e-12  # far above what orders of summation do, and below the worst function of an engine


@dataclass(frozen=True)
class Answers:
    """What an engine computes of a workbook.

    Attributes:
        sessions: of the engine whose values are used.
        values: what it computed.
        notes: what a reader should know about it.
        by_chance: the cells that give something else at each calculation.
    """

    sessions: Sessions
    values: CellValues
    notes: tuple[str, ...] = ()
    by_chance: Collection[Address] = frozenset()

    @property
    def engine(self) -> Engine:
        """The engine whose values are used."""
        return self.sessions.engine


def answers_of(table: CellTable, engine: Engine) -> Answers:
    """Recalculate the workbook, with a second engine if the first one is not to be relied on.

    Raises:
        EngineError: the engine cannot load the file, and no other can.
    """
    first = Sessions(engine, table)
    try:
        held = _drawn_numbers(table, first)
        values = table.recalculate(first.saved())
    except EngineError:
        second = _second(table, engine, None)
        if second is None:
            raise
        return Answers(*second, (f"{engine.name} cannot load the file; {second[0].engine.name} was used",))
    if not _is_doubtful(table, values, engine):
        return Answers(first, values)
    second = _second(table, engine, held)
    answers = Answers(first, values) if second is None else _better_answers(table, Answers(first, values), *second)
    return _without_errors_of_form(
        table, answers, None if second is None else second if answers.sessions is first else (first, values)
    )


def _without_errors_of_form(table: CellTable, answers: Answers, other: tuple[Sessions, CellValues] | None) -> Answers:
    """The answers without those of forms that the engine never does right, unless the other one does and agrees."""
    unknown = {*_silent(table, answers.values, answers.engine.name, by_form=True)}
    if unknown and other is not None:
        sessions, values = other
        unlike = {*_disagreements(table, answers.values, values)}
        unknown &= unlike | {*_silent(table, values, sessions.engine.name, by_form=True)}
    if not unknown:
        return answers
    others, numbers = dict(answers.values.others), answers.values.numbers.copy()
    ranges, name = named_ranges(table.content.names), answers.engine.name
    for cell in unknown:
        found = Circumstances(table.texts[cell], in_array=cell in table.arrays, ranges=ranges)
        others[table.index[cell]] = NotEvaluated(differs_by_form(name, found))
    for cell in reached(unknown, Precedents(table).readers, among=table.is_formula) - unknown:
        text = f"it is computed from a formula that {name} computes otherwise than Excel; ask --engine libreoffice"
        others[table.index[cell]] = NotEvaluated(text)
    numbers[[place for place, value in others.items() if isinstance(value, NotEvaluated)]] = np.nan
    return replace(answers, values=CellValues(numbers, others))


def _better_answers(table: CellTable, answers: Answers, other: Sessions, others: CellValues) -> Answers:
    values, engine = answers.values, answers.engine
    unlike = _disagreements(table, values, others)
    count = len(unlike)
    other_errs = any(_silent(table, others, other.engine.name)) and not any(_silent(table, values, engine.name))
    if _unanswered(table, others) > _unanswered(table, values) or (count and other_errs):
        return answers
    known = {*_silent(table, values, engine.name, by_form=True)}
    if count and len([*_silent(table, others, other.engine.name, by_form=True)]) > len(known):
        return answers
    if count and not known | reached(known, Precedents(table).readers) >= {*unlike}:
        name, where = other.engine.name, f"{show(unlike[0])}{f' and {count - 1} more' if count > 1 else ''}"
        note = f"{engine.name} and {name}, which recalculate workbooks, compute {where} differently"
        return Answers(
            other, others, (f"{note}; what {name} gives was checked, and --engine libreoffice asks a third",)
        )
    # Of a form that the first one never does right nothing is to be said; an error upstream may hide where they differ.
    return Answers(other, others) if count or _is_hidden(table, values, engine) else answers


def _drawn_numbers(table: CellTable, sessions: Sessions) -> dict[Address, float]:
    """Hold the random numbers of one calculation fixed; returns them.

    Otherwise no two calculations would agree, and those of two engines less. Where an engine draws none, those that the
    file stores count.
    """
    drawn = drawn_cells(table)
    if not drawn:
        return {}
    session = sessions.saved()
    session.recalculate()
    values = table.read(session)
    found = {cell: values[table.index[cell]] for cell in drawn}
    stored = {cell: content.value for cell in drawn if (content := table.cell(cell)) is not None}
    both = {cell: stored.get(cell) if isinstance(value, NotEvaluated) else value for cell, value in found.items()}
    held = {cell: value for cell, value in both.items() if type(value) is float and np.isfinite(value)}
    sessions.hold(held)
    return held


def _second(
    table: CellTable, engine: Engine, held: Mapping[Address, float] | None
) -> tuple[Sessions, CellValues] | None:
    try:
        other = Sessions(engine_named(_OTHER[engine.name]), table)
        if held is None:
            _drawn_numbers(table, other)
        else:
            other.hold(held)
        return other, table.recalculate(other.saved())
    except (EngineError, MissingDependencyError):
        return None


def _is_doubtful(table: CellTable, values: CellValues, engine: Engine) -> bool:
    formulas = values.others.keys() & set(table.formulas)
    if any(isinstance(values.others[i], NotEvaluated | CellError) for i in formulas):
        return True
    return any(_silent(table, values, engine.name))


def _silent(table: CellTable, values: CellValues, engine: str, *, by_form: bool = False) -> Iterator[Address]:
    """The formulas that an engine may compute wrongly without saying so; or those of forms that it never does right."""
    sizes = np.abs(values.numbers)
    near_zero, large = bool(((sizes < NEAR_ZERO) & (sizes != 0)).any()), bool((sizes >= LARGE).any())
    ranges = named_ranges(table.content.names)
    for cell, text in table.texts.items():
        found = Circumstances(text, values[table.index[cell]], cell in table.arrays, near_zero, large, ranges)
        if any(own.by_form or not by_form for own in differences(engine, found)):
            yield cell


def _is_hidden(table: CellTable, values: CellValues, engine: Engine) -> bool:
    doubtful = _silent(table, values, engine.name)
    return any(isinstance(values.others.get(table.index[cell]), CellError) for cell in doubtful)


def _unanswered(table: CellTable, values: CellValues) -> int:
    return sum(isinstance(values.others.get(i), NotEvaluated) for i in table.formulas)


def _disagreements(table: CellTable, first: CellValues, second: CellValues) -> list[Address]:
    """The formula cells that the two engines see differently."""
    a, b = first.numbers[table.formulas], second.numbers[table.formulas]
    with np.errstate(invalid="ignore"):
        same = np.abs(a - b) <= _SAME * np.maximum(1.0, np.abs(b))
    neither = np.isnan(a) & np.isnan(b)
    texts = [i for i in table.formulas if i in first.others or i in second.others]
    differing = [i for i in texts if first.others.get(i) != second.others.get(i)]
    numbers = [table.formulas[place] for place in np.flatnonzero(~(same | neither)).tolist()]
    return [table.addresses[i] for i in numbers or differing]
