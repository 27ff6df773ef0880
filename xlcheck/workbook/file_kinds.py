"""What a file is that is no .xlsx workbook, by its content, and what to do with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import BinaryIO

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP_MAGIC = b"PK\x03\x04"
_SAVE_AS = "open it in Excel or LibreOffice, save it as .xlsx and check that file"

# A part that only this kind of zip archive holds → what the archive is, and what to do.
_OTHER_ZIPS = {
    "xl/workbook.bin": f"is a binary workbook (.xlsb), which xlcheck does not read; {_SAVE_AS}",
    "word/document.xml": "is a Word document, not a workbook; pass an .xlsx file",
    "ppt/presentation.xml": "is a PowerPoint presentation, not a workbook; pass an .xlsx file",
    "Index/Document.iwa": "is an Apple Numbers document; export it from Numbers as Excel and check that file",
    "model.weights.h5": "is a Keras model, not a workbook; pass it with --model beside an .xlsx file",
}
_OPEN_DOCUMENT = f"is an OpenDocument file (.ods), which xlcheck does not read; {_SAVE_AS}"

# A stream that only this kind of OLE file holds → what it is, and what to do.
_OLE_KINDS = {
    "EncryptedPackage": "is protected by a password; save it without the password (File, Info, Protect Workbook in "
    "Excel) and check that file",
    "WordDocument": "is a Word document, not a workbook; pass an .xlsx file",
    "Workbook": f"is an Excel 97-2003 workbook (.xls), which xlcheck does not read; {_SAVE_AS}",
    "Book": f"is an Excel 5.0 workbook (.xls), which xlcheck does not read; {_SAVE_AS}",
}


def kind_of_file(file: BinaryIO) -> str:
    """What a file is that is no zip archive, as the end of a sentence."""
    start = file.read(512)
    if start.startswith(_OLE_MAGIC):
        content = start + file.read()
        found = (kind for stream, kind in _OLE_KINDS.items() if stream.encode("utf-16-le") in content)
        return next(found, f"is an old Office file (OLE), not an .xlsx workbook; {_SAVE_AS}")
    if not start:
        return "is empty; copy or save the file again"
    if start.startswith(_ZIP_MAGIC):
        return "is damaged or cut off (its table of contents is missing); copy or save it again"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return f"is a web page or an XML text, not an .xlsx workbook; {_SAVE_AS}"
    return "is not an .xlsx workbook (not a zip archive); pass an .xlsx or .xlsm file"


def kind_of_archive(names: Collection[str]) -> str | None:
    """What a zip archive with parts of these names is, as the end of a sentence; None for a workbook."""
    if "mimetype" in names and "content.xml" in names:
        return _OPEN_DOCUMENT
    for part, kind in _OTHER_ZIPS.items():
        if part in names:
            return kind
    if "[Content_Types].xml" not in names and "xl/workbook.xml" not in names:
        return "is a zip archive without a workbook in it; pass an .xlsx or .xlsm file"
    return None
