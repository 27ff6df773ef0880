"""The comparison by itself: global and local verdicts on arrays, without a workbook."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from small_book import GIVEN, SPEC

from xlcheck.engines.base import PackedValues
from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.forward import forward_graph
from xlcheck.verdicts.compare import compare
from xlcheck.verdicts.judge import AGREE, CARRIED, NOT_EVALUATED, ROOT
from xlcheck.verdicts.placement import Placement, Reads, Sighting
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import codes_of
from xlcheck.workbook.content import CellError, NotEvaluated, Value

GRAPH = forward_graph(SPEC)
TRUTH = evaluate(GRAPH, GIVEN)
EXACT = Tolerance(1e-14)


def sighting(
    quantity: str,
    area: str,
    values: list[list[Value]],
    *,
    sample: int | None = None,
    elements: list[int] | None = None,
    formula: bool = True,
    as_written: bool = False,
) -> Sighting:
    """What stands in a range: one list of values for each setting."""
    where = parse_range(area, "Net")
    size = where.size
    rows = [PackedValues.of([row]) for row in values]
    return Sighting(
        Placement(quantity, sample, where.sheet, codes_of(where), np.array(elements or range(size), dtype=np.intp)),
        np.array([numbers for numbers, _ in rows]),
        {(setting, cell): value for setting, (_, others) in enumerate(rows) for cell, value in others.items()},
        is_formula=np.full(size, formula),
        must_be_formula=np.full(size, GRAPH[quantity].expr is not None),
        as_written=np.full(size, as_written),
    )


def true(quantity: str, samples: list[int]) -> list[list[Value]]:
    """The true values of a quantity, one row a setting."""
    return [[float(v) for v in TRUTH[quantity][k].reshape(-1)] for k in samples]


def statuses(verdicts: list[Verdicts]) -> Mapping[str, list[list[int]]]:
    """Status by range."""
    return {f"{v.placement.quantity}@{v.placement.sample}": v.status.tolist() for v in verdicts}


def test_true_values_agree_in_every_setting() -> None:
    """Each setting of the selector is compared with the sample it shows."""
    verdicts = compare(GRAPH, [sighting("rnn.h[1]", "D9:D10", true("rnn.h[1]", [1, 0]))], TRUTH, EXACT, [1, 0])

    assert statuses(verdicts) == {"rnn.h[1]@None": [[AGREE, AGREE], [AGREE, AGREE]]}
    assert verdicts[0].local is None


def test_a_value_that_follows_from_a_wrong_one_is_carried() -> None:
    """h = tanh(z): z is off, h follows from it."""
    z = [[0.5, 0.25]]
    verdicts = compare(
        GRAPH,
        [
            sighting("rnn.z[1]", "D7:D8", z),
            sighting("rnn.h[1]", "D9:D10", [[float(np.tanh(0.5)), float(np.tanh(0.25)) + 1e-9]]),
        ],
        TRUTH,
        EXACT,
        [0],
    )

    assert statuses(verdicts) == {"rnn.z[1]@None": [[ROOT, ROOT]], "rnn.h[1]@None": [[CARRIED, ROOT]]}
    assert verdicts[1].local is not None
    assert verdicts[1].local[0, 1] == np.tanh(0.25)


def test_a_quantity_that_is_shown_nowhere_is_computed_from_what_is() -> None:
    """With z and its parts in no cell, a wrong h of the first step still explains that of the second."""
    h0 = np.array([[0.5, -0.5]])
    z1 = TRUTH["rnn.xk[1]"][:1] + h0 @ GIVEN["rnn.recurrent_kernel"] + GIVEN["rnn.bias"]
    h1 = [[float(v) for v in np.tanh(z1)[0]]]
    verdicts = compare(
        GRAPH, [sighting("rnn.h[0]", "C9:C10", [[0.5, -0.5]]), sighting("rnn.h[1]", "D9:D10", h1)], TRUTH, EXACT, [0]
    )

    assert statuses(verdicts) == {"rnn.h[0]@None": [[ROOT, ROOT]], "rnn.h[1]@None": [[CARRIED, CARRIED]]}


def test_a_wrong_weight_carries_everything_computed_from_it() -> None:
    """The weight in the sheet is the operand, not the oracle's."""
    kernel = [[0.75, -0.75]]
    x = TRUTH["input.x[0]"][:1]
    verdicts = compare(
        GRAPH,
        [
            sighting("rnn.kernel", "Weights!B2:C2", kernel, formula=False),
            sighting("rnn.xk[0]", "C3:C4", [[float(v) for v in (x @ np.array(kernel))[0]]]),
        ],
        TRUTH,
        EXACT,
        [0],
    )

    assert statuses(verdicts) == {"rnn.kernel@None": [[ROOT, AGREE]], "rnn.xk[0]@None": [[CARRIED, AGREE]]}


def test_a_matrix_may_stand_transposed_or_in_parts() -> None:
    """Elements are found wherever they stand, in whatever order."""
    first = sighting("rnn.recurrent_kernel", "Weights!B4:B5", [[0.25, 0.375]], elements=[0, 1], formula=False)
    rest = sighting("rnn.recurrent_kernel", "Weights!E1:F1", [[0.125, -0.5]], elements=[3, 2], formula=False)
    h0 = [[1.0, 2.0]]
    hr = np.array(h0) @ GIVEN["rnn.recurrent_kernel"]
    verdicts = compare(
        GRAPH,
        [first, rest, sighting("rnn.h[0]", "C9:C10", h0), sighting("rnn.hr[1]", "D5:D6", [[float(v) for v in hr[0]]])],
        TRUTH,
        EXACT,
        [0],
    )

    assert [v.status.tolist() for v in verdicts[:2]] == [[[AGREE, AGREE]], [[AGREE, AGREE]]]
    assert statuses(verdicts)["rnn.hr[1]@None"] == [[CARRIED, CARRIED]]


@pytest.mark.parametrize("value", [None, CellError("#DIV/0!"), "text", True, float("inf"), float("nan")])
def test_what_is_no_number_is_a_root_and_breaks_what_reads_it(value: Value) -> None:
    """Whoever reads such a cell is carried, whatever it gives."""
    verdicts = compare(
        GRAPH,
        [
            sighting("rnn.z[1]", "D7:D8", [[value, float(TRUTH["rnn.z[1]"][0, 1])]]),
            sighting("rnn.h[1]", "D9:D10", [[CellError("#VALUE!"), float(TRUTH["rnn.h[1]"][0, 1])]]),
        ],
        TRUTH,
        EXACT,
        [0],
    )

    assert statuses(verdicts) == {"rnn.z[1]@None": [[ROOT, AGREE]], "rnn.h[1]@None": [[CARRIED, AGREE]]}


def test_what_was_not_evaluated_has_no_verdict() -> None:
    """Neither right nor wrong; what depends on it is not blamed."""
    verdicts = compare(
        GRAPH,
        [
            sighting("rnn.z[1]", "D7:D8", [[NotEvaluated("unknown"), float(TRUTH["rnn.z[1]"][0, 1])]]),
            sighting("rnn.h[1]", "D9:D10", [[0.5, float(TRUTH["rnn.h[1]"][0, 1])]]),
        ],
        TRUTH,
        EXACT,
        [0],
    )

    assert statuses(verdicts) == {"rnn.z[1]@None": [[NOT_EVALUATED, AGREE]], "rnn.h[1]@None": [[CARRIED, AGREE]]}


def test_a_constant_where_a_formula_should_stand_is_a_root_in_every_setting() -> None:
    """Even with the right value."""
    verdicts = compare(
        GRAPH, [sighting("dense.y", "D13", true("dense.y", [0, 1]), formula=False)], TRUTH, EXACT, [0, 1]
    )

    assert statuses(verdicts) == {"dense.y@None": [[ROOT], [ROOT]]}


def test_the_worst_setting_is_where_the_difference_is_largest() -> None:
    """Among the settings with the worst verdict; no number is worse than any number."""
    y = true("dense.y", [0, 1])
    y[0][0] = float(y[0][0]) + 0.1  # type: ignore[arg-type]
    y[1][0] = float(y[1][0]) + 0.2  # type: ignore[arg-type]
    (numbers,) = compare(GRAPH, [sighting("dense.y", "D13", y)], TRUTH, EXACT, [0, 1])
    y[0][0] = CellError("#NUM!")
    (error,) = compare(GRAPH, [sighting("dense.y", "D13", y)], TRUTH, EXACT, [0, 1])

    assert numbers.worst_setting(0) == 1
    assert error.worst_setting(0) == 0


def test_a_given_quantity_is_judged_by_its_text() -> None:
    """A look-up that is as it was written passes on somebody else's fault."""
    wrong = [[5.0]]
    kept = compare(GRAPH, [sighting("input.x[0]", "C2", wrong, as_written=True)], TRUTH, EXACT, [0])
    changed = compare(GRAPH, [sighting("input.x[0]", "C2", wrong)], TRUTH, EXACT, [0])

    assert statuses(kept) == {"input.x[0]@None": [[CARRIED]]}
    assert statuses(changed) == {"input.x[0]@None": [[ROOT]]}


def test_a_copy_of_a_wrong_cell_is_carried() -> None:
    """A second showing of a quantity is right in itself if its formula reads the first and gives its value."""
    reads: Reads = lambda sheet, code: [Range("Net", 12, 3)] if sheet == "Check" else []  # noqa: E731
    original = sighting("dense.y", "D13", [[0.9]])
    copy = sighting("dense.y", "Check!A1", [[0.9]])
    other = sighting("dense.y", "Check!A1", [[0.8]])

    copied = compare(GRAPH, [original, copy], TRUTH, EXACT, [0], reads)
    differs = compare(GRAPH, [original, other], TRUTH, EXACT, [0], reads)

    assert [v.status.tolist() for v in copied] == [[[ROOT]], [[CARRIED]]]
    assert [v.status.tolist() for v in differs] == [[[ROOT]], [[ROOT]]]


def test_the_selected_sample_may_be_looked_up_among_the_fixed_ones() -> None:
    """What is fetched from a wrong cell of the same sample is carried; from another sample's it is not."""
    area = parse_range("All!A1:A2")
    reads: Reads = lambda sheet, code: [area] if sheet == "Net" else []  # noqa: E731
    fixed = [
        sighting("dense.y", "All!A1", [[0.9], [0.9]], sample=0),
        sighting("dense.y", "All!A2", [[0.7], [0.7]], sample=1),
    ]
    right = compare(GRAPH, [*fixed, sighting("dense.y", "D13", [[0.9], [0.7]])], TRUTH, EXACT, [0, 1], reads)
    swapped = compare(GRAPH, [*fixed, sighting("dense.y", "D13", [[0.7], [0.9]])], TRUTH, EXACT, [0, 1], reads)

    assert statuses(right)["dense.y@None"] == [[CARRIED], [CARRIED]]
    assert statuses(swapped)["dense.y@None"] == [[ROOT], [ROOT]]


def test_the_mean_reads_the_losses_of_all_samples() -> None:
    """A wrong loss of one sample carries the mean, wherever that stands."""
    losses = [
        sighting("loss.loss", "All!D15", [[0.25]], sample=0),
        sighting("loss.loss", "All!F15", true("loss.loss", [1]), sample=1),
    ]
    mean = (0.25 + float(TRUTH["loss.loss"][1, 0])) / 2
    carried = compare(GRAPH, [*losses, sighting("loss.mean", "All!B16", [[mean]])], TRUTH, EXACT, [0])
    root = compare(GRAPH, [*losses, sighting("loss.mean", "All!B16", [[mean + 1e-9]])], TRUTH, EXACT, [0])

    assert statuses(carried)["loss.mean@None"] == [[CARRIED]]
    assert statuses(root)["loss.mean@None"] == [[ROOT]]


def test_of_samples_that_are_not_shown_the_mean_reads_the_true_losses() -> None:
    """Where the selector shows one sample only, the wrong loss of that one and the right one of the other count."""
    shown = sighting("loss.loss", "D15", [[0.25]])
    mean = (0.25 + float(TRUTH["loss.loss"][1, 0])) / 2
    for wanted, value in ((CARRIED, mean), (ROOT, mean + 1e-9)):
        verdicts = compare(GRAPH, [shown, sighting("loss.mean", "All!B16", [[value]])], TRUTH, EXACT, [0])
        assert statuses(verdicts)["loss.mean@None"] == [[wanted]]


def test_a_loss_may_be_written_with_the_probability_or_with_the_logit() -> None:
    """Whichever of its operands is wrong, a loss that follows from it is carried."""
    target = float(TRUTH["target.y"][0, 0])
    p = sighting("dense.y", "D13", [[0.9]])
    from_p = -(target * np.log(0.9) + (1 - target) * np.log(0.1))
    carried = compare(GRAPH, [p, sighting("loss.loss", "D15", [[float(from_p)]])], TRUTH, EXACT, [0])
    z = sighting("dense.z", "D12", [[2.0]])
    from_z = max(2.0, 0.0) - 2.0 * target + np.log1p(np.exp(-2.0))
    also = compare(GRAPH, [z, sighting("loss.loss", "D15", [[float(from_z)]])], TRUTH, EXACT, [0])
    root = compare(GRAPH, [p, sighting("loss.loss", "D15", [[float(from_p) + 1e-9]])], TRUTH, EXACT, [0])

    assert statuses(carried)["loss.loss@None"] == [[CARRIED]]
    assert statuses(also)["loss.loss@None"] == [[CARRIED]]
    assert statuses(root)["loss.loss@None"] == [[ROOT]]


def test_verdicts_come_in_calculation_order() -> None:
    """Whatever order the sightings are given in."""
    names = ["dense.y", "rnn.h[1]", "rnn.xk[0]", "rnn.kernel"]
    given = [
        sighting(n, "A1:B1" if TRUTH[n].shape[-1] == 2 else "A1", true(n, [0]) if n != "rnn.kernel" else [[0.5, -0.75]])
        for n in names
    ]

    assert [v.placement.quantity for v in compare(GRAPH, given, TRUTH, EXACT, [0])] == names[::-1]
