"""What a reader has in hand: files without fault, hand-outs on paper, charts in words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from short_trainings import short_training
from thorough import part_of

from xlcheck.engines.libreoffice import find_soffice
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[3] / "workbooks"
EVERY = sorted(WORKBOOKS.glob("*.xlsx"))
_TOYS = part_of(("lstm", "bidirectional", "simple-rnn", "gru", "embedding", "word-order"), 2)
_UNLIKE = ["architectures", "film-reviews", "lstm-small"]
_UNLIKE_FIRST = [*_UNLIKE, *(path.stem for path in EVERY if path.stem not in _UNLIKE)]
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def validated(path: Path) -> list[object]:
    """What the validator finds."""
    from openxml_audit import OpenXmlValidator

    return list(OpenXmlValidator().validate(path).errors)


@pytest.mark.openxml_audit
@pytest.mark.parametrize("name", part_of(_UNLIKE_FIRST, 1))
def test_a_validator_finds_nothing(name: str) -> None:
    """The file keeps to the schema, and to the rules beside it, of Office's formats."""
    assert not validated(WORKBOOKS / f"{name}.xlsx")


@pytest.mark.openxml_audit
def test_a_validator_finds_nothing_in_a_training(tmp_path: Path) -> None:
    """The tables and charts of epochs are there with few of them, too."""
    assert not validated(short_training("simple-rnn-training", 5, tmp_path / "training.xlsx"))


@pytest.fixture(scope="module", params=EVERY, ids=lambda path: path.stem)
def book(request: pytest.FixtureRequest) -> WorkbookContent:
    """Each workbook of the repository, read once for all that is asked of it."""
    return read_workbook(request.param)


def shown(content: WorkbookContent, name: str) -> dict[tuple[int, int], object]:
    """What stands in each cell of a worksheet."""
    return {place: cell.value for place, cell in content.sheets[name].cells.items()}


def shown_in(workbook: str, name: str) -> dict[tuple[int, int], object]:
    """The same of a workbook of the repository."""
    return shown(read_workbook(WORKBOOKS / f"{workbook}.xlsx"), name)


def test_the_list_of_sheets_is_written_alike(book: WorkbookContent) -> None:
    """What the first sheet says of each other one begins with a capital letter and ends without a full stop."""
    names = [name for name in book.sheets if name not in {"Start", "xlcheck"}]
    cells = shown(book, "Start")
    top = next(row for (row, column), value in cells.items() if column == 0 and value == "Sheets")
    said = [str(cells[top + 1 + k, 2]) for k in range(len(names))]

    assert [cells[top + 1 + k, 0] for k in range(len(names))] == names
    assert [text for text in said if text[0].islower() or text.endswith(".")] == []


def test_every_formula_cell_has_a_stored_value(book: WorkbookContent) -> None:
    """Programs that do not calculate show every number and every text, empty ones included, those of each epoch too."""
    assert [name for name, sheet in book.sheets.items() if PackedCells.of(sheet.cells).without_value()] == []


def test_what_is_read_has_one_name(book: WorkbookContent) -> None:
    """Where a workbook calls what is read samples, sentences or texts, its first sheet speaks of no documents."""
    texts = [str(value) for value in shown(book, "Start").values()]
    selected = [text for text in texts if text.startswith("The selected ")]
    others = [text for text in texts if "document" in text]

    assert not selected or "document" in selected[0] or not others, others


def test_how_many_of_one_thing_go_with_another_is_said_by_per(book: WorkbookContent) -> None:
    """One row per epoch and four numbers per sample: “a sample” in their place reads like another noun."""
    pattern = r"\b(numbers|rows?|one|sums|letters?|words?|probabilities) an? (sample|row|epoch|cell|step|unit|word)\b"
    texts = [str(cell.value) for sheet in book.sheets.values() for cell in sheet.cells.values()]

    assert [text for text in texts if re.search(pattern, text)] == []


def test_curves_of_answers_have_words_for_names() -> None:
    """Where the next word is trained, a curve is called by the word that is read and the one that follows."""
    with ZipFile(WORKBOOKS / "rnn-dimensions-training.xlsx") as archive:
        charts = "".join(archive.read(name).decode() for name in archive.namelist() if "/charts/chart" in name)

    assert all(name in charts for name in ("“This” → “is”", "“is” → “an”", "“an” → “example”"))
    assert "“example” → " not in charts


def test_a_chain_of_five_stands_in_a_row() -> None:
    """From what is read to the answer, with an arrow between each two, as far as their names are short."""
    cells = shown_in("sentiment", "Start")
    places = {str(value): place for place, value in sorted(cells.items(), reverse=True)}
    row = places["input"][0]
    chain = [str(value) for (at, _), value in sorted(cells.items()) if at == row and value]

    assert "".join(chain) == "input→embedding→dropout→lstm→dense"


def test_numbers_of_what_is_written_have_names() -> None:
    """Over each sum stands its word, beside each state its unit, over each column its step."""
    content = read_workbook(WORKBOOKS / "next-word.xlsx")
    cells = shown(content, "After 40 epochs")
    sums = next(place for place, value in sorted(cells.items()) if value == "sums")
    words = [value for (row, column), value in sorted(shown(content, "dense").items()) if column == 1 and row > 4][:53]
    units = [value for (row, column), value in sorted(cells.items()) if column == 0 and sums[0] <= row < sums[0] + 16]

    assert [cells[4, sums[1] + 1 + k] for k in range(53)] == words
    assert units == [f"unit {unit + 1}" for unit in range(16)]
    assert [cells[4, 1 + t] for t in range(10)] == [f"t = {t + 1}" for t in range(10)]


def test_sums_are_written_so_that_every_program_adds_them_up(book: WorkbookContent) -> None:
    """No sum takes a function of a whole range, as of its exponentials: not every program goes through it there."""
    formulas = [cell.formula for sheet in book.sheets.values() for cell in sheet.cells.values()]
    found = [text for text in formulas if text and re.search(r"SUM(PRODUCT)?\((EXP|ABS|MAX|LN|TANH)\([^()]*:", text)]

    assert any(formulas)
    assert found == []


def test_a_word_is_not_numbered_twice() -> None:
    """Where the answer stands in words, its unit, counted from 1, does not stand beside the code, counted from 0."""
    texts = [str(value) for value in shown_in("next-word", "Start").values()]

    assert "the largest of 53 numbers" in texts
    assert "at unit" not in texts


def test_each_of_several_inputs_is_named() -> None:
    """On the sheet with all samples every group of rows has a heading, the first one, too."""
    cells = shown_in("encoder-decoder", "Documents")
    headings = [value for (_, column), value in sorted(cells.items()) if column == 0]

    assert headings.index("word") < headings.index("xₜ") < headings.index("shifted")


def test_charts_are_said_in_words(book: WorkbookContent) -> None:
    """Every chart has an alternative text that says what it shows."""
    with ZipFile(book.path) as archive:
        drawings = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        frames = [frame for name in drawings for frame in etree.fromstring(archive.read(name)).iter(f"{_DRAWING}cNvPr")]
    for frame in frames:
        assert len(frame.get("descr", "")) > 40


def test_tooltips_on_links() -> None:
    """Every link says where it leads before it is clicked."""
    with ZipFile(WORKBOOKS / "lstm.xlsx") as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    links = [piece.partition("/>")[0] for sheet in sheets for piece in sheet.split("<hyperlink ")[1:]]

    assert len(links) > 50
    assert all('tooltip="Go to the sheet ' in link for link in links)


@pytest.mark.thorough
@pytest.mark.libreoffice
def test_a_hand_out_has_ten_pages(tmp_path: Path) -> None:
    """Printed, a toy lesson takes at most ten pages, without Numbers, and one with the answers, the last."""
    paths = [WORKBOOKS / f"{lesson}.xlsx" for lesson in _TOYS]
    command = [find_soffice(), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--norestore",
               "--convert-to", "pdf", "--outdir", tmp_path, *paths]  # fmt: skip
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=600)
    for path in paths:
        content = (tmp_path / f"{path.stem}.pdf").read_bytes()
        pages = content.count(b"/Type/Page") - content.count(b"/Type/Pages")
        assert 5 <= pages - 1 <= 10, path.stem
