"""Numbers that sum up what a network says of all samples: a statistic of whole columns, however it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer

from xlcheck.handmade.beside.statistics import Columns, is_called

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_ROWS = range(12, 20)
_DATA = (
    (0.5, 0.2, 0.4, "yes"), (-0.3, 0.9, 0.7, "no"), (0.8, -0.6, 0.1, "yes"), (0.1, 0.35, 0.62, "yes"),
    (-0.7, -0.15, 0.93, "no"), (0.25, 0.75, 0.55, "yes"), (0.95, 0.05, 0.31, "no"), (-0.45, 0.6, 0.84, "yes"),
)  # fmt: skip


def _sheet(beside: dict[str, object], bent: str = "={0}") -> dict[str, object]:
    """Two hidden units in C and D, the result in E, its target in F, a word in G; errors in H."""
    cells: dict[str, object] = {"B1": 0.62, "C1": -0.81, "B2": -0.95, "C2": 0.33, "B3": 0.47, "C3": 0.21}
    cells |= {"B5": 0.73, "C5": -0.58, "B6": 0.15}
    for row, (one, other, target, word) in zip(_ROWS, _DATA, strict=True):
        cells |= {f"A{row}": one, f"B{row}": other, f"F{row}": target, f"G{row}": word}
        for unit, own in (("C", "B"), ("D", "C")):
            cells[f"{unit}{row}"] = f"=TANH(A{row}*${own}$1+B{row}*${own}$2+${own}$3)"
        cells[f"E{row}"] = bent.format(f"C{row}*$B$5+D{row}*$C$5+$B$6")
    return cells | beside


_SIGMOID = "=1/(1+EXP(-({0})))"
_ERRORS = {f"H{row}": f"=E{row}-F{row}" for row in _ROWS}
_DECIDED = {f"H{row}": f'=IF(E{row}>0.5,"yes","no")' for row in _ROWS}


@pytest.mark.parametrize(
    ("beside", "bent"),
    [
        ({"J2": "=CORREL(E12:E19,F12:F19)^2"}, "={0}"),
        (_ERRORS | {"J2": "=SUMPRODUCT(ABS(H12:H19))/COUNT(H12:H19)"}, "={0}"),
        ({"J2": "=SUMXMY2(E12:E19,F12:F19)", "J3": "=COUNT(F12:F19)", "J4": "=SQRT(J2/J3)"}, "={0}"),
        ({"J2": "=SUMXMY2(E12:E19,F12:F19)", "J4": "=1-J2/DEVSQ(F12:F19)"}, "={0}"),
        ({"J1": "RMSE", "J2": "=SQRT(SUMIF(G12:G19,\"yes\",I12:I19)/COUNTIF(G12:G19,\"yes\"))"}
         | {f"I{row}": f"=(E{row}-F{row})^2" for row in _ROWS}, "={0}"),
        ({"J2": '=SUMPRODUCT((G12:G19="yes")*(H12:H19="yes"))', "J3": '=COUNTIF(G12:G19,"yes")', "J4": "=J2/J3"}
         | _DECIDED, _SIGMOID),
        ({"J2": "=SUMPRODUCT(ABS(E12:E19/F12:F19-1))/8"}, "={0}"),
    ],
    ids=["explained by a line", "mean absolute error", "its root", "explained", "of one class", "recall", "relative"],
)  # fmt: skip
def test_a_statistic_of_all_samples_keeps_nothing_open(beside: dict[str, object], bent: str, tmp_path: Path) -> None:
    """Each is what people say of results and targets, whatever these are."""
    assert answer(_sheet(beside, bent), tmp_path) == (0, set())


@pytest.mark.parametrize(
    ("beside", "bent"),
    [
        ({"J2": "=CORREL(E12:E18,F12:F18)^2"}, "={0}"),
        ({"J2": "=CORREL(E12:E19,A12:A19)^2"}, "={0}"),
        (_ERRORS | {"J2": "=SUMPRODUCT(ABS(H12:H19))/7"}, "={0}"),
        ({"J2": "=SUMXMY2(E12:E19,F12:F19)", "J4": "=1-J2/DEVSQ(E12:E19)"}, "={0}"),
        ({"J1": "RMSE", "J2": "=SUMPRODUCT(ABS(E12:E19-F12:F19))/8"}, "={0}"),
        ({"J2": '=SUMPRODUCT((G12:G19="yes")*(H12:H19="no"))', "J3": '=COUNTIF(H12:H19,"yes")', "J4": "=J2/J3"}
         | _DECIDED, _SIGMOID),
    ],
    ids=["a sample less", "with an input", "another number of samples", "the spread of results", "called otherwise",
         "of two classes"],
)  # fmt: skip
def test_what_is_no_statistic_is_no_pass(beside: dict[str, object], bent: str, tmp_path: Path) -> None:
    """Nobody is blamed: it may be meant."""
    assert answer(_sheet(beside, bent), tmp_path) == (3, set())


def test_statistics_are_those_of_numpy() -> None:
    """Under each draw by itself, and of the samples of one class."""
    random = np.random.default_rng(3)
    y, t = random.uniform(0.1, 0.9, (2, 3, 9))
    words = np.array([random.permutation(["a"] * 4 + ["b"] * 5) for _ in range(3)], object)
    found = [*Columns([y], [t], [words]).statistics({0.2})]
    wanted = {
        "correlation": [np.corrcoef(a, b)[0, 1] for a, b in zip(y, t, strict=True)],
        "root of the mean squared error": np.sqrt(((y - t) ** 2).mean(axis=1)),
        "share of samples within an absolute error": (np.abs(y - t) <= 0.2).mean(axis=1),
        "mean absolute error": [np.abs(a - b)[w == "b"].mean() for a, b, w in zip(y, t, words, strict=True)],
    }
    for name, own in wanted.items():
        assert any(name == said and np.allclose(held, own) for said, held in found), name
    assert not any(np.allclose(held, (y * t).sum(axis=1)) for _, held in found)


@pytest.mark.parametrize(
    ("name", "words", "may_be"),
    [
        ("mean absolute error", "", True), ("mean absolute error", "MAE (kWh)", True),
        ("mean absolute error", "RMSE", False), ("mean absolute error, relative to the mean", "MAPE", False),
        ("share of right answers", "Accuracy in %", True), ("sum", "total mass", True),
        ("cross-entropy, as a sum", "Cross-entropy", True), ("cross-entropy, as a mean", "entropy chéo TB", True),
        ("logarithm of the likelihood, as a mean", "Kreuzentropie", False),
        ("logarithm of the likelihood, as a sum", "loss", False), ("sum", "loss", True),
        ("logarithm of the likelihood, as a mean", "log-likelihood", True),
    ],
)  # fmt: skip
def test_a_statistic_has_the_name_that_stands_beside_it(name: str, words: str, *, may_be: bool) -> None:
    """A word that names another one says that something is wrong."""
    assert is_called(name, words) is may_be


_MARKED = {f"F{row}": int(own[3] == "yes") for row, own in zip(_ROWS, _DATA, strict=True)}
_MARKED |= {f"H{row}": f"=IF(E{row}>0.5,1,0)" for row in _ROWS}
_ENTROPY = "=-SUMPRODUCT(F12:F19*LN(E12:E19)+(1-F12:F19)*LN(1-E12:E19))/8"


@pytest.mark.parametrize(
    ("word", "text", "code"),
    [
        ("entropy chéo TB", _ENTROPY, 0), ("loss", _ENTROPY, 0), ("log-likelihood", _ENTROPY.replace("=-", "="), 0),
        ("entropy chéo TB", _ENTROPY.replace("=-", "="), 3), ("loss", _ENTROPY.replace("=-", "="), 3),
    ],
)  # fmt: skip
def test_a_loss_without_its_minus_is_no_pass(word: str, text: str, code: int, tmp_path: Path) -> None:
    """Rule: what falls with the errors is a likelihood, and may be called so; it is no loss."""
    assert answer(_sheet(_MARKED | {"J1": word, "J2": text}, _SIGMOID), tmp_path) == (code, set())


_TABLE = {"L20": 0, "M20": 1, "K21": 0, "K22": 1} | {
    f"{c}{row}": f"=SUMPRODUCT((F$12:F$19=$K{row})*(H$12:H$19={c}$20))" for c in "LM" for row in (21, 22)
}


def test_a_word_above_a_blank_row_calls_nothing_below_it(tmp_path: Path) -> None:
    """Rule: a table of what was taken for what may stand below the word for another number; right above it counts."""
    beside = _MARKED | _TABLE | {"M17": "Accuracy", "N17": "=SUMPRODUCT(--(F12:F19=H12:H19))/COUNT(F12:F19)"}
    assert answer(_sheet(beside, _SIGMOID), tmp_path) == (0, set())
    assert answer(_sheet(beside | {"M19": "Accuracy"}, _SIGMOID), tmp_path) == (3, set())


def _elsewhere(beside: dict[str, object]) -> dict[str, object]:
    """The same with inputs and targets on a worksheet of their own, and copies of the targets beside the results."""
    cells = _sheet(_DECIDED, _SIGMOID)
    for row in _ROWS:
        cells |= {f"Data!A{row - 9}": cells.pop(f"A{row}"), f"Data!B{row - 9}": cells.pop(f"B{row}")}
        cells |= {f"Data!D{row - 9}": 1.0 if cells[f"G{row}"] == "yes" else 0.0, f"F{row}": f"=Data!D{row - 9}"}
        cells |= {f"G{row}": None, f"H{row}": f"=IF(E{row}>=0.5,1,0)"}
        for unit in "CD":
            text = str(cells[f"{unit}{row}"])
            cells[f"{unit}{row}"] = text.replace(f"A{row}", f"Data!A{row - 9}").replace(f"B{row}*", f"Data!B{row - 9}*")
    return cells | beside


_FOUND = "=SUMPRODUCT(F12:F19,H12:H19)/SUM(F12:F19)"
_MISSED = "=SUMPRODUCT(1-F12:F19,1-H12:H19)/SUMPRODUCT(1-F12:F19)"


@pytest.mark.parametrize(
    ("beside", "code"),
    [
        ({"J1": "sensitivity", "J2": _FOUND}, 0),
        ({"J1": "specificity", "J2": _MISSED}, 0),
        ({"J1": "sensitivity", "J2": _FOUND.replace("/SUM(F", "/SUM(H")}, 3),
        ({"J1": "sensitivity", "J2": _FOUND.replace("F19,", "F18,").replace("H19", "H18")}, 3),
    ],
    ids=["found", "of the other class", "precision", "a sample less"],
)
def test_what_samples_are_may_be_typed_elsewhere(beside: dict[str, object], code: int, tmp_path: Path) -> None:
    """Rule: inputs and targets on another worksheet change their places, too, so that results and copies do."""
    assert answer(_elsewhere(beside), tmp_path) == (code, set())
