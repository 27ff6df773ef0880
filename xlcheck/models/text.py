"""A model that reads words, and a text: what `xlcheck build MODEL.keras --text "…"` does."""

from __future__ import annotations

from pathlib import Path

from xlcheck.datasets.encoding import Encoding
from xlcheck.engines.base import Engine
from xlcheck.excel.formulas import Style
from xlcheck.excel.sheets.start import Story
from xlcheck.models.build import BuiltModel, build_model
from xlcheck.models.sheets.words import TypedText
from xlcheck.training.model_file import read_encoding

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
    model: str | Path,
    text: str,
    output: str | Path,
    *,
    style: Style = Style.ROBUST,
    full_products: bool = False,
    engine: Engine | None = None,
) -> BuiltModel:
    """Write the workbook of a model that reads a text, and check the saved file.

    Args:
        model: path of a `.keras` file made by `xlcheck train`, which holds the vocabulary, too.
        text: what the model reads at first; other words can be typed in the workbook.
        output: the workbook to write; an existing one is replaced only when the new one is complete.
        style: how formulas are written.
        full_products: multiply one-hot vectors out instead of taking rows of the kernels.
        engine: recalculates what was written; IronCalc by default.

    Raises:
        ModelError: the file cannot be loaded, or holds no vocabulary.
        DataError: the text has no word, or one that the model has no code for.
        NotSupportedError: a layer or an option is not supported; nothing is written.
        OracleError: Keras's recorded values contradict its own prediction.
        WorkbookError: the workbook would exceed Excel's limits; the message has the sizes.
    """
    encoding = read_encoding(Path(model))
    typed = TypedText(encoding, text)
    return build_model(
        model, encoding.encode(text)[None], output, style=style, full_products=full_products, engine=engine,
        labels=[" ".join(typed.words)], typed=typed, story=text_story(encoding),
    )  # fmt: skip


def text_story(encoding: Encoding) -> Story:
    """The words on the first sheet of a text's workbook."""
    unknown = (
        "A word that is not in the vocabulary has no code, and the network cannot answer."
        if encoding.unknown is None
        else "All words that are not in the vocabulary share one code, as in training."
    )
    front = (
        "the beginning of the story that it was trained on stands in front of a text that is too short"
        if encoding.context
        else "zeros in front fill up a text that is too short"
    )
    return Story(
        _TITLES.get(encoding.task, "A network that reads words"),
        f"A network trained in Keras reads up to {encoding.timesteps} words and knows {len(encoding.words):,}. "
        "Words become codes, codes become vectors, vectors change a memory, step by step. "
        f"{_ENDS.get(encoding.task, '')} Everything but the words and the weights is a live formula.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. Every sheet follows.",
            f"Each word is looked up on the sheet Vocabulary; {front}.",
            unknown,
            "Each layer has a sheet: time runs to the right, each symbol has its equation and one row a unit.",
            "The sheet Check says for each symbol how well its numbers agree with Keras. After another text was typed "
            "they no longer apply; xlcheck check then asks Keras anew.",
        ),
    )
