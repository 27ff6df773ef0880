"""Values of another kind in each place of what a JSON or TOML file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, 0, 7, -1, 2.5, 1e300, 10**400, "", "x", [], ["x"], [[]], [None, None], {}, {"x": 1},
    {"class_name": "x"}, {"module": [], "class_name": {}, "config": []},
)  # fmt: skip
Keys = tuple[str | int, ...]


def places(value: Any, path: Keys = ()) -> Iterator[Keys]:
    """Where each value stands, containers included."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def replaced(value: Any, path: Keys, new: Any) -> Any:
    """The same with another value in one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy
