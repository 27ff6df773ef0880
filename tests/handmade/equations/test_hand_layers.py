"""Rows, steps and layers are found by what cells have in common, also where some of them are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import atom, dense, forms_of, simple_rnn

from xlcheck.handmade.equations.colouring import find_instances
from xlcheck.handmade.equations.layers import find_layers
from xlcheck.handmade.equations.simple_rnn import read_simple_rnn


@pytest.mark.parametrize("bias", [True, False])
def test_a_dense_layer_is_a_table_of_units_and_samples(tmp_path: Path, bias: bool) -> None:
    """All instances fit, and what is multiplied in every sample is the weight."""
    instances = find_instances(forms_of(dense(4, bias=bias), tmp_path))
    (layer,) = find_layers(instances)

    assert (len(layer.rows), len(layer.steps), layer.fit) == (2, 4, 1.0)
    if bias:  # without one, units and samples are alike
        assert all(weight[2] in {1, 2} for x in instances.values() for weight in x.weights)


def test_one_wrong_cell_is_the_one_that_does_not_fit(tmp_path: Path) -> None:
    """A weight of the neighbour's column, read in one sample, hides neither the layer nor itself."""
    wrong = {"J10": "=TANH(E10*$C$2+F10*$B$3+G10*$C$4+$C$5)"}
    (layer,) = find_layers(find_instances(forms_of(dense(5, wrong=wrong), tmp_path)))

    assert [instance.atom for _, instance in layer.misfits] == [atom("J10")]


def test_an_empty_cell_that_is_read_is_the_readers_mistake(tmp_path: Path) -> None:
    """A formula that reads a blank cell lacks a product; the blank cell is nobody's."""
    wrong = {"I9": "=TANH(E9*$B$2+K9*$B$3+G9*$B$4+$B$5)"}
    (layer,) = find_layers(find_instances(forms_of(dense(5, wrong=wrong), tmp_path)))

    assert [instance.atom for _, instance in layer.misfits] == [atom("I9")]


def test_a_simple_rnn_reads_its_own_results(tmp_path: Path) -> None:
    """Steps are one document; three slots hold the states, in the order of the units."""
    forms = forms_of(simple_rnn(4), tmp_path)
    (layer,) = find_layers(find_instances(forms))
    reading = read_simple_rnn(layer, forms)

    assert reading is not None
    assert [len(document) for document in reading.documents] == [4]
    assert (reading.units, len(reading.features), len(reading.states)) == (3, 2, 3)
    assert reading.values["h"][reading.documents[0][0], 0] == atom("H12")


def test_a_dense_layer_is_no_simple_rnn(tmp_path: Path) -> None:
    """Samples one below the other that read nothing of each other are no steps."""
    forms = forms_of(dense(4), tmp_path)
    (layer,) = find_layers(find_instances(forms))

    assert read_simple_rnn(layer, forms) is None
