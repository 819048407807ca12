"""For whom a room is booked: for oneself, for a reservee whom a counter finds, or for one it registers on the way."""

from dataclasses import dataclass

from domain.facilities.booking_fault import BookingFault, BookingWhy
from domain.facilities.check_reservee import ReserveeEntry, assess_entry, tidy_entry
from domain.facilities.contact import tidy_text
from domain.facilities.duplicates import Likely
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeFault, ReserveeFaultsError
from gateway.bookings.reservee_acts import list_given_classes
from gateway.operations.facilities.register_reservee import list_likely, register_reservee
from gateway.pages.access.rights import Right
from gateway.pages.entrance.visit import Visit
from gateway.pages.rooms.entered import NEW, BookAct, Entered
from gateway.pages.rooms.room_visitor import Place, find_reservee, require_own
from store.reservees import search_reservees
from store.tx import Tx

FOUND_MAX = 20


class UnbookableError(Exception):
    """Nothing is booked by a form as it is; everything that is wrong is found again when it is shown."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a form is for, and who else it could be for.

    ``reservee`` is None while nobody is chosen. ``is_known`` is False for one who stands in no database yet: a member
    of staff who never booked, or somebody new. ``likely`` are registered ones that somebody new may be.
    """

    reservee: Reservee | None
    own: Reservee | None
    found: tuple[Reservee, ...] = ()
    likely: tuple[Likely, ...] = ()
    is_known: bool = True
    faults: tuple[BookingFault | ReserveeFault, ...] = ()

    @property
    def is_new(self) -> bool:
        """Tell whether somebody is registered on the way."""
        return self.reservee is not None and self.reservee.id.startswith(f"{NEW}-")


def find_whom(tx: Tx, visit: Visit, entered: Entered, *, serves: bool) -> Whom:
    """Give whom a form is for; with ``serves`` by a counter, which books for anybody."""
    try:
        own = require_own(tx, visit, registers=False) if visit.may(Right.book_rooms) else None
    except ReserveeFaultsError as error:
        own, faults = None, error.faults
        if not serves:
            return Whom(None, None, faults=tuple(ReserveeFault("reservee_id", fault.why) for fault in faults))
    if not serves:
        return Whom(own, own, is_known=own is not None and is_registered(tx, own))
    found = _search(tx, entered)
    if entered.reservee_id == NEW:
        return _meet_new(tx, visit, entered, own, found)
    if entered.reservee_id and (own is None or entered.reservee_id != own.id):
        chosen = find_reservee(tx, entered.reservee_id)
        missing = () if chosen else (BookingFault("reservee_id", BookingWhy.unknown_reservee),)
        return Whom(chosen, own, found or ((chosen,) if chosen else ()), faults=missing)
    if entered.act is BookAct.search and len(found) == 1:
        return Whom(found[0], own, found)
    if entered.reservee_id and own is not None:
        return Whom(own, own, found, is_known=is_registered(tx, own))
    missing = (BookingFault("reservee_id", BookingWhy.reservee_missing),)
    return Whom(None, own, found, faults=missing)


def settle_whom(tx: Tx, visit: Visit, place: Place, entered: Entered) -> tuple[Reservee, Reservee | None]:
    """Give whom a form that is sent is for, registered now where that one is new, and the visitor's own registration.

    Raises:
        UnbookableError: nobody is chosen, or nobody of that id.
        ReserveeFaultsError: somebody new cannot be registered; it names every fault of the fields.
    """
    if place.serves and entered.reservee_id == NEW:
        by = visit.signed_in.login
        return register_reservee(tx, f"{NEW}-{entered.id}", read_new(entered), by=by), place.visitor.own
    whom = find_whom(tx, visit, entered, serves=place.serves)
    if whom.faults or whom.reservee is None:
        raise UnbookableError
    if whom.own is not None and whom.reservee.id == whom.own.id:
        own = require_own(tx, visit, registers=True)
        return own or whom.reservee, own
    return whom.reservee, place.visitor.own


def read_new(entered: Entered) -> ReserveeEntry:
    """Give what a form says of somebody new, in its one spelling."""
    return tidy_entry(
        ReserveeEntry(
            entered.new_kind,
            entered.new_class,
            entered.new_name,
            entered.new_kana,
            entered.new_contact_name,
            entered.new_email,
            entered.new_phone,
        )
    )


def is_registered(tx: Tx, reservee: Reservee) -> bool:
    """Tell whether a reservee stands in the database."""
    return find_reservee(tx, reservee.id) is not None


def _search(tx: Tx, entered: Entered) -> tuple[Reservee, ...]:
    words = tidy_text(entered.who)
    return tuple(search_reservees(tx, words, limit=FOUND_MAX)) if words else ()


def _meet_new(tx: Tx, visit: Visit, entered: Entered, own: Reservee | None, found: tuple[Reservee, ...]) -> Whom:
    told = read_new(entered)
    faults = assess_entry(told, list_given_classes(tx))
    who = (told.name, tx.now, visit.signed_in.login, told.kana, told.contact_name, told.email, told.phone)
    new = Reservee(f"{NEW}-{entered.id}", told.kind, told.user_class, *who)
    return Whom(new, own, found, tuple(list_likely(tx, new)), is_known=False, faults=faults)
