"""Quantities that are computed with a helper cell, as the shares of a softmax with the sum of its exponentials.

Their equations know nothing of helpers, so they would be called wrong in themselves where one of these is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xlcheck.verdicts.formula_cells import FormulaCells, Upstream
from xlcheck.verdicts.generated.observe import Observation
from xlcheck.verdicts.helpers import HelperVerdict
from xlcheck.verdicts.judge import CARRIED, ROOT
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.workbook.cell_codes import by_sheet, code_of


def carry_from_helpers(
    verdicts: Iterable[Verdicts], wrong: Iterable[HelperVerdict], seen: Observation, formulas: FormulaCells
) -> None:
    """Call a root carried whose formula is the one that was written, and that reads a wrong helper, if only by others.

    Args:
        verdicts: those on quantities; they are changed in place.
        wrong: helpers that are wrong in themselves.
        seen: what stands in the workbook.
        formulas: its formulas.
    """
    sought = by_sheet((own.helper.cell.sheet, np.array([code_of(own.helper.cell)])) for own in wrong)
    if not sought:
        return
    verdicts = list(verdicts)
    changed = set(seen.changed)
    upstream = Upstream(formulas, sought, by_sheet((v.placement.sheet, v.placement.codes) for v in verdicts))
    for own in verdicts:
        place = own.placement
        for cell in np.flatnonzero((own.status == ROOT).any(axis=0) & own.sighting.is_formula).tolist():
            where = (place.sheet, int(place.codes[cell]))
            if where not in changed and upstream.reads(*where):
                own.status[own.status[:, cell] == ROOT, cell] = CARRIED
