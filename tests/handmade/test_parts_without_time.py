"""A part of a workbook that takes too long: it has no verdict, and each other part keeps its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from equation_sheets import dense, save

from xlcheck.api import check
from xlcheck.handmade import effort
from xlcheck.handmade.search import Search

pytestmark = pytest.mark.keras

_WAYS = ("_settle", "_settled", "_judged", "_written_otherwise", "_with_typed_weights", "_with_kin", "_with_descent")


@pytest.mark.parametrize("way", _WAYS)
def test_a_part_without_time_takes_nothing_from_the_others(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule: wherever time is used up in one part, the check says so of its cells, and of the other part what it is."""
    right = dense(3)
    path = save(right | {f"T!{cell}": own for cell, own in right.items()}, tmp_path / "w.xlsx")
    real = getattr(Search, way)

    def late(search: Search, part: Any, *others: Any) -> Any:
        if part.sheets == ("T",):
            raise effort.OutOfTimeError
        return real(search, part, *others)

    monkeypatch.setattr(Search, way, late)
    report = check(path)
    formulas = sum(str(own).startswith("=") for own in right.values())

    assert report.exit_code == 3
    assert (report.counts.agree, report.counts.not_evaluated) == (formulas, formulas)
    assert any(effort.USED_UP in note for note in report.notes)


def test_what_was_judged_before_the_time_was_up_is_kept_unless_it_blames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rule: without time to ask whether a mistake may be meant nobody is blamed, and what is right is right."""
    right = dense(3)
    wrong = right | {"I9": str(right["I9"]).replace("F9", "F8")}
    path = save(right | {f"T!{cell}": own for cell, own in wrong.items()}, tmp_path / "w.xlsx")
    assert [(root.sheet, root.cell) for root in check(path).roots] == [("T", "I9")]

    def late(*_: object) -> None:
        raise effort.OutOfTimeError

    monkeypatch.setattr("xlcheck.handmade.search.unknown_kin", late)
    report = check(path)
    formulas = sum(str(own).startswith("=") for own in right.values())

    assert (report.exit_code, report.roots) == (3, ())
    assert (report.counts.agree, report.counts.not_evaluated) == (formulas, formulas)
    assert any(f"T!I9 may be meant otherwise; {effort.USED_UP}" in note for note in report.notes)


def test_what_equations_said_before_the_time_was_up_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: a layer that is known by its equations keeps its verdict, whatever would have been tried behind them."""
    right = dense(3)
    path = save(right | {"L8": "=I8*E8"}, tmp_path / "w.xlsx")
    formulas = sum(str(own).startswith("=") for own in right.values())

    def late(*_: object) -> None:
        raise effort.OutOfTimeError

    monkeypatch.setattr(Search, "_right_at_once", late)
    report = check(path)

    assert (report.exit_code, report.roots) == (3, ())
    assert (report.counts.agree, report.counts.not_evaluated) == (formulas, 1)
