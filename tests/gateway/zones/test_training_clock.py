"""What the clock does by itself: reminders before things end, clearances that lost their ground; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.zones.tier import TierPlan
from domain.zones.training import Attendance, Training
from gateway.training_clock import TrainingClock
from store.messages import list_messages
from store.people import Department, Person, upsert_departments, upsert_persons
from store.tier_clearances import Clearance, insert_clearance, load_clearance
from store.trainings import save_attendances, save_trainings
from store.tx import Store
from tests.domain.zones.cases import LGWAN, NOW, PLAN, TODAY

SECURITY = Training("security", "情報セキュリティ研修", "Security", 12)
ASKING = TierPlan(
    tuple(replace(each, trainings=frozenset({"security"})) if each.id == LGWAN else each for each in PLAN.tiers)
)


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    soon = TODAY + timedelta(days=20)
    with store.transaction(NOW) as tx:
        upsert_departments(tx, [Department("top", "部", "s0"), Department("tax", "税務課", "s1", "top")])
        upsert_persons(tx, [Person("s0", "s0", "", "top"), *(Person(each, each, "", "tax") for each in ("s1", "s2"))])
        save_trainings(tx, [SECURITY, replace(SECURITY, id="unasked")])
        lapsing = TODAY.replace(year=TODAY.year - 1) + timedelta(days=20)
        save_attendances(
            tx, [Attendance(w, t, lapsing) for w in ("s1", "s2") for t in ("security", "unasked")], by="hr"
        )
        given = Clearance("c-1", "s2", LGWAN, TODAY, soon, "税", "ueda", "aoki", NOW, department_id="tax")
        insert_clearance(tx, given)
        renewed = replace(given, id="c-2", person_id="s1")
        insert_clearance(tx, renewed)
        insert_clearance(tx, replace(renewed, id="c-3", valid_from=soon, valid_until=None))


def told(store: Store, person_id: str) -> list[tuple[str, str | None]]:
    with store.reading(NOW) as tx:
        found = list_messages(tx, person_id)
    return sorted((each.message.kind, each.message.filling.get("count")) for each in found)


def test_each_is_told_once_and_the_head_of_the_others(store: Store) -> None:
    now = [NOW]
    committed = []
    clock = TrainingClock(store, lambda: now[0], plan=lambda: ASKING, committed=lambda: committed.append(1))
    assert clock.look() == 6
    assert told(store, "s2") == [("clearance_ends", None), ("training_ends", None)]
    assert told(store, "s1") == [
        ("clearance_ends_of_staff", "1"),
        ("training_ends", None),
        ("training_ends_of_staff", "1"),
    ]
    assert told(store, "s0") == [("training_ends_of_staff", "1")]
    now[0] += timedelta(hours=2)
    assert clock.look() == 0
    assert committed == [1]
    now[0] = NOW + timedelta(days=14)
    assert clock.look() == 6
    assert len(told(store, "s2")) == 4


def test_a_move_ends_a_clearance_within_a_turn(store: Store) -> None:
    clock = TrainingClock(store, lambda: NOW, plan=lambda: PLAN, committed=lambda: None)
    clock.look()
    with store.transaction(NOW) as tx:
        upsert_persons(tx, [Person("s2", "s2", "", "top")])
    assert clock.look() == 1
    with store.reading(NOW) as tx:
        ended = load_clearance(tx, "c-1")
    assert ended is not None
    assert (ended.ended_at, ended.end_reason) == (NOW, "moved")
