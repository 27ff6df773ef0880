"""Where a test's golden files are."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

import pytest

from xlcheck.errors import DataError
from xlcheck.graph.trace_format import FORMAT

LONGEST_NAME = 100
_LONGEST_STEM = 120
_NOT_IN_FILE_NAMES = re.compile(r"[^\w.\-\[\]]")


GOLDEN_ENDINGS = (".json", ".npz")


def golden_folder(item: pytest.Item, golden_dir: Path) -> Path:
    """The folder of the golden files of a test's module; it is named like the module."""
    return item.path.parent / golden_dir / item.path.stem


def golden_stem(item: pytest.Item) -> str:
    """The name of a test's golden file, without its ending: classes and test, with dots between them."""
    name = ".".join([*(node.name for node in item.listchain() if isinstance(node, pytest.Class)), item.name])
    stem = _NOT_IN_FILE_NAMES.sub("_", name)
    if stem == name and len(name) <= _LONGEST_STEM:
        return name
    # Two names must never share a file because of what a file name cannot hold.
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{stem[:_LONGEST_STEM]}-{digest}"


def is_golden(path: Path) -> bool:
    """Whether a file, text or archive, begins as golden files do."""
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(80)


def require_own_name(path: Path, label: str) -> None:
    """Refuse a golden file that is there under another name only: systems that take A for a give it to two tests.

    Raises:
        DataError: it is another test's.
    """
    if not path.exists():
        return
    names = {own.name for own in path.parent.iterdir()}
    same = {unicodedata.normalize("NFC", name) for name in names}
    if unicodedata.normalize("NFC", path.name) not in same:
        other = next((name for name in sorted(names) if name.casefold() == path.name.casefold()), "another file")
        raise DataError(
            f"{label}: this system takes {other}, the golden file of another test, for it, since the names differ in "
            "capitals only; give one of the tests another name"
        )
