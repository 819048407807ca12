"""Show that an address or a telephone is a reservee's: a code is sent there and entered again."""

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.facilities.confirmation import (
    CODE_DIGITS,
    LIMITS,
    CodeLimits,
    Confirmation,
    ContactWay,
    hash_code,
    judge_code,
    judge_sending,
)
from domain.facilities.reservee_fault import ReserveeFault, ReserveeFaultsError, ReserveeWhy, refuse_reservee
from gateway.bookings.acting import SELF
from gateway.bookings.reservee_acts import demand_reservee, rewrite_reservee
from store.reservee_history import confirm_code, count_try, insert_code, list_codes_sent, load_code
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A code and where it goes, for the letter alone; it is kept nowhere."""

    way: ContactWay
    contact: str
    code: str


def make_code(digits: str) -> str:
    """Give a code of drawn digits.

    Raises:
        ValueError: it is not six digits.
    """
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"expected {CODE_DIGITS} digits")
    return digits


def ask_code(
    tx: Tx, reservee_id: str, way: ContactWay, *, id_: str, code: str, key: bytes, limits: CodeLimits = LIMITS
) -> CodeToSend:
    """Keep a new code's keyed hash; the ones before it confirm nothing any more.

    Args:
        tx: the transaction.
        reservee_id: whose contact.
        way: which one.
        id_: the code's id, drawn.
        code: six digits, drawn unpredictably.
        key: of the hash; the city's own.
        limits: how many codes an hour and a day, to one reservee or one contact.

    Raises:
        ReserveeFaultsError: there is no such contact, or too many codes were sent.
    """
    standing = demand_reservee(tx, reservee_id)
    contact: str = getattr(standing, way.value)
    if not contact:
        raise refuse_reservee("contact", ReserveeWhy.no_such_contact)
    sent = list_codes_sent(tx, reservee_id, contact, since=tx.now - timedelta(days=1))
    if (fault := judge_sending(sent, tx.now, limits)) is not None:
        raise ReserveeFaultsError((fault,))
    hashed = hash_code(key, id_, contact, make_code(code))
    expires_at = tx.now + timedelta(minutes=limits.minutes)
    insert_code(tx, Confirmation(id_, reservee_id, way, contact, hashed, tx.now, expires_at))
    return CodeToSend(way, contact, code)


def confirm_contact(
    tx: Tx, reservee_id: str, way: ContactWay, code: str, *, key: bytes, limits: CodeLimits = LIMITS
) -> ReserveeFault | None:
    """Confirm a contact by the code that was sent to it; gives what speaks against it, or None.

    It gives a wrong code back instead of raising it: the try has to be committed.

    Raises:
        ReserveeFaultsError: there is no such reservee.
    """
    standing = demand_reservee(tx, reservee_id)
    sent = load_code(tx, reservee_id, way, getattr(standing, way.value))
    fault = judge_code(sent, code, key=key, now=tx.now, most=limits.tries)
    if sent is None or (fault is not None and fault.why is not ReserveeWhy.wrong_code):
        return fault
    count_try(tx, sent.id)
    if fault is None:
        confirm_code(tx, sent.id)
        rewrite_reservee(tx, standing, replace(standing, confirmed_at=tx.now), by=SELF)
    return fault
