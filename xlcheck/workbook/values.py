"""What a cell can hold, whichever library or engine it was read with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#DIV/0!`; a circular reference is `#CIRC!`."""

    code: str


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A formula that an engine cannot compute, and why; never to be taken for a value."""

    reason: str


Value = float | str | bool | None | CellError | NotEvaluated
