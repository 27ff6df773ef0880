"""Matrices: each time step as a reader writes it on paper, every vector a row and every kernel in its shape.

All numbers are references to the sheets of the layers, so that they follow; only the softmax is taken apart anew. A
few steps stand below each other; of many, a drop-down chooses the one that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, hull
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.chosen_step import ChosenStep
from xlcheck.layout.common import choose, heading, likeliest, speaking, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.matrices.products import EQUATIONS, TOP, Line, Lines, Part, Product, products_of, softened
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.margin import put_text
from xlcheck.numerics import exp
from xlcheck.texts import meant, say
from xlcheck.workbook.limits import MAX_ARGUMENTS
from xlcheck.workbook.styles import BRIEF

NAME = "Matrices"
_LABEL, _EQUATION, _FIRST = range(3)
_MOST_OF_A_ROW = 8  # numbers of one that is too long
_LOW = 13.5  # points of a row of letters of ten points or fewer
_ROUNDING = 1e-14  # of a sum of a few exponentials
_MOST_NUMBERS = 20_000  # that are stored of all steps and samples, a tenth of what the sheet Numbers may store


def fits(draft: Draft, *, lesson: bool) -> bool:
    """Whether there is a product to show, and all layers with time steps have equally many.

    The steps must be no more than one formula can choose from. In the workbook of any model most products must be so
    small that they are shown as a whole, and what the page shows be no more than can be stored for every sample.
    """
    if not lesson and sum(not q.is_weight for q in draft.graph) > _MOST_NUMBERS:
        return False
    lines = Lines.of(draft)
    if not lines.products or len({len(members) for members in lines.stepped}) > 1:
        return False
    shown = sum(part.shown[0] * part.shown[1] for product in lines.products for part in product.parts())
    steps = max(map(len, lines.stepped), default=1)
    if steps >= MAX_ARGUMENTS:
        return False
    whole = sum(all(part.is_whole for part in product.parts()) for product in lines.products)
    return lesson or (2 * whole > len(lines.products) and shown * steps * len(draft.samples) <= _MOST_NUMBERS)


def matrices_sheet(draft: Draft) -> None:
    """Fill the sheet; every quantity has its place by then, and beside each step stands what is read."""
    sheet = draft.sheet(NAME, "intermediate")
    lines = Lines.of(draft)
    page = _Page(draft, sheet, lines)
    text = say("matrices.intro") + say("matrices.chosen") * lines.chosen + say("matrices.cut") * page.is_cut
    title(sheet, NAME, text, min(12, page.columns))
    choose(draft, sheet, 2, _EQUATION, label=_FIRST)
    steps = max(map(len, lines.stepped), default=0)
    words, row = _words(draft), TOP
    if lines.chosen:
        page.chosen = ChosenStep(draft, sheet, (3, _EQUATION), steps)
        if len(words) == steps:
            page.chosen.word((3, _FIRST + 1), words)
        row = page.fill(lines.stepped, row + 1) + 1
    else:
        for step, own in enumerate(lines.of_steps):
            heading(sheet, row, f"t = {step + 1}", page.columns)
            if len(words) == steps:
                text, shown = words[step]
                del sheet.cells[row, _EQUATION]
                draft.helper(sheet, row, _EQUATION, f'"“"&{text}&"”"', [f"“{word}”" for word in shown], "heading")
            row = page.fill(own, row + 1) + 1
    if lines.single:
        heading(sheet, row, say("matrices.computed_once") if steps else say("matrices.one_pass"), page.columns)
        page.fill(lines.single, row + 1)
    numbers = dict.fromkeys(range(_FIRST, page.columns), lines.number)
    if lines.chosen:  # as much on a page as can be
        for used in {used for used, _ in sheet.cells if used >= TOP}:
            sheet.heights.setdefault(used, _LOW)
    sheet.widths.update({_LABEL: lines.label, _EQUATION: EQUATIONS, **numbers})
    sheet.freeze = (4 if lines.chosen else 3, 1)


def _words(draft: Draft) -> Sequence[tuple[str, Sequence[float | str]]]:
    """What the network reads at each step: formulas, as in `Draft.words`, or what its inputs mean."""
    if draft.words:
        return draft.words
    bands = [(band, members) for band, members in draft.graph.bands().items() if band.role is Role.INPUT]
    spoken = [own for band in bands if (own := [likeliest(draft, q) for q in speaking(draft, [band])])]
    return [
        ('&" · "&'.join(text for text, _ in read), [" · ".join(map(str, item)) for item in zip(*shown, strict=True)])
        for read in zip(*spoken, strict=False)
        for shown in ([items for _, items in read],)
    ]


class _Page:
    """The sheet while it is filled from above.

    Attributes:
        chosen: what chooses the time step, if something does.
        columns: how many the sheet has.
        is_cut: whether matrices are too large to be shown as a whole.
    """

    def __init__(self, draft: Draft, sheet: SheetDraft, lines: Lines) -> None:
        self._draft = draft
        self._sheet = sheet
        self.chosen: ChosenStep | None = None
        self._lines = lines
        self.columns = _FIRST + lines.columns
        parts = [part for product in lines.products for part in product.parts()]
        multiplied = {area for p in lines.products for area in (p.matrix, p.bias) if area is not None}
        self.is_cut = not all(part.is_whole for part in parts)
        self._weights = {
            (area.sheet, *cell): float(value)
            for q in draft.graph
            if q.is_weight and q.expr is None
            for area in (draft.placed(q.name),)
            if any(part.sheet == area.sheet and hull(area, part) == area for part in multiplied)
            for cell, value in zip(area.cells(), draft.trace[q.name].reshape(-1), strict=True)
        }

    def fill(self, lines: Sequence[Line], row: int) -> int:
        """Fill what is computed at one step, or once; returns the row after it."""
        layer, first = "", row - 1  # with the heading above
        products = products_of(self._draft, lines, self._lines.room)
        for line in lines:
            q, product = line[0], products.get(line)
            if line in products and product is None:
                continue
            self._sheet.starts.append(first)
            named = "loss" if q.band.role is Role.TARGET else q.band.layer
            if named != layer:
                layer = named
                self._sheet.put(row, _LABEL, layer, "name")
                row += 1
            if product is not None:
                row = self._multiplied(product, row)
            elif q.shape[-1] <= self.columns - _FIRST and (zs := softened(self._draft, line)):
                row = self._softmax(line, zs, row)
            else:
                right = say("matrices.right_answer") if q.band.role is Role.TARGET else meant(q.band.meaning)
                self._say(row, q.band.label, q.band.equation or right)
                part = Part(1, q.shape[-1], _MOST_OF_A_ROW if q.shape[-1] > self.columns - _FIRST else q.shape[-1])
                self._vectors([line], row, _FIRST, part)
                if part.is_cut:
                    text = say("matrices.more", number=part.columns - part.most)
                    self._sheet.put(row, _FIRST + part.most, text, "hint")
                row += 1
            first = row
        return row

    def _multiplied(self, product: Product, row: int) -> int:
        """A row times a matrix, and the bias if there is one, side by side, with the sizes above."""
        self._say(row + 1, product.label, product.equation)
        parts = product.parts()
        signs = ["·", "=", ""] if product.bias is None else ["·", "+", "=", ""]
        column = _FIRST
        columns = []
        for part, sign in zip(parts, signs, strict=True):
            columns.append(column)
            self._sheet.put(row, column, part.size, "hint")
            self._missing(row + 1, column, part)
            column += part.shown[1]
            if sign:
                self._sheet.put(row + 1, column, f"… {sign}" if part.is_cut else sign, "arrow")
            column += 1
        if product.one_hot:
            self._one_hot(product, row + 1, parts[0])
        else:
            self._vectors([product.xs], row + 1, _FIRST, parts[0])
        for area, part, column in zip((product.matrix, product.bias), parts[1:], columns[1:], strict=False):
            if area is not None:
                self._given(area, part, row + 1, column)
        self._vectors(product.results, row + 1, columns[-1], parts[-1])
        return row + product.height

    def _missing(self, row: int, column: int, part: Part) -> None:
        """Below a matrix how many rows are left out."""
        if missing := part.rows - part.shown[0]:
            text = say("matrices.more_rows", number=missing) if missing > 1 else say("matrices.one_more_row")
            self._sheet.put(row + part.shown[0], column, text, "hint")

    def _given(self, area: Range, part: Part, row: int, column: int) -> None:
        """Weights, as references to where they stand."""
        high, wide = part.shown
        for down in range(high):
            for right in range(wide):
                at = area.cell(down, right)
                value = self._weights[area.sheet, at.top, at.left]
                text = reference(at, NAME, fixed=True)
                self._draft.helper(self._sheet, row + down, column + right, text, [value], self._style("weight"))

    def _one_hot(self, product: Product, row: int, part: Part) -> None:
        """A row of zeros with a 1 in the place that a code says, as far as it is shown."""
        codes = [self._draft.trace[q.name].reshape(-1) for q in product.xs]
        for unit in range(part.shown[1]):
            numbers = [(code == unit).astype(float) for code in codes]
            self._number(product.xs, 0, f"IF({{}}={unit},1,0)", numbers, (row, _FIRST + unit), "input_code")

    def _softmax(self, line: Line, zs: Sequence[Quantity], row: int) -> int:
        """In two steps: a row of exponentials and their sum, then each divided by the sum."""
        size = line[0].shape[-1]
        exponentials = [exp(self._draft.trace[z.name]) for z in zs]
        sums = [values.sum(axis=1) for values in exponentials]
        atol = _ROUNDING * float(max(values.max() for values in sums))
        symbol = "exp(z)" if line[0].step is None else "exp(zₜ)"
        self._say(row, symbol, say("matrices.exponentials"))
        self._say(row + 1, say("common.sum"), say("matrices.sum"))
        self._say(row + 2, line[0].band.label, say("matrices.shares"))
        style = self._style("intermediate")
        for unit in range(size):
            own = [values[:, unit] for values in exponentials]
            self._number(tuple(zs), unit, "EXP({})", own, (row, _FIRST + unit), style, atol)
        total = self._sheet.at(row + 1, _FIRST)
        self._calculated(f"SUM({self._sheet.at(row, _FIRST, 1, size).a1})", sums, total, style, atol)
        for unit in range(size):
            shares = [self._draft.trace[q.name][:, unit] for q in line]
            text = f"{self._sheet.at(row, _FIRST + unit).a1}/{total.fixed()}"
            cell = self._sheet.at(row + 2, _FIRST + unit)
            self._calculated(text, shares, cell, self._style(line[0].band.role.value), _ROUNDING)
        return row + 3

    def _vectors(self, lines: Sequence[Line], row: int, column: int, part: Part) -> None:
        """Quantities side by side as a row of references, as far as it is shown."""
        elements = [(line, unit) for line in lines for unit in range(line[0].shape[-1])]
        for offset, (line, unit) in enumerate(elements[: part.shown[1]]):
            values = [self._draft.trace[q.name].reshape(-1, q.shape[-1]) for q in line]
            role = line[0].band.role
            whole = role in (Role.INPUT, Role.TARGET) and all((own % 1 == 0).all() for own in values)
            style = f"{role.value}_code" if whole else self._style(role.value)
            self._number(line, unit, "{}", [own[:, unit] for own in values], (row, column + offset), style)

    def _number(
        self, line: Line, unit: int, text: str, numbers: Sequence[Array], at: tuple[int, int], style: str,
        atol: float = 0.0,
    ) -> None:  # fmt: skip
        """A cell made of one element; `text` has braces where it is read, `numbers` what it gives at each step."""
        cell, places = self._sheet.at(*at), [self._draft.placed(q.name).cell(unit) for q in line]
        if self.chosen is None or len(line) == 1:
            self._calculated(text.format(reference(places[0], NAME)), numbers, cell, style, atol)
        elif text == "{}":
            self.chosen.element(cell, line, unit, places, style)
        else:
            self._calculated(text.format(self.chosen.reference(places)), numbers, cell, style, atol)

    def _calculated(self, text: str, numbers: Sequence[Array], cell: Range, style: str, atol: float) -> None:
        """A cell, and what it gives: for each time step that can be chosen, or at all, one number a sample."""
        if self.chosen is None or len(numbers) == 1:
            self._draft.helper(self._sheet, cell.top, cell.left, text, numbers[0].tolist(), style, atol)
        else:
            self.chosen.show(cell, text, [tuple(own.tolist()) for own in numbers], style, atol)

    def _style(self, role: str) -> str:
        """Of numbers: with all decimals, where there is room for them."""
        return role + BRIEF if self._lines.is_narrow else role

    def _say(self, row: int, label: str, equation: str) -> None:
        self._sheet.put(row, _LABEL, label, "symbol_small")
        put_text(self._sheet, row, _EQUATION, equation, "long_equation", EQUATIONS, 1)
