"""The Keras models of the corpus, and its workbooks with other numbers in some cells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fixtures.handmade.items import Item
from fixtures.handmade.layout import Layout
from fixtures.handmade.layouts import LAYOUTS
from fixtures.handmade.make_corpus import FOLDER
from fixtures.handmade.package import patched, unpacked
from xlcheck.handmade.networks.bindings_file import read_bindings
from xlcheck.workbook.reader import read_workbook

BY_NAME = {layout.name: layout for layout in LAYOUTS}


def model_of(layout: Layout, dtype: str = "float64") -> Any:
    """The Keras model that a layout computes, with the layout's weights."""
    from xlcheck.model.keras_builder import to_keras

    (network,) = read_bindings(FOLDER / f"{layout.name}.toml", read_workbook(FOLDER / f"{layout.name}.xlsx"))
    return to_keras(network.spec, weights_of(layout), dtype)


def weights_of(layout: Layout) -> dict[str, np.ndarray]:
    """The weights of a layout by quantity name."""
    return {
        f"{layer.name}.{name}": np.array(weight, dtype=float)
        for layer in layout.network.layers
        for name, weight in layer.weights.items()
    }


def inputs_of(layout: Layout) -> np.ndarray:
    """The documents of a layout, `(samples, timesteps, features)`."""
    return np.array(layout.network.inputs, dtype=float)


def with_numbers(layout: Layout, numbers: Mapping[Item, float], folder: Path) -> Path:
    """A copy of a layout's workbook, alone in a folder, with other numbers for some items."""
    parts = unpacked((FOLDER / f"{layout.name}.xlsx").read_bytes())
    path = folder / f"{layout.name}.xlsx"
    path.write_bytes(patched(parts, {layout.places[item]: f"<v>{float(n)!r}</v>" for item, n in numbers.items()}))
    return path
