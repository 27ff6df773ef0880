"""What every engine must do alike, whichever library or program stands behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from workbook_parts import workbook_parts

from xlcheck.engines import ENGINES, engine
from xlcheck.engines.base import Engine, Session
from xlcheck.errors import UsageError, WorkbookError
from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.content import CellError, NotEvaluated, Value

POISON = 999.25
# Engines that a user need not have.
_OPTIONAL = {"formulon": pytest.mark.formulon, "libreoffice": pytest.mark.libreoffice}


IN_PROCESSES_OF_OURS = [
    pytest.param(("ironcalc", True), id="ironcalc"),
    pytest.param(("ironcalc", False), id="ironcalc-unguarded"),
    pytest.param(("cellrune", True), id="cellrune"),
    pytest.param(("cellrune", False), id="cellrune-unguarded"),
    pytest.param(("formulon", True), id="formulon", marks=pytest.mark.formulon),
]
_PROGRAM = ("libreoffice", True)
# LibreOffice starts anew for each calculation: what only its own reading and writing decides waits for a thorough run.
for_every_engine = pytest.mark.parametrize(
    "an_engine",
    [*IN_PROCESSES_OF_OURS, pytest.param(_PROGRAM, id="libreoffice", marks=pytest.mark.libreoffice)],
    indirect=True,
)
for_engines_at_hand = pytest.mark.parametrize(
    "an_engine",
    [
        *IN_PROCESSES_OF_OURS,
        pytest.param(_PROGRAM, id="libreoffice", marks=[pytest.mark.libreoffice, pytest.mark.exhaustive]),
    ],
    indirect=True,
)


@pytest.fixture
def an_engine(request: pytest.FixtureRequest) -> Engine:
    name, guarded = request.param
    return engine(name, guarded=guarded)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes formulas, each with a poisoned cached value, and returns the file's path."""

    def write(formulas: dict[str, str], constants: dict[str, float | str | bool] | None = None) -> Path:
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            for cell, value in (constants or {}).items():
                sheet.write(cell, value)
            for cell, formula in formulas.items():
                sheet.write_formula(cell, f"={formula}", None, POISON)
        return path

    return write


def calculated(an_engine: Engine, path: Path) -> Session:
    session = an_engine.open(path)
    session.recalculate()
    return session


def read(session: Session, cells: str) -> list[list[Value]]:
    return session.read(parse_range(cells, "S"))


@for_every_engine
def test_a_small_network_is_recalculated(an_engine: Engine, tmp_path: Path) -> None:
    """Two steps of an LSTM cell over three sheets, with dotted names, agree with NumPy; cached values are ignored."""
    path = tmp_path / "lstm.xlsx"
    kernel, recurrent, bias, inputs = (
        (0.3, -0.9, -0.6, 0.4),
        (-0.04, -0.7, 0.5, -0.3),
        (0.2, 1.6, -0.4, 0.2),
        (1.0, 2.0),
    )
    with xlsxwriter.Workbook(path) as book:
        steps, weights, hidden = (book.add_worksheet(name) for name in ("Steps", "The weights", "Hidden"))
        hidden.very_hidden()
        for row, values in enumerate((kernel, recurrent, bias)):
            weights.write_row(row, 0, values)
        hidden.write_row(0, 0, inputs)
        for number, name in enumerate(("kernel", "recurrent_kernel", "bias"), 1):
            book.define_name(f"lstm.{name}", f"='The weights'!$A${number}:$D${number}")
        for t, column in enumerate("BC"):
            before = chr(ord(column) - 1)
            for gate in range(4):
                z = (
                    f"Hidden!{'AB'[t]}1*INDEX(lstm.kernel,1,{gate + 1})"
                    f"+N({before}6)*INDEX(lstm.recurrent_kernel,1,{gate + 1})+INDEX(lstm.bias,1,{gate + 1})"
                )
                formula = f"=TANH({z})" if gate == 2 else f"=1/(1+EXP(-({z})))"
                steps.write_formula(f"{column}{gate + 1}", formula, None, POISON)
            steps.write_formula(f"{column}5", f"={column}2*N({before}5)+{column}1*{column}3", None, POISON)
            steps.write_formula(f"{column}6", f"={column}4*TANH({column}5)", None, POISON)

    h = c = 0.0
    desired = []
    for x in inputs:
        i, f, candidate, o = (x * k + h * r + b for k, r, b in zip(kernel, recurrent, bias, strict=True))
        i, f, o = (1 / (1 + math.exp(-z)) for z in (i, f, o))
        candidate = math.tanh(candidate)
        c = f * c + i * candidate
        h = o * math.tanh(c)
        desired.append([i, f, candidate, o, c, h])
    actual = read(calculated(an_engine, path), "Steps!B1:C6")

    atol = max(an_engine.absolute_tolerance, 1e-15)
    np.testing.assert_allclose(np.array(actual, float), np.array(desired).T, rtol=0, atol=atol)


@for_every_engine
def test_values_of_every_type(an_engine: Engine, write: Callable[..., Path]) -> None:
    """Numbers, texts, booleans, errors and empty cells come as such; a text that looks like an error is a text."""
    path = write(
        {"B1": "A1*2", "B2": 'A2&"!"', "B3": "A1>1", "B4": "1/0", "B5": "NA()", "B6": '"#N/A"', "B7": '""', "B8": "A9"},
        {"A1": 1.5, "A2": "text", "A3": True, "A4": "#REF!"},
    )

    assert read(calculated(an_engine, path), "A1:C8") == [
        [1.5, 3.0, None],
        ["text", "text!", None],
        [True, True, None],
        ["#REF!", CellError("#DIV/0!"), None],
        [None, CellError("#N/A"), None],
        [None, "#N/A", None],
        [None, "", None],
        [None, 0.0, None],
    ]


@for_engines_at_hand
def test_array_formulas(an_engine: Engine, tmp_path: Path) -> None:
    """Array formulas of the old and the new kind fill their ranges."""
    path = tmp_path / "arrays.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row("A1", [1, 2])
        sheet.write_row("A2", [3, 4])
        sheet.write_array_formula("D1:E2", "{=MMULT(A1:B2,A1:B2)}", None, POISON)
        sheet.write_dynamic_array_formula("G1:H2", "=TANH(A1:B2)", None, POISON)
    session = calculated(an_engine, path)

    assert read(session, "D1:E2") == [[7.0, 10.0], [15.0, 22.0]]
    np.testing.assert_allclose(np.array(read(session, "G1:H2"), float), np.tanh([[1, 2], [3, 4]]), atol=1e-14)


@for_every_engine
def test_set_takes_effect_with_recalculate(an_engine: Engine, write: Callable[..., Path]) -> None:
    """Numbers and texts that are set change what depends on them, again and again; the file stays as it is."""
    path = write({"B1": "A1*2", "B2": 'A2&"!"', "B3": "B1+1"}, {"A1": 1.0, "A2": "a"})
    before = path.read_bytes()
    session = calculated(an_engine, path)
    session.set("S", 0, 0, 5.0)
    session.set("S", 1, 0, "b & é")
    session.recalculate()

    assert read(session, "A1:B3") == [[5.0, 10.0], ["b & é", "b & é!"], [None, 11.0]]
    session.set("S", 0, 0, -0.1)
    session.recalculate()
    assert read(session, "A1:B3") == [[-0.1, -0.2], ["b & é", "b & é!"], [None, 0.8]]
    assert path.read_bytes() == before


@for_engines_at_hand
def test_two_sessions_do_not_meet(an_engine: Engine, write: Callable[..., Path]) -> None:
    """A workbook that is open twice can be set twice."""
    path = write({"B1": "A1*2"}, {"A1": 1.0})
    first, second = calculated(an_engine, path), calculated(an_engine, path)
    first.set("S", 0, 0, 3.0)
    first.recalculate()

    assert read(first, "B1") == [[6.0]]
    assert read(second, "B1") == [[2.0]]


@for_every_engine
def test_unknown_function_is_not_evaluated(an_engine: Engine, write: Callable[..., Path]) -> None:
    """A function that the engine does not know gives a reason, in the cell and in those that depend on it."""
    path = write({"B1": "FOO(A1)", "B2": "B1+1", "B3": "undefined.name*2", "B4": "IFERROR(FOO(A1),4)", "B5": "A1+1"})
    values = [row[0] for row in read(calculated(an_engine, path), "B1:B5")]

    assert all(isinstance(value, NotEvaluated) for value in values[:4])
    assert an_engine.name in values[0].reason.casefold()
    assert values[4] == 1.0


@for_engines_at_hand
def test_circular_reference_is_an_error(an_engine: Engine, write: Callable[..., Path]) -> None:
    """A cell that depends on itself has an error value; some engines only give a general one."""
    path = write({"B1": "B2+1", "B2": "B1+1", "B3": "1+1"})
    error = CellError({"formulon": "#REF!", "libreoffice": "#VALUE!"}.get(an_engine.name, "#CIRC!"))

    assert read(calculated(an_engine, path), "B1:B3") == [[error], [error], [2.0]]


@for_engines_at_hand
def test_shared_formulas(an_engine: Engine, write_parts: Callable[..., Path]) -> None:
    """Cells that share a formula are calculated each at its place."""
    path = write_parts(
        workbook_parts(
            '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*3</f><v>999</v></c></row>'
            '<row r="2"><c r="A2"><v>5</v></c><c r="B2"><f t="shared" si="0"/><v>999</v></c></row>'
        )
    )

    assert read(calculated(an_engine, path), "B1:B2") == [[6.0], [15.0]]


@for_every_engine
def test_data_tables(an_engine: Engine, write_parts: Callable[..., Path]) -> None:
    """The cells of a what-if table are calculated (by LibreOffice) or not evaluated, but never taken for constants."""
    path = write_parts(
        workbook_parts(
            '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><v>3</v></c></row>'
            '<row r="3"><c r="A3"><f>A1*B1</f><v>999</v></c><c r="B3"><v>10</v></c><c r="C3"><v>20</v></c></row>'
            '<row r="4"><c r="A4"><v>7</v></c><c r="B4"><f t="dataTable" ref="B4:C4" dt2D="1" dtr="1" r1="A1" r2="B1"/>'
            '<v>999</v></c><c r="C4"><v>999</v></c></row>'
        )
    )
    values = read(calculated(an_engine, path), "A3:C4")

    assert values[0] == [6.0, 10.0, 20.0]
    assert values[1][1:] == [70.0, 140.0] or all(isinstance(value, NotEvaluated) for value in values[1][1:])


@for_engines_at_hand
def test_a_broken_style_sheet_does_not_matter(an_engine: Engine, write_parts: Callable[..., Path]) -> None:
    """Where an engine refuses a file for a part that calculates nothing, it still gets the cells."""
    parts = workbook_parts('<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*10</f><v>999.25</v></c></row>')

    assert read(calculated(an_engine, write_parts(parts)), "B1") == [[20.0]]


@for_engines_at_hand
def test_unknown_sheet(an_engine: Engine, write: Callable[..., Path]) -> None:
    """Reading from and setting on a worksheet that is not there is an error of the request."""
    session = calculated(an_engine, write({"B1": "1+1"}))

    with pytest.raises(UsageError):
        read(session, "T!A1")
    with pytest.raises(UsageError):
        _changed(session, "T")


def _changed(session: Session, sheet: str) -> list[list[Value]]:
    session.set(sheet, 0, 0, 1.0)
    session.recalculate()
    return read(session, "A1")


@for_every_engine
def test_hostile_files_never_reach_the_engine(an_engine: Engine, write_parts: Callable[..., Path]) -> None:
    """Every engine opens a file only after the container has been accepted."""
    bomb = write_parts({**workbook_parts(), "xl/worksheets/sheet1.xml": b" " * 40_000_000})

    with pytest.raises(WorkbookError, match="zip bomb"):
        an_engine.open(bomb)


@for_engines_at_hand
def test_macros_are_no_obstacle(an_engine: Engine, write_parts: Callable[..., Path]) -> None:
    """A file with macros is calculated without them."""
    parts = workbook_parts('<row r="1"><c r="A1"><f>1+1</f><v>999.25</v></c></row>')
    path = write_parts({**parts, "xl/vbaProject.bin": b"no real macro"}, "book.xlsm")

    assert read(calculated(an_engine, path), "A1") == [[2.0]]


@pytest.mark.parametrize("name", [pytest.param(name, marks=_OPTIONAL.get(name, ())) for name in ENGINES])
def test_engines_are_found_by_name(name: str) -> None:
    """Each name gives the engine of that name, with a version for reports."""
    assert engine(name).name == name
    assert engine(name).version[:1].isdigit()


def test_unknown_engine() -> None:
    """Another name is refused with the names that there are."""
    with pytest.raises(UsageError) as caught:
        engine("excel")

    assert str(caught.value) == (
        "there is no formula engine 'excel'; choose one of ironcalc, cellrune, formulon, libreoffice"
    )
