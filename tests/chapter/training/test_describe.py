"""What a training says of itself."""

from __future__ import annotations

from xlcheck.chapter.training.classify import Architecture, Cell, Schedule, TrainedClassifier
from xlcheck.chapter.training.describe import describe_model, describe_run, describe_spreads
from xlcheck.chapter.training.evaluation import Evaluation
from xlcheck.chapter.training.runs import Run
from xlcheck.model.encoding import Encoding, Tokens

TEST = Evaluation(((2659, 81), (203, 519)), 0.943)


def run_of(cell: str, seed: int, validation: Evaluation | None = None) -> Run:
    """Figures of one training."""
    return Run(cell, seed, (6867, 1212, 3462), 405_798, 8, 5, validation, TEST, 9.4)


def test_the_missing_row_is_said() -> None:
    """With every word of the chapter's tweets the embedding has 405,760 weights, and the chapter's number is named."""
    encoding = Encoding("sentiment", Tokens.LETTERS_AND_DIGITS, tuple(map(str, range(12_679))), 1, 200)
    trained = TrainedClassifier(None, encoding, Architecture(Cell.RNN), Schedule(), 0, {}, 5, None, TEST, False)

    assert describe_model(trained, run_of("SimpleRNN", 0)) == (
        "Embedding(…, 32) → SimpleRNN(1) → Dense(2, softmax): 405,798 parameters, 405,760 of them in the embedding "
        "(12,680 rows, one for each code from 0; the chapter leaves one out and counts 405,728)"
    )


def test_figures_stand_beside_what_chance_gives() -> None:
    """No accuracy is shown without what always giving the more frequent answer would reach."""
    assert list(describe_run(run_of("SimpleRNN", 3, TEST), ("negative", "positive"))) == [
        "SimpleRNN, seed 3, epoch 5 of 8 kept, 9 s",
        "  validation part: 91.8% right",
        "  test part:       91.8% right, area under the ROC curve 0.943",
        "  always answering 'negative' would be right in 79.1%",
        "              → negative  → positive",
        "  negative         2,659          81",
        "  positive           203         519",
    ]


def test_spread_has_a_line_for_each_cell() -> None:
    """Mean and spread are over the seeds of one recurrent layer."""
    lines = list(describe_spreads([run_of("LSTM", 0), run_of("LSTM", 1), run_of("GRU", 0)]))

    assert lines[1:] == [
        "LSTM           2   91.8%   0.0%   91.8%    91.8%     0.943  0.000",
        "GRU            1   91.8%   0.0%   91.8%    91.8%     0.943  0.000",
    ]
