"""Register a member of staff who reserves: once, when the first room is booked; the directory vouches for the name."""

from dataclasses import dataclass

from domain.facilities.reservee import Reservee, ReserveeKind
from domain.facilities.reservee_fault import ReserveeWhy, refuse_reservee
from domain.ids import is_id
from gateway.bookings.reservee_acts import list_given_classes
from store.reservees import insert_reservee, load_reservee_of_person
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class StaffEntry:
    """A member of staff as the directory has one, and the class that the city's staff reserve in."""

    person_id: str
    name: str
    kana: str
    user_class: str


def register_staff(tx: Tx, entry: StaffEntry, *, by: str) -> Reservee:
    """Give the reservee that a member of staff is, registered now where that one never reserved anything.

    Raises:
        ReserveeFaultsError: the city has no such class, or the id made of the person's is taken.
    """
    if (standing := load_reservee_of_person(tx, entry.person_id)) is not None:
        return standing
    new = propose_staff(tx, entry, by=by)
    if not insert_reservee(tx, new):
        raise refuse_reservee("id", ReserveeWhy.id_taken)
    return new


def propose_staff(tx: Tx, entry: StaffEntry, *, by: str) -> Reservee:
    """Give the reservee that :func:`register_staff` would register; nothing is kept.

    Raises:
        ReserveeFaultsError: the city has no such class, or no id can be made of the person's.
    """
    if entry.user_class not in list_given_classes(tx):
        raise refuse_reservee("user_class", ReserveeWhy.unknown_class)
    new_id = f"staff-{entry.person_id}".lower()
    if not is_id(new_id):
        raise refuse_reservee("id", ReserveeWhy.bad_id)
    who = (entry.name, tx.now, by, entry.kana)
    return Reservee(new_id, ReserveeKind.staff, entry.user_class, *who, person_id=entry.person_id)
