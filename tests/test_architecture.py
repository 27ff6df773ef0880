"""The structure of the package: who may import whom, and who may import Keras."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import xlcheck

PACKAGE = Path(xlcheck.__file__).parent
EVERYWHERE = {"errors", "files", "progress"}
_IMPORT = re.compile(r"^ *(?:from|import) (\S+)(?: import (\([^)]*\)|.+))?$", re.MULTILINE)

# Stage → the stages below it that it may import, from the bottom up. The command line and the library's few calls may
# import all.
_EQUATIONS = {"graph", "layers", "learning", "model"}
MAY_IMPORT: dict[str, set[str]] = {
    "texts": set(),
    "model": set(),
    "graph": set(),
    "layers": {"graph", "model"},
    "learning": {"graph", "layers", "model"},
    "oracle": _EQUATIONS,
    "formulas": {"graph"},
    "workbook": {"formulas", "graph", "learning", "model", "texts"},
    "engines": {"formulas", "workbook"},
    "layout": {*_EQUATIONS, "formulas", "texts", "workbook"},
    "verdicts": {*_EQUATIONS, "engines", "formulas", "reports", "workbook"},  # a report shows itself in a notebook
    "reports": {"formulas", "verdicts", "workbook"},
    "handmade": {*_EQUATIONS, "engines", "formulas", "verdicts", "workbook"},
    "chapter": {*_EQUATIONS, "formulas", "layout", "oracle", "texts", "verdicts", "workbook"},
    "building": {
        *_EQUATIONS,
        "chapter",
        "engines",
        "formulas",
        "handmade",
        "layout",
        "oracle",
        "texts",
        "verdicts",
        "workbook",
    },
    "exercises": {
        *_EQUATIONS,
        "building",
        "chapter",
        "engines",
        "formulas",
        "layout",
        "oracle",
        "reports",
        "texts",
        "verdicts",
        "workbook",
    },
    "grading": {"engines", "exercises", "formulas", "graph", "model", "reports", "verdicts", "workbook"},
    "pytest_plugin": {*_EQUATIONS, "api", "building", "formulas", "oracle", "reports", "verdicts", "workbook"},
    "cli": {"api", "building", "chapter", "exercises", "grading", "graph", "model", "reports", "texts", "verdicts"},
}
# The folders of `handmade`, from the bottom up.
HANDMADE = (
    "reading",
    "networks",
    "alignment",
    "judging",
    "forms",
    "families",
    "equations",
    "objections",
    "beside",
    "arrangements",
    "accepting",
    "edits",
    "rewriting",
    "backward",
    "backward_judging",
)
# What every search in `handmade` asks for time; it imports nothing.
HANDMADE_EVERYWHERE = {"effort"}
# `sources` downloads with Keras's own function.
MAY_IMPORT_KERAS = {"model", "oracle", "chapter/training", "chapter/datasets/sources.py"}

MODULES = sorted(PACKAGE.rglob("*.py"))
IN_STAGES = [path for path in MODULES if path.parent != PACKAGE]


@cache
def _imports(path: Path) -> tuple[tuple[str, str], ...]:
    """What a file imports, at the top or inside a function: module and name, or a module alone as both."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node.module, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


def imported(path: Path) -> set[str]:
    """Every module a file imports, and every name."""
    return {name for names in _imports(path) for name in names}


def _needed(path: Path, modules: Collection[str]) -> Iterator[str]:
    """The modules that a file names: of `from package import module` the module, else the package."""
    yield from (inner if inner in modules else outer for outer, inner in _imports(path))


def name(path: Path) -> str:
    """A module's path inside the package."""
    return path.relative_to(PACKAGE).as_posix()


def folders() -> set[str]:
    """The stages."""
    return {item.name for item in PACKAGE.iterdir() if item.is_dir() and any(item.glob("*.py"))}


@pytest.mark.parametrize("stage", sorted(folders()))
def test_imports_point_downwards(stage: str) -> None:
    """A stage imports only the stages that stand below it."""
    may = {stage, *EVERYWHERE, *MAY_IMPORT[stage]}
    stages = folders() | {"api"}
    wrong = [
        f"{name(path)} imports {module}"
        for path in sorted((PACKAGE / stage).rglob("*.py"))
        for module in imported(path)
        if module.startswith("xlcheck.") and module.split(".")[1] in stages - may
    ]

    assert wrong == []


@pytest.mark.parametrize("path", [p for p in IN_STAGES if name(p).startswith("verdicts/")], ids=name)
def test_a_report_is_data_and_views_read_it(path: Path) -> None:
    """No module of verdicts needs a view in order to be imported; a report asks for one only where it is shown."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_the_top = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]

    assert not [module for module in at_the_top if module.startswith("xlcheck.reports")]


@pytest.mark.parametrize("folder", HANDMADE)
def test_imports_in_handmade_point_downwards(folder: str) -> None:
    """A folder of `handmade` imports only those that stand below it."""
    below = HANDMADE[: HANDMADE.index(folder)]
    modules = sorted((PACKAGE / "handmade" / folder).glob("*.py"))
    used = {
        module.split(".")[2] for path in modules for module in imported(path) if module.startswith("xlcheck.handmade.")
    }

    assert len(modules) > 3
    assert used - HANDMADE_EVERYWHERE <= {folder, *below}


def test_no_module_needs_itself() -> None:
    """No circle of imports, those inside functions and for type checkers included."""
    modules = {".".join(("xlcheck", *p.relative_to(PACKAGE).with_suffix("").parts)): p for p in MODULES}
    modules = {module.removesuffix(".__init__"): path for module, path in modules.items()}
    used = {module: set(_needed(path, modules)) for module, path in modules.items()}

    assert len(used) > 500
    assert sum(map(len, used.values())) > 2000
    TopologicalSorter(used).prepare()  # raises CycleError, which names a circle


def test_only_the_edges_import_keras() -> None:
    """Keras and TensorFlow are imported by what reads models, trains them or asks them; never by what checks."""
    users = [
        path for path in MODULES if any(module.split(".")[0] in ("keras", "tensorflow") for module in imported(path))
    ]
    places = {path: {name(path), *(p.as_posix() for p in path.relative_to(PACKAGE).parents)} for path in users}

    assert [name(path) for path in users if not MAY_IMPORT_KERAS & places[path]] == []
    assert len(users) > 5


def test_every_stage_is_in_the_table() -> None:
    """A new folder has to say what it may import."""
    assert folders() == set(MAY_IMPORT)


def test_no_module_is_too_long() -> None:
    """What is longer than 350 lines does more than one thing."""
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {module: size for module, size in sizes.items() if size > 350} == {}


def test_every_module_has_a_test_of_its_own() -> None:
    """Each is imported by a test by itself, so that a mistake in it is found where it is."""
    root = Path(__file__).parents[1]
    paths = [path for folder in ("tests", "fixtures") for path in (root / folder).rglob("*.py")]
    imports = [_IMPORT.findall(path.read_text(encoding="utf-8")) for path in paths]
    named = {name for found in imports for module, names in found for name in (module, *_names(module, names))}
    packages = {".".join(path.parent.relative_to(PACKAGE.parent).parts) for path in MODULES}
    modules = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in MODULES}

    assert sorted(own for own in modules - named - packages if not own.endswith("__init__")) == []


def _names(module: str, names: str) -> Iterator[str]:
    yield from (f"{module}.{own.split()[0]}" for own in names.strip("()").split(",") if own.strip())


def test_no_two_test_modules_have_one_name() -> None:
    """pytest imports them by their names alone, and the modules that tests share too."""
    names = [path.name for path in Path(__file__).parent.rglob("*.py") if path.name != "conftest.py"]

    assert sorted({name for name in names if names.count(name) > 1}) == []
