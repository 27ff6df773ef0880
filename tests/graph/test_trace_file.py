"""Traces in files: what is written is read back bit for bit, and what is no trace is refused in one sentence."""

from __future__ import annotations

import math
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from workbook_parts import declare

from xlcheck.errors import DataError, UsageError
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import ENDINGS, read_trace, write_trace

RNG = np.random.default_rng(5)
TRACE = Trace(
    "keras float64",
    {
        "lstm.kernel": RNG.normal(size=(2, 4)) * 10.0 ** RNG.integers(-300, 300, size=(2, 4)),
        "lstm.h[0]": np.array([[math.nan, math.inf, -math.inf, -0.0, 5e-324]]),
        "loss.mean": np.array(0.1),
    },
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_all_bits_come_back(ending: str, tmp_path: Path) -> None:
    """Names, order, shapes and every bit are those that were written, also of what is no finite number."""
    path = tmp_path / f"trace{ending}"
    write_trace(TRACE, path)
    found = read_trace(path)

    assert list(found.values) == list(TRACE.values)
    for name, array in TRACE.values.items():
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name].view(np.int64) | 0, array.view(np.int64) | 0)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("x.csv", "quantity,index,value\na.b,[0],1\na.b,[0],2\n", "line 3: a.b[0] stands there twice"),
        ("x.csv", "quantity,index,value\na.b,[1],1\n", "has 1 numbers for the shape (2,)"),
        ("x.csv", "quantity,index,value\na.b,[0],1\na.b,[0][1],1\n", "different numbers of indices"),
        ("x.csv", "quantity,index,value\na.b,[0],one\n", "line 2: a row is a name, a place"),
        ("x.csv", "a,b\n", "the first row of a trace is quantity,index,value"),
        ("x.json", "{", "this is no JSON"),
        ("x.json", "[]", "this is no trace"),
        ("x.json", '{"format": "xlcheck-golden-1", "source": "s", "quantities": {"a.b": [[1], [1, 2]]}}', "is damaged"),
        *(
            ("x.json", f'{{"format": "xlcheck-golden-1", "source": "s", "quantities": {{"a.b": [{number}, 2]}}}}', said)
            for number, said in (("true", "is damaged"), ('"1.0"', "is damaged"), ('"nan"', "is damaged"))
        ),
        (
            "x.json",
            '{"format": "xlcheck-golden-1", "source": "s", "quantities": {"a": [1], "a": [2]}}',
            "'a' stands there",
        ),
        *(
            ("x.csv", f"quantity,index,value\na.b,{row}\n", "line 2: a row is a name, a place")
            for row in ("[0],1_0", "[0],\N{FULLWIDTH DIGIT TWO}", "[\N{FULLWIDTH DIGIT ZERO}],1", "[0],0x1", "[0],1d2")
        ),
        ("x.npz", "no archive", "this is not an archive of NumPy arrays"),
        ("x.json", "\udcff", "this is no text in UTF-8"),
    ],
)
def test_what_is_no_trace_is_refused(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    """One sentence says what is wrong, and in which file."""
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DataError) as caught:
        read_trace(path)

    assert sentence in str(caught.value)
    assert str(path) in str(caught.value)


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path: Path) -> None:
    """Kilobytes that pack hundreds of megabytes of zeros are refused by the archive's table of contents."""
    path = tmp_path / "bomb.npz"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(1000))
    declare(path, 530 * 1024**2)
    with pytest.raises(DataError, match="would unpack to 530 MB"):
        read_trace(path)


def test_other_endings_are_refused(tmp_path: Path) -> None:
    """The ending says what kind of file it is."""
    for call in (lambda: write_trace(TRACE, tmp_path / "x.txt"), lambda: read_trace(tmp_path / "x.txt")):
        with pytest.raises(UsageError, match=r"a trace is a \.json, \.npz or \.csv file"):
            call()
