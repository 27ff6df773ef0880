"""Reports as JUnit XML: one test suite for each workbook and engine, one test case a quantity.

A wrong cell is a failure, a cell without a verdict an error, and a quantity that is only
wrong because an earlier one is counts as skipped: none of them passes. The elements and
attributes are those that GitLab and Jenkins read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from xml.etree import ElementTree as ET

from xlcheck.reports.groups import by_quantity, said_once
from xlcheck.reports.render_text import verdict
from xlcheck.verdicts.cell_result import Cells
from xlcheck.verdicts.findings import Refusal
from xlcheck.verdicts.messages import plural, show_values
from xlcheck.verdicts.report import CellResult, CheckReport, Status

_CELLS = 20
# Characters that XML 1.0 cannot hold, however they are written.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(reports: Sequence[CheckReport | Refusal]) -> str:
    """The XML document, with its declaration."""
    suites = [_refused(report) if isinstance(report, Refusal) else _suite(report) for report in reports]
    root = ET.Element("testsuites", _totals(suites))
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _refused(refusal: Refusal) -> ET.Element:
    """The suite of a workbook that could not be checked: one test case, which is an error."""
    case = _empty_case(refusal, "check")
    ET.SubElement(case, "error", {"type": refusal.kind, "message": clean(refusal.message)})
    name = clean(f"{refusal.workbook} ({refusal.engine})")
    suite = ET.Element("testsuite", {"name": name, **_counts([case], refusal.seconds)})
    suite.append(case)
    return suite


def _suite(report: CheckReport) -> ET.Element:
    cases = [_case(report, name, cells) for name, cells in by_quantity(report).items()]
    if not report.counts.checked or report.counts.stray or report.reservations or report.gaps_without_a_cell:
        cases.append(_incomplete(report))
    if report.differs_from_built:
        cases.append(_not_as_built(report))
    name = f"{report.workbook} ({report.engine})"
    suite = ET.Element("testsuite", {"name": clean(name), **_counts(cases, report.seconds)})
    properties = ET.SubElement(suite, "properties")
    for key, value in (
        ("engine", report.engine),
        ("oracle", report.oracle),
        ("formula_cells", report.counts.formula_cells),
        ("unbound", report.counts.unbound),
        ("max_abs_error", report.max_abs_error),
    ):
        ET.SubElement(properties, "property", {"name": key, "value": clean(str(value))})
    suite.extend(cases)
    lines = [verdict(report), *(f"look at {warning.message}" for warning in report.warnings), *report.notes]
    lines += [cell.message for cell in report.stale[:_CELLS]]
    ET.SubElement(suite, "system-out").text = clean("\n".join(lines))
    return suite


def _case(report: CheckReport, name: str, cells: Cells) -> ET.Element:
    case = _empty_case(report, name)
    outcome = _outcome(report, cells)
    if outcome is not None:
        tag, wrong = outcome
        first = wrong[0]
        kind = first.diagnosis or f"{first.status}: {first.kind}"
        message = f"{first.sheet}!{first.cell}: {first.message}"
        ET.SubElement(case, tag, {"type": kind, "message": clean(message)}).text = clean(_details(wrong))
    return case


def _empty_case(report: CheckReport | Refusal, name: str) -> ET.Element:
    return ET.Element(
        "testcase",
        {
            "classname": clean(PurePath(report.workbook).name),
            "name": clean(name),
            "file": clean(report.workbook),
            "time": "0",
        },
    )


def _outcome(report: CheckReport, cells: Cells) -> tuple[str, Cells] | None:
    """The element that says what became of a test case, and the cells it is about; None if it passed."""
    # A carried cell says nothing of its own as long as the root it comes from fails.
    carried = "skipped" if report.counts.root else "failure"
    for tag, status in (("failure", Status.ROOT), ("error", Status.NOT_EVALUATED), (carried, Status.CARRIED)):
        wrong = cells.with_status(status)
        if wrong:
            return tag, wrong
    return None


def _details(cells: Sequence[CellResult]) -> str:
    lines = []
    for cell in cells[:_CELLS]:
        actual, desired = show_values(cell)
        formula = f"  {cell.formula}" if cell.formula else ""
        lines.append(f"{cell.status}  {cell.sheet}!{cell.cell}  {actual} instead of {desired}{formula}")
    if len(cells) > _CELLS:
        lines.append(f"and {plural(len(cells) - _CELLS, 'more cell', 'more cells')}")
    return "\n".join(lines)


def _incomplete(report: CheckReport) -> ET.Element:
    """The test case of what has no test case of its own."""
    case = _case(report, "check", Cells())
    kind = "incomplete" if report.gaps_without_a_cell else "unknown-formulas"
    kind = "other-values-seen" if report.reservations else kind
    kind = kind if report.counts.checked else "nothing-checked"
    message = "; ".join((verdict(report), *said_once(report.reservations), *report.gaps_without_a_cell))
    ET.SubElement(case, "error", {"type": kind, "message": clean(message)})
    return case


def _not_as_built(report: CheckReport) -> ET.Element:
    """The test case of a workbook that should be as it was built, and is not."""
    case = _case(report, "as built", Cells())
    changed = [f"{edit.sheet}!{edit.cell} ({edit.quantity}) was changed" for edit in report.edits[:_CELLS]]
    changed += report.alterations
    ET.SubElement(case, "failure", {"type": "changed", "message": clean(verdict(report))}).text = clean(
        "\n".join(changed)
    )
    return case


def _counts(cases: Sequence[ET.Element], seconds: float) -> dict[str, str]:
    """What a suite says of itself; all its quantities are compared at once, so each test case gets an equal share."""
    for case in cases:
        case.set("time", _time(seconds / len(cases)))
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": str(sum(case.find("error") is not None for case in cases)),
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": _time(seconds),
    }


def _totals(suites: Sequence[ET.Element]) -> dict[str, str]:
    sums = {
        key: str(sum(int(suite.get(key, "0")) for suite in suites))
        for key in ("tests", "failures", "errors", "skipped")
    }
    return {"name": "xlcheck", **sums, "time": _time(sum(float(suite.get("time", "0")) for suite in suites))}


def _time(seconds: float) -> str:
    return f"{seconds:.6f}".rstrip("0").rstrip(".")


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("�", text)
