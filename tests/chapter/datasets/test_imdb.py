"""Film reviews in Keras's format."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from xlcheck.chapter.datasets import imdb
from xlcheck.chapter.datasets.imdb import encode_reviews, imdb_encoding, read_imdb, read_word_index
from xlcheck.errors import DataError

Lists = list[list[int]]


def saved(path: Path, **changed: object) -> Path:
    """An `imdb.npz` as NumPy writes it: six reviews, three of them short."""
    long = list(range(1, 121))
    arrays: dict[str, object] = {
        "x_train": [[1, 2, 3], long, [5]],
        "y_train": np.array([0, 1, 1]),
        "x_test": [long, [7] * 99, long],
        "y_test": np.array([0, 0, 1]),
    }
    ready = {}
    for name, value in (arrays | changed).items():
        if isinstance(value, list):
            ready[name] = np.empty(len(value), dtype=object)
            ready[name][:] = value
        elif value is not None:
            ready[name] = np.asarray(value)
    np.savez_compressed(path, **ready)
    return path


def test_reads_what_numpy_wrote(tmp_path: Path) -> None:
    """Reviews and labels of both parts come out as they went in."""
    films = read_imdb(saved(tmp_path / "imdb.npz"))

    assert [review.tolist() for review in films.training.reviews] == [[1, 2, 3], list(range(1, 121)), [5]]
    assert films.test.labels.tolist() == [0, 0, 1]


def test_short_reviews_of_both_parts(tmp_path: Path) -> None:
    """Reviews of fewer than a hundred words are pooled, the training part first."""
    short = read_imdb(saved(tmp_path / "imdb.npz")).short()

    assert [len(review) for review in short.reviews] == [3, 1, 99]
    assert short.labels.tolist() == [0, 1, 0]


@pytest.mark.keras
def test_same_codes_as_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes, order of words and padding are those of `keras.datasets.imdb.load_data` and `pad_sequences`."""
    from xlcheck.model.keras_import import import_keras

    keras = import_keras()
    path = saved(tmp_path / "imdb.npz")
    module = pytest.importorskip("keras.src.datasets.imdb")
    monkeypatch.setattr(module, "get_file", lambda *_, **__: str(path))
    (reviews, labels), _ = keras.datasets.imdb.load_data(num_words=50, seed=113)
    desired = keras.utils.pad_sequences(reviews, maxlen=100)

    films = read_imdb(path)
    codes = encode_reviews(films.training, imdb_encoding({f"w{i}": i for i in range(1, 130)}, 50, 100))

    assert sorted(zip(codes.tolist(), films.training.labels.tolist(), strict=True)) == sorted(
        zip(desired.tolist(), labels.tolist(), strict=True)
    )


def test_text_and_indices_give_the_same_codes(tmp_path: Path) -> None:
    """A sentence that is typed in is encoded as the review of the same words was for training."""
    encoding = imdb_encoding({"the": 1, "film": 3, "was": 2}, 500, 6)
    films = read_imdb(saved(tmp_path / "imdb.npz", x_train=[[1, 3, 2], [9], [1]]))

    assert np.array_equal(encode_reviews(films.training, encoding)[0], encoding.encode("The film was"))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"y_train": None}, "has no y_train.npy"),
        ({"y_train": np.array([0, 1])}, "3 reviews and 2 labels"),
        ({"y_train": np.array([0, 1, 2])}, "labels must be 0"),
        ({"y_train": np.array([1, 1, 1])}, "every label is 1"),
        ({"x_train": np.zeros((3, 4))}, "array of float64, not of lists"),
        ({"x_train": [[1], [], [2]]}, "empty review"),
        ({"x_train": [[1], [0], [2]]}, "index below 1"),
        ({"x_train": [[1], [2.0], [2]]}, "not a list of integers"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_unusable_content(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    """Each departure from the format is refused with a sentence of its own."""
    with pytest.raises(DataError, match=message):
        read_imdb(saved(tmp_path / "imdb.npz", **changed))


def test_unusable_files(tmp_path: Path) -> None:
    """A missing file, a file that is no zip, and a member that is no array."""
    text = tmp_path / "text.npz"
    text.write_text("not a zip")
    bare = tmp_path / "bare.npz"
    with zipfile.ZipFile(bare, "w") as archive:
        archive.writestr("x_train.npy", b"no array")
    for path, message in (
        (tmp_path / "none.npz", "cannot be read"),
        (text, "is not an .npz file"),
        (bare, "give Keras's imdb.npz"),
    ):
        with pytest.raises(DataError, match=message):
            read_imdb(path)


def test_bomb_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that claims to unpack to more than the limit, which is hundreds of megabytes, is not unpacked."""
    assert 2**28 <= imdb._LARGEST_MEMBER < 2**30
    monkeypatch.setattr(imdb, "_LARGEST_MEMBER", 2**20)
    path = tmp_path / "bomb.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x_train.npy", "w") as member:
        member.write(header.getvalue())
        for _ in range(2):
            member.write(bytes(2**20))

    with pytest.raises(DataError, match="more than any such file"):
        read_imdb(path)


def test_word_index(tmp_path: Path) -> None:
    """Words are read with their indices; what is not such a list is refused."""
    path = tmp_path / "imdb_word_index.json"
    path.write_text(json.dumps({"the": 1, "a": 2}))

    assert read_word_index(path) == {"the": 1, "a": 2}
    for content, message in (
        ("[1]", "index of its own"),
        ('{"a": 1, "b": 1}', "index of its own"),
        ('{"a": "1"}', "index of its own"),
        ("{", "is not JSON"),
    ):
        path.write_text(content)
        with pytest.raises(DataError, match=message):
            read_word_index(path)
    with pytest.raises(DataError, match="--word-index"):
        read_word_index(tmp_path / "none.json")
