"""Products of whole tensors: `keras.ops.matmul(x, y)`, `keras.ops.einsum("bik,bkj->bij", x, y)`, and the layer Dot.

Source: `keras.ops`, which follows NumPy; `keras.layers.Dot`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Const, Expr, Maximum, Mul, Sqrt, Sum, Total
from xlcheck.layers.element_grids import MOST_AXES, Grid, Shape, numbered, of_rows, shape_of
from xlcheck.layers.signals import Signal, Use, last_axis, output_band, pick, side_by_side

_EPSILON = 1e-12  # of keras.utils' l2 normalisation
_Pick = Callable[[Grid], Expr]
"""The elements with these numbers."""
_Combine = Callable[[Sequence[Grid], _Pick], Expr]
"""What is made of the elements of each tensor that belong together."""


def matmul(use: Use) -> tuple[Signal, ...]:
    """The product of two sequences, taken for matrices: each step of the first weighs the steps of the second."""
    if not all(signal.timed and not signal.columns for signal in use.inputs):
        raise NotSupportedError(f"operation {use.layer.name!r}: matmul is supported only of two sequences")
    band = output_band(use.name, True, "Σₖ x₁[t, k] · x₂[k]", "Each row of the first matrix times the second matrix.")
    return (of_rows(use.build, band, *_contracted(use, ("tk", "ks"), "ts")),)


def dot(use: Use) -> tuple[Signal, ...]:
    """Dot: products of two inputs, summed over one axis of each; with `normalize` their cosine.

    The output has the axes that are not summed, those of the first input first.
    """
    axes, normalize = use.layer.options["axes"], use.layer.options["normalize"]
    texts = []
    for signal, axis, names in zip(
        use.inputs, [axes] * 2 if isinstance(axes, int) else axes, ("ij", "kl"), strict=True
    ):
        rank = last_axis(signal)
        summed = axis % (rank + 1) - 1
        texts.append("".join("z" if own == summed else names[own] for own in range(rank)))
    kept = "".join(texts).replace("z", "")
    band = output_band(
        use.name, len(kept) > 1, "Σ x₁ · x₂" + (" / (‖x₁‖ · ‖x₂‖)" if normalize else ""),
        "How similar the inputs are" + (", whatever their lengths." if normalize else ": their products, added up."),
    )  # fmt: skip
    return (of_rows(use.build, band, *_contracted(use, texts, kept, _cosine if normalize else None)),)


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
    fits = [len(text) - 1 for text in operands] == [len(shape_of(use.build, signal)) for signal in use.inputs]
    if not fits or any(len(set(text)) < len(text) for text in each) or not 1 <= len(kept) - 1 <= MOST_AXES:
        raise NotSupportedError(
            f"operation {use.layer.name!r}: einsum of {subscripts!r} is not supported, only where no tensor has a "
            f"letter twice, and the result has one to {MOST_AXES} axes beside that of the samples"
        )
    summed = sorted({*read} - {*kept, ","})
    rows, shape = _contracted(use, [text[1:] for text in operands], kept[1:])
    what = f"The products, added up over {', '.join(summed)}." if summed else "The products."
    if len(operands) == 1 and not summed:
        what = "The elements of the input in another order."
    return (of_rows(use.build, output_band(use.name, len(shape) > 1, subscripts, what), rows, shape),)


def _contracted(use: Use, operands: Sequence[str], kept: str, each: _Combine | None = None) -> tuple[list[Expr], Shape]:
    """The rows, and the shape, of sums of products of tensors, of whose axes these are the letters.

    It is summed over the letters that are not kept; `each` makes something else of what is multiplied.
    """
    every, grids = numbered(use.build, use.inputs)
    letters = kept + "".join(sorted({*"".join(operands)} - {*kept}))
    aligned = [_aligned(grid, text, letters) for text, grid in zip(operands, grids, strict=True)]
    shape = np.broadcast_shapes(*(grid.shape for grid in aligned))
    left, summed = shape[: len(kept)] or (1,), prod(shape[len(kept) :])
    numbers = [np.broadcast_to(grid, shape).reshape(-1, left[-1], summed) for grid in aligned]
    spread = [kept[-1:] in text for text in operands]

    def picked(own: Grid) -> Expr:
        return pick(use.build, [every[i] for i in own.tolist()])

    def run(factors: list[Grid]) -> Expr:
        """The elements along the last axis: one by one where neighbours are added up, or a sum of whole vectors."""
        rows = [
            [picked(own[:, k] if is_spread else own[0, k : k + 1])
             for own, is_spread in zip(factors, spread, strict=True)]
            for k in range(summed)
        ]  # fmt: skip
        of_neighbours = summed > 1 and not any(isinstance(picked(own[0]), Concat) for own in factors)
        is_multiplied = summed > 1 or len(factors) > 1  # what is joined of pieces has no gradient then
        if each or of_neighbours or (is_multiplied and any(isinstance(part, Concat) for row in rows for part in row)):
            return side_by_side([(each or _sum)([own[i] for own in factors], picked) for i in range(left[-1])])
        vectors = [reduce(Mul, row) for row in rows]
        return vectors[0] if summed == 1 else Total(tuple(vectors))

    runs = [run([own[place] for own in numbers]) for place in range(len(numbers[0]))]
    across = left[1] if len(left) == MOST_AXES else 1
    return [side_by_side(runs[start : start + across]) for start in range(0, len(runs), across)], left


def _aligned(grid: Grid, own: str, letters: str) -> Grid:
    """A grid with an axis for each of the letters, of length 1 for those that it has not."""
    ordered = np.transpose(grid, [own.index(letter) for letter in letters if letter in own])
    return ordered.reshape([grid.shape[own.index(letter)] if letter in own else 1 for letter in letters])


def _sum(factors: Sequence[Grid], picked: _Pick) -> Expr:
    """Products of elements of each tensor, added up; of neighbours as products of vectors."""
    vectors = [picked(own) for own in factors]
    if not any(isinstance(vector, Concat) for vector in vectors):
        return Sum(reduce(Mul, vectors))
    return Total(tuple(reduce(Mul, [picked(own[k : k + 1]) for own in factors]) for k in range(len(factors[0]))))


def _cosine(factors: Sequence[Grid], picked: _Pick) -> Expr:
    first, second = (Sqrt(Maximum(_sum([own, own], picked), Const(_EPSILON))) for own in factors)
    return _sum(factors, picked) / (first * second)
