"""`next-word`, `sentiment` and `film-reviews`: the chapter's models on real text, small enough to look through."""

from __future__ import annotations

from xlcheck.chapter.datasets.lesson_texts import (
    MESSAGE,
    REVIEW,
    SEED_WORDS,
    first_paragraph,
    message_encoding,
    review_encoding,
)
from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.layout.lesson_sheets.start import Story
from xlcheck.layout.model_sheets.words import TypedText

_CHECK = (
    "The sheet Check sets every symbol beside Keras's own numbers. After other words were typed these no longer apply; "
    "xlcheck check then asks Keras anew."
)

NEXT_WORD = Lesson(
    name="next-word",
    story=Story(
        "The next word, as a recurrent network sees it",
        "A SimpleRNN with 16 units has learned one paragraph of a story by heart: it reads ten words, one after the "
        "other, and gives each of the 53 words of the paragraph a probability to come next. It was trained in Keras; "
        "everything but the words and the weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The ten likeliest next words are "
            "ranked above them.",
            "Move every word up by one and type the likeliest at the end, again and again: so a network writes a text.",
            "A word is a vector of zeros with a single one. Multiplied by the kernel it picks one row, so the sheet "
            "simple_rnn fetches just that row.",
            "The words are numbered from 0, by how often they occur; the sheet Vocabulary lists them.",
            _CHECK,
        ),
    ),
    layer_pages={
        "one_hot": "Each code stands for a vector of 53 numbers: a one in its place, and zeros. It is not written out, "
        "because times the kernel it is simply a row of the kernel.",
        "simple_rnn": "The row of the word's kernel and the memory of the words before are added and squeezed by tanh.",
        "dense": "The last memory becomes one number for each word, and the softmax turns them into probabilities.",
    },
    typed=lambda: TypedText(first_paragraph().encoding, SEED_WORDS),
)

SENTIMENT = Lesson(
    name="sentiment",
    story=Story(
        "Kind or angry? An LSTM reads a message",
        "An embedding gives each word a vector of four numbers, an LSTM with four units reads them one after the "
        "other, and a softmax says how probable it is that the message is kind. It was trained in Keras on short "
        "messages to an airline; everything but the words and the weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The answer above them follows.",
            "Words that are not on the sheet Vocabulary share the code 1, as they did in training.",
            "Zeros in front fill up a message that is too short. The mask lets the LSTM pass over them: its states "
            "stay at 0 until the first word.",
            "Exchange “late” for “early”, or “great” for “rude”, and watch the states on the sheet lstm.",
            _CHECK,
        ),
    ),
    layer_pages={
        "embedding": "Each code selects one row of the table: the vector of its word. The mask is 0 at padding.",
        "dropout": "While training, some numbers are left out at random; now nothing happens here.",
        "lstm": "Three gates and a candidate look at the new vector and the old output; padding changes nothing.",
        "dense": "The last hidden state becomes two numbers, and the softmax turns them into probabilities.",
    },
    typed=lambda: TypedText(message_encoding(), MESSAGE),
)

FILM_REVIEWS = Lesson(
    name="film-reviews",
    story=Story(
        "A good film or a bad one? An LSTM reads a review",
        "An embedding gives each word a vector of four numbers, an LSTM with four units reads them one after the "
        "other, a dense layer with six units looks at its last state, and a sigmoid says how probable it is that the "
        "writer liked the film. It was trained in Keras on short film reviews; everything but the words and the "
        "weights is a live formula here.",
        (
            "On the sheet Text, type other words over the ones in the framed cells. The answer above them follows.",
            "Exchange “boring” and “charming”: the same words in another order, and the answer turns round. Only a "
            "network with a memory can tell the two apart.",
            "Empty the cells from the end, word by word, and watch on the sheet lstm what the network thought so far.",
            "Zeros in front fill up a review that is too short, and the mask lets the LSTM pass over them. Words that "
            "are not on the sheet Vocabulary share the code 1.",
            _CHECK,
        ),
    ),
    layer_pages={
        "embedding": "Each code selects one row of the table: the vector of its word. The mask is 0 at padding.",
        "lstm": "Three gates and a candidate look at the new vector and the old output; padding changes nothing.",
        "hidden": "Six sums of the last state; relu keeps the positive ones and makes zeros of the others.",
        "dense": "One sum of these six, which the sigmoid turns into a probability.",
    },
    typed=lambda: TypedText(review_encoding(), REVIEW),
)
