"""What a cell can hold, whichever library or engine it was read with."""

from __future__ import annotations

from xlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#DIV/0!`; a circular reference is `#CIRC!`."""

    code: str


TOO_LARGE = CellError("#NUM!")
"""What a cell shows that has no room for a number; and for the logarithm or the root of a negative one."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A formula that an engine cannot compute, and why; never to be taken for a value."""

    reason: str


Value = float | str | bool | None | CellError | NotEvaluated
