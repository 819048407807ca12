"""Merge a reservee that turned out to be another one, and take that back; both stay in the history."""

from dataclasses import dataclass, replace

from domain.facilities.duplicates import assess_merge, merge_into
from domain.facilities.reservee import Reservee
from domain.facilities.reservee_fault import ReserveeFaultsError, ReserveeWhy, refuse_reservee
from domain.ids import is_id
from gateway.bookings.consequences import keep_promises
from gateway.bookings.demands import load_surroundings
from gateway.bookings.reservee_acts import demand_why, rewrite_reservee
from store.lotteries import withdraw_entries
from store.reservations import list_reservations, list_reservations_of
from store.reservee_history import (
    Merge,
    Thing,
    insert_merge,
    list_merges,
    list_moved,
    list_rounds_entered,
    list_things_of,
    load_merge,
    move_things,
)
from store.reservees import load_reservees
from store.tx import Tx


@dataclass(frozen=True, slots=True)
class AskedMerge:
    """Who stays and who goes; ``id`` is made by the form."""

    id: str
    stays_id: str
    goes_id: str
    reason: str


def merge_reservees(tx: Tx, asked: AskedMerge, *, by: str) -> Reservee:
    """Let everything that is one reservee's be the other's; gives the one that stays. Sent twice it merges once.

    Keys that go with reservations may be taken by the one that stays. Of two entries in one round that one's stands.

    Raises:
        ReserveeFaultsError: the two cannot be merged, a reason is missing, or something was booked meanwhile.
    """
    if not is_id(asked.id):
        raise refuse_reservee("id", ReserveeWhy.bad_id)
    reason = demand_why(asked.reason)
    booked = list_things_of(tx, Thing.reservation, asked.goes_id)
    known = load_reservees(tx, {asked.stays_id, asked.goes_id}, lock=True)
    if len(known) < len({asked.stays_id, asked.goes_id}):
        raise refuse_reservee("goes", ReserveeWhy.unknown_reservee)
    stays, goes = known[asked.stays_id], known[asked.goes_id]
    new = Merge(asked.id, stays.id, goes.id, reason, by, tx.now)
    if (standing := load_merge(tx, asked.id)) is not None:
        if (standing.stays_id, standing.goes_id) != (stays.id, goes.id):
            raise refuse_reservee("id", ReserveeWhy.id_taken)
        return stays
    if faults := assess_merge(stays, goes):
        raise ReserveeFaultsError(faults)
    _demand_unmoved(tx, goes, booked)
    entered = list_rounds_entered(tx, stays.id)
    doubled = [id_ for round_id, id_ in list_rounds_entered(tx, goes.id).items() if round_id in entered]
    withdraw_entries(tx, doubled)
    moved = {
        Thing.reservation: booked,
        Thing.waiting: list_things_of(tx, Thing.waiting, goes.id),
        Thing.entry: [id_ for id_ in list_things_of(tx, Thing.entry, goes.id) if id_ not in doubled],
    }
    insert_merge(tx, new, moved)
    _move(tx, moved, from_id=goes.id, to_id=stays.id, by=by)
    merged = merge_into(stays, goes)
    rewrite_reservee(tx, stays, merged, by=by, reason=reason)
    rewrite_reservee(tx, goes, replace(goes, merged_into=stays.id), by=by, reason=reason)
    return merged


def undo_merge(tx: Tx, asked_id: str, merge_id: str, *, by: str, reason: str) -> Reservee:
    """Let what went over in a merge be its reservee's again; gives that one. Twice is once.

    What the other one was filled in with stays, and is changed by hand where it is wrong.

    Args:
        tx: the transaction.
        asked_id: of this act, made by the form.
        merge_id: what is taken back.
        by: a login.
        reason: why.

    Raises:
        ReserveeFaultsError: there is no such merge, it was taken back before, or the one that stayed was merged since.
    """
    merge = load_merge(tx, merge_id)
    if not is_id(asked_id) or merge is None or merge.undoes is not None:
        raise refuse_reservee("merge", ReserveeWhy.no_merge)
    why = demand_why(reason)
    booked = list_things_of(tx, Thing.reservation, merge.stays_id)
    known = load_reservees(tx, {merge.stays_id, merge.goes_id}, lock=True)
    stays, goes = known[merge.stays_id], known[merge.goes_id]
    undone = load_merge(tx, asked_id)
    if undone is not None and undone.undoes == merge_id:
        return goes
    was_undone = any(each.undoes == merge_id for each in list_merges(tx, goes.id))
    if undone is not None or was_undone or goes.merged_into != stays.id or not stays.is_standing or goes.forgotten_at:
        raise refuse_reservee("merge", ReserveeWhy.merge_undone)
    _demand_unmoved(tx, stays, booked)
    moved = list_moved(tx, merge_id)
    insert_merge(tx, Merge(asked_id, stays.id, goes.id, why, by, tx.now, merge_id), moved)
    after = replace(goes, merged_into=None)
    rewrite_reservee(tx, goes, after, by=by, reason=why)
    _move(tx, moved, from_id=stays.id, to_id=goes.id, by=by)
    return after


def _demand_unmoved(tx: Tx, of: Reservee, booked: list[str]) -> None:
    if sorted(kept.reservation.id for kept in list_reservations_of(tx, of.id)) != sorted(booked):
        raise refuse_reservee("id", ReserveeWhy.moved_on)


def _move(tx: Tx, moved: dict[Thing, list[str]], *, from_id: str, to_id: str, by: str) -> None:
    for thing, ids in moved.items():
        move_things(tx, thing, ids, from_id=from_id, to_id=to_id)
    for kept in list_reservations(tx, moved.get(Thing.reservation, [])):
        if kept.reservation.reservee_id == to_id:
            _, room, reservee = load_surroundings(tx, kept)
            keep_promises(tx, kept.reservation, room, reservee, by=by, reason="merge")
