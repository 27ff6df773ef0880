"""EinsumDense by its equations, beside NumPy's einsum of one sample; what it would mean otherwise is refused."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from made_layers import DRAWN, FEATURES, STEPS, Array, X, layer, made, sigmoid

from xlcheck.errors import NotSupportedError
from xlcheck.layers import einsum_dense

VECTOR = X[0]


def _made(
    x: Array, equation: str, shape: object, kernel: Array, bias: Array | None = None, axes: str | None = None
) -> Array:
    """What the layer makes of a sample; its kernel is a matrix, all that is summed over times all that is made."""
    summed = sum(label not in equation.partition("->")[2] for label in equation.partition(",")[2].partition("->")[0])
    weights = {"kernel": kernel.reshape(prod(kernel.shape[:summed]), -1)}
    weights |= {} if bias is None else {"bias": bias.ravel()}
    own = layer("EinsumDense", equation=equation, output_shape=shape, bias_axes=axes, activation="sigmoid")
    return made(einsum_dense.equations, own, [x], weights)[0]


@pytest.mark.parametrize(
    ("x", "equation", "shape", "kernel"),
    [
        (VECTOR, "ab,bc->ac", 2, (FEATURES, 2)),
        (X, "abc,cd->abd", [None, 2], (FEATURES, 2)),
        (VECTOR, "ab,bcd->acd", [2, 3], (FEATURES, 2, 3)),
        (X, "abc,cde->abde", [None, 2, 3], (FEATURES, 2, 3)),
    ],
)
def test_it_sums_over_the_last_axes(x: Array, equation: str, shape: object, kernel: tuple[int, ...]) -> None:
    """Rule: of each vector that stays, or of the only one, another one is made, or several."""
    weights = DRAWN.normal(size=kernel)
    sums = np.einsum(equation.replace("a", ""), x, weights)
    out = sums if len(kernel) == 2 or x.ndim == 1 else sums.reshape(STEPS, -1)  # a row of an image is one vector

    np.testing.assert_allclose(_made(x, equation, shape, weights), sigmoid(out), rtol=1e-13)


@pytest.mark.parametrize(
    ("made_of", "shape", "bias"), [("cd", (2, 3), "cd"), ("cd", (2, 3), "d"), ("cde", (2, 1, 3), "cde")]
)
def test_a_bias_is_added_to_all_that_is_made_or_along_its_last_axis(
    made_of: str, shape: tuple[int, ...], bias: str
) -> None:
    weights, own = DRAWN.normal(size=(FEATURES, *shape)), DRAWN.normal(size=shape[-len(bias) :])
    desired = sigmoid(np.einsum(f"b,b{made_of}->{made_of}", VECTOR, weights) + own)
    actual = _made(VECTOR, f"ab,b{made_of}->a{made_of}", [*shape], weights, own, bias)

    np.testing.assert_allclose(actual.ravel(), desired.ravel(), rtol=1e-13)


@pytest.mark.parametrize(
    ("x", "equation", "shape", "kernel", "axes"),
    [
        (X, "abc,bd->acd", [3, 2], (STEPS, 2), None),  # over the steps
        (X, "abc,bcd->ad", 2, (STEPS, FEATURES, 2), None),  # over all of a sequence
        (VECTOR, "ab,bcd->adc", [3, 2], (FEATURES, 2, 3), None),  # in another order
        (VECTOR, "ab,bcd->acd", [2, 3], (FEATURES, 2, 3), "c"),  # a bias along an axis between
    ],
)
def test_what_is_no_sum_over_the_last_axes_is_refused(
    x: Array, equation: str, shape: object, kernel: tuple[int, ...], axes: str | None
) -> None:
    """Rule: the refusal names the layer and its equation."""
    with pytest.raises(NotSupportedError, match=rf"'layer': EinsumDense\('{equation}'"):
        _made(x, equation, shape, np.ones(kernel), axes=axes)
