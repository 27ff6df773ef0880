"""Random models with one random slip in their workbook: the cell of the slip alone is wrong, whatever stands there.

A slip is a reference that is off by a row or a column, another sign, or a typed number. Ordinary runs try a few;
`XLCHECK_EXAMPLES=100 XLCHECK_FIRST=500 pytest tests/differential/test_random_slips.py -n 2` tries a hundred other
models, with twelve slips in each.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn_graphs import drawn_graph, inputs_of
from models import build, keras, odd_models_allowed
from planting import roots, shifted
from thorough import EVERY_CASE
from workbook_parts import typed

from xlcheck.api import check
from xlcheck.building.build import build_model
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.meaning import same_formula
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

FIRST = int(os.environ.get("XLCHECK_FIRST") or 3)  # a small model, for ordinary runs
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLCHECK_EXAMPLES") or (12 if EVERY_CASE else 1)))
SLIPS = 12 if EVERY_CASE or os.environ.get("XLCHECK_EXAMPLES") else 6
_BETWEEN = re.compile(r"(?<=[A-Z\d)])([-+*])(?=[A-Z$(\d])")
_OTHER_SIGN = {"+": "-", "-": "+", "*": "+"}


def slips(formula: str, rng: random.Random) -> Iterator[str | None]:
    """Formulas that somebody may have meant to be this one, in a random order; None for a typed number."""
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", lambda text: " " * len(text[0]), formula)
    signs = [
        formula[: sign.start()] + _OTHER_SIGN[sign[0]] + formula[sign.end() :] for sign in _BETWEEN.finditer(unquoted)
    ]
    kinds = [kind for kind in (shifted(formula), signs, [None]) if kind]
    for kind in rng.sample(kinds, len(kinds)):
        yield rng.choice(kind)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slip_anywhere_is_the_only_root(seed: int, tmp_path: Path) -> None:
    """Also on the pages beside the network, and where no number that stands there changes."""
    model, path = build(lambda: drawn_graph(seed, operations=True), seed), tmp_path / "drawn.xlsx"
    rng = random.Random(seed)
    with odd_models_allowed():
        try:
            given = inputs_of(model, np.random.default_rng(seed), 2)
            build_model(model, keras.tree.pack_sequence_as(model.input, given), path)
        except NotSupportedError as error:
            pytest.skip(str(error))
    content = read_workbook(path)
    places = [(sheet, row, column) for sheet, row, column, _ in content.formula_cells()]
    for place in rng.sample(places, SLIPS):
        cell = content.sheets[place[0]].cells[place[1:]]
        assert cell.formula is not None
        others = (x for x in slips(cell.formula, rng) if not same_formula(f"={x}", f"={cell.formula}", place[0]))
        slip = next(others)
        spoiled = typed(path, tmp_path / "slip.xlsx", place[0], {place[1:]: cell.value if slip is None else f"={slip}"})
        assert roots(check(spoiled)) == {place}, (place, cell.formula, slip)
