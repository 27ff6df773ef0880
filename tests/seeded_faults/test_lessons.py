"""Seeded faults in every formula cell of the three lessons: the exact cells are named, no more, no fewer."""

from __future__ import annotations

import ironcalc
import pytest
from planting import Place, planted_report, poisoned_report, roots, shifted
from thorough import EVERY_CASE, spread

from xlcheck.building.lesson import plan_lesson
from xlcheck.chapter.lessons.catalogue import LESSONS
from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.verdicts.report import Kind, Status
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import manifest_of
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

STRIDE = 1 if EVERY_CASE else 250

pytestmark = pytest.mark.parametrize("lesson", ["simple-rnn", "lstm", "rnn-dimensions"])


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WorkbookContent]:
    """The three workbooks, as read from the disk."""
    folder = tmp_path_factory.mktemp("lessons")
    contents = {}
    for name in ("simple-rnn", "lstm", "rnn-dimensions"):
        path = folder / f"{name}.xlsx"
        write_workbook(plan_lesson(LESSONS[name], load_fixture(name)), path)
        contents[name] = read_workbook(path)
    return contents


def formula_places(content: WorkbookContent) -> list[Place]:
    """Every formula cell, or one of so many."""
    return [(sheet, row, column) for sheet, row, column, _ in content.formula_cells()][::STRIDE]


def test_constant_over_formula(lesson: str, workbooks: dict[str, WorkbookContent]) -> None:
    """A formula replaced by its own value is a root, although every value is still right."""
    content = workbooks[lesson]
    manifest = manifest_of(content)
    assert manifest is not None
    places = formula_places(content)
    for place in places:
        value = content.sheets[place[0]].cells[place[1:]].value

        report = planted_report(content, place, None, value)

        assert roots(report) == {place}
        assert report.roots[0].kind is Kind.NOT_A_FORMULA
        assert report.counts.carried == 0 or len(manifest.samples) > 1  # right for the document shown, not for others
    assert len(places) > 100 // STRIDE


def test_value_off_by_a_billionth(lesson: str, workbooks: dict[str, WorkbookContent]) -> None:
    """A constant that is wrong by 1e-9 is the only root; what follows from it is carried."""
    content = workbooks[lesson]
    for place in formula_places(content):
        value = content.sheets[place[0]].cells[place[1:]].value
        wrong = f"{value}?" if isinstance(value, str) else float(value) + 1e-9  # type: ignore[arg-type]

        report = planted_report(content, place, None, wrong)

        assert roots(report) == {place}


def test_shifted_reference(lesson: str, workbooks: dict[str, WorkbookContent]) -> None:
    """A formula that reads a neighbouring cell is the only root, if that changes any value for any document."""
    content = workbooks[lesson]
    shown = Shown(content)
    planted = 0
    for place in formula_places(content):
        formula = content.sheets[place[0]].cells[place[1:]].formula
        assert formula is not None
        variants = shifted(formula)
        for variant in variants[:: max(1, len(variants) // 3)]:  # a spread over all references and directions
            if not shown.is_changed_by(variant, place):
                continue
            planted += 1

            report = planted_report(content, place, variant, content.sheets[place[0]].cells[place[1:]].value)

            assert roots(report) == {place}, (place, variant)
    assert planted > 100 // STRIDE


def test_poisoned_cache(lesson: str, workbooks: dict[str, WorkbookContent]) -> None:
    """A wrong cached value is noticed at its cell, and changes nothing in the verdict of the recalculation."""
    content = workbooks[lesson]
    for place in formula_places(content):
        report = poisoned_report(content, place)

        assert report.ok
        assert [(c.sheet, c.cell, c.kind) for c in report.stale] == [(place[0], _address(place), Kind.STALE_CACHE)]


def test_changed_weight(lesson: str, workbooks: dict[str, WorkbookContent]) -> None:
    """Against its model, a changed weight is the only root: every formula that reads it is carried."""
    content = workbooks[lesson]
    manifest = manifest_of(content)
    assert manifest is not None
    weights = {f"{layer.name}.{name}" for layer in manifest.spec.layers for name in layer.weights}
    cells = [(b.area.sheet, *cell) for b in manifest.bindings if b.quantity in weights for cell in b.area.cells()]
    for place in spread(cells, 8):
        value = content.sheets[place[0]].cells[place[1:]].value
        assert isinstance(value, float)

        report = planted_report(
            content, place, None, value + 1e-9,
            model_weights={name: manifest.trace[name] for name in weights},
            recompute=lambda spec, given: manifest.trace,
        )  # fmt: skip

        assert roots(report) == {place}
        assert any(cell.status is Status.CARRIED for cell in report.cells)


class Shown:
    """What the cells of a workbook show for each document, with and without another formula in one of them."""

    def __init__(self, content: WorkbookContent) -> None:
        manifest = manifest_of(content)
        assert manifest is not None
        self._path = str(content.path)
        self._selector = manifest.selector
        self._documents = range(len(manifest.samples))
        model = ironcalc.load_from_xlsx(self._path)
        self._index = {item["name"]: i for i, item in enumerate(model.get_worksheets_properties())}
        places = [(sheet, row, column) for sheet, row, column, _ in content.formula_cells()]
        self._truths = [dict(zip(places, self._values(model, places, k), strict=True)) for k in self._documents]

    def _values(self, model: ironcalc.Model, places: list[Place], document: int) -> list[object]:
        if self._selector is not None:
            s = self._selector
            model.update_cell_with_number(self._index[s.sheet], s.top + 1, s.left + 1, float(document + 1))
        model.evaluate()
        return [model.get_cell_value(self._index[sheet], row + 1, column + 1) for sheet, row, column in places]

    def is_changed_by(self, formula: str, place: Place) -> bool:
        """Whether a formula gives another value in a cell than the true one, for any document."""
        sheet, row, column = place
        model = ironcalc.load_from_xlsx(self._path)
        model.set_user_input(self._index[sheet], row + 1, column + 1, f"={formula}")
        for document in self._documents:
            (value,), truth = self._values(model, [place], document), self._truths[document][place]
            if isinstance(value, float) and isinstance(truth, float):
                if abs(value - truth) > 1e-13:
                    return True
            elif value != truth:
                return True
        return False


def _address(place: Place) -> str:
    from xlcheck.formulas.addresses import cell_name

    return cell_name(place[1], place[2])
