"""What each mistake in a backward pass makes of a right expression, written down by hand."""

from __future__ import annotations

import pytest

from xlcheck.graph.expressions import (
    Add,
    Const,
    Div,
    Dot,
    DotTransposed,
    Expr,
    Mul,
    Neg,
    OuterSum,
    Ref,
    Sqrt,
    Sub,
    Total,
)
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.verdicts.mistakes.backward import is_backward, rewrites

A, B, C, D = (Ref(f"rnn.{name}") for name in "abcd")
V, EPSILON, RATE, ALPHA, BETA = (Ref(f"optimiser.{n}") for n in ("v", "epsilon", "learning_rate", "alpha", "beta_1"))
GRADIENT = Quantity(Band("rnn", "d_kernel", Role.GRADIENT), None, (1,))
STEP = Quantity(Band("rnn", "m_kernel", Role.STATE), None, (1,))
NEW = Quantity(Band("rnn", "new_kernel", Role.WEIGHT), None, (1,))


def made(q: Quantity, name: str, expr: Expr) -> list[Expr]:
    """What the mistakes of one name make of an expression, each once."""
    return list(dict.fromkeys(changed for own, _, changed in rewrites(q, expr) if own == name))


@pytest.mark.parametrize(
    ("q", "name", "expr", "expected"),
    [
        (GRADIENT, "missing-chain-factor", Mul(A, Add(Mul(B, C), D)), [
            A, Add(Mul(B, C), D), Mul(A, Add(B, D)), Mul(A, Add(C, D)),
        ]),
        (STEP, "missing-factor", Mul(A, B), [A, B]),
        (GRADIENT, "wrong-sign", Add(A, B), [Neg(Add(A, B)), Sub(A, B), Sub(B, A)]),
        (GRADIENT, "wrong-sign", Sub(A, B), [Neg(Sub(A, B)), Add(A, B), Sub(B, A)]),
        (NEW, "step-uphill", Sub(A, Mul(RATE, B)), [Add(A, Mul(RATE, B))]),
        (GRADIENT, "forgotten-term", Add(A, B), [A, B]),
        (STEP, "forgotten-term", Add(A, B), [A, B]),
        (GRADIENT, "forgotten-term", Total((A, B, C)), [Total((B, C)), Total((A, C)), Total((A, B))]),
        (GRADIENT, "forgotten-term", Total((A,)), []),
        (GRADIENT, "forgotten-term", OuterSum((A, B), (C, D)), [OuterSum((B,), (D,)), OuterSum((A,), (C,))]),
        (GRADIENT, "forgotten-term", OuterSum((A,), (C,)), []),
        (GRADIENT, "transposed-kernel", Mul(Ref("rnn.kernel[0][1]"), A), [Mul(Ref("rnn.kernel[1][0]"), A)]),
        (GRADIENT, "transposed-kernel", DotTransposed(A, Ref("rnn.kernel")), [Dot(A, Ref("rnn.kernel"))]),
        (STEP, "epsilon-misplaced", Add(Sqrt(V), EPSILON), [Sqrt(Add(V, EPSILON))]),
        (STEP, "epsilon-misplaced", Sqrt(Add(V, EPSILON)), [Add(Sqrt(V), EPSILON)]),
        (STEP, "epsilon-forgotten", Div(A, Add(Sqrt(V), EPSILON)), [Div(A, Sqrt(V))]),
        (STEP, "epsilon-forgotten", Add(A, B), []),
        (STEP, "bias-correction-forgotten", Mul(ALPHA, A), [Mul(RATE, A)]),
        (STEP, "bias-correction-forgotten", Mul(RATE, Div(A, B)), [RATE, Mul(RATE, A), Div(RATE, B)]),
        (STEP, "not-squared", Mul(A, Mul(B, B)), [Mul(A, B)]),
        (STEP, "root-forgotten", Add(Sqrt(V), EPSILON), [Add(V, EPSILON)]),
        (STEP, "shares-exchanged", Add(Mul(BETA, A), Mul(Sub(Const(1.0), BETA), B)), [
            Add(Mul(Sub(Const(1.0), BETA), A), Mul(BETA, B)),
        ]),
        (GRADIENT, "mean-forgotten", Div(Add(A, B), Const(2.0)), [Add(A, B)]),
        (GRADIENT, "mean-forgotten", Div(A, B), []),
        (GRADIENT, "wrong-step", Mul(Ref("rnn.h[1]"), A), [Mul(Ref("rnn.h[2]"), A), Mul(Ref("rnn.h[0]"), A)]),
        (GRADIENT, "wrong-step", Ref("rnn.h[0][1]"), [Ref("rnn.h[1][1]"), Ref("rnn.h_init[1]")]),
        (GRADIENT, "wrong-step", Ref("rnn.h[1][0]"), [Ref("rnn.h[2][0]"), Ref("rnn.h[0][0]")]),
        (GRADIENT, "wrong-step", Ref("rnn.h_init"), [Ref("rnn.h[0]"), Ref("rnn.h_init")]),
        (GRADIENT, "wrong-step", Ref("rnn.h_init[1]"), [Ref("rnn.h[0][1]"), Ref("rnn.h_init[1]")]),
        (GRADIENT, "wrong-step", Ref("rnn.kernel[0][1]"), []),
    ],
)  # fmt: skip
def test_each_mistake_changes_what_it_says(q: Quantity, name: str, expr: Expr, expected: list[Expr]) -> None:
    """A mistake is made at every place where it can be made, at one place at a time, and nothing else is changed."""
    assert made(q, name, expr) == expected


def test_one_of_two_symbols_is_read_from_another_step() -> None:
    """A symbol that is read at two steps is moved at one of them, or at both; the other symbol stays where it is."""
    first, second, other = (Ref(f"rnn.{name}") for name in ("h[0]", "h[1]", "z[5]"))
    found = made(GRADIENT, "wrong-step", Add(Mul(first, second), other))

    assert Add(Mul(second, Ref("rnn.h[2]")), other) in found
    assert Add(Mul(second, second), other) in found
    assert Add(Mul(Ref("rnn.h_init"), first), other) in found
    assert Add(Mul(first, second), Ref("rnn.z[4]")) in found
    assert Add(Mul(second, Ref("rnn.h[2]")), Ref("rnn.z[6]")) not in found


@pytest.mark.parametrize(
    ("q", "names"),
    [
        (
            GRADIENT,
            {"bias-correction-forgotten", "step-uphill", "root-forgotten", "missing-factor"},
        ),
        (STEP, {"step-uphill", "mean-forgotten", "missing-chain-factor", "wrong-step"}),
        (NEW, {"mean-forgotten", "missing-chain-factor", "wrong-step"}),
    ],
)
def test_a_mistake_is_made_only_where_it_can_be(q: Quantity, names: set[str]) -> None:
    """No gradient is an optimiser's step, and no step is a mean or a chain of factors over time."""
    expr = Sub(A, Mul(ALPHA, Div(Mul(BETA, Sqrt(Ref("rnn.h[1]"))), Const(2.0))))

    assert not names & {name for name, _, _ in rewrites(q, expr)}
    assert {name for name, _, _ in rewrites(q, expr)} & {"missing-factor", "missing-chain-factor"}


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        (Band("rnn", "d_kernel", Role.GRADIENT), True),
        (Band("optimiser", "alpha", Role.STATE), True),
        (Band("rnn", "new_kernel", Role.WEIGHT), True),
        (Band("rnn", "m_kernel", Role.STATE), True),
        (Band("rnn", "kernel", Role.WEIGHT), False),
        (Band("rnn", "h", Role.STATE), False),
    ],
)
def test_what_belongs_to_the_backward_pass(band: Band, expected: bool) -> None:
    """Gradients, an optimiser's own numbers, its slots and the new weights; nothing of the forward pass."""
    assert is_backward(Quantity(band, None, (1,))) is expected
