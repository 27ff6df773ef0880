"""Reports as one HTML page that needs no other file, or as a fragment for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from xlcheck.reports.groups import by_mistake, elsewhere
from xlcheck.reports.render_text import SIGNS, objections, verdict
from xlcheck.reports.templates import resource, template
from xlcheck.verdicts.cell_result import CellResult, Status
from xlcheck.verdicts.findings import Findings, Refusal
from xlcheck.verdicts.messages import show, show_apart, show_values

# Browsers become slow with more rows in one table; the JSON report has all of them.
_ROWS = 1000


def render_html(reports: Sequence[Findings | Refusal], *, fragment: bool = False) -> str:
    """The reports as HTML; a fragment is only the content with its style, to stand inside another page."""
    page = template(
        "xlcheck.reports", "report.html.j2", verdict=_verdict, objections=objections, show=show, values=show_values,
        told_apart=_told_apart, local=_local, by_mistake=by_mistake, elsewhere=elsewhere,
    )  # fmt: skip
    return page.render(
        style=resource("xlcheck.reports", "report.css"),
        reports=reports,
        fragment=fragment,
        sections=_SECTIONS,
        marks=_MARKS,
        signs=SIGNS,
        rows=_ROWS,
        by_status=lambda report, status: report.cells.with_status(Status(status)),
    )


def _verdict(report: Findings | Refusal) -> str:
    return "not checked" if isinstance(report, Refusal) else verdict(report)


def _told_apart(cell: CellResult) -> tuple[str, str, str]:
    """The digits that actual and desired have in common, then the rest of each."""
    actual, desired = show_values(cell)
    same = "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(actual, desired, strict=False)))
    return same, actual[len(same) :], desired[len(same) :]


def _local(cell: CellResult) -> str | None:
    """The value from the cell's own precedents, where it is another than the oracle's."""
    if cell.desired_from_precedents is None:
        return None
    local = show_apart(cell.actual, cell.desired_from_precedents)[1]
    return None if local == show_values(cell)[1] else local


_MARKS = {Status.AGREE: "✓", Status.ROOT: "✗", Status.CARRIED: "→", Status.NOT_EVALUATED: "?", Status.UNBOUND: "–"}
_SECTIONS = (
    (Status.CARRIED, "Wrong only because an earlier cell is", "Their own formulas are right."),
    (Status.NOT_EVALUATED, "No verdict", "The engine cannot compute these, or nobody knows what they should hold."),
    (Status.UNBOUND, "Not part of the network", "These formulas belong to no quantity and were not checked."),
    (
        Status.AGREE,
        "Stored values that are out of date",
        "The formulas are right; the values saved beside them are not.",
    ),
)
