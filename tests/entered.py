"""Which ordinary tests enter which functions of the package: a plugin of pytest that notes it, and what it noted.

`XLCHECK_ENTERED=FILE PYTHONPATH=tests pytest -n 0 -p entered` writes the file, which `tests/mutation.py` reads to try
the tests that matter first; `python tests/entered.py FILE` prints the functions that no ordinary test enters, and how
long the tests of each folder take. What runs in processes of their own is not seen.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from mutation import named_functions

PACKAGE = Path(__file__).parents[1] / "xlcheck"
CASES, TESTS = 3, 40
"""Of the cases of one test, and of the tests that enter a function: how many, the quickest ones, are kept."""


class _Noting(MetaPathFinder, SourceFileLoader):
    """Imports modules of the package so that each function says that it was entered."""

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
        for name, node in list(named_functions(tree)):
            said = [ast.Constant(f"{module}::{name}")]
            call = ast.Expr(ast.Call(ast.Name("__entered__", ast.Load()), said, []))
            first = 1 if ast.get_docstring(node, clean=False) is not None else 0
            node.body.insert(first, ast.copy_location(call, node.body[0]))
        return compile(ast.fix_missing_locations(tree), self.path, "exec", dont_inherit=True)


class Notes:
    """A plugin that notes the functions that each test, and each fixture on its behalf, enters."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._now: set[str] = set()
        self._fixtures: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._tests: defaultdict[str, dict[str, list[tuple[float, str]]]] = defaultdict(dict)
        self._seconds: Counter[str] = Counter()
        builtins.__entered__ = self._now.add  # type: ignore[attr-defined]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        before = self._now.copy()
        self._now.clear()
        result = yield
        if fixturedef.scope != "function":  # other tests get the same
            self._fixtures[fixturedef.baseid, fixturedef.argname] |= self._now.copy()
        self._now |= before
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._now.clear()
        before = sum(os.times()[:4])
        result = yield
        seconds = sum(os.times()[:4]) - before
        self._seconds["/".join(Path(item.nodeid.partition("::")[0]).parts[:2])] += seconds
        for (base, name), functions in self._fixtures.items():
            if name in getattr(item, "fixturenames", ()) and item.nodeid.startswith(base):
                self._now |= functions
        for function in self._now.copy():  # threads may still add to it
            tests = self._tests[function]
            cases = tests.setdefault(item.nodeid.partition("[")[0], [])
            cases[:] = sorted([*cases, (round(seconds, 2), item.nodeid)])[:CASES]
            if len(tests) > 2 * TESTS:
                self._tests[function] = _quickest(tests)
        return result

    def pytest_sessionfinish(self) -> None:
        entered = {name: _quickest(tests) for name, tests in self._tests.items()}
        self._path.write_text(json.dumps({"entered": entered, "seconds": self._seconds}), "utf-8")


def _quickest(tests: dict[str, list[tuple[float, str]]]) -> dict[str, list[tuple[float, str]]]:
    return dict(sorted(tests.items(), key=lambda item: item[1])[:TESTS])


def pytest_configure(config: pytest.Config) -> None:
    """Note what is entered from now on."""
    config.pluginmanager.register(Notes(Path(os.environ["XLCHECK_ENTERED"]).absolute()))


def main(path: str) -> None:
    """Print the functions that no test enters, and seconds of processor time by folder."""
    noted = json.loads(Path(path).read_text("utf-8"))
    every = [
        f"{module.relative_to(PACKAGE).as_posix()}::{name}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for name, node in named_functions(ast.parse(module.read_text("utf-8")))
        if not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in node.body)
    ]  # without those of protocols, which have nothing but a docstring and `...`
    missing = [name for name in every if name not in noted["entered"]]
    print(*missing, f"{len(missing)} of {len(every)} functions are entered by no test", sep="\n")
    for folder, seconds in Counter(noted["seconds"]).most_common():
        print(f"{seconds:8.1f} s  {folder}")


if __name__ == "__main__":
    main(sys.argv[1])
else:  # before the first module of the package is imported, by the entry point or by a conftest.py
    builtins.__entered__ = len  # type: ignore[attr-defined]
    sys.meta_path.insert(0, _Noting())
