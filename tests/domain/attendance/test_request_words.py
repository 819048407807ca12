"""Every fault of a request has words in both languages, whatever its values are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.request_words import FIELDS, WORDS, describe_fault
from domain.attendance.requests import VALUES


@pytest.mark.parametrize("why", Why)
def test_each_reason_says_what_to_do_in_japanese_and_english(why: Why) -> None:
    japanese, slash, english = WORDS[why].partition(" / ")
    assert slash
    assert not japanese.isascii()
    assert ";" in english


def test_each_field_of_a_request_has_a_name() -> None:
    named = {field for value in VALUES.values() for field in value.__dataclass_fields__}
    assert named - {"afterwards", "from_minute", "to_minute", "explanation"} <= set(FIELDS)


def test_a_fault_names_its_field_and_its_values() -> None:
    fault = RequestFault("starts_minute", Why.inside_regular_hours, {"on": date(2025, 11, 12), "starts_minute": 960})
    assert describe_fault(fault) == (
        "開始時刻 / start: 正規の勤務時間の外を指定してください / expected a time outside regular hours; change it"
        " (日 / day 2025-11-12, 開始 / start 16:00)"
    )
    assert describe_fault(RequestFault("on", Why.month_closed, {"period": "2025-11"})).endswith("(月 / month 2025-11)")


@given(
    st.text(max_size=9),
    st.sampled_from(Why),
    st.dictionaries(st.text(max_size=9), st.none() | st.integers() | st.dates() | st.text(max_size=9), max_size=3),
)
def test_no_value_keeps_a_fault_from_being_told(field: str, why: Why, values: dict[str, object]) -> None:
    assert WORDS[why] in describe_fault(RequestFault(field, why, values))
