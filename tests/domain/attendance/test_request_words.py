"""Every fault of a request is told in two languages: its field, what was expected, what to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.request_fault import RequestFault, Why
from domain.attendance.request_words import FIELDS, WORDS, describe_fault, tell_fault


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_words(why: Why) -> None:
    japanese, english = WORDS[why]
    assert japanese.endswith("ください")
    assert english.isascii()
    assert not english.endswith(".")


def test_a_balance_that_is_too_small() -> None:
    values = {"on": date(2025, 11, 12), "asked_minutes": 465, "left_minutes": 405}
    assert tell_fault(RequestFault("from_on", Why.balance, values)) == (
        "開始日: 残りが足りません。残りの内にしてください（日 2025-11-12、申請 7:45、残り 6:45） / "
        "from_on: more than what is left; ask for less (day 2025-11-12, asked 7:45, left 6:45)"
    )


def test_each_language_by_itself() -> None:
    fault = RequestFault("ends_minute", Why.ends_before_start, {"starts_minute": 1035})
    assert describe_fault(fault) == (
        "終わりは始まりより後にしてください（開始 17:15）",
        "expected an end after the start (start 17:15)",
    )


def test_clock_times_and_names() -> None:
    told = tell_fault(RequestFault("starts_minute", Why.outside_window, {"first": 0, "last": 2880}))
    assert "最初 00:00、最後 48:00" in told
    assert tell_fault(RequestFault("reason", Why.no_reason)).startswith("理由: 理由を入力してください / reason: ")
    assert "kind annual" in tell_fault(RequestFault("kind", Why.unknown_kind, {"kind": "annual"}))


@given(
    st.sampled_from([*sorted(FIELDS), "else"]),
    st.sampled_from(Why),
    st.dictionaries(st.text(max_size=12), st.one_of(st.integers(-9999, 9999), st.text(max_size=9), st.none())),
)
def test_any_fault_can_be_told(field: str, why: Why, values: dict[str, object]) -> None:
    assert " / " in tell_fault(RequestFault(field, why, values))
