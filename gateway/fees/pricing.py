"""A price from what stands: the reservation, the table of its day, the reductions that were granted to it."""

from dataclasses import dataclass
from datetime import date

from contract.fee_tables import load_fee_table as read_stored
from domain.civil import civil_minute, minute_on
from domain.facilities.closures import list_national_holidays
from domain.facilities.fee_fault import FeeWhy, refuse
from domain.facilities.fee_quote import FeeWish
from domain.facilities.fee_table import FeeTable
from domain.facilities.fees import price_wish
from store.calendar import list_calendar
from store.fee_quotes import StoredQuote, insert_quote, list_granted, load_quote
from store.fees import FeeTableVersion, find_fee_table, load_fee_table
from store.priced_reservations import PricedReservation, load_priced_reservation
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class Tariff:
    """A fee table as it stood at a version."""

    table: FeeTable
    version: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reservation does not say itself: a purpose class of the table, and options with minutes or None."""

    purpose: str
    options: tuple[tuple[str, int | None], ...] = ()


def require_reservation(tx: Tx, reservation_id: str) -> PricedReservation:
    """Give a reservation, held until the commit.

    Raises:
        FeeFaultsError: there is none of that id.
    """
    found = load_priced_reservation(tx, reservation_id, lock=True)
    if found is None:
        raise refuse("reservation_id", FeeWhy.no_reservation)
    return found


def require_quote(tx: Tx, reservation: PricedReservation, *, changed_too: bool = False) -> StoredQuote:
    """Give what a reservation costs as it stands; with ``changed_too`` what it cost before a change will do.

    Raises:
        FeeFaultsError: it was never priced, or has changed since.
    """
    stored = load_quote(tx, reservation.id)
    if stored is None:
        raise refuse("reservation_id", FeeWhy.not_priced)
    if stored.reservation_version != reservation.version and not changed_too:
        raise refuse("reservation_id", FeeWhy.priced_for_another_version)
    return stored


def find_tariff(tx: Tx, facility_id: str, on: date) -> Tariff:
    """Give the table that uses on a day are priced by.

    Raises:
        FeeFaultsError: none is in force on that day.
    """
    found = find_fee_table(tx, facility_id, on)
    if found is None:
        raise refuse("on", FeeWhy.no_table, on=on)
    return _tariff(found)


def load_tariff(tx: Tx, stored: StoredQuote) -> Tariff:
    """Give the table that a price was made by, as it was then."""
    found = load_fee_table(tx, stored.quote.table_id, stored.table_version)
    if found is None:
        raise LookupError(f"{stored.quote.table_id} version {stored.table_version} is gone")
    return _tariff(found)


def make_wish(tx: Tx, reservation: PricedReservation, wanted: Wanted) -> FeeWish:
    """Give what is to be priced of a reservation; its day is the one on which it begins."""
    on, from_minute = civil_minute(reservation.from_at)
    return FeeWish(
        room_id=reservation.room_id,
        on=on,
        is_holiday=on in list_national_holidays({day.day_on for day in list_calendar(tx, on, on)}),
        from_minute=from_minute,
        to_minute=minute_on(reservation.until_at, on),
        user_class=reservation.user_class,
        purpose=wanted.purpose,
        slot=reservation.slot,
        places=reservation.places,
        people=reservation.party,
        units=reservation.units,
        options=wanted.options,
        reductions=list_granted(tx, reservation.id),
    )


def price_by(tx: Tx, reservation: PricedReservation, tariff: Tariff, wanted: Wanted, *, by: str) -> StoredQuote:
    """Price a reservation by a table and keep the price; the same price again is the one that stands.

    Raises:
        FeeFaultsError: it cannot be priced; every fault is named and nothing is kept.
    """
    quote = price_wish(make_wish(tx, reservation, wanted), tariff.table)
    place = reservation.id, reservation.version, tariff.version
    priced = StoredQuote(*place, wanted.purpose, wanted.options, quote, by, tx.now)
    standing = load_quote(tx, reservation.id)
    if standing is not None and _says_the_same(standing, priced):
        return standing
    insert_quote(tx, priced)
    return priced


def _says_the_same(one: StoredQuote, other: StoredQuote) -> bool:
    names = ("reservation_version", "table_version", "purpose", "options", "quote")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _tariff(version: FeeTableVersion) -> Tariff:
    return Tariff(read_stored(version.content), version.version)
