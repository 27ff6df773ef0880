"""The classic mistakes of a forward pass, made in the formulas of a generated workbook as a person would make them.

They are changes of the formula's tree; nothing of the checker's library of mistakes takes part in that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.parser import parse
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Operator, Reference, children
from xlcheck.formulas.unparse import unparse
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest

Place = tuple[str, int, int]
Element = tuple[str, int, int | None]
"""Quantity, element in C order, and sample."""

Fault = tuple[str, str]
"""The changed formula, and the name of the mistake."""

GATES = {"LSTM": ("i", "f", "c", "o"), "GRU": ("z", "r", "hh")}


@dataclass(frozen=True)
class Book:
    """A generated workbook and what stands where.

    Attributes:
        content: as read from the file.
        manifest: what xlcheck wrote down about it.
        graph: the quantities.
    """

    content: WorkbookContent
    manifest: Manifest
    graph: Graph

    @staticmethod
    def of(content: WorkbookContent) -> Book:
        """The book of a workbook."""
        return Book(content, *expectation_of(content))

    @cached_property
    def elements(self) -> dict[Place, Element]:
        """What should stand in a cell."""
        found: dict[Place, Element] = {}
        for binding in self.manifest.bindings:
            area, q = binding.area, self.graph[binding.quantity]
            for number, (row, column) in enumerate(area.cells()):
                element = number
                if binding.transposed:
                    down, right = divmod(number, area.columns)
                    element = right * q.shape[-1] + down
                found.setdefault((area.sheet, row, column), (q.name, element, binding.sample))
        return found

    @cached_property
    def cells(self) -> dict[Element, list[Place]]:
        """Where an element stands."""
        found: dict[Element, list[Place]] = {}
        for place, element in self.elements.items():
            found.setdefault(element, []).append(place)
        return found

    def kind(self, layer: str) -> str:
        """Keras's class of a recurrent layer, seen from its symbols."""
        symbols = {band.symbol for band in self.graph.bands(layer)}
        return "LSTM" if "c_tilde" in symbols else "GRU" if "hh" in symbols else "SimpleRNN" if "h" in symbols else ""

    def formula(self, place: Place) -> str | None:
        """What stands in a cell."""
        return self.content.sheets[place[0]].cells[place[1:]].formula

    def computed(self) -> Iterator[tuple[Place, Quantity, int]]:
        """The cells of the forward pass that are computed by a formula."""
        for place, (name, element, _) in self.elements.items():
            q = self.graph[name]
            cell = self.content.sheets[place[0]].cells.get(place[1:])
            if q.expr is not None and not q.is_weight and cell is not None and cell.formula and cell.array is None:
                yield place, q, element


def faults(book: Book, place: Place) -> Iterator[Fault]:
    """Every classic mistake that can be made in a cell."""
    text = book.formula(place)
    assert text is not None
    tree = parse(text)
    yield f"ROUND({text},4)", "rounded-to-n-digits"
    for change in (_of_references, _of_activations, _of_terms, _of_gates, _of_gru, _of_sums, _of_logarithms, _of_codes):
        for changed, name in change(book, place, tree):
            if changed != tree:
                yield unparse(changed), name


Changed = Iterator[tuple[Node, str]]


def everywhere(tree: Node, change: Callable[[Node], Iterator[tuple[Node, str]]]) -> Changed:
    """The tree with one of its nodes changed."""
    yield from change(tree)
    parts = children(tree)
    for number, part in enumerate(parts):
        for changed, name in everywhere(part, change):
            items = (*parts[:number], changed, *parts[number + 1 :])
            if isinstance(tree, Operator):
                yield replace(tree, operands=items), name
            elif isinstance(tree, FunctionCall):
                yield replace(tree, arguments=items), name


def _element_at(book: Book, place: Place, node: Node) -> Element | None:
    if not isinstance(node, Reference) or node.area.size != 1:
        return None
    area = node.area
    return book.elements.get((area.sheet or place[0], area.top, area.left))


def _to(book: Book, place: Place, node: Node, other: Element) -> Iterator[Node]:
    """The reference to another element, in the same block of the sheet where it stands more than once."""
    assert isinstance(node, Reference)
    sheet = node.area.sheet or place[0]
    for found in book.cells.get(other, ())[:1]:
        if found[0] == sheet and found != place:
            yield Reference(Range(node.area.sheet, found[1], found[2]), node.fixed)


def _others(book: Book, read: Element) -> Iterator[tuple[tuple[str, int], str]]:
    """The elements that are taken for another one, and how that mistake is called."""
    name, element, _ = read
    q = book.graph[name]
    layer, symbol, kind = q.band.layer, q.band.symbol, book.kind(q.band.layer)
    step = "" if q.step is None else f"[{q.step}]"
    if q.is_weight:
        gates = GATES.get(kind, ()) if len(q.shape) == 2 and symbol in ("kernel", "recurrent_kernel") else ()
        for gate in range(len(gates)):
            width = q.shape[1] // len(gates)
            row, column = divmod(element, q.shape[1])
            if gate != column // width:
                yield (name, row * q.shape[1] + gate * width + column % width), "gate-order"
        return
    for by in (-1, 1) if q.step is not None else ():
        yield (f"{q.band.name}[{(q.step or 0) + by}]", element), "wrong-time-step"
    for beside in sorted({element - 1, element + 1} & set(range(q.shape[-1]))):
        yield (name, beside), "neighbour-unit"
    if kind == "SimpleRNN" and symbol == "h":
        yield (f"{layer}.z{step}", element), "pre-activation-fed-back"
    if kind == "LSTM" and symbol in ("h", "h_init"):
        yield (f"{layer}.{symbol.replace('h', 'c', 1)}{step}", element), "cell-state-for-hidden-state"
    if kind == "LSTM" and symbol in ("c", "c_init"):
        yield (f"{layer}.{symbol.replace('c', 'h', 1)}{step}", element), "hidden-state-for-cell-state"
    values = {"LSTM": ("i", "f", "c_tilde", "o"), "GRU": ("z", "r", "hh")}.get(kind, ())
    for other in values if symbol in values else ():
        if other != symbol:
            yield (f"{layer}.{other}{step}", element), "gate-order"


def _of_references(book: Book, place: Place, tree: Node) -> Changed:
    own, _, _ = book.elements[place]

    def other(node: Node) -> Changed:
        read = _element_at(book, place, node)
        if read is None:
            return
        for (new, at), mistake in _others(book, read):
            if new != own and new in book.graph:
                for changed in _to(book, place, node, (new, at, read[2])):
                    yield changed, mistake

    yield from everywhere(tree, other)


def _sigmoid_of(node: Node) -> Node | None:
    """x of 1/(1+EXP(-x))."""
    match node:
        case Operator(
            "/", (Literal(1.0), Operator("+", (Literal(1.0), FunctionCall("EXP", (Operator("-", (x,)),))))),
        ):  # fmt: skip
            return x
    return None


def _sigmoid(x: Node) -> Node:
    return Operator("/", (Literal(1.0), Operator("+", (Literal(1.0), FunctionCall("EXP", (Operator("-", (x,)),))))))


def _of_activations(book: Book, place: Place, tree: Node) -> Changed:
    def other(node: Node) -> Changed:
        match node:
            case FunctionCall("TANH", (x,)):
                yield x, "activation-missing"
                yield _sigmoid(x), "sigmoid-tanh-exchanged"
        x_ = _sigmoid_of(node)
        if x_ is not None:
            yield x_, "activation-missing"
            yield FunctionCall("TANH", (x_,)), "sigmoid-tanh-exchanged"
            line = Operator("+", (Operator("*", (Literal(0.2), x_)), Literal(0.5)))
            yield FunctionCall("MAX", (Literal(0.0), FunctionCall("MIN", (Literal(1.0), line)))), "hard-sigmoid"

    yield from everywhere(tree, other)


def _terms(node: Node) -> list[Node]:
    """The terms of a sum."""
    if isinstance(node, Operator) and node.symbol == "+":
        return [*_terms(node.operands[0]), node.operands[1]]
    return [node]


def _sum(terms: list[Node]) -> Node:
    found = terms[0]
    for term in terms[1:]:
        found = Operator("+", (found, term))
    return found


def _of_terms(book: Book, place: Place, tree: Node) -> Changed:
    terms = _terms(tree)
    for number, term in enumerate(terms if len(terms) > 1 else ()):
        rest = _sum(terms[:number] + terms[number + 1 :])
        read = _element_at(book, place, term)
        symbol = "" if read is None else book.graph[read[0]].band.symbol
        if symbol == "bias":
            yield rest, "bias-missing"
            yield _sum([*terms, term]), "bias-counted-twice"
        elif symbol.startswith("hr"):
            yield rest, "recurrent-term-missing"


def _of_gates(book: Book, place: Place, tree: Node) -> Changed:
    def other(node: Node) -> Changed:
        match node:
            case Operator("*", (one, two)):
                for gate, rest in ((one, two), (two, one)):
                    read = _element_at(book, place, gate)
                    if read is not None and book.graph[read[0]].band.role is Role.GATE:
                        yield rest, "gate-missing"

    yield from everywhere(tree, other)


def _of_gru(book: Book, place: Place, tree: Node) -> Changed:
    match tree:
        case Operator("+", (Operator("*", (z, h)), Operator("*", (Operator("-", (Literal(1.0), other)), hh)))) if (
            z == other
        ):
            one_less = Operator("-", (Literal(1.0), z))
            yield (
                Operator("+", (Operator("*", (one_less, h)), Operator("*", (z, hh)))),
                "z-exchanged-with-1-z",
            )


def _of_sums(book: Book, place: Place, tree: Node) -> Changed:
    def shorter(node: Node) -> Changed:
        match node:
            case FunctionCall("SUMPRODUCT", (Reference(a), Reference(b))) if a.rows == b.rows > 1 and a.columns == 1:
                ranges = [Reference(replace(r, rows=r.rows - 1)) for r in (a, b)]
                yield FunctionCall("SUMPRODUCT", tuple(ranges)), "range-too-short"
                ranges = [Reference(replace(r, rows=r.rows + 1)) for r in (a, b)]
                yield FunctionCall("SUMPRODUCT", tuple(ranges)), "range-too-long"
                moved = Reference(replace(b, left=b.left + 1))
                read = book.elements.get((b.sheet or place[0], b.top, b.left + 1))
                if read is not None and book.kind(book.graph[read[0]].band.layer) in ("SimpleRNN", ""):
                    yield FunctionCall("SUMPRODUCT", (Reference(a), moved)), "neighbour-unit"

    yield from everywhere(tree, shorter)


def _of_logarithms(book: Book, place: Place, tree: Node) -> Changed:
    match tree:
        case Operator("-", (x,)):
            yield x, "log-without-minus"


def _of_codes(book: Book, place: Place, tree: Node) -> Changed:
    match tree:
        case FunctionCall("INDEX", (area, Operator("+", (code, Literal(1.0))))):
            yield FunctionCall("INDEX", (area, Operator("+", (code, Literal(2.0))))), "code-off-by-one"
