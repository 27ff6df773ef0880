"""What a workbook shows beside its cells is as it was built, or is reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from short_trainings import short_training
from thorough import spread
from workbook_parts import MAIN, edited

from xlcheck import api
from xlcheck.workbook.looks.shown import read_shown
from xlcheck.workbook.number_formats import canonical
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
LSTM = WORKBOOKS / "lstm.xlsx"
TRAINING = "simple-rnn-training"
EPOCHS = 30
SHEET, WEIGHTS = "xl/worksheets/sheet6.xml", "xl/worksheets/sheet5.xml"
Edit = Callable[[bytes], bytes]

NOTED: list[tuple[str, Path | str, str, Edit, str]] = [
    ("line", TRAINING, "xl/charts/chart1.xml", lambda b: b.replace(b"$B$8:$B$37", b"$D$8:$D$37"),
     "a chart draws Epochs!D8:D37 over Epochs!A8:A37 as this workbook"),
    ("axis", TRAINING, "xl/charts/chart1.xml", lambda b: b.replace(b"$A$8:$A$37", b"$A$9:$A$37"),
     "a chart draws Epochs!B8:B37 over Epochs!A9:A37 as this workbook"),
    ("numbers", TRAINING, "xl/charts/chart1.xml",
     lambda b: re.sub(rb"<c:yVal>.*?</c:yVal>", b"<c:yVal><c:numLit><c:pt><c:v>0</c:v></c:pt></c:numLit></c:yVal>", b),
     "a chart draws 0 over Epochs!A8:A37 as this workbook"),
    ("title", TRAINING, "xl/charts/chart1.xml", lambda b: b.replace(b"Mean loss", b"Keras's loss"),
     "a chart is called Keras's loss"),
    ("list", TRAINING, "xl/worksheets/sheet2.xml", lambda b: b.replace(b"SGD,RMSprop", b"SGD,Adagrad"),
     "Training!B6 is chosen from SGD,Adagrad,Adam"),
    ("new list", LSTM, SHEET, lambda b: b.replace(b"</sheetData>", b"</sheetData><extLst><ext><x14:dataValidations "
     b'xmlns:x14="x" xmlns:xm="y"><x14:dataValidation type="list"><x14:formula1><xm:f>Data!$A$1:$A$2</xm:f>'
     b"</x14:formula1><xm:sqref>B2 C3</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst>"),
     "lstm!B2 is chosen from Data!A1:A2; lstm!C3 is chosen from Data!A1:A2"),
    ("colours", LSTM, "xl/styles.xml", lambda b: b.replace(b"FFFBDCCB", b"FFD3F0E3"),
     "is 7A1F00 on D3F0E3 where it begins with"),
    ("rule", LSTM, "xl/worksheets/sheet1.xml", lambda b: re.sub(rb"<formula>LEFT\(A4,\d+\)=[^<]*", b"<formula>TRUE", b),
     "where beginsWith beginsWith TRUE"),
    ("hides", LSTM, SHEET, lambda b: b.replace(b"</sheetData>", b'</sheetData><conditionalFormatting sqref="A1:B2">'
     b'<cfRule type="expression" dxfId="0" priority="1"><formula>TRUE</formula></cfRule></conditionalFormatting>'),
     "lstm!A1:B2 is 004D3A on D3F0E3 where expression TRUE"),
    ("picture", TRAINING, "xl/drawings/drawing1.xml",
     lambda b: b.replace(b"</xdr:wsDr>", b"<xdr:sp><a:t>all right</a:t></xdr:sp></xdr:wsDr>"),
     "a shape lies on a worksheet and says 'all right'"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "part", "edit", "said"), [pytest.param(*case[1:], id=case[0]) for case in spread(NOTED, 4)]
)
def test_another_chart_list_colour_or_picture_is_a_note(
    source: Path | str, part: str, edit: Edit, said: str, tmp_path: Path
) -> None:
    """The cells are right, so it passes, and says what is new; strictness does not let it pass."""
    right = source if isinstance(source, Path) else short_training(source, EPOCHS, tmp_path / "right.xlsx")
    path = edited(right, tmp_path / "edited.xlsx", part, edit)
    report = api.check(path, perturb=0)

    assert report.exit_code == 0
    assert any(said in note for note in report.notes), report.notes
    assert api.check(path, perturb=0, strict=True).exit_code == 1


@pytest.mark.parametrize(
    "code", spread([b";;;", b"0", b"&quot;0.95&quot;", b"0.0%", b"[&gt;9]0;&quot;n/a&quot;"], 2), ids=bytes.decode
)
def test_another_number_format_is_no_pass(code: bytes, tmp_path: Path) -> None:
    """A number that is hidden, rounded or replaced by words was checked, and yet a reader does not see it."""
    path = edited(
        LSTM, tmp_path / "edited.xlsx", "xl/styles.xml",
        lambda styles: styles.replace(b'formatCode="0.000000"', b'formatCode="' + code + b'"'),
    )  # fmt: skip
    report = api.check(path, perturb=0)

    assert report.exit_code == 3
    assert any(text.startswith("numbers are not shown in the formats") for text in report.reservations)
    assert api.check(path, perturb=0, strict=True).exit_code == 1


def test_two_exchanged_formats_are_no_pass(tmp_path: Path) -> None:
    """Each format is used as often as before, by another cell."""
    book = openpyxl.load_workbook(LSTM)
    one, other = book["lstm"]["F7"], book["lstm"]["G10"]
    assert one.number_format != other.number_format
    one.number_format, other.number_format = other.number_format, one.number_format
    book.save(tmp_path / "edited.xlsx")

    assert api.check(tmp_path / "edited.xlsx", perturb=0).exit_code == 3


def test_a_rich_value_is_no_pass(tmp_path: Path) -> None:
    """Excel shows a picture or a stock's name in place of the number of a cell that has metadata of its value."""
    path = edited(LSTM, tmp_path / "edited.xlsx", WEIGHTS, lambda b: re.sub(rb'<c r="(B12)"', rb'<c r="\1" vm="1"', b))

    assert api.check(path, perturb=0).exit_code == 3


def test_a_rich_value_is_shown_in_a_way_of_its_own(tmp_path: Path) -> None:
    """A worksheet of formulas with one has no other format, so that it differs from however it was written."""
    path = edited(LSTM, tmp_path / "edited.xlsx", SHEET, lambda b: b.replace(b"<c r=", b'<c vm="1" r=', 1))
    before, after = (read_shown(read_workbook(own)).formats for own in (LSTM, path))
    (name,) = (name for name in before if before[name] != after[name])

    assert after[name].formats == ("rich value",)
    assert after[name].differs(before[name])


@pytest.mark.parametrize(
    "text", spread([None, "", '{"constants": [{},{},{},[{},[]]]}', "{}", '{"constants": [1,2]}'], 2)
)
def test_a_workbook_that_no_longer_says_how_it_was_written_is_no_pass(text: str | None, tmp_path: Path) -> None:
    """Whoever changes a tolerance could delete what tells of it."""
    book = openpyxl.load_workbook(LSTM)
    cells = [cell for row in book["xlcheck"].iter_rows() for cell in row]
    found = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith('{"constants"')]
    assert len(found) == 1
    found[0].value = text
    book.save(tmp_path / "edited.xlsx")
    report = api.check(tmp_path / "edited.xlsx", perturb=0)

    assert report.exit_code == 3
    assert any("missing or damaged on the hidden worksheet" in text for text in report.reservations)


@pytest.mark.parametrize(
    ("one", "other"),
    [('0.0E+00;-0.0E+00;"0"', "0.0E+00;\\-0.0E+00;\\0"), ('0" m"', "0 \\m"), ("[Red]0.0", "[Red]0.0")],
)
def test_spellings_of_one_number_format_are_the_same(one: str, other: str) -> None:
    """LibreOffice and Excel put a backslash before each letter where others write quotes."""
    assert canonical(one) == canonical(other)
    assert canonical('"0"') != canonical("0")


def test_cells_are_found_however_they_are_spelled(tmp_path: Path) -> None:
    """A prefix, another order of attributes or single quotes hide no cell."""
    pairs = [(b"<c ", b"<x:c "), (b"</c>", b"</x:c>"), (b"<f>", b"<x:f>"), (b"</f>", b"</x:f>"), (b"<v>", b"<x:v>"),
             (b"</v>", b"</x:v>"), (b"<worksheet ", f'<worksheet xmlns:x="{MAIN}" '.encode())]  # fmt: skip

    def prefixed(content: bytes) -> bytes:
        for old, new in pairs:
            content = content.replace(old, new)
        return re.sub(rb'<x:c r="([A-Z0-9]+)" s="([0-9]+)"', rb"<x:c s='\2' r='\1'", content)

    path = edited(LSTM, tmp_path / "edited.xlsx", SHEET, prefixed)

    assert read_shown(read_workbook(path)).formats == read_shown(read_workbook(LSTM)).formats


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"</xml>", b'<v:rect/><!-- ObjectType="Note" --></xml>', "a shape lies on "),
        (b"</xml>", b'<w:oval xmlns:w="urn:schemas-microsoft-com:vml"/></xml>', "a shape lies on "),
        (b"visibility:hidden", b"visibility : visible", "a note lies open on "),
        (b"visibility:hidden", b"visibility&#58;visible", "a note lies open on "),
        (b"<v:shape ", b'<v:shape alt=">" ', None),
        (b'fillcolor="#fffbe6"', b"fillcolor = 'black'", " lies on a dark ground"),
        (b"</xml>", b"<br></xml>", "what is drawn on "),
    ],
)
def test_shapes_and_notes_are_found_however_they_are_spelled(
    old: bytes, new: bytes, said: str | None, tmp_path: Path
) -> None:
    """Comments that speak of notes, prefixes, spaces, characters by their numbers; what cannot be read is said."""
    path = edited(LSTM, tmp_path / "edited.xlsx", "xl/drawings/vmlDrawing1.vml", lambda b: b.replace(old, new))
    facts = set(read_shown(read_workbook(path)).facts) - set(read_shown(read_workbook(LSTM)).facts)

    assert any(said in fact for fact in facts) if said is not None else not facts


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ('<sz val="11"/>', None),
        ('<b/><i val="0"/><name val="Calibri"/>', None),
        ('<sz val="1"/>', ", too small or too large to be read"),
        ('<sz val="400"/>', ", too small or too large to be read"),
        ("<strike/>", ", struck out"),
        ('<vertAlign val="superscript"/>', ", raised or lowered"),
        ("<later/>", ", with 'later'"),
    ],
)
def test_what_a_conditional_look_changes_is_told_in_words(look: str, said: str | None, tmp_path: Path) -> None:
    """A size that can be read hides nothing, as LibreOffice writes it into each; what may hide something is said."""

    def edit(styles: bytes) -> bytes:
        return styles.replace(b"<dxf><font>", b"<dxf><font>" + look.encode())

    path = edited(LSTM, tmp_path / "edited.xlsx", "xl/styles.xml", edit)
    facts = set(read_shown(read_workbook(path)).facts) - set(read_shown(read_workbook(LSTM)).facts)

    assert all(fact.endswith(said) for fact in facts) and facts if said is not None else not facts


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda b: b.replace(b"<xdr:row>32</xdr:row>", b"<xdr:row>0</xdr:row>"), "a chart or a picture lies on A1 of "),
        (lambda b: b.replace(b"twoCellAnchor", b"oneCellAnchor"), "is not tied to two of them"),
    ],
)
def test_a_chart_that_is_laid_on_cells_is_told(edit: Edit, said: str, tmp_path: Path) -> None:
    """Moved up onto the cells, or tied to none where it ends, so that it may lie anywhere."""
    path = edited(LSTM, tmp_path / "edited.xlsx", "xl/drawings/drawing1.xml", edit)
    facts = set(read_shown(read_workbook(path)).facts) - set(read_shown(read_workbook(LSTM)).facts)

    assert any(said in fact for fact in facts), facts


def test_nothing_in_a_chart_hides_between_instructions(tmp_path: Path) -> None:
    """Two that speak of what a chart remembers, with another title between them."""
    part = "xl/charts/chart1.xml"
    title = b"<c:title><c:tx><c:rich><a:p><a:r><a:t>all right</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    hidden = b"<c:chart><?x <c:numCache> ?>" + title + b"<?y </c:numCache> ?>"
    path = edited(LSTM, tmp_path / "edited.xlsx", part, lambda b: b.replace(b"<c:chart>", hidden))
    facts = set(read_shown(read_workbook(path)).facts) - set(read_shown(read_workbook(LSTM)).facts)

    assert "a chart is called all right" in facts
