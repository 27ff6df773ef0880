"""Workbooks as test items: `pytest --xlcheck`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from xlcheck.api import check
from xlcheck.reports.groups import by_quantity

pytest_plugins = ["pytester"]

AddTo = Callable[[str, float, Path], str]


@pytest.fixture
def right(pytester: pytest.Pytester, right_workbook: Path) -> Path:
    """A project with a right workbook in the folder `workbooks`."""
    folder = pytester.mkdir("workbooks")
    return Path(shutil.copy(right_workbook, folder / "lstm.xlsx"))


@pytest.fixture
def wrong(pytester: pytest.Pytester, add_to: AddTo) -> Path:
    """A project with a workbook in which the formula of `lstm.f[1]` is wrong."""
    path = pytester.mkdir("workbooks") / "lstm.xlsx"
    add_to("lstm.f[1]", 0.001, path)
    return path


def names(result: pytest.RunResult) -> list[str]:
    """The node identifiers that `--co -q` prints."""
    return [line for line in result.outlines if "::" in line]


def test_one_item_a_quantity(pytester: pytest.Pytester, right: Path) -> None:
    """The items are exactly the groups that a check looks at, and the typed-in numbers, and all pass."""
    items = names(pytester.runpytest("--xlcheck", "workbooks/", "--co", "-q"))
    report = check(right)

    assert "workbooks/lstm.xlsx::lstm.f[1]" in items
    assert {item.partition("::")[2] for item in items} == {*report.quantities, "inputs and weights"}
    assert len(items) == len(set(items))
    pytester.runpytest("--xlcheck", "workbooks/").assert_outcomes(passed=len(items))


def test_only_with_the_option(pytester: pytest.Pytester, right: Path) -> None:
    """Without --xlcheck a folder of workbooks holds no tests; Excel's lock files are never any."""
    (right.parent / "~$lstm.xlsx").write_text("lock")

    assert pytester.runpytest("workbooks/").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not any("~$" in name for name in names(pytester.runpytest("--xlcheck", "--co", "-q")))


def test_one_wrong_cell_fails_one_item(pytester: pytest.Pytester, wrong: Path) -> None:
    """Exactly one item fails and names the carried ones, which are skipped; all others pass."""
    result = pytester.runpytest("--xlcheck", "workbooks/", "-rfs")
    groups = by_quantity(check(wrong))
    carried = [name for name, cells in groups.items() if cells and name != "lstm.f[1]"]

    result.assert_outcomes(failed=1, skipped=len(carried), passed=len(groups) + 1 - 1 - len(carried))
    result.stdout.fnmatch_lines(
        [
            "*_ lstm.xlsx: lstm.f[[]1[]] _*",
            "✗ workbooks/lstm.xlsx: 1 cell wrong,*",
            "  1  lstm!*  lstm.f[[]1[]][[]0[]]  wrong*",
            "  Every cell: xlcheck check workbooks/lstm.xlsx --as-built --all",
            "FAILED workbooks/lstm.xlsx::lstm.f[[]1[]] - *",
            "SKIPPED [[]" + str(len(carried)) + "[]] *workbooks/lstm.xlsx: wrong only because of lstm.f[[]1[]][[]0[]]",
        ]
    )
    text = " ".join(line.strip() for line in result.outlines)
    assert f"only because an earlier cell is: {', '.join(carried)}." in text
    failure = result.outlines[next(i for i, line in enumerate(result.outlines) if line.startswith("✗")) :]
    assert (
        max(
            len(line)
            for line in failure[: failure.index("  Every cell: xlcheck check workbooks/lstm.xlsx --as-built --all")]
        )
        <= 80
    )


def test_selection(pytester: pytest.Pytester, wrong: Path) -> None:
    """-k, node identifiers and --lf select among the items."""
    pytester.runpytest("--xlcheck", "workbooks/", "-k", "dense and not loss").assert_outcomes(skipped=2, passed=1)
    pytester.runpytest("--xlcheck", "workbooks/lstm.xlsx::lstm.f[0]").assert_outcomes(passed=1)
    pytester.runpytest("--xlcheck", "workbooks/lstm.xlsx::lstm.f").assert_outcomes(passed=1, failed=1)
    pytester.runpytest("--xlcheck", "workbooks/")
    pytester.runpytest("--xlcheck", "workbooks/", "--lf").assert_outcomes(failed=1)


def test_workbook_is_checked_once(pytester: pytest.Pytester, right: Path) -> None:
    """All items of a workbook share one check."""
    pytester.makeconftest(
        """
        from xlcheck.pytest_plugin import items
        check = items.check_with

        def counted(*args, **options):
            print("CHECKED")
            return check(*args, **options)

        items.check_with = counted
        """
    )
    result = pytester.runpytest_subprocess("--xlcheck", "workbooks/", "-s")

    assert result.ret == 0
    assert result.stdout.str().count("CHECKED") == 1


@pytest.mark.thorough
def test_xdist_and_junit(pytester: pytest.Pytester, wrong: Path) -> None:
    """Two workers give the same outcomes, and JUnit XML has a case for each item."""
    alone = pytester.runpytest("--xlcheck", "workbooks/").parseoutcomes()
    result = pytester.runpytest_subprocess("--xlcheck", "workbooks/", "-n", "2", "--junitxml=junit.xml")

    assert result.parseoutcomes() == alone
    cases = ET.parse(pytester.path / "junit.xml").findall(".//testcase")  # noqa: S314 (written by this test)
    assert len(cases) == sum(alone.values())
    assert [(c.get("classname"), c.get("name")) for c in cases if c.find("failure") is not None] == [
        ("workbooks.lstm.xlsx", "lstm.f[1]")
    ]


def test_file_that_is_no_workbook(pytester: pytest.Pytester) -> None:
    """A file that cannot be read is one item that fails with one sentence."""
    (pytester.path / "broken.xlsx").write_text("not a workbook")
    result = pytester.runpytest("--xlcheck", "broken.xlsx")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED broken.xlsx::workbook - *"])


def test_workbook_of_somebody_else(pytester: pytest.Pytester, write_parts: Callable[..., Path]) -> None:
    """A workbook that says nothing of what it should compute fails, and the sentence names the fixture that can."""
    from workbook_parts import workbook_parts

    shutil.copy(write_parts(workbook_parts('<row r="1"><c r="A1"><f>1+1</f></c></row>')), pytester.path / "own.xlsx")
    result = pytester.runpytest("--xlcheck", "own.xlsx")

    result.assert_outcomes(failed=1)
    assert "was not written by xlcheck, so nobody knows what it should compute" in " ".join(result.outlines)
    assert "xlcheck_workbook(path, model=…, inputs=…)" in " ".join(result.outlines)


def test_deleted_constant(pytester: pytest.Pytester, right: Path) -> None:
    """A typed-in number that is gone fails the item of the constants, though it has no item of its own."""
    import re

    from xlcheck.workbook.manifest import manifest_of
    from xlcheck.workbook.reader import read_workbook

    content = read_workbook(right)
    manifest = manifest_of(content)
    assert manifest is not None
    area = next(binding.area for binding in manifest.bindings if binding.quantity == "dense.bias")
    place = str(area).rpartition("!")[2].replace("$", "")
    part = f"xl/worksheets/sheet{list(content.sheets).index(area.sheet) + 1}.xml"
    with ZipFile(right) as source, ZipFile("cut.xlsx", "w") as target:
        for name in source.namelist():
            data = source.read(name).decode() if name == part else source.read(name)
            target.writestr(
                name, re.sub(rf'<c r="{place}"[^>]*><v>.*?</c>', "", data) if isinstance(data, str) else data
            )
    result = pytester.runpytest("--xlcheck", "cut.xlsx", "-rf")

    result.stdout.fnmatch_lines(["FAILED cut.xlsx::inputs and weights - *"])


def test_unknown_formula(pytester: pytest.Pytester, right: Path) -> None:
    """A formula that was put among the network's fails the last item, so that the workbook does not pass."""
    row = '<row r="999"><c r="A999"><f>1+1</f><v>2</v></c></row></sheetData>'
    with ZipFile(right) as source, ZipFile("more.xlsx", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"</sheetData>", row.encode()) if name.endswith("sheet5.xml") else data)
    result = pytester.runpytest("--xlcheck", "more.xlsx", "-rf")

    result.assert_outcomes(failed=1, passed=len(names(pytester.runpytest("--xlcheck", "more.xlsx", "--co", "-q"))) - 1)
    result.stdout.fnmatch_lines(
        ["? more.xlsx: 1 formula cell is unknown; 560 others agree", "FAILED more.xlsx::inputs and weights - *"]
    )


def test_engine(pytester: pytest.Pytester, wrong: Path) -> None:
    """--xlcheck-engine says who recalculates; an unknown one is refused."""
    result = pytester.runpytest("--xlcheck", "workbooks/", "--xlcheck-engine=cellrune")

    result.stdout.fnmatch_lines(["  cellrune * against keras float64*"])
    assert pytester.runpytest("--xlcheck-engine=excel").ret == pytest.ExitCode.USAGE_ERROR
