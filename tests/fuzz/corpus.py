"""Small hostile files, each of a kind that has once ended badly, made here and not kept: name → the file's bytes.

What random spoiling finds is added here, reduced to what matters.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np
from workbook_parts import workbook_parts

ROW = '<row r="1"><c r="A1"><v>2</v></c><c r="B1"><f>A1*2</f><v>4</v></c></row>'


def _book(parts: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            entry = zipfile.ZipInfo("x")  # whose own constructor would repair a name
            entry.filename = name
            archive.writestr(entry, part)
    return buffer.getvalue()


def _encoded(encoding: str, written: str = "utf-8") -> bytes:
    parts: dict[str, bytes | str] = dict(workbook_parts(ROW))
    text = f"<?xml version='1.0' encoding='{encoding}'?>{parts['xl/workbook.xml']}"
    return _book({**parts, "xl/workbook.xml": text.encode(written)})


def _formula(formula: str) -> bytes:
    return _book(dict(workbook_parts(f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>{formula}</f></c></row>')))


def _array(header: str, magic: bytes = b"\x93NUMPY\x01\x00") -> bytes:
    packed = header.encode() + b"\n"
    return magic + struct.pack("<H", len(packed)) + packed + bytes(64)


def _packed(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def _zeros(count: int) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, input=np.zeros((count, 2, 1)))
    return buffer.getvalue()


WORKBOOKS: dict[str, Callable[[], bytes]] = {
    "declares utf-32": lambda: _encoded("utf-32"),
    "is utf-32": lambda: _encoded("utf-32", "utf-32"),
    "declares utf-7": lambda: _encoded("utf-7"),
    "declares an encoding that there is not": lambda: _encoded("nonsense"),
    "declares no encoding's name": lambda: _encoded("x' y='"),
    "a part without a name": lambda: _book({**workbook_parts(ROW), "": b""}),
    "a part with a name of a NUL": lambda: _book({**workbook_parts(ROW), "x\0y": b""}),
    "a part in two spellings": lambda: _book({**workbook_parts(ROW), "XL/workbook.xml": b"<workbook/>"}),
    "a part that is percent-encoded": lambda: _book({**workbook_parts(ROW), "xl/workboo%6B.xml": b"<workbook/>"}),
    "a cell twice": lambda: _book(dict(workbook_parts(ROW.replace("</row>", '<c r="B1"><v>9</v></c></row>')))),
    "a row twice": lambda: _book(dict(workbook_parts(ROW + ROW))),
    "a formula twice": lambda: _book(dict(workbook_parts(ROW.replace("<v>4", "<f>A1*3</f><v>4")))),
    "a document type in a part of another ending": lambda: _book(
        {**workbook_parts(ROW), "xl/x.dat": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}
    ),
    "a formula too deep": lambda: _formula("(" * 5000 + "1" + ")" * 5000),
    "a formula without an end": lambda: _formula("SUMPRODUCT(A:ZZ*A:ZZ)"),
    "a formula of a billion days": lambda: _formula("WORKDAY(1,1E9)"),
    "nothing": lambda: b"",
    "a zip of nothing": lambda: _book({}),
}
BINDINGS: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: b"x = " + b"[" * 100_000 + b"]" * 100_000,
    "tables in tables": lambda: b"x = " + b"{a=" * 10_000 + b"1" + b"}" * 10_000,
    "a long integer": lambda: b"x = " + b"9" * 100_000,
    "a long hexadecimal integer": lambda: b"x = 0x" + b"f" * 200,
    "a long key": lambda: b".".join([b"a"] * 200_000) + b" = 1",
    "a long key of a table": lambda: b"[" + b" . ".join([b"'a'"] * 200_000) + b"]",
    "no text": lambda: bytes(range(256)),
    "JSON": lambda: json.dumps({"model": [[]]}).encode(),
}
INPUTS: dict[str, Callable[[], bytes]] = {
    "brackets.npy": lambda: _array("(" * 5000),
    "unclosed.npy": lambda: _array("{'descr': '<f8', 'fortran_order': False, 'shape': (2,"),
    "no type.npy": lambda: _array("{'descr': 'x', 'fortran_order': False, 'shape': (2,)}"),
    "huge.npy": lambda: _array("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000,)}"),
    "large.npy": lambda: _array("{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000, 2, 1)}"),
    "objects.npy": lambda: _array("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}"),
    "of Python 2.npy": lambda: _array("{'descr': '<f8', 'fortran_order': False, 'shape': (8L,), }"),
    "text.npz": lambda: _packed(input=b"no array"),
    "bomb.npz": lambda: _zeros(5_000_000),
    "cut off.npz": lambda: _zeros(10)[:-30],
    "nul.csv": lambda: b"1,2\0\n",
    "long.csv": lambda: b"1," * 500_000,
    "many.csv": lambda: b"1,2\n" * 300_000,
}
