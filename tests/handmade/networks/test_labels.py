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


def test_words_above_other_columns_are_theirs() -> None:
    """A cell under a heading of its own is not called by what stands above the column beside it."""
    labels = Labels({("S", 0, 1): "r", ("S", 0, 2): "~h", ("S", 0, 3): "sum"})

    assert labels.gate(("S", 1, 1), "GRU") == "r"
    assert labels.gate(("S", 1, 2), "GRU") == "hh"
    assert labels.gate(("S", 1, 3), "GRU") is None


def test_a_word_right_above_names_its_gate_whatever_else_is_called_so_in_the_row() -> None:
    """`h part` before a row is a word of the row's sums, where each gate has a heading of its own."""
    labels = Labels({("S", 3, 0): "h part", ("S", 2, 5): "z1", ("S", 2, 6): "r1"})

    assert labels.names(("S", 3, 5), "z", "GRU")
    assert not labels.names(("S", 3, 5), "hh", "GRU")
    assert not labels.names(("S", 4, 5), "z", "GRU")


def test_the_nearest_heading_of_a_table_is_that_of_its_cells() -> None:
    """Beside the headings of other tables a word that names no gate heads the cells below it."""
    labels = Labels({("S", 0, 0): "update", ("S", 0, 5): "reset", ("S", 0, 10): "third", ("S", 1, 13): "b"})

    assert labels.gate(("S", 2, 13), "GRU") is None
    assert labels.gate(("S", 2, 7), "GRU") == "r"


def test_some_words_name_a_gate_only_where_they_stand_alone() -> None:
    """`new` and `cell` are gates beside `update` or `forget`, and other things in other words."""
    assert gate_in("new", "GRU") == "hh"
    assert gate_in("cell", "LSTM") == "c"
    assert gate_in("new state", "GRU") is None
    assert gate_in("cell state", "LSTM") is None


def test_a_heading_is_none_of_what_stands_behind_a_gap_below_other_cells() -> None:
    """Rule: `c` above a block of states says nothing of the gates below it, and a gap below a heading is none."""
    block = {("S", row, 4): "1" for row in (1, 2, 5)}
    labels = Labels({("S", 0, 4): "c", ("S", 0, 2): "f"}, block)

    assert labels.gate(("S", 5, 4), "LSTM") == "c"
    of_results = labels.of_results((), "LSTM", {*labels.texts, *block, ("S", 3, 2)})
    assert (of_results.gate(("S", 5, 4), "LSTM"), of_results.gate(("S", 2, 4), "LSTM")) == (None, "c")
    assert of_results.gate(("S", 3, 2), "LSTM") == "f"


def test_behind_the_word_of_a_gate_others_in_its_row_name_none() -> None:
    """Rule: `last c` left of a table of weights is not what its third row is called, whose own word is `i`."""
    labels = Labels({("S", 1, 0): "last h", ("S", 2, 0): "last c", ("S", 1, 3): "f", ("S", 2, 3): "i"})
    weights = [(("S", 1, 4), "f"), (("S", 2, 4), "i")]

    assert labels.gate(("S", 2, 6), "LSTM") == "i"
    assert labels.of_results(weights, "LSTM", ()).gate(("S", 2, 6), "LSTM") is None


def test_what_stands_above_the_weights_of_all_gates_names_none() -> None:
    """Rule: `input` heads the weights of inputs, where each row is that of a gate."""
    rows = ("forget", "input", "potential", "output")
    labels = Labels({("S", row, 0): word for row, word in enumerate(rows, 1)} | {("S", 0, 1): "input weight"})
    taught = labels.taught([(("S", row, 1), gate) for row, gate in enumerate("fico", 1)])

    assert [taught.gate(("S", row, 1), "LSTM") for row in range(1, 5)] == ["f", "i", None, "o"]
    assert labels.gate(("S", 3, 1), "LSTM") == "i"
    changed = labels.taught([(("S", row, 1), gate) for row, gate in enumerate("ifco", 1)])
    assert [changed.gate(("S", row, 1), "LSTM") for row in (1, 2)] == ["f", "i"], "the rows have words of their own"
