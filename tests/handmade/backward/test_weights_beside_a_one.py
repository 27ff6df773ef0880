"""A typed 1 among the inputs of a dense network, cell by cell: the weight beside it is a bias, or may be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from xlcheck.formulas.algebra import Address, Algebra, Term
from xlcheck.handmade.backward.biases import has_doubtful_bias, with_bias
from xlcheck.handmade.backward.network_cells import DenseNetwork, LayerCells, SampleCells


def _cell(name: str) -> Address:
    return "S", int(name[1:]) - 1, ord(name[0]) - ord("A")


def _cells(names: str) -> tuple[Address, ...]:
    return tuple(map(_cell, names.split()))


def _network(*inputs: str, bias: str = "") -> DenseNetwork:
    """A unit with three weights in A1:A3, each sample a row of three inputs; a second layer with a bias in A6."""
    first = LayerCells("tanh", tuple(_cells(f"A{row}") for row in (1, 2, 3)), _cells(bias) or None)
    last = LayerCells("linear", (_cells("A5"),), _cells("A6"))
    samples = (
        SampleCells(_cells(own), ((None,), (None,)), (_cells(f"H{row}"), _cells(f"I{row}")), _cells(f"J{row}"), ())
        for row, own in enumerate(inputs, start=1)
    )
    return DenseNetwork((first, last), tuple(samples))


_TWO = _network("B1 C1 D1", "B2 C2 D2")
_ONES = frozenset(_cells("C1 C2"))
_UPDATE, _WEIGHT = _cells("A9 A6")


def _terms(read: str) -> Mapping[Address, Term]:
    """An update of the bias of the second layer that reads some cells."""
    algebra = Algebra()
    total = algebra.sum(map(algebra.leaf, _cells(read)))
    return {_UPDATE: total} if isinstance(total, Term) else {}


def test_what_all_samples_have_as_a_one_is_beside_a_bias() -> None:
    """Rule: the weight of the second input becomes the bias, and its input is no input any more."""
    found = with_bias(_TWO, [_TWO], _ONES, {}, {})
    assert (found.layers[0].kernel, found.layers[0].bias) == ((_cells("A1"), _cells("A3")), _cells("A2"))
    assert [sample.inputs for sample in found.samples] == [_cells("B1 D1"), _cells("B2 D2")]
    assert [sample.ones for sample in found.samples] == [_cells("C1"), _cells("C2")]
    assert found.layers[1] == _TWO.layers[1]


@pytest.mark.parametrize(
    ("network", "others", "ones"),
    [
        (_TWO, [], "C1"),
        (_TWO, [], "C1 C2 D1 D2"),
        (_TWO, [_network("B3 C3 D3", "B4 C4 D4")], "C1 C2 C3"),
        (_network("B1 C1 D1", "B2 C2 D2", bias="A4"), [], "C1 C2"),
        (replace(_TWO, samples=tuple(replace(own, inputs=own.inputs[1:2]) for own in _TWO.samples)), [], "C1 C2"),
    ],
    ids=["in one sample", "two inputs", "not in another step", "with a bias", "the only input"],
)
def test_other_ones_are_inputs(network: DenseNetwork, others: list[DenseNetwork], ones: str) -> None:
    """Rule: a bias is told by one typed 1 in all samples of all steps, where a layer has none yet and other inputs."""
    assert with_bias(network, [network, *others], frozenset(_cells(ones)), {}, {}) is network


@pytest.mark.parametrize(("read", "is_bias"), [("A6 C1", True), ("A6 B1", False), ("", False)])
def test_of_one_sample_the_other_biases_tell(read: str, is_bias: bool) -> None:
    """Rule: an input of a single sample may be 1; it is a bias's if the update of another bias reads it, too."""
    one = _network("B1 C1 D1")
    updates = {_UPDATE: _WEIGHT} if read else {}
    found = with_bias(one, [one], frozenset(_cells("C1")), updates, _terms(read))
    assert (found is not one) is is_bias
    assert found.layers[0].bias == (_cells("A2") if is_bias else None)
    with_ones = replace(one, samples=(replace(one.samples[0], ones=_cells("E1")),))
    assert with_bias(with_ones, [with_ones], frozenset(_cells("C1")), {}, {}).layers[0].bias == _cells("A2")


def test_a_one_of_the_only_sample_is_doubtful() -> None:
    """Rule: it may be the one beside a bias or not; of two samples nobody doubts, nor where there is a bias."""
    ones = _cells("C1 C2")
    assert has_doubtful_bias(_network("B1 C1 D1"), ones)
    assert not has_doubtful_bias(_TWO, ones)
    assert not has_doubtful_bias(_network("B1 C1 D1", bias="A4"), ones)
    assert not has_doubtful_bias(_network("B1 D1 E1"), ones)
