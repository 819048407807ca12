"""A series before it is booked: each day, whether it can be had, what is wrong, what is free instead, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from domain.civil import minute_on
from domain.facilities.booking import Wish, wish_of
from domain.facilities.booking_fault import BookingFault
from domain.facilities.closures import list_national_holidays
from domain.facilities.fee_fault import FeeFaultsError
from domain.facilities.nearby import FreeTime, Sought, list_nearby
from domain.facilities.series import SeriesException
from gateway.bookings.vacancies import load_vacancies
from gateway.fees.pricing import Tariff, Wanted
from gateway.fees.wish_price import quote_wish
from gateway.operations.facilities.book_series import AskedSeries, preview_series
from gateway.pages.rooms.entered import Entered
from gateway.pages.rooms.outlook import assume_counts, find_slot, find_tables
from gateway.pages.rooms.room_visitor import Place, with_own
from gateway.pages.rooms.series_form import list_series_days, read_exceptions, write_otherwise
from gateway.pages.rooms.whom import Whom
from store.calendar import list_calendar
from store.tx import Tx

ELSEWHERE_MOST = 20
"""For so many days that cannot be had something else is looked for."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is said otherwise of one day: the form's text for it, and another time or room; None: it is left out."""

    text: str
    time: FreeTime | None


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One day of a series: ``wish`` is None where it is left out, ``chosen`` what the form says otherwise of it."""

    on: date
    wish: Wish | None
    faults: tuple[BookingFault, ...] = ()
    chosen: str = ""
    others: tuple[Otherwise, ...] = ()
    yen: int | None = None

    @property
    def is_free(self) -> bool:
        """Tell whether it can be had."""
        return self.wish is not None and not self.faults


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """The days of a series, in order."""

    lines: tuple[SeriesLine, ...]

    @property
    def free(self) -> int:
        """Give how many can be had."""
        return sum(line.is_free for line in self.lines)

    @property
    def refused(self) -> int:
        """Give how many cannot."""
        return sum(line.wish is not None and bool(line.faults) for line in self.lines)

    @property
    def yen(self) -> int | None:
        """Give what those that can be had cost; None where one of them has no price."""
        prices = [line.yen for line in self.lines if line.is_free]
        return None if None in prices else sum(yen for yen in prices if yen is not None)


def make_series(entered: Entered, first: Wish) -> AskedSeries:
    """Give the series that a form asks for.

    Raises:
        BookingFaultsError: its rule or its days are none.
    """
    days = list_series_days(entered, first)
    return AskedSeries(entered.id, first, days, read_exceptions(entered, days), entered.takes)


def plan_series(tx: Tx, place: Place, asked: AskedSeries, whom: Whom, wanted: Wanted) -> SeriesPlan:
    """Say of each day of a series whether it can be had; nothing is kept.

    Raises:
        BookingFaultsError: it is no series.
    """
    unregistered = None if whom.is_known else whom.reservee
    outcome = preview_series(tx, asked, with_own(place.visitor.acting, whom.own), unregistered=unregistered)
    free = {f"{asked.id}-{on:%Y%m%d}": on for on in asked.days}
    wishes = {free[each.id]: wish_of(each) for each in outcome.booked}
    refused = {each.occurrence.on: each for each in outcome.refused}
    chosen = {each.on: _write(asked, each) for each in asked.exceptions}
    prices = _price(tx, place, wishes, wanted)
    lines: list[SeriesLine] = []
    for on in asked.days:
        said = chosen.get(on)
        others: tuple[Otherwise, ...] = () if said is None or said.time is None else (said,)
        text = "" if said is None else said.text
        if (each := refused.get(on)) is not None:
            if len([line for line in lines if line.faults]) < ELSEWHERE_MOST:
                others += _list_others(tx, place, each.occurrence.wish)
            lines.append(SeriesLine(on, each.occurrence.wish, each.faults, text, others))
        else:
            lines.append(SeriesLine(on, wishes.get(on), (), text, others, prices.get(on)))
    return SeriesPlan(tuple(lines))


def _write(asked: AskedSeries, each: SeriesException) -> Otherwise:
    if each.left_out or each.from_at is None or each.until_at is None:
        return Otherwise(f"{each.on} out", None)
    room_id = each.room_id or asked.first.room_id
    span = minute_on(each.from_at, each.on), minute_on(each.until_at, each.on)
    time = FreeTime(room_id, each.on, *span, each.slot_id)
    return Otherwise(write_otherwise(each.on, room_id, each.slot_id, *span), time)


def _price(tx: Tx, place: Place, wishes: Mapping[date, Wish], wanted: Wanted) -> dict[date, int]:
    if not wishes:
        return {}
    holidays = list_national_holidays({day.day_on for day in list_calendar(tx, min(wishes), max(wishes))})
    tables = find_tables(tx, place.rules.facility.id, [wish.on for wish in wishes.values()])
    prices: dict[date, int] = {}
    for on, wish in wishes.items():
        if (tariff := tables.get(wish.on)) is not None:
            yen = _quote(place, wish, tariff, wanted, is_holiday=wish.on in holidays)
            prices |= {} if yen is None else {on: yen}
    return prices


def _quote(place: Place, wish: Wish, tariff: Tariff, wanted: Wanted, *, is_holiday: bool) -> int | None:
    try:
        slot = find_slot(place.rules.slots, wish)
        return quote_wish(assume_counts(wish), slot, tariff, wanted, is_holiday=is_holiday).total_yen
    except FeeFaultsError:
        return None


def _list_others(tx: Tx, place: Place, wish: Wish) -> tuple[Otherwise, ...]:
    cells = load_vacancies(tx, [place.rules], wish.on, 1).cells
    rooms = {room.id: room for room in place.rules.rooms}
    start, end = minute_on(wish.from_at, wish.on), minute_on(wish.until_at, wish.on)
    sought = Sought(wish.room_id, wish.on, start, end, max(wish.party, 1), wish.places or 1)
    return tuple(
        Otherwise(write_otherwise(wish.on, each.room_id, each.slot_id, each.from_minute, each.until_minute), each)
        for each in list_nearby(sought, rooms, cells.values())
    )
