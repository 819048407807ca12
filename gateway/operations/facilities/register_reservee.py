"""Register a citizen or a group that reserves: by themselves or at a counter."""

from domain.facilities.check_reservee import ReserveeEntry, assess_entry, tidy_entry
from domain.facilities.duplicates import Likely, rank_likely
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy, refuse_reservee
from domain.ids import PAGE_WORDS, is_id
from gateway.bookings.reservee_acts import list_given_classes
from store.reservees import insert_reservee, list_reservees_like, load_reservee
from store.tx import Tx


def register_reservee(tx: Tx, reservee_id: str, entered: ReserveeEntry, *, by: str) -> Reservee:
    """Keep a new reservee; the same form sent twice registers once.

    A contact is not confirmed by it (``confirm_contact``), and one that somebody else has is no fault: a counter looks
    at :func:`list_likely`, a stranger is not told who is registered.

    Args:
        tx: the transaction.
        reservee_id: made by the form.
        entered: as it was typed.
        by: a login, or ``self``.

    Raises:
        ReserveeFaultsError: it names every fault of the fields.
    """
    if not is_id(reservee_id) or reservee_id in PAGE_WORDS:
        raise refuse_reservee("id", ReserveeWhy.bad_id)
    told = tidy_entry(entered)
    if faults := assess_entry(told, list_given_classes(tx)):
        raise ReserveeFaultsError(faults)
    who = (told.name, tx.now, by, told.kana, told.contact_name, told.email, told.phone)
    new = Reservee(reservee_id, told.kind, told.user_class, *who)
    if insert_reservee(tx, new):
        return new
    standing = load_reservee(tx, reservee_id)
    if standing is None or standing.registered_by != by or _told(standing) != told:
        raise refuse_reservee("id", ReserveeWhy.id_taken)
    return standing


def list_likely(tx: Tx, of: Reservee) -> list[Likely]:
    """Give those that may be the same reservee, the likeliest first; for a counter's eyes."""
    return rank_likely(of, list_reservees_like(tx, of))


def _told(of: Reservee) -> ReserveeEntry:
    return ReserveeEntry(of.kind, of.user_class, of.name, of.kana, of.contact_name, of.email, of.phone)
