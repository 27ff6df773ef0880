"""The fixture `xlcheck_workbook`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from runs import failure, said

from xlcheck.api import build, check

pytest_plugins = ["pytester"]

AddTo = Callable[[str, float, Path], str]
ROOT = Path(__file__).parents[2]
TEST = (
    "def test_w(xlcheck_workbook):\n    report = xlcheck_workbook({arguments})\n    assert report.counts.checked > 100"
)


def write_test(pytester: pytest.Pytester, arguments: str = "'lstm.xlsx'", marker: str = "") -> None:
    """Write a module with one test that calls the fixture."""
    pytester.makepyfile(test_w=f"import pytest\n{marker}\n{TEST.format(arguments=arguments)}")


def test_right_workbook_passes(pytester: pytest.Pytester, right_workbook: Path) -> None:
    """A workbook in which everything agrees passes, and the test gets the report."""
    write_test(pytester, repr(str(right_workbook)))

    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.keras
@pytest.mark.usefixtures("keras")
def test_keras_is_asked_where_it_has_to_be(pytester: pytest.Pytester) -> None:
    """A changed weight is another workbook than the one that was built, though every formula is right.

    Of a workbook made by hand, with its bindings, each quantity is an item, and a wrong cell fails its own.
    """
    built = build("word-order", pytester.path / "right.xlsx")
    cells = built.report.counts.formula_cells
    book = openpyxl.load_workbook(built.path)
    book["Weights"]["B8"].value = 0.5
    book.save(pytester.path / "edited.xlsx")
    arguments = "'edited.xlsx', allow_edits=allowed"
    marker = "@pytest.mark.parametrize('allowed', [True, False])"
    test = TEST.format(arguments=arguments).replace("(xlcheck_workbook)", "(xlcheck_workbook, allowed)")
    pytester.makepyfile(test_w=f"import pytest\n{marker}\n{test}")
    for ending in (".xlsx", ".toml"):
        shutil.copy(ROOT / "fixtures" / "handmade" / f"time_down{ending}", pytester.path)
    book = openpyxl.load_workbook(pytester.path / "time_down.xlsx")
    book["LSTM"]["M13"] = f"{book['LSTM']['M13'].value}+0.001"
    book.save(pytester.path / "time_down.xlsx")
    result = pytester.runpytest("--xlcheck", "-v", "test_w.py", "time_down.xlsx")

    said(result).fnmatch_lines(
        [
            "test_w.py::*True* PASSED*",
            "test_w.py::*False* FAILED*",
            "time_down.xlsx::lstm.h[[]0[]] PASSED*",
            "time_down.xlsx::lstm.h[[]1[]] FAILED*",
            "time_down.xlsx::lstm.f[[]2[]] SKIPPED*",
        ]
    )
    text = " ".join(said(result).str().split())  # lines are broken where the name of the file wants it
    assert f"edited.xlsx: not as it was built; all {cells} formula cells agree with Keras for the weights" in text
    assert "changed: Weights!B8, " in text


def test_failure_text(pytester: pytest.Pytester, add_to: AddTo) -> None:
    """A wrong cell fails with the report in 80 columns: the root, how many are carried, the command that shows all."""
    cell = add_to("lstm.f[1]", 0.001, pytester.path / "lstm.xlsx")
    write_test(pytester)
    result = pytester.runpytest()
    report = check("lstm.xlsx")

    result.assert_outcomes(failed=1)
    counts = report.counts
    (root,) = report.roots
    expected = f"""\
✗ lstm.xlsx: 1 cell wrong, {counts.carried} carried, {counts.agree} of {counts.checked} agree
  {report.engine} against keras float64, 2 samples, difference ≤ 0.001

  1  {cell}  lstm.f[1][0]  wrong  (sample 1)
     gives    0.5940697
     Keras    0.5930697  (difference 0.001)
     formula  {root.formula}
     correct  {root.desired_formula}
     why      fₜ of lstm, step 2 (how much of the old memory is kept:
              the sum is squeezed between 0 and 1) should be σ(zf,ₜ) =
              0.5930697, but the cell gives 0.5940697.

  {counts.carried} cells are wrong only because an earlier cell is.
  Every cell: xlcheck check lstm.xlsx --as-built --all
"""
    text = said(result).str()
    assert expected in text
    assert max(map(len, expected.splitlines())) <= 72
    assert "workbook_check.py" not in text
    assert "test_w.py:4: Failed" in result.outlines


def test_at_most_ten_roots(pytester: pytest.Pytester, right_workbook: Path) -> None:
    """However many cells are wrong, ten are shown and the others counted."""
    pytester.makepyfile(
        """
        from xlcheck.verdicts.report import *
        from xlcheck.pytest_plugin import workbook_check

        def test_many(xlcheck_workbook, monkeypatch):
            status = [Status.ROOT] * 25 + [Status.CARRIED] * 5
            cells = tuple(
                CellResult("S", f"A{n}", s, Kind.VALUE, f"x.y[{n}][0]", 1.0, 2.0, None, f"={n}", None, "No.")
                for n, s in enumerate(status, start=1)
            )
            report = CheckReport("many.xlsx", "e 1", "keras", Counts(30, 30, 0, 25, 5, 0, 0), 1.0, cells=cells)
            monkeypatch.setattr(workbook_check, "check", lambda *args, **options: report)
            xlcheck_workbook("many.xlsx")
        """
    )
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    said(result).fnmatch_lines(
        [" 10  S!A10  x.y[[]10[]][[]0[]]  wrong", "*15 more cells are wrong.", "*5 cells are wrong only*"]
    )
    result.stdout.no_fnmatch_line("*S!A11*")


def test_tolerance_and_engine_of_the_nearest_level(pytester: pytest.Pytester, add_to: AddTo) -> None:
    """A tolerance set for every quantity counts for workbooks too; the marker's engine comes before the option's."""
    add_to("lstm.f[1]", 5e-14, pytester.path / "lstm.xlsx")
    write_test(pytester)

    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest("--xlcheck-tolerance=lstm.*=1e-6").assert_outcomes(failed=1)
    pytester.runpytest("--xlcheck-tolerance=1e-6").assert_outcomes(passed=1)
    write_test(pytester, "'lstm.xlsx', atol=1e-14")
    pytester.runpytest("--xlcheck-tolerance=1e-6").assert_outcomes(failed=1)
    write_test(pytester, marker="@pytest.mark.xlcheck(engine='cellrune')")
    said(pytester.runpytest("--xlcheck-engine=ironcalc")).fnmatch_lines(["  cellrune * against keras float64*"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("'gone.xlsx'", "gone.xlsx*"),
        ("'text.xlsx'", "text.xlsx*"),
        ("'lstm.xlsx', engine='excel'", "*'excel'*ironcalc, cellrune, formulon*"),
        (
            "'lstm.xlsx', model='gone.keras'",
            "gone.keras: there is no such file; give a .keras file, as model.save writes it",
        ),
        ("'lstm.xlsx', atol=-1", "xlcheck_workbook: a tolerance is one number*"),
    ],
)
def test_errors_of_use(pytester: pytest.Pytester, right_workbook: Path, arguments: str, sentence: str) -> None:
    """A missing or unreadable file and a wrong argument are one sentence, without a traceback."""
    shutil.copy(right_workbook, pytester.path)
    (pytester.path / "text.xlsx").write_text("not a workbook")
    write_test(pytester, arguments)
    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    pytest.LineMatcher([failure(result)]).fnmatch_lines([sentence])
