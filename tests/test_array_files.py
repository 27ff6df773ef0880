"""NumPy's files: what a file declares is compared with what it holds before anything of it is read."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from xlcheck.array_files import load_npy, open_npz
from xlcheck.errors import DataError


def header(shape: str, descr: str = "'<f8'") -> bytes:
    """The beginning of an `.npy` file that declares an array of this shape."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def test_whoever_reads_an_array_is_told_its_shape_first(tmp_path: Path) -> None:
    """And may refuse it unread."""
    told = []
    np.save(tmp_path / "a.npy", np.ones((2, 3)))
    array = load_npy(tmp_path / "a.npy", told.append)

    assert told == [[(2, 3)]]
    assert array.tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (header("(2,)") + bytes(8), "it is damaged"),
        (header("(1,)") + bytes(16), "it is damaged"),
        (header("(10**9,)".replace("10**9", "1000000000")), "more than the limit"),
        (header("(1,)", "'|O'") + bytes(8), "Python objects are not loaded"),
        (b"PK\x03\x04", "name an archive .npz"),
        (b"", "it is damaged"),
        (b"\x93NUMPY\x01\x00\xff\xff{", "it is damaged"),
    ],
    ids=["too short", "too long", "too large", "objects", "an archive", "empty", "cut off"],
)
def test_what_is_no_array_is_refused_in_a_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    """Before memory is taken for what it declares."""
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(DataError, match=said):
        load_npy(tmp_path / "a.npy", lambda _: pytest.fail("told of an array that is not there"))


def test_of_an_archive_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    """The shapes of all of that are told at once; other arrays may be what they like."""
    np.savez(tmp_path / "a.npz", x=np.ones(2), y=np.zeros((1, 2)), z=np.array([object()]))
    told = []
    with open_npz(tmp_path / "a.npz") as archive:
        assert archive.names == ["x", "y", "z"]
        y, x = archive.load(["y", "x"], told.append)
        with pytest.raises(ValueError, match="Python objects"):
            archive.load(["z"], told.append)

    assert told == [[(1, 2), (2,)]]
    assert (x.tolist(), y.tolist()) == ([1.0, 1.0], [[0.0, 0.0]])


def test_what_is_no_archive_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """An array alone, or the beginning of an archive."""
    buffer = io.BytesIO()
    np.savez(buffer, x=np.ones(2))
    for content in (header("(1,)") + bytes(8), buffer.getvalue()[:-30]):
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(DataError, match="not an archive of NumPy arrays"), open_npz(tmp_path / "a.npz"):
            pass


@pytest.mark.parametrize("names", [("x.npy", "x"), ("x", "x.npy"), ("x.npy", "x.npy")])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name_are_refused(names: tuple[str, str], tmp_path: Path) -> None:
    """NumPy takes one of them, and other programs the other."""
    with ZipFile(tmp_path / "a.npz", "w") as archive:
        for name, number in zip(names, (1.0, 2.0), strict=True):
            with io.BytesIO() as file:
                np.save(file, np.array([number]))
                archive.writestr(name, file.getvalue())

    with pytest.raises(DataError, match="two arrays called 'x', and programs"), open_npz(tmp_path / "a.npz"):
        pass
