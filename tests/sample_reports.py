"""Reports made by hand, one for each outcome, for the tests of everything that shows reports."""

from __future__ import annotations

from xlcheck.verdicts.report import CellResult, CheckReport, Counts, Edit, Kind, Status

ROOT = CellResult(
    "lstm", "M15", Status.ROOT, Kind.VALUE, "lstm.z[1][0]", 0.045203, 0.0452044, 0.0452044,
    "=G15+SUMPRODUCT(M3:M4,Weights!$B$2:$B$3)", "pre-activation-fed-back",
    "zₜ of lstm, step 2 should be xₜ · kernel + hₜ₋₁ · recurrent_kernel = 0.0452044, but the cell gives 0.045203.", 2,
)  # fmt: skip
SECOND = CellResult(
    "lstm", "M20", Status.ROOT, Kind.EXCEL_ERROR, "lstm.h[1][0]", "#DIV/0!", 0.25, 0.3, "=1/0", None,
    "hₜ of lstm, step 2 should be tanh(zₜ) = 0.3, but the formula gives the error #DIV/0!.", 1,
)  # fmt: skip
CARRIED = CellResult(
    "dense", "B2", Status.CARRIED, Kind.VALUE, "dense.y[0]", 0.51, 0.5, 0.51, "=1/(1+EXP(-B1))", None,
    "y of dense is 0.51 instead of 0.5 because a cell before it is wrong; its own formula is right.", 1,
)  # fmt: skip
HELPER = CellResult(
    "Check", "D2", Status.CARRIED, Kind.VALUE, None, "✗", "✓", None, '=IF(C2<1E-12,"✓","✗")', None,
    'This cell shows "✗" instead of "✓" because a cell it reads is wrong; its own formula is unchanged.', 1,
)  # fmt: skip
SKIPPED = CellResult(
    "dense", "B3", Status.NOT_EVALUATED, Kind.VALUE, "loss.loss[0]", None, 0.7, None, "=LAMBDA(x,x)(1)", None,
    "loss was not checked: the engine does not know LAMBDA.",
)  # fmt: skip
UNBOUND = CellResult(
    "lstm", "Z9", Status.UNBOUND, Kind.VALUE, None, 2.0, None, None, "=1+1", None,
    "This formula belongs to no quantity of the network; it was not checked.",
)  # fmt: skip
STALE = CellResult(
    "lstm", "M2", Status.AGREE, Kind.STALE_CACHE, None, 999.25, 0.5, None, "=1/2", None,
    "The file stores 999.25 for this cell, but its formula gives 0.5; programs that do not calculate show the stored "
    "value.",
)  # fmt: skip
QUANTITIES = ("lstm.z[0]", "lstm.z[1]", "lstm.h[1]", "dense.y", "loss.loss", "other formulas on Check")

GOOD = CheckReport(
    "books/good.xlsx", "ironcalc 0.9.1", "keras float64", Counts(84, 84, 84, 0, 0, 0, 0), 2.2e-16, 4.0, 2,
    quantities=QUANTITIES,
)  # fmt: skip
BAD = CheckReport(
    "books/bad.xlsx", "ironcalc 0.9.1", "keras float64", Counts(85, 84, 80, 2, 2, 1, 0), 0.01, 9e12, 2,
    (ROOT, SECOND, CARRIED, HELPER, UNBOUND, STALE),
    (Edit("Weights", "B2", "lstm.kernel[0][0]", 0.5, -0.33),), ("1 input or weight was changed",), QUANTITIES,
)  # fmt: skip
OPEN = CheckReport(
    "books/open.xlsx", "cellrune 0.2.0", "keras float64", Counts(84, 83, 83, 0, 0, 0, 1), 2.2e-16, 4.0, 1,
    (SKIPPED,), quantities=QUANTITIES,
)  # fmt: skip
EMPTY = CheckReport("books/empty.xlsx", "ironcalc 0.9.1", "keras float64", Counts(0, 0, 0, 0, 0, 0, 0), 0.0)
STRAY = CheckReport(
    "books/stray.xlsx", "ironcalc 0.9.1", "keras float64", Counts(85, 84, 84, 0, 0, 1, 0, 1), 2.2e-16, 4.0, 2,
    (UNBOUND,), (), ("1 formula on worksheets that xlcheck made (lstm!Z9) belongs to nothing it knows",), QUANTITIES,
)  # fmt: skip
