"""What the page for contributors says about the package is so."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from test_architecture import MAY_IMPORT

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_table_of_imports_is_the_one_that_is_held() -> None:
    """Folder by folder, what may be imported is what the test of the architecture allows."""
    table = re.findall(r"^\| `(\w+)` \| (.*) \|$", PAGE, re.MULTILINE)

    assert {name: set(re.findall(r"\w+", allowed)) for name, allowed in table} == MAY_IMPORT


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(xlcheck(?:\.\w+)+)`", PAGE))))
def test_every_function_that_is_named_exists(name: str) -> None:
    """The walks name functions as they are imported."""
    module, _, function = name.rpartition(".")

    assert callable(getattr(importlib.import_module(module), function))


FILES = set(re.findall(r"`((?:xlcheck|tests|formulas|verdicts)/[\w/]*(?:\.py)?)`", PAGE))


@pytest.mark.parametrize("path", sorted(path for path in FILES if "NAME" not in path))
def test_every_file_that_is_named_exists(path: str) -> None:
    """Those of the package may be named from inside of it."""
    assert (ROOT / path).exists() or (ROOT / "xlcheck" / path).exists()
