"""Which input steps a window reads: shared by convolution and pooling."""

from __future__ import annotations

Window = list[tuple[int, int]]
"""Pairs of place in the window and input step; places outside the sequence are left out."""


def windows(timesteps: int, size: int, stride: int, padding: str, dilation: int = 1) -> list[Window]:
    """The window of every output step.

    Args:
        timesteps: length of the input.
        size: places in the window.
        stride: steps from one window to the next.
        padding: `valid`, `same` or `causal`, as in Keras.
        dilation: input steps from one place to the next.
    """
    reach = (size - 1) * dilation + 1
    if padding == "same":
        count = -(-timesteps // stride)
        before = max((count - 1) * stride + reach - timesteps, 0) // 2
    elif padding == "causal":
        before = reach - 1
        count = (timesteps - 1) // stride + 1
    else:
        before = 0
        count = (timesteps - reach) // stride + 1
    starts = (i * stride - before for i in range(count))
    return [
        [(k, start + k * dilation) for k in range(size) if 0 <= start + k * dilation < timesteps] for start in starts
    ]
