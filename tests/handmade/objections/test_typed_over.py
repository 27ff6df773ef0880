"""Numbers that were typed over activations: known by their digits, in line with the sum, and by nothing else."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.handmade.objections.typed_over import TypedOver, typed_again, typed_over

SUM = ("S", 10, 10)
TANH = round(math.tanh(0.5), 6)


class Terms(dict[Any, float]):
    """Computed cells with their values; `reads` says what each reads."""

    reads: Any = None

    def number(self, cell: Any) -> float:
        return self[cell]


def _no_word(cell: tuple[str, int, int], **where: bool) -> str:
    """What stands beside a number where there are no words."""
    return ""


def found(
    typed: dict[Any, float],
    computed: dict[Any, float],
    reads: dict[Any, tuple[Any, ...]] | None = None,
    texts: dict[Any, str] | None = None,
) -> Any:
    """Which typed numbers are the activations of which computed ones, beside formulas that give words."""
    terms = Terms(computed)
    terms.reads = dict.fromkeys(computed, ()) | (reads or {})

    def cells_in(area: Any, sheet: str) -> list[Any]:
        return [(sheet, *place) for place in area.cells()]

    table: Any = SimpleNamespace(
        typed_numbers=typed, texts=texts or {}, cells_in=cells_in, words={}, next_word=_no_word
    )
    return [(own.cell, own.of, own.activation) for own in typed_over(terms, table)]  # type: ignore[arg-type]


@pytest.mark.parametrize("by", range(-5, 6))
@pytest.mark.parametrize("down", [True, False], ids=["below", "beside"])
def test_it_stands_at_most_four_cells_from_its_sum(by: int, down: bool) -> None:
    """In the sum's row or column, on either side."""
    cell = ("S", 10 + by, 10) if down else ("S", 10, 10 + by)
    wanted = [(cell, SUM, "TANH")] if 1 <= abs(by) <= 4 else []

    assert found({cell: TANH} if by else {}, {SUM: 0.5}) == wanted


def test_it_is_said_in_words() -> None:
    """By Keras's name of the activation, and the places of both."""
    assert TypedOver(("S", 10, 11), SUM, "TANH").said == "S!L11 is a typed number, and tanh of S!K11"


def test_few_digits_agree_by_chance() -> None:
    """From three digits on a number is believed to be what it looks like; either activation is recognised."""
    cell = ("S", 10, 11)

    assert found({cell: 0.46}, {SUM: 0.5}) == []
    assert found({cell: 0.462}, {SUM: 0.5}) == [(cell, SUM, "TANH")]
    assert found({cell: 0.622459}, {SUM: 0.5}) == [(cell, SUM, "sigmoid")]
    assert found({cell: 0.463}, {SUM: 0.5}) == []


def test_what_is_computed_from_a_number_was_not_typed_over_by_it() -> None:
    """Near 0 a hyperbolic tangent gives what it is of, so that a small input would be that of each copy."""
    cell, copy = ("S", 10, 11), ("S", 10, 12)

    assert found({cell: 0.0462}, {SUM: 0.04623}) == [(cell, SUM, "TANH")]
    assert found({cell: 0.0462}, {SUM: 0.04623, copy: 0.0462}, {SUM: (copy,), copy: (cell,)}) == []


def test_who_says_in_words_whether_both_are_the_same_takes_them_for_that() -> None:
    """What Keras predicted stands beside a small state: it is no hyperbolic tangent of it."""
    cell, state = ("S", 10, 11), ("S", 10, 10)
    says = {("S", 10, 12): 'IF(ABS(K11-L11)<0.00001,"ok","DIFF")'}

    assert found({cell: -0.003486}, {state: -0.0034859}) == [(cell, state, "TANH")]
    assert found({cell: -0.003486}, {state: -0.0034859}, texts=says) == []


def test_other_activations_are_known_by_many_digits() -> None:
    """Below 0, where they do something; and copies of the number are none of what a formula computes anyway."""
    cell, copy = ("S", 10, 11), ("S", 20, 20)

    assert found({cell: -0.1}, {SUM: -0.5}) == []
    assert found({cell: -0.024691}, {SUM: -0.123456}) == [(cell, SUM, "leaky_relu")]
    assert found({cell: -0.393469}, {SUM: -0.5}) == [(cell, SUM, "elu")]
    assert found({cell: 0.123456}, {SUM: 0.123456}) == []
    assert found({cell: TANH}, {SUM: 0.5, copy: TANH}, {copy: (cell,)}) == [(cell, SUM, "TANH")]


def test_what_a_formula_computes_anyway_was_not_typed_over_it() -> None:
    """Unless the formula reads the number, or is the sum itself; a copy of a result is one."""
    cell, other = ("S", 10, 11), ("S", 30, 30)

    assert found({cell: TANH}, {SUM: 0.5, other: TANH}) == []
    assert found({cell: TANH}, {SUM: 0.5, other: TANH}, {other: (cell,)}) == [(cell, SUM, "TANH")]
    assert found({cell: TANH}, {SUM: 0.5, other: math.nan}) == [(cell, SUM, "TANH")]


SUMS = {("S", row, 3): total for row, total in ((2, 0.4), (3, -0.2), (4, 1.1))}
SHARES = [round(math.exp(total) / sum(map(math.exp, SUMS.values())), 4) for total in SUMS.values()]


@pytest.mark.parametrize("by", [(0, 1), (0, 4), (0, 5), (3, 0), (4, 0), (-3, 0), (8, 0)])
def test_a_softmax_is_known_by_all_of_its_numbers(by: tuple[int, int]) -> None:
    """Rule: as many typed numbers as sums beside, behind or before these are their softmax, if each of them is."""
    places = [("S", row + by[0], column + by[1]) for _, row, column in SUMS]
    wanted = [(cell, of, "softmax") for cell, of in zip(places, SUMS, strict=True)]

    typed = dict(zip(places, SHARES, strict=True))
    near = by not in {(0, 5), (8, 0)}
    assert found(typed, SUMS) == (wanted if near else [])
    assert found(typed | {places[1]: SHARES[1] + 0.0001}, SUMS) == []
    assert found({cell: round(share, 2) for cell, share in typed.items()}, SUMS) == []


def test_an_input_that_is_computed_beside_it_was_typed_again() -> None:
    """Several numbers in one direction, or one with many digits, are no chance; a 0 of a ReLU and one alone may be."""

    def said(typed: dict[Any, float], computed: dict[Any, float]) -> list[str]:
        terms: Any = Terms(computed)
        terms.reads = dict.fromkeys(computed, ())
        table: Any = SimpleNamespace(typed_numbers=typed, words={}, next_word=_no_word)
        return [*typed_again(typed.keys(), terms, table)]

    sums = {("S", 10 + by, 10): number for by, number in enumerate((1.44258694, 1.78208853, -0.3))}
    here = {("S", 10 + by, 12): number for by, number in enumerate((1.4426, 1.7821, 0.0))}
    assert said(here, sums) == ["S!M11 is a typed number, and what S!K11 computes"]
    assert said({("S", 10, 12): 1.4426}, sums) == []
    assert said({("S", 10, 12): 1.442587}, sums) == ["S!M11 is a typed number, and what S!K11 computes"]
    assert said({("S", 10, 12): 1.4426, ("S", 11, 13): 1.7821}, sums) == []
    assert said({("S", 10, 12): 1.4427, ("S", 11, 12): 1.7822}, sums) == []


def test_shares_typed_beside_formulas_that_give_them_are_compared_with_these() -> None:
    """Rule: they were typed over no softmax, unless these formulas read them."""
    computed = {("S", row, 8): share for (_, row, _), share in zip(SUMS, SHARES, strict=True)}
    typed = {("S", row, 4): share for (_, row, _), share in zip(SUMS, SHARES, strict=True)}
    reads = dict(zip(computed, ((cell,) for cell in typed), strict=True))

    assert found(typed, SUMS | computed) == []
    assert len(found(typed, SUMS | computed, reads)) == len(typed)
