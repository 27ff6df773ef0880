"""Check a workbook that somebody else made: part by part, find its networks, ask Keras, judge each formula cell.

Somebody may say what the workbook computes; then that is checked. Otherwise worksheets that read one another are a
part, which is recognised and judged by itself, and which gets no verdict if it is not certain what it computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from xlcheck.budget import doing
from xlcheck.engines.base import Engine
from xlcheck.errors import NothingCheckedError, UsageError, install_command
from xlcheck.garbage import no_garbage_collection
from xlcheck.handmade import effort
from xlcheck.handmade.acceptance import looks_like_a_network
from xlcheck.handmade.arrangement import Arrangement
from xlcheck.handmade.backward.outcome import backward_outcome
from xlcheck.handmade.bench import Bench, excerpt
from xlcheck.handmade.by_equations import Settled, layers_of, networks_of, settled
from xlcheck.handmade.in_line import settled_in_line
from xlcheck.handmade.in_turn import judged_in_turn, read_one_another
from xlcheck.handmade.networks.bindings_file import ignored_cells, read_bindings
from xlcheck.handmade.networks.by_value import GivenModel, has_shape_of, network_by_value, under_model
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.outcome import Outcome, Recompute, judged
from xlcheck.handmade.pieces import pieces
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.given_by_formulas import said_of_given
from xlcheck.handmade.reading.numbers_as_text import numbers_as_text
from xlcheck.handmade.reading.opinions import Opinion, consult
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup, sheet_groups
from xlcheck.handmade.single_edit import NONE, one_edit
from xlcheck.handmade.stored import by_chance
from xlcheck.handmade.summary import Abstention, part_of, reasons, report_on, worksheets
from xlcheck.handmade.with_typed_weights import with_typed_weights
from xlcheck.learning.dense_gradients import DenseGradients
from xlcheck.verdicts.limits import Patterns
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CheckReport
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.content import WorkbookContent

ATOL = RTOL = 1e-12
_MOST_DOUBTS = 3
_A_SECOND = 5_000
"""Formulas of a large workbook for which there is one second."""
_PIECE, _SMALL, _LARGE = 60, 250, 4_000
"""Formulas up to which one edit is looked for in a piece of a part and in a part, as what has no witnesses is small;
and up to which a training is."""
_OTHERWISE = "two readings are equally likely, and each calls other cells wrong"
_HOW = "say what it computes in a bindings file (`xlcheck bind` writes a draft) and pass it with --bind"


@no_garbage_collection()
def check_foreign(
    content: WorkbookContent,
    engine: Engine,
    *,
    recompute: Recompute | None,
    bindings: Path | Sequence[Network] | None = None,
    model: GivenModel | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    tolerances: Patterns | None = None,
    perturb: int = 0,
    seconds: float | None = None,
    gradients: DenseGradients | None = None,
) -> CheckReport:
    """Check a workbook that xlcheck has not made.

    Args:
        content: the workbook, as read from the file.
        engine: recalculates the file.
        recompute: asks Keras what a model computes with given weights, inputs and states.
        bindings: a bindings file, or networks whose cells are known; without it they are found.
        model: a model with its weights and inputs; they are found in the workbook by value, and compared.
        atol: absolute tolerance; 1e-12 by default.
        rtol: tolerance relative to each quantity's largest magnitude; 1e-12 by default.
        tolerances: other limits for the quantities whose names fit a pattern.
        perturb: how many times to change all weights and inputs and to compare again.
        seconds: processor time for the recognition of a workbook that nobody has described; by default 10, and more
            for a very large one.
        gradients: asks Keras for the gradients of dense networks; without it, backward passes are not looked for.

    Raises:
        UsageError: the bindings do not fit the workbook, or a bound cell holds no number.
        NothingCheckedError: the workbook has no formula, or Keras is not at hand, or no network was found in it and no
            formula that breaks the pattern of its neighbours.
        EngineError: no engine can load the file.
    """
    table = CellTable(content)
    if not table.formulas:
        raise NothingCheckedError(f"{content.path} has no formula cell, so there is nothing to check")
    if recompute is None:
        raise NothingCheckedError(f"Keras is needed to check this workbook; run: {install_command('keras')}")
    opinion = consult(table, engine)
    precedents = Precedents(table)
    opinion = replace(opinion, by_chance=by_chance(table, precedents))
    texts = (*numbers_as_text(table, precedents), *said_of_given(table))
    tolerance = Tolerance(
        ATOL if atol is None else atol,
        RTOL if rtol is None else rtol,
        opinion.engine.absolute_tolerance,
        tolerances or {},
    )
    if bindings is None and model is None:
        if seconds is None:
            seconds = max(effort.SECONDS, len(table.formulas) / _A_SECOND)
        search = _Search(opinion, recompute, tolerance, perturb, seconds, gradients)
        outcomes, abstentions = search.through(sheet_groups(table, opinion.values, precedents))
        report = report_on(table, opinion, outcomes, abstentions, texts, precedents)
        if not outcomes and not report.warnings:
            because = "; ".join(dict.fromkeys((*reasons(abstentions), *texts)))
            raise NothingCheckedError(f"no verdict on {content.path}: {because}")
        return report
    ignored = ignored_cells(bindings, content) if isinstance(bindings, Path) else frozenset()
    whole, whole_values = table, opinion.values
    if ignored:
        table, values = excerpt(whole, whole_values, [a for a in whole.addresses if a not in ignored], ignored)
        opinion, precedents = replace(opinion, values=values), Precedents(table)
    networks, found = _told(table, opinion, bindings, model, precedents)
    if model is None and read_one_another(table, networks):
        told, rest = judged_in_turn(table, opinion, precedents, networks, recompute, tolerance, perturb)
    else:
        rest = []
        told = [
            judged(
                table, opinion, precedents, networks, recompute, tolerance, model=model, perturb=perturb
            )
        ]  # fmt: skip
    left_out = [cell for cell in whole.texts if cell in ignored]
    said = f"not checked, because `ignore` in the bindings says so: {len(left_out)} of the formula cells"
    spare = [Abstention(whole, whole_values, left_out, said, matters=False, ignored=True)] if left_out else []
    spare += [Abstention(table, opinion.values, rest, "", matters=False)] if rest else []
    return report_on(whole, opinion, [*map(part_of, told)], spare, notes=(*found, *texts))


class _Search:
    """Finds and judges the networks of one part after the other.

    Args:
        opinion: what the workbook computes.
        recompute: asks Keras.
        tolerance: what counts as agreement.
        perturb: how many times to change all weights and inputs and to compare again.
        seconds: processor time for all parts together.
        gradients: asks Keras for the gradients of dense networks.
    """

    def __init__(
        self,
        opinion: Opinion,
        recompute: Recompute,
        tolerance: Tolerance,
        perturb: int,
        seconds: float,
        gradients: DenseGradients | None,
    ) -> None:
        self._opinion = opinion
        self._recompute = recompute
        self._tolerance = tolerance
        self._perturb = perturb
        self._seconds = seconds
        self._gradients = gradients

    def through(self, parts: Sequence[SheetGroup]) -> tuple[list[Part], list[Abstention]]:
        """What became of the parts that got a verdict, and the others."""
        outcomes: list[Part] = []
        abstentions: list[Abstention] = []
        with effort.limited_to(self._seconds):
            for number, part in enumerate(parts):
                doing(f"looking for a network on {worksheets(part.sheets)} ({number + 1} of {len(parts)})")
                sheets = part.sheets if len(parts) > 1 else ()
                with effort.limited_to(effort.left() / (len(parts) - number)):
                    found, left_out = self._settle(part, sheets)
                outcomes += found
                abstentions += left_out
        return outcomes, abstentions

    def _settle(self, part: SheetGroup, sheets: Sequence[str]) -> tuple[list[Part], list[Abstention]]:
        """What became of a part, and its cells without a verdict.

        Its layers are recognised one by one, by their equations. Where these leave something, perhaps because the
        network is too small to have witnesses, the part is read as the training of a network, or with one edit in it.
        """
        opinion = replace(self._opinion, values=part.values)
        moved = with_typed_weights(part, opinion)
        having = None if moved is None else self._layers(moved.part, moved.opinion)
        if moved is None or having is None or not having.may_be_more:
            return self._settled(part, opinion, sheets)
        without = self._layers(part, opinion)
        if without is not None and len(having.left) >= len(without.left):  # as where a mistake hides all layers
            found, left_out = self._settled(part, opinion, sheets)
            if found:
                return found, left_out
        found, left_out = self._settled(moved.part, moved.opinion, sheets)
        return [*map(moved.part_as_typed, found)], [*map(moved.abstention_as_typed, left_out)]

    def _layers(self, part: SheetGroup, opinion: Opinion) -> Settled | None:
        """What the equations of a part say; None if time is up."""
        try:
            terms = CellTerms(part.table, part.values)
            return settled(layers_of(part, terms), part, self._bench(part, opinion, terms))
        except effort.OutOfTimeError:
            return None

    def _settled(
        self, part: SheetGroup, opinion: Opinion, sheets: Sequence[str]
    ) -> tuple[list[Part], list[Abstention]]:
        layers = Settled()
        whole: Sequence[Outcome] | str = "no network was recognised"
        try:
            terms = CellTerms(part.table, part.values)
            base = layers_of(part, terms)
            layers = settled(base, part, self._bench(part, opinion, terms))
            if layers.is_sure:
                return [*map(part_of, layers.outcomes)], [*_spare(part, layers)]
            trained = None if len(part.table.formulas) > _LARGE else self._trained(part)
            if trained is not None:
                return [trained], []
            lined = settled_in_line(part, terms, base, lambda: self._bench(part, opinion, terms), layers)
            if lined is not layers and lined.is_whole:
                return [*map(part_of, lined.outcomes)], [*_spare(part, lined)]
            layers = lined
            if layers.may_be_more and len(part.table.formulas) <= _SMALL:
                whole = self._with_one_edit(part, opinion, terms, base)
            if (whole == NONE or len(part.table.formulas) > _SMALL) and layers.may_be_more:
                layers = layers.joined_by(self._piece_by_piece(part, opinion, layers))
        except effort.OutOfTimeError:
            whole = effort.USED_UP
        if not isinstance(whole, str):
            if not layers.contradicts(whole):
                return [*map(part_of, whole)], []
            layers = Settled() if layers.roots else layers
            whole = _OTHERWISE
        if layers.outcomes and not layers.may_be_more:
            whole = "nothing else was recognised"
        because = "; ".join(dict.fromkeys((*layers.doubts[:_MOST_DOUBTS], whole)))
        cells = layers.left if layers.outcomes else tuple(part.table.texts)
        matters = looks_like_a_network(part.table) or bool(layers.outcomes)
        left = Abstention(part.table, part.values, cells, f"{because}; {_HOW}", matters, sheets=sheets)
        if not layers.outcomes:
            return [], [left]
        found = [*map(part_of, layers.outcomes)]
        return found, [left, *_spare(part, layers)] if cells or layers.doubts else [*_spare(part, layers)]

    def _with_one_edit(
        self, part: SheetGroup, opinion: Opinion, terms: CellTerms, base: Arrangement
    ) -> Sequence[Outcome] | str:
        """What became of a part that one edit makes a network, or why there is no verdict on it."""
        try:
            found = one_edit(part, terms, base, self._bench(part, opinion, terms))
        except effort.OutOfTimeError:
            return f"the search for what may be wrong took too long; {effort.USED_UP}"
        return found.outcomes or found.why

    def _piece_by_piece(self, part: SheetGroup, opinion: Opinion, layers: Settled) -> Iterator[Outcome]:
        """What became of the pieces of a part that one edit each makes a network, but for those that are right."""
        for piece in pieces(part):
            is_settled = layers.outcomes and piece.table.texts.keys().isdisjoint(layers.left)
            if len(piece.table.formulas) > _PIECE or is_settled or layers.roots.intersection(piece.table.texts):
                continue
            values, terms = replace(opinion, values=piece.values), CellTerms(piece.table, piece.values)
            try:
                bench = self._bench(piece, values, terms)
                outcomes = one_edit(piece, terms, layers_of(piece, terms), bench).outcomes
            except effort.OutOfTimeError:
                return
            if any(outcome.roots for outcome in outcomes):
                yield from outcomes

    def _bench(self, part: SheetGroup, opinion: Opinion, terms: CellTerms) -> Bench:
        return Bench(part, opinion, self._recompute, self._tolerance, self._perturb, terms)

    def _trained(self, part: SheetGroup) -> Part | None:
        """What became of a part in which a network learns; None if none does, or nobody can be asked for gradients."""
        if self._gradients is None:
            return None
        return backward_outcome(part.table, part.values, self._tolerance, self._gradients)


def _spare(part: SheetGroup, layers: Settled) -> Iterator[Abstention]:
    """The formula cells of a part that need no verdict."""
    if layers.spare:
        yield Abstention(part.table, part.values, layers.spare, "", matters=False)


def _told(
    table: CellTable,
    opinion: Opinion,
    bindings: Path | Sequence[Network] | None,
    model: GivenModel | None,
    precedents: Precedents,
) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks that somebody has described, and what is to be said of how they were found."""
    if bindings is not None:
        told = read_bindings(bindings, table.content) if isinstance(bindings, Path) else tuple(bindings)
        return (told if model is None else _under_model(told, model, table, opinion)), ()
    if model is None:
        raise ValueError("nobody has described the networks")
    found, *_ = networks_of(table, opinion.values, precedents)
    network = network_by_value(model, table, opinion.values, found)
    return (network,), (f"the weights of the model were found in the workbook, from {_first_weight(network)} on",)


def _under_model(
    networks: tuple[Network, ...], model: GivenModel, table: CellTable, opinion: Opinion
) -> tuple[Network, ...]:
    """The networks of a bindings file, those of the model's shape under the model's names."""
    if not any(has_shape_of(network, model) for network in networks):
        raise UsageError(
            f"the bindings describe no network of the shape of the model {model.spec.name!r}; correct them, or pass "
            "the model whose weights stand in the workbook"
        )
    numbers = {address: float(opinion.values.numbers[i]) for address, i in table.index.items()}
    return tuple(under_model(n, model, numbers) if has_shape_of(n, model) else n for n in networks)


def _first_weight(network: Network) -> str:
    cells = [cell for places in network.weights.values() for cell in places if cell is not None]
    return show(min(cells)) if cells else "nowhere"
