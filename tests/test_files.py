"""Files are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from xlcheck.errors import DataError, UsageError
from xlcheck.files import (
    files_below,
    filling,
    make_folder,
    reading,
    replacing,
    require_ending,
    require_writable,
    write_text,
)
from xlcheck.interrupts import Ended


def test_a_file_is_written_in_utf8_with_unix_line_ends(tmp_path: Path) -> None:
    """The same bytes on every system; what UTF-8 cannot say is told by its sign for that."""
    write_text(tmp_path / "ä b.txt", "é\n")

    assert (tmp_path / "ä b.txt").read_bytes() == b"\xc3\xa9\n"
    write_text(tmp_path / "ä b.txt", ["é\n", os.fsdecode(b"name\xff")])
    assert (tmp_path / "ä b.txt").read_text(encoding="utf-8") == "é\nname�"
    assert [path.name for path in tmp_path.iterdir()] == ["ä b.txt"]


def test_whatever_happens_the_old_file_stays(tmp_path: Path) -> None:
    """An error while writing leaves the old file and nothing else."""
    path = tmp_path / "old.txt"
    path.write_text("old")

    def write() -> None:
        with replacing(path) as temporary:
            temporary.write_text("new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write()
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["old.txt"]


@pytest.mark.parametrize(("where", "name"), [(Path, "mkdir"), (shutil, "rmtree")])
@pytest.mark.parametrize("late", [False, True])
def test_a_signal_while_the_folder_comes_or_goes_leaves_nothing(
    where: object, name: str, late: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its temporary folder is removed though the signal comes just before, or just after, it was made or removed."""
    usual, ended = getattr(where, name), []

    def once(*args: object, **options: object) -> None:
        if late or ended:
            usual(*args, **options)
        if not ended:
            ended.append(True)
            raise Ended(15)

    monkeypatch.setattr(where, name, once)
    with pytest.raises(Ended):
        write_text(tmp_path / "new.txt", "new")

    assert ended
    assert [item.name for item in tmp_path.iterdir()] == (["new.txt"] if name == "rmtree" else [])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights that users do not have")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is replaced."""
    (tmp_path / "target.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("target.txt")
    write_text(tmp_path / "link.txt", "new")

    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "target.txt").read_text() == "new"


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a file where a folder should be, a missing folder, a file that another program holds."""
    (tmp_path / "file").write_text("x")
    for name, sentence in (
        ("", "it is a folder; choose another place"),
        ("file/x", "Not a directory; choose another place"),
        ("missing/x", "No such file or directory; choose another place"),
    ):
        with pytest.raises(UsageError, match=f"^cannot write .*: {sentence}$"):
            write_text(tmp_path / name, "new")

    def held(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(UsageError, match="Permission denied; close it in other programs, or choose another place"):
        write_text(tmp_path / "file", "new")
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """A file stands in its place, or above it."""
    (tmp_path / "file").write_text("x")
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")

    assert (tmp_path / "a" / "b").is_dir()
    for name in ("file", "file/below"):
        with pytest.raises(UsageError, match=r"cannot make the folder .+; choose another one"):
            make_folder(tmp_path / name)


def test_an_error_leaves_no_empty_folder(tmp_path: Path) -> None:
    """What was made for results goes again if there are none; what was there, or has something in it, stays."""
    (tmp_path / "old").mkdir()
    for name in ("old", "new/a/b"):
        with pytest.raises(KeyError), filling(tmp_path / name):
            raise KeyError
    with pytest.raises(UsageError), filling(tmp_path / "half/a"):
        write_text(tmp_path / "half", (tmp_path / "half/a").rename(tmp_path / "half/b").name)
    with filling(tmp_path / "good"):
        pass

    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {"good", "half", "half/b", "old"}


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's submission may be in it; only what is hidden is left out, whether or not it can be read."""

    def scandir(place: str) -> object:
        if Path(place).name == closed["name"]:
            raise PermissionError(13, "Permission denied", place)
        return whole(place)

    closed, whole = {"name": ""}, os.scandir
    for name in ("b/x.xlsx", "a.xlsx", "b/c/y.xlsx", ".hidden/z.xlsx"):
        make_folder((tmp_path / name).parent)
        (tmp_path / name).touch()
    monkeypatch.setattr(os, "scandir", scandir)
    for closed["name"] in ("", ".hidden"):
        assert files_below(tmp_path) == [tmp_path / name for name in ("a.xlsx", "b/c/y.xlsx", "b/x.xlsx")]
    for closed["name"] in ("c", tmp_path.name):
        with pytest.raises(
            UsageError, match=f"{closed['name']} cannot be read: Permission denied; check its permissions"
        ):
            files_below(tmp_path)


def test_endings() -> None:
    """Case makes no difference."""
    require_ending(Path("A.XLSX"), ".xlsx")
    with pytest.raises(UsageError, match=r"^a\.txt: the name must end in \.xlsx or \.xlsm$"):
        require_ending(Path("a.txt"), ".xlsx", ".xlsm")


def test_a_missing_folder_is_named_before_the_work(tmp_path: Path) -> None:
    """The folder of the file must be there; that of a bare name is where one stands."""
    require_writable(tmp_path / "m.xlsx")
    require_writable(Path("m.xlsx"))

    with pytest.raises(UsageError, match=r"there is no folder .*new; make it first, or choose another place"):
        require_writable(tmp_path / "new" / "m.xlsx")


@pytest.mark.skipif(sys.platform == "win32", reason="a folder in use cannot be removed there")
def test_nothing_is_written_into_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever works in a folder that somebody else has removed is told that it is not there."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match=r"cannot write m\.xlsx: No such file or directory; choose another"):
        require_writable(Path("m.xlsx"))
    monkeypatch.chdir(tmp_path)


def test_why_a_file_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    """With what to do then, if there is anything; whatever else is wrong is left to others."""
    with pytest.raises(DataError, match=r"none\.txt cannot be read: [^;]+$"), reading(tmp_path / "none.txt", DataError):
        (tmp_path / "none.txt").read_bytes()
    said = pytest.raises(UsageError, match=r"^the key cannot be read: [^;]+; look again$")
    with said, reading("the key", UsageError, "look again"):
        tmp_path.read_bytes()
    with pytest.raises(ZeroDivisionError), reading(tmp_path, DataError):
        1 / 0  # noqa: B018
