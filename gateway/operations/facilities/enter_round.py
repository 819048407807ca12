"""Enter a lottery round, change one's choices, or leave it, until entering ends."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from domain.facilities.booking import Via, Wish
from domain.facilities.booking_fault import BookingFaultsError, BookingWhy
from domain.facilities.lottery import Entry, Lot, Round, assess_choices
from domain.facilities.round_fault import RoundFaultsError, RoundWhy, refuse_round
from domain.ids import is_id
from gateway.bookings.acting import Acting, choose_via
from gateway.bookings.around import load_around
from gateway.bookings.placing import assess_wish
from store.facilities import list_slots
from store.lotteries import KeptEntry, find_entry, load_round, save_entry, withdraw_entries
from store.tx import Tx

_LATER = frozenset(
    {
        BookingWhy.not_open_yet,
        BookingWhy.taken,
        BookingWhy.places_left,
        BookingWhy.own_overlap,
    }
)
"""What does not count before the draw: booking opens after it, and what is taken may be free again."""


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """What somebody enters; ``id`` is made by the form, ``choices`` are lots in the order of preference."""

    id: str
    round_id: str
    reservee_id: str
    user_class: str
    party: int
    purpose: str
    choices: tuple[str, ...]


def enter_round(tx: Tx, asked: AskedEntry, acting: Acting) -> KeptEntry:
    """Keep an entry; a reservee has one in a round, and the same one sent again with other choices changes it.

    Raises:
        RoundFaultsError: entering is not open, the choices have faults, or the reservee has entered already.
        BookingFaultsError: a choice could not be reserved by this one even if it were free.
    """
    if not is_id(asked.id):
        raise refuse_round("id", RoundWhy.bad_id)
    round_ = _demand_open(tx, asked.round_id)
    via = choose_via(acting, asked.reservee_id, round_.facility_id)
    if faults := assess_choices(round_, asked.choices):
        raise RoundFaultsError(faults)
    shared = list_shared(tx, round_)
    _demand_possible(tx, [make_wish(asked, lot, shared) for lot in round_.lots if lot.id in asked.choices], via)
    entry = Entry(asked.id, asked.choices)
    what = (asked.user_class, asked.party, asked.purpose, acting.login, tx.now)
    kept = KeptEntry(entry, asked.round_id, asked.reservee_id, *what)
    if not save_entry(tx, kept):
        raise refuse_round("id", RoundWhy.id_taken)
    return kept


def leave_round(tx: Tx, round_id: str, reservee_id: str, acting: Acting) -> None:
    """Withdraw a reservee's entry; twice is once.

    Raises:
        RoundFaultsError: entering is over.
        BookingFaultsError: it is not this one's.
    """
    round_ = _demand_open(tx, round_id)
    choose_via(acting, reservee_id, round_.facility_id)
    if (standing := find_entry(tx, round_id, reservee_id)) is not None:
        withdraw_entries(tx, [standing.entry.id])


def list_shared(tx: Tx, round_: Round) -> frozenset[str]:
    """Give the slots of a round's rooms that have places."""
    slots = list_slots(tx, {lot.room_id for lot in round_.lots})
    return frozenset(slot.id for slot in slots if slot.places is not None)


def make_wish(kept: KeptEntry | AskedEntry, lot: Lot, shared: AbstractSet[str]) -> Wish:
    """Give what an entry wishes where it wins a lot: one place of a slot that is ``shared``, otherwise the room."""
    return Wish(
        room_id=lot.room_id,
        from_at=lot.from_at,
        until_at=lot.until_at,
        reservee_id=kept.reservee_id,
        user_class=kept.user_class,
        party=kept.party,
        purpose=kept.purpose,
        slot_id=lot.slot_id,
        places=1 if lot.slot_id in shared else None,
    )


def _demand_open(tx: Tx, round_id: str) -> Round:
    round_ = load_round(tx, round_id, lock=True)
    if round_ is None:
        raise refuse_round("id", RoundWhy.unknown_round)
    if tx.now < round_.enter_from_at:
        raise refuse_round("id", RoundWhy.not_open_yet, opens_at=round_.enter_from_at)
    if tx.now >= round_.enter_until_at:
        raise refuse_round("id", RoundWhy.entry_over, ends_at=round_.enter_until_at)
    return round_


def _demand_possible(tx: Tx, wishes: list[Wish], via: Via) -> None:
    around = load_around(tx, wishes, via=via)
    faults = {
        (fault.field, fault.why): fault
        for wish in wishes
        for fault in assess_wish(around, wish)
        if fault.why not in _LATER
    }
    if faults:
        raise BookingFaultsError(faults.values())
