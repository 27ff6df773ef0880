"""The search for one slip by itself: which edits are read, and which answers to them count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from training_sheets import cell, table_of, training

from xlcheck.formulas.addresses import cell_name
from xlcheck.handmade.backward.best_reading import best_reading
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward_judging import likely_slips as search
from xlcheck.handmade.backward_judging.likely_slips import LikelySlips
from xlcheck.handmade.backward_judging.one_slip import one_slip
from xlcheck.handmade.backward_judging.slips import Edit
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import address_of
from xlcheck.oracle.dense_steps import dense_gradients
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Kind, Status

pytestmark = pytest.mark.keras

_WRONG = cell("h1", 1)
_SLIP: Mapping[tuple[str, int], str | float] = {("h1", 1): "=1/(1+EXP(-{w4}))"}
_ANOTHER: Mapping[tuple[str, int], str | float] = {("g5", 1): "=({o1}-{t1})*{o1}*(1-{o2})*{h1}"}
_TWO = {**_ANOTHER, ("g8", 1): "=({o2}-{t2})*{o1}*(1-{o2})*{h2}"}
_MEANT = f"1/(1+EXP(-{cell('z1', 1)}))"


def _result(place: str, status: Status, formula: str | None = None, actual: float = 0.0) -> CellResult:
    return CellResult("Sheet", place, status, Kind.VALUE, "o", actual, 1.0, 1.0, "=0", None, "", None, formula)


def _as_meant(edit: Edit, *more: CellResult) -> Part:
    roots = [_result(cell_name(*place[1:]), Status.ROOT, f"={text}") for place, text in edit.items()]
    return Part((*roots, *more))


def _searched(
    path: Path,
    judged: Callable[[Edit], Part | None],
    slips: Mapping[tuple[str, int], str | float] = _SLIP,
    *,
    certain: bool = True,
) -> tuple[Part | None, list[Edit]]:
    """What is found in a training with slips, of which all else is known, and the edits that were judged."""
    table, values = table_of(training(path, 2, slips))
    terms, asked = CellTerms(table, values), list[Edit]()

    def asking(edit: Edit) -> Part | None:
        asked.append(edit)
        return judged(edit)

    reading = best_reading(Sheet(terms), dense_gradients)
    part = Part(tuple(_result(cell(*slip), Status.NOT_EVALUATED) for slip in slips))
    slips = LikelySlips(table, terms, reading, part if certain else None, Sheet, {})
    return one_slip(slips, table, terms, asking), asked


def _is_right(edit: Edit) -> bool:
    return edit == {address_of("Sheet", _WRONG): _MEANT}


def test_of_many_edits_those_are_read_that_promise_more_of_a_network(tmp_path: Path) -> None:
    """Rule: the edit that was meant is among them, and few others: those that other formulas tell of."""
    found, asked = _searched(tmp_path / "w.xlsx", lambda _: None)
    assert found is None
    assert any(map(_is_right, asked))
    assert len(asked) < 10


def test_the_one_edit_under_which_all_is_right_counts(tmp_path: Path) -> None:
    """Rule: what becomes of the sheet under it is the answer."""
    found, _ = _searched(tmp_path / "w.xlsx", lambda edit: _as_meant(edit) if _is_right(edit) else None)
    assert found is not None
    assert [own.cell for own in found.results if isinstance(own, CellResult)] == [_WRONG]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda edit: _as_meant(edit, _result("Z9", Status.NOT_EVALUATED)),
        lambda edit: _as_meant(edit, _result("Z9", Status.ROOT, "=1")),
        lambda edit: Part(tuple(_result(cell_name(*place[1:]), Status.ROOT, "=1") for place in edit)),
        lambda _: Part(()),
    ],
)
def test_an_edit_that_leaves_anything_open_does_not_count(spoilt: Callable[[Edit], Part], tmp_path: Path) -> None:
    """Rule: with no other cell wrong or without a verdict, and just the edited one as it should be."""
    assert _searched(tmp_path / "w.xlsx", lambda edit: spoilt(edit) if _is_right(edit) else None)[0] is None


def test_of_two_edits_that_do_as_well_neither_counts(tmp_path: Path) -> None:
    """Rule: where either of two cells may be wrong, nobody knows which."""

    def judged(edit: Edit) -> Part | None:
        return _as_meant(edit) if edit.keys() <= {address_of("Sheet", cell(*slip)) for slip in _TWO} else None

    found, asked = _searched(tmp_path / "w.xlsx", judged, _TWO)
    assert found is None
    assert len({frozenset(edit) for edit in asked}) > 1
    assert _searched(tmp_path / "w.xlsx", judged, _ANOTHER)[0] is not None


def test_what_is_large_has_lines_that_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: in a sheet of many formulas of which nothing is certain only what other formulas tell of is read."""
    _, asked = _searched(tmp_path / "w.xlsx", lambda _: None, certain=False)
    monkeypatch.setattr(search, "_LARGEST", 10)
    _, fewer = _searched(tmp_path / "w.xlsx", lambda _: None, certain=False)
    assert len(fewer) < len(asked)
    assert all(edit in asked for edit in fewer)
