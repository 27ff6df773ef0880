"""A workbook that is kept in the engine says of each submission what its own file says."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from classroom import Classroom

from xlcheck.engines import engine
from xlcheck.errors import DataError
from xlcheck.exercises.key import load_key
from xlcheck.grading.judging import Judged, judge_submissions
from xlcheck.grading.kept import Kept
from xlcheck.grading.prepared import BLANK, LEAST_ROUNDS, MOST_ROUNDS, prepare
from xlcheck.grading.submission import read_submission

OTHER_SPELLINGS = {
    "a shift that is taken back": lambda formula: f"=({formula})+0.5-0.5",
    "an if": lambda formula: f"=IF(1>0,{formula},7)",
    "a text in a sum": lambda formula: f'=({formula})&""',
    "a sum of one": lambda formula: f"=SUM({formula})",
}
"""Right or nearly so: only their numbers tell."""
NOT_CLOSED = {
    "a cell of no use": lambda formula: f"=({formula})+Scratch!A1",
    "chance": lambda formula: f"=({formula})+0*RAND()",
    "a place by its name": lambda formula: f'=({formula})+0*INDIRECT("A1")',
    "what swallows errors": lambda formula: f"=IFERROR({formula},0)",
    "a whole column": lambda formula: f"=({formula})+0*SUM(A:A)",
}
"""What they compute may depend on more than the key's cells."""


def test_what_is_kept_says_what_the_files_say(lstm: Classroom, tmp_path: Path) -> None:
    """Submissions with up to six random entries, one after the other in one workbook, are judged as from their files:
    nothing of one is left when the next one comes."""
    rng = np.random.default_rng(5)
    prepared, calculator = prepare(lstm.key_file), engine("ironcalc")
    formulas = {blank.element: blank.formula for blank in lstm.key.blanks}
    submissions = []
    for number in range(24):
        student = f"s{number % 12 + 1:03}"
        kinds = lstm.draw(rng, 6)
        typed = lstm.faulty(student, kinds)
        for element in list(kinds)[: int(rng.integers(0, 3))]:
            typed[element] = OTHER_SPELLINGS[str(rng.choice(list(OTHER_SPELLINGS)))](formulas[element])
        path = lstm.hand_in(student, tmp_path / f"{number}.xlsx", typed)
        submissions.append(read_submission(path, prepared))
    kept = Kept(prepared, calculator)
    used = sum(kept.session(submission) is not None for submission in submissions)
    assert used > 18
    for alone, together in zip(
        judge_submissions(submissions, prepared, calculator),
        judge_submissions(submissions, prepared, calculator, kept),
        strict=True,
    ):
        assert _found(together) == _found(alone), together.submission.formulas
        for name in ("shown", "first"):
            own, other = (np.array(getattr(judged, name), dtype=float) for judged in (alone, together))
            np.testing.assert_allclose(other, own, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", NOT_CLOSED)
def test_files_are_loaded_whose_formulas_read_more_than_the_key(kind: str, lstm: Classroom, tmp_path: Path) -> None:
    """A formula that may depend on anything else in its file is calculated in that file."""
    prepared = prepare(lstm.key_file)
    blank = next(blank for blank in lstm.key.blanks if re.search(r"[A-Z]\$?\d", blank.formula))
    path = lstm.hand_in("s001", tmp_path / "one.xlsx", {blank.element: NOT_CLOSED[kind](blank.formula)})
    assert Kept(prepared, engine("ironcalc")).session(read_submission(path, prepared)) is None


def test_a_formula_that_ends_the_engine_costs_nobody_else(lstm: Classroom, tmp_path: Path) -> None:
    """The submissions that were calculated in the same workbook are calculated in another one."""
    prepared, calculator = prepare(lstm.key_file), engine("ironcalc")
    element, formula = lstm.key.blanks[0].element, lstm.key.blanks[0].formula
    entries = [f"=1.25*({formula})", "=" + "-" * 20_000 + f"({formula})", f"=2*({formula})"]
    paths = [lstm.hand_in("s001", tmp_path / f"{n}.xlsx", {element: entry}) for n, entry in enumerate(entries)]
    kept = Kept(prepared, calculator)
    judged = judge_submissions([read_submission(p, prepared) for p in paths], prepared, calculator, kept)
    assert [len(one.roots) for one in (judged[0], judged[2])] == [1, 1]
    assert judged[1].error is not None or len(judged[1].roots | judged[1].unknown) == 1


def test_results_belong_to_one_key(lstm: Classroom) -> None:
    """A key read again is the same one; with other points, blanks or students it is another."""
    key, again = lstm.key, load_key(lstm.key_file)
    others = [replace(key, title="x"), replace(key, blanks=key.blanks[1:]), replace(key, students=key.students[1:])]

    assert key.digest == again.digest
    assert len({key.digest, *(other.digest for other in others)}) == 4


def test_secret_states_are_as_large_as_states_become(lstm: Classroom) -> None:
    """Where the first state is 0, a wrong weight of it would cost nothing; so it is no 0, and in the range of tanh."""
    prepared = prepare(lstm.key_file)
    states = [values for name, values in prepared._drawn(1).items() if name.endswith("_init")]

    assert states
    assert all((np.abs(values) >= 0.09).all() and (np.abs(values) < 0.7).all() for values in states)


def test_rounds_go_on_while_a_cell_shows_another_sign(lstm: Classroom) -> None:
    """A missing ReLU shows itself only where a cell is negative, so numbers are drawn until no set shows a new sign."""
    prepared = prepare(lstm.key_file)

    def signs(sets: list[dict[str, np.ndarray]]) -> np.ndarray:
        every = [np.sign(prepared.values_in_cells(values)) for values in sets]
        return np.array([[found == sign for sign in (-1, 0, 1)] for found in every]).any(axis=0)

    unseen = signs([prepared._drawn(number) for number in range(24)]) & ~signs(prepared.rounds)
    assert LEAST_ROUNDS <= len(prepared.rounds) <= MOST_ROUNDS
    assert len(prepared.rounds) == MOST_ROUNDS or not unseen.any()


def test_a_key_alone_names_the_workbook_that_is_missing(lstm: Classroom, tmp_path: Path) -> None:
    """Words show where things stand, so a key needs a workbook that was handed out; the blank one is asked for."""
    alone = tmp_path / "key.json"
    alone.write_bytes(lstm.key_file.read_bytes())

    with pytest.raises(DataError, match=re.escape(str(tmp_path / BLANK))):
        prepare(alone)


def _found(judged: Judged) -> tuple[object, ...]:
    sets = judged.roots, judged.hidden, judged.unknown, judged.typed_right
    return *sets, judged.errors, str(judged.error), judged.shown is None, judged.first is None
