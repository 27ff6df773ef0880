"""The zip container of a workbook, refused before it is unpacked if it is broken, hostile or something else.

Every other reader, our own and each formula engine's, gets a file only after `open_container` has
accepted it. Sizes are compared with limits first as the file declares them (`zip_directory`), then while
inflating, since a declared size can lie; checksums, encodings and document type definitions (`xml_text`)
are looked at in the same pass, whatever a part is called.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from xlcheck.errors import WorkbookError
from xlcheck.files import is_folder, open_input, reading
from xlcheck.frozen import dataclass
from xlcheck.workbook.formula_facts import FormulaFacts, formula_facts
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_text import EncodingError, declares_type, in_utf8, looks_like_xml
from xlcheck.workbook.zip_directory import kind_of_file, require_clear

if TYPE_CHECKING:
    from xlcheck.workbook.seen_sheets import Packed, SeenSheets


# Of a class's submissions most parts are the same; those of up to so many bytes are compared.
_SMALL = 2**16
_PIECE = 2**16
_INFLATED_PIECE = 2**20
_CHECK = "check the file and its permissions"


class Container:
    """An accepted workbook file; a context manager that closes it.

    Attributes:
        names: the names of all parts, in the file's order.
        formulas: what a quick look says about its formulas.
    """

    formulas: FormulaFacts

    def __init__(self, path: Path, file: BinaryIO, archive: ZipFile) -> None:
        self.path = path
        self._file = file
        self._parts = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self._inflated: dict[str, bytes] = {}
        self._sheets: dict[str, SheetPart] = {}
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
        self._sheets.clear()
        self._file.close()

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        """A part, inflated, never more than it declares; XML in UTF-8.

        Raises:
            WorkbookError: there is no such part, it is damaged, or it is XML in an encoding that no workbook has.
        """
        info = self._parts.get(name)
        if info is None:
            raise WorkbookError(f"{self.path} has no part {name}, so it is not a complete workbook; save it again")
        # What is kept from the acceptance is handed out once, so that it can be forgotten part by part.
        return self._inflated.pop(name, None) or self._text(name, self._whole(info))

    def sheet(self, name: str) -> SheetPart:
        """A part that is a worksheet; see `read`."""
        self._inflated.pop(name, None)
        return self._sheets.pop(name, None) or SheetPart(self.read(name))

    def is_packed(self, name: str) -> bool:
        """Whether a part is compressed."""
        return self._parts[name].compress_type == ZIP_DEFLATED

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """(name, content) of every part."""
        return ((name, self.read(name)) for name in self.names)

    def accept(self, seen: SeenSheets | None = None) -> None:
        """Look into every part, and keep the XML for the reader, who usually comes next.

        Args:
            seen: parts of other files; the same are not unpacked again.

        Raises:
            WorkbookError: a part is damaged, has a document type definition or an encoding that no workbook has.
        """
        for name, info in self._parts.items():
            packed = self._packed(info) if seen is not None and info.file_size <= _SMALL else None
            known = None if packed is None or seen is None else seen.part(packed)
            if known is not None:
                self._inflated[name] = known
                continue
            content = self.read(name)
            if looks_like_xml(content):
                if declares_type(content):
                    raise WorkbookError(
                        f"{self.path} has a document type definition in its part {name}, which no workbook needs and "
                        "which can be used for an attack; xlcheck does not read it, so ask whoever made the file for "
                        "a clean one"
                    )
                self._inflated[name] = content
                if packed is not None and seen is not None:
                    seen.keep(packed, content)
        self._sheets = {name: SheetPart(part) for name, part in self._inflated.items() if b"sheetData" in part}
        self.formulas = formula_facts(self._sheets)

    def _text(self, name: str, content: bytes) -> bytes:
        try:
            return in_utf8(content) if looks_like_xml(content) else content
        except EncodingError as error:
            raise WorkbookError(
                f"{self.path} has its part {name} in the encoding {error}, which programs read differently; workbooks "
                "are in UTF-8 or UTF-16, so save it again"
            ) from None

    def _whole(self, info: ZipInfo) -> bytes:
        whole = BytesIO()  # which hands over what was written; joined pieces would stand twice in memory
        for piece in self._pieces(info):
            whole.write(piece)
        return whole.getvalue()

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

    def _packed(self, info: ZipInfo) -> Packed:
        self._go_to(info)
        return self._file.read(info.compress_size), info.compress_type, info.file_size, info.CRC

    def _go_to(self, info: ZipInfo) -> None:
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        name_and_extra = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        self._file.seek(name_and_extra, 1)

    def _unpacked(self, info: ZipInfo) -> Iterator[bytes]:
        self._go_to(info)
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


def open_container(path: Path, seen: SeenSheets | None = None) -> Container:
    """Open a workbook file and look at everything in it that could do harm.

    Args:
        path: the file.
        seen: parts of other files, of which the same are not looked into again.

    Raises:
        WorkbookError: the path cannot be read, is no .xlsx or .xlsm file, is damaged, protected,
            too large, or contains a document type definition.
    """
    path = Path(path)
    file = _open_file(path)
    try:
        archive = _open_archive(path, file)
        require_clear(path, file, archive)
        container = Container(path, file, archive)
        # The reader and then the engine open the same file: it is looked through for this once.
        known, state = acceptance(path), _state(file)
        if known is not None and known.state == state:
            container.formulas = known.formulas
        else:
            container.accept(seen)
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
    if is_folder(path):
        raise WorkbookError(f"{path} is a folder; pass an .xlsx file in it")
    with reading(path, WorkbookError, _CHECK):
        try:
            return open_input(path)
        except FileNotFoundError:
            raise WorkbookError(f"{path} does not exist; check the spelling and the folder") from None


def _open_archive(path: Path, file: BinaryIO) -> ZipFile:
    with reading(path, WorkbookError, _CHECK):  # not from a disk that is damaged, or a share that has gone
        with suppress(BadZipFile, ValueError, NotImplementedError, OverflowError, IndexError):
            return ZipFile(file)
        file.seek(0)
        raise WorkbookError(f"{path} {kind_of_file(file)}")
