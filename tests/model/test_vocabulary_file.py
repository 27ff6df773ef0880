"""A vocabulary from a file, in both forms; everything that could give a word a wrong code is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xlcheck.errors import DataError
from xlcheck.model.vocabulary_file import VocabularyFile

FORMS: dict[str, tuple[str, str]] = {
    "lines": ("words.txt", "\n[UNK]\nthe\ncat\nsat\n"),
    "lines of another system": ("words.txt", "\ufeff\r\n[UNK]\r\nThe \r\ncat\r\nsat\r\n\r\n"),
    "object": ("words.json", json.dumps({"sat": 4, "the": 2, "<PAD>": 0, "cat": 3, "<oov>": 1})),
    "list": ("words.JSON", json.dumps(["", "[UNK]", "the", "cat", "sat"])),
}


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file in the folder."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("form", list(FORMS))
def test_every_form_gives_the_same_codes(tmp_path: Path, form: str) -> None:
    """Lines count from 0, an object says each code; padding and unknown words are told by their names."""
    encoding = VocabularyFile(write(tmp_path, *FORMS[form])).encoding(5)

    assert encoding.codes == {"the": 2, "cat": 3, "sat": 4}
    assert (encoding.unknown, encoding.size, encoding.timesteps) == (1, 5, 5)
    assert encoding.encode("The zebra sat.").tolist() == [0, 0, 2, 1, 4]


@pytest.mark.parametrize("odd", ["\x85", "a\x85b", "\u2028", "\x1c", "\x0c", "\x10own", "\xa0"])
@pytest.mark.parametrize("form", ["lines", "object", "list"])
def test_only_ends_of_lines_end_words(tmp_path: Path, form: str, odd: str) -> None:
    """A word that holds something like an end of a line or a space is one word, and no code behind it is another."""
    words = ["", "[UNK]", "the", odd, "sat"]
    content = {"lines": "\n".join(words), "list": json.dumps(words)}.get(form)
    content = content or json.dumps({word: code for code, word in enumerate(words)})
    name = "words.txt" if form == "lines" else "words.json"

    assert VocabularyFile(write(tmp_path, name, content)).encoding(5).codes == {"the": 2, odd: 3, "sat": 4}


def test_padding_behind_keeps_the_first_words(tmp_path: Path) -> None:
    """As Keras's TextVectorization does it."""
    encoding = VocabularyFile(write(tmp_path, *FORMS["lines"]), back=True).encoding(3)

    assert encoding.encode("the cat").tolist() == [2, 3, 0]
    assert encoding.encode("the cat sat the the").tolist() == [2, 3, 4]


def test_the_code_of_unknown_words_can_be_given(tmp_path: Path) -> None:
    """An index from 1 says nothing of unknown words: they are refused, or get the code that the user knows."""
    path = write(tmp_path, "words.json", json.dumps({"the": 2, "cat": 3}))
    with pytest.raises(DataError, match="no code for 'zebra'"):
        VocabularyFile(path).encoding(3).encode("zebra")

    assert VocabularyFile(path, unknown=1).encoding(3).encode("zebra").tolist() == [0, 0, 1]


def test_no_free_code_for_a_short_text(tmp_path: Path) -> None:
    """Where 0 is the code of a word, a text that is too short is refused, not filled with that word."""
    encoding = VocabularyFile(write(tmp_path, "words.txt", "the\ncat\n")).encoding(3)

    assert encoding.encode("the cat the").tolist() == [0, 1, 0]
    with pytest.raises(DataError, match=r"reads 3 words, and 'cat' has 1; no code is free"):
        encoding.encode("cat")


REFUSED: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("v.txt", "", "there is no word in it"),
    "only names": ("v.txt", "\n[UNK]\n", "there is no word in it"),
    "another encoding": ("v.txt", "caf\xe9".encode("latin-1"), "not text in UTF-8"),
    "twice": ("v.txt", "\nthe\ncat\nThe\n", r"the word 'The' has two codes, 1 and 3"),
    "an empty line in between": ("v.txt", "\nthe\n\ncat\n", r"the word '' has two codes, 0 and 2"),
    "a text": ("v.txt", "it was a dark and stormy night\n", "more than one word"),
    "one long line": ("v.txt", "x" * 300, "has 300 letters; is this a vocabulary"),
    "broken": ("v.json", '{"the": 1', "not JSON"),
    "deep": ("v.json", "[" * 100_000, "not JSON"),
    "codes are no numbers": ("v.json", '{"the": "1"}', "neither an object of words and whole numbers nor a list"),
    "codes are truths": ("v.json", '{"the": true}', "neither an object"),
    "negative": ("v.json", '{"the": -1}', "neither an object"),
    "a number": ("v.json", "3", "neither an object"),
    "the other way round": ("v.json", '{"1": "the"}', "neither an object"),
    "one code twice": ("v.json", '{"the": 1, "cat": 1}', "the code 1 stands for two words, 'the' and 'cat'"),
    "a gap": ("v.json", '{"the": 1, "cat": 3}', "no word has the code 2"),
    "far from 0": ("v.json", '{"the": 5000}', "the first word has the code 5000"),
    "unknown words behind": ("v.json", '{"the": 1, "cat": 2, "[UNK]": 3}', "must lie below the first word's, 1"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refusals(tmp_path: Path, case: str) -> None:
    """One sentence with the file, what is wrong in it, and the word or code."""
    name, content, words = REFUSED[case]
    path = write(tmp_path, name, content)
    with pytest.raises(DataError, match=words) as caught:
        VocabularyFile(path).encoding(4)

    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("make", "words"), [(False, "there is no such file"), (True, "cannot be read")])
def test_no_file(tmp_path: Path, make: bool, words: str) -> None:
    """A missing file and a folder are named."""
    path = tmp_path / "v.txt"
    if make:
        path.mkdir()
    with pytest.raises(DataError, match=words):
        VocabularyFile(path).encoding(4)


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is no vocabulary is not read into memory."""
    monkeypatch.setattr("xlcheck.model.vocabulary_file._LARGEST_FILE", 10)
    with pytest.raises(DataError, match="too large"):
        VocabularyFile(write(tmp_path, "v.txt", "the\n" * 10)).encoding(4)


def test_start_code(tmp_path: Path) -> None:
    """A code for the start of a text stands in front of it, which padding behind would contradict."""
    content: Any = {"<pad>": 0, "<start>": 1, "<unk>": 2, "<unused>": 3, "the": 4}
    path = write(tmp_path, "v.json", json.dumps(content))

    assert VocabularyFile(path).encoding(4).encode("the x").tolist() == [0, 1, 4, 2]
    with pytest.raises(DataError, match="needs padding in front"):
        VocabularyFile(path, back=True).encoding(4)
