"""Confirm a reservee's contact at a counter: by a document that was seen, or a number that was called."""

from dataclasses import replace

from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeWhy, refuse_reservee
from gateway.bookings.reservee_acts import demand_reservee, demand_why, rewrite_reservee
from store.tx import Tx


def vouch_contact(tx: Tx, reservee_id: str, *, by: str, reason: str) -> Reservee:
    """Let a contact count as confirmed; ``reason`` says by what. Twice is once.

    Raises:
        ReserveeFaultsError: there is none of that id, it has no contact, or no reason is given.
    """
    before = demand_reservee(tx, reservee_id)
    why = demand_why(reason)
    if not (before.email or before.phone):
        raise refuse_reservee("contact", ReserveeWhy.no_such_contact)
    if before.confirmed_at is not None:
        return before
    after = replace(before, confirmed_at=tx.now)
    rewrite_reservee(tx, before, after, by=by, reason=why)
    return after
