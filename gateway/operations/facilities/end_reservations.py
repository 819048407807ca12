"""What the clock ends: holds that ran out, what nobody decided, uses that are over, rooms that nobody came to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from domain.civil import civil_minute
from domain.facilities.booking import derive_missed_at
from domain.facilities.entry import can_be_seen, choose_entry
from domain.facilities.facility import Room
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState, step_reservation
from domain.facilities.rules import FacilityRules
from gateway.bookings.consequences import list_consequences
from gateway.bookings.demands import load_surroundings
from gateway.bookings.facility_rules import load_facility_rules
from gateway.bookings.telling import Done, tell_reservation
from gateway.operations.facilities.block_reservee import settle_block
from store.reservations import Kept, list_overdue, list_reservations, list_unattended, save_reservation
from store.reservees import load_reservees
from store.resource_holds import release_holds
from store.tx import Tx

CLOCK = "clock"
"""Stands for a login where the clock does something."""

_ACTS: Mapping[ReservationState, ReservationAct] = MappingProxyType(
    {
        ReservationState.tentative: ReservationAct.expire,
        ReservationState.applied: ReservationAct.expire,
        ReservationState.permitted: ReservationAct.miss,
        ReservationState.in_use: ReservationAct.complete,
    }
)


def end_reservations(tx: Tx, *, limit: int = 200) -> list[Reservation]:
    """End what the clock ends by now, oldest first; gives what was ended. To be called again while it gives anything.

    A hold ends at its own instant, an application with its time, a use when nothing is promised any more. Nobody came
    where nothing says so until the terms' ``no_show_after_minutes`` are over; without them the clock never says it,
    nor of a room that is open anyway. No-shows may block.
    """
    found = {kept.reservation.id for kept in (*list_overdue(tx, limit=limit), *list_unattended(tx))}
    ended, missed = [], set()
    standing = list_reservations(tx, found, lock=True)
    load_reservees(tx, _may_miss(standing), lock=True)  # whoever books waits here, and not for what doors go by
    for kept in standing:
        after = _end(tx, kept)
        if after is not None:
            ended.append(after)
            if after.state is ReservationState.no_show:
                missed.add((after.reservee_id, kept.facility_id))
    for reservee_id, facility_id in sorted(missed):
        terms = load_facility_rules(tx, [facility_id])[facility_id].terms
        settle_block(tx, reservee_id, facility_id, terms, by=CLOCK)
    return ended


def _may_miss(standing: Sequence[Kept]) -> set[str]:
    permitted = (each.reservation for each in standing if each.reservation.state is ReservationState.permitted)
    return {each.reservee_id for each in permitted}


def _end(tx: Tx, kept: Kept) -> Reservation | None:
    before = kept.reservation
    act = _ACTS.get(before.state)
    rules, room, reservee = load_surroundings(tx, kept)
    if act is None or not _is_due(tx, before, rules, room):
        return None
    after = replace(before, state=step_reservation(before.state, act, Actor.clock), expires_at=None)
    if not save_reservation(tx, before, after):
        return None
    release_holds(tx, [after.id])
    tell_reservation(tx, [Done(act, after.state, Actor.clock, CLOCK)], after, room, reservee, before=before.state)
    return after


def _is_due(tx: Tx, standing: Reservation, rules: FacilityRules, room: Room) -> bool:
    if standing.state is ReservationState.tentative:
        return standing.expires_at is not None and standing.expires_at <= tx.now
    if standing.state is ReservationState.permitted:
        entry = choose_entry(rules.entries, room.id, civil_minute(standing.from_at)[0])
        missed_at = derive_missed_at(rules.terms, standing) if can_be_seen(entry) else None
        return missed_at is not None and missed_at <= tx.now
    if standing.state is ReservationState.in_use:
        promised = (promise.until_at for promise in list_consequences(tx, standing, room))
        return max((standing.until_at, *promised)) <= tx.now
    return standing.until_at <= tx.now
