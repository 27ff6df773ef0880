"""The functions that look something up, by what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable

SEARCHING = frozenset({"MATCH", "XMATCH", "LOOKUP", "VLOOKUP", "HLOOKUP", "XLOOKUP"})
"""They ask in which place of a list something stands."""
PICKING = frozenset({"INDEX", "LOOKUP", "VLOOKUP", "HLOOKUP", "XLOOKUP"})
"""They give one cell of a range."""
CHOOSING = frozenset({"CHOOSE"})
"""They give one of their arguments."""
REFERRING = frozenset({"OFFSET", "INDIRECT"})
"""They make a reference."""


def calls(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern of calls of some functions, in whatever letters and with whatever prefix they are written.

    Args:
        names: the functions.
    """
    return re.compile(rf"\b(?:{'|'.join(sorted(names))})\(", re.IGNORECASE)
