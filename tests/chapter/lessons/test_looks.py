"""What a reader has in hand: files without fault, hand-outs on paper, charts in words."""

from __future__ import annotations

import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from short_trainings import short_training
from thorough import part_of

from xlcheck.engines.libreoffice import find_soffice

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


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_charts_are_said_in_words(path: Path) -> None:
    """Every chart has an alternative text that says what it shows."""
    with ZipFile(path) as archive:
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
