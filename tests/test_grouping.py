"""Values by key, as often as the package needs them."""

from __future__ import annotations

from xlcheck.grouping import grouped


def test_values_keep_their_order_under_each_key() -> None:
    """Rule: the first value of a key says where the key stands."""
    assert grouped([("b", 1), ("a", 2), ("b", 3), ("b", 1)]) == {"b": [1, 3, 1], "a": [2]}
    assert [*grouped([("b", 1), ("a", 2)])] == ["b", "a"]
    assert grouped([]) == {}
