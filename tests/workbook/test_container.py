"""What `open_container` refuses, and the sentence it says."""

from __future__ import annotations

import errno
import os
import re
import struct
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from opening import SHEET, refusal
from thorough import part_of
from workbook_parts import workbook_parts

from xlcheck.engines.libreoffice import find_soffice
from xlcheck.errors import WorkbookError
from xlcheck.sizes import ARCHIVES
from xlcheck.workbook.container import open_container

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
SAVE_AS = "open it in Excel or LibreOffice, save it as .xlsx and check that file"


@pytest.mark.parametrize("suffix", [".xlsx", ".xlsm"])
def test_accepts_a_workbook(write_parts: Callable[..., Path], suffix: str) -> None:
    """A workbook is opened, with or without macros, and its parts are read exactly."""
    path = write_parts({**workbook_parts("<row/>"), "xl/vbaProject.bin": b"\x00macro"}, f"book{suffix}")

    with open_container(path) as opened:
        assert SHEET in opened
        assert b"<row/>" in opened.read(SHEET)
        assert opened.read("xl/vbaProject.bin") == b"\x00macro"


def test_accepts_parts_that_are_stored(write_parts: Callable[..., Path], tmp_path: Path) -> None:
    """Some writers do not compress; a part that is only stored is read as well."""
    path = tmp_path / "stored.xlsx"
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, part in workbook_parts().items():
            archive.writestr(name, part)

    with open_container(path) as opened:
        assert opened.read(SHEET).startswith(b"<worksheet")


def test_names_a_part_that_is_missing(write_parts: Callable[..., Path]) -> None:
    """Asking for a part that is not there is the file's fault and says so."""
    path = write_parts(workbook_parts())

    with open_container(path) as opened, pytest.raises(WorkbookError) as caught:
        opened.read("xl/none.xml")

    assert str(caught.value) == f"{path} has no part xl/none.xml, so it is not a complete workbook; save it again"


def test_refuses_a_path_that_does_not_exist(tmp_path: Path) -> None:
    """A wrong path is said to be one."""
    path = tmp_path / "none.xlsx"

    assert refusal(path) == f"{path} does not exist; check the spelling and the folder"


def test_refuses_a_folder(tmp_path: Path) -> None:
    """A folder is not taken for a file."""
    assert refusal(tmp_path) == f"{tmp_path} is a folder; pass an .xlsx file in it"


def test_refuses_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """What the system says about a file that it does not open is passed on."""
    path = tmp_path / "loop.xlsx"
    path.symlink_to(path)

    assert refusal(path) == f"{path} cannot be read: {os.strerror(errno.ELOOP)}; check the file and its permissions"


def test_refuses_a_path_that_no_system_has() -> None:
    """A path with a zero byte is a sentence, too."""
    sentence = refusal(Path("a\0.xlsx"))  # which word for it stands in brackets depends on Python's version

    assert re.search(r"cannot be read: .*embedded null .*; check the file and its permissions$", sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty; copy or save the file again"),
        (b"a,b\n1,2\n", "is not an .xlsx workbook (not a zip archive); pass an .xlsx or .xlsm file"),
        (b"\xef\xbb\xbf <html>", f"is a web page or an XML text, not an .xlsx workbook; {SAVE_AS}"),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password; save it without the password (File, Info, Protect Workbook in Excel) "
            "and check that file",
        ),
        (
            OLE + "Workbook".encode("utf-16-le"),
            f"is an Excel 97-2003 workbook (.xls), which xlcheck does not read; {SAVE_AS}",
        ),
        (OLE + "Book".encode("utf-16-le"), f"is an Excel 5.0 workbook (.xls), which xlcheck does not read; {SAVE_AS}"),
        (OLE + "WordDocument".encode("utf-16-le"), "is a Word document, not a workbook; pass an .xlsx file"),
        (OLE, f"is an old Office file (OLE), not an .xlsx workbook; {SAVE_AS}"),
        (
            b"PK\x03\x04" + bytes(200),
            "is damaged or cut off (its table of contents is missing); copy or save it again",
        ),
    ],
)
def test_refuses_what_is_no_zip(tmp_path: Path, content: bytes, sentence: str) -> None:
    """The first bytes tell what a file is, whatever its name says, and the sentence says it."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)

    assert refusal(path) == f"{path} {sentence}"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_refuses_a_file_that_is_cut_off(write_parts: Callable[..., Path], kept: float) -> None:
    """A download that broke off is recognised at any length."""
    path = write_parts(workbook_parts())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])

    assert refusal(path) == f"{path} is damaged or cut off (its table of contents is missing); copy or save it again"


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("xl/workbook.bin", f"is a binary workbook (.xlsb), which xlcheck does not read; {SAVE_AS}"),
        ("word/document.xml", "is a Word document, not a workbook; pass an .xlsx file"),
        ("ppt/presentation.xml", "is a PowerPoint presentation, not a workbook; pass an .xlsx file"),
        (
            "Index/Document.iwa",
            "is an Apple Numbers document; export it from Numbers as Excel and check that file",
        ),
        ("model.weights.h5", "is a Keras model, not a workbook; pass it with --model beside an .xlsx file"),
        ("notes.txt", "is a zip archive without a workbook in it; pass an .xlsx or .xlsm file"),
    ],
)
def test_refuses_other_zips(write_parts: Callable[..., Path], part: str, sentence: str) -> None:
    """A zip archive that is something else is called by its name."""
    path = write_parts({part: "x"})

    assert refusal(path) == f"{path} {sentence}"


def test_refuses_an_empty_zip(write_parts: Callable[..., Path]) -> None:
    """A zip without any part is no workbook."""
    path = write_parts({})

    assert refusal(path) == f"{path} is a zip archive without a workbook in it; pass an .xlsx or .xlsm file"


@pytest.mark.exhaustive
@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("suffix", "what"),
    part_of([("ods", "an OpenDocument file (.ods)"), ("xls", "an Excel 97-2003 workbook (.xls)")], 1),
)
def test_refuses_files_of_other_formats_that_libreoffice_saved(
    write_parts: Callable[..., Path], tmp_path: Path, suffix: str, what: str
) -> None:
    """Real .xls and .ods files are recognised, also under the name .xlsx."""
    source = write_parts(workbook_parts('<row r="1"><c r="A1"><v>1</v></c></row>'), "source.xlsx")
    profile = (tmp_path / "profile").as_uri()
    command = [find_soffice() or "", f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", tmp_path, source], check=True, capture_output=True, timeout=120)
    path = (tmp_path / f"source.{suffix}").rename(tmp_path / "renamed.xlsx")

    assert refusal(path) == f"{path} is {what}, which xlcheck does not read; {SAVE_AS}"


def test_refuses_a_bomb_before_unpacking_it(write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that shrank a thousand times is refused by the table of contents, without taking its memory."""
    path = write_parts({**workbook_parts(), SHEET: b" " * 40_000_000})

    tracemalloc.start()
    sentence = refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sentence == (
        f"{path} packs 38 MB of {SHEET} more than 250 times smaller; xlcheck does not unpack it (a zip bomb?); "
        "split the workbook if it is a real one"
    )
    assert peak < 1_000_000


@pytest.mark.parametrize(("part_limit", "total_limit"), [(5000, 10**9), (10**9, 5000)])
def test_refuses_what_would_be_too_large(
    write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, part_limit: int, total_limit: int
) -> None:
    """Both one part and all together have a limit."""
    limits = replace(ARCHIVES[".xlsx"], part_bytes=part_limit, total_bytes=total_limit)
    monkeypatch.setitem(ARCHIVES, ".xlsx", limits)
    path = write_parts(workbook_parts("<row/>" * 2000))

    assert f"{path} would unpack to 0 MB (0 MB in {SHEET}), more than the limits of " in refusal(path)


def test_refuses_too_many_parts(write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of parts has a limit."""
    monkeypatch.setitem(ARCHIVES, ".xlsx", replace(ARCHIVES[".xlsx"], parts=3))
    path = write_parts(workbook_parts())

    assert f"{path} has 5 parts, more than the limit of 3; xlcheck does not unpack it" in refusal(path)


@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_STORED])
def test_refuses_a_part_that_is_longer_than_it_declares(tmp_path: Path, method: int) -> None:
    """Another program would read beyond the declared size, so a file that lies about it is not read at all."""
    path = tmp_path / "liar.xlsx"
    honest = b"<worksheet/>"
    with ZipFile(path, "w", method) as archive:
        for name, part in workbook_parts().items():
            archive.writestr(name, honest + b" " * 10_000_000 if name == SHEET else part)
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET.encode()))
    struct.pack_into("<I", content, entry + 16, zlib.crc32(honest))
    struct.pack_into("<I", content, entry + 24, len(honest))
    header = struct.unpack_from("<I", content, entry + 42)[0]
    struct.pack_into("<I", content, header + 14, zlib.crc32(honest))
    struct.pack_into("<I", content, header + 22, len(honest))
    path.write_bytes(content)

    assert refusal(path) == (
        f"{path} is damaged: its part {SHEET} does not unpack to what the file declares; copy or save the file again"
    )


def test_refuses_a_wrong_checksum(write_parts: Callable[..., Path]) -> None:
    """One wrong byte inside a part is noticed."""
    path = write_parts(workbook_parts())
    content = bytearray(path.read_bytes())
    content[content.index(SHEET.encode()) + len(SHEET) + 5] ^= 0xFF
    path.write_bytes(content)

    assert f"{path} is damaged: its part {SHEET} does not unpack" in refusal(path)


def test_refuses_a_part_that_is_there_twice(tmp_path: Path) -> None:
    """Readers differ in which of two parts of the same name they take, so neither is taken."""
    path = tmp_path / "twice.xlsx"
    with ZipFile(path, "w") as archive:
        for name, part in {**workbook_parts(), SHEET.upper(): "<worksheet/>"}.items():
            archive.writestr(name, part)

    assert refusal(path) == f"{path} contains the part {SHEET} twice, so it is not clear what it says; save it again"


def test_refuses_a_zip_password(write_parts: Callable[..., Path]) -> None:
    """A part that is encrypted within the zip is named as such."""
    path = write_parts(workbook_parts())
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)

    assert refusal(path) == f"{path} is protected by a zip password; unpack and save it without one"


def test_a_disk_that_gives_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the file cannot be read, and why, and not that a result could not be written."""
    from xlcheck.workbook import container

    class Damaged(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(container, "open_input", lambda path: Damaged())
    path = tmp_path / "stick.xlsx"

    assert refusal(path) == f"{path} cannot be read: {os.strerror(errno.EIO)}; check the file and its permissions"


def test_refuses_a_compression_that_excel_does_not_read(tmp_path: Path) -> None:
    """Only what Excel reads is read."""
    path = tmp_path / "bzip2.xlsx"
    with ZipFile(path, "w", ZIP_BZIP2) as archive:
        for name, part in workbook_parts().items():
            archive.writestr(name, part)

    assert refusal(path) == (
        f"{path} is packed in a way that Excel does not read (part [Content_Types].xml); save it again as .xlsx"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("part", [SHEET, "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_refuses_a_document_type_definition(write_parts: Callable[..., Path], part: str, encoding: str) -> None:
    """Entities are an attack on whoever expands them: no part may declare any, in whatever encoding."""
    text = '<!-- x --><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><worksheet>&c;</worksheet>'
    path = write_parts({**workbook_parts(), part: text.encode(encoding)})

    assert refusal(path) == (
        f"{path} has a document type definition in its part {part}, which no workbook needs and which can be used for "
        "an attack; xlcheck does not read it, so ask whoever made the file for a clean one"
    )


def test_accepts_a_text_about_document_types(write_parts: Callable[..., Path]) -> None:
    """Only a declaration is one: the words may stand in a comment or a text."""
    part = "<!-- <!DOCTYPE a> --><worksheet><![CDATA[<!DOCTYPE a>]]></worksheet>"

    open_container(write_parts({**workbook_parts(), SHEET: part})).close()
