"""The error that a failed check raises in somebody's test suite."""

from __future__ import annotations

from xlcheck.verdicts.findings import Findings


class CheckFailedError(AssertionError):
    """A workbook does not agree with Keras, or not all of it could be checked.

    Attributes:
        report: the whole report; the message shows its first roots in 80 columns.
    """

    def __init__(self, report: Findings) -> None:
        from xlcheck.reports.render_text import render_text

        super().__init__(render_text([report]))
        self.report = report

    def __reduce__(self) -> tuple[type[CheckFailedError], tuple[Findings]]:
        return type(self), (self.report,)
