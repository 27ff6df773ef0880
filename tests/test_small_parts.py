"""Small parts that everything else uses: options as typed, one thread at a time, bounds of memory."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from xlcheck import memory
from xlcheck.arguments import flags_of
from xlcheck.exclusive import exclusively, standing_in


def test_options_are_written_as_one_types_them() -> None:
    """A switch alone, values behind their names; what was not given, or is no text or number, not at all."""
    given = flags_of(
        full_products=True, quiet=False, style="book", output=Path("m.xlsx"), seed=0, model=object(), x=None
    )

    assert given == ("--full-products", "--style", "book", "--output", "m.xlsx", "--seed", "0")


def test_one_thread_at_a_time_and_one_thread_again_and_again() -> None:
    """Another thread waits; the one that is inside may come in once more."""
    inside = threading.Event()

    def enter() -> None:
        with exclusively():
            inside.set()

    with exclusively(), exclusively():
        thread = threading.Thread(target=enter)
        thread.start()
        assert not inside.wait(0.05)
    assert inside.wait(5)
    thread.join()


def test_what_stands_in_for_something_goes_again() -> None:
    """Rule: something else stands under a name while the block lasts, also where it is left by an error."""
    before = memory._CONTAINER
    seen = []
    with suppress(KeyError), standing_in(memory, "_CONTAINER", Path("other")):
        seen.append(memory._CONTAINER)
        raise KeyError
    assert seen == [Path("other")]
    assert memory._CONTAINER is before


def test_memory_is_bounded_inside_and_as_before_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By most of what the machine or its container has, never by more than was allowed before."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    container = tmp_path / "memory.max"
    container.write_text("100000000000000000")
    monkeypatch.setattr(memory, "_CONTAINER", container)
    with memory.bounded_memory():
        whole, _ = resource.getrlimit(resource.RLIMIT_DATA)
    assert 0 < whole < 100000000000000000
    container.write_text(str(whole))  # 0.8 of a machine, of which 0.8 may be taken
    with memory.bounded_memory():
        assert resource.getrlimit(resource.RLIMIT_DATA)[0] == int(whole * 0.8)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
