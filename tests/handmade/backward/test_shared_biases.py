"""Two layers of two units with one bias a layer, which is left as it is or learns, and weights that do not learn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from training_sheets import roots, trained

from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_TYPED = ("x1", "x2", "t1", "t2")
_WEIGHTS = ("w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2")
_FORMULAS = {
    "n1": "{w1}*{x1}+{w2}*{x2}+{b1}", "n2": "{w3}*{x1}+{w4}*{x2}+{b1}", "h1": "1/(1+EXP(-{n1}))",
    "h2": "1/(1+EXP(-{n2}))", "m1": "{w5}*{h1}+{w6}*{h2}+{b2}", "m2": "{w7}*{h1}+{w8}*{h2}+{b2}",
    "o1": "1/(1+EXP(-{m1}))", "o2": "1/(1+EXP(-{m2}))", "E": "0.5*({t1}-{o1})^2+0.5*({t2}-{o2})^2",
    "d1": "({o1}-{t1})*{o1}*(1-{o1})", "d2": "({o2}-{t2})*{o2}*(1-{o2})",
    "gw5": "{d1}*{h1}", "gw6": "{d1}*{h2}", "gw7": "{d2}*{h1}", "gw8": "{d2}*{h2}", "gb2": "{d1}+{d2}",
    "e1": "({d1}*{w5}+{d2}*{w7})*{h1}*(1-{h1})", "e2": "({d1}*{w6}+{d2}*{w8})*{h2}*(1-{h2})",
    "gw1": "{e1}*{x1}", "gw2": "{e1}*{x2}", "gw3": "{e2}*{x1}", "gw4": "{e2}*{x2}", "gb1": "{e1}+{e2}",
}  # fmt: skip
_HEADS = (*_TYPED, *_WEIGHTS, *_FORMULAS)
_ROWS = 4


def _cell(head: str, step: int) -> str:
    return f"{get_column_letter(_HEADS.index(head) + 1)}{step + 3}"


def _judged(
    path: Path, seed: int, frozen: tuple[str, ...], instead: Mapping[tuple[str, int], str] | None = None
) -> tuple[Part, int]:
    """What became of a sheet whose weights but for some learn, and how many formulas it has."""
    random, book, count = Random(seed), openpyxl.Workbook(), 0
    sheet = book.active
    sheet["A1"], sheet["B1"] = "rate", random.choice((0.5, 0.1))
    first = {head: round(random.uniform(0.05, 0.95), 2) for head in (*_TYPED, *_WEIGHTS)}
    for step in range(_ROWS):
        places = {head: _cell(head, step) for head in _HEADS}
        for head in _HEADS:
            content: str | float = first.get(head, 0.0)
            if head in _WEIGHTS and step:
                before = _cell(head, step - 1)
                content = f"={before}" + ("" if head in frozen else f"-$B$1*{_cell('g' + head, step - 1)}")
            elif head in _FORMULAS:
                if head[1:] in frozen and head[0] == "g":
                    continue
                content = f"={(instead or {}).get((head, step), _FORMULAS[head])}".format(**places)
            count += isinstance(content, str)
            sheet[places[head]] = content
    book.save(path)
    found = trained(path)
    assert found is not None
    return found, count


_FROZEN = {
    "all learn": (),
    "biases stay": ("b1", "b2"),
    "the last layer learns": ("w1", "w2", "w3", "w4", "b1"),
    "the first layer learns": ("w5", "w6", "w7", "w8", "b2"),
    "one weight stays": ("w6",),
}


@pytest.mark.parametrize("what", _FROZEN)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_layer_may_share_its_bias_and_some_weights_stay(what: str, seed: int, tmp_path: Path) -> None:
    """Rule: the gradient of a bias that units share is the sum of theirs; what nobody trains needs no gradient."""
    found, formulas = _judged(tmp_path / "w.xlsx", seed, _FROZEN[what])
    assert (found.results, found.without_cell, found.checked) == ((), 0, formulas)


_WRONG = {
    "one unit alone": ("gb2", "{d1}"),
    "the same unit twice": ("gb1", "{e1}+{e1}"),
    "a slope": ("e2", "({d1}*{w6}+{d2}*{w8})*{h2}*(1-{h1})"),
}


@pytest.mark.parametrize("what", _WRONG)
@pytest.mark.parametrize("seed", [1, 2])
def test_one_wrong_sum_is_blamed_alone(what: str, seed: int, tmp_path: Path) -> None:
    """Rule: one wrong gradient in one row is the root, of a shared bias as of any weight."""
    head, formula = _WRONG[what]
    found, _ = _judged(tmp_path / "w.xlsx", seed, (), {(head, 1): formula})
    assert roots(found) == [_cell(head, 1)]


def test_a_bias_that_all_rows_move_by_one_unit_is_no_pass(tmp_path: Path) -> None:
    """Rule: a shared bias that follows one of its units alone at every step is blamed or open."""
    found, _ = _judged(tmp_path / "w.xlsx", 1, (), {("gb2", step): "{d1}" for step in range(_ROWS)})
    assert {*roots(found)} <= {_cell("gb2", t) for t in range(_ROWS)}
    assert found.without_cell or any(own.status is not Status.UNBOUND for own in found.results)
