"""Formulas that show a difference which was allowed.

A generated workbook compares itself with Keras, and has a tolerance of its own for that. Where a
check is asked to allow more, the cells of that comparison show the difference all the same. Their
formulas are right, and no cell they read is wrong, so they agree as far as anybody can ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.helpers import HelperVerdict
from xlcheck.verdicts.judge import AGREE, close
from xlcheck.verdicts.placement import within
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.summary import Judged
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Codes, code_of, contained, union

CellsBySheet = dict[str, Codes]


def allow(judged: Judged, others: Iterable[Verdicts], usual: Tolerance) -> Judged:
    """Let the formulas agree that are only wrong because they show an allowed difference.

    Args:
        judged: every verdict, with the tolerance that was asked for.
        others: verdicts on further cells of quantities.
        usual: the tolerance that the workbook was verified with.
    """
    verdicts = [*judged.verdicts, *others]
    differing = _by_sheet((v, _allowed(v, usual)) for v in verdicts)
    if not any(codes.size for codes in differing.values()):
        return judged
    walk = _Walk(differing, _by_sheet((v, np.full(v.placement.codes.shape, True)) for v in verdicts), judged.formulas)
    return replace(
        judged,
        helpers=[replace(v, status=Status.AGREE) if walk.excuses(v) else v for v in judged.helpers],
        filled=[replace(c, wrong=tuple(v for v in c.wrong if not walk.excuses(v))) for c in judged.filled],
    )


def _allowed(verdicts: Verdicts, usual: Tolerance) -> np.ndarray:
    """Which cells agree, and would not with the usual tolerance."""
    near = close(verdicts.sighting.numbers, verdicts.desired, usual.limit(verdicts.scale))
    return np.asarray(((verdicts.status == AGREE) & ~near).any(axis=0))


def _by_sheet(items: Iterable[tuple[Verdicts, np.ndarray]]) -> CellsBySheet:
    found: dict[str, list[Codes]] = {}
    for verdicts, chosen in items:
        found.setdefault(verdicts.placement.sheet, []).append(verdicts.placement.codes[chosen])
    return {sheet: union(parts) for sheet, parts in found.items()}


class _Walk:
    """Goes from a formula to what it reads, up to the cells of quantities."""

    def __init__(self, differing: CellsBySheet, quantities: CellsBySheet, formulas: FormulaCells) -> None:
        self._differing = differing
        self._quantities = quantities
        self._formulas = formulas
        self._innocent: set[tuple[str, int]] = set()  # cells that read nothing that differs

    def excuses(self, verdict: HelperVerdict) -> bool:
        """Whether a formula is right in itself and reads, perhaps through others, an allowed difference."""
        cell = verdict.helper.cell
        return verdict.status is Status.CARRIED and self._reads_a_difference(cell.sheet, code_of(cell))

    def _reads_a_difference(self, sheet: str, code: int) -> bool:
        seen = {(sheet, code)}
        stack = [(sheet, code)]
        while stack:
            for area in self._formulas.reads(*stack.pop()):
                differing = self._differing.get(area.sheet)
                if differing is not None and within(differing, area).any():
                    return True
                codes = self._formulas.within(area)
                codes = codes[~contained(codes, self._quantities.get(area.sheet, codes[:0]))]
                more = {(area.sheet, int(c)) for c in codes} - seen - self._innocent
                seen |= more
                stack.extend(more)
        self._innocent |= seen
        return False
