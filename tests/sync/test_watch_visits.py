"""Visitors who stay too long are told of once, and who came is forgotten when the days are over."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from domain.access.visits import OVERSTAY_GRACE
from gateway.meaning.restorations import VISIT_OVERSTAYED
from gateway.operations.access.acknowledge_alarm import acknowledge_alarm
from gateway.operations.access.end_visit import end_visit, extend_visit
from gateway.operations.access.receive_visitor import PassKind, WantedPass, receive_visitor
from store.alarm_desk import list_past_alarms, list_standing_alarms
from store.alarms import list_open_alarms
from store.directory import list_people_by_department
from store.outbox import list_unsent
from store.people import Person, load_person
from store.tx import Store
from store.visitor_cards import POOL, VISITORS
from store.visits import load_visit
from sync.hr.staff_csv import read_staff_file
from sync.jobs.import_staff import preview_staff, write_staff
from sync.jobs.table import JOBS
from sync.jobs.watch_visits import tell_overstays
from tests.gateway.visiting import DESK, HOST, NOON, POOL_CARDS, announce, new_visit, opens, seed
from tests.sync.desks import KEY, settings
from tests.sync.test_staff_file import FILE


def test_an_overstay_is_told_once_and_names_nobody(store: Store) -> None:
    with store.transaction(NOON) as tx:
        seed(tx)
        visit = announce(tx, new_visit(1))
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        announce(tx, new_visit(2))  # never comes: nothing to be told
    with store.transaction(visit.valid_until + OVERSTAY_GRACE) as tx:
        assert tell_overstays(tx) == 0
    with store.transaction(visit.valid_until + OVERSTAY_GRACE + timedelta(seconds=1)) as tx:
        assert tell_overstays(tx) == 1
        assert tell_overstays(tx) == 0
        [raised] = list_open_alarms(tx)
        assert (raised.alarm.kind, raised.alarm.detail) == ("visit_overstayed", f"No.1, host {HOST}")
        told = [each.notice for each in list_unsent(tx, limit=100) if each.notice.kind == "visit.overdue"]
        assert [json.loads(each.payload) for each in told] == [{"visit": visit.id, "host": HOST}]
        assert "山田" not in "".join(map(str, (raised, told)))


@pytest.mark.parametrize("seen_to", [False, True])
def test_the_alarm_is_right_again_when_the_visitor_left_or_may_stay(store: Store, seen_to: bool) -> None:
    with store.transaction(NOON) as tx:
        seed(tx)
        for number, card in enumerate(POOL_CARDS, start=1):
            visit = announce(tx, new_visit(number))
            receive_visitor(tx, visit.id, WantedPass(PassKind.card, card), identified=True, by="desk")
    late = visit.valid_until + OVERSTAY_GRACE + timedelta(seconds=1)
    with store.transaction(late) as tx:
        assert tell_overstays(tx) == 2
        if seen_to:
            assert all(acknowledge_alarm(tx, each.id, by="desk") for each in list_standing_alarms(tx))
        end_visit(tx, f"{1:016x}", by="desk")
        extend_visit(tx, f"{2:016x}", late + timedelta(minutes=30), actor=DESK)
        standing = list_standing_alarms(tx)
        past = list_past_alarms(tx, since=late, until=late + timedelta(days=1), limit=9)
        assert {each.restored_at for each in past} == {late}
        assert len(standing) == (0 if seen_to else 2)
    with store.transaction(late + timedelta(hours=1)) as tx:
        assert tell_overstays(tx) == 1  # the longer stay is over, too
        [raised] = [each for each in list_open_alarms(tx) if each.alarm.subject == f"{2:016x}"]
        assert raised.alarm.kind == VISIT_OVERSTAYED


def test_the_job_forgets_after_the_days_of_the_settings(store: Store, tmp_path: Path) -> None:
    with store.transaction(NOON) as tx:
        seed(tx)
        visit = announce(tx, new_visit(1))
    mine = settings(tmp_path, store.url, visitor_days=10)
    for days, outcome, name in ((10, "forgotten: 0", "山田 一郎"), (11, "forgotten: 1", "")):
        now = NOON + timedelta(days=days)
        assert JOBS["forget_visitors"].run(store, mine, now.date(), now) == outcome
        with store.reading(now) as tx:
            kept = load_visit(tx, visit.id)
            assert kept is not None
            assert kept.name == name


def test_hrs_file_leaves_visitors_alone(store: Store) -> None:
    with store.transaction(NOON) as tx:
        seed(tx)
        visit = announce(tx, new_visit(1))
        receive_visitor(tx, visit.id, WantedPass(PassKind.card, POOL_CARDS[0]), identified=True, by="desk")
        changes = preview_staff(tx, read_staff_file(FILE.encode(), KEY), NOON.date())
        write_staff(tx, changes)
        assert {who.id for who in changes.left}.isdisjoint({POOL, f"visitor-{visit.id}"})
        assert load_person(tx, POOL) == Person(POOL, VISITORS.name, "", VISITORS.id, kind="visitor")
        assert opens(tx, POOL_CARDS[0])
        assert {line.person_id for line in list_people_by_department(tx)}.isdisjoint({POOL, f"visitor-{visit.id}"})
