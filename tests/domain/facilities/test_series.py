"""What comes again: days from outside, single ones left out, moved or elsewhere."""

from datetime import date, timedelta

import pytest

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.series import OCCURRENCES_MAX, SeriesException, derive_occurrences
from tests.domain.facilities.booking import ON, wish

WEEKS = [ON + timedelta(days=7 * number) for number in range(4)]


def refusal(*args: object) -> list[tuple[BookingWhy, dict[str, object]]]:
    with pytest.raises(BookingFaultsError) as told:
        derive_occurrences(*args)  # type: ignore[arg-type]
    return [(fault.why, dict(fault.values)) for fault in told.value.faults]


def test_each_day_has_the_same_time() -> None:
    occurrences = derive_occurrences(wish(), WEEKS)
    assert [each.on for each in occurrences] == WEEKS
    assert [each.wish.from_at for each in occurrences] == [instant(on, 540) for on in WEEKS]
    assert occurrences[0].wish == wish()


def test_days_are_left_out_moved_and_elsewhere() -> None:
    moved = (instant(date(2026, 12, 9), 600), instant(date(2026, 12, 9), 660))
    exceptions = [
        SeriesException(WEEKS[0], left_out=True),
        SeriesException(WEEKS[1], from_at=moved[0], until_at=moved[1]),
        SeriesException(WEEKS[2], room_id="gym", slot_id="course"),
    ]
    occurrences = derive_occurrences(wish(slot_id="s"), WEEKS, exceptions)
    assert [each.on for each in occurrences] == WEEKS[1:]
    assert (occurrences[0].wish.from_at, occurrences[0].wish.until_at) == moved
    assert (occurrences[1].wish.room_id, occurrences[1].wish.slot_id) == ("gym", "course")
    assert (occurrences[2].wish.room_id, occurrences[2].wish.slot_id) == ("half", "s")


def test_a_slot_does_not_follow_into_another_room() -> None:
    (first, *_) = derive_occurrences(wish(slot_id="s"), WEEKS, [SeriesException(WEEKS[0], room_id="gym")])
    assert first.wish.slot_id is None


def test_what_fits_no_day_is_refused() -> None:
    other = ON + timedelta(days=1)
    assert refusal(wish(), WEEKS, [SeriesException(other)]) == [(BookingWhy.no_such_occurrence, {"on": other})]
    twice = [SeriesException(ON, left_out=True), SeriesException(ON, room_id="gym")]
    assert refusal(wish(), WEEKS, twice) == [(BookingWhy.occurrence_twice, {"on": ON})]
    assert refusal(wish(), []) == [(BookingWhy.no_occurrence, {})]
    every = [ON + timedelta(days=number) for number in range(OCCURRENCES_MAX + 1)]
    assert refusal(wish(), every) == [(BookingWhy.too_many_occurrences, {"most": OCCURRENCES_MAX})]
