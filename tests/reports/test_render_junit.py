"""Reports as JUnit XML: what GitLab and Jenkins read, with one outcome for each quantity."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from sample_reports import BAD, CARRIED, EMPTY, GOOD, OPEN, ROOT, STRAY

from xlcheck.reports.render_junit import render_junit
from xlcheck.verdicts.report import Counts


def outcomes(text: str) -> dict[str, str]:
    """Name of each test case → the element that says what became of it."""
    return {
        case.get("name", ""): next(iter(case)).tag if len(case) else "passed"
        for case in ET.fromstring(text).iter("testcase")  # noqa: S314 - our own text
    }


def test_the_whole_document() -> None:
    """Declaration, totals, one suite a workbook, one case a quantity."""
    report = replace(GOOD, quantities=("lstm.z[0]", "lstm.z[1]"), cells=(replace(ROOT, message="Wrong & <odd>."),))
    report = replace(report, counts=Counts(2, 2, 1, 1, 0, 0, 0))

    assert render_junit([report]) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="xlcheck" tests="2" failures="1" errors="0" skipped="0" time="0">\n'
        '  <testsuite name="books/good.xlsx (ironcalc 0.9.1)" tests="2" failures="1" errors="0" skipped="0" time="0">\n'
        "    <properties>\n"
        '      <property name="engine" value="ironcalc 0.9.1" />\n'
        '      <property name="oracle" value="keras float64" />\n'
        '      <property name="formula_cells" value="2" />\n'
        '      <property name="unbound" value="0" />\n'
        '      <property name="max_abs_error" value="2.2e-16" />\n'
        "    </properties>\n"
        '    <testcase classname="good.xlsx" name="lstm.z[0]" file="books/good.xlsx" time="0" />\n'
        '    <testcase classname="good.xlsx" name="lstm.z[1]" file="books/good.xlsx" time="0">\n'
        '      <failure type="pre-activation-fed-back" message="lstm!M15: Wrong &amp; &lt;odd&gt;.">'
        "root  lstm!M15  0.045203 instead of 0.0452044  =G15+SUMPRODUCT(M3:M4,Weights!$B$2:$B$3)</failure>\n"
        "    </testcase>\n"
        "    <system-out>1 cell wrong, 0 carried, 1 of 2 agree</system-out>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_roots_fail_and_what_follows_from_them_is_skipped() -> None:
    """One failure for each quantity that is wrong in itself; quantities without a wrong cell pass."""
    assert outcomes(render_junit([BAD])) == {
        "lstm.z[0]": "passed",
        "lstm.z[1]": "failure",
        "lstm.h[1]": "failure",
        "dense.y": "skipped",
        "loss.loss": "passed",
        "other formulas on Check": "skipped",
    }


def test_carried_cells_without_a_root_fail() -> None:
    """Somebody has to, or the suite would pass."""
    report = replace(BAD, cells=(CARRIED,), counts=Counts(84, 84, 83, 0, 1, 0, 0))

    assert outcomes(render_junit([report]))["dense.y"] == "failure"


def test_what_was_not_computed_is_an_error() -> None:
    """Neither passed nor failed, and never passed over."""
    assert outcomes(render_junit([OPEN]))["loss.loss"] == "error"


def test_a_check_of_nothing_is_an_error() -> None:
    """An empty suite would pass."""
    assert outcomes(render_junit([EMPTY])) == {"check": "error"}


def test_unknown_formulas_among_the_network_s_are_an_error() -> None:
    """They belong to no test case of their own."""
    found = outcomes(render_junit([STRAY]))

    assert found.pop("check") == "error"
    assert set(found.values()) == {"passed"}


def test_a_gap_that_no_cell_shows_is_an_error() -> None:
    """What could not be checked is no pass on a build server either, wherever it stands."""
    report = replace(GOOD, counts=replace(GOOD.counts, not_evaluated=2), gaps=("2 results stand in no cell",))
    text = render_junit([report])

    assert report.exit_code == 3
    assert outcomes(text)["check"] == "error"
    assert report.gaps[0] in text


def test_totals_are_sums() -> None:
    """Counts of the document are those of its suites together."""
    root = ET.fromstring(render_junit([GOOD, BAD, OPEN, EMPTY]))  # noqa: S314 - our own text

    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("19", "2", "2", "2")


def test_characters_that_xml_cannot_hold_are_replaced() -> None:
    """A text from a workbook cannot make the document unreadable."""
    report = replace(BAD, cells=(replace(ROOT, message="bell \x07 and \ud800"),))

    assert "bell � and �" in render_junit([report])
