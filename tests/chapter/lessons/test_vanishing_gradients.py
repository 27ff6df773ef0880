"""The lesson on vanishing gradients: every number is Keras's, and the columns follow U."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xlcheck import api
from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.layout.training import vanishing
from xlcheck.workbook.constants import write_with_constants

U = (vanishing.INPUTS + 1, 2)
VERDICT = Range(vanishing.NAME, vanishing.INPUTS - 1, 0)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> api.Built:
    return api.build("vanishing-gradients", tmp_path_factory.mktemp("vanishing") / "v.xlsx")


def column(session: Any, number: int) -> list[float]:
    return [row[0] for row in session.read(Range(vanishing.NAME, vanishing.TOP + 1, number, 50))]


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_every_cell_agrees_with_keras(built: api.Built, name: str) -> None:
    """States, terms and gradients of all three layers agree with Keras within 1e-13."""
    report = api.check(built.path, engine=name)

    assert report.ok
    assert report.counts.agree == report.counts.formula_cells > 1500
    assert report.max_abs_error <= 1e-13


def test_bytes_are_those_in_the_repository(built: api.Built) -> None:
    """The stored numbers give the stored workbook, byte for byte."""
    stored = Path(__file__).parents[3] / "workbooks" / "vanishing-gradients.xlsx"

    assert built.path.read_bytes() == stored.read_bytes()


@pytest.mark.parametrize(("u", "word"), [(0.5, "vanishes"), (1.0, "kept"), (1.5, "explodes")])
def test_the_first_word_follows_u(built: api.Built, u: float, word: str) -> None:
    """The first word's term in the last state is U to the 49th; all terms together are the last state."""
    session = engine("ironcalc", guarded=False).open(built.path)
    session.set(vanishing.NAME, *U, u)
    session.recalculate()
    terms, states = column(session, vanishing.PART), column(session, vanishing.STATE)
    clipped = column(session, vanishing.CLIPPED)

    assert terms[0] == pytest.approx(u**49 * 0.5, rel=1e-12)
    assert sum(terms) == pytest.approx(states[-1], rel=1e-12)
    assert sum(c * c for c in clipped) <= 1 + 1e-12
    assert word in str(session.read(VERDICT)[0][0])


@pytest.mark.keras
def test_after_u_was_changed_keras_is_asked_anew(built: api.Built, tmp_path: Path) -> None:
    """With another U the states of both layers that read it still agree with Keras."""
    path = tmp_path / "changed.xlsx"
    write_with_constants(built.path, path, {vanishing.NAME: {U: 1.1}})
    report = api.check(path)

    assert report.edits
    assert report.counts.root == 0
