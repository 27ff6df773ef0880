"""Ways to spoil what goes with a workbook: bindings, arrays, tables and models."""

from __future__ import annotations

import io
import json
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np

_VALUES = (
    b"0", b"-1", b"1e308", b"1e999", b"nan", b"inf", b"''", b"true", b"[]", b"{}", b"[[1]]", b"1_0", b"0x10", b"'A1'",
    b"'A1:XFD1048576'", b"'S!A1'", b"'#REF!'", b"99999999999999999999", b"1979-05-27", b"\xff", b"\x00", b"'\\u0000'",
)  # fmt: skip
_KEYS = (b"units", b"type", b"kernel", b"document", b"x", b"gates", b"sheet", b"a.b", b"''", b'"\\n"', b"loss")


def spoiled_bytes(content: bytes, random: Random) -> bytes:
    """A few bytes changed, dropped or doubled, or the end cut off."""
    spoiled = bytearray(content)
    if not spoiled or random.random() < 0.15:
        return content[: random.randrange(len(content) + 1)]
    for _ in range(random.choice((1, 1, 3, 20))):
        start = random.randrange(len(spoiled) + 1)
        end = min(len(spoiled), start + random.choice((0, 1, 4, 30)))
        piece = bytes(spoiled[start:end])
        spoiled[start:end] = random.choice((b"", piece * 2, bytes([random.randrange(256)]), b"\n", b"[", b'"'))
    return bytes(spoiled)


def spoiled_bindings(content: bytes, random: Random) -> bytes:
    """A TOML text with other values, other keys, or far more of something than anybody writes."""
    lines = content.splitlines()
    kind = random.randrange(10)
    if kind == 0:
        return spoiled_bytes(content, random)
    if kind > 6:  # a number, a column or a row is another one
        one = random.choice([*re.finditer(rb"[A-Z]+(?=\d)|\d+", content)])
        return content[: one.start()] + random.choice((b"1", b"2", b"3", b"B", b"C", b"$D")) + content[one.end() :]
    place = random.randrange(len(lines) + 1)
    if kind in {1, 2} and b"=" in (line := lines[place - 1]):
        key = line.split(b"=")[0]
        lines[place - 1] = random.choice((key, random.choice(_KEYS))) + b"= " + random.choice(_VALUES)
    elif kind == 3:
        lines.insert(place, random.choice(lines))
    elif kind == 4:
        del lines[place - 1]
    elif kind == 5:
        number = random.choice((10, 1000, 100_000))
        much = (b"[" * number + b"]" * number, b".".join([b"a"] * number), b"9" * number, b"'" * number,
                b"[" + b"1," * number + b"]", b"'" + b"A1:" * number + b"'")  # fmt: skip
        lines.insert(place, random.choice((b"x = ", b"", b"[")) + random.choice(much))
    else:
        random.shuffle(lines)
    return b"\n".join(lines)


def spoiled_array(random: Random, right: np.ndarray) -> bytes:
    """A .npy file: the right one spoiled, of another type or shape, with a header that lies, or with spoiled bytes."""
    if random.random() < 0.4:
        buffer = io.BytesIO()
        np.save(buffer, _nearly(right, random))
        return spoiled_bytes(buffer.getvalue(), random) if random.random() < 0.6 else buffer.getvalue()
    kinds = ("<f8", ">f4", "<i8", "?", "<c16", "<U3", "S2", "<f2", "M8[s]", "<u1", "V4", "|O")
    shape = tuple(random.choice((0, 1, 2, 3, 7)) for _ in range(random.randrange(5)))
    kind = random.choice(kinds)
    if kind == "|O" or random.random() < 0.4:
        lie = random.choice((shape, (10**9,), (10**18,), (-1, 2), (2, 2, 1), (1, 10**6, 10**6), "x"))
        header = f"{{'descr': {kind!r}, 'fortran_order': {random.choice((True, False, 3))}, 'shape': {lie!r}, }}"
        if random.random() < 0.3:
            header = random.choice((header[:-3], header * 2, "(" * 5000, "__import__('os')", header.replace("'", '"')))
        packed = header.encode("latin-1", "replace") + b"\n"
        content = b"\x93NUMPY\x01\x00" + struct.pack("<H", min(len(packed), 65535)) + packed
        return content + random.randbytes(random.choice((0, 8, 32, 4096)))
    buffer = io.BytesIO()
    values = np.zeros(shape, "<f8") + random.choice((1.0, 2.0, np.nan, np.inf, 1e300))
    with np.errstate(all="ignore"):
        np.save(buffer, values.astype(kind) if kind[-1] not in "sV4" else np.zeros(shape, kind))
    return spoiled_bytes(buffer.getvalue(), random) if random.random() < 0.4 else buffer.getvalue()


def _nearly(right: np.ndarray, random: Random) -> np.ndarray:
    """The right numbers, or nearly: of another precision or shape, in another order, one of them another one."""
    changed = right.copy()
    changed.flat[random.randrange(changed.size)] += random.choice((0.0, 1e-16, 1e-3))
    return random.choice((
        changed, changed, right.astype("<f4"), right.astype(">f8"), right.ravel(), right[..., 0], right[None],
        right[:1], right[::-1], np.asfortranarray(right), np.swapaxes(right, 0, 1),
    ))  # fmt: skip


def spoiled_archive(random: Random, right: np.ndarray) -> bytes:
    """A .npz file: of spoiled arrays, under strange names, or with a table of contents that lies."""
    buffer = io.BytesIO()
    if random.random() < 0.3:
        np.savez(buffer, input=_nearly(right, random))
        return spoiled_bytes(buffer.getvalue(), random) if random.random() < 0.5 else buffer.getvalue()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice
        for number in range(random.randrange(4)):
            name = random.choice(("input", "arr_0", "x", "", "../x", "lstm.h_init", "input_layer", "é", "a/b"))
            suffix = random.choice((".npy", ".npy", ".txt", ""))
            archive.writestr(
                f"{name}{number if random.random() < 0.3 else ''}{suffix}" or "x", spoiled_array(random, right)
            )
    content = buffer.getvalue()
    return spoiled_bytes(content, random) if random.random() < 0.4 else content


def spoiled_table(random: Random, right: np.ndarray) -> bytes:
    """A .csv file: the right one spoiled; of other separators, encodings, numbers and lengths of rows."""
    if random.random() < 0.4:
        buffer = io.StringIO()
        np.savetxt(buffer, _nearly(right, random).reshape(len(right), -1), fmt="%.17g", delimiter=",")
        text = random.choice(("", "a,b\n", "1,2\n", "\n", "# x\n")) + buffer.getvalue()
        packed = text.encode(random.choice(("utf-8", "utf-8-sig", "utf-16")))
        return spoiled_bytes(packed, random) if random.random() < 0.6 else packed
    cells = (
        "1",
        "2.5",
        "-3e5",
        "",
        "x",
        "1,5",
        '"',
        '"a,b"',
        "nan",
        "inf",
        "1e999",
        "0x1",
        " 1 ",
        "1_000",
        "é",
        "=1+1",
    )
    separator = random.choice((",", ",", ",", ";", "\t", "|"))
    rows = [
        separator.join(random.choice(cells[: random.choice((3, 16))]) for _ in range(random.choice((0, 1, 2, 2, 5))))
        for _ in range(random.choice((0, 1, 2, 3, 30)))
    ]
    text = random.choice(("\n", "\r\n", "\r")).join(rows)
    encoded = text.encode(random.choice(("utf-8", "utf-8-sig", "utf-16", "latin-1", "utf-32")), "replace")
    return spoiled_bytes(encoded, random) if random.random() < 0.3 else encoded


def spoiled_model(content: bytes, random: Random) -> bytes:
    """A .keras file: with another configuration, without a part, or with spoiled bytes."""
    kind = random.randrange(4)
    if kind == 0:
        return spoiled_bytes(content, random)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(parts))
    if kind == 1:
        parts["config.json"] = json.dumps(_other(json.loads(parts["config.json"]), random)).encode()
    elif kind == 2:
        parts[name] = spoiled_bytes(parts[name], random)
    else:
        del parts[name]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def spoiled_json(content: bytes, random: Random) -> bytes:
    """A JSON text in which one value somewhere is another one, or another key stands."""
    return json.dumps(_other(json.loads(content), random)).encode()


def _other(config: Any, random: Random) -> Any:
    """A configuration in which one value somewhere is another one."""
    places: list[tuple[Any, Any]] = []

    def collect(item: Any) -> None:
        for key, value in item.items() if isinstance(item, dict) else enumerate(item):
            places.append((item, key))
            if isinstance(value, dict | list):
                collect(value)

    collect(config)
    values: tuple[Callable[[], Any], ...] = (
        lambda: None, lambda: -1, lambda: 0, lambda: 10**9, lambda: 10**30, lambda: 1.5, lambda: "relu", lambda: "",
        lambda: "Lambda", lambda: [], lambda: {}, lambda: True, lambda: [[1]] * 3, lambda: "float16", lambda: "../x",
        lambda: 0.25, lambda: 1e-9,
    )  # fmt: skip
    for _ in range(random.choice((1, 1, 2))):
        item, key = random.choice(places)
        item[key] = random.choice(values)()
    return config
