"""Who does something about reservations, and as what: a reservee about the own ones, a desk, a decider."""

from dataclasses import dataclass, field

from domain.facilities.booking import Via
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.reservation import Actor, ReservationAct, ReservationState, StepError, step_reservation
from domain.facilities.reservee import Reservee
from store.reservations import Kept

SELF = "self"
"""Stands for a login where a citizen does something about the own reservation."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody at a page or a counter.

    ``login`` is an account or :data:`SELF`, ``reservee_id`` the reservee that one is, ``person_id`` the member of
    staff; ``desks`` and ``decides`` are the facilities for which the account has these duties.
    """

    login: str
    reservee_id: str | None = None
    person_id: str | None = None
    desks: frozenset[str] = field(default_factory=frozenset)
    decides: frozenset[str] = field(default_factory=frozenset)


def choose_via(acting: Acting, reservee_id: str, facility_id: str) -> Via:
    """Say on which way somebody books for a reservee in a facility.

    Raises:
        BookingFaultsError: it is neither the own booking nor one of a counter that this one serves.
    """
    if facility_id in acting.desks:
        return Via.desk
    if acting.reservee_id is not None and acting.reservee_id == reservee_id:
        return Via.page
    raise refuse_booking("reservee_id", BookingWhy.not_yours)


def choose_actor(acting: Acting, kept: Kept) -> Actor:
    """Say as what somebody acts about a reservation: its counter, or the reservee.

    Raises:
        BookingFaultsError: it is not this one's.
    """
    via = choose_via(acting, kept.reservation.reservee_id, kept.facility_id)
    return Actor.desk if via is Via.desk else Actor.reservee


def demand_decider(acting: Acting, kept: Kept, reservee: Reservee | None) -> None:
    """Let only those decide who have the duty for the facility and did not ask for it themselves.

    Raises:
        BookingFaultsError: it is not this one's to decide.
    """
    if kept.facility_id not in acting.decides:
        raise refuse_booking("id", BookingWhy.not_yours)
    person_id = None if reservee is None else reservee.person_id
    is_own = acting.person_id is not None and acting.person_id == person_id
    if is_own or kept.made_by == acting.login or acting.reservee_id == kept.reservation.reservee_id:
        raise refuse_booking("id", BookingWhy.own_reservation)


def step_or_refuse(state: ReservationState, act: ReservationAct, actor: Actor, *, reason: str = "") -> ReservationState:
    """Give the state that an act leads to.

    Raises:
        BookingFaultsError: it leads nowhere from here.
    """
    try:
        return step_reservation(state, act, actor, reason=reason)
    except StepError as error:
        why = BookingWhy(error.args[0])
        name = "reason" if why is BookingWhy.reason_missing else "state"
        raise refuse_booking(name, why) from None
