"""What was once answered wrongly, and the tests that ask it again: `python tests/fuzz/once_wrong.py` prints a table.

Every case of each test is tried, as in a thorough run. The command ends with 1 if a line of the table is not right, or
if nothing was tried for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_INPUTS = "tests/test_protected_inputs.py::"
_FUZZ, _VIEW, _EDITED = "tests/fuzz/", "tests/verdicts/test_readers_view.py::", "tests/verdicts/test_edited.py::"
FINDINGS: dict[str, tuple[str, ...]] = {
    "wrong 1: a nested model is an output, siamese, one inside another": (
        "tests/model/test_keras_calls.py::test_outputs_of_functional_models_inside_are_those_of_their_own_call",
        "tests/model/test_keras_calls.py::test_siamese_model", "tests/model/test_keras_calls.py::test_autoencoder",
        "tests/oracle/test_outputs.py::test_other_outputs_than_the_model_s_are_refused",
    ),
    "wrong 2: precision as displayed": (f"{_VIEW}test_settings_under_which_a_reader_sees_something_else",),
    "wrong 3: stored values that are wrong and shown": (f"{_VIEW}test_stored_values_that_are_shown_are_wrong",),
    "wrong 4: verdicts that are always right, a wide tolerance": (
        "tests/verdicts/test_generated.py::test_a_helper_that_only_happens_to_be_right_is_a_root",
        "tests/workbook/test_as_built.py::test_another_number_is_no_pass",
    ),
    "wrong 5: a weight changed, emptied, an error": (
        f"{_EDITED}test_what_is_given_must_be_a_number",
        f"{_EDITED}test_edits_are_compared_with_what_keras_computes_with_them",
        f"{_EDITED}test_an_edit_is_a_mistake_where_the_workbook_should_be_as_it_was_built",
        "tests/plugin/test_plugin_workbooks.py::test_keras_is_asked_where_it_has_to_be",
    ),
    "wrong 6: a wrong formula that cancels at every sample": (
        "tests/verdicts/test_perturbation.py::test_the_wrong_gate_s_weight_times_a_state_of_zero_is_found",
        "tests/verdicts/test_perturbation.py::test_a_formula_that_is_right_by_chance_is_a_root",
    ),
    "wrong 7: checks from several threads": (f"{_FUZZ}test_threads.py::test_threads_do_not_exchange_their_results",),
    "wrong 8: two words of the film lesson exchanged": (
        "tests/layout/test_originals.py::test_two_words_exchanged",
        "tests/layout/test_originals.py::test_each_lesson_sees_them",
    ),
    "wrong 9: a part of a formula made by hand that was 0 wherever it was compared": (
        "tests/handmade/test_idle_parts.py::test_a_part_without_a_say_is_found",
        "tests/handmade/test_idle_parts.py::test_a_bell_anywhere_is_found",
        "tests/handmade/test_idle_parts.py::test_a_sheet_with_an_idle_part_is_no_pass",
    ),
    "right 1: the same roots after a save in LibreOffice, in openpyxl": (
        f"{_EDITED}test_a_workbook_saved_by_libreoffice_still_agrees",
        "tests/chapter/lessons/test_workbooks.py::test_survives_a_save_in_libreoffice",
        "tests/workbook/test_as_built.py::test_a_save_by_another_program_changes_nothing",
    ),
    "right 2: the hidden worksheet removed or renamed": (
        "tests/workbook/test_origin.py::test_the_sentence_says_how_to_build_it_again",
        "tests/workbook/test_origin.py::test_a_workbook_without_its_manifest_is_known",
        "tests/workbook/test_origin.py::test_a_renamed_worksheet_changes_no_verdict",
    ),
    "right 3: inputs of half precision": (
        "tests/model/test_input_types.py::test_numbers_that_the_model_would_round",
        "tests/model/test_keras_reader.py::test_refused_by_name",
    ),
    "right 4: values below what an engine tells from zero": (
        "tests/building/test_masks_near_zero.py::test_the_smallest_numbers_are_not_skipped",
    ),
    "right 5: dropout of states": (
        "tests/oracle/test_outputs.py::test_dropout_of_states_changes_how_keras_multiplies_and_no_number",
    ),
    "right 6: a header of numbers": (
        "tests/building/test_inputs.py::test_columns_that_are_counted_above_fractions_are_a_header",
        "tests/building/test_inputs.py::test_a_row_that_counts_above_small_numbers_is_a_header",
    ),
    "lost 1: a result in the place of what was read": (f"{_INPUTS}test_no_command_writes_onto_an_input",),
    "lost 2: one unreadable file among several": (
        "tests/test_several_workbooks.py::test_an_unreadable_workbook_is_reported_in_its_place",
    ),
    "lost 3: encodings, names, bindings, links, pipes, Ctrl-C, scalars": (
        f"{_FUZZ}test_reproducers.py::test_workbooks", f"{_FUZZ}test_reproducers.py::test_bindings",
        f"{_INPUTS}test_inputs_are_files", "tests/test_endings.py::test_signals_end_a_command_in_one_line",
        "tests/test_endings.py::test_closed_streams_make_no_traceback",
        "tests/verdicts/test_traces.py::test_one_number_is_compared_like_an_array",
        "tests/plugin/test_plugin_traces.py::test_one_number_may_be_all_there_is",
    ),
    "lost 4: a formula, a pipe or a key without an end": (
        f"{_FUZZ}test_reproducers.py::test_workbooks", f"{_FUZZ}test_reproducers.py::test_bindings",
        "tests/test_several_workbooks.py::test_one_budget_for_all",
    ),
    "lost 5: a few kilobytes that unpack to gigabytes": (
        f"{_FUZZ}test_reproducers.py::test_inputs", "tests/model/test_keras_file.py::test_zip_bomb",
        "tests/workbook/test_container.py::test_refuses_a_bomb_before_unpacking_it",
    ),
    "lost 6: what a killed command leaves, and permissions": (
        f"{_INPUTS}test_permissions_stay", f"{_INPUTS}test_what_a_killed_run_left_is_removed_by_the_next",
    ),
    "lost 7: parts, rows and cells of which readers take different ones": (
        "tests/workbook/test_disagreements.py::test_cells_on_which_readers_disagree",
        "tests/workbook/test_disagreements.py::test_worksheets_on_which_readers_disagree",
        "tests/workbook/test_disagreements.py::test_workbooks_on_which_readers_disagree",
        "tests/workbook/test_odd_containers.py::test_refuses_a_document_type_whatever_a_part_is_called",
    ),
}  # fmt: skip


class Outcomes:
    """How the cases of each test ended, as pytest tells them: `passed`, `failed` or `skipped` by the test's name."""

    def __init__(self) -> None:
        self.of: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case once, with what it comes to."""
        if report.when == "call" or report.outcome != "passed":
            self.of.setdefault(report.nodeid.partition("[")[0], Counter())[report.outcome] += 1


def main() -> int:
    """Ask again and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--line", action="append", help="a line of the table by its beginning, such as `wrong 3`; all by default"
    )
    options = parser.parse_args()
    asked = {
        line: tests for line, tests in FINDINGS.items() if not options.line or line.startswith(tuple(options.line))
    }
    os.environ["XLCHECK_TESTS"] = "all"
    outcomes = Outcomes()
    names = dict.fromkeys(name for tests in asked.values() for name in tests)
    pytest.main(
        ["-q", "-n", "0", "--no-header", "--rootdir", str(ROOT), *(f"{ROOT}/{name}" for name in names)], [outcomes]
    )
    wrong = 0
    for line, tests in asked.items():
        counts: Counter[str] = sum((outcomes.of.get(name, Counter({"not tried": 1})) for name in tests), Counter())
        is_right = counts["passed"] > 0 and not counts["failed"] and not counts["not tried"]
        wrong += not is_right
        print(f"{'✓' if is_right else '✗'} {line}: {', '.join(f'{n} {what}' for what, n in sorted(counts.items()))}")
    print(f"{len(asked)} findings, {wrong} of them not answered rightly")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
