"""What each cell computes, as one of a few forms: a copy, a polynomial, or an activation of a polynomial.

Sums are followed through the cells that hold their parts, so that it does not matter over how many cells a learner
has spread a weighted sum. An activation inside of a longer formula is an atom of its own, without a cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Product, Sum, Term
from xlcheck.handmade import effort
from xlcheck.handmade.forms.activations import activation_of
from xlcheck.handmade.forms.form_uses import FormUses
from xlcheck.handmade.forms.kinks import STEPS
from xlcheck.handmade.forms.other_activations import other_activation
from xlcheck.handmade.forms.polynomials import NEGATIVE, Atom, Monomial, Polynomial, atom_of, cell_of, times
from xlcheck.handmade.forms.products import Products, gathered
from xlcheck.handmade.reading.cell_terms import CellTerms, in_order
from xlcheck.handmade.reading.reached import reached

GIVEN, COPY, SUM, RATIO, OPAQUE = "given", "copy", "sum", "ratio", "opaque"
"""The kinds of forms that are no activation: a given number, a copy, a polynomial, one divided by another, others."""
MOST_MONOMIALS = 2_000
_MOST_PRODUCTS, _FEW = 400, 2


@dataclass(frozen=True, slots=True)
class Form:
    """What an atom computes.

    Attributes:
        kind: one of the names above, or an activation's name in Keras (`exp` too).
        polynomial: of what; for a copy the one cell.
        below: of a ratio, what the polynomial is divided by.
    """

    kind: str
    polynomial: Polynomial
    below: Polynomial = field(default_factory=dict)

    @property
    def is_activation(self) -> bool:
        """Whether it is an activation of its polynomial."""
        return self.kind not in {GIVEN, COPY, SUM, RATIO, OPAQUE}

    @property
    def product(self) -> Monomial:
        """The one product that the polynomial is, counted once; empty if it is anything else."""
        return next(iter(self.polynomial)) if [*self.polynomial.values()] == [1] else ()


_GIVEN, _OPAQUE = Form(GIVEN, {}), Form(OPAQUE, {})


class Forms:
    """The forms of all formula cells, found on demand.

    Args:
        terms: what each formula computes from the cells that it reads.

    Attributes:
        inlined: atom → the sums that were followed into its polynomial, each with the cell that its formula names.
        named: atom → operand → the cells by which its formula names this operand, which may be copies of it.
        uses: which forms depend on which cells.
        products: products inside of formulas that are atoms of their own.
        switches: the typed numbers that choose the activation of formulas.
    """

    def __init__(self, terms: CellTerms) -> None:
        self._terms = terms
        self._forms: dict[Atom, Form] = {}
        self._parts: dict[int, Atom] = {}
        self._numbers: dict[Address, int] = defaultdict(int)
        self._open: dict[Address, None] = {}
        self.uses = FormUses()
        self._shared: dict[Address, set[Address]] = defaultdict(set)
        self.products = Products()
        self.switches: set[Address] = set()
        self._order: tuple[Atom, ...] = ()
        self._inlined: dict[Atom, dict[Atom, Atom]] = defaultdict(dict)
        self.inlined: Mapping[Atom, Mapping[Atom, Atom]] = self._inlined
        self.named: dict[Atom, dict[Atom, set[Atom]]] = defaultdict(lambda: defaultdict(set))
        for cell in terms.in_order():
            effort.require_time()
            self.of(atom_of(cell))

    def __iter__(self) -> Iterator[Atom]:
        if len(self._order) < len(self._forms):
            self._order = tuple(sorted(self._forms))
        return iter(self._order)  # a form that is asked for meanwhile is added

    def of(self, atom: Atom) -> Form:
        """The form of an atom."""
        if self._open:
            self.uses.read[next(reversed(self._open))].add(cell_of(atom))
        return self._forms.get(atom) or self._found(atom)

    def _found(self, atom: Atom) -> Form:
        if atom[3] == NEGATIVE:
            return self._forms.get(atom_of(cell_of(atom))) or self._found(atom_of(cell_of(atom)))
        form = self._forms.get(atom)
        if form is None and atom in self.products:
            return Form(SUM, {self.products[atom]: 1.0})
        if form is None and atom[3]:  # a part of a formula that is being read again
            self._found(atom_of(cell_of(atom)))
            return self._forms.get(atom, _OPAQUE)
        if form is None:
            form = self._forms[atom] = self._read(cell_of(atom))
        return form

    def edited(self, terms: CellTerms, cells: Collection[Address]) -> Forms:
        """The forms under other terms in some cells; those that do not depend on these cells stay as they are.

        Args:
            terms: all terms, of which no edited one reads its own cell, not through others either.
            cells: the cells with other terms.
        """
        new = copy(self)
        new._terms, new._order, new.uses = terms, (), self.uses.copied()
        new._forms, new._parts, new._numbers = dict(self._forms), dict(self._parts), copy(self._numbers)
        new.named, new._inlined = copy(self.named), copy(self._inlined)
        new._shared = defaultdict(set, {cell: {*others} for cell, others in self._shared.items()})
        changed, read = set(cells), set[Address]()
        wave = {*cells, *(u for cell in cells if self.is_given(atom_of(cell)) for u in self.uses.asking(cell))}
        while wave:
            effort.require_time()
            wave |= reached(wave, lambda cell: new._shared.get(cell, ()))
            before = {cell: new._taken_out(cell) for cell in wave}
            for cell in filter(before.__contains__, terms.in_order()) if new._shared else before:
                new.of(atom_of(cell))
            if self._goes_round or any(not new._shared[cell] <= wave for cell in wave & new._shared.keys()):
                return Forms(terms)  # another formula is the first one with a part
            changed |= {cell for cell, known in before.items() if new._known(cell) != known}
            read |= wave
            wave = {user for cell in changed for user in self.uses.users.get(cell, ())}
            wave |= {cell for cell in read if not changed.isdisjoint(new.uses.read.get(cell, ()))}
            changed = set()
        new.inlined = new._inlined
        return new

    def follow_further(self, through: Mapping[Atom, Iterable[Atom]]) -> None:
        """Note sums that were followed beyond the polynomials: atom → sums."""
        more = {atom: {**self._inlined.get(atom, {}), **{p: p for p in parts}} for atom, parts in through.items()}
        self.inlined = {**self._inlined, **more}

    @cached_property
    def _goes_round(self) -> bool:
        """Whether formulas read one another in a circle."""
        return len(in_order(self._terms.reads)) < len(self._terms)

    def atoms_in(self, cell: Address) -> list[Atom]:
        """A cell and the parts of its formula."""
        return [(*cell, number) for number in range(self._numbers.get(cell, 0) + 1)]

    def _known(self, cell: Address) -> object:
        """What others may depend on."""
        return [(self._forms.get(a), self._inlined.get(a), self.named.get(a)) for a in self.atoms_in(cell)]

    def _taken_out(self, cell: Address) -> object:
        """Forget the form of a cell, and return what was known."""
        known, own = self._known(cell), self.atoms_in(cell)
        self._parts = {number: part for number, part in self._parts.items() if part not in own}
        self.uses.leave_out(cell)
        self._numbers.pop(cell, None)
        self._shared.pop(cell, None)
        for atom in own:
            self._forms.pop(atom, None)
            self._inlined.pop(atom, None)
            self.named.pop(atom, None)
        return known

    def is_given(self, atom: Atom) -> bool:
        """Whether an atom is a number that no formula computes from others."""
        if self._open:
            self.uses.asked[next(reversed(self._open))].add(cell_of(atom))
        return (self._forms.get(atom) or self._found(atom)).kind == GIVEN

    def holds_something(self, atom: Atom) -> bool:
        """Whether a number stands in a cell, typed or computed."""
        return self._terms.holds_number(cell_of(atom))

    def is_mask(self, atom: Atom) -> bool:
        """Whether a cell holds a number that makes no share of a softmax, whatever others hold."""
        return self._terms.is_mask(cell_of(atom))

    def source(self, atom: Atom) -> Atom:
        """What a copy of a copy repeats in the end."""
        for _ in range(1_000):
            if (form := self.of(atom)).kind != COPY:
                break
            ((atom,),) = form.polynomial
        return atom

    def _read(self, cell: Address) -> Form:
        term = self._terms.get(cell)
        if term is None or cell in self._open:
            return _GIVEN if term is None and not self._terms.is_opaque(cell) else _OPAQUE
        self._open[cell] = None
        form = self._form(term, atom_of(cell))
        del self._open[cell]
        return form

    def _form(self, term: Term, atom: Atom) -> Form:
        term = self._chosen(term)
        if isinstance(term, Leaf):
            return Form(COPY, {(atom_of(term.cell),): 1.0})
        found = activation_of(term, self._inside)
        if found is None or isinstance(found[1], Function):  # as a hard sigmoid is no relu of a minimum
            found = other_activation(term) or found
        if found is not None:
            name, argument = found
            polynomial = self._polynomial(argument, atom, is_sum=True)
            may_be = polynomial is not None and (name not in STEPS or any(len(own) > 1 for own in polynomial))
            return Form(name, polynomial) if polynomial is not None and may_be else _OPAQUE
        if isinstance(term, Product) and any(power == -1 for _, power in self._apart(term)):
            return self._ratio(term, atom)
        polynomial = self._polynomial(term, atom, is_sum=True)
        if polynomial is None or len(polynomial) > MOST_MONOMIALS:
            return _OPAQUE
        if len((form := Form(SUM, polynomial)).product) == 1:
            is_strange = form.product[0][3] and self.of(form.product[0]).kind == OPAQUE
            return _OPAQUE if is_strange else Form(COPY, polynomial)
        return form

    def _chosen(self, term: Term) -> Term:
        """The one of several activations that a typed number chooses today, as in `IF($D$1=1, …, IF($D$1=2, …, …))`."""
        match term:
            case Function(
                name="IF", arguments=(Function(name="=" | "<>" as sign) as condition, Term() as one, Term() as other)
            ):
                match condition.arguments:
                    case (Leaf() as leaf, float() as number) | (float() as number, Leaf() as leaf):
                        if leaf.cell not in self._terms and self._terms.holds_number(leaf.cell):
                            is_so = (self._terms.number(leaf.cell) == number) == (sign == "=")
                            branches = [self._chosen(one), self._chosen(other)]
                            if all(activation_of(own, self._inside) is not None for own in branches):
                                self.switches.add(leaf.cell)
                                return branches[0 if is_so else 1]
        return term

    def _apart(self, term: Product) -> list[tuple[Term, float]]:
        """The factors of a product, with each quotient that is an activation as one of them, as in `1/(1 + exp(−o))·c`.

        Such a quotient is the same term in every formula that has it.
        """
        algebra, left = self._terms.algebra, list(term.factors)
        found: list[tuple[Term, float]] = []
        for below, _ in [item for item in left if item[1] == -1]:
            over = [item for item in left if item[1] == 1]
            for own in (*([item] for item in over), []):
                quotient = algebra.power(below, -1.0)
                for above, _ in own:
                    quotient = algebra.multiply(above, quotient)
                if isinstance(quotient, Product) and activation_of(quotient, self._inside) is not None:
                    found.append((quotient, 1.0))
                    left = [item for item in left if item[0] is not below and item not in own]
                    break
        return [*found, *left]

    def _ratio(self, term: Product, atom: Atom) -> Form:
        """A polynomial divided by another one."""
        above: Polynomial | None = {(): 1.0}
        below: Polynomial | None = {(): 1.0}
        for factor, power in self._apart(term):
            polynomial = self._polynomial(factor, atom, is_sum=power == -1)
            if polynomial is None or above is None or below is None or power not in {1, -1}:
                return _OPAQUE
            above, below = (times(above, polynomial), below) if power == 1 else (above, times(below, polynomial))
        return _OPAQUE if above is None or below is None else Form(RATIO, above, below)

    def _inside(self, term: Expression) -> Expression:
        """The term that a cell holds, for activations that are spread over cells."""
        if not isinstance(term, Leaf):
            return term
        for _ in range(100):
            if self._open:
                self.uses.read[next(reversed(self._open))].add(term.cell)
            if not isinstance(below := self._terms.get(term.cell), Leaf):
                return term if below is None else below
            term = below
        return term

    def _polynomial(self, term: Expression, atom: Atom, *, is_sum: bool, in_sum: bool = False) -> Polynomial | None:
        """A term as a polynomial over atoms; None if it has too many monomials."""
        if not isinstance(term, Term):
            return {(): float(term)} if term else {}
        if isinstance(term, Leaf):
            return self._leaf(term, atom, is_sum=is_sum, in_sum=in_sum)
        if isinstance(term, Sum) and activation_of(term, self._inside) is None:
            total: dict[Monomial, float] = defaultdict(float)
            if term.constant:
                total[()] = term.constant
            for part, factor in term.parts:
                polynomial = self._polynomial(part, atom, is_sum=True, in_sum=len(term.parts) > 1)
                if polynomial is None or len(total) + len(polynomial) > MOST_MONOMIALS:
                    return None
                for monomial, own in polynomial.items():
                    total[monomial] += factor * own
            added, names = self._inlined.get(atom, {}), lambda own: self.named[atom][own]
            return gathered(total, added, names, lambda own: self.of(own).polynomial, self.is_given)
        if isinstance(term, Product) and activation_of(term, self._inside) is None:
            return self._product(term, atom)
        return {(self._part(term, atom),): 1.0}

    def _leaf(self, leaf: Leaf, atom: Atom, *, is_sum: bool, in_sum: bool) -> Polynomial:
        source = self.source(named := atom_of(leaf.cell))
        form = self.of(source)
        is_short = in_sum and len(form.polynomial) <= _FEW
        if form.kind == SUM and is_sum and (is_short or not _multiplies(form.polynomial, self)):
            self._inlined[atom][source] = named
            return form.polynomial
        self.named[atom][source].add(named)
        return {(source,): 1.0}

    def _product(self, term: Product, atom: Atom) -> Polynomial | None:
        factors = self._apart(term)
        if not all(power in {1, 2} for _, power in factors):
            return {(self._part(term, atom),): 1.0}
        total: dict[Monomial, float] = {(): 1.0}
        for factor, power in factors:
            polynomial = self._polynomial(factor, atom, is_sum=False)
            if polynomial is None or len(total) * len(polynomial) > _MOST_PRODUCTS:
                return None
            for _ in range(int(power)):
                total = times(total, polynomial)
        return total

    def _part(self, term: Term, atom: Atom) -> Atom:
        """An activation or another function inside of a formula, as an atom; the same one in other formulas."""
        cell = cell_of(atom)
        if term.number not in self._parts:
            self._numbers[cell] += 1
            part = self._parts[term.number] = (*cell, self._numbers[cell])
            found = activation_of(term, self._inside)
            polynomial = None if found is None else self._polynomial(found[1], part, is_sum=True)
            self._forms[part] = _OPAQUE if found is None or polynomial is None else Form(found[0], polynomial)
        elif (first := cell_of(self._parts[term.number])) != cell:
            self._shared[cell].add(first)
            self._shared[first].add(cell)
        return self._parts[term.number]


def _multiplies(polynomial: Polynomial, forms: Forms) -> bool:
    """Whether a polynomial multiplies computed numbers, as `o·tanh(c)` does."""
    return any(sum(not forms.is_given(atom) for atom in monomial) > 1 for monomial in polynomial)
