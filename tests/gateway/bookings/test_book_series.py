"""A series: all or nothing, or what is free; each occurrence a reservation of its own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.civil import instant
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import ReservationState
from domain.facilities.series import SeriesException, Takes
from gateway.bookings.recurrence import expand_days
from gateway.operations.facilities.book_series import AskedSeries, SeriesOutcome, book_series, preview_series
from store.messages import list_messages
from store.outbox import list_unsent
from store.reservations import list_series
from store.resource_holds import list_holds_of
from store.tx import Store
from tests.domain.facilities.booking import NOW, ON, wish
from tests.gateway.bookings.house import RULES, book, citizen, keep_house

WEEKS = expand_days("FREQ=WEEKLY;COUNT=3", ON, date(2027, 1, 1))
SERIES = AskedSeries("weekly", wish(room_id="meeting"), WEEKS)


@pytest.fixture
def house(store: Store) -> Store:
    windows = tuple(replace(window, opens_before=60) for window in RULES.windows)
    keep_house(store, replace(RULES, windows=windows))
    return store


def asked(store: Store, series: AskedSeries = SERIES) -> SeriesOutcome:
    with store.transaction(NOW) as tx:
        return book_series(tx, series, citizen(1))


def count(store: Store) -> int:
    with store.reading(NOW) as tx:
        return len(list_series(tx, "weekly"))


def test_each_occurrence_is_a_reservation_and_staff_hear_of_one(house: Store) -> None:
    outcome = asked(house, replace(SERIES, first=wish()))
    assert [each.id for each in outcome.booked] == ["weekly-20261201", "weekly-20261208", "weekly-20261215"]
    assert outcome.refused == ()
    with house.reading(NOW) as tx:
        assert all(list_holds_of(tx, each.id) for each in outcome.booked)
        assert len(list_messages(tx, "p9")) == 1
        assert len(list_unsent(tx, limit=9)) == 3
    assert asked(house, replace(SERIES, first=wish())) == outcome
    assert count(house) == 3


def test_all_or_nothing_books_nothing_and_names_the_day(house: Store) -> None:
    book(
        house,
        "r1",
        wish(from_at=instant(WEEKS[1], 600), until_at=instant(WEEKS[1], 660), room_id="meeting", reservee_id="u2"),
        citizen(2),
    )
    outcome = asked(house)
    assert outcome.booked == ()
    assert [(each.occurrence.on, each.faults[0].why.value) for each in outcome.refused] == [(WEEKS[1], "taken")]
    assert count(house) == 0
    free = asked(house, replace(SERIES, takes=Takes.free))
    assert [each.state for each in free.booked] == [ReservationState.permitted] * 2
    assert [each.occurrence.on for each in free.refused] == [WEEKS[1]]
    again = asked(house, replace(SERIES, takes=Takes.free))
    assert again.booked == free.booked
    assert [each.occurrence.on for each in again.refused] == [WEEKS[1]]


def test_a_taken_day_is_moved_or_left_out_or_elsewhere(house: Store) -> None:
    book(
        house,
        "r1",
        wish(from_at=instant(WEEKS[1], 600), until_at=instant(WEEKS[1], 660), room_id="meeting", reservee_id="u2"),
        citizen(2),
    )
    for exception in (
        SeriesException(WEEKS[1], left_out=True),
        SeriesException(WEEKS[1], room_id="half"),
        SeriesException(WEEKS[1], from_at=instant(WEEKS[1], 780), until_at=instant(WEEKS[1], 900)),
    ):
        with house.reading(NOW) as tx:
            assert preview_series(tx, replace(SERIES, exceptions=(exception,)), citizen(1)).refused == ()
    assert count(house) == 0


def test_occurrences_count_against_each_other(house: Store) -> None:
    onto = SeriesException(WEEKS[0], from_at=instant(WEEKS[1], 600), until_at=instant(WEEKS[1], 660))
    with house.reading(NOW) as tx:
        moved = preview_series(
            tx, replace(SERIES, id="other", exceptions=(onto,), first=wish(room_id="half")), citizen(1)
        )
    assert [each.faults[0].why.value for each in moved.refused] == ["own_overlap"]
    long = wish(540, 1140, room_id="meeting")
    outcome = asked(house, replace(SERIES, first=long, takes=Takes.free))
    assert [each.faults[0].why.value for each in outcome.refused] == ["quota_reached"]


@pytest.mark.parametrize(
    ("series", "fault"),
    [
        (replace(SERIES, id="x" * 51), ("id", "bad_id")),
        (replace(SERIES, days=()), ("occurrences", "no_occurrence")),
        (replace(SERIES, first=wish(reservee_id="u2")), ("reservee_id", "not_yours")),
    ],
)
def test_what_is_no_series_is_refused(house: Store, series: AskedSeries, fault: tuple[str, str]) -> None:
    with pytest.raises(BookingFaultsError) as told:
        asked(house, series)
    assert [(each.field, each.why.value) for each in told.value.faults] == [fault]


def test_a_series_id_stands_for_one_series(house: Store) -> None:
    asked(house)
    later = tuple(on + timedelta(days=1) for on in WEEKS)
    with pytest.raises(BookingFaultsError) as told:
        asked(house, replace(SERIES, days=later))
    assert [each.why.value for each in told.value.faults] == ["id_taken"]
