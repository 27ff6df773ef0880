"""The table of what is supported."""

from __future__ import annotations

import pytest
from support_table import support_table

from xlcheck.layers import LAYERS, equations_of
from xlcheck.model.layer_options import OPERATIONS, OPTIONS
from xlcheck.model.model_spec import LayerSpec
from xlcheck.oracle.recorders import RECORDERS


def test_every_layer_can_be_read_written_down_and_recorded() -> None:
    """A layer is in all three lists or in none."""
    assert set(OPTIONS) == set(LAYERS)
    assert set(RECORDERS) == set(LAYERS) | set(OPERATIONS)


@pytest.mark.parametrize("kind", [*LAYERS, *OPERATIONS])
def test_each_kind_has_equations_in_the_file_that_is_named(kind: str) -> None:
    """The table of layers names files and functions, and each of them is there."""
    assert callable(equations_of(LayerSpec(kind, "layer")))


@pytest.mark.parametrize("kind", LAYERS)
def test_table_has_a_row_with_every_option(kind: str) -> None:
    """The documentation's table comes from the code: each layer with each option that its equations read."""
    (row,) = [line for line in support_table().splitlines() if line.startswith(f"| {kind} |")]

    for option in (*OPTIONS[kind].kept, *OPTIONS[kind].optional):
        assert f"`{option}`" in row
