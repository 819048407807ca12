"""Whatever is tried, what stands is free of faults and is what the changes say; two hands at once cannot break it."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from domain.facilities.booking_rules import BookingWindow, Deadline, OpensBy
from domain.facilities.check_facility import check_facility
from domain.facilities.closures import ClosureKind, ClosureRule
from domain.facilities.facility import Facility, Room, SlotKind
from domain.facilities.opening import Opening
from domain.facilities.quotas import Counts, Per, Quota
from gateway.bookings.facility_rules import load_facility_rules, load_houses
from gateway.bookings.rule_book import RefusedRulesError
from gateway.bookings.rule_edits import as_plain, list_edits
from gateway.operations.facilities.keep_facility import keep_facility
from gateway.operations.facilities.keep_room import keep_room
from gateway.operations.facilities.keep_rule import keep_rule, retire_rule
from gateway.operations.facilities.keep_slot_kind import keep_slot_kind
from store.facility_changes import list_changes
from store.tables import department
from store.tx import Store, Tx

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))
_numbers = itertools.count()

minutes = st.integers(-30, 2000)
days = st.sampled_from([EVERY_DAY, frozenset({0}), frozenset({5, 6}), frozenset()])
names = st.sampled_from(["a", "b"])
bounds = st.sampled_from([None, date(2026, 12, 1), date(2027, 4, 1)])
tries = st.one_of(
    st.tuples(
        st.just("rule"), st.builds(Opening, names, days, minutes, minutes, st.none(), st.just(frozenset()), bounds)
    ),
    st.tuples(
        st.just("rule"), st.builds(ClosureRule, names, st.sampled_from(ClosureKind), st.just("x"), st.none(), days)
    ),
    st.tuples(
        st.just("rule"), st.builds(Quota, names, st.just(Counts.minutes), st.sampled_from(Per), st.integers(-1, 9))
    ),
    st.tuples(
        st.just("rule"),
        st.builds(
            BookingWindow,
            names,
            st.sampled_from(OpensBy),
            st.integers(-1, 40),
            st.just(540),
            st.just(Deadline(3, 1020)),
        ),
    ),
    st.tuples(st.just("slot"), names, minutes, minutes, days),
    st.tuples(st.just("room"), st.integers(-1, 9), st.integers(-10, 60)),
    st.tuples(st.just("retire"), st.sampled_from([Opening, ClosureRule, Quota, BookingWindow]), names),
)


def found(store: Store) -> str:
    """Give the id of a new facility with a room of its own name."""
    house = f"house-{next(_numbers)}"
    with store.transaction(NOW) as tx:
        if not load_facility_rules(tx):
            tx.connection.execute(insert(department).values(id="d", name="x"))
        keep_facility(tx, Facility(house, "館", "House", "d"), by="x")
        keep_room(tx, Room(house, house, "室", "Room", (), 9), by="x")
    return house


def attempt(tx: Tx, house: str, what: tuple[Any, ...]) -> None:
    if what[0] == "rule":
        rule = what[1]
        keep_rule(tx, house, type(rule)(**{**_fields(rule), "id": f"{house}-{rule.id}"}), by="x")
    elif what[0] == "slot":
        _, name, start, end, weekdays = what
        keep_slot_kind(tx, house, SlotKind(f"{house}-{name}", house, "枠", "Slot", start, end, weekdays), by="x")
    elif what[0] == "room":
        keep_room(tx, Room(house, house, "室", "Room", (), what[1], after_minutes=what[2]), by="x")
    else:
        retire_rule(tx, house, what[1], f"{house}-{what[2]}", by="x")


def _fields(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__slots__}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(tries, max_size=12))
def test_what_stands_is_sound_and_is_what_the_changes_say(store: Store, asked: list[tuple[Any, ...]]) -> None:
    house = found(store)
    for each in asked:
        with suppress(RefusedRulesError), store.transaction(NOW) as tx:
            attempt(tx, house, each)
    with store.reading(NOW) as tx:
        rules = load_facility_rules(tx, [house])[house]
        told = list_changes(tx, house, limit=999)
    assert check_facility(rules, set(), date(2026, 11, 23)) == ()
    replayed: dict[tuple[Any, str], Any] = {}
    for change in reversed(told):
        key = change.thing, change.thing_id
        assert replayed.get(key) == change.before
        replayed[key] = change.after
    standing = {(edit.thing, edit.id): as_plain(edit.after) for edit in list_edits(None, rules)}
    assert {key: value for key, value in replayed.items() if value is not None} == standing


def test_of_two_hands_that_would_collide_one_is_refused(store: Store) -> None:
    house, ready = found(store), Barrier(4)

    def try_one(number: int) -> bool:
        slot = SlotKind(f"{house}-{number}", house, "午前", "Morning", 540, 720, EVERY_DAY)
        ready.wait()
        try:
            with store.transaction(NOW) as tx:
                keep_slot_kind(tx, house, slot, by=f"hand-{number}")
        except RefusedRulesError:
            return False
        return True

    with ThreadPoolExecutor(4) as hands:
        assert sorted(hands.map(try_one, range(4))) == [False, False, False, True]
    with store.reading(NOW) as tx:
        assert len(load_facility_rules(tx, [house])[house].slots) == 1


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Count the statements that reach the database."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    yield asked
    event.remove(store._engine, "before_cursor_execute", note)


def test_many_facilities_are_no_more_questions_than_one(store: Store) -> None:
    def ask() -> int:
        with counted(store) as statements, store.reading(NOW) as tx:
            load_houses(tx, date(2026, 12, 1), date(2026, 12, 31))
            load_houses(tx, date(2026, 12, 1), date(2026, 12, 31), rooms=[house])
        return len(statements)

    house = found(store)
    of_one = ask()
    for _ in range(5):
        found(store)
    assert ask() == of_one
