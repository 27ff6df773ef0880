"""Products of whole tensors: `keras.ops.matmul(x, y)` and `keras.ops.einsum("bik,bkj->bij", x, y)`.

Source: `keras.ops`, which follows NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Expr, Mul, Slice, Sum, Total
from xlcheck.layers.element_grids import MOST_AXES, Grid, numbered, of_rows, rows_of
from xlcheck.layers.signals import Element, Signal, Use, output_band, pick, side_by_side


def matmul(use: Use) -> tuple[Signal, ...]:
    """The product of two sequences, taken for matrices: each step of the first weighs the steps of the second."""
    a, b = use.inputs
    if not (a.timed and b.timed) or a.columns or b.columns:
        raise NotSupportedError(f"operation {use.layer.name!r}: matmul is supported only of two sequences")
    band = output_band(use.name, True, "Σₖ x₁[t, k] · x₂[k]", "Each row of the first matrix times the second matrix.")
    rows = [Total(tuple(Slice(u, k, k + 1) * v for k, v in enumerate(b.steps))) for u in a.steps]
    return (Signal.sequence(tuple(use.build.let(band, row, t) for t, row in enumerate(rows))),)


def einsum(use: Use) -> tuple[Signal, ...]:
    """Sums of products over the axes whose letters the result does not have; the first letter is the samples'."""
    subscripts = str(use.layer.options["subscripts"]).replace(" ", "")
    read, arrow, kept = subscripts.partition("->")
    operands = read.split(",")
    each = (*operands, kept)
    if not arrow or not subscripts.replace("->", "").replace(",", "").isalpha() or len({text[:1] for text in each}) > 1:
        raise NotSupportedError(
            f"operation {use.layer.name!r}: einsum of {subscripts!r} is not supported, only where every tensor, and "
            "the result behind ->, has the letter of the samples first, and a letter for each other axis"
        )
    every, grids = numbered(use.build, use.inputs)
    fits = [len(text) - 1 for text in operands] == [grid.ndim for grid in grids]
    if not fits or any(len(set(text)) < len(text) for text in each) or not 1 <= len(kept) - 1 <= MOST_AXES:
        raise NotSupportedError(
            f"operation {use.layer.name!r}: einsum of {subscripts!r} is not supported, only where no tensor has a "
            f"letter twice, and the result has one to {MOST_AXES} axes beside that of the samples"
        )
    letters = kept[1:] + "".join(sorted({*read} - {*kept, ","}))
    aligned = [_aligned(grid, text[1:], letters) for text, grid in zip(operands, grids, strict=True)]
    shape = np.broadcast_shapes(*(grid.shape for grid in aligned))
    left, summed = shape[: len(kept) - 1], prod(shape[len(kept) - 1 :])
    numbers = [np.broadcast_to(grid, shape).reshape(-1, summed).tolist() for grid in aligned]
    what = f"The products, added up over {', '.join(letters[len(kept) - 1 :])}." if summed > 1 else "The products."
    if len(operands) == 1 == summed:
        what = "The elements of the input in another order."
    band = output_band(use.name, len(left) > 1, subscripts, what)
    rows = [
        side_by_side([_sum_of_products(use, every, [own[place] for own in numbers]) for place in row])
        for row in rows_of(np.arange(prod(left)).reshape(left))
    ]
    return (of_rows(use.build, band, rows, left),)


def _aligned(grid: Grid, own: str, letters: str) -> Grid:
    """A grid with an axis for each of the letters, of length 1 for those that it has not."""
    ordered = np.transpose(grid, [own.index(letter) for letter in letters if letter in own])
    return ordered.reshape([grid.shape[own.index(letter)] if letter in own else 1 for letter in letters])


def _sum_of_products(use: Use, every: Sequence[Element], factors: Sequence[Sequence[int]]) -> Expr:
    """One element: the products of elements of each tensor, added up; of neighbours as products of vectors."""
    vectors = [pick(use.build, [every[i] for i in own]) for own in factors]
    if not any(isinstance(vector, Concat) for vector in vectors):
        product = reduce(Mul, vectors)
        return Sum(product) if len(factors[0]) > 1 else product
    terms = [reduce(Mul, [pick(use.build, [every[i]]) for i in own]) for own in zip(*factors, strict=True)]
    return Total(tuple(terms))
