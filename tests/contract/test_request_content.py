"""Requests as bytes: there and back, one form each, and nothing else taken."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.request_content import RequestContentError, hash_content, read_content, write_content
from domain.attendance.requests import (
    VALUES,
    LeaveRequest,
    OvertimeRequest,
    Request,
    RequestKind,
    SwapRequest,
    WrongTapRequest,
    days_of,
    kind_of,
)

REQUESTS = st.one_of([st.from_type(value) for value in dict.fromkeys(VALUES.values())])
ORDER = OvertimeRequest(date(2025, 11, 13), 1035, 1230, "議会資料")


@given(REQUESTS)
def test_there_and_back(request: Request) -> None:
    content = write_content(request)
    assert read_content(kind_of(request), content) == request
    assert write_content(read_content(kind_of(request), content)) == content


@given(REQUESTS)
def test_a_request_speaks_of_its_days_in_order(request: Request) -> None:
    if not isinstance(request, LeaveRequest):  # whose ends a person types
        first, last = days_of(request)
        assert first <= last


def test_the_bytes_stay_as_they_are() -> None:
    content = write_content(ORDER)
    assert content.decode() == (
        '{"afterwards":false,"breaks":[],"ends_minute":1230,"on":"2025-11-13","reason":"議会資料","starts_minute":1035}'
    )
    assert hash_content(content) == hash_content(write_content(ORDER))


def test_a_wrong_tap_has_bytes_of_its_own() -> None:
    content = write_content(WrongTapRequest(date(2025, 11, 15), 780, "west-1/1/3", "傘を取りに来た"))
    assert content.decode() == '{"minute":780,"on":"2025-11-15","reason":"傘を取りに来た","tap":"west-1/1/3"}'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "no JSON"),
        (b"[" * 10_000, "no JSON"),
        (b"{}", "on: Field required"),
        (write_content(ORDER).replace(b"2025-11-13", b"2025-02-31"), "on: Input should be a valid date"),
        (write_content(ORDER).replace(b"1230", b'"1230"'), "canonical"),
        (write_content(ORDER).replace(b",", b", "), "canonical"),
        (write_content(ORDER).replace(b"{", b'{"boss":true,'), "canonical"),
        (b" " * 20_000, "at most 16384"),
    ],
    ids=["cut", "deep", "empty", "31 February", "text", "spaces", "one field more", "long"],
)
def test_other_bytes_are_refused_with_the_field(content: bytes, told: str) -> None:
    with pytest.raises(RequestContentError, match=told):
        read_content(RequestKind.overtime, content)


def test_a_kind_takes_its_own_value_alone() -> None:
    with pytest.raises(RequestContentError):
        read_content(RequestKind.leave, write_content(SwapRequest(date(2025, 11, 15), date(2025, 11, 19), "")))
