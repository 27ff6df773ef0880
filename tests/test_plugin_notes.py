"""What the plugin notes during a run, where golden files are, and how its sentences are set."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.pytest_plugin.golden_paths import golden_stem, is_golden
from xlcheck.pytest_plugin.settings import Failure, RunRecord
from xlcheck.pytest_plugin.text import some, wrapped


def test_what_workers_note_is_put_together() -> None:
    """Everything arrives; a workbook that two workers checked failed once."""
    first, second, whole = RunRecord(), RunRecord(), RunRecord()
    failure = Failure("workbook", "a.xlsx", {"ok": False}, "<p>")
    for record, stem in ((first, "a"), (second, "b")):
        record.collected.add(("folder", stem))
        record.passed.add(("folder", stem))
        record.used.add(f"{stem}.json")
        record.written.append((f"{stem}.json", "new"))
        record.add_failure(failure)
    second.add_failure(Failure("trace", "a.xlsx", {}, ""))
    for record in (first, second):
        whole.add_plain(record.to_plain())

    assert whole.collected == whole.passed == {("folder", "a"), ("folder", "b")}
    assert whole.used == {"a.json", "b.json"}
    assert whole.written == [("a.json", "new"), ("b.json", "new")]
    assert [known.kind for known in whole.failures] == ["workbook", "trace"]


class Item:
    """A test by its name alone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def listchain(self) -> list[object]:
        return []


def test_two_tests_never_share_a_golden_file() -> None:
    """What a file name cannot hold is replaced, and what was there before still tells the two apart."""
    plain, one, other = (golden_stem(Item(name)) for name in ("test_a[b-1]", "test_a[b/1]", "test_a[b:1]"))  # type: ignore[arg-type]
    long = golden_stem(Item("test_" + "x" * 300))  # type: ignore[arg-type]

    assert plain == "test_a[b-1]"
    assert one.startswith("test_a[b_1]-")
    assert other.startswith("test_a[b_1]-")
    assert one != other
    assert len(long) < 130


def test_a_golden_file_says_so_at_its_beginning(tmp_path: Path) -> None:
    """Another file beside it is somebody else's."""
    (tmp_path / "own.json").write_text('{"format": "xlcheck-golden-1"}')
    (tmp_path / "other.json").write_text(" " * 90 + "xlcheck-golden-1")

    assert is_golden(tmp_path / "own.json")
    assert not is_golden(tmp_path / "other.json")


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["a", "b"], "a, b"),
        (["x" * 200, "y" * 200, "z"], f"{'x' * 200} and 2 more"),
        (["x" * 400], "x" * 400),
    ],
)
def test_long_lists_of_names_end_with_how_many_more_there_are(names: list[str], shown: str) -> None:
    """The first is always shown."""
    assert some(names) == shown


def test_names_and_paths_are_never_cut() -> None:
    """A line may be longer than wanted for that; all lines are indented."""
    text = wrapped(f"see {'a-' * 50}b now", "  ", width=40)

    assert text.split("\n") == ["  see", f"  {'a-' * 50}b", "  now"]
