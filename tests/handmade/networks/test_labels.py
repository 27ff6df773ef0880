"""The words beside the cells: which gate they name."""

from __future__ import annotations

import pytest

from xlcheck.handmade.networks.labels import Labels, gate_in


@pytest.mark.parametrize(
    ("text", "kind", "gate"),
    [
        ("forget gate", "LSTM", "f"),
        ("Input gate iₜ", "LSTM", "i"),
        ("input", "LSTM", "i"),
        ("OUTPUT", "LSTM", "o"),
        ("candidate (tanh)", "LSTM", "c"),
        ("Wf", "LSTM", "f"),
        ("b_o", "LSTM", "o"),
        ("g", "LSTM", "c"),
        ("c̃ₜ", "LSTM", "c"),
        ("update gate", "GRU", "z"),
        ("reset", "GRU", "r"),
        ("z_t", "GRU", "z"),
        ("h~", "GRU", "hh"),
        ("Gewicht −0,42", "LSTM", None),
        ("forget and input gate", "LSTM", None),
        ("hidden state h", "LSTM", None),
        ("", "GRU", None),
    ],
)
def test_a_text_names_a_gate(text: str, kind: str, gate: str | None) -> None:
    """Names in words and in letters, with subscripts and accents; what names none or several says nothing."""
    assert gate_in(text, kind) == gate


def test_the_nearest_words_count() -> None:
    """Words to the left come before words above; without any there is no gate."""
    labels = Labels({("S", 3, 0): "forget", ("S", 0, 3): "output gate"})

    assert labels.gate(("S", 3, 3), "LSTM") == "f"
    assert labels.gate(("S", 1, 3), "LSTM") == "o"
    assert labels.gate(("T", 3, 3), "LSTM") is None


@pytest.mark.parametrize(
    ("texts", "is_bias"),
    [
        ({("S", 1, 0): "bias h"}, True),
        ({("S", 0, 1): "b_out"}, True),
        ({("S", 0, 0): "b"}, True),
        ({("S", 1, 0): "learning rate", ("S", 0, 0): "bias"}, False),
        ({("S", 1, 0): "the brown fox"}, False),
        ({("S", 1, 2): "bias"}, False),
        ({("T", 1, 0): "bias"}, False),
        ({}, False),
    ],
)
def test_the_nearest_words_name_a_bias(texts: dict[tuple[str, int, int], str], is_bias: bool) -> None:
    """To the left or above, on the same worksheet; words further away say nothing."""
    assert Labels(texts).is_bias(("S", 1, 1)) is is_bias
