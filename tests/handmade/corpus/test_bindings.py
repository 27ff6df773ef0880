"""The bindings files of the corpus, written by hand, say what the answer keys say."""

from __future__ import annotations

import numpy as np
import pytest

from fixtures.handmade.items import Item
from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.handmade.networks.network import Network
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_bindings_file_ties_the_layout_as_its_key_does(layout: Layout) -> None:
    """Every weight, input, target and initial state is bound to the very cell of the answer key."""
    path = FOLDER / f"{layout.name}.toml"
    (network,) = read_bindings(path, read_workbook(FOLDER / f"{layout.name}.xlsx"))
    wanted = _key(layout)

    assert _bound(network) == wanted
    assert wanted


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_each_bindings_file_names_the_layers_of_the_layout(layout: Layout) -> None:
    """Classes, units and options of the layers are those of the network that was laid out."""
    (network,) = read_bindings(FOLDER / f"{layout.name}.toml", read_workbook(FOLDER / f"{layout.name}.xlsx"))
    for spec, layer in zip(network.spec.layers, layout.network.layers, strict=True):
        options = {"activation": "linear" if layer.kind == "Dense" else "tanh", "use_bias": True} | layer.options

        assert (spec.kind, spec.options["units"]) == (layer.kind, layer.units)
        assert {name: spec.options[name] for name in options} == options


def _key(layout: Layout) -> dict[tuple[str, int], tuple[str, int, int]]:
    """Element and document → cell (row and column from 0) of everything that the layout gives."""
    return {
        (item.name, item.sample): (cell.sheet, cell.row - 1, cell.column - 1)
        for item, cell in layout.places.items()
        if item.is_weight or item.step == -1 or item.band in ("input.x", "target.y")
    }


def _bound(network: Network) -> dict[tuple[str, int], tuple[str, int, int]]:
    """The same out of the bindings."""
    found = {}
    for quantity in network.given:
        for sample in range(1 if quantity.is_weight else len(network.samples)):
            cells = network.places(quantity, sample)
            for index, cell in zip(np.ndindex(quantity.shape), cells, strict=True):
                if cell is not None:
                    found[quantity.element(tuple(index)), sample] = cell
    return found


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_what_else_is_bound_is_what_the_key_says(layout: Layout) -> None:
    """A row of results or helpers that a bindings file names holds them, element for element."""
    (network,) = read_bindings(FOLDER / f"{layout.name}.toml", read_workbook(FOLDER / f"{layout.name}.xlsx"))
    key = {(cell.sheet, cell.row - 1, cell.column - 1): item for cell, item in layout.formulas.items()}
    for quantities in network.bound:
        for name, cells in quantities.items():
            for index, cell in enumerate(cells):
                assert cell is not None, name
                quantity, plus, more = name.partition(" + ")

                assert key[cell].name == f"{quantity}[{index}]{plus}{more}"


def test_the_keys_spell_elements_as_the_bindings_do() -> None:
    """The initial state of the key is the quantity `h_init`."""
    assert Item("lstm.h", (1,), -1).name == "lstm.h_init[1]"
