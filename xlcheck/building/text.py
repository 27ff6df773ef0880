"""A model that reads words, and a text: what `xlcheck build MODEL.keras --text "…"` does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from xlcheck.building.build import build_model
from xlcheck.building.built import Built
from xlcheck.chapter.training.model_file import read_companion
from xlcheck.engines.base import Engine
from xlcheck.errors import ModelError, UsageError
from xlcheck.formulas.printing import Style
from xlcheck.layout.data.text import TypedText
from xlcheck.layout.front import Story
from xlcheck.model.codes import code_inputs
from xlcheck.model.encoding import Encoding
from xlcheck.model.vocabulary_file import VocabularyFile

_TITLES = {
    "text": "The next word, as a recurrent network sees it",
    "sentiment": "What a recurrent network makes of a tweet",
    "imdb": "What a recurrent network makes of a film review",
}
_ENDS = {
    "text": "The answer is a probability for every word; the ten likeliest are ranked on the sheet Text.",
    "sentiment": "The answer is how probable it is that the writer is content.",
    "imdb": "The answer is how probable it is that the writer liked the film.",
}


def build_text(
    model: Any,
    text: str,
    output: str | Path,
    *,
    vocabulary: VocabularyFile | None = None,
    style: Style = Style.ROBUST,
    full_products: bool = False,
    engine: Engine | None = None,
) -> Built:
    """Write the workbook of a model that reads a text, and check the saved file; see `xlcheck.build_model`.

    A file that `xlcheck train` made holds its vocabulary, too; any other model needs one. IronCalc recalculates what
    was written, unless there is another engine.

    Raises:
        UsageError: there are two vocabularies.
        ModelError: the file cannot be loaded, there is no vocabulary, or the model reads no codes of words, or
            fewer than there are words.
        DataError: the vocabulary cannot be read, or the text has no word, or one that the model has no code for.
        NotSupportedError: a layer or an option is not supported; nothing is written.
        OracleError: Keras's recorded values contradict its own prediction.
        WorkbookError: the workbook would exceed Excel's limits; the message has the sizes.
    """
    encoding = _encoding(model, text, vocabulary)
    typed = TypedText(encoding, text)
    return build_model(
        model, encoding.encode(text)[None], output, style=style, full_products=full_products, engine=engine,
        labels=[" ".join(typed.words)], typed=typed, story=text_story(encoding),
    )  # fmt: skip


def _encoding(model: Any, text: str, vocabulary: VocabularyFile | None) -> Encoding:
    """The vocabulary in the model's own file, else the one that was given."""
    name = model if isinstance(model, (str, Path)) else "the model"
    companion = read_companion(Path(model)) if name is model else None
    if companion is not None and vocabulary is not None:
        raise UsageError(f"{name} holds its own vocabulary; leave --vocabulary out")
    if companion is not None:
        return companion.encoding
    from xlcheck.model.keras_file import loaded_model
    from xlcheck.model.keras_reader import require_supported

    loaded = loaded_model(model)
    spec = require_supported(loaded)
    if vocabulary is None:
        raise ModelError(
            f"{name} holds no vocabulary, which only models made by 'xlcheck train' do; say with --vocabulary FILE "
            "which word each code stands for"
        )
    found = code_inputs(spec)
    shapes = [tensor.shape[1:] for tensor in loaded.inputs]
    if len(shapes) != 1 or len(shapes[0]) != 1 or not found:
        reads = " and ".join(str(tuple(shape)) for shape in shapes)
        raise ModelError(
            f"{name} reads {reads} for each sample, not the codes of words with an Embedding or CategoryEncoding; "
            "give its numbers with --inputs FILE"
        )
    encoding = vocabulary.encoding(shapes[0][0] or 1)
    if shapes[0][0] is None:
        encoding = replace(encoding, timesteps=max(1, len(encoding.tokens.words(text))))
    ((layer, size),) = found.values()
    if encoding.size > size:
        raise ModelError(
            f"{vocabulary.path} has codes up to {encoding.size - 1:,}, but layer {layer!r} of {name} knows only the "
            f"codes 0 to {size - 1:,}; give the vocabulary that the model was trained with"
        )
    return encoding


def text_story(encoding: Encoding) -> Story:
    """The words on the first sheet of a text's workbook."""
    unknown = (
        "A word that is not in the vocabulary has no code, and the network cannot answer."
        if encoding.unknown is None
        else "All words that are not in the vocabulary share one code, as in training."
    )
    fill = f"zeros {'behind' if encoding.back else 'in front'} fill up a text that is too short"
    if encoding.context:
        fill = "the beginning of the story that it was trained on stands in front of a text that is too short"
    elif not encoding.has_padding:
        fill = f"there is no code to fill up a text of fewer than {encoding.timesteps} words"
    return Story(
        _TITLES.get(encoding.task, "A network that reads words"),
        f"A network trained in Keras reads up to {encoding.timesteps} words and knows {len(encoding.words):,}. "
        "Words become codes, codes become vectors, vectors change a memory, step by step. "
        f"{_ENDS.get(encoding.task, '')} Everything but the words and the weights is a live formula.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. Every sheet follows.",
            f"Each word is looked up on the sheet Vocabulary; {fill}.",
            unknown,
            "Each layer has a sheet: time runs to the right, each symbol has its equation and one row per unit.",
            "The sheet Check says for each symbol how well its numbers agree with Keras. After another text was typed "
            "they no longer apply; xlcheck check then asks Keras anew.",
        ),
    )
