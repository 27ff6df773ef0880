"""Signatures of generated workbooks: what breaks them and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from xlcheck import api
from xlcheck.engines.libreoffice import LibreOffice
from xlcheck.errors import NothingCheckedError, SignatureError, UsageError, WorkbookError
from xlcheck.workbook.container import open_container
from xlcheck.workbook.manifest import SHEET, manifest_of
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.signature import read_key, sign, verify

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
LONG = ("gru", "simple-rnn-training", "sentiment", "next-word")
KEY = bytes(range(32))
FITS = ("the signature fits the key",)
Edit = Callable[[str, str], str]


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson, signed."""
    return signed_lesson("lstm", tmp_path_factory.mktemp("signed"))


def signed_lesson(name: str, folder: Path) -> Path:
    path = folder / f"{name}.xlsx"
    path.write_bytes((WORKBOOKS / path.name).read_bytes())
    sign(path, KEY)
    return path


def test_a_signed_workbook_is_as_it_was_built(signed: Path) -> None:
    """The signature itself is no change of what was written."""
    assert api.check(signed, strict=True).ok


def test_a_reader_may_choose_another_step(signed: Path, tmp_path: Path) -> None:
    """What the page of pictures shows is chosen in the sheet, and is as little an edit as the sample is."""
    book = openpyxl.load_workbook(signed)
    (choice,) = {view.step for view in manifest_of(read_workbook(signed)).views if view.step is not None}  # type: ignore[union-attr]
    book[choice.sheet].cell(choice.top + 1, choice.left + 1).value = 2
    book.save(tmp_path / "chosen.xlsx")

    assert verify(read_workbook(tmp_path / "chosen.xlsx"), KEY) == FITS
    assert api.check(tmp_path / "chosen.xlsx").ok


def edited(path: Path, folder: Path, edit: Edit) -> Path:
    """A copy after an edit: a function of a worksheet's or a part's name and of its text; it must change something."""
    target = folder / "edited.xlsx"
    changed = False
    with open_container(path) as container:
        titles = {part: title for title, _, part in read_structure(container).sheets}
    with ZipFile(path) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name).decode()
            after = edit(titles.get(name, name), text)
            changed |= after != text
            new.writestr(name, after)
    assert changed
    return target


def on(part: str, pattern: str, replacement: str) -> Edit:
    """An edit of the first place in one part."""
    return lambda name, text: re.sub(pattern, replacement, text, count=1) if name.endswith(part) else text


WRONG_EXACT = on(SHEET, r"\"exact\": \"..", '"exact": "zz')


def check(path: Path) -> tuple[str, ...]:
    return verify(read_workbook(path), KEY)


def test_a_signed_workbook_is_known(signed: Path) -> None:
    """It is the same workbook in everything else, and signing is repeatable to the byte."""
    again = signed_lesson("lstm", signed.parent / "..")

    assert check(signed) == FITS
    assert again.read_bytes() == signed.read_bytes()
    assert api.check(signed).ok


@pytest.mark.parametrize(
    "edit",
    [
        on("lstm", r"<f>[^<]*</f>", "<f>1</f>"),
        on("lstm", r"<f>([^<]*)\$B\$", r"<f>\1$C$"),
        on("lstm", r"<f>[^<]*</f><v>([^<]*)</v>", r"<v>\1</v>"),
        on("sharedStrings.xml", r"<t>([^<]*)tanh", r"<t>\1sine"),
        on("workbook.xml", r"(<definedName name=\"lstm.bias\">Weights!\$B\$16:\$)E", r"\1D"),
        on("workbook.xml", r"<calcPr", '<calcPr iterate="1"'),
        on("Check", r"<c r=\"([A-Z]+[0-9]+)\"( s=\"\d+\")?><v>[^<]*</v>", r'<c r="\1"\2><v>123</v>'),
        WRONG_EXACT,
    ],
    ids=["formula", "reference", "typed over", "word", "name", "setting", "constant", "signature"],
)
def test_what_breaks_a_signature(signed: Path, tmp_path: Path, edit: Edit) -> None:
    """Whatever is computed or read in the workbook; the last one only where the other half does not fit either."""
    path = edited(signed, tmp_path, edit)
    if edit is WRONG_EXACT:
        path = edited(path, tmp_path / "..", on(SHEET, r"\"meaning\": \"..", '"meaning": "zz'))
    with pytest.raises((SignatureError, WorkbookError)) as caught:
        check(path)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "edit",
    [
        on("Weights", r"<c r=\"B8\"( s=\"\d+\")?><v>[^<]*</v>", r'<c r="B8"\1><v>0.5</v>'),
        on("lstm", r"(</f><v>)[^<]*", r"\g<1>9"),
        on("styles.xml", r"0\.000000", "0.00"),
        on("lstm", r"<f>([^<]*)</f>", r"<f> \1 </f>"),
    ],
    ids=["weight", "stored value", "number format", "spelling"],
)
def test_what_does_not(signed: Path, tmp_path: Path, edit: Edit) -> None:
    """What may be changed, and what the check looks at anyway."""
    assert check(edited(signed, tmp_path, edit)) == FITS


def test_a_manifest_that_was_forged_with_its_seal(signed: Path, tmp_path: Path) -> None:
    """Somebody who allows himself more and seals that anew deceives the check, and not the signature."""
    path = tmp_path / "forged.xlsx"
    manifest = manifest_of(read_workbook(signed))
    assert manifest is not None
    book = openpyxl.load_workbook(signed)
    for row, chunk in enumerate(replace(manifest, atol=1e-7).to_chunks(), start=1):
        book[SHEET].cell(row, 1).value = chunk
    book.save(path)

    assert api.check(path).ok
    with pytest.raises(SignatureError):
        check(path)


def test_worksheets_that_were_added_are_named(signed: Path, tmp_path: Path) -> None:
    """They may be anybody's; the report says that nobody vouches for them."""
    book = openpyxl.load_workbook(signed)
    book.create_sheet("Mine")["A1"] = "=1+1"
    book.save(tmp_path / "more.xlsx")

    assert check(tmp_path / "more.xlsx") == (
        "the signature fits the key; it does not speak of the worksheets that were added: Mine",
    )


@pytest.mark.exhaustive
@pytest.mark.libreoffice
@pytest.mark.parametrize("lesson", ["lstm", *(pytest.param(name, marks=pytest.mark.exhaustive) for name in LONG)])
def test_a_save_in_another_program_keeps_it(lesson: str, tmp_path: Path) -> None:
    """openpyxl and LibreOffice write other bytes, fewer digits and other spellings of the same formulas."""
    path = signed_lesson(lesson, tmp_path)
    openpyxl.load_workbook(path).save(tmp_path / "openpyxl.xlsx")
    (tmp_path / "saved").mkdir()

    assert check(tmp_path / "openpyxl.xlsx") == FITS
    assert check(LibreOffice().convert(path, tmp_path / "saved")) == FITS


def test_another_key_does_not_fit(signed: Path) -> None:
    """The sentence says both things that may be, and the check ends with 1."""
    with pytest.raises(SignatureError) as caught:
        verify(read_workbook(signed), KEY[::-1])

    assert caught.value.exit_code == 1
    assert str(caught.value) == (
        f"{signed} is not what was signed with this key: it was changed afterwards, or signed with another key; ask "
        "whoever signed it for the original"
    )


@pytest.mark.parametrize(
    "path", [WORKBOOKS / "lstm.xlsx", WORKBOOKS.parent / "fixtures" / "handmade" / "german_lstm.xlsx"]
)
def test_nobody_has_signed_it(path: Path) -> None:
    """A key says nothing about other workbooks: the check ends with 3."""
    with pytest.raises(NothingCheckedError) as caught:
        check(path)

    assert str(caught.value) == f"{path} is not signed, so the key says nothing about it; build it with --sign KEYFILE"


def test_a_workbook_is_signed_once_and_only_by_us(signed: Path, tmp_path: Path) -> None:
    """Two signatures would leave it open which one counts."""
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(signed.read_bytes())
    with pytest.raises(WorkbookError, match="is signed already"):
        sign(copy, KEY)
    copy.write_bytes((WORKBOOKS.parent / "fixtures" / "handmade" / "german_lstm.xlsx").read_bytes())
    with pytest.raises(WorkbookError, match="was not made by xlcheck, which signs its own workbooks only"):
        sign(copy, KEY)


def test_keys_are_files_of_some_length(tmp_path: Path) -> None:
    """One that anybody could guess is refused with the command that makes a better one."""
    path = tmp_path / "key"
    with pytest.raises(UsageError, match=r"cannot be read: No such file or directory"):
        read_key(path)
    path.write_bytes(b"secret")
    with pytest.raises(UsageError, match="has 6 bytes, and 32 are needed; make one with: python -c"):
        read_key(path)
    path.write_bytes(KEY)

    assert read_key(path) == KEY


def test_build_signs_and_check_asks(tmp_path: Path) -> None:
    """The two calls that go together; without a key a signed workbook is checked as any other."""
    key = tmp_path / "key"
    key.write_bytes(KEY)
    built = api.build("simple-rnn", tmp_path / "book.xlsx", sign=key)

    assert "the signature fits the key" in api.check(built.path, verify_key=key).notes
    assert api.check(built.path).ok
