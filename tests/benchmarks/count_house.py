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
    """Module → the modules of the package that it imports when it is itself imported."""
    found: dict[str, set[str]] = {}
    for name, text in modules.items():
        pairs = [
            (str(node.module), f"{node.module}.{alias.name}")
            for node in ast.parse(text).body
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
    Console().print("circles of imports:", " → ".join(circle(modules)) or "none")


if __name__ == "__main__":
    main()
