"""`architectures` and `encoder-decoder`: what recurrent layers can be put together to."""

from __future__ import annotations

from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.layout.lesson_sheets.start import Story

_CHECK = (
    "The sheet Check sets every number beside Keras's own. Change a weight or an input, and it tells you that "
    "it no longer applies."
)

ARCHITECTURES = Lesson(
    name="architectures",
    story=Story(
        "One or many: four ways to use a recurrent layer",
        "One vector in, one out, with no memory at all. One in, many out: a picture that becomes a sentence. "
        "Many in, one out: a review that becomes a verdict. Many in, many out: a sentence whose every word gets "
        "a label. Here are all four, two units each, with weights drawn in Keras from a seed, as live formulas.",
        (
            "The picture shows the four networks and what each of them reads. Click a box to see its numbers.",
            "On each sheet time runs to the right. A network with many answers has one in every column.",
            "Choose another example on the sheet Inputs, or change its numbers: every network follows.",
            _CHECK,
        ),
    ),
    layer_pages={
        "one_to_one": "One to one: a dense layer answers once and remembers nothing.",
        "repeat": "The one vector is shown again at every step, so that the next layer has something to read.",
        "one_to_many": "One to many: at every step the layer sees the same vector and its own memory, and answers.",
        "many_to_one": "Many to one: the layer reads step after step; only its last hidden state is the answer.",
        "many_to_many": "Many to many: the layer reads step after step, and every hidden state is an answer.",
    },
)

ENCODER_DECODER = Lesson(
    name="encoder-decoder",
    story=Story(
        "Encoder and decoder: three letters, written backwards",
        "One LSTM reads a word of three letters and answers nothing: all it hands on is its two states. Another "
        "LSTM starts from these states and writes the letters in reverse, one a step. Both were trained "
        "together in Keras, on all six words of the letters a, b and c; everything but their weights is a live "
        "formula here.",
        (
            "Choose a word on the sheet Inputs. Letters are one-hot vectors in the order start, a, b, c.",
            "Follow the encoder to its last step: the states h and c there are all that the decoder knows of the word.",
            "The decoder's states before its first step are the encoder's last ones. Click them to see the formula.",
            "While it learns, the decoder is given the right letter of the step before, behind a start sign: "
            "its second input.",
            "On the sheet letters the largest of the four numbers of each step is the letter that is written.",
            _CHECK,
        ),
    ),
    layer_pages={
        "encoder": "Reads the word, one letter a step. Only its last hidden state and its last cell state are used.",
        "decoder": "Starts from the encoder's states; reads at each step the letter that was written before.",
        "letters": "Four probabilities a step: which of start, a, b and c comes next.",
    },
)
