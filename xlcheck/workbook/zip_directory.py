"""What a file is by its content, and what the table of contents of a zip must be like.

Readers differ in which of two parts of one name they take, in whether they believe the table of contents or
what stands before each part, and in what they make of bytes before, between and behind. Source: PKWARE,
"APPNOTE.TXT", sections 4.3 and 4.4; ECMA-376, part 2, section 6.2.2 for the names of parts.
"""

from __future__ import annotations

import os
import posixpath
import re
import struct
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from xlcheck.errors import WorkbookError
from xlcheck.sizes import ARCHIVES, excess

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


_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_END = b"PK\x05\x06"
_END_BYTES = 22
# Signature, version, flags, method, time, date, checksum, packed and unpacked size, length of the name and of the rest.
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MAGIC = b"PK\x03\x04"
_FIELD = struct.Struct("<HH")
_UNICODE_PATH, _BEFORE_NAME = 0x7075, 5  # a version and a checksum
_IN_ZIP64 = 0xFFFFFFFF
_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")


def require_clear(path: Path, file: BinaryIO, archive: ZipFile) -> None:
    """Refuse an archive that is no workbook, is too large, or of which programs may unpack different things.

    Raises:
        WorkbookError: it is one.
    """
    infos = archive.infolist()
    kind = kind_of_archive({info.filename for info in infos})
    if kind is not None:
        raise WorkbookError(f"{path} {kind}")
    too_large = excess(infos, ARCHIVES[".xlsx"])
    if too_large is not None:
        raise WorkbookError(
            f"{path} {too_large}; xlcheck does not unpack it (a zip bomb?); split the workbook if it is a real one"
        )
    for info in infos:
        if not info.filename.strip("/"):
            raise WorkbookError(
                f"{path} contains a part without a name, so it is not clear what it says; save it again"
            )
        if info.flag_bits & _ENCRYPTED:
            raise WorkbookError(f"{path} is protected by a zip password; unpack and save it without one")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise WorkbookError(
                f"{path} is packed in a way that Excel does not read (part {info.filename}); save it again as .xlsx"
            )
    name, count = Counter(canonical(info.filename) for info in infos).most_common(1)[0]
    if count > 1:
        raise WorkbookError(f"{path} contains the part {name} twice, so it is not clear what it says; save it again")
    _require_one_reading(path, file, archive, infos)


def canonical(name: str) -> str:
    """A part's name as Office compares names: without case, one separator, and no character written as its number."""
    return posixpath.normpath("/" + decoded(name).replace("\\", "/")).lstrip("/").casefold()


def decoded(name: str) -> str:
    """A part's name without characters that are written as their numbers (`%20`)."""
    return _ENCODED.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), name)


def _require_one_reading(path: Path, file: BinaryIO, archive: ZipFile, infos: list[ZipInfo]) -> None:
    """Refuse what a program that does not begin with the table of contents would read otherwise."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - len(archive.comment)))
    if file.read(4) != _END or _END in archive.comment:
        raise WorkbookError(f"{path} goes on behind its end, so it is not clear what it says; save it again")
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end or (info.header_offset > 0 and end == 0):
            what = "overlap" if info.header_offset < end else "do not begin where the file does"
            raise WorkbookError(f"{path} contains parts that {what}, so it is not clear what it says; save it again")
        file.seek(info.header_offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
            raise _other_header(path, info)
        _, _, flags, method, _, _, crc, packed, unpacked, name_length, rest_length = _LOCAL.unpack(header)
        name, rest = file.read(name_length), file.read(rest_length)
        given = (crc, packed, unpacked)
        sizes_fit = flags & _SIZES_FOLLOW or _IN_ZIP64 in given or given == (
            info.CRC, info.compress_size, info.file_size,
        )  # fmt: skip
        encoded = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace")
        # From Python 3.13 on, the name of a part is the other one already, if it has one.
        others = {*_other_names(rest), *_other_names(info.extra)} - {info.orig_filename.encode()}
        if others or name != encoded or method != info.compress_type or not sizes_fit:
            raise _other_header(path, info)
        end = info.header_offset + _LOCAL.size + name_length + rest_length + info.compress_size


def _other_names(extra: bytes) -> Iterator[bytes]:
    """The names that the extra fields of a part give it: some programs unpack it under such a name."""
    while len(extra) >= _FIELD.size:
        kind, size = _FIELD.unpack_from(extra)
        if kind == _UNICODE_PATH:
            yield extra[_FIELD.size + _BEFORE_NAME : _FIELD.size + size]
        extra = extra[_FIELD.size + size :]


def _other_header(path: Path, info: ZipInfo) -> WorkbookError:
    return WorkbookError(
        f"{path} is damaged: its table of contents says something else about {info.filename!r} than stands before that "
        "part; save it again"
    )
