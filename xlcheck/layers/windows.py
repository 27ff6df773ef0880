"""Which input steps or pixels a window reads: shared by convolution and pooling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    return [[(k, start + k * dilation) for k in range(*_inside(start, timesteps, size, dilation))] for start in starts]


def _inside(start: int, timesteps: int, size: int, dilation: int) -> tuple[int, int]:
    """The first place of a window that lies in the sequence, and the one behind the last; a window may be very wide."""
    return max(0, -(start // dilation)), min(size, -((start - timesteps) // dilation))


def transposed_windows(steps: int, size: int, stride: int, padding: str, dilation: int = 1) -> list[Window]:
    """The same of a transposed convolution, in which each step is spread over a window of the output."""
    reach = (size - 1) * dilation + 1
    before = max(reach - stride, 0) // 2 if padding == "same" else 0
    count = steps * stride + (max(reach - stride, 0) if padding == "valid" else 0)
    found: list[Window] = [[] for _ in range(count)]
    for step in range(steps):
        for k in range(size):
            if 0 <= (at := step * stride + k * dilation - before) < count:
                found[at].append((k, step))
    return found


Place = tuple[int, int, int]
"""Place in the window, counted row by row, and the row and column that it reads."""


def grid(
    shape: tuple[int, int],
    size: Sequence[int],
    stride: Sequence[int],
    padding: str,
    dilation: Sequence[int] = (1, 1),
    along: Callable[[int, int, int, str, int], list[Window]] = windows,
) -> list[list[list[Place]]]:
    """The windows over an image or a sequence: for each output row, for each of its columns, what the window reads.

    No rows are left where no window has room between the columns.

    Args:
        shape: rows and columns; no columns for a sequence, whose steps are rows.
        size: places of the window along each axis, one or two numbers; the others likewise.
        stride: from one window to the next.
        padding: as in `windows`.
        dilation: from one place to the next.
        along: the windows along one axis.
    """
    rows = along(shape[0], size[0], stride[0], padding, dilation[0])
    columns = along(shape[1], size[1], stride[1], padding, dilation[1]) if shape[1] else [[(0, 0)]]
    across = size[1] if shape[1] else 1
    if not columns:
        return []
    return [[[(i * across + j, r, c) for i, r in row for j, c in column] for column in columns] for row in rows]
