"""What the tests enter of the package, and what each adds for its time: a plugin of pytest, and what it noted.

`XLCHECK_TESTS=thorough XLCHECK_ENTERED=FILE PYTHONPATH=tests pytest -n 0 -p entered` writes the file.
`tests/mutation.py` reads it to try the tests that matter first. `python tests/entered.py FILE` prints the functions
that no ordinary test enters, and how long the tests of each folder take; `python tests/entered.py FILE SECONDS SECONDS`
writes `left_out.txt` and `left_to_all.txt` anew, so that an ordinary and a thorough run take so much processor time,
programs apart. With `all` for `thorough` every case is measured; else those that only `all` takes stay what they are.
What runs in processes of their own is not seen.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from choosing import Choice, leave_out
from mutation import named_functions
from thorough import LISTS, adds_little

PACKAGE = Path(__file__).parents[1] / "xlcheck"
CASES, TESTS = 3, 40
"""Of the cases of one test, and of the tests that enter a function: how many, the quickest ones, are kept."""

_ENTERED = "__entered__"
"""The built-in name under which every module finds the array that it marks."""
_BLOCKS: list[str] = []
"""The function of each block: the statements of its body, or of one branch, loop or handler in it."""


class _Noting(MetaPathFinder, SourceFileLoader):
    """Imports modules of the package so that each block says that it was entered."""

    def __init__(self, name: str = "", path: str = "") -> None:
        super().__init__(name, path)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if f"{fullname}.".startswith("xlcheck.") else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Noting(fullname, spec.loader.path)
        return spec

    def get_code(self, fullname: str) -> CodeType:
        tree = ast.parse(self.get_data(self.path))
        module = Path(self.path).relative_to(PACKAGE).as_posix()
        for name, function in list(named_functions(tree)):
            for body in list(_bodies(function)):
                first = 1 if body is function.body and ast.get_docstring(function, clean=False) is not None else 0
                place = ast.Subscript(ast.Name(_ENTERED, ast.Load()), ast.Constant(len(_BLOCKS)), ast.Store())
                said = ast.Assign([place], ast.Constant(1))
                body.insert(first, ast.copy_location(said, body[0]))
                _BLOCKS.append(f"{module}::{name}")
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


def _bodies(node: ast.AST) -> Generator[list[ast.stmt], None, None]:
    """The blocks of a function; those of functions and classes inside it are their own."""
    for field in ("body", "orelse", "finalbody"):
        if isinstance(body := getattr(node, field, None), list) and body:
            yield body
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            yield from _bodies(child)


class Notes:
    """A plugin that notes what each case of a test, and each fixture on its behalf, enters, and how long it takes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now = bytearray(2**17)
        self._shared = 0.0
        self._fixtures: dict[tuple[str, str], bytes] = {}
        self._cases: dict[str, tuple[float, bytes]] = {}
        self._programs: set[str] = set()
        self._wanted: set[str] = set()
        vars(builtins)[_ENTERED] = self._now

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        if fixturedef.scope == "function":
            return (yield)
        before, started = bytes(self._now), _seconds()
        self._now[:] = bytes(len(self._now))
        try:
            return (yield)
        finally:  # other tests get the same
            key = fixturedef.baseid, fixturedef.argname
            self._fixtures[key] = _together(self._fixtures.get(key, before[:0]), self._now)
            self._now[:] = _together(before, self._now)
            self._shared += _seconds() - started

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._now[:] = bytes(len(self._now))
        self._shared, started = 0.0, _seconds()
        result = yield
        own = [self._now, *(entered for key, entered in self._fixtures.items() if _uses(item, *key))]
        self._cases[item.nodeid] = _seconds() - started - self._shared, _together(*own)
        if item.get_closest_marker("thorough") and not adds_little(item.nodeid):
            self._programs.add(item.nodeid)
        if item.get_closest_marker("ordinary"):
            self._wanted.add(item.nodeid)
        return result

    def pytest_sessionfinish(self) -> None:
        cases = {name: (seconds, _ones(entered)) for name, (seconds, entered) in self._cases.items()}
        tests: defaultdict[str, dict[str, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
        for name, (seconds, blocks) in cases.items():
            for function in {_BLOCKS[block] for block in blocks}:
                tests[function][name.partition("[")[0]].append((round(seconds, 2), name))
        entered = {function: _quickest(own) for function, own in tests.items()}
        numbers = {function: -1 - number for number, function in enumerate(entered)}
        added = {
            name: (0.0 if name in self._wanted else seconds, blocks | {numbers[_BLOCKS[block]] for block in blocks})
            for name, (seconds, blocks) in cases.items()
            if name not in self._programs
        }
        in_turn = Choice(added).in_turn
        noted = {"entered": entered, "in turn": [(name, round(cases[name][0], 3)) for name in in_turn]}
        self._path.write_text(json.dumps(noted), "utf-8")


def _seconds() -> float:
    return time.process_time() + sum(os.times()[2:4])


def _uses(item: pytest.Item, base: str, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ()) and item.nodeid.startswith(base)


def _together(*entered: bytes | bytearray) -> bytes:
    """The union of what was entered."""
    whole = 0
    for one in entered:
        whole |= int.from_bytes(one, "little")
    return whole.to_bytes(max(map(len, entered)), "little")


def _ones(entered: bytes) -> frozenset[int]:
    return frozenset(place for place in range(len(_BLOCKS)) if entered[place])


def _quickest(tests: Mapping[str, list[tuple[float, str]]]) -> dict[str, list[tuple[float, str]]]:
    few = {test: sorted(cases)[:CASES] for test, cases in tests.items()}
    return dict(sorted(few.items(), key=lambda item: item[1])[:TESTS])


def pytest_configure(config: pytest.Config) -> None:
    """Note what is entered from now on."""
    config.pluginmanager.register(Notes(Path(os.environ["XLCHECK_ENTERED"]).absolute()))


def main(path: str, *budgets: str) -> None:
    """Print the functions that no ordinary test enters, and seconds of processor time by folder; or choose anew."""
    noted = json.loads(Path(path).read_text("utf-8"))
    if budgets:
        measured = {part for name, _ in noted["in turn"] for part in (name, name.partition("[")[0])}
        unknown = {name for name in LISTS["exhaustive"].read_text("utf-8").splitlines() if name not in measured}
        ordinary, thorough = ({*leave_out(noted["in turn"], float(budget))} for budget in budgets)
        only_all = thorough | unknown
        for out, left in zip(LISTS.values(), (ordinary - only_all, only_all), strict=True):
            out.write_text("".join(f"{name}\n" for name in sorted(left)), "utf-8")
        return
    every = [
        f"{module.relative_to(PACKAGE).as_posix()}::{name}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for name, node in named_functions(ast.parse(module.read_text("utf-8")))
        if not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in node.body)
    ]  # without those of protocols, which have nothing but a docstring and `...`
    entered = {
        function
        for function, tests in noted["entered"].items()
        if not all(adds_little(name) for cases in tests.values() for _, name in cases)
    }
    missing = [name for name in every if name not in entered]
    print(*missing, f"{len(missing)} of {len(every)} functions are entered by no ordinary test", sep="\n")
    folders: Counter[str] = Counter()
    for name, seconds in noted["in turn"]:
        if not adds_little(name):
            folders["/".join(Path(name.partition("::")[0]).parts[:2])] += seconds
    for folder, seconds in folders.most_common():
        print(f"{seconds:8.1f} s  {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
else:  # before the first module of the package is imported, by the entry point or by a conftest.py
    vars(builtins)[_ENTERED] = bytearray(2**17)
    sys.meta_path.insert(0, _Noting())
