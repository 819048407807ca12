"""Leave for an event: several requests of one event take no more than its days, those of another event their own."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.assess_leave import assess_leave
from domain.attendance.leave_balance import Taking
from domain.attendance.leave_event import count_event_days
from domain.attendance.leave_takings import LeaveFacts, derive_takings
from domain.attendance.request_fault import Why
from domain.attendance.requests import LeaveRequest
from tests.domain.attendance.test_assess_leave import KINDS, facts

WEDDING, BIRTH = KINDS["wedding"], KINDS["birth"]  # 5 days of the calendar, 3 between; 2 of work, 14 between
MOST = {WEDDING.id: WEDDING.days or 0, BIRTH.id: BIRTH.days or 0}


def leave(kind: str, first: int, last: int, *clock: int) -> LeaveRequest:
    starts, ends = clock or (None, None)
    return LeaveRequest(kind, date(2025, 11, first), date(2025, 11, last), "", starts, ends)


def taken(*requests: LeaveRequest) -> LeaveFacts:
    """Facts in which these were approved, one after another."""
    known = facts()
    for number, request in enumerate(requests):
        known = facts(*known.takings, *derive_takings(request, known, f"a{number}"))
    return known


def told(request: LeaveRequest, known: LeaveFacts) -> list[tuple[Why, object]]:
    return [(fault.why, fault.values.get("asked_days")) for fault in assess_leave(request, known)]


@pytest.mark.parametrize(
    ("before", "request_", "days"),
    [
        ([("wedding", 4, 6)], leave("wedding", 7, 7), None),
        ([("wedding", 4, 6)], leave("wedding", 7, 11), 8),  # a weekend lies in it
        ([("wedding", 4, 7)], leave("wedding", 10, 11), 6),  # two days between
        ([("wedding", 4, 7)], leave("wedding", 12, 13), None),  # four between: another event
        ([("wedding", 12, 13)], leave("wedding", 5, 7), None),
        ([("wedding", 12, 13)], leave("wedding", 7, 10), 6),
        ([("wedding", 4, 5), ("wedding", 12, 13)], leave("wedding", 7, 10), 8),  # what lies between joins both
        ([("birth", 4, 4)], leave("birth", 14, 14), None),
        ([("birth", 4, 5)], leave("birth", 14, 14), 3),
        ([("birth", 4, 4), ("birth", 5, 5, 510, 735)], leave("birth", 6, 6, 510, 630), None),  # 4:00 and 2:00
        ([("birth", 4, 4), ("birth", 5, 5, 510, 735)], leave("birth", 6, 6, 510, 840), 3),
        ([("annual", 4, 7)], leave("wedding", 10, 11), None),
    ],
)
def test_of_one_event_the_days_are_counted_together(
    before: list[tuple[str, int, int]], request_: LeaveRequest, days: int | None
) -> None:
    expected = [] if days is None else [(Why.event_days, days)]
    assert told(request_, taken(*(leave(*each) for each in before))) == expected


def test_alone_it_is_too_long_as_before() -> None:
    assert told(leave("wedding", 4, 10), facts()) == [(Why.too_long, None)]


requests = st.builds(
    lambda kind, first, length: LeaveRequest(kind, first, first + timedelta(days=length)),
    st.sampled_from(["wedding", "birth"]),
    st.dates(date(2025, 11, 1), date(2025, 11, 26)),
    st.integers(0, 4),
)


@given(st.lists(requests, max_size=12), st.randoms(use_true_random=False))
def test_in_whatever_order_they_are_asked_for_no_event_takes_more_than_its_days(
    asked: list[LeaveRequest], random: Random
) -> None:
    random.shuffle(asked)
    known, granted = facts(), []
    for number, request in enumerate(asked):
        if not assess_leave(request, known):
            granted.append(request)
            known = facts(*known.takings, *derive_takings(request, known, f"a{number}"))
    for request in granted:
        others = tuple(each for each in known.takings if not _is_of(each, request))
        assert count_event_days(request, KINDS[request.kind], facts(*others)) <= MOST[request.kind]


def _is_of(taking: Taking, request: LeaveRequest) -> bool:
    return taking.kind == request.kind and request.from_on <= taking.on <= request.until_on
