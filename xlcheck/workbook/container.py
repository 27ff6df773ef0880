"""The zip container of a workbook, refused before it is unpacked if it is broken, hostile or something else.

Every other reader, our own and each formula engine's, gets a file only after `open_container` has
accepted it. Sizes are compared with limits first as the file declares them, then while inflating,
since a declared size can lie; checksums, doubled names, encryption and document type definitions
are looked at in the same pass.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from xlcheck.errors import WorkbookError
from xlcheck.files import open_input
from xlcheck.sizes import ARCHIVES, excess
from xlcheck.workbook.formula_facts import FormulaFacts, formula_facts, has_formulas

# A worksheet part of constants of more bytes is read only when somebody asks for its cells.
_LARGE = 2**16
_PIECE = 2**16
_INFLATED_PIECE = 2**20

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCAL_HEADER = b"PK\x03\x04"
_ENCRYPTED_FLAG = 0x1
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


class Container:
    """An accepted workbook file; a context manager that closes it.

    Attributes:
        path: the file.
        names: the names of all parts, in the file's order.
        formulas: what a quick look says about its formulas.
    """

    formulas: FormulaFacts

    def __init__(self, path: Path, file: BinaryIO, archive: ZipFile) -> None:
        self.path = path
        self._file = file
        self._parts = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self._inflated: dict[str, bytes] = {}
        self.names = tuple(self._parts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._inflated.clear()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        """A part, inflated; never more than it declares.

        Raises:
            WorkbookError: there is no such part, or it is damaged.
        """
        info = self._parts.get(name)
        if info is None:
            raise WorkbookError(f"{self.path} has no part {name}, so it is not a complete workbook; save it again")
        # What is kept from the acceptance is handed out once, so that it can be forgotten part by part.
        return self._inflated.pop(name, None) or self._inflate(info)

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """(name, content) of every part."""
        return ((name, self.read(name)) for name in self.names)

    def accept(self) -> None:
        """Look into every part, and keep the XML for the reader, who usually comes next.

        Large worksheets of constants, which as a rule nobody reads, are only looked through.

        Raises:
            WorkbookError: a part is damaged or has a document type definition.
        """
        constant = set()
        for name, info in self._parts.items():
            if self._is_constant(info):
                constant.add(name)
                continue
            content = self.read(name)
            if _is_xml(name):
                if _declares_type(content):
                    raise WorkbookError(
                        f"{self.path} has a document type definition in its part {name}, which no workbook needs and "
                        "which can be used for an attack; xlcheck does not read it, so ask whoever made the file for "
                        "a clean one"
                    )
                self._inflated[name] = content
        self.formulas = formula_facts(
            (part for part in self._inflated.values() if b"sheetData" in part), frozenset(constant)
        )

    def _is_constant(self, info: ZipInfo) -> bool:
        """Whether a part is a large worksheet without formulas or a document type; then all of it was inflated."""
        if info.file_size <= _LARGE or not _is_xml(info.filename):
            return False
        before = b""
        for piece in self._pieces(info):
            if not before and (b"<sheetData" not in piece or _declares_type(piece) is not False):
                return False
            if has_formulas(before + piece):
                return False
            before = (before + piece)[-2:]  # a tag may stand in two pieces
        return bool(before)

    def _inflate(self, info: ZipInfo) -> bytes:
        return b"".join(self._pieces(info))

    def _pieces(self, info: ZipInfo) -> Iterator[bytes]:
        """A part, inflated piece by piece; memory that is used again is the fastest.

        Raises:
            WorkbookError: it is damaged; perhaps only after the last piece.
        """
        # zipfile stops quietly at the declared size; another program's zip reader may not, and would
        # then see other content than we do. So the stream must end exactly where it says it does.
        size = crc = 0
        try:
            for piece in self._unpacked(info):
                size += len(piece)
                if size > info.file_size:
                    break
                crc = zlib.crc32(piece, crc)
                yield piece
        except (OSError, ValueError, OverflowError, zlib.error):
            raise self._damaged(info) from None
        if size != info.file_size or crc != info.CRC:
            raise self._damaged(info)

    def _unpacked(self, info: ZipInfo) -> Iterator[bytes]:
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        if not header.startswith(_LOCAL_HEADER):
            raise ValueError("another part stands there")
        name_and_extra = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._file.seek(name_and_extra, 1)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == ZIP_DEFLATED else None
        for start in range(0, info.compress_size, _PIECE):
            packed = self._file.read(min(_PIECE, info.compress_size - start))
            if inflater is None:
                yield packed
                continue
            full = True
            while (packed or full) and not inflater.eof:
                piece = inflater.decompress(packed, _INFLATED_PIECE)
                packed, full = inflater.unconsumed_tail, len(piece) == _INFLATED_PIECE
                if piece:
                    yield piece
        if inflater is not None and not inflater.eof:
            raise ValueError("the stream does not end")

    def _damaged(self, info: ZipInfo) -> WorkbookError:
        return WorkbookError(
            f"{self.path} is damaged: its part {info.filename} does not unpack to what the file declares; "
            "copy or save the file again"
        )


def open_container(path: Path) -> Container:
    """Open a workbook file and look at everything in it that could do harm.

    Raises:
        WorkbookError: the path cannot be read, is no .xlsx or .xlsm file, is damaged, protected,
            too large, or contains a document type definition.
    """
    path = Path(path)
    file = _open_file(path)
    try:
        archive = _open_archive(path, file)
        _check_directory(path, archive)
        container = Container(path, file, archive)
        # The reader and then the engine open the same file: it is looked through for this once.
        known, state = acceptance(path), _state(file)
        if known is not None and known.state == state:
            container.formulas = known.formulas
        else:
            container.accept()
            accept(path, Acceptance(state, container.formulas))
    except BaseException:
        file.close()
        raise
    return container


@dataclass(frozen=True)
class Acceptance:
    """That a file was accepted in a certain state, and what was seen in it."""

    state: tuple[int, ...]
    formulas: FormulaFacts


class _Accepted(threading.local):
    """The file that this thread accepted last."""

    path: Path | None = None
    known: Acceptance | None = None


_accepted = _Accepted()


def acceptance(path: Path) -> Acceptance | None:
    """What is known of a file, if it is the one that this thread accepted last."""
    return _accepted.known if _accepted.path == path else None


def accept(path: Path, known: Acceptance) -> None:
    """Take over that a file was accepted, perhaps by another process; it counts until the file changes."""
    _accepted.path, _accepted.known = path, known


def _state(file: BinaryIO) -> tuple[int, ...]:
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _open_file(path: Path) -> BinaryIO:
    if path.is_dir():
        raise WorkbookError(f"{path} is a folder; pass an .xlsx file in it")
    try:
        return open_input(path)
    except FileNotFoundError:
        raise WorkbookError(f"{path} does not exist; check the spelling and the folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WorkbookError(f"{path} cannot be read ({reason}); check the file and its permissions") from None


def _open_archive(path: Path, file: BinaryIO) -> ZipFile:
    start = file.read(512)
    if start.startswith(_OLE_MAGIC):
        raise WorkbookError(f"{path} {_ole_kind(start + file.read())}")
    if not start:
        raise WorkbookError(f"{path} is empty; copy or save the file again")
    try:
        return ZipFile(file)
    except (BadZipFile, ValueError, NotImplementedError, OverflowError):
        pass
    if start.startswith(_LOCAL_HEADER):
        raise WorkbookError(f"{path} is damaged or cut off (its table of contents is missing); copy or save it again")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise WorkbookError(f"{path} is a web page or an XML text, not an .xlsx workbook; {_SAVE_AS}")
    raise WorkbookError(f"{path} is not an .xlsx workbook (not a zip archive); pass an .xlsx or .xlsm file")


def _ole_kind(content: bytes) -> str:
    for stream, kind in _OLE_KINDS.items():
        if stream.encode("utf-16-le") in content:
            return kind
    return f"is an old Office file (OLE), not an .xlsx workbook; {_SAVE_AS}"


def _check_directory(path: Path, archive: ZipFile) -> None:
    """Refuse by the zip's table of contents alone."""
    infos = archive.infolist()
    names = {info.filename for info in infos}
    if "mimetype" in names and "content.xml" in names:
        raise WorkbookError(f"{path} {_OPEN_DOCUMENT}")
    for part, kind in _OTHER_ZIPS.items():
        if part in names:
            raise WorkbookError(f"{path} {kind}")
    if "[Content_Types].xml" not in names and "xl/workbook.xml" not in names:
        raise WorkbookError(f"{path} is a zip archive without a workbook in it; pass an .xlsx or .xlsm file")
    too_large = excess(infos, ARCHIVES[".xlsx"])
    if too_large is not None:
        raise WorkbookError(
            f"{path} {too_large}; xlcheck does not unpack it (a zip bomb?); split the workbook if it is a real one"
        )
    # Office compares part names without case, and readers differ in which of two they take.
    name, count = Counter(info.filename.casefold() for info in infos).most_common(1)[0]
    if count > 1:
        raise WorkbookError(f"{path} contains the part {name} twice, so it is not clear what it says; save it again")
    for info in infos:
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise WorkbookError(f"{path} is protected by a zip password; unpack and save it without one")
        if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise WorkbookError(
                f"{path} is packed in a way that Excel does not read (part {info.filename}); save it again as .xlsx"
            )


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


class _Found(Exception):  # noqa: N818 - it ends a parse, it is no error
    pass


def _declares_type(content: bytes) -> bool | None:
    """Whether an XML text declares a document type; None if its first element, before which that stands, is missing."""
    parser = expat.ParserCreate()
    found: bool | None = None

    def on_doctype(*_: object) -> None:
        nonlocal found
        found = True
        raise _Found

    def on_element(*_: object) -> None:
        nonlocal found
        found = False
        raise _Found

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_element
    # A part that is not well formed matters only if it is read, and then its reader says so.
    try:
        for start in range(0, len(content), 65_536):
            parser.Parse(content[start : start + 65_536], False)
        parser.Parse(b"", True)  # newer versions of expat put off what arrives in many pieces
    except (_Found, expat.ExpatError):
        pass
    return found
