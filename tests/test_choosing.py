"""What an ordinary run leaves out is chosen by what each case of a test adds for its time."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from choosing import Choice, leave_out

CONFTEST = str(Path(__file__).with_name("conftest.py"))
# Name of a test → its marker; `adds_little` gives one to those whose names end with `dear` or `dearest`.
NAMED = {
    "plain": "", "dear": "", "dearest": "", "bytes dear": "ordinary", "starts": "thorough", "long": "exhaustive",
}  # fmt: skip


def test_what_adds_most_for_its_time_is_taken_first() -> None:
    """Quick cases stay; of the others the first cases of tests and those that enter most that is new come first."""
    cases = {
        "a::wide": (1.0, frozenset(range(40))),
        "a::twin": (1.1, frozenset(range(40))),
        "a::slow": (9.0, frozenset(range(50))),
        "a::of[1]": (2.0, frozenset({60})),
        "a::of[2]": (2.0, frozenset({60})),
        "a::quick": (0.01, frozenset[int]()),
        "a::unknown": (5.0, frozenset[int]()),
    }
    in_turn = ["a::quick", "a::unknown", "a::wide", "a::twin", "a::of[1]", "a::slow", "a::of[2]"]

    assert Choice(cases).in_turn == in_turn


def test_what_is_left_out_stands_behind_the_budget() -> None:
    """A test of which no case is kept has one line; a quick case is never left out."""
    in_turn = [
        ("a::x[1]", 1.0),
        ("a::y[1]", 2.0),
        ("a::x[2]", 3.0),
        ("a::z[1]", 1.0),
        ("a::z[2]", 1.0),
        ("a::y[2]", 0.01),
    ]

    assert leave_out(in_turn, 3.5) == ["a::x[2]", "a::z"]
    assert leave_out(in_turn, 9.0) == []


@pytest.mark.parametrize(
    ("level", "taken"),
    [
        ("ordinary", {"plain", "bytes dear"}),
        ("thorough", {"plain", "bytes dear", "starts", "dear"}),
        ("all", {*NAMED}),
    ],
)
def test_each_level_takes_more(
    level: str, taken: set[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """What adds little is left out of an ordinary run like what starts programs; only `all` takes what takes long."""
    loaded = request.config.pluginmanager.get_plugins()
    conftest = next(plugin for plugin in loaded if getattr(plugin, "__file__", "") == CONFTEST)
    monkeypatch.setattr(conftest, "LEVEL", level)
    ends = {"dear": "thorough", "dearest": "exhaustive"}
    monkeypatch.setattr(conftest, "adds_little", lambda test: ends.get(test.rpartition(":")[2].rpartition(" ")[2]))
    whole_run = SimpleNamespace(args=[], getoption=lambda name: "", hook=request.config.hook)
    monkeypatch.setattr(request.config.hook, "pytest_deselected", lambda items: None)
    items = [pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None) for name in NAMED]
    for item, marker in zip(items, NAMED.values(), strict=True):
        if marker:
            item.add_marker(marker)

    conftest.pytest_collection_modifyitems(whole_run, items)

    assert {item.name for item in items} == taken
