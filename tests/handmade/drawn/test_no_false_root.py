"""Workbooks drawn at random, right ones and ones with mistakes: no right cell is ever called wrong."""

from __future__ import annotations

import pytest
from thorough import part_of, spread

from fixtures.handmade.drawn.habits import KINDS
from fixtures.handmade.drawn.score import answer

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("kind", spread(KINDS, 2))
def test_a_right_workbook_is_recognised_and_has_no_root(kind: str) -> None:
    """Each kind of network, as somebody may lay it out: every formula cell gets a verdict, and none is wrong."""
    found = answer(_SEED, kind=kind)

    assert (found.outcome, found.false) == ("recognised", ())


@pytest.mark.parametrize("kind", part_of(KINDS[2:] + KINDS[:2], 1))
def test_among_mistakes_no_right_cell_is_called_wrong(kind: str) -> None:
    """With up to eight mistakes a check names some of their cells or none, but no other cell, and passes nothing."""
    assert answer(_SEED, range(1, 9), kind).outcome in _HARMLESS


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [30046, 1001, 2010, 270005, 270017])
def test_right_cells_that_once_were_called_wrong_are_not(seed: int) -> None:
    """A label above a column that a sum reads, a unit of tanh that computes a sigmoid, a gate that copies its sum.

    Also a sum that reads a part of another unit; and a table whose samples were taken for units was passed.
    """
    assert answer(seed, range(1, 9)).outcome in _HARMLESS


def test_the_largest_of_some_sums_is_none_of_them() -> None:
    """A softmax less its largest sum, which under a few random numbers is always the same one of them, is right."""
    found = answer(4)

    assert (found.outcome, found.false) == ("recognised", ())


def test_who_reads_a_number_typed_among_results_is_not_blamed() -> None:
    """Three candidates of a GRU read one of three states behind its reset gate as a number: that was typed over."""
    found = answer(103006, [1])

    assert (found.outcome, found.false) == ("silent", ())


def test_activations_that_were_typed_do_not_pass_where_they_leave_sums_as_they_are() -> None:
    """Three numbers in the place of a leaky ReLU, all above 0: the sums beside them hold the same, and nobody reads."""
    assert answer(111055, [1]).outcome == "silent"


def test_who_reads_what_another_cell_computes_too_is_not_blamed() -> None:
    """A whole gate adds inputs of the step before: its sums repeat those of that step, and its activations are right.

    Some of these sums are named, and no activation.
    """
    assert answer(97059, [1]).outcome in {"partly found", "exact"}


def test_a_mistake_in_one_of_two_places_is_counted_by_itself() -> None:
    """Of two activations of one unit nobody knows which is meant; the report names both, and the score says so."""
    assert answer(70218, [1], "toy").outcome == "one of two"


@pytest.mark.parametrize(
    ("seed", "outcome"),
    spread(
        [
            pytest.param(70114, "exact", id="an output reads the first state"),
            pytest.param(70158, "recognised", id="a bias without effect today, unless an input were a second output"),
            pytest.param(
                140004, "exact", id="weights on another sheet; a second step without the state, blank at first"
            ),
            pytest.param(140041, "exact", id="a state of 0 counts for no weight, so that what multiplies it is one"),
            pytest.param(150054, "exact", id="a rounded sum below an activation that could be another one"),
            pytest.param(70217, "exact", id="a candidate lacks the bias that it adds at the step before"),
            pytest.param(70438, "exact", id="a copy of a sum that nobody reads, where the next step has a gate"),
        ],
        4,
    ),
)
def test_of_two_edits_of_a_toy_the_likelier_one_is_meant(seed: int, outcome: str) -> None:
    """Results are read at the end, inputs stay inputs, and a step adds what the one before adds."""
    assert answer(seed, [1], "toy").outcome == outcome


@pytest.mark.parametrize(
    ("seed", "outcome"),
    part_of(
        [
            pytest.param(70417, "exact", id="a step without its state, which would be a sample of a dense layer"),
            pytest.param(70419, "exact", id="a number typed in line with results"),
            pytest.param(70431, "exact", id="an input multiplied by a blank cell"),
        ],
        2,
    ),
)
def test_what_reads_less_or_other_numbers_than_a_layer_does_not_pass(seed: int, outcome: str) -> None:
    """A term that is missing, a number that no layer has and one that no formula computes each speak against a pass."""
    assert answer(seed, [1], "toy").outcome == outcome


_SEED = 3
_HARMLESS = ("exact", "one of two", "partly found", "silent")


@pytest.mark.parametrize(
    ("seed", "outcome"),
    [
        pytest.param(250097, "exact", id="a sum typed over, and lines that have its activation otherwise"),
        pytest.param(250017, "exact", id="a whole number below 0 beside the weights, which nobody reads"),
        pytest.param(250096, "in part", id="an unread formula of blanks is no bias"),
        pytest.param(390096, "one of two", id="of two steps with two activations either may be right"),
        pytest.param(250095, "one of two", id="two gates read the same weights, and a first step lacks a state"),
        pytest.param(280079, "one of two", id="of four gates two are alike, and two others"),
        pytest.param(430008, "exact", id="a word is added, and no edit elsewhere can help"),
        pytest.param(430097, "exact", id="a range begins with a word"),
        pytest.param(430050, "silent", id="a word that another formula passes on"),
        pytest.param(320018, "exact", id="nobody meant to add an empty cell to a result"),
        pytest.param(320010, "silent", id="a number in the place of an activation"),
        pytest.param(320027, "silent", id="what is called a state reads one"),
        pytest.param(360045, "silent", id="an input is typed at each step"),
        pytest.param(360091, "one of two", id="nobody reads the last state"),
        pytest.param(360076, "one of two", id="a layer whose results stand nowhere has no words"),
    ],
)
def test_what_once_was_wrong_in_a_toy_is_not(seed: int, outcome: str) -> None:
    """A right cell was blamed in these, or a wrong one passed; where two edits do as well, both are said."""
    assert answer(seed, [1], "toy").outcome == outcome


@pytest.mark.parametrize(
    ("seed", "kind", "outcome"),
    [
        pytest.param(260012, "toy", "silent", id="nobody meant weights that an edit leaves unread"),
        pytest.param(340006, "toy", "one of two", id="of two steps that exchange two formulas either may be right"),
        pytest.param(340059, "toy", "silent", id="summands in the place of each other"),
        pytest.param(270021, None, "exact", id="filled like right ones and right today"),
    ],
)
def test_what_once_was_wrong_in_a_jumble_is_not(seed: int, kind: str | None, outcome: str) -> None:
    """The same of formulas that were exchanged, pasted or fetched."""
    assert answer(seed, [1], kind, jumble=True).outcome == outcome
