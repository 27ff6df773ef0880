"""Random models with one random slip in their workbook: no other cell is wrong, and that one if any number tells.

A slip is a reference that is off by a row or a column, another sign, or a typed number. Ordinary runs try a few;
`XLCHECK_EXAMPLES=100 XLCHECK_FIRST=500 pytest tests/differential/test_random_slips.py -n 2` tries a hundred other
models, with twelve slips in each.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import ironcalc
import numpy as np
import pytest
from drawn_graphs import drawn_graph, inputs_of
from models import build, keras, odd_models_allowed
from planting import Place, roots, shifted
from thorough import EVERY_CASE
from workbook_parts import typed

from xlcheck.api import check
from xlcheck.building.build import build_model
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.meaning import same_formula
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook

pytestmark = pytest.mark.keras

FIRST = int(os.environ.get("XLCHECK_FIRST") or 3)  # a small model, for ordinary runs
SEEDS = range(FIRST, FIRST + int(os.environ.get("XLCHECK_EXAMPLES") or (12 if EVERY_CASE else 1)))
SLIPS = 12 if EVERY_CASE or os.environ.get("XLCHECK_EXAMPLES") else 6
_BETWEEN = re.compile(r"(?<=[A-Z\d)])([-+*])(?=[A-Z$(\d])")
_ROUNDS = 20
_OTHER_SIGN = {"+": "-", "-": "+", "*": "+"}


def slips(formula: str, rng: random.Random) -> Iterator[str | None]:
    """Formulas that somebody may have meant to be this one, in a random order; None for a typed number."""
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", lambda text: " " * len(text[0]), formula)
    signs = [
        formula[: sign.start()] + _OTHER_SIGN[sign[0]] + formula[sign.end() :] for sign in _BETWEEN.finditer(unquoted)
    ]
    every: tuple[Sequence[str | None], ...] = (shifted(formula), signs, [None])
    kinds = [kind for kind in every if kind]
    for kind in rng.sample(kinds, len(kinds)):
        yield rng.choice(kind)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slip_anywhere_is_the_only_root(seed: int, tmp_path: Path) -> None:
    """Also on the pages beside the network, and where no number that stands there changes; unless none ever would."""
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
        found = roots(check(spoiled))
        assert found <= {place}, (place, cell.formula, slip)
        assert found or not is_told_apart(path, spoiled, place), (place, cell.formula, slip)


def is_told_apart(path: Path, spoiled: Path, place: Place) -> bool:
    """Whether IronCalc gives another number in a cell of one workbook than of the other, for any of many constants.

    Inputs that are whole numbers may be codes and stay as they are; so does what stands in no cell of the network.
    """
    manifest = manifest_of(read_workbook(path))
    assert manifest is not None
    books = [ironcalc.load_from_xlsx(str(each), "en", "UTC") for each in (path, spoiled)]
    sheets = [sheet["name"] for sheet in books[0].get_worksheets_properties()]
    content, rng = read_workbook(path), np.random.default_rng(0)
    constants = [
        (sheets.index(b.area.sheet), row + 1, column + 1)
        for b in manifest.bindings
        for row, column in b.area.cells()
        if isinstance(value := content.sheets[b.area.sheet].cells[row, column].value, float)
        and content.sheets[b.area.sheet].cells[row, column].formula is None
        and value != int(value)
    ]
    for _ in range(_ROUNDS):
        for cell, number in zip(constants, rng.normal(size=len(constants)).tolist(), strict=True):
            for book in books:
                book.update_cell_with_number(*cell, number)
        for book in books:
            book.evaluate()
        own, other = (book.get_cell_value(sheets.index(place[0]), place[1] + 1, place[2] + 1) for book in books)
        if own != pytest.approx(other, abs=1e-9) if isinstance(other, float) else own != other:
            return True
    return False
