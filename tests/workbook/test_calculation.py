"""Settings of a file that make programs compute something else than its formulas say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_parts import MAIN, workbook_parts

from xlcheck.workbook.calculation import CalculationSettings
from xlcheck.workbook.reader import read_workbook

SHEET = "xl/worksheets/sheet1.xml"
CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
DAY, NUMBER = "DATE(2020,1,1)+A1", "A1+1"


def settings(write_parts: Callable[..., Path], workbook: str, **parts: str) -> CalculationSettings:
    return read_workbook(write_parts({**workbook_parts(CELL, workbook=workbook), **parts})).calculation


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", CalculationSettings()),
        ('<calcPr calcId="191029"/>', CalculationSettings()),
        ('<calcPr fullCalcOnLoad="1"/>', CalculationSettings(on_load=True)),
        ('<calcPr fullCalcOnLoad=" true "/>', CalculationSettings(on_load=True)),
        ('<calcPr fullCalcOnLoad="yes"/>', CalculationSettings()),
        ('<calcPr calcMode="manual"/>', CalculationSettings(manual=True)),
        ('<calcPr calcMode="autoNoTable"/>', CalculationSettings()),
        ('<calcPr calcMode="never"/>', CalculationSettings(manual=True)),
        ('<calcPr fullPrecision="0"/>', CalculationSettings(as_displayed=True)),
        ('<calcPr fullPrecision="false"/>', CalculationSettings(as_displayed=True)),
        ('<calcPr fullPrecision="no"/>', CalculationSettings(as_displayed=True)),
        ('<calcPr iterate="1"/>', CalculationSettings(iterates=True)),
        ('<calcPr iterate="false"/>', CalculationSettings()),
        ('<workbookPr date1904="1"/>', CalculationSettings(from_1904=True)),
        ('<workbookPr date1904="false"/>', CalculationSettings()),
    ],
)
def test_settings_are_read(write_parts: Callable[..., Path], written: str, expected: CalculationSettings) -> None:
    """Both ways to write true and false are known; what is neither is taken for the setting that harms."""
    assert settings(write_parts, written) == expected


@pytest.mark.parametrize(
    ("element", "asks"),
    [
        ('<sheetPr transitionEvaluation="1"/>', True),
        ("<sheetPr codeName='a' transitionEvaluation = 'true'/>", True),
        ('<sheetPr transitionEvaluation="&#49;"/>', True),
        ('<sheetPr transitionEvaluation="0"/>', False),
        ('<sheetPr transitionEvaluation=" false "/>', False),
        ('<sheetPr transitionEntry="1"/>', False),
        ('<!-- sheetData --><sheetPr transitionEvaluation="1"/>', True),
        ('<sheetPr codeName="a>b" transitionEvaluation="1"/>', True),
        (f'<x-y:sheetPr xmlns:x-y="{MAIN}" transitionEvaluation="1"/>', True),
    ],
)
def test_a_worksheet_may_ask_for_the_rules_of_lotus(write_parts: Callable[..., Path], element: str, asks: bool) -> None:
    """It is named, since only its formulas are read otherwise."""
    sheet = f'<worksheet xmlns="{MAIN}">{element}<sheetData>{CELL}</sheetData></worksheet>'

    assert settings(write_parts, "", **{SHEET: sheet}).like_lotus == (("S",) if asks else ())


@pytest.mark.parametrize(
    ("given", "formula", "circular", "built", "count"),
    [
        (CalculationSettings(), DAY, True, True, 0),
        (CalculationSettings(manual=True), DAY, True, True, 0),
        (CalculationSettings(manual=True), NUMBER, False, False, 0),
        (CalculationSettings(as_displayed=True), NUMBER, False, False, 1),
        (CalculationSettings(iterates=True), NUMBER, False, False, 0),
        (CalculationSettings(iterates=True), NUMBER, True, False, 1),
        (CalculationSettings(iterates=True), NUMBER, False, True, 0),
        (CalculationSettings(iterates=True), NUMBER, True, True, 1),
        (CalculationSettings(from_1904=True), NUMBER, False, False, 0),
        (CalculationSettings(from_1904=True), DAY, False, False, 1),
        (CalculationSettings(from_1904=True), NUMBER, False, True, 1),
        (CalculationSettings(like_lotus=("S",)), NUMBER, False, False, 1),
    ],
)
def test_what_makes_a_reader_see_other_numbers(
    given: CalculationSettings, formula: str, circular: bool, built: bool, count: int
) -> None:
    """A setting counts where it changes something, or days might be counted in what xlcheck wrote; else it is noted."""
    differences = list(given.differences([formula], circular=circular, built=built))
    noted = list(given.without_effect([formula], circular=circular, built=built))

    assert len(differences) == count
    assert len(differences) + len(noted) == (given.as_displayed or bool(given.like_lotus)) + (
        given.iterates + given.from_1904 + (given.manual and not built)
    )


def test_only_a_demand_to_calculate_hides_stored_values() -> None:
    """Automatic calculation alone does not: Excel then trusts what the same version of itself has stored."""
    assert CalculationSettings().shows_stored
    assert CalculationSettings(manual=True).shows_stored
    assert not CalculationSettings(on_load=True).shows_stored
