"""Applications held against the rules as they stand now: what has changed since somebody applied."""

from collections.abc import Collection, Iterable, Mapping

from domain.facilities.booking import Via, wish_of
from domain.facilities.booking_fault import BookingFault, BookingWhy
from gateway.bookings.around import load_around
from gateway.bookings.placing import assess_wish
from store.reservations import Kept
from store.tx import Tx

_ASKED_IN_TIME: Collection[BookingWhy] = frozenset(
    {BookingWhy.not_open_yet, BookingWhy.window_over, BookingWhy.no_window}
)
"""Whether booking was open was asked when they applied."""


def look_again(tx: Tx, applications: Iterable[Kept]) -> Mapping[str, tuple[BookingFault, ...]]:
    """Give what speaks against applications by now, by id: closed meanwhile, blocked, past, taken.

    None of them stands in another's way: what each one holds, nobody else has.
    """
    asked = {kept.reservation.id: wish_of(kept.reservation) for kept in applications}
    if not asked:
        return {}
    around = load_around(tx, list(asked.values()), via=Via.desk, besides=asked.keys(), lock=False)
    return {
        id_: tuple(fault for fault in assess_wish(around, wish) if fault.why not in _ASKED_IN_TIME)
        for id_, wish in asked.items()
    }
