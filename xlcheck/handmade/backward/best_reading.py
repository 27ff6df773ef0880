"""Under which loss a sheet is read as a training."""

from __future__ import annotations

from collections.abc import Collection

from xlcheck.formulas.algebra import Function, subterms
from xlcheck.handmade.backward.recurrence import zeros_left_out
from xlcheck.handmade.backward.robust import is_told, robust_losses
from xlcheck.handmade.backward.roles import Reading, read_under
from xlcheck.handmade.backward.sheet import Sheet
from xlcheck.handmade.backward.steps import exact_updates
from xlcheck.learning.dense_gradients import DenseGradients, losses_of


def best_reading(sheet: Sheet, ask: DenseGradients, among: Collection[str] = ()) -> Reading:
    """The reading under the loss, among some if they are known, that explains most updates, or else most gradients."""
    losses = dict.fromkeys(loss for network in sheet.networks for loss in losses_of(network.layers[-1].activation))
    is_alone = any(len(network.samples[-1].targets) == 1 for network in sheet.networks)  # no share of others
    known = [loss for loss in losses if not (is_alone and loss == "categorical_crossentropy")]
    known += robust_losses(sheet.terms) if "mean_squared_error" in losses else []
    known = [loss for loss in known if loss in among] or known
    if not sheet.near and (zeros := zeros_left_out(sheet.networks, sheet.terms)):
        sheet = Sheet(sheet.terms, still=zeros)
    by_logarithm = any(isinstance(own, Function) and own.name == "LN" for own in subterms(*sheet.terms.values()))
    readings: list[Reading] = []
    for loss in sorted(known or losses, key=lambda loss: ("crossentropy" in loss) != by_logarithm):
        readings.append(read_under(sheet, loss, ask))
        steps = readings[-1].steps
        if is_told(steps) and exact_updates(steps) == len(sheet.updates) > 0:
            break  # no other loss explains more
    return max((own for own in readings if is_told(own.steps)), key=_explained)


def _explained(reading: Reading) -> tuple[int, int, int]:
    held = sum(reading.held_gradients(number) for number in range(len(reading.steps)))
    return exact_updates(reading.steps), held, len(reading.roles)
