"""Which mistake was made in a cell of a generated workbook that is wrong in itself, as far as that is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.rounding import unrounded
from xlcheck.graph.expressions import Expr
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.diagnose import Diagnosis
from xlcheck.verdicts.mistakes.backward import is_backward
from xlcheck.verdicts.mistakes.forward import Mistakes as Forward
from xlcheck.verdicts.mistakes.mutants import Mutant, rewritten
from xlcheck.verdicts.mistakes.products import products
from xlcheck.verdicts.mistakes.rewriting import written_out
from xlcheck.verdicts.mistakes.texts import MAX_DIGITS, rounded, shortened, too_long
from xlcheck.verdicts.mistakes.trials import Trials, same_function
from xlcheck.verdicts.operands import forms
from xlcheck.verdicts.ranges import Follow
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Mask

_MOST = 30_000
"""Mistakes that are tried in one workbook: hundreds of wrong cells are explained, and of more nobody reads."""

_EXACT = 1e-13
_DEPTH = 2
"""How often operands are replaced by what they are computed from, until no mistake is found."""


@dataclass(frozen=True)
class WrongCell:
    """A formula cell that is wrong in itself.

    Attributes:
        column: its place in what was judged together.
        element: which element of the quantity should stand there.
        actual: what it gives in each setting, NaN for an error such as a division by 0, `(settings,)`.
        unknown: the settings in which it gives an error that numbers do not explain: it reads what is computed from it,
            or beyond the end of a range, `(settings,)`.
        sample: the sample whose network it belongs to; None for what follows the selector.
    """

    column: int
    element: int
    actual: Array
    sheet: str
    code: int
    sample: int | None
    formula: str
    unknown: Mask


@dataclass(frozen=True)
class Mistakes:
    """The mistakes that may have been made where one quantity stands.

    Attributes:
        q: what should stand there.
        follow: what an expression gives for the values in the sheet, `(settings, cells)`.
        tolerance: how exactly a mistake must give a number to explain it.
        trials: of the workbook; None where cells cannot be told from their places alone.
    """

    q: Quantity
    graph: Graph
    follow: Follow
    tolerance: Tolerance
    trials: Trials | None = None

    def explain(self, cell: WrongCell) -> Diagnosis | None:
        """The mistake that leads to what a cell gives for every sample, and is what its formula says; or None."""
        if self.q.expr is None:
            return None
        right = self._given_by(self.q.expr, cell)
        if right is None:
            return None
        found = self._meant(self._fitting(cell, right), cell) or self._of_text(cell, right)
        if found is None:
            return None
        label = self.q.band.label or self.q.band.symbol
        return Diagnosis(found.name, f"{label} of {self.q.band.layer}: {found.sentence}.")

    def _of_text(self, cell: WrongCell, right: Array) -> Mutant | None:
        """The mistakes that only the formula's text shows: it rounds, or a range in it is too long."""
        trials = self.trials
        if trials is None or self.q.expr is None:
            return None
        functions = [trials.of_expression(form, cell.element, cell.sample) for form in forms(self.q.expr)]

        def is_right(text: str) -> bool:
            given = trials.of_formula(text, cell.sheet, cell.code, cell.sample)
            return any(same_function(given, function) for function in functions)

        text = cell.formula.removeprefix("=")
        exact = unrounded(text)
        if exact is not None and is_right(exact):
            for digits in range(MAX_DIGITS + 1):
                if (np.abs(cell.actual - np.round(right, digits)) <= _EXACT * np.fmax(1.0, np.abs(right))).all():
                    return Mutant("rounded-to-n-digits", rounded(digits), lambda values: right)
        for shorter, area, where in shortened(text):
            if is_right(shorter):
                return Mutant("range-too-long", too_long(area, where), lambda values: right)
        return None

    def _rewritten(self) -> Iterator[tuple[Mutant, Callable[[WrongCell], Array | None]]]:
        """The mistakes that can be said of the whole quantity, with what they give in a cell; made when asked for."""
        place = 0
        made, makes = self._all
        while True:
            if place == len(self._tried):
                mutant = made[place] if place < len(made) else next(makes, None)
                if mutant is None or not self._may_try():
                    return
                if place == len(made):
                    made.append(mutant)
                self._tried.append((mutant, self._remembered(mutant)))
            yield self._tried[place]
            place += 1

    @cached_property
    def _tried(self) -> list[tuple[Mutant, Callable[[WrongCell], Array | None]]]:
        return []

    @cached_property
    def _all(self) -> tuple[list[Mutant], Iterator[Mutant]]:
        """Those that were made so far, perhaps for another workbook of the same network, and what makes more."""
        if self.trials is None:
            return [], self._makes()
        if self.q.name not in self.trials.mutants:
            self.trials.mutants[self.q.name] = [], self._makes()
        return self.trials.mutants[self.q.name]

    def _makes(self) -> Iterator[Mutant]:
        exprs = list(forms(self.q.expr)) if self.q.expr is not None else []
        for form in tuple(exprs):
            for depth in () if is_backward(self.q) else range(_DEPTH):
                exprs.append(written_out(self.graph, form, depth))
        return (mutant for expr in dict.fromkeys(exprs) for mutant in rewritten(self.graph, self.q, expr))

    def _remembered(self, mutant: Mutant) -> Callable[[WrongCell], Array | None]:
        """What a mistake gives in a cell, computed for all cells of the quantity at once."""
        whole: list[Array | None] = []

        def values(cell: WrongCell) -> Array | None:
            if not whole:
                whole.append(self._followed(mutant.expr or mutant.value))
            return None if whole[0] is None else whole[0][:, cell.column]

        return values

    def _leads_to(self, value: Array | None, cell: WrongCell, right: Array) -> bool:
        """Whether a mistake gives what the cell gives in all settings, and in one of them not the right value."""
        if cell.unknown.any():  # the trials tell
            return self.trials is not None
        if value is None:
            return False
        with np.errstate(invalid="ignore"):
            limits = np.fmax(np.abs(cell.actual), np.abs(right))
            limit = self.tolerance.of(self.q.name).local_limit(float(np.nanmax(limits, initial=0.0)))
            there = np.where(np.isnan(cell.actual), ~np.isfinite(value), np.abs(value - cell.actual) <= limit)
            differs = ~(np.abs(value - right) <= limit)
        return bool(there.all() and differs.any())

    def _given_by(self, compute: Expr | Callable[..., Array], cell: WrongCell) -> Array | None:
        values = self._followed(compute)
        return None if values is None else values[:, cell.column]

    def _followed(self, compute: Expr | Callable[..., Array]) -> Array | None:
        try:
            with np.errstate(all="ignore"):
                return self.follow(compute)
        except (IndexError, KeyError, ValueError, NotSupportedError):  # an element or a step that does not exist
            return None

    def _fitting(self, cell: WrongCell, right: Array) -> Iterator[Mutant]:
        """The mistakes that give what the cell gives, likely ones first."""
        for mutant, values in self._rewritten():
            if self._leads_to(values(cell), cell, right):
                yield mutant
        if not is_backward(self.q) and self.q.expr is not None:
            for name, sentence, value in products(Forward(self.graph, self.q), self.q.expr, cell.element):
                if not self._may_try():
                    return
                if self._leads_to(self._given_by(value, cell), cell, right):
                    yield Mutant(name, sentence, value)

    def _may_try(self) -> bool:
        """Whether not yet so many mistakes were tried in the workbook that no more are looked for."""
        if self.trials is None:
            return True
        self.trials.tried += 1
        return self.trials.tried <= _MOST

    def _meant(self, fitting: Iterator[Mutant], cell: WrongCell) -> Mutant | None:
        """The mistake that the formula makes, of those that give its numbers: it is the same function of all it reads.

        Where the formula is not understood, a mistake that reads what the formula reads, if all of these are one.
        """
        trials = self.trials
        if trials is None:
            return next(fitting, None)
        formula = trials.of_formula(cell.formula, cell.sheet, cell.code, cell.sample)
        if formula is not None:
            right = None if self.q.expr is None else trials.of_expression(self.q.expr, cell.element, cell.sample)
            if same_function(formula, right):  # and has only no value for the numbers that stand in the sheet
                return None
            return next((m for m in fitting if same_function(formula, self._function(trials, m, cell))), None)
        if cell.unknown.any():
            return None
        read = trials.read_by(cell.sheet, cell.code)
        found = [mutant for mutant in fitting if mutant.reads <= read]
        one_name = len({mutant.name for mutant in found}) == 1
        return found[0] if one_name or self._are_one(trials, found, cell) else None

    def _are_one(self, trials: Trials, fitting: list[Mutant], cell: WrongCell) -> bool:
        """Whether several mistakes, and there is one at least, come to the same."""
        functions = [self._function(trials, mutant, cell) for mutant in fitting]
        return bool(functions) and all(same_function(functions[0], function) for function in functions)

    def _function(self, trials: Trials, mutant: Mutant, cell: WrongCell) -> Array | None:
        return trials.of_expression(mutant.expr or mutant.value, cell.element if mutant.expr else 0, cell.sample)
