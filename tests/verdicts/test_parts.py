"""The one place where reports are made: what became of the parts of a workbook, put together."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sample_reports import BAD, CARRIED, ROOT, SECOND, SKIPPED, STALE, UNBOUND

from xlcheck.verdicts.parts import Part, report_of
from xlcheck.verdicts.report import CheckReport, Counts

ENGINE: Any = SimpleNamespace(name="ironcalc", version="0.9.1")


def put_together(*parts: Part, links: tuple[str, ...] = (), **options: Any) -> CheckReport:
    """The report on a workbook with these parts."""
    content: Any = SimpleNamespace(path=Path("book.xlsx"), notes=("read with care",), external_links=links)
    return report_of(content, ENGINE, parts, **options)


def test_counts_add_up() -> None:
    """What was compared and does not disagree agrees; a stored value that is shown nowhere is no disagreement."""
    one = Part((ROOT, CARRIED, STALE), formula_cells=10, checked=9, oracle="keras float64")
    other = Part((SECOND, UNBOUND, SKIPPED), formula_cells=5, checked=3, without_cell=2, stray=1)

    assert one.counts() == Counts(10, 9, 7, 1, 1, 0, 0, 0)
    assert other.counts() == Counts(5, 3, 2, 1, 0, 1, 3, 1)
    assert put_together(one, other).counts == Counts(15, 12, 9, 2, 1, 1, 3, 1)


def test_a_part_may_take_back_what_another_one_thought_right() -> None:
    """Cells that are right only for the numbers shown were counted for right before."""
    shown = Part((), formula_cells=4, checked=4, oracle="keras float64")

    assert put_together(shown, Part((ROOT,))).counts == Counts(4, 4, 3, 1, 0, 0, 0)


def test_results_stand_in_the_order_of_their_weight() -> None:
    """Roots of all parts come first; among equals, the order is that of the parts."""
    report = put_together(Part((UNBOUND, CARRIED, ROOT), oracle="keras"), Part((STALE, SKIPPED, SECOND)))

    assert list(report.cells) == [ROOT, SECOND, CARRIED, SKIPPED, UNBOUND, STALE]


def test_everything_is_said_once() -> None:
    """Notes of the file, of its links, of the check and of the parts; quantities of all parts."""
    one = Part((), notes=("odd", "odd"), quantities=("a", "b"), oracle="", samples=2, max_abs_error=1.0, max_ulps=3.0)
    other = Part((), notes=("odd",), quantities=("b", "c"), oracle="keras", samples=1, max_abs_error=2.0, max_ulps=1.0)
    report = put_together(one, other, links=("other.xlsx",), notes=("checked",), reservations=["seen otherwise"])

    assert report.notes == ("read with care", "links to other files were not followed: other.xlsx", "checked", "odd")
    assert report.quantities == ("a", "b", "c")
    assert (report.oracle, report.samples, report.max_abs_error, report.max_ulps) == ("keras", 2, 2.0, 3.0)
    assert report.reservations == ("seen otherwise",)
    assert (report.workbook, report.engine) == ("book.xlsx", "ironcalc 0.9.1")


def test_what_counts_as_wrong_reaches_the_report() -> None:
    """Edits are wrong only if the workbook should be as it was built."""
    part = Part((), formula_cells=1, checked=1, oracle="keras")

    assert put_together(part, edits=BAD.edits).ok
    assert not put_together(part, edits=BAD.edits, as_built=True).ok
    assert not put_together(part, alterations=("a word",), strict=True).ok


def test_what_is_not_checked_is_said_why() -> None:
    """By the notes that say so, else by the first cell that was not computed, or by what stands in no cell."""
    whole = Part((), formula_cells=1, checked=1, oracle="keras")
    said = Part((), notes=("h stands nowhere",), gaps=("h stands nowhere",), without_cell=1)
    unsaid = [whole, Part((SKIPPED,)), Part((), without_cell=2), Part(())]
    found = [put_together(whole, part) for part in (said, *unsaid)]

    assert found[0].gaps == ("h stands nowhere",) == found[0].notes[1:]
    assert [report.gaps for report in found[1:4]] == [
        (), (f"{SKIPPED.sheet}!{SKIPPED.cell}: {SKIPPED.message}",), ("2 results stand in no cell",),
    ]  # fmt: skip
    assert put_together(Part(())).gaps == ("nothing was checked",)
    assert all(report.exit_code == 3 * bool(report.gaps) for report in found)
