"""What every act about a reservee does: finds a standing one, writes it over as it was seen, and notes each field."""

from dataclasses import fields
from datetime import date, datetime

from domain.facilities.booking import REASON_LENGTH_MAX
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeWhy, refuse_reservee
from store.facilities import list_user_classes
from store.reservee_history import ReserveeChange, insert_reservee_changes
from store.reservees import load_reservees, save_reservee
from store.tx import Tx


def demand_reservee(tx: Tx, reservee_id: str) -> Reservee:
    """Give a reservee that is neither merged nor forgotten, held against others until the commit.

    Raises:
        ReserveeFaultsError: there is none of that id.
    """
    found = load_reservees(tx, [reservee_id], lock=True).get(reservee_id)
    if found is None or not found.is_standing:
        raise refuse_reservee("id", ReserveeWhy.unknown_reservee)
    return found


def demand_why(reason: str) -> str:
    """Give a reason as one line.

    Raises:
        ReserveeFaultsError: it is missing or too long.
    """
    flat = " ".join(reason.split())
    if not flat:
        raise refuse_reservee("reason", ReserveeWhy.reason_missing)
    if len(flat) > REASON_LENGTH_MAX:
        raise refuse_reservee("reason", ReserveeWhy.text_too_long, most=REASON_LENGTH_MAX)
    return flat


def list_given_classes(tx: Tx) -> frozenset[str]:
    """Give the user classes that can still be given."""
    return frozenset(each.user_class.id for each in list_user_classes(tx) if each.retired_on is None)


def rewrite_reservee(tx: Tx, before: Reservee, after: Reservee, *, by: str, reason: str = "") -> None:
    """Write a reservee over as it was loaded, and note each field that is another now.

    Raises:
        ReserveeFaultsError: it was changed meanwhile; the transaction can only be given up.
    """
    if before == after:
        return
    if not save_reservee(tx, before, after):
        raise refuse_reservee("id", ReserveeWhy.moved_on)
    names = [each.name for each in fields(Reservee)]
    insert_reservee_changes(
        tx,
        [
            ReserveeChange(before.id, name, old, new, reason, by, tx.now)
            for name in names
            if (old := _write(getattr(before, name))) != (new := _write(getattr(after, name)))
        ],
    )


def _write(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if value is None else str(value)
