"""A signature that travels inside a generated workbook: that nobody without the key has changed what it computes.

The seal of the manifest shows accidents; somebody who rewrites formulas, Keras's values and the seal alike
can make them fit each other. With a key (HMAC-SHA256, RFC 2104) nobody can who does not have it.

What is signed is what the workbook says, not its bytes, so that a save in a spreadsheet program keeps the
signature: the manifest; every formula by its meaning; every constant; defined names; the settings that change
what formulas give. Programs round numbers to 15 or 16 digits, each in its own way; so the numbers themselves
stand in the signature, and those on the worksheets must be near them. Not signed is what may be changed or what
the check looks at anyway: inputs, weights and the selector (the manifest has their values, and an edit is
reported), the step and unit that the page Picture shows, stored values, looks, charts, and worksheets that
somebody has added.
"""

from __future__ import annotations

import base64
import hmac
import json
import struct
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from xlcheck.errors import NothingCheckedError, SignatureError, UsageError, WorkbookError
from xlcheck.files import read_input, reading, replacing, zip_part
from xlcheck.formulas.addresses import Range, cell_name
from xlcheck.formulas.meaning import canonical
from xlcheck.workbook.container import open_container
from xlcheck.workbook.content import CellError, SheetContent, Value, WorkbookContent
from xlcheck.workbook.looks.as_built import SIGNATURE
from xlcheck.workbook.manifest import Manifest, manifest_of, manifest_sheet
from xlcheck.workbook.parts import read_structure
from xlcheck.workbook.reader import read_workbook

_FORMAT = 1
_NAME = "xlcheck signature"
_CHUNK = 32_000  # Excel allows a cell 32,767 characters
_NEAR = 1e-14  # relative; 15 digits are 5e-15, and LibreOffice rounds the last one as it likes
_SHORTEST, _LONGEST = 32, 2**16

Spelling = Callable[[str, str], tuple[str, Sequence[float]]]
"""(formula, worksheet) → how it is signed, and the numbers in it that are signed beside."""


def read_key(path: Path) -> bytes:
    """The key in a file: all its bytes.

    Raises:
        UsageError: it cannot be read, or is too short to keep anybody out.
    """
    with reading(f"the key {path}", UsageError, "name another file"):
        key = read_input(path, _LONGEST)
    if len(key) < _SHORTEST:
        raise UsageError(
            f"the key {path} has {len(key)} bytes, and {_SHORTEST} are needed; make one with: python -c "
            f'"import secrets; print(secrets.token_hex(32))" > {path}'
        )
    return key


def sign(path: Path, key: bytes) -> None:
    """Sign a generated workbook in its place, in a row of its own below the manifest.

    Raises:
        WorkbookError: xlcheck has not made it, or it is signed already.
        UsageError: it cannot be written.
    """
    content = read_workbook(path)
    sheet = _manifest(content)[0]
    sheets = tuple(content.sheets)
    by_meaning = _Signed.of(content, sheets, canonical)
    literals, constants = by_meaning.literals, by_meaning.constants
    text = json.dumps({
        _NAME: _FORMAT,
        "sheets": sheets,
        "exact": _Signed.of(content, sheets, _exact).mac(key, constants, literals),
        "meaning": by_meaning.mac(key, constants, literals),
        "constants": _encode(constants),
        "literals": _encode(literals),
    })  # fmt: skip
    row = 1 + max(row for row, _ in content.sheets[sheet].cells)
    chunks = [escape(text[start : start + _CHUNK], quote=False) for start in range(0, len(text), _CHUNK)]
    cells = "".join(
        f'<c r="{cell_name(row, column)}" t="inlineStr"><is><t>{chunk}</t></is></c>'
        for column, chunk in enumerate(chunks, start=1)
    )
    line = f'<row r="{row + 1}">{cells}</row>'
    with open_container(path) as container, replacing(path) as temporary:
        part = next(part for name, _, part in read_structure(container).sheets if name == sheet)
        with ZipFile(temporary, "w") as archive:
            for name, old in container.parts():
                packed = ZIP_DEFLATED if container.is_packed(name) else ZIP_STORED
                archive.writestr(zip_part(name), _with_row(path, old, line) if name == part else old, packed)


def verify(content: WorkbookContent, key: bytes) -> tuple[str, ...]:
    """Check the signature of a workbook; what to say of it.

    Raises:
        NothingCheckedError: nobody has signed it, or xlcheck has not made it.
        SignatureError: the signature is not that of this workbook with this key.
    """
    try:
        given = json.loads(_text(content))
        sheets = tuple(map(str, given["sheets"]))
        macs = [str(given[name]) for name in ("exact", "meaning")]
        constants, literals = _decode(given["constants"]), _decode(given["literals"])
        known = given[_NAME] == _FORMAT
    except (ValueError, TypeError, KeyError):
        raise NothingCheckedError(
            f"{content.path} is not signed, so the key says nothing about it; build it with --sign KEYFILE"
        ) from None
    if known and all(name in content.sheets for name in sheets):
        spellings: tuple[Spelling, Spelling] = (_exact, canonical)  # the first is quick, where nobody has saved it
        for mac, spelling in zip(macs, spellings, strict=True):
            found = _Signed.of(content, sheets, spelling)
            near = _are_near(found.constants, constants) and (spelling is _exact or _are_near(found.literals, literals))
            if near and hmac.compare_digest(mac.encode(), found.mac(key, constants, literals).encode()):
                return _beyond(content, sheets)
    raise SignatureError(
        f"{content.path} is not what was signed with this key: it was changed afterwards, or signed with another key; "
        "ask whoever signed it for the original"
    )


def _beyond(content: WorkbookContent, sheets: tuple[str, ...]) -> tuple[str, ...]:
    """That the signature fits, and what it does not speak of."""
    added = [name for name in content.sheets if name not in sheets]
    fits = "the signature fits the key"
    return (f"{fits}; it does not speak of the worksheets that were added: {', '.join(added)}" if added else fits,)


def _text(content: WorkbookContent) -> str:
    """The signature as it stands in the workbook; empty if there is none."""
    sheet = manifest_sheet(content)
    if sheet is None or (row := _row(sheet)) is None:
        return ""
    return "".join(str(cell.value) for (line, _), cell in sorted(sheet.cells.items()) if line == row)


def _row(sheet: SheetContent) -> int | None:
    """The row of the signature."""
    found = (place[0] for place, cell in sheet.cells.items() if place[1] == 1 and str(cell.value).startswith(SIGNATURE))
    return next(found, None)


@dataclass
class _Signed:
    """What is signed of a workbook.

    Attributes:
        items: everything apart from numbers, line by line, in an order that does not depend on the file's.
        constants: the numbers in cells.
        literals: those in formulas.
    """

    items: list[str]
    constants: array[float]
    literals: array[float]

    @staticmethod
    def of(content: WorkbookContent, sheets: tuple[str, ...], spelling: Spelling) -> _Signed:
        """Read it from a workbook, with formulas in one spelling."""
        own, manifest = _manifest(content)
        settings = content.calculation
        signed = _Signed([], array("d"), array("d"))
        signed.add("xlcheck", _FORMAT, *sheets)
        signed.add(settings.as_displayed, settings.iterates, settings.from_1904, *sorted(settings.like_lotus))
        for name, target in sorted(content.names.items()):
            signed.add(name.casefold(), signed.formula(target, "", spelling))
        free = list(_free(manifest))
        signature = _row(content.sheets[own])
        for name in sheets:
            places = {place for area in free if area.sheet == name for place in area.cells()}
            signed.add(name)
            for place, cell in sorted(content.sheets[name].cells.items()):
                is_signature = name == own and place[0] == signature
                if cell.formula is not None:
                    signed.add(*place, "=", signed.formula(cell.formula, name, spelling))
                elif not is_signature and not (place in places and type(cell.value) is float):
                    signed.constant(place, cell.value)
        return signed

    def add(self, *item: str | float) -> None:
        """One line."""
        self.items.append(json.dumps(item))

    def constant(self, place: tuple[int, int], value: Value) -> None:
        """A cell that holds no formula; of an empty text programs keep nothing."""
        if type(value) is float:
            self.constants.append(value)
            self.add(*place, "number")
        elif isinstance(value, CellError):
            self.add(*place, "error", value.code)
        elif value not in {None, ""}:
            self.add(*place, type(value).__name__, str(value))

    def formula(self, text: str, sheet: str, spelling: Spelling) -> str:
        """A formula in the spelling; its numbers go where those of the others are."""
        written, numbers = spelling(text, sheet)
        self.literals.extend(numbers)
        return written

    def mac(self, key: bytes, constants: array[float], literals: array[float]) -> str:
        """The signature, with the numbers that were signed."""
        mac = hmac.new(key, "\n".join(self.items).encode(), sha256)
        for numbers in (constants, literals):
            mac.update(f"\n{len(numbers)}\n".encode() + _bytes(numbers))
        return mac.hexdigest()


def _exact(formula: str, sheet: str) -> tuple[str, Sequence[float]]:
    """As it is written, numbers and all."""
    del sheet
    return formula, ()


def _are_near(found: array[float], signed: array[float]) -> bool:
    return len(found) == len(signed) and all(
        a == b or abs(a - b) <= _NEAR * max(abs(a), abs(b)) for a, b in zip(found, signed, strict=True)
    )


def _bytes(numbers: array[float]) -> bytes:
    return struct.pack(f"<{len(numbers)}d", *numbers)


def _encode(numbers: array[float]) -> str:
    return base64.b64encode(_bytes(numbers)).decode("ascii")


def _decode(text: str) -> array[float]:
    packed = base64.b64decode(text, validate=True)
    return array("d", [value for (value,) in struct.iter_unpack("<d", packed)])


def _free(manifest: Manifest) -> Iterator[Range]:
    """Where numbers may be changed: the manifest has the inputs and weights that the workbook was built with."""
    yield from (binding.area for binding in manifest.bindings)
    choices = (manifest.selector, *(cell for view in manifest.views for cell in (view.step, view.unit)))
    yield from (cell for cell in dict.fromkeys(choices) if cell is not None)


def _manifest(content: WorkbookContent) -> tuple[str, Manifest]:
    """The name of the worksheet that holds the manifest, and the manifest."""
    sheet, manifest = manifest_sheet(content), manifest_of(content)
    if sheet is None or manifest is None:
        raise WorkbookError(f"{content.path} was not made by xlcheck, which signs its own workbooks only")
    return sheet.name, manifest


def _with_row(path: Path, worksheet: bytes, row: str) -> bytes:
    """The hidden worksheet with one more row, as xlcheck writes it."""
    before, end, after = worksheet.rpartition(b"</sheetData>")
    if not end or SIGNATURE.encode() in before:
        raise WorkbookError(f"{path} is signed already, or not as xlcheck writes workbooks; build it again")
    return before + row.encode() + end + after
