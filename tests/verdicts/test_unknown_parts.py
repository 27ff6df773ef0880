"""A formula of which its equation does not know all parts is no pass, whatever it gave for some numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_book import Checker
from workbook_parts import edited

from xlcheck import api
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.verdicts.unknown_parts import Known, known_of

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
RIGHT = "C2*Weights!$B$2"
GATE = "1/(1+EXP(-G11))"
EQUATION = Known(one_way=True)
BRANCHES = Known(one_way=False, numbers=frozenset({6.0}))
TRAPS = {
    "{f}+MAX(0,{x}-100)": "the function MAX",
    "{f}+DELTA({x},0.777)": "the function DELTA",
    "{f}+ROUND({x}/1000,0)": "the function ROUND",
    "{f}+LOOKUP({x},{{-1000,100}},{{0,1}})": "the function LOOKUP",
    "{f}+EXP(-1000000*({x}-0.777)^2)": "the number 1000000",
    "{f}+({x}/100)^99": "the number 100",
    "{f}+COUNT({x})-1": "the function COUNT",
    "ROUND({f},15)": "the function ROUND",
    "{f}+INDEX({{0,1}},1+{x}^2/500)": "the number 500",
    "{f}+EXP(-(2^2^2^2^2^2)*({x}-0.5)^2)": "the number 4.29497e+09",
    "{f}+TRUE()-1": "a number of its own",
    "{f}+EXP(-EXP(EXP(2+1))*({x}-0.5)^2)": "the number 5.28491e+08",
    "{f}+EXP(-(({x}-0.5)*2*2*2*2*2*2*2*2*2*2)^2)": "the number 1024",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_function_or_number_of_which_an_equation_knows_nothing_is_no_pass(check_small: Checker, trap: str) -> None:
    """What makes a formula another one for some numbers is a choice or a number; the sentence names it."""
    report = check_small({"Net!C3": "=" + trap.format(f=RIGHT, x="C2")}, perturb=2)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0].startswith(f"what Net!C3 gives depends on {TRAPS[trap]}, of which its equation knows")


@pytest.mark.parametrize(
    "formula",
    [
        f"IFERROR({RIGHT},0)",
        f"_xlfn.LET(_xlpm.a,{RIGHT},_xlpm.a)",
        f"-(-({RIGHT}))",
        "INDEX(C2:D2,1)*Weights!$B$2",
        f"SUM({RIGHT})/1*2*0.5",
    ],
)
def test_another_spelling_is_a_pass(check_small: Checker, formula: str) -> None:
    """The same function for all numbers is right, in whatever words."""
    report = check_small({"Net!C3": f"={formula}"}, perturb=1)

    assert (report.exit_code, report.reservations) == (0, ())


OWN = "=EXP(LN(EXP(Net!C2*Weights!$B$2)))/EXP(LN(EXP(Net!C2*Weights!$B$2)))*Net!C2*Weights!$B$2"


@pytest.mark.parametrize(
    ("changes", "exit_code"),
    [
        ({"Net!C3": "=IFERROR(Own!A1,0)", "Own!A1": OWN}, 3),
        ({"Net!C3": "=IFERROR(Own!A2,0)", "Own!A1": OWN, "Own!A2": "=A1"}, 3),
        ({"Net!C3": "=Own!A2", "Own!A1": OWN, "Own!A2": "=_xlfn.IFNA(A1,0)"}, 3),
        ({"Net!C3": "=IFERROR(Own!A1,0)", "Own!A1": "=Net!C2*Weights!$B$2"}, 0),
    ],
)
def test_what_catches_an_error_of_another_cell_is_no_pass(
    check_small: Checker, changes: dict[str, str], exit_code: int
) -> None:
    """Nor is it if a cell of one's own catches it; only the quantity is named that it comes into."""
    report = check_small(changes)

    assert (report.exit_code, report.counts.root) == (exit_code, 0)
    assert ["Net!C3 gives depends on the function IF" in said for said in report.reservations] == [True] * (
        exit_code // 3
    )


@pytest.mark.parametrize("trap", ["IF(G11=0.777,1,{f})", "{f}+MAX(0,G11-100)", "{f}+GESTEP(G11,100)", "ROUND({f},15)"])
def test_so_it_is_where_an_equation_branches(trap: str, tmp_path: Path) -> None:
    """A sigmoid may be written with conditions; they hold no numbers but those of the sigmoid."""
    new = trap.format(f=GATE).encode()
    path = edited(LSTM, tmp_path / "trap.xlsx", "xl/worksheets/sheet6.xml", lambda b: b.replace(GATE.encode(), new, 1))
    report = api.check(path)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0].startswith("what lstm!G12 gives depends on the ")


@pytest.mark.parametrize("trap", ["(AN300+AO300)/2+MAX(0,AN300-100)", "(AN300+AO300)/2+EXP(-1000000*(AN300-7.77)^2)"])
def test_so_it_is_in_the_tables_of_a_training(trap: str, tmp_path: Path) -> None:
    """Each column of a table is a quantity with an equation, and each of its rows is held to it."""
    path = edited(
        LSTM.with_name("simple-rnn-training.xlsx"),
        tmp_path / "trap.xlsx",
        "xl/worksheets/sheet5.xml",
        lambda b: b.replace(b"(AN300+AO300)/2", trap.encode(), 1),
    )
    report = api.check(path, perturb=0)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert report.reservations[0].startswith("what Epochs!B300 gives depends on the ")


def test_what_is_unknown() -> None:
    """What chooses, compares, or has a number of its own, and names that do; not letters in texts and names."""
    assert EQUATION.unknown_in("=--(A1>=3)", {}) is not None
    assert EQUATION.unknown_in("=A1*odd", {"odd": "a condition"}) == "a condition"
    assert EQUATION.unknown_in('=A1&"IF(1=1)"', {}) is None
    assert EQUATION.unknown_in("=IFERROR(IFNA(A1,0),0)", {}) is None
    assert EQUATION.unknown_in("=_xlfn.SINGLE(A1)*2", {}) is None
    assert EQUATION.unknown_in("=A1*100%", {}) is None
    assert EQUATION.unknown_in("=A1*50 %", {}) is None
    assert EQUATION.unknown_in("=A1*2%", {}) == "the number 2%, of which its equation knows nothing"
    assert EQUATION.unknown_in("=A1*6", {}) == "the number 6, of which its equation knows nothing"
    assert BRANCHES.unknown_in("=IF(A1>6,6,MAX(0,A1))", {}) is None
    assert BRANCHES.unknown_in("=IF(A1>600%,600%,A1)", {}) is None
    assert BRANCHES.unknown_in("=MAX(A1,6%)", {}) is not None
    assert BRANCHES.unknown_in("=A1*6.00000000000001", {}) is None
    assert BRANCHES.unknown_in("=A1*6.0000001", {}) is not None
    assert Known(one_way=True, allowed=1e-7).unknown_in("=A1+1E-9", {}) is None
    assert Known(one_way=True, allowed=1e-7).unknown_in("=A1+1E-6", {}) is not None
    assert Known(one_way=False, places=9).unknown_in("=IF(A1=7,1,0)", {}) is None


@pytest.mark.parametrize(
    ("formula", "may_fail"),
    [
        ("IFERROR(LN(A1),0)", True), ("IFNA(A1/B1,0)", True), ("IFERROR(A1^0.5,0)", True),
        ("IFERROR(SQRT(A1),0)", True),
        ("_xlfn.LET(_xlpm.a,LN(A1),IFERROR(_xlpm.a,0))", True), ("IFERROR(EXP(A1),0)", True),
        ("IFERROR(SUMPRODUCT(A1:A3,B1:B3)+C1-D1*E1,0)", False), ("IFNA(TANH(A1),0)", False), ("-LN(A1)/B1", False),
    ],
)  # fmt: skip
def test_what_stands_for_an_error_is_unknown_where_there_may_be_one(formula: str, may_fail: bool) -> None:
    """`IFERROR(LN(x),0)` is 0 where the equation has no value: a choice, but for a formula that cannot fail."""
    for known in (EQUATION, BRANCHES):
        found = known.unknown_in(f"={formula}", {})

        assert (found is not None and found.startswith("the function IF")) is may_fail


def test_a_loss_that_hides_its_error_is_no_pass(tmp_path: Path) -> None:
    """It agrees for every number for which the loss has a value, and shows a loss of 0 where there is none."""
    loss = re.compile(rb"(?<=<f>)-[^<]*LN\([^<]*(?=</f>)")
    path = edited(
        LSTM, tmp_path / "hidden.xlsx", "xl/worksheets/sheet8.xml", lambda b: loss.sub(rb"IFERROR(\g<0>,0)", b, count=1)
    )
    report = api.check(path)

    assert (report.exit_code, report.counts.root) == (3, 0)
    assert "depends on the function IFERROR, of which its equation knows nothing" in report.reservations[0]


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("IF(F9>2,2*F9,MAX(F9,0))", "2"), ("MIN(MAX(F9,0),2)", "2"), ("MAX(F9,0)+MAX(F9-1,0)", "1"),
        ("IF(0.5<F9,0.5,MAX(0,F9))", "0.5"), ("IF(F9-1>0,1,MAX(F9,0))", "1"), ("MEDIAN(0,F9,1)", "1"),
        ("MAX(F9,0)", None), ("IF(F9>0,F9,0)", None), ("IF(F9<=0,0,F9*1)", None), ("(F9+ABS(F9))/2", None),
        ("MIN(6,MAX(0,F9))", None),
    ],
)  # fmt: skip
def test_a_limit_is_one_of_the_equation_however_plain_its_number_is(formula: str, number: str | None) -> None:
    """From 2 on, `IF(F9>2,2*F9,MAX(F9,0))` is no ReLU; that no number compared was so large is chance."""
    told = BRANCHES.unknown_in(f"={formula}", {})
    assert told == (None if number is None else f"the number {number}, of which its equation knows nothing")


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ("ABS(1/(1-EXP(-F9)))", "the function ABS, of which its equation knows nothing"),
        ("MAX(0,1/(2+F9))", "the function MAX, of which its equation knows nothing"),
        ("ABS(1/(1+EXP(-F9)))", None),
        ("IF(1/(1+EXP(-F9))>0,F9,0)", "a condition of which its equation knows nothing"),
    ],
)
def test_a_number_of_what_is_chosen_from_is_no_limit(formula: str, what: str | None) -> None:
    """What is odd there is that anything is chosen; a plain 1 that belongs to a sigmoid function is not to blame."""
    assert BRANCHES.unknown_in(f"={formula}", {}) == what


def test_a_row_of_an_embedding_is_not_cut_off() -> None:
    """A row is looked up, and that needs neither a choice nor a number beyond the rows there are."""
    graph = GraphBuilder()
    code = graph.given(Band("input", "x", Role.INPUT), (1,))
    rows = graph.given(Band("embedding", "embeddings", Role.WEIGHT), (5, 3))
    name = graph.let(Band("embedding", "y", Role.OUTPUT), ex.Gather(rows, code)).name
    known = known_of(graph.build(), name, 1e-12)
    told = {
        formula: known.unknown_in(f"={formula}", {}) is None
        for formula in (
            "INDEX(Weights!$B$8:$B$12,G6+1)", "CHOOSE(G6+1,B8,B9,B10,B11,B12)", "INDEX(Weights!$B$8:$D$12,G6+1,3)",
            "MEDIAN(-100,INDEX(Weights!$B$8:$B$12,G6+1),100)", "IF(G6=3,5,INDEX(Weights!$B$8:$B$12,G6+1))",
            "INDEX(Weights!$B$8:$B$12,G6+1)+EXP(-100*(G6-7)^2)",
        )
    }  # fmt: skip
    assert [*told.values()] == [True] * 3 + [False] * 3


def test_a_sum_over_the_samples_has_no_branches() -> None:
    """The gradient of a kernel is a sum of products, of which no formula needs the larger of two."""
    graph = GraphBuilder()
    x, d = (graph.given(Band(name, name, Role.INPUT, name), (2,)) for name in "xd")
    sums = {"kernel": ex.OuterSum((x,), (d,)), "bias": ex.BatchSum(d), "mean": ex.BatchMean(d * x)}
    names = [graph.let(Band("l", f"d_{name}", Role.GRADIENT, name), expr).name for name, expr in sums.items()]

    for name in names:
        known = known_of(graph.build(), name, 1e-12)
        assert known.unknown_in("=MAX(0,SUMPRODUCT(C48:L48*C139:L139))", {}) is not None
        assert known.unknown_in("=SUMPRODUCT(C48:L48*C139:L139)/2", {}) is None
