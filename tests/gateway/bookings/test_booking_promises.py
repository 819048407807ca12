"""Reservations live at random on both databases, also two acts at one moment: nothing is ever double or half-done.

Nobody has a place, a space or a unit twice; a room is held exactly in the states that hold; every change of state is
one deed and one notice; and an act that is refused leaves no trace. It is one module because the machine's rules and
what never changes under them are read together.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select

from domain.civil import instant
from domain.facilities.booking import Wish
from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.reservation import HOLDING, Actor, ReservationAct, ReservationState
from domain.facilities.series import Takes
from gateway.bookings.telling import MOVED
from gateway.operations.facilities.apply_held import AskedApplication, apply_held
from gateway.operations.facilities.book_room import AskedBooking, book_room
from gateway.operations.facilities.book_series import AskedSeries, book_series
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.change_reservation import AskedChange, change_reservation
from gateway.operations.facilities.decide_reservation import Decision, decide_reservation
from gateway.operations.facilities.end_reservations import end_reservations
from gateway.operations.facilities.use_reservation import (
    begin_reservation,
    complete_reservation,
    miss_reservation,
)
from store.reservation_tables import reservation, reservation_step, reservation_unit, resource_hold
from store.tables import outbox
from store.tx import Store, Tx
from tests.domain.facilities.booking import HOUSE, NOW, ON, wish
from tests.gateway.bookings.house import DECIDER, DESK, RULES, citizen, keep_house

S, A = ReservationState, ReservationAct
LIVING = replace(RULES, quotas=(), terms=(replace(HOUSE.terms[0], no_show_after_minutes=30),))
UNITS = {each.id: each.units for each in LIVING.equipment}
Act = Callable[[Tx], object]

citizens = st.integers(1, 3)
rooms = st.sampled_from(["hall", "half", "meeting"])
starts = st.sampled_from([540, 600, 630, 720])
lengths = st.sampled_from([60, 120, 180])
chairs = st.sampled_from([(), (("chairs", 2),), (("chairs", 3),)])
stretches = st.builds(
    lambda room, start, length, units: wish(start, start + length, room_id=room, units=units),
    rooms,
    starts,
    lengths,
    chairs,
)
courses = st.builds(lambda places: wish(room_id="gym", slot_id="course", places=places), st.integers(1, 3))
wishes = stretches | courses
picks = st.integers(0, 9)


class Bookings(RuleBasedStateMachine):
    """Three citizens, a counter and a decider in a house of few rooms, on one day."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.now: datetime = NOW
        self.ids = itertools.count()
        self.made: list[str] = []

    @initialize()
    def begin_empty(self) -> None:
        with self.store.transaction(NOW) as tx:
            for table in (resource_hold, reservation_step, reservation_unit, reservation, outbox):
                tx.connection.execute(delete(table))
        first = (wish(540, 660), wish(600, 720, room_id="meeting"), wish(room_id="gym", slot_id="course", places=1))
        for who, asked in enumerate(first, 1):
            self.attempt(self.booking(who, asked, is_held_only=False))
        self.attempt(self.deciding(0, A.permit))

    @rule(minutes=st.sampled_from([10, 20, 60 * 24]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(minute=st.sampled_from([535, 540, 575, 640]), comes=st.integers(0, 5))
    def come_to_the_day(self, minute: int, comes: int) -> None:
        if comes == 0:
            self.now = max(self.now, instant(ON, minute))

    @rule(who=citizens, asked=wishes, is_held_only=st.booleans())
    def book(self, who: int, asked: Wish, is_held_only: bool) -> None:
        self.attempt(self.booking(who, asked, is_held_only=is_held_only))

    @rule(who=citizens, asked=wishes, whole=st.sampled_from(Takes))
    def book_weeks(self, who: int, asked: Wish, whole: Takes) -> None:
        series = f"s{next(self.ids)}"
        days = (ON, ON + timedelta(days=7))
        weekly = AskedSeries(series, replace(asked, reservee_id=f"u{who}"), days, takes=whole)
        self.made += [f"{series}-{on:%Y%m%d}" for on in days]
        self.attempt(lambda tx: book_series(tx, weekly, citizen(who)))

    @rule(pick=picks, asked=wishes, at_desk=st.booleans())
    def change(self, pick: int, asked: Wish, at_desk: bool) -> None:
        self.attempt(self.changing(pick, asked, at_desk=at_desk))

    @rule(pick=picks, asked=wishes)
    def apply(self, pick: int, asked: Wish) -> None:
        id_, who, version = self.pick(pick, first=S.tentative)
        application = AskedApplication(id_, version, replace(asked, reservee_id=f"u{who}"))
        self.attempt(lambda tx: apply_held(tx, application, citizen(who)))

    @rule(pick=picks, act=st.sampled_from([A.permit, A.permit, A.ask, A.reject, A.revoke]))
    def decide(self, pick: int, act: ReservationAct) -> None:
        self.attempt(self.deciding(pick, act))

    @rule(pick=picks, at_desk=st.booleans())
    def cancel(self, pick: int, at_desk: bool) -> None:
        self.attempt(self.cancelling(pick, at_desk=at_desk))

    @rule(pick=picks, do=st.sampled_from([begin_reservation, complete_reservation, miss_reservation]))
    def use(self, pick: int, do: Any) -> None:
        id_, _, _ = self.pick(pick, first=S.in_use if do is complete_reservation else S.permitted)
        if pick < 6:
            self.now = max(self.now, instant(ON, 600))
        self.attempt(lambda tx: do(tx, id_, actor=Actor.desk, by="desk"))

    @rule()
    def let_the_clock_end(self) -> None:
        self.attempt(end_reservations)

    @rule(whos=st.permutations([1, 2, 3]), asked=wishes, other=wishes, pick=picks)
    def race(self, whos: list[int], asked: Wish, other: Wish, pick: int) -> None:
        """Two book, one changes, one decides and one cancels at one moment."""
        acts = [
            self.booking(whos[0], asked, is_held_only=False),
            self.booking(whos[1], other, is_held_only=False),
            self.changing(pick, other, at_desk=True),
            self.deciding(pick, A.permit),
            self.cancelling(pick, at_desk=True),
        ]
        barrier, failures = threading.Barrier(len(acts)), []

        def run(act: Act) -> None:
            barrier.wait()
            try:
                with self.store.transaction(self.now) as tx:
                    act(tx)
            except BookingFaultsError:
                pass
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

    @invariant()
    def nothing_is_held_twice(self) -> None:
        with self.store.reading(self.now) as tx:
            holds = tx.connection.execute(select(resource_hold)).all()
        for one, other in itertools.combinations(holds, 2):
            if one.resource == other.resource and one.from_at < other.until_at and other.from_at < one.until_at:
                assert one.holder == other.holder
                assert one.resource.startswith("space:") or one.reservation_id == other.reservation_id

    @invariant()
    def what_stands_fits_into_the_house(self) -> None:
        """Count it from the reservations alone, not from what they hold."""
        with self.store.reading(self.now) as tx:
            standing = [row for row in tx.connection.execute(select(reservation)).all() if row.state in HOLDING]
            units = tx.connection.execute(select(reservation_unit)).all()
        known = {room.id: room for room in LIVING.rooms}
        asked = {(each.reservation_id, each.equipment_id): each.units for each in units}
        for one, other in itertools.combinations(standing, 2):
            rooms_of = known[one.room_id], known[other.room_id]
            if not set(rooms_of[0].spaces) & set(rooms_of[1].spaces) or (one.slot_id and one.slot_id == other.slot_id):
                continue
            assert not _meet(one, other, rooms_of[0], rooms_of[1])
        for row in standing:
            at_once = [each for each in standing if each.from_at <= row.from_at < each.until_at]
            assert sum(each.places or 0 for each in at_once if each.slot_id == "course") <= 3
            for equipment_id, most in UNITS.items():
                assert sum(asked.get((each.id, equipment_id), 0) for each in at_once) <= most

    @invariant()
    def each_state_has_its_holds_and_one_deed_and_notice_led_to_it(self) -> None:
        with self.store.reading(self.now) as tx:
            run = tx.connection.execute
            rows = run(select(reservation)).all()
            holds = run(select(resource_hold)).all()
            units = run(select(reservation_unit)).all()
            deeds = run(select(reservation_step).order_by(reservation_step.c.id)).all()
            notices = Counter(run(select(outbox.c.subject).where(outbox.c.kind == MOVED)).scalars())
        for row in rows:
            own = [deed for deed in deeds if deed.reservation_id == row.id]
            held = Counter(_count_as(hold.resource) for hold in holds if hold.reservation_id == row.id)
            asked = {each.equipment_id: each.units for each in units if each.reservation_id == row.id}
            assert held == (_expect(row, asked) if row.state in HOLDING else Counter()), row.state
            assert [deed.from_state for deed in own] == ["", *(deed.to_state for deed in own[:-1])]
            assert (own[-1].to_state, own[-1].version) == (row.state, row.version)
            assert notices[row.id] == len(own)
            assert row.version == 1 + sum(deed.act == "change" for deed in own)

    def booking(self, who: int, asked: Wish, *, is_held_only: bool) -> Act:
        id_ = f"r{next(self.ids)}"
        self.made.append(id_)
        booking = AskedBooking(id_, replace(asked, reservee_id=f"u{who}"), is_held_only)
        return lambda tx: book_room(tx, booking, citizen(who))

    def changing(self, pick: int, asked: Wish, *, at_desk: bool) -> Act:
        id_, who, version = self.pick(pick)
        change = AskedChange(id_, version, replace(asked, reservee_id=f"u{who}"))
        return lambda tx: change_reservation(tx, change, DESK if at_desk else citizen(who))

    def deciding(self, pick: int, act: ReservationAct) -> Act:
        id_, _, version = self.pick(pick, first=S.permitted if act is A.revoke else S.applied)
        return lambda tx: decide_reservation(tx, Decision(id_, version, act, "理由"), DECIDER)

    def cancelling(self, pick: int, *, at_desk: bool) -> Act:
        id_, who, _ = self.pick(pick)
        return lambda tx: cancel_reservation(tx, id_, DESK if at_desk else citizen(who))

    def pick(self, number: int, *, first: ReservationState | None = None) -> tuple[str, int, int]:
        """Give one that was asked for, whether it was had or not: its id, whose it is, and its version.

        With ``first`` it is one in that state, where there is any.
        """
        with self.store.reading(self.now) as tx:
            columns = (reservation.c.id, reservation.c.reservee_id, reservation.c.version, reservation.c.state)
            rows = tx.connection.execute(select(*columns).order_by(reservation.c.id)).all()
        rows = [row for row in rows if row.state == first] or rows
        if not rows:
            return (self.made[number % len(self.made)] if self.made else "none"), 1, 1
        row = rows[number % len(rows)]
        return row.id, int(row.reservee_id[1:]), row.version

    def attempt(self, act: Act) -> None:
        """Do something; where it is refused, everything is as it was."""
        before = self.snapshot()
        try:
            with self.store.transaction(self.now) as tx:
                act(tx)
        except BookingFaultsError:
            assert self.snapshot() == before

    def snapshot(self) -> list[Any]:
        with self.store.reading(self.now) as tx:
            tables = (reservation, reservation_unit, resource_hold, reservation_step)
            rows = [tx.connection.execute(select(table).order_by(*table.primary_key)).all() for table in tables]
            return [*rows, tx.connection.scalar(select(func.count()).select_from(outbox))]


def _count_as(resource: str) -> str:
    """Give a space by its name, a place or unit by what it is one of."""
    return resource if resource.startswith("space:") else resource.rpartition(":")[0]


def _expect(row: Any, asked: dict[str, int]) -> Counter[str]:
    room = next(each for each in LIVING.rooms if each.id == row.room_id)
    expected = Counter({f"space:{space}": 1 for space in room.spaces})
    expected |= Counter({f"place:{row.slot_id}": row.places or 0})
    return expected + Counter({f"unit:{id_}": count for id_, count in asked.items()})


def _meet(one: Any, other: Any, room: Any, other_room: Any) -> bool:
    from_at = one.from_at - timedelta(minutes=room.before_minutes)
    until_at = one.until_at + timedelta(minutes=room.after_minutes)
    other_from_at = other.from_at - timedelta(minutes=other_room.before_minutes)
    other_until_at = other.until_at + timedelta(minutes=other_room.after_minutes)
    return bool(from_at < other_until_at and other_from_at < until_at)


def test_reservations_live(store: Store) -> None:
    keep_house(store, LIVING)
    run_state_machine_as_test(
        lambda: Bookings(store),
        settings=settings(max_examples=12, stateful_step_count=30, deadline=None, derandomize=True),
    )
