"""Options of a call as one would type them on the command line."""

from __future__ import annotations

from pathlib import Path


def flags_of(**options: object) -> tuple[str, ...]:
    """Options of the command that were given; arrays and models in memory have none."""
    given = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            given.append(flag)
        elif isinstance(value, str | Path | int | float) and value is not False:
            given += [flag, str(value)]
    return tuple(given)
