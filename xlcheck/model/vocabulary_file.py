"""A vocabulary from a file: which code a model reads for each word.

Two forms. Text in UTF-8 with one word a line, the first line for the code 0; this is what Keras's
`TextVectorization.get_vocabulary()` gives. Or JSON, an object `{word: code}`, as Keras's `get_word_index`
gives, or a list of words.

An empty line stands for padding, and names such as `[UNK]` or `<oov>` for the code that all unknown words
share. A text is read in lower case, without punctuation, as Keras's tokenizer does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlcheck.documents import parse_json
from xlcheck.errors import DataError
from xlcheck.files import reading
from xlcheck.model.encoding import FROM_FILE, Encoding, Tokens

_HOW = "one word per line, the first line for the code 0, or a JSON object {word: code}"
_UNKNOWN = {"[unk]", "<unk>", "<unknown>", "[oov]", "<oov>"}
_START = {"<start>", "[start]", "<s>", "<bos>"}
_SPACE = " \t\r\n"  # words may hold what Python takes for more of it, such as U+0085 in Keras's film reviews
_LARGEST_FILE = 64 * 1024**2
_LONGEST_WORD = 255  # of a look-up in a spreadsheet
_MOST_SPECIAL = 100


@dataclass(frozen=True)
class VocabularyFile:
    """Where a model's vocabulary stands, and how texts are filled up.

    Attributes:
        back: whether padding stands behind the words, and the first words of a longer text are kept; else in front,
            and the last ones.
        unknown: the code of words that are not in the file, if the file does not say it.
    """

    path: Path
    back: bool = False
    unknown: int | None = None

    def encoding(self, timesteps: int) -> Encoding:
        """Read the file, for a model that reads so many codes.

        Raises:
            DataError: the file cannot be read, is in neither form, or gives a word two codes or two words one.
        """
        codes = _codes(self.path)
        words = {word: code for word, code in codes.items() if not _is_special(word)}
        if not words:
            raise DataError(f"{self.path}: there is no word in it; give {_HOW}")
        first = min(words.values())
        if first > _MOST_SPECIAL:
            raise DataError(f"{self.path}: the first word has the code {first}; give the codes that the model reads")
        in_order = sorted(words, key=words.__getitem__)
        for code, word in enumerate(in_order, start=first):
            if words[word] != code:
                raise DataError(f"{self.path}: no word has the code {code}, although later codes are taken")
        unknown = _named(codes, _UNKNOWN) if self.unknown is None else self.unknown
        try:
            return Encoding(
                FROM_FILE, Tokens.PRINTED_WORDS, tuple(in_order), first, timesteps,
                start=_named(codes, _START), unknown=unknown, back=self.back,
            )  # fmt: skip
        except DataError as error:
            raise DataError(f"{self.path}: {error}") from None


def _codes(path: Path) -> dict[str, int]:
    """Every entry in lower case, with its code."""
    content = _content(path)
    if path.suffix.lower() == ".json":
        entries = _from_json(path, content)
    else:
        entries = [(line.strip(_SPACE), code) for code, line in enumerate(content.split("\n"))]
        while entries and not entries[-1][0]:
            entries.pop()
    codes: dict[str, int] = {}
    taken: dict[int, str] = {}
    for text, code in entries:
        word = text.lower()
        if len(word) > _LONGEST_WORD:
            raise DataError(f"{path}: the word with the code {code} has {len(word):,} letters; is this a vocabulary?")
        if not _is_special(word) and any(space in word for space in _SPACE):
            raise DataError(f"{path}: {text!r} is more than one word; give {_HOW}")
        if word in codes:
            raise DataError(
                f"{path}: the word {text!r} has two codes, {codes[word]} and {code} (capitals do not count)"
            )
        if code in taken:
            raise DataError(f"{path}: the code {code} stands for two words, {taken[code]!r} and {text!r}")
        codes[word], taken[code] = code, text
    return codes


def _content(path: Path) -> str:
    with reading(path, DataError):
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise DataError(f"{path}: it is too large for a vocabulary; give {_HOW}")
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise DataError(f"{path}: there is no such file; give {_HOW}") from None
        except UnicodeDecodeError:
            raise DataError(f"{path}: this is not text in UTF-8; give {_HOW}") from None


def _from_json(path: Path, content: str) -> list[tuple[str, int]]:
    try:
        data: Any = parse_json(content)
    except ValueError as error:
        raise DataError(f"{path}: this is not JSON ({error}); give {_HOW}") from None
    if isinstance(data, list) and all(isinstance(word, str) for word in data):
        return [(word.strip(_SPACE), code) for code, word in enumerate(data)]
    if isinstance(data, dict) and all(type(code) is int and code >= 0 for code in data.values()):
        return [(word.strip(_SPACE), code) for word, code in data.items()]
    raise DataError(f"{path}: it is neither an object of words and whole numbers nor a list of words; give {_HOW}")


def _is_special(word: str) -> bool:
    """Whether an entry stands for padding, unknown words or the like."""
    return not word or (word[0], word[-1]) in {("[", "]"), ("<", ">")}


def _named(codes: Mapping[str, int], names: set[str]) -> int | None:
    return next((code for word, code in codes.items() if word in names), None)
