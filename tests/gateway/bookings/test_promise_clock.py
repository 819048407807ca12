"""Failures between a booking and what it gives, on both databases: nothing half-done, what is lost comes back, and
whoever looks after bookings hears of what lasts for more than a minute."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, delete, event, func, select, update

from domain.facilities.booking_fault import BookingFaultsError
from domain.facilities.entry import Way
from domain.facilities.reservation import Reservation, ReservationState
from gateway.bookings.unkept_promises import find_unkept
from gateway.operations.access.end_person import end_person
from gateway.operations.facilities.cancel_reservation import cancel_reservation
from gateway.operations.facilities.repair_promises import ALARMS_MAX, MANY, PROMISE_UNKEPT, repair_promises
from store.alarms import list_open_alarms, list_standing_subjects
from store.key_tables import key_entitlement
from store.party_passes import count_free_codes, forget_codes
from store.reservations import load_reservation, save_reservation
from store.reviews import list_reach
from store.rights_tables import right_grant
from store.tables import credential
from store.tx import Store, Tx
from store.unkept_promises import list_unkept
from tests.domain.facilities.booking import NOW, wish
from tests.gateway.bookings.doors import CARD, DEMO, SITE, Clockwork, build, code_of, opens, with_ways
from tests.gateway.bookings.house import DESK, book, booked, citizen, permit

MINUTE = timedelta(minutes=1)


class PowerCutError(Exception):
    """Something broke in the middle of a commit."""


@contextmanager
def broken_at(store: Store, table: Table) -> Iterator[None]:
    """Let every insertion into a table break, as a connection breaks."""

    def fail(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: Any) -> None:
        if statement.startswith(f"INSERT INTO {table.name} "):
            raise PowerCutError

    engine = store._engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def count(store: Store, table: Table) -> int:
    with store.reading(NOW) as tx:
        return tx.connection.scalar(select(func.count()).select_from(table)) or 0


def lose(store: Store, *tables: Table) -> None:
    with store.transaction(NOW) as tx:
        for table in tables:
            tx.connection.execute(delete(table))


def write_state(store: Store, reservation_id: str, state: ReservationState) -> Reservation:
    """Write a state over with nothing that follows from it, as a hand at the database would."""
    with store.transaction(NOW) as tx:
        kept = load_reservation(tx, reservation_id)
        assert kept is not None
        after = replace(kept.reservation, state=state)
        assert save_reservation(tx, kept.reservation, after)
    return after


def alarms(store: Store) -> list[tuple[str, str]]:
    with store.reading(NOW) as tx:
        return [(each.alarm.subject, each.alarm.detail.partition(":")[0]) for each in list_open_alarms(tx)]


def lasting(store: Store) -> set[str]:
    with store.reading(NOW) as tx:
        return list_standing_subjects(tx, PROMISE_UNKEPT)


@pytest.fixture
def house(store: Store) -> Store:
    build(store)
    return store


@pytest.mark.parametrize("table", [right_grant, credential, key_entitlement], ids=lambda table: table.name)
def test_a_permission_that_breaks_on_the_way_is_none(house: Store, table: Table) -> None:
    made = book(house, "r1", wish(), citizen(1))
    before = count(house, credential)
    with broken_at(house, table), pytest.raises(PowerCutError):
        permit(house, made)
    with house.reading(NOW) as tx:
        kept = load_reservation(tx, "r1")
        assert find_unkept(tx) == []
    assert kept is not None
    assert kept.reservation.state is ReservationState.applied
    assert (count(house, right_grant), count(house, key_entitlement), count(house, credential)) == (0, 0, before)
    permit(house, made)
    assert opens(house, code_of(house, "r1"), made.from_at)


def test_what_is_lost_comes_back_within_a_turn(house: Store) -> None:
    made, clock = booked(house), Clockwork(house)
    code = code_of(house, "r1")
    assert clock.look() == 0
    lose(house, right_grant, key_entitlement)
    with house.transaction(NOW) as tx:
        tx.connection.execute(delete(credential).where(credential.c.token == code))
    assert not opens(house, code, made.from_at)
    assert (clock.look(), clock.woken) == (1, 1)
    assert opens(house, code, made.from_at)
    assert (count(house, right_grant), count(house, key_entitlement)) == (1, 1)
    assert clock.look() == 0


def test_a_booking_without_effect_for_more_than_a_minute_is_an_alarm_although_it_is_repaired(house: Store) -> None:
    made, clock = book(house, "r1", wish(), citizen(1)), Clockwork(house)
    clock.look()
    write_state(house, "r1", ReservationState.permitted)
    assert clock.look() == 1
    assert alarms(house) == []
    write_state(house, "r1", ReservationState.applied)
    clock.look()
    write_state(house, "r1", ReservationState.permitted)
    assert clock.look(100) == 1
    assert alarms(house) == [("r1", "code, door, key")]
    assert lasting(house) == set()
    assert opens(house, code_of(house, "r1"), made.from_at)


def test_what_nobody_can_repair_is_an_alarm_until_somebody_does(store: Store) -> None:
    build(store, with_ways(Way.code), site=DEMO)
    made = booked(store)
    clock = Clockwork(store, DEMO)
    for _ in range(3):
        clock.look()
    assert alarms(store) == []
    clock.look()
    assert (alarms(store), lasting(store)) == ([("r1", "door")], {"r1"})
    for _ in range(3):
        clock.look()
    with store.reading(clock.at) as tx:
        raised = list_open_alarms(tx)
        assert [each.reservation_id for each in list_unkept(tx).values()] == ["r1"]
    assert len(raised) == 1
    clock.site = SITE
    assert clock.look() == 1
    assert lasting(store) == set()
    assert opens(store, code_of(store, "r1"), made.from_at)
    with store.reading(clock.at) as tx:
        assert list_unkept(tx) == {}


def test_another_level_of_the_area_moves_every_grant(house: Store) -> None:
    made, clock = booked(house), Clockwork(house)
    clock.look()
    renamed = [
        level.model_copy(update={"id": "evening"}) if level.id == "hall_booked" else level for level in SITE.levels
    ]
    areas = [area.model_copy(update={"booked_level": "evening"}) if area.booked_level else area for area in SITE.areas]
    clock.site = SITE.model_copy(update={"levels": tuple(renamed), "areas": tuple(areas)})
    assert not opens(house, code_of(house, "r1"), made.from_at, site=clock.site)
    assert clock.look() == 1
    assert opens(house, code_of(house, "r1"), made.from_at, site=clock.site)
    assert alarms(house) == []


def test_what_is_too_much_ends(house: Store) -> None:
    made, clock = booked(house), Clockwork(house)
    code = code_of(house, "r1")
    write_state(house, "r1", ReservationState.cancelled)
    assert opens(house, code, made.from_at)
    assert clock.look() == 1
    assert not opens(house, code, made.from_at)
    with house.transaction(NOW) as tx:
        tx.connection.execute(update(right_grant).values(ended_at=None, source_id="r9"))
    assert clock.look() == 1
    with house.reading(NOW) as tx:
        assert tx.connection.scalar(select(func.count()).where(right_grant.c.ended_at.is_(None))) == 0


def test_permissions_beyond_the_codes_at_hand_have_theirs_a_turn_later(store: Store) -> None:
    build(store, codes=1)
    first = booked(store)
    second = permit(store, book(store, "r2", wish(780, 900, room_id="hall", reservee_id="u2"), citizen(2)))
    clock = Clockwork(store)
    assert clock.look() == 1
    codes = [code_of(store, each.id) for each in (first, second)]
    assert len(set(codes)) == 2
    assert opens(store, codes[1], second.from_at)
    with store.reading(NOW) as tx:
        assert count_free_codes(tx) == 200


def test_a_leaver_is_given_nothing_again(house: Store) -> None:
    own, clock = book(house, "r1", wish(room_id="meeting", reservee_id="s1"), DESK), Clockwork(house)
    assert opens(house, CARD, own.from_at)
    with house.transaction(NOW) as tx:
        end_person(tx, "p1", by="hr", reason="退職", known=True)
    for _ in range(4):
        assert clock.look() == 0
    assert alarms(house) == []
    with house.reading(NOW) as tx:
        assert tx.connection.scalar(select(func.count()).where(right_grant.c.ended_at.is_(None))) == 0


def test_what_a_booking_gives_is_not_up_for_review(house: Store) -> None:
    booked(house)
    book(house, "r2", wish(room_id="meeting", reservee_id="s1"), DESK)
    with house.reading(NOW) as tx:
        assert count(house, right_grant) == 2
        assert list_reach(tx, ["hall_booked"]) == []


def test_many_with_one_cause_are_one_alarm(store: Store) -> None:
    build(store, with_ways(Way.card), site=DEMO)
    for number in range(ALARMS_MAX + 1):
        later = wish(540 + 30 * (number % 20), 570 + 30 * (number % 20), room_id=("half", "meeting")[number // 20])
        made = book(store, f"r{number}", replace(later, reservee_id=f"u{number % 5 + 1}"), DESK)
        if made.state is ReservationState.applied:
            permit(store, made)
    clock = Clockwork(store, DEMO)
    for _ in range(6):
        clock.look()
    assert alarms(store) == [(MANY, f"{ALARMS_MAX + 1}, door")]
    assert lasting(store) == {MANY}
    clock.site = SITE
    assert clock.look() == ALARMS_MAX + 1
    assert lasting(store) == set()


def test_one_of_two_clocks_takes_a_turn(house: Store) -> None:
    booked(house)
    clocks = Clockwork(house), Clockwork(house)
    clocks[0].look()
    clocks[1].look()
    lose(house, right_grant)
    assert [clock.look() for clock in clocks] == [1, 0]


def test_a_code_is_forgotten_a_day_after_its_time(house: Store) -> None:
    made = booked(house)
    code = code_of(house, "r1")
    with house.transaction(made.until_at + timedelta(days=1)) as tx:
        assert forget_codes(tx, made.until_at - MINUTE) == 0
        assert forget_codes(tx, made.until_at + MINUTE) == 1
        assert tx.connection.execute(select(credential).where(credential.c.token == code)).first() is None
        assert find_unkept(tx) == []


def race(store: Store, *acts: Callable[[Tx], object]) -> list[Exception]:
    """Let acts meet in one moment, each in a transaction of its own; gives what went wrong but for refusals."""
    barrier, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[Tx], object]) -> None:
        barrier.wait()
        try:
            with store.transaction(NOW) as tx:
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
    return failures


def test_a_repair_and_a_cancellation_at_one_moment_leave_nothing_open(house: Store) -> None:
    for id_ in ("n0", "n1", "n2", "n3"):
        made = permit(house, book(house, id_, wish(), citizen(1)))
        code = code_of(house, id_)
        lose(house, right_grant, key_entitlement)
        cancel = partial(cancel_reservation, reservation_id=id_, acting=DESK)
        assert race(house, partial(repair_promises, reservation_id=id_), cancel) == []
        assert not opens(house, code, made.from_at)
        with house.reading(NOW) as tx:
            assert find_unkept(tx) == []
