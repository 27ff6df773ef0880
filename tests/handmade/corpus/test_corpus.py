"""The corpus in the repository is what its scripts make, and its answer keys are complete."""

from __future__ import annotations

import json
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest

from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER, files
from fixtures.handmade.package import unpacked

each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)


STORED = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".xlsx", ".json"})


def test_every_stored_file_is_made_by_the_scripts() -> None:
    """None is left over from another time, and none is missing."""
    assert sorted(files()) == STORED


@pytest.mark.parametrize("name", STORED)
def test_the_stored_files_are_what_the_scripts_make(name: str) -> None:
    """Nobody has changed a stored workbook or key by hand, or a script without running it."""
    stored, made = (FOLDER / name).read_bytes(), files()[name]
    if name.endswith(".xlsx"):
        # Compression may differ between versions of zlib, the spelling of XML between libraries; what it says may not.
        assert meaning(stored) == meaning(made)
    else:
        assert stored == made


def meaning(package: bytes) -> dict[str, str | bytes]:
    """The parts of a workbook, those in XML spelled in the one canonical way."""
    return {
        name: canonicalize(content.decode()) if name.endswith((".xml", ".rels")) else content
        for name, content in unpacked(package).items()
    }


@each_layout
def test_the_key_names_every_formula_cell_of_the_file(layout: Layout) -> None:
    """A formula cell that the key does not know could be wrong without anyone noticing."""
    book = openpyxl.load_workbook(FOLDER / f"{layout.name}.xlsx")
    key = json.loads((FOLDER / f"{layout.name}.json").read_text())
    in_file = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    # The further cells of an array formula are no formulas to openpyxl.
    in_key = {(address.sheet, address.a1) for address in layout.formulas}

    assert in_file <= in_key
    assert len(key["formulas"]) == len(in_key)


@each_layout
def test_the_key_says_where_each_weight_stands(layout: Layout) -> None:
    """Every element of every weight array has exactly one cell, and that cell holds its value."""
    book = openpyxl.load_workbook(FOLDER / f"{layout.name}.xlsx")
    given = json.loads((FOLDER / f"{layout.name}.json").read_text())["given"]
    for item, cell in layout.places.items():
        if item.is_weight:
            assert given[item.name] == [str(cell)]
            assert book[cell.sheet][cell.a1].value == layout.network.value(item)

    weights = sum(_size(array) for layer in layout.network.layers for array in layer.weights.values())
    assert sum(item.is_weight for item in layout.places) == weights


def _size(array: object) -> int:
    return sum(map(_size, array)) if isinstance(array, tuple) else 1
