"""How large the package and its parts are: `python tests/benchmarks/count_house.py`."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]


def code_lines(text: str) -> int:
    """Lines that are neither empty, nor comments, nor part of a docstring."""
    said = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(text.splitlines(), start=1)
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") and n not in said for n, line in lines)


def imports(modules: dict[str, str]) -> dict[str, set[str]]:
    """Module → the modules of the package that it names, also inside functions and for type checkers."""
    found: dict[str, set[str]] = {}
    for name, text in modules.items():
        pairs = [
            (str(node.module), f"{node.module}.{alias.name}")
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ]
        found[name] = {inner if inner in modules else outer for outer, inner in pairs} & modules.keys() - {name}
    return found


def circle(modules: dict[str, str]) -> list[str]:
    """A circle of imports; empty if there is none."""
    try:
        TopologicalSorter(imports(modules)).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def long_functions(modules: dict[str, str]) -> tuple[int, list[str]]:
    """How many functions have more than fifty lines, and the names of those whose bodies have, without docstrings."""
    count, bodies = 0, []
    for text in modules.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                end = node.end_lineno or node.lineno
                first = node.body[min(ast.get_docstring(node) is not None, len(node.body) - 1)]
                count += end - node.lineno >= 50
                bodies += [node.name] if end - first.lineno >= 50 else []
    return count, bodies


def untested(modules: dict[str, str]) -> int:
    """How many modules no test imports by itself."""
    texts = [path.read_text("utf-8") for folder in ("tests", "fixtures") for path in (ROOT / folder).rglob("*.py")]
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    named = {str(node.module) for node in froms} | {f"{node.module}.{a.name}" for node in froms for a in node.names}
    named |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    packages = {name.rpartition(".")[0] for name in modules}
    return len(modules.keys() - named - packages)


def main() -> None:
    """Print the table."""
    table = Table("", "files", "lines", "of them code", "median file", "longest file")
    for folder in ("xlcheck", "tests"):
        texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob("*.py"))]
        sizes = [len(text.splitlines()) for text in texts]
        figures = (len(sizes), sum(sizes), sum(map(code_lines, texts)), median(sizes), max(sizes))
        table.add_row(folder, *(f"{figure:,g}" for figure in figures))
    Console().print(table)
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path.read_text("utf-8")
        for path in (ROOT / "xlcheck").rglob("*.py")
    }
    print("circles of imports:", " → ".join(circle(modules)) or "none")
    count, bodies = long_functions(modules)
    print("functions of more than fifty lines:", count)
    print("those whose bodies have more than fifty:", ", ".join(bodies))
    print("modules that no test imports by itself:", untested(modules))


if __name__ == "__main__":
    main()
