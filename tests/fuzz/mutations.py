"""Ways to spoil a workbook file: bytes of the zip, whole parts, the XML inside, the formulas."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reader_mutations import spoil

_FUNCTIONS = (
    "SUM",
    "IF",
    "INDEX",
    "MMULT",
    "OFFSET",
    "INDIRECT",
    "SUMPRODUCT",
    "REPT",
    "LET",
    "LAMBDA",
    "SEQUENCE",
    "TEXT",
)
_PIECES = (
    *"()+-*/^&=<>,;:{}[]!#@%$'\" \\",
    *("A1", "B2:C3", "$A$1", "A:A", "1:1", "XFD1048576", "S!A1", "'S'!A1", "[1]S!A1", "#REF!", "#N/A", "TRUE"),
    *("1", "0", "-1", "1E300", "1E-300", "0.5", "99999999999999999999", '"x"', "é", "😀", "_xlfn.", "_xlpm.x", "x"),
)
# Attribute values of cells and formulas that no program writes there.
_ATTRIBUTES = (
    b"",
    b"0",
    b"-1",
    b"A0",
    b"ZZZZ9",
    b"A1:B",
    b"shared",
    b"array",
    b"dataTable",
    b"s",
    b"str",
    b"99999999999",
)


def random_formula(random: Random) -> str:
    """Text that looks more or less like a formula, at times very deep or very long."""
    kind = random.randrange(8)
    if kind == 0:
        depth = random.choice((10, 100, 1000, 5000))
        opening = random.choice(("(", "-", "IF(1,", "SUM(", "{", "+"))
        return opening * depth + "1" + (")" * depth if "(" in opening else "")
    if kind == 1:
        return "".join(chr(random.randrange(32, 0x2FFF)) for _ in range(random.randrange(1, 60)))
    words = [random.choice(_PIECES) for _ in range(random.randrange(1, 25))]
    for _ in range(random.randrange(3)):
        words.insert(random.randrange(len(words) + 1), f"{random.choice(_FUNCTIONS)}(")
    return "".join(words)


def mutate(book: bytes, random: Random) -> bytes:
    """One spoiled variant of a workbook file."""
    return random.choice(_MUTATIONS)(book, random)


def _flip_bytes(book: bytes, random: Random) -> bytes:
    spoiled = bytearray(book)
    for _ in range(random.choice((1, 1, 4, 40))):
        spoiled[random.randrange(len(spoiled))] = random.randrange(256)
    return bytes(spoiled)


def _cut_off(book: bytes, random: Random) -> bytes:
    return book[: random.randrange(len(book))]


def _drop_part(book: bytes, random: Random) -> bytes:
    parts = unzipped(book)
    del parts[random.choice(sorted(parts))]
    return zipped(parts)


def _exchange_parts(book: bytes, random: Random) -> bytes:
    parts = unzipped(book)
    first, second = random.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]
    return zipped(parts)


def _mangle_part(book: bytes, random: Random) -> bytes:
    parts = unzipped(book)
    name = random.choice(sorted(parts))
    content = bytearray(parts[name])
    for _ in range(random.choice((1, 1, 3, 10))):
        start = random.randrange(len(content) + 1)
        end = min(len(content), start + random.choice((0, 1, 8, 60)))
        piece = content[start:end]
        content[start:end] = random.choice((b"", piece * 2, bytes([random.randrange(256)]), b"<", b'"', b"<c>", b"&x;"))
    parts[name] = bytes(content)
    return zipped(parts)


def _change_attributes(book: bytes, random: Random) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        return match[1] + random.choice(_ATTRIBUTES) + b'"' if random.random() < 0.1 else match[0]

    return _edit_sheets(book, lambda content: re.sub(rb'( (?:r|t|s|si|ref|cm|spans)=")[^"]*"', change, content))


def _replace_formulas(book: bytes, random: Random) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        if random.random() > 0.2:
            return match[0]
        formula = random_formula(random).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return match[1] + formula.encode() + match[2]

    return _edit_sheets(book, lambda content: re.sub(rb"(<f[^>/]*>)[^<]*(</f>)", change, content))


def _declare_encoding(book: bytes, random: Random) -> bytes:
    """Another encoding in a part's declaration, and at times that encoding itself."""
    parts = unzipped(book)
    name = random.choice([name for name in sorted(parts) if name.endswith((".xml", ".rels"))])
    encoding = random.choice(("utf-32", "utf-7", "utf-16", "latin-1", "ebcdic-cp-us", "nonsense", "", "UTF-8' x='"))
    text = re.sub(r"^<\?xml[^>]*\?>\s*", "", parts[name].decode("utf-8", "replace"))
    declared = f"<?xml version='{random.choice(('1.0', '1.1', '9'))}' encoding='{encoding}'?>" + text
    written = encoding if random.random() < 0.5 and encoding in {"utf-32", "utf-7", "utf-16", "latin-1"} else "utf-8"
    parts[name] = declared.encode(written, "replace")
    return zipped(parts)


def _rename_part(book: bytes, random: Random) -> bytes:
    """A part under a name that readers may take for another one, or twice under two."""
    parts = unzipped(book)
    name = random.choice(sorted(parts))
    other = random.choice(("", "/" + name, name.upper(), name.replace("/", "\\"), "xl/../" + name, name + " ",
                           name.replace("x", "%78"), "xl//" + name, name + "\0", "é" * 300, "a/" * 200))  # fmt: skip
    content = parts[name] if random.random() < 0.5 else parts.pop(name)
    parts[other] = content if random.random() < 0.5 else b""
    return zipped(parts)


def _set_calculation(book: bytes, random: Random) -> bytes:
    """Other settings of the calculation than the workbook's own."""
    names = ("calcMode", "fullPrecision", "iterate", "fullCalcOnLoad", "refMode", "date1904", "iterateCount")
    values = ("0", "1", "manual", "false", "true", "R1C1", "", "32767", "x")
    own = " ".join(f'{name}="{random.choice(values)}"' for name in random.sample(names, random.randrange(4)))
    parts = unzipped(book)
    content = parts["xl/workbook.xml"].decode()
    if "<calcPr" in content and random.random() < 0.8:
        content = re.sub(r"<calcPr[^>]*>", f"<calcPr {own}/>", content)
    else:
        content = content.replace("</workbook>", f"<calcPr {own}/><workbookPr {own}/></workbook>")
    parts["xl/workbook.xml"] = content.encode()
    return zipped(parts)


def _double_cell(book: bytes, random: Random) -> bytes:
    """A cell, a row or a formula twice, with another value the second time."""
    pattern = random.choice((rb"<c [^>]*>.*?</c>", rb"<row [^>]*>.*?</row>", rb"<f[^>]*>[^<]*</f>"))

    def change(content: bytes) -> bytes:
        found = list(re.finditer(pattern, content, re.DOTALL))
        if not found:
            return content
        one = random.choice(found)
        again = re.sub(rb"<v>[^<]*</v>", b"<v>7</v>", one[0]) if random.random() < 0.5 else one[0]
        return content[: one.end()] + again + content[one.end() :]

    return _edit_sheets(book, change)


def _move_relation(book: bytes, random: Random) -> bytes:
    """A relation that leads elsewhere."""
    parts = unzipped(book)
    name = random.choice([name for name in sorted(parts) if name.endswith(".rels")])
    targets = (b"", b"../x.xml", b"/etc/passwd", b"http://localhost/x", b"worksheets/sheet1.xml", b"file:///dev/zero")
    parts[name] = re.sub(rb'Target="[^"]*"', b'Target="' + random.choice(targets) + b'"', parts[name], count=1)
    return zipped(parts)


def _slip(book: bytes, random: Random) -> bytes:
    """One formula a little different, as a slip of the hand makes it."""

    def change(formula: bytes) -> bytes:
        return random.choice(_SLIPS)(formula, random)

    return _one_place(book, random, rb"(?<=>)[^<>]+(?=</f>)", change)


def _beside(formula: bytes, random: Random) -> bytes:
    found = list(re.finditer(rb"(?<![A-Za-z])(\$?[A-Z]{1,2}\$?)(\d+)(?![\d(])", formula))
    if not found:
        return formula + b"+1"
    one = random.choice(found)
    column, row = one[1], max(1, int(one[2]) + random.choice((-1, 1)))
    if random.random() < 0.4:
        column, row = column[:-1] + bytes([max(65, min(90, column[-1] + 1))]), int(one[2])
    return formula[: one.start()] + column + str(row).encode() + formula[one.end() :]


def _another(old: bytes, *new: bytes) -> Callable[[bytes, Random], bytes]:
    return lambda formula, random: formula.replace(old, random.choice(new), 1)


_SLIPS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _beside, _beside, _beside, _another(b"$", b""), _another(b"+", b"-", b"*"), _another(b"*", b"+", b"/"),
    _another(b"1", b"2", b"10", b"1.0000001"), _another(b"TANH", b"SIN", b"ATAN"), _another(b"-", b"+", b""),
    _another(b"SUMPRODUCT", b"SUM", b"-SUMPRODUCT"), _another(b"EXP", b"COSH", b"-EXP"),
    lambda formula, random: formula + random.choice((b"+1E-6", b"*1", b"+0*RAND()", b"&amp;&quot;&quot;", b"^1", b"%")),
    lambda formula, random: random.choice((b"IFERROR(" + formula + b",0)", b"ROUND(" + formula + b",9)")),
)  # fmt: skip


def _trap(book: bytes, random: Random) -> bytes:
    """A formula that is another one only for some numbers in a cell that it reads: beyond a limit, or at one number."""

    def change(formula: bytes) -> bytes:
        read = re.findall(rb"(?<![\w.(:])(?:\w+!)?\$?[A-Z]{1,2}\$?\d+(?![\w(:!])", formula)
        if not read:
            return formula
        number = random.choice((b"0.777", b"-0.777", b"7.5", b"100", b"-100", b"12345"))
        new = random.choice(_TRAPS).replace(b"{x}", random.choice(read)).replace(b"{n}", number)
        return new.replace(b"{f}", formula)

    return _one_place(book, random, rb"(?<=>)[^<>]+(?=</f>)", change)


_TRAPS = (
    b"{f}+MAX(0,{x}-{n})", b"{f}+MIN(0,{x}-{n})", b"MEDIAN(-{n},{f},{n})", b"IF({x}={n},5,{f})", b"{f}+({x}&gt;{n})",
    b"{f}+DELTA({x},{n})", b"{f}+EXP(-1000000*({x}-{n})^2)", b"IFERROR({f}+0*SQRT({n}-{x}),0)",
    b"{f}+INT(ABS({x})/{n})",
    b"{f}+ROUND({x}/{n}/9,0)", b"{f}+LOOKUP({x},{-99999,{n}},{0,1})", b"CHOOSE(1+({x}={n}),{f},5)", b"ROUND({f},15)",
    b"_xlfn.LET(_xlpm.a,{f},IF(_xlpm.a&lt;{n},_xlpm.a,5))", b"{f}+TRUNC({x}/{n})", b"{f}+({x}/{n})^99",
    b"{f}*SIGN(ABS({x}-{n}))", b"IF(ISNUMBER({x}),{f},5)", b"{f}+COUNT({x})-1", b"{f}+1/COSH(9000*({x}-{n}))",
)  # fmt: skip


def _change_number(book: bytes, random: Random) -> bytes:
    """One stored number, of a constant or of a formula, a little or quite another one."""

    def change(number: bytes) -> bytes:
        value = float(number)
        return repr(random.choice((-value, value + 1, value * (1 + 1e-7), value * 1.5, 0.0, 1e300))).encode()

    return _one_place(book, random, rb"(?<=<v>)-?\d+\.\d+(?:E-?\d+)?(?=</v>)", change)


def _forget_formula(book: bytes, random: Random) -> bytes:
    """The value of a formula instead of the formula, or a formula of which the value is missing."""
    if random.random() < 0.5:
        return _one_place(book, random, rb"<f>[^<]*</f>(?=<v>)", lambda _: b"")
    return _one_place(book, random, rb"(?<=</f>)<v>[^<]*</v>", lambda _: b"")


def _exchange_formulas(book: bytes, random: Random) -> bytes:
    """The formulas of two cells of a worksheet exchanged."""

    def change(content: bytes) -> bytes:
        found = list(re.finditer(rb"<f>[^<]*</f>", content))
        if len(found) < 2:
            return content
        place = random.randrange(len(found) - 1)
        one, two = found[place], found[random.choice((place + 1, random.randrange(place + 1, len(found))))]
        return (
            content[: one.start()] + two[0] + content[one.end() : two.start()] + one[0] + content[two.end() :]
        )  # fmt: skip

    return _edit_one_sheet(book, random, change)


_MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flip_bytes,
    _cut_off,
    _drop_part,
    _exchange_parts,
    _mangle_part,
    _mangle_part,
    _change_attributes,
    _change_attributes,
    _replace_formulas,
    _replace_formulas,
    _declare_encoding,
    _rename_part,
    _set_calculation,
    _double_cell,
    _move_relation,
    spoil,
    spoil,
    spoil,
    *([_slip] * 5),
    *([_trap] * 3),
    *([_change_number] * 3),
    _forget_formula,
    _exchange_formulas,
)


def _edit_sheets(book: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    return zipped({name: edit(part) if "worksheets/" in name else part for name, part in unzipped(book).items()})


def _edit_one_sheet(book: bytes, random: Random, edit: Callable[[bytes], bytes]) -> bytes:
    parts = unzipped(book)
    name = random.choice([name for name in sorted(parts) if "worksheets/sheet" in name])
    return zipped({**parts, name: edit(parts[name])})


def _one_place(book: bytes, random: Random, pattern: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """One of the places of a worksheet that fit a pattern is changed, if there is any."""

    def edit(content: bytes) -> bytes:
        found = list(re.finditer(pattern, content))
        if not found:
            return content
        one = random.choice(found)
        return content[: one.start()] + change(one[0]) + content[one.end() :]

    return _edit_one_sheet(book, random, edit)


def unzipped(book: bytes) -> dict[str, bytes]:
    """The parts of a file by name."""
    with ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    """A file of parts, under whatever names."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            entry = ZipInfo("x")  # whose own constructor would repair a name
            entry.filename, entry.compress_type = name, ZIP_DEFLATED
            archive.writestr(entry, part)
    return target.getvalue()
