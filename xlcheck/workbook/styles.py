"""The look of every workbook: one palette, one legend, one set of named cell styles.

People with any kind of colour vision can tell the tints apart: they were chosen so that any two differ by ΔE 7 or
more, as normal eyes see them and as simulations of the three kinds of colour blindness show them; a test measures it.
Text on them has a contrast of at least 7 to 1. Colour never stands alone: every band has its symbol, every verdict its
mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INK = "#1F2933"
FAINT = "#52606D"
LINE = "#CBD2D9"
LINK = "#0B5CAD"
FONT, MATH, MONO = "Arial", "Times New Roman", "Courier New"
"""Fonts that every system has, or another one as wide in their place."""

# role → tint; the legend shows them in this order.
TINTS: dict[str, str] = {
    "input": "#CFE9FD",
    "weight": "#FDDEA3",
    "intermediate": "#FCF9ED",
    "gate": "#FFF09E",
    "state": "#B5E8D3",
    "output": "#D6CAF3",
    "target": "#BAC0C6",
    "loss": "#F0C6E1",
    "gradient": "#F2C9AA",
    "keras": "#E4EBF0",
}

VALUE_FORMAT = "0.000000"
WEIGHT_FORMAT = "0.00000000"
CODE_FORMAT = "0"
TINY_FORMAT = "[>=0.0001]0.000000;[<=-0.0001]-0.000000;0.0E+00"
"""Numbers that may become too small for decimals, without filling the column."""
SKIPPED_FORMAT = '[<=-100000000]"skipped";[<0]-0.000000;0.000000'
"""Scores of which 10⁹ is taken away where a step is skipped: a word in place of nine digits that mean nothing."""
ARROWS = "→←↗↘↖↙"
"""Where a state is read again; `state_to_↗` shows it behind the number, `state_from_↗` before it."""
SHORT = "_short"
"""Ends the names of styles that show as many digits as a number has."""
WIDE = "_wide"
"""Ends the names of styles of drawings that write large numbers as 1.23E+12: boxes have a width of their own."""
BRIEF = "_brief"
"""Ends the names of styles with four decimals, for narrow columns."""
ONE_LINE = "_line"
"""Ends the names of styles without wrapped text, for what fits on one line."""
ACROSS = ("_from", "_over", "_to")
"""End the names of styles of the first, middle and last one of cells across which one text is centred."""
DIFFERENCE_FORMAT = '0.0E+00;-0.0E+00;"0"'

_BASE: dict[str, Any] = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
_TOP_LINE: dict[str, Any] = {"top": 1, "top_color": LINE}
_BORDER: dict[str, Any] = {"border": 1, "border_color": LINE}
_BOXED: dict[str, Any] = {**_BORDER, "align": "right"}


_OF_TEXT: dict[str, dict[str, Any]] = {
    "text": {},
    "text_beside": {"indent": 1},
    "sentence": {"indent": 1, "text_wrap": True},
    "wrap": {"text_wrap": True, "valign": "top"},
    "wrap_beside": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    "title": {"font_size": 20, "bold": True},
    "subtitle": {"font_size": 12, "font_color": FAINT, "text_wrap": True, "valign": "top"},
    "heading": {"font_size": 13, "bold": True, "bottom": 1, "bottom_color": LINE},
    "header": {"bold": True, "bg_color": "#323F4B", "font_color": "#FFFFFF", "align": "center", "text_wrap": True},
    "header_right": {"bold": True, "bg_color": "#323F4B", "font_color": "#FFFFFF", "align": "right"},
    "header_left": {"bold": True, "bg_color": "#323F4B", "font_color": "#FFFFFF", "text_wrap": True},
    "symbol": {"bold": True, "font_size": 12, **_TOP_LINE},
    "symbol_small": {"bold": True, **_TOP_LINE},
    "symbol_right": {"font_color": FAINT, "bold": True, "align": "right"},
    "equation_wrap": {"font_name": MATH, "italic": True, "text_wrap": True, **_TOP_LINE},
    "unit": {"font_color": FAINT, "align": "center"},
    "first_unit": {"font_color": FAINT, "align": "center", **_TOP_LINE},
    "equation": {"font_name": MATH, "italic": True, **_TOP_LINE},
    "equation_beside": {"font_name": MATH, "italic": True, "indent": 1, **_TOP_LINE},
    "long_equation": {"font_name": MATH, "italic": True, "text_wrap": True, **_TOP_LINE},
    "meaning": {"font_color": FAINT, "text_wrap": True, **_TOP_LINE},
    "name": {"bold": True, "font_size": 12},
    "hint": {"font_color": FAINT, "italic": True},
    "hint_beside": {"font_color": FAINT, "italic": True, "indent": 1},
    "unseen": {"font_color": "#FFFFFF"},
    "remark": {"font_color": FAINT, "italic": True, "text_wrap": True, "valign": "top"},
    "strong": {"bold": True, "align": "left", "indent": 1},
    "formula": {"font_name": MONO, "font_size": 9, "font_color": FAINT, "indent": 1},
    "label": {"font_color": FAINT, "align": "right"},
    "column_label": {"font_color": FAINT, "align": "center"},
    "word": {"bold": True, "align": "center"},
    "word_wrap": {"font_size": 9, "align": "center", "text_wrap": True},
    "link": {"font_color": "#0B5CAD", "underline": 1},
    "link_top": {"font_color": "#0B5CAD", "underline": 1, "valign": "top"},
    "verdict": {"bold": True, "align": "center", **_BORDER},
    "big_verdict": {"bold": True, "font_size": 14, "text_wrap": True, "align": "left", "indent": 1, **_BORDER},
    "right": {"bold": True, "font_color": "#004D3A", "bg_color": "#D3F0E3"},
    "wrong": {"bold": True, "font_color": "#7A1F00", "bg_color": "#FBDCCB"},
    "edited": {"bold": True, "font_color": INK, "bg_color": "#FCB648"},
    "difference": {"num_format": DIFFERENCE_FORMAT, **_BOXED},
    "selector": {
        "bold": True, "font_size": 14, "align": "center", "border": 2, "border_color": "#0B5CAD",
        "bg_color": TINTS["input"],
    },
    "node": {"bold": True, "align": "center", "border": 2, "border_color": INK},
    "arrow": {"align": "center", "font_size": 14, "font_color": FAINT},
    "arrow_head": {"align": "center", "font_size": 9, "font_color": INK},
    "wire_label": {"font_size": 10, "italic": True, "font_color": INK, "indent": 1},
    "link_heading": {"font_size": 13, "bold": True, "font_color": LINK},
    "part_heading": {"font_size": 11, "bold": True, "font_color": FAINT},
    "heading_question": {"font_size": 13, "bold": True},
    "question": {},
    "answer": {"font_color": LINK, "italic": True, "indent": 1},
    "label_left": {"font_color": FAINT},
    "selected": {"bold": True, "font_size": 14, "align": "center", "border": 1, "border_color": LINE},
    "provenance": {"font_size": 10, "font_color": FAINT, "text_wrap": True, "valign": "top"},
    "code": {"font_name": MONO, "font_size": 10, "font_color": INK},
}  # fmt: skip
"""Styles that no role of a quantity has."""


def _named_styles() -> dict[str, dict[str, Any]]:
    styles = {name: style.copy() for name, style in _OF_TEXT.items()}
    for role, tint in TINTS.items():
        styles[role] = {"bg_color": tint, "num_format": VALUE_FORMAT, **_BOXED}
        styles[f"{role}_code"] = {"bg_color": tint, "num_format": CODE_FORMAT, **_BOXED, "align": "center"}
        styles[f"{role}_count"] = styles[f"{role}_code"] | {"num_format": "#,##0"}
        styles[f"{role}_text"] = {"bg_color": tint, **_BOXED, "align": "left", "indent": 1}
        styles[f"{role}_box"] = {
            "bg_color": tint, "num_format": "0.0000", "bold": True, "align": "center", "border": 2,
            "border_color": INK,
        }  # fmt: skip
        styles |= _box_styles(role, tint)
    styles |= {f"wire_{sides}": _wire(sides) for sides in ("b", "r", "br", "t", "rt")}
    styles["weight"]["num_format"] = WEIGHT_FORMAT
    styles["choice"] = styles["input"] | {"num_format": "General", "align": "center"}
    styles["setting"] = styles["weight"] | {"num_format": "General"}
    styles["looked_up"] = styles["intermediate"] | {"num_format": "General"}
    pixel = {"font_size": 8, "align": "center"}
    styles |= {"pixel": pixel | {"num_format": "0.0"}, "pixel_whole": pixel | {"num_format": CODE_FORMAT}}
    for role in ("gradient", "state", "intermediate"):  # as small as a gradient may be
        styles[f"{role}_small"] = styles[role] | {"num_format": "General"}
        styles[f"{role}_tiny"] = styles[role] | {"num_format": TINY_FORMAT}
    for arrow in ARROWS:
        for end, number in (("", VALUE_FORMAT), (SHORT, "General")):
            styles[f"state_to_{arrow}{end}"] = styles["state"] | {"num_format": f'{number}" {arrow}"'}
            styles[f"state_from_{arrow}{end}"] = styles["state"] | {
                "num_format": f'"{arrow} "{number};"{arrow} "-{number}'
            }
    brief = {role: styles[role] | {"num_format": "0.0000"} for role in TINTS}
    styles |= {role + BRIEF: style for role, style in brief.items()}
    skipped = styles["intermediate"] | {"num_format": SKIPPED_FORMAT}
    styles["intermediate_skipped"] = skipped
    styles["intermediate_skipped" + BRIEF] = skipped | {"num_format": SKIPPED_FORMAT.replace("0.000000", "0.0000")}
    styles["loss_fine"] = styles["loss"] | {"num_format": "0.0000000000"}
    styles["nudged"] = styles["weight"] | {"bg_color": styles["edited"]["bg_color"], "bold": True}
    styles["slot"] = {"bg_color": TINTS["state"], "num_format": "0.0000E+00", **_BOXED}
    to_fill = {"bg_color": "#FFFFFF", "border": 2, "border_color": "#0B5CAD", "locked": False}
    styles["blank"] = {**to_fill, "num_format": VALUE_FORMAT, "align": "right"}
    styles["typed"] = {**to_fill, "num_format": "General", "align": "center", "bold": True}
    styles["typed_left"] = {**styles["typed"], "align": "left", "indent": 1}
    for name in ("meaning", "equation", "long_equation"):  # in the rows of further units, which have no line above
        styles[f"{name}_below"] = _without(styles[name], *_TOP_LINE)
    computed = [name for name, style in styles.items() if "num_format" in style]
    for name in (*computed, "verdict", "wrap_beside"):  # whose formula nobody is to see
        styles[f"{name}_hidden"] = styles[name] | {"hidden": True}
    long = {VALUE_FORMAT, WEIGHT_FORMAT, "0.0000"}
    styles |= {name + SHORT: style | {"num_format": "General"} for name, style in styles.items()
               if style.get("num_format") in long}  # fmt: skip
    styles |= {name + WIDE: style | {"num_format": _without_large(style["num_format"])}
               for name, style in styles.items()
               if style.get("num_format") in long or name.endswith("_whole")}  # fmt: skip
    plain = dict(styles)
    styles |= {name + ONE_LINE: _without(style, "text_wrap") for name, style in plain.items() if "text_wrap" in style}
    for name, style in plain.items():
        if style.get("align") == "center":
            styles |= {name + place: _across(style, place) for place in ACROSS}
    return {name: _BASE | style for name, style in styles.items()}


def _without_large(code: str) -> str:
    """A format under which numbers with more digits before the point than a box has room for have an exponent."""
    limit = 10 ** (6 if code == CODE_FORMAT else 3)
    return f"[>={limit}]0.00E+00;[<=-{limit}]-0.00E+00;{code}"


def _without(style: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in style.items() if key not in keys}


def _across(style: Mapping[str, Any], place: str) -> dict[str, Any]:
    """One of several cells across which a text is centred; borders run around all of them."""
    sides = {side: style.get(side, style.get("border", 0)) for side in ("top", "bottom", "left", "right")}
    hidden = {"left"} if place == ACROSS[2] else {"right"} if place == ACROSS[0] else {"left", "right"}
    borders = {side: line for side, line in sides.items() if line and side not in hidden}
    if "border_color" in style:
        borders |= {f"{side}_color": style["border_color"] for side in borders}
    return _without(style, "text_wrap", "border", "border_color", *sides) | borders | {"align": "center_across"}


def _box_styles(role: str, tint: str) -> dict[str, dict[str, Any]]:
    """The boxes of drawings: a label above a number."""
    sides = {"left": 2, "right": 2, "border_color": INK, "align": "center", "bg_color": tint}
    label = {**sides, "top": 2, "font_size": 10, "bold": True}
    below = {**sides, "bottom": 2}
    return {
        f"{role}_label": label,
        f"{role}_number": {**below, "num_format": "0.0000"},
        f"{role}_whole": {**below, "num_format": CODE_FORMAT},
        f"{role}_small_box": {**below, "font_size": 10},
        f"{role}_plain": {**label, "bottom": 2, "font_size": 12},
    }


def _wire(sides: str) -> dict[str, Any]:
    """A cell along whose borders a line of a drawing runs."""
    names = {"b": "bottom", "r": "right", "t": "top"}
    return {"font_size": 9, **{names[s]: 2 for s in sides}, **{f"{names[s]}_color": FAINT for s in sides}}


STYLES: Mapping[str, dict[str, Any]] = _named_styles()
