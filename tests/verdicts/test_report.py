"""The report as data: when it is a pass, and how it leaves a test suite or enters a table."""

from __future__ import annotations

import json
import pickle
import re
import sys
from dataclasses import replace

import pytest
from sample_reports import BAD, EMPTY, GOOD, OPEN, QUANTITIES, STRAY

from xlcheck.errors import MissingDependencyError
from xlcheck.reports.failure import CheckFailedError
from xlcheck.reports.groups import by_quantity
from xlcheck.reports.render_json import render_json
from xlcheck.reports.render_text import render_text
from xlcheck.verdicts.report import CheckReport, Counts


@pytest.mark.parametrize(("report", "code"), [(GOOD, 0), (BAD, 1), (OPEN, 3), (EMPTY, 3), (STRAY, 3)])
def test_exit_codes(report: CheckReport, code: int) -> None:
    """0: all agree; 1: something disagrees; 3: nothing, or not everything, could be checked."""
    assert report.exit_code == code
    assert report.ok is (code == 0)


def test_a_disagreement_outweighs_what_could_not_be_checked() -> None:
    """A wrong cell is the worse news."""
    assert replace(OPEN, counts=Counts(84, 83, 82, 1, 0, 0, 1)).exit_code == 1


def test_unbound_formulas_and_stale_values_do_not_fail() -> None:
    """They are listed, and the check of everything else stands."""
    report = replace(GOOD, cells=BAD.cells[-2:], counts=Counts(85, 84, 84, 0, 0, 1, 0))

    assert report.ok
    assert len(report.stale) == 1
    assert report.roots == ()


def test_a_failed_check_raises_with_its_report() -> None:
    """The message is the text of the report; the report itself is there for whoever wants more."""
    with pytest.raises(CheckFailedError) as error:
        BAD.raise_if_failed()

    assert isinstance(error.value, AssertionError)
    assert error.value.report is BAD
    assert str(error.value) == str(BAD) == render_text([BAD])


@pytest.mark.parametrize("report", [OPEN, EMPTY, STRAY])
def test_an_incomplete_check_raises_too(report: CheckReport) -> None:
    """What was not looked at has not passed."""
    with pytest.raises(CheckFailedError):
        report.raise_if_failed()


def test_a_passed_check_raises_nothing() -> None:
    """So that a test suite goes on."""
    GOOD.raise_if_failed()


def test_the_error_travels_between_processes() -> None:
    """Test runners send it from worker to main process."""
    copy = pickle.loads(pickle.dumps(CheckFailedError(BAD)))  # noqa: S301 - our own bytes

    assert copy.report == BAD
    assert str(copy) == render_text([BAD])


def test_cells_as_a_table() -> None:
    """One row a cell, one column a field, in the report's order."""
    pytest.importorskip("pandas", reason="pandas is installed with Keras")
    frame = BAD.to_frame()

    assert list(frame.cell) == ["M15", "M20", "B2", "D2", "Z9", "M2"]
    assert list(frame.status) == ["root", "root", "carried", "carried", "unbound", "agree"]
    assert list(frame.columns[:5]) == ["sheet", "cell", "status", "kind", "quantity"]
    assert list(GOOD.to_frame().columns) == list(frame.columns)


def test_a_sample_has_the_same_number_everywhere() -> None:
    """The text, the page, JSON and the table count samples from 1, as the worksheets do."""
    pytest.importorskip("pandas", reason="pandas is installed with Keras")
    (report,) = json.loads(render_json([BAD]))

    assert [cell["sample"] for cell in report["cells"]] == [2, 1, 1, 1, None, None]
    assert list(BAD.to_frame()["sample"][:4]) == [2, 1, 1, 1]
    for words in (str(BAD), BAD._repr_html_()):
        assert re.findall(r"sample (\d)", words)[:2] == ["2", "1"]


def test_without_pandas_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing optional library is one sentence."""
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(MissingDependencyError, match="install it with: pip install pandas"):
        BAD.to_frame()


def test_cells_by_quantity() -> None:
    """Every compared quantity is there, in order, also those without a wrong cell; nothing else is."""
    groups = by_quantity(BAD)

    assert tuple(groups) == QUANTITIES
    assert [c.cell for c in groups["lstm.z[1]"]] == ["M15"]
    assert [c.cell for c in groups["other formulas on Check"]] == ["D2"]
    assert groups["lstm.z[0]"] == ()
    assert sum(map(len, groups.values())) == 4
