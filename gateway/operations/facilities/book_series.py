"""Book a room again and again: all of a series or none of it, or what is free with the list of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.facilities.booking import Via, Wish, make_reservation, wish_of
from domain.facilities.booking_fault import BookingWhy, refuse_booking
from domain.facilities.reservation import Actor, Reservation, ReservationAct, ReservationState
from domain.facilities.reservee import Reservee
from domain.facilities.series import Occurrence, Refused, SeriesException, Takes, derive_occurrences
from domain.ids import is_id
from gateway.bookings.acting import Acting, choose_via
from gateway.bookings.around import Around, claim_resources, load_around
from gateway.bookings.placing import demand_room, write_holds
from gateway.bookings.planning import Faulty, Planned, plan_bookings
from gateway.bookings.telling import Done, settle_permission, tell_reservation
from store.reservations import Kept, insert_reservation, list_series
from store.tx import Tx

ID_LENGTH_MAX = 50
"""Each occurrence's id is the series' with its day behind."""


@dataclass(frozen=True, slots=True)
class AskedSeries:
    """A series that somebody books: ``id`` is made by the form; days are those of its rule, without exceptions' own."""

    id: str
    first: Wish
    days: tuple[date, ...]
    exceptions: tuple[SeriesException, ...] = ()
    takes: Takes = Takes.whole


@dataclass(frozen=True, slots=True)
class SeriesOutcome:
    """What was booked, or of a preview could be, and what cannot be had; with ``whole`` one of them is empty."""

    booked: tuple[Reservation, ...]
    refused: tuple[Refused, ...]


def preview_series(
    tx: Tx, asked: AskedSeries, acting: Acting, *, unregistered: Reservee | None = None
) -> SeriesOutcome:
    """Say what of a series could be booked now; nothing is written and nothing kept.

    ``unregistered`` is the reservee who is registered with the series, and stands nowhere yet.

    Raises:
        BookingFaultsError: it is no series, or not this one's to book.
    """
    occurrences = _list_occurrences(asked)
    around = _load(tx, occurrences, acting, lock=False)
    if unregistered is not None:
        around.reservees[unregistered.id] = unregistered
    plan = _plan(around, asked, occurrences)
    return SeriesOutcome(
        tuple(each.reservation for each in plan if isinstance(each, Planned)), _refused(occurrences, plan)
    )


def book_series(tx: Tx, asked: AskedSeries, acting: Acting) -> SeriesOutcome:
    """Book a series; the same form sent twice books once.

    Raises:
        BookingFaultsError: it is no series, not this one's to book, or the id stands for another one.
    """
    occurrences = _list_occurrences(asked)
    if standing := list_series(tx, asked.id):
        return _demand_repeat(standing, occurrences, acting)
    around = _load(tx, occurrences, acting, lock=True)
    claim_resources(tx, around, [each.wish for each in occurrences])
    plan = _plan(around, asked, occurrences)
    refused = _refused(occurrences, plan)
    if refused and asked.takes is Takes.whole:
        return SeriesOutcome((), refused)
    booked: list[Reservation] = []
    for each in plan:
        if isinstance(each, Planned):
            booked.append(_write(tx, each, around, acting, is_first=not booked))
    return SeriesOutcome(tuple(booked), refused)


def _list_occurrences(asked: AskedSeries) -> tuple[Occurrence, ...]:
    if not is_id(asked.id) or len(asked.id) > ID_LENGTH_MAX:
        raise refuse_booking("id", BookingWhy.bad_id)
    return derive_occurrences(asked.first, asked.days, asked.exceptions)


def _load(tx: Tx, occurrences: Sequence[Occurrence], acting: Acting, *, lock: bool) -> Around:
    around = load_around(tx, [each.wish for each in occurrences], via=Via.page, lock=lock)
    vias = set()
    for each in occurrences:
        rules = around.houses.rules_of(each.wish.room_id)
        if rules is not None:
            vias.add(choose_via(acting, each.wish.reservee_id, rules.facility.id))
    if vias == {Via.desk}:
        around.via = Via.desk
    return around


def _plan(around: Around, asked: AskedSeries, occurrences: Sequence[Occurrence]) -> list[Planned | Faulty]:
    return plan_bookings(
        around,
        (
            (
                each.wish,
                make_reservation(
                    each.wish, f"{asked.id}-{each.on:%Y%m%d}", ReservationState.applied, series_id=asked.id
                ),
            )
            for each in occurrences
        ),
    )


def _refused(occurrences: Sequence[Occurrence], plan: Sequence[Planned | Faulty]) -> tuple[Refused, ...]:
    pairs = zip(occurrences, plan, strict=True)
    return tuple(Refused(occurrence, each.faults) for occurrence, each in pairs if isinstance(each, Faulty))


def _write(tx: Tx, planned: Planned, around: Around, acting: Acting, *, is_first: bool) -> Reservation:
    room = demand_room(around, planned.wish.room_id)
    actor = Actor.desk if around.via is Via.desk else Actor.reservee
    done = Done(ReservationAct.apply, ReservationState.applied, actor, acting.login, acting.person_id)
    new, dones = settle_permission(planned.reservation, room, done)
    if not insert_reservation(tx, new, made_by=acting.login):
        raise refuse_booking("id", BookingWhy.id_taken)
    write_holds(tx, new, planned.holds)
    reservee = around.reservees.get(new.reservee_id)
    tell_reservation(tx, dones, new, room, reservee, before=None, to_staff=is_first, to_reservee=is_first)
    return new


def _demand_repeat(standing: Sequence[Kept], occurrences: Sequence[Occurrence], acting: Acting) -> SeriesOutcome:
    """Give what the same form booked before; what was refused then is told without its reasons.

    Raises:
        BookingFaultsError: the id stands for another series.
    """
    wishes = {each.wish: each for each in occurrences}
    for kept in standing:
        if kept.made_by != acting.login or wishes.pop(wish_of(kept.reservation), None) is None:
            raise refuse_booking("id", BookingWhy.id_taken)
    return SeriesOutcome(
        tuple(kept.reservation for kept in standing), tuple(Refused(each, ()) for each in wishes.values())
    )
