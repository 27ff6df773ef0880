"""Words over the steps: what a network reads, should answer and answers, live."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xlcheck.engines import engine
from xlcheck.formulas.addresses import parse_range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Quantity
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import speaks
from xlcheck.layout.draft import Draft
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
DENSE = LayerSpec("Dense", "dense", {"units": 3, "activation": "softmax", "use_bias": True},
                  {"kernel": (3, 3), "bias": (3,)})  # fmt: skip


@pytest.mark.parametrize(
    ("workbook", "sheet", "title", "words"),
    [
        ("architectures", "many_to_one", "it reads", ["not", "so", "good"]),
        ("architectures", "many_to_many", "it reads", ["I", "see", "you"]),
        ("architectures", "german", "it answers", ["ich", "sehe", "dich"]),
        ("architectures", "caption", "it answers", ["bright", "at", "top"]),
        ("encoder-decoder", "encoder", "it reads", ["a", "b", "c"]),
        ("encoder-decoder", "decoder", "it reads", ["start", "c", "b"]),
        ("encoder-decoder", "letters", "it answers", ["c", "b", "a"]),
        ("encoder-decoder", "Loss", "the target", ["c", "b", "a"]),
        ("rnn-dimensions", "simple_rnn", "word", ["This", "is", "an", "example"]),
    ],
)
def test_words_stand_over_the_steps(workbook: str, sheet: str, title: str, words: list[str]) -> None:
    """They are formulas, in the row under the headings."""
    cells = read_workbook(WORKBOOKS / f"{workbook}.xlsx").sheets[sheet].cells
    row = [cells[5, 5 + t] for t in range(len(words))]

    assert cells[5, 0].value == title
    assert [cell.value for cell in row] == words
    assert all(cell.formula for cell in row)


def test_matrices_of_a_step_say_what_is_read() -> None:
    """Beside the heading of each step on the sheet Matrices stands its word, live."""
    cells = read_workbook(WORKBOOKS / "word-order.xlsx").sheets["Matrices"].cells
    rows = sorted(row for (row, column), cell in cells.items() if column == 0 and str(cell.value).startswith("t = "))

    assert [cells[row, 1].value for row in rows] == ["“this”", "“is”", "“an”"]
    assert all(cells[row, 1].formula for row in rows)


@pytest.mark.parametrize(
    ("workbook", "words"),
    [
        ("rnn-dimensions", ["This", "is", "an", "example"]),
        ("encoder-decoder", ["a · start", "b · c", "c · b"]),
        ("lstm-small", ["very", "good"]),
    ],
)
def test_the_chosen_step_says_what_is_read(workbook: str, words: list[str]) -> None:
    """Beside the drop-down on the sheet Matrices stands the word of the step; of two inputs the words of both."""
    session = engine("ironcalc").open(WORKBOOKS / f"{workbook}.xlsx")
    for step, word in enumerate(words, start=1):
        session.set("Matrices", 3, 2, float(step))
        session.recalculate()
        assert session.read(parse_range("Matrices!D4"))[0][0] == word


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[0.0, 1.0, 0.0], [0.2, 0.7, 0.1]], True),
        ([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]], True),
        ([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]], False),
        ([[1 / 3, 1 / 3, 1 / 3], [0.0, 1.0, 0.0]], False),
        ([[-0.5, 1.0, 0.5], [0.0, 1.0, 0.0]], False),
    ],
    ids=["shares", "nothing read", "a picture of two bright pixels", "an average", "states"],
)
def test_no_word_is_said_where_none_is_meant(rows: list[list[float]], *, expected: bool) -> None:
    """The largest of some numbers has a name only if they are shares of one, and one of them is the largest."""
    graph = forward_graph(sequential("m", (3,), (DENSE,)))
    draft = Draft(graph, Trace("nobody", {"dense.y": np.array(rows)}), ("a", "b"), Style.TEACHING)
    members: list[Quantity] = [graph["dense.y"]]

    assert not speaks(draft, members)  # without names
    draft.unit_names["dense.y"] = ("x", "y", "z")
    assert speaks(draft, members) is expected
