"""A doubt about what was read leaves a gap in the check, even where every formula has a place."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from equation_sheets import TOYS, answer, verdict
from thorough import part_of

from fixtures.handmade.make_corpus import FOLDER
from xlcheck import bind
from xlcheck.api import check
from xlcheck.errors import NothingCheckedError, UsageError
from xlcheck.verdicts.report import Status


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
def test_a_doubt_without_a_cell_is_no_pass(tmp_path: Path) -> None:
    """Where the output repeats a gate, and nothing reads its own weights, all cells agree and it is still no pass."""
    book = openpyxl.load_workbook(FOLDER / "gru_classic.xlsx")
    book["gru"]["K17"] = "=1/(1+EXP(-(B14*$H$3+K13*$H$4+L13*$H$5+$H$6)))"
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == 3
    assert any("is read by no formula" in note for note in report.notes)


@pytest.mark.keras
@pytest.mark.parametrize(("places", "exit_code"), [("ABCD", 0), ("ACBD", 3)])
def test_units_in_another_order_than_their_weights_are_no_pass(places: str, exit_code: int, tmp_path: Path) -> None:
    """Two activations that stand in each other's place give a network too, but not the one that its columns show."""
    rng = np.random.default_rng(5)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rng.normal(size=(3, 4)).round(2).tolist():
        sheet.append(row)
    sheet.append([0.3, -0.7, 0.9])
    sheet.append([f"=$A$4*{c}1+$B$4*{c}2+$C$4*{c}3" for c in "ABCD"])
    sheet.append([f"=TANH({column}5)" for column in places])
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == exit_code
    assert (exit_code == 0) is not any("in another order than their weights" in note for note in report.notes)


@pytest.mark.keras
@pytest.mark.parametrize(
    ("units", "exit_code"), [(("123", "123"), 0), (("321", "321"), 0), (("132", "132"), 3), (("123", "321"), 3)]
)
def test_weights_in_another_order_than_their_inputs_are_no_pass(
    units: tuple[str, ...], exit_code: int, tmp_path: Path
) -> None:
    """Rule: a unit reads its weights in the order of its inputs, or all do so backwards; a band filled otherwise is in
    doubt, as nothing else would tell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([0.4, -0.8], [0.3, 0.7], [-0.5, 0.2], [0.1, -0.1], [], [0.9, 0.2, -0.4], [0.3, -0.6, 0.8]):
        sheet.append(row)
    for at in (6, 7):
        for column, weight, order in zip("EF", "AB", units, strict=True):
            total = "+".join(f"{x}{at}*{weight}${k}" for x, k in zip("ABC", order, strict=True))
            sheet[f"{column}{at}"] = f"=TANH({total}+{weight}$4)"
    book.save(tmp_path / "book.xlsx")

    try:
        code = check(tmp_path / "book.xlsx", **({"effort": 2} if exit_code == 3 else {})).exit_code
    except NothingCheckedError as error:
        code = error.exit_code
    assert code == exit_code


@pytest.mark.keras
def test_what_reads_a_wrong_cell_through_others_is_carried(tmp_path: Path) -> None:
    """Rule: the shares of a softmax that takes off its largest sum follow from a wrong sum, through whatever cells."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([0.4, -0.8, 0.3], [0.3, 0.7, -0.2], [-0.5, 0.2, 0.6], [0.1, -0.1, 0.25]):
        sheet.append(row)
    for at in range(2, 6):
        for column, x in zip("EFG", (0.31 * at - 0.9, 0.8 - 0.17 * at, 0.23 * at), strict=True):
            sheet[f"{column}{at}"] = x
        for z, e, p, weight in zip("HIJ", "LMN", "PQR", "ABC", strict=True):
            sheet[f"{z}{at}"] = f"=$E{at}*{weight}$1+$F{at}*{weight}$2+$G{at}*{weight}$3+{weight}$4"
            sheet[f"{e}{at}"], sheet[f"{p}{at}"] = f"=EXP({z}{at}-$K{at})", f"={e}{at}/$O{at}"
        sheet[f"K{at}"], sheet[f"O{at}"] = f"=MAX(H{at}:J{at})", f"=SUM(L{at}:N{at})"
    book.save(tmp_path / "right.xlsx")
    sheet["I4"] = "=$E4*B$1+$F4*B$2+$G4*B$2+B$4"
    book.save(tmp_path / "wrong.xlsx")

    assert check(tmp_path / "right.xlsx").exit_code == 0
    report = check(tmp_path / "wrong.xlsx")
    assert [result.cell for result in report.roots] == ["I4"]
    assert {"M4", "O4", "P4", "Q4", "R4"} <= {result.cell for result in report.cells.with_status(Status.CARRIED)}


@pytest.mark.keras
def test_bindings_say_where_a_sample_stands_of_which_they_say_what_it_is(tmp_path: Path) -> None:
    """Without its place the cells around would be taken for others, so the bindings are refused in one sentence."""
    source = FOLDER / "two_documents.xlsx"
    lines = source.with_suffix(".toml").read_text().splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("x = "))
    (tmp_path / "b.toml").write_text("\n".join(lines[:last] + lines[last + 1 :]))

    with pytest.raises(UsageError, match="x must say where it stands"):
        check(source, bindings=tmp_path / "b.toml")


def _units(wrong: dict[str, object], path: Path) -> set[str]:
    """Three units over five steps in columns H to L, sums in rows 11 to 13, activations below: the cells blamed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for unit, row in enumerate((1, 2, 3)):
        for number, column in enumerate("ABCDE"):
            sheet[f"{column}{row}"] = round(0.7 - 0.31 * unit + 0.13 * number * (-1) ** unit, 2)
        sheet[f"G{15 + unit}"] = 0.0
        for before, column in ("GH", "HI", "IJ", "JK", "KL"):
            past = "+".join(f"${weight}${row}*{before}{15 + k}" for k, weight in enumerate("BCD"))
            sheet[f"{column}9"] = round(0.4 * ord(column) - 29.7, 1)
            sheet[f"{column}{11 + unit}"] = f"=$A${row}*{column}$9+{past}+$E${row}"
            sheet[f"{column}{15 + unit}"] = f"=TANH({column}{11 + unit})"
    for cell, content in wrong.items():
        sheet[cell] = content
    book.save(path)
    return {cell.cell for cell in check(path).roots}


@pytest.mark.keras
def test_a_number_in_the_place_of_a_sum_does_not_make_its_activation_wrong(tmp_path: Path) -> None:
    """Rule: what reads a number that is typed over a formula is right; of the number it may be said."""
    assert _units({"J12": -0.734083}, tmp_path / "book.xlsx") <= {"J12"}


@pytest.mark.exhaustive
@pytest.mark.keras
def test_a_sum_with_the_weights_of_the_next_unit_is_wrong(tmp_path: Path) -> None:
    """Rule: where a unit stands twice at a step and another one is missing, its sum is the wrong cell."""
    wrong = {"J12": "=$A$3*J$9+$B$3*I15+$C$3*I16+$D$3*I17+$E$3"}

    assert _units(wrong, tmp_path / "book.xlsx") == {"J12"}


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.usefixtures("a_short_search")
@pytest.mark.parametrize(
    ("exchanged", "exit_code"),
    part_of([([], 0), ([("C34", "E34")], 3), ([("C34", "D34")], 3), ([("C34", "E34"), ("C35", "E35")], 3)], 2),
)
def test_results_in_each_others_places_are_no_pass(
    exchanged: list[tuple[str, str]], exit_code: int, tmp_path: Path
) -> None:
    """Rule: what follows the formulas stands where the units and the sums in line with it do, or it is in doubt.

    With a draft of bindings the check would pass, so the draft says it, too.
    """
    book = openpyxl.load_workbook(FOLDER / "transposed_weights.xlsx")
    sheet = book.active
    assert sheet is not None
    for one, other in exchanged:
        sheet[one].value, sheet[other].value = sheet[other].value, sheet[one].value
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == exit_code
    said = "of another step or sample"
    assert (exit_code == 0) is not any(said in note for note in report.notes)
    draft = bind(tmp_path / "book.xlsx").text.splitlines()
    assert (exit_code == 0) is not any(line.startswith("# NOT SURE") and said in line for line in draft)


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
def test_weights_that_are_called_otherwise_are_no_pass(tmp_path: Path) -> None:
    """Rule: a network in which the weights of inputs and states have changed roles is no pass where words say whose
    they are; with a word and a result exchanged it is another network, which is right but for its words."""
    book = openpyxl.load_workbook(FOLDER / "book_simple_rnn.xlsx")
    sheet = book.active
    assert sheet is not None
    sheet["C5"].value, sheet["B10"].value = sheet["B10"].value, sheet["C5"].value
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == 3
    assert any("used as a weight of inputs, and the words beside it say" in note for note in report.notes)


@pytest.mark.keras
def test_one_reason_for_several_worksheets_is_said_once(tmp_path: Path) -> None:
    """Worksheets on which no network is recognised for the same reason are named together, each of them."""
    book = openpyxl.Workbook()
    for name in ("A", "B", "C"):
        sheet = book.create_sheet(name)
        sheet["A1"], sheet["A2"] = 0.3, "=A1*2+1"
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(NothingCheckedError) as error:
        check(tmp_path / "book.xlsx")

    assert str(error.value).count("no network was recognised") == 1
    assert "worksheets 'A', 'B' and 'C': no network was recognised" in str(error.value)


@pytest.mark.keras
@pytest.mark.parametrize(("before", "exit_code"), [("=D2", 3), ("state", 3), ("=D3", 0)])
def test_a_product_with_a_word_is_no_pass(before: str, exit_code: int, tmp_path: Path) -> None:
    """Rule: what multiplies numbers with a word is in doubt, whether the word is typed or passed on by a formula;
    `SUMPRODUCT` takes it for the 0 of a first state, and nothing in the numbers tells the two apart."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([0.3, -0.7, 0.2], ["x", "h", "1", "state"], [None, None, None, 0]):
        sheet.append(row)
    for row, (x, state) in enumerate([(0.6, before), (-0.4, "=D4")], start=4):
        sheet.append([x, state, 1, f"=TANH(SUMPRODUCT($A$1:$C$1,A{row}:C{row}))"])
    book.save(tmp_path / "book.xlsx")
    report = check(tmp_path / "book.xlsx")

    assert report.exit_code == exit_code
    assert (exit_code == 0) is not any("multiplies numbers with words" in note for note in report.notes)


@pytest.mark.keras
@pytest.mark.parametrize("condition", ["B7>0", "B7<=0"])
def test_an_activation_of_a_word_is_no_pass(condition: str, tmp_path: Path) -> None:
    """Rule: a formula that asks for the sign of a word gives that word, and is no mark: it should read a number."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([0.3, -0.7, 0.2], [0.4, 0.1], [], [0.6, "h", "=TANH($A$1*A4+$C$1)"]):
        sheet.append(row)
    for row, x in ((5, -0.4), (6, 0.8)):
        sheet.append([x, None, f"=TANH($A$1*A{row}+$B$1*C{row - 1}+$C$1)"])
    sheet.append([None, "output", "=$A$2*C6+$B$2"])
    branches = "B7,0" if ">" in condition else "0,B7"
    sheet["C9"] = f"=IF({condition},{branches})"
    book.save(tmp_path / "book.xlsx")

    assert check(tmp_path / "book.xlsx").exit_code != 0
    sheet["C9"] = f"=IF({condition},{branches})".replace("B7", "C7")
    book.save(tmp_path / "book.xlsx")
    assert check(tmp_path / "book.xlsx").exit_code == 0


@pytest.mark.keras
@pytest.mark.parametrize(("typed", "exit_code"), [("1.6153", 3), ("0.4", 0)])
def test_a_result_that_was_pasted_beside_itself_is_no_pass(typed: str, exit_code: int, tmp_path: Path) -> None:
    """Rule: a typed number that is to the last digit the sum beside it stands for its activation, also where the next
    step reads it; another number there is an input."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([-0.69, -0.26, 0.67], [], [-1.37, "=$A$1*A3+$B$1*C2+$C$1", float(typed)]):
        sheet.append(row)
    sheet["C2"] = 0
    for column, value in zip("ABC", (-0.68, "=$A$1*A4+$B$1*C3+$C$1", 0.25), strict=True):
        sheet[f"{column}4"] = value
    for column, value in zip("ABC", (0.31, "=$A$1*A5+$B$1*C4+$C$1", None), strict=True):
        sheet[f"{column}5"] = value
    book.save(tmp_path / "book.xlsx")

    assert check(tmp_path / "book.xlsx").exit_code == exit_code


@pytest.mark.keras
def test_what_does_as_unknown_formulas_do_is_not_blamed(tmp_path: Path) -> None:
    """Rule: one step of words that nobody recognised is no sample of the layer that their last steps lead to, though it
    stands where one would."""
    cells: dict[str, object] = {
        "E2": 0.45, "E3": -0.21, "F2": 0.71, "F3": 0.33, "G2": 0.03, "G3": -0.12, "I2": 1.1, "J2": 0.46, "K2": -0.03,
        "I3": 0.4, "J3": -0.9, "K3": 0.7, "I4": -0.09, "J4": 0.58, "K4": -0.46,
    }  # fmt: skip
    for row, (letter, one, other) in enumerate(zip("aeirst", (0.28, 0.7, -0.61, -0.57, -0.76, -0.59), (0.08,
                                               -0.55, -0.24, -0.14, 0.81, 0.28), strict=True), 2):  # fmt: skip
        cells |= {f"A{row}": letter, f"B{row}": one, f"C{row}": other}
    row = 10
    for word in ("serra", "terre", "risiti"):
        cells |= {f"B{row}": word, f"C{row + 2}": 0, f"D{row + 2}": 0}
        for own in range(row + 3, row + 3 + len(word)):
            cells[f"A{own}"] = own - row - 2
            cells[f"B{own}"] = f"=MID($B${row},A{own},1)"
            for h, w, u, b in (("C", "B", "E", 2), ("D", "C", "F", 3)):
                letters = f"SUMIF($A$2:$A$7,$B{own},${w}$2:${w}$7)"
                cells[f"{h}{own}"] = f"=TANH({letters}+$C{own - 1}*${u}$2+$D{own - 1}*${u}$3+$G${b})"
        last, row = row + 2 + len(word), row + 3 + len(word)
        sums = [f"EXP($C{last}*${v}$2+$D{last}*${v}$3+${v}$4)" for v in "IJK"]
        cells |= {f"{c}{row}": f"={own}/({'+'.join(sums)})" for c, own in zip("BCD", sums, strict=True)}
        row += 2

    assert answer(cells, tmp_path)[1] == set()


def test_words_of_any_language_name_gates_before_the_headings_of_another_table_do(tmp_path: Path) -> None:
    """Each gate has a word of its own beside its weights; the symbols further to the left head another table."""

    def moved(text: object) -> str:
        return re.sub(r"[A-D](?=\$?\d)", lambda column: chr(ord(column[0]) + 5), str(text))

    names = {"A1": "olvido", "A2": "entrada", "A3": "cand.", "A4": "salida"}
    cells = {moved(c): moved(own) if isinstance(own, str) else own for c, own in {**TOYS["lstm"], **names}.items()}

    assert verdict(cells | {"C4": "f"}, tmp_path).code == 0
