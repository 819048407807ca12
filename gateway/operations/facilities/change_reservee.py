"""Change what is known of a reservee; what it was stays in the history."""

from dataclasses import replace

from domain.facilities.check_reservee import ReserveeEntry, assess_entry, tidy_entry
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeFaultsError
from gateway.bookings.reservee_acts import demand_reservee, list_given_classes, rewrite_reservee
from store.tx import Tx


def change_reservee(tx: Tx, reservee_id: str, entered: ReserveeEntry, *, by: str, reason: str = "") -> Reservee:
    """Keep other fields of a citizen or a group; another address or number has to be confirmed anew.

    Raises:
        ReserveeFaultsError: there is none of that id, or the fields have faults; it names every one.
    """
    before = demand_reservee(tx, reservee_id)
    told = tidy_entry(entered)
    if faults := assess_entry(told, list_given_classes(tx) | {before.user_class}):
        raise ReserveeFaultsError(faults)
    after = replace(
        before,
        kind=told.kind,
        user_class=told.user_class,
        name=told.name,
        kana=told.kana,
        contact_name=told.contact_name,
        email=told.email,
        phone=told.phone,
    )
    if (after.email, after.phone) != (before.email, before.phone):
        after = replace(after, confirmed_at=None)
    rewrite_reservee(tx, before, after, by=by, reason=reason)
    return after
