"""What was done wrong in a cell, from the one library of mistakes; the same wrong formula is looked at once.

A class makes the same mistakes again and again, so what is found out about a formula in a cell is kept.
"""

from __future__ import annotations

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.canonical import canonical
from xlcheck.grading.judging import Judged, sighting
from xlcheck.grading.prepared import PreparedKey
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.mistakes.trials import Trials
from xlcheck.verdicts.results import quantity_results
from xlcheck.workbook.cell_codes import code_of

Why = tuple[str | None, str]
"""The name of a mistake, if it is certain, and a sentence."""

_KEPT = 100_000


class Explainer:
    """Explains wrong formulas in the cells of one exercise."""

    def __init__(self, prepared: PreparedKey) -> None:
        self._prepared = prepared
        self._known: dict[tuple[object, ...], Why] = {}
        self._trials: Trials | None = None

    def explain(self, judged: Judged, index: int) -> Why:
        """The mistake in a cell; nothing certain if its cells were moved, for then its formula names others."""
        submission = judged.submission
        formula = submission.formulas.get(index)
        if formula is None or not submission.whole:
            return None, ""
        if judged.first is None or self._reads_no_number(judged.first, index):
            return self._reason(judged, index)  # what stands around it decides, and that is another thing elsewhere
        key = (index, *canonical(formula, self._prepared.cells[index][0]))
        if key not in self._known:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[key] = self._reason(judged, index)
        return self._known[key]

    def _reads_no_number(self, numbers: Array, index: int) -> bool:
        """Whether a cell may be no number because another one is none."""
        if np.isfinite(numbers[index]):
            return False
        own = self._prepared.followers(index) | {index}
        return any(place not in own for place in np.flatnonzero(~np.isfinite(numbers)).tolist())

    def _reason(self, judged: Judged, index: int) -> Why:
        try:
            return self._found(judged, index)
        except (XlcheckError, ArithmeticError, LookupError, ValueError, RecursionError):
            return None, ""  # the verdict stands; only its reason stays unknown

    def _found(self, judged: Judged, index: int) -> Why:
        prepared, key = self._prepared, self._prepared.key
        numbers = judged.first
        if numbers is None:
            return None, ""
        formulas = FormulaCells(judged.submission.content)
        trials = self._trials = (self._trials or Trials(key.graph, prepared.placements, formulas)).beside(formulas)
        sightings = [sighting(placement, numbers[None, columns]) for placement, columns in prepared.columns]
        place, only = prepared.cells[index], prepared.quantity_of(index)
        for verdicts in compare(key.graph, sightings, prepared.rounds[0], prepared.tolerance, [0], only=only):
            results = quantity_results(verdicts, key.graph, formulas, [0], prepared.tolerance, trials, corrects=False)
            for found in results:
                if (found.sheet, found.code) == (place[0], code_of(Range(*place))):
                    result = found.describe()
                    return result.diagnosis, result.message if result.diagnosis else ""
        return None, ""
