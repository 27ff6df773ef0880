"""XML that is written plainly, as nearly all programs do, read by regular expressions: several times as fast.

Whatever is written in another way is left to the XML parser, which also says what is wrong with it.
"""

from __future__ import annotations

import re

_T = rb'<t(?: xml:space="preserve")?>([^<]*)</t>'
# How a run of a rich text looks: elements that nobody can take for a text, each with one attribute at most.
_LOOK = (
    rb"<(?:b|i|u|strike|sz|rFont|family|scheme|charset|vertAlign|color)"
    rb'(?: [a-z]+="[\w .,+-]*")?/>|<color theme="\d+" tint="[-.\w]*"/>'
)
_RUN = rb"<r>(?:<rPr>(?:" + _LOOK + rb")*</rPr>)?" + _T + rb"</r>"
_TEXT = re.compile(rb"<si>(?:" + _T + rb"|((?:" + _RUN.replace(rb"([^<]*)", rb"[^<]*") + rb")+))</si>")
_TEXT_OF_RUN = re.compile(_T)
_HEAD = re.compile(
    rb'<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\s*'
    rb'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"(?: (?:count|uniqueCount)="\d+")*>'
)
_END = b"</sst>"
_CHARACTERS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}
_CHARACTER = re.compile("&(?:(lt|gt|quot|apos|amp);)?")
# What XML forbids in a text, and line ends that it reads as others.
_NO_TEXT = bytes({*range(32)} - {9, 10})
_NO_TEXTS = ("\ufffe".encode(), "\uffff".encode(), b"]]>")
_SEPARATOR = "\0"  # stands in no XML


def plain_strings(content: bytes) -> list[str] | None:
    """The texts of a part of shared strings, as they are written; None if it is not plain."""
    head = _HEAD.match(content)
    if head is None or not content.endswith(_END):
        return None
    body = content[head.end() : -len(_END)]
    if _TEXT.sub(b"", body) or len(body.translate(None, _NO_TEXT)) < len(body) or any(t in body for t in _NO_TEXTS):
        return None
    found = [text or b"".join(_TEXT_OF_RUN.findall(runs)) for text, runs in _TEXT.findall(body)]
    try:
        return plain_text(_SEPARATOR.encode().join(found)).split(_SEPARATOR) if found else []
    except ValueError:
        return None


def has_runs(texts: bytes) -> bool:
    """Whether texts in a part may consist of pieces that look differently, or have small letters above them."""
    return b"rPr" in texts or b"rPh" in texts


def plain_text(written: bytes) -> str:
    """Text with the characters that XML has names for.

    Raises:
        ValueError: a character is written in another way, or the text is not in UTF-8.
    """
    return _CHARACTER.sub(_character, written.decode("utf-8"))


def _character(found: re.Match[str]) -> str:
    if found[1] is None:
        raise ValueError("a character is written as its number, or has a name of its own")
    return _CHARACTERS[found[1]]
