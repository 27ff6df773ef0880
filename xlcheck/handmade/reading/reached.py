"""What is reached from some cells, along what they read or along those that read them; and what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def reached(
    start: Iterable[Item],
    following: Callable[[Item], Iterable[Item]],
    *,
    among: Callable[[Item], bool] | None = None,
    through: Callable[[Item], bool] | None = None,
) -> set[Item]:
    """All that follows on some items, at once or through others; these only where they follow on others, too.

    Args:
        start: the items, such as cells.
        following: what follows on one, such as what its formula reads.
        among: which of them count; all by default. Nothing is reached through others.
        through: which of those that count are gone on from; all by default.
    """
    found, stack = set[Item](), [*start]
    while stack:
        new = [item for item in following(stack.pop()) if item not in found and (among is None or among(item))]
        found.update(new)
        stack += new if through is None else filter(through, new)
    return found


def in_turn(start: Iterable[Item], needed: Callable[[Item], Iterable[Item]]) -> list[Item]:
    """Some items and all that they need, each after what it needs itself, as far as they do not go round in a circle.

    Args:
        start: the items, such as cells.
        needed: what one needs at once, such as what its formula reads; the first of it comes first.
    """
    order, met = list[Item](), set[Item]()
    for first in start:
        stack = [(first, False)]
        while stack:
            item, is_ready = stack.pop()
            if is_ready:
                order.append(item)
            elif item not in met:
                met.add(item)
                stack.append((item, True))
                stack += [(own, False) for own in reversed([*needed(item)]) if own not in met]
    return order


def joined(pairs: Iterable[tuple[Item, Item]]) -> dict[Item, Item]:
    """Item → one item of its group, the same for all in it: those of a pair are in one group.

    Args:
        pairs: what belongs together; an item with itself is a group of its own.
    """
    above: dict[Item, Item] = {}

    def root(item: Item) -> Item:
        path = []
        while (higher := above.setdefault(item, item)) != item:
            path.append(item)
            item = higher
        above.update(dict.fromkeys(path, item))
        return item

    for one, other in pairs:
        above[root(one)] = root(other)
    return {item: root(item) for item in [*above]}
