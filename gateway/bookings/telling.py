"""What every act on a reservation writes beside it: its deed, whom it is told to, and what follows from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.civil import civil_minute
from domain.facilities.facility import Permits, Room
from domain.facilities.promises import PROMISING, Promise
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState, step_reservation
from domain.facilities.reservee import Reservee
from domain.notices.reservation_notice import (
    WAITING,
    ReservationNotice,
    derive_reservation_messages,
    list_settled_subjects,
)
from gateway.bookings.consequences import keep_promises, list_consequences
from gateway.bookings.letters import write_letter
from store.duty_persons import list_duty_persons
from store.facility_duties import Duty
from store.messages import insert_messages, settle_messages
from store.outbox import Notice, insert_notices
from store.reservations import ReservationStep, insert_reservation_steps
from store.tx import Tx

MOVED = "reservation.moved"
"""Payload: reservation, facility, room, reservee, act, actor, state, version, what is promised from now on, and
whether it is ``quiet``: nobody is to be written to."""


RULE = "rule"
"""Stands for a login where a room's rule permits."""


@dataclass(frozen=True, slots=True)
class Done:
    """An act and where it led: ``by`` a login, ``self``, ``rule``, a device's or a job's name.

    ``by_person_id`` is the member of staff behind it, who is not told of it.
    """

    act: ReservationAct
    to: ReservationState
    actor: Actor
    by: str
    by_person_id: str | None = None
    reason: str = ""


def settle_permission(after: Reservation, room: Room, done: Done) -> tuple[Reservation, tuple[Done, ...]]:
    """Give a reservation that was applied for, permitted at once where that is the room's rule, and what was done."""
    if after.state is not ReservationState.applied or room.permits is not Permits.rule:
        return after, (done,)
    state = step_reservation(after.state, ReservationAct.permit, Actor.rule)
    permitted = Done(ReservationAct.permit, state, Actor.rule, RULE, done.by_person_id)
    return replace(after, state=state), (done, permitted)


def tell_reservation(
    tx: Tx,
    dones: Sequence[Done],
    after: Reservation,
    room: Room,
    reservee: Reservee | None,
    *,
    before: ReservationState | None,
    to_staff: bool = True,
    to_reservee: bool = True,
    is_quiet: bool = False,
) -> None:
    """Write down what was done about a reservation, tell whoever has to hear of it, and let its keys follow.

    Args:
        tx: the transaction that did it.
        dones: what was done, in order; the last led to where the reservation stands.
        after: the reservation as it stands now.
        room: its room.
        reservee: whose it is.
        before: the state that it was in; None where it begins.
        to_staff: whether staff have messages of it; of a series one is enough.
        to_reservee: whether a citizen has a letter of it; of a series one is enough, too, and a draw writes its own.
        is_quiet: nobody is to be written to at all; the notice in the outbox says so.
    """
    if to_reservee and not is_quiet:
        write_letter(tx, [(done.act, done.to, done.actor) for done in dones], after, room, reservee, before=before)
    deeds, notices = [], []
    may_promise = {before, after.state, *(done.to for done in dones)} & PROMISING
    for done in dones:
        deed = (after.id, done.act, done.actor, done.by, tx.now, before, done.to, done.reason, after.version)
        deeds.append(ReservationStep(*deed))
        notices.append(_notice(tx, done, replace(after, state=done.to), room, is_quiet=is_quiet))
        before = done.to
    insert_reservation_steps(tx, deeds)
    if to_staff and not is_quiet:
        _tell_staff(tx, dones[-1], after, room, reservee)
    insert_notices(tx, notices)
    if may_promise:
        last = dones[-1]
        keep_promises(tx, after, room, reservee, by=last.by, reason=last.reason or last.act.value)


def _tell_staff(tx: Tx, done: Done, after: Reservation, room: Room, reservee: Reservee | None) -> None:
    is_waiting = after.state is ReservationState.applied
    notice = ReservationNotice(
        reservation_id=after.id,
        act=done.act.value,
        state=after.state.value,
        version=after.version,
        room=room.name,
        on=civil_minute(after.from_at)[0].isoformat(),
        person_id=None if reservee is None else reservee.person_id,
        by_person_id=done.by_person_id,
        deciders=tuple(list_duty_persons(tx, room.facility_id, Duty.decide)) if is_waiting else (),
        asked_at=tx.now.isoformat(),
    )
    if settled := list_settled_subjects(notice):
        settle_messages(tx, WAITING, settled)
    if messages := derive_reservation_messages(notice):
        insert_messages(tx, messages)


def _notice(tx: Tx, done: Done, then: Reservation, room: Room, *, is_quiet: bool) -> Notice:
    payload = {
        "reservation": then.id,
        "facility": room.facility_id,
        "room": room.id,
        "reservee": then.reservee_id,
        "act": done.act.value,
        "actor": done.actor.value,
        "state": then.state.value,
        "version": then.version,
        "quiet": is_quiet,
        "promises": [_write(promise) for promise in list_consequences(tx, then, room)],
    }
    return Notice(MOVED, then.id, json.dumps(payload))


def _write(promise: Promise) -> Mapping[str, str]:
    return {
        "kind": promise.kind.value,
        "subject": promise.subject,
        "from_at": promise.from_at.isoformat(),
        "until_at": promise.until_at.isoformat(),
        "source": promise.source,
    }
