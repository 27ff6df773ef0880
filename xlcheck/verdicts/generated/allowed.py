"""Formulas that show a difference which was allowed.

A generated workbook compares itself with Keras, and has a tolerance of its own for that. Where a
check is asked to allow more, the cells of that comparison show the difference all the same. Their
formulas are right, and no cell they read is wrong, so they agree as far as anybody can ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from xlcheck.verdicts.formula_cells import Upstream
from xlcheck.verdicts.generated.summary import Judged
from xlcheck.verdicts.helpers import HelperVerdict
from xlcheck.verdicts.judge import AGREE, close
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.report import Status
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import by_sheet, code_of


def allow(judged: Judged, others: Iterable[Verdicts], usual: Tolerance) -> Judged:
    """Let the formulas agree that are only wrong because they show an allowed difference.

    The workbook was verified with the tolerance `usual`; `others` are verdicts on further cells of quantities.
    """
    verdicts = [*judged.verdicts, *others]
    differing = by_sheet((v.placement.sheet, v.placement.codes[_allowed(v, usual)]) for v in verdicts)
    if not any(codes.size for codes in differing.values()):
        return judged
    quantities = by_sheet((v.placement.sheet, v.placement.codes) for v in verdicts)
    upstream = Upstream(judged.formulas, differing, quantities)

    def is_excused(verdict: HelperVerdict) -> bool:
        """Whether a formula is right in itself and reads, perhaps through others, an allowed difference."""
        cell = verdict.helper.cell
        return verdict.status is Status.CARRIED and upstream.reads(cell.sheet, code_of(cell))

    return replace(
        judged,
        helpers=[replace(v, status=Status.AGREE) if is_excused(v) else v for v in judged.helpers],
        filled=[replace(c, wrong=tuple(v for v in c.wrong if not is_excused(v))) for c in judged.filled],
    )


def _allowed(verdicts: Verdicts, usual: Tolerance) -> np.ndarray:
    """Which cells agree, and would not with the usual tolerance."""
    near = close(verdicts.sighting.numbers, verdicts.desired, usual.limit(verdicts.scale))
    return np.asarray(((verdicts.status == AGREE) & ~near).any(axis=0))
