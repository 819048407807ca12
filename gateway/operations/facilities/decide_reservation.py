"""Permit an application, ask for what it lacks, reject it, or revoke a permission: what was seen is decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from domain.facilities.booking_fault import BookingFault, BookingFaultsError, BookingWhy, refuse_booking
from domain.facilities.reservation import HOLDING, Actor, Reservation, ReservationAct
from gateway.bookings.acting import Acting, demand_decider, step_or_refuse
from gateway.bookings.demands import demand_reason, demand_version, load_surroundings, save_or_refuse
from gateway.bookings.telling import Done, tell_reservation
from store.reservations import Kept, list_reservation_steps, list_reservations
from store.resource_holds import release_holds
from store.tx import Tx

DECISIONS: Collection[ReservationAct] = frozenset(
    {ReservationAct.permit, ReservationAct.ask, ReservationAct.reject, ReservationAct.revoke}
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about a reservation as it was seen; a no gives its reason, a question its words."""

    id: str
    seen_version: int
    act: ReservationAct
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A decision that was not carried out, and why."""

    decision: Decision
    faults: tuple[BookingFault, ...]


def decide_reservation(tx: Tx, decision: Decision, acting: Acting) -> Reservation:
    """Decide about one reservation.

    Raises:
        BookingFaultsError: there is nothing to decide, it went on since, it is not this one's, or a no has no reason.
    """
    decided, undecided = decide_reservations(tx, [decision], acting)
    if undecided:
        raise BookingFaultsError(undecided[0].faults)
    return decided[0]


def decide_reservations(
    tx: Tx, decisions: Sequence[Decision], acting: Acting
) -> tuple[tuple[Reservation, ...], tuple[Undecided, ...]]:
    """Decide about many: gives those that were decided and those that were not; one does not hold up another."""
    standing = {kept.reservation.id: kept for kept in list_reservations(tx, {each.id for each in decisions}, lock=True)}
    decided, undecided = [], []
    for decision in decisions:
        try:
            after = _decide(tx, standing.get(decision.id), decision, acting)
        except BookingFaultsError as error:
            undecided.append(Undecided(decision, error.faults))
        else:
            decided.append(after)
            standing[after.id] = replace(standing[after.id], reservation=after)
    return tuple(decided), tuple(undecided)


def _decide(tx: Tx, kept: Kept | None, decision: Decision, acting: Acting) -> Reservation:
    """Decide about one; whatever is wrong is found before anything is written."""
    if kept is None:
        raise refuse_booking("id", BookingWhy.no_reservation)
    if decision.act not in DECISIONS:
        raise refuse_booking("state", BookingWhy.wrong_state)
    before = kept.reservation
    _, room, reservee = load_surroundings(tx, kept)
    demand_decider(acting, kept, reservee)
    demand_version(before, decision.seen_version)
    reason = demand_reason(decision.reason)
    state = step_or_refuse(before.state, decision.act, Actor.decider, reason=reason)
    if before.until_at <= tx.now:
        raise refuse_booking("from_at", BookingWhy.past)
    if decision.act is ReservationAct.ask and _is_asked(tx, before, reason):
        return before  # the same form sent twice
    after = replace(before, state=state)
    save_or_refuse(tx, before, after)
    if state not in HOLDING:
        release_holds(tx, [before.id])
    done = Done(decision.act, state, Actor.decider, acting.login, acting.person_id, reason)
    tell_reservation(tx, [done], after, room, reservee, before=before.state)
    return after


def _is_asked(tx: Tx, standing: Reservation, reason: str) -> bool:
    last = list_reservation_steps(tx, standing.id)[-1:]
    return [(each.act, each.version, each.reason) for each in last] == [(ReservationAct.ask, standing.version, reason)]
