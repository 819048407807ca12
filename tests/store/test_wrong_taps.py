"""Taps that were found to be no work, on both databases: left out of the count while that holds."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from domain.attendance.effects import Effect, WrongTap
from domain.attendance.facts import Direction
from store.effects import end_effects, insert_effects
from store.month_punches import list_month_punches
from store.tables import punch, record
from store.time_records import forget_time_records
from store.tx import Store
from store.wrong_taps import FoundWrong, list_wrong_taps
from tests.store.test_months import DECEMBER, at, put_people, put_tap
from tests.store.test_rosters import on, put_application

WEEK = (at(10, "05:00"), at(17, "05:00"))


def put_taps(store: Store, *wrong: Effect) -> None:
    with store.transaction(DECEMBER) as tx:
        put_people(tx, "p1", "head")
        put_tap(tx, 1, "p1", at(13, "08:20"), "in")
        put_tap(tx, 2, "p1", at(13, "17:15"), "out")
        insert_effects(tx, put_application(tx), "p1", wrong, by="head", reason="傘を取りに来た")


def counted(store: Store, now: datetime = DECEMBER) -> list[tuple[str, Direction]]:
    with store.reading(now) as tx:
        found = list_month_punches(tx, ["p1"], *WEEK).get("p1", [])
    return sorted((each.ref, each.direction) for each in found)


def test_a_wrong_tap_bounds_nothing_until_that_ends(store: Store) -> None:
    put_taps(store, WrongTap(on(13), 500, "west-1/1/1"))
    assert counted(store) == [("west-1/1/2", Direction.clock_out)]  # nor is it evidence of a door inside
    with store.reading(DECEMBER) as tx:
        assert tx.connection.execute(select(func.count()).select_from(record)).scalar_one() == 2
        assert tx.connection.execute(select(func.count()).select_from(punch)).scalar_one() == 2
        told = list_wrong_taps(tx, "p1", since=WEEK[0], until=WEEK[1])
        assert told == {"west-1/1/1": FoundWrong("a1", "萩 太郎", "傘を取りに来た")}
        assert list_wrong_taps(tx, "p1", since=at(14, "05:00"), until=WEEK[1]) == {}
        assert list_wrong_taps(tx, "head", since=WEEK[0], until=WEEK[1]) == {}
    with store.transaction(DECEMBER) as tx:
        end_effects(tx, "a1")
    assert len(counted(store)) == 2
    with store.reading(DECEMBER) as tx:
        assert list_wrong_taps(tx, "p1", since=WEEK[0], until=WEEK[1]) == {}


def test_it_is_forgotten_with_the_tap(store: Store) -> None:
    put_taps(store, WrongTap(on(13), 500, "west-1/1/1"))
    with store.transaction(DECEMBER) as tx:
        assert forget_time_records(tx, at(13, "08:20") - timedelta(minutes=1)) == 0
        assert forget_time_records(tx, at(13, "12:00")) == 2
    with store.reading(DECEMBER) as tx:
        assert list_wrong_taps(tx, "p1", since=WEEK[0], until=WEEK[1]) == {}
