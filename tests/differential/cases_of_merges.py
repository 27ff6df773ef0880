"""Layers that merge several tensors: of each shape, under masks, and as products."""

from __future__ import annotations

from typing import Any

from models import Case, keras, numbers, padded

L: Any = keras.layers
T, F = 5, 4
X, PADDED = numbers(3, T, F), padded(4, T, F)
MERGES: dict[str, Case] = {}


def _add_all() -> None:
    kinds = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    for a, b in [((F,), (F,)), ((T, F), (T, F)), ((T, F), (F,)), ((T, F), (1, F)), ((T, F), (T, 1)), ((1, F), (T, 1))]:

        def every_kind(a: tuple[int, ...] = a, b: tuple[int, ...] = b) -> Any:
            inputs = [keras.Input(a), keras.Input(b)]
            return keras.Model(inputs, [getattr(L, kind)()(inputs) for kind in kinds])

        MERGES[f"merge {a} and {b}"] = Case(every_kind, [numbers(3, *a), numbers(3, *b, seed=5)])

    def three() -> Any:
        inputs = [keras.Input((T, F)) for _ in range(3)]
        return keras.Model(inputs, [getattr(L, kind)()(inputs) for kind in kinds if kind != "Subtract"])

    MERGES["merge of three"] = Case(three, [X, 2 * X, numbers(3, T, F, seed=8)])

    def one_mask() -> Any:
        x = keras.Input((T, F))
        masked = L.Masking()(x)
        pair = [masked, L.Dense(F)(masked)]
        kinds_and_concatenate = (*kinds, "Concatenate")
        return keras.Model(x, [L.SimpleRNN(2)(getattr(L, kind)()(pair)) for kind in kinds_and_concatenate])

    MERGES["merge under one mask"] = Case(one_mask, PADDED)

    def two_masks(both: bool) -> Any:
        inputs = [keras.Input((T, F)), keras.Input((T, F))]
        read = [L.Masking()(inputs[0]), L.Masking()(inputs[1]) if both else inputs[1]]
        kinds_and_concatenate = ("Add", "Subtract", "Average", "Concatenate")
        return keras.Model(inputs, [L.SimpleRNN(2)(getattr(L, kind)()(read)) for kind in kinds_and_concatenate])

    MERGES["merge under two masks"] = Case(lambda: two_masks(True), [PADDED, padded(4, T, F, seed=8)])
    MERGES["merge with one input masked"] = Case(lambda: two_masks(False), [PADDED, padded(4, T, F, seed=8)])

    def concatenate() -> Any:
        a, b, v, w = keras.Input((T, F)), keras.Input((T, F)), keras.Input((F,)), keras.Input((2,))
        join = [L.Concatenate(axis=axis)([a, b]) for axis in (-1, 1, 2)] + [
            L.Concatenate(axis=axis)([v, w]) for axis in (-1, 1)
        ]
        return keras.Model([a, b, v, w], join)

    MERGES["Concatenate"] = Case(concatenate, [X, 2 * X, numbers(3, F), numbers(3, 2)])

    dots: list[tuple[tuple[int, ...], tuple[int, ...], Any, bool]] = [
        ((F,), (F,), 1, False), ((F,), (F,), 1, True), ((T, F), (6, F), 2, False), ((T, F), (6, F), (2, 2), True),
        ((T, F), (F, 6), (2, 1), False), ((T, F), (T, 6), 1, False), ((T, F), (F,), (2, 1), True),
        ((T, F), (T,), (1, 1), False), ((F,), (T, F), (1, 2), False), ((T,), (T, F), (1, 1), False),
        ((T, F), (6, F), -1, False), ((T, F), (6, T), (1, 2), False), ((T, F), (T, 6), 1, True),
        ((T,), (T, F), 1, True), ((T, F), (6, T), (1, 2), True),
    ]  # fmt: skip

    def every_dot() -> Any:
        inputs, outputs = [], []
        for a, b, axes, normalize in dots:
            pair = [keras.Input(a), keras.Input(b)]
            inputs += pair
            outputs.append(L.Dot(axes=axes, normalize=normalize)(pair))
        return keras.Model(inputs, outputs)

    shapes = [shape for a, b, _, _ in dots for shape in (a, b)]
    MERGES["Dot"] = Case(every_dot, [numbers(3, *shape, seed=k) for k, shape in enumerate(shapes)])


_add_all()
