"""What would become of a wish if it were sent now: everything that is wrong with it, its price, what is free nearby."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.civil import civil_minute, minute_on
from domain.facilities.booking import Via, Wish
from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.closures import list_national_holidays
from domain.facilities.facility import Room, SlotKind
from domain.facilities.fee_fault import FeeFault, FeeFaultsError
from domain.facilities.fee_quote import Quote
from domain.facilities.fee_table import NATIONAL_HOLIDAY, FeeTable, Occasion, Reduction, is_in_force
from domain.facilities.nearby import FreeTime, Sought, list_nearby
from domain.facilities.rules import FacilityRules
from gateway.bookings.around import load_around
from gateway.bookings.placing import assess_wish
from gateway.bookings.vacancies import load_vacancies
from gateway.fees.pricing import Tariff, Wanted, find_tariff
from gateway.fees.wish_price import quote_wish
from gateway.pages.rooms.looks import Looks
from gateway.pages.rooms.room_visitor import Place
from gateway.pages.rooms.whom import Whom
from store.calendar import list_calendar
from store.tx import Tx

ELSEWHERE = frozenset(
    {
        BookingWhy.taken,
        BookingWhy.own_overlap,
        BookingWhy.places_left,
        BookingWhy.closed,
        BookingWhy.outside_hours,
        BookingWhy.slot_weekday,
        BookingWhy.retired_slot,
        BookingWhy.over_capacity,
        BookingWhy.past,
        BookingWhy.window_over,
        BookingWhy.not_open_yet,
    }
)
"""Of these another time, or another room, may be free."""

TAKEN = frozenset({BookingWhy.taken, BookingWhy.places_left})
"""For this one may wait, where nothing else is wrong."""

STILL_TO_TYPE = frozenset({BookingWhy.purpose_missing, BookingWhy.nobody, BookingWhy.no_places})
"""What is not told before somebody sends the form."""

DAYS_AROUND = 7
_LIKE_SHARE = 4
"""Where nobody said how many come, another room holds at least this part of what the chosen one does."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A price with the table that it is of, and the reductions that could be granted for the use."""

    quote: Quote
    table: FeeTable
    reductions: tuple[Reduction, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of a wish before it is sent."""

    faults: tuple[BookingFault, ...]
    price: Priced | None
    price_faults: tuple[FeeFault, ...]
    nearby: tuple[FreeTime, ...]

    @property
    def can_wait(self) -> bool:
        """Tell whether nothing but somebody else's reservation stands in the way, besides what is still to be typed."""
        whys = {fault.why for fault in self.faults} - STILL_TO_TYPE
        return bool(whys) and whys <= TAKEN


def look_ahead(tx: Tx, place: Place, wish: Wish, whom: Whom, wanted: Wanted) -> Outlook:
    """Hold a wish against everything as it stands; nothing is kept."""
    via = Via.desk if place.serves else Via.page
    around = load_around(tx, [wish], via=via, lock=False)
    if whom.reservee is not None and not whom.is_known:
        around.reservees[whom.reservee.id] = whom.reservee
    faults = assess_wish(around, wish)
    price, price_faults = price_ahead(tx, assume_counts(wish), place.rules, wanted)
    nearby: tuple[FreeTime, ...] = ()
    if {fault.why for fault in faults} & ELSEWHERE:
        nearby = find_nearby(tx, place, wish)
    return Outlook(faults, price, price_faults, nearby)


def assume_counts(wish: Wish) -> Wish:
    """Give a wish of which not every number is typed yet as one that can be priced."""
    return replace(wish, party=max(wish.party, 1), places=None if wish.places is None else max(wish.places, 1))


def price_ahead(tx: Tx, wish: Wish, rules: FacilityRules, wanted: Wanted) -> tuple[Priced | None, tuple[FeeFault, ...]]:
    """Give what a wish would cost, or why that cannot be said."""
    slot = find_slot(rules.slots, wish)
    try:
        tariff = find_tariff(tx, rules.facility.id, wish.on)
        quote = quote_wish(wish, slot, tariff, wanted, is_holiday=is_national(tx, wish.on))
    except FeeFaultsError as error:
        return None, error.faults
    return Priced(quote, tariff.table, _list_reductions(tx, wish, tariff, wanted)), ()


def find_tables(tx: Tx, facility_id: str, days: Iterable[date]) -> dict[date, Tariff]:
    """Give the tables by which uses on some days are priced; a day without one is left out."""
    found: dict[date, Tariff] = {}
    known: list[Tariff] = []
    for on in days:
        tariff = next((each for each in known if is_in_force(each.table, on)), None)
        if tariff is None:
            try:
                tariff = find_tariff(tx, facility_id, on)
            except FeeFaultsError:
                continue
            known.append(tariff)
        found[on] = tariff
    return found


def find_nearby(tx: Tx, place: Place, wish: Wish) -> tuple[FreeTime, ...]:
    """Give what is free instead and can be booked by the visitor: in the house that day, in the room on days around."""
    rules, today, looks = place.rules, civil_minute(tx.now)[0], Looks(place.visitor.as_booker(tx.now))
    first_on = max(today, wish.on - timedelta(days=DAYS_AROUND))
    days = (wish.on - first_on).days + DAYS_AROUND + 1
    if days < 1:
        return ()
    cells = dict(load_vacancies(tx, [rules], first_on, days, only={wish.room_id}).cells)
    if first_on <= wish.on:
        cells |= load_vacancies(tx, [rules], wish.on, 1).cells
    sought = Sought(
        wish.room_id,
        wish.on,
        minute_on(wish.from_at, wish.on),
        minute_on(wish.until_at, wish.on),
        wish.party or place.room.capacity // _LIKE_SHARE,
        wish.places or 1,
    )
    rooms = {room.id: room for room in rules.rooms}
    open_ = [
        replace(cell, free=(), slots=()) if _is_shut(rules, rooms[cell.room_id], cell.on, looks) else cell
        for cell in cells.values()
    ]
    found = list_nearby(sought, rooms, open_)
    return tuple(each for each in found if looks.of_time(rules, rooms[each.room_id], each.on, each.from_minute) is None)


def _is_shut(rules: FacilityRules, room: Room, on: date, looks: Looks) -> bool:
    """Tell whether nothing of a day can be booked, whatever its hour: booking has not opened yet."""
    return looks.of_time(rules, room, on, 2 * 1440) is not None


def find_slot(slots: Iterable[SlotKind], wish: Wish) -> SlotKind | None:
    """Give the slot of a wish among those of its house."""
    return next((slot for slot in slots if slot.id == wish.slot_id and slot.room_id == wish.room_id), None)


def is_national(tx: Tx, on: date) -> bool:
    """Tell whether a day is a national holiday."""
    return on in list_national_holidays({day.day_on for day in list_calendar(tx, on, on)})


def _list_reductions(tx: Tx, wish: Wish, tariff: Tariff, wanted: Wanted) -> tuple[Reduction, ...]:
    day = NATIONAL_HOLIDAY if is_national(tx, wish.on) else wish.on.weekday()
    at = Occasion(wish.room_id, wish.slot_id, wish.user_class, wanted.purpose, day, wish.on.month)
    return tuple(row for row in tariff.table.reductions if row.scope.holds(at))
