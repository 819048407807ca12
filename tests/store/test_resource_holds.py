"""No double booking can exist: the database itself refuses a second holder of one resource at one time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from store.availability import list_taken
from store.facility_tables import facility, room, user_class
from store.reservation_tables import DOUBLE_HOLD, reservation, reservee, resource_hold
from store.tables import department
from store.tx import Store, Tx

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NINE = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def hour(number: int) -> datetime:
    return NINE + timedelta(hours=number)


@pytest.fixture
def hall(store: Store) -> Store:
    """A store with a room and two reservations that hold nothing yet."""
    minutes = ("step_minutes", "minutes_min", "minutes_max", "before_minutes", "after_minutes")
    names = {"name": "x", "name_en": "x"}
    with store.transaction(NOW) as tx:
        run = tx.connection.execute
        run(insert(department).values(id="d", name="x"))
        run(insert(user_class).values(id="all", position=0, **names))
        run(insert(facility).values(id="f", department_id="d", operator="", is_public=True, **names))
        run(
            insert(room).values(
                id="hall",
                facility_id="f",
                position=0,
                capacity=9,
                permits="decider",
                **names,
                **dict.fromkeys(minutes, 0),
            )
        )
        who = dict.fromkeys(("name", "kana", "contact_name", "email", "phone", "registered_by", "blocked_reason"), "")
        run(insert(reservee).values(id="u", kind="citizen", user_class="all", registered_at=NOW, **who))
        for id_ in ("r1", "r2"):
            what = {"party": 1, "purpose": "", "state": "applied", "version": 1, "made_by": "self", "made_at": NOW}
            times = {"from_at": hour(0), "until_at": hour(1)}
            run(insert(reservation).values(id=id_, room_id="hall", reservee_id="u", user_class="all", **times, **what))
    return store


def take(tx: Tx, holder: str, from_hour: int, until_hour: int, *, resource: str = "space:a", of: str = "r1") -> None:
    tx.connection.execute(
        insert(resource_hold).values(
            resource=resource, holder=holder, reservation_id=of, from_at=hour(from_hour), until_at=hour(until_hour)
        )
    )


def test_a_second_holder_of_the_same_hour_is_refused_by_name(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        take(tx, "reservation:r1", 0, 2)
    with pytest.raises(IntegrityError, match=DOUBLE_HOLD), hall.transaction(NOW) as tx:
        take(tx, "reservation:r2", 1, 3, of="r2")


def test_the_next_hour_another_resource_and_a_shared_slot_are_free(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        take(tx, "slot:s:1", 0, 2)
        take(tx, "reservation:r2", 2, 3, of="r2")
        take(tx, "reservation:r2", 0, 2, of="r2", resource="space:b")
        take(tx, "slot:s:1", 0, 2, of="r2")


def test_nobody_can_be_moved_into_anothers_time(hall: Store) -> None:
    with hall.transaction(NOW) as tx:
        take(tx, "reservation:r1", 0, 2)
        take(tx, "reservation:r2", 2, 4, of="r2")
    with pytest.raises(IntegrityError, match=DOUBLE_HOLD), hall.transaction(NOW) as tx:
        tx.connection.execute(
            update(resource_hold).where(resource_hold.c.reservation_id == "r2").values(from_at=hour(1))
        )


def test_what_is_taken_is_told_in_minutes_of_the_days_asked_for(hall: Store) -> None:
    first_on = date(2026, 12, 1)  # 09:00 there is NINE
    with hall.transaction(NOW) as tx:
        take(tx, "reservation:r1", -10, -9)  # the evening before
        take(tx, "reservation:r1", -9, 1)  # from midnight on
        take(tx, "reservation:r2", 14, 16, of="r2")  # over midnight
        take(tx, "reservation:r2", 15, 16, of="r2", resource="space:b")  # the day after
        asked = {days: list_taken(tx, ["space:a", "space:b", "space:c"], first_on, days) for days in (1, 2)}
        found = {days: {name: sorted(times) for name, times in taken} for days, taken in asked.items()}
    one = {"space:a": [(0, 600, "reservation:r1"), (1380, 1500, "reservation:r2")]}
    assert found == {1: one, 2: one | {"space:b": [(1440, 1500, "reservation:r2")]}}
