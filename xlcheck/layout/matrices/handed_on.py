"""Arrows beside states: where each is read again, so that the way of a memory can be seen on one sheet.

An arrow is part of a number's format: every program shows it, and the cell holds the number alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlcheck.formulas.addresses import Range

_AROUND = {(True, True): "↘", (True, False): "↙", (False, True): "↗", (False, False): "↖"}


def handed_on(
    own: Mapping[str, Range], copies: Iterable[tuple[str, Range]], readers: Iterable[tuple[str, Range]]
) -> dict[str, str]:
    """The arrow of each state that is read in another column: to where it stands again, else to what reads it.

    Args:
        own: where states stand.
        copies: where they stand once more, beside what they are multiplied by.
        readers: what else reads them, by name.
    """
    found: dict[str, str] = {}
    for name, area in copies:
        if name in own and area.left != own[name].left:
            found.setdefault(name, _AROUND[area.top > own[name].top, area.left > own[name].left])
    for name, area in readers:
        if name in own and area.left != own[name].left:
            found.setdefault(name, "→" if area.left > own[name].left else "←")
    return found
