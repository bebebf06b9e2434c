"""Every rule of docs/evaluation.md has its test, and every test of a rule its line there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "evaluation.md"

TESTS = {
    "S1": "test_samples::test_sums_by_period",
    "S2": "test_statistic::test_a_percentile_has_its_share_at_or_below_it_and_no_smaller_one_has",
    "S3": "test_statistic::test_a_trimmed_mean_lies_between_its_borders",
    "S4": "test_statistic::test_the_statistics_of_the_user_guide_over_the_numbers_from_1_to_100",
    "S5": "test_statistic::test_a_trimmed_sum_is_the_trimmed_mean_times_the_trimmed_count",
    "S6": "test_statistic::test_the_bins_of_percentile_rank_make_a_histogram",
    "S7": "test_statistic::test_a_mean_of_nothing_is_no_point",
    "S8": "test_evaluation::test_too_few_measurements_for_a_percentile_keep_the_state",
    "F1": "test_formulas::test_the_tables_of_the_user_guide",
    "F2": "test_formulas::test_numbers",
    "F3": "test_formulas::test_series",
    "F4": "test_formulas::test_filling_keeps_every_point_and_leaves_no_gap",
    "F5": "test_formulas::test_every_shape_of_if",
    "F6": "test_formulas::test_series",
    "F7": "test_formulas::test_differences_sum_up_to_the_whole_way",
    "F8": "test_formulas::test_a_rate_over_a_period",
    "F9": "test_formulas::test_further_functions",
    "F10": "test_formulas::test_further_functions",
    "F11": "test_formulas::test_the_kind_is_known_without_data",
    "F12": "test_formulas::test_what_needs_a_service_to_answer_is_refused",
    "Q1": "test_query::test_functions_go_over_observations_and_not_over_series",
    "Q2": "test_query::test_schema_takes_exactly_its_dimensions_and_from_alone_takes_any",
    "Q3": "test_query::test_what_is_no_query_says_where",
    "Q4": "test_query::test_groups_come_in_the_order_of_their_names_and_what_lacks_a_label_is_other",
    "Q5": "test_query::test_order_goes_by_one_number_of_each_series",
    "Q6": "test_evaluation::test_an_alarm_over_several_series_is_in_alarm_when_one_is_and_names_it",
    "X1": "test_search::test_partial_matches_of_the_user_guide",
    "X2": "test_search::test_terms",
    "X3": "test_search::test_terms",
    "X4": "test_evaluation::test_an_alarm_cannot_search",
    "E1": "test_evaluation::test_m_of_n",
    "E2": "test_missing::test_older_points_stand_in_for_missing_ones",
    "E3": "test_evaluation::test_longer_periods_slide_by_the_minute",
    "E4": "test_evaluation::test_one_of_five_sees_a_point_that_came_a_minute_late",
    "E5": "test_evaluation::test_a_new_alarm_has_too_little_data",
    "E6": "test_evaluation::test_warm_up_ends_with_the_first_full_range_or_with_its_time",
    "D1": "test_missing::test_what_always_holds",
    "D2": "test_missing::test_the_tables_of_the_user_guide",
    "D3": "test_evaluation::test_silence",
    "D4": "test_missing::test_a_new_breach_after_a_gap_is_no_alarm_yet",
    "D5": "test_evaluation::test_the_two_readings_differ_for_dynamodb_and_for_nothing_else",
    "C1": "test_rules::test_rules",
    "C2": "test_rules::test_rules",
    "C3": "backtest/test_replay::test_composites_change_with_their_alarms_and_on_each_other",
    "N1": "test_notification::test_a_window_mutes_every_state",
    "N2": "test_notification::test_of_overlapping_windows_the_last_end_counts",
    "N3": "test_notification::test_a_suppressor_in_alarm_suppresses_at_once",
    "N4": "test_notification::test_after_the_wait_period_the_actions_are_performed_if_the_suppressor_did_not_fire",
    "N5": "test_notification::test_a_composite_that_stays_is_told_after_the_extension_period",
    "N6": "test_notification::test_actions_that_are_switched_off_stay_so",
    "N7": "test_notification::test_an_alarm_that_warms_up_does_nothing",
}
"""Rule -> the test that stands for it, of those that hold it."""


@cache
def names_in(module: str) -> frozenset[str]:
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_the_page_and_the_tests_have_the_same_rules_each_once():
    rules = re.findall(r"^\| ([A-Z]\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rules == list(TESTS)


@pytest.mark.parametrize(("rule", "test"), TESTS.items())
def test_the_test_of_a_rule_is_there(rule, test):
    module, name = test.split("::")
    assert name in names_in(module), f"{rule} has lost its test"


def test_every_rule_names_its_source_or_says_what_is_open():
    rows = re.findall(r"^\| ([A-Z]\d+) \|.*\|([^|]*)\|([^|]*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [rule for rule, *_ in rows] == list(TESTS)
    assert not [rule for rule, source, left_open in rows if not source.strip() and not left_open.strip()]
