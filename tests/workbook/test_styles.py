"""Looks: colours that everybody can tell apart, text that can be read, fonts that everybody has."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from xlcheck.layout.common import _GATE, _STATE
from xlcheck.workbook.styles import INK, STYLES, TINTS

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 15 (2009), severity 1.
_SEEN = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])
_WHITE = np.array([0.95047, 1.0, 1.08883])


def _linear(color: str) -> np.ndarray:
    rgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    ratios = (_XYZ @ np.clip(linear, 0, 1)) / _WHITE
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _difference(one: str, other: str, eyes: str) -> float:
    """ΔE of CIE 1976, as these eyes see two colours."""
    seen = np.array(_SEEN[eyes])
    return float(np.linalg.norm(_lab(seen @ _linear(one)) - _lab(seen @ _linear(other))))


def _contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2."""
    dark, light = sorted(float(_XYZ[1] @ _linear(color)) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("eyes", _SEEN)
def test_tints_can_be_told_apart(eyes: str) -> None:
    """Any two tints differ by ΔE 7, also from the mark of a changed number, with any kind of colour vision."""
    colors = {**TINTS, "edited": STYLES["edited"]["bg_color"]}
    near = {
        (a, b): round(d, 1)
        for (a, one), (b, other) in combinations(colors.items(), 2)
        if (d := _difference(one, other, eyes)) < 7
    }

    assert not near


@pytest.mark.parametrize("stops", [_GATE, _STATE])
@pytest.mark.parametrize("eyes", _SEEN)
def test_the_ends_of_a_scale_can_be_told_apart(stops: tuple[tuple[float, str], ...], eyes: str) -> None:
    """In a heat map neighbouring stops, and both ends, differ by ΔE 15 with any kind of colour vision."""
    for (_, one), (_, other) in combinations(stops, 2):
        assert _difference(one, other, eyes) >= 15


def test_text_can_be_read() -> None:
    """Every style's text has a contrast of 7 to 1 on its ground; faint text and links 4.5 to 1."""
    for name, style in STYLES.items():
        ground, text = style.get("bg_color", "#FFFFFF"), style["font_color"]
        if name != "unseen":
            assert _contrast(text, ground) >= (7 if text == INK else 4.5), name
    for _, color in (*_GATE, *_STATE):
        assert _contrast(INK, color) >= 7


def test_fonts_are_everywhere() -> None:
    """Only fonts that Windows, macOS and Google Sheets have, and for which Linux has ones of the same widths."""
    assert {style["font_name"] for style in STYLES.values()} == {"Arial", "Times New Roman", "Courier New"}


def test_an_indent_is_seen(tmp_path: Path) -> None:
    """Programs indent what is aligned left or right; of a text at the top XlsxWriter does not say so by itself."""
    path = tmp_path / "indents.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        for row, style in enumerate(STYLES.values()):
            page.write_string(row, 0, "text", book.add_format(style))
    cells = [row[0] for row in openpyxl.load_workbook(path).active]
    indented = {
        name: cell.alignment.horizontal for name, cell in zip(STYLES, cells, strict=True) if cell.alignment.indent
    }

    assert "wrap_beside" in indented
    assert {name for name, side in indented.items() if side not in {"left", "right"}} == set()
