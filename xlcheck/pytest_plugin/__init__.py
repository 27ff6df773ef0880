"""The pytest plugin: workbooks and traces as regression tests.

Fixtures (see `WorkbookCheck.__call__` and `TraceCheck.__call__` for all arguments):

- `xlcheck_workbook(path)` recalculates a workbook and fails with its report unless every cell agrees.
- `xlcheck_trace(model, inputs)` compares every quantity of a Keras model, or of any other
  implementation as a mapping of names to arrays, with the golden file `<test module>/<test name>.json`.

Their types, for annotations, are `xlcheck.pytest_plugin.WorkbookCheck` and `xlcheck.pytest_plugin.TraceCheck`.

`pytest --xlcheck workbooks/` collects workbooks themselves: one test item a quantity,
`lstm.xlsx::lstm.f[1]`. An item fails if one of its cells is wrong in itself, and is skipped if it is
wrong only because an earlier cell is.

Everything else is imported when a test uses it, so that a test suite without xlcheck starts as fast as before.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xlcheck.pytest_plugin.settings import Settings
    from xlcheck.pytest_plugin.trace_check import TraceCheck
    from xlcheck.pytest_plugin.workbook_check import WorkbookCheck

_SETTINGS = pytest.StashKey["Settings"]()
__all__ = ["TraceCheck", "WorkbookCheck"]
_MARKER = "xlcheck(engine=None, atol=None, rtol=None, tolerances=None): engine and tolerances of the test's comparisons"


@pytest.fixture
def xlcheck_workbook(request: pytest.FixtureRequest) -> WorkbookCheck:
    """Check a workbook: `xlcheck_workbook(path, model=None, inputs=None, bindings=None, …)`."""
    from xlcheck.pytest_plugin.workbook_check import WorkbookCheck

    return WorkbookCheck(request.node, _settings(request.config))


@pytest.fixture
def xlcheck_trace(request: pytest.FixtureRequest) -> TraceCheck:
    """Compare a model or a mapping of arrays with its golden file: `xlcheck_trace(model_or_mapping, inputs, …)`."""
    from xlcheck.pytest_plugin.trace_check import TraceCheck

    return TraceCheck(request.node, _settings(request.config))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line and of the configuration file."""
    group = parser.getgroup("xlcheck", "workbooks and traces of neural networks")
    group.addoption("--xlcheck", action="store_true", help="Collect .xlsx files: one test item a quantity.")
    group.addoption(
        "--xlcheck-engine", metavar="ENGINE",
        help="Formula engine that recalculates workbooks: ironcalc, cellrune, formulon or libreoffice.",
    )  # fmt: skip
    group.addoption(
        "--xlcheck-tolerance", action="append", default=[], metavar="[PATTERN=]ATOL[,RTOL]",
        help="Tolerance of the quantities with these names, such as 'lstm.*=1e-9'; may be given several times.",
    )  # fmt: skip
    group.addoption(
        "--xlcheck-update", action="store_true",
        help="Write golden values that differ anew, and delete golden files that no test compares.",
    )  # fmt: skip
    group.addoption("--xlcheck-update-new-only", action="store_true", help="Only add golden values that are missing.")
    group.addoption("--xlcheck-report", metavar="DIR", help="Write all failures as HTML and JSON into this folder.")
    parser.addini("xlcheck_engine", "As --xlcheck-engine.", default="ironcalc")
    parser.addini("xlcheck_report", "As --xlcheck-report, beside this file.", default="")
    parser.addini("xlcheck_golden_dir", "Folder beside each module of tests, for its golden files.", default=".")
    parser.addini("xlcheck_golden_format", "Format of new golden files: json, or npz for large ones.", default="json")
    parser.addini("xlcheck_fail_on_stale", "Golden files that no test compares fail the run.", "bool", default=False)
    parser.addini(
        "xlcheck_tolerances", "Tolerances as for --xlcheck-tolerance, one a line.", type="linelist", default=[]
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings, so that a wrong one ends the run before the first test."""
    from xlcheck.errors import UsageError
    from xlcheck.pytest_plugin.settings import read_settings

    config.addinivalue_line("markers", _MARKER)
    try:
        config.stash[_SETTINGS] = read_settings(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """With `--xlcheck`, every workbook is a file of tests; Excel's lock files (`~$…`) are no workbooks."""
    is_workbook = file_path.suffix.lower() == ".xlsx" and not file_path.name.startswith("~$")
    if not (is_workbook and parent.config.getoption("xlcheck")):
        return None
    from xlcheck.pytest_plugin.items import WorkbookFile

    return WorkbookFile.of(file_path, parent, _settings(parent.config))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Note that the test exists, whether or not it will be selected."""
    if isinstance(item, pytest.Function):
        settings = _settings(item.config)
        settings.record.collected.add(_owner(item, settings))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Note that a test passed: only then is a golden file that it did not compare known to be stale."""
    report: pytest.TestReport = yield
    if report.when == "call" and report.passed and isinstance(item, pytest.Function):
        settings = _settings(item.config)
        settings.record.passed.add(_owner(item, settings))
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was noted, in a worker of xdist; otherwise write the report, and see to stale golden files."""
    settings = _settings(session.config)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["xlcheck"] = settings.record.to_plain()
        return
    if settings.report is not None:
        from xlcheck.pytest_plugin.report_files import write_reports

        write_reports(settings.record.failures, settings.report)
    if not session.config.option.collectonly:
        from xlcheck.pytest_plugin.stale import settle_stale

        settle_stale(settings, session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist noted; one that crashed noted nothing."""
    output = getattr(node, "workeroutput", {})
    if "xlcheck" in output:
        _settings(node.config).record.add_plain(output["xlcheck"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which golden files were written and which are stale, and where the report is."""
    from xlcheck.pytest_plugin.stale import closing_lines

    lines = list(closing_lines(_settings(config)))
    if lines:
        terminalreporter.section("xlcheck")
        for line in lines:
            terminalreporter.line(line)


def _settings(config: pytest.Config) -> Settings:
    return config.stash[_SETTINGS]


def _owner(item: pytest.Item, settings: Settings) -> tuple[str, str]:
    from xlcheck.pytest_plugin.golden_paths import golden_folder, golden_stem

    return str(golden_folder(item, settings.golden_dir)), golden_stem(item)


def __getattr__(name: str) -> Any:
    """The types of the fixtures, for annotations; imported when they are asked for."""
    if name == "TraceCheck":
        from xlcheck.pytest_plugin.trace_check import TraceCheck

        return TraceCheck
    if name == "WorkbookCheck":
        from xlcheck.pytest_plugin.workbook_check import WorkbookCheck

        return WorkbookCheck
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
