"""From when until when a class may book, and how much one reservee may have."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil import JST, instant
from domain.facilities.booking_rules import (
    BookingWindow,
    Deadline,
    OpensBy,
    Terms,
    WindowState,
    choose_terms,
    choose_window,
    derive_closes_at,
    derive_deadline,
    derive_opens_at,
    judge_window,
)
from domain.facilities.quotas import Booked, Counts, Per, Quota, find_exceeded

USE = date(2027, 2, 10)
NINE = instant(USE, 540)
THREE_DAYS = Deadline(3, 1020)


def window(opens_by: OpensBy = OpensBy.month_day, before: int = 2, **more: object) -> BookingWindow:
    return BookingWindow("w", opens_by, before, 540, THREE_DAYS, **more)  # type: ignore[arg-type]


def jst(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=JST)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("asked", "use", "opens"),
    [
        (window(), USE, jst(2026, 12, 1, 9)),  # 毎月1日 9:00 に2か月後の分
        (window(opens_day=15), date(2027, 1, 31), jst(2026, 11, 15, 9)),
        (window(before=12), date(2027, 2, 28), jst(2026, 2, 1, 9)),
        (window(OpensBy.same_day, 3), date(2027, 5, 31), jst(2027, 2, 28, 9)),
        (window(OpensBy.same_day, 3), date(2028, 5, 30), jst(2028, 2, 29, 9)),
        (window(OpensBy.same_day, 1), date(2027, 3, 28), jst(2027, 2, 28, 9)),
        (window(OpensBy.days, 30), date(2027, 1, 10), jst(2026, 12, 11, 9)),
        (window(OpensBy.days, 0), USE, jst(2027, 2, 10, 9)),
    ],
)
def test_when_booking_opens(asked: BookingWindow, use: date, opens: datetime) -> None:
    assert derive_opens_at(asked, use) == opens


@pytest.mark.parametrize(
    ("deadline", "at"),
    [
        (THREE_DAYS, jst(2027, 2, 7, 17)),
        (Deadline(0, 480), jst(2027, 2, 10, 8)),
        (Deadline(0, 1440), NINE),  # never after the use has begun
        (Deadline(None, 120), jst(2027, 2, 10, 7)),
        (Deadline(None, 0), NINE),
    ],
)
def test_a_deadline_lies_before_the_use(deadline: Deadline, at: datetime) -> None:
    assert derive_deadline(deadline, NINE) == at


def test_the_desk_may_book_longer_and_never_shorter() -> None:
    longer = window(desk_closes=Deadline(None, 60))
    assert derive_closes_at(longer, NINE) == jst(2027, 2, 7, 17)
    assert derive_closes_at(longer, NINE, at_desk=True) == jst(2027, 2, 10, 8)
    assert derive_closes_at(window(desk_closes=Deadline(9, 0)), NINE, at_desk=True) == jst(2027, 2, 7, 17)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (jst(2026, 12, 1, 8, 59), WindowState.not_yet),
        (jst(2026, 12, 1, 9), WindowState.open),
        (jst(2027, 2, 7, 16, 59), WindowState.open),
        (jst(2027, 2, 7, 17), WindowState.over),
    ],
)
def test_a_window_is_not_yet_open_then_open_then_over(now: datetime, state: WindowState) -> None:
    assert judge_window(window(), NINE, now) is state


def test_the_most_special_window_counts() -> None:
    named = {
        (room, who): BookingWindow(f"{room}-{who}", OpensBy.days, 30, 540, THREE_DAYS, room_id=room, user_class=who)
        for room in (None, "hall")
        for who in (None, "city")
    }
    every = list(named.values())
    assert choose_window(every, "hall", "city", USE) == named["hall", "city"]
    assert choose_window(every, "hall", "other", USE) == named["hall", None]
    assert choose_window(every, "gym", "city", USE) == named[None, "city"]
    assert choose_window(every, "gym", "other", USE) == named[None, None]
    assert choose_window([named["hall", "city"]], "gym", "city", USE) is None
    over = BookingWindow("o", OpensBy.days, 30, 540, THREE_DAYS, valid_until=date(2027, 2, 9))
    assert choose_window([over], "gym", "city", USE) is None


def test_terms_hold_until_the_next_ones() -> None:
    first, later = Terms("a", THREE_DAYS), Terms("b", Deadline(7, 1020), valid_from=date(2027, 2, 10))
    assert choose_terms([later, first], date(2027, 2, 9)) is first
    assert choose_terms([later, first], USE) is later
    assert choose_terms([later], date(2027, 2, 9)) is None


def booked(*days: date, room: str = "hall", minutes: int = 120, standing: bool = True) -> list[Booked]:
    return [Booked(room, on, minutes, standing) for on in days]


WEEK = [date(2027, 2, 8), date(2027, 2, 14), date(2027, 2, 15)]


@pytest.mark.parametrize(
    ("quota", "used"),
    [
        (Quota("q", Counts.reservations, Per.standing, 2), 2),
        (Quota("q", Counts.reservations, Per.week, 2), 2),  # Monday and Sunday; the next Monday is another week
        (Quota("q", Counts.reservations, Per.month, 4), None),
        (Quota("q", Counts.reservations, Per.month, 3), 3),
        (Quota("q", Counts.minutes, Per.month, 479), 360),
        (Quota("q", Counts.minutes, Per.month, 480), None),
        (Quota("q", Counts.reservations, Per.day, 1), None),
        (Quota("q", Counts.reservations, Per.month, 1, room_id="gym"), None),
        (Quota("q", Counts.reservations, Per.month, 1, user_class="other"), None),
        (Quota("q", Counts.reservations, Per.month, 1, valid_from=date(2027, 3, 1)), None),
    ],
)
def test_a_quota_counts_what_it_says(quota: Quota, used: int | None) -> None:
    standing = [*booked(*WEEK[:2]), *booked(WEEK[2], standing=False)]
    found = find_exceeded([quota], "city", Booked("hall", USE, 120), standing)
    assert [each.used for each in found] == ([] if used is None else [used])


def test_a_class_of_its_own_stands_in_place_of_everybody_and_rooms_hold_beside_the_house() -> None:
    everybody = Quota("all", Counts.reservations, Per.month, 1)
    friends = Quota("own", Counts.reservations, Per.month, 3, user_class="friends")
    hall = Quota("hall", Counts.reservations, Per.month, 1, room_id="hall")
    wish = Booked("hall", USE, 60)
    for order in ([everybody, friends, hall], [hall, friends, everybody]):
        assert {each.quota.id for each in find_exceeded(order, "city", wish, booked(WEEK[0]))} == {"all", "hall"}
        assert {each.quota.id for each in find_exceeded(order, "friends", wish, booked(WEEK[0]))} == {"hall"}


days = st.dates(date(2027, 1, 1), date(2027, 3, 31))
wishes = st.builds(Booked, st.sampled_from(["hall", "gym"]), days, st.integers(1, 600))
quotas = st.builds(
    Quota,
    st.uuids().map(str),
    st.sampled_from(Counts),
    st.sampled_from(Per),
    st.integers(1, 900),
    st.sampled_from([None, "hall"]),
    st.sampled_from([None, "city"]),
)


@given(st.lists(quotas, max_size=4), st.lists(wishes, max_size=12))
def test_who_keeps_every_quota_step_by_step_never_has_more(rules: list[Quota], asked: list[Booked]) -> None:
    taken: list[Booked] = []
    for wish in asked:
        if not find_exceeded(rules, "city", wish, taken):
            taken.append(wish)
    for index, one in enumerate(taken):
        assert not find_exceeded(rules, "city", one, taken[:index] + taken[index + 1 :])


@given(st.sampled_from(OpensBy), st.integers(0, 36), days)
def test_booking_never_opens_after_the_day_of_use(opens_by: OpensBy, before: int, use: date) -> None:
    assert derive_opens_at(window(opens_by, before), use) <= instant(use, 540)
