"""Units within formulas, as in `=0.5*TANH(B2*E1+E2)+…`: each as a formula in a cell of its own, beside the sheet.

So are the weighted sums to which formulas add a result, as in `=MAX(0,B2*E1+B3*E2+E3+B2)`, a residual connection, or
the activations of such sums, as in `=TANH(B2*E1+B3*E2+E3)+B2`; and those that formulas give on another scale, as in
`=200+20*(B2*E1+B3*E2+E3)` or `=40*TANH(B2*E1+B3*E2+E3)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, cell_name, quote_sheet
from xlcheck.formulas.algebra import (
    COMPARISONS,
    Address,
    Algebra,
    Expression,
    Function,
    Leaf,
    Product,
    Sum,
    Term,
    subterms,
)
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, Ref, cut, number_text
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.forms.activations import activation_of
from xlcheck.handmade.reading.cell_terms import CellTerms, leaves
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.lines import by_line, lines_of
from xlcheck.handmade.reading.offsets import are_in_line
from xlcheck.handmade.rewriting.scaled_sums import is_weighted, on_a_scale, scaled_sums

_APART = 2
"""Rows or columns between what stands on a worksheet and these cells."""
_MOST = 400
"""Units within formulas; a map of ten rows and columns has so many, and to look at more takes too long."""
_SPELT = {"sigmoid": "1/(1+EXP(-{}))", "tanh": "TANH({})"}
_FEWEST = 2
_UNITS = frozenset({"tanh", "sigmoid", "relu"})


@dataclass(frozen=True)
class InnerUnits:
    """Units out of formulas.

    Attributes:
        units: a cell that is empty in the workbook → the first formula cell in which this unit stands.
        texts: these cells and the formula cells around them → their formulas, without `=`.
        are_filled: whether each formula in which units stand was filled from another one.
    """

    units: Mapping[Address, Address]
    texts: Mapping[Address, str]
    are_filled: bool

    @property
    def hosts(self) -> int:
        """How many formulas units stand in."""
        return len(self.texts) - len(self.units)


def inner_units(table: CellTable, terms: CellTerms) -> InnerUnits | None:
    """The units that are summed within the formulas of a workbook; None if there are none, or no room for them.

    Args:
        table: its cells.
        terms: what each formula computes.
    """
    residuals = _residuals(table, terms)
    hosts = {
        cell: found for cell, term in terms.items()
        if cell not in table.arrays
        and (own := chain(_units(term, terms), _around(term, residuals), scaled_sums(term, terms, table)))
        and (found := dict.fromkeys(own))
    }  # fmt: skip
    rows = {sheet: {cell[1] for cell in hosts if cell[0] == sheet} for sheet, *_ in hosts}
    places: dict[Term, Address] = {}
    units: dict[Address, Address] = {}
    taken: Counter[Address] = Counter()
    for cell, found in sorted(hosts.items()):
        sheet, row, column = cell
        is_across = len(rows[sheet]) == 1 < len(hosts)  # a sample a column
        for unit in (unit for unit in found if unit not in places):
            bounds = table.bounds[sheet]
            line = (sheet, -1, column) if is_across else (sheet, row, -1)
            below, right = bounds.top + bounds.rows + _APART, bounds.left + bounds.columns + _APART
            place = (sheet, below + taken[line], column) if is_across else (sheet, row, right + taken[line])
            if place[1] >= MAX_ROWS or place[2] >= MAX_COLUMNS or len(places) >= _MOST:
                return None
            taken[line] += 1
            places[unit], units[place] = place, cell
    whole = {**{cell: terms[cell] for cell in hosts}, **{place: unit for unit, place in places.items()}}
    texts = {
        cell: _Writer(units.get(cell, cell), places, residuals, table, terms).formula(term)
        for cell, term in whole.items()
    }
    shapes = Counter(shape_of(table.texts[cell], *cell[1:]) for cell in hosts)
    return InnerUnits(units, texts, min(shapes.values()) > 1) if places else None


def _units(term: Expression, terms: CellTerms) -> Iterator[Term]:
    """The units of which a term is a weighted sum, or an activation of one; those of the last layer first.

    A hidden layer has two of them at least, and nothing but a bias stands beside them: what else is added, as in
    `0.5*B3+MAX(0,B3-100)`, may be anything.
    """
    found = activation_of(term, _as_it_is) if isinstance(term, Term) else None
    total = term if found is None else found[1]
    if not isinstance(total, Sum) or (found is not None and found[0] not in _UNITS):
        return
    weighed = [_unit(part, terms) for part, _ in total.parts if not isinstance(part, Leaf)]
    own = [unit for unit in weighed if unit is not None]
    if len(own) == len(weighed) >= _FEWEST:
        yield from own
        for unit in own:
            yield from _units(unit, terms)


@dataclass(frozen=True)
class _Residual:
    """What a formula adds to a result.

    Attributes:
        added: a weighted sum, its activation, or another result.
        result: the result.
    """

    added: Term
    result: Leaf


def _residuals(table: CellTable, terms: CellTerms) -> Mapping[Term, _Residual]:
    """The sums of a result and a weighted sum, a unit or another result, computed or bent by formulas, in their parts.

    It is what other formulas multiply with their weights, so that it passes by a layer; a bias is not.
    """
    multiplied = {
        factor.cell for term in terms.values() for part in subterms(term) if isinstance(part, Product)
        for factor, _ in part.factors if isinstance(factor, Leaf)
    }  # fmt: skip
    found: dict[Term, _Residual] = {}
    totals = {cell: total for cell, term in terms.items() if isinstance(total := _total(term), Term)}
    for total in totals.values():
        if not isinstance(total, Sum) or total.constant or total in found:
            continue
        bare = [part for part, factor in total.parts
                if isinstance(part, Leaf) and factor == 1 and part.cell in multiplied]  # fmt: skip
        rest = [(part, factor) for part, factor in total.parts if part not in bare]
        leaf, one = rest[0] if len(rest) == 1 else (total, 0.0)
        is_result = leaf.cell in terms if isinstance(leaf, Leaf) else _unit(leaf, terms) is leaf
        if len(bare) == 1 and one == 1 and is_result:
            found[total] = _Residual(leaf, bare[0])
        elif len(bare) == 1 and is_weighted(rest, table):
            added = terms.algebra.sum([terms.algebra.scale(part, factor) for part, factor in rest])
            found |= {total: _Residual(added, bare[0])} if isinstance(added, Term) else {}
    return found if _are_even(totals, found, table) else {}


def _are_even(totals: Mapping[Address, Term], residuals: Mapping[Term, _Residual], table: CellTable) -> bool:
    """Whether no unit adds no result among others in its line that do, of the same inputs or with the same weights."""
    own = {cell: residuals[total].added for cell, total in totals.items() if total in residuals}
    others = by_line(cell for cell in totals if cell not in own)
    for cell, added in own.items():
        beside = [totals[other] for line in lines_of(cell) for other in others.get(line, ())]
        if isinstance(added, Leaf):
            odd = any(isinstance(other, Leaf) and are_in_line(other.cell, added.cell) for other in beside)
        else:
            sums = (other for other in beside if isinstance(other, Sum) and is_weighted(other.parts, table))
            odd = any(not {*leaves(added)}.isdisjoint(leaves(other)) for other in sums)
        if odd:
            return False
    return True


def _total(term: Term) -> Expression:
    """The sum that a formula computes, or bends."""
    bent = activation_of(term, _as_it_is)
    return term if bent is None else bent[1]


def _around(term: Term, residuals: Mapping[Term, _Residual]) -> Iterator[Term]:
    """The parts of a formula that adds a result: the weighted sum, and the whole where that is bent."""
    total = _total(term)
    if isinstance(total, Term) and total in residuals:
        yield from (total,) if total is not term else ()
        yield from (residuals[total].added,) if not isinstance(residuals[total].added, Leaf) else ()


def _unit(part: Term, terms: CellTerms) -> Term | None:
    """The activation of a weighted sum that a summand is, or multiplies by a cell; None if it is something else."""
    beside: list[Term] = []
    if isinstance(part, Product) and activation_of(part, _as_it_is) is None:
        sigmoids = _sigmoids(part, terms.algebra)
        factors = [factor for factor, power in part.factors if power == 1]
        beside = [factor for factor in factors if isinstance(factor, Leaf)]
        inside = [*sigmoids, *(factor for factor in factors if factor not in beside)]
        if len(inside) != 1 or len(beside) != 1 or len(part.factors) != _FEWEST:
            return None
        (part,) = inside
    found = activation_of(part, _as_it_is)
    is_unit = found is not None and found[0] in _UNITS and isinstance(found[1], Term)
    return part if is_unit and found is not None and _has_products(found[1], terms) else None


def _as_it_is(term: Expression) -> Expression:
    return term


def _has_products(term: Expression, terms: CellTerms) -> bool:
    """Whether something is multiplied in a sum, as inputs are by weights; it may stand in a cell of its own."""
    own = terms.get(term.cell, term) if isinstance(term, Leaf) else term
    parts = own.parts if isinstance(own, Sum) else ((own, 1.0),)
    return any(abs(size) != 1 or (isinstance(part, Product) and len(part.factors) > 1) for part, size in parts)


def _sigmoids(term: Product, algebra: Algebra) -> list[Term]:
    """The quotients in a product that are sigmoids, as in `w/(1+EXP(-z))`."""
    inverse = (algebra.power(factor, -1.0) for factor, power in term.factors if power == -1)
    return [own for own in inverse if isinstance(own, Term) and activation_of(own, _as_it_is) is not None]


@dataclass(frozen=True)
class _Writer:
    """Writes terms as formulas of a worksheet, with references as they stand in the formula that they are from.

    Attributes:
        host: the cell of that formula.
        places: the units that have cells of their own.
        residuals: sums that are written in two parts.
        table: the cells.
        terms: their terms.
    """

    host: Address
    places: Mapping[Term, Address]
    residuals: Mapping[Term, _Residual]
    table: CellTable
    terms: CellTerms

    def formula(self, term: Term) -> str:
        """A term as a formula of its own."""
        text = self.written(term)
        return text[1:-1] if isinstance(term, Sum) else text  # without the parentheses around it

    def text(self, term: Expression) -> str:
        """A term as a formula, with the cells of units in their places."""
        if not isinstance(term, Term):
            return number_text(term)
        return cell_name(*self.places[term][1:]) if term in self.places else self.written(term)

    def written(self, term: Term) -> str:
        """A term as a formula, without a cell of its own."""
        match term:
            case Leaf():
                return self._reference(term.cell)
            case Sum():
                return self._sum(term)
            case Product():
                return self._product(term)
            case Function(name=name, arguments=(a, b)) if name in COMPARISONS:
                return f"({self.text(a)}{name}{self.text(b)})"
            case Function():
                return f"{term.name}({','.join(map(self.text, term.arguments))})"
        raise TypeError(type(term))

    def _sum(self, term: Sum) -> str:
        if term in self.residuals:
            own = self.residuals[term]
            return f"({self.text(own.added)}+{self.text(own.result)})"
        scaled = on_a_scale(term, self.terms.algebra)
        if scaled is not None and scaled[0] in self.places:
            return f"({number_text(term.constant)}+{number_text(scaled[1])}*{self.text(scaled[0])})".replace("+-", "-")
        written = list[str]()
        for part, factor in term.parts:
            text = self.text(part)
            written.append({1.0: text, -1.0: f"-{text}"}.get(factor, f"{number_text(factor)}*{text}"))
        written += [number_text(term.constant)] if term.constant else []
        return f"({'+'.join(written).replace('+-', '-')})"

    def _product(self, term: Product) -> str:
        name, z = activation_of(term, _as_it_is) or ("", 0.0)
        if name in _SPELT:  # with the signs of the sum as people write them
            return _SPELT[name].format(self.text(z))
        apart = [own for own in _sigmoids(term, self.terms.algebra) if own is not term and own in self.places]
        above, below = [self.text(own) for own in apart], list[str]()
        for factor, power in term.factors:
            if power == -1 and self.terms.algebra.power(factor, -1.0) in apart:
                continue
            size = "" if abs(power) == 1 else f"^{number_text(abs(power))}"
            (above if power > 0 else below).append(self.text(factor) + size)
        return "*".join(above or ["1"]) + "".join(f"/{own}" for own in below)

    def _reference(self, cell: Address) -> str:
        sheet = "" if cell[0] == self.host[0] else f"{quote_sheet(cell[0])}!"
        for ref in cut(self.table.texts[self.host]).refs:
            area = ref.area(self.host[0])
            if (
                area.sheet == cell[0]
                and 0 <= cell[1] - area.top < area.rows
                and 0 <= cell[2] - area.left < area.columns
            ):
                return sheet + cell_name(
                    *cell[1:], fixed_row=_fixed(ref, TOP, BOTTOM), fixed_column=_fixed(ref, LEFT, RIGHT)
                )
        return sheet + cell_name(*cell[1:])


def _fixed(ref: Ref, first: int, last: int) -> bool:
    return bool(ref.fixed & first and ref.fixed & last)
