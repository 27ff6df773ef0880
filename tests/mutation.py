"""Whether the tests would notice: random small bugs in the package, each against the tests of its own stage.

`python tests/mutation.py [COUNT [SEED [STAGE…]]]` copies the package and the tests to a temporary folder, makes one bug
at a time there (another comparison, another constant, `and` for `or`, a dropped `not`, nothing returned), and runs
ordinary tests until one fails: first those that enter the function, the quickest ones first, if `XLCHECK_ENTERED` names
what `tests/entered.py` noted; then those nearest to the module, which mirror its folder or import it; then all of its
stage. It prints each bug, and how many were noticed; one is undecided if the tests take too long, or if the one that
noticed it fails without it, too.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEAR, FAR = 200, 600
"""Seconds of processor time for the nearest tests, after which a bug that ends in a loop counts as noticed; and for the
whole stage, after which nobody knows."""

# The tests of a stage, where they are not those of the folder of its name.
TESTS = {
    "formulas": ["tests/formulas", "tests/handmade/reading", "tests/layout", "tests/building"],
    "layout": ["tests/layout", "tests/building", "tests/chapter/lessons/test_workbooks.py"],
    "building": ["tests/building"],
    "chapter": ["tests/chapter"],
    "pytest_plugin": ["tests/plugin"],
    "verdicts": ["tests/verdicts", "tests/seeded_faults"],
    "workbook": ["tests/workbook", "tests/chapter/lessons", "tests/fuzz/test_attacks.py"],
    "reports": ["tests/reports", "tests/verdicts"],
    "cli": ["tests/test_cli.py", "tests/cli"],
    "handmade": ["tests/handmade"],
    "oracle": ["tests/oracle", "tests/differential/test_long_loops.py"],
    "learning": ["tests/learning", "tests/building/test_backward.py"],
    "graph": ["tests/graph", "tests/layers", "tests/differential"],
    "layers": ["tests/layers", "tests/differential/test_layers.py"],
}
OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def changed(node: ast.AST) -> ast.AST | None:  # noqa: PLR0911 - one for each kind of bug
    """The node with a bug in it; None if there is none to make."""
    match node:
        case ast.Compare(left, [op, *ops], comparators) if type(op) in OTHER:
            return ast.Compare(left, [OTHER[type(op)](), *ops], comparators)
        case ast.BoolOp(op, values):
            return ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Constant(bool(value)):
            return ast.Constant(not value)
        case ast.Constant(int(value) | float(value)):
            return ast.Constant(value + 1 if value in (0, 1) else value * 2)
        case ast.BinOp(left, op, right) if type(op) in OPERATORS and not _is_text(left) and not _is_text(right):
            return ast.BinOp(left, OPERATORS[type(op)](), right)
        case ast.Return(value) if value is not None and not isinstance(value, ast.Constant):
            return ast.Return(ast.Constant(None))
    return None


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def places(tree: ast.Module) -> Iterator[ast.AST]:
    """The nodes in which a bug can be made: of what runs, not of types, nor of guards against our own mistakes."""
    hidden: set[int] = set()
    for node in ast.walk(tree):
        for field in ("annotation", "returns", "decorator_list"):
            value = getattr(node, field, None)
            for item in value if isinstance(value, list) else [value]:
                hidden.update(id(n) for n in ast.walk(item)) if isinstance(item, ast.AST) else None
        if (
            isinstance(node, ast.keyword) and node.arg == "strict"
        ):  # two sequences of ours that are as long as each other
            hidden.add(id(node.value))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            hidden.update(id(n) for n in ast.walk(node))
    yield from (node for node in ast.walk(tree) if id(node) not in hidden and changed(node) is not None)


def named_functions(tree: ast.AST, outer: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of a source, with its qualified name, `Class.method.inner`; the outer ones first."""
    for node in ast.iter_child_nodes(tree):
        name = f"{outer}.{node.name}".lstrip(".") if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) else outer
        if isinstance(node, _FUNCTIONS):
            yield name, node
        yield from named_functions(node, name)


def mutant(source: str, random_: random.Random) -> tuple[str, int, str, str] | None:
    """A source with one bug, its line, the function it is in, and what was done; None if there is no place for one."""
    tree = ast.parse(source)
    found = list(places(tree))
    if not found:
        return None
    chosen = random_.choice(found)
    new = changed(chosen)

    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return ast.copy_location(new, node) if node is chosen and new is not None else super().visit(node)

    before = ast.unparse(chosen)
    line = chosen.lineno  # type: ignore[attr-defined]
    outer = [name for name, node in named_functions(tree) if node.lineno <= line <= (node.end_lineno or line)]
    text = ast.unparse(ast.fix_missing_locations(Replacer().visit(tree)))
    what = f"{before}  ->  {ast.unparse(new) if new is not None else ''}"
    return text, line, outer[-1] if outer else "", what


def tests_of(stage: str) -> list[str]:
    """The tests of a stage."""
    return [name for name in TESTS.get(stage, [f"tests/{stage}"]) if (ROOT / name).exists()]


@cache
def noted_tests() -> dict[str, list[tuple[float, str]]]:
    """Function → the tests that enter it, of those that are still there, each with its seconds."""
    if not (path := os.environ.get("XLCHECK_ENTERED")):
        return {}
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-n", "0", "-p", "no:cacheprovider"]
    present = set(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines())
    entered = json.loads(Path(path).read_text("utf-8"))["entered"].items()
    return {name: [(s, t) for own in tests.values() for s, t in own if t in present] for name, tests in entered}


def entering_tests(module: Path, function: str) -> list[str]:
    """The tests that enter a function, or any of a module if none is named; the quickest ones first."""
    noted = noted_tests()
    inside = f"{module.as_posix()}::{function}"
    names = [inside] if function else [name for name in noted if name.startswith(inside)]
    return list(dict.fromkeys(test for _, test in sorted(case for name in names for case in noted.get(name, ()))))


def nearest_tests(module: Path) -> list[str]:
    """The tests that are named like a module, those in the folder that mirrors its own, and those that import it.

    Args:
        module: its path in the package, `verdicts/judge.py`.
    """
    parts = [part for part in module.with_suffix("").parts if part != "__init__"]
    dotted = ".".join(("xlcheck", *parts))
    parent, _, name = dotted.rpartition(".")
    imports = re.compile(rf"{re.escape(dotted)}\b|from {re.escape(parent)} import [^\n]*\b{name}\b")
    mirror = ROOT / "tests" / module.parent
    every = sorted((ROOT / "tests").rglob("test_*.py"))
    own = [path for path in every if name.strip("_") in path.stem]
    own += [path for path in every if path.parent == mirror and len(module.parts) > 2]
    own += [path for path in every if imports.search(path.read_text(encoding="utf-8"))]
    return list(dict.fromkeys(path.relative_to(ROOT).as_posix() for path in own))


def import_what_takes_long() -> None:
    """Import the libraries that every run of tests needs, so that its process begins with them."""
    os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    os.environ |= {"XLCHECK_TESTS": "ordinary", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    for name in ("ironcalc", "lxml.etree", "keras", "openpyxl", "pytest", "xlsxwriter"):
        importlib.import_module(name)


class _FirstFailure:
    """A plugin that notes which test failed, or which file could not be imported."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and report.nodeid and not self._path.exists():  # the whole run has no name
            self._path.write_text(report.nodeid, encoding="utf-8")


def fails(folder: Path, tests: list[str], limit: int) -> bool | None:
    """Whether a test fails, in a copy of this process; None if they are not done within the limit.

    Which one it was stands in the file `failed` of the folder afterwards, if it was one.

    Args:
        folder: the package with the bug, and the tests.
        tests: which.
        limit: seconds of the process's own time, so that it does not matter what else the machine does.
    """
    noted = folder / "failed"
    noted.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(folder)
        sys.path[:0] = [str(folder)]
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        code = 70
        try:
            arguments = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
            code = int(pytest.main(arguments, plugins=[_FirstFailure(noted)]))
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # its engines too
    return None if code in {-signal.SIGXCPU, -signal.SIGKILL} else code not in {0, 5}  # 5: there is no test


def verdict(folder: Path, stage: str, module: Path, function: str) -> str:
    """What became of the bug that stands in a function of a module."""
    for near in (entering_tests(module, function), nearest_tests(module)):
        if near and fails(folder, near, NEAR) is not False:
            return "noticed"
    found = fails(folder, tests_of(stage), FAR)
    return "UNDECIDED" if found is None else "noticed" if found else "NOT NOTICED"


def fails_anyway(folder: Path) -> bool:
    """Whether the test that noticed a bug fails without it, too; what ended the whole run has no name."""
    noted = folder / "failed"
    return noted.exists() and fails(folder, [noted.read_text(encoding="utf-8")], NEAR) is not False


def main(count: int, seed: int, stages: list[str]) -> None:
    """Make bugs, run tests, print what was not noticed."""
    import_what_takes_long()
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in (
            "xlcheck",
            "tests",
            "fixtures",
            "workbooks",
            "pyproject.toml",
            "README.md",
            "CHANGELOG.md",
            "LICENSE",
            ".github",
        ):
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / part)
        modules = [
            path
            for path in sorted((folder / "xlcheck").rglob("*.py"))
            if (stage := path.relative_to(folder / "xlcheck").parts[0]) in (stages or [stage]) and stage != path.name
        ]
        weights = [path.stat().st_size for path in modules]
        failing = {stage for stage in stages if fails(folder, tests_of(stage), FAR)}
        if failing:
            sys.exit(f"the tests of {', '.join(sorted(failing))} fail without any bug")
        verdicts: Counter[str] = Counter()
        while verdicts.total() < count:
            path = random_.choices(modules, weights)[0]
            source_text = path.read_text(encoding="utf-8")
            found = mutant(source_text, random_)
            if found is None:
                continue
            module = path.relative_to(folder / "xlcheck")
            path.write_text(found[0], encoding="utf-8")
            try:
                mark = verdict(folder, module.parts[0], module, found[2])
            finally:
                path.write_text(source_text, encoding="utf-8")
            if mark == "noticed" and fails_anyway(folder):
                mark = "UNDECIDED"
            verdicts[mark] += 1
            print(f"{mark:<12}{module}:{found[1]}  {found[3][:160]}", flush=True)
        print(f"{verdicts['noticed']} of {count} bugs were noticed, {verdicts['UNDECIDED']} are undecided")


if __name__ == "__main__":
    main(*(int(a) if a else d for a, d in zip([*sys.argv[1:3], "", ""][:2], (60, 0), strict=True)), sys.argv[3:])
