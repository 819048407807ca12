"""The seed of the facilities' pages stands."""

from store.reservations import list_reservations
from tests.pages.city import City
from tests.pages.houses import EVENING, GYM, STAFF, SUNDAY, TATAMI, build_houses


def test_the_civic_hall_stands_with_its_bookings(city: City) -> None:
    build_houses(city)
    with city.store.reading(city.clock()) as tx:
        states = {
            kept.reservation.id: kept.reservation.state.value
            for kept in list_reservations(tx, {EVENING, SUNDAY, STAFF, TATAMI, GYM})
        }
    assert states == {
        EVENING: "permitted", SUNDAY: "applied", STAFF: "permitted", TATAMI: "applied", GYM: "completed",
    }  # fmt: skip
